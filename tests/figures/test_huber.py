"""The stored figures of chapter 15 show what lossbook computes, at every slider position."""

import math
import re
from itertools import pairwise

import numpy as np
import pytest
from reading import curve_reader, stored_payloads
from scipy.integrate import quad
from scipy.stats import norm

from lossbook import data, regression
from lossbook.figures import huber
from lossbook.optimizers import robust_regression

CHAPTER = "15_huber.ipynb"
#: How the chapter shows each figure: layout, and one position to lay it out with.
FIGURES = {
    "phone-fits": ({}, {}),
    "huber-losses": ({"axes": [["loss"], ["gradient"], ["influence"]], "size": (6.4, 8.0)}, {"delta": 1.0}),
    "huber-fit": (
        {"axes": [["fit"], ["fit"], ["weight"]], "size": (6.4, 6.4)},
        {"height": 20, "delta": 1.0},
    ),
    "huber-envelope": (
        {"axes": [["split"], ["envelope"]], "size": (6.4, 6.4)},
        {"residual": 2.0, "delta": 1.0},
    ),
    "huber-reweighting": ({}, {"rounds": 0}),
    "huber-relatives": (
        {"axes": [["loss"], ["gradient"]], "size": (6.4, 6.4)},
        {"relative": "smooth L1, β = 2"},
    ),
    "huber-leverage": ({}, {"place": 10}),
    "huber-efficiency": ({"axes": [["efficiency"], ["contamination"]], "size": (6.4, 6.4)}, {}),
}


@pytest.fixture(scope="module")
def stored():
    return stored_payloads(CHAPTER)


@pytest.fixture(scope="module")
def curve(stored):
    """A function that reads an artist of a stored figure back into data, shape (n, 2)."""
    return curve_reader(huber, stored, FIGURES)


def values_of(payload):
    """Name to numbers for the sliders of a payload."""
    return {p["name"]: [float(t.replace("−", "-")) for t in p["texts"]] for p in payload["parameters"]}


def slope_of(line):
    (x0, y0), (x1, y1) = line
    return (y1 - y0) / (x1 - x0)


def test_the_chapter_shows_every_figure_of_its_module(stored):
    drawn = {name.removeprefix("draw_").replace("_", "-") for name in dir(huber) if name.startswith("draw_")}
    assert set(stored) == drawn == {*FIGURES, "huber-scores"}


def test_loss_gradient_and_influence_are_lossbooks(stored, curve):
    deltas = values_of(stored["huber-losses"])["delta"]
    assert len(deltas) == 30
    for position, delta in enumerate(deltas):
        inside = norm.cdf(delta) - norm.cdf(-delta)
        for name, function, factor in [
            ("loss", regression.huber, 1),
            ("gradient", regression.huber_grad, 1),
            ("influence", regression.huber_grad, 1 / inside),
        ]:
            r, drawn = curve("huber-losses", name, f"huber-{name}", position).T
            assert (r[0], r[-1], len(r)) == pytest.approx((-4, 4, 161), abs=0.002)
            expected = factor * function(r, np.zeros_like(r), delta=delta)
            # A tenth of a pixel is 0.002 in r and up to 0.006 upwards; slopes are at most 3.
            assert np.max(np.abs(drawn - expected)) < 0.012


def test_readout_of_the_losses_by_hand(stored):
    readouts = stored["huber-losses"]["readouts"]
    # δ = 1: 1 · (3 − ½) = 2.5; δ = 3: ½ · 3² = 4.5. Efficiency at δ = 1: 0.9031.
    assert "a residual of 3 units costs 2.50 and pulls with 1.00" in readouts[9]
    assert "the estimate is 90.31 % efficient" in readouts[9]
    assert "a residual of 3 units costs 4.50 and pulls with 3.00" in readouts[29]


def test_fitted_lines_and_the_outliers_weight_are_lossbooks(stored, curve):
    payload = stored["huber-fit"]
    grid = values_of(payload)
    position = 0
    for height in grid["height"]:
        y = np.append(huber.LINE_Y[:-1], height)
        for delta in grid["delta"]:
            fits = {
                "Huber": robust_regression(huber.LINE_X, y, delta=delta, scale=1.0),
                "squared error": robust_regression(huber.LINE_X, y, loss="squared_error"),
                "absolute error": robust_regression(huber.LINE_X, y, loss="absolute_error"),
            }
            for name, fit in fits.items():
                line = curve("huber-fit", "fit", name, position)
                assert slope_of(line) == pytest.approx(fit.coefficients[1], abs=0.01)
            weight = fits["Huber"].weights[-1]
            top = curve("huber-fit", "weight", "outlier-weight", position)[:, 1].max()
            assert top == pytest.approx(weight, abs=0.003)
            assert f"the weight {weight:.2f}." in payload["readouts"][position]
            position += 1
    assert position == len(payload["readouts"]) == 90


def test_the_cheapest_split_is_the_huber_loss(stored, curve):
    grid = values_of(stored["huber-envelope"])
    position = 0
    for residual in grid["residual"]:
        for delta in grid["delta"]:
            z, total = curve("huber-envelope", "split", "sum", position).T
            inside = total < 5.9
            expected = delta * np.abs(z) + 0.5 * (residual - z) ** 2
            assert np.max(np.abs(total - expected)[inside]) < 0.02
            loss = regression.huber(residual, 0.0, delta=delta)
            assert total.min() == pytest.approx(loss, abs=0.01)
            assert f"at the cost {loss:.2f}: the Huber loss" in stored["huber-envelope"]["readouts"][position]
            position += 1


def test_each_round_of_reweighting_goes_to_the_bottom_of_a_parabola_above_the_loss(stored, curve):
    readouts = stored["huber-reweighting"]["readouts"]
    numbers = [[float(x) for x in re.findall(r"\d+\.\d+", sentence)] for sentence in readouts]
    assert len(numbers) == 9
    for (_, loss, following), (center, smaller, _) in pairwise(numbers):
        assert center == following
        assert smaller <= loss
    for position in range(9):
        m, height = curve("huber-reweighting", "", "parabola", position).T
        total = [regression.huber(np.full(5, x), huber.CROWD, delta=1.0).sum() for x in m]
        assert np.min((height - total)[height < 28]) > -0.02


def test_relatives_are_lossbooks(stored, curve):
    for position, label in enumerate(stored["huber-relatives"]["parameters"][0]["texts"]):
        name, parameters = huber.RELATIVES[label]
        for row, suffix in (("loss", ""), ("gradient", "_grad")):
            r, drawn = curve("huber-relatives", row, f"relative-{row}", position).T
            expected = getattr(regression, name + suffix)(r, np.zeros_like(r), **parameters)
            assert np.max(np.abs(drawn - expected)) < 0.012, (label, row)


def test_lines_under_leverage_are_lossbooks(stored, curve):
    slopes = []
    for position, place in enumerate(values_of(stored["huber-leverage"])["place"]):
        fit = robust_regression(np.append(huber.LEVER_X, place), np.append(huber.LEVER_Y, 0.0))
        slopes.append(slope_of(curve("huber-leverage", "", "fit", position)))
        assert slopes[-1] == pytest.approx(fit.coefficients[1], abs=0.005)
    assert slopes[0] > 0.9
    assert abs(slopes[-1]) < 0.1


def test_phone_lines_are_lossbooks(curve):
    phones = data.load("phones")
    for loss in ("squared_error", "absolute_error", "huber", "tukey_biweight"):
        fit = robust_regression(phones["year"], phones["calls"], loss=loss)
        assert slope_of(curve("phone-fits", "", loss, 0)) == pytest.approx(fit.coefficients[1], abs=0.005)


@pytest.mark.parametrize("delta", [0.3, 1.0, 1.345, 2.5])
def test_efficiency_agrees_with_quadrature(delta):
    def mean(function):
        inner = quad(lambda x: function(x) * norm.pdf(x), 0, delta)[0]
        return 2 * (inner + quad(lambda x: function(x) * norm.pdf(x), delta, np.inf)[0])

    square = mean(lambda x: regression.huber_grad(x, 0.0, delta=delta) ** 2)
    slope = mean(lambda x: float(x < delta))
    assert huber.normal_efficiency(delta) == pytest.approx(slope**2 / square, rel=1e-9, abs=0)


def test_efficiency_at_known_points():
    assert huber.normal_efficiency(1.345) == pytest.approx(0.95, abs=1e-5)
    assert huber.normal_efficiency(1e-3) == pytest.approx(2 / math.pi, abs=1e-3)  # the median's
    assert huber.normal_efficiency(8.0) == pytest.approx(1.0, abs=1e-12)  # the mean's


@pytest.mark.parametrize("k", [0.5, 1.345, 3.0])
def test_contamination_makes_the_least_favorable_density_integrate_to_one(k):
    share = huber.contamination(k)
    middle = quad(norm.pdf, -k, k)[0]
    tail = quad(lambda x: norm.pdf(k) * np.exp(-k * (x - k)), k, np.inf)[0]
    assert (1 - share) * (middle + 2 * tail) == pytest.approx(1, rel=1e-9, abs=0)


def test_normal_density_is_scipys():
    for x in (-3.0, 0.0, 0.7, 5.0):
        assert huber.normal_density(x) == pytest.approx(norm.pdf(x), rel=1e-14, abs=0)
