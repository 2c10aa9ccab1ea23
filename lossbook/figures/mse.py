"""Figures of chapter 14: what the mean squared error picks, how it splits, and when shrinking lowers it."""

import functools
import math

import numpy as np
from numpy.polynomial.legendre import legvander
from scipy.special import gammaln

from lossbook import data, regression
from lossbook.figures.engine.labels import name_row
from lossbook.figures.engine.style import BLUE, DOT, GREEN, HANDLE_GOLD, INK, MUTED, RED, shaded, true_minus
from lossbook.figures.losses import REGRESSION

#: Eight waits for a bus in minutes (data of the book); the ninth is the one that moves.
WAITS = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 9.0])

#: Fifteen inputs from −1 to 1, and 41 between the same ends where fits are judged.
INPUTS = -1 + (2 * np.arange(15) + 1) / 15
PLACES = np.linspace(INPUTS[0], INPUTS[-1], 41)
DEGREES = np.arange(9)

#: Seven points with two steps, for a network that can make one.
STEP_X = np.arange(-3.0, 4.0)
STEP_Y = np.array([-0.8, -0.8, -0.8, 0.8, 0.8, -0.8, -0.8])

#: Numbers of features of the figure that goes past the number of data.
FEATURES = np.arange(1, 41)

#: Which of the simulated data sets is shown.
SHOWN = 24

#: Days on which a forecaster gave each chance of rain, and how often it rained (data of the book).
DAYS = {0.1: (40, 4), 0.25: (20, 7), 0.4: (20, 8)}
GOLD_DAYS = (20, 13)


# ---- Best constants ----------------------------------------------------------------------------------------


def draw_mse_bowl(ax, *, wait):
    """Mean squared error of one constant for nine waits, of which the last is `wait`."""
    waits = np.append(WAITS, wait)
    mean, median, c = waits.mean(), np.median(waits), np.linspace(0.0, 20.0, 81)
    bowl = [regression.squared_error(np.full(9, x), waits).mean() for x in c]
    low = regression.squared_error(np.full(9, mean), waits).mean()
    ax.plot(c, bowl, color=RED, linewidth=3, gid="lossbook:bowl")
    ax.plot([mean], [low], "v", color=RED, markersize=10, gid="lossbook:bottom")
    ax.axvline(median, color=GREEN, linestyle=":", linewidth=2.5, gid="lossbook:median")
    ax.plot(WAITS, np.full(8, -10.0), "o", color=INK, markersize=6)
    ax.plot([wait], [-10.0], "o", gid="lossbook:handle:wait", **DOT)
    ax.text(median + 0.25, 138, "median", color=GREEN)
    ax.text(mean + 5.8, low + 22, "lowest at the mean", color=RED, va="center")
    ax.set(xlim=(-0.7, 31), ylim=(-22, 150), yticks=[0, 50, 100, 150])
    ax.set(xlabel="wait, and the constant c (minutes)", ylabel="MSE (min²)")
    return f"Gold wait {wait:.0f} min: mean {mean:.2f} min, median {median:.0f} min."


def constant_losses(c):
    """Losses of a constant for the nine waits with the last at 25, all in minutes."""
    waits, prediction = np.append(WAITS, 25.0), np.full(9, c)
    return {
        "root of MSE": math.sqrt(regression.squared_error(prediction, waits).mean()),
        "MAE": regression.absolute_error(prediction, waits).mean(),
        "quantile loss, τ = 0.8": regression.quantile(prediction, waits, tau=0.8).mean(),
    }


def draw_mse_constants(ax, *, constant):
    """Three losses of one constant, drawn from 0 to the constant that is moved."""
    c = np.minimum(np.linspace(0.0, 15.0, 61), constant)
    curves = {name: [constant_losses(x)[name] for x in c] for name in constant_losses(0.0)}
    looks = [REGRESSION[loss][1:] for loss in ("squared_error", "absolute_error", "quantile")]
    for (name, curve), (color, dash) in zip(curves.items(), looks, strict=True):
        key = name.split(",")[0].replace(" ", "-").lower()
        ax.plot(c, curve, dash, color=color, linewidth=2.5, label=name, gid=f"lossbook:{key}")
    ax.plot(WAITS, np.zeros(8), "o", color=INK, markersize=6, clip_on=False)
    ax.axvline(constant, color=MUTED, linewidth=1.5, gid="lossbook:handle:constant")
    here = constant_losses(constant)
    ax.plot([constant] * 3, list(here.values()), "o", **DOT)
    ax.set(xlim=(-0.4, 15.4), ylim=(0, 12), xlabel="constant c (minutes)", ylabel="loss (minutes)")
    name_row(ax)
    values = [f"{value:.2f}" for value in here.values()]
    return (
        f"At c = {constant:.1f} min: root of MSE {values[0]} min, MAE {values[1]} min, "
        f"quantile loss {values[2]} min."
    )


# ---- Bias, variance, noise ---------------------------------------------------------------------------------


def truth(x):
    """The curve that the fits are after."""
    return x + 0.5 * np.sin(6 * x)


@functools.cache
def hat(degree):
    """The matrix that turns 15 targets into the fitted polynomial at the 41 places."""
    return legvander(PLACES, degree) @ np.linalg.pinv(legvander(INPUTS, degree))


def three_parts(degree, noise):
    """Squared bias, variance and noise of a polynomial fit, each averaged over the 41 places."""
    h = hat(degree)
    bias = h @ truth(INPUTS) - truth(PLACES)
    return np.mean(bias**2), noise**2 * np.mean(np.sum(h**2, axis=1)), noise**2


@functools.cache
def measured_error(degree, noise, repeats=300):
    """Squared error at new targets, measured on simulated data sets: mean and standard error."""
    rng = np.random.default_rng([14, round(100 * noise)])
    train = truth(INPUTS) + noise * rng.normal(size=(repeats, 15))
    test = truth(PLACES) + noise * rng.normal(size=(repeats, 41))
    fits = np.vander(PLACES, degree + 1) @ np.polyfit(INPUTS, train.T, degree)
    errors = np.mean((fits.T - test) ** 2, axis=1)
    return errors.mean(), errors.std(ddof=1) / math.sqrt(repeats)


def draw_mse_parts(axes, *, degree, noise):
    """Four fits of a degree, and what their squared error is made of, at all degrees."""
    rng = np.random.default_rng(14)
    targets = truth(INPUTS) + noise * rng.normal(size=(4, 15))
    for fit in targets @ hat(degree).T:
        axes["fits"].plot(PLACES, fit, color=BLUE, linewidth=1.2)
    axes["fits"].plot(PLACES, truth(PLACES), "--", color=INK, linewidth=2.5)
    axes["fits"].set(xlim=(-1, 1), ylim=(-2, 2), xlabel="x", ylabel="y")
    parts = np.array([three_parts(d, noise) for d in DEGREES]).T
    below = np.zeros(9)
    names, colors = ("bias²", "variance", "noise"), (RED, BLUE, GREEN)
    for shade, (name, color, part) in enumerate(zip(names, colors, parts, strict=True)):
        look = shaded(color, shade)
        axes["error"].bar(DEGREES, part, 0.72, bottom=below, label=name, **look)
        below = below + part
    found = np.array([measured_error(d, noise) for d in DEGREES]).T
    axes["error"].plot(DEGREES, found[0], "o", color=INK, markersize=5, label="measured")
    low = int(below.argmin())
    axes["error"].plot([low], [below[low] + 0.07], "v", color=INK, markersize=9, gid="lossbook:lowest")
    axes["error"].axvline(degree, color=HANDLE_GOLD, linewidth=3, zorder=1, gid="lossbook:handle:degree")
    axes["error"].set(xlim=(-0.6, 8.6), ylim=(0, 0.95), xlabel="degree", ylabel="MSE (units²)")
    axes["error"].set_xticks(DEGREES)
    name_row(axes["error"])
    bias, variance, rest = parts[:, degree]
    return (
        f"Degree {degree}: bias² {bias:.3f} + variance {variance:.3f} + noise {rest:.3f} "
        f"= {below[degree]:.3f}; measured {found[0, degree]:.3f}. Lowest bar: degree {low}."
    )


# ---- More parameters than data -----------------------------------------------------------------------------


def step_features(x, count, rng):
    """Soft steps up or down at random places, shape (len(x), count)."""
    places, signs = rng.uniform(-1, 1, 200)[:count], rng.choice([-1, 1], 200)[:count]
    return np.tanh(8 * signs * (x[:, None] - places)) / math.sqrt(count)


def step_fit(count, strength, seed, places=PLACES):
    """Fit of `count` random steps at these places: ridge, or of least norm where the strength is 0."""
    rng = np.random.default_rng([14, seed])
    targets, state = truth(INPUTS) + 0.2 * rng.normal(size=15), rng.integers(2**31)
    here, there = (step_features(x, count, np.random.default_rng(state)) for x in (INPUTS, places))
    if strength:
        weights = np.linalg.solve(here @ here.T + strength * np.eye(15), targets)
        return there @ here.T @ weights
    return there @ np.linalg.lstsq(here, targets, rcond=1e-13)[0]


@functools.cache
def descent_errors(strength, repeats=100):
    """Median over data sets of the squared distance to the truth, for each number of features."""
    fits = np.array([[step_fit(p, strength, seed) for seed in range(repeats)] for p in FEATURES])
    return np.median(np.mean((fits - truth(PLACES)) ** 2, axis=2), axis=1)


def draw_mse_descent(axes, *, features):
    """A fit with this many features, and the error against their number, with and without a penalty."""
    rng = np.random.default_rng([14, SHOWN])
    targets = truth(INPUTS) + 0.2 * rng.normal(size=15)
    x = np.linspace(*PLACES[[0, -1]], 127)  # every ninth is an input
    axes["fit"].plot(x[::3], truth(x[::3]), ":", color=INK, linewidth=2.5)
    axes["fit"].plot(x, np.clip(step_fit(features, 0, SHOWN, x), -9, 9), color=RED, gid="lossbook:fit")
    axes["fit"].plot(x[::2], step_fit(features, 0.02, SHOWN, x[::2]), "--", color=BLUE)
    axes["fit"].plot(INPUTS, targets, "o", color=INK, markersize=5)
    axes["fit"].set(xlim=(-1, 1), ylim=(-2.5, 2.5), xlabel="x", ylabel="y")
    plain, ridge = descent_errors(0.0), descent_errors(0.02)
    ax = axes["error"]
    come = np.minimum(FEATURES, features)  # the curves are drawn from 1 to here
    ax.plot(come, plain[come - 1], color=RED, label="least norm", gid="lossbook:plain")
    ax.plot(come, ridge[come - 1], "--", color=BLUE, label="small penalty", gid="lossbook:ridge")
    ax.axvline(features, color=MUTED, linewidth=1.2, gid="lossbook:handle:features")
    at = int(features) - 1
    here = np.mean((step_fit(features, 0, SHOWN) - truth(PLACES)) ** 2)
    ax.plot([features], [plain[at]], "o", **DOT)
    ax.set(yscale="log", xlim=(0, 41), ylim=(0.008, 3e5), xlabel="number of features")
    ax.set(ylabel="error (units²)", xticks=[1, 5, 10, 15, 20, 25, 30, 35, 40])
    ax.set(yticks=[0.01, 1, 100, 10000], yticklabels=["0.01", "1", "100", "10 000"])
    ax.minorticks_off()
    name_row(ax)
    return (
        f"With {features} feature{'s' * (features > 1)}: least norm {_short(here)} units² in this sample, "
        f"median {_short(plain[at])}; penalty, median {_short(ridge[at])}."
    )


def _short(x):
    """A positive number in three digits, or fewer where it is large."""
    return f"{x:.3f}" if x < 10 else f"{float(f'{x:.2g}'):.0f}"


# ---- Shrinking ---------------------------------------------------------------------------------------------


def mild_risk(dimension, center):
    """Expected total squared error of x (1 − 1/(1+‖x‖²)), noise of variance 1, truth of squared length.

    With s = ‖x‖² it is d + E[((5−2d)s − 2d)/(1+s)²]. The means of 1/(1+s) and 1/(1+s)² are the integrals of
    e^(−t) M(t) and t e^(−t) M(t), where M(t) = E[e^(−ts)] = (1+2t)^(−d/2) exp(−center·t/(1+2t)).
    """
    nodes, weights = np.polynomial.legendre.leggauss(200)
    u = (nodes + 1) / 2
    t = u / (1 - u)
    weights = weights / 2 / (1 - u) ** 2
    weights = weights * np.exp(-t - center * t / (1 + 2 * t)) * (1 + 2 * t) ** (-dimension / 2)
    once, twice = weights.sum(), weights @ t
    return dimension + (5 - 2 * dimension) * (once - twice) - 2 * dimension * twice


def james_stein_risk(dimension, center):
    """The same for x (1 − (d−2)/‖x‖²), in two or more dimensions.

    ‖x‖² has the noncentral χ² distribution: χ² with 2k more degrees of freedom, k of a Poisson distribution.
    """
    if dimension == 2:
        return 2.0
    half = center / 2
    k = np.arange(int(half + 12 * math.sqrt(half) + 12))
    logs = k * math.log(half) - half - gammaln(k + 1) if half else np.where(k == 0, 0.0, -np.inf)
    weights = np.exp(logs)
    return dimension - (dimension - 2) ** 2 * weights @ (1 / (dimension - 2 + 2 * k))


def draw_mse_stein(ax, *, truth):
    """Risk beside that of the observation itself, for 1 to 12 dimensions with every coordinate at `truth`."""
    d = np.arange(1, 13)
    mild = np.array([mild_risk(k, k * truth**2) / k for k in d])
    stein = np.array([james_stein_risk(k, k * truth**2) / k for k in d[2:]])
    ax.axhline(1, color=INK, linewidth=1.5)
    ax.plot(d - 0.14, mild, "s", color=RED, markersize=6, label="mild shrinking", gid="lossbook:mild")
    ax.plot(d[2:] + 0.14, stein, "D", color=BLUE, markersize=6, label="James–Stein", gid="lossbook:stein")
    ax.set(xlim=(0.3, 12.7), ylim=(0, 1.4), xlabel="dimensions d", ylabel="total MSE / d (noise variances)")
    ax.set_xticks(d)
    ax.text(12.6, 1.05, "the observation itself", ha="right")
    name_row(ax)
    return (
        f"Each coordinate at {truth:.1f}: mild shrinking has {mild[0]:.3f}, {mild[1]:.3f}, {mild[2]:.3f} "
        f"in 1, 2, 3 dimensions; James–Stein {stein[-1]:.3f} in 12."
    )


@functools.cache
def batters():
    """Early averages and those of the rest of the season, shape (18,) each."""
    table = data.load("batting")
    return table["hits"] / 45, table["later_hits"] / table["later_at_bats"]


def batting_error(share):
    """Total squared error of predictions that keep a share of each early distance from the mean."""
    early, later = batters()
    return np.sum((early.mean() + share * (early - early.mean()) - later) ** 2)


def draw_mse_batting(axes, *, share):
    """Eighteen predictions between their mean and their own averages, and the total error."""
    early, later = batters()
    guess = early.mean() + share * (early - early.mean())
    ax = axes["players"]
    order, places = np.argsort(-early, kind="stable"), np.arange(18)
    ax.vlines(places, guess[order], later[order], color=MUTED, linewidth=1.2)
    ax.plot(places, later[order], "_", color=INK, markersize=12, markeredgewidth=2.5, label="rest of season")
    ax.plot(places, guess[order], "o", color=BLUE, markersize=6, label="prediction", gid="lossbook:guess")
    ax.axhline(early.mean(), color=INK, linestyle=":", linewidth=1.2, label="mean of the starts")
    ax.set(xlim=(-0.7, 17.7), ylim=(0.13, 0.42), ylabel="hits per at-bat", xticks=[])
    ax.set_xlabel("18 batters, best start first")
    name_row(ax)
    shares = np.maximum(np.linspace(0, 1, 41), share)  # the curve is drawn from 1 to here
    ax = axes["error"]
    ax.plot(shares, [batting_error(s) for s in shares], color=RED, gid="lossbook:error")
    ax.axvline(share, color=MUTED, linewidth=1.5, gid="lossbook:handle:share")
    ax.plot([share], [batting_error(share)], "o", **DOT)
    ax.set(xlim=(-0.02, 1.02), ylim=(0, 0.095), xlabel="share kept", ylabel="total squared error")
    return f"Keep {100 * share:.0f} % of the distance from the mean: total error {batting_error(share):.4f}."


# ---- Forecasts and networks --------------------------------------------------------------------------------


def brier_parts(forecasts, days, wet):
    """Brier score, miscalibration and refinement of distinct forecasts: score = the sum of the other two."""
    forecasts, days, wet = (np.asarray(a, dtype=float) for a in (forecasts, days, wet))
    rate, weight = wet / days, days / days.sum()
    score = weight @ (rate * (1 - forecasts) ** 2 + (1 - rate) * forecasts**2)
    return score, weight @ (forecasts - rate) ** 2, weight @ (rate * (1 - rate))


def draw_mse_brier(axes, *, forecast):
    """What was said and what came, and the Brier score of it in two parts; one forecast can be moved."""
    said = np.array([*DAYS, forecast])
    days, wet = np.array([*DAYS.values(), GOLD_DAYS]).T
    rate = wet / days
    score, off, rest = brier_parts(said, days, wet)
    ax = axes["reliability"]
    ax.plot([0, 1], [0, 1], "--", color=MUTED)
    ax.vlines(said, np.minimum(said, rate), np.maximum(said, rate), color=RED, linewidth=2)
    ax.plot(said[:3], rate[:3], "o", color=BLUE, markersize=9)
    places = [(0.02, 0.27, "left"), (0.25, 0.50, "center"), (0.43, 0.34, "left")]
    places.append((forecast - 0.02, 0.55, "right"))
    for (x, y, side), n in zip(places, days, strict=True):
        ax.text(x, y, f"{n} days", va="top", ha=side)
    ax.plot([forecast], [0.65], "o", gid="lossbook:handle:forecast", **DOT)
    ax.set(xlim=(0, 1), ylim=(0, 1), xlabel="chance of rain that was said", ylabel="share of wet days")
    ax = axes["score"]
    ax.barh([0], [off], 0.6, label="miscalibration", **shaded(RED, 0))
    ax.barh([0], [rest], 0.6, left=[off], label="refinement", **shaded(GREEN, 1))
    ax.set(xlim=(0, 0.25), ylim=(-0.6, 0.6), yticks=[], xlabel="mean squared error of the forecasts")
    name_row(ax)
    return f"Said {100 * forecast:.3g} %, came 65 %: score {score:.4f} = {off:.4f} + {rest:.4f}."


def unit_error(weight, bias):
    """Mean squared error of tanh(weight · x + bias) on the seven points; arrays broadcast."""
    outputs = np.tanh(np.multiply.outer(weight, STEP_X) + np.asarray(bias)[..., None])
    return np.mean((outputs - STEP_Y) ** 2, axis=-1)


def unit_path(weight, bias, steps=10_000, rate=0.2):
    """Gradient descent on the two numbers, shape (steps + 1, 2), or (steps + 1, n, 2) from n starts."""
    here, path = np.stack([weight, bias], axis=-1).astype(float), []
    for _ in range(steps + 1):
        path.append(here)
        outputs = np.tanh(np.multiply.outer(here[..., 0], STEP_X) + here[..., 1:])
        slope = 2 / 7 * (outputs - STEP_Y) * (1 - outputs**2)
        here = here - rate * np.stack([slope @ STEP_X, slope.sum(axis=-1)], axis=-1)
    return np.array(path)


@functools.cache
def _paths():
    """The paths from the 81 starts of the figure."""
    w, b = (x.ravel() for x in np.meshgrid(np.arange(9) * 0.75 - 3, np.arange(9) * 0.75 - 2))
    return dict(zip(zip(w.tolist(), b.tolist(), strict=True), unit_path(w, b).swapaxes(0, 1), strict=True))


@functools.cache
def _surface():
    w, b = np.linspace(-3.2, 3.2, 97), np.linspace(-3, 5, 97)
    return w, b, unit_error(*np.meshgrid(w, b))


def draw_mse_surface(axes, *, weight, bias):
    """Contours of the error over a weight and a bias, a path of descent, and the unit at its end."""
    ax = axes["surface"]
    levels = [0.55, 0.7, 0.95, 1.2, 1.405, 1.7, 2.0]
    lines = ax.contour(*_surface(), levels=levels, colors=[MUTED], linewidths=1)
    ax.clabel(lines, levels=[0.95, 1.2, 1.7], fontsize=9, colors=[INK])
    path = _paths()[round(weight, 2), round(bias, 2)]
    kept = np.unique(np.concatenate([np.arange(0, 40, 2), np.geomspace(40, 10_000, 30).astype(int)]))
    ax.plot(*path[kept].T, color=RED, linewidth=2.5, gid="lossbook:path")
    ax.plot(*path[-1:].T, "v", color=RED, markersize=10)
    ax.plot([weight], [bias], "o", gid="lossbook:handle:weight+bias", **DOT)
    ax.set(xlim=(-3.2, 3.2), ylim=(-3, 5), xlabel="weight w", ylabel="bias b")
    end, x = path[-1], np.linspace(-3.4, 3.4, 69)
    axes["fit"].plot(x, np.tanh(end[0] * x + end[1]), color=RED, linewidth=2.5, gid="lossbook:unit")
    axes["fit"].plot(STEP_X, STEP_Y, "o", color=INK, markersize=6)
    axes["fit"].set(xlim=(-3.4, 3.4), ylim=(-1.2, 1.2), xlabel="x", ylabel="y", yticks=[-1, 1])
    return (
        f"From w = {true_minus(f'{weight:.2f}')}, b = {true_minus(f'{bias:.2f}')} to "
        f"w = {true_minus(f'{end[0]:.2f}')}, b = {true_minus(f'{end[1]:.2f}')}: MSE {unit_error(*end):.3f}."
    )


def draw_mse_card(ax):
    """The error of a constant: the spread of the data plus the squared distance from their mean."""
    c = np.linspace(-2.0, 2.0, 81)
    ax.plot(c, 0.8 + c**2, color=RED, linewidth=3, gid="lossbook:bowl")
    ax.axhline(0.8, color=MUTED, linestyle=":")
    ax.plot([0], [0.8], "v", color=RED, markersize=10)
    ax.vlines([1.3], 0.8, 0.8 + 1.3**2, color=BLUE, linewidth=2)
    ax.text(1.4, 1.5, "(c − mean)²", color=BLUE)
    ax.text(-1.95, 0.35, "variance of the data", color=INK)
    ax.set(xlim=(-2, 2.6), ylim=(0, 4), xticks=[0], xticklabels=["mean"], yticks=[], xlabel="constant c")
    ax.set(ylabel="MSE")
