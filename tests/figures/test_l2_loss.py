"""The stored figures of chapter 13 show least squares, computed by other routes, at every position."""

import math
import re
from itertools import pairwise

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

from lossbook import data, regression
from lossbook.figures import l2_loss
from lossbook.optimizers import gradient_descent, robust_regression
from tests.figures.reading import stored_figures


@pytest.fixture(scope="module")
def figures():
    return stored_figures(l2_loss, "13_l2_loss.ipynb")


def numbers(sentence):
    return [float(x.replace("−", "-")) for x in re.findall(r"−?\d+(?:\.\d+)?", sentence)]


def test_both_ends_of_each_slider_are_drawn_and_say_what_is_stored(figures):
    for figure in figures.values():
        figure.check_ends()


def test_squares_are_square_and_the_red_one_is_as_large_as_all(figures):
    positions = figures["l2_squares"].positions
    assert len(positions) == 33
    areas = {}
    for at in positions:
        slope = (at.values["end"] - 3) / 5
        losses = regression.squared_error(3 + slope * (l2_loss.LINE_X - 5), l2_loss.LINE_Y)
        for number, loss in enumerate(losses):
            corners = at.curve("", f"square-{number}")
            assert np.ptp(corners, axis=0) == pytest.approx([math.sqrt(loss)] * 2, abs=0.03)
            assert np.abs(corners - [l2_loss.LINE_X[number], l2_loss.LINE_Y[number]]).sum(axis=1).min() < 0.05
        assert np.ptp(at.curve("", "total"), axis=0) == pytest.approx([math.sqrt(losses.sum())] * 2, abs=0.03)
        said = numbers(at.sentence)
        assert said == pytest.approx([slope, losses.sum()], abs=0.0051)
        areas[at.values["end"]] = losses.sum()
    # By hand: Σ dx dy / Σ dx² = 18.4 / 40 = 0.46 about (5, 3), and 3 + 5 · 0.46 = 5.3.
    assert min(areas, key=areas.get) == 5.3
    assert areas[5.3] == pytest.approx(2.176, abs=1e-9)


def test_the_foot_is_the_nearest_prediction(figures):
    positions = figures["l2_projection"].positions
    assert len(positions) == 81
    for at in positions:
        y = np.array([at.values["first"], at.values["second"]], dtype=float)
        thetas = np.linspace(-1, 5, 6001)
        lengths = np.hypot(2 * thetas - y[0], thetas - y[1])
        best = thetas[lengths.argmin()]
        assert at.curve("", "foot")[0] == pytest.approx([2 * best, best], abs=0.03)
        assert at.curve("", "handle:first+second")[0] == pytest.approx(y, abs=0.03)
        one, middle, other = at.curve("", "corner")
        assert (one - middle) @ (other - middle) == pytest.approx(0, abs=0.02)
        wanted = [best, 2 * best, best, lengths.min()]
        assert numbers(at.sentence)[2:] == pytest.approx(wanted, abs=0.007)


def test_each_of_the_four_arrives_below_its_limit_and_not_above(figures):
    # 2 over the second derivative: Σ dx² is 40, n is 5, and ‖r‖ at the bottom is √2.176.
    limits = {"norm": 2 * math.sqrt(2.176) / 40, "sum": 2 / 80, "half": 2 / 40, "mean": 2 / 16}
    positions = figures["l2_rates"].positions
    assert len(positions) == 27
    for at in positions:
        for key, limit in limits.items():
            name, rate = l2_loss.LOOKS[key][0], at.values["rate"]
            arrives, swings = f" {name} arrives", f" {name} swings"
            close = abs(rate / limit - 1) < 1e-9
            runs = key != "norm" and rate > limit
            wanted = (
                swings if close else arrives if rate < limit else f" {name} runs away" if runs else swings
            )
            assert re.search(re.escape(wanted) + "[,.]", at.sentence), (key, at.sentence)
        x, y = at.curve("", "half").T
        exact = 0.66 * abs(1 - 40 * at.values["rate"]) ** x
        seen = (exact > 1e-6) & (exact < 1e5)
        assert np.log10(y[seen]) == pytest.approx(np.log10(exact[seen]), abs=0.1)


@pytest.mark.parametrize("key", ["norm", "sum", "half", "mean"])
def test_gradients_are_those_of_differences(key):
    x, theta = np.array([[1.0, 2.0], [1.0, -1.0], [0.5, 4.0]]), np.array([0.3, -0.7])
    y = np.array([1.0, 2.0, -3.0])
    loss = {
        "norm": lambda r: np.linalg.norm(r),
        "sum": lambda r: np.sum(r**2),
        "half": lambda r: np.sum(r**2) / 2,
        "mean": lambda r: np.mean(r**2),
    }[key]
    steps = np.eye(2) * 1e-6
    slope = [(loss(x @ (theta + h) - y) - loss(x @ (theta - h) - y)) / 2e-6 for h in steps]
    assert l2_loss.gradient(key, x, x @ theta - y) == pytest.approx(slope, rel=1e-7, abs=0)


def test_every_start_comes_as_near_in_ten_steps(figures):
    positions = figures["l2_zigzag"].positions
    assert len(positions) == 81
    for at in positions:
        start = np.array([at.values["flat"], at.values["steep"]], dtype=float)
        path = at.curve("", "path")
        assert path[0] == pytest.approx(start, abs=0.05)
        for before, after in pairwise(path):
            assert after == pytest.approx(before * [9 / 11, -9 / 11], abs=0.08)
        assert "13.4 % of it" in at.sentence  # (9/11)¹⁰ = 0.1344
        assert at.curve("", "handle:flat+steep")[0] == pytest.approx(start, abs=0.05)


def test_steps_grow_like_kappa(figures):
    positions = figures["l2_condition"].positions
    assert len(positions) == 21
    for at in positions:
        kappa = at.values["kappa"]
        count, distance = 0, 1.0
        while distance > 0.01 * (1 + 1e-9):
            count, distance = count + 1, distance * (kappa - 1) / (kappa + 1)
        assert numbers(at.sentence)[:2] == [kappa, count]
        level = at.curve("", "level-3")
        assert (level[:, 0] ** 2 + kappa * level[:, 1] ** 2).max() == pytest.approx(64, abs=3)
        start = at.curve("", "path")[0]
        assert start == pytest.approx([6.4, 4.8 / math.sqrt(kappa)], abs=0.05)
        assert np.linalg.norm(at.curve("", "path")[-1]) == pytest.approx(0, abs=0.1)


@pytest.mark.parametrize(("scaling", "steps"), [("raw", 300), ("centered", 100), ("standardized", 12)])
def test_descent_on_real_features_is_that_of_the_optimizer(figures, scaling, steps):
    x, y = l2_loss.scaled_features(scaling)
    values = np.linalg.eigvalsh(x.T @ x)
    walk = gradient_descent(
        lambda t: x.T @ (x @ t - y), np.zeros(4), learning_rate=2 / (values[0] + values[-1]), steps=steps
    )
    fit = LinearRegression().fit(x[:, 1:], y)
    least = np.mean((fit.predict(x[:, 1:]) - y) ** 2)
    expected = np.mean((x @ walk.points[-1] - y) ** 2) - least
    assert l2_loss.excess(scaling, [steps])[0] == pytest.approx(expected, rel=1e-5, abs=0)
    across, height = figures["l2_scaling"].positions[0].curve("", scaling).T
    near = np.interp(np.log(steps), np.log(across), np.log10(height))
    assert near == pytest.approx(np.log10(expected), abs=0.1)


def test_hat_values_are_what_a_target_moves_its_prediction_by(figures):
    positions = figures["l2_leverage"].positions
    assert len(positions) == 81
    for at in positions:
        place, height = at.values["place"], at.values["height"]
        x, y = np.append(l2_loss.LEVER_X, place), np.append(l2_loss.LEVER_Y, height)
        fit = robust_regression(x, y, loss="squared_error").coefficients
        moved = robust_regression(x, y + np.eye(10)[9], loss="squared_error").coefficients
        hat = (moved - fit) @ [1, place]
        alone = robust_regression(x[:-1], y[:-1], loss="squared_error").coefficients
        wanted = [hat, fit @ [1, place] - height, alone @ [1, place] - height, fit[1]]
        assert numbers(at.sentence)[2:] == pytest.approx(wanted, abs=0.0051)
        line = at.curve("fit", "line")
        assert line[:, 1] == pytest.approx(fit[0] + fit[1] * line[:, 0], abs=0.1)
        assert at.curve("hats", "hat")[:, 1].max() == pytest.approx(hat, abs=0.02)


def test_lines_of_the_engel_data_are_those_of_scikit_learn(figures):
    engel = data.load("engel")
    income, food = engel["income"], engel["food_expenditure"]
    (at,) = figures["engel_leverage"].positions
    for name, keep in (("all", income > 0), ("without", income < 4000)):
        fit = LinearRegression().fit(income[keep, None], food[keep])
        x, y = at.curve("", name).T
        assert y == pytest.approx(fit.predict(x[:, None]), abs=15)
    assert (income >= 4000).sum() == 1


def test_orthogonal_columns_keep_the_slope_and_normal_equations_do_not(figures):
    true = np.polyfit(l2_loss.FAR_X, l2_loss.FAR_Y, 1)[0]
    positions = figures["l2_offset"].positions
    assert len(positions) == 21
    for at in positions:
        shift = round(10 ** at.values["decades"])
        normal, orthogonal = l2_loss.lines_in_float32(l2_loss.FAR_X + shift, l2_loss.FAR_Y)
        assert orthogonal[1] == pytest.approx(true, rel=1e-5, abs=0)
        assert numbers(at.sentence)[-1] == pytest.approx(true, abs=5e-4)
        off = abs(float(normal[1]) - true)
        assert off < 0.01 if shift < 3200 else not off < 0.03
        # κ is about twice the distance from zero over the spread of the inputs.
        kappa = l2_loss.scaled_condition(l2_loss.design(l2_loss.FAR_X + shift))
        assert shift < 100 or kappa == pytest.approx(2 * (shift + 9.5) / l2_loss.FAR_X.std(), rel=0.01, abs=0)


def test_hat_values_add_up_to_the_number_of_columns():
    x = l2_loss.design(l2_loss.LEVER_X)
    assert l2_loss.hat_values(x) == pytest.approx(np.diag(x @ np.linalg.pinv(x)), rel=1e-12, abs=0)
    assert l2_loss.hat_values(x).sum() == pytest.approx(2, rel=1e-12, abs=0)
