"""What an exercise is, how an answer is called and judged, and what the reader sees of it.

Whoever judges an answer sees only a :class:`Reply`: numbers that were copied, and words. No object of the
reader's takes part in a comparison, none of its methods is called, so an `==` that always agrees helps
nobody. A grader can produce the replies in another process and send them over.
"""

import dataclasses
from collections.abc import Callable

import numpy as np

from lossbook.exercises.calling import Reply

#: So many calls may have to be ended from outside before an answer is asked no more.
PATIENCE = 2
_MOST_SHOWN = 1000  # numbers of one array

# ---- Asking it for values ----------------------------------------------------------------------------------


class NotYet(Exception):
    """A property does not hold; the message names the input, what came, and gives a hint."""


class Raised(NotYet):
    """The reader's function raised an error, or did not come back."""


class Unwritten(Raised):
    """The reader's function raised NotImplementedError."""


@dataclasses.dataclass
class Asker:
    """Asks an answer for values, on behalf of properties."""

    exercise: "Exercise"
    call: Callable  # as in Exercise.judge
    printed: bool = False
    ended: int = 0  # how many calls were ended from outside
    questions: list = dataclasses.field(default_factory=list)  # all inputs so far, in words

    def __call__(self, *arrays, **parameters):
        """Return the :class:`Answer` to one input; a number is sent as an array of one."""
        if self.ended >= PATIENCE:
            raise Raised("it was not tried, since your function did not come back from two calls before.")
        arrays = [np.atleast_1d(array) for array in arrays]
        reply = self.call(arrays, parameters)
        self.printed = self.printed or reply.printed
        inputs = [*zip(self.exercise.arrays, arrays, strict=True), *parameters.items()]
        question = f"for {in_words([f'{name} {shown(value)}' for name, value in inputs])}"
        self.questions.append(question)
        if reply.ended:
            self.ended += 1
            raise Raised(f"{question} {reply.ended}.")
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
    """Return a number or an array as a reader would write it; an array of one number as that number."""
    array = np.asarray(value)
    if array.dtype.kind not in "fiu":
        return str(value)
    if array.size == 1:
        return f"{float(array.reshape(())) + 0:.6g}"  # adding 0 turns −0 into 0
    if array.size > _MOST_SHOWN:
        return f"of shape {array.shape}"
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

    @property
    def of_form(self):
        """Whether an answer with nothing right in it may have this property."""
        return getattr(self.test, "of_form", False)

    def tried(self, ask, rng):
        """Return the :class:`Result` for the answer that is asked."""
        before, state, fault = len(ask.questions), rng.bit_generator.state, None
        try:
            self.test(ask, rng)
        except NotYet as raised:
            fault = raised
        return Result(
            self.name,
            fault is None,
            str(fault or ""),
            self.weight,
            # Who has learned by heart what everybody may see passes where nothing is drawn.
            proves=not self.of_form and rng.bit_generator.state != state,
            questions=tuple(ask.questions[before:]),
            unwritten=isinstance(fault, Unwritten),
        )


def of_form(test):
    """Mark a test as one that a function with nothing right in it may pass, and return it."""
    test.of_form = True
    return test


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
    measured: bool = False  # whether a reply has to tell how much memory the call took
    # Where an answer is graded there is no lossbook. Source that runs before it, beside NumPy as np, and the
    # numbers of exercises whose answers it may call:
    given: str = ""
    builds_on: tuple = ()

    def judge(self, call, *, seed=0):
        """Return the :class:`Report` on an answer, the same for the same answer and seed.

        ``call(arrays, parameters)``, with a list of arrays and a dict, returns a :class:`Reply`; the function
        itself may live in another process. Random inputs are drawn from `seed`.
        """
        ask = Asker(self, call)
        # A generator each, so that no property's inputs depend on how an earlier one ended.
        results = [
            item.tried(ask, np.random.default_rng([seed, index]))
            for index, item in enumerate(self.properties)
        ]
        return Report(self.number, self.title, tuple(results), ask.printed)


@dataclasses.dataclass(frozen=True)
class Result:
    """Whether one property holds, and if it does not: the input that broke it, what came, and a hint."""

    name: str
    passed: bool
    sentence: str = ""
    weight: float = 1.0
    proves: bool = True  # whether no answer passes that has nothing right in it, or is learned by heart
    questions: tuple = ()  # the inputs that were tried, in words
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
        """The weights of the properties that hold over those of all, from 0 to 1.

        It is 0 if nothing passed that proves something. NaN everywhere may have the right shape, too; and
        inputs that are the same for all can be learned by heart.
        """
        if not any(result.passed and result.proves for result in self.results):
            return 0.0
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
