"""The sums of `lossbook.images`, with their definitions in many digits."""

import mpmath
import numpy as np
import subjects_distances as of
import ulp
from mpmath import mpf

from lossbook import images

H, W, BETA = 3, 4, 1.5
# Gram matrices of the largest numbers are computed in a type wider than float64, where there is one.
EXTENDED = np.finfo(np.longdouble).maxexp > 1024


def pictures(rng, count):
    """Return pictures: ordinary, flat but for a little, far from 0, of any size, with pixels of any size."""

    def picture(kind):
        u = rng.standard_normal((H, W))
        sized = np.ldexp(u, rng.integers(-1074, 1021 if EXTENDED else 500))
        mixed = ulp.any_exponent(rng, (H, W)) if EXTENDED else u
        return [u, 1 + 1e-12 * u, 1e8 + u, sized, mixed][kind]

    return [(picture(i % 5),) for i in range(count)]


def two(rng, count):
    """Return pictures with another that differs a little or a lot; no difference overflows."""
    noise = 10.0 ** rng.uniform(-9, 0, count)
    return [
        (x / 8, x / 8 * (1 + a * rng.uniform(-1, 1, (H, W))))
        for a, (x,) in zip(noise, pictures(rng, count), strict=True)
    ]


def differences(u):
    """Return the forward differences of each pixel, 0 across the last row and column."""
    down = [u[k + W] - u[k] if k + W < H * W else mpf(0) for k in range(H * W)]
    right = [u[k + 1] - u[k] if (k + 1) % W else mpf(0) for k in range(H * W)]
    return list(zip(down, right, strict=True))


def decibels(x, y):
    squares = mpmath.fsum((a - b) ** 2 for a, b in zip(x, y, strict=True))
    return 10 * mpmath.log10(H * W / squares) if squares else mpmath.inf


def maps(f):
    return [f[4 * c : 4 * c + 4] for c in range(3)]


SUBJECTS = [
    ulp.Subject(
        "total_variation",
        images.total_variation,
        pictures,
        lambda u: [mpmath.fsum(mpmath.hypot(v, h) for v, h in differences(u))],
        of.summing,
        dtypes=of.FLOATS,
    ),
    ulp.Subject(
        f"total_variation, beta = {BETA}",
        lambda u: images.total_variation(u, kind="anisotropic", beta=BETA),
        pictures,
        lambda u: [mpmath.fsum(abs(v) ** BETA + abs(h) ** BETA for v, h in differences(u))],
        of.summing,
    ),
    ulp.Subject(
        "gram_matrix",
        lambda f: images.gram_matrix(f.reshape(3, 2, 2)),
        pictures,
        lambda f: [of.dot(a, b) / 12 for a in maps(f) for b in maps(f)],
        of.summing,
        condition=lambda f: [
            of.over(mpmath.fsum(abs(x * y) for x, y in zip(a, b, strict=True)), of.dot(a, b))
            for a in maps(f)
            for b in maps(f)
        ],
    ),
    ulp.Subject(
        "psnr",
        lambda x, y: images.psnr(x, y, data_range=1.0),
        two,
        lambda x, y: [decibels(x, y)],
        of.summing,
        condition=lambda x, y: of.over(mpf(20) / mpmath.log(10), decibels(x, y)),
    ),
]
