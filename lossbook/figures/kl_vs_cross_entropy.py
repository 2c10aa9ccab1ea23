"""Figures of chapter 10: one curve lifted, a line and a bowl, scores, a KL penalty, distillation."""

import numpy as np

from lossbook import divergences
from lossbook.classification import distillation_loss_grad
from lossbook.figures.engine.labels import name_ends, name_row
from lossbook.figures.engine.style import BLUE, DOT, GREEN, INK, MUTED, RED, shaded, true_minus
from lossbook.figures.losses import CLASSIFICATION, DIVERGENCES
from lossbook.probability import logsumexp, softmax

#: The two classes of the worked example, and what is believed of them.
WEATHER = np.array([0.9, 0.1])
FORECAST = np.array([0.6, 0.4])

#: Centered logits of a teacher, and of students that have or have not begun to learn.
TEACHER = np.array([5.0, 3.0, -1.0, -3.0, -4.0])
STUDENTS = {
    "untrained": np.zeros(5),
    "wrong class on top": np.array([0.0, 3.0, 1.0, -2.0, -2.0]),
}

#: Forecasts of dry weather that a moving truth is compared with.
FORECASTS = {"0.6 dry": 0.6, "0.3 dry": 0.3, "0.5 dry": 0.5}

#: Five actions: how probable each was before, and what it earns.
REFERENCE = np.array([0.40, 0.10, 0.30, 0.15, 0.05])
REWARDS = np.array([0.0, 0.5, 1.0, 2.0, 3.0])

#: How the two losses look in every figure of the chapter: color, dash.
CROSS, DIVERGENCE = CLASSIFICATION["softmax_cross_entropy"][1:], DIVERGENCES["kl"][1:]


def two_classes(dry):
    """Two classes, dry and rain, from the probability of the first."""
    return np.array([dry, 1 - dry])


def tilted(p, rewards, beta):
    """Distribution q that maximizes the mean reward minus β D(q‖p): proportional to p · exp(reward / β)."""
    return softmax(np.log(p) + np.asarray(rewards) / beta)


def penalized(q, p, rewards, beta):
    """Mean reward under q minus β D(q‖p)."""
    return q @ rewards - beta * divergences.kl(q, p)


def best_penalized(p, rewards, beta):
    """The most that the mean reward minus β D(q‖p) can be: β log Σ p exp(reward / β)."""
    return beta * logsumexp(np.log(p) + np.asarray(rewards) / beta)


def score_costs(score):
    """Cost of a forecast (q, 1 − q) when it is dry and when it rains, as a function of q."""
    if score == "log score":
        return lambda q: -np.log(two_classes(q))
    if score == "Brier score":
        return lambda q: np.array([2 * (1 - q) ** 2, 2 * q**2])
    return lambda q: np.array([0.0, 1.0]) if q > 0.5 else np.array([1.0, 0.0])  # 0–1 loss


def draw_klce_shift(ax, *, q):
    """Cross-entropy and divergence from the weather P to every forecast, and their slopes at one of them."""
    grid = np.linspace(0.2, 0.99, 159)
    truth = np.tile(WEATHER, (len(grid), 1))
    looks = {"H(P, Q)": (divergences.cross_entropy, *CROSS), "KL(P‖Q)": (divergences.kl, *DIVERGENCE)}
    heights, slopes, names = [], [], []
    for name, (loss, color, dash) in looks.items():
        curve = loss(truth, two_classes(grid).T)
        ax.plot(grid, curve, dash, color=color, linewidth=3, gid=f"lossbook:{loss.__name__}")
        here, up, down = (loss(WEATHER, two_classes(x)) for x in (q, q + 1e-5, q - 1e-5))
        slope = (up - down) / 2e-5
        # A tangent as long on the page wherever it stands: 0.79 across is as wide as 4.6 up.
        reach = 0.13 / np.hypot(1, slope / 4.6)
        ends = np.array([-reach, min(reach, 1 - q)])
        tangent = {"color": INK, "linewidth": 2, "zorder": 3, "gid": f"lossbook:tangent-{loss.__name__}"}
        ax.plot(q + ends, here + slope * ends, **tangent)
        heights.append(here)
        slopes.append(slope)
        names.append((curve[-1], name, color))
    ax.axvline(q, color=MUTED, linewidth=1.2, gid="lossbook:handle:q")
    ax.plot([q, q], heights, "o", linestyle="none", gid="lossbook:dots", **DOT)
    name_ends(ax, 1.0, names, gap=0.25)
    ax.set(
        xlim=(0.2, 1.13), ylim=(-0.1, 1.55), xlabel="forecast of dry weather, Q(dry)", ylabel="loss (nats)"
    )
    ax.set_xticks([0.2, 0.4, 0.6, 0.8, 1.0])
    said = [true_minus(f"{slope:.2f}") for slope in slopes]
    return f"Q(dry) {q:.2f}: H {heights[0]:.3f}, KL {heights[1]:.3f} nats; slopes {said[0]}, {said[1]}."


def _stack(ax, height, parts, names, looks, limit, gids):
    """Draw one horizontal bar of stacked parts, its numbers above; an infinite part ends at the limit."""
    left = 0.0
    for part, (color, shade), gid in zip(parts, looks, gids, strict=True):
        width = min(part, limit - left)
        (bar,) = ax.barh([height], [width], left=left, height=0.46, **shaded(color, shade))
        bar.set_gid(f"lossbook:{gid}")
        left += width
    # A letter and its number without "=": sums of equations would be no equation.
    written = " + ".join(f"{name} {_number(part)}" for name, part in zip(names, parts, strict=True))
    ax.text(0.01 * limit, height + 0.30, written, color=INK, va="bottom")


def _number(value):
    return "∞" if np.isinf(value) else f"{value:.4f}"


def draw_klce_identity(axes, *, p, q):
    """Two distributions over two classes, and the bar H(P) + KL(P‖Q) that meets H(P, Q)."""
    one, other = two_classes(p), two_classes(q)
    places = np.arange(2)
    ax = axes["classes"]
    first = ax.bar(places - 0.2, one, 0.36, label="P, the weather", **shaded(INK, 1))
    second = ax.bar(places + 0.2, other, 0.36, label="Q, the forecast", **shaded(GREEN, 2))
    first[0].set_gid("lossbook:p")
    second[0].set_gid("lossbook:q")
    ax.plot([-0.2], [p], "o", gid="lossbook:handle:p", **DOT)
    ax.plot([0.2], [q], "o", gid="lossbook:handle:q", **DOT)
    ax.set(ylim=(0, 1.1), ylabel="probability", xlim=(-0.6, 1.6), xticks=places)
    ax.set(xticklabels=["dry", "rain"], yticks=[0, 0.5, 1])
    name_row(ax)
    h, divergence = divergences.entropy(one), divergences.kl(one, other)
    cross, limit = divergences.cross_entropy(one, other), 1.7
    ax = axes["sum"]
    looks = [(MUTED, 0), (RED, 1)]
    _stack(ax, 1.0, [h, divergence], ["H(P)", "KL(P‖Q)"], looks, limit, ["entropy", "kl"])
    _stack(ax, 0.0, [cross], ["H(P, Q)"], [(BLUE, 0)], limit, ["cross"])
    ax.set(xlim=(0, limit), ylim=(-0.35, 1.75), yticks=[], xlabel="nats")
    if np.isinf(cross):
        return "Q holds rain to be impossible, and P does not: KL(P‖Q) and H(P, Q) are infinite."
    return f"H(P) is {h:.4f} nats, KL(P‖Q) is {divergence:.4f}, and H(P, Q) is {cross:.4f}."


def draw_klce_moving(ax, *, p, fixed):
    """The same two losses over P, with the forecast Q fixed: a line and a bowl."""
    forecast = two_classes(FORECASTS[fixed])
    grid = np.linspace(0.0, 1.0, 101)
    truths, forecasts = two_classes(grid).T, np.tile(forecast, (101, 1))
    curves = (
        ("H(P, Q)", "cross", divergences.cross_entropy(truths, forecasts), *CROSS),
        ("KL(P‖Q)", "kl", divergences.kl(truths, forecasts), *DIVERGENCE),
        ("H(P)", "entropy", divergences.entropy(truths), MUTED, ":"),
    )
    now = two_classes(p)
    values = divergences.cross_entropy(now, forecast), divergences.kl(now, forecast), divergences.entropy(now)
    for name, gid, curve, color, dash in curves:
        ax.plot(grid, curve, dash, color=color, linewidth=3, label=name, gid=f"lossbook:{gid}")
    ax.axvline(p, color=MUTED, linewidth=1.2, gid="lossbook:handle:p")
    ax.plot([p, p], values[:2], "o", linestyle="none", gid="lossbook:dots", **DOT)
    ax.set(xlim=(-0.02, 1.02), ylim=(-0.06, 1.3), xlabel="target, P(dry)", ylabel="loss (nats)")
    name_row(ax)
    cross, kl, h = (value + 0.0 for value in values)
    return f"P(dry) {p:.2f}: H(P, Q) is {cross:.4f} nats, of which H(P) is {h:.4f} and KL(P‖Q) {kl:.4f}."


def draw_klce_scores(ax, *, p, score):
    """Mean cost of one forecast (0.6 dry) against the weather, a line, and the least of any, a dome."""
    grid = np.linspace(0.0, 1.0, 101)
    cost = score_costs(score)(FORECAST[0])
    line = two_classes(grid).T @ cost
    dome = np.array([_least(x, score) for x in grid])
    ax.plot(grid, line, color=BLUE, linewidth=3, label="forecast of 0.6", gid="lossbook:line")
    ax.plot(grid, dome, ":", color=MUTED, linewidth=3, label="best forecast", gid="lossbook:dome")
    here, least = two_classes(p) @ cost, _least(p, score)
    ax.plot([p, p], [least, here], color=RED, linewidth=4, label="divergence", gid="lossbook:gap")
    ax.plot([p], [here], "o", gid="lossbook:handle:p", **DOT)
    ax.set(xlim=(-0.02, 1.02), ylim=(-0.06, 1.1), xlabel="P(dry)", ylabel="mean cost")
    name_row(ax)
    said = f"{here:.3f}, the least possible {least:.3f}, gap {abs(here - least):.3f}."
    return f"{score.capitalize()} at P(dry) {p:.2f}: {said}"


def _least(p, score):
    """Least mean cost of any forecast: that of the forecast p itself."""
    truth, cost = two_classes(p), score_costs(score)
    if score == "log score":
        return divergences.entropy(truth)
    return truth @ cost(p)


def draw_klce_penalty(axes, *, beta):
    """The best distribution over five actions when leaving the reference costs β a nat, by KL and by H."""
    q, places = tilted(REFERENCE, REWARDS, beta), np.arange(5)
    lone = np.eye(5)[(REWARDS + beta * np.log(REFERENCE)).argmax()]
    shown = (
        (-0.27, REFERENCE, shaded(MUTED, 2), "reference", "reference"),
        (0.0, q, shaded(RED, 0), "best with KL", "best"),
        (0.27, lone, shaded(BLUE, 1), "best with cross-entropy", "lone"),
    )
    for shift, shares, look, label, gid in shown:
        bars = axes["shares"].bar(places + shift, shares, 0.25, label=label, **look)
        for index, bar in enumerate(bars):
            bar.set_gid(f"lossbook:{gid}-{index}")
    axes["shares"].set(
        ylim=(0, 1.05), ylabel="probability", xticks=places, xlabel="action, named by its reward"
    )
    axes["shares"].set_xticklabels([f"{reward:g}" for reward in REWARDS])
    name_row(axes["shares"])
    path = [tilted(REFERENCE, REWARDS, b) for b in np.geomspace(0.1, 40, 60)]
    cost = [divergences.kl(each, REFERENCE) for each in path]
    ax = axes["trade"]
    ax.plot(cost, [each @ REWARDS for each in path], color=RED, gid="lossbook:trade")
    here = divergences.kl(q, REFERENCE), q @ REWARDS
    ax.axvline(here[0], color=MUTED, linewidth=1.2, gid="lossbook:handle:beta")
    ax.plot([here[0]], [here[1]], "o", gid="lossbook:here", **DOT)
    ax.set(xlim=(0, 3.1), ylim=(0.6, 3.2), xlabel="KL(Q‖P) (nats)", ylabel="mean reward")
    return (
        f"With β = {beta:.1f} the mean reward is {here[1]:.3f} at a divergence of {here[0]:.3f} nats; with "
        f"cross-entropy in its place all goes to the action of reward {REWARDS[lone.argmax()]:g}."
    )


def draw_klce_distillation(axes, *, temperature, student):
    """Softened probabilities of teacher and student, and the size of the gradient with and without T²."""
    z, places = STUDENTS[student], np.arange(5)
    soft = softmax(TEACHER, temperature=temperature), softmax(z, temperature=temperature)
    looks = ((-0.2, shaded(BLUE, 0), "teacher"), (0.2, shaded(GREEN, 2), "student"))
    for (shift, look, who), shares in zip(looks, soft, strict=True):
        bars = axes["targets"].bar(places + shift, shares, 0.36, label=who, **look)
        bars[0].set_gid(f"lossbook:{who}-first")
    axes["targets"].set(ylim=(0, 1.05), ylabel="probability", xticks=places)
    axes["targets"].set_xticklabels([f"class {k + 1}" for k in places])
    name_row(axes["targets"])
    # Past T the curves stay where they are at T: nobody sees them before the line has come there.
    grid = np.minimum(np.arange(1.0, 17.0), temperature)
    scaled = np.array([_gradient_size(z, t) for t in grid])
    ax = axes["gradient"]
    ax.plot(grid, scaled, color=BLUE, label="times T²", gid="lossbook:with")
    ax.plot(grid, scaled / grid**2, color=RED, linestyle="--", label="as it is", gid="lossbook:without")
    ax.axhline(np.linalg.norm(z - TEACHER) / 5, color=MUTED, linestyle=":", label="limit")
    ax.axvline(temperature, color=MUTED, linewidth=1.2, gid="lossbook:handle:temperature")
    now = scaled[-1]
    ax.plot([temperature] * 2, [now, now / temperature**2], "o", linestyle="none", **DOT)
    ax.set(
        xscale="log", xlim=(0.9, 17.8), ylim=(-0.08, 2.0), xlabel="temperature T", ylabel="gradient's size"
    )
    ax.set(xticks=[1, 2, 4, 8, 16], xticklabels=["1", "2", "4", "8", "16"], yticks=[0, 1, 2])
    ax.minorticks_off()
    name_row(ax)
    return (
        f"At T = {temperature} the teacher gives its top class {soft[0][0]:.3f}; the gradient's size is "
        f"{now / temperature**2:.4f}, and times T² {now:.4f}."
    )


def _gradient_size(z, temperature):
    return np.linalg.norm(distillation_loss_grad(z, TEACHER, temperature=float(temperature)))


def draw_klce_collapse(ax, *, steps, answers):
    """Mean answer of a target that learns, after some steps, trained by each loss.

    `answers` holds for "KL" and "cross-entropy" an array (n, 10): the means after 0, 15, … steps.
    """
    places = np.arange(10)
    looks = ((-0.2, "KL", shaded(RED, 2)), (0.2, "cross-entropy", shaded(BLUE, 0)))
    now = {name: answers[name][steps // 15] for name in ("KL", "cross-entropy")}
    for shift, name, look in looks:
        bars = ax.bar(places + shift, now[name], 0.38, label=f"by {name}", **look)
        for index, bar in enumerate(bars):
            bar.set_gid(f"lossbook:{name}-{index}")
    ax.set(ylim=(0, 1.05), xticks=places, xlabel="digit", ylabel="mean probability")
    name_row(ax)
    tops = [shares.max() for shares in now.values()]
    return f"Step {steps}: the most favored digit has {tops[0]:.2f} by KL and {tops[1]:.2f} by cross-entropy."


def draw_klce_parting(ax, *, distances):
    """Largest difference between the weights of two runs, against the length of the walk, for two rates."""
    looks = {0.2: (RED, "-", 5), 0.1: (INK, "--", 2)}
    for rate, distance in distances.items():
        color, dash, width = looks[rate]
        walked = rate * np.arange(1, len(distance) + 1)
        look = {"color": color, "linewidth": width, "label": f"steps of {rate:g}"}
        ax.plot(walked, distance, dash, gid=f"lossbook:rate-{rate:g}", **look)
    ax.axhline(0, color=MUTED, linewidth=3)
    ax.text(30, 0.02, "the four kinds of given targets", color=MUTED)
    ax.set(xlim=(0, 60.5), ylim=(-0.03, 0.62), xlabel="learning rate × steps", ylabel="largest difference")
    name_row(ax)


def draw_klce_gains(ax, *, gains):
    """Gain of each student over labels alone, in points, a dot a split and a bar at the mean."""
    for place, gain in enumerate(reversed(gains.values())):
        ax.plot(gain, np.full(len(gain), place), "o", color=BLUE, markersize=5, alpha=0.6, linestyle="none")
        mean, gid = [np.mean(gain)] * 2, f"lossbook:mean-{place}"
        ax.plot(mean, [place - 0.3, place + 0.3], color=INK, linewidth=3, gid=gid)
    ax.axvline(0, color=MUTED, linestyle=":")
    names = [name.replace(", seen", " units, seen") for name in reversed(gains)]
    ax.set(yticks=np.arange(len(gains)), yticklabels=names)
    ax.set(ylim=(-0.6, len(gains) - 0.4), xlabel="points gained over labels alone")


def draw_klce_card(ax):
    """One bar of entropy and divergence above one of cross-entropy, for the worked example."""
    parts = [divergences.entropy(WEATHER), divergences.kl(WEATHER, FORECAST)]
    looks = [(MUTED, 0), (RED, 1)]
    _stack(ax, 1.0, parts, ["H(P)", "KL(P‖Q)"], looks, 0.6, ["entropy", "kl"])
    _stack(ax, 0.0, [divergences.cross_entropy(WEATHER, FORECAST)], ["H(P, Q)"], [(BLUE, 0)], 0.6, ["cross"])
    ax.set(xlim=(0, 0.6), ylim=(-0.35, 1.75), yticks=[], xlabel="nats")
