"""Figures of chapter 1: from logits to probabilities, where floats break, and what temperature mends."""

import functools
import itertools
import math
import re
from collections import Counter

import numpy as np

from lossbook import classification, data, probability
from lossbook.figures.engine.labels import name_ends, name_row
from lossbook.figures.engine.style import BLUE, DOT, GOLD, GREEN, INK, MUTED, PURPLE, RED, shaded, true_minus

#: A 3 on which a model hesitates, 8 × 8 pixels, and the ten logits that the chapter's first model gives it.
DIGIT = np.array([
    [0, 0, 11, 15, 16, 10, 0, 0], [0, 8, 16, 8, 15, 16, 0, 0], [0, 5, 6, 10, 16, 8, 0, 0],
    [0, 0, 4, 16, 11, 1, 0, 0], [0, 0, 2, 15, 9, 0, 0, 0], [0, 0, 0, 9, 16, 2, 0, 0],
    [0, 0, 0, 8, 16, 5, 0, 0], [0, 0, 13, 16, 15, 0, 0, 0],
])  # fmt: skip
DIGIT_LOGITS = np.array([-3.58, 2.22, 1.76, 2.77, -2.55, 1.36, -5.93, -0.02, 2.55, 1.42])

#: A sentence that is read letter by letter, and what a letter's share is raised by, so that none is 0.
SENTENCE = "In the beginning God created the heaven and the earth"
PSEUDO = 1e-5

#: Corners of the triangle that stands for all distributions over three classes.
CORNERS = np.array([[0.0, 0.0], [1.0, 0.0], [0.5, math.sqrt(0.75)]])

#: The ways to cut a tail off, as the figure of decoding names them.
CUTS = ("none", "top-k 4", "top-p 0.8")


# ---- What the figures compute ------------------------------------------------------------------------------


def letter_logs():
    """Names of the ten languages, and the logarithm of each letter's share in each: letter to array."""
    table = data.load("letters")
    names = list(table.columns)[1:]
    shares = np.array([table[name] / table[name].sum() for name in names]) + PSEUDO
    logs = np.log(shares / shares.sum(axis=1, keepdims=True))
    return [name.capitalize() for name in names], dict(zip(table["letter"], logs.T, strict=True))


def language_logits(text, prior=None):
    """Logits of the languages after a text: the logarithm of the prior plus those of the letters' shares."""
    names, logs = letter_logs()
    start = np.zeros(len(names)) if prior is None else np.log(prior)
    return start + sum((logs[letter] for letter in text.lower() if letter in logs), start=0 * start)


@functools.cache
def words_after(word):
    """Words that follow a word in the GNU General Public License, most frequent first, and their counts."""
    words = re.findall("[a-z]+", data.text("gpl3").lower())
    found = Counter(after for before, after in itertools.pairwise(words) if before == word)
    ranked = sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))
    return [name for name, _ in ranked], np.array([count for _, count in ranked])


def truncated(logits, temperature, cut):
    """Softmax at a temperature with its tail cut off, the largest logit first: one of `CUTS`."""
    shares = probability.softmax(logits, temperature=temperature)
    # The smallest set whose sum reaches 0.8; rounded, since sums of floats miss a round number by an ulp.
    reached = np.round(np.cumsum(shares), 9) >= 0.8
    keep = {"none": len(shares), "top-k 4": 4, "top-p 0.8": int(reached.argmax()) + 1}[cut]
    kept = np.where(np.arange(len(shares)) < keep, shares, 0)
    return kept / kept.sum()


def naive_softmax(logits):
    """Softmax as its formula says, classes first: exponentials, divided by their sum."""
    with np.errstate(all="ignore"):
        e = np.exp(logits)
        return e / e.sum(axis=0)


def first_float(holds, start, end, kind, *, count=2001):
    """Find where something first holds, walking away from 0 over the floats of one type.

    Parameters
    ----------
    holds : callable
        Takes an array of floats, returns an array of booleans.
    start, end : float
        Where the walk begins and ends, of one sign. Nothing may hold at the start.
    kind : str
        "float16", "float32" or "float64".
    count : int
        How many floats are tried at a time. The gap before the first at which `holds` is true is then
        searched in the same way, until no float lies between.

    Returns
    -------
    float or None
        None if it holds at none of the floats tried.
    """
    sign = math.copysign(1.0, end)
    unsigned = f"u{np.dtype(kind).itemsize}"
    low, high = (int(np.array(abs(place), kind).view(unsigned)) for place in (start, end))
    while True:
        steps = np.unique(np.linspace(0, high - low, min(count, high - low + 1)).astype(np.int64))
        floats = (low + steps).astype(unsigned).view(kind)
        found = np.asarray(holds(np.copysign(floats, floats.dtype.type(sign))))
        if not found.any():
            return None
        index = int(found.argmax())
        if index == 0:
            raise ValueError(f"it holds at the start already: {sign * start}")
        if steps[index] - steps[index - 1] == 1:
            return float(np.copysign(floats[index], sign))
        low, high = low + int(steps[index - 1]), low + int(steps[index])


def calibration_bins(logits, labels, temperature):
    """Return each bin's count, mean confidence and accuracy (NaN if empty), ten bins of equal width."""
    shares = probability.softmax(logits, temperature=temperature)
    confidence, right = shares.max(axis=1), shares.argmax(axis=1) == labels
    index = np.searchsorted(np.arange(1, 10) / 10, confidence, side="left")
    count = np.bincount(index, minlength=10)
    with np.errstate(invalid="ignore"):
        sums = (np.bincount(index, weights=weights, minlength=10) for weights in (confidence, right))
        return count, *(total / count for total in sums)


# ---- Drawings ----------------------------------------------------------------------------------------------


def draw_softmax_raise(axes, *, raised):
    """A hesitating 3, and the probabilities of its ten classes with something added to the logit of the 8."""
    axes["digit"].imshow(DIGIT, cmap="gray_r", vmin=0, vmax=16)
    axes["digit"].axis("off")
    logits = DIGIT_LOGITS + raised * (np.arange(10) == 8)
    shares, ax = probability.softmax(logits), axes["shares"]
    for index, bar in enumerate(ax.bar(np.arange(10), shares, width=0.7, **shaded(BLUE, 1))):
        bar.set_gid(f"lossbook:share-{index}")
    ax.plot([8], [shares[8]], "o", gid="lossbook:handle:raised", **DOT)
    ax.set(xticks=np.arange(10), ylim=(0, 1.02), xlabel="class", ylabel="probability")
    ax.grid(visible=False, axis="x")
    values = f"{true_minus(f'{logits[8]:.2f}')}, share {shares[8]:.2f}"
    return f"Logit of 8: {values}. The 3 has {shares[3] / shares[1]:.2f} times the 1."


def draw_softmax_letters(axes, *, read):
    """Probabilities of ten languages after so many letters of a sentence."""
    letters = [letter for letter in SENTENCE if letter != " "]
    shares = probability.softmax(language_logits("".join(letters[:read])))
    names, ax = letter_logs()[0], axes["languages"]
    for index, bar in enumerate(ax.bar(np.arange(10), shares, width=0.7, **shaded(BLUE, 1))):
        bar.set_gid(f"lossbook:language-{index}")
    ax.set(xticks=np.arange(10), xticklabels=[name[:3] for name in names])
    ax.set(ylim=(0, 1.02), ylabel="probability")
    ax.grid(visible=False, axis="x")
    line, place, at = axes["text"], -1, 0.0
    for symbol in SENTENCE:
        place += symbol != " "
        at += 1.0
        if symbol == " ":
            continue
        color = INK if place < read else MUTED
        line.text(at, 0.75, symbol, ha="center", va="center", color=color, fontsize=11)
        if place == read - 1:
            mark = at
    line.plot([mark if read else 0.0], [0.15], "o", gid="lossbook:handle:read", **DOT)
    line.set(xlim=(-1, len(SENTENCE) + 1), ylim=(-0.2, 1.1))
    line.axis("off")
    best = sorted(range(10), key=lambda k: (-round(float(shares[k]), 9), k))[:2]
    said = ", ".join(f"{names[k]} {shares[k]:.3f}" for k in best)
    if "English" not in said:
        said += f"; English {shares[names.index('English')]:.3f}"
    return f"After {read} letters: {said}."


def draw_softmax_simplex(axes, *, first, second):
    """Three logits, the third 0, as a point of the simplex, and its probabilities."""
    logits = np.array([first, second, 0.0])
    shares = probability.softmax(logits)
    triangle = axes["triangle"]
    triangle.plot(*np.vstack([CORNERS, CORNERS[:1]]).T, color=MUTED, linewidth=1.5)
    places = ((0.0, -0.03, "center", "top"), (1.0, -0.03, "center", "top"), (0.5, 0.9, "center", "bottom"))
    for index, (x, y, across, up) in enumerate(places):
        triangle.text(x, y, f"class {index + 1}", ha=across, va=up)
    route = np.geomspace(0.05, 50, 61)[:, None]
    path = probability.softmax(logits / route) @ CORNERS
    triangle.plot(*path.T, color=PURPLE, linestyle="--", linewidth=1.5, gid="lossbook:path")
    # With the first logit free, the point runs from the first corner to the side between the other two.
    opposite = np.array([0.0, *probability.softmax(logits[1:])]) @ CORNERS
    straight = {"color": INK, "linestyle": ":", "linewidth": 2, "gid": "lossbook:straight"}
    triangle.plot(*np.stack([CORNERS[0], opposite]).T, **straight)
    triangle.plot(*CORNERS.mean(axis=0), "+", color=MUTED, markersize=10)
    triangle.plot(*(shares @ CORNERS)[:, None], "o", gid="lossbook:handle:first+second", **DOT)
    triangle.set(xlim=(-0.14, 1.14), ylim=(-0.12, 1.0), aspect="equal")
    triangle.axis("off")
    for index in range(3):
        (bar,) = axes["bars"].bar([index + 1], shares[[index]], width=0.6, **shaded(BLUE, index))
        bar.set_gid(f"lossbook:share-{index + 1}")
    axes["bars"].set(ylim=(0, 1.02), xticks=[1, 2, 3], xlabel="class", ylabel="probability")
    values = ", ".join(f"{share:.3f}" for share in shares)
    ratio = math.exp(second)
    return true_minus(
        f"Logits {first}, {second}, 0: probabilities {values}; class 2 has {ratio:.3g} times class 3."
    )


def draw_softmax_maximum(axes, *, temperature):
    """T·LSE(a/T) for two logits (x, 0) beside the larger of them, and its slope, softmax's first entry."""
    x = np.linspace(-4.0, 4.0, 161)
    pairs = np.stack([x, np.zeros_like(x)], axis=-1)
    soft = temperature * probability.logsumexp(pairs / temperature)
    hard, gap = np.maximum(x, 0), temperature * math.log(2)
    axes["value"].plot(x, soft, color=BLUE, linewidth=3, label="T · LSE", gid="lossbook:soft")
    roof = {"label": "max + T log 2", "gid": "lossbook:roof", "linewidth": 2.5}
    axes["value"].plot(x, hard + gap, color=RED, linestyle=":", **roof)
    axes["value"].plot(x, hard, "--", color=MUTED, linewidth=2, label="max(x, 0)")
    axes["value"].plot([0], [gap], "o", gid="lossbook:handle:temperature", **DOT)
    axes["value"].set(xlim=(-4, 4), ylim=(-0.2, 6.2), ylabel="soft maximum")
    axes["value"].tick_params(labelbottom=False)
    name_row(axes["value"])
    slope = probability.softmax(pairs, temperature=temperature)[:, 0]
    step = np.where(x == 0, np.nan, (x > 0).astype(float))
    axes["slope"].plot(x, slope, color=BLUE, linewidth=3, gid="lossbook:slope")
    axes["slope"].plot(x, step, "--", color=MUTED, linewidth=2)
    axes["slope"].set(xlim=(-4, 4), ylim=(-0.05, 1.05), xlabel="logit x (the other is 0)", ylabel="slope")
    axes["slope"].set_yticks([0, 0.5, 1], ["0", "½", "1"])
    share = probability.softmax([1.0, 0.0], temperature=temperature)[0]
    return (
        f"At T = {temperature:.2f}: two equal logits have a soft maximum {gap:.3f} above them; "
        f"at x = 1 the slope is {share:.3f}."
    )


def draw_softmax_decoding(ax, *, temperature, cut):
    """Words that follow "this" in a license, at a temperature and with the tail cut off."""
    words, counts = words_after("this")
    shares = truncated(np.log(counts), temperature, cut)
    for index, bar in enumerate(ax.bar(np.arange(len(words)), shares, width=0.7, **shaded(BLUE, 1))):
        bar.set_gid(f"lossbook:word-{index}")
    ax.plot([0], [shares[0]], "o", gid="lossbook:handle:temperature", **DOT)
    ax.set(ylim=(0, 1.04), ylabel="probability", xticks=np.arange(len(words)))
    ax.set_xticklabels(words, rotation=60, ha="right", rotation_mode="anchor", fontsize=10.5)
    ax.grid(visible=False, axis="x")
    once = shares[counts == 1].sum()
    kept = int((shares > 0).sum())
    return (
        f"T = {temperature:.1f}: {kept} of {len(words)} words kept, “{words[0]}” {shares[0]:.3f}; "
        f"words seen once have {once:.3f} together."
    )


def draw_softmax_attention(ax, *, dimensions, weights):
    """Median of the largest of 32 weights against the number of entries, plain and with products over √d."""
    looks = {"plain": (RED, "--"), "divided by √d": (BLUE, "-")}
    for (name, (color, dash)), values in zip(looks.items(), weights, strict=True):
        ax.plot(dimensions, values, dash, color=color, marker="o", gid=f"lossbook:{name.split()[0]}")
    name_ends(ax, 1250, [(w[-1], n, looks[n][0]) for n, w in zip(looks, weights, strict=True)], gap=0.12)
    ax.set(xscale="log", xlim=(0.9, 9000), ylim=(0, 1.06), xticks=dimensions)
    ax.set_xticklabels([str(d) for d in dimensions])
    ax.minorticks_off()
    ax.set(xlabel="entries d of a query and of a key", ylabel="largest weight")


def draw_softmax_overflow(ax, *, a):
    """What the plain formula makes of the float32 logits (a, a, a), beside the shifted one."""
    x = np.linspace(86.5, 89.5, 301).astype(np.float32)
    naive = naive_softmax(np.stack([x, x, x]))[0].astype(float)
    top = math.log(float(np.finfo(np.float32).max))
    for place, middle, said in ((top - math.log(3), 88.38, "sum is inf"), (top, 89.12, "each is inf")):
        ax.axvline(place, color=MUTED, linewidth=1)
        ax.text(middle, 0.08, said, color=MUTED, fontsize=11, ha="center")
    ax.plot(x[naive > 0.3], naive[naive > 0.3], color=RED, linewidth=3, label="plain", gid="lossbook:thirds")
    ax.plot(x[naive < 0.3], naive[naive < 0.3], color=RED, linewidth=3, gid="lossbook:zeros")
    ax.plot(x, np.full(301, 1 / 3), "--", color=BLUE, label="shifted", gid="lossbook:shifted")
    ax.axvline(a, color=DOT["color"], linewidth=3, gid="lossbook:handle:a", zorder=1.5)
    here = np.full(3, a, dtype=np.float32)
    value = naive_softmax(here)
    if not np.isnan(value[0]):
        ax.plot([a], [value[0]], "o", **DOT)
    else:
        ax.text(a, 0.2, " NaN ", color=RED, fontsize=13, ha="left" if a < 89 else "right")
    ax.set(xlim=(86.5, 89.5), ylim=(-0.04, 0.5), xlabel="logit a of all three classes")
    ax.set(ylabel="probability")
    name_row(ax)
    with np.errstate(over="ignore"):
        e = np.exp(here)
        size, total = (f"{v:.1e}" if np.isfinite(v) else "inf" for v in (float(e[0]), float(e.sum())))
    came = "NaN" if np.isnan(value[0]) else f"{value[0]:.3f}"
    return f"At a = {a:.1f}: exponential {size}, sum {total}; plain {came}, shifted 0.333.".replace("e+", "e")


def draw_softmax_reliability(axes, *, model, temperature, scores, labels):
    """Accuracy against confidence of a model's test digits at a temperature, and the digits in each bin."""
    logits = scores[model]
    count, confidence, accuracy = calibration_bins(logits, labels, temperature)
    shares = probability.softmax(logits, temperature=temperature)
    mean, right = shares.max(axis=1).mean(), (logits.argmax(axis=1) == labels).mean()
    axes["accuracy"].plot([0, 1], [0, 1], color=MUTED, linestyle=":")
    full = count > 0
    axes["accuracy"].plot(confidence[full], accuracy[full], color=BLUE, linewidth=1, gid="lossbook:accuracy")
    for index in np.flatnonzero(full):
        dot = {"markersize": 2.5 + 12 * math.sqrt(count[index] / len(labels)), "color": BLUE}
        axes["accuracy"].plot([confidence[index]], [accuracy[index]], "o", gid=f"lossbook:bin-{index}", **dot)
    axes["accuracy"].set(xlim=(0, 1.02), ylim=(-0.08, 1.08), ylabel="share right")
    axes["accuracy"].tick_params(labelbottom=False)
    axes["count"].bar(np.arange(10) / 10 + 0.05, count, width=0.09, **shaded(GOLD, 1))
    axes["count"].axvline(mean, color=INK, linewidth=2, gid="lossbook:handle:temperature")
    axes["count"].axvline(right, color=GREEN, linestyle="--", linewidth=2.5)
    axes["count"].plot([mean], [len(labels) * 0.8], "o", **DOT)
    axes["count"].set(xlim=(0, 1.02), ylim=(0, len(labels)), ylabel="digits")
    axes["count"].set_xlabel("confidence (top probability)")
    error = classification.expected_calibration_error(shares, labels, bins=10)
    loss = classification.softmax_cross_entropy(logits / temperature, labels).mean()
    return (
        f"{model.capitalize()}, T = {temperature:.2f}: mean confidence {mean:.3f}, right {right:.3f}; "
        f"ECE {error:.3f}, cross-entropy {loss:.3f} nats."
    )


def draw_softmax_card(axes):
    """Three logits and what softmax makes of them at three temperatures."""
    logits = np.array([1.0, 2.0, 0.0])
    for name, temperature in (("cold", 0.3), ("one", 1.0), ("hot", 5.0)):
        shares = probability.softmax(logits, temperature=temperature)
        axes[name].bar([1, 2, 3], shares, width=0.6, **shaded(BLUE, 1))
        axes[name].set(ylim=(0, 1.05), xticks=[], yticks=[], title=f"T = {temperature:g}")
