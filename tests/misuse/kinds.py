"""The kinds of bad input, what may come of each, and the form of the table that `test_misuse` runs.

A `Row` is a function with good arguments. Each `Argument` states for each kind either the bad values that are
tried, with what must come of them, or in words why the kind does not apply to it. What has to change in
several arguments at once, such as two scalars in place of two arrays, stands in the row itself.
"""

import inspect
import re
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

ARRAY_KINDS = (
    "unequal shape",
    "broadcastable shape",
    "wrong number of axes",
    "empty",
    "ragged lists",
    "nan",
    "inf",
    "-inf",
    "complex",
    "object",
    "string",
    "boolean",
    "none",
    "masked",
)
CONTENT_KINDS = (
    "negative probability",
    "sum is not 1",
    "float labels",
    "label out of range",
    "zero vector",
    "asymmetric matrix",
    "indefinite matrix",
    "singular matrix",
)
NUMBER_KINDS = ("out of range", "hyperparameter is nan", "hyperparameter of wrong type")
OPTION_KINDS = ("unknown option",)
AXIS_KINDS = ("axis out of range", "axis of wrong type")
KINDS = ARRAY_KINDS + CONTENT_KINDS + NUMBER_KINDS + OPTION_KINDS + AXIS_KINDS


@dataclass(frozen=True)
class Refused:
    """An error of the right type that names the argument, what was required and what came."""

    error: type
    required: str
    came: str
    names: tuple = ()

    def check(self, call, good, argument):
        """Call, and look at the error's type and at the three parts of its message."""
        try:
            result = call()
        except Exception as error:
            came = error
        else:
            raise AssertionError(f"no error; the result was {result!r}")
        text = str(came)
        assert type(came) is self.error, f"{type(came).__name__} where {self.error.__name__} is right: {text}"
        for name in self.names or (argument,):
            assert re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text), f"{name!r} is not named: {text}"
        required, _, offered = text.partition("; got")
        assert self.required in required, f"{self.required!r} is not said to be required: {text}"
        assert self.came in offered, f"{self.came!r} is not said to have come: {text}"


@dataclass(frozen=True)
class Gives:
    """A documented result: a function of the good result makes the one that is expected."""

    expected: Callable

    def check(self, call, good, argument):
        """Call, and compare; NaN is equal to NaN."""
        result = call()
        expected = self.expected(good)
        assert np.shape(result) == np.shape(expected)
        np.testing.assert_allclose(result, expected, rtol=1e-12, atol=1e-300, equal_nan=True)


@dataclass(frozen=True)
class Spoils:
    """What is not finite stays to be seen where it belongs, and all other results are what they were."""

    index: tuple

    def check(self, call, good, argument):
        """Call, and look at the spoilt part and at the rest."""
        result = np.array(call())
        assert not np.isfinite(result[self.index]).all()
        result[self.index] = good[self.index]
        np.testing.assert_allclose(result, good, rtol=1e-12)


def first(value, index=(0,)):
    """Expect the good result with another value, or other values, at one index."""

    def expected(good):
        result = np.array(good)
        result[index] = value
        return result

    return Gives(expected)


def constant(value):
    """Expect this value, whatever the good result."""
    return Gives(lambda good: value)


@dataclass(frozen=True)
class Case:
    """Which arguments are changed, what must come of it, and which argument the message names."""

    changes: Mapping
    outcome: object
    argument: str = ""


@dataclass(frozen=True)
class Argument:
    """A good value, and for each kind a list of (bad value, outcome) or the reason why there are none."""

    good: object
    cells: Mapping

    def but(self, **cells):
        """Return the same argument with other cells; their names have underscores for spaces."""
        known = {name.replace("-", "minus_").replace(" ", "_"): name for name in KINDS}
        return Argument(self.good, {**self.cells, **{known[name]: cell for name, cell in cells.items()}})


@dataclass(frozen=True)
class Row:
    """A function, its arguments, what is changed in several of them at once, and how to read its result."""

    function: Callable
    arguments: Mapping
    joint: Mapping = field(default_factory=dict)
    numbers: Callable = np.asarray
    variant: str = ""
    # The type of the result for float32 arguments.
    single: type = np.float32

    @property
    def name(self):
        """The function's name, with what sets this row apart from others of the function."""
        module = self.function.__module__.split(".")[1]
        return f"{module}.{self.function.__name__} {self.variant}".strip()

    @property
    def good(self):
        """The good arguments by name."""
        return {name: argument.good for name, argument in self.arguments.items()}

    def cases(self, kind):
        """Return all cases of one kind."""
        cells = {name: argument.cells[kind] for name, argument in self.arguments.items()}
        own = [
            Case({name: value}, outcome, name)
            for name, cell in cells.items()
            if not isinstance(cell, str)
            for value, outcome in cell
        ]
        return own + list(self.joint.get(kind, ()))

    def gaps(self):
        """Return what the row leaves out: parameters, or kinds that are neither tried nor explained."""
        parameters = inspect.signature(self.function).parameters
        found = [f"argument {name}" for name, p in parameters.items() if p.kind is not p.VAR_KEYWORD]
        found = [text for text in found if text.split()[1] not in self.arguments]
        for name, argument in self.arguments.items():
            for kind in KINDS:
                cell = argument.cells.get(kind, "")
                explained = len(cell.split()) > 2 if isinstance(cell, str) else len(cell) > 0
                if not explained:
                    found.append(f"{kind} of {name}")
        return found + [f"kind {kind}" for kind in self.joint if kind not in KINDS]


def quietly(function, arguments):
    """Call with every warning an error, and every floating-point condition too."""
    with warnings.catch_warnings(), np.errstate(all="raise"):
        warnings.simplefilter("error")
        return function(**arguments)


def frozen(arguments):
    """Return what arguments hold, for comparing before a call with after it."""
    return {name: content(value) for name, value in arguments.items()}


def content(value):
    """Return the bytes of an array, and what stands in anything else."""
    if isinstance(value, np.ndarray) and value.dtype != object:
        return value.shape, value.dtype, value.tobytes()
    return repr(value)
