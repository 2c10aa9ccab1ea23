"""Figures of chapter 13: squares on residuals, projection, the shape of the bowl, leverage, and digits."""

import math

import numpy as np

from lossbook import data
from lossbook.figures.engine.labels import name_ends, name_row
from lossbook.figures.engine.style import (
    BLUE,
    DOT,
    GOLD,
    HANDLE_GOLD,
    INK,
    MUTED,
    PINK,
    PURPLE,
    RED,
    TEAL,
    shaded,
    true_minus,
)
from lossbook.figures.losses import REGRESSION
from lossbook.optimizers import gradient_descent

#: Five points about (5, 3); the best line has slope 0.46.
LINE_X = np.array([1.0, 3.0, 5.0, 7.0, 9.0])
LINE_Y = np.array([1.6, 1.4, 3.6, 3.0, 5.4])

#: The inputs of two examples: all predictions θx lie on one line through the origin of the plane.
COLUMN = np.array([2.0, 1.0])

#: The larger of the two curvatures of the bowl in which the start is dragged; the smaller is 1.
KAPPA = 10.0

#: Nine points near a line of slope ½, to which a gold one is added.
LEVER_X = np.arange(9.0)
LEVER_Y = np.array([1.2, 1.3, 2.3, 2.3, 3.2, 3.4, 4.3, 4.4, 5.0])

#: Twenty points near a line of slope ½ (errors drawn once, in quarters: exact in float32).
FAR_X = np.arange(20.0)
FAR_Y = 0.5 * FAR_X + np.array([2, -1, 3, -2, 1, -3, 0, 2, -2, 1, -1, 3, 2, -3, 0, 1, -2, 2, -1, 0]) / 4

#: Color of a line of least squares; where two are drawn, the other is in ink.
SQUARES = REGRESSION["squared_error"].color

#: The four things called "L2": name, color, dash.
LOOKS = {
    "norm": ("‖r‖", TEAL, "-."),
    "sum": ("‖r‖²", SQUARES, "--"),
    "half": ("½‖r‖²", GOLD, "-"),
    "mean": ("mean of r²", PINK, ":"),
}


def _said(number, digits=2):
    """Return a number as a readout says it: rounded, never −0, with a true minus sign."""
    return true_minus(f"{round(number, digits) + 0.0:.{digits}f}")


def design(x):
    """Return the matrix of a line: a column of ones, and the inputs."""
    return np.column_stack([np.ones_like(x), x])


def gradient(key, x, r):
    """Return the gradient of one of the four in the parameters of a linear model with design matrix x."""
    pull = x.T @ r
    factors = {
        "norm": lambda: 1 / np.linalg.norm(r),
        "sum": lambda: 2,
        "half": lambda: 1,
        "mean": lambda: 2 / len(r),
    }
    return factors[key]() * pull


def hat_values(x):
    """Return the diagonal of X(XᵀX)⁻¹Xᵀ, by an orthonormal basis of the columns."""
    return np.sum(np.linalg.qr(x)[0] ** 2, axis=1)


def scaled_condition(x):
    """Return the condition number of a matrix whose columns are scaled to length one."""
    return float(np.linalg.cond(x / np.linalg.norm(x, axis=0)))


def lines_in_float32(x, y):
    """Return intercept and slope twice, in float32: by the normal equations, and by QR (for two columns).

    Sums go row by row, so that every processor rounds them alike.
    """
    rows = design(x).astype(np.float32)
    y = y.astype(np.float32)[:, None]

    def total(product):
        return product.sum(axis=0)

    (n, s), (_, ss) = (total(rows * rows[:, [j]]) for j in (0, 1))
    t, st = total(rows * y)
    det = n * ss - s * s
    with np.errstate(all="ignore"):
        normal = (ss * t - s * st) / det, (n * st - s * t) / det
    first, second = rows[:, :1], rows[:, 1:]
    middle = total(second * first)[0] / n
    rest = second - middle * first
    slope = total(rest * y)[0] / total(rest * rest)[0]
    return normal, (t / n - slope * middle, slope)


def draw_l2_squares(ax, *, end):
    """Squares on the residuals of a line through (5, 3) and (10, `end`), and one that is as large as all."""
    slope = (end - 3.0) / 5.0
    r = 3.0 + slope * (LINE_X - 5.0) - LINE_Y
    look = shaded(BLUE, 2) | {"linewidth": 1.2}
    for number, (x, y, miss) in enumerate(zip(LINE_X, LINE_Y, r, strict=True)):
        across = x + abs(miss)
        corners = [(x, y), (x, y + miss), (across, y + miss), (across, y)]
        ax.fill(*np.transpose(corners), gid=f"lossbook:square-{number}", **look)
    total = float(r @ r)
    size = math.sqrt(total)
    ax.fill(
        [12.4, 12.4 + size, 12.4 + size, 12.4], [0, 0, size, size], gid="lossbook:total", **shaded(RED, 1)
    )
    ax.text(12.4, -0.7, "all five areas", color=RED, va="center")
    ends = np.array([0.0, 10.0])
    ax.plot(ends, 3.0 + slope * (ends - 5.0), color=SQUARES, linewidth=2.5, gid="lossbook:line")
    ax.plot(LINE_X, LINE_Y, "o", color=INK, markersize=6)
    ax.plot([5.0], [3.0], "+", color=INK, markersize=11, markeredgewidth=2)
    ax.plot([10.0], [end], "o", gid="lossbook:handle:end", **DOT)
    ax.set(
        xlim=(-1.3, 18.3), ylim=(-1.2, 7.4), xlabel="x", ylabel="y", aspect="equal", xticks=range(0, 11, 2)
    )
    return f"Slope {_said(slope)}: the five squares have the area {total:.2f} together."


def draw_l2_projection(ax, *, first, second):
    """Two targets as a point of the plane, and its foot on the line of all predictions θ · (2, 1)."""
    y = np.array([first, second], dtype=float)
    theta = float(COLUMN @ y / (COLUMN @ COLUMN))
    foot = theta * COLUMN
    length = float(np.linalg.norm(y - foot))
    ax.plot([-3, 10.5], [-1.5, 5.25], color=BLUE, linewidth=2.5)
    ax.text(10.7, 5.1, "θ · (2, 1)", color=BLUE)
    turn = np.linspace(0, 2 * math.pi, 49)
    ax.plot(y[0] + length * np.cos(turn), y[1] + length * np.sin(turn), ":", color=MUTED, linewidth=1.5)
    ax.plot([y[0], foot[0]], [y[1], foot[1]], "--", color=RED, gid="lossbook:residual")
    along, up = np.array([[2.0, 1.0], [-1.0, 2.0]]) / math.sqrt(5)
    size, up = min(0.35, length / 2), up if up @ (y - foot) >= 0 else -up
    corner = foot + size * np.array([along, along + up, up])
    ax.plot(*corner.T, color=INK, linewidth=1.2, gid="lossbook:corner")
    ax.plot(*foot[:, None], "s", color=BLUE, markersize=9, gid="lossbook:foot")
    ax.plot(*y[:, None], "o", gid="lossbook:handle:first+second", **DOT)
    ax.set(xlim=(-1.5, 12.5), ylim=(-1.6, 7.6), aspect="equal")
    ax.set(xlabel="first example (units of y)", ylabel="second example (units of y)")
    return (
        f"Targets ({first}, {true_minus(str(second))}): the best θ is {_said(theta)}, with predictions "
        f"({_said(foot[0])}, {_said(foot[1])}); the residual has length {length:.2f}."
    )


def distances(key, rate, steps):
    """Return how far gradient descent on one of the four is from the best slope, step by step."""
    x, y = (LINE_X - LINE_X.mean())[:, None], LINE_Y - LINE_Y.mean()
    best = float(x[:, 0] @ y / (x[:, 0] @ x[:, 0]))
    trace = gradient_descent(
        lambda theta: gradient(key, x, x @ theta - y), [-0.2], learning_rate=rate, steps=steps
    )
    return np.abs(trace.points[:, 0] - best)


def draw_l2_rates(ax, *, rate):
    """Gradient descent on the four things called "L2", with one learning rate and from one start."""
    paths = {key: distances(key, rate, 100) for key in LOOKS}  # the last 60 tell how it ends
    for key, (name, color, dash) in LOOKS.items():
        seen = np.maximum(paths[key][:41], 1e-9)  # on a logarithmic axis
        look = {"color": color, "linewidth": 3 if dash == "-" else 2.5}
        ax.plot(np.arange(41), seen, dash, label=name, gid=f"lossbook:{key}", **look)
    ax.set(yscale="log", xlim=(0, 40), ylim=(1e-6, 1e5), xlabel="step", ylabel="distance to the best slope")
    ax.set_yticks([1e-6, 1e-4, 1e-2, 1, 1e2, 1e4])
    ax.minorticks_off()
    name_row(ax)
    said = []
    for key, (name, *_) in LOOKS.items():
        ends = paths[key][[-2, -1]].max()
        what = "arrives" if ends < 0.01 else "runs away" if ends > 10 else "swings"
        said.append(f"{name} {what}")
    return f"At η = {rate:.3f}: " + ", ".join(said) + "."


def bowl_path(kappa, start, steps):
    """Return the steps of gradient descent in the bowl ½(u² + κv²) at its best fixed rate, 2 / (1 + κ)."""
    curvatures = np.array([1.0, kappa])
    return gradient_descent(
        lambda point: curvatures * point, start, learning_rate=2 / (1 + kappa), steps=steps
    ).points


def _draw_bowl(ax, kappa, path):
    turn = np.linspace(0, 2 * math.pi, 73)
    for number, radius in enumerate((1.5, 3.5, 5.75, 8.0)):
        gid = f"lossbook:level-{number}"
        height = radius / math.sqrt(kappa) * np.sin(turn)
        ax.plot(radius * np.cos(turn), height, color=MUTED, linewidth=1, gid=gid)
    ax.plot(*path.T, "-", color=BLUE, linewidth=2, gid="lossbook:path")
    ax.plot(*path[1:].T, "o", color=BLUE, markersize=4)
    ax.plot([0], [0], "+", color=INK, markersize=12)
    ax.set(xlim=(-9.6, 9.6), ylim=(-4.8, 5.2), aspect="equal")
    ax.set(xlabel="flat direction u", ylabel="steep direction v", xticks=range(-8, 9, 4))


def draw_l2_zigzag(ax, *, flat, steep):
    """Ten steps of gradient descent from a start that can be dragged, in a bowl with κ = 10."""
    path = bowl_path(KAPPA, [float(flat), float(steep)], 10)
    _draw_bowl(ax, KAPPA, path)
    ax.plot(*path[:1].T, "o", gid="lossbook:handle:flat+steep", **DOT)
    begin, end = np.linalg.norm(path[[0, -1]], axis=1)
    return (
        f"From ({true_minus(str(flat))}, {steep:.1f}), {begin:.2f} away from the bottom, ten steps lead to a "
        f"distance of {end:.2f}: {100 * end / begin:.1f} % of it."
    )


def steps_to_one_percent(kappa):
    """Return how many steps at the best fixed rate bring the distance to 1 % of what it was."""
    rate = (kappa - 1) / (kappa + 1)
    return 1 if rate < 0.01 else math.ceil(math.log(0.01) / math.log(rate))


def draw_l2_condition(ax, *, kappa):
    """The way down from one level of bowls that grow longer, and how many steps it takes."""
    count = steps_to_one_percent(kappa)
    path = bowl_path(float(kappa), [6.4, 4.8 / math.sqrt(kappa)], count)  # 6.4² + 4.8² = 8²
    path = np.vstack([path, np.repeat(path[-1:], 95 - count, axis=0)])  # as many points at each position
    _draw_bowl(ax, float(kappa), path)
    ax.plot(*path[:1].T, "o", color=INK, markersize=8, zorder=4)
    return f"At κ = {kappa}: after {count} step{'s' if count > 1 else ''}, 1 % of the distance is left."


def scaled_features(scaling):
    """Return the design matrix of the stack loss data: "raw", "centered" or "standardized" features."""
    plant = data.load("stackloss")
    names = ("air_flow", "water_temperature", "acid_concentration")
    features = np.column_stack([plant[name] for name in names])
    if scaling != "raw":
        features = features - features.mean(axis=0)
    if scaling == "standardized":
        features = features / features.std(axis=0)
    return np.column_stack([np.ones(len(features)), features]), plant["stack_loss"]


def excess(scaling, marks):
    """Return the mean squared residual above its least value after these numbers of steps from zero.

    In the basis of the singular vectors each part of the way shrinks by 1 − η s² a step, so that a million
    steps need no loop.
    """
    x, y = scaled_features(scaling)
    u, s, _ = np.linalg.svd(x, full_matrices=False)
    rate = 2 / (s[0] ** 2 + s[-1] ** 2)
    parts = (u.T @ y) * np.abs(1 - rate * s**2) ** np.asarray(marks)[:, None]
    return np.sum(parts**2, axis=1) / len(y)


def draw_l2_scaling(ax):
    """Gradient descent on the stack loss data, with features as they are, centered, and standardized."""
    marks = np.unique(np.round(np.geomspace(1, 1e6, 90)).astype(int))
    looks = {"raw": (RED, "--"), "centered": (PURPLE, "-."), "standardized": (BLUE, "-")}
    for name, (color, dash) in looks.items():
        height = np.maximum(excess(name, marks), 1e-8)
        ax.plot(marks, height, dash, color=color, label=name, linewidth=2.5, gid=f"lossbook:{name}")
    ax.set(xscale="log", yscale="log", xlim=(1, 1e6), ylim=(1e-6, 1e3), xlabel="step")
    ax.set(ylabel="MSE above its least")
    ax.set_yticks([1e-6, 1e-4, 1e-2, 1, 1e2])
    ax.minorticks_off()
    name_row(ax)


def draw_l2_leverage(axes, *, place, height):
    """A line through nine points and a gold one; below, each point's hat value."""
    x, y = np.append(LEVER_X, place), np.append(LEVER_Y, height)
    theta = np.linalg.lstsq(design(x), y)[0]
    alone = np.linalg.lstsq(design(LEVER_X), LEVER_Y)[0]
    hats = hat_values(design(x))
    ends = np.array([-1.0, 25.0])
    axes["fit"].plot(
        ends, design(ends) @ theta, color=SQUARES, linewidth=2.5, label="all", gid="lossbook:line"
    )
    axes["fit"].plot(ends, design(ends) @ alone, "--", color=INK, label="without the gold point")
    axes["fit"].plot(LEVER_X, LEVER_Y, "o", color=INK, markersize=6)
    axes["fit"].plot([place], [height], "o", gid="lossbook:handle:place+height", **DOT)
    axes["fit"].set(xlim=(-1, 25), ylim=(-1, 17), ylabel="y")
    axes["fit"].tick_params(labelbottom=False)
    name_row(axes["fit"])
    axes["hats"].vlines(LEVER_X, 0, hats[:-1], color=BLUE, linewidth=4, gid="lossbook:hats")
    axes["hats"].vlines([place], 0, hats[-1:], color=HANDLE_GOLD, linewidth=7, gid="lossbook:hat")
    axes["hats"].set(xlim=(-1, 25), ylim=(0, 1.05), xlabel="x", ylabel="hat value", yticks=[0, 0.5, 1])
    r = float(design(x)[-1] @ theta - height)
    return (
        f"Gold point ({place}, {height}): hat value {hats[-1]:.2f}, misses the line by {_said(r)}, "
        f"the dashed one by {_said(r / (1 - hats[-1]))}; slope {_said(theta[1])}."
    )


def draw_engel_leverage(ax):
    """The Engel data: each household as large as its hat value, and the line without the richest."""
    engel = data.load("engel")
    income, food = engel["income"], engel["food_expenditure"]
    hats = hat_values(design(income))
    ends = np.array([300.0, 5050.0])
    names = []
    for name, keep, color, dash in (("all", income > 0, SQUARES, "-"), ("without", income < 4000, INK, "--")):
        heights = design(ends) @ np.linalg.lstsq(design(income[keep]), food[keep])[0]
        ax.plot(ends, heights, dash, color=color, linewidth=2.5, gid=f"lossbook:{name}")
        names.append((heights[-1], "all 235" if name == "all" else "without it", color))
    ax.scatter(income, food, s=12 + 600 * hats, facecolor="none", edgecolor=MUTED, gid="lossbook:households")
    richest = int(income.argmax())
    ax.text(income[richest], food[richest] - 330, "the richest", color=INK, ha="center")
    name_ends(ax, 5120, names, gap=160)
    ax.set(xlim=(200, 6150), ylim=(0, 3000), xlabel="income (francs a year)", ylabel="food (francs)")


def draw_l2_offset(ax, *, decades):
    """One line fitted twice in float32, to inputs that are moved away from zero by 10 to the `decades`."""
    shift = float(round(10**decades))
    normal, orthogonal = lines_in_float32(FAR_X + shift, FAR_Y)
    ends = np.array([-1.0, 20.0])
    looks = {"QR": (orthogonal, SQUARES, "-"), "normal equations": (normal, INK, "--")}
    for name, ((intercept, slope), color, dash) in looks.items():
        with np.errstate(all="ignore"):
            heights = float(intercept) + float(slope) * (ends + shift)
        if not np.isfinite(heights).all():
            heights = np.array([-50.0, -50.0])  # out of sight
        gid = f"lossbook:{name.split()[0]}"
        ax.plot(ends, np.clip(heights, -1e3, 1e3), dash, color=color, linewidth=2.5, label=name, gid=gid)
    ax.plot(FAR_X, FAR_Y, "o", color=INK, markersize=5)
    ax.set(xlim=(-1, 20), ylim=(-6, 16), xlabel="input, less the shift", ylabel="y", xticks=range(0, 21, 5))
    name_row(ax)
    kappa = scaled_condition(design(FAR_X + shift))
    slope = float(normal[1])
    told = f"slope {_said(slope, 3)}" if math.isfinite(slope) and abs(slope) < 1e4 else "no slope at all"
    return (
        f"Inputs from {shift:.0f} on, κ(X) = {float(f'{kappa:.2g}'):g}: the normal equations give {told}, "
        f"QR {_said(float(orthogonal[1]), 3)}."
    )


def draw_l2_card(ax):
    """A target, its foot on the plane of predictions, and the right angle between."""
    ax.fill([0.2, 4.4, 5.6, 1.4], [0.0, 0.0, 1.3, 1.3], **shaded(BLUE, 2))
    ax.plot([2.9, 2.9], [0.7, 2.4], "--", color=RED)
    ax.plot([2.7, 2.7, 2.9], [0.655, 0.855, 0.9], color=MUTED, linewidth=1.2)
    ax.plot([2.9], [2.4], "o", color=INK, markersize=8)
    ax.plot([2.9], [0.7], "s", color=BLUE, markersize=8, gid="lossbook:foot")
    ax.text(3.1, 2.3, "y", color=INK)
    ax.text(3.1, 1.5, "as short as can be", color=RED)
    ax.text(3.1, 0.55, "ŷ = Hy", color=BLUE)
    ax.text(1.1, 0.1, "all predictions Xθ", color=BLUE)
    ax.set(xlim=(0, 6.4), ylim=(-0.1, 2.7))
    ax.axis("off")
