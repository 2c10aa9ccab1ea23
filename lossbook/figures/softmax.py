"""Figures of chapter 1: from logits to probabilities, where floats break, and what temperature mends.

The search for the floats at which a softmax breaks lives here too: the chapter's table and a figure use it.
"""

import functools
import math

import numpy as np

from lossbook import classification, probability
from lossbook.figures.engine.style import BLUE, GOLD, GREEN, INK, MUTED, PURPLE, RED, shaded, true_minus

#: Types of floats: bits of precision p, exponent of the smallest subnormal number, largest number.
FORMATS = {
    "float16": (11, -24, 65504.0),
    "bfloat16": (8, -133, float(2.0**128 - 2.0**120)),
    "float32": (24, -149, float(np.finfo(np.float32).max)),
    "float64": (53, -1074, float(np.finfo(np.float64).max)),
}

#: Corners of the triangle that stands for all distributions over three classes.
CORNERS = np.array([[0.0, 0.0], [1.0, 0.0], [0.5, math.sqrt(0.75)]])

CLASS_COLORS = (BLUE, GOLD, GREEN)


# ---- Where floats break ------------------------------------------------------------------------------------


def _pattern(size, kind):
    """Return the bits of a positive float, rounded to its type, as an integer: larger floats, larger bits."""
    if kind == "bfloat16":
        return int(np.float32(size).view(np.uint32)) >> 16
    return int(np.array(size, kind).view(f"u{np.dtype(kind).itemsize}"))


def _floats(patterns, kind):
    """Return the positive floats that have these bits; bfloat16 as the float32 of the same value."""
    if kind == "bfloat16":
        return (patterns.astype(np.uint32) << 16).view(np.float32)
    return patterns.astype(f"u{np.dtype(kind).itemsize}").view(kind)


def first_float(holds, start, end, kind, *, count=2001):
    """Find where something first holds, walking away from 0 over the floats of one type.

    Parameters
    ----------
    holds : callable
        Takes an array of floats, returns an array of booleans.
    start, end : float
        Where the walk begins and ends, of one sign. Nothing may hold at the start.
    kind : str
        "float16", "bfloat16" (held in float32), "float32" or "float64".
    count : int
        How many floats are tried at a time. The gap before the first at which `holds` is true is then
        searched in the same way, until no float lies between. Exact unless it holds and is over again within
        one step of the search.

    Returns
    -------
    float or None
        None if it holds at none of the floats tried.
    """
    sign = math.copysign(1.0, end)
    low, high = _pattern(abs(start), kind), _pattern(abs(end), kind)
    while True:
        steps = np.unique(np.linspace(0, high - low, min(count, high - low + 1)).astype(np.int64))
        floats = _floats(low + steps, kind)
        found = np.asarray(holds(np.copysign(floats, floats.dtype.type(sign))))
        if not found.any():
            return None
        index = int(found.argmax())
        if index == 0:
            raise ValueError(f"it holds at the start already: {sign * start}")
        if steps[index] - steps[index - 1] == 1:
            return float(np.copysign(floats[index], sign))
        low, high = low + int(steps[index - 1]), low + int(steps[index])


def staircase(a):
    """Return the logits (a, a − 1, a − 2) for each a, shape (3, n), in the type of a."""
    return a - np.arange(3, dtype=a.dtype)[:, None]


def level(a):
    """Return three equal logits a for each a, shape (3, n)."""
    return np.stack([a, a, a])


def relative_errors(computed, logits):
    """Return the relative error of each probability, NaN where what was computed is NaN.

    The logits of a column have to be so near to each other that their differences are floats.
    """
    # Not with the library, which is judged here too. The differences of near logits are exact.
    e = np.exp((logits - logits.max(axis=0)).astype(np.longdouble))
    with np.errstate(invalid="ignore"):
        return np.abs(computed * e.sum(axis=0) / e - 1)


def loses_half(computed, logits, kind):
    """Say where a relative error is above 2^(−p/2), p the bits of precision: half of the digits are gone."""
    return ~(relative_errors(computed, logits) <= 2.0 ** (-FORMATS[kind][0] / 2)).all(axis=0)


def break_points(softmax, kind, *, logits=level):
    """Return the logits at which a softmax in one type of float first goes wrong, or None where it does not.

    Parameters
    ----------
    softmax : callable
        Takes logits of shape (3, n) of the type, classes first, and returns their softmax.
    kind : str
        As in `first_float`.
    logits : callable
        What softmax is given for an array of a: `level` for (a, a, a), `staircase` for (a, a − 1, a − 2).

    Returns
    -------
    dict
        "NaN" and "zeros": the smallest positive a at which these logits give NaN or nothing but zeros. "0/0":
        the negative a nearest to 0 at which they give NaN. "half": the negative a at which (a, a − 1, a − 2),
        whatever `logits` is, first loses half of its digits.
    """
    precision, smallest, largest = FORMATS[kind]
    top, bottom = math.log(largest), math.log(2.0) * (smallest + precision - 1)
    vanish = math.log(2.0) * (smallest - 1)

    def gives_nan(a):
        return np.isnan(softmax(logits(a))).any(axis=0)

    def gives_zeros(a):
        return (softmax(logits(a)) == 0).all(axis=0)

    def halves(a):
        return loses_half(softmax(staircase(a)), staircase(a), kind)

    with np.errstate(all="ignore"):
        half = first_float(halves, bottom + 2, vanish - 2, kind, count=20_001)
        if half is not None:
            # Luck hides losses at single floats: try every float of the unit before this one, or 200 000.
            half = first_float(halves, half + 1, half, kind, count=200_001)
        return {
            "half": half,
            "0/0": first_float(gives_nan, 0.5 * bottom, 1.9 * bottom, kind),
            "zeros": first_float(gives_zeros, 0.5 * top, 1.2 * top, kind),
            "NaN": first_float(gives_nan, 0.5 * top, 1.2 * top, kind),
        }


def naive_softmax(logits):
    """Softmax as its formula says, classes first: exponentials, divided by their sum."""
    with np.errstate(all="ignore"):
        e = np.exp(logits)
        return e / e.sum(axis=0)


def _naive_and_portable(logits):
    """The same with exponentials rounded once, from a wider type: every processor draws the same curve."""
    with np.errstate(all="ignore"):
        e = np.exp(logits.astype(np.longdouble)).astype(logits.dtype)
        return e / e.sum(axis=0)


@functools.cache
def _naive_breaks(kind):
    return break_points(_naive_and_portable, kind, logits=staircase)


@functools.cache
def _kept_bits(kind):
    """Return logits a over the whole range, and how many bits of the naive softmax are right there."""
    precision, smallest, largest = FORMATS[kind]
    over_all = np.linspace(-1.75, 1.25, 61) * math.log(largest)
    # Digits fade from where exp(a − 2) ceases to have all its bits to where exp(a) is 0.
    fading = np.linspace(math.log(2.0) * (smallest + precision - 1) + 2, math.log(2.0) * (smallest - 1), 81)
    # Two floats on each side of a break: the curve must not step over what lasts for less than its grid.
    sides = [
        np.copysign(_floats(_pattern(abs(place), kind) + np.arange(-2, 3), kind), place)
        for place in _naive_breaks(kind).values()
    ]
    a = np.unique(np.concatenate([over_all.astype(kind), fading.astype(kind), *sides]).astype(kind))
    error = relative_errors(_naive_and_portable(staircase(a)), staircase(a)).max(axis=0).astype(np.float64)
    # Rounding is not drawn: three bits count as right wherever so few are wrong.
    return a.astype(np.float64), -np.log2(np.clip(error, 2.0 ** (3 - precision), 1.0))


# ---- Drawings ----------------------------------------------------------------------------------------------


def draw_digit_scores(axes, *, image, logits):
    """One picture of a digit, a model's ten logits, and the probabilities they become."""
    axes["digit"].imshow(image, cmap="gray_r", vmin=0, vmax=16)
    axes["digit"].set(xticks=[], yticks=[])
    axes["digit"].grid(False)
    classes, shares = np.arange(10), probability.softmax(logits)
    for name, values, color in (("logits", logits, GOLD), ("probabilities", shares, BLUE)):
        for index, bar in enumerate(axes[name].bar(classes, values, color=color, width=0.7)):
            bar.set_gid(f"lossbook:{name}-{index}")
        axes[name].set(xticks=classes, ylabel="logit" if name == "logits" else "probability")
    axes["logits"].axhline(0, color=MUTED, linewidth=1)
    axes["probabilities"].set_xlabel("class")


def draw_softmax_simplex(axes, *, first, second, temperature):
    """Three logits, the third 0, at a temperature: a point of the simplex, and its probabilities."""
    logits = np.array([first, second, 0.0])
    shares = probability.softmax(logits, temperature=temperature)
    bits = -np.sum(shares * np.log2(shares))
    triangle = axes["triangle"]
    triangle.plot(*np.vstack([CORNERS, CORNERS[:1]]).T, color=MUTED, linewidth=1.5)
    places = ((0.0, -0.03, "center", "top"), (1.0, -0.03, "center", "top"), (0.5, 0.9, "center", "bottom"))
    for index, (x, y, across, up) in enumerate(places):
        triangle.text(x, y, f"class {index + 1}", ha=across, va=up, color=CLASS_COLORS[index])
    route = np.geomspace(0.05, 50, 61)[:, None]
    path = probability.softmax(logits / route) @ CORNERS
    triangle.plot(*path.T, color=PURPLE, linestyle="--", linewidth=1.5, gid="lossbook:path")
    triangle.plot(*CORNERS.mean(axis=0), "+", color=MUTED, markersize=10)
    triangle.plot(*(shares @ CORNERS)[:, None], "o", color=RED, markersize=10, gid="lossbook:point")
    triangle.set(xlim=(-0.14, 1.14), ylim=(-0.12, 1.0), aspect="equal")
    triangle.axis("off")
    for index, bar in enumerate(axes["bars"].bar([1, 2, 3], shares, color=CLASS_COLORS, width=0.6)):
        bar.set_gid(f"lossbook:share-{index + 1}")
    axes["bars"].set(ylim=(0, 1.02), xticks=[1, 2, 3], xlabel="class", ylabel="probability")
    values = ", ".join(f"{share:.3f}" for share in shares)
    return true_minus(
        f"Logits {first}, {second} and 0 at T = {temperature}: probabilities {values}; "
        f"the entropy is {abs(bits):.3f} bits of at most 1.585."
    )


def draw_softmax_maximum(axes, *, temperature):
    """T·LSE(a/T) for two logits (x, 0) beside the larger of them, and its slope, softmax's first entry."""
    x = np.linspace(-4.0, 4.0, 161)
    pairs = np.stack([x, np.zeros_like(x)], axis=-1)
    soft = temperature * probability.logsumexp(pairs / temperature)
    hard = np.maximum(x, 0)
    axes["value"].plot(x, hard, color=MUTED, linewidth=2.5, label="max(x, 0)")
    roof = {"label": "max + T log 2", "gid": "lossbook:roof"}
    axes["value"].plot(x, hard + temperature * math.log(2), color=RED, linestyle=":", **roof)
    axes["value"].plot(x, soft, color=BLUE, linewidth=3, label="T · LSE", gid="lossbook:soft")
    axes["value"].set(xlim=(-4, 4), ylim=(-0.2, 6.2), ylabel="soft maximum")
    axes["value"].tick_params(labelbottom=False)
    axes["value"].legend(loc="upper left")
    slope = probability.softmax(pairs, temperature=temperature)[:, 0]
    step = np.where(x == 0, np.nan, (x > 0).astype(float))
    axes["slope"].plot(x, step, color=MUTED, linewidth=2.5)
    axes["slope"].plot(x, slope, color=BLUE, linewidth=3, gid="lossbook:slope")
    axes["slope"].set(xlim=(-4, 4), ylim=(-0.05, 1.05), xlabel="logit x (the other is 0)")
    axes["slope"].set_ylabel("its slope")
    gap = temperature * math.log(2)
    share = probability.softmax([1.0, 0.0], temperature=temperature)[0]
    return (
        f"At T = {temperature} the soft maximum of two equal logits is {gap:.3f} units of the logits above "
        f"them; for the logits 1 and 0 its slope in the first, softmax's first probability, is {share:.3f}."
    )


def draw_softmax_overflow(axes, *, kind, reach):
    """Softmax of (a, a − 1, a − 2) by the formula and shifted, a = `reach` times log(largest number)."""
    # Rounded towards 0 to 1/64, so that a − 1 and a − 2 are floats of each type and exp(a) does not overflow
    # where `reach` is 1.
    a = np.array([math.trunc(64 * reach * math.log(FORMATS[kind][2])) / 64]).astype(kind)
    logits = staircase(a)
    naive, right = naive_softmax(logits)[:, 0], probability.softmax(logits, axis=0)[:, 0]
    places = np.arange(3.0)
    drawn = np.nan_to_num(naive.astype(float))
    axes["bars"].bar(places - 0.2, right, 0.36, label="shifted", **shaded(BLUE, 0))
    naive_bars = axes["bars"].bar(places + 0.2, drawn, 0.36, label="naive", **shaded(RED, 1))
    for index, bar in enumerate(naive_bars):
        bar.set_gid(f"lossbook:naive-{index}")
        text = "NaN" if np.isnan(naive[index]) else "0" if naive[index] == 0 else ""
        axes["bars"].text(places[index] + 0.2, 0.02, text, ha="center", va="bottom", color=RED)
    axes["bars"].set(ylim=(0, 1.0), xticks=places, xticklabels=["a", "a − 1", "a − 2"])
    axes["bars"].set(ylabel="probability", xlabel="logit of the class")
    axes["bars"].legend(loc="upper right")
    sizes, bits = _kept_bits(kind)
    precision = FORMATS[kind][0]
    breaks = _naive_breaks(kind)
    for index, place in enumerate(sorted(breaks.values())):
        axes["bits"].axvline(place, color=MUTED, linewidth=1, gid=f"lossbook:break-{index}")
    axes["bits"].plot(sizes, bits, color=RED, linewidth=2.5, gid="lossbook:bits")
    axes["bits"].axvline(a[0], color=INK, linestyle="--", linewidth=1.5, gid="lossbook:here")
    axes["bits"].set(xlim=(sizes[0], sizes[-1]), ylim=(-0.03 * precision, precision))
    axes["bits"].set(xlabel=f"logit a in {kind}", ylabel="right bits, naive")
    came = ", ".join("NaN" if np.isnan(value) else f"{value:.3f}" for value in naive)
    return true_minus(
        f"{kind}, a = {float(a[0]):.2f}: naive gives {came}; shifted gives "
        f"{', '.join(f'{value:.3f}' for value in right)}. The naive formula gives 0, 0, 0 from "
        f"{breaks['zeros']:.2f} on upward, and NaN from {breaks['NaN']:.2f} on upward and from "
        f"{breaks['0/0']:.2f} on downward."
    )


def calibration_bins(logits, labels, temperature):
    """Return each bin's count, mean confidence and accuracy (NaN if empty), ten bins of equal width."""
    shares = probability.softmax(logits, temperature=temperature)
    confidence, right = shares.max(axis=1), shares.argmax(axis=1) == labels
    index = np.searchsorted(np.arange(1, 10) / 10, confidence, side="left")
    count = np.bincount(index, minlength=10)
    with np.errstate(invalid="ignore"):
        sums = (np.bincount(index, weights=weights, minlength=10) for weights in (confidence, right))
        return count, *(total / count for total in sums)


def draw_softmax_reliability(axes, *, model, temperature, scores, labels):
    """Accuracy against confidence of a model's test digits at a temperature, and the digits in each bin."""
    logits = scores[model]
    count, confidence, accuracy = calibration_bins(logits, labels, temperature)
    axes["accuracy"].plot([0, 1], [0, 1], color=MUTED, linestyle=":")
    full = count > 0
    line = {"color": BLUE, "marker": "o", "gid": "lossbook:accuracy"}
    axes["accuracy"].plot(confidence[full], accuracy[full], **line)
    axes["accuracy"].set(xlim=(0, 1.02), ylim=(0, 1.05), ylabel="share that is right")
    axes["accuracy"].tick_params(labelbottom=False)
    axes["count"].bar(np.arange(10) / 10 + 0.05, count, width=0.09, color=GOLD)
    axes["count"].set(xlim=(0, 1.02), ylim=(0, len(labels)), ylabel="digits")
    axes["count"].set_xlabel("confidence (top probability)")
    shares = probability.softmax(logits, temperature=temperature)
    error = classification.expected_calibration_error(shares, labels, bins=10)
    loss = classification.softmax_cross_entropy(logits / temperature, labels).mean()
    return (
        f"{model.capitalize()} at T = {temperature}: mean confidence "
        f"{100 * shares.max(axis=1).mean():.1f} %, "
        f"accuracy {100 * (logits.argmax(axis=1) == labels).mean():.1f} %, "
        f"expected calibration error {error:.3f}, cross-entropy {loss:.3f} nats."
    )
