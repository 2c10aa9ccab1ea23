"""What minimizes each loss on average, where it is convex, how it starts: the catalog's claims."""

import itertools

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from lossbook import catalog, regression

ROWS = [row for row in catalog.CATALOG if row.module == "regression"]
SETTINGS = [
    pytest.param(row, dict(zip(row.hyperparameters, values, strict=True)), id=f"{row.name}-{values}")
    for row in ROWS
    for values in itertools.product(*row.hyperparameters.values())
]
# A skewed sample of odd size, whose mean (1.68), median (1.03) and quantiles are all different.
SAMPLE = np.random.default_rng(15).lognormal(sigma=1.0, size=301)


def elicited(function, sample, **hyperparameters):
    """Return the constant prediction with the smallest mean loss on the sample."""

    def cost(constant):
        return function(np.full(len(sample), constant), sample, **hyperparameters).mean()

    # Start in the best cell of a grid, so that the search is right for losses with several minima too.
    grid = np.linspace(sample.min(), sample.max(), 4001)
    best = np.argmin([cost(constant) for constant in grid])
    bracket = grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)]
    return minimize_scalar(cost, bounds=bracket, method="bounded", options={"xatol": 1e-10}).x


def test_every_claim_about_elicitation_is_tested():
    assert {row.elicits for row in ROWS} == {
        "mean",
        "median",
        "quantile",
        "median (small delta) to mean (large delta)",
        "median (small beta) to mean (large beta)",
        "median (wide data) to mean (narrow data)",
        "center of the bulk",
        "depends on alpha",
    }


def test_squared_error_elicits_the_mean():
    assert elicited(regression.squared_error, SAMPLE) == pytest.approx(SAMPLE.mean(), abs=1e-6)


def test_absolute_error_elicits_the_median():
    assert elicited(regression.absolute_error, SAMPLE) == pytest.approx(np.median(SAMPLE), abs=1e-6)


@pytest.mark.parametrize("tau", [0.1, 0.5, 0.77, 0.9])
@pytest.mark.slow
def test_quantile_loss_elicits_the_quantile(tau):
    # 301 · τ is not whole, so the sample's τ-quantile is one of its points: the ⌈301 τ⌉-th smallest.
    quantile = np.sort(SAMPLE)[int(np.ceil(301 * tau)) - 1]
    assert elicited(regression.quantile, SAMPLE, tau=tau) == pytest.approx(quantile, abs=1e-6)


@pytest.mark.parametrize(
    ("function", "name"),
    [(regression.huber, "delta"), (regression.smooth_l1, "beta"), (regression.pseudo_huber, "delta")],
)
@pytest.mark.slow
def test_a_threshold_leads_from_the_median_to_the_mean(function, name):
    assert elicited(function, SAMPLE, **{name: 1e-4}) == pytest.approx(np.median(SAMPLE), abs=1e-2)
    assert elicited(function, SAMPLE, **{name: 1e3}) == pytest.approx(SAMPLE.mean(), abs=1e-3)
    assert np.median(SAMPLE) < elicited(function, SAMPLE, **{name: 1.0}) < SAMPLE.mean()


@pytest.mark.slow
def test_log_cosh_leads_from_the_median_of_wide_data_to_the_mean_of_narrow_data():
    wide, narrow = 1e4 * SAMPLE, 1e-2 * SAMPLE
    assert elicited(regression.log_cosh, wide) == pytest.approx(np.median(wide), abs=1e2)
    assert elicited(regression.log_cosh, narrow) == pytest.approx(narrow.mean(), abs=1e-5)


@pytest.mark.parametrize(
    ("function", "hyperparameters"),
    [
        (regression.huber, {"delta": 1.0}),
        (regression.smooth_l1, {"beta": 1.0}),
        (regression.pseudo_huber, {"delta": 1.0}),
        (regression.log_cosh, {}),
    ],
)
@pytest.mark.slow
def test_what_is_elicited_need_not_lie_between_median_and_mean(function, hyperparameters):
    sample = np.array([-2.0, 0.0, 0.0, 1.0, 1.0])
    assert sample.mean() == np.median(sample) == 0
    assert elicited(function, sample, **hyperparameters) > 0.05


@pytest.mark.slow
def test_tukey_elicits_the_center_of_the_bulk():
    bulk = np.random.default_rng(15).normal(loc=3.0, size=200)
    contaminated = np.concatenate([bulk, np.full(60, 40.0)])
    assert elicited(regression.tukey_biweight, contaminated) == pytest.approx(3.0, abs=0.2)
    assert contaminated.mean() > 10


@pytest.mark.slow
def test_barron_elicits_the_mean_at_alpha_2_only():
    assert elicited(regression.barron, SAMPLE, alpha=2) == pytest.approx(SAMPLE.mean(), abs=1e-6)
    assert abs(elicited(regression.barron, SAMPLE, alpha=1) - SAMPLE.mean()) > 0.1


def chords(function, **hyperparameters):
    """Return the loss at the midpoint minus the mean of the losses at both ends, for all pairs of a grid."""
    grid = np.linspace(-12, 12, 193)
    a, b = (ends.ravel() for ends in np.meshgrid(grid, grid))
    zero = np.zeros_like(a)
    ends = (function(a, zero, **hyperparameters) + function(b, zero, **hyperparameters)) / 2
    return function((a + b) / 2, zero, **hyperparameters) - ends


@pytest.mark.parametrize(("row", "hyperparameters"), [param for param in SETTINGS if param.values[0].convex])
def test_losses_called_convex_lie_below_their_chords(row, hyperparameters):
    assert chords(row.function, **hyperparameters).max() <= 1e-12


@pytest.mark.parametrize("row", [row for row in ROWS if not row.convex], ids=lambda row: row.name)
def test_losses_not_called_convex_rise_above_a_chord(row):
    settings = itertools.product(*row.hyperparameters.values())
    hyperparameters = [dict(zip(row.hyperparameters, values, strict=True)) for values in settings]
    assert max(chords(row.function, **setting).max() for setting in hyperparameters) > 0.01


@pytest.mark.parametrize("alpha", [1.0, 1.2, 2.0, 3.0, np.inf])
def test_barron_is_convex_for_alpha_of_at_least_1(alpha):
    values = chords(regression.barron, alpha=alpha, scale=3.0)
    assert values.max() <= 1e-12


@pytest.mark.parametrize("alpha", [0.9, 0.0, -2.0, -np.inf])
def test_barron_is_not_convex_for_alpha_below_1(alpha):
    assert chords(regression.barron, alpha=alpha).max() > 1e-3


def test_tukey_bends_down_from_c_over_root_5_on():
    c = 2.0
    turn = c / np.sqrt(5)
    r = np.array([turn - 1e-3, turn, turn + 1e-3])
    slopes = regression.tukey_biweight_grad(r, np.zeros(3), c=c)
    assert slopes[1] == slopes.max()
    assert slopes[1] == pytest.approx(16 * c / (25 * np.sqrt(5)), rel=1e-15, abs=0)


@pytest.mark.parametrize(("row", "hyperparameters"), SETTINGS)
def test_a_small_residual_costs_factor_times_its_square(row, hyperparameters):
    ratio = float(row.function(1e-6, 0.0, **hyperparameters)) / 1e-12
    if row.factor is None:
        assert ratio > 1e4  # linear in r, not quadratic
    else:
        assert ratio == pytest.approx(eval(row.factor, {}, hyperparameters), rel=1e-9, abs=0)
