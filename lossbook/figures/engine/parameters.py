"""What a reader can move in a figure: sliders, choices and check boxes, the grid that they span, and layers.

What does not fit is a ValueError that names the parameter, what was required and what came.
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

from lossbook.figures.engine.style import true_minus

#: Bounds of a figure's grid. Every position is drawn when the book is built.
MAX_PARAMETERS = 3
MAX_POSITIONS = 600
MAX_LAYERS = 3
MAX_DECIMALS = 10


class Parameter:
    """What sliders, choices and check boxes share: values, of which one comes first, and words for each."""

    unit = ""

    def __post_init__(self):
        has_words = isinstance(self.label, str) and self.label.strip()
        self._require(has_words, f"label must be a non-empty string; got {self.label!r}")
        self._check()

    @property
    def start(self):
        """Index of the value shown first."""
        return self.values.index(self.value)

    def _require(self, holds, message):
        if not holds:
            raise ValueError(f"{type(self).__name__} {self.label!r}: {message}")

    def _start_with(self, value):
        if self.value is None:
            object.__setattr__(self, "value", value)  # a frozen dataclass


@dataclass(frozen=True)
class Slider(Parameter):
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
    """

    low: float
    high: float
    step: float
    label: str
    unit: str = ""
    value: float | None = None

    def _check(self):
        low, high, step = self.low, self.high, self.step
        for name, number in (("low", low), ("high", high), ("step", step)):
            finite = _is_number(number) and math.isfinite(number)
            self._require(finite, f"{name} must be a finite number; got {number!r}")
        came = f"low={low}, high={high}, step={step}"
        self._require(step > 0 and low < high, f"required step > 0 and low < high; got {came}")
        for name, number in (("low", low), ("step", step)):
            short = round(number, MAX_DECIMALS) == number
            self._require(short, f"{name} must have at most {MAX_DECIMALS} decimals; got {number!r}")
        steps = (high - low) / step
        whole = abs(steps - round(steps)) <= 1e-6
        came = f"({high} - {low}) / {step} = {steps:.6g} steps"
        self._require(whole, f"high - low must be a whole number of steps; got {came}")
        self._start_with(self.values[len(self.values) // 2])
        self._require(self.value in self.values, f"value must lie on the grid; got {self.value!r}")

    @property
    def decimals(self):
        """Digits after the point that tell the grid's values apart."""
        texts = (f"{number:.{MAX_DECIMALS}f}".rstrip("0") for number in (self.low, self.step))
        return max(len(text.partition(".")[2]) for text in texts)

    @property
    def values(self):
        """The grid. Whole numbers stay ints; others are rounded, so that 0.1 · 3 is the float 0.3."""
        count = round((self.high - self.low) / self.step) + 1
        # Adding zero turns −0.0 into 0.0.
        grid = (round(self.low + i * self.step, self.decimals) + 0.0 for i in range(count))
        whole = isinstance(self.low, int) and isinstance(self.step, int)
        return tuple(int(x) for x in grid) if whole else tuple(grid)

    def text(self, value):
        """One value as the reader sees it, without its unit, with a true minus sign."""
        return true_minus(f"{value:.{self.decimals}f}")


@dataclass(frozen=True)
class Choice(Parameter):
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
    """

    options: Sequence
    label: str
    value: object = None
    unit: str = ""

    def _check(self):
        self._require(not isinstance(self.options, str), f"options must be a list; got {self.options!r}")
        texts = [self.text(option) for option in self.options]
        different = len(texts) >= 2 and len(set(texts)) == len(texts)
        self._require(different, f"required two or more different options; got {texts}")
        self._start_with(self.values[0])
        self._require(self.value in self.values, f"value must be one of {texts}; got {self.value!r}")

    @property
    def values(self):
        """The options in their order."""
        return tuple(self.options)

    def text(self, value):
        """One option as the reader sees it, without its unit; numbers with a true minus sign."""
        return true_minus(f"{value:g}") if _is_number(value) else str(value)


@dataclass(frozen=True)
class Check(Parameter):
    """A box that the reader ticks: `draw` receives True or False.

    Parameters
    ----------
    label : str
        What is true when the box is ticked: ``"show the outlier"``.
    value : bool
        Whether it is ticked at first.
    """

    label: str
    value: bool = False

    def _check(self):
        self._require(isinstance(self.value, bool), f"value must be True or False; got {self.value!r}")

    @property
    def values(self):
        """Not ticked, ticked."""
        return (False, True)

    def text(self, value):
        """The state as a word."""
        return "on" if value else "off"


@dataclass(frozen=True)
class Layers(Parameter):
    """Which of several layers is seen. It spans no positions: every layer is drawn in each of them.

    An artist belongs to a layer by its gid, ``lossbook:layer:NAME``. `draw` is not told what is chosen; it
    paints all layers, and may return a mapping from each layer's name to its sentence (that of ``""`` is read
    first, whatever is chosen). Several drop-downs over the same options show what any of them chooses.

    Parameters
    ----------
    options : sequence of str
        The layers' names, as the reader sees them; two or more, all different.
    label : str
        What is chosen: ``"first loss"``.
    value : str, optional
        The first choice; the first option if not given, or none where that is allowed.
    optional : bool
        Whether none may be chosen, too.
    """

    options: Sequence
    label: str
    value: str | None = None
    optional: bool = False

    def _check(self):
        names = list(self.options)
        words = all(isinstance(name, str) and name.strip() for name in names)
        different = not isinstance(self.options, str) and words and len(set(names)) == len(names) > 1
        self._require(different, f"required two or more different names; got {self.options!r}")
        self._start_with(self.values[0])
        self._require(self.value in self.values, f"value must be one of {names}; got {self.value!r}")

    @property
    def values(self):
        """The names in their order; before them an empty one, if none may be chosen."""
        return ("", *self.options) if self.optional else tuple(self.options)

    def text(self, value):
        """One option as the reader sees it."""
        return value or "none"


def _is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


class Grid:
    """All positions of a figure, the last parameter moving fastest; iterating gives dicts of values.

    `layers` are the parameters that span no positions, `names` those of the layers. What is no parameter is a
    TypeError.
    """

    def __init__(self, parameters):
        for name, parameter in parameters.items():
            if not isinstance(parameter, Parameter):
                kind = type(parameter).__name__
                raise TypeError(f"parameter {name!r} must be a Slider, Choice, Check or Layers; got {kind}")
        self.layers = {name: one for name, one in parameters.items() if isinstance(one, Layers)}
        parameters = {name: one for name, one in parameters.items() if name not in self.layers}
        if len(parameters) > MAX_PARAMETERS:
            came = f"{len(parameters)}: {', '.join(parameters)}"
            raise ValueError(f"a figure has at most {MAX_PARAMETERS} parameters; got {came}")
        if len(self.layers) > MAX_LAYERS:
            raise ValueError(f"a figure has at most {MAX_LAYERS} Layers; got {len(self.layers)}")
        options = {tuple(one.options) for one in self.layers.values()}
        if len(options) > 1:
            raise ValueError(f"all Layers of a figure must have the same options; got {sorted(options)}")
        (self.names,) = options or {()}
        self.parameters = parameters
        self.shape = tuple(len(p.values) for p in parameters.values())
        if len(self) > MAX_POSITIONS:
            came = f"{' × '.join(map(str, self.shape))} = {len(self)}"
            raise ValueError(f"a figure has at most {MAX_POSITIONS} positions; got {came}")

    def __len__(self):
        return math.prod(self.shape)

    def __iter__(self):
        for values in itertools.product(*(p.values for p in self.parameters.values())):
            yield dict(zip(self.parameters, values, strict=True))

    @property
    def moves(self):
        """Whether there is anything that the reader can move or choose."""
        return bool(self.parameters or self.layers)

    @property
    def first(self):
        """The values of the position that is shown first."""
        return {name: parameter.values[parameter.start] for name, parameter in self.parameters.items()}

    @property
    def shown(self):
        """The layers that are seen first, in the order of the drop-downs."""
        return tuple(layer.value for layer in self.layers.values())

    @property
    def start(self):
        """Number of that position, in the order of iteration."""
        return list(self).index(self.first)


def alternative(alt, values):
    """Return a figure's alternative text at one position, out of a text or a function of the parameters."""
    text = alt(**values) if callable(alt) else alt
    if not isinstance(text, str) or not text.strip():
        raise ValueError(f"alt must be a non-empty string; got {text!r}")
    return text


def describe(values):
    """Put one position in words, for messages: ``delta = 0.3, outlier = 4``."""
    return ", ".join(f"{name} = {value!r}" for name, value in values.items()) or "its only position"
