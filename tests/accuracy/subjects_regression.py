"""The losses of `lossbook.regression`, with their definitions in many digits; Barron's are in a file apart.

The residual is that of the floats given: one that rounds to infinity is infinite by definition, and so each
target here has a prediction from which its distance is a number. One rounding of the residual is multiplied
by |r ℓ'(r)/ℓ(r)|, which is at most 2 but for Tukey's slope and weight near ±c: it is their condition number.
"""

import mpmath
import numpy as np
import scipy.special
import sklearn.metrics
import torch
import ulp
from mpmath import mpf

from lossbook import regression

FLOATS = (np.float64, np.float32)
AWKWARD = [0.0, -0.0, 5e-324, -5e-324, 2.2e-308, -1.1e-308, 1e308, -1e308]
LARGEST = 1.7e308
RATIOS = [1e-160, 1e-12, 1e-8, 0.999, 1.001, 1e8, 1e12, 1e160]


def ordinary_widths(rng, count):
    """Return widths that are positive and finite in float32 too: 1, about 1, and of many sizes."""
    sizes = [np.zeros(count), rng.uniform(-3, 3, count), rng.uniform(-30, 30, count)]
    return 10.0 ** np.choose(rng.integers(3, size=count), sizes)


def all_widths(rng, count):
    """Return widths as `ordinary_widths` does, and others of any exponent."""
    return np.where(rng.random(count) < 0.7, ordinary_widths(rng, count), abs(ulp.any_exponent(rng, count)))


def beside(rng, width):
    """Return a number a few floats from a width, or that width."""
    return width * (1 + np.finfo(float).eps * rng.integers(-3, 4))


def residuals(widths):
    """Return a function that gives points of a prediction, a target and a width each."""

    def pair(rng, width, kind):
        sign, normal = rng.choice([-1.0, 1.0]), rng.standard_normal()
        target = np.clip(rng.standard_normal() * width, -LARGEST, LARGEST)
        return [
            lambda: (float(ulp.any_exponent(rng, ())), 0.0),
            lambda: (sign * width * 10 ** rng.uniform(-9, 9), 0.0),
            lambda: (sign * beside(rng, width), 0.0),
            lambda: (sign * width * rng.choice(RATIOS), 0.0),
            lambda: (normal * width, 0.0),
            # Residuals that have to be rounded, as a rule, and some that nearly vanish.
            lambda: (target + normal * width, target),
            lambda: (target * (1 + 10 ** rng.uniform(-15, -1)), target),
            lambda: (target + sign * beside(rng, width), target),
            lambda: tuple(sign * abs(ulp.any_exponent(rng, 2))),
            lambda: (rng.choice(AWKWARD), 0.0),
        ][kind]()

    @np.errstate(over="ignore")
    def points(rng, count):
        found = []
        for i, width in enumerate(widths(rng, count)):
            prediction, target = np.clip(pair(rng, width, i % 10), -LARGEST, LARGEST)
            if np.sign(prediction) != np.sign(target) and target:
                # Neither in float32 does their residual overflow.
                prediction, target = np.clip([prediction, target], -1e38, 1e38)
            found.append((np.array([prediction]), np.array([target]), np.array([width])))
        return found

    return points


# ---- Definitions: each takes the residual and the width, and returns one number ------------------------


def huber(r, d):
    return r**2 / 2 if abs(r) <= d else d * (abs(r) - d / 2)


def huber_grad(r, d):
    return max(-d, min(r, d))


def smooth_l1(r, b):
    return r**2 / (2 * b) if abs(r) <= b else abs(r) - b / 2


def root(r, d):
    """Return √(1 + (r/δ)²); the 1 is kept beside the largest square, and the smallest beside 1."""
    with mpmath.workdps(1500):
        return mpmath.sqrt(1 + (r / d) ** 2)


def pseudo_huber(r, d):
    with mpmath.workdps(1500):
        return d**2 * (root(r, d) - 1)


def tukey(r, c):
    with mpmath.workdps(1500):
        return c**2 / 6 * (1 - (1 - (r / c) ** 2) ** 3) if abs(r) <= c else c**2 / 6


def tukey_weight(r, c):
    return (1 - (r / c) ** 2) ** 2 if abs(r) <= c else mpf(0)


def tukey_weight_pull(r, c):
    """Return |r w'(r)/w(r)|."""
    v = (r / c) ** 2
    return 4 * v / (1 - v) if v < 1 else mpf(1)


def tukey_grad_pull(r, c):
    """Return |r ψ'(r)/ψ(r)|."""
    v = (r / c) ** 2
    return abs(1 - 4 * v / (1 - v)) if v < 1 else mpf(1)


def log_cosh(r):
    with mpmath.workdps(1500):
        # Beyond 10⁴ the other exponential is below any digit that is kept.
        return mpmath.log(mpmath.cosh(r)) if abs(r) < 1e4 else abs(r) - mpmath.log(2)


def quantile(r, tau):
    return max(-tau * r, (1 - tau) * r)


def quantile_grad(r, tau):
    return -tau if r < 0 else 1 - tau if r > 0 else mpf(0)


# ---- Peers ---------------------------------------------------------------------------------------------


def torchs(name, keyword=None):
    """Return torch's loss, before its mean."""
    loss = getattr(torch.nn.functional, name)

    def peer(prediction, target, *width):
        setting = {keyword: float(width[0][0])} if keyword else {}
        return loss(prediction, target, reduction="none", **setting)

    return lambda p, t, *width: peer(torch.tensor(p), torch.tensor(t), *width).numpy(), peer


def slope(peer):
    """Return the derivative of torch's loss by the prediction."""

    def gradient(prediction, target, *width):
        p = torch.tensor(prediction, requires_grad=True)
        peer(p, torch.tensor(target), *width).sum().backward()
        return p.grad.numpy()

    return gradient


def of_residual(name):
    """Return SciPy's loss of the width and the residual."""
    loss = getattr(scipy.special, name)
    return lambda p, t, width: loss(width, p - t)


def pinball(p, t, tau):
    return [sklearn.metrics.mean_pinball_loss(t, p, alpha=float(tau[0]))]


MSE, MSE_GRAPH = torchs("mse_loss")
L1, L1_GRAPH = torchs("l1_loss")
HUBER, HUBER_GRAPH = torchs("huber_loss", "delta")
SMOOTH, SMOOTH_GRAPH = torchs("smooth_l1_loss", "beta")


# ---- Subjects ------------------------------------------------------------------------------------------


def plain_residuals(rng, count):
    """Return points of a prediction and a target each; some residuals overflow."""
    overflows = [(np.array([s * 1e308]), np.array([-s * 1e308])) for s in (1, -1)]
    return overflows + [point[:2] for point in residuals(ordinary_widths)(rng, count - 2)]


def levels(rng, count):
    """Return points of a prediction, a target and a quantile's level each."""
    taus = np.where(rng.random(count) < 0.3, 10 ** rng.uniform(-6, 0, count), rng.uniform(0.01, 0.99, count))
    points = residuals(ordinary_widths)(rng, count)
    return [(p, t, np.array([tau])) for (p, t, _), tau in zip(points, taus, strict=True)]


# Name, definition and peers of the functions of the residual alone.
PLAIN = [
    ("squared_error", lambda r: r**2, {"torch": MSE}),
    ("squared_error_grad", lambda r: 2 * r, {"torch": slope(MSE_GRAPH)}),
    ("absolute_error", abs, {"torch": L1}),
    ("absolute_error_grad", mpmath.sign, {"torch": slope(L1_GRAPH)}),
    ("log_cosh", log_cosh, {}),
    ("log_cosh_grad", mpmath.tanh, {}),
]
# Name, what the width is called, definition, |r ℓ'/ℓ| where it may be large, and peers.
WIDE = [
    ("huber", "delta", huber, None, {"torch": HUBER, "scipy": of_residual("huber")}),
    ("huber_grad", "delta", huber_grad, None, {"torch": slope(HUBER_GRAPH)}),
    ("huber_weight", "delta", lambda r, d: min(mpf(1), d / abs(r)) if r else mpf(1), None, {}),
    ("smooth_l1", "beta", smooth_l1, None, {"torch": SMOOTH}),
    (
        "smooth_l1_grad",
        "beta",
        lambda r, b: max(-1, min(r / b, mpf(1))),
        None,
        {"torch": slope(SMOOTH_GRAPH)},
    ),
    ("pseudo_huber", "delta", pseudo_huber, None, {"scipy": of_residual("pseudo_huber")}),
    ("pseudo_huber_grad", "delta", lambda r, d: r / root(r, d), None, {}),
    ("pseudo_huber_weight", "delta", lambda r, d: 1 / root(r, d), None, {}),
    ("tukey_biweight", "c", tukey, None, {}),
    ("tukey_biweight_grad", "c", lambda r, c: r * tukey_weight(r, c), tukey_grad_pull, {}),
    ("tukey_biweight_weight", "c", tukey_weight, tukey_weight_pull, {}),
]


def subject(name, keyword, definition, points, pull=None, peers=None, dtypes=FLOATS):
    """Return the subject of a loss that takes a width, the third array, as a keyword."""
    function = getattr(regression, name)
    return ulp.Subject(
        name,
        lambda p, t, width: function(p, t, **{keyword: float(width[0])}),
        points,
        lambda p, t, width: [definition(p[0] - t[0], width[0])],
        lambda *_: 4.0,
        condition=(lambda p, t, width: pull(p[0] - t[0], width[0])) if pull else None,
        peers=peers or {},
        dtypes=dtypes,
    )


SUBJECTS = [
    *(
        ulp.Subject(
            name,
            getattr(regression, name),
            plain_residuals,
            lambda p, t, definition=definition: [definition(p[0] - t[0])],
            lambda *_: 4.0,
            peers=peers,
            dtypes=FLOATS,
        )
        for name, definition, peers in PLAIN
    ),
    subject("quantile", "tau", quantile, levels, peers={"scikit-learn": pinball}),
    subject("quantile_grad", "tau", quantile_grad, levels),
    *(
        subject(name, keyword, definition, residuals(widths), pull, peers, (dtype,))
        for name, keyword, definition, pull, peers in WIDE
        for widths, dtype in ((all_widths, np.float64), (ordinary_widths, np.float32))
    ),
]
