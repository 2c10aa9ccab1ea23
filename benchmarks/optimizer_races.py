"""Races of objectives and optimizers: costs and penalties, penalized and robust regression, descent.

Samples are counted as n × d. The lasso runs to a smaller duality gap than the peer's, robust regression until
the coefficients stand still, with one rule for the scale.
"""

import functools

import numpy as np
import statsmodels.api as sm
import torch
from harness import Race
from sklearn.linear_model import HuberRegressor, Lasso, Ridge

from lossbook import objectives, optimizers

SAMPLES = {"small": (20, 5), "medium": (500, 20), "large": (100_000, 100)}
# The peer needs half a minute for a sample ten times as large.
ROBUST = {"small": (20, 5), "medium": (500, 20), "large": (50_000, 20)}
MANY_COLUMNS = {"small": (20, 5), "medium": (100, 100), "large": (10_000, 1000)}


def numbers(rng, size):
    """Losses, of either sign so that all branches are taken."""
    return (rng.standard_normal(size),)


def weighted(rng, size):
    """Losses and their weights."""
    return rng.standard_normal(size) ** 2, rng.random(size)


def tensors(*arrays):
    """The same as torch tensors that share the memory."""
    return tuple(map(torch.from_numpy, arrays))


def sample(rng, shape):
    """Correlated predictors of which a tenth matters, and a response with far outliers."""
    n, d = shape
    x = rng.standard_normal((n, d)) + 0.5 * rng.standard_normal((n, 1))
    y = 1.0 + x[:, : max(1, d // 10)].sum(axis=1) + rng.standard_normal(n)
    y[::20] += 20.0
    return x, y


# ---- The lasso, to the same duality gap -----------------------------------------------------------------


def strength(x, y):
    """A twentieth of the strength that removes all slopes."""
    return 0.05 * float(np.abs((x - x.mean(axis=0)).T @ (y - y.mean())).max())


def sample_and_strength(rng, shape):
    """A sample without outliers, and the strength of the penalty."""
    n, d = shape
    x = rng.standard_normal((n, d)) + 0.5 * rng.standard_normal((n, 1))
    y = 1.0 + x[:, : max(1, d // 10)].sum(axis=1) + rng.standard_normal(n)
    return x, y, strength(x, y)


def peers_lasso(x, y, strength):
    """The peer's fit, to a gap of 1e-10 of the squares of y; our gap is smaller."""
    return Lasso(alpha=strength / len(y), tol=1e-10, max_iter=100_000).fit(x, y).coef_


# ---- Robust regression ----------------------------------------------------------------------------------


def mad(_, residuals):
    """Our rule for the scale in the form that statsmodels asks for."""
    return 1.4826 * np.median(np.abs(residuals - np.median(residuals)))


def statsmodels_fit(x, y):
    """The peer's Huber fit, to coefficients that change by less than 1e-9."""
    model = sm.RLM(y, x, M=sm.robust.norms.HuberT(1.345))
    return model.fit(scale_est=mad, conv="coefs", tol=1e-9, maxiter=1000).params


def with_intercept(x, y):
    """The design matrix that the peer wants."""
    return sm.add_constant(x), y


# ---- Descent --------------------------------------------------------------------------------------------

STEPS = 50


def bowl(rng, size):
    """Curvatures and a start."""
    return rng.uniform(0.5, 2.0, size), rng.standard_normal(size)


def torch_descent(curvatures, start):
    """Fifty steps of torch's optimizer with the gradient given, and the path kept, as ours keeps it."""
    theta = start.clone()
    optimizer = torch.optim.SGD([theta], lr=0.1, momentum=0.9)
    path = [theta.clone()]
    for _ in range(STEPS):
        theta.grad = curvatures * theta
        optimizer.step()
        path.append(theta.clone())
    return torch.stack(path)


def our_descent(curvatures, start):
    """Ours."""
    gradient = functools.partial(np.multiply, curvatures)
    return optimizers.gradient_descent(gradient, start, learning_rate=0.1, steps=STEPS, momentum=0.9).points


CHECKS = "checks of arguments, 2 to 5 µs"
SAME = {"medium": CHECKS, "large": "the same passes over the numbers: within the noise of 1"}

RACES = [
    Race("mean_loss", "numpy.mean", numbers, objectives.mean_loss, np.mean, why=SAME),
    Race(
        "mean_loss, weighted",
        "numpy.average",
        weighted,
        lambda losses, weights: objectives.mean_loss(losses, weights=weights),
        lambda losses, weights: np.average(losses, weights=weights),
        why={"medium": "checks of the weights: two passes more", "large": SAME["large"]},
    ),
    Race(
        "objective",
        "torch",
        lambda rng, size: (rng.standard_normal(size // 2) ** 2, rng.standard_normal(size // 2)),
        functools.partial(objectives.objective, penalty="l2", strength=0.1),
        lambda losses, theta: losses.mean() + 0.1 * theta.square().sum(),
        tensors,
        why=CHECKS,
    ),
    Race(
        "l1_penalty",
        "numpy.linalg.norm",
        numbers,
        objectives.l1_penalty,
        lambda theta: np.linalg.norm(theta, 1),
        why=SAME,
    ),
    Race(
        "soft_threshold",
        "torch softshrink",
        numbers,
        lambda x: objectives.soft_threshold(x, 0.5),
        lambda x: torch.nn.functional.softshrink(x, 0.5),
        tensors,
        why="two passes of NumPy for one of torch, and checks of arguments: 12 µs for 6",
    ),
    Race(
        "ridge",
        "sklearn Ridge",
        sample,
        functools.partial(objectives.ridge, strength=1.0),
        lambda x, y: Ridge(alpha=1.0).fit(x, y),
        sizes=SAMPLES,
        why="corrects the normal equations by the residuals, a quarter of its time; the peer does not",
    ),
    Race(
        "ridge, many columns",
        "sklearn Ridge",
        sample,
        functools.partial(objectives.ridge, strength=1.0),
        lambda x, y: Ridge(alpha=1.0).fit(x, y),
        sizes=MANY_COLUMNS,
        why="within the noise of 1: the same normal equations, and corrected",
        why_memory="with as many columns as rows the normal equations are as large as the design",
    ),
    Race(
        "lasso",
        "sklearn Lasso",
        sample_and_strength,
        lambda x, y, strength: objectives.lasso(x, y, strength=strength),
        peers_lasso,
        sizes=SAMPLES,
    ),
    Race(
        "lasso, many columns",
        "sklearn Lasso",
        sample_and_strength,
        lambda x, y, strength: objectives.lasso(x, y, strength=strength),
        peers_lasso,
        sizes=MANY_COLUMNS,
        why="a sweep is a loop in Python over 40 columns, 3 µs each, for one in C",
    ),
    Race(
        "robust_regression",
        "statsmodels RLM",
        sample,
        lambda x, y: optimizers.robust_regression(x, y, tolerance=1e-9),
        statsmodels_fit,
        with_intercept,
        ROBUST,
        why_memory="the scaled design, its factors, and the weighted residuals",
    ),
    Race(
        "robust_regression",
        "sklearn HuberRegressor",
        sample,
        lambda x, y: optimizers.robust_regression(x, y, tolerance=1e-5),
        lambda x, y: HuberRegressor(epsilon=1.345, alpha=0.0, max_iter=1000).fit(x, y),
        sizes=ROBUST,
        why="factors the design matrix once, and one product of it a round; the peer's L-BFGS needs neither",
        why_memory="the scaled design, its factors, and the weighted residuals",
    ),
    Race(
        "gradient_descent",
        "torch.optim.SGD",
        bowl,
        our_descent,
        torch_descent,
        tensors,
        ("small", "medium"),
        why_memory="the path is kept, a point a step",
    ),
]
