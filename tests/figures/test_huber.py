"""The stored figures of chapter 15 show what lossbook computes, at every slider position."""

import math
import re
from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from lossbook import data, regression
from lossbook.figures import huber
from lossbook.optimizers import robust_regression
from tests.figures.reading import stored_figures

#: How the chapter shows each figure that draws by itself.
TWO = {"size": (6.4, 6.4)}
SHOWN = {
    "phone-fits": {},
    "huber-losses": {"axes": [["loss"], ["gradient"], ["influence"]], "size": (6.4, 8.0)},
    "huber-fit": {"axes": [["fit"], ["fit"], ["weight"]]} | TWO,
    "huber-envelope": {"axes": [["split"], ["envelope"]]} | TWO,
    "huber-reweighting": {},
    "huber-relatives": {"axes": [["loss"], ["gradient"]]} | TWO,
    "huber-leverage": {},
    "huber-efficiency": {"axes": [["efficiency"], ["contamination"]]} | TWO,
}


@pytest.fixture(scope="module")
def figures():
    return stored_figures(huber, "15_huber.ipynb", SHOWN)


@pytest.mark.parametrize("name", SHOWN)
def test_both_ends_of_each_slider_are_drawn_and_say_what_is_stored(figures, name):
    figures[name].check_ends()


def slope_of(line):
    (x0, y0), (x1, y1) = line
    return (y1 - y0) / (x1 - x0)


def test_loss_gradient_and_influence_are_lossbooks(figures):
    assert len(figures["huber-losses"].positions) == 30
    for at in figures["huber-losses"].positions:
        inside = norm.cdf(at["delta"]) - norm.cdf(-at["delta"])
        for name, function, factor in [
            ("loss", regression.huber, 1),
            ("gradient", regression.huber_grad, 1),
            ("influence", regression.huber_grad, 1 / inside),
        ]:
            r, drawn = at.curve(name, f"huber-{name}").T
            assert (r[0], r[-1], len(r)) == pytest.approx((-4, 4, 161), abs=0.003)
            expected = factor * function(r, np.zeros_like(r), delta=at["delta"])
            # A tenth of a pixel is 0.002 in r and up to 0.006 upwards; slopes are at most 3.
            assert np.max(np.abs(drawn - expected)) < 0.015


def test_readout_of_the_losses_by_hand(figures):
    sentences = {at["delta"]: at.sentence for at in figures["huber-losses"].positions}
    # δ = 1: 1 · (3 − ½) = 2.5; δ = 3: ½ · 3² = 4.5. Efficiency at δ = 1: 0.9031.
    assert "a residual of 3 units costs 2.50 and pulls with 1.00" in sentences[1.0]
    assert "the estimate is 90.31 % efficient" in sentences[1.0]
    assert "a residual of 3 units costs 4.50 and pulls with 3.00" in sentences[3.0]


def test_fitted_lines_and_the_outliers_weight_are_lossbooks(figures):
    assert len(figures["huber-fit"].positions) == 90
    for at in figures["huber-fit"].positions:
        y = np.append(huber.LINE_Y[:-1], at["height"])
        fits = {
            "Huber": robust_regression(huber.LINE_X, y, delta=at["delta"], scale=1.0),
            "squared error": robust_regression(huber.LINE_X, y, loss="squared_error"),
            "absolute error": robust_regression(huber.LINE_X, y, loss="absolute_error"),
        }
        for name, fit in fits.items():
            assert slope_of(at.curve("fit", name)) == pytest.approx(fit.coefficients[1], abs=0.01)
        weight = fits["Huber"].weights[-1]
        assert at.top("weight", "outlier-weight") == pytest.approx(weight, abs=0.003)
        assert f"the weight {weight:.2f}." in at.sentence


def test_the_cheapest_split_is_the_huber_loss(figures):
    for at in figures["huber-envelope"].positions:
        z, total = at.curve("split", "sum").T
        expected = at["delta"] * np.abs(z) + 0.5 * (at["residual"] - z) ** 2
        assert np.max(np.abs(total - expected)[total < 5.9]) < 0.025
        loss = regression.huber(at["residual"], 0.0, delta=at["delta"])
        assert total.min() == pytest.approx(loss, abs=0.01)
        assert at.curve("envelope", "value")[0] == pytest.approx([at["residual"], loss], abs=0.01)
        assert f"at the cost {loss:.2f}: the Huber loss" in at.sentence


def test_each_round_of_reweighting_goes_to_the_bottom_of_a_parabola_above_the_loss(figures):
    positions = figures["huber-reweighting"].positions
    numbers = [[float(x) for x in re.findall(r"\d+\.\d+", at.sentence)] for at in positions]
    assert len(numbers) == 9
    for (_, loss, following), (center, smaller, _) in pairwise(numbers):
        assert center == following
        assert smaller <= loss
    for at in positions:
        m, height = at.curve("", "parabola").T
        total = [regression.huber(np.full(5, x), huber.CROWD, delta=1.0).sum() for x in m]
        gap = (height - total)[height < 28]
        assert gap.min() == pytest.approx(0, abs=0.03)  # it touches, and lies above elsewhere


def test_relatives_are_lossbooks(figures):
    for at in figures["huber-relatives"].positions:
        name, parameters = huber.RELATIVES[at["relative"]]
        for row, suffix in (("loss", ""), ("gradient", "_grad")):
            r, drawn = at.curve(row, f"relative-{row}").T
            expected = getattr(regression, name + suffix)(r, np.zeros_like(r), **parameters)
            assert np.max(np.abs(drawn - expected)) < 0.015, (at["relative"], row)


def test_lines_under_leverage_are_lossbooks(figures):
    slopes = []
    for at in figures["huber-leverage"].positions:
        fit = robust_regression(np.append(huber.LEVER_X, at["place"]), np.append(huber.LEVER_Y, 0.0))
        slopes.append(slope_of(at.curve("", "fit")))
        assert slopes[-1] == pytest.approx(fit.coefficients[1], abs=0.005)
    assert slopes[0] > 0.9
    assert abs(slopes[-1]) < 0.1


def test_phone_lines_are_lossbooks(figures):
    phones = data.load("phones")
    (at,) = figures["phone-fits"].positions
    for loss in ("squared_error", "absolute_error", "huber", "tukey_biweight"):
        fit = robust_regression(phones["year"], phones["calls"], loss=loss)
        assert slope_of(at.curve("", loss)) == pytest.approx(fit.coefficients[1], abs=0.005)


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
    assert huber.normal_density(k) == pytest.approx(norm.pdf(k), rel=1e-14, abs=0)
