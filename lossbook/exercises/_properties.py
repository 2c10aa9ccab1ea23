"""Properties that many exercises share. Each function here returns a test for a ``Property``.

A *case* is one input: a tuple of numbers, one for each array argument, and a dict of parameters. The arrays
that are sent hold one number each, so that a fault shows on the input that it belongs to and an answer that
knows single numbers only fails one property and not all; ``works_on_arrays`` alone sends more. Where a
function takes whole vectors the tuple holds arrays, which ``ask_one`` and ``leaves_arguments_alone`` send as
they are.
"""

import numpy as np

from lossbook.exercises._exercise import NotYet, Raised, shown

_RELATIVE = 1e-6
_ABSOLUTE = 1e-9
_SHAPES = ((7,), (2, 3), (3, 1))


def close(came, required, tolerance=0.0):
    """Say whether a number agrees with a finite one.

    Parameters
    ----------
    came, required : float
        The two numbers; one that is not finite agrees with nothing.
    tolerance : float
        An absolute difference that is allowed besides rounding.
    """
    bound = tolerance + _ABSOLUTE + _RELATIVE * abs(required)
    return bool(np.isfinite(came)) and abs(came - required) <= bound


def ask_one(ask, case):
    """Return the Answer to one case. An array is sent as it is; a number or a list of them in float64."""
    arguments, parameters = case
    arrays = [a if isinstance(a, np.ndarray) else np.array(a, dtype=float, ndmin=1) for a in arguments]
    return ask(*arrays, **parameters)


def matches(output, reference, cases, *, hint, mistakes=(), tolerance=0.0):
    """Test that one output has the right value.

    Parameters
    ----------
    output : str
        The output's name.
    reference : callable
        The right value of a case, called as ``reference(*numbers, **parameters)``.
    cases : callable
        Called with a generator, returns the list of cases. The telling ones come first: a report names the
        first that breaks.
    hint : str
        What a reader might think about, ending in a full stop or question mark.
    mistakes : sequence of (callable, str)
        Values of typical mistakes, called like `reference`, and what to say of them: "which is what … gives".
    tolerance : float or callable
        An absolute difference that is allowed, or a function of the case's parameters that returns it.
    """

    def test(ask, rng):
        for case in cases(rng):
            numbers, parameters = case
            answer = ask_one(ask, case)
            came = answer.number(output)
            required = float(reference(*numbers, **parameters))
            allowed = tolerance(**parameters) if callable(tolerance) else tolerance
            if not close(came, required, allowed):
                wrong = [
                    says for mistake, says in mistakes if close(came, float(mistake(*numbers, **parameters)))
                ]
                verdict = f"which is {wrong[0] if wrong else _in_kind(came, required)}"
                raise NotYet(f"{answer.question} your {output} is {shown(came)}, {verdict}: {hint}")

    return test


def _in_kind(came, required):
    """Say how a number is wrong without saying what is right."""
    if not np.isfinite(came):
        return "not finite"
    if came * required < 0:
        return "of the wrong sign"
    size = "large" if abs(came) > abs(required) else "small"
    return f"too {size} in size" if min(came, required) < 0 else f"too {size}"


def has_no_step(output, cases, *, hint):
    """Test that an output is continuous where two pieces meet.

    Parameters
    ----------
    output : str
        The output's name.
    cases : callable
        As in :func:`matches`; each case lies on a join. The first number is moved by a millionth.
    hint : str
        As in :func:`matches`.
    """

    def test(ask, rng):
        for (first, *others), parameters in cases(rng):
            at = ask_one(ask, ((first, *others), parameters))
            value = at.number(output)
            for factor in (1 - 1e-6, 1 + 1e-6):
                near = ask_one(ask, ((first * factor, *others), parameters)).number(output)
                if not abs(near - value) <= 1e-4 * max(1.0, abs(value)):
                    side = "nearer to 0" if factor < 1 else "further out"
                    raise NotYet(
                        f"{at.question} your {output} is {shown(value)}, and a hair {side} it is "
                        f"{shown(near)}: {hint}"
                    )

    return test


def gradient_matches_loss(loss, gradient, cases):
    """Test that one output is the derivative of another in the first argument, by central differences.

    Parameters
    ----------
    loss, gradient : str
        The outputs' names.
    cases : callable
        As in :func:`matches`; none of them near a kink.
    """

    def test(ask, rng):
        for (first, *others), parameters in cases(rng):
            answer = ask_one(ask, ((first, *others), parameters))
            came = answer.number(gradient)
            step = 1e-5 * max(1.0, abs(first))
            above, below = (
                ask_one(ask, ((first + move, *others), parameters)).number(loss) for move in (step, -step)
            )
            slope = (above - below) / (2 * step)
            if not abs(came - slope) <= 1e-4 * max(1.0, abs(slope)):
                raise NotYet(
                    f"{answer.question} your {gradient} is {shown(came)}, but there your own {loss} changes "
                    f"by {slope + 0:.4g} for each unit that the {ask.exercise.arrays[0]} grows: the two "
                    "should agree."
                )

    return test


def all_of(*tests):
    """Test several things as one property; the first that fails is told."""

    def test(ask, rng):
        for one in tests:
            one(ask, rng)

    return test


def works_on_arrays(cases):
    """Test that arrays of any shape, whole numbers too, give arrays of that shape, element by element.

    The numbers are compared with what the function itself gives for one element at a time, so that a wrong
    value is no fault here.

    Parameters
    ----------
    cases : callable
        As in :func:`matches`; at least one, with the same parameters in all. They are repeated to fill the
        arrays, so they should take every branch, and some should be whole numbers.
    """

    def test(ask, rng):
        drawn = cases(rng)
        parameters = drawn[0][1]
        columns = list(zip(*(numbers for numbers, _ in drawn), strict=True))
        for shape in _SHAPES:
            _compare_with_single_numbers(
                ask, [np.resize(c, shape).astype(float) for c in columns], parameters
            )
        whole = [case for case in drawn if all(float(number).is_integer() for number in case[0])]
        columns = list(zip(*(numbers for numbers, _ in whole), strict=True))
        _compare_with_single_numbers(ask, [np.array(c, dtype=np.int64) for c in columns], parameters)

    return test


def _compare_with_single_numbers(ask, arrays, parameters):
    shape = arrays[0].shape
    indices = list(np.ndindex(shape))
    alone = [ask_one(ask, ([array[index] for array in arrays], parameters)) for index in indices]
    try:
        answer = ask(*arrays, **parameters)
    except Raised as fault:
        # One pair alone raised nothing.
        raise NotYet(f"{str(fault).rstrip('.')}: each pair needs an answer of its own.") from None
    kind = "whole numbers in arrays" if arrays[0].dtype.kind == "i" else "arrays"
    for name in answer.names:
        output = answer.output(name)
        if output.what != "an array" or output.values.shape != shape:
            came = f"an array of shape {output.values.shape}" if output.what == "an array" else output.what
            raise NotYet(
                f"for {kind} of shape {shape} your {name} is {came}; required is an array of the same shape."
            )
        for index, single in zip(indices, alone, strict=True):
            here, there = output.values[index], single.number(name)
            if not (close(here, there) or np.array_equal(here, there, equal_nan=True)):
                place = ", ".join(map(str, index))
                raise NotYet(
                    f"{single.question} your {name} is {shown(there)}, but as element [{place}] of {kind} of "
                    f"shape {shape} it is {shown(here)}: each pair should count for itself."
                )


def leaves_arguments_alone(cases):
    """Test that the arrays given are not changed.

    Parameters
    ----------
    cases : callable
        As in :func:`matches`.
    """

    def test(ask, rng):
        for case in cases(rng):
            answer = ask_one(ask, case)
            answer.numbers(answer.names[0])  # A function that does nothing changes nothing: no merit in that.
            left = answer.reply.arrays
            for name, given, found in zip(ask.exercise.arrays, answer.arrays, left, strict=True):
                if given.shape != found.shape or given.tobytes() != found.tobytes():
                    raise NotYet(
                        f"{answer.question} the array {name} holds {shown(found)} after your function has "
                        "run: which line of yours writes into an argument?"
                    )

    return test


def never_negative(output, cases):
    """Test that an output is nowhere below 0.

    Parameters
    ----------
    output : str
        The output's name.
    cases : callable
        As in :func:`matches`.
    """

    def test(ask, rng):
        for case in cases(rng):
            answer = ask_one(ask, case)
            came = answer.number(output)
            if not came >= -_ABSOLUTE:
                raise NotYet(
                    f"{answer.question} your {output} is {shown(came)}: what would it mean to be paid for an "
                    "error?"
                )

    return test
