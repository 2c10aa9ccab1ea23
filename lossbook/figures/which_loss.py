"""Figures of the page *Which loss?*: losses over each other, of which the reader chooses two or three.

Each loss is a layer. Where a target lies `away` from its prediction, the pull is minus the gradient: it draws
the prediction up, where the target is above.
"""

import functools
import math

import numpy as np
from scipy.integrate import quad
from scipy.optimize import minimize_scalar
from scipy.special import ndtri

from lossbook import classification, divergences, regression
from lossbook.figures.engine.labels import name_ends
from lossbook.figures.engine.layers import GID
from lossbook.figures.engine.parameters import Layers
from lossbook.figures.engine.style import DOT, GRID, HANDLE_GOLD, INK, MUTED, true_minus
from lossbook.figures.losses import CLASSIFICATION, DIVERGENCES, REGRESSION, layer, mark, name_layers
from lossbook.probability import sigmoid

#: What the losses are tried with: thresholds in units of the targets.
PARAMETERS = {
    "huber": {"delta": 1.0},
    "smooth_l1": {"beta": 2.0},
    "pseudo_huber": {"delta": 1.0},
    "quantile": {"tau": 0.8},
    "tukey_biweight": {"c": 4.685},
    "barron": {"alpha": 0.0},
}

#: Nine numbers, made up; the tenth is the one that moves.
NUMBERS = np.array([3.2, 3.9, 4.4, 4.7, 5.0, 5.3, 5.8, 6.1, 6.9])

#: The names of layers, as the drop-downs offer them.
LOSSES = [look.name for look in REGRESSION.values()]
SCORES = [look.name for look in CLASSIFICATION.values()]
MEASURES = [look.name for look in DIVERGENCES.values()]


def choose(names, *start):
    """Three drop-downs that choose among layers, the third of which may stay empty."""
    words = {"first": "show", "second": "with", "third": "and"}
    return {
        name: Layers(names, label=label, value=value, optional=name == "third")
        for (name, label), value in zip(words.items(), start, strict=True)
    }


#: The line that the reader takes hold of.
HOLD = {"color": HANDLE_GOLD, "linewidth": 3, "zorder": 1}


def _number(x, digits=2):
    """A number for a sentence: a true minus, and none before zero."""
    text = f"{round(float(x), 9):.{digits}f}"
    return true_minus(text if float(text) else text.removeprefix("-"))


def _hold(axes, place, slider):
    """Draw the gold line through all panels, to be taken by the gold dot at its upper end."""
    for ax in axes.values():
        ax.axvline(place, **HOLD)
    top = next(iter(axes.values()))
    above = {"transform": top.get_xaxis_transform(), "clip_on": False}
    top.plot([place], [1.0], "o", gid=f"lossbook:handle:{slider}", **above, **DOT)


# ---- Numbers against numbers -------------------------------------------------------------------------------


def loss(name, away):
    """What a target costs that lies `away` from its prediction."""
    away = np.asarray(away, float)
    return getattr(regression, name)(0 * away, away, **PARAMETERS.get(name, {}))


def pull(name, away):
    """Minus the gradient in the prediction."""
    away = np.asarray(away, float)
    return 0 - getattr(regression, f"{name}_grad")(0 * away, away, **PARAMETERS.get(name, {}))


def center(name):
    """What the loss picks of standard normal targets: 0, but for a quantile."""
    return float(ndtri(PARAMETERS["quantile"]["tau"])) if name == "quantile" else 0.0


@functools.cache
def slope_of_mean_pull(name):
    """How fast the mean pull of standard normal targets falls as the prediction moves up, at the center.

    That is E[ψ′], jumps of ψ counted. By parts it is E[Y ψ(Y − center)], which asks for no derivative.
    """
    middle = center(name)

    def integrand(y):
        return y * float(pull(name, y - middle)) * math.exp(-0.5 * y * y) / math.sqrt(2 * math.pi)

    corners = sorted({middle + k * step for step in (0, 1, 2, 4.685) for k in (-1, 1)})
    return quad(integrand, -12, 12, points=corners, limit=400)[0]


def influence(name, away):
    """How far one target among n moves the pick, times n: pull over the slope of the mean pull."""
    return pull(name, away) / slope_of_mean_pull(name)


@functools.cache
def mass(name):
    """The integral of exp(−loss): infinite for Tukey's biweight, which is constant far out."""
    if name == "tukey_biweight":
        return math.inf
    sides = [quad(lambda x, k=k: math.exp(-float(loss(name, k * x))), 0, np.inf)[0] for k in (-1, 1)]
    return sum(sides)


def density(name, away):
    """The noise for which the loss is minus the log-likelihood, up to a constant, where there is one."""
    return np.exp(-loss(name, away)) / mass(name)


def _points(curve, name):
    """The points of a curve: few where it is straight, two where it jumps."""
    straight = name in ("absolute_error", "quantile")
    if straight and curve in (pull, influence):
        x = np.array([-6.0, -1e-9, 1e-9, 6.0])
    elif straight and curve is loss:
        x = np.array([-6.0, 0.0, 6.0])
    else:
        x = np.linspace(-6.0, 6.0, 121)
    return x, curve(name, x)


def _panel(ax, curves, away, *, height, label):
    """Draw a panel of curves, each a layer, with a dot where the gold line stands; return their ends.

    Where a curve is outside of the panel there, an arrowhead says on which side.
    """
    ends = []
    ax.axhline(0, color=MUTED, linewidth=0.8, zorder=0)
    for name, curve in curves.items():
        look = REGRESSION[name]
        ax.plot(*_points(curve, name), **layer(look))
        here = float(curve(name, away))
        marker = "v" if here < height[0] else "^" if here > height[1] else "o"
        edge = {"v": 0.9 * height[0] + 0.1 * height[1], "^": 0.13 * height[0] + 0.87 * height[1]}
        ax.plot([away], [edge.get(marker, here)], marker, **mark(look))
        ends.append((float(np.clip(curve(name, 6.0), *height)), look.name, look.color))
    ax.set(xlim=(-6, 9.7), ylim=height, ylabel=label, xticks=range(-6, 7, 2))
    return ends


def draw_loss_and_pull(axes, *, away):
    """What each loss charges a target, and how hard the target pulls; a gold line where the target lies."""
    _hold(axes, away, "away")
    ends = _panel(axes["loss"], dict.fromkeys(REGRESSION, loss), away, height=(-0.4, 8.2), label="loss")
    _panel(axes["pull"], dict.fromkeys(REGRESSION, pull), away, height=(-3.5, 3.5), label="pull")
    name_ends(axes["loss"], 6.5, ends, gap=0.88, layers=True)
    axes["loss"].tick_params(labelbottom=False)
    axes["loss"].set_yticks(range(0, 9, 2))
    axes["pull"].set(yticks=(-2, 0, 2), xlabel="target − prediction (units of y)")
    said = {
        look.name: f"{_start(look.name)}: loss {_number(loss(name, away))}, pull {_number(pull(name, away))}."
        for name, look in REGRESSION.items()
    }
    return {"": f"Target {_place(away)}."} | said


def _start(name):
    """A name as a sentence begins with it."""
    return name[0].upper() + name[1:]


def _place(away):
    if away == 0:
        return "at the prediction"
    return f"{abs(away):.1f} {'above' if away > 0 else 'below'} the prediction"


def draw_influence_and_noise(axes, *, away):
    """How far one target moves the pick, and the noise for which the loss is the likelihood."""
    _hold(axes, away, "away")
    every = dict.fromkeys(REGRESSION, influence)
    ends = _panel(axes["influence"], every, away, height=(-2.4, 4.4), label="influence")
    dense = {name: density for name in REGRESSION if math.isfinite(mass(name))}
    _panel(axes["density"], dense, away, height=(-0.02, 0.62), label="density")
    tukey = REGRESSION["tukey_biweight"]  # its name below the line at 0, the others above
    above = [(height + 0.4, name, color) for height, name, color in ends if name != tukey.name]
    name_ends(axes["influence"], 6.5, above, gap=0.56, layers=True)
    axes["influence"].text(6.5, -0.42, tukey.name, color=tukey.color, va="center", gid=GID + tukey.name)
    axes["density"].text(6.5, 0.3, "Tukey: no\ndensity", color=tukey.color, va="center", gid=GID + tukey.name)
    axes["influence"].tick_params(labelbottom=False)
    axes["density"].set_xlabel("target − pick")
    said = {}
    for name, look in REGRESSION.items():
        likely = f"density {_number(density(name, away), 3)}" if name in dense else "no density"
        said[look.name] = f"{_start(look.name)}: influence {_number(influence(name, away))}, {likely}."
    return {"": f"Target {_place(away).replace('prediction', 'pick')}."} | said


# ---- What each picks of ten numbers ------------------------------------------------------------------------


def picks(name, numbers):
    """The constants of least summed loss among `numbers`, as (low, high), and other local minima.

    On a fine grid a minimum is where the sum turns from falling to rising. Where it is level between, every
    constant is one; else the place is found by narrowing down.
    """
    grid = np.round(np.arange(-1.0, 17.0, 0.01), 2)

    def total(constant):
        return loss(name, np.subtract.outer(numbers, constant)).sum(axis=0)

    turns = np.sign(np.round(np.diff(total(grid)), 9))
    found, fell = [], None
    for place, turn in enumerate(turns):
        if turn < 0:
            fell = place + 1
        elif turn > 0 and fell is not None:
            low, high = grid[[fell, place]]
            if place - fell < 2:
                low = high = minimize_scalar(total, bounds=(low - 0.01, high + 0.01), method="bounded").x
            found.append((float(total(low)), float(low), float(high)))
            fell = None
    least = min(cost for cost, *_ in found)
    best = [(low, high) for cost, low, high in found if cost <= least + 1e-6]
    return best, [low for cost, low, _ in found if cost > least + 1e-6]


def draw_picks(ax, *, place):
    """Ten numbers, of which the gold one moves, and above them what each loss picks."""
    numbers = np.append(NUMBERS, place)
    said = {}
    ax.plot(NUMBERS, np.zeros(9), "o", color=INK, markersize=7, clip_on=False)
    ax.plot([place], [0.0], "o", gid="lossbook:handle:place", clip_on=False, **DOT)
    for row, (name, look) in enumerate(reversed(REGRESSION.items()), 1):
        best, other = picks(name, numbers)
        ax.axhline(row, color=GRID, linewidth=0.8, zorder=0)
        ax.text(-0.3, row, look.name, color=look.color, ha="right", va="center")
        for low, high in best:
            if low < high:
                ax.plot([low, high], [row, row], color=look.color, linewidth=5, solid_capstyle="round")
            else:
                ax.plot([low], [row], "D", color=look.color, markersize=6)
            middle = (low + high) / 2
            ax.plot([middle, middle], [0.25, row], **layer(look, linewidth=1.2))
            ax.plot([low, high], [row, row], "D", **mark(look))
        ax.plot(other, [row] * len(other), "D", color=look.color, markersize=6, markerfacecolor="none")
        said[look.name] = _said(look.name, best, other)
    ax.set(xlim=(0, 16.3), ylim=(-0.5, 9.6), xlabel="number, and the constant picked", yticks=[])
    ax.grid(visible=False)
    ax.spines["left"].set_visible(False)
    return {"": f"Gold number at {place:.1f}."} | said


def _said(name, best, other):
    ways = [f"{low:.2f}" if low == high else f"anything from {low:.2f} to {high:.2f}" for low, high in best]
    also = f"; only locally best {', '.join(f'{x:.2f}' for x in other)}" if other else ""
    return f"{_start(name)}: {' or '.join(ways)}{also}."


# ---- Forecasts against labels ------------------------------------------------------------------------------

#: How much of a label smoothing moves to the other class, and how fast the focal loss forgets.
SMOOTHING, GAMMA = 0.1, 2.0


def score(name, logit):
    """What a forecast costs whose right class has this logit, the other logit 0; and the gradient."""
    logits = np.stack([np.asarray(logit, float), np.zeros(np.shape(logit))], axis=-1)
    labels = np.zeros(np.shape(logit), int)
    if name == "zero_one":
        return np.where(logits[..., 0] > 0, 0.0, 1.0), np.zeros(np.shape(logit))
    if name == "brier_score":
        s = sigmoid(logits[..., 0])
        probs = np.stack([s, 1 - s], axis=-1)
        by_probs = classification.brier_score_grad(probs, labels)
        return classification.brier_score(probs, labels), s * (1 - s) * (by_probs[..., 0] - by_probs[..., 1])
    function, options = {
        "softmax_cross_entropy": (classification.softmax_cross_entropy, {}),
        "label_smoothing": (classification.softmax_cross_entropy, {"label_smoothing": SMOOTHING}),
        "focal_loss": (classification.focal_loss, {"gamma": GAMMA}),
    }[name]
    gradient = getattr(classification, f"{function.__name__}_grad")
    return function(logits, labels, **options), gradient(logits, labels, **options)[..., 0]


def draw_scores_and_pull(axes, *, logit):
    """What each loss charges a forecast of the right class, and how hard it pulls at the logit."""
    a = np.linspace(-6.0, 6.0, 121)
    heights = {"loss": (-0.3, 7.0), "pull": (-0.32, 1.25)}
    said = {}
    _hold(axes, logit, "logit")
    for panel, ax in axes.items():
        ax.axhline(0, color=MUTED, linewidth=0.8, zorder=0)
        ax.set(xlim=(-6, 6), ylim=heights[panel], ylabel=panel, xticks=range(-6, 7, 2))
    for name, look in CLASSIFICATION.items():
        cost, gradient = score(name, a)
        here, slope = (float(x) for x in score(name, float(logit)))
        x, y = (np.array([-6.0, 0, 0, 6]), np.array([1.0, 1, 0, 0])) if name == "zero_one" else (a, cost)
        axes["loss"].plot(x, y, **layer(look))
        axes["pull"].plot(a, 0 - gradient, **layer(look))
        axes["loss"].plot([logit], [here], "o", **mark(look))
        axes["pull"].plot([logit], [0 - slope], "o", **mark(look))
        said[look.name] = f"{_start(look.name)}: loss {_number(here, 3)}, pull {_number(0 - slope, 3)}."
    order = ("softmax_cross_entropy", "brier_score", "focal_loss", "label_smoothing", "zero_one")
    looks = [CLASSIFICATION[name] for name in order]
    name_layers(axes["loss"], looks, across=(0.0, 0.38, 0.76), up=(1.24, 1.4))
    axes["loss"].tick_params(labelbottom=False)
    axes["pull"].set_xlabel("logit of the right class")
    chance = f"{100 * float(sigmoid(float(logit))):.1f}"
    return {"": f"Logit {_number(logit, 1)}: the right class has {chance}\u00a0%."} | said


@functools.cache
def elicited(name, chance):
    """The forecasts of least expected loss, (low, high), where the thing happens with this chance."""
    q = np.arange(1, 1000) / 1000
    logit = np.log(q / (1 - q))
    expected = chance * score(name, logit)[0] + (1 - chance) * score(name, -logit)[0]
    if name == "zero_one":  # at ½ it names no class
        expected[q == 0.5] = np.inf
    best = q[expected <= expected.min() + 1e-12]
    return float(best[0]), float(best[-1])


def draw_elicited(ax, *, rate):
    """The forecast that each loss asks for, against the true rate; a gold line where the rate is."""
    rates = np.arange(2, 99, 2) / 100
    said = {}
    ax.plot([0, 100], [0, 100], color=GRID, linewidth=5, zorder=0)
    _hold({"": ax}, rate, "rate")
    for name, look in CLASSIFICATION.items():
        if name == "zero_one":
            for low, high in ((0, 50), (50, 100)):
                area = {"color": look.color, "alpha": 0.12, "linewidth": 0, "gid": GID + look.name}
                ax.fill_between([low, high], [low] * 2, [high] * 2, **area)
        else:
            ax.plot(100 * rates, [100 * elicited(name, p)[0] for p in rates], **layer(look))
        low, high = (100 * q for q in elicited(name, rate / 100))
        ends = (0, 100) if rate == 50 else (0, 50) if rate < 50 else (50, 100)
        if low < high:
            bar = {"linestyle": "-", "linewidth": 2.5, "marker": "_", "markersize": 10}
            ax.plot([rate, rate], ends, **mark(look, **bar))
            side = "but" if rate == 50 else "below" if rate < 50 else "above"
            said[look.name] = f"{_start(look.name)}: anything {side} 50\u00a0%."
        else:
            ax.plot([rate], [low], "o", **mark(look))
            said[look.name] = f"{_start(look.name)}: {low:.1f}\u00a0%."
    ends = {name: 60.0 if name == "zero_one" else 100 * elicited(name, 0.98)[1] for name in CLASSIFICATION}
    named = [(ends[name], look.name, look.color) for name, look in CLASSIFICATION.items()]
    name_ends(ax, 101, named, gap=8, layers=True)
    ax.set(xlim=(0, 138), ylim=(0, 104), xlabel="true rate p (%)", ylabel="best forecast q (%)")
    ax.set_xticks(range(0, 101, 20))
    return {"": f"True rate {rate}\u00a0%."} | said


# ---- Two distributions -------------------------------------------------------------------------------------


def divergence(name, p, q):
    """A measure of two coins, whose probabilities of heads are p and q, elementwise."""
    p, q = np.broadcast_arrays(p, q)
    first, other = (np.stack([x, 1 - x], axis=-1) for x in (p, q))
    if name == "reverse_kl":
        return divergences.kl(other, first)
    return getattr(divergences, name)(first, other)


#: The coin with which the sentence compares.
FAIR = 0.5
#: Coins with hardly any heads, where KL is steep.
EDGE = np.array([0.0002, 0.0005, 0.001, 0.002, 0.005])


def draw_coins(ax, *, heads):
    """How far a coin Q is from the coin P, whose probability of heads is that of the gold line."""
    q = np.concatenate([EDGE, np.arange(1, 100) / 100, 1 - EDGE[::-1]])
    said, ends = {}, []
    _hold({"": ax}, heads, "heads")
    ax.axvline(FAIR, color=MUTED, linewidth=1, linestyle=":")
    for name, look in DIVERGENCES.items():
        y = divergence(name, heads, q)
        here = float(divergence(name, heads, FAIR))
        ax.plot(q, y, **layer(look))
        ax.plot([FAIR], [here], "o", **mark(look))
        # However low the curves end, their names stay above the axis.
        ends.append((float(np.clip(y[-1], 0.27, 1.4)), look.name, look.color))
        unit = "" if name in ("total_variation_distance", "hellinger") else " nats"
        said[look.name] = f"{_start(look.name)}: {_number(here, 3)}{unit} to the fair coin."
    name_ends(ax, 1.01, ends, gap=0.12, layers=True)
    ax.set(xlim=(0, 1.32), ylim=(-0.03, 1.5), xlabel="Q's probability of heads", ylabel="how far from P")
    ax.set_xticks(np.arange(0, 1.01, 0.2))
    return {"": f"P has heads at {heads:.2f}."} | said
