"""Descent, annealing, robust regression: on closed forms, against torch, SciPy, statsmodels, scikit-learn."""

import itertools
import math

import numpy as np
import pytest
import statsmodels.api as sm
import torch
from sklearn.linear_model import QuantileRegressor

from lossbook import data, regression
from lossbook.optimizers import (
    Trace,
    backtracking,
    gradient_descent,
    robust_regression,
    simulated_annealing,
)

pytestmark = pytest.mark.filterwarnings("error")

CURVATURES = np.array([1.0, 10.0])


def bowl(x):
    return 0.5 * np.sum(CURVATURES * x * x)


def bowl_gradient(x):
    return CURVATURES * x


def rosenbrock(x):
    return (1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2


def rosenbrock_gradient(x):
    return np.array([-2 * (1 - x[0]) - 400 * x[0] * (x[1] - x[0] ** 2), 200 * (x[1] - x[0] ** 2)])


# ---- Gradient descent --------------------------------------------------------------------------------------


def test_on_a_quadratic_each_coordinate_shrinks_by_its_own_factor():
    trace = gradient_descent(bowl_gradient, [2.0, -3.0], learning_rate=0.15, steps=20, f=bowl)
    expected = np.array([2.0, -3.0]) * (1 - 0.15 * CURVATURES) ** np.arange(21)[:, np.newaxis]
    np.testing.assert_allclose(trace.points, expected, rtol=1e-12)
    np.testing.assert_allclose(trace.values, [bowl(x) for x in expected], rtol=1e-12)
    assert (trace.steps, trace.outcome, trace.diverged, trace.best) == (20, "all steps made", False, 20)


def test_the_limit_of_the_step_is_2_over_the_curvature():
    above = gradient_descent(lambda x: 0.25 * x, [1.0], learning_rate=8.1, steps=100_000)
    assert above.diverged
    assert np.isfinite(above.points).all()
    assert above.steps < 100_000
    assert abs(above.points[-1]) > 1e307


def test_a_walk_ends_before_what_is_not_finite():
    hole = gradient_descent(
        lambda x: np.ones(1), [1.0], learning_rate=0.25, steps=9, f=lambda x: math.inf if x < 0.3 else x[0]
    )
    lost = gradient_descent(
        lambda x: np.where(x < 0.3, np.nan, 1.0), [1.0], learning_rate=0.25, steps=9, f=lambda x: x[0]
    )
    for trace in (hole, lost):
        assert (trace.points[:, 0].tolist(), trace.outcome) == ([1.0, 0.75, 0.5], "diverged")
        assert trace.values.tolist() == [1.0, 0.75, 0.5]
    far = gradient_descent(lambda x: np.full(1, 1e308), [1.0], learning_rate=10.0, steps=3)
    assert (far.points.tolist(), far.outcome) == ([[1.0]], "diverged")


def test_a_walk_stays_where_gradient_and_momentum_are_0():
    def cliff(x):
        return np.where(x > 0.5, 1.0, 0.0)

    ended = gradient_descent(cliff, [1.0], learning_rate=0.5, steps=9)
    assert (ended.points[:, 0].tolist(), ended.outcome) == ([1.0, 0.5, 0.5], "stationary")
    rolling = gradient_descent(cliff, [1.0], learning_rate=0.5, steps=9, momentum=0.5)
    assert rolling.points[:4, 0].tolist() == [1.0, 0.5, 0.25, 0.125]
    assert (rolling.steps, rolling.outcome) == (9, "all steps made")


def test_points_of_any_shape_and_functions_that_work_in_place():
    start = np.array([[1, 2], [3, 4]])

    def greedy(x):
        x *= 2
        return x

    trace = gradient_descent(greedy, start, learning_rate=0.25, steps=2)
    np.testing.assert_array_equal(trace.points, start * np.array([1, 0.5, 0.25])[:, np.newaxis, np.newaxis])
    one = gradient_descent(lambda x: 2 * x, 1.0, learning_rate=0.25, steps=1, f=lambda x: x * x)
    assert (one.points.tolist(), one.values.tolist()) == ([1.0, 0.5], [1.0, 0.25])


def test_torch_makes_the_same_steps():
    theta = torch.tensor([-1.2, 1.0], dtype=torch.float64, requires_grad=True)
    optimizer, path = torch.optim.SGD([theta], lr=1e-4, momentum=0.9), []
    for _ in range(31):
        path.append(theta.detach().numpy().copy())
        optimizer.zero_grad()
        rosenbrock(theta).backward()
        optimizer.step()
    ours = gradient_descent(rosenbrock_gradient, [-1.2, 1.0], learning_rate=1e-4, steps=30, momentum=0.9)
    np.testing.assert_allclose(ours.points, path, rtol=1e-11)
    assert ours.values is None


# ---- Backtracking ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("f", "gradient"), [(bowl, bowl_gradient), (rosenbrock, rosenbrock_gradient)])
@pytest.mark.parametrize("options", [(1.0, 0.5, 1e-4), (4.0, 0.8, 0.3), (0.3, 0.5, 0.1)])
def test_each_step_is_the_first_that_lowers_enough(f, gradient, options):
    first_step, shrink, decrease = options
    trace = backtracking(
        f, gradient, [-1.2, 1.0], steps=40, first_step=first_step, shrink=shrink, decrease=decrease
    )
    for point, after in itertools.pairwise(trace.points):
        slope, t = gradient(point), first_step
        while f(point - t * slope) > f(point) - decrease * t * slope @ slope:
            t *= shrink
        np.testing.assert_allclose(after, point - t * slope, rtol=1e-15)
    assert trace.values.tolist() == [f(point) for point in trace.points]
    assert (np.diff(trace.values) < 0).all()


def test_backtracking_says_why_it_ends():
    # Half of a slope that is said to be 2 and is 1: just what was promised is enough.
    enough = backtracking(lambda x: x[0], lambda x: np.full(1, 2.0), [4.0], steps=1, decrease=0.5)
    assert (enough.points[:, 0].tolist(), enough.outcome) == ([4.0, 2.0], "all steps made")
    assert backtracking(bowl, bowl_gradient, [0.0, 0.0], steps=5).outcome == "stationary"
    wrong = backtracking(bowl, lambda x: -bowl_gradient(x), [1.0, 1.0], steps=5)
    assert (wrong.steps, wrong.outcome) == (0, "no decrease")
    lost = backtracking(lambda x: x[0], lambda x: np.where(x > -1, 1.0, np.nan), [0.5], steps=9)
    assert (lost.points[:, 0].tolist(), lost.outcome) == ([0.5, -0.5], "diverged")
    # Where the function ends, the step is shortened until it is inside.
    for end in (math.nan, -math.inf):
        edge = backtracking(lambda x, end=end: -x[0] if x < 1 else end, lambda x: -np.ones(1), [0.5], steps=3)
        assert (edge.points < 1).all()
        assert np.isfinite(edge.values).all()


# ---- Annealing ---------------------------------------------------------------------------------------------


# Where the wavy bowl is not finite, the walk does not go.
HOLES = {-3: math.inf, 0: -math.inf, 1: math.nan}


def wavy(x):
    return HOLES.get(math.floor(2 * x[0]), np.sum(x**2) + np.sin(5 * x[0])) if x[1] < 1 else 3.0


@pytest.mark.parametrize("temperature", [0.7, lambda k: 1 / (1 + k), lambda k: 0])
@pytest.mark.parametrize("seed", range(10))
def test_annealing_draws_a_step_and_its_luck_each_time(temperature, seed):
    options = {"rng": np.random.default_rng(seed), "steps": 40, "temperature": temperature, "width": 0.6}
    walk = simulated_annealing(wavy, [-0.5, 1.5], **options)
    rng, x = np.random.default_rng(seed), np.array([-0.5, 1.5])
    path = [x]
    for k in range(40):
        t = temperature(k) if callable(temperature) else 0.7 * (1 - k / 40)
        trial = x + 0.6 * rng.standard_normal(2)
        luck, rise = rng.random(), wavy(trial) - wavy(x)
        # Cold walks never climb, but they walk along the plain at 3.
        if math.isfinite(rise) and (rise <= 0 or (t > 0 and luck < math.exp(-rise / t))):
            x = trial
        path.append(x)
    np.testing.assert_array_equal(walk.points, path)
    assert walk.values.tolist() == [wavy(x) for x in path]
    assert walk.outcome == "all steps made"
    assert np.isfinite(walk.values).all()


@pytest.mark.parametrize("value", [-1.0, math.nan])
def test_a_schedule_must_give_temperatures(value):
    def schedule(k):
        return value if k == 2 else 1.0

    with pytest.raises(
        ValueError, match=rf"^temperature must be a number, 0 or more, at step 2; got {value:g}$"
    ):
        simulated_annealing(bowl, [1.0, 1.0], rng=np.random.default_rng(1), steps=5, temperature=schedule)


# ---- The reader's functions, and the trace -----------------------------------------------------------------


def test_readers_functions_meet_the_readers_own_settings():
    seen = []

    def noting(function):
        def note(*arguments):
            seen.append(np.geterr())
            return function(*arguments)

        return note

    f, gradient, start = noting(bowl), noting(bowl_gradient), [1.0, 2.0]
    with np.errstate(all="raise"):
        gradient_descent(gradient, start, learning_rate=0.1, steps=3, f=f)
        backtracking(f, gradient, start, steps=3)
        cooling = noting(lambda k: 1.0)
        simulated_annealing(f, start, rng=np.random.default_rng(1), steps=3, temperature=cooling)
        assert len(seen) > 15
        assert all(settings == np.geterr() for settings in seen)


def test_the_trace_tells_its_end():
    trace = Trace(np.full((3, 2), 1 / 3), np.array([3.0, 2.0, 1 / 7]), "diverged")
    assert repr(trace) == "<Trace: 2 steps, diverged, at [0.333333, 0.333333], value 0.142857>"
    assert (trace.best, trace.diverged, trace.steps) == (2, True, 2)
    long = Trace(np.arange(9.0)[np.newaxis], None, "stationary")
    assert repr(long) == "<Trace: 0 steps, stationary, at [0., 1., 2., ..., 6., 7., 8.]>"
    with pytest.raises(ValueError, match=r"^values must be there to tell the best point; got None: give the"):
        _ = long.best
    # Arrays compared number by number have no single truth value: == would raise, and so would a set.
    assert len({trace, trace, long}) == 2


# ---- Robust regression: against others ---------------------------------------------------------------------

LOSSES = ["squared_error", "absolute_error", "huber", "tukey_biweight"]
NORMS = {"huber": sm.robust.norms.HuberT, "tukey_biweight": sm.robust.norms.TukeyBiweight}


def contaminated(seed, n=120):
    """Return predictors and a response of which every sixth value is far off."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 3)) * [1.0, 10.0, 0.1] + 2.0
    y = 1.0 + x @ [2.0, -0.3, 4.0] + 0.5 * rng.standard_t(3, size=n)
    y[::6] += 12.0
    return x, y


def mad(_, r):
    """Return the rule for the scale in the form that statsmodels asks for."""
    return 1.4826 * np.median(np.abs(r))


def test_stack_loss_has_the_coefficients_and_the_scale_that_r_and_statsmodels_publish():
    records = data.load("stackloss")
    x = np.column_stack([records[n] for n in ("air_flow", "water_temperature", "acid_concentration")])
    fit = robust_regression(x, records["stack_loss"])
    np.testing.assert_allclose(fit.coefficients, [-41.03, 0.8294, 0.9261, -0.1278], rtol=1e-4, atol=5e-5)
    assert fit.scale == pytest.approx(2.4407, rel=1e-4, abs=0)


@pytest.mark.parametrize(("loss", "delta"), [("huber", 0.7), ("huber", 1.345), ("tukey_biweight", 4.685)])
def test_statsmodels_finds_the_same_fit(loss, delta):
    x, y = contaminated(1)
    ours = robust_regression(x, y, loss=loss, delta=delta)
    model = sm.RLM(y, sm.add_constant(x), M=NORMS[loss](delta))
    options = {"conv": "coefs", "tol": 1e-12, "maxiter": 2000}
    theirs = model.fit(scale_est=mad, start_params=ours.points[0], **options)
    assert ours.converged
    np.testing.assert_allclose(ours.coefficients, theirs.params, rtol=1e-8)
    np.testing.assert_allclose(ours.scale, theirs.scale, rtol=1e-8)
    np.testing.assert_allclose(ours.weights, theirs.weights, rtol=1e-6, atol=1e-7)


def test_least_squares_and_least_absolute_deviations():
    x, y = contaminated(6)
    fit = robust_regression(x, y, loss="squared_error")
    expected = np.linalg.lstsq(np.column_stack([np.ones(len(y)), x]), y)[0]
    np.testing.assert_allclose(fit.coefficients, expected, rtol=1e-11)
    r = expected[0] + x @ expected[1:] - y
    assert abs(np.median(r)) > 0.5
    assert fit.scale == pytest.approx(mad(None, r), rel=1e-9, abs=0)
    assert fit.values.tolist() == [pytest.approx(r @ r, rel=1e-12, abs=0)]
    assert (fit.iterations, fit.converged, fit.delta, set(fit.weights)) == (1, True, None, {1.0})
    theirs = QuantileRegressor(quantile=0.5, alpha=0.0, solver="highs").fit(x, y)
    fit = robust_regression(x, y, loss="absolute_error")
    np.testing.assert_allclose(fit.coefficients, [theirs.intercept_, *theirs.coef_], rtol=1e-9)
    assert (fit.weights, fit.converged, fit.delta) == (None, True, None)


# ---- Robust regression: its promises -----------------------------------------------------------------------


@pytest.mark.parametrize("loss", ["huber", "tukey_biweight"])
def test_the_objective_never_rises_while_the_scale_is_fixed(loss):
    for seed in range(8):
        x, y = contaminated(seed)
        fit = robust_regression(x, y, loss=loss, scale=1.5, start=[1.0, 1.0, 0.0, 3.0])
        assert fit.converged
        assert fit.iterations > 3
        assert set(fit.scales) == {1.5}
        np.testing.assert_allclose(fit.points[0], [1.0, 1.0, 0.0, 3.0], rtol=1e-14)
        assert (np.diff(fit.values) <= 1e-12 * fit.values[:-1]).all()


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("unit", [2.0**-80, -3.0, 2.0**80])
def test_fits_follow_a_change_of_units_and_origin(loss, unit):
    x, y = contaminated(8)
    plain = robust_regression(x, y, loss=loss)
    moved = robust_regression(x * [unit, 1, 1] + [0, 5, -7], y, loss=loss)
    slopes = plain.coefficients[1:] / [unit, 1, 1]
    np.testing.assert_allclose(moved.coefficients[1:], slopes, rtol=1e-7)
    np.testing.assert_allclose(moved.coefficients[0], plain.coefficients[0] - slopes @ [0, 5, -7], rtol=1e-7)
    taller = robust_regression(x, abs(unit) * y, loss=loss)
    np.testing.assert_allclose(taller.coefficients, abs(unit) * plain.coefficients, rtol=1e-7)
    assert taller.scale == pytest.approx(abs(unit) * plain.scale, rel=1e-7, abs=0)


@pytest.mark.parametrize("loss", LOSSES)
def test_an_exact_fit_has_scale_0_and_full_weights_but_small_residuals_count(loss):
    x = np.linspace(1950, 1973, 24)
    fit = robust_regression(x, 3 - 0.1 * x, loss=loss)
    np.testing.assert_allclose(fit.coefficients, [3, -0.1], rtol=1e-8)
    assert (fit.scale, fit.converged) == (0.0, True)
    assert fit.weights is None or fit.weights.tolist() == [1.0] * 24
    noise = np.random.default_rng(64).standard_normal(24)
    small, plain = (robust_regression(x, 3 - 0.1 * x + s * noise, loss=loss) for s in (1e-9, 1.0))
    assert small.scale == pytest.approx(1e-9 * plain.scale, rel=1e-2, abs=0)


def test_the_trace_holds_every_round():
    x, y = contaminated(7)
    for loss, before, name, delta in (
        ("huber", "squared_error", "delta", 1.345),
        ("tukey_biweight", "absolute_error", "c", 4.685),
    ):
        fit = robust_regression(x, y, loss=loss)
        start = robust_regression(x, y, loss=before).coefficients
        np.testing.assert_allclose(fit.points[0], start, rtol=1e-12)
        np.testing.assert_array_equal(fit.points[-1], fit.coefficients)
        assert (fit.delta, len(fit.points), fit.scales[-1]) == (delta, fit.iterations + 1, fit.scale)
        for beta, value, scale in zip(fit.points, fit.values, fit.scales, strict=True):
            fitted = beta[0] + x @ beta[1:]
            assert scale == pytest.approx(mad(None, fitted - y), rel=1e-9, abs=0)
            loss_sum = getattr(regression, loss)(fitted, y, **{name: delta * scale}).sum()
            assert value == pytest.approx(loss_sum, rel=1e-9, abs=0)


def test_a_fit_says_how_it_ended():
    x, y = contaminated(10)
    fit = robust_regression(x, y, max_iterations=3)
    assert (fit.converged, fit.iterations) == (False, 3)
    assert "NOT converged after 3 iterations" in repr(fit)
    fit = robust_regression([0.0, 1.0, 2.0, 3.0], [1.0, 3.0, 5.0, 8.0], loss="squared_error", scale=2.0)
    assert repr(fit) == (
        "<RobustFit squared_error: coefficients [0.8, 2.3], scale 2, converged after 1 iterations>"
    )
    assert len({fit, fit}) == 1
    # The first step leads from 1 to the only point, at 0: half of a scale of 2.
    for tolerance, rounds in ((0.5, 1), (0.49, 2)):
        fit = robust_regression(
            np.empty((1, 0)), [0.0], delta=3.0, scale=2.0, start=[1.0], tolerance=tolerance
        )
        assert (fit.points[:2, 0].tolist(), fit.iterations, fit.converged) == ([1.0, 0.0], rounds, True)


def test_a_scale_of_0_without_an_exact_fit_is_an_error():
    """Of five points four agree: the scale is their distance from the fit, which goes to 0."""
    x, y = np.empty((5, 0)), [0.0, 0.0, 0.0, 0.0, 100.0]
    message = (
        r"^scale='mad' needs residuals of which fewer than half are 0; got a median absolute deviation of 0, "
        r"so that delta means nothing: give a fixed scale, or use loss='absolute_error'$"
    )
    with pytest.raises(ValueError, match=message):
        robust_regression(x, y)
    assert robust_regression(x, y, scale=1.0).coefficients == pytest.approx([1.345 / 4])
    assert robust_regression(x, y, loss="absolute_error").coefficients == pytest.approx([0.0])


FAR = {"loss": "tukey_biweight", "scale": 1.0, "start": [0.0, 0.0]}


@pytest.mark.parametrize(
    ("x", "y", "options", "columns", "rank", "points"),
    [
        *((np.ones(6), np.arange(6), {"loss": loss}, 2, 1, 6) for loss in LOSSES),
        (np.column_stack([np.arange(6), 2e9 * np.arange(6)]), np.arange(6) ** 2, {}, 3, 2, 6),
        (np.arange(60.0).reshape(6, 10) ** 2, np.arange(6), {}, 11, 3, 6),
        # Of these points a biweight leaves too few.
        ([0, 0, 0, 1, 2, 3], [0, 1, -1, 90, 90, 90], FAR, 2, 1, 3),
        ([0, 0, 0, 1, 2, 3], [90] * 6, FAR, 2, 0, 0),
    ],
)
def test_linearly_dependent_columns_are_refused(x, y, options, columns, rank, points):
    with pytest.raises(ValueError, match="independent") as error:
        robust_regression(x, y, **options)
    assert str(error.value) == (
        f"x and the intercept must give {columns} linearly independent columns over the points with "
        f"positive weight; got rank {rank} over {points} points"
    )


@pytest.mark.parametrize("loss", ["squared_error", "absolute_error"])
def test_what_a_loss_has_no_use_for_must_be_left_out(loss):
    for message, option in (
        (f"delta must be left out for loss='{loss}', which has no threshold; got 1.5", {"delta": 1.5}),
        (f"start must be left out for loss='{loss}', which is solved at once; got 0", {"start": 0}),
        ("scale must be one of 'mad'; got 'std'", {"scale": "std"}),
    ):
        with pytest.raises(ValueError, match=f"^{message}$"):
            robust_regression([1.0, 2.0, 4.0], [1.0, 2.0, 3.0], loss=loss, **option)
