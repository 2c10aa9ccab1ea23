"""The stored figures of chapter 2 show what lossbook computes, at every slider position."""

import re
from collections import Counter

import numpy as np
import pytest
from matplotlib.figure import Figure
from scipy.stats import entropy

from lossbook import data
from lossbook.figures import cross_entropy
from tests.figures.reading import stored_figures


@pytest.fixture(scope="module")
def figures():
    return stored_figures(cross_entropy, "02_cross_entropy.ipynb")


def test_both_ends_of_each_slider_are_drawn_and_say_what_is_stored(figures):
    for name in ("letter_information", "code_lengths", "logit_losses"):  # the others draw results
        figures[name].check_ends()


@pytest.mark.parametrize("name", ["gpl3", "apache2"])
def test_letter_shares_are_those_of_the_text(name):
    counts = Counter(re.sub("[^a-z]", "", data.text(name).lower()))
    wanted = [counts[letter] / counts.total() for letter in "abcdefghijklmnopqrstuvwxyz"]
    assert cross_entropy.letter_shares(name) == pytest.approx(wanted, rel=1e-12, abs=0)


def test_information_of_letters_is_minus_the_logarithm_of_their_share(figures):
    figure, shares = figures["letter_information"], cross_entropy.letter_shares("gpl3")
    order = np.argsort(-shares)
    letters = re.findall(r">([a-z])</text>", figure.payload["svg"])
    assert letters[:26] == [chr(ord("a") + i) for i in order]
    bits = -np.log2(shares[order])
    figure.check("information", "information", lambda place: bits[np.round(place).astype(int)], near=0.03)
    assert bits[[0, -1]] == pytest.approx([3.1, 11.3], abs=0.05)


def test_blocks_and_bars_are_lengths_and_cross_entropy(figures):
    positions = figures["code_lengths"].positions
    assert len(positions) == 45
    for at in positions:
        p, start = (np.array(cross_entropy.FOUR[at.values[name]]) for name in ("truth", "model"))
        q = start + at.values["step"] / 100 * (p - start)
        for artist, shares in (("lengths", q), ("ideal", p)):
            x, height = at.curve("blocks", artist).T
            for i, middle in enumerate(np.cumsum(p) - p / 2):
                around = height[np.abs(x - middle) < p[i] / 2 + 0.01]
                assert np.min(np.abs(around + np.log2(shares[i]))) < 0.02, (at.values, artist)
        h, surplus = entropy(p, base=2), entropy(p, q, base=2)
        assert at.curve("bits", "total")[:, 0].max() == pytest.approx(h + surplus, abs=0.01)
        assert f"cross-entropy H(p, q) {h + surplus:.3f} bits a symbol" in at.sentence
        assert f"Entropy H(p) {h:.3f} bits" in at.sentence
        assert f"a surplus of {surplus if at.values['step'] < 100 else 0:.3f} bits." in at.sentence


#: By hand, for the target 1 at the logit a.
FORMULAS = {
    "cross-loss": lambda a: np.log1p(np.exp(-a)),
    "cross-gradient": lambda a: -1 / (1 + np.exp(a)),
    "squared-loss": lambda a: 1 / (1 + np.exp(a)) ** 2,
    "squared-gradient": lambda a: -2 * np.exp(a) / (1 + np.exp(a)) ** 3,
}


def test_losses_and_gradients_against_the_logit(figures):
    figure = figures["logit_losses"]
    for artist, formula in FORMULAS.items():
        panel = artist.partition("-")[2]
        near = 0.02 if panel == "loss" else 0.006
        figure.check(panel, artist, lambda a, logit, formula=formula: formula(a), near=near)
        figure.check(panel, f"{artist}-here", lambda a, logit, formula=formula: formula(logit), near=near)
    assert len(figure.positions) == 33
    for at in figure.positions:
        logit = at.values["logit"]
        assert at.curve("loss", "cross-loss-here")[0, 0] == pytest.approx(logit, abs=0.02)
        said = [float(n) for n in re.findall(r"-?\d+\.?\d*(?:e-?\d+)?", at.sentence.replace("−", "-"))]
        right = [logit, 1 / (1 + np.exp(-logit)), *(formula(logit) for formula in FORMULAS.values())]
        assert said == pytest.approx(right, rel=6e-4, abs=0)


def test_figures_of_results_draw_what_they_are_given():
    curves = {"cross-entropy": np.array([[80.0, 90.0], [90.0, 94.0]])}
    losses = {"training": [2, 0.5], "held_out": [3, 4], "floor": 1}
    for name, given, gid, line in (
        ("huffman_lengths", {"information": [3.2, 7.5], "lengths": [3, 8]}, "huffman", [[3.2, 3], [7.5, 8]]),
        ("learning_curves", {"accuracy": curves, "every": 5}, "cross-entropy", [[5, 85], [10, 92]]),
        ("memorizing", losses, "training", [[0, 2], [1, 0.5]]),
        ("memorizing", losses, "held-out", [[0, 3], [1, 4]]),
    ):
        ax = Figure().add_subplot()
        getattr(cross_entropy, f"draw_{name}")(ax, **given)
        (drawn,) = [drawn for drawn in ax.lines if drawn.get_gid() == f"lossbook:{gid}"]
        assert drawn.get_xydata().tolist() == line
