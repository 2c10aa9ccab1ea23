"""Figures of chapter 10: the identity as stacked bars, where the losses part, distillation, a KL penalty."""

import numpy as np

from lossbook import divergences
from lossbook.classification import distillation_loss_grad
from lossbook.figures.engine.style import BLUE, GOLD, GREEN, INK, MUTED, PURPLE, RED, shaded
from lossbook.probability import log_softmax, logsumexp, softmax

#: The two classes of the worked example, and what is believed of them.
P = np.array([0.9, 0.1])
Q = np.array([0.6, 0.4])

#: Centered logits of a teacher, and of students that have or have not begun to learn.
TEACHER = np.array([5.0, 3.0, -1.0, -3.0, -4.0])
STUDENTS = {
    "untrained": np.zeros(5),
    "wrong class on top": np.array([0.0, 3.0, 1.0, -2.0, -2.0]),
}

#: A fixed distribution that a learned target is compared with: with one top class, and with two.
FIXED = {
    "one top class": np.array([0.5, 0.3, 0.2]),
    "two top classes": np.array([0.4, 0.4, 0.2]),
}
START = np.array([0.2, 0.3, 0.5])
RATE = 2.0

#: Five actions: how probable each was before, and what it earns.
REFERENCE = np.array([0.40, 0.30, 0.15, 0.10, 0.05])
REWARDS = np.array([0.0, 1.0, 2.0, 0.5, 3.0])

#: Differences below this are drawn at it: they are rounding.
FLOOR = 1e-12


def descend_target(q, *, loss, steps):
    """Move a target p, not the prediction q, downhill on D(p‖q) or H(p, q).

    Parameters
    ----------
    q : ndarray of shape (K,)
        The fixed prediction, positive.
    loss : str
        "kl" or "cross_entropy".
    steps : int
        How many steps of gradient descent on the logits of p, from `START`.

    Returns
    -------
    ndarray of shape (K,)
        The target p that is reached.
    """
    logits = np.log(START)
    for _ in range(steps):
        p = softmax(logits)
        cost = -np.log(q) if loss == "cross_entropy" else log_softmax(logits) - np.log(q)
        logits = logits - RATE * p * (cost - p @ cost)
    return softmax(logits)


def tilted(p, rewards, beta):
    """Distribution q that maximizes the mean reward minus β D(q‖p): proportional to p · exp(reward / β)."""
    return softmax(np.log(p) + np.asarray(rewards) / beta)


def penalized(q, p, rewards, beta):
    """Mean reward under q minus β D(q‖p)."""
    return q @ rewards - beta * divergences.kl(q, p)


def best_penalized(p, rewards, beta):
    """The most that the mean reward minus β D(q‖p) can be: β log Σ p exp(reward / β)."""
    return beta * logsumexp(np.log(p) + np.asarray(rewards) / beta)


def _stack(ax, height, parts, names, colors, limit, gids):
    """Draw one horizontal bar of stacked parts, its numbers above; an infinite part ends at the limit."""
    left = 0.0
    for shade, (part, color, gid) in enumerate(zip(parts, colors, gids, strict=True)):
        width = min(part, limit - left)
        (bar,) = ax.barh([height], [width], left=left, height=0.46, **shaded(color, shade))
        bar.set_gid(f"lossbook:{gid}")
        left += width
    # A letter and its number without "=": sums of equations would be no equation.
    written = " + ".join(f"{name} {_number(part)}" for name, part in zip(names, parts, strict=True))
    ax.text(0.01 * limit, height + 0.30, written, color=INK, va="bottom")


def _number(value):
    return "∞" if np.isinf(value) else f"{value:.4f}"


def draw_klce_example(axes):
    """The worked example: entropy and divergence add up to cross-entropy, in both directions."""
    for name, (p, q), letters in (("forward", (P, Q), "PQ"), ("backward", (Q, P), "QP")):
        ax, (a, b) = axes[name], letters
        parts = [divergences.entropy(p), divergences.kl(p, q)]
        gids = [f"{name}-entropy", f"{name}-kl"]
        _stack(ax, 1.0, parts, [f"H({a})", f"KL({a}‖{b})"], [BLUE, RED], 1.1, gids)
        whole = [divergences.cross_entropy(p, q)]
        _stack(ax, 0.0, whole, [f"H({a}, {b})"], [PURPLE], 1.1, [f"{name}-cross"])
        ax.axvline(whole[0], color=INK, linestyle=":", linewidth=1)
        ax.set(xlim=(0, 1.1), ylim=(-0.35, 1.75), yticks=[])
    axes["forward"].tick_params(labelbottom=False)
    axes["backward"].set_xlabel("nats")


def draw_klce_identity(axes, *, p, q):
    """Two distributions over two classes, and the bar H(P) + KL(P‖Q) that meets H(P, Q)."""
    one, other = np.array([p, 1 - p]), np.array([q, 1 - q])
    places = np.arange(2)
    first = axes["classes"].bar(places - 0.2, one, 0.36, label="P", **shaded(BLUE, 0))
    second = axes["classes"].bar(places + 0.2, other, 0.36, label="Q", **shaded(GOLD, 1))
    first[0].set_gid("lossbook:p")
    second[0].set_gid("lossbook:q")
    axes["classes"].set(ylim=(0, 1.3), ylabel="probability", xlim=(-0.6, 1.6), xticks=places)
    axes["classes"].set(xticklabels=["dry", "rain"], yticks=[0, 0.25, 0.5, 0.75, 1])
    axes["classes"].legend(loc="upper center", ncols=2)
    h, divergence = divergences.entropy(one), divergences.kl(one, other)
    cross, limit = divergences.cross_entropy(one, other), 2.6
    ax = axes["sum"]
    _stack(ax, 1.0, [h, divergence], ["H(P)", "KL(P‖Q)"], [BLUE, RED], limit, ["entropy", "kl"])
    _stack(ax, 0.0, [cross], ["H(P, Q)"], [PURPLE], limit, ["cross"])
    ax.set(xlim=(0, limit), ylim=(-0.35, 1.75), yticks=[], xlabel="nats")
    if np.isinf(cross):
        impossible = ["dry", "rain"][other.argmin()]
        return (
            f"H(P) = {h:.4f} nats. Q gives probability 0 to {impossible}, which P can draw, so KL(P‖Q) and "
            "H(P, Q) are both infinite."
        )
    return (
        f"H(P) is {h:.4f} nats and KL(P‖Q) {divergence:.4f}; end to end they are as long as "
        f"H(P, Q), {cross:.4f} nats."
    )


def draw_klce_target(ax, *, fixed, steps):
    """A target p that moves, by KL and by cross-entropy, while the prediction q stands still."""
    q = FIXED[fixed]
    places = np.arange(3)
    by_kl = descend_target(q, loss="kl", steps=steps)
    by_cross = descend_target(q, loss="cross_entropy", steps=steps)
    shown = (
        (-0.27, q, shaded(GOLD, 2), "q, which stands still", "fixed"),
        (0.0, by_kl, shaded(RED, 0), "p, moved by KL(p‖q)", "kl"),
        (0.27, by_cross, shaded(PURPLE, 1), "p, moved by H(p, q)", "cross"),
    )
    for shift, shares, look, label, gid in shown:
        bars = ax.bar(places + shift, shares, 0.25, label=label, **look)
        for index, bar in enumerate(bars):
            bar.set_gid(f"lossbook:{gid}-{index}")
    ax.set(ylim=(0, 1.32), ylabel="probability", xticks=places, yticks=[0, 0.25, 0.5, 0.75, 1])
    ax.set_xticklabels(["class 1", "class 2", "class 3"])
    ax.legend(loc="upper right")
    return (
        f"After {steps} steps the target moved by KL is ({_shares(by_kl)}), with KL = "
        f"{divergences.kl(by_kl, q):.4f} nats; the one moved by cross-entropy is ({_shares(by_cross)}), with "
        f"entropy {divergences.entropy(by_cross):.4f} nats."
    )


def _shares(p):
    return ", ".join(f"{share:.3f}" for share in p)


def draw_klce_distillation(axes, *, temperature, student):
    """Softened probabilities of teacher and student, and the size of the gradient with and without T²."""
    z, places = STUDENTS[student], np.arange(5)
    soft = softmax(TEACHER, temperature=temperature), softmax(z, temperature=temperature)
    looks = ((-0.2, shaded(BLUE, 0), "teacher"), (0.2, shaded(GOLD, 1), "student"))
    for (shift, look, who), shares in zip(looks, soft, strict=True):
        bars = axes["targets"].bar(places + shift, shares, 0.36, label=who, **look)
        bars[0].set_gid(f"lossbook:{who}-first")
    axes["targets"].set(ylim=(0, 1.05), ylabel="probability at T", xticks=places)
    axes["targets"].set_xticklabels([f"class {k + 1}" for k in places])
    axes["targets"].legend(loc="upper right")
    grid = np.arange(1.0, 17.0)
    scaled = np.array([_gradient_size(z, t) for t in grid])
    limit = np.linalg.norm(z - TEACHER) / 5
    ax = axes["gradient"]
    ax.plot(grid, scaled, color=BLUE, label="with T²", gid="lossbook:with")
    ax.plot(grid, scaled / grid**2, color=RED, linestyle="--", label="without T²", gid="lossbook:without")
    ax.axhline(limit, color=MUTED, linestyle=":", label="‖z − v‖ / K")
    now = _gradient_size(z, temperature)
    ax.plot([temperature] * 2, [now, now / temperature**2], "o", color=INK, linestyle="none")
    ax.set(xscale="log", yscale="log", xlim=(0.9, 17.8), ylim=(0.003, 4), xlabel="temperature T")
    ax.set(ylabel="size of the gradient", xticks=[1, 2, 4, 8, 16], xticklabels=["1", "2", "4", "8", "16"])
    ax.set(yticks=[0.01, 0.1, 1], yticklabels=["0.01", "0.1", "1"])
    ax.minorticks_off()
    ax.legend(loc="lower left")
    return (
        f"At T = {temperature} the teacher gives its top class {soft[0][0]:.3f}. The gradient's size is "
        f"{now / temperature**2:.4f} without T² and {now:.4f} with it; for large T the latter tends to "
        f"{limit:.3f}."
    )


def _gradient_size(z, temperature):
    return np.linalg.norm(distillation_loss_grad(z, TEACHER, temperature=float(temperature)))


def draw_klce_penalty(axes, *, beta):
    """The best distribution over five actions when leaving the reference costs β a nat."""
    q, places = tilted(REFERENCE, REWARDS, beta), np.arange(5)
    shown = (
        (-0.2, REFERENCE, shaded(MUTED, 1), "reference p", "reference"),
        (0.2, q, shaded(GREEN, 0), "best q", "best"),
    )
    for shift, shares, look, label, gid in shown:
        bars = axes["shares"].bar(places + shift, shares, 0.36, label=label, **look)
        for index, bar in enumerate(bars):
            bar.set_gid(f"lossbook:{gid}-{index}")
    axes["shares"].set(ylim=(0, 1.05), ylabel="probability", xticks=places, xlabel="reward of the action")
    axes["shares"].set_xticklabels([f"{reward:g}" for reward in REWARDS])
    axes["shares"].legend(loc="upper left")
    path = [tilted(REFERENCE, REWARDS, b) for b in np.geomspace(0.1, 40, 60)]
    cost = [divergences.kl(each, REFERENCE) for each in path]
    ax = axes["trade"]
    ax.plot(cost, [each @ REWARDS for each in path], color=GREEN, gid="lossbook:trade")
    here = divergences.kl(q, REFERENCE), q @ REWARDS
    ax.plot([here[0]], [here[1]], "o", color=INK, gid="lossbook:here")
    ax.set(xlim=(0, 3.1), ylim=(0.6, 3.1), xlabel="KL(q‖p) (nats)", ylabel="mean reward")
    return (
        f"With β = {beta:.1f} the mean reward is {here[1]:.3f} at a divergence of {here[0]:.3f} nats; reward "
        f"minus β times divergence is {penalized(q, REFERENCE, REWARDS, beta):.3f}."
    )


def draw_klce_parting(ax, *, distances):
    """Largest difference between the parameters of two runs, by KL and by cross-entropy, step by step."""
    looks = {
        "hard labels": (BLUE, "-", 6),
        "soft labels": (GOLD, "--", 4.5),
        "target that moves by itself": (GREEN, ":", 3),
        "learned target": (RED, "-", 2.5),
    }
    for name, distance in distances.items():
        color, dash, width = looks[name]
        steps = np.arange(1, len(distance) + 1)
        shown = np.maximum(distance, FLOOR)
        gid = f"lossbook:{name.replace(' ', '-')}"
        ax.plot(steps, shown, linestyle=dash, color=color, linewidth=width, label=name, gid=gid)
    ax.set(yscale="log", ylim=(FLOOR / 5, 30), xlim=(0, len(steps) + 1), xlabel="step")
    ax.set(ylabel="largest parameter difference", yticks=[1e-12, 1e-9, 1e-6, 1e-3, 1])
    ax.minorticks_off()
    ax.legend(loc="center right")
