"""Figures of chapter 7: valleys and their basins, steps, saddles, a network's surface, and the secretary."""

import functools
import math

import numpy as np
from scipy.optimize import linear_sum_assignment

from lossbook.figures.engine.labels import name_ends, name_row
from lossbook.figures.engine.style import BLUE, DOT, GREEN, INK, MUTED, PAPER, PURPLE, RED, shaded, true_minus
from lossbook.optimizers import gradient_descent

GRIP = {"color": DOT["color"], "linewidth": 3, "zorder": 4}

#: Where the bottoms of the four valleys are, lowest first, and the fills of their basins and of none.
VALLEYS = {"A": (-3.85, -3.37), "B": (-2.89, 3.05), "C": (3.54, -2.02), "D": (2.97, 1.82)}
FILLS = ("#12324f", "#3f7fae", "#e3a857", "#f7efd8", "#a3273a")


def valleys(x, y):
    """Himmelblau's function over 20, tilted: four valleys of different depths."""
    return ((x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2) / 20 + 0.3 * (x + y)


def valleys_grad(x, y):
    """The two partial derivatives of `valleys`."""
    first, second = x**2 + y - 11, x + y**2 - 7
    return (2 * x * first + second) / 10 + 0.3, (first + 2 * y * second) / 10 + 0.3


def waves(x):
    """A shallow bowl about ½ with waves: six valleys, the lowest near 0."""
    return 0.25 * (x - 0.5) ** 2 + 1 - np.cos(3 * x)


def waves_grad(x):
    """The derivative of `waves`."""
    return 0.5 * (x - 0.5) + 3 * np.sin(3 * x)


@functools.cache
def digits():
    """Digits averaged to 4 × 4 pixels and standardized, and one-hot labels: 600 to train, and the rest."""
    from sklearn.datasets import load_digits

    images, labels = load_digits(return_X_y=True)
    pixels = images.reshape(-1, 4, 2, 4, 2).mean(axis=(2, 4)).reshape(-1, 16)
    pixels = (pixels - pixels[:600].mean(axis=0)) / pixels[:600].std(axis=0)
    targets = np.eye(10)[labels]
    return (pixels[:600], targets[:600]), (pixels[600:], targets[600:])


def parts(theta, hidden_units):
    """Take parameters of shape (..., 27 h + 10) apart: weights and biases of the two layers."""
    shapes = [(16, hidden_units), (hidden_units,), (hidden_units, 10), (10,)]
    ends = np.cumsum([math.prod(shape) for shape in shapes])[:-1]
    pieces = np.split(theta, ends, axis=-1)
    return [p.reshape(theta.shape[:-1] + s) for p, s in zip(pieces, shapes, strict=True)]


def network(theta, pixels, targets, *, hidden_units, decay=0.0):
    """Cross-entropy plus ½ decay ‖θ‖², its gradient, and the share of right answers, a row of theta each."""
    into, bias, out, last = parts(theta, hidden_units)
    units = np.tanh(pixels @ into + bias[..., None, :])
    scores = units @ out + last[..., None, :]
    scores -= scores.max(axis=-1, keepdims=True)
    powers = np.exp(scores)
    total = powers.sum(axis=-1, keepdims=True)
    loss = (np.log(total[..., 0]) - (scores * targets).sum(axis=-1)).mean(axis=-1)
    miss = (powers / total - targets) / len(pixels)
    back = (miss @ np.swapaxes(out, -1, -2)) * (1 - units**2)
    slopes = [pixels.T @ back, back.sum(axis=-2), np.swapaxes(units, -1, -2) @ miss, miss.sum(axis=-2)]
    gradient = np.concatenate([s.reshape((*theta.shape[:-1], -1)) for s in slopes], axis=-1) + decay * theta
    right = (scores.argmax(axis=-1) == targets.argmax(axis=-1)).mean(axis=-1)
    return loss + decay / 2 * (theta**2).sum(axis=-1), gradient, right


def train(hidden_units, seeds, steps, since=0):
    """Train from `seeds` starts: η = ½, momentum 0.9, weight decay 0.001; go on from step `since`."""
    return _trained(hidden_units, seeds, steps, since)[0]


@functools.cache
def _trained(hidden_units, seeds, steps, since):
    size, velocity = (16, hidden_units, 10), 0.0
    rngs = [np.random.default_rng(seed) for seed in range(1, seeds + 1)]
    draws = [(rng.normal(size=size[:2]) / 4, rng.normal(size=size[1:]) / math.sqrt(size[1])) for rng in rngs]
    layers = [(into.ravel(), np.zeros(size[1]), out.ravel(), np.zeros(10)) for into, out in draws]
    theta = np.array([np.concatenate(layer) for layer in layers])
    if since:
        theta, velocity = _trained(hidden_units, seeds, since, 0)
    for _ in range(steps - since):
        slope = network(theta, *digits()[0], hidden_units=hidden_units, decay=0.001)[1]
        velocity = 0.9 * velocity - 0.5 * slope
        theta = theta + velocity
    return theta, velocity


def rename(theta, order, signs):
    """The same network with its hidden units in another order, and some of them with flipped signs."""
    into, bias, out, last = parts(theta, len(order))
    pieces = (into[:, order] * signs, bias[order] * signs, out[order] * signs[:, None], last)
    return np.concatenate([piece.ravel() for piece in pieces])


def align(theta, other, hidden_units):
    """Rename the units of `other` so that their weights are as near to those of `theta` as can be."""
    first, second = (
        np.concatenate([into, bias[None], out.T])
        for into, bias, out, _ in (parts(t, hidden_units) for t in (theta, other))
    )
    match = first.T @ second
    rows, order = linear_sum_assignment(-np.abs(match))
    return rename(other, order, np.sign(match[rows, order]))


def along(start, bend, end, t):
    """Points at shares t of a path from start to end, pulled towards bend (a quadratic Bézier curve)."""
    t = np.asarray(t)[:, None]
    return (1 - t) ** 2 * start + 2 * t * (1 - t) * bend + t**2 * end


@functools.cache
def joined():
    """Two trained networks and three ways between them: name to start, bend and end."""
    start, other = train(8, 6, 1200)[:2]
    near = align(start, other, 8)
    bend, velocity, t = (start + other) / 2, 0.0, np.linspace(0.05, 0.95, 7)
    for _ in range(400):
        slopes = network(along(start, bend, other, t), *digits()[0], hidden_units=8, decay=0.001)[1]
        velocity = 0.9 * velocity - (2 * t * (1 - t)) @ slopes / 7
        bend = bend + velocity
    middles = {"straight": (other, (start + other) / 2), "units matched": (near, (start + near) / 2)}
    return {name: (start, m, e) for name, (e, m) in (middles | {"bent": (other, bend)}).items()}


def saddle_path(y):
    """600 steps of descent, η = 0.1, from (1, y) on ½x² − ½y² + ¼y⁴: points and values."""
    start, options = np.array([1.0, y]), {"learning_rate": 0.1, "steps": 600}
    path = gradient_descent(lambda p: np.array([p[0], p[1] ** 3 - p[1]]), start, **options).points
    return path, path[:, 0] ** 2 / 2 - path[:, 1] ** 2 / 2 + path[:, 1] ** 4 / 4


@functools.cache
def falling_directions(n, draws=4000):
    """How many eigenvalues of a random symmetric matrix of size n are negative: counts for 0 to n."""
    entries = np.random.default_rng([1, n]).standard_normal((draws, n, n))
    negative = (np.linalg.eigvalsh(entries + np.swapaxes(entries, 1, 2)) < 0).sum(axis=1)
    return np.bincount(negative, minlength=n + 1)


def best_chance(skip, n):
    """Probability to end with the best of n if `skip` are let pass, then the first better one is taken."""
    return skip / n * sum(1 / k for k in range(skip, n)) if skip else 1 / n


def mean_size(skip, n):
    """Mean size of what the same rule takes, for independent sizes, uniform from 0 to 1."""
    return 0.5 + 0.5 * (skip / (skip + 1) - skip / n)


def _name_valleys(ax, up=0.0, **options):
    for name, (x, y) in VALLEYS.items():
        ax.text(x, y + up, name, ha="center", va="center", **options)


def draw_optima_valleys(ax, *, x, y):
    """Gradient descent with η = 0.05 over four valleys, from a start that the reader moves."""
    options = {"learning_rate": 0.05, "steps": 400}
    path = gradient_descent(lambda p: np.array(valleys_grad(*p)), [x, y], **options).points
    a, b = np.meshgrid(np.linspace(-6, 6, 121), np.linspace(-5, 5, 101))
    look = {"colors": [MUTED], "linewidths": 0.9, "linestyles": "solid"}
    lines = ax.contour(a, b, valleys(a, b), levels=[-1, 0.8, 1.65, 4, 7, 11], **look)
    ax.clabel(lines, levels=[4, 7, 11], fontsize=9, colors=[MUTED])
    _name_valleys(ax, up=0.75, color=INK, fontsize=13, bbox={"facecolor": PAPER, "linewidth": 0, "pad": 1})
    ax.plot(*path[np.r_[:40, 40:401:20]].T, color=BLUE, linewidth=2.5, gid="lossbook:path")
    ax.plot(*path[-1:].T, "s", color=BLUE, markersize=7, markerfacecolor="none", gid="lossbook:end")
    ax.plot([x], [y], "o", gid="lossbook:handle:x+y", **DOT)
    ax.set(xlim=(-5, 5), ylim=(-4.6, 4.6), xlabel="x", ylabel="y")
    end = min(VALLEYS, key=lambda name: math.dist(path[-1], VALLEYS[name]))
    return f"Start ({_signed(x)}, {_signed(y)}) ends in {end}, at height {_signed(valleys(*path[-1]), 2)}."


def _signed(number, digits=0):
    return true_minus(f"{round(float(number), digits) + 0.0:.{digits}f}")


#: Ways over the four valleys: learning rate and momentum.
WALKS = {
    "small steps, η = 0.05": (0.05, 0.0),
    "long steps, η = 0.25": (0.25, 0.0),
    "longer, η = 0.30": (0.3, 0.0),
    "momentum 0.9, η = 0.05": (0.05, 0.9),
    "momentum 0.9, η = 0.20": (0.2, 0.9),
    "annealing from T = 3": None,
}


@functools.cache
def basins(walk):
    """Which valley each start on a grid ends in: 0 to 3 for A to D, 4 for none, shape (51, 61)."""
    x, y = np.meshgrid(np.linspace(-6, 6, 61), np.linspace(-5, 5, 51))
    if WALKS[walk] is None:
        x, y = _annealed(x, y)
    (rate, momentum), right, up = WALKS[walk] or (0.05, 0.0), 0.0, 0.0
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(1500):
            slope = valleys_grad(x, y)
            right, up = momentum * right - rate * slope[0], momentum * up - rate * slope[1]
            x, y = x + right, y + up
        away = np.array([np.hypot(x - a, y - b) for a, b in VALLEYS.values()])
    settled = np.nan_to_num(away, nan=np.inf).min(axis=0) < 0.1
    return np.where(settled, np.nan_to_num(away, nan=np.inf).argmin(axis=0), 4)


def _annealed(x, y):
    rng, values = np.random.default_rng(7), valleys(x, y)
    for k in range(400):
        a, b = np.stack([x, y]) + 0.5 * rng.standard_normal((2, *x.shape))
        there, luck = valleys(a, b), rng.random(x.shape)
        moved = luck < np.exp(-np.maximum(there - values, 0) / (3 * (1 - k / 400)))
        x, y, values = np.where(moved, a, x), np.where(moved, b, y), np.where(moved, there, values)
    return x, y


def draw_optima_basins(ax, *, walk):
    """The plane of starts, each filled by the valley in which a walk from there ends."""
    from matplotlib.colors import ListedColormap

    ends = basins(walk)
    look = {"cmap": ListedColormap(FILLS), "vmin": -0.5, "vmax": 4.5, "origin": "lower"}
    ax.imshow(ends, extent=(-6.1, 6.1, -5.1, 5.1), aspect="auto", **look)
    _name_valleys(ax, color="#1c2126", fontsize=13, bbox={"facecolor": "#fffffe", "pad": 2.5, "linewidth": 0})
    ax.set(xlabel="x of the start", ylabel="y of the start")
    ax.grid(False)
    shares = [f"{name} {100 * (ends == k).mean():.0f} %" for k, name in enumerate([*VALLEYS, "nowhere"])]
    return f"Starts that end in {', '.join(shares)}."


def draw_optima_waves(ax, *, start, momentum):
    """Descent with η = 0.05 over a bowl with waves, plain or with momentum."""
    options = {"learning_rate": 0.05, "steps": 1500, "momentum": float(momentum)}
    path = gradient_descent(waves_grad, [start], **options).points[:, 0]
    x = np.linspace(-4.7, 5.7, 261)
    ax.plot(x, waves(x), color=MUTED, linewidth=1.5)
    ax.plot(path[:40], waves(path[:40]), "o-", color=BLUE, markersize=4, linewidth=1, gid="lossbook:path")
    ax.plot([path[-1]], [waves(path[-1])], "s", color=BLUE, markersize=9, gid="lossbook:end")
    ax.axvline(start, gid="lossbook:handle:start", **GRIP)
    ax.set(xlim=(-4.7, 5.7), ylim=(-0.5, 9), xlabel="θ", ylabel="f(θ)")
    kind = "the lowest valley" if abs(path[-1] - 0.03) < 0.1 else "a valley that is not the lowest"
    return f"From {_signed(start, 1)} to {_signed(path[-1], 2)}, {kind}, at height {waves(path[-1]):.2f}."


def draw_optima_rates(ax, *, rate):
    """Ten steps on θ², whose gradient changes by L = 2 a unit of way, from 1."""
    path = gradient_descent(lambda p: 2 * p, [1.0], learning_rate=rate, steps=10).points[:, 0]
    x = np.linspace(-2.6, 2.6, 131)
    ax.plot(x, x**2, color=MUTED, linewidth=1.5)
    ax.plot(path, path**2, "o-", color=BLUE, markersize=6, linewidth=1.2, gid="lossbook:path")
    ax.plot([1], [1], "o", color=INK, markersize=10)
    ax.set(xlim=(-2.6, 2.6), ylim=(-0.3, 6), xlabel="θ", ylabel="θ²")
    return f"With η = {rate:.2f} it is {abs(path[-1]):.3f} from the bottom after 10 steps; it began at 1."


def draw_optima_lemma(ax, *, rate):
    """One step on 2(1 − cos θ) from θ = 2, and the parabola that lies above."""
    x = np.linspace(-3.0, 3.4, 161)
    height, slope = 2 - 2 * math.cos(2.0), 2 * math.sin(2.0)
    end = 2.0 - rate * slope
    ax.plot(x, 2 - 2 * np.cos(x), color=BLUE, linewidth=3, label="f", gid="lossbook:f")
    bound = height + slope * (x - 2.0) + (x - 2.0) ** 2
    ax.plot(x, bound, "--", color=RED, label="parabola of curvature L = 2", gid="lossbook:bound")
    ax.plot([2.0], [height], "o", color=INK, markersize=8)
    ax.axvline(end, gid="lossbook:handle:rate", **GRIP)
    there = 2 - 2 * math.cos(end)
    ax.plot([end], [there], "s", color=BLUE, markersize=9)
    ax.set(xlim=(-3.0, 3.4), ylim=(-0.6, 6), xlabel="θ", ylabel="height")
    name_row(ax)
    way, promise = "falls" if there < height else "rises", rate * (1 - rate) * slope**2
    promised = f"a fall by {promise:.2f}" if promise > 1e-9 else "nothing"
    return f"Step η = {rate:.1f}: f {way} by {abs(height - there):.2f}; promised is {promised}."


def draw_optima_saddle(ax, *, decades):
    """Height against step, for a descent that starts 10^−decades beside the ridge of a saddle."""
    values = saddle_path(10.0**-decades)[1]
    leaves = int(np.argmax(values < -0.125))
    ax.axhline(0, color=MUTED, linewidth=1.2, linestyle=":")
    ax.plot(np.arange(601), values, color=BLUE, linewidth=3, gid="lossbook:values")
    ax.axvline(leaves, gid="lossbook:handle:decades", **GRIP)
    ax.set(xlim=(0, 600), ylim=(-0.3, 0.55), xlabel="step", ylabel="height")
    power = str(decades).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"Start 10⁻{power} beside the ridge: halfway to the bottom after {leaves} steps."


def draw_optima_signs(ax, *, n):
    """How many directions fall, for 4000 random symmetric matrices: bars over 0 to n."""
    counts = falling_directions(n)
    inner, ends = np.arange(1, n), [0, n]
    ax.bar(inner, counts[1:-1] / 4000, **shaded(BLUE, 2))
    ax.bar(ends, counts[ends] / 4000, **shaded(RED, 0))
    ax.set(xlim=(-0.8, 20.8), ylim=(0, 0.75), xticks=range(0, 21, 5))
    ax.set(xlabel="directions that fall", ylabel="share of matrices")
    return (
        f"Size {n}: {counts[0]} of 4000 curve up in every direction, {counts[-1]} down, "
        f"{4000 - counts[0] - counts[-1]} both ways."
    )


def draw_optima_surface(ax, *, reach, loss):
    """Contour lines of a loss over a square of half side `reach` around a trained network."""
    a = np.linspace(-reach, reach, len(loss))
    lines = ax.contour(a, a, np.round(loss, 4), levels=[0.1, 0.2, 0.5, 1, 1.5, 2, 3, 4], colors=[BLUE])
    ax.clabel(lines, fontsize=10, colors=[INK])
    ax.plot([0], [0], "s", color=RED, markersize=9)
    ax.set(xlabel="along the first direction", ylabel="along the second")


WAYS = {"straight": (RED, "--"), "units matched": (PURPLE, "-."), "bent": (BLUE, "-")}


@functools.cache
def ways():
    """Training loss and share of right answers at 41 points of each way between the two networks."""
    t = np.linspace(0, 1, 41)
    return {
        name: network(along(*ends, t), *digits()[0], hidden_units=8)[::2] for name, ends in joined().items()
    }


def draw_optima_joined(ax, *, t, way):
    """Loss along three ways between two networks, and what the network at share t of one of them does."""
    share = np.linspace(0, 1, 41)
    for name, (color, dash) in WAYS.items():
        look = {"linewidth": 3.5 if name == way else 1.6, "label": name, "gid": f"lossbook:{name[:4]}"}
        ax.plot(share, ways()[name][0], dash, color=color, **look)
    ax.axvline(t, gid="lossbook:handle:t", **GRIP)
    loss, right = (values[round(40 * t)] for values in ways()[way])
    ax.set(xlim=(0, 1), ylim=(0, 2.1), xlabel="share of the way", ylabel="training loss (nats)")
    name_row(ax)
    return f"At {t:.2f} of the way, {way}: loss {loss:.2f} nats, {100 * right:.1f} % of the digits right."


def draw_optima_secretary(axes, *, skip):
    """Two goals of one rule, against how many of 100 are let pass: the best one, and a large one."""
    cuts = np.arange(100)
    rows = {
        "best": (best_chance, "chance of the best", (0, 0.45)),
        "size": (mean_size, "mean size", (0.45, 1)),
    }
    for row, (rule, label, limits) in rows.items():
        axes[row].plot(cuts, [rule(k, 100) for k in cuts], color=BLUE, gid=f"lossbook:{row}")
        axes[row].plot([skip], [rule(skip, 100)], "s", color=BLUE, markersize=8)
        axes[row].axvline(skip, gid="lossbook:handle:skip", **GRIP)
        axes[row].set(xlim=(0, 100), ylim=limits, ylabel=label)
    axes["best"].tick_params(labelbottom=False)
    axes["size"].set_xlabel("let pass, of 100")
    return f"Let {skip} pass: chance {best_chance(skip, 100):.3f}, mean size {mean_size(skip, 100):.3f}."


def draw_optima_annealing(axes, *, temperatures, ended, best, points):
    """Share of walks with their last place, and their best, in the lowest valley, and of random points."""
    places = np.arange(len(temperatures))
    for name, ax in axes.items():
        ax.plot(places, ended[name], "o-", color=BLUE)
        ax.plot(places, best[name], "s--", color=RED)
        ax.plot(places, 0.0 * places + points[name], ":", color=GREEN)
        names = [(ended[name][-1], "last place", BLUE), (best[name][-1], "best seen", RED)]
        name_ends(ax, places[-1] + 0.2, [*names, (points[name], "random points", GREEN)], gap=0.17)
        ax.set(xlim=(-0.3, places[-1] + 2.6), ylim=(0, 1.09), xticks=places, ylabel="share", title=name)
        ax.set_xticklabels([f"{t:g}" for t in temperatures])
    ax.set_xlabel("temperature at the start")


#: A curve with one of each kind: the zeros of its derivative, one of them double.
KINDS_SLOPE = np.polynomial.Polynomial.fromroots([-1.9, -0.5, -0.5, 0.9, 1.8])
KINDS = {-1.9: "global minimum", -0.5: "saddle", 0.9: "local maximum", 1.8: "local minimum"}


def draw_optima_kinds(ax):
    """One curve with every kind of stationary point named."""
    _marked(ax, np.linspace(-2.37, 2.25, 199), KINDS_SLOPE.integ(), KINDS)
    ax.set(xlim=(-2.7, 2.6), ylim=(-3.6, 2.4), yticks=[])


def draw_optima_card(ax):
    """Two valleys, their bottoms named."""
    curve = np.polynomial.Polynomial([0, 0.5, -2, 0, 1])
    lows = {-1.06: "global minimum", 0.93: "local minimum"}
    _marked(ax, np.linspace(-1.6, 1.5, 125), curve, lows)
    ax.set(xlim=(-1.9, 1.8), ylim=(-2.1, 1.3), xticks=[], yticks=[])


def _marked(ax, x, curve, marks):
    ax.plot(x, curve(x), color=BLUE, linewidth=3, gid="lossbook:curve")
    for place, name in marks.items():
        ax.plot([place], [curve(place)], "o", color=INK, markersize=7)
        shift = {"xytext": (0, -20 if "minimum" in name else 10), "textcoords": "offset points"}
        ax.annotate(name, (place, curve(place)), ha="right" if name == "saddle" else "center", **shift)
    ax.set(xlabel="θ", ylabel="f(θ)")
