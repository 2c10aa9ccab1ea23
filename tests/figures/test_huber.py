"""The stored figures of chapter 15 show what lossbook computes, at every slider position."""

import re
from functools import partial

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm
from scipy.stats import t as student

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


def test_loss_and_gradient_are_lossbooks(figures):
    figure = figures["huber_losses"]
    # A tenth of a pixel is 0.002 in r and up to 0.006 upwards; slopes are at most 3.
    figure.check("loss", "huber-loss", lambda r, delta: regression.huber(r, 0 * r, delta=delta), near=0.02)

    def gradient(r, delta):
        return regression.huber_grad(r, 0 * r, delta=delta)

    figure.check("gradient", "huber-gradient", gradient, near=0.02)
    # By hand, δ = 1: 1 · (3 − ½) = 2.5; δ = 3: ½ · 3² = 4.5.
    sentences = {at.values["delta"]: at.sentence for at in figure.positions}
    assert len(sentences) == 30
    assert "a residual of 3 costs 2.50 and pulls with 1.00" in sentences[1.0]
    assert "a residual of 3 costs 4.50 and pulls with 3.00" in sentences[3.0]


def test_lines_of_the_moving_point_are_lossbooks(figures):
    def fit(height, **options):
        return robust_regression(huber.LINE_X, np.append(huber.LINE_Y[:-1], height), **options)

    figure = figures["huber_fit"]
    assert len(figure.positions) == 41
    squared = partial(fit, loss="squared_error")
    figure.check("", "squared_error", lambda x, height: line_of(squared(height), x), near=0.07)
    soft = partial(fit, delta=1.0, scale=1.0)
    figure.check("", "huber", lambda x, height: line_of(soft(height), x), near=0.07)
    for at in figure.positions:
        slopes = [fitted(at.values["height"]).coefficients[1] for fitted in (squared, soft)]
        said = [
            float(x.replace("−", "-"))
            for x in re.findall(r"slope (−?[\d.]+) by squares, (−?[\d.]+)", at.sentence)[0]
        ]
        assert said == pytest.approx(slopes, abs=0.0051)
        assert at.curve("", "handle:height")[0] == pytest.approx([10, at.values["height"]], abs=0.05)


def test_phone_lines_and_weights_are_lossbooks(figures):
    phones = data.load("phones")
    year, calls = phones["year"], phones["calls"]
    for loss in ("squared_error", "absolute_error"):
        fit = robust_regression(year, calls, loss=loss)
        figures["phone_fits"].check("", loss, lambda x, delta, fit=fit: line_of(fit, x), near=0.05)

    def soft(delta):
        return robust_regression(year, calls, delta=delta, scale=1.0)

    figures["phone_fits"].check("", "huber", lambda x, delta: line_of(soft(delta), x), near=0.05)
    for at in figures["phone_fits"].positions:
        beyond = np.abs(line_of(soft(at.values["delta"]), year) - calls) > at.values["delta"]
        assert f"{beyond.sum()} of the 24 years pull at the limit δ" in at.sentence
    # By hand: of 24 equal weights six are a quarter; Tukey's lets go of all six.
    shares = [re.search(r"have (\d+) %", at.sentence)[1] for at in figures["phone_weights"].positions]
    assert shares == ["4", "0", "25"]


def test_the_cheapest_split_is_the_huber_loss(figures):
    figure = figures["huber_envelope"]
    for at in figure.positions:
        residual = at.values["residual"]
        z, total = at.curve("split", "sum").T
        expected = np.abs(z) + 0.5 * (residual - z) ** 2
        assert np.max(np.abs(total - expected)[total < 4.4]) < 0.03
        loss = regression.huber(residual, 0.0, delta=1.0)
        assert total.min() == pytest.approx(loss, abs=0.02)
        assert at.curve("envelope", "value")[0] == pytest.approx([residual, loss], abs=0.02)
        assert f"at the cost {loss:.2f}: the Huber loss" in at.sentence


def test_a_round_of_reweighting_goes_to_the_bottom_of_a_parabola_above_the_loss(figures):
    positions = figures["huber_reweighting"].positions
    assert len(positions) == 35
    for at in positions:
        _, loss, _, smaller = [float(x) for x in re.findall(r"\d+\.\d+", at.sentence)]
        assert smaller <= loss
        m, height = at.curve("", "parabola").T
        total = [regression.huber(np.full(5, x), huber.CROWD, delta=1.0).sum() for x in m]
        assert (height - total)[height < 28].min() == pytest.approx(0, abs=0.05)  # it touches


@pytest.mark.parametrize("delta", [0.3, 1.345, 2.5])
def test_efficiency_at_students_t_is_that_of_quadrature(delta):
    noise = student(3)
    corner = delta * noise.ppf(0.75) / norm.ppf(0.75)
    middle = quad(lambda x: x**2 * noise.pdf(x), -corner, corner)[0]
    square = middle + 2 * corner**2 * noise.sf(corner)
    slope = 1 - 2 * noise.sf(corner)
    assert huber.student_efficiency(delta) == pytest.approx(3 * slope**2 / square, rel=1e-9, abs=0)


@pytest.mark.parametrize(("row", "suffix"), [("loss", ""), ("gradient", "_grad")])
def test_relatives_are_lossbooks(figures, row, suffix):
    def formula(r, relative):
        name, parameters = huber.RELATIVES[relative]
        return getattr(regression, name + suffix)(r, 0 * r, **parameters)

    figures["huber_relatives"].check(row, f"relative-{row}", formula, near=0.015)


def test_lines_under_leverage_are_lossbooks(figures):
    def formula(x, place, height, loss):
        points = np.append(huber.LEVER_X, place), np.append(huber.LEVER_Y, height)
        return line_of(robust_regression(*points, loss=loss), x)

    for loss in ("huber", "squared_error"):
        figures["huber_leverage"].check("", loss, partial(formula, loss=loss), near=0.07)
    for at in figures["huber_leverage"].positions:
        place = [at.values["place"], at.values["height"]]
        assert at.curve("", "handle:place+height")[0] == pytest.approx(place, abs=0.06)


@pytest.mark.parametrize("k", [0.5, 1.345, 3.0])
def test_contamination_makes_the_least_favorable_density_integrate_to_one(k):
    share = huber.contamination(k)
    middle = quad(norm.pdf, -k, k)[0]
    tail = quad(lambda x: norm.pdf(k) * np.exp(-k * (x - k)), k, np.inf)[0]
    assert (1 - share) * (middle + 2 * tail) == pytest.approx(1, rel=1e-9, abs=0)
    assert huber.normal_density(k) == pytest.approx(norm.pdf(k), rel=1e-14, abs=0)
