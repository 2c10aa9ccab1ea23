"""The functions of `lossbook.distances`, with their definitions in many digits."""

import math

import mpmath
import numpy as np
import scipy.spatial.distance
import ulp
from mpmath import mpf

from lossbook import distances

FLOATS = (np.float64, np.float32)


def pairs(rng, count):
    """Return pairs of vectors: ordinary, far from the origin, nearly parallel or opposite, of all sizes."""

    def pair(kind):
        n = int(rng.choice([2, 3, 10, 60]))
        x, y = rng.standard_normal((2, n))
        small = 10.0 ** rng.uniform(-15, -1)
        size = 10.0 ** rng.uniform(-37, 37)
        return [
            (x, y),
            (x + 1e8, y + 1e8),
            (x, x + small * y),
            (x, -x + small * y),
            (x, 3 * x * (1 + small * y)),
            (x * size, y * size),
            (x * 1e-30, y * 1e30),
            (x, np.roll(x, 1)),
        ][kind]

    return [pair(i % 8) for i in range(count)]


def pairs_of_all_sizes(rng, count):
    """Return pairs as `pairs` does, and others whose elements have any exponent."""

    def wide():
        n = int(rng.choice([1, 2, 3, 10]))
        kind = rng.integers(3)
        if kind == 0:
            return ulp.any_exponent(rng, n), ulp.any_exponent(rng, n)
        size = [1e-310, 1.7e308][kind - 1]
        return size * rng.uniform(-1, 1, n), size * rng.uniform(-1, 1, n)

    return [pair if i % 3 else wide() for i, pair in enumerate(pairs(rng, count))]


def samples(rng, count):
    """Return pairs of at least three observations: two always correlate perfectly."""
    return [(x, y) for x, y in pairs(rng, 2 * count) if len(x) > 2][:count]


def dot(x, y):
    return mpmath.fsum(a * b for a, b in zip(x, y, strict=True))


def differences(x, y):
    return [a - b for a, b in zip(x, y, strict=True)]


def norm(x):
    return mpmath.sqrt(dot(x, x))


def unit(x):
    length = norm(x)
    return [a / length for a in x]


def centered(x):
    mean = mpmath.fsum(x) / len(x)
    return [a - mean for a in x]


def cosine(x, y):
    return dot(unit(x), unit(y))


def angle(x, y):
    u, v = unit(x), unit(y)
    return 2 * mpmath.atan2(norm(differences(u, v)), norm([a + b for a, b in zip(u, v, strict=True)]))


def pulls(x, y, center=False):
    """Return Σ |xᵢ ∂cos/∂xᵢ| + |yᵢ ∂cos/∂yᵢ|: how the cosine follows relative changes."""
    a, b = (centered(x), centered(y)) if center else (x, y)
    u, v, c = unit(a), unit(b), cosine(a, b)
    at_x = [abs(number) * abs(q - c * p) / norm(a) for number, p, q in zip(x, u, v, strict=True)]
    at_y = [abs(number) * abs(p - c * q) / norm(b) for number, p, q in zip(y, u, v, strict=True)]
    return mpmath.fsum(at_x + at_y)


def over(size, value):
    # Parallel vectors have the cosine 1 up to the last of the many digits: then there is no relative error.
    return size / abs(value) if abs(value) > mpf(10) ** (-ulp.DIGITS // 2) else mpf("inf")


def quadratic(kappa, dtype=np.float64):
    """Return the condition number near a minimum of 0: there κε adds its square where it is large."""
    return kappa * (1 + kappa * mpf(float(np.finfo(dtype).eps)))


def summing(x, *_):
    return 4.0 + math.log2(np.size(x))


P = {"0.5": 0.5, "1.5": 1.5, "3": 3.0, "40": 40.0}


def minkowski(p):
    p = mpf(p)

    def oracle(x, y):
        d = [abs(number) for number in differences(x, y)]
        top = max(d)
        if not top:
            return [top]
        # A power below 1e-80 adds nothing.
        return [top * mpmath.fsum((a / top) ** p for a in d if a / top > mpf(10) ** (-80 / p)) ** (1 / p)]

    return oracle


def clouds(rng, count):
    """Return two points and a covariance matrix each, which is nearly singular more or less."""
    found = []
    for _ in range(count):
        a = rng.standard_normal((3, 3)) * 10.0 ** rng.uniform(-4, 0, 3)
        units = 10.0 ** rng.uniform(-3, 3, (3, 1))
        cov = (units * a) @ (units * a).T
        x, y = rng.standard_normal((2, 3)) * units.T
        found.append((x, y, np.tril(cov) + np.tril(cov, -1).T))
    return found


def tables(rng, count):
    """Return tables of 3 × 4 probabilities: any, nearly independent, sparse, nearly a function, lopsided."""

    def table(kind):
        any_ = rng.dirichlet(np.full(12, 0.5)).reshape(3, 4)
        independent = np.outer(rng.dirichlet(np.ones(3)), rng.dirichlet(np.ones(4)))
        function = np.eye(3, 4) * rng.dirichlet(np.ones(3))[:, np.newaxis]
        small = 10.0 ** rng.uniform(-300, -1)
        p = [
            any_,
            independent,
            independent + 1e-6 * (any_ - independent),
            any_ * rng.integers(0, 2, (3, 4)) + 1e-9 * independent,
            function + small * any_,
            any_ * 10.0 ** rng.uniform(-300, 0, (3, 4)),
        ][kind]
        return p / p.sum()

    return [(table(i % 6),) for i in range(count)]


def margins(p):
    rows = [p[4 * i : 4 * i + 4] for i in range(3)]
    return [mpmath.fsum(row) for row in rows], [mpmath.fsum(column) for column in zip(*rows, strict=True)]


def information_terms(p):
    rows, columns = margins(p)
    total = mpmath.fsum(p)
    return [q * mpmath.log(q * total / (rows[k // 4] * columns[k % 4])) for k, q in enumerate(p) if q]


def variation(p):
    rows, columns = margins(p)
    return [
        mpmath.fsum(
            q * (mpmath.log(rows[k // 4] / q) + mpmath.log(columns[k % 4] / q)) for k, q in enumerate(p) if q
        )
    ]


def mahalanobis(x, y, cov):
    sigma = mpmath.matrix(3, 3)
    for k, number in enumerate(cov):
        sigma[k // 3, k % 3] = number
    d = mpmath.matrix(differences(x, y))
    return [mpmath.sqrt((d.T * mpmath.lu_solve(sigma, d))[0])]


def correlation_matrix_condition(x, y, cov):
    """Return the condition number of the covariance in units in which all variances are 1."""
    r = np.array([float(number) for number in cov]).reshape(3, 3)
    spread = np.sqrt(np.diag(r))
    return mpf(float(np.linalg.cond(r / np.outer(spread, spread))))


def scipys(name):
    """Return SciPy's distance; NaN where it refuses, as it does if a difference overflows."""
    distance = getattr(scipy.spatial.distance, name)

    def peer(*arguments):
        try:
            return distance(*arguments)
        except ValueError:
            return math.nan

    return peer


SUBJECTS = [
    ulp.Subject(
        "euclidean",
        distances.euclidean,
        pairs_of_all_sizes,
        lambda x, y: [norm(differences(x, y))],
        summing,
        peers={"scipy": scipys("euclidean")},
        dtypes=FLOATS,
    ),
    ulp.Subject(
        "manhattan",
        distances.manhattan,
        pairs_of_all_sizes,
        lambda x, y: [mpmath.fsum(map(abs, differences(x, y)))],
        summing,
        peers={"scipy": scipys("cityblock")},
        dtypes=FLOATS,
    ),
    ulp.Subject(
        "chebyshev",
        distances.chebyshev,
        pairs_of_all_sizes,
        lambda x, y: [max(map(abs, differences(x, y)))],
        lambda x, y: 1.0,
        peers={"scipy": scipys("chebyshev")},
        dtypes=FLOATS,
    ),
    *(
        ulp.Subject(
            f"minkowski, p = {name}",
            lambda x, y, p=p: distances.minkowski(x, y, p=p),
            pairs_of_all_sizes,
            minkowski(p),
            summing,
            # A power 1/p multiplies what is rounded in the sum.
            condition=lambda x, y, p=p: mpf(max(1, 1 / p)),
            peers={"scipy": lambda x, y, p=p: scipys("minkowski")(x, y, p)},
        )
        for name, p in P.items()
    ),
    ulp.Subject(
        "mahalanobis",
        lambda x, y, cov: distances.mahalanobis(x, y, cov=cov),
        clouds,
        mahalanobis,
        lambda x, y, cov: 4.0 + math.log2(9),
        condition=correlation_matrix_condition,
        peers={"scipy": lambda x, y, cov: scipys("mahalanobis")(x, y, np.linalg.inv(cov))},
    ),
    *(
        ulp.Subject(
            "cosine_distance",
            distances.cosine_distance,
            pairs,
            lambda x, y: [norm(differences(unit(x), unit(y))) ** 2 / 2],
            summing,
            condition=lambda x, y, dtype=dtype: quadratic(over(pulls(x, y), 1 - cosine(x, y)), dtype),
            peers={"scipy": scipys("cosine")},
            dtypes=(dtype,),
        )
        for dtype in FLOATS
    ),
    ulp.Subject(
        "angular_distance",
        distances.angular_distance,
        pairs,
        lambda x, y: [angle(x, y)],
        summing,
        condition=lambda x, y: over(pulls(x, y), angle(x, y) * mpmath.sin(angle(x, y))),
        peers={"scipy": lambda x, y: np.arccos(1 - scipys("cosine")(x, y))},
        dtypes=FLOATS,
    ),
    ulp.Subject(
        "pearson_correlation",
        distances.pearson_correlation,
        pairs,
        lambda x, y: [cosine(centered(x), centered(y))],
        summing,
        condition=lambda x, y: over(pulls(x, y, center=True), cosine(centered(x), centered(y))),
        peers={"numpy": lambda x, y: np.corrcoef(x, y)[0, 1]},
    ),
    ulp.Subject(
        "correlation_distance",
        distances.correlation_distance,
        samples,
        lambda x, y: [norm(differences(unit(centered(x)), unit(centered(y)))) ** 2 / 2],
        summing,
        condition=lambda x, y: quadratic(
            over(pulls(x, y, center=True), 1 - cosine(centered(x), centered(y)))
        ),
        peers={"scipy": scipys("correlation")},
    ),
    ulp.Subject(
        "mutual_information",
        distances.mutual_information,
        tables,
        lambda p: [mpmath.fsum(information_terms(p))],
        summing,
        condition=lambda p: quadratic(
            over(mpmath.fsum(map(abs, information_terms(p))), mpmath.fsum(information_terms(p)))
        ),
    ),
    ulp.Subject(
        "variation_of_information",
        distances.variation_of_information,
        tables,
        variation,
        summing,
    ),
]
