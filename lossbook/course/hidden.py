"""The inputs that an answer is graded by, for the teacher to see."""

import functools

from lossbook import exercises
from lossbook.course.secret import secret, seed_of
from lossbook.exercises.calling import call_here

__all__ = ["HiddenCases", "hidden_cases"]


class HiddenCases(dict):
    """Name of each property to its inputs in words; printed, a list."""

    def __repr__(self):
        """Return the list."""
        return "\n".join("\n    ".join([name, *cases]) for name, cases in self.items())


def hidden_cases(number, function, *, variant=None, key=None):
    """Return what a right answer is asked when it is graded, in this course.

    Parameters
    ----------
    number : str
        The exercise's number: ``"15.2"``.
    function : callable
        A right answer: a wrong one is asked less, since each property stops at its first fault.
    variant : int, optional
        The seed of the variant that was handed out.
    key : bytes, optional
        The secret; by default, your own.

    Returns
    -------
    HiddenCases
        Printed, each property with its inputs.
    """
    exercise = exercises.find(number, variant)
    settings = {"several": len(exercise.outputs) > 1, "measured": exercise.measured}
    report = exercise.judge(
        functools.partial(call_here, function, **settings),
        seed=seed_of(secret() if key is None else key, number),
    )
    return HiddenCases({result.name: result.questions for result in report.results})
