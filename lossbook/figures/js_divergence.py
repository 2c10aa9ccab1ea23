"""Figures of chapter 6: the Jensen–Shannon divergence, what it says, and where it stops to point home."""

import math
from functools import cache

import numpy as np
from matplotlib.markers import CARETLEFT
from scipy.cluster.hierarchy import dendrogram, linkage
from scipy.spatial.distance import squareform
from scipy.special import log_expit, ndtr

from lossbook import divergences
from lossbook.figures.engine.labels import name_ends, name_row
from lossbook.figures.engine.style import BLUE, DOT, GOLD, GREEN, INK, MUTED, PURPLE, RED, true_minus

#: How each quantity is drawn, in every figure of the chapter: color, dash.
LOOKS = {"KL": (RED, "--"), "JS": (BLUE, "-"), "TV": (GREEN, ":"), "W₁": (PURPLE, "-.")}

#: Width of the uniform blocks, in units of x; they lie apart once the shift exceeds it.
WIDTH = 2.0

#: How the tree writes what other names of the texts are.
TITLES = {"kl or cross entropy": "KL or cross-entropy", "cross entropy": "cross-entropy", "huber": "Huber"}

#: Learning rate and number of steps of the three descents, and what counts as home.
RATE, STEPS, HOME = 0.5, 60, 0.25

#: Where the generator's bell stands in the game, data's being at 0, and the spread of the narrow bell.
GENERATOR, NARROW = 3.0, 0.5

#: The chance of tails of the coin that stays where it is.
COIN = 0.1

_X = np.linspace(-9.0, 21.0, 1501)
_H = _X[1] - _X[0]


def normal_density(x, mean=0.0, spread=1.0):
    """Density of a normal distribution at x."""
    return np.exp(-0.5 * ((x - mean) / spread) ** 2) / (spread * math.sqrt(2 * math.pi))


def normal_pair(shift):
    """Two standard bells `shift` apart as probabilities of the cells of a fine grid: p about 0, and q."""
    return normal_density(_X) * _H, normal_density(_X, shift) * _H


@cache
def normal_js(shift):
    """Jensen–Shannon divergence in nats of two standard bells, `shift` ≤ 12 apart."""
    return divergences.js(*normal_pair(shift))


@cache
def normal_js_slope(shift):
    """Its derivative in the shift, in nats a unit: half the mean of (x − μ) log(q/m) under q."""
    _, q = normal_pair(shift)
    log_ratio = log_expit(shift * (_X - 0.5 * shift))  # log(q/2m), since p/q = exp(−μ(x − μ/2))
    return 0.5 * (q * (_X - shift) * log_ratio).sum()  # the 2 adds nothing: the mean of x − μ is 0


def normal_values(shift):
    """KL, JS, TV and W₁ of two standard bells, and their derivatives in the shift > 0."""
    tv = 2 * ndtr(shift / 2) - 1
    values = {"KL": shift**2 / 2, "JS": normal_js(shift), "TV": tv, "W₁": shift}
    slopes = {"KL": shift, "JS": normal_js_slope(shift), "TV": normal_density(shift / 2), "W₁": 1.0}
    return values, slopes


def block_values(shift):
    """KL, JS, TV and W₁ of two uniform blocks of width `WIDTH`, and their derivatives; NaN: there is none."""
    off = min(shift / WIDTH, 1.0)
    slope = np.nan if shift in (0.0, WIDTH) else 1 / WIDTH if shift < WIDTH else 0.0
    values = {"KL": math.inf if shift else 0.0, "JS": off * math.log(2), "TV": off, "W₁": shift}
    slopes = {"KL": np.nan, "JS": slope * math.log(2), "TV": slope, "W₁": 1.0 if shift else np.nan}
    return values, slopes


def _number(value, digits=2):
    """Write a number so that a small one keeps two digits, and one that is nothing is 0."""
    if value == 0 or not np.isfinite(value):
        return {0: "0", math.inf: "∞"}.get(value, "none")
    return true_minus(f"{value:.{digits}f}" if abs(value) >= 0.1 else f"{value:.2g}")


def draw_js_apart(ax, *, shift):
    """Two bells `shift` > 0 apart; for each divergence an arrow home, as long as its slope."""
    x = np.linspace(-3.5, 11.5, 301)
    ax.plot(x, normal_density(x), color=INK)
    ax.plot(x, normal_density(x, shift), color=GOLD, gid="lossbook:bell")
    ax.fill_between(x, normal_density(x), color=MUTED, alpha=0.25, linewidth=0)
    ax.fill_between(x, normal_density(x, shift), color=GOLD, alpha=0.25, linewidth=0)
    ax.axvline(0, color=MUTED, linewidth=1)
    _, slopes = normal_values(shift)
    for place, (name, slope) in enumerate(slopes.items()):
        height, color = -0.09 - 0.1 * place, LOOKS[name][0]
        tip = shift - slope
        ax.plot(
            [shift, tip],
            [height, height],
            color=color,
            linewidth=3,
            solid_capstyle="butt",
            gid=f"lossbook:pull-{name}",
        )
        alive = slope > 0.02
        head = CARETLEFT if alive else "o"  # whose tip is at the place
        ax.plot([tip], [height], marker=head, color=color, markersize=np.clip(30 * slope, 3, 10))
        ax.text(11.6, height, name, color=color, va="center")
    ax.plot([shift], [normal_density(0.0)], "o", gid="lossbook:handle:shift", **DOT)
    ax.set(xlim=(-3.5, 11.5), ylim=(-0.46, 0.46), yticks=[], xlabel="x (standard deviations)")
    ax.set_xticks(range(-2, 12, 2))
    ax.grid(visible=False)
    ax.spines["left"].set_visible(False)
    said = ", ".join(f"{name} {_number(slopes[name])}" for name in ("KL", "JS", "TV"))
    return f"Slopes at μ = {shift:.2f}: {said}, W₁ 1."


def draw_js_coin(axes, *, shift):
    """Two bells and their average; below, where an observation tells which of them it came from."""
    x = np.linspace(-3.5, 9.5, 261)
    p, q = normal_density(x), normal_density(x, shift)
    m = 0.5 * (p + q)
    axes["densities"].plot(x, p, color=INK, label="heads: P")
    axes["densities"].plot(x, q, ":", color=GOLD, linewidth=2.5, label="tails: Q")
    axes["densities"].plot(x, m, "--", color=BLUE, linewidth=2.5, label="average: M")
    axes["densities"].plot([shift], [normal_density(0.0)], "o", gid="lossbook:handle:shift", **DOT)
    axes["densities"].set(xlim=(-3.5, 9.5), ylim=(0, 0.46), ylabel="density")
    axes["densities"].tick_params(labelbottom=False)
    name_row(axes["densities"])
    learned = _bits_learned(x, shift)
    axes["learned"].fill_between(x, m, color=BLUE, alpha=0.12, linewidth=0)
    axes["learned"].fill_between(x, learned * m, color=BLUE, alpha=0.45, linewidth=0)
    axes["learned"].plot(x, m, "--", color=BLUE, linewidth=1.5)
    axes["learned"].plot(x, learned * m, color=BLUE, linewidth=3, gid="lossbook:learned")
    axes["learned"].set(xlim=(-3.5, 9.5), ylim=(0, 0.42), xlabel="x (standard deviations)")
    axes["learned"].set_ylabel("bits · density")
    bits = divergences.js(*normal_pair(shift), base=2)
    chance = 1 - ndtr(shift / 2)
    return (
        f"Bells {shift:.2f} apart: x tells {bits:.3f} bits about the coin, and the better guess is wrong in "
        f"{100 * chance:.1f} % of throws."
    )


def _bits_learned(x, shift):
    """Bits that x tells about the fair coin, on average over heads and tails at that x: 1 − entropy."""
    odds = shift * (x - 0.5 * shift)  # log of q/p
    heads, tails = np.exp(log_expit(-odds)), np.exp(log_expit(odds))
    return 1 + (heads * log_expit(-odds) + tails * log_expit(odds)) / math.log(2)


def draw_js_gap(ax, *, tails):
    """Entropy of a coin against its chance of tails; JS is how high the curve is over a chord's middle."""
    chances = np.linspace(0.0, 1.0, 201)
    ax.plot(chances, _coin_entropy(chances), color=INK, linewidth=2.5)
    ends = np.array([COIN, tails])
    ax.plot(ends, _coin_entropy(ends), "--", color=MUTED, gid="lossbook:chord")
    middle = ends.mean()
    low, high = _coin_entropy(ends).mean(), _coin_entropy(middle)
    ax.plot([middle, middle], [low, high], color=BLUE, linewidth=5, solid_capstyle="butt", gid="lossbook:gap")
    ax.plot([COIN], [_coin_entropy(COIN)], "o", color=INK, markersize=8)
    ax.axvline(tails, color=MUTED, linewidth=1.2, gid="lossbook:handle:tails")
    ax.plot([tails], [_coin_entropy(tails)], "o", **DOT)
    ax.text(COIN - 0.02, _coin_entropy(COIN) + 0.03, "P", ha="right")
    ax.text(tails + 0.025, _coin_entropy(tails) + 0.03, "Q", color=GOLD)
    ax.set(xlim=(-0.02, 1.06), ylim=(-0.04, 1.12), xlabel="chance of tails", ylabel="entropy (bits)")
    value = divergences.js([1 - COIN, COIN], [1 - tails, tails], base=2)
    return (
        f"Q falls tails with {tails:.2f}: entropy {high:.3f} of the average, {low:.3f} on average; "
        f"JS is {value:.3f} bits."
    )


def _coin_entropy(tails):
    return divergences.entropy(np.stack([1 - np.asarray(tails), np.asarray(tails)], -1), base=2)


@cache
def game_value(steepness, shift=GENERATOR):
    """Value in nats of the game for D(x) = σ(a(μ/2 − x)): mean of log D under data, of log(1 − D) under q."""
    p, q = normal_pair(shift)
    logit = steepness * (0.5 * shift - _X)
    return (p * log_expit(logit)).sum() + (q * log_expit(-logit)).sum()


def draw_js_game(axes, *, steepness):
    """A discriminator of one parameter, its steepness a, above; below, the value that it reaches."""
    x = np.linspace(-3.5, 6.5, 201)
    top = axes["judge"]
    top.plot(x, normal_density(x), color=INK, label="data")
    top.plot(x, normal_density(x, GENERATOR), ":", color=GOLD, linewidth=2.5, label="generator")
    guess = np.exp(log_expit(steepness * (0.5 * GENERATOR - x)))
    top.plot(x, guess, color=BLUE, linewidth=3, label="D(x)", gid="lossbook:judge")
    top.set(xlim=(-3.5, 6.5), ylim=(0, 1.05), xlabel="x (standard deviations)", ylabel="density, D")
    name_row(top)
    a = np.linspace(0.0, 8.0, 161)
    ceiling = 2 * normal_js(GENERATOR) - 2 * math.log(2)
    low = axes["value"]
    low.axhline(ceiling, color=INK, linestyle="--", linewidth=1.5)
    low.plot(a, [game_value(s) for s in a], color=BLUE, linewidth=3)
    low.axvline(steepness, color=MUTED, linewidth=1.2, gid="lossbook:handle:steepness")
    low.plot([steepness], [game_value(steepness)], "o", gid="lossbook:value", **DOT)
    low.text(8, ceiling + 0.08, "2 JS − 2 log 2", ha="right", color=INK)
    low.set(xlim=(0, 8), ylim=(-1.5, 0.02), xlabel="steepness a", ylabel="value (nats)")
    value = true_minus(f"{game_value(steepness):.3f}")
    return (
        f"With a = {steepness:.2f} the value is {value} nats; the ceiling is {true_minus(f'{ceiling:.3f}')}."
    )


def draw_js_slopes(axes, *, shapes, shift):
    """Value and slope of the four against the shift, for bells or for blocks, with a line at `shift`."""
    at = normal_values if shapes == "bells" else block_values
    grid = np.linspace(0.0, 8.0, 161)
    rows = [at(t) for t in grid]
    for name, (color, dash) in LOOKS.items():
        look = {"color": color, "linestyle": dash, "linewidth": 3 if dash == "-" else 2.5}
        look["label"] = "KL = ∞" if (shapes, name) == ("blocks", "KL") else name
        values, slopes = (np.array([row[i][name] for row in rows]) for i in (0, 1))
        values[~np.isfinite(values)] = np.nan
        axes["value"].plot(grid, values, gid=f"lossbook:value-{name}", **look)
        axes["slope"].plot(grid, slopes, gid=f"lossbook:slope-{name}", **look)
    for ax in axes.values():
        ax.axvline(shift, color=MUTED, linewidth=1.5, gid="lossbook:handle:shift")
    axes["value"].set(xlim=(0, 8), ylim=(0, 2.3), ylabel="value")
    axes["slope"].set(xlim=(0, 8), ylim=(-0.06, 1.5), ylabel="slope", xlabel="shift μ (units of x)")
    axes["value"].tick_params(labelbottom=False)
    name_row(axes["value"])
    values, slopes = at(shift)
    axes["value"].plot([shift], [values["JS"]], "o", **DOT)
    axes["slope"].plot([shift], [slopes["JS"]], "o", **DOT)
    said = "; ".join(f"{name} {_number(values[name])}, slope {_number(slopes[name])}" for name in LOOKS)
    return f"{shapes.capitalize()} {shift:.2f} apart: {said}."


def slide_home(start, slope, *, rate=RATE, steps=STEPS):
    """Follow a slope downhill from a shift, by plain steps; the shifts, start included."""
    path = [start]
    for _ in range(steps):
        path.append(path[-1] - rate * slope(path[-1]))
    return np.array(path)


#: The slope of each in the shift of two standard bells, on both sides of 0.
SLOPES = {"KL": float, "JS": normal_js_slope, "W₁": np.sign}


def draw_js_descent(ax, *, start):
    """Three generators that start `start` from the data and go down KL, JS and W₁ at one learning rate."""
    ends = []
    for name, slope in SLOPES.items():
        color, dash = LOOKS[name]
        path = slide_home(start, slope)
        ax.plot(path, dash, color=color, linewidth=2.5, gid=f"lossbook:path-{name}")
        ends.append((path[-1], name, color))
    ax.axhline(0, color=MUTED, linewidth=1)
    ax.plot([0], [start], "o", gid="lossbook:handle:start", **DOT)
    name_ends(ax, 60.8, ends, gap=0.8)
    ax.set(xlim=(-1.5, 65), ylim=(-0.9, 8.6), xlabel="step", ylabel="shift μ (standard deviations)")
    ax.set_xticks(range(0, 61, 10))
    said = ", ".join(f"{name} {true_minus(f'{round(end, 6) + 0.0:.2f}')}" for end, name, _ in ends)
    return f"From μ = {start:.2f}, after {STEPS} steps: {said}."


def narrow_w1(shift):
    """W₁ of the standard bell and one of spread `NARROW` at `shift`: the mean of |μ + (s − 1) z|."""
    spread = 1 - NARROW
    return spread * math.sqrt(2 / math.pi) * math.exp(-0.5 * (shift / spread) ** 2) + shift * (
        1 - 2 * ndtr(-shift / spread)
    )


def draw_js_earth(ax, *, shift):
    """Distribution functions of a bell and a narrower one at `shift`; the area between them is W₁."""
    x = np.linspace(-4.0, 6.0, 201)
    p, q = ndtr(x), ndtr((x - shift) / NARROW)
    ax.fill_between(x, p, q, color=PURPLE, alpha=0.25, linewidth=0)
    ax.plot(x, p, color=INK, label="P")
    ax.plot(x, q, ":", color=GOLD, linewidth=3, label="Q", gid="lossbook:q")
    ax.axhline(0.8, color=MUTED, linewidth=1)
    high = 0.8416212335729143  # the 80 % quantile of the standard bell
    ax.plot([high, shift + NARROW * high], [0.8, 0.8], color=PURPLE, linewidth=4, gid="lossbook:carried")
    ax.plot([shift], [0.5], "o", gid="lossbook:handle:shift", **DOT)
    ax.set(xlim=(-4, 6), ylim=(-0.02, 1.02), xlabel="x (standard deviations of P)")
    ax.set_ylabel("share of the mass left of x")
    name_row(ax)
    work = divergences.wasserstein_1d(*_narrow_pair(shift), support=_X)
    return (
        f"Q at {true_minus(f'{shift:.2f}')}: grain 0.8 moves by "
        f"{abs(shift + (NARROW - 1) * high):.3f}, all grains on average by W₁ = {work:.3f}."
    )


def _narrow_pair(shift):
    """The two bells of the earth figure as probabilities of the cells of the grid."""
    return normal_density(_X) * _H, normal_density(_X, shift, NARROW) * _H


def draw_js_triangle(ax, *, middle):
    """Coins with chances 0, b and 1 of tails: the way by b against the direct one, for JS and its root."""
    chances = np.linspace(0.0, 1.0, 201)
    divergence, distance = (np.array([f(b) for b in chances]) for f in (_way_by, _way_by_root))
    ax.axhline(1, color=INK, linestyle=":", linewidth=1.5)
    ax.plot(chances, distance, "--", color=BLUE, linewidth=3, gid="lossbook:root")
    ax.plot(chances, divergence, color=BLUE, linewidth=3, gid="lossbook:divergence")
    ax.axvline(middle, color=MUTED, linewidth=1.2, gid="lossbook:handle:middle")
    ax.plot([middle], [_way_by_root(middle)], "o", **DOT)
    ax.plot([middle], [_way_by(middle)], "o", **DOT)
    ax.text(1.02, 1, "direct", va="center")
    ax.text(0.5, 1.19, "by b, the root", color=BLUE, ha="center")
    ax.text(0.5, 0.49, "by b, the divergence", color=BLUE, ha="center")
    ax.set(xlim=(0, 1), ylim=(0.4, 1.25), xlabel="chance b", ylabel="length of the way (JS in bits)")
    return (
        f"By b = {middle:.2f}: JS {_way_by(middle):.3f} bits against 1 for the direct way; "
        f"root {_way_by_root(middle):.3f} against 1."
    )


def _way_by(b):
    """JS in bits from the coin 0 to the coin b and on to the coin 1."""
    return sum(divergences.js([1 - a, a], [1 - b, b], base=2) for a in (0.0, 1.0))


def _way_by_root(b):
    return sum(divergences.js_distance([1 - a, a], [1 - b, b], base=2) for a in (0.0, 1.0))


def draw_js_tree(ax, *, names, distances):
    """A dendrogram, by average linkage, of texts from the matrix of their distances."""
    tree = dendrogram(linkage(squareform(distances, checks=False), "average"), no_plot=True)
    for places, heights in zip(tree["icoord"], tree["dcoord"], strict=True):
        ax.plot(heights, np.array(places) / 10 - 0.5, color=BLUE, linewidth=2)
    for place, leaf in enumerate(tree["leaves"]):
        title, _, piece = names[leaf].rpartition(" ")
        ax.text(-0.012, place, f"{TITLES.get(title, title)} {piece}", ha="right", va="center")
    ax.set(xlim=(0, 0.85), ylim=(-0.6, len(names) - 0.4), yticks=[])
    ax.set_xlabel("distance at which groups join (root of JS in bits)")
    ax.spines["left"].set_visible(False)


def draw_js_card(ax):
    """JS against the shift of two bells, with its ceiling, and how the ceiling makes it flat."""
    shift = np.linspace(0.0, 8.0, 161)
    ax.axhline(math.log(2), color=INK, linestyle="--", linewidth=1.5)
    ax.plot(shift, [normal_js(t) for t in shift], color=BLUE, linewidth=3, gid="lossbook:js")
    ax.text(0.15, 0.72, "log 2")
    ax.text(2.2, 0.3, "points home", color=BLUE)
    ax.text(5.2, 0.6, "flat", color=BLUE)
    ax.set(xlim=(0, 8), ylim=(0, 0.8), xlabel="shift μ (standard deviations)", ylabel="JS (nats)")
