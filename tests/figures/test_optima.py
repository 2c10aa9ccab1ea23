"""The stored figures of chapter 7 show what they say, at every slider position."""

import math
import re

import numpy as np
import pytest
from scipy.optimize import approx_fprime

from lossbook.figures import optima
from lossbook.optimizers import gradient_descent
from tests.figures.reading import stored_figures

RESULTS = {"optima_annealing", "optima_surface"}  # which draw what the notebook computes


@pytest.fixture(scope="module")
def figures():
    return stored_figures(optima, "07_optima.ipynb")


def numbers(sentence):
    return [float(x.replace("−", "-")) for x in re.findall(r"−?\d+(?:\.\d+)?", sentence)]


def test_both_ends_of_each_slider_are_drawn_and_say_what_is_stored(figures):
    assert len(figures) == 13
    for name in set(figures) - RESULTS:
        figures[name].check_ends()


@pytest.mark.parametrize("point", [(1.3, -2.1), (-3.85, 0.7)])
def test_gradients_are_those_of_their_functions(point):
    slope = approx_fprime(np.array(point), lambda p: optima.valleys(*p), 1e-7)
    assert optima.valleys_grad(*point) == pytest.approx(slope, rel=1e-5, abs=1e-5)
    rise = (optima.waves(point[0] + 1e-6) - optima.waves(point[0] - 1e-6)) / 2e-6
    assert optima.waves_grad(point[0]) == pytest.approx(rise, rel=1e-6, abs=1e-7)


def test_the_network_s_gradient_is_that_of_its_loss():
    theta = optima.train(3, 2, 5)
    pixels, targets = optima.digits()[0]
    options = {"hidden_units": 3, "decay": 0.3}
    along = np.random.default_rng(1).standard_normal(theta.shape)
    up, down = (optima.network(theta + h * along, pixels, targets, **options)[0] for h in (1e-6, -1e-6))
    slope = (optima.network(theta, pixels, targets, **options)[1] * along).sum(axis=1)
    assert slope == pytest.approx((up - down) / 2e-6, rel=1e-6, abs=0)


def test_paths_over_the_valleys_start_at_the_gold_point_and_end_in_the_valley_named(figures):
    figure = figures["optima_valleys"]
    assert len(figure.positions) == 81
    ends = set()
    for at in figure.positions:
        start = [at.values["x"], at.values["y"]]
        assert at.curve("", "handle:x+y")[0] == pytest.approx(start, abs=0.05)
        name = re.search(r"ends in ([A-D])", at.sentence)[1]
        assert at.curve("", "end")[0] == pytest.approx(optima.VALLEYS[name], abs=0.1)
        assert at.curve("", "path")[0] == pytest.approx(start, abs=0.05)
        ends.add(name)
    assert ends == set("ABCD")


def test_long_steps_never_settle_in_the_deepest_valley(figures):
    said = {at.values["walk"]: at.sentence for at in figures["optima_basins"].positions}
    assert "A 0 %" in said["longer, η = 0.30"]
    assert said["annealing from T = 3"].startswith("Starts that end in A 32 %")
    assert "A 26 %" in said["long steps, η = 0.25"]
    ends = optima.basins("small steps, η = 0.05")
    one = gradient_descent(
        lambda p: np.array(optima.valleys_grad(*p)),
        [-6 + 0.2 * 7, -5 + 0.2 * 9],
        learning_rate=0.05,
        steps=1500,
    ).points[-1]
    name = min(optima.VALLEYS, key=lambda n: math.dist(one, optima.VALLEYS[n]))
    assert "ABCD"[ends[9, 7]] == name


def test_waves_end_where_descent_does(figures):
    for at in figures["optima_waves"].positions:
        path = gradient_descent(
            optima.waves_grad,
            [at.values["start"]],
            learning_rate=0.05,
            steps=1500,
            momentum=float(at.values["momentum"]),
        ).points[:, 0]
        assert at.curve("", "end")[0, 0] == pytest.approx(path[-1], abs=0.05)
        assert ("the lowest valley" in at.sentence) == (abs(optima.waves(path[-1]) - 0.056) < 0.01)


def test_ten_steps_on_the_parabola_are_powers(figures):
    for at in figures["optima_rates"].positions:
        distance = numbers(at.sentence)[1]
        assert distance == pytest.approx(abs(1 - 2 * at.values["rate"]) ** 10, rel=1e-3, abs=6e-4)


def test_the_wave_is_below_its_parabola_and_falls_by_more_than_promised(figures):
    figure = figures["optima_lemma"]
    for at in figure.positions:
        x, bound = at.curve("", "bound").T
        assert (bound - (2 - 2 * np.cos(x))).min() > -0.03
        rate, change, *promised = numbers(at.sentence)
        end, sign = 2 - rate * 2 * math.sin(2), 1 if "f falls" in at.sentence else -1
        assert sign * change == pytest.approx(2 * math.cos(end) - 2 * math.cos(2), abs=0.006)
        assert bool(promised) == (rate < 1)
        assert ("rises" in at.sentence) == (rate > 2.15)
        for least in promised:
            assert least == pytest.approx(rate * (1 - rate) * 4 * math.sin(2) ** 2, abs=0.006)
            assert change > least - 0.011


def test_the_wait_at_the_saddle_grows_by_the_same_steps(figures):
    waits = [numbers(at.sentence)[-1] for at in figures["optima_saddle"].positions]
    assert len(waits) == 20
    assert set(np.diff(waits)) == {24, 25}
    assert 24 < math.log(10) / math.log(1.1) < 25


def test_random_matrices_of_two_rows_have_one_sign_as_often_as_the_formula_says(figures):
    size, up, all_drawn, down, mixed = numbers(figures["optima_signs"].positions[1].sentence)
    assert (size, all_drawn, up + down + mixed) == (2, 4000, 4000)
    assert (up + down) / 4000 == pytest.approx((2 - math.sqrt(2)) / 2, abs=0.02)
    # A shift by a large multiple of the identity would leave none that falls: the counts are by sign.
    assert optima.falling_directions(2).tolist() == [up, mixed, down]
    # The answer to the Guess: at 6 none of 4000 curves up, at 5 two do.
    assert [numbers(at.sentence)[1] for at in figures["optima_signs"].positions[3:7]] == [8, 2, 0, 0]


def test_of_the_four_kinds_the_global_minimum_is_lowest_and_each_is_stationary():
    curve = optima.KINDS_SLOPE.integ()
    names = {name: place for place, name in optima.KINDS.items()}
    assert optima.KINDS_SLOPE(np.array([*optima.KINDS])) == pytest.approx(0, abs=1e-12)
    whole = curve(np.linspace(-5, 5, 2001)).min()
    assert curve(names["global minimum"]) == pytest.approx(whole, abs=1e-3)
    assert curve(names["local minimum"]) > whole + 1
    bends = {name: np.sign(round(optima.KINDS_SLOPE.deriv()(place), 9)) for name, place in names.items()}
    assert bends == {"global minimum": 1, "saddle": 0, "local maximum": -1, "local minimum": 1}


def test_matching_looks_at_the_weights_out_of_a_unit_too():
    rng = np.random.default_rng(5)
    theta = rng.standard_normal(27 * 2 + 10)
    into, bias, _, _ = optima.parts(theta, 2)
    into[:, 1], bias[1] = into[:, 0], bias[0]  # two units that only differ in what goes out
    other = optima.rename(theta, np.array([1, 0]), np.array([1, -1]))
    assert optima.align(theta, other, 2) == pytest.approx(theta)


def test_renaming_units_changes_no_output_and_the_ways_begin_and_end_at_networks(figures):
    pixels, targets = optima.digits()[1]
    theta = optima.train(8, 2, 1200)[1]
    other = optima.rename(theta, np.array([3, 1, 0, 2, 7, 6, 5, 4]), np.array([1, -1, 1, 1, -1, 1, -1, 1]))
    first, second = (optima.network(t, pixels, targets, hidden_units=8)[0] for t in (theta, other))
    assert first == pytest.approx(second, rel=1e-12, abs=0)
    assert not np.allclose(theta, other)
    for name, gid in (("straight", "stra"), ("units matched", "unit"), ("bent", "bent")):
        loss = optima.ways()[name][0]
        figures["optima_joined"].check(
            "", gid, lambda x, t, way, loss=loss: np.interp(x, np.linspace(0, 1, 41), loss), near=0.02
        )


def test_the_secretary_s_two_curves(figures):
    figure = figures["optima_secretary"]
    # By hand: n = 3, skip 1: ½ of the six orders; n = 4, skip 1: 11/24.
    assert optima.best_chance(1, 3) == pytest.approx(1 / 2)
    assert optima.best_chance(1, 4) == pytest.approx(11 / 24)
    cuts = [at.values["skip"] for at in figure.positions]
    assert max(cuts, key=lambda skip: optima.best_chance(skip, 100)) == 37
    assert max(cuts, key=lambda skip: optima.mean_size(skip, 100)) == 9
    assert numbers(figure.positions[cuts.index(37)].sentence) == [37, 0.371, 0.802]
    assert numbers(figure.positions[cuts.index(9)].sentence) == [9, 0.221, 0.905]
    for at in figure.positions:
        assert at.curve("size", "size")[:, 1].max() == pytest.approx(0.905, abs=0.005)
