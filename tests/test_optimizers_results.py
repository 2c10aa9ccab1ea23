"""What the optimizers hand back: what it equals, says and counts; and fits of data at the limits."""

import re

import numpy as np
import pytest

from lossbook.optimizers import Trace, gradient_descent, robust_regression

pytestmark = pytest.mark.filterwarnings("error")

LOSSES = ["squared_error", "absolute_error", "huber", "tukey_biweight"]


def sample(n=30):
    rng = np.random.default_rng(71)
    x = rng.standard_normal((n, 2)) + np.array([3.0, -2.0])
    return x, 1.0 + x @ [2.0, -0.5] + rng.standard_normal(n)


# ---- What comes back ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "solve",
    [
        lambda: robust_regression(*sample()),
        lambda: gradient_descent(lambda x: 2 * x, [1.0, 2.0], learning_rate=0.1, steps=3),
    ],
    ids=["fit", "trace"],
)
def test_results_are_compared_by_identity(solve):
    """Arrays compared number by number have no single truth value: == would raise, and so would a set."""
    first, second = solve(), solve()
    assert (first == first, first == second) == (True, False)
    assert len({first, first, second}) == 2


@pytest.mark.parametrize("size", range(1, 12))
def test_the_trace_shows_at_most_six_numbers_of_its_end(size):
    """Three from either side, and all of them where there are no more."""
    shown = repr(Trace(np.arange(10, 10 + size)[np.newaxis], None, "stationary"))
    numbers = [int(number) for number in re.findall(r"\d\d", shown)]
    assert numbers == [10 + k for k in range(size) if k < 3 or k >= size - 3]
    assert ("..." in shown) == (size > 6)


@pytest.mark.parametrize("loss", LOSSES)
def test_the_fit_names_its_loss(loss):
    fit = robust_regression(*sample(), loss=loss)
    assert fit.loss == loss
    assert repr(fit).startswith(f"<RobustFit {loss}: ")


@pytest.mark.parametrize(("tolerance", "iterations"), [(0.5, 1), (0.5 - 2**-53, 2)])
def test_a_step_of_just_the_tolerance_is_small_enough(tolerance, iterations):
    """With one point the first step leads from the start, 1, to the point at 0; the second stays there.

    At a scale of 2 a tolerance of ½ allows for a step of 1, and for none that is longer.
    """
    fit = robust_regression(
        np.empty((1, 0)), [0.0], delta=3.0, scale=2.0, start=[1.0], tolerance=tolerance, max_iterations=9
    )
    assert (fit.points[:2, 0].tolist(), fit.iterations, fit.converged) == ([1.0, 0.0], iterations, True)


@pytest.mark.parametrize(
    ("y", "rank", "count"),
    [([0, 1, -1, 90, 90, 90], 1, 3), ([0, 90, 90, 90, 90, 90], 1, 1), ([90, 90, 90, 90, 90, 90], 0, 0)],
)
def test_a_refusal_counts_the_points_that_have_weight(y, rank, count):
    """From y = 0 on, Tukey's c of 4.685 leaves points at x = 0 alone: no slope, however many they are."""
    with pytest.raises(ValueError, match=rf"; got rank {rank} over {count} points$"):
        robust_regression([0, 0, 0, 1, 2, 3], y, loss="tukey_biweight", scale=1.0, start=[0.0, 0.0])


# ---- Data at the limits ---------------------------------------------------------------------------------


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("unit", [2.0**-80, -(2.0**-80), 2.0**80, -(2.0**80)])
@pytest.mark.parametrize("shift", [0.0, 10.0], ids=["mixed", "one-sided"])
def test_the_unit_and_the_sign_of_a_column_only_divide_its_slope(loss, unit, shift):
    """Whether columns are independent is a matter of their directions, not of their sizes."""
    x, y = sample()
    # The largest number, or with the other sign the smallest, is 0: the size is that at the other end.
    x[:, 0] -= x[:, 0].min() - shift
    plain = robust_regression(x, y, loss=loss).coefficients
    changed = robust_regression(x * [unit, 1.0], y, loss=loss).coefficients
    np.testing.assert_allclose(changed * [1.0, unit, 1.0], plain, rtol=1e-9)


@pytest.mark.parametrize("unit", [2.0**-80, 2.0**80])
@pytest.mark.parametrize("loss", LOSSES)
def test_the_unit_of_the_response_only_multiplies_the_fit(loss, unit):
    x, y = sample()
    plain, changed = (robust_regression(x, factor * y, loss=loss) for factor in (1.0, unit))
    np.testing.assert_allclose(changed.coefficients / unit, plain.coefficients, rtol=1e-9)
    assert changed.scale / unit == pytest.approx(plain.scale, rel=1e-9, abs=0)


def test_an_exact_line_through_many_points_is_found_to_the_last_digits():
    """Sums over 100 000 points round by dozens of ulp; a second look at the residuals takes that off."""
    x = np.arange(100_000.0)
    y = 3 + 2 * x
    fit = robust_regression(x, y, loss="squared_error")
    assert fit.scale == 0
    assert np.abs(fit.coefficients[0] + fit.coefficients[1] * x - y).max() <= 4 * np.spacing(y.max())


@pytest.mark.parametrize(("difference", "rank"), [(1e-13, 2), (1e-10, 3)])
def test_columns_that_agree_up_to_rounding_are_dependent_as_numpy_says(difference, rank):
    """The more points, the more rounding: NumPy's bound on the singular values grows with their number."""
    t, other = np.random.default_rng(72).uniform(-1, 1, (2, 10_000))
    x = np.column_stack([t, t + difference * other])
    assert np.linalg.matrix_rank(np.column_stack([np.ones(len(t)), x])) == rank
    if rank == 3:
        found = robust_regression(x, 1 + x @ [2.0, -1.0], loss="squared_error").coefficients
        np.testing.assert_allclose(found, [1.0, 2.0, -1.0], rtol=1e-4)
    else:
        with pytest.raises(ValueError, match=r"; got rank 2 over 10000 points$"):
            robust_regression(x, t)
