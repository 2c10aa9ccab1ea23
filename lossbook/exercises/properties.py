"""Properties that many exercises share. Most functions here return a test for a ``Property``.

A :func:`case` is one input. Where a function works element by element its arguments are numbers, sent one at
a time, so that a fault shows on the input that it belongs to, and an answer that knows single numbers only
fails ``works_on_arrays`` and nothing else. Where it takes whole vectors or arrays they are sent as they are.
A list of cases may also hold functions of a random generator that return cases. The telling ones come first:
a report names the first that breaks.
"""

import numpy as np

from lossbook.exercises.checker import NotYet, Raised, of_form, shown

_SHAPES = ((7,), (2, 3), (3, 1))


def case(*arguments, **parameters):
    """Return one input: the arguments as float64, arrays as they are, and a dict of parameters."""
    return [a if isinstance(a, np.ndarray) else np.array(a, dtype=float) for a in arguments], parameters


def drawn(cases, rng):
    """Yield cases, and in the place of each function among them those that it draws."""
    for item in cases:
        yield from item(rng) if callable(item) else [item]


def close(came, required, *, relative=1e-6, absolute=1e-9):
    """Say of each element whether it is right; what is not finite agrees with nothing but itself."""
    with np.errstate(over="ignore"):
        return np.isclose(came, required, rtol=relative, atol=absolute, equal_nan=True)


def consistent(first, second, tolerance=1e-6):
    """Say whether two numbers that come from the reader's function are finite and agree."""
    return bool(np.isfinite(second) and close(first, second, relative=tolerance, absolute=tolerance))


def in_kind(came, required):
    """Say how a number is wrong without saying what is right."""
    if np.isnan(came):
        return "not a number"
    if np.isnan(required):
        return "of the wrong kind"
    if np.isinf(came) and np.isfinite(required):
        return "not finite"
    if came < 0 < required or required < 0 < came:
        return "of the wrong sign"
    size = "large" if abs(came) > abs(required) else "small"
    return f"too {size} in size" if min(came, required) < 0 else f"too {size}"


def each_case(cases, look):
    """Test case by case: ``look(ask, answer, *arguments, **parameters)`` raises what is wrong."""

    def test(ask, rng):
        for arguments, parameters in drawn(cases, rng):
            look(ask, ask(*arguments, **parameters), *arguments, **parameters)

    return test


def all_of(*tests):
    """Test several things as one property; the first that fails is told."""

    def test(ask, rng):
        for one in tests:
            one(ask, rng)

    return test


def has_values(output, reference, cases, hint, *, mistakes=None, **tolerances):
    """Test that one output has the values of ``reference(*arguments, **parameters)``, and their shape.

    The hint, what a reader might think about, ends in a full stop or question mark. `mistakes` leads from
    what to say of a typical mistake ("what … gives") to a function like `reference` that makes it. The
    tolerances are those of :func:`close`.
    """

    def look(ask, answer, *arguments, **parameters):
        def result(function):
            with np.errstate(all="ignore"):
                return np.asarray(function(*arguments, **parameters))

        required = result(reference)
        came = answer.numbers(output, required.shape)
        wrong = np.argwhere(~close(came, required, **tolerances))
        if len(wrong):
            index = tuple(wrong[0])
            known = mistakes if mistakes and np.isfinite(came).all() else {}
            made = (says for says, make in known.items() if close(came, result(make), **tolerances).all())
            verdict = next(made, in_kind(came[index], required[index]))
            what = f"{_element(index)}your {output} is {shown(came[index])}"
            raise answer.not_yet(f"{what}, which is {verdict}: {hint}")

    return each_case(cases, look)


def never_negative(output, cases):
    """Test that an output is nowhere below 0."""

    def look(ask, answer, *arguments, **parameters):
        came = answer.number(output)
        if not came >= -1e-9:
            raise answer.not_yet(
                f"your {output} is {shown(came)}: what would it mean to be paid for an error?"
            )

    return of_form(each_case(cases, look))


def has_no_step(output, cases, hint):
    """Test that an output is continuous: the first argument of each case is moved by a millionth."""

    def look(ask, answer, first, *others, **parameters):
        value = answer.number(output)
        for factor, side in ((1 - 1e-6, "nearer to 0"), (1 + 1e-6, "further out")):
            near = ask(first * factor, *others, **parameters).number(output)
            if not consistent(near, value, 1e-4):
                there = f"a hair {side} it is {shown(near)}"
                raise answer.not_yet(f"your {output} is {shown(value)}, and {there}: {hint}")

    return of_form(each_case(cases, look))


def gradient_matches_loss(loss, gradient, cases):
    """Test that an output is the derivative of another in the first argument; no case is near a kink."""

    def look(ask, answer, first, *others, **parameters):
        came = answer.numbers(gradient, first.shape)
        for index in np.ndindex(first.shape):
            step = np.zeros_like(first)
            step[index] = 1e-5 * max(1.0, abs(first[index]))
            above, below = (ask(x, *others, **parameters).number(loss) for x in (first + step, first - step))
            slope = (above - below) / (2 * step[index])
            if not consistent(came[index], slope, 1e-4):
                raise answer.not_yet(
                    f"{_element(index)}your {gradient} is {shown(came[index])}, but there your own {loss} "
                    f"changes by {slope + 0:.4g} for each unit that {_element(index)}the "
                    f"{answer.exercise.arrays[0]} grows: the two should agree."
                )

    return of_form(each_case(cases, look))


def leaves_arguments_alone(cases):
    """Test that the arrays given are not changed."""

    def look(ask, answer, *arguments, **parameters):
        names = answer.exercise.arrays
        answer.numbers(answer.exercise.outputs[0])  # Doing nothing changes nothing: no merit in that.
        for name, given, found in zip(names, answer.arrays, answer.reply.arrays, strict=True):
            if given.shape != found.shape or given.tobytes() != found.tobytes():
                raise answer.not_yet(
                    f"the array {name} holds {shown(found)} after your function has run: which line of yours "
                    "writes into an argument?"
                )

    return of_form(each_case(cases, look))


def works_on_arrays(cases):
    """Test that arrays of numbers or of vectors, whole numbers too, give what they give one by one.

    A wrong value is no fault here. All cases have the same parameters. They are repeated to fill the arrays,
    so they should take every branch, and some should be whole numbers.
    """

    def test(ask, rng):
        inputs, (parameters, *_) = zip(*drawn(cases, rng), strict=True)
        columns = [np.array(column) for column in zip(*inputs, strict=True)]
        alone = [ask(*arguments, **parameters) for arguments in inputs]
        everything = np.arange(len(inputs))
        whole = [i for i in everything if all((column[i] % 1 == 0).all() for column in columns)]
        trials = [(np.resize(everything, shape), float) for shape in _SHAPES] + [(np.array(whole), int)]
        for chosen, dtype in trials if whole else trials[:-1]:
            arrays = [column[chosen].astype(dtype) for column in columns]
            _compare_with_single_ones(ask, arrays, parameters, [alone[i] for i in chosen.flat], chosen.shape)

    return of_form(test)


def _compare_with_single_ones(ask, arrays, parameters, alone, batch):
    shape = arrays[0].shape
    unit = "vector" if len(shape) > len(batch) else "element"
    kind = f"{'whole numbers in ' if arrays[0].dtype.kind == 'i' else ''}arrays of shape {shape}"
    try:
        answer = ask(*arrays, **parameters)
    except Raised as fault:
        # One alone raised nothing.
        raise NotYet(f"{str(fault).rstrip('.')}: each {unit} needs an answer of its own.") from None
    for name in answer.exercise.outputs:
        output, first = answer.output(name), alone[0].numbers(name)
        inner = () if first.size == 1 else first.shape
        if output.what != "an array" or output.values.shape != batch + inner:
            came = f"an array of shape {output.values.shape}" if output.what == "an array" else output.what
            required = "the same shape" if batch + inner == shape else f"shape {batch + inner}"
            raise NotYet(f"for {kind} your {name} is {came}; required is an array of {required}.")
        for index, single in zip(np.ndindex(batch), alone, strict=True):
            here, there = output.values[index], single.numbers(name, inner)
            if not close(here, there).all():
                place = ", ".join(map(str, index))
                raise single.not_yet(
                    f"your {name} is {shown(there)}, but as {unit} [{place}] of {kind} it "
                    f"is {shown(here)}: each {unit} should count for itself."
                )


def _element(index):
    """Return "element [0, 1] of ", or nothing for a single number."""
    return f"element [{', '.join(map(str, index))}] of " if index else ""
