"""How far a result is from the truth, in units in the last place, and the points at which that is asked.

A `Subject` is a function with its points and its definition in arithmetic of 400 digits. The files
``subjects_*.py`` beside this one list them as ``SUBJECTS``.
"""

import importlib.util
import math
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import mpmath
import numpy as np
from mpmath import mpf

# A probability of 1 − 1e-300 is told from 1 by its 300th digit.
DIGITS = 400
SEED = 20260101


@dataclass(frozen=True)
class Subject:
    """One function whose accuracy is measured.

    Attributes
    ----------
    name : str
        The function's name, and the setting if there is one.
    function : callable
        Takes the arrays of one point and returns numbers.
    points : callable
        Takes a generator and a count; returns that many points, each a tuple of float64 arrays.
    oracle : callable
        Takes the same arrays as lists of mpf, at `DIGITS` digits; returns the true numbers, flat.
    bound : callable
        Takes the arrays of a point; returns the largest error allowed, in ulp.
    condition : callable or None
        Takes what the oracle takes and returns the condition number, by which the bound is multiplied where
        it is above 1: one for all results, or one for each.
    peers : mapping of str to callable
        The same function in other libraries, called as `function` is.
    dtypes : tuple of dtype
        The types that are tried.
    """

    name: str
    function: Callable
    points: Callable
    oracle: Callable
    bound: Callable
    condition: Callable | None = None
    peers: Mapping[str, Callable] = field(default_factory=dict)
    dtypes: tuple = (np.float64,)


@dataclass(frozen=True)
class Measurement:
    """The errors of one function in one type, point by point.

    Attributes
    ----------
    errors : ndarray
        The largest error at each point, in ulp over max(1, condition number).
    excess : ndarray
        The same, divided by the bound: above 1 it is broken.
    conditions : ndarray
        The largest condition number at each point; 1 where there is none.
    peers : dict of str to ndarray
        The errors of the others, scaled in the same way; infinite where they fail.
    """

    errors: np.ndarray
    excess: np.ndarray
    conditions: np.ndarray
    peers: dict


def ulp_error(result, truth, dtype=np.float64):
    """Return |result − truth| in units in the last place of the truth, rounded to `dtype`.

    Parameters
    ----------
    result : float
        What came.
    truth : mpf
        The exact number. If it rounds to infinity in `dtype`, only that infinity is right.
    dtype : dtype, default float64
        A type no wider than float64.

    Returns
    -------
    float
        The error; infinite for NaN, for an infinity that is wrong, and for a number where infinity is right.
    """
    info = np.finfo(dtype)
    result = float(result)
    if math.isnan(result) or mpmath.isnan(truth):
        return 0.0 if math.isnan(result) and mpmath.isnan(truth) else math.inf
    last = mpf(float(info.max))
    if abs(truth) >= last * (1 + mpf(float(info.eps)) / 4):
        return 0.0 if result == math.copysign(math.inf, truth) else math.inf
    if math.isinf(result):
        return math.inf
    _, exponent = mpmath.frexp(truth) if truth else (0, info.minexp)
    digits = info.nmant + 1
    unit = mpmath.ldexp(1, max(int(exponent) - digits, info.minexp - info.nmant))
    return float(abs(mpf(result) - truth) / unit)


def rounded(array, dtype):
    """Return an array in another type, with the largest number of that type where it overflows."""
    with np.errstate(all="ignore"):
        narrow = array.astype(dtype)
    overflows = np.isinf(narrow) & np.isfinite(array)
    return np.where(overflows, np.copysign(np.finfo(dtype).max, narrow), narrow)


def measure(subject, count, dtype=np.float64):
    """Return the `Measurement` of a subject at `count` seeded points in one type."""
    rng = np.random.default_rng(SEED)
    errors, excess, conditions = [], [], []
    peers = {name: [] for name in subject.peers}
    with mpmath.workdps(DIGITS):
        for point in subject.points(rng, count):
            arrays = [rounded(array, dtype) for array in point]
            exact = [[mpf(float(number)) for number in array.ravel()] for array in arrays]
            truth = subject.oracle(*exact)
            kappa = subject.condition(*exact) if subject.condition else mpf(1)
            kappa = kappa if isinstance(kappa, list) else [kappa] * len(truth)
            scale = [max(1.0, float(k)) for k in kappa]

            def largest(function, arrays=arrays, truth=truth, scale=scale):
                result = np.ravel(function(*arrays))
                each = [ulp_error(*pair, dtype) for pair in zip(result, truth, strict=True)]
                # An infinite error stays one, however ill the condition.
                return max(e if math.isinf(e) else e / k for e, k in zip(each, scale, strict=True))

            errors.append(largest(subject.function))
            excess.append(errors[-1] / subject.bound(*arrays))
            conditions.append(max(scale))
            for name, peer in subject.peers.items():
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    peers[name].append(largest(peer))
    return Measurement(
        errors=np.array(errors),
        excess=np.array(excess),
        conditions=np.array(conditions),
        peers={name: np.array(values) for name, values in peers.items()},
    )


def subjects():
    """Return the subjects of all files ``subjects_*.py`` in this folder."""
    found = []
    for path in sorted(Path(__file__).parent.glob("subjects_*.py")):
        specification = importlib.util.spec_from_file_location(path.stem, path)
        module = importlib.util.module_from_spec(specification)
        specification.loader.exec_module(module)
        found += module.SUBJECTS
    return found


# ---- Points --------------------------------------------------------------------------------------------


def any_exponent(rng, shape):
    """Return numbers of either sign whose exponents cover the whole range of float64, subnormals too."""
    return rng.choice([-1.0, 1.0], shape) * np.ldexp(1 + rng.random(shape), rng.integers(-1074, 1023, shape))


def scalars(rng, count):
    """Return points of one number each: over all exponents, over the ordinary ones, and the awkward ones."""
    awkward = [0.0, -0.0, 5e-324, -5e-324, 2.2e-308, 1e308, -1e308, 36.7, 37.5, -37.5, 709.7, -709.7, -745.1]
    kinds = [any_exponent(rng, count), 800 * rng.uniform(-1, 1, count), 5 * rng.standard_normal(count)]
    drawn = np.where(rng.random(count) < 0.3, kinds[0], np.where(rng.random(count) < 0.5, *kinds[1:]))
    return [(np.array([number]),) for number in [*awkward, *drawn[len(awkward) :]]]


def logits(rng, count):
    """Return points of one vector of logits each, ordinary, tied, dominated, tiny, huge, mixed by turns."""

    def vector(kind):
        k = int(rng.choice([1, 2, 3, 7, 40], p=[0.1, 0.4, 0.3, 0.17, 0.03]))
        plain = rng.standard_normal(k)
        first = np.arange(k) == 0
        return [
            lambda: plain * 10 ** rng.uniform(-3, 3),
            lambda: np.full(k, float(any_exponent(rng, ()))),
            lambda: plain + first * rng.uniform(20, 800),
            lambda: plain * rng.uniform(1, 300) - rng.uniform(-1000, 1000),
            lambda: any_exponent(rng, k),
            lambda: plain * 5e-324 * 10 ** rng.uniform(0, 20),
            lambda: rng.choice([-1e308, 1e308, 0.0, 9.999e307], k),
            lambda: np.where(first, plain, rng.choice([-np.inf, 0.0, -30.0], k)),
            lambda: 1e4 * rng.choice([-1.0, 1.0], k) + plain,
            lambda: rng.uniform(-40, 0, k) - 10 ** rng.uniform(-3, 6),
        ][kind]()

    return [(vector(i % 10),) for i in range(count)]
