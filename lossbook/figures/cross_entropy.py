"""Figures of chapter 2: code lengths and their mean, pulls on a logit, codes on real texts, and training."""

from collections import Counter

import numpy as np

from lossbook import classification, data, divergences, regression
from lossbook.figures.engine.style import BLUE, GOLD, GREEN, INK, MUTED, PURPLE, RED, shaded, true_minus
from lossbook.probability import sigmoid

#: Distributions over the four symbols A, B, C, D; none has a zero.
FOUR = {
    "½ ¼ ⅛ ⅛": (0.5, 0.25, 0.125, 0.125),
    "⅛ ⅛ ¼ ½": (0.125, 0.125, 0.25, 0.5),
    "all equal": (0.25, 0.25, 0.25, 0.25),
    "one of 0.85": (0.85, 0.05, 0.05, 0.05),
}

#: How the losses of the race look in its figures.
LOOKS = {
    "cross-entropy": (BLUE, "-"),
    "squared error of the outputs": (RED, "--"),
    "squared error of the softmax": (PURPLE, "-."),
}


def letter_shares(name):
    """Return the share of each letter from a to z among the letters of a text, capitals counted as small."""
    counts = Counter(letter for letter in data.text(name).lower() if "a" <= letter <= "z")
    numbers = np.array([counts[chr(code)] for code in range(ord("a"), ord("z") + 1)], dtype=float)
    return numbers / numbers.sum()


def draw_letter_information(axes):
    """Share of each letter in two licenses, and the information in meeting it in the first, in bits."""
    gpl, apache = letter_shares("gpl3"), letter_shares("apache2")
    order = np.argsort(-gpl)
    place = np.arange(26)
    axes["share"].bar(place - 0.2, 100 * gpl[order], width=0.4, label="GPL, q", **shaded(BLUE, 0))
    axes["share"].bar(place + 0.2, 100 * apache[order], width=0.4, label="Apache, p", **shaded(GOLD, 1))
    axes["share"].set(xlim=(-0.7, 25.7), ylabel="share of letters (%)")
    axes["share"].legend(loc="upper right")
    bits = -np.log2(gpl[order])
    axes["information"].plot(place, bits, "o", color=BLUE, gid="lossbook:information")
    axes["information"].vlines(place, 0, bits, color=BLUE, linewidth=1)
    axes["information"].set(xlim=(-0.7, 25.7), ylim=(0, 13), ylabel="−log₂ q (bits)")
    for ax in axes.values():
        ax.set_xticks(place, [chr(ord("a") + i) for i in order])
        ax.grid(axis="x", visible=False)


def draw_code_lengths(axes, *, truth, model, step):
    """Blocks as wide as p and as high as −log₂ q, whose area is the cross-entropy; below, the sum in bits."""
    p, start = np.array(FOUR[truth]), np.array(FOUR[model])
    q = start + step / 100 * (p - start)
    edges = np.concatenate([[0], np.cumsum(p)])
    lengths, ideal = -np.log2(q), -np.log2(p)
    ax = axes["blocks"]
    ax.bar(edges[:-1], lengths, width=p, align="edge", color=BLUE, alpha=0.35, linewidth=0)
    ax.stairs(lengths, edges, baseline=0, color=BLUE, linewidth=2, gid="lossbook:lengths")
    ax.vlines(edges[1:-1], 0, np.minimum(lengths[1:], lengths[:-1]), color=BLUE, linewidth=1)
    ax.stairs(ideal, edges, baseline=0, color=INK, linewidth=2, linestyle="--", gid="lossbook:ideal")
    ax.plot([], [], color=BLUE, label="−log₂ q")
    ax.plot([], [], color=INK, linestyle="--", label="−log₂ p")
    middle = (edges[:-1] + edges[1:]) / 2
    for x, name in zip(middle, "ABCD", strict=True):
        ax.text(x, 0.15, name, ha="center", va="bottom")
    ax.set(xlim=(0, 1), ylim=(0, 5.6), xlabel="width: probability p", ylabel="code length (bits)")
    ax.legend(loc="upper center", ncols=2)
    entropy = divergences.entropy(p, base=2)
    total = divergences.cross_entropy(p, q, base=2)
    surplus = divergences.kl(p, q, base=2)
    bits = axes["bits"]
    bits.barh([1], [entropy], height=0.5, **shaded(MUTED, 0))
    bits.barh([1], [surplus], left=[entropy], height=0.5, **shaded(RED, 1))
    (bar,) = bits.barh([0], [total], color=BLUE, height=0.5)
    bar.set_gid("lossbook:total")
    bits.set(xlim=(0, 4.5), ylim=(-0.5, 1.5), xlabel="bits a symbol")
    bits.set_yticks([1, 0], ["H(p) + KL", "H(p, q)"])
    return (
        f"q = ({', '.join(f'{share:.3f}' for share in q)}). Entropy H(p) {entropy:.3f} bits, "
        f"cross-entropy H(p, q) {total:.3f} bits a symbol: a surplus of {surplus:.3f} bits."
    )


def draw_logit_losses(axes, *, logit):
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
        ax.plot(a, squared, color=RED, linestyle="--", label="squared error", gid=f"lossbook:squared-{name}")
        ax.plot([logit], here[name][0], "o", color=BLUE, markersize=9, gid=f"lossbook:cross-{name}-here")
        ax.plot([logit], here[name][1], "s", color=RED, markersize=8, gid=f"lossbook:squared-{name}-here")
        ax.axvline(logit, color=MUTED, linewidth=0.8)
        ax.set(xlim=(-8.4, 8.4), ylabel=name)
        ax.tick_params(labelbottom=name == "gradient")
    axes["loss"].set_ylim(-0.4, 8.6)
    axes["loss"].legend(loc="upper right")
    axes["gradient"].set(ylim=(-1.1, 0.1), xlabel="logit a of the right class")
    (cross, squared), (pull, weak) = here["loss"], here["gradient"]
    probability, cross, pull, squared, weak = (
        # Far to the right all of them are tiny, but none is 0, and the probability is not 1.
        true_minus(np.format_float_positional(number, precision=4, fractional=False, trim="-"))
        for number in (sigmoid(logit), cross[0], pull[0], squared[0], weak[0])
    )
    return (
        f"At the logit {true_minus(f'{logit:g}')} the right class gets the probability {probability}. "
        f"Cross-entropy is {cross} nats with the derivative {pull}; "
        f"the squared error is {squared} with the derivative {weak}."
    )


def draw_huffman_lengths(ax, *, information, lengths):
    """Lengths of codewords against the information −log₂ q of their symbols."""
    line = np.array([2.0, 15.5])
    ax.plot(line, line, color=MUTED, linestyle=":", label="−log₂ q")
    steps = np.arange(2, 17)
    ax.stairs(steps[1:], steps, color=GREEN, baseline=None, label="⌈−log₂ q⌉")
    dots = {"label": "Huffman's code", "gid": "lossbook:huffman"}
    ax.plot(information, lengths, "o", color=BLUE, alpha=0.7, **dots)
    ax.set(xlim=(2, 15.8), ylim=(2, 16.4), xlabel="information −log₂ q (bits)", ylabel="codeword (bits)")
    ax.legend(loc="upper left")


def draw_learning_curves(ax, *, accuracy, every):
    """Accuracy in percent after every so many epochs, for each loss: the mean over seeds, and their band."""
    for name, curves in accuracy.items():
        color, dash = LOOKS[name]
        epochs = every * np.arange(1, curves.shape[1] + 1)
        ax.fill_between(epochs, curves.min(0), curves.max(0), color=color, alpha=0.15, linewidth=0)
        gid = "lossbook:" + name.replace(" ", "-")
        ax.plot(epochs, curves.mean(0), dash, color=color, label=name, gid=gid)
    ax.set(xlim=(0, epochs[-1]), ylim=(60, 98), xlabel="epoch", ylabel="accuracy on test pictures (%)")
    ax.legend(loc="lower right")


def draw_memorizing(ax, *, training, held_out, floor):
    """Training and held-out loss step by step, with the floor that no expected loss goes below."""
    steps = np.arange(len(training))
    ax.plot(steps, held_out, color=RED, linestyle="--", label="held-out pictures", gid="lossbook:held-out")
    ax.plot(steps, training, color=BLUE, label="training pictures", gid="lossbook:training")
    ax.axhline(floor, color=MUTED, linestyle=":")
    ax.annotate(f"floor {floor:.3f}", (steps[-1], floor), (0.97 * steps[-1], floor + 0.12), ha="right")
    ax.set(xlim=(0, steps[-1]), ylim=(0, 4.5), xlabel="step", ylabel="cross-entropy (nats)")
    ax.legend(loc="upper left")
