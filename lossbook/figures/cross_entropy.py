"""Figures of chapter 2: surprise and its mean, codes and their lengths, pulls on a logit, and training."""

import heapq
from itertools import count

import numpy as np

from lossbook import classification, data, divergences, regression
from lossbook.figures.engine.labels import name_ends, name_row
from lossbook.figures.engine.style import BLUE, DOT, GREEN, INK, MUTED, PINK, RED, shaded, true_minus
from lossbook.figures.losses import CLASSIFICATION
from lossbook.probability import sigmoid

#: Share of rainy days in the opening figure.
RAIN = 0.3

#: How B, C and D share what A leaves over, in truth and in belief.
REST = np.array([0.5, 0.25, 0.25])

#: How the losses of the race look in its figure.
LOOKS = {
    "cross-entropy": (BLUE, "-"),
    "squared error of the softmax": (PINK, "-."),
    "squared error of the outputs": (RED, "--"),
}

LETTERS = "abcdefghijklmnopqrstuvwxyz"


def letters_of(name):
    """Return the letters a to z of a text in their order, as numbers from 0, capitals counted as small."""
    return np.array([LETTERS.index(letter) for letter in data.text(name).lower() if letter in LETTERS])


def letter_shares(name, first=None):
    """Return the share of each letter from a to z in a text.

    With `first`, only so many letters are read, and each letter has a pseudo-count of one.
    """
    counts = np.bincount(letters_of(name)[:first], minlength=26) + (first is not None)
    return counts / counts.sum()


def huffman_lengths(shares):
    """Return the lengths of a shortest prefix code's words, in bits."""
    number, lengths = count(), np.zeros(len(shares))
    heap = [(share, next(number), [i]) for i, share in enumerate(shares)]
    heapq.heapify(heap)
    while len(heap) > 1:
        (one, _, few), (other, _, more) = heapq.heappop(heap), heapq.heappop(heap)
        lengths[few + more] += 1
        heapq.heappush(heap, (one + other, next(number), few + more))
    return lengths


def _number(value, digits=4):
    """Write a number with so many significant digits, the last ones however small it is."""
    return true_minus(np.format_float_positional(value, precision=digits, fractional=False, trim="-"))


# ---- Surprise and its mean ---------------------------------------------------------------------------------


def draw_cross_entropy_forecast(ax, *, forecast):
    """Mean surprise of a daily forecast of rain, in percent, where it rains on three days of ten."""
    q = np.linspace(0.004, 0.996, 249)
    truth = np.array([RAIN, 1 - RAIN])

    def mean(q):
        return divergences.cross_entropy(truth, [q, 1 - q], base=2)

    floor = divergences.entropy(truth, base=2)
    ax.plot(100 * q, [mean(x) for x in q], color=BLUE, linewidth=3, gid="lossbook:mean")
    ax.axhline(floor, color=MUTED, linestyle="--")
    ax.axvline(forecast, color=MUTED, linewidth=1.2, gid="lossbook:handle:forecast")
    ax.plot([forecast], [mean(forecast / 100)], "o", gid="lossbook:here", **DOT)
    ax.text(1, floor - 0.12, "the floor: entropy", color=MUTED, va="top")
    ax.text(71, 2.3, "cross-entropy", color=BLUE, ha="right")
    ax.set(xlim=(0, 100), ylim=(0, 4.2), xlabel="forecast of rain (%)", ylabel="bits a day")
    return f"Forecast {forecast:.0f} %: {mean(forecast / 100):.2f} bits of surprise a day on average."


def _draw_blocks(ax, p, q):
    """Blocks as wide as p and as high as −log₂ q, and over them the outline of −log₂ p."""
    edges = np.concatenate([[0], np.cumsum(p)])
    lengths = -np.log2(q)
    ax.bar(edges[:-1], lengths, width=p, align="edge", color=BLUE, alpha=0.3, linewidth=0)
    ax.vlines(edges[1:-1], 0, np.minimum(lengths[1:], lengths[:-1]), color=BLUE, linewidth=1)
    ax.stairs(lengths, edges, baseline=0, color=BLUE, linewidth=2, label="−log₂ q", gid="lossbook:lengths")
    dashes = {"color": INK, "linewidth": 2, "linestyle": "--", "label": "−log₂ p", "gid": "lossbook:ideal"}
    ax.stairs(-np.log2(p), edges, baseline=0, **dashes)
    ax.set(xlim=(0, 1), xlabel="width: share p")
    name_row(ax)
    return edges


def draw_cross_entropy_letters(ax, *, read):
    """What each letter of the Apache License costs a reader who has met so many letters of the GPL."""
    p = letter_shares("apache2")
    order = np.argsort(-p, kind="stable")
    q = letter_shares("gpl3", read)
    edges = _draw_blocks(ax, p[order], q[order])
    for x, place in zip((edges[1:] + edges[:-1]) / 2, order, strict=True):
        if p[place] > 0.028:
            ax.text(x, 0.2, LETTERS[place], ha="center")
    ax.set(ylim=(0, 12.6), ylabel="height: surprise (bits)")
    cost = divergences.cross_entropy(p, q, base=2)
    return (
        f"After {read} letters of the GPL, a letter of the Apache License costs {cost:.3f} bits on average; "
        f"a reader who knows its shares pays {divergences.entropy(p, base=2):.3f}."
    )


def draw_cross_entropy_blocks(axes, *, truth, belief):
    """Four symbols: A has the share `truth` and gets `belief`, in percent; the others share the rest."""
    p, q = (np.concatenate([[a / 100], (1 - a / 100) * REST]) for a in (truth, belief))
    ax, bits = axes["blocks"], axes["bits"]
    edges = _draw_blocks(ax, p, q)
    for x, name in zip((edges[1:] + edges[:-1]) / 2, "ABCD", strict=True):
        ax.text(x, 0.15, name, ha="center")
    ax.plot([truth / 100], [-np.log2(belief / 100)], "o", gid="lossbook:handle:truth+belief", **DOT)
    ax.set(ylim=(0, 5.6), ylabel="height (bits)")
    entropy, surplus, total = (f(p, q) for f in (_entropy, _surplus, _cross))
    bits.barh([1], [entropy], height=0.6, **shaded(MUTED, 1))
    bits.barh([1], [surplus], left=[entropy], height=0.6, **shaded(RED, 0))
    (bar,) = bits.barh([0], [total], height=0.6, **shaded(BLUE, 2))
    bar.set_gid("lossbook:total")
    bits.set(xlim=(0, 4.5), ylim=(-0.5, 1.5), xlabel="bits a symbol")
    bits.set_yticks([1, 0], ["H(p) + KL", "H(p, q)"])
    return (
        f"A has the share {truth} % and is expected with {belief} %. Entropy {entropy:.3f} bits, "
        f"cross-entropy {total:.3f} bits a symbol: a surplus of {surplus:.3f} bits."
    )


def _entropy(p, _):
    return divergences.entropy(p, base=2)


def _surplus(p, q):
    return divergences.kl(p, q, base=2)


def _cross(p, q):
    return divergences.cross_entropy(p, q, base=2)


# ---- Codes -------------------------------------------------------------------------------------------------


def draw_cross_entropy_budget(ax):
    """The code 0, 10, 110, 111 as shares of the numbers from 0 to 1, three bits deep."""
    for depth in range(1, 4):
        for i in range(2**depth):
            word = format(i, f"0{depth}b")
            whole = word in {"0", "10", "110", "111"}
            free = not any(word.startswith(w) and word != w for w in ("0", "10"))
            look = shaded(BLUE, 1) if whole else shaded(MUTED, 2)
            ax.bar([i / 2**depth], [0.8], width=1 / 2**depth, bottom=3 - depth, align="edge", **look)
            middle, height = (i + 0.5) / 2**depth, 3.4 - depth
            if whole:
                name = "ABCD"[("0", "10", "110", "111").index(word)]
                ax.text(middle, height, f"{name}\n{word}", ha="center", va="center")
            elif free:
                ax.text(middle, height, f"{word}…", ha="center", va="center", color=MUTED)
            else:
                ax.text(middle, height, "taken", ha="center", va="center", color=MUTED, fontsize=10)
    ax.set(xlim=(0, 1), ylim=(-0.05, 2.95), xlabel="share of all long strings of bits")
    ax.set_yticks([0.4, 1.4, 2.4], ["3 bits", "2 bits", "1 bit"])
    ax.grid(visible=False)


def draw_cross_entropy_codewords(ax, *, information, lengths):
    """Lengths of code words against the information −log₂ q of their symbols."""
    line = np.array([2.0, 15.5])
    ax.plot(line, line, color=MUTED, linestyle=":", label="−log₂ q")
    steps = np.arange(2, 17)
    ax.stairs(steps[1:], steps, color=GREEN, baseline=None, linestyle="--", label="rounded up")
    dots = {"label": "Huffman's code", "gid": "lossbook:huffman"}
    ax.plot(information, lengths, "o", color=BLUE, alpha=0.7, **dots)
    ax.set(xlim=(2, 15.8), ylim=(2, 16.4), xlabel="information −log₂ q (bits)", ylabel="code word (bits)")
    name_row(ax)


def block_lengths(share, longest=8):
    """Bits a symbol of Huffman's code for blocks of 1, 2, … symbols of two kinds, the first with `share`."""
    block, bits = np.ones(1), []
    for n in range(1, longest + 1):
        block = np.outer(block, [share, 1 - share]).ravel()
        bits.append(block @ huffman_lengths(block) / n)
    return np.array(bits)


def draw_cross_entropy_coded_blocks(ax, *, share):
    """Bits a symbol of Huffman's code for ever longer blocks of two symbols, with the bounds."""
    n = np.arange(1, 9)
    floor = divergences.entropy([share / 100, 1 - share / 100], base=2)
    bits = block_lengths(share / 100)
    ax.plot(n, floor + 1 / n, "--", color=RED, gid="lossbook:bound")
    ax.plot([0.8, 8], [floor, floor], ":", color=MUTED)
    ax.plot(n, bits, "o-", color=BLUE, gid="lossbook:bits")
    names = [(floor, "entropy", MUTED), (bits[7], "Huffman", BLUE), (floor + 1 / 8, "entropy + 1/n", RED)]
    name_ends(ax, 8.15, names, gap=0.2)
    ax.set(xlim=(0.8, 10.4), ylim=(0, 2.05), xticks=n)
    ax.set(xlabel="symbols coded together, n", ylabel="bits a symbol")
    return (
        f"A share of {share} %: entropy {floor:.3f} bits a symbol, Huffman {bits[0]:.3f} one by one, "
        f"{bits[1]:.3f} in pairs, {bits[2]:.3f} in threes, {bits[3]:.3f} in fours."
    )


# ---- Losses of a logit, and scores of a forecast -----------------------------------------------------------


def draw_cross_entropy_logit(axes, *, logit):
    """Cross-entropy and squared error of the sigmoid, with their derivatives, for the target 1."""
    a = np.linspace(-8.0, 8.0, 129)
    one = np.ones_like(a)

    def curves(a, one):
        s = sigmoid(a)
        return {
            "loss": (classification.binary_cross_entropy(a, one), regression.squared_error(s, one)),
            "gradient": (
                classification.binary_cross_entropy_grad(a, one),
                regression.squared_error_grad(s, one) * s * sigmoid(-a),
            ),
        }

    here = curves(np.array([logit]), np.ones(1))
    for name, (cross, squared) in curves(a, one).items():
        ax = axes[name]
        ax.plot(a, cross, color=BLUE, label="cross-entropy (nats)", gid=f"lossbook:cross-{name}")
        ax.plot(a, squared, "--", color=RED, label="squared error", gid=f"lossbook:squared-{name}")
        ax.axvline(logit, color=MUTED, linewidth=1.2, gid="lossbook:handle:logit")
        ax.plot([logit], here[name][0], "o", gid=f"lossbook:cross-{name}-here", **DOT)
        ax.plot([logit], here[name][1], "s", gid=f"lossbook:squared-{name}-here", **DOT | {"markersize": 8})
        ax.set(xlim=(-8.4, 8.4), ylabel=name)
        ax.tick_params(labelbottom=name == "gradient")
    axes["loss"].set_ylim(-0.5, 8.6)
    name_row(axes["loss"])
    axes["gradient"].set(ylim=(-1.1, 0.1), xlabel="logit a of the right class", ylabel="slope")
    (cross, squared), (pull, weak) = here["loss"], here["gradient"]
    s, cross, pull, squared, weak = (
        # Far to the right all of them are tiny, but none is 0, and the probability is not 1.
        _number(number)
        for number in (sigmoid(logit), cross[0], pull[0], squared[0], weak[0])
    )
    return (
        f"At logit {true_minus(f'{logit:g}')} the probability is {s}. Slope of cross-entropy {pull}, "
        f"of the squared error {weak}; losses {cross} nats and {squared}."
    )


#: How each score looks: name, color, dash, and the score of a forecast q if the thing happens.
SCORES = {
    "log": (*CLASSIFICATION["softmax_cross_entropy"], lambda q: -np.log(q)),
    "brier": (*CLASSIFICATION["brier_score"], lambda q: 2 * (1 - q) ** 2),
    "error": (*CLASSIFICATION["zero_one"], lambda q: np.where(q == 0.5, np.nan, (q < 0.5) * 1.0)),
    "focal": (*CLASSIFICATION["focal_loss"], lambda q: -((1 - q) ** 2) * np.log(q)),
}


def best_forecast(score, chance):
    """The forecast of least expected score, to four digits, if the thing happens with `chance`."""
    q = np.arange(1, 10_000) / 10_000
    f = SCORES[score][3]
    return q[np.nanargmin(np.round(chance * f(q) + (1 - chance) * f(1 - q), 12))]


def draw_cross_entropy_scores(ax, *, chance):
    """Expected score of each forecast of a thing with `chance`, in percent; dots mark the least."""
    q = np.linspace(0.005, 0.995, 199)
    p = chance / 100
    for key, (name, color, dash, f) in SCORES.items():
        expected = p * f(q) + (1 - p) * f(1 - q)
        ax.plot(100 * q, expected, dash, color=color, label=name, gid=f"lossbook:{key}")
        if key != "error":
            best = best_forecast(key, p)
            least = p * f(best) + (1 - p) * f(1 - best)
            ax.plot([100 * best], [least], "o", color=color, markersize=8, gid=f"lossbook:{key}-least")
    ax.axvline(chance, color=DOT["color"], linewidth=3, gid="lossbook:handle:chance", zorder=1)
    ax.set(xlim=(0, 100), ylim=(0, 1.7), xlabel="forecast q (%)", ylabel="expected score")
    name_row(ax)
    log, brier, focal = (100 * best_forecast(key, p) for key in ("log", "brier", "focal"))
    return (
        f"Chance {chance}\u00a0%. Least: log at {log:.0f}\u00a0%, Brier at {brier:.0f}\u00a0%, "
        f"focal at {focal:.0f}\u00a0%."
    )


# ---- Results of training -----------------------------------------------------------------------------------


def draw_cross_entropy_race(ax, *, accuracy, every):
    """Accuracy in percent after every so many epochs, for each loss: the mean over seeds, and their band."""
    for name, curves in accuracy.items():
        color, dash = LOOKS[name]
        epochs = every * np.arange(1, curves.shape[1] + 1)
        ax.fill_between(epochs, curves.min(0), curves.max(0), color=color, alpha=0.12, linewidth=0)
        gid = "lossbook:" + name.replace(" ", "-")
        short = name.replace("squared error of the ", "squares, ")
        ax.plot(epochs, curves.mean(0), dash, color=color, label=short, gid=gid)
    ax.set(xlim=(epochs[0], epochs[-1]), ylim=(65, 99), xlabel="epoch", ylabel="right on test pictures (%)")
    name_row(ax)


def draw_cross_entropy_memorizing(ax, *, step, training, held_out, floor):
    """Training and held-out loss step by step, with the floor that no expected loss goes below."""
    steps = np.arange(len(training))
    ax.plot(steps[[0, -1]], [floor, floor], ":", color=MUTED)
    ax.plot(steps, training, color=BLUE, gid="lossbook:training")
    ax.plot(steps, held_out, "--", color=BLUE, gid="lossbook:held-out")
    ax.axvline(step, color=MUTED, linewidth=1.2, gid="lossbook:handle:step")
    for curve, marker in ((training, "o"), (held_out, "s")):
        ax.plot([step], [curve[step]], marker, **DOT)
    names = [(training[-1], "training", BLUE), (held_out[-1], "held out", BLUE), (floor, "floor", MUTED)]
    name_ends(ax, 1.01 * steps[-1], names, gap=0.4)
    ax.set(xlim=(0, 1.18 * steps[-1]), ylim=(0, 4.0), xlabel="step", ylabel="cross-entropy (nats)")
    ax.set_xticks(np.arange(0, steps[-1] + 1, 30))
    return (
        f"Step {step}: training loss {training[step]:.2f} nats, held-out loss {held_out[step]:.2f}; "
        f"the floor of every expected loss is {floor:.2f}."
    )


def draw_cross_entropy_card(ax):
    """The surprise −log₂ q, on which every halving of q adds one bit."""
    q = np.linspace(0.02, 1, 197)
    ax.plot(q, -np.log2(q), color=BLUE, linewidth=3, gid="lossbook:surprise")
    for k, name in enumerate(("1", "1/2", "1/4", "1/8")):
        ax.plot([0.5**k] * 2, [0, k], ":", color=MUTED)
        ax.plot([0.5**k], [k], "o", color=BLUE, markersize=7)
        ax.text(0.5**k + 0.02, k + 0.12, f"q = {name}: {k} bit{'s' * (k != 1)}")
    ax.set(xlim=(0, 1.25), ylim=(0, 4.2), xticks=[0, 0.25, 0.5, 0.75, 1], yticks=range(5))
    ax.set(xlabel="probability q of what happened", ylabel="−log₂ q (bits)")
