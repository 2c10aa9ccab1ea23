"""The stored figures of chapter 1 show what lossbook computes, at every slider position."""

import math
import re

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

from lossbook import classification, probability
from lossbook.figures import softmax
from lossbook.figures.engine import style
from tests.figures.reading import stored_figures

KINDS = ("float16", "float32", "float64")


@pytest.fixture(scope="module")
def models():
    """The logits of the chapter's two models by name, the labels and the pictures of the test digits."""
    data, part = load_digits(), {"test_size": 450, "random_state": 0}
    rest, test = train_test_split(np.arange(1797), stratify=data.target, **part)
    fit, _ = train_test_split(rest, stratify=data.target[rest], **part)
    scores = {}
    for name, strength in (("scikit-learn's default", 1.0), ("hardly any penalty", 1e4)):
        model = LogisticRegression(C=strength, solver="newton-cholesky", tol=1e-10)
        model.fit(data.data[fit] / 16, data.target[fit])
        scores[name] = model.decision_function(data.data[test] / 16)
    return scores, data.target[test], data.images[test]


@pytest.fixture(scope="module")
def figures(models):
    scores, labels, images = models
    digit = {"image": images[181], "logits": scores["scikit-learn's default"][181]}
    bound = {"digit_scores": digit, "softmax_reliability": {"scores": scores, "labels": labels}}
    return stored_figures(softmax, "01_softmax.ipynb", **bound)


def test_both_ends_of_each_slider_are_drawn_and_say_what_is_stored(figures):
    for figure in figures.values():
        figure.check_ends()


def test_bars_of_the_digit_are_its_logits_and_their_softmax(models, figures):
    (at,) = figures["digit_scores"].positions
    logits = models[0]["scikit-learn's default"][181]
    drawn = [max(at.curve("logits", f"logits-{k}")[:, 1], key=abs) for k in range(10)]
    assert drawn == pytest.approx(logits, abs=0.02)
    tops = [at.top("probabilities", f"probabilities-{k}") for k in range(10)]
    assert tops == pytest.approx(np.exp(logits) / np.exp(logits).sum(), abs=0.002)


def test_the_soft_maximum_and_its_slope_are_lossbooks(figures):
    figure = figures["softmax_maximum"]
    figure.check(
        "value", "soft", lambda x, temperature: temperature * np.logaddexp(x / temperature, 0), near=0.015
    )
    figure.check(
        "value", "roof", lambda x, temperature: np.maximum(x, 0) + temperature * math.log(2), near=0.015
    )
    figure.check("slope", "slope", lambda x, temperature: probability.sigmoid(x / temperature), near=0.003)
    for at in figure.positions:
        assert f"{at.values['temperature'] * math.log(2):.3f} units of the logits above them" in at.sentence


def test_the_point_in_the_simplex_is_softmax(figures):
    assert len(figures["softmax_simplex"].positions) == 125
    for at in figures["softmax_simplex"].positions:
        first, second, temperature = at.values.values()
        p = np.exp(np.array([first, second, 0]) / temperature)
        p /= p.sum()
        assert [at.top("bars", f"share-{k}") for k in (1, 2, 3)] == pytest.approx(p, abs=0.004)
        # Height over the base is the third probability; the place along it the second plus half the third.
        point = np.array([p[1] + p[2] / 2, p[2] * math.sqrt(0.75)])
        assert at.curve("triangle", "point")[0] == pytest.approx(point, abs=0.004)
        assert np.linalg.norm(at.curve("triangle", "path") - point, axis=1).min() < 0.05
        shares, bits = ", ".join(f"{share:.3f}" for share in p), -(p * np.log2(p)).sum()
        assert f"probabilities {shares}; the entropy is {bits:.3f} bits" in at.sentence


def breaks_of(kind):
    """Closed forms of the breaks of (a, a − 1, a − 2): 0/0, half of the digits (roughly), zeros, NaN."""
    precision, exponent, largest = softmax.FORMATS[kind]
    vanish = (exponent - 1) * math.log(2)
    zeros = math.log(largest) - math.log(1 + math.exp(-1) + math.exp(-2))
    return vanish, 2 + vanish + precision / 2 * math.log(2), zeros, math.log(largest)


def test_bars_and_readout_are_those_of_the_two_formulas(figures):
    assert len(figures["softmax_overflow"].positions) == 45
    for at in figures["softmax_overflow"].positions:
        kind, reach = at.values.values()
        vanish, _, zeros, overflow = breaks_of(kind)
        a = math.trunc(64 * reach * overflow) / 64
        assert at.curve("bits", "here", limits_by="kind")[:, 0] == pytest.approx(a, abs=0.0007 * overflow)
        tops = [at.top("bars", f"naive-{i}") for i in range(3)]
        if vanish <= a <= zeros:
            e = np.exp(np.array([a, a - 1, a - 2])).astype(kind)
            assert tops == pytest.approx(e / e.sum(), abs=0.003)
            off = kind == "float16" and reach < -1.1  # where the description says so, and nowhere else
            assert np.allclose(tops, [0.665, 0.245, 0.090], atol=0.005) == (not off)
        else:
            value = "0.000" if zeros < a <= overflow else "NaN"
            assert f"naive gives {value}, {value}, {value}; shifted" in at.sentence
            assert tops == pytest.approx([0, 0, 0], abs=0.003)
        said = (
            r"shifted gives 0.665, 0.245, 0.090\..* from (\S+) on up.* from (\S+) on up.* from (\S+) on down"
        )
        places = [float(text.replace("−", "-")) for text in re.search(said, at.sentence).groups()]
        # Two decimals, and the steps of float16: 1/128 from 8 on and 1/64 from 16 on.
        assert places == pytest.approx([zeros, overflow, vanish], abs=0.006 + (kind == "float16") / 64)


@pytest.mark.parametrize("kind", KINDS)
def test_right_bits_end_at_a_stroke_on_the_right_and_fade_on_the_left(figures, kind):
    at = next(at for at in figures["softmax_overflow"].positions if at.values["kind"] == kind)
    precision = softmax.FORMATS[kind][0]
    vanish, half, zeros, overflow = breaks_of(kind)
    near = 0.0007 * overflow + 0.02  # a pixel or two, or two steps of float16
    # Thin lines, which can be seen, stand at the breaks; three equal logits would give zeros 0.69 earlier.
    for index, place in enumerate((vanish, half, zeros, overflow)):
        drawn = at.curve("bits", f"break-{index}", limits_by="kind")[:, 0]
        assert drawn == pytest.approx(place, abs=near + (0.3 if place == half else 0))
    lines = figures["softmax_overflow"].drawn(at.values)[0]["bits"].lines
    assert [line.get_color() for line in lines if "break" in line.get_gid()] == [style.MUTED] * 4
    a, bits = at.curve("bits", "bits", limits_by="kind").T
    full, right = bits > precision - 3.2, a > 0
    assert (a.min(), a.max()) == pytest.approx((vanish, overflow), abs=near)
    # On the right all bits are there up to the zeros, and none from there on; on the left they fade.
    assert (a[right & full].max(), a[right & ~full].min()) == pytest.approx((zeros, zeros), abs=near)
    assert bits[right & ~full] == pytest.approx(0, abs=0.01 * precision)
    assert len(np.unique(np.round(bits[~right & ~full]))) > precision / 2
    assert np.interp(half, a[~right], bits[~right]) == pytest.approx(precision / 2, abs=0.25 * precision)


def test_reliability_and_its_sentence_are_the_librarys(figures, models):
    scores, labels, _ = models
    for at in figures["softmax_reliability"].positions:
        shares = probability.softmax(scores[at.values["model"]] / at.values["temperature"])
        top, right = shares.max(axis=1), shares.argmax(axis=1) == labels
        bins = np.ceil(10 * top).astype(int)
        expected = [(top[bins == b].mean(), right[bins == b].mean()) for b in np.unique(bins)]
        assert at.curve("accuracy", "accuracy") == pytest.approx(np.array(expected), abs=0.004)
        error = classification.expected_calibration_error(shares, labels, bins=10)
        assert f"expected calibration error {error:.3f}," in at.sentence
        assert f"mean confidence {100 * top.mean():.1f} %" in at.sentence


# ---- The search for breaks ---------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", softmax.FORMATS)
def test_first_float_finds_the_very_float(kind):
    found = softmax.first_float(lambda a: a > 10, 1.0, 100.0, kind)
    assert found == 10 + 2.0 ** (4 - softmax.FORMATS[kind][0])  # 8 to 16: the step is 2^(3 − (p − 1))
    assert softmax.first_float(lambda a: a < -10, -1.0, -100.0, kind) == -found
    assert softmax.first_float(lambda a: a > 200, 1.0, 100.0, kind) is None
    with pytest.raises(ValueError, match="at the start"):
        softmax.first_float(lambda a: a > 0, 1.0, 100.0, kind)


@pytest.mark.parametrize("kind", KINDS)
def test_breaks_are_the_closed_forms_to_two_floats(kind):
    precision, exponent, largest = softmax.FORMATS[kind]
    info = np.finfo(kind)
    smallest = math.frexp(float(info.smallest_subnormal))[1] - 1
    assert (precision, exponent, largest) == (info.nmant + 1, smallest, float(info.max))
    vanish, half, _, overflow = breaks_of(kind)
    found = softmax.break_points(softmax.naive_softmax, kind)
    for name, value in {"NaN": overflow, "zeros": overflow - math.log(3), "0/0": vanish}.items():
        assert abs(found[name] - value) <= 2.0 ** (math.floor(math.log2(abs(value))) + 2 - precision)
    assert found["half"] == pytest.approx(half, abs=0.3)


def test_a_shifted_softmax_does_not_break():
    found = softmax.break_points(lambda a: softmax.naive_softmax(a - a.max(0)), "float32")
    assert found == dict.fromkeys(("half", "0/0", "zeros", "NaN"))


def test_losing_half_of_the_digits_is_a_relative_error():
    logits = np.log(np.array([[1.0], [3.0]], dtype=np.float32))
    right = np.array([[0.25], [0.75]])
    lost = [softmax.loses_half(right * (1 + 2.0**-bits), logits, "float32").tolist() for bits in (12.1, 11.9)]
    assert lost == [[False], [True]]
    assert softmax.loses_half(np.full((2, 1), np.nan), logits, "float32").all()
