"""The stored figures of chapter 2 show what lossbook computes, at every slider position."""

import itertools
import re
from collections import Counter

import numpy as np
import pytest
from reading import curve_reader, stored_payloads
from scipy.stats import entropy

from lossbook import data
from lossbook.figures import cross_entropy

CHAPTER = "02_cross_entropy.ipynb"
#: How the chapter shows each figure that draws by itself: layout, and one position to lay it out with.
FIGURES = {
    "letter-information": ({"axes": [["share"], ["information"]], "size": (6.4, 6.4)}, {}),
    "code-lengths": (
        {"axes": [["blocks"], ["blocks"], ["bits"]], "size": (6.4, 6.4)},
        {"truth": "½ ¼ ⅛ ⅛", "model": "⅛ ⅛ ¼ ½", "step": 0},
    ),
    "logit-losses": ({"axes": [["loss"], ["gradient"]], "size": (6.4, 6.4)}, {"logit": -6.0}),
}
#: Those that draw what the chapter has computed.
OF_RESULTS = {"huffman-lengths", "learning-curves", "memorizing"}


@pytest.fixture(scope="module")
def stored():
    return stored_payloads(CHAPTER)


@pytest.fixture(scope="module")
def curve(stored):
    """A function that reads an artist of a stored figure back into data, shape (n, 2)."""
    return curve_reader(cross_entropy, stored, FIGURES)


def texts_of(payload):
    """Name to the texts of each of a payload's parameters."""
    return {p["name"]: p["texts"] for p in payload["parameters"]}


def number(text):
    return float(text.replace("−", "-"))


def test_the_chapter_shows_every_figure_of_its_module(stored):
    names = dir(cross_entropy)
    drawn = {name.removeprefix("draw_").replace("_", "-") for name in names if name.startswith("draw_")}
    assert set(stored) == drawn == {*FIGURES, *OF_RESULTS}


@pytest.mark.parametrize("name", ["gpl3", "apache2"])
def test_letter_shares_are_those_of_the_text(name):
    counts = Counter(re.sub("[^a-z]", "", data.text(name).lower()))
    shares = cross_entropy.letter_shares(name)
    assert shares.sum() == pytest.approx(1, abs=1e-12)
    for i, letter in enumerate("abcdefghijklmnopqrstuvwxyz"):
        assert shares[i] == pytest.approx(counts[letter] / counts.total(), rel=1e-12, abs=0)


def test_information_of_letters_is_minus_the_logarithm_of_their_share(stored):
    # The order is that of the axis; the marks bear no path of their own, so the texts are read.
    letters = re.findall(r">([a-z])</text>", stored["letter-information"]["svg"])
    shares = np.sort(cross_entropy.letter_shares("gpl3"))[::-1]
    wanted = [chr(ord("a") + i) for i in np.argsort(-cross_entropy.letter_shares("gpl3"))]
    assert letters[:26] == wanted
    assert -np.log2(shares[[0, -1]]) == pytest.approx([3.1, 11.3], abs=0.05)


def test_blocks_and_bars_are_lengths_and_cross_entropy(stored, curve):
    payload = stored["code-lengths"]
    texts = texts_of(payload)
    grid = list(itertools.product(texts["truth"], texts["model"], texts["step"]))
    assert len(grid) == len(payload["readouts"]) == 45
    for position, (truth, model, step) in enumerate(grid):
        p, start = (np.array(cross_entropy.FOUR[name]) for name in (truth, model))
        q = (1 - float(step) / 100) * start + float(step) / 100 * p
        for artist, shares in (("lengths", q), ("ideal", p)):
            x, height = curve("code-lengths", "blocks", artist, position).T
            for i, middle in enumerate(np.cumsum(p) - p / 2):
                around = height[np.abs(x - middle) < p[i] / 2 + 0.01]
                assert np.min(np.abs(around + np.log2(shares[i]))) < 0.02, (truth, model, step, artist)
        bar = curve("code-lengths", "bits", "total", position)[:, 0].max()
        total = entropy(p, base=2) + entropy(p, q, base=2)
        assert bar == pytest.approx(total, abs=0.01)
        sentence = payload["readouts"][position]
        assert f"cross-entropy H(p, q) {total:.3f} bits a symbol" in sentence
        assert f"Entropy H(p) {entropy(p, base=2):.3f} bits" in sentence
        assert f"a surplus of {entropy(p, q, base=2):.3f} bits." in sentence


def test_at_the_end_of_the_way_the_surplus_is_gone(stored):
    sentences = stored["code-lengths"]["readouts"][4::5]
    assert len(sentences) == 9
    assert all("a surplus of 0.000 bits." in sentence for sentence in sentences)


def test_losses_and_gradients_against_the_logit(stored, curve):
    texts = texts_of(stored["logit-losses"])["logit"]
    assert len(texts) == 33
    for position, text in enumerate(texts):
        logit = number(text)
        for artist, formula in {
            "cross-loss": lambda a: np.log1p(np.exp(-a)),
            "squared-loss": lambda a: 1 / (1 + np.exp(a)) ** 2,
            "cross-gradient": lambda a: -1 / (1 + np.exp(a)),
            "squared-gradient": lambda a: -2 * np.exp(a) / (1 + np.exp(a)) ** 3,
        }.items():
            panel = artist.partition("-")[2]
            a, drawn = curve("logit-losses", panel, artist, position).T
            assert (a[0], a[-1], len(a)) == pytest.approx((-8, 8, 129), abs=0.01)
            assert np.max(np.abs(drawn - formula(a))) < (0.015 if panel == "loss" else 0.006)
        sentence = stored["logit-losses"]["readouts"][position].replace("−", "-")
        numbers = [float(n) for n in re.findall(r"-?\d+\.?\d*(?:e-?\d+)?", sentence)]
        assert numbers[0] == logit
        right = [1 / (1 + np.exp(-logit)), np.log1p(np.exp(-logit)), -1 / (1 + np.exp(logit))]
        right += [1 / (1 + np.exp(logit)) ** 2, -2 * np.exp(logit) / (1 + np.exp(logit)) ** 3]
        assert numbers[1:] == pytest.approx(right, rel=6e-4, abs=0)


def test_figures_of_results_draw_what_they_are_given():
    from matplotlib.figure import Figure

    def drawn(draw, gid, **given):
        ax = Figure().add_subplot()
        draw(ax, **given)
        (line,) = [line for line in ax.lines if line.get_gid() == f"lossbook:{gid}"]
        return line.get_xydata()

    information, lengths = np.array([3.2, 7.5]), np.array([3.0, 8.0])
    points = drawn(cross_entropy.draw_huffman_lengths, "huffman", information=information, lengths=lengths)
    assert points.tolist() == [[3.2, 3.0], [7.5, 8.0]]

    curves = {"cross-entropy": np.array([[80.0, 90.0], [90.0, 94.0]])}
    points = drawn(cross_entropy.draw_learning_curves, "cross-entropy", accuracy=curves, every=5)
    assert points.tolist() == [[5, 85], [10, 92]]

    losses = {"training": [2.0, 0.5], "held_out": [2.5, 3.0], "floor": 1.2}
    for gid, name in (("training", "training"), ("held-out", "held_out")):
        points = drawn(cross_entropy.draw_memorizing, gid, **losses)
        assert points.tolist() == [[0, losses[name][0]], [1, losses[name][1]]]
