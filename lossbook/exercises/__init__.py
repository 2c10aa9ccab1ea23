"""Exercises that check themselves.

A chapter asks for a function. ``check`` tries it on many inputs and says, one line a property, what holds
and what does not hold yet, with the input that broke it and a hint. It does not tell the answer.
"""

import functools
import importlib
import pkgutil

from lossbook.exercises.calling import call_here
from lossbook.exercises.checker import Exercise, Property, Report, Result
from lossbook.exercises.variants import drawn

__all__ = ["Exercise", "Property", "Report", "Result", "check", "find", "numbers"]

#: How long one call of a reader's function may take.
SECONDS = 5


def check(number, function, *, variant=None):
    """Check an answer to an exercise.

    Parameters
    ----------
    number : str
        The exercise's number: ``"15.2"``.
    function : callable
        Your function itself, with the arguments that the exercise names.
    variant : int, optional
        The seed of the variant that you were given, if the exercise came from a course.

    Returns
    -------
    Report
        Printed, one line a property. It is true if all hold; ``report.passed`` of ``report.total`` do.
        What your function prints or warns of meanwhile is not shown. A call is given up after 5 seconds.

    Raises
    ------
    TypeError
        If `number` is not a string or `function` cannot be called.
    ValueError
        If no exercise with a checker has that number; the message lists those that have. Also if it has no
        variants and one is asked for.

    Examples
    --------
    >>> def my_smooth_l1(prediction, target, beta):
    ...     raise NotImplementedError
    >>> check("15.4", my_smooth_l1)
    Exercise 15.4: not written yet.
    """
    exercise = find(number, variant)
    if not callable(function):
        raise TypeError(
            f"function must be a function, given by its name and not called; got {type(function).__name__}"
        )
    settings = {"several": len(exercise.outputs) > 1, "measured": exercise.measured, "seconds": SECONDS}

    def call(arrays, parameters):
        return call_here(function, arrays, parameters, **settings)

    return exercise.judge(call)


def find(number, variant=None):
    """Return the ``Exercise`` of a number, or the variant of it that a seed draws.

    Parameters
    ----------
    number : str
        The exercise's number: ``"15.2"``.
    variant : int, optional
        The seed of a variant.

    Returns
    -------
    Exercise
        With its checker, which ``check`` applies.

    Raises
    ------
    TypeError, ValueError
        As ``check`` does.

    Examples
    --------
    >>> find("15.4").number
    '15.4'
    """
    if not isinstance(number, str):
        raise TypeError(f"number must be a string such as '15.2'; got {number!r}")
    if number not in _exercises():
        raise ValueError(
            f"number must be that of an exercise with a checker: {', '.join(numbers())}; got {number!r}"
        )
    if variant is None:
        return _exercises()[number]
    varied = drawn(number, variant)
    if varied is None:
        raise ValueError(f"exercise {number} has no variants; got variant={variant!r}")
    return varied.exercise


def numbers():
    """Return the numbers of all exercises that have a checker, in the book's order.

    Returns
    -------
    list of str
        Numbers such as ``"15.2"``.

    Examples
    --------
    >>> numbers()[:3]
    ['1.3', '1.4', '2.2']
    """
    return sorted(_exercises(), key=lambda number: [int(part) for part in number.split(".")])


@functools.cache
def _exercises():
    """Return number to exercise, gathered from the chapters' modules in this package."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__) if not module.ispkg)
    modules = [importlib.import_module(f"{__name__}.{name}") for name in names]
    return {exercise.number: exercise for module in modules for exercise in getattr(module, "EXERCISES", ())}
