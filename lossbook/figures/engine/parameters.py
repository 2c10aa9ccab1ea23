"""What a reader can move in a figure: sliders, choices and check boxes, and the grid that they span."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .style import true_minus

#: Bounds of a figure's grid. Every position is drawn when the book is built (50 to 100 ms each).
MOST_PARAMETERS = 3
MOST_POSITIONS = 600
MOST_DECIMALS = 10


def _nonempty_text(owner: str, name: str, value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{owner}: {name} must be a non-empty string; got {value!r}")
    return value


@dataclass(frozen=True)
class Slider:
    """A number that the reader drags from `low` to `high` in steps of `step`, both ends included.

    Parameters
    ----------
    low, high, step : float
        The grid is ``low, low + step, …, high``; ``high − low`` must be a whole number of steps.
    label : str
        The quantity, as the reader sees it: ``"δ"`` or ``"outlier's height"``.
    unit : str, optional
        Its unit, read after each value: ``"units of y"``.
    value : float, optional
        Where the slider stands at first; must lie on the grid. The grid's middle if not given.

    Raises
    ------
    ValueError
        If a number is not finite, `step` is not positive, `high` is not above `low`, the range is not a whole
        number of steps, or `value` is off the grid.
    """

    low: float
    high: float
    step: float
    label: str
    unit: str = ""
    value: float | None = None

    def __post_init__(self) -> None:
        _nonempty_text("Slider", "label", self.label)
        for name in ("low", "high", "step"):
            number = getattr(self, name)
            if isinstance(number, bool) or not isinstance(number, (int, float)) or not math.isfinite(number):
                raise ValueError(f"Slider {self.label!r}: {name} must be a finite number; got {number!r}")
        if self.step <= 0 or self.high <= self.low:
            raise ValueError(
                f"Slider {self.label!r}: required step > 0 and low < high; "
                f"got low={self.low}, high={self.high}, step={self.step}"
            )
        for name in ("low", "step"):
            if round(getattr(self, name), MOST_DECIMALS) != getattr(self, name):
                raise ValueError(
                    f"Slider {self.label!r}: {name} must have at most {MOST_DECIMALS} decimals; "
                    f"got {getattr(self, name)!r}"
                )
        steps = (self.high - self.low) / self.step
        if abs(steps - round(steps)) > 1e-6:
            raise ValueError(
                f"Slider {self.label!r}: high - low must be a whole number of steps; "
                f"got ({self.high} - {self.low}) / {self.step} = {steps:.6g} steps"
            )
        if self.value is not None and self.value not in self.values:
            raise ValueError(f"Slider {self.label!r}: value must lie on the grid; got {self.value!r}")

    @property
    def decimals(self) -> int:
        """Digits after the point that tell the grid's values apart."""
        return max(_decimals(self.low), _decimals(self.step))

    @property
    def values(self) -> tuple[float | int, ...]:
        """The grid. Whole numbers stay ints; others are rounded, so that 0.1 · 3 is the float 0.3."""
        count = round((self.high - self.low) / self.step) + 1
        # Adding zero turns −0.0 into 0.0.
        grid = (round(self.low + i * self.step, self.decimals) + 0.0 for i in range(count))
        if isinstance(self.low, int) and isinstance(self.step, int):
            return tuple(int(x) for x in grid)
        return tuple(grid)

    @property
    def start(self) -> int:
        """Index of the first position."""
        return len(self.values) // 2 if self.value is None else self.values.index(self.value)

    def text(self, value: float) -> str:
        """One value as the reader sees it, without its unit, with a true minus sign."""
        return true_minus(f"{value:.{self.decimals}f}")


def _decimals(number: float) -> int:
    text = f"{number:.{MOST_DECIMALS}f}".rstrip("0")
    return len(text) - text.index(".") - 1


@dataclass(frozen=True)
class Choice:
    """One of a few named options.

    Parameters
    ----------
    options : sequence of str or number
        What `draw` receives; two or more, all different.
    label : str
        The quantity that is chosen.
    value : optional
        The first choice; the first option if not given.
    unit : str, optional
        Read after each option.

    Raises
    ------
    ValueError
        If there are fewer than two options, two are equal, or `value` is none of them.
    """

    options: Sequence[Any]
    label: str
    value: Any = None
    unit: str = ""

    def __post_init__(self) -> None:
        _nonempty_text("Choice", "label", self.label)
        if isinstance(self.options, str):
            raise ValueError(f"Choice {self.label!r}: options must be a list; got {self.options!r}")
        object.__setattr__(self, "options", tuple(self.options))
        texts = [self.text(option) for option in self.options]
        if len(texts) < 2 or len(set(texts)) < len(texts):
            raise ValueError(f"Choice {self.label!r}: required two or more different options; got {texts}")
        if self.value is not None and self.value not in self.options:
            raise ValueError(f"Choice {self.label!r}: value must be one of {texts}; got {self.value!r}")

    @property
    def values(self) -> tuple[Any, ...]:
        """The options in their order."""
        return tuple(self.options)

    @property
    def start(self) -> int:
        """Index of the first choice."""
        return 0 if self.value is None else self.values.index(self.value)

    def text(self, value: Any) -> str:
        """One option as the reader sees it, without its unit; numbers with a true minus sign."""
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return true_minus(f"{value:g}")
        return str(value)


@dataclass(frozen=True)
class Check:
    """A box that the reader ticks: `draw` receives True or False.

    Parameters
    ----------
    label : str
        What is true when the box is ticked: ``"show the outlier"``.
    value : bool
        Whether it is ticked at first.

    Raises
    ------
    ValueError
        If `label` is empty or `value` is not a bool.
    """

    label: str
    value: bool = False

    def __post_init__(self) -> None:
        _nonempty_text("Check", "label", self.label)
        if not isinstance(self.value, bool):
            raise ValueError(f"Check {self.label!r}: value must be True or False; got {self.value!r}")

    @property
    def values(self) -> tuple[bool, bool]:
        """Not ticked, ticked."""
        return (False, True)

    @property
    def start(self) -> int:
        """Index of the first state."""
        return int(self.value)

    def text(self, value: bool) -> str:
        """The state as a word."""
        return "on" if value else "off"


Parameter = Slider | Choice | Check


class Grid:
    """All positions of a figure, the last parameter moving fastest.

    Parameters
    ----------
    parameters : mapping of str to Slider, Choice or Check
        At most three, spanning at most 600 positions.

    Raises
    ------
    TypeError
        If a parameter is something else.
    ValueError
        If there are too many parameters or positions.
    """

    def __init__(self, parameters: Mapping[str, Parameter]):
        for name, parameter in parameters.items():
            if not isinstance(parameter, (Slider, Choice, Check)):
                raise TypeError(
                    f"parameter {name!r} must be a Slider, Choice or Check; got {type(parameter).__name__}"
                )
        if len(parameters) > MOST_PARAMETERS:
            raise ValueError(
                f"a figure has at most {MOST_PARAMETERS} parameters; "
                f"got {len(parameters)}: {', '.join(parameters)}"
            )
        self.parameters = dict(parameters)
        self.shape = tuple(len(p.values) for p in parameters.values())
        if len(self) > MOST_POSITIONS:
            raise ValueError(
                f"a figure has at most {MOST_POSITIONS} positions; got "
                f"{' × '.join(map(str, self.shape))} = {len(self)}"
            )

    def __len__(self) -> int:
        return math.prod(self.shape)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for values in itertools.product(*(p.values for p in self.parameters.values())):
            yield dict(zip(self.parameters, values, strict=True))

    @property
    def start(self) -> int:
        """Number of the position shown first, in the order of iteration."""
        number = 0
        for parameter, length in zip(self.parameters.values(), self.shape, strict=True):
            number = number * length + parameter.start
        return number

    def describe(self, values: Mapping[str, Any]) -> str:
        """One position in words, for messages: ``delta = 0.3, outlier = 4``."""
        if not values:
            return "its only position"
        return ", ".join(f"{name} = {value!r}" for name, value in values.items())
