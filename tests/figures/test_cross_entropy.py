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

#: How the chapter shows each figure that draws by itself; the others draw what the chapter has computed.
TALL = {"size": (6.4, 6.4)}
SHOWN = {
    "letter-information": {"axes": [["share"], ["information"]]} | TALL,
    "code-lengths": {"axes": [["blocks"], ["blocks"], ["bits"]]} | TALL,
    "logit-losses": {"axes": [["loss"], ["gradient"]]} | TALL,
}


@pytest.fixture(scope="module")
def figures():
    return stored_figures(cross_entropy, "02_cross_entropy.ipynb", SHOWN)


@pytest.mark.parametrize("name", SHOWN)
def test_both_ends_of_each_slider_are_drawn_and_say_what_is_stored(figures, name):
    figures[name].check_ends()


@pytest.mark.parametrize("name", ["gpl3", "apache2"])
def test_letter_shares_are_those_of_the_text(name):
    counts = Counter(re.sub("[^a-z]", "", data.text(name).lower()))
    wanted = [counts[letter] / counts.total() for letter in "abcdefghijklmnopqrstuvwxyz"]
    assert cross_entropy.letter_shares(name) == pytest.approx(wanted, rel=1e-12, abs=0)


def test_information_of_letters_is_minus_the_logarithm_of_their_share(figures):
    letters = re.findall(r">([a-z])</text>", figures["letter-information"].payload["svg"])
    shares = cross_entropy.letter_shares("gpl3")
    order = np.argsort(-shares)
    assert letters[:26] == [chr(ord("a") + i) for i in order]
    place, bits = figures["letter-information"].positions[0].curve("information", "information").T
    assert place == pytest.approx(np.arange(26), abs=0.01)
    assert bits == pytest.approx(-np.log2(shares[order]), abs=0.02)
    assert bits[[0, -1]] == pytest.approx([3.1, 11.3], abs=0.05)


def test_blocks_and_bars_are_lengths_and_cross_entropy(figures):
    positions = figures["code-lengths"].positions
    assert len(positions) == 45
    for at in positions:
        p, start = (np.array(cross_entropy.FOUR[at[name]]) for name in ("truth", "model"))
        q = (1 - at["step"] / 100) * start + at["step"] / 100 * p
        for artist, shares in (("lengths", q), ("ideal", p)):
            x, height = at.curve("blocks", artist).T
            for i, middle in enumerate(np.cumsum(p) - p / 2):
                around = height[np.abs(x - middle) < p[i] / 2 + 0.01]
                assert np.min(np.abs(around + np.log2(shares[i]))) < 0.02, (at.values, artist)
        total = entropy(p, base=2) + entropy(p, q, base=2)
        assert at.curve("bits", "total")[:, 0].max() == pytest.approx(total, abs=0.01)
        assert f"cross-entropy H(p, q) {total:.3f} bits a symbol" in at.sentence
        assert f"Entropy H(p) {entropy(p, base=2):.3f} bits" in at.sentence
        assert f"a surplus of {entropy(p, q, base=2):.3f} bits." in at.sentence
    arrived = [at.sentence for at in positions if at["step"] == 100]
    assert len(arrived) == 9
    assert all("a surplus of 0.000 bits." in sentence for sentence in arrived)


#: By hand, for the target 1 at the logit a.
FORMULAS = {
    "cross-loss": lambda a: np.log1p(np.exp(-a)),
    "cross-gradient": lambda a: -1 / (1 + np.exp(a)),
    "squared-loss": lambda a: 1 / (1 + np.exp(a)) ** 2,
    "squared-gradient": lambda a: -2 * np.exp(a) / (1 + np.exp(a)) ** 3,
}


def test_losses_and_gradients_against_the_logit(figures):
    assert len(figures["logit-losses"].positions) == 33
    for at in figures["logit-losses"].positions:
        for artist, formula in FORMULAS.items():
            panel = artist.partition("-")[2]
            near = 0.02 if panel == "loss" else 0.006
            a, drawn = at.curve(panel, artist).T
            assert (a[0], a[-1], len(a)) == pytest.approx((-8, 8, 129), abs=0.01)
            assert drawn == pytest.approx(formula(a), rel=0, abs=near)
            here = [at["logit"], formula(at["logit"])]
            assert at.curve(panel, f"{artist}-here")[0] == pytest.approx(here, rel=0, abs=max(near, 0.015))
        said = [float(n) for n in re.findall(r"-?\d+\.?\d*(?:e-?\d+)?", at.sentence.replace("−", "-"))]
        right = [at["logit"], 1 / (1 + np.exp(-at["logit"]))]
        right += [formula(at["logit"]) for formula in FORMULAS.values()]
        assert said == pytest.approx(right, rel=6e-4, abs=0)


@pytest.mark.parametrize(
    ("draw", "given", "lines"),
    [
        (
            cross_entropy.draw_huffman_lengths,
            {"information": np.array([3.2, 7.5]), "lengths": np.array([3.0, 8.0])},
            {"huffman": [[3.2, 3.0], [7.5, 8.0]]},
        ),
        (
            cross_entropy.draw_learning_curves,
            {"accuracy": {"cross-entropy": np.array([[80.0, 90.0], [90.0, 94.0]])}, "every": 5},
            {"cross-entropy": [[5, 85], [10, 92]]},
        ),
        (
            cross_entropy.draw_memorizing,
            {"training": [2.0, 0.5], "held_out": [2.5, 3.0], "floor": 1.2},
            {"training": [[0, 2.0], [1, 0.5]], "held-out": [[0, 2.5], [1, 3.0]]},
        ),
    ],
)
def test_figures_of_results_draw_what_they_are_given(draw, given, lines):
    ax = Figure().add_subplot()
    draw(ax, **given)
    drawn = {str(line.get_gid()).removeprefix("lossbook:"): line.get_xydata().tolist() for line in ax.lines}
    assert {name: drawn[name] for name in lines} == lines
