"""Ridge regression and the lasso against scikit-learn and the normal equations, wide and long, tight."""

import numpy as np
import pytest
from sklearn.linear_model import Lasso, Ridge, enet_path

from lossbook.objectives import lasso, ridge

pytestmark = pytest.mark.filterwarnings("error")

SHAPES = [(60, 5), (25, 60), (40, 40), (200, 30)]


def sample(shape, seed=5):
    """Return correlated predictors of several sizes and offsets, and a response that few of them make."""
    rng = np.random.default_rng(seed)
    n, d = shape
    x = rng.standard_normal((n, d)) + 0.7 * rng.standard_normal((n, 1))
    x = x * 10.0 ** rng.uniform(-1, 1, d) + rng.uniform(-5, 5, d)
    y = 3.0 + x[:, :4] @ [1.0, -2.0, 0.5, 0.1] + rng.standard_normal(n)
    return x, y


def costs(x, y, b, strength):
    """Return the lasso's objective, and how far above its minimum it can be: the duality gap."""
    x, y = x - x.mean(axis=0), y - y.mean()
    r = y - x @ b[1:]
    cost = 0.5 * r @ r + strength * np.abs(b[1:]).sum()
    # Any θ with |Xᵀθ| ≤ λ gives the lower bound ½‖y‖² − ½‖y − θ‖²; take the residual, shrunk to fit.
    theta = r * min(1.0, strength / np.abs(x.T @ r).max())
    return cost, cost - 0.5 * (y @ y - (y - theta) @ (y - theta))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("strength", [1e-4, 0.3, 30.0, 3000.0])
def test_scikit_learn_has_the_same_ridge(shape, strength):
    x, y = sample(shape)
    theirs = Ridge(alpha=strength, solver="svd").fit(x, y)
    ours = ridge(x, y, strength=strength)
    expected = np.array([theirs.intercept_, *theirs.coef_])
    np.testing.assert_allclose(ours, expected, rtol=1e-9, atol=1e-11 * np.abs(expected).max())


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("strength", [0.3, 30.0])
def test_ridge_solves_its_normal_equations(shape, strength):
    x, y = sample(shape)
    b = ridge(x, y, strength=strength)
    centered = x - x.mean(axis=0)
    pull = centered.T @ (y - b[0] - x @ b[1:])
    np.testing.assert_allclose(pull, strength * b[1:], atol=1e-11 * np.abs(centered.T @ y).max())


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("share", [0.5, 0.05, 0.01])
def test_scikit_learn_has_the_same_lasso(shape, share):
    x, y = sample(shape)
    strength = share * np.abs((x - x.mean(axis=0)).T @ (y - y.mean())).max()
    theirs = Lasso(alpha=strength / len(y), tol=1e-14, max_iter=1_000_000).fit(x, y)
    ours = lasso(x, y, strength=strength)
    expected = np.array([theirs.intercept_, *theirs.coef_])
    np.testing.assert_allclose(ours, expected, rtol=1e-6, atol=1e-8 * np.abs(expected).max())
    np.testing.assert_array_equal(ours[1:] == 0, theirs.coef_ == 0)
    cost, gap = costs(x, y, ours, strength)
    assert abs(gap) <= 1e-10 * cost
    assert cost <= costs(x, y, expected, strength)[0] * (1 + 1e-13)


def test_a_path_of_strengths_is_scikit_learns():
    x, y = sample((60, 12))
    centered, height = x - x.mean(axis=0), y - y.mean()
    alphas, paths, _ = enet_path(centered, height, l1_ratio=1.0, alphas=12, tol=1e-14, max_iter=1_000_000)
    for alpha, slopes in zip(alphas, paths.T, strict=True):
        np.testing.assert_allclose(lasso(x, y, strength=60 * alpha)[1:], slopes, rtol=1e-6, atol=1e-9)


def test_orthonormal_columns_are_soft_thresholded():
    q, _ = np.linalg.qr(np.random.default_rng(2).standard_normal((30, 6)))
    x = q - q.mean(axis=0)
    x, _ = np.linalg.qr(x)
    y = x @ [3.0, -2.0, 1.0, -0.5, 0.2, 0.0]
    expected = [2.3, -1.3, 0.3, 0.0, 0.0, 0.0]
    np.testing.assert_allclose(lasso(x, y + 5, strength=0.7), [5, *expected], atol=1e-12)
