"""What an exercise is: a number, a title, and named properties that an answer has to have."""

import dataclasses
from collections.abc import Callable

import numpy as np

from lossbook.exercises._report import Report, Result


class NotYet(Exception):
    """A property does not hold; the message names the input, what came, and gives a hint."""


class Raised(NotYet):
    """The reader's function raised an error."""

    unwritten = False


@dataclasses.dataclass(frozen=True)
class Property:
    """One thing that is true of a right answer.

    Parameters
    ----------
    name : str
        What it is called in the report.
    test : callable
        Called as ``test(ask, rng)``: it asks for values with ``ask(*arrays, **parameters)``, an
        :class:`Asker`, draws what is random from `rng`, and raises :class:`NotYet` if the property does not
        hold. It never sees the reader's function or anything that belongs to it.
    weight : float
        Its share in the score.
    """

    name: str
    test: Callable
    weight: float = 1.0


@dataclasses.dataclass(frozen=True)
class Exercise:
    """An exercise whose answer is a function.

    Parameters
    ----------
    number : str
        The chapter's number, a dot, and a running number: "15.2".
    title : str
        What the function computes.
    chapter : str
        The chapter's noun.
    arrays : tuple of str
        The names of the function's positional arguments.
    outputs : tuple of str
        The names of what it returns.
    properties : tuple of Property
        What is checked, in the order in which it is reported.
    """

    number: str
    title: str
    chapter: str
    arrays: tuple
    outputs: tuple
    properties: tuple

    def judge(self, call, *, seed=0):
        """Return the report on an answer.

        Parameters
        ----------
        call : callable
            Called as ``call(arrays, parameters)`` with a list of arrays and a dict; returns a
            :class:`~lossbook.exercises._calls.Reply`. The function itself may live in another process.
        seed : int
            What the random inputs are drawn from.

        Returns
        -------
        Report
            The same for the same answer and seed.
        """
        ask = Asker(self, call)
        results = []
        for index, item in enumerate(self.properties):
            # A generator each, so that no property's inputs depend on how an earlier one ended.
            rng = np.random.default_rng([seed, index])
            try:
                item.test(ask, rng)
            except NotYet as fault:
                unwritten = isinstance(fault, Raised) and fault.unwritten
                results.append(Result(item.name, False, str(fault), item.weight, unwritten))
            else:
                results.append(Result(item.name, True, weight=item.weight))
        return Report(self.number, self.title, tuple(results), ask.printed)


class Asker:
    """Asks an answer for values, on behalf of properties.

    Parameters
    ----------
    exercise : Exercise
        Names the arguments and outputs.
    call : callable
        As in :meth:`Exercise.judge`.
    """

    def __init__(self, exercise, call):
        self.exercise = exercise
        self.call = call
        self.printed = False

    def __call__(self, *arrays, **parameters):
        """Return the :class:`Answer` to one input; raise :class:`Raised` if the function raises."""
        arrays = [np.asarray(array) for array in arrays]
        reply = self.call(arrays, parameters)
        self.printed = self.printed or reply.printed
        answer = Answer(self.exercise.outputs, reply, arrays, self._question(arrays, parameters))
        if reply.error:
            fault = Raised(f"{answer.question} it raised {reply.error}.")
            fault.unwritten = reply.unwritten
            raise fault
        return answer

    def _question(self, arrays, parameters):
        """Return the input in words: "for prediction 3, target 0 and delta 1"."""
        named = [*zip(self.exercise.arrays, arrays, strict=True), *parameters.items()]
        return f"for {in_words([f'{name} {shown(value)}' for name, value in named])}"


class Answer:
    """What the reader's function gave for one input.

    Parameters
    ----------
    names : tuple of str
        The names of the outputs.
    reply : Reply
        What came.
    arrays : list of ndarray
        The arrays that were given.
    question : str
        The input in words, for messages.
    """

    def __init__(self, names, reply, arrays, question):
        self.names = names
        self.reply = reply
        self.arrays = arrays
        self.question = question

    def output(self, name):
        """Return one :class:`~lossbook.exercises._calls.Output`; raise NotYet if their number is wrong."""
        outputs = self.reply.outputs
        if len(outputs) != len(self.names):
            came = outputs[0].what if len(outputs) == 1 else f"{len(outputs)} things"
            raise NotYet(
                f"{self.question} it returned {came}; required are {len(self.names)} things: "
                f"{in_words(self.names)}."
            )
        return outputs[self.names.index(name)]

    def numbers(self, name):
        """Return one output's numbers as a float64 array of any shape; raise NotYet if it holds none."""
        output = self.output(name)
        if output.values is None:
            raise NotYet(f"{self.question} your {name} is {output.what}; required are real numbers.")
        return output.values

    def number(self, name):
        """Return one output that is a single number, bare or wrapped, as a float."""
        values = self.numbers(name)
        if values.size != 1:
            raise NotYet(
                f"{self.question} your {name} has shape {values.shape}; required is one number a pair."
            )
        return float(values.reshape(()))


def shown(value):
    """Return a number or a small array as a reader would write it; an array of one number as that number."""
    array = np.asarray(value)
    if array.dtype.kind not in "fiu":
        return str(value)
    if array.size == 1:
        # Adding 0 turns −0 into 0.
        return f"{float(array.reshape(())) + 0:.6g}"
    return f"[{', '.join(shown(part) for part in array)}]"


def in_words(parts):
    """Return "a, b and c"."""
    parts = list(parts)
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
