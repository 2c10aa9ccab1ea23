"""Exercises of the chapter on optima: a step that is found by halving, and the secretary's exact chances."""

from functools import partial

import numpy as np

from lossbook.exercises.checker import Exercise, named, of_form, shown
from lossbook.exercises.properties import case, each_case, has_values, leaves_arguments_alone, works_on_arrays

# ---- 7.2 ---------------------------------------------------------------------------------------------------


def _height(matrix, linear, theta):
    return 0.5 * theta @ matrix @ theta - linear @ theta


def _halved(matrix, linear, theta, first, share, factor=0.5, slope_of=None, start_of=None):
    slope = matrix @ theta - linear if slope_of is None else slope_of(matrix, linear, theta)
    promise, step = share * slope @ slope, first if start_of is None else start_of(first)
    for _ in range(200):
        if _height(matrix, linear, theta - step * slope) <= _height(matrix, linear, theta) - step * promise:
            return step
        step *= factor
    return step


def _step(curvatures, linear, theta, first=1.0, share=0.25):
    return case(np.diag(np.array(curvatures, float)), np.array(linear, float), np.array(theta, float),
                first=first, share=share)  # fmt: skip


def _drawn(rng):
    size = int(rng.integers(2, 5))
    root = rng.normal(0, 1.5, (size, size)).round(1)
    linear, theta = rng.normal(0, 2, (2, size)).round(1)
    yield case(root @ root.T + np.eye(size), linear, theta, first=4.0, share=0.3)


_ROUND = [_step([10.0, 10.0], [0.0, 0.0], [1.0, -2.0]), _step([3.0], [0.0], [2.0], first=3.0)]
_TILTED = [_step([9.0, 2.0], [3.0, -4.0], [1.0, 1.0]), *[_drawn] * 4]
_SHARES = [_step([1.0, 5.0], [1.0, 0.0], [0.0, 2.0], share=s) for s in (0.01, 0.6, 0.9)]
_FIRSTS = [_step([4.0, 1.0], [0.0, 1.0], [1.0, 3.0], first=f) for f in (0.1, 6.0, 40.0)]
_FLAT = [_step([2.0, 5.0], [4.0, 5.0], [2.0, 1.0], first=0.75)]

_step_is = partial(
    has_values,
    "step",
    _halved,
    mistakes={
        "what any decrease would allow": lambda *a, first, share: _halved(*a, first, 0.0),
        "what you get if the linear term is left out of the gradient": lambda *a, first, share: _halved(
            *a, first, share, slope_of=lambda matrix, linear, theta: matrix @ theta
        ),
        "what you get if the first trial is 1": lambda *a, first, share: _halved(*a, 1.0, share),
        "half of the first step that will do": lambda *a, first, share: 0.5 * _halved(*a, first, share),
    },
)


def _falls(ask, answer, matrix, linear, theta, first, share):
    came, slope = answer.number("step"), matrix @ theta - linear
    before, after = (_height(matrix, linear, theta - t * slope) for t in (0.0, came))
    if not (came > 0 and after < before):
        says = f"f goes from {shown(before)} to {shown(after)}: which step goes down?"
        raise answer.not_yet(f"your step is {shown(came)}, and {says}")


_BACKTRACKING = {
    "round bowls": _step_is(_ROUND, "how far does f fall, and how much did the slope promise?"),
    "tilted bowls": _step_is(_TILTED, "what is the gradient of the whole function?"),
    "any share": _step_is(_SHARES, "which part of the promise has to come?"),
    "any first step": _step_is(_FIRSTS, "where do the trials begin, and by what are they shortened?"),
    "f falls": each_case(_ROUND + _TILTED + _SHARES, _falls),
    "nothing to gain": _step_is(_FLAT, "at a stationary point a step of any length changes nothing."),
    "inputs unchanged": leaves_arguments_alone(_ROUND + _TILTED),
}

# ---- 7.3 ---------------------------------------------------------------------------------------------------


def _chance(skip, n, shift=0):
    def one(k):
        k = int(k)
        return k / n * sum(1 / i for i in range(k + shift, n + shift)) if k else 1 / n

    return np.array([one(k) for k in np.ravel(skip)]).reshape(np.shape(skip))


def _skips(*skips, n):
    return [case(float(skip), n=n) for skip in skips]


_HAND = _skips(1, 2, n=3) + _skips(1, n=2)
_MANY = _skips(3, 7, n=10) + _skips(37, 36, n=100)
_NONE = _skips(0, n=3) + _skips(0, n=10)
_LAST = _skips(9, n=10) + _skips(99, n=100)

_chance_is = partial(
    has_values,
    "chance",
    _chance,
    mistakes={
        "what a sum that begins and ends one later gives": lambda skip, n: _chance(skip, n, 1),
        "what x ln(1/x) gives for x = k/n": lambda skip, n: -skip / n * np.log(skip / n),
        "the chance without the factor k/n": lambda skip, n: _chance(skip, n) * n / skip,
    },
)


def _adds_up(ask, answer, skip, n):
    came = answer.number("chance")
    if not 0 <= came <= 1:
        raise answer.not_yet(f"your chance is {shown(came)}: which numbers can a probability be?")


_SECRETARY = {
    "by hand": _chance_is(_HAND, "list the orders of two or three candidates and count."),
    "many candidates": _chance_is(_MANY, "where must the best of those before be, if the best of all is i?"),
    "nobody is skipped": _chance_is(_NONE, "with which probability is the first the best?"),
    "all but the last": _chance_is(_LAST, "which one is taken then?"),
    "a probability": of_form(each_case(_HAND + _MANY + _NONE + _LAST, _adds_up)),
    "arrays of any shape": works_on_arrays(_skips(0, 3, 9, 1, 5, n=10)),
    "inputs unchanged": leaves_arguments_alone(_HAND + _MANY),
}

EXERCISES = (
    Exercise("7.2", "A step by halving", "optima", ("H", "b", "theta"), ("step",), named(_BACKTRACKING)),
    Exercise("7.3", "The secretary's chances", "optima", ("skip",), ("chance",), named(_SECRETARY)),
)
