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

NAMES = "digit-scores softmax-maximum softmax-simplex softmax-overflow softmax-reliability".split()
KINDS = ("float16", "float32", "float64")


@pytest.fixture(scope="module")
def models():
    """The logits of the chapter's two models by name, the labels and the pictures of the test digits."""
    data = load_digits()
    part = {"test_size": 450, "random_state": 0}
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
    tall = {"size": (6.4, 6.8)}
    layouts = [
        {"axes": [["digit"], ["logits"], ["probabilities"]], "size": (6.4, 8.0)} | digit,
        {"axes": [["value"], ["slope"]], "size": (6.4, 6.4)},
        {"axes": [["triangle"], ["triangle"], ["bars"]]} | tall,
        {"axes": [["bars"], ["bits"]]} | tall,
        {"axes": [["accuracy"], ["accuracy"], ["count"]], "scores": scores, "labels": labels} | tall,
    ]
    return stored_figures(softmax, "01_softmax.ipynb", dict(zip(NAMES, layouts, strict=True)))


@pytest.mark.parametrize("name", NAMES)
def test_both_ends_of_each_slider_are_drawn_and_say_what_is_stored(figures, name):
    figures[name].check_ends()


# ---- Drawn curves ------------------------------------------------------------------------------------------


def test_bars_of_the_digit_are_its_logits_and_their_softmax(models, figures):
    (at,) = figures["digit-scores"].positions
    logits = models[0]["scikit-learn's default"][181]
    shares = np.exp(logits) / np.exp(logits).sum()
    for index in range(10):
        ends = at.curve("logits", f"logits-{index}")[:, 1]
        assert max(ends, key=abs) == pytest.approx(logits[index], abs=0.02)
        assert at.top("probabilities", f"probabilities-{index}") == pytest.approx(shares[index], abs=0.002)


def test_the_soft_maximum_and_its_slope_are_lossbooks(figures):
    for at in figures["softmax-maximum"].positions:
        temperature = at["temperature"]
        x, soft = at.curve("value", "soft").T
        assert (x[0], x[-1], len(x)) == pytest.approx((-4, 4, 161), abs=0.003)
        assert soft == pytest.approx(temperature * np.logaddexp(x / temperature, 0), abs=0.015)
        roof = at.curve("value", "roof")[:, 1]
        assert roof == pytest.approx(np.maximum(x, 0) + temperature * math.log(2), abs=0.015)
        assert f"{temperature * math.log(2):.3f} units of the logits above them" in at.sentence
        slope = at.curve("slope", "slope")[:, 1]
        assert slope == pytest.approx(probability.sigmoid(x / temperature), abs=0.003)


def test_the_point_in_the_simplex_is_softmax(figures):
    assert len(figures["softmax-simplex"].positions) == 125
    for at in figures["softmax-simplex"].positions:
        weights = np.exp(np.array([at["first"], at["second"], 0]) / at["temperature"])
        shares = weights / weights.sum()
        tops = [at.top("bars", f"share-{index}") for index in (1, 2, 3)]
        assert tops == pytest.approx(shares, abs=0.004)
        # Height over the base is the third probability; the place along it the second plus half the third.
        path = at.curve("triangle", "path")
        point = np.array([shares[1] + shares[2] / 2, shares[2] * math.sqrt(0.75)])
        assert np.linalg.norm(path - point, axis=1).min() < 0.05
        assert at.curve("triangle", "point")[0] == pytest.approx(point, abs=0.004)
        assert f"the entropy is {-(shares * np.log2(shares)).sum():.3f} bits" in at.sentence
        assert ", ".join(f"{share:.3f}" for share in shares) in at.sentence


def staircase_breaks(kind):
    """Closed forms of the breaks of (a, a − 1, a − 2): 0/0, half of the digits (roughly), zeros, NaN."""
    precision, exponent, largest = softmax.FORMATS[kind]
    vanish = (exponent - 1) * math.log(2)
    zeros = math.log(largest) - math.log(1 + math.exp(-1) + math.exp(-2))
    return vanish, 2 + vanish + precision / 2 * math.log(2), zeros, math.log(largest)


def test_bars_and_readout_are_those_of_the_two_formulas(figures):
    assert len(figures["softmax-overflow"].positions) == 45
    for at in figures["softmax-overflow"].positions:
        kind, reach = at["kind"], at["reach"]
        a = math.trunc(64 * reach * math.log(softmax.FORMATS[kind][2])) / 64
        vanish, _, zeros, overflow = staircase_breaks(kind)
        tops = [at.top("bars", f"naive-{i}") for i in range(3)]
        assert at.curve("bits", "here", limits_by="kind")[:, 0] == pytest.approx(a, abs=0.0007 * overflow)
        assert "shifted gives 0.665, 0.245, 0.090." in at.sentence
        if a > zeros or a < vanish:
            value = "0.000" if vanish <= a <= overflow else "NaN"
            assert f"naive gives {value}, {value}, {value}" in at.sentence
            assert tops == pytest.approx([0, 0, 0], abs=0.003)
        else:
            e = np.exp(np.array([a, a - 1, a - 2])).astype(kind)
            assert tops == pytest.approx(e / e.sum(), abs=0.003)
            off = kind == "float16" and reach < -1.1  # where the description says so, and nowhere else
            assert np.allclose(tops, [0.665, 0.245, 0.090], atol=0.005) == (not off)
        said = re.search(
            r"0, 0, 0 from (.*) on upward, and NaN from (.*) on upward and from (.*) on down", at.sentence
        )
        places = [float(text.replace("−", "-")) for text in said.groups()]
        # Two decimals, and the steps of float16: 1/128 from 8 on and 1/64 from 16 on.
        assert places == pytest.approx([zeros, overflow, vanish], abs=0.006 + (kind == "float16") / 64)


@pytest.mark.parametrize("kind", KINDS)
def test_thin_lines_stand_where_the_drawn_softmax_breaks(figures, kind):
    at = next(at for at in figures["softmax-overflow"].positions if at["kind"] == kind)
    for index, place in enumerate(staircase_breaks(kind)):
        drawn = at.curve("bits", f"break-{index}", limits_by="kind")[:, 0]
        rough = 0.3 if index == 1 else 0.0 if kind != "float16" else 0.02
        # Three equal logits give zeros 0.69 earlier.
        assert drawn == pytest.approx(place, abs=rough + 0.0006 * math.log(softmax.FORMATS[kind][2]))
    lines = figures["softmax-overflow"].drawn(at.values)[0]["bits"].lines
    colors = [line.get_color() for line in lines if "break" in (line.get_gid() or "")]
    assert colors == [style.MUTED] * 4  # lines that can be seen


@pytest.mark.parametrize("kind", KINDS)
def test_right_bits_end_at_a_stroke_on_the_right_and_fade_on_the_left(figures, kind):
    at = next(at for at in figures["softmax-overflow"].positions if at["kind"] == kind)
    precision = softmax.FORMATS[kind][0]
    vanish, half, zeros, overflow = staircase_breaks(kind)
    a, bits = at.curve("bits", "bits", limits_by="kind").T
    near = 0.0007 * overflow + 0.02  # a pixel or two, or two steps of float16
    full = bits > precision - 3.2
    assert bits.max() == pytest.approx(precision - 3, abs=0.1)
    # On the right all bits are there up to the zeros, and none from there on to the NaN.
    right = a > 0
    assert a[right & full].max() == pytest.approx(zeros, abs=near)
    assert a[right & ~full].min() == pytest.approx(zeros, abs=near)
    assert bits[right & ~full] == pytest.approx(0, abs=0.01 * precision)
    assert a.max() == pytest.approx(overflow, abs=near)
    # On the left they are lost bit by bit, half of them near the second line, and all before the first.
    left = ~right & ~full
    assert a.min() == pytest.approx(vanish, abs=near)
    assert bits[a < vanish + 1.5] == pytest.approx(0, abs=0.01 * precision)
    assert len(np.unique(np.round(bits[left]))) > precision / 2
    assert np.interp(half, a[~right], bits[~right]) == pytest.approx(precision / 2, abs=0.25 * precision)
    assert a[left].max() < math.log(2) * (softmax.FORMATS[kind][1] + precision) + 2


def test_reliability_and_its_sentence_are_the_librarys(figures, models):
    scores, labels, _ = models
    for at in figures["softmax-reliability"].positions:
        shares = probability.softmax(scores[at["model"]] / at["temperature"])
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
    precision = softmax.FORMATS[kind][0]
    found = softmax.first_float(lambda a: a > 10, 1.0, 100.0, kind)
    assert found == 10 + 2.0 ** (4 - precision)  # 8 to 16: the step is 2^(3 − (p − 1))
    assert softmax.first_float(lambda a: a < -10, -1.0, -100.0, kind) == -found
    assert softmax.first_float(lambda a: a > 200, 1.0, 100.0, kind) is None
    with pytest.raises(ValueError, match="at the start"):
        softmax.first_float(lambda a: a > 0, 1.0, 100.0, kind)


@pytest.mark.parametrize("kind", ["float16", "float32", "float64"])
def test_breaks_have_their_closed_forms(kind):
    precision, exponent, largest = softmax.FORMATS[kind]
    found = softmax.break_points(softmax.naive_softmax, kind)
    closed = {
        "NaN": math.log(largest),
        "zeros": math.log(largest) - math.log(3),
        "0/0": (exponent - 1) * math.log(2),
    }
    for name, value in closed.items():
        step = 2.0 ** (math.floor(math.log2(abs(value))) + 1 - precision)
        assert abs(found[name] - value) <= 2 * step
        # One float nearer to 0 it has not happened yet.
        before = np.nextafter(np.array(found[name], kind), np.array(0, kind))
        shares = softmax.naive_softmax(np.full((3, 1), before))
        assert shares == pytest.approx(np.full((3, 1), 1 / 3) if name != "NaN" else 0, abs=0.2)
    assert found["half"] == pytest.approx(2 + closed["0/0"] + precision / 2 * math.log(2), abs=0.3)
    assert set(softmax.break_points(lambda a: softmax.naive_softmax(a - a.max(0)), kind).values()) == {None}


@pytest.mark.parametrize("kind", KINDS)
def test_the_staircase_gives_zeros_later_than_three_equal_logits(kind):
    found = softmax.break_points(softmax.naive_softmax, kind, logits=softmax.staircase)
    level = softmax.break_points(softmax.naive_softmax, kind)
    precision = softmax.FORMATS[kind][0]
    step = 2.0 ** (math.floor(math.log2(level["zeros"])) + 1 - precision)
    assert found["zeros"] == pytest.approx(staircase_breaks(kind)[2], abs=2 * step)
    assert {name: found[name] == level[name] for name in found} == {
        "half": True, "0/0": True, "zeros": False, "NaN": True,
    }  # fmt: skip


def test_no_float32_nearer_to_0_has_lost_half_of_its_digits():
    half = softmax.break_points(softmax.naive_softmax, "float32")["half"]
    patterns = np.arange(np.float32(86).view(np.uint32), np.float32(-half).view(np.uint32) + 1)
    logits = softmax.staircase(-patterns.astype(np.uint32).view(np.float32))
    lost = softmax.loses_half(softmax.naive_softmax(logits), logits, "float32")
    assert lost.tolist().index(True) == len(patterns) - 1


def test_formats_are_numpys():
    for kind in ("float16", "float32", "float64"):
        precision, exponent, largest = softmax.FORMATS[kind]
        info = np.finfo(kind)
        assert (precision, largest) == (info.nmant + 1, float(info.max))
        assert exponent == round(np.log2(np.longdouble(info.smallest_subnormal)))


def test_losing_half_of_the_digits_is_a_relative_error():
    logits = np.log(np.array([[1.0], [3.0]], dtype=np.float32))
    right = np.array([[0.25], [0.75]])
    assert not softmax.loses_half(right * (1 + 2.0**-12.1), logits, "float32").any()
    assert softmax.loses_half(right * (1 + 2.0**-11.9), logits, "float32").all()
    assert softmax.loses_half(np.full((2, 1), np.nan), logits, "float32").all()


def test_bins_of_the_diagram():
    logits = np.log([[0.95, 0.05], [0.85, 0.15], [0.55, 0.45], [0.42, 0.58]])
    count, confidence, accuracy = softmax.calibration_bins(logits, np.array([0, 1, 0, 0]), 1.0)
    assert count.tolist() == [0, 0, 0, 0, 0, 2, 0, 0, 1, 1]
    assert confidence[[5, 8, 9]] == pytest.approx([0.565, 0.85, 0.95])
    assert accuracy[[5, 8, 9]] == pytest.approx([0.5, 0, 1])
    assert np.isnan(accuracy[0])
