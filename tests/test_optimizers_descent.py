"""Descent and annealing: against closed forms and torch, on their promises, at divergence, in refusals."""

import math

import numpy as np
import pytest
import torch

from lossbook.optimizers import Trace, backtracking, gradient_descent, simulated_annealing

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


# ---- Gradient descent ----------------------------------------------------------------------------------


def test_on_a_quadratic_each_coordinate_shrinks_by_its_own_factor():
    trace = gradient_descent(bowl_gradient, [2.0, -3.0], learning_rate=0.15, steps=20, f=bowl)
    k = np.arange(21)[:, np.newaxis]
    expected = np.array([2.0, -3.0]) * (1 - 0.15 * CURVATURES) ** k
    np.testing.assert_allclose(trace.points, expected, rtol=1e-12)
    np.testing.assert_allclose(trace.values, [bowl(x) for x in expected], rtol=1e-12)
    assert (trace.steps, trace.outcome, trace.diverged, trace.best) == (20, "all steps made", False, 20)


def test_without_the_function_there_are_no_values():
    trace = gradient_descent(bowl_gradient, [1.0, 1.0], learning_rate=0.1, steps=3)
    assert trace.values is None
    assert len(trace.points) == 4


@pytest.mark.parametrize("momentum", [0.0, 0.5, 0.9])
@pytest.mark.slow
def test_torch_makes_the_same_steps(momentum):
    theta = torch.tensor([-1.2, 1.0], dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([theta], lr=1e-4, momentum=momentum)
    path = [theta.detach().numpy().copy()]
    for _ in range(30):
        optimizer.zero_grad()
        rosenbrock(theta).backward()
        optimizer.step()
        path.append(theta.detach().numpy().copy())
    ours = gradient_descent(rosenbrock_gradient, [-1.2, 1.0], learning_rate=1e-4, steps=30, momentum=momentum)
    np.testing.assert_allclose(ours.points, path, rtol=1e-11)
    assert ours.values is None


@pytest.mark.slow
def test_the_limit_of_the_step_is_2_over_the_curvature():
    below = gradient_descent(bowl_gradient, [1.0, 1.0], learning_rate=0.199, steps=5000, f=bowl)
    assert below.values[-1] < 1e-20
    above = gradient_descent(bowl_gradient, [1.0, 1.0], learning_rate=0.201, steps=200_000, f=bowl)
    assert above.diverged
    assert np.isfinite(above.points).all()
    assert np.isfinite(above.values).all()
    assert above.steps < 200_000
    assert above.values[-1] > 1e300


def test_steps_up_to_1_over_the_curvature_lower_the_function_as_promised():
    trace = gradient_descent(bowl_gradient, [1.0, 1.0], learning_rate=0.1, steps=50, f=bowl)
    promised = 0.05 * np.sum((CURVATURES * trace.points[:-1]) ** 2, axis=1)
    assert (np.diff(trace.values) <= -promised * (1 - 1e-12)).all()


def test_a_stationary_start_stays_and_momentum_rolls_through():
    trace = gradient_descent(bowl_gradient, [0.0, 0.0], learning_rate=0.1, steps=9)
    assert (trace.steps, trace.outcome) == (0, "stationary")
    rolling = gradient_descent(lambda x: np.sign(x), [1.0], learning_rate=0.5, steps=4, momentum=0.5)
    assert rolling.points[:, 0].tolist() == [1.0, 0.5, -0.25, -0.125, 0.4375]


def test_any_shape_and_no_change_in_place():
    start = np.array([[1, 2], [3, 4]])

    def greedy(x):
        x *= 2
        return x

    trace = gradient_descent(greedy, start, learning_rate=0.25, steps=2)
    np.testing.assert_array_equal(trace.points, start * np.array([1, 0.5, 0.25])[:, np.newaxis, np.newaxis])
    assert start.tolist() == [[1, 2], [3, 4]]
    assert trace.points.dtype == np.float64
    one = gradient_descent(lambda x: 2 * x, 1.0, learning_rate=0.25, steps=1)
    assert one.points.tolist() == [1.0, 0.5]


# ---- Backtracking --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("f", "gradient"), [(bowl, bowl_gradient), (rosenbrock, rosenbrock_gradient)])
@pytest.mark.parametrize(("shrink", "decrease"), [(0.5, 1e-4), (0.8, 0.3)])
def test_each_step_is_the_first_that_lowers_enough(f, gradient, shrink, decrease):
    trace = backtracking(f, gradient, [-1.2, 1.0], steps=60, shrink=shrink, decrease=decrease)
    for point, after in zip(trace.points[:-1], trace.points[1:], strict=True):
        slope = gradient(point)
        t = 1.0
        while f(point - t * slope) > f(point) - decrease * t * slope @ slope:
            t *= shrink
        np.testing.assert_allclose(after, point - t * slope, rtol=1e-15)
    assert trace.values.tolist() == [f(point) for point in trace.points]
    assert (np.diff(trace.values) < 0).all()


def test_it_finds_the_minimum_of_rosenbrocks_valley():
    trace = backtracking(rosenbrock, rosenbrock_gradient, [-1.2, 1.0], steps=3000)
    np.testing.assert_allclose(trace.points[-1], [1, 1], atol=0.02)


def test_it_says_why_it_ends():
    assert backtracking(bowl, bowl_gradient, [0.0, 0.0], steps=5).outcome == "stationary"
    wrong = backtracking(bowl, lambda x: -bowl_gradient(x), [1.0, 1.0], steps=5)
    assert (wrong.steps, wrong.outcome) == (0, "no decrease")
    # Where the function ends, the step is shortened until it is inside.
    edge = backtracking(
        lambda x: -math.log(x[0]) + x[0] if x[0] > 0 else math.nan, lambda x: 1 - 1 / x, [8.0], steps=9
    )
    assert (edge.points > 0).all()
    lost = backtracking(lambda x: x[0], lambda x: np.where(x > -1, 1.0, np.nan), [0.5], steps=9)
    assert (lost.steps, lost.outcome) == (1, "diverged")
    assert lost.points[:, 0].tolist() == [0.5, -0.5]
    fall = backtracking(lambda x: -math.inf if x[0] > 1 else -x[0], lambda x: -np.ones(1), [0.5], steps=3)
    assert np.isfinite(fall.values).all()


# ---- Annealing -----------------------------------------------------------------------------------------


@pytest.mark.slow
def test_at_a_fixed_temperature_it_samples_boltzmanns_density():
    rng = np.random.default_rng(5)

    def half(k):
        return 0.5

    walk = simulated_annealing(
        lambda x: x @ x / 2, [0.0], rng=rng, steps=20_000, temperature=lambda k: 0.5, width=1.5
    )
    sample = walk.points[500:, 0]
    # Normal with variance T = ½; some thousand points are independent.
    assert sample.mean() == pytest.approx(0, abs=0.06)
    assert sample.var() == pytest.approx(0.5, rel=0.08, abs=0)
    assert np.mean(np.abs(sample) < math.sqrt(0.5)) == pytest.approx(0.683, abs=0.03)


def test_it_leaves_a_poor_minimum_that_descent_stays_in():
    def two_wells(x):
        return (x[0] ** 2 - 1) ** 2 + 0.3 * x[0]

    found = [
        simulated_annealing(
            two_wells, [1.0], rng=np.random.default_rng(seed), steps=400, temperature=1.0, width=0.5
        ).points[-1, 0]
        for seed in range(20)
    ]
    assert np.mean(np.array(found) < 0) >= 0.8
    stuck = gradient_descent(lambda x: 4 * x * (x**2 - 1) + 0.3, [1.0], learning_rate=0.05, steps=400)
    assert stuck.points[-1, 0] > 0.9


def test_the_same_generator_gives_the_same_walk_and_cold_walks_never_climb():
    def walk(**more):
        rng = np.random.default_rng(3)
        return simulated_annealing(bowl, [1.0, 1.0], rng=rng, steps=200, **{"temperature": 1.0, **more})

    np.testing.assert_array_equal(walk().points, walk().points)
    np.testing.assert_array_equal(walk().points, walk(temperature=lambda k: 1 - k / 200).points)
    cold = walk(temperature=lambda k: 0)
    assert (np.diff(cold.values) <= 0).all()
    assert (np.diff(walk().values) > 0).any()
    assert cold.points.shape == (201, 2)
    assert cold.values[cold.best] == cold.values.min()
    np.testing.assert_allclose(cold.values, [bowl(x) for x in cold.points])


def test_proposals_have_the_width_that_was_asked_for():
    rng = np.random.default_rng(2)
    walk = simulated_annealing(lambda x: 0.0, [0.0], rng=rng, steps=4000, temperature=1.0, width=0.3)
    assert np.diff(walk.points[:, 0]).std() == pytest.approx(0.3, rel=0.05, abs=0)


def test_annealing_does_not_go_where_the_function_is_not_finite():
    for hole in (math.nan, math.inf, -math.inf):
        rng = np.random.default_rng(1)
        walk = simulated_annealing(
            lambda x, hole=hole: hole if x[0] > 0 else -x[0], [-1.0], rng=rng, steps=99, temperature=5
        )
        assert (walk.points <= 0).all()
        assert np.isfinite(walk.values).all()


# ---- The trace, and refusals ---------------------------------------------------------------------------


def test_the_trace_tells_its_end():
    trace = Trace(np.array([[1.0, 2.0]]), None, "stationary")
    assert repr(trace) == "<Trace: 0 steps, stationary, at [1., 2.]>"
    with pytest.raises(ValueError, match=r"^values must be there to tell the best point; got None: give the"):
        _ = trace.best
    with pytest.raises(AttributeError):
        trace.outcome = "diverged"


def descend(**more):
    return gradient_descent(
        **{"gradient": bowl_gradient, "start": [1.0, 1.0], "learning_rate": 0.1, "steps": 3, **more}
    )


def track_back(**more):
    return backtracking(**{"f": bowl, "gradient": bowl_gradient, "start": [1.0, 1.0], "steps": 3, **more})


def anneal(**more):
    given = {"f": bowl, "start": [1.0, 1.0], "rng": np.random.default_rng(1), "steps": 3, "temperature": 1.0}
    return simulated_annealing(**{**given, **more})


@pytest.mark.parametrize(
    ("run", "wrong", "error", "message"),
    [
        (descend, {"gradient": 3}, TypeError, "gradient must be a function; got int"),
        (descend, {"f": 3}, TypeError, "f must be a function; got int"),
        (descend, {"learning_rate": 0}, ValueError, "learning_rate must be a positive finite number; got 0"),
        (
            descend,
            {"learning_rate": math.nan},
            ValueError,
            "learning_rate must be a positive finite number; got nan",
        ),
        (descend, {"steps": 0}, ValueError, "steps must be a positive integer; got 0"),
        (descend, {"momentum": 1.0}, ValueError, "momentum must be a number from 0 to below 1; got 1"),
        (descend, {"momentum": -0.1}, ValueError, "momentum must be a number from 0 to below 1; got -0.1"),
        (descend, {"start": [1.0, math.inf]}, ValueError, "start must be finite; got inf at index (1,)"),
        (descend, {"start": ["a"]}, TypeError, "start must be an array of real numbers; got dtype <U1"),
        (
            descend,
            {"gradient": lambda x: 1.0},
            ValueError,
            "gradient must return an array of shape (2,); got ()",
        ),
        (
            descend,
            {"gradient": lambda x: None},
            TypeError,
            "the result of gradient must be an array of real numbers; got dtype object",
        ),
        (
            descend,
            {"gradient": lambda x: x * math.nan},
            ValueError,
            "gradient must be finite at start; got nan",
        ),
        (descend, {"f": lambda x: x}, ValueError, "f must return an array of shape (); got (2,)"),
        (descend, {"f": lambda x: math.inf}, ValueError, "f must be finite at start; got inf"),
        (track_back, {"f": None}, TypeError, "f must be a function; got NoneType"),
        (track_back, {"shrink": 1}, ValueError, "shrink must be a number strictly between 0 and 1; got 1"),
        (
            track_back,
            {"decrease": 0},
            ValueError,
            "decrease must be a number strictly between 0 and 1; got 0",
        ),
        (track_back, {"first_step": -1}, ValueError, "first_step must be a positive finite number; got -1"),
        (track_back, {"f": lambda x: math.nan}, ValueError, "f must be finite at start; got nan"),
        (anneal, {"rng": 7}, TypeError, "rng must be a numpy.random.Generator; got int"),
        (anneal, {"temperature": 0}, ValueError, "temperature must be a positive finite number; got 0"),
        (
            anneal,
            {"temperature": lambda k: -k},
            ValueError,
            "temperature must be a number, 0 or more, at step 1; got -1",
        ),
        (anneal, {"width": 0}, ValueError, "width must be a positive finite number; got 0"),
        (anneal, {"steps": 2.0}, TypeError, "steps must be a positive integer; got 2.0"),
        (anneal, {"f": lambda x: math.nan}, ValueError, "f must be finite at start; got nan"),
    ],
)
def test_refusals(run, wrong, error, message):
    run()
    with pytest.raises(error) as caught:
        run(**wrong)
    assert str(caught.value) == message
