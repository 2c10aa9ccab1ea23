"""The stored figures of chapter 6 show what lossbook computes, at every slider position."""

import re
from functools import partial

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from lossbook import divergences
from lossbook.figures import js_divergence
from tests.figures.reading import stored_figures


@pytest.fixture(scope="module")
def figures():
    return stored_figures(js_divergence, "06_js_divergence.ipynb")


def numbers(sentence):
    return [float(x.replace("−", "-")) for x in re.findall(r"−?\d+(?:\.\d+)?(?:e[−-]\d+)?", sentence)]


def js_by_quadrature(shift):
    def term(x, own, other):
        return norm.pdf(x - own) * (
            np.log(2) - np.logaddexp(0, norm.logpdf(x - other) - norm.logpdf(x - own))
        )

    parts = [
        quad(term, own - 9, own + 9, args=(own, other), epsabs=1e-13)[0]
        for own, other in ((0, shift), (shift, 0))
    ]
    return sum(parts) / 2


def test_both_ends_of_each_slider_are_drawn_and_say_what_is_stored(figures):
    for name in set(figures) - {"js_tree"}:  # which draws results
        figures[name].check_ends()


@pytest.mark.parametrize("shift", [0.25, 1.7, 4.0, 8.0])
def test_js_of_bells_and_its_slope_are_those_of_quadrature(shift):
    assert js_divergence.normal_js(shift) == pytest.approx(js_by_quadrature(shift), rel=1e-9, abs=0)
    quotient = (js_by_quadrature(shift + 1e-3) - js_by_quadrature(shift - 1e-3)) / 2e-3
    assert js_divergence.normal_js_slope(shift) == pytest.approx(quotient, rel=1e-4, abs=0)


@pytest.mark.parametrize("values", [js_divergence.normal_values, js_divergence.block_values])
def test_slopes_are_the_derivatives_of_the_values(values):
    for shift in (0.7, 1.5, 2.6, 5.0):
        ahead, behind, slopes = values(shift + 1e-4)[0], values(shift - 1e-4)[0], values(shift)[1]
        for name, slope in slopes.items():
            if np.isnan(slope):
                assert values(shift)[0][name] == np.inf
            else:
                quotient = (ahead[name] - behind[name]) / 2e-4
                assert slope == pytest.approx(quotient, rel=1e-5, abs=1e-9)


def test_values_of_bells_and_blocks_are_lossbooks():
    cells = np.linspace(-9, 21, 3001)
    for shift in (0.5, 3.0):
        p, q = norm.pdf(cells) * 0.01, norm.pdf(cells - shift) * 0.01
        values, _ = js_divergence.normal_values(shift)
        assert values["KL"] == pytest.approx(divergences.gaussian_kl(0.0, 1.0, shift, 1.0), rel=1e-9, abs=0)
        assert values["TV"] == pytest.approx(divergences.total_variation_distance(p, q), abs=1e-4)
        assert values["W₁"] == pytest.approx(divergences.wasserstein_1d(p, q, support=cells), abs=1e-6)
        block = [np.where((cells > c - 1) & (cells < c + 1), 0.005, 0.0) for c in (0.003, shift + 0.003)]
        p, q = (b / b.sum() for b in block)
        values, _ = js_divergence.block_values(shift)
        assert values["JS"] == pytest.approx(divergences.js(p, q), abs=1e-3)
        assert values["TV"] == pytest.approx(divergences.total_variation_distance(p, q), abs=1e-3)
        assert values["W₁"] == pytest.approx(divergences.wasserstein_1d(p, q, support=cells), abs=1e-3)
        assert values["KL"] == divergences.kl(p, q) == np.inf


def test_arrows_are_as_long_as_the_slopes_and_point_home(figures):
    figure = figures["js_apart"]
    assert len(figure.positions) == 36
    for at in figure.positions:
        shift = at.values["shift"]
        slopes = {
            "KL": shift,
            "JS": js_divergence.normal_js_slope(shift),
            "TV": norm.pdf(shift / 2),
            "W₁": 1.0,
        }
        for name, slope in slopes.items():
            start, tip = at.curve("", f"pull-{name}")[:, 0]
            assert [start, tip] == pytest.approx([shift, shift - slope], abs=0.02)
        assert numbers(at.sentence.replace("W₁", "W"))[1:] == pytest.approx(
            list(slopes.values()), rel=0.06, abs=0.006
        )
        assert at.curve("", "handle:shift")[0] == pytest.approx([shift, norm.pdf(0)], abs=0.02)


def test_the_dark_area_is_the_divergence(figures):
    figure = figures["js_coin"]
    for at in figure.positions:
        x, learned = at.curve("learned", "learned").T
        area = np.sum((learned[1:] + learned[:-1]) / 2 * np.diff(x))
        bits = js_by_quadrature(at.values["shift"]) / np.log(2)
        assert area == pytest.approx(bits, abs=0.006)
        assert numbers(at.sentence)[1:] == pytest.approx(
            [bits, 100 * norm.cdf(-at.values["shift"] / 2)], abs=0.051
        )


def test_the_gap_over_the_chord_is_the_divergence(figures):
    """By hand, for the chances 0.1 and 0.5: H(0.3) − (H(0.1) + 1)/2 = 0.8813 − 0.7345 = 0.1468 bits."""
    sentences = {}
    for at in figures["js_gap"].positions:
        b = at.values["tails"]
        sentences[b] = at.sentence
        low, high = at.curve("", "gap")[:, 1]
        value = divergences.js([0.9, 0.1], [1 - b, b], base=2)
        assert high - low == pytest.approx(value, abs=0.012)
        assert at.curve("", "chord")[:, 0] == pytest.approx([0.1, b], abs=0.006)
        assert f"JS is {value:.3f} bits" in at.sentence
    assert "JS is 0.147 bits" in sentences[0.5]
    assert len(sentences) == 21


def test_no_discriminator_earns_more_than_js_allows(figures):
    ceiling = 2 * js_by_quadrature(3.0) - 2 * np.log(2)
    positions = figures["js_game"].positions
    earned = {at.values["steepness"]: at.curve("value", "value")[0] for at in positions}
    for steepness, (place, value) in earned.items():
        assert place == pytest.approx(steepness, abs=0.01)
        means = [
            quad(lambda x, c=c, a=a: norm.pdf(x - c) * -np.logaddexp(0, a * (x - 1.5)), -9, 12)[0]
            for c, a in ((0, steepness), (3, -steepness))
        ]
        assert value == pytest.approx(sum(means), abs=0.01)
        assert value < ceiling + 0.005
    assert max(earned, key=lambda a: js_divergence.game_value(a)) == 3.0
    assert js_divergence.game_value(3.0) == pytest.approx(ceiling, rel=1e-9, abs=0)


def test_the_line_crosses_the_curves_of_the_shapes_chosen(figures):
    for at in figures["js_slopes"].positions:
        shapes = js_divergence.normal_values if at.values["shapes"] == "bells" else js_divergence.block_values
        values, _ = shapes(at.values["shift"])
        x, y = at.curve("value", "value-JS").T
        assert np.interp(at.values["shift"], x, y) == pytest.approx(values["JS"], abs=0.02)
        assert at.values["shapes"] == "bells" or "KL ∞, slope none" in at.sentence
    dead = [at.sentence for at in figures["js_slopes"].positions if at.values["shapes"] == "blocks"][11]
    assert "Blocks 3.00 apart" in dead
    assert "JS 0.69, slope 0; TV 1.00, slope 0; W₁ 3.00, slope 1.00" in dead


def test_each_generator_goes_down_its_own_slope(figures):
    slopes = {"KL": lambda m: m, "JS": js_divergence.normal_js_slope, "W₁": np.sign}
    for at in figures["js_descent"].positions[::5]:
        for name, slope in slopes.items():
            mu = at.values["start"]
            path = at.curve("", f"path-{name}")[:, 1]
            assert len(path) == 61
            for height in path:
                assert height == pytest.approx(mu, abs=0.04)
                mu -= 0.5 * slope(mu)


def test_the_area_between_the_distribution_functions_is_w1(figures):
    for at in figures["js_earth"].positions:
        shift = at.values["shift"]
        area = quad(lambda x, m=shift: abs(norm.cdf(x) - norm.cdf((x - m) / 0.5)), -9, 9, points=[2 * shift])[
            0
        ]
        moved, work = (float(x) for x in re.findall(r"(?:by|=) ([\d.]+)[,.]", at.sentence))
        assert work == pytest.approx(area, abs=0.0006)
        assert js_divergence.narrow_w1(shift) == pytest.approx(area, rel=1e-6, abs=0)
        assert moved == pytest.approx(abs(norm.ppf(0.8) * 0.5 - shift), abs=0.0006)
        assert np.ptp(at.curve("", "carried")[:, 0]) == pytest.approx(moved, abs=0.02)
        x, q = at.curve("", "q").T
        assert np.max(np.abs(q - norm.cdf((x - shift) / 0.5))) < 0.012


def test_the_way_by_a_third_coin(figures):
    """By hand: JS of the coins 0 and ½ is (¾ log 4/3) bits and so on: 0.3113; twice that 0.623."""
    figure = figures["js_triangle"]

    def bits(x):
        return -(x * np.log2(np.where(x > 0, x, 1))).sum()

    def way(b, power):
        total = 0.0
        for a in (0.0, 1.0):
            p, q = np.array([1 - a, a]), np.array([1 - b, b])
            m = (p + q) / 2
            surplus = bits(m) - (bits(p) + bits(q)) / 2
            total += max(surplus, 0) ** power
        return total

    def ways(x, middle, power):
        return np.array([way(b, power) for b in x.clip(0, 1)])

    for name, power in (("divergence", 1), ("root", 0.5)):
        figure.check("", name, partial(ways, power=power), near=0.03)
    for at in figure.positions:
        by, root = way(at.values["middle"], 1), way(at.values["middle"], 0.5)
        assert by < 1 < root
        assert f"JS {by:.3f} bits against 1" in at.sentence
        assert f"root {root:.3f} against 1" in at.sentence
