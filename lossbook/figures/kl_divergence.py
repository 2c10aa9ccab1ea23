"""Figures of chapter 5: KL divergence, its two directions, what it measures, and how it is estimated."""

import functools
import math

import numpy as np
from scipy.optimize import minimize

from lossbook import data, divergences
from lossbook.figures.engine.labels import name_ends, name_row
from lossbook.figures.engine.style import (
    BLUE,
    DOT,
    GOLD,
    GREEN,
    INK,
    MUTED,
    PAPER,
    PURPLE,
    RED,
    shaded,
    true_minus,
)
from lossbook.figures.losses import DIVERGENCES
from lossbook.probability import logsumexp

#: The target with two bumps, each of width 1: where the left one stands, and its share.
LEFT, SHARE = -2.0, 0.6
#: Where the right bump stands in the map of fits.
RIGHT = 3.5

#: Standard normal draws by quadrature: places and weights.
DRAWS = np.linspace(-8.0, 8.0, 321)
WEIGHTS = np.exp(-0.5 * DRAWS**2) / np.exp(-0.5 * DRAWS**2).sum()

#: Colors of KL(P‖Q) and KL(Q‖P); in this chapter the second is solid.
FORWARD, REVERSE = DIVERGENCES["kl"].color, DIVERGENCES["reverse_kl"].color

#: The languages of the letter counts, as the text names them.
LANGUAGES = tuple(name.capitalize() for name in list(data.load("letters").columns)[1:])


def normal(x, mean, width):
    """Density of a normal distribution with this mean and standard deviation."""
    return np.exp(-0.5 * ((x - mean) / width) ** 2) / (width * math.sqrt(2 * math.pi))


def two_bumps(x, right):
    """Density of the target whose right bump stands at `right`."""
    return SHARE * normal(x, LEFT, 1.0) + (1 - SHARE) * normal(x, right, 1.0)


def log_two_bumps(x, right):
    """Logarithm of that density and its derivative, finite everywhere."""
    terms = np.stack([math.log(SHARE) - 0.5 * (x - LEFT) ** 2, math.log(1 - SHARE) - 0.5 * (x - right) ** 2])
    total = logsumexp(terms, axis=0)
    from_left = np.exp(terms[0] - total)
    slope = -from_left * (x - LEFT) - (1 - from_left) * (x - right)
    return total - 0.5 * math.log(2 * math.pi), slope


def covering_fit(right):
    """Mean and width of the normal Q with the least KL(P‖Q): those of the target itself."""
    mean = SHARE * LEFT + (1 - SHARE) * right
    return mean, math.sqrt(1 + SHARE * (1 - SHARE) * (right - LEFT) ** 2)


def reverse_kl(mean, log_width, right):
    """KL(Q‖P) of normals Q to the target, and its derivatives in mean and log width; elementwise."""
    width = np.exp(np.asarray(log_width))[..., None]
    log_p, slope = log_two_bumps(np.asarray(mean)[..., None] + width * DRAWS, right)
    value = -0.5 - 0.5 * math.log(2 * math.pi) - log_width - log_p @ WEIGHTS
    return value, np.stack([-(slope @ WEIGHTS), -1 - (slope * width * DRAWS) @ WEIGHTS], axis=-1)


@functools.cache
def seeking_fits(right):
    """All valleys of KL(Q‖P) found from fifteen starts: value, mean and width, the lowest first."""
    found = set()
    for mean in (LEFT, 0.5 * (LEFT + right), right):
        for log_width in (-0.5, 0.0, 0.4, 0.8, 1.2):
            start, options = [mean, log_width], {"gtol": 1e-8}
            fit = minimize(lambda at: reverse_kl(*at, right), start, jac=True, method="BFGS", options=options)
            found.add((round(float(fit.fun), 4), round(fit.x[0], 2), round(math.exp(fit.x[1]), 2)))
    return tuple(sorted(found))


def _draw_fits(ax, place):
    """Draw the target and the best normal in each direction; return the widths of the two."""
    x = np.linspace(-7.0, 10.0, 120)
    cover, (_, *seek) = covering_fit(place), seeking_fits(place)[0]
    ax.fill_between(x, two_bumps(x, place), color=MUTED, alpha=0.25, linewidth=0)
    ax.plot(x, two_bumps(x, place), color=MUTED, linewidth=1.5, label="target P")
    looks = {"gid": "lossbook:seeking", "label": "least KL(Q‖P)", "linewidth": 3}
    ax.plot(x, normal(x, *seek), color=REVERSE, **looks)
    looks = {"gid": "lossbook:covering", "label": "least KL(P‖Q)", "zorder": 3}
    ax.plot(x, normal(x, *cover), "--", color=FORWARD, linewidth=2.5, **looks)
    ax.set(xlim=(-7, 10), ylim=(0, 0.43))
    return cover[1], seek[1]


def draw_kl_two_fits(ax, *, place):
    """A target with two bumps, the right one at `place`, and the best normal in each direction."""
    cover, seek = _draw_fits(ax, place)
    ax.plot([place], [two_bumps(place, place)], "o", gid="lossbook:handle:place", **DOT)
    ax.set(xlabel="x", ylabel="density")
    name_row(ax)
    said = true_minus(f"{place:.2f}")
    return f"Bump at {said}: the dashed fit is {cover:.2f} wide, the solid one {seek:.2f}."


def shares(language):
    """Share of each letter in a language's counts, in the order of the table."""
    counts = data.load("letters")[language.lower()]
    return counts / counts.sum()


def draw_kl_letters(ax, *, model):
    """What each letter of English adds to the bits lost by expecting another language's letters."""
    p, q = shares("English"), shares(model)
    letters = data.load("letters")["letter"][p > 0]
    q, p = q[p > 0], p[p > 0]
    with np.errstate(divide="ignore"):
        bits = p * np.log2(p / q)
    shown, places = np.where(np.isinf(bits), 0.2, bits), np.arange(len(p))
    for shade, inside in ((0, shown >= 0), (2, shown < 0)):
        ax.bar(places[inside], shown[inside], **shaded(RED if shade == 0 else BLUE, shade))
    if np.isinf(bits).any():
        ax.text(places[np.isinf(bits)][0] + 0.8, 0.17, "∞")
    ax.axhline(0, color=INK, linewidth=1)
    ax.set(xlim=(-0.8, len(p) - 0.2), ylim=(-0.1, 0.2), xticks=places, xticklabels=letters)
    ax.set(ylabel="p log₂(p/q) (bits)", xlabel="letter of an English text")
    ax.grid(visible=False, axis="x")
    total, which = float(bits.sum()), int(np.argmax(bits))
    if math.isinf(total):
        return f"{model} has no {letters[which]}: one such letter costs infinitely many bits."
    return f"{model} for English: {total:.3f} bits a letter; {letters[which]} adds most, {bits[which]:.3f}."


def draw_kl_letter_matrix(ax, *, matrix):
    """Heat map of the divergences between languages, rows P and columns Q, in bits a letter."""
    ax.imshow(matrix, cmap="cividis", vmin=0, vmax=np.max(matrix), aspect="auto")
    for row, column in np.ndindex(matrix.shape):
        bright = matrix[row, column] > 0.47 * np.max(matrix)
        text = "" if row == column else f"{matrix[row, column]:.2f}"
        look = {"color": "#101010" if bright else "#f8f8f8", "ha": "center", "va": "center", "fontsize": 9.5}
        ax.text(column, row, text, **look)
    places, short = range(len(LANGUAGES)), [name[:3] for name in LANGUAGES]
    ax.set(xticks=places, yticks=places, xticklabels=short, yticklabels=LANGUAGES)
    ax.set(xlabel="the model Q expects", ylabel="the text is P")
    ax.grid(visible=False)


def draw_kl_inequality(ax):
    """The logarithm below its tangent at 1; the gap is never negative."""
    r = np.linspace(0.06, 4.0, 198)
    ax.fill_between(r, np.log(r), r - 1, color=GREEN, alpha=0.15, linewidth=0)
    ax.plot(r, r - 1, "--", color=RED, gid="lossbook:tangent")
    ax.plot(r, np.log(r), color=BLUE, linewidth=3, gid="lossbook:log")
    ax.plot([1], [0], "o", color=INK)
    name_ends(ax, 4.05, [(3.0, "r − 1", RED), (math.log(4), "log r", BLUE)], gap=0.4)
    ax.text(2.95, 1.5, "gap ≥ 0", color=INK)
    ax.set(xlim=(0, 4.6), ylim=(-2.8, 3.2), xlabel="ratio r = q/p", ylabel="value")


def draw_kl_gaussians(axes, *, mean, width):
    """P standard normal, Q with this mean and width: densities, and what each place adds to KL(P‖Q)."""
    x = np.linspace(-5.0, 7.0, 81)
    p, q = normal(x, 0.0, 1.0), normal(x, mean, width)
    # By the closed logarithms: far out both densities are 0 in floats.
    term = p * (math.log(width) - 0.5 * x**2 + 0.5 * ((x - mean) / width) ** 2)
    axes["density"].plot(x, p, "--", color=INK, label="P, mean 0, width 1")
    axes["density"].plot(x, q, color=GOLD, linewidth=3, label="Q", gid="lossbook:q")
    top = normal(mean, mean, width)
    axes["density"].plot([mean], [top], "o", gid="lossbook:handle:mean+width", **DOT)
    axes["density"].set(xlim=(-5, 7), ylim=(0, 1.1), ylabel="density")
    axes["density"].tick_params(labelbottom=False)
    name_row(axes["density"])
    for sign, color, alpha in ((1, RED, 0.5), (-1, BLUE, 0.35)):
        part = np.where(sign * term > 0, term, 0)
        axes["term"].fill_between(x, part, color=color, alpha=alpha, linewidth=0)
    axes["term"].plot(x, term, color=INK, linewidth=1.5, gid="lossbook:term")
    axes["term"].set(xlim=(-5, 7), ylim=(-0.5, 1.5), xlabel="x", ylabel="p log(p/q) (nats)")
    forward = divergences.gaussian_kl(0.0, 1.0, mean, width**2)
    backward = divergences.gaussian_kl(mean, width**2, 0.0, 1.0)
    return f"Q at {mean:.2f}, {width:.2f} wide: KL(P‖Q) = {forward:.3f}, KL(Q‖P) = {backward:.3f} nats."


def coin_kl(p, q):
    """KL in nats between two coins whose probabilities of heads are p and q, elementwise."""
    p, q = np.broadcast_arrays(p, q)
    return divergences.kl(np.stack([p, 1 - p], axis=-1), np.stack([q, 1 - q], axis=-1))


def draw_kl_coins(ax, *, heads):
    """Both divergences from a coin with this probability of heads, and the parabola that they share."""
    q = np.linspace(0.005, 0.995, 133)
    curves = {
        "forward": (coin_kl(heads, q), FORWARD, "--", "KL(P‖Q)"),
        "backward": (coin_kl(q, heads), REVERSE, "-", "KL(Q‖P)"),
        "parabola": ((q - heads) ** 2 / (2 * heads * (1 - heads)), GREEN, ":", "parabola"),
    }
    for name, (y, color, dash, label) in curves.items():
        width = 3 if dash == "-" else 2.5
        looks = {"color": color, "linewidth": width, "label": label, "zorder": 2 if dash == "-" else 3}
        ax.plot(q, y, dash, gid=f"lossbook:{name}", **looks)
    ax.axvline(heads, color=MUTED, linewidth=1.2, gid="lossbook:handle:heads")
    ax.plot([heads], [0], "o", clip_on=False, **DOT)
    ax.set(xlim=(0, 1), ylim=(0, 1.5), xlabel="Q's probability of heads", ylabel="divergence (nats)")
    name_row(ax)
    away = heads + 0.1 if heads < 0.5 else heads - 0.1
    values = [float(v) for v in (coin_kl(heads, away), coin_kl(away, heads))]
    half = 0.01 / (2 * heads * (1 - heads))
    ax.plot([away], [half], "x", color=INK, markersize=9, markeredgewidth=2, zorder=4)
    return f"Q = {away:.2f}: {values[0]:.4f} (P‖Q), {values[1]:.4f} (Q‖P), parabola {half:.4f} nats."


@functools.cache
def descent(mean, width, *, forward):
    """Path of gradient descent on mean and log width from a start, resampled to 31 points by length."""
    center, spread = covering_fit(RIGHT)
    at, path = np.array([mean, math.log(width)]), []
    for _ in range(900):
        path.append(at)
        if forward:
            square = (spread**2 + (center - at[0]) ** 2) / math.exp(2 * at[1])
            slope = np.array([(at[0] - center) / math.exp(2 * at[1]), 1 - square])
        else:
            slope = reverse_kl(at[0], at[1], RIGHT)[1]
        step = 0.1 * slope
        if np.abs(step).max() < 1e-5:
            break
        at = at - step * min(1.0, 0.1 / np.linalg.norm(step))
    path = np.array(path)
    length = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1))])
    wanted = np.linspace(0, length[-1], 31)
    return np.column_stack(
        [np.interp(wanted, length, path[:, 0]), np.exp(np.interp(wanted, length, path[:, 1]))]
    )


@functools.cache
def _landscape():
    """KL(Q‖P) over the plane of means and widths of the map."""
    means, widths = np.linspace(-4, 6, 61), np.geomspace(0.5, 7.5, 45)
    return means, widths, reverse_kl(*np.meshgrid(means, np.log(widths)), RIGHT)[0]


def valley(mean, width):
    """Name of the valley of KL(Q‖P) in which a fit lies."""
    named = {"left bump": LEFT, "right bump": RIGHT}
    return "both bumps" if width > 1.8 else min(named, key=lambda name: abs(named[name] - mean))


def draw_kl_paths(ax, *, mean, width):
    """Where descent on each direction leads a normal that starts with this mean and width."""
    levels = [0.52, 0.58, 0.64, 0.7, 0.8, 0.9, 1.0, 1.3, 1.8, 2.6, 4.0, 6.5]
    ax.contour(*_landscape(), levels=levels, colors=MUTED, linewidths=0.8, alpha=0.6)
    for _, place, size in seeking_fits(RIGHT):
        ax.plot([place], [size], "*", color=REVERSE, markersize=13)
        paper = {"facecolor": PAPER, "linewidth": 0, "pad": 1}
        look = {"color": REVERSE, "va": "top", "bbox": paper, "zorder": 2}
        ax.text(place + 0.2, size * 0.86, valley(place, size), **look)
    center, spread = covering_fit(RIGHT)
    ax.plot([center], [spread], "s", color=FORWARD, markersize=9)
    backward, forward = (descent(mean, width, forward=way) for way in (False, True))
    ax.plot(*backward.T, color=REVERSE, linewidth=3, label="downhill in KL(Q‖P)", gid="lossbook:backward")
    looks = {"label": "downhill in KL(P‖Q)", "gid": "lossbook:forward", "zorder": 3}
    ax.plot(*forward.T, "--", color=FORWARD, linewidth=2.5, **looks)
    ax.plot([mean], [width], "o", gid="lossbook:handle:mean+width", **DOT)
    ax.set(xlim=(-4, 6), ylim=(0.5, 7.5), yscale="log", xlabel="mean of Q", ylabel="width of Q")
    ax.set(yticks=[0.5, 1, 2, 4], yticklabels=["0.5", "1", "2", "4"])
    ax.minorticks_off()
    name_row(ax)
    end = backward[-1]
    value = float(reverse_kl(end[0], math.log(end[1]), RIGHT)[0])
    return (
        f"From ({true_minus(f'{mean:.1f}')}, {width:.1f}) down KL(Q‖P): to “{valley(*end)}”, "
        f"{value:.2f} nats."
    )


def estimator_moments(shift):
    """Mean and standard deviation of k1, k2 and k3 at one draw x ~ Q = N(0, 1), for P = N(shift, 1)."""
    m2 = np.asarray(shift) ** 2
    return {
        "k1": (m2 / 2, np.sqrt(m2)),
        "k2": (m2 / 2 + m2**2 / 8, np.sqrt(m2**3 + 2 * m2**2) / 2),
        "k3": (m2 / 2, np.sqrt(np.expm1(m2) - m2)),
    }


def draw_kl_estimators(axes, *, shift):
    """Mean and scatter of three estimators of a divergence from one draw, against the distance."""
    x = np.linspace(0.01, 2.0, 200)
    moments, here = estimator_moments(x), estimator_moments(shift)
    looks = {"k1": (RED, "--", 3), "k2": (GREEN, ":", 3), "k3": (BLUE, "-", 2)}
    for name, (color, dash, order) in looks.items():
        for panel, values in zip(("mean", "scatter"), moments[name], strict=True):
            line = {"color": color, "linewidth": 3 if dash != "--" else 2.5, "zorder": order}
            axes[panel].plot(x, values, dash, label=name, gid=f"lossbook:{name}-{panel}", **line)
    for panel in axes.values():
        panel.axvline(shift, color=MUTED, linewidth=1.2)
    axes["scatter"].axvline(shift, color=MUTED, linewidth=1.2, gid="lossbook:handle:shift")
    axes["scatter"].plot([shift], [here["k1"][1]], "o", **DOT)
    axes["mean"].set(xlim=(0, 2), ylim=(0, 4), ylabel="mean (nats)")
    axes["scatter"].set(xlim=(0, 2), ylim=(0, 4), ylabel="scatter (nats)")
    axes["mean"].tick_params(labelbottom=False)
    axes["scatter"].set_xlabel("distance of the means (widths)")
    name_row(axes["mean"])
    scatter = ", ".join(f"{name} {here[name][1]:.2f}" for name in looks)
    return f"KL {float(here['k1'][0]):.3f}, mean of k2 {float(here['k2'][0]):.3f}; scatter {scatter} nats."


def draw_kl_likelihood(ax, *, values, mean, width):
    """Histogram of real values, and the normal density that gives them the highest likelihood."""
    ax.hist(values, bins=22, density=True, **shaded(MUTED, 1))
    x = np.linspace(min(values) - 0.4, max(values) + 0.4, 161)
    ax.plot(x, normal(x, mean, width), color=BLUE, linewidth=3, gid="lossbook:fit")
    ax.set(xlabel="log of the yearly income (francs)", ylabel="density")


def draw_kl_ratio(ax):
    """KL over its quadratic form, as a step shrinks, for three families and both directions of the step."""
    steps = np.geomspace(1e-3, 0.5, 60)
    for sign, dash in ((1, "-"), (-1, "--")):
        h = sign * steps
        curves = {
            "coin": (coin_kl(0.3, 0.3 + 0.5 * h) / (0.5 * (0.5 * h) ** 2 / 0.21), RED),
            "width": ((np.expm1(-2 * h) / 2 + h) / h**2, BLUE),  # log width: F = 2
            "rate": ((np.exp(h) - 1 - h) / (0.5 * h**2), PURPLE),  # Poisson with rate 1, log rate: F = 1
        }
        for name, (y, color) in curves.items():
            ax.plot(steps, y, dash, color=color, gid=f"lossbook:{name}{sign}")
            if sign == 1:
                ax.text(0.52, y[-1], name, color=color, va="center")
    ax.axhline(1, color=MUTED, linewidth=1)
    ax.set(xscale="log", xlim=(1e-3, 1.1), ylim=(0.5, 2.25), xlabel="size of the step")
    ax.set(ylabel="KL over ½ΔᵀFΔ")


def draw_kl_card(ax):
    """P with two bumps, and what each direction does with one."""
    _draw_fits(ax, 4.0)
    ax.set(xticks=[], yticks=[])
    ax.text(1.2, 0.2, "least KL(P‖Q) covers", color=FORWARD)
    ax.text(-1.0, 0.36, "least KL(Q‖P) seeks", color=REVERSE)
    ax.text(5.2, 0.1, "target P", color=MUTED)
