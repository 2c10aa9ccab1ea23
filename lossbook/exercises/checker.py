"""What an exercise is, how an answer is called and judged, and what the reader sees of it.

Whoever judges an answer sees only a :class:`Reply`: numbers that were copied, and words. No object of the
reader's takes part in a comparison, none of its methods is called, so an `==` that always agrees helps
nobody. A grader can produce the replies in another process and send them over.
"""

import dataclasses
import io
import re
import warnings
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout

import numpy as np

_NUMBERS = (int, float, *(k for k in np.sctypeDict.values() if issubclass(k, np.floating | np.integer)))
_MAX_MESSAGE = 120

# ---- Calling a reader's function ---------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Output:
    """One thing that a function returned."""

    what: str  # in words: "an array", "a number", "a list", "None", "a generator"
    values: np.ndarray | None = None  # its numbers, copied, in float64; None if they are not real numbers


@dataclasses.dataclass(frozen=True)
class Reply:
    """What came of one call."""

    outputs: tuple  # an Output for each thing returned; none if the function raised an error
    arrays: tuple  # those that the function was given, as it left them
    error: str = ""  # the error raised, with its message in one line
    unwritten: bool = False  # whether that was NotImplementedError
    printed: bool = False  # whether anything was written to the standard output or error


def call_here(function, arrays, parameters, *, several):
    """Return the :class:`Reply` of a function that is called in this process, also if it raises or exits.

    It gets copies of the arrays, and the parameters by their names. If it ought to return `several` things, a
    tuple or list is taken apart.
    """
    given, written = tuple(array.copy() for array in arrays), io.StringIO()
    error, unwritten, outputs = "", False, ()
    # Dividing by zero in the branch that np.where does not take is no fault, so warnings are not shown.
    with redirect_stdout(written), redirect_stderr(written), warnings.catch_warnings(action="ignore"):
        try:
            returned = function(*given, **parameters)
        except (Exception, SystemExit) as raised:
            error, unwritten = _in_one_line(raised), isinstance(raised, NotImplementedError)
        else:
            apart = several and _is_one_of(returned, (tuple, list))
            outputs = tuple(plain(part) for part in (returned if apart else (returned,)))
    return Reply(outputs, given, error, unwritten, bool(written.getvalue()))


def plain(value):
    """Return an :class:`Output` that describes a value and, if it is made of real numbers, copies them."""
    name = "number" if _is_one_of(value, _NUMBERS) else type(value).__name__.replace("ndarray", "array")
    what = "None" if value is None else f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"
    if not _holds_numbers_only(value):
        return Output(f"{what} of other things" if _is_one_of(value, (list, tuple)) else what)
    try:
        array = np.asarray(value)
    except ValueError:
        return Output(f"{what} whose parts have unequal lengths")
    if array.dtype.kind not in "fiu":
        return Output(f"{what} of type {array.dtype}")
    return Output(what, array.astype(np.float64))


def _is_one_of(value, kinds):
    """Say whether a value is exactly of one of these types: `in` would ask the type itself what it equals."""
    return any(type(value) is kind for kind in kinds)


def _holds_numbers_only(value):
    """Say whether nested lists and tuples end in numbers and arrays, looking at types alone."""
    if _is_one_of(value, (list, tuple)):
        return all(map(_holds_numbers_only, value))
    return _is_one_of(value, (np.ndarray, *_NUMBERS))


def _in_one_line(error):
    """Return an error's type and message, short and without memory addresses."""
    try:
        message = str(error)
    except Exception:
        message = ""
    message = re.sub(r"\b0x[0-9a-fA-F]+", "0x…", " ".join(message.split()))
    if len(message) > _MAX_MESSAGE:
        message = f"{message[:_MAX_MESSAGE].rstrip()}…"
    return f"{type(error).__name__}: {message.rstrip('.')}" if message else type(error).__name__


# ---- Asking it for values ----------------------------------------------------------------------------------


class NotYet(Exception):
    """A property does not hold; the message names the input, what came, and gives a hint."""


class Raised(NotYet):
    """The reader's function raised an error."""


class Unwritten(Raised):
    """The reader's function raised NotImplementedError."""


@dataclasses.dataclass
class Asker:
    """Asks an answer for values, on behalf of properties."""

    exercise: "Exercise"
    call: Callable  # as in Exercise.judge
    printed: bool = False

    def __call__(self, *arrays, **parameters):
        """Return the :class:`Answer` to one input; a number is sent as an array of one."""
        arrays = [np.atleast_1d(array) for array in arrays]
        reply = self.call(arrays, parameters)
        self.printed = self.printed or reply.printed
        inputs = [*zip(self.exercise.arrays, arrays, strict=True), *parameters.items()]
        question = f"for {in_words([f'{name} {shown(value)}' for name, value in inputs])}"
        if reply.error:
            raise (Unwritten if reply.unwritten else Raised)(f"{question} it raised {reply.error}.")
        return Answer(self.exercise, reply, arrays, question)


@dataclasses.dataclass(frozen=True)
class Answer:
    """What the reader's function gave for one input."""

    exercise: "Exercise"
    reply: Reply
    arrays: list  # those that were sent
    question: str  # the input in words: "for prediction 3, target 0 and delta 1"

    def not_yet(self, says):
        """Return the error that says what is wrong with this answer."""
        return NotYet(f"{self.question} {says}")

    def output(self, name):
        """Return one :class:`Output`; raise NotYet if their number is wrong."""
        outputs, names = self.reply.outputs, self.exercise.outputs
        if len(outputs) != len(names):
            came = outputs[0].what if len(outputs) == 1 else f"{len(outputs)} things"
            required = f"{len(names)} things: {in_words(names)}"
            raise self.not_yet(f"it returned {came}; required are {required}.")
        return outputs[names.index(name)]

    def numbers(self, name, shape=None):
        """Return one output's numbers; raise NotYet if it holds none, or not in the shape that is required.

        Where the shape is (), one number may come in an array of any shape.
        """
        output = self.output(name)
        if output.values is None:
            raise self.not_yet(f"your {name} is {output.what}; required are real numbers.")
        came = output.values.shape
        if shape == () and output.values.size == 1:
            return output.values.reshape(())
        if shape not in (None, came):
            raise self.not_yet(f"your {name} has shape {came}; required is {shape or 'one number'}.")
        return output.values

    def number(self, name):
        """Return one output that is a single number as a float."""
        return float(self.numbers(name, ()))


def shown(value):
    """Return a number or a small array as a reader would write it; an array of one number as that number."""
    array = np.asarray(value)
    if array.dtype.kind not in "fiu":
        return str(value)
    if array.size == 1:
        return f"{float(array.reshape(())) + 0:.6g}"  # adding 0 turns −0 into 0
    return f"[{', '.join(shown(part) for part in array)}]"


def in_words(parts):
    """Return "a, b and c"."""
    *most, last = parts
    return f"{', '.join(most)} and {last}" if most else last


# ---- The exercise and its report ---------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Property:
    """One thing that is true of a right answer.

    Its test is called as ``test(ask, rng)``: it asks for values with ``ask(*arrays, **parameters)``, an
    :class:`Asker`, draws what is random from `rng`, and raises :class:`NotYet` if the property does not hold.
    It never sees the reader's function or anything that belongs to it.
    """

    name: str
    test: Callable
    weight: float = 1.0  # its share in the score


def named(tests):
    """Return a :class:`Property` for each name and test of a dict."""
    return tuple(Property(name, test) for name, test in tests.items())


@dataclasses.dataclass(frozen=True)
class Exercise:
    """An exercise whose answer is a function."""

    number: str  # the chapter's number, a dot, and a running number: "15.2"
    title: str  # what the function computes
    chapter: str  # the chapter's noun
    arrays: tuple  # the names of the function's positional arguments
    outputs: tuple  # the names of what it returns
    properties: tuple  # a Property for each line of the report

    def judge(self, call, *, seed=0):
        """Return the :class:`Report` on an answer, the same for the same answer and seed.

        ``call(arrays, parameters)``, with a list of arrays and a dict, returns a :class:`Reply`; the function
        itself may live in another process. Random inputs are drawn from `seed`.
        """
        ask, results = Asker(self, call), []
        for index, item in enumerate(self.properties):
            result = Result(item.name, True, weight=item.weight)
            try:
                # A generator each, so that no property's inputs depend on how an earlier one ended.
                item.test(ask, np.random.default_rng([seed, index]))
            except NotYet as fault:
                result = Result(item.name, False, str(fault), item.weight, isinstance(fault, Unwritten))
            results.append(result)
        return Report(self.number, self.title, tuple(results), ask.printed)


@dataclasses.dataclass(frozen=True)
class Result:
    """Whether one property holds, and if it does not: the input that broke it, what came, and a hint."""

    name: str
    passed: bool
    sentence: str = ""
    weight: float = 1.0
    unwritten: bool = False  # whether it does not hold because the function raised NotImplementedError

    def __str__(self):
        """Return the result's line."""
        if self.passed:
            return f"passed: {self.name}"
        return f"not yet: {self.name}. {self.sentence[:1].upper()}{self.sentence[1:]}"


@dataclasses.dataclass(frozen=True, repr=False)
class Report:
    """The results of one exercise. Printed, it is one line for each property; it is true if all hold."""

    number: str
    title: str
    results: tuple  # a Result for each property
    printed: bool = False  # whether the function printed anything while it was checked

    @property
    def passed(self):
        """How many properties hold."""
        return sum(result.passed for result in self.results)

    @property
    def total(self):
        """How many properties there are."""
        return len(self.results)

    @property
    def score(self):
        """The weights of the properties that hold over those of all, from 0 to 1."""
        return sum(r.weight for r in self.results if r.passed) / sum(r.weight for r in self.results)

    @property
    def unwritten(self):
        """Whether the function does nothing yet but raise NotImplementedError."""
        return all(result.unwritten for result in self.results)

    def __bool__(self):
        """Say whether all properties hold."""
        return self.passed == self.total

    def __repr__(self):
        """Return the report's lines."""
        if self.unwritten:
            return f"Exercise {self.number}: not written yet."
        lines = [f"Exercise {self.number} ({self.title}): {self.passed} of {self.total} passed"]
        lines += map(str, self.results)
        if self.printed:
            lines.append("Your function also prints; what it printed is not shown here.")
        return "\n".join(lines)
