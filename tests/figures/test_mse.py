"""The stored figures of chapter 14 show what lossbook computes, at every slider position."""

import re

import numpy as np
import pandas
import pytest
import statsmodels.api as sm
from scipy.integrate import quad
from scipy.stats import ncx2

from lossbook import data
from lossbook.figures import mse
from tests.figures.reading import stored_figures


@pytest.fixture(scope="module")
def figures():
    return stored_figures(mse, "14_mse.ipynb")


def numbers(sentence):
    """The numbers that a readout says, in order."""
    return [float(x.replace("−", "-")) for x in re.findall(r"−?\d+(?:\.\d+)?", sentence)]


def test_both_ends_of_each_slider_are_drawn_and_say_what_is_stored(figures):
    for figure in figures.values():
        figure.check_ends()


def test_the_bowl_has_its_bottom_at_the_mean(figures):
    positions = figures["mse_bowl"].positions
    assert len(positions) == 31
    for at in positions:
        waits = np.append(mse.WAITS, at.values["wait"])
        c, height = at.curve("", "bowl").T
        inside = height < 149
        expected = (c - waits.mean()) ** 2 + waits.var()
        assert np.abs(height - expected)[inside].max() < 1.0  # a tenth of a pixel is 0.02 min, slopes 24
        assert at.curve("", "bottom")[0] == pytest.approx([waits.mean(), waits.var()], abs=0.3)
        assert at.curve("", "handle:wait")[0] == pytest.approx([at.values["wait"], -10], abs=0.3)
        said = numbers(at.sentence)
        assert said == pytest.approx([at.values["wait"], waits.mean(), np.median(waits)], abs=0.0051)


@pytest.mark.parametrize(("artist", "lowest"), [("root-of-mse", 7), ("mae", 5), ("quantile-loss", 9)])
def test_each_loss_of_a_constant_is_lowest_where_the_text_says(figures, artist, lowest):
    c, height = figures["mse_constants"].positions[-1].curve("", artist).T
    assert c[height.argmin()] == pytest.approx(lowest, abs=0.3)


def test_losses_of_a_constant_by_hand():
    # c = 5: errors 4 3 2 1 0 1 3 4 20: squares 456, sizes 38; 10 above (0.2), 28 below (0.8).
    losses = list(mse.constant_losses(5.0).values())
    assert losses == pytest.approx([np.sqrt(456 / 9), 38 / 9, (0.2 * 10 + 0.8 * 28) / 9], rel=1e-12, abs=0)


def test_three_parts_are_those_of_many_samples():
    rng = np.random.default_rng(0)
    for degree, noise in ((1, 0.5), (5, 0.26)):
        samples = mse.truth(mse.INPUTS) + noise * rng.normal(size=(20_000, 15))
        fits = np.array([np.polyval(p, mse.PLACES) for p in np.polyfit(mse.INPUTS, samples.T, degree).T])
        bias = np.mean((fits.mean(axis=0) - mse.truth(mse.PLACES)) ** 2)
        found = bias, fits.var(axis=0).mean(), noise**2
        assert mse.three_parts(degree, noise) == pytest.approx(found, rel=0.03, abs=2e-4)


def test_the_winning_degree_falls_with_the_noise(figures):
    positions = figures["mse_parts"].positions
    assert len(positions) == 81
    for at in positions:
        degree, _, *parts, total, measured, lowest = numbers(at.sentence.replace("bias²", "bias 2"))
        expected, error = mse.measured_error(int(degree), at.values["noise"])
        assert measured == pytest.approx(expected, abs=0.00051)
        bars = [sum(mse.three_parts(d, at.values["noise"])) for d in range(9)]
        assert lowest == np.argmin(bars)
        place = at.curve("error", "lowest")[0]
        assert place == pytest.approx([lowest, min(bars) + 0.07], abs=0.02)
        assert sum(parts) == pytest.approx(total, abs=0.0016)
        assert abs(measured - total) < 3.5 * error + 0.0021  # three digits are said
    levels = sorted({at.values["noise"] for at in positions})
    winners = [int(np.argmin([sum(mse.three_parts(d, noise)) for d in range(9)])) for noise in levels]
    assert winners == [7, 7, 5, 5, 5, 5, 5, 5, 1]


def test_past_the_number_of_data_the_error_falls_again(figures):
    figure = figures["mse_descent"]
    assert len(figure.positions) == 40
    plain, ridge = (figure.positions[-1].curve("error", name)[:, 1] for name in ("plain", "ridge"))
    assert np.allclose(plain, mse.descent_errors(0.0), rtol=0.2, atol=0)  # a logarithmic axis
    assert np.allclose(ridge, mse.descent_errors(0.02), rtol=0.2, atol=0)
    assert plain.argmax() == 14
    for at in figure.positions:
        assert at.curve("error", "plain")[-1, 0] == pytest.approx(at.values["features"], abs=0.1)
        fit = mse.step_fit(at.values["features"], 0, mse.SHOWN)
        error = np.mean((fit - mse.truth(mse.PLACES)) ** 2)
        assert numbers(at.sentence)[1] == pytest.approx(error, rel=0.06, abs=6e-4)


def test_a_fit_of_least_norm_passes_through_the_data():
    rng = np.random.default_rng([14, mse.SHOWN])
    targets = mse.truth(mse.INPUTS) + 0.2 * rng.normal(size=15)
    between = np.interp(mse.PLACES[[0, -1]], mse.INPUTS, targets)  # both ends are inputs
    assert mse.step_fit(40, 0, mse.SHOWN)[[0, -1]] == pytest.approx(between, rel=1e-6, abs=0)
    assert abs(mse.step_fit(40, 0.02, mse.SHOWN)[0] - between[0]) > 1e-3


@pytest.mark.parametrize(("dimension", "center"), [(1, 4.0), (2, 9.0), (3, 1.0), (12, 12.0), (16, 100.0)])
def test_risks_of_shrinking_are_integrals_over_noncentral_chi_squares(dimension, center):
    def mean(g):
        law, root = ncx2(dimension, center), np.sqrt(center)
        # In u = √s the density has no pole at 0.
        return quad(lambda u: g(u * u) * law.pdf(u * u) * 2 * u, 1e-12, root + 12, limit=200)[0]

    d = dimension
    mild = d + mean(lambda s: s / (1 + s) ** 2 - 2 * (d / (1 + s) - 2 * s / (1 + s) ** 2))
    assert mse.mild_risk(d, center) == pytest.approx(mild, rel=1e-6, abs=0)
    if d > 2:
        stein = d - (d - 2) ** 2 * mean(lambda s: 1 / s)
        assert mse.james_stein_risk(d, center) == pytest.approx(stein, rel=1e-6, abs=0)


def test_shrinking_wins_everywhere_from_three_dimensions_on(figures):
    figure = figures["mse_stein"]
    mild = np.array([at.curve("", "mild")[:, 1] for at in figure.positions])
    assert mild.shape == (31, 12)
    exact = [mse.mild_risk(d, d * 9.0) / d for d in range(1, 13)]
    assert np.allclose(mild[-1], exact, rtol=0, atol=0.005)
    assert mild[-1, 0] > 1.2
    assert exact[1] > 1.01
    assert max(exact[2:]) < 0.99
    for at in figure.positions:
        d, ratio = at.curve("", "stein").T
        assert d == pytest.approx(np.arange(3, 13) + 0.14, abs=0.02)
        exact = [mse.james_stein_risk(k, k * at.values["truth"] ** 2) / k for k in range(3, 13)]
        assert ratio == pytest.approx(exact, abs=0.01)


def test_batters_are_those_of_the_published_table():
    table = data.load("batting")
    early, later = mse.batters()
    # The later averages of the table, to four digits; Williams is Walt, of the White Sox (.256 in the paper).
    published = """.3460 .2981 .2764 .2218 .2727 .2704 .2645 .2101 .2686
        .2300 .2639 .2258 .3034 .2635 .2556 .2849 .3162 .2000"""
    assert np.abs(later - [float(x) for x in published.split()]).max() < 6e-5
    assert table["hits"].sum() == 215
    assert early.mean() == pytest.approx(215 / 810, rel=1e-12, abs=0)


def test_the_error_of_each_share_is_drawn_and_said(figures):
    figure = figures["mse_batting"]
    assert len(figure.positions) == 21
    figure.check("error", "error", lambda s, share: [mse.batting_error(x) for x in s], near=5e-4)
    for at in figure.positions:
        assert at.curve("error", "error")[:, 0].min() == pytest.approx(at.values["share"], abs=0.01)
    said = {at.values["share"]: numbers(at.sentence)[-1] for at in figure.positions}
    assert said[1.0] == 0.0752
    assert min(said, key=said.get) == 0.2


def test_the_score_is_the_sum_of_its_parts(figures):
    figure = figures["mse_brier"]
    assert len(figure.positions) == 23
    for at in figure.positions:
        *_, score, off, refinement = numbers(at.sentence)
        # By hand: 40 · 0.1 · 0.9 + 20 · (0.35 · 0.65 + 0.4 · 0.6 + 0.65 · 0.35) = 17.5, of 100 days.
        assert refinement == 0.175
        assert off == pytest.approx(0.2 * (at.values["forecast"] - 0.65) ** 2 + 0.002, abs=6e-5)
        assert score == pytest.approx(refinement + off, abs=1.1e-4)


def test_parts_of_a_score_of_single_days():
    outcomes = np.repeat([0, 1, 0, 1], [36, 4, 8, 12])
    said = np.repeat([0.1, 0.5], [40, 20])
    score, off, rest = mse.brier_parts([0.1, 0.5], [40, 20], [4, 12])
    assert score == pytest.approx(np.mean((said - outcomes) ** 2), rel=1e-12, abs=0)
    assert off + rest == pytest.approx(score, rel=1e-12, abs=0)


def test_descent_ends_in_one_of_three_valleys(figures):
    positions = figures["mse_surface"].positions
    assert len(positions) == 81
    ends = np.array([numbers(at.sentence)[-1] for at in positions])
    valleys = np.array([0.512, 0.942, 1.400])
    near = np.abs(ends[:, None] - valleys).argmin(axis=1)
    assert np.abs(ends - valleys[near]).max() < 0.0011
    assert set(near) == {0, 1, 2}
    for at in positions:
        w, b = mse.unit_path(at.values["weight"], at.values["bias"])[-1]
        x, height = at.curve("fit", "unit").T
        assert np.abs(height - np.tanh(w * x + b)).max() < 0.05
        place = [at.values["weight"], at.values["bias"]]  # the start
        assert at.curve("surface", "handle:weight+bias")[0] == pytest.approx(place, abs=0.05)


def test_descent_follows_the_slope_of_the_error():
    path = mse.unit_path(1.5, -1.25, steps=1, rate=0.2)
    h = 1e-6
    slope = [
        (mse.unit_error(1.5 + h, -1.25) - mse.unit_error(1.5 - h, -1.25)) / (2 * h),
        (mse.unit_error(1.5, -1.25 + h) - mse.unit_error(1.5, -1.25 - h)) / (2 * h),
    ]
    assert (path[0] - path[1]) / 0.2 == pytest.approx(slope, rel=1e-6, abs=0)


def test_libraries_that_a_reader_need_not_have_are_as_the_table_says():
    """The chapter tells of statsmodels and pandas, and does not import them."""
    x, y = np.array([1.0, 2, 3, 4]), np.array([10.0, 11, 9, 10])
    for columns, against in ((x, 0.0), (sm.add_constant(x), y.mean())):
        fit = sm.OLS(y, columns).fit()
        rest = np.sum((y - fit.fittedvalues) ** 2)
        assert fit.rsquared == pytest.approx(1 - rest / np.sum((y - against) ** 2), rel=1e-9, abs=0)
        assert fit.mse_resid == pytest.approx(rest / (4 - np.linalg.matrix_rank(columns)), rel=1e-9, abs=0)
    assert pandas.Series(y).var() == pytest.approx(np.var(y, ddof=1), rel=1e-12, abs=0)
