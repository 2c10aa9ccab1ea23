"""The sums of `lossbook.objectives`, with their definitions in many digits."""

import mpmath
import numpy as np
import subjects_distances as of
import ulp

from lossbook import objectives


def vectors(rng, count):
    """Return vectors of any size; every third of one exponent."""
    sizes = rng.integers(1, 60, count)
    return [(rng.standard_normal(n) if i % 3 else ulp.any_exponent(rng, n),) for i, n in enumerate(sizes)]


def weighted(rng, count):
    return [(loss, rng.random(loss.shape) + 0.01) for (loss,) in vectors(rng, count)]


def over_sum(terms):
    return of.over(mpmath.fsum(map(abs, terms)), mpmath.fsum(terms))


SUBJECTS = [
    ulp.Subject(
        "mean_loss",
        objectives.mean_loss,
        vectors,
        lambda a: [mpmath.fsum(a) / len(a)],
        of.summing,
        condition=lambda a: over_sum(a),
        peers={"numpy": np.mean},
        dtypes=of.FLOATS,
    ),
    ulp.Subject(
        "mean_loss, weighted",
        objectives.mean_loss,
        weighted,
        lambda a, w: [mpmath.fsum(x * y for x, y in zip(a, w, strict=True)) / mpmath.fsum(w)],
        of.summing,
        condition=lambda a, w: over_sum([x * y for x, y in zip(a, w, strict=True)]),
    ),
    ulp.Subject(
        "l1_penalty",
        objectives.l1_penalty,
        vectors,
        lambda a: [mpmath.fsum(map(abs, a))],
        of.summing,
        dtypes=of.FLOATS,
    ),
    ulp.Subject(
        "l2_penalty",
        objectives.l2_penalty,
        vectors,
        lambda a: [mpmath.fsum(x * x for x in a)],
        of.summing,
        dtypes=of.FLOATS,
    ),
    ulp.Subject(
        "soft_threshold",
        lambda a: objectives.soft_threshold(a, 0.5),
        vectors,
        lambda a: [mpmath.sign(x) * max(abs(x) - 0.5, 0) for x in a],
        lambda a: 1.0,
        dtypes=of.FLOATS,
    ),
]
