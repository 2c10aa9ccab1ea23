"""The stored figures of chapter 2 show what lossbook computes, at every slider position."""

import re
from collections import Counter
from itertools import product

import numpy as np
import pytest
from matplotlib.figure import Figure
from scipy.optimize import brentq
from scipy.stats import entropy

from lossbook import data
from lossbook.figures import cross_entropy
from tests.figures.reading import stored_figures

#: Figures that draw what the chapter has trained or coded.
RESULTS = {f"cross_entropy_{name}" for name in ("codewords", "race", "memorizing")}


@pytest.fixture(scope="module")
def figures():
    found = stored_figures(cross_entropy, "02_cross_entropy.ipynb")
    return {name.removeprefix("cross_entropy_"): figure for name, figure in found.items()}


def numbers(sentence):
    return [float(n) for n in re.findall(r"-?\d+\.?\d*(?:e-?\d+)?", sentence.replace("−", "-"))]


def test_both_ends_of_each_slider_are_drawn_and_say_what_is_stored(figures):
    for name in set(figures) - {result.removeprefix("cross_entropy_") for result in RESULTS}:
        figures[name].check_ends()


def cross(p, q):
    """By scipy alone: H(p, q) = H(p) + KL, in bits."""
    return entropy(p, base=2) + entropy(p, q, base=2)


def test_the_valley_of_the_forecast_is_cross_entropy_with_its_floor_at_thirty_percent(figures):
    figure = figures["forecast"]
    assert len(figure.positions) == 49
    curve = figure.positions[0].curve("", "mean")
    x, y = curve[curve[:, 1] < 4.1].T
    assert y == pytest.approx([cross([0.3, 0.7], [q / 100, 1 - q / 100]) for q in x], abs=0.03)
    for at in figure.positions:
        here = cross([0.3, 0.7], [at.values["forecast"] / 100, 1 - at.values["forecast"] / 100])
        assert at.curve("", "here")[0] == pytest.approx([at.values["forecast"], here], abs=0.03)
        assert numbers(at.sentence) == pytest.approx([at.values["forecast"], here], abs=0.0051)
    said = {numbers(at.sentence)[0]: numbers(at.sentence)[1] for at in figure.positions}
    assert min(said, key=said.get) in (28, 30, 32)
    assert said[30] == 0.88
    assert said[90] == 2.37


@pytest.mark.parametrize("name", ["gpl3", "apache2"])
def test_letter_shares_are_those_of_the_text(name):
    text = re.sub("[^a-z]", "", data.text(name).lower())
    letters = "abcdefghijklmnopqrstuvwxyz"
    counts = Counter(text)
    wanted = [counts[letter] / counts.total() for letter in letters]
    assert cross_entropy.letter_shares(name) == pytest.approx(wanted, rel=1e-12, abs=0)
    counts = Counter(text[:70])
    wanted = [(counts[letter] + 1) / 96 for letter in letters]
    assert cross_entropy.letter_shares(name, 70) == pytest.approx(wanted, rel=1e-12, abs=0)


def test_letters_become_cheaper_with_reading(figures):
    p = cross_entropy.letter_shares("apache2")
    figure, costs = figures["letters"], {}
    assert len(figure.positions) == 41
    for at in figure.positions:
        read = at.values["read"]
        said = numbers(at.sentence)
        costs[read] = said[1]
        q = cross_entropy.letter_shares("gpl3", read)
        assert said == pytest.approx([read, cross(p, q), entropy(p, base=2)], abs=5.1e-4)
        x, height = at.curve("", "lengths").T
        assert at.curve("", "ideal")[:, 1].max() == pytest.approx(-np.log2(p.min()), abs=0.05)
        e = p.max()  # of all letters e is the widest block, and the first
        assert np.min(np.abs(height[x < e + 0.002] + np.log2(q[4]))) < 0.05
    assert min(read for read, cost in costs.items() if cost < 4.3) == 100  # the chapter's answer
    assert costs[440] < costs[780]


def test_blocks_and_bars_are_lengths_and_cross_entropy(figures):
    positions = figures["blocks"].positions
    assert len(positions) == 81
    least = {}
    for at in positions:
        a, b = at.values["truth"] / 100, at.values["belief"] / 100
        p = np.array([a, (1 - a) / 2, (1 - a) / 4, (1 - a) / 4])
        q = np.array([b, (1 - b) / 2, (1 - b) / 4, (1 - b) / 4])
        for artist, shares in (("lengths", q), ("ideal", p)):
            x, height = at.curve("blocks", artist).T
            for i, middle in enumerate(np.cumsum(p) - p / 2):
                around = height[np.abs(x - middle) < p[i] / 2 + 0.01]
                assert np.min(np.abs(around + np.log2(shares[i]))) < 0.03, (at.values, artist)
        assert at.curve("blocks", "handle:truth+belief")[0] == pytest.approx([a, -np.log2(b)], abs=0.03)
        assert at.curve("bits", "total")[:, 0].max() == pytest.approx(cross(p, q), abs=0.015)
        said = numbers(at.sentence)
        wanted = [100 * a, 100 * b, entropy(p, base=2), cross(p, q), entropy(p, q, base=2)]
        assert said == pytest.approx(wanted, abs=5.1e-4)
        least.setdefault(said[0], {})[said[1]] = said[3]
    assert all(min(costs, key=costs.get) == truth for truth, costs in least.items())  # the answer


@pytest.mark.parametrize("shares", [(4, 2, 1, 1), (9, 1), (5, 4, 3, 2, 1), (1, 1, 1, 1, 1, 1)])
def test_huffman_lengths_are_as_short_as_any(shares):
    lengths = cross_entropy.huffman_lengths(np.array(shares))
    assert (0.5**lengths).sum() == 1
    tried = product(range(1, 6), repeat=len(shares))
    best = min(np.dot(shares, t) for t in tried if sum(0.5**n for n in t) <= 1)
    assert np.dot(shares, lengths) == best


def test_blocks_of_symbols_are_coded_within_the_bounds(figures):
    figure = figures["coded_blocks"]
    assert len(figure.positions) == 24
    for at in figure.positions:
        share = at.values["share"] / 100
        floor = entropy([share, 1 - share], base=2)
        n, bits = at.curve("", "bits").T
        assert n == pytest.approx(np.arange(1, 9), abs=0.05)
        assert ((floor - 0.01 <= bits) & (bits < floor + 1 / n + 0.01)).all()
        bound = at.curve("", "bound")[:, 1]
        assert bound == pytest.approx(floor + 1 / np.arange(1, 9), abs=0.01)
        pair = [share**2, share * (1 - share), share * (1 - share), (1 - share) ** 2]
        # By hand: the best code for pairs has the lengths 1, 2, 3, 3 or 2, 2, 2, 2.
        pairs = min(2.0, np.dot(pair, [1, 2, 3, 3])) / 2
        assert numbers(at.sentence)[:4] == pytest.approx([100 * share, floor, 1, pairs], abs=5.1e-4)
        assert bits[1] == pytest.approx(pairs, abs=0.01)


#: By hand, for the target 1 at the logit a.
FORMULAS = {
    "cross-loss": lambda a: np.log1p(np.exp(-a)),
    "cross-gradient": lambda a: -1 / (1 + np.exp(a)),
    "squared-loss": lambda a: 1 / (1 + np.exp(a)) ** 2,
    "squared-gradient": lambda a: -2 * np.exp(a) / (1 + np.exp(a)) ** 3,
}


def test_losses_and_gradients_against_the_logit(figures):
    figure = figures["logit"]
    for artist, formula in FORMULAS.items():
        panel = artist.partition("-")[2]
        near = 0.03 if panel == "loss" else 0.008
        figure.check(panel, artist, lambda a, logit, formula=formula: formula(a), near=near)
        figure.check(panel, f"{artist}-here", lambda a, logit, formula=formula: formula(logit), near=near)
    assert len(figure.positions) == 33
    assert len(figure.payload["handles"]) == 2  # the line can be taken hold of in both panels
    for at in figure.positions:
        logit = at.values["logit"]
        assert at.curve("loss", "cross-loss-here")[0, 0] == pytest.approx(logit, abs=0.03)
        order = ("cross-gradient", "squared-gradient", "cross-loss", "squared-loss")
        right = [logit, 1 / (1 + np.exp(-logit)), *(FORMULAS[name](logit) for name in order)]
        said = numbers(at.sentence)
        assert said == pytest.approx(right, rel=6e-4, abs=0)
        assert said[3] / said[2] <= 0.5001  # the chapter's answer


#: Slopes of the scores in the forecast, by hand.
SLOPES = {
    "log": lambda q: -1 / q,
    "brier": lambda q: -4 * (1 - q),
    "focal": lambda q: 2 * (1 - q) * np.log(q) - (1 - q) ** 2 / q,
}


def test_scores_are_least_where_their_slopes_say(figures):
    figure = figures["scores"]
    assert len(figure.positions) == 24
    for at in figure.positions:
        p = at.values["chance"] / 100
        best = []
        for key, f in SLOPES.items():
            best.append(100 * brentq(lambda q, f=f, p=p: p * f(q) - (1 - p) * f(1 - q), 1e-4, 1 - 1e-4))
            x, y = at.curve("", f"{key}-least")[0]
            assert x == pytest.approx(best[-1], abs=0.15)
            curve = at.curve("", key)
            assert y <= curve[:, 1].min() + 0.01
        assert numbers(at.sentence) == pytest.approx([100 * p, *best], abs=0.51)
        assert abs(best[2] - 50) < abs(100 * p - 50) or p == 0.5
        x, error = at.curve("", "error").T
        right = np.where(x > 50, 1 - p, p)
        assert error[np.abs(x - 50) > 1] == pytest.approx(right[np.abs(x - 50) > 1], abs=0.01)


def test_the_card_shows_halvings(figures):
    x, y = figures["card"].positions[0].curve("", "surprise").T
    assert y[y < 4.1] == pytest.approx(-np.log2(x[y < 4.1]), abs=0.06)


def test_the_network_memorizes_as_the_chapter_says(figures):
    figure = figures["memorizing"]
    said = {at.values["step"]: numbers(at.sentence)[1:] for at in figure.positions}
    assert len(said) == 31
    assert min(said, key=lambda step: said[step][1]) == 15
    assert said[15][0] > said[15][2] == 1.18 > said[25][0]
    assert said[150][0] < 0.2
    assert said[150][1] > 3


def test_figures_of_results_draw_what_they_are_given():
    curves = {"cross-entropy": np.array([[80.0, 90.0], [90.0, 94.0]])}
    losses = {"step": 1, "training": [2, 0.5], "held_out": [3, 4], "floor": 1}
    for name, given, gid, line in (
        ("codewords", {"information": [3.2, 7.5], "lengths": [3, 8]}, "huffman", [[3.2, 3], [7.5, 8]]),
        ("race", {"accuracy": curves, "every": 5}, "cross-entropy", [[5, 85], [10, 92]]),
        ("memorizing", losses, "training", [[0, 2], [1, 0.5]]),
        ("memorizing", losses, "held-out", [[0, 3], [1, 4]]),
    ):
        ax = Figure().add_subplot()
        getattr(cross_entropy, f"draw_cross_entropy_{name}")(ax, **given)
        (drawn,) = [drawn for drawn in ax.lines if drawn.get_gid() == f"lossbook:{gid}"]
        assert drawn.get_xydata().tolist() == line
