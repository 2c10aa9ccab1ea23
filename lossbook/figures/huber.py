"""Figures of chapter 15: the Huber loss, what it does to a fit, why it works, and where it fails."""

import math

import numpy as np
from scipy.special import ndtr, ndtri, stdtr, stdtrit

from lossbook import data, regression
from lossbook.figures.engine.labels import name_ends, name_row
from lossbook.figures.engine.style import BLUE, DOT, GREEN, INK, MUTED, PURPLE, RED, true_minus
from lossbook.figures.losses import REGRESSION
from lossbook.optimizers import robust_regression

#: A line of slope 0.5 with small errors (drawn once, rounded to 0.1); the last point is the one that moves.
LINE_X = np.arange(1.0, 11.0)
LINE_Y = np.array([1.6, 1.9, 2.7, 2.8, 3.7, 4.1, 4.3, 5.2, 5.4, 6.1])

#: Ten points near a line of slope 1 (its errors drawn once, rounded to 0.1), to which one point is added.
LEVER_X = np.linspace(0.0, 10.0, 10)
LEVER_Y = np.array([0.1, 1.0, 2.5, 3.4, 4.2, 5.7, 7.3, 8.3, 8.5, 9.4])

#: Five numbers of which one is far away, for the location problem that reweighting solves.
CROWD = np.array([0.0, 0.4, 0.7, 1.0, 8.0])

#: How each loss is drawn, in every figure of the chapter: name, color, dash.
LOOKS = {loss: REGRESSION[loss] for loss in ("squared_error", "absolute_error", "huber")}
LOOKS["tukey_biweight"] = REGRESSION["tukey_biweight"]._replace(name="Tukey's biweight")

#: The loss, the derivative and the weight of each relative, with the values of their parameters.
RELATIVES = {
    "smooth L1, β = 2": ("smooth_l1", {"beta": 2.0}),
    "pseudo-Huber, δ = 1": ("pseudo_huber", {"delta": 1.0}),
    "log-cosh": ("log_cosh", {}),
    "Tukey's biweight, c = 4.685": ("tukey_biweight", {"c": 4.685}),
    "Barron, α = 0 (Cauchy)": ("barron", {"alpha": 0.0}),
    "Barron, α = −2 (Geman–McClure)": ("barron", {"alpha": -2.0}),
    "Barron, α = −∞ (Welsch)": ("barron", {"alpha": -np.inf}),
}


def normal_density(x):
    """Density of the standard normal distribution at x."""
    return math.exp(-0.5 * x * x) / math.sqrt(2 * math.pi)


def normal_efficiency(delta):
    """Asymptotic efficiency of Huber's location estimate at normal errors of scale 1 (the mean's is 1)."""
    inside = 2 * ndtr(delta) - 1
    outside = ndtr(-delta)
    mean_square = inside - 2 * delta * normal_density(delta) + 2 * delta**2 * outside
    return inside**2 / mean_square


def student_efficiency(delta):
    """The same at Student's t with 3 degrees of freedom, `delta` in units of its scale by MAD.

    The median size over that of the normal makes the scale. With the density f = 2 / (π√3 (1 + x²/3)²), the
    integral of x² f from −c to c is (6/π) (arctan(c/√3) − (c/√3) / (1 + c²/3)).
    """
    c = delta * stdtrit(3, 0.75) / ndtri(0.75)
    u = c / math.sqrt(3)
    inside = 1 - 2 * stdtr(3, -c)
    middle = 6 / math.pi * (math.atan(u) - u / (1 + u**2))
    return 3 * inside**2 / (middle + c**2 * (1 - inside))


def contamination(k):
    """Share ε of contamination for which the threshold k (in units of σ) is Huber's minimax choice."""
    odds = 2 * normal_density(k) / k - 2 * ndtr(-k)
    return odds / (1 + odds)


def _draw_line(ax, fit, ends, loss):
    """Draw a fitted line in its loss's look, and return what `name_ends` needs to name it."""
    name, color, dash = LOOKS[loss]
    intercept, slope = fit.coefficients
    heights = intercept + slope * ends
    look = {"color": color, "linewidth": 2.5, "zorder": 2 if dash == "-" else 3}  # dashes show on top
    ax.plot(ends, heights, dash, label=name, gid=f"lossbook:{loss}", **look)
    return heights[-1], name, color


def draw_huber_fit(ax, *, height):
    """Least squares and Huber (δ = 1) through ten points of which the last stands at `height`."""
    y = np.append(LINE_Y[:-1], height)
    squared = robust_regression(LINE_X, y, loss="squared_error")
    huber = robust_regression(LINE_X, y, delta=1.0, scale=1.0)
    fits = {"squared_error": squared, "huber": huber}
    ends = np.array([0.0, 10.6])
    names = [_draw_line(ax, fit, ends, loss) for loss, fit in fits.items()]
    ax.plot(LINE_X[:-1], y[:-1], "o", color=INK, markersize=6)
    ax.plot([10.0], [height], "o", gid="lossbook:handle:height", **DOT)
    name_ends(ax, 10.8, names, gap=2.2)
    ax.set(xlim=(0, 13.4), ylim=(-1.5, 21), xlabel="x", ylabel="y")
    slopes = [true_minus(f"{round(fit.coefficients[1], 9):.2f}") for fit in fits.values()]
    return f"Gold point at y = {height:.1f}: slope {slopes[0]} by squares, {slopes[1]} by Huber."


def draw_phone_fits(ax, *, delta):
    """The telephone calls with Huber's line, `delta` in units of y, between its two limits."""
    phones = data.load("phones")
    year, calls = phones["year"], phones["calls"]
    ends = np.array([1949.0, 1974.2])
    names = [
        _draw_line(ax, robust_regression(year, calls, loss=loss), ends, loss)
        for loss in ("squared_error", "absolute_error")
    ]
    fit = robust_regression(year, calls, delta=delta, scale=1.0)
    names.append(_draw_line(ax, fit, ends, "huber"))
    ax.plot(year, calls, "o", color=INK, markersize=6)
    name_ends(ax, 1974.4, names, gap=1.7)
    ax.set(xlim=(1949, 1982), ylim=(-1.5, 22.5), xlabel="year", ylabel="calls (tens of millions)")
    ax.set_xticks([1950, 1955, 1960, 1965, 1970])
    clipped = int((fit.weights < 1).sum())
    return (
        f"With δ = {delta:.2f} the slope is {fit.coefficients[1]:.3f} a year; "
        f"{clipped} of the 24 years pull at the limit δ, the others with their own residual."
    )


def draw_huber_losses(axes, *, delta):
    """Loss and gradient with threshold `delta`, beside half the squared and the absolute error."""
    r = np.linspace(-4.0, 4.0, 161)
    zero = np.zeros_like(r)
    # The absolute error's gradient jumps at 0: no line across the jump.
    sign = np.where(r == 0, np.nan, regression.absolute_error_grad(r, zero))
    loss, gradient = regression.huber(r, zero, delta=delta), regression.huber_grad(r, zero, delta=delta)
    curves = {"loss": (0.5 * r**2, np.abs(r), loss), "gradient": (r, sign, gradient)}
    for name, (squared, absolute, huber) in curves.items():
        ax = axes[name]
        ax.axvspan(-delta, delta, color=BLUE, alpha=0.08, linewidth=0)
        ax.plot(r, squared, color=RED, linestyle="--", label="half the squared error")
        ax.plot(r, absolute, color=GREEN, linestyle=":", linewidth=2.5, label="absolute error")
        ax.plot(r, huber, color=BLUE, linewidth=3, label="Huber", gid=f"lossbook:huber-{name}")
        ax.set(xlim=(-4, 4), ylabel=name)
    axes["loss"].axvline(delta, color=MUTED, linewidth=1.2, gid="lossbook:handle:delta")
    axes["loss"].plot([delta], [0.5 * delta**2], "o", **DOT)
    axes["gradient"].axvline(delta, color=MUTED, linewidth=1.2)
    axes["gradient"].plot([delta], [delta], "o", **DOT)
    axes["loss"].set_ylim(-0.3, 6)
    axes["loss"].tick_params(labelbottom=False)
    axes["gradient"].set(ylim=(-3.3, 3.3), xlabel="residual r (units of y)")
    name_row(axes["loss"])
    cost, pull = regression.huber(3.0, 0.0, delta=delta), regression.huber_grad(3.0, 0.0, delta=delta)
    return (
        f"With δ = {delta:.1f}, a residual of 3 costs {cost:.2f} and pulls with {pull:.2f}; "
        "for half the squared error it is 4.50 and 3.00."
    )


def draw_huber_envelope(axes, *, residual):
    """Split a residual into a part z that costs δ|z|, δ = 1, and a rest that costs half its square."""
    z = np.linspace(-3.0, 3.0, 121)
    cost = np.abs(z) + 0.5 * (residual - z) ** 2
    best = math.copysign(max(abs(residual) - 1.0, 0.0), residual) + 0.0  # never −0
    value = regression.huber(residual, 0.0, delta=1.0)
    axes["split"].plot(z, np.abs(z), color=GREEN, linestyle=":", linewidth=2.5, label="δ|z|")
    axes["split"].plot(z, 0.5 * (residual - z) ** 2, color=RED, linestyle="--", label="½(r − z)²")
    axes["split"].plot(z, cost, color=PURPLE, linewidth=3, label="their sum", gid="lossbook:sum")
    axes["split"].plot([best], [value], "o", color=PURPLE, markersize=9)
    axes["split"].set(xlim=(-3, 3), ylim=(-0.3, 4.5), xlabel="gross error z", ylabel="cost of a split")
    name_row(axes["split"])
    axes["envelope"].plot(z, regression.huber(z, np.zeros_like(z), delta=1.0), color=BLUE, linewidth=3)
    axes["envelope"].axvline(residual, color=MUTED, linewidth=1.2, gid="lossbook:handle:residual")
    axes["envelope"].plot([residual], [value], "o", gid="lossbook:value", **DOT)
    axes["envelope"].set(xlim=(-3, 3), ylim=(-0.3, 3), xlabel="residual r (units of y)", ylabel="least cost")
    return (
        f"The residual r = {true_minus(f'{residual:.1f}')} is split most cheaply into a gross error "
        f"z = {true_minus(f'{best:.1f}')} and noise {true_minus(f'{residual - best:.1f}')}, at the cost "
        f"{value:.2f}: the Huber loss."
    )


def _crowd_loss(center):
    """Summed Huber loss (δ = 1) of the five numbers about a center."""
    return regression.huber(np.full(5, center), CROWD, delta=1.0).sum()


def draw_huber_reweighting(ax, *, center):
    """The summed Huber loss of five numbers, and the parabola that one round of reweighting minimizes."""
    m = np.linspace(-1.0, 8.5, 191)
    weights = regression.huber_weight(np.full(5, center), CROWD, delta=1.0)
    following = float(weights @ CROWD / weights.sum())

    def parabola(x):
        return _crowd_loss(center) + 0.5 * weights @ ((x - CROWD) ** 2 - (center - CROWD) ** 2)

    ax.plot(m, [_crowd_loss(x) for x in m], color=BLUE, linewidth=3, label="summed loss")
    bound = [parabola(x) for x in m]
    ax.plot(m, bound, "--", color=RED, label="parabola", gid="lossbook:parabola")
    ax.plot([following], [parabola(following)], "v", color=RED, markersize=10, label="next center")
    ax.plot(CROWD, np.zeros(5), "|", color=MUTED, markersize=14)
    ax.plot([center], [_crowd_loss(center)], "o", gid="lossbook:handle:center", **DOT)
    ax.set(xlim=(-1, 8.5), ylim=(-1, 28), xlabel="center m (units of y)", ylabel="summed loss")
    name_row(ax)
    return (
        f"At m = {true_minus(f'{center:.2f}')} the loss is {_crowd_loss(center):.2f}; the round moves the "
        f"center to {following:.2f}, where it is {_crowd_loss(following):.2f}."
    )


def draw_huber_efficiency(ax):
    """How precise Huber's center is beside the mean, for two kinds of noise, against the threshold."""
    deltas = np.linspace(0.02, 3.0, 150)
    student = [100 * student_efficiency(d) for d in deltas]
    normal = [100 * normal_efficiency(d) for d in deltas]
    ax.plot(deltas, student, "-.", color=PURPLE, gid="lossbook:student")
    ax.plot(deltas, normal, color=BLUE, gid="lossbook:normal")
    ax.axhline(100, color=RED, linestyle="--")
    marks = [
        (100 * f(1.345), color) for f, color in ((student_efficiency, PURPLE), (normal_efficiency, BLUE))
    ]
    for height, color in marks:
        ax.plot([1.345], [height], "o", color=color, markersize=8)
        ax.annotate(f"{height:.0f} %", (1.345, height), (1.4, height + 6 if height > 100 else height - 13))
    ax.text(1.95, 183, "Student's t, ν = 3", color=PURPLE)
    ax.text(2.1, 84, "normal noise", color=BLUE)
    ax.text(0.1, 105, "the mean", color=RED)
    ax.set(xlim=(0, 3), ylim=(50, 210), xlabel="threshold δ (scales of the noise, by MAD)")
    ax.set(ylabel="efficiency (% of the mean's)")


def draw_phone_weights(ax, *, loss):
    """One line through the telephone calls, and how much each year counts for it, by the dots' area."""
    phones = data.load("phones")
    year, calls = phones["year"], phones["calls"]
    key = next(key for key, (name, *_) in LOOKS.items() if name == loss)
    fit = robust_regression(year, calls, loss=key)
    ends = np.array([1949.0, 1974.2])
    name = _draw_line(ax, fit, ends, key)
    ax.scatter(year, calls, s=64, facecolor="none", edgecolor=INK)
    ax.scatter(year, calls, s=64 * fit.weights, color=INK, linewidth=0, gid="lossbook:weights")
    name_ends(ax, 1974.4, [name], gap=1.7)
    ax.set(xlim=(1949, 1984), ylim=(-1.5, 22.5), xlabel="year", ylabel="calls (tens of millions)")
    ax.set_xticks([1950, 1955, 1960, 1965, 1970])
    wild = (year >= 1964) & (year <= 1969)
    share = 100 * fit.weights[wild].sum() / fit.weights.sum()
    return (
        f"{loss[0].upper()}{loss[1:]}: {fit.coefficients[1]:.3f} more each year; "
        f"1964 to 1969 have {share:.0f} % of the weight."
    )


def draw_huber_relatives(axes, *, relative):
    """One relative beside Huber's loss with δ = 1: loss above, gradient below."""
    name, parameters = RELATIVES[relative]
    r = np.linspace(-6.0, 6.0, 241)
    zero = np.zeros_like(r)
    rows = {"loss": ("", (-0.3, 6)), "gradient": ("_grad", (-1.8, 1.8))}
    for row, (suffix, limits) in rows.items():
        huber, other = (getattr(regression, f"{loss}{suffix}") for loss in ("huber", name))
        axes[row].plot(r, huber(r, zero, delta=1.0), color=BLUE, linestyle="--", label="Huber, δ = 1")
        line = {"label": relative, "gid": f"lossbook:relative-{row}"}
        axes[row].plot(r, other(r, zero, **parameters), color=REGRESSION[name].color, linewidth=3, **line)
        axes[row].set(xlim=(-6, 6), ylim=limits, ylabel=row)
    name_row(axes["loss"])
    axes["loss"].tick_params(labelbottom=False)
    axes["gradient"].set_xlabel("residual r (units of y)")
    pulls = [getattr(regression, f"{name}_grad")(x, 0.0, **parameters) for x in (1.0, 5.0)]
    name = relative[0].upper() + relative[1:]
    return f"{name}: a residual of 1 pulls with {pulls[0]:.3f}, one of 5 with {pulls[1]:.3f}."


def draw_huber_leverage(ax, *, place, height):
    """Ten points near a line of slope 1 and one at (`place`, `height`): Huber's line and least squares."""
    x, y = np.append(LEVER_X, place), np.append(LEVER_Y, height)
    fits = {loss: robust_regression(x, y, loss=loss) for loss in ("squared_error", "huber")}
    for loss, fit in fits.items():
        _draw_line(ax, fit, np.array([-1.0, 31.0]), loss)
    ax.plot(LEVER_X, LEVER_Y, "o", color=INK, markersize=6)
    ax.plot([place], [height], "o", gid="lossbook:handle:place+height", **DOT)
    ax.set(xlim=(-1, 31), ylim=(-3, 18), xlabel="x", ylabel="y")
    name_row(ax)
    slopes = [true_minus(f"{fits[loss].coefficients[1]:.2f}") for loss in fits]
    return (
        f"Gold point at x = {place}, y = {height}: Huber's slope is {slopes[1]}, "
        f"the squared error's {slopes[0]}."
    )


def draw_huber_scores(ax, *, thresholds, scores):
    """Held-out error against threshold, one curve a way of scoring, each divided by its least value."""
    looks = {"mean square": (RED, "--"), "mean absolute": (GREEN, ":"), "trimmed mean absolute": (INK, "-")}
    short = {
        "mean square": "mean squared",
        "mean absolute": "absolute",
        "trimmed mean absolute": "trimmed absolute",
    }
    for name, (color, dash) in looks.items():
        relative = np.asarray(scores[name]) / np.min(scores[name])
        ax.plot(thresholds, relative, dash, color=color, marker="o", label=short[name])
    ax.set(xscale="log", yscale="log", xlabel="threshold δ (scales of the noise)")
    ax.set(ylabel="held-out error / its least value", xticks=[0.125, 0.25, 0.5, 1, 2, 4, 8, 16])
    ax.set(
        xticklabels=["1/8", "¼", "½", "1", "2", "4", "8", "16"], yticks=[1, 2, 4], yticklabels=["1", "2", "4"]
    )
    ax.minorticks_off()
    name_row(ax)


def draw_huber_card(ax):
    """The loss with its two pieces named."""
    r = np.linspace(-3.4, 3.4, 137)
    ax.plot(r, 0.5 * r**2, "--", color=RED, linewidth=1.5)
    ax.plot(r, regression.huber(r, 0 * r, delta=1.0), color=BLUE, linewidth=3, gid="lossbook:huber")
    for side in (-1, 1):
        ax.plot([side, side], [-1, 0.5], ":", color=MUTED)
    ax.text(0, 0.95, "½r²", color=INK, ha="center")
    ax.text(2.15, 1.2, "δ(|r| − ½δ)", color=INK)
    ax.text(-2.45, 3.4, "½r² goes on", color=RED)
    ax.set(xlim=(-3.4, 3.4), ylim=(-0.1, 4), xticks=[-1, 0, 1], xticklabels=["−δ", "0", "δ"], yticks=[])
    ax.set(xlabel="residual r", ylabel="loss")
