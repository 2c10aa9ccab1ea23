"""The stored figures of chapter 1 show what lossbook computes, at every slider position."""

import math
import re
from collections import Counter

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

from lossbook import classification, data, probability
from lossbook.figures import softmax
from tests.figures.reading import stored_figures

DIMENSIONS = [1, 4, 16, 64, 256, 1024]


@pytest.fixture(scope="module")
def models():
    """The logits of the chapter's two models by name, the labels and the pictures of the test digits."""
    digits, part = load_digits(), {"test_size": 450, "random_state": 0}
    rest, test = train_test_split(np.arange(1797), stratify=digits.target, **part)
    fit, _ = train_test_split(rest, stratify=digits.target[rest], **part)
    scores = {}
    for name, strength in (("default", 1.0), ("hardly any penalty", 1e4)):
        model = LogisticRegression(C=strength, solver="newton-cholesky", tol=1e-8)
        model.fit(digits.data[fit] / 16, digits.target[fit])
        scores[name] = model.decision_function(digits.data[test] / 16)
    return scores, digits.target[test], digits.images[test]


def attention_weights():
    """Medians of the largest weight, plain and divided, from the chapter's own draws."""
    rng, weights = np.random.default_rng(6), [[], []]
    for d in DIMENSIONS:
        q, k = rng.normal(size=(300, d)), rng.normal(size=(300, 32, d))
        products = (k @ q[:, :, None])[..., 0]
        for way, T in zip(weights, (1, math.sqrt(d)), strict=True):
            e = np.exp((products - products.max(axis=1, keepdims=True)) / T)
            way.append(np.median(1 / e.sum(axis=1)))
    return weights


@pytest.fixture(scope="module")
def figures(models):
    scores, labels, _ = models
    bound = {
        "softmax_reliability": {"scores": scores, "labels": labels},
        "softmax_attention": {"dimensions": DIMENSIONS, "weights": attention_weights()},
    }
    return stored_figures(softmax, "01_softmax.ipynb", **bound)


def test_both_ends_of_each_slider_are_drawn_and_say_what_is_stored(figures):
    for figure in figures.values():
        figure.check_ends()


def test_the_digit_and_its_logits_are_those_of_the_default_model(models):
    scores, labels, images = models
    assert np.array_equal(images[181], softmax.DIGIT)
    assert labels[181] == 3
    assert np.abs(softmax.DIGIT_LOGITS - scores["default"][181]).max() < 0.0051


def test_raising_a_logit_takes_the_same_part_from_all_other_bars(figures):
    figure = figures["softmax_raise"]
    assert len(figure.positions) == 37
    for at in figure.positions:
        weights = np.exp(softmax.DIGIT_LOGITS)
        weights[8] *= math.exp(at.values["raised"])
        shares = weights / weights.sum()
        assert [at.top("shares", f"share-{k}") for k in range(10)] == pytest.approx(shares, abs=0.005)
        assert at.curve("shares", "handle:raised")[0] == pytest.approx([8, shares[8]], abs=0.01)
        assert f"share {shares[8]:.2f}. The 3 has 1.73 times the 1." in at.sentence
        assert len(at.sentence) <= 62


def test_languages_are_the_normalized_products_of_letter_shares(figures):
    table = data.load("letters")
    shares = np.array([column / column.sum() for column in list(table.columns.values())[1:]]) + 1e-5
    shares /= shares.sum(axis=1, keepdims=True)
    places = {letter: index for index, letter in enumerate(table["letter"])}
    product, letters = np.ones(10), list("InthebeginningGodcreatedtheheavenandtheearth")
    positions = figures["softmax_letters"].positions
    assert len(positions) == len(letters) + 1
    for at, letter in zip(positions, [None, *letters], strict=True):
        if letter:
            product = product * shares[:, places[letter.lower()]]
            product = product / product.sum()
        expected = product / product.sum()
        tops = [at.top("languages", f"language-{k}") for k in range(10)]
        assert tops == pytest.approx(expected, abs=0.005)
        assert at.sentence.count("English") == at.sentence.count(f"English {expected[0]:.3f}") == 1
    assert "German 0.603, Dutch 0.343; English 0.053" in positions[-1].sentence


def test_a_prior_multiplies():
    flat = probability.softmax(softmax.language_logits("thethe"))
    prior = np.arange(1.0, 11.0) / 55
    known = probability.softmax(softmax.language_logits("the the", prior))
    assert known == pytest.approx(flat * prior / (flat @ prior), rel=1e-9, abs=0)


def test_the_soft_maximum_and_its_slope_are_lossbooks(figures):
    figure = figures["softmax_maximum"]
    assert len(figure.positions) == 20
    figure.check(
        "value", "soft", lambda x, temperature: temperature * np.logaddexp(x / temperature, 0), near=0.015
    )
    figure.check(
        "value", "roof", lambda x, temperature: np.maximum(x, 0) + temperature * math.log(2), near=0.015
    )
    figure.check("slope", "slope", lambda x, temperature: probability.sigmoid(x / temperature), near=0.004)
    for at in figure.positions:
        gap = at.values["temperature"] * math.log(2)
        assert f"{gap:.3f} above them" in at.sentence
        assert at.curve("value", "handle:temperature")[0] == pytest.approx([0, gap], abs=0.03)


def test_the_point_in_the_simplex_is_softmax(figures):
    assert len(figures["softmax_simplex"].positions) == 81
    for at in figures["softmax_simplex"].positions:
        first, second = at.values.values()
        p = np.exp(np.array([first, second, 0.0]))
        p /= p.sum()
        assert [at.top("bars", f"share-{k}") for k in (1, 2, 3)] == pytest.approx(p, abs=0.005)
        # Height over the base is the third probability; the place along it the second plus half the third.
        point = np.array([p[1] + p[2] / 2, p[2] * math.sqrt(0.75)])
        assert at.curve("triangle", "handle:first+second")[0] == pytest.approx(point, abs=0.005)
        assert np.linalg.norm(at.curve("triangle", "path") - point, axis=1).min() < 0.05
        # The dotted line: from the first corner through the point, to where the first class has nothing.
        start, end = at.curve("triangle", "straight")[[0, -1]]
        assert start == pytest.approx([0, 0], abs=0.005)
        assert end == pytest.approx(point / (1 - p[0]), abs=0.005)
        shares = ", ".join(f"{share:.3f}" for share in p)
        assert f"probabilities {shares}; class 2 has {p[1] / p[2]:.3g} times class 3" in at.sentence


def test_words_and_cuts_are_those_of_the_counts(figures):
    words = re.findall("[a-z]+", data.text("gpl3").lower())
    after = Counter(words[i + 1] for i, word in enumerate(words[:-1]) if word == "this")
    names, counts = softmax.words_after("this")
    assert dict(zip(names, counts, strict=True)) == after
    positions = figures["softmax_decoding"].positions
    assert len(positions) == 60
    for at in positions:
        T, cut = at.values["temperature"], at.values["cut"]
        p = np.array(sorted((c ** (1 / T) for c in after.values()), reverse=True))
        p /= p.sum()
        fewest = next(n for n in range(1, 19) if round(sum(p[:n]), 9) >= 0.8)
        keep = {"none": 18, "top-k 4": 4, "top-p 0.8": fewest}[cut]
        p[keep:] = 0
        p /= p.sum()
        assert [at.top("", f"word-{k}") for k in range(18)] == pytest.approx(p, abs=0.006)
        assert f": {keep} of 18 words kept, “license” {p[0]:.3f}" in at.sentence
        assert f"words seen once have {p[5:].sum():.3f} together" in at.sentence


def test_attention_shows_the_medians_of_its_draws(figures):
    (at,) = figures["softmax_attention"].positions
    for name, weights in zip(("plain", "divided"), attention_weights(), strict=True):
        assert at.curve("", name)[:, 1] == pytest.approx(weights, abs=0.005)


def test_the_plain_formula_breaks_where_float32_ends(figures):
    top = math.log(float(np.finfo(np.float32).max))
    positions = figures["softmax_overflow"].positions
    assert len(positions) == 31
    thirds, zeros = (positions[0].curve("", name) for name in ("thirds", "zeros"))
    assert thirds[:, 1] == pytest.approx(1 / 3, abs=0.003)
    assert zeros[:, 1] == pytest.approx(0, abs=0.003)
    ends = (thirds[:, 0].max(), zeros[:, 0].min(), zeros[:, 0].max())
    assert ends == pytest.approx((top - math.log(3), top - math.log(3), top), abs=0.02)
    assert positions[0].curve("", "shifted")[:, 1] == pytest.approx(1 / 3, abs=0.003)
    for at in positions:
        a = at.values["a"]
        came = "0.333" if a < top - math.log(3) else "0.000" if a < top else "NaN"
        assert f"plain {came}, shifted 0.333" in at.sentence
        assert ("sum inf" in at.sentence) == (a > top - math.log(3))


def test_reliability_and_its_sentence_are_the_librarys(figures, models):
    scores, labels, _ = models
    assert len(figures["softmax_reliability"].positions) == 42
    for at in figures["softmax_reliability"].positions:
        shares = probability.softmax(scores[at.values["model"]] / at.values["temperature"])
        top, right = shares.max(axis=1), shares.argmax(axis=1) == labels
        bins = np.ceil(10 * top).astype(int)
        expected = [(top[bins == b].mean(), right[bins == b].mean()) for b in np.unique(bins)]
        assert at.curve("accuracy", "accuracy") == pytest.approx(np.array(expected), abs=0.005)
        for b, place in zip(np.unique(bins), expected, strict=True):
            dot = at.curve("accuracy", f"bin-{b - 1}")
            assert dot[0] == pytest.approx(place, abs=0.006)
        assert at.curve("count", "handle:temperature")[:, 0] == pytest.approx(top.mean(), abs=0.004)
        error = classification.expected_calibration_error(shares, labels, bins=10)
        assert f"ECE {error:.3f}," in at.sentence
        assert f"mean confidence {top.mean():.3f}, right {right.mean():.3f};" in at.sentence


# ---- The search for breaks ---------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["float16", "float32", "float64"])
def test_first_float_finds_the_very_float(kind):
    found = softmax.first_float(lambda a: a > 10, 1.0, 100.0, kind)
    assert found == 10 + 2.0 ** (3 - np.finfo(kind).nmant)  # between 8 and 16 floats are that far apart
    assert softmax.first_float(lambda a: a < -10, -1.0, -100.0, kind) == -found
    assert softmax.first_float(lambda a: a > 200, 1.0, 100.0, kind) is None
    with pytest.raises(ValueError, match="at the start"):
        softmax.first_float(lambda a: a > 0, 1.0, 100.0, kind)


def test_cuts_keep_the_proportions_of_what_they_keep():
    logits = np.array([3.0, 2.0, 1.5, 1.0, 0.2, -1.0])
    for cut in softmax.CUTS[1:]:
        kept = softmax.truncated(logits, 1.3, cut)
        inside = kept > 0
        assert kept.sum() == pytest.approx(1)
        assert np.log(kept[inside] / kept[0]) == pytest.approx((logits[inside] - 3) / 1.3)
