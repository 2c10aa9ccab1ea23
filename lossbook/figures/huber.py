"""Figures of chapter 15: the Huber loss, its gradient, and what it does to a fitted line."""

import numpy as np

from lossbook import data, regression
from lossbook.figures.engine.style import BLUE, GOLD, GREEN, INK, MUTED, PURPLE, RED
from lossbook.optimizers import robust_regression

#: A line of slope 0.5 with small errors (drawn once, rounded to 0.1); the last point is the one that moves.
LINE_X = np.arange(1.0, 11.0)
LINE_Y = np.array([1.6, 1.9, 2.7, 2.8, 3.7, 4.1, 4.3, 5.2, 5.4, 6.1])


def draw_huber_losses(axes, *, delta):
    """Huber loss and gradient with threshold `delta`, beside half the squared and the absolute error."""
    r = np.linspace(-4.0, 4.0, 161)
    zero = np.zeros_like(r)
    rows = [
        ("loss", 0.5 * regression.squared_error(r, zero), regression.absolute_error(r, zero)),
        ("gradient", 0.5 * regression.squared_error_grad(r, zero), regression.absolute_error_grad(r, zero)),
    ]
    huber = {
        "loss": regression.huber(r, zero, delta=delta),
        "gradient": regression.huber_grad(r, zero, delta=delta),
    }
    for name, squared, absolute in rows:
        ax = axes[name]
        ax.axvspan(-delta, delta, color=BLUE, alpha=0.08, linewidth=0)
        ax.plot(r, squared, color=RED, linestyle="--", label="half the squared error, ½r²")
        ax.plot(r, absolute, color=GREEN, linestyle=":", linewidth=2.5, label="absolute error, |r|")
        ax.plot(r, huber[name], color=BLUE, linewidth=3, label="Huber", gid=f"lossbook:huber-{name}")
        ax.set(xlim=(-4, 4), ylabel=name)
    axes["loss"].set(ylim=(0, 6), title="Loss", xticklabels=[])
    axes["loss"].legend(loc="upper center")
    axes["gradient"].set(ylim=(-3.2, 3.2), title="Gradient", xlabel="residual r (units of y)")
    cost, pull = regression.huber(3.0, 0.0, delta=delta), regression.huber_grad(3.0, 0.0, delta=delta)
    return (
        f"With δ = {delta:.1f} units of y, a residual of 3 units costs {cost:.2f} and pulls with {pull:.2f}. "
        "Half the squared error would charge 4.50 and pull with 3.00, the absolute error 3.00 and 1.00."
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
    for name, (fit, color, dash) in fits.items():
        intercept, slope = fit.coefficients
        label = f"{name}: slope {slope:.2f}".replace("-", "−")
        gid = f"lossbook:{name}"
        axes["fit"].plot(ends, intercept + slope * ends, dash, color=color, label=label, gid=gid)
    weights = fits["Huber"][0].weights
    axes["fit"].scatter(LINE_X[:-1], y[:-1], color=INK, zorder=3)
    axes["fit"].scatter(LINE_X[-1:], y[-1:], color=GOLD, edgecolor=INK, s=80, zorder=3)
    axes["fit"].set(xlim=(0, 11), ylim=(-13, 21), ylabel="y")
    axes["fit"].legend(loc="lower left")
    bars = axes["weight"].bar(LINE_X, weights, color=[MUTED] * 9 + [GOLD], width=0.6)
    bars[-1].set_gid("lossbook:outlier-weight")
    axes["weight"].set(xlim=(0, 11), ylim=(0, 1.15), xlabel="x", ylabel="weight", yticks=[0, 0.5, 1])
    slopes = {name: f"{fit.coefficients[1]:.2f}".replace("-", "−") for name, (fit, _, _) in fits.items()}
    return (
        f"With the last point at y = {height:g} and δ = {delta:.1f} units of y, the slopes are "
        f"{slopes['squared error']} for the squared error, {slopes['absolute error']} for the absolute "
        f"error and {slopes['Huber']} for Huber, which gives the last point the weight {weights[-1]:.2f}."
    )


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
