"""Objectives: costs and penalties; ridge regression and the lasso against other libraries."""

import math

import numpy as np
import pytest
import scipy.optimize
import torch
from sklearn.linear_model import Lasso, Ridge

from lossbook.objectives import l1_penalty, l2_penalty, lasso, mean_loss, objective, ridge, soft_threshold

pytestmark = pytest.mark.filterwarnings("error")

RNG = np.random.default_rng(8)
X = RNG.standard_normal((30, 4)) * [1.0, 5.0, 0.2, 1.0] + [3.0, 0.0, 100.0, -1.0]
Y = 2.0 + X @ [1.0, 0.0, -3.0, 0.1] + RNG.standard_normal(30)


# ---- Costs and penalties -------------------------------------------------------------------------------


def test_values_worked_by_hand():
    assert mean_loss([1, 2, 6]) == 3
    assert mean_loss([[1.0, 2.0], [6.0, 7.0]], weights=[[1, 1], [2, 0]]) == 3.75
    assert l1_penalty([[1.0, -2.0], [0.5, 0.0]]) == 3.5
    assert l2_penalty([[1.0, -2.0], [0.5, 0.0]]) == 5.25
    # The three houses: each is off by 10 000.
    houses = (np.array([310e3, 390e3, 510e3]) - [300e3, 400e3, 500e3]) ** 2
    assert mean_loss(houses) == 1e8
    assert objective(houses, [200.0, -3.0], penalty="l2", strength=10.0) == 1e8 + 10 * 40009
    assert objective(houses, [200.0, -3.0], penalty="l1", strength=10.0) == 1e8 + 2030
    assert soft_threshold([-3.0, -1.0, 0.5, 1.5], 1.0).tolist() == [-2.0, 0.0, 0.0, 0.5]


def test_edges():
    assert mean_loss([1.7e308, 1.7e308]) == 1.7e308
    assert mean_loss([1.7e308, 1.7e308], weights=[1e308, 1.7e308]) == pytest.approx(1.7e308)
    assert mean_loss([1.0, math.inf]) == math.inf
    assert mean_loss([1.0, math.inf], weights=[2, 0]) == 1
    assert mean_loss([1.0, math.nan], weights=[2, 0]) == 1
    assert math.isnan(mean_loss([1.0, math.nan]))
    assert l1_penalty([]) == l2_penalty([]) == 0
    assert l2_penalty([1e200]) == math.inf
    assert math.isnan(l1_penalty([math.nan]))
    assert objective([1.0], [5.0], penalty="l1", strength=0) == 1
    np.testing.assert_array_equal(
        soft_threshold([math.inf, -math.inf, math.nan], 1), [math.inf, -math.inf, math.nan]
    )
    assert soft_threshold([-1.0, 2.0], 0).tolist() == [-1.0, 2.0]


def test_types_and_arguments():
    losses = np.float32([1, 2, 6])
    losses.flags.writeable = False
    assert mean_loss(losses).dtype == np.float32
    assert mean_loss(losses, weights=losses).dtype == np.float32
    assert objective(losses, losses, penalty="l2", strength=0.5).dtype == np.float32
    assert objective(losses, [1, 2], penalty="l2", strength=0.5).dtype == np.float64
    assert l1_penalty(losses).dtype == l2_penalty(losses).dtype == np.float32
    assert soft_threshold(losses, 0.1).dtype == np.float32
    assert soft_threshold(3, 1) == 2.0
    assert isinstance(soft_threshold(3, 1), np.float64)


def test_other_libraries_have_the_same():
    a, w = RNG.standard_normal((2, 50))
    assert mean_loss(a**2) == pytest.approx(
        torch.nn.functional.mse_loss(torch.tensor(a), torch.zeros(50)).item()
    )
    assert mean_loss(a, weights=w**2) == pytest.approx(np.average(a, weights=w**2), rel=1e-12, abs=0)
    np.testing.assert_array_equal(
        soft_threshold(a, 0.4), torch.nn.functional.softshrink(torch.tensor(a), 0.4)
    )


@pytest.mark.parametrize("t", [0.0, 0.7, 2.0])
def test_soft_thresholding_minimizes_its_objective(t):
    z = np.linspace(-4, 4, 80001)
    for x in (-3.1, -0.7, 0.0, 0.3, 1.9):
        best = z[np.argmin(0.5 * (x - z) ** 2 + t * abs(z))]
        assert soft_threshold(x, t) == pytest.approx(best, abs=1e-4)


# ---- Ridge regression and the lasso --------------------------------------------------------------------


@pytest.mark.parametrize("strength", [1e-3, 1.0, 50.0])
def test_scikit_learn_has_the_same(strength):
    theirs = Ridge(alpha=strength, tol=1e-12).fit(X, Y)
    np.testing.assert_allclose(ridge(X, Y, strength=strength), [theirs.intercept_, *theirs.coef_], rtol=1e-8)
    theirs = Lasso(alpha=strength / len(Y), tol=1e-12, max_iter=100_000).fit(X, Y)
    ours = lasso(X, Y, strength=strength)
    np.testing.assert_allclose(ours, [theirs.intercept_, *theirs.coef_], rtol=1e-5, atol=1e-8)
    np.testing.assert_array_equal(ours[1:] == 0, theirs.coef_ == 0)


@pytest.mark.parametrize("strength", [1e-3, 1.0, 50.0])
def test_ridge_is_least_squares_with_rows_added(strength):
    a = np.vstack([np.column_stack([np.ones(30), X]), math.sqrt(strength) * np.eye(5)[1:]])
    expected, *_ = np.linalg.lstsq(a, np.concatenate([Y, np.zeros(4)]))
    np.testing.assert_allclose(ridge(X, Y, strength=strength), expected, rtol=1e-9)


@pytest.mark.parametrize("strength", [1e-3, 1.0, 20.0, 500.0])
def test_the_lasso_is_optimal(strength):
    b = lasso(X, Y, strength=strength)
    r = b[0] + X @ b[1:] - Y
    pull = -X.T @ r
    assert r.sum() == pytest.approx(0, abs=1e-9)
    at_zero = b[1:] == 0
    assert (abs(pull[at_zero]) <= strength).all()
    np.testing.assert_allclose(pull[~at_zero], strength * np.sign(b[1:][~at_zero]), rtol=1e-6)

    def cost(b):
        return 0.5 * np.sum((b[0] + X @ b[1:] - Y) ** 2) + strength * np.abs(b[1:]).sum()

    best = scipy.optimize.minimize(cost, b + 0.01, method="Powell", options={"xtol": 1e-9, "ftol": 1e-13})
    assert cost(b) <= best.fun + 1e-9


def test_from_some_strength_on_the_lasso_has_no_slopes():
    top = np.abs((X - X.mean(0)).T @ (Y - Y.mean())).max()
    assert lasso(X, Y, strength=top * (1 + 1e-12)).tolist() == [Y.mean(), 0, 0, 0, 0]
    assert np.count_nonzero(lasso(X, Y, strength=0.999 * top)[1:]) == 1


def test_strength_0_is_least_squares():
    expected, *_ = np.linalg.lstsq(np.column_stack([np.ones(30), X]), Y)
    np.testing.assert_allclose(ridge(X, Y, strength=0), expected, rtol=1e-9)
    np.testing.assert_array_equal(lasso(X, Y, strength=0), ridge(X, Y, strength=0))


def test_shrinkage_by_singular_values():
    x = X - X.mean(0)
    _, s, vt = np.linalg.svd(x, full_matrices=False)
    full, shrunk = (vt @ ridge(X, Y, strength=strength)[1:] for strength in (0, 3.0))
    np.testing.assert_allclose(shrunk, full * s**2 / (s**2 + 3), rtol=1e-9)


def test_dependent_and_constant_columns():
    twice = np.column_stack([X[:, 0], 2 * X[:, 0], np.full(30, 7.0)])
    b = ridge(twice, Y, strength=2.0)
    assert b[2] == pytest.approx(2 * b[1], rel=1e-9, abs=0)
    assert b[3] == pytest.approx(0, abs=1e-12)
    assert lasso(twice, Y, strength=2.0)[3] == 0
    for solve in (ridge, lasso):
        with pytest.raises(ValueError, match="strength") as error:
            solve(twice, Y, strength=0)
        assert str(error.value) == (
            "strength must be positive where x and the intercept have linearly dependent columns; got 0 and "
            "rank 2 of 4 columns"
        )


def test_one_predictor_lists_and_types():
    x, y = [1, 2, 4], [1.0, 3.0, 4.0]
    # Centered x: (−4, −1, 5)/3 with squares 14/3, its product with y 13/3.
    for solve, slope in ((ridge, 13 / (14 + 3 * 2)), (lasso, (13 - 6) / 14)):
        b = solve(x, y, strength=2)
        np.testing.assert_allclose(b, [8 / 3 - slope * 7 / 3, slope], rtol=1e-13)
        assert b.dtype == np.float64
        np.testing.assert_allclose(
            solve(np.float32(x)[:, np.newaxis], np.float32(y), strength=2), b, rtol=1e-6
        )
    assert ridge(np.empty((3, 0)), y, strength=1).tolist() == [pytest.approx(8 / 3)]
    assert lasso(np.empty((3, 0)), y, strength=1).tolist() == [pytest.approx(8 / 3)]
    x, y = X.copy(), Y.copy()
    x.flags.writeable = y.flags.writeable = False
    ridge(x, y, strength=1)
    lasso(x, y, strength=1)


def test_a_lasso_that_has_not_converged_says_so():
    with pytest.raises(
        RuntimeError, match=r"^lasso must reach tolerance=1e-12 within max_iterations=1; the last"
    ):
        lasso(X, Y, strength=0.1, max_iterations=1)


@pytest.mark.parametrize(
    ("ask", "error", "message"),
    [
        (lambda: mean_loss([]), ValueError, "losses must hold at least one loss; got shape (0,)"),
        (
            lambda: mean_loss([1.0], weights=[1.0, 2.0]),
            ValueError,
            "losses and weights must have equal shapes; got (1,) and (2,)",
        ),
        (
            lambda: mean_loss([1.0, 2.0], weights=[1.0, -2.0]),
            ValueError,
            "weights must be finite and not negative; got -2",
        ),
        (
            lambda: mean_loss([1.0], weights=[math.nan]),
            ValueError,
            "weights must be finite and not negative; got nan",
        ),
        (
            lambda: mean_loss([1.0], weights=[math.inf]),
            ValueError,
            "weights must be finite and not negative; got inf",
        ),
        (lambda: mean_loss([1.0], weights=[0]), ValueError, "weights must not all be 0; got only zeros"),
        (lambda: mean_loss([True]), TypeError, "losses must be an array of real numbers; got dtype bool"),
        (lambda: l1_penalty([1j]), TypeError, "theta must be an array of real numbers; got dtype complex128"),
        (lambda: l2_penalty(["1"]), TypeError, "theta must be an array of real numbers; got dtype <U1"),
        (
            lambda: objective([1], [1], penalty="l3", strength=1),
            ValueError,
            "penalty must be one of 'l1', 'l2'; got 'l3'",
        ),
        (
            lambda: objective([1], [1], penalty="l1", strength=-1),
            ValueError,
            "strength must be a finite number, 0 or more; got -1",
        ),
        (
            lambda: ridge(X, Y, strength=math.nan),
            ValueError,
            "strength must be a finite number, 0 or more; got nan",
        ),
        (
            lambda: lasso(X, Y, strength=math.inf),
            ValueError,
            "strength must be a finite number, 0 or more; got inf",
        ),
        (
            lambda: ridge(X, Y, strength="1"),
            TypeError,
            "strength must be a finite number, 0 or more; got '1'",
        ),
        (
            lambda: lasso(X, Y, strength=1, tolerance=0),
            ValueError,
            "tolerance must be a positive finite number; got 0",
        ),
        (
            lambda: lasso(X, Y, strength=1, max_iterations=0),
            ValueError,
            "max_iterations must be a positive integer; got 0",
        ),
        (
            lambda: soft_threshold([1.0], -1),
            ValueError,
            "threshold must be a finite number, 0 or more; got -1",
        ),
        (
            lambda: ridge(X, Y[:-1], strength=1),
            ValueError,
            "y must have shape (n,) for x of shape (n, ...), n > 0; got (29,) and (30, 4)",
        ),
        (
            lambda: lasso(X[np.newaxis], Y, strength=1),
            ValueError,
            "x must have shape (n,) or (n, d); got (1, 30, 4)",
        ),
        (
            lambda: ridge([1.0, math.inf], [1.0, 2.0], strength=1),
            ValueError,
            "x must be finite; got inf at index (1,)",
        ),
        (
            lambda: lasso([1.0, 2.0], [1.0, math.nan], strength=1),
            ValueError,
            "y must be finite; got nan at index (1,)",
        ),
    ],
)
def test_refusals(ask, error, message):
    with pytest.raises(error) as caught:
        ask()
    assert str(caught.value) == message
