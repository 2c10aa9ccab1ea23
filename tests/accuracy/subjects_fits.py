"""Losses of pictures, their gradients, objectives and ridge regression, with definitions in many digits."""

import mpmath
import numpy as np
import subjects_distances as of
import subjects_images as pictures
import ulp
from mpmath import mpf

from lossbook import images, objectives

H, W = pictures.H, pictures.W
STRENGTH = 0.375
BETAS = (1.0, 1.5, 2.0)
EPSILON = 0.01


def over_each(terms):
    """Return the condition number of each sum."""
    return [of.over(mpmath.fsum(map(abs, each)), mpmath.fsum(each)) for each in terms]


def variation_terms(u, beta):
    """Return what each pixel's anisotropic derivative is the sum of."""
    terms = [[] for _ in u]
    for k in range(H * W):
        for other, inside in ((k + W, k + W < H * W), (k + 1, (k + 1) % W)):
            d = u[other] - u[k] if inside else mpf(0)
            if d:
                pull = mpf(beta) * abs(d) ** mpf(beta - 1) * mpmath.sign(d)
                terms[other].append(pull)
                terms[k].append(-pull)
    return [each or [mpf(0)] for each in terms]


def smoothed_terms(u):
    """Return what each pixel's isotropic derivative, smoothed, is the sum of."""
    terms = [[] for _ in u]
    for k, (down, right) in enumerate(pictures.differences(u)):
        length = mpmath.sqrt(down**2 + right**2 + mpf(EPSILON) ** 2)
        for d, other in ((down, k + W), (right, k + 1)):
            if d:
                terms[other].append(d / length)
                terms[k].append(-d / length)
    return [each or [mpf(0)] for each in terms]


def of_sums(function):
    """Return the sums of the terms that a function gives."""
    return lambda *arrays: [mpmath.fsum(each) for each in function(*arrays)]


def grams(f):
    maps = pictures.maps(f)
    return [[mpmath.fsum(x * y for x, y in zip(a, b, strict=True)) / 12 for b in maps] for a in maps]


def gram_sizes(f):
    maps = pictures.maps(f)
    return [[mpmath.fsum(abs(x * y) for x, y in zip(a, b, strict=True)) / 12 for b in maps] for a in maps]


def gram_loss(f, s):
    pairs = [(a, b) for x, y in zip(grams(f), grams(s), strict=True) for a, b in zip(x, y, strict=True)]
    return [mpmath.fsum((a - b) ** 2 for a, b in pairs) / 9]


def gram_loss_condition(f, s):
    sizes, ours, theirs = zip(gram_sizes(f), gram_sizes(s), strict=True), grams(f), grams(s)
    pull = mpmath.fsum(
        2 * (p + q) * abs(ours[i][j] - theirs[i][j])
        for i, (x, y) in enumerate(sizes)
        for j, (p, q) in enumerate(zip(x, y, strict=True))
    )
    return of.quadratic(of.over(pull / 9, gram_loss(f, s)[0]))


def gram_products(f, s, signed):
    """Return the terms of each number of the gradient; their sizes before anything cancels if not signed."""
    pick = grams if signed else gram_sizes
    ours, theirs, maps = pick(f), pick(s), pictures.maps(f)
    sign = -1 if signed else 1
    return [
        [
            mpf(4) / 9 / 12 * (ours[c][d] + sign * theirs[c][d]) * (maps[d][k] if signed else abs(maps[d][k]))
            for d in range(3)
        ]
        for c in range(3)
        for k in range(4)
    ]


def gram_grad_condition(f, s):
    sizes, terms = gram_products(f, s, signed=False), gram_products(f, s, signed=True)
    return [of.over(mpmath.fsum(a), mpmath.fsum(b)) for a, b in zip(sizes, terms, strict=True)]


def feature_maps(function):
    return lambda f, s: np.ravel(function(f.reshape(3, 2, 2), s.reshape(3, 2, 2)))


def costs(rng, count):
    """Return losses and parameters."""
    return [
        (rng.random(n) * 10 ** rng.uniform(-300, 300), rng.standard_normal(5))
        for n in rng.integers(1, 60, count)
    ]


def objective(losses, theta):
    penalty = mpmath.fsum(x * x for x in theta)
    return [mpmath.fsum(losses) / len(losses) + mpf(STRENGTH) * penalty]


def samples(rng, count):
    """Return a table of predictors of two columns, more or less dependent, and a response."""
    found = []
    for _ in range(count):
        x = rng.standard_normal((8, 2))
        x[:, 1] = x[:, 0] + 10 ** rng.uniform(-3, 1) * x[:, 1]
        found.append((x + rng.uniform(-2, 2), x[:, 0] + rng.standard_normal(8)))
    return found


def centered_moments(x, y):
    """Return the means of the columns and of y, and the sums of products of what is left."""
    columns = [x[0::2], x[1::2]]
    means, height = [mpmath.fsum(c) / 8 for c in columns], mpmath.fsum(y) / 8
    c = [[a - m for a in column] for column, m in zip(columns, means, strict=True)]
    rest = [b - height for b in y]
    return means, height, [[of.dot(a, b) for b in c] for a in c], [of.dot(a, rest) for a in c]


def ridge(x, y):
    means, height, gram, target = centered_moments(x, y)
    a, b, d = gram[0][0] + mpf(STRENGTH), gram[0][1], gram[1][1] + mpf(STRENGTH)
    slopes = [(d * target[0] - b * target[1]), (a * target[1] - b * target[0])]
    slopes = [each / (a * d - b * b) for each in slopes]
    return [height - of.dot(means, slopes), *slopes]


def ridge_condition(x, y):
    """Return the condition number of the equations, times the largest coefficient over each."""
    means, height, gram, _ = centered_moments(x, y)
    fitted = ridge(x, y)
    spread = np.linalg.cond(np.array(gram, float) + STRENGTH * np.eye(2))
    size = max(abs(height), *map(abs, y), *map(abs, fitted)) * (1 + max(map(abs, means)))
    return [of.over(mpf(float(spread)) * size, each) for each in fitted]


def one_window(rng, count):
    """Return pairs of pictures of 11 × 11 pixels: alike more or less, flat or not, dark or bright."""
    found = []
    for i in range(count):
        x, noise = rng.random((2, 11, 11))
        x = [0, 1, 1e4][i % 3] + x * 10 ** rng.uniform(-3, 0)
        found.append((x, x + noise * 10 ** rng.uniform(-4, 0) * rng.choice([-1, 1])))
    return found


def similarity(x, y):
    """Return the factors of numerator and denominator, and the sizes of their terms, for a range of 1."""
    weights = [mpmath.exp(-mpf(k * k) / (2 * mpf(1.5) ** 2)) for k in range(-5, 6)]
    weights = [a * b / mpmath.fsum(weights) ** 2 for a in weights for b in weights]
    m, n = of.dot(weights, x), of.dot(weights, y)
    a, b = [each - m for each in x], [each - n for each in y]
    light, contrast = (mpf(0.01) * 1) ** 2, (mpf(0.03) * 1) ** 2
    products = [w * p * q for w, p, q in zip(weights, a, b, strict=True)]
    spread = of.dot(weights, [p * p for p in a]) + of.dot(weights, [q * q for q in b])
    common = 2 * mpmath.fsum(products) + contrast
    size = 2 * mpmath.fsum(map(abs, products)) + contrast
    bright = 2 * m * n + light
    value = bright * common / ((m * m + n * n + light) * (spread + contrast))
    # The means of pictures of both signs cancel too, and so does the product of means of unlike sign.
    sizes = abs(m) * of.dot(weights, map(abs, y)) + abs(n) * of.dot(weights, map(abs, x))
    return value, of.over(size, common) + of.over(sizes + light, bright) + 2


SUBJECTS = [
    ulp.Subject(
        "ssim",
        lambda x, y: images.ssim(x, y, data_range=1.0),
        one_window,
        lambda x, y: [similarity(x, y)[0]],
        of.summing,
        condition=lambda x, y: similarity(x, y)[1],
    ),
    *(
        ulp.Subject(
            f"total_variation_grad, beta = {beta}",
            lambda u, beta=beta: np.ravel(images.total_variation_grad(u, kind="anisotropic", beta=beta)),
            pictures.pictures,
            of_sums(lambda u, beta=beta: variation_terms(u, beta)),
            of.summing,
            # Signs are added without rounding.
            condition=None if beta == 1 else lambda u, beta=beta: over_each(variation_terms(u, beta)),
            dtypes=of.FLOATS,
        )
        for beta in BETAS
    ),
    ulp.Subject(
        "total_variation_grad, smoothed",
        lambda u: np.ravel(images.total_variation_grad(u, epsilon=EPSILON)),
        pictures.pictures,
        of_sums(smoothed_terms),
        of.summing,
        condition=lambda u: over_each(smoothed_terms(u)),
    ),
    ulp.Subject(
        "gram_loss",
        feature_maps(images.gram_loss),
        pictures.two,
        gram_loss,
        of.summing,
        condition=gram_loss_condition,
    ),
    ulp.Subject(
        "gram_loss_grad",
        feature_maps(images.gram_loss_grad),
        pictures.two,
        of_sums(lambda f, s: gram_products(f, s, signed=True)),
        of.summing,
        condition=gram_grad_condition,
    ),
    ulp.Subject(
        "objective",
        lambda losses, theta: objectives.objective(losses, theta, penalty="l2", strength=STRENGTH),
        costs,
        objective,
        of.summing,
        dtypes=of.FLOATS,
    ),
    ulp.Subject(
        "ridge",
        lambda x, y: objectives.ridge(x, y, strength=STRENGTH),
        samples,
        ridge,
        of.summing,
        condition=ridge_condition,
    ),
]
