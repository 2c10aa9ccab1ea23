"""Exercises of the chapter on optima: a step that is found by halving, and the secretary's exact chances."""

from functools import partial

import numpy as np

from lossbook.exercises.checker import Exercise, named, of_form, shown
from lossbook.exercises.properties import case, each_case, has_values, leaves_arguments_alone, works_on_arrays

# ---- 7.2 ---------------------------------------------------------------------------------------------------


def height(matrix, linear, theta):
    """Return the value of the quadratic."""
    return 0.5 * theta @ matrix @ theta - linear @ theta


def backtracked(matrix, linear, theta, first, share, factor=0.5, slope_of=None, along=None):
    """Return the first of the steps that is short enough; the way down is the slope, or a function of it."""
    slope = matrix @ theta - linear if slope_of is None else slope_of(matrix, linear, theta)
    way, step = slope if along is None else along(slope), first
    for _ in range(200):
        fallen = height(matrix, linear, theta) - height(matrix, linear, theta - step * way)
        if fallen >= step * share * slope @ way:
            return step
        step *= factor
    return step


def bowl(curvatures, linear, theta, first=1.0, share=0.25):
    """Return a case whose matrix is diagonal."""
    return case(np.diag(np.array(curvatures, float)), np.array(linear, float), np.array(theta, float),
                first=first, share=share)  # fmt: skip


def drawn_bowl(rng, first=4.0, share=0.3):
    """Return a case whose numbers are rounded, so that a report shows the very numbers that were sent."""
    size = int(rng.integers(2, 5))
    root = rng.normal(0, 1.5, (size, size)).round(1)
    linear, theta = rng.normal(0, 2, (2, size)).round(1)
    yield case(root @ root.T + np.eye(size), linear, theta, first=first, share=share)


def round_bowls(rng):
    """Return cases whose matrix is a multiple of the identity."""
    for size in (2, 3):
        theta = rng.integers(1, 40, size) * rng.choice([-0.1, 0.1], size)
        # With 97, a prime, in 2 (1 − share), rounding cannot decide whether a step is short enough.
        yield bowl([round(rng.uniform(1, 9), 1)] * size, [0] * size, theta.round(1), first=4.0, share=0.03)


def other_shares(rng):
    """Return cases with a small, a middle and a large share."""
    for low, high in ((0.01, 0.2), (0.3, 0.6), (0.7, 0.95)):
        yield from drawn_bowl(rng, share=round(rng.uniform(low, high), 3))


def other_firsts(rng):
    """Return cases with a short, a middle and a long first step."""
    for low, high in ((0.01, 0.2), (0.5, 5), (10, 60)):
        yield from drawn_bowl(rng, first=round(rng.uniform(low, high), 3), share=0.03)


def lowest_points(rng):
    """Return cases whose gradient is 0 to the last digit: all numbers are small whole ones."""
    for size in (2, 3):
        curvatures, theta = rng.integers(1, 9, size), rng.integers(-5, 6, size)
        yield bowl(curvatures, curvatures * theta, theta, first=round(rng.uniform(0.1, 5), 2))


ROUND = [bowl([10.0, 10.0], [0.0, 0.0], [1.0, -2.0]), bowl([3.0], [0.0], [2.0], first=3.0), round_bowls]
TILTED = [bowl([9.0, 2.0], [3.0, -4.0], [1.0, 1.0]), *[drawn_bowl] * 4]
SHARES = [bowl([1.0, 5.0], [1.0, 0.0], [0.0, 2.0], share=s) for s in (0.01, 0.6, 0.9)] + [other_shares]
FIRSTS = [bowl([4.0, 1.0], [0.0, 1.0], [1.0, 3.0], first=f) for f in (0.1, 6.0, 40.0)] + [other_firsts]
FLAT = [bowl([2.0, 5.0], [4.0, 5.0], [2.0, 1.0], first=0.75), lowest_points]

_step_is = partial(
    has_values,
    "step",
    backtracked,
    mistakes={
        "what any decrease would allow": lambda *a, first, share: backtracked(*a, first, 0.0),
        "what you get if the linear term is left out of the gradient": lambda *a, first, share: backtracked(
            *a, first, share, slope_of=lambda matrix, linear, theta: matrix @ theta
        ),
        "what you get if the first trial is 1": lambda *a, first, share: backtracked(*a, 1.0, share),
        "half of the first step that will do": lambda *a, first, share: 0.5 * backtracked(*a, first, share),
    },
)


def falls(ask, answer, matrix, linear, theta, first, share, *, along=None):
    """Raise NotYet if the step leads nowhere down; the way is the slope, or a function of it."""
    came, slope = answer.number("step"), matrix @ theta - linear
    way = slope if along is None else along(slope)
    with np.errstate(all="ignore"):  # a step may be infinite
        before, after = (height(matrix, linear, theta - t * way) for t in (0.0, came))
    if not (came > 0 and after < before):
        says = f"f goes from {shown(before)} to {shown(after)}: which step goes down?"
        raise answer.not_yet(f"your step is {shown(came)}, and {says}")


_BACKTRACKING = {
    "round bowls": _step_is(ROUND, "how far does f fall, and how much did the slope promise?"),
    "tilted bowls": _step_is(TILTED, "what is the gradient of the whole function?"),
    "any share": _step_is(SHARES, "which part of the promise has to come?"),
    "any first step": _step_is(FIRSTS, "where do the trials begin, and by what are they shortened?"),
    "f falls": of_form(each_case(ROUND + TILTED + SHARES, falls)),  # one tiny step for all does that
    "nothing to gain": _step_is(FLAT, "at a stationary point a step of any length changes nothing."),
    "inputs unchanged": leaves_arguments_alone(ROUND + TILTED),
}

# ---- 7.3 ---------------------------------------------------------------------------------------------------


def chance(skip, n, shift=0):
    """Return the chances of skips of any shape; with a shift, of a sum that begins and ends later."""

    def one(k):
        k = int(k)
        return k / n * sum(1 / i for i in range(k + shift, n + shift)) if k else 1 / n

    return np.array([one(k) for k in np.ravel(skip)]).reshape(np.shape(skip))


def skipped(*skips, n):
    """Return a case for each skip, among n candidates."""
    return [case(float(skip), n=n) for skip in skips]


def crowds(fewest, most, skip_of):
    """Return a function that draws three cases; ``skip_of(rng, n)`` draws how many of n are skipped."""

    def draw(rng):
        for n in rng.integers(fewest, most + 1, 3).tolist():
            yield from skipped(skip_of(rng, n), n=n)

    return draw


def _some(rng, n):
    return rng.integers(1, n - 1)  # at least one, and not all but the last


HAND = skipped(1, 2, n=3) + skipped(1, n=2) + [crowds(4, 6, _some)]
MANY = skipped(3, 7, n=10) + skipped(37, 36, n=100) + [crowds(11, 150, _some)]
NONE = skipped(0, n=3) + skipped(0, n=10) + [crowds(4, 150, lambda rng, n: 0)]
LAST = skipped(9, n=10) + skipped(99, n=100) + [crowds(4, 150, lambda rng, n: n - 1)]

_chance_is = partial(
    has_values,
    "chance",
    chance,
    mistakes={
        "what a sum that begins and ends one later gives": lambda skip, n: chance(skip, n, 1),
        "what x ln(1/x) gives for x = k/n": lambda skip, n: -skip / n * np.log(skip / n),
        "the chance without the factor k/n": lambda skip, n: chance(skip, n) * n / skip,
    },
)


def is_probability(ask, answer, skip, n):
    """Raise NotYet if the chance is not from 0 to 1."""
    came = answer.number("chance")
    if not 0 <= came <= 1:
        raise answer.not_yet(f"your chance is {shown(came)}: which numbers can a probability be?")


_SECRETARY = {
    "by hand": _chance_is(HAND, "list the orders of two or three candidates and count."),
    "many candidates": _chance_is(MANY, "where must the best of those before be, if the best of all is i?"),
    "nobody is skipped": _chance_is(NONE, "with which probability is the first the best?"),
    "all but the last": _chance_is(LAST, "which one is taken then?"),
    "a probability": of_form(each_case(HAND + MANY + NONE + LAST, is_probability)),
    "arrays of any shape": works_on_arrays(skipped(0, 3, 9, 1, 5, n=10)),
    "inputs unchanged": leaves_arguments_alone(HAND + MANY),
}

EXERCISES = (
    Exercise("7.2", "A step by halving", "optima", ("H", "b", "theta"), ("step",), named(_BACKTRACKING)),
    Exercise("7.3", "The secretary's chances", "optima", ("skip",), ("chance",), named(_SECRETARY)),
)
