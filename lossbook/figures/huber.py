"""Figures of chapter 15: the Huber loss, what it does to a fit, why it works, and where it fails."""

import math

import numpy as np
from scipy.special import ndtr

from lossbook import data, regression
from lossbook.figures.engine.style import BLUE, GOLD, GREEN, INK, MUTED, PURPLE, RED, true_minus
from lossbook.optimizers import robust_regression

#: A line of slope 0.5 with small errors (drawn once, rounded to 0.1); the last point is the one that moves.
LINE_X = np.arange(1.0, 11.0)
LINE_Y = np.array([1.6, 1.9, 2.7, 2.8, 3.7, 4.1, 4.3, 5.2, 5.4, 6.1])

#: Twenty points near a line of slope 1, to which one point at y = 0 is added.
LEVER_X = np.linspace(0.0, 10.0, 20)
LEVER_Y = LEVER_X + np.random.default_rng(0).normal(0.0, 0.5, size=20)

#: Five numbers of which one is far away, for the location problem that reweighting solves.
CROWD = np.array([0.0, 0.4, 0.7, 1.0, 8.0])

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


def contamination(k):
    """Share ε of contamination for which the threshold k (in units of σ) is Huber's minimax choice."""
    odds = 2 * normal_density(k) / k - 2 * ndtr(-k)
    return odds / (1 + odds)


def draw_phone_fits(ax):
    """The Belgian telephone calls with four fitted lines."""
    phones = data.load("phones")
    year, calls = phones["year"], phones["calls"]
    ax.scatter(year, calls, color=INK, zorder=3)
    looks = {
        "squared_error": ("squared error", RED, "--"),
        "absolute_error": ("absolute error", GREEN, ":"),
        "huber": ("Huber", BLUE, "-"),
        "tukey_biweight": ("Tukey's biweight", PURPLE, "-."),
    }
    ends = np.array([1949.0, 1974.0])
    for loss, (label, color, dash) in looks.items():
        intercept, slope = robust_regression(year, calls, loss=loss).coefficients
        ax.plot(ends, intercept + slope * ends, dash, color=color, label=label, gid=f"lossbook:{loss}")
    ax.set(xlim=(1949, 1974), ylim=(-1, 23), xlabel="year", ylabel="calls (tens of millions)")
    ax.legend(loc="upper left")


def draw_huber_losses(axes, *, delta):
    """Loss, gradient and influence with threshold `delta`, beside half the squared and the absolute error."""
    r = np.linspace(-4.0, 4.0, 161)
    zero = np.zeros_like(r)
    # The absolute error's gradient jumps at 0: no line across the jump.
    sign = np.where(r == 0, np.nan, regression.absolute_error_grad(r, zero))
    gradient = regression.huber_grad(r, zero, delta=delta)
    curves = {
        "loss": (
            0.5 * regression.squared_error(r, zero),
            regression.absolute_error(r, zero),
            regression.huber(r, zero, delta=delta),
        ),
        "gradient": (r, sign, gradient),
        # Influence at the standard normal: ψ(r) / E[ψ′].
        "influence": (r, sign * math.sqrt(math.pi / 2), gradient / (2 * ndtr(delta) - 1)),
    }
    for name, (squared, absolute, huber) in curves.items():
        ax = axes[name]
        ax.axvspan(-delta, delta, color=BLUE, alpha=0.08, linewidth=0)
        ax.plot(r, squared, color=RED, linestyle="--", label="half the squared error, ½r²")
        ax.plot(r, absolute, color=GREEN, linestyle=":", linewidth=2.5, label="absolute error, |r|")
        ax.plot(r, huber, color=BLUE, linewidth=3, label="Huber", gid=f"lossbook:huber-{name}")
        ax.set(xlim=(-4, 4), ylabel=name)
        ax.tick_params(labelbottom=name == "influence")
    axes["loss"].set_ylim(0, 6)
    axes["loss"].legend(loc="upper center")
    axes["gradient"].set_ylim(-3.2, 3.2)
    axes["influence"].set(ylim=(-3.2, 3.2), xlabel="residual r; for the influence, y − μ (units of y)")
    cost, pull = regression.huber(3.0, 0.0, delta=delta), regression.huber_grad(3.0, 0.0, delta=delta)
    return (
        f"With δ = {delta:.1f} units of y, a residual of 3 units costs {cost:.2f} and pulls with {pull:.2f}. "
        "Half the squared error would charge 4.50 and pull with 3.00, the absolute error 3.00 and 1.00. "
        f"At normal errors of scale 1 the estimate is {100 * normal_efficiency(delta):.2f} % efficient."
    )


def draw_huber_fit(axes, *, height, delta):
    """Three lines through ten points of which the last stands at `height`, and each point's Huber weight."""
    y = LINE_Y.copy()
    y[-1] = height
    fits = {
        "squared error": (robust_regression(LINE_X, y, loss="squared_error"), RED, "--"),
        "absolute error": (robust_regression(LINE_X, y, loss="absolute_error"), GREEN, ":"),
        "Huber": (robust_regression(LINE_X, y, loss="huber", delta=delta, scale=1.0), BLUE, "-"),
    }
    ends = np.array([0.0, 11.0])
    slopes = {}
    for name, (fit, color, dash) in fits.items():
        intercept, slope = fit.coefficients
        # Some slopes are ties such as 0.475: their last bits must not decide.
        slopes[name] = true_minus(f"{round(slope, 9):.2f}")
        line = {"label": f"{name}: slope {slopes[name]}", "gid": f"lossbook:{name}"}
        axes["fit"].plot(ends, intercept + slope * ends, dash, color=color, **line)
    weights = fits["Huber"][0].weights
    axes["fit"].scatter(LINE_X[:-1], y[:-1], color=INK, zorder=3)
    axes["fit"].scatter(LINE_X[-1:], y[-1:], color=GOLD, edgecolor=INK, s=80, zorder=3)
    axes["fit"].set(xlim=(0, 11), ylim=(-13, 21), ylabel="y")
    axes["fit"].legend(loc="lower left")
    bars = axes["weight"].bar(LINE_X, weights, color=[MUTED] * 9 + [GOLD], width=0.6)
    bars[-1].set_gid("lossbook:outlier-weight")
    axes["weight"].set(xlim=(0, 11), ylim=(0, 1.15), xlabel="x", ylabel="weight", yticks=[0, 0.5, 1])
    return (
        f"With the last point at y = {true_minus(str(height))} and δ = {delta:.1f} units of y, the slopes "
        f"are {slopes['squared error']} for the squared error, {slopes['absolute error']} for the absolute "
        f"error and {slopes['Huber']} for Huber, which gives the last point the weight {weights[-1]:.2f}."
    )


def draw_huber_envelope(axes, *, residual, delta):
    """Split a residual into a part z that costs δ|z| and a rest that costs half its square."""
    z = np.linspace(-3.0, 3.0, 121)
    cost = delta * np.abs(z) + 0.5 * (residual - z) ** 2
    best = np.sign(residual) * max(abs(residual) - delta, 0.0)
    value = regression.huber(residual, 0.0, delta=delta)
    axes["split"].plot(z, delta * np.abs(z), color=GREEN, linestyle=":", label="δ|z|")
    axes["split"].plot(z, 0.5 * (residual - z) ** 2, color=RED, linestyle="--", label="½(a − z)²")
    axes["split"].plot(z, cost, color=PURPLE, label="their sum", gid="lossbook:sum")
    axes["split"].plot([best], [value], "o", color=BLUE, markersize=9)
    axes["split"].set(xlim=(-3, 3), ylim=(0, 6), xlabel="part z (units of y)", ylabel="cost")
    axes["split"].legend(loc="upper center", ncols=3)
    axes["envelope"].plot(z, regression.huber(z, np.zeros_like(z), delta=delta), color=BLUE)
    axes["envelope"].plot([residual], [value], "o", color=BLUE, markersize=9, gid="lossbook:value")
    axes["envelope"].set(xlim=(-3, 3), ylim=(0, 6), xlabel="residual a (units of y)", ylabel="least cost")
    return (
        f"With δ = {delta:.1f}, the residual {true_minus(f'{residual:.1f}')} is split most cheaply into "
        f"z = {true_minus(f'{best:.1f}')} and a rest of {true_minus(f'{residual - best:.1f}')}, "
        f"at the cost {value:.2f}: the Huber loss."
    )


def draw_huber_reweighting(ax, *, rounds):
    """The summed Huber loss of five numbers, and the parabola that one round of reweighting minimizes."""
    center = 6.5
    for _ in range(rounds):
        weights = regression.huber_weight(np.full(5, center), CROWD, delta=1.0)
        center = float(weights @ CROWD / weights.sum())
    m = np.linspace(-1.0, 8.5, 191)

    def total(x):
        return regression.huber(np.full(5, x), CROWD, delta=1.0).sum()

    weights = regression.huber_weight(np.full(5, center), CROWD, delta=1.0)
    minimum = float(weights @ CROWD / weights.sum())

    def parabola(x):
        """Height at x of the parabola that touches the summed loss at the center."""
        return total(center) + 0.5 * weights @ ((x - CROWD) ** 2 - (center - CROWD) ** 2)

    ax.plot(m, [total(x) for x in m], color=BLUE, linewidth=3, label="summed Huber loss")
    ax.plot(
        m,
        [parabola(x) for x in m],
        color=RED,
        linestyle="--",
        label="parabola of this round",
        gid="lossbook:parabola",
    )
    ax.plot([center], [total(center)], "o", color=INK, markersize=9, label="where it touches")
    ax.plot([minimum], [parabola(minimum)], "v", color=GOLD, markersize=9)
    ax.plot(CROWD, np.zeros(5), "|", color=MUTED, markersize=14)
    ax.set(xlim=(-1, 8.5), ylim=(-1, 28), xlabel="center m (units of y)", ylabel="summed loss")
    ax.legend(loc="upper left")
    done = f"{rounds} round{'' if rounds == 1 else 's'}"
    return (
        f"After {done} the center is {center:.3f} and the summed loss {total(center):.3f}; "
        f"the next round moves it to {minimum:.3f}."
    )


def draw_huber_relatives(axes, *, relative):
    """One relative beside Huber's loss with δ = 1: loss above, gradient below."""
    name, parameters = RELATIVES[relative]
    r = np.linspace(-6.0, 6.0, 241)
    zero = np.zeros_like(r)
    rows = {"loss": ("", (0, 6)), "gradient": ("_grad", (-1.8, 1.8))}
    for row, (suffix, limits) in rows.items():
        huber, other = (getattr(regression, f"{loss}{suffix}") for loss in ("huber", name))
        axes[row].plot(r, huber(r, zero, delta=1.0), color=BLUE, linestyle="--", label="Huber, δ = 1")
        line = {"label": relative, "gid": f"lossbook:relative-{row}"}
        axes[row].plot(r, other(r, zero, **parameters), color=PURPLE, linewidth=3, **line)
        axes[row].set(xlim=(-6, 6), ylim=limits, ylabel=row)
    axes["loss"].legend(loc="upper center")
    axes["gradient"].set_xlabel("residual r (units of y)")
    pulls = [getattr(regression, f"{name}_grad")(x, 0.0, **parameters) for x in (1.0, 5.0)]
    return f"{relative}: a residual of 1 pulls with {pulls[0]:.3f}, one of 5 with {pulls[1]:.3f}."


def draw_huber_leverage(ax, *, place):
    """Twenty points near a line of slope 1 and one at height 0, at x = `place`: how Huber's line turns."""
    x, y = np.append(LEVER_X, place), np.append(LEVER_Y, 0.0)
    fit = robust_regression(x, y)
    intercept, slope = fit.coefficients
    ends = np.array([-5.0, 105.0])
    ax.scatter(LEVER_X, LEVER_Y, color=INK, s=25, zorder=3)
    ax.scatter([place], [0.0], color=GOLD, edgecolor=INK, s=80, zorder=3)
    ax.plot(ends, intercept + slope * ends, color=BLUE, label="Huber", gid="lossbook:fit")
    ax.set(xlim=(-5, 105), ylim=(-3, 14), xlabel="x", ylabel="y")
    ax.legend(loc="upper right")
    return (
        f"With the extra point at x = {place}, Huber's slope is {true_minus(f'{slope:.2f}')} and the extra "
        f"point's weight {fit.weights[-1]:.2f}."
    )


def draw_huber_efficiency(axes):
    """What the threshold costs at normal errors, and for which contamination it is the minimax choice."""
    deltas = np.linspace(0.02, 3.0, 150)
    axes["efficiency"].plot(deltas, [100 * normal_efficiency(d) for d in deltas], color=BLUE)
    axes["efficiency"].plot([1.345], [95.0], "o", color=GOLD)
    axes["efficiency"].annotate("1.345: 95 %", (1.345, 95.0), (1.42, 90.5), color=INK)
    axes["efficiency"].axhline(200 / math.pi, color=MUTED, linestyle=":")
    axes["efficiency"].set(xlim=(0, 3), ylim=(60, 101), ylabel="efficiency (%)")
    axes["efficiency"].tick_params(labelbottom=False)
    axes["contamination"].plot(deltas, [100 * contamination(d) for d in deltas], color=PURPLE)
    axes["contamination"].plot([1.345], [100 * contamination(1.345)], "o", color=GOLD)
    axes["contamination"].annotate("1.345: 5.8 %", (1.345, 5.8), (1.42, 8.5), color=INK)
    axes["contamination"].set(xlim=(0, 3), ylim=(0, 60), ylabel="contamination (%)")
    axes["contamination"].set_xlabel("threshold δ (units of σ)")


def draw_huber_scores(ax, *, thresholds, scores):
    """Held-out error against threshold, one curve a way of scoring, each divided by its least value."""
    looks = {"mean square": (RED, "--"), "mean absolute": (GREEN, ":"), "trimmed mean absolute": (BLUE, "-")}
    for name, (color, dash) in looks.items():
        relative = np.asarray(scores[name]) / np.min(scores[name])
        ax.plot(thresholds, relative, dash, color=color, marker="o", label=name)
    ax.set(xscale="log", yscale="log", xlabel="threshold δ (units of the scale)")
    ax.set(ylabel="held-out error / its least value", xticks=[0.25, 0.5, 1, 2, 4, 8, 16])
    ax.set(xticklabels=["¼", "½", "1", "2", "4", "8", "16"], yticks=[1, 2, 4], yticklabels=["1", "2", "4"])
    ax.minorticks_off()
    ax.legend(loc="upper left")
