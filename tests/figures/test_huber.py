"""The stored figures of chapter 15 show what lossbook computes, at every slider position."""

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


@pytest.fixture(scope="module")
def figures():
    return stored_figures(huber, "15_huber.ipynb")


def test_both_ends_of_each_slider_are_drawn_and_say_what_is_stored(figures):
    for name in set(figures) - {"huber_scores"}:  # which draws results
        figures[name].check_ends()


def line_of(fit, x):
    return fit.coefficients[0] + fit.coefficients[1] * x


def test_loss_gradient_and_influence_are_lossbooks(figures):
    figure = figures["huber_losses"]
    # A tenth of a pixel is 0.002 in r and up to 0.006 upwards; slopes are at most 3.
    figure.check("loss", "huber-loss", lambda r, delta: regression.huber(r, 0 * r, delta=delta), near=0.015)

    def gradient(r, delta):
        return regression.huber_grad(r, 0 * r, delta=delta)

    figure.check("gradient", "huber-gradient", gradient, near=0.015)
    inside = norm.cdf([at.values["delta"] for at in figure.positions])
    inside = dict(zip((at.values["delta"] for at in figure.positions), 2 * inside - 1, strict=True))
    influence = "influence", "huber-influence"
    figure.check(*influence, lambda r, delta: gradient(r, delta) / inside[delta], near=0.015)
    # By hand, δ = 1: 1 · (3 − ½) = 2.5; δ = 3: ½ · 3² = 4.5. Efficiency at δ = 1: 0.9031.
    sentences = {at.values["delta"]: at.sentence for at in figure.positions}
    assert len(sentences) == 30
    assert "a residual of 3 units costs 2.50 and pulls with 1.00" in sentences[1.0]
    assert "the estimate is 90.31 % efficient" in sentences[1.0]
    assert "a residual of 3 units costs 4.50 and pulls with 3.00" in sentences[3.0]


def test_fitted_lines_and_the_outliers_weight_are_lossbooks(figures):
    def fit(height, **options):
        return robust_regression(huber.LINE_X, np.append(huber.LINE_Y[:-1], height), **options)

    figure = figures["huber_fit"]
    assert len(figure.positions) == 90
    for loss in ("squared_error", "absolute_error"):
        artist = loss.replace("_", " ")
        figure.check(
            "fit", artist, lambda x, height, delta, loss=loss: line_of(fit(height, loss=loss), x), near=0.07
        )
    figure.check(
        "fit", "Huber", lambda x, height, delta: line_of(fit(height, delta=delta, scale=1.0), x), near=0.07
    )
    for at in figure.positions:
        weight = fit(at.values["height"], delta=at.values["delta"], scale=1.0).weights[-1]
        assert at.top("weight", "outlier-weight") == pytest.approx(weight, abs=0.003)
        assert f"the weight {weight:.2f}." in at.sentence


def test_the_cheapest_split_is_the_huber_loss(figures):
    figure = figures["huber_envelope"]
    for at in figure.positions:
        residual, delta = at.values["residual"], at.values["delta"]
        z, total = at.curve("split", "sum").T
        expected = delta * np.abs(z) + 0.5 * (residual - z) ** 2
        assert np.max(np.abs(total - expected)[total < 5.9]) < 0.025
        loss = regression.huber(residual, 0.0, delta=delta)
        assert total.min() == pytest.approx(loss, abs=0.01)
        assert at.curve("envelope", "value")[0] == pytest.approx([residual, loss], abs=0.01)
        assert f"at the cost {loss:.2f}: the Huber loss" in at.sentence


def test_each_round_of_reweighting_goes_to_the_bottom_of_a_parabola_above_the_loss(figures):
    positions = figures["huber_reweighting"].positions
    numbers = [[float(x) for x in re.findall(r"\d+\.\d+", at.sentence)] for at in positions]
    assert len(numbers) == 9
    for (_, loss, following), (center, smaller, _) in pairwise(numbers):
        assert center == following
        assert smaller <= loss
    for at in positions:
        m, height = at.curve("", "parabola").T
        total = [regression.huber(np.full(5, x), huber.CROWD, delta=1.0).sum() for x in m]
        assert (height - total)[height < 28].min() == pytest.approx(0, abs=0.03)  # it touches


@pytest.mark.parametrize(("row", "suffix"), [("loss", ""), ("gradient", "_grad")])
def test_relatives_are_lossbooks(figures, row, suffix):
    def formula(r, relative):
        name, parameters = huber.RELATIVES[relative]
        return getattr(regression, name + suffix)(r, 0 * r, **parameters)

    figures["huber_relatives"].check(row, f"relative-{row}", formula, near=0.015)


def test_lines_under_leverage_and_of_the_phones_are_lossbooks(figures):
    def formula(x, place):
        return line_of(robust_regression(np.append(huber.LEVER_X, place), np.append(huber.LEVER_Y, 0.0)), x)

    figures["huber_leverage"].check("", "fit", formula, near=0.05)
    phones = data.load("phones")
    for loss in ("squared_error", "absolute_error", "huber", "tukey_biweight"):
        fit = robust_regression(phones["year"], phones["calls"], loss=loss)
        figures["phone_fits"].check("", loss, lambda x, fit=fit: line_of(fit, x), near=0.05)


@pytest.mark.parametrize("k", [0.5, 1.345, 3.0])
def test_contamination_makes_the_least_favorable_density_integrate_to_one(k):
    share = huber.contamination(k)
    middle = quad(norm.pdf, -k, k)[0]
    tail = quad(lambda x: norm.pdf(k) * np.exp(-k * (x - k)), k, np.inf)[0]
    assert (1 - share) * (middle + 2 * tail) == pytest.approx(1, rel=1e-9, abs=0)
    assert huber.normal_density(k) == pytest.approx(norm.pdf(k), rel=1e-14, abs=0)
