"""Figures of chapter 8: losses stacked to an objective, what a penalty does, and estimates of a cost."""

import functools
import math

import numpy as np

from lossbook import data, objectives, regression
from lossbook.figures.engine.labels import name_ends, name_row
from lossbook.figures.engine.style import CYCLE, DOT, INK, MUTED, PAPER, shaded, true_minus
from lossbook.figures.losses import CLASSIFICATION

BLUE, RED, GREEN, PURPLE, GOLD, TEAL, PINK = CYCLE
LOG = CLASSIFICATION["softmax_cross_entropy"]

#: Floor areas (m²) and prices (thousand dollars) of five houses (data of the book); the last price moves.
AREAS = np.array([60.0, 80.0, 100.0, 120.0, 140.0])
PRICES = np.array([205.0, 205.0, 325.0, 340.0])
RATE, RATE_STRENGTH = 3.0, 50.0

#: Ten points about a sine: y = sin(2.5 x) and normal noise of deviation 0.35, drawn once, rounded to 0.1.
BEND_X = np.linspace(-0.9, 0.9, 10)
BEND_Y = np.array([-0.1, -1.9, -0.8, -0.9, -0.4, 0.2, 0.0, 0.9, 0.7, 1.9])
BEND_NOISE = 0.35

#: Powers of ten of λ along the paths.
POWERS = np.round(np.arange(-2.0, 2.76, 0.25), 2)


# ---- Loss, cost, penalty, objective ------------------------------------------------------------------------


def _bill(ax, shares, penalty, *, names=True):
    """Draw shares of a cost and a penalty end to end, as one bar; with names, the fifth share is gold."""
    left = 0.0
    for i, share in enumerate(shares):
        look = shaded(GOLD, 1) if names and i == 4 else shaded(BLUE, 1 + i % 2)
        ax.barh([0], [share], left=[left], height=0.62, gid=f"lossbook:share-{i}", **look)
        left += share
    ax.barh([0], [penalty], left=[left], height=0.62, gid="lossbook:penalty", **shaded(RED, 0))
    ax.set(ylim=(-0.55, 1.25 if names else 0.55), yticks=[])
    ax.grid(False)
    if names:
        ax.plot([0, left], [0.5, 0.5], color=BLUE, linewidth=3, gid="lossbook:cost")
        ax.plot([left, left + penalty], [0.5, 0.5], color=RED, linewidth=3)
        ax.text(0, 0.62, "cost", color=BLUE)
        ax.text(left, 0.62, "penalty", color=RED)
    return left


def draw_objective_stack(axes, *, price):
    """Five houses, a model that stays, and its losses stacked to cost and objective; one price moves."""
    prices, predicted = np.append(PRICES, price), RATE * AREAS
    losses = regression.squared_error(predicted, prices)
    penalty = RATE_STRENGTH * objectives.l2_penalty([RATE])
    ax = axes["houses"]
    ax.plot([50, 150], [RATE * 50, RATE * 150], color=MUTED, linewidth=2.5)
    for area, low, high in zip(AREAS, predicted, prices, strict=True):
        color = GOLD if area == 140 else BLUE
        ax.plot([area, area], [low, high], color=color, linewidth=7, solid_capstyle="butt")
    ax.plot(AREAS[:-1], PRICES, "o", color=INK, markersize=4)
    ax.plot([140.0], [price], "o", gid="lossbook:handle:price", **DOT)
    ax.text(149, 372, "model", color=MUTED, ha="center")
    ax.set(xlim=(50, 156), ylim=(130, 580), yticks=[200, 400], ylabel="price (1000 $)")
    ax.text(155, 150, "area (m²)", ha="right")
    ax.tick_params(axis="x", pad=1)
    cost = _bill(axes["stack"], losses / 5, penalty)
    total = objectives.objective(losses, [RATE], penalty="l2", strength=RATE_STRENGTH)
    axes["stack"].set(xlim=(0, 3100), xlabel="objective (thousand dollars)²")
    return f"Losses' mean: cost {cost:.0f}. Plus penalty {penalty:.0f}: objective {total:.0f}."


def best_parameter(strength, penalty):
    """Return the θ that minimizes (θ − 2)² + λR(θ) with R = θ² or |θ|."""
    if penalty == "absolute value":
        return float(objectives.soft_threshold(2.0, strength / 2))
    return 2 / (1 + strength)


def draw_objective_bowls(ax, *, strength, penalty):
    """A cost (θ − 2)² + 1, a penalty on θ, and their sum."""
    theta = np.linspace(-1.0, 3.0, 81)
    cost = (theta - 2) ** 2 + 1
    measure = np.abs(theta) if penalty == "absolute value" else theta**2
    best = best_parameter(strength, penalty)
    size = abs(best) if penalty == "absolute value" else best**2
    least = (best - 2) ** 2 + 1 + strength * size
    ax.plot(theta, cost, "--", color=BLUE, linewidth=2.5, label="cost")
    ax.plot(theta, strength * measure, ":", color=RED, linewidth=2.5, label="penalty")
    total = cost + strength * measure
    ax.plot(theta, total, color=PURPLE, linewidth=3, label="objective", gid="lossbook:sum")
    ax.axvline(best, color=MUTED, linewidth=1.2, gid="lossbook:handle:strength")
    ax.plot([best], [least], "o", gid="lossbook:best", **DOT)
    ax.set(xlim=(-1, 3), ylim=(-0.3, 9), xlabel="parameter θ", ylabel="cost, penalty, objective")
    name_row(ax)
    return (
        f"With λ = {strength:.2f} and the {penalty} as penalty the best θ is {best:.2f}: "
        f"cost {(best - 2) ** 2 + 1:.2f}, penalty {strength * size:.2f}, objective {least:.2f}."
    )


# ---- A polynomial ------------------------------------------------------------------------------------------


def bend_fit(degree, strength):
    """Return intercept and coefficients of the polynomial that minimizes mean square plus λ Σ b²."""
    x = BEND_X[:, None] ** np.arange(1, degree + 1)
    return objectives.ridge(x, BEND_Y, strength=len(BEND_Y) * strength)


def bend_values(coefficients, x):
    """Return the polynomial's values at x."""
    return np.polynomial.polynomial.polyval(x, coefficients)


def bend_new_error(coefficients):
    """Return the expected squared error for new data with inputs spread evenly from −1 to 1."""
    x, weights = np.polynomial.legendre.leggauss(40)
    return BEND_NOISE**2 + weights @ (bend_values(coefficients, x) - np.sin(2.5 * x)) ** 2 / 2


def draw_objective_curve(axes, *, degree, power):
    """A polynomial through ten points, and the bill: cost, penalty, and the error on new data."""
    fit = bend_fit(degree, 10.0**power)
    losses = regression.squared_error(bend_values(fit, BEND_X), BEND_Y)
    penalty = 10.0**power * objectives.l2_penalty(fit[1:])
    x, ax = np.linspace(-1, 1, 101), axes["fit"]
    ax.plot(x, np.sin(2.5 * x), ":", color=GREEN, linewidth=2.5, label="where the data come from")
    ax.plot(x, bend_values(fit, x), color=PURPLE, linewidth=2.5, label="fit", gid="lossbook:fit")
    for place, low, high in zip(BEND_X, bend_values(fit, BEND_X), BEND_Y, strict=True):
        ax.plot([place, place], [low, high], color=BLUE, linewidth=4, solid_capstyle="butt")
    ax.plot(BEND_X, BEND_Y, "o", color=INK, markersize=6)
    ax.set(xlim=(-1, 1), ylim=(-3, 3), ylabel="y", yticks=[-2, 0, 2])
    name_row(ax)
    cost = _bill(axes["bill"], losses / 10, penalty, names=False)
    new = bend_new_error(fit)
    look = {"color": GREEN, "markeredgecolor": PAPER, "markeredgewidth": 1.5, "markersize": 12}
    axes["bill"].plot([min(new, 1.17)], [0], "D" if new < 1.17 else ">", gid="lossbook:new", **look)
    side = "left" if new < 0.25 else "right" if new > 0.9 else "center"
    words = "error on new data" if new < 1.17 else "error on new data →"
    axes["bill"].text(min(new, 1.19), 0.5, words, color=GREEN, ha=side)
    axes["bill"].set(xlim=(0, 1.2), ylim=(-0.5, 1.2), xlabel="cost, penalty, error (units of y²)")
    largest = _two_digits(np.abs(fit[1:]).max())
    raised = str(power).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return (
        f"Degree {degree}, λ = 10{raised}: cost {cost:.3f}, penalty {penalty:.3f}, objective "
        f"{cost + penalty:.3f}; on new data {new:.3f}; largest coefficient {largest}."
    )


def _two_digits(value):
    """Return a positive number with at least two digits, never as a power of ten."""
    return f"{value:.0f}" if value >= 9.95 else f"{value:.2g}"


# ---- Mini-batches ------------------------------------------------------------------------------------------


@functools.cache
def crime_pulls():
    """Return each state's derivative of its loss in the slope at slope 0: crimes by poverty, standardized."""
    crime = data.load("statecrime")
    x, y = (np.asarray(crime[name], float) for name in ("poverty", "violent"))
    x, y = (x - x.mean()) / x.std(), (y - y.mean()) / y.std()
    return -2 * x * y


def batch_spread(pulls, batch, *, replacement):
    """Return the standard deviation of the mean of a mini-batch drawn from these pulls."""
    n = len(pulls)
    share = 1.0 if replacement else (n - batch) / (n - 1)
    return math.sqrt(np.var(pulls) / batch * share)


@functools.cache
def batch_means(batch):
    """Return 4000 means of mini-batches without repetition (seeded)."""
    rng, pulls = np.random.default_rng([8, batch]), crime_pulls()
    return np.array([rng.permutation(pulls)[:batch].mean() for _ in range(4000)])


def draw_objective_batches(axes, *, batch):
    """Gradients of mini-batches as bars, and their spread against the size of a batch."""
    pulls, means = crime_pulls(), batch_means(batch)
    ax, edges = axes["draws"], np.linspace(-4, 2, 49)
    counts, _ = np.histogram(np.clip(means, -3.99, 1.99), edges)
    top = next(top for top in (10, 20, 40, 100) if counts.max() / 40 <= top)
    ax.stairs(counts / 40, edges, fill=True, gid="lossbook:draws", **shaded(BLUE, 1))
    ax.axvline(pulls.mean(), color=RED, linestyle="--")
    ax.text(pulls.mean() + 0.1, 0.84 * top, "all 51", color=RED)
    ax.set(xlim=(-4, 2), ylim=(0, 1.05 * top), yticks=[0, top // 2, top], ylabel="batches (%)")
    ax.set_xlabel("gradient in the slope", labelpad=1)
    ax, sizes = axes["spread"], np.arange(1, 51)
    for replacement, color, dash in ((True, MUTED, "--"), (False, BLUE, "-")):
        spread = [batch_spread(pulls, b, replacement=replacement) for b in sizes]
        ax.plot(sizes, spread, dash, color=color, linewidth=2.5, gid=f"lossbook:spread-{replacement}")
    ax.text(5.2, 1.3, "with repetition: slope −½", color=MUTED)
    ax.text(27, 0.11, "without repetition", color=BLUE, ha="right")
    ax.axvline(batch, color=MUTED, linewidth=1.2, gid="lossbook:handle:batch")
    ax.plot([batch], [means.std()], "o", gid="lossbook:measured", **DOT)
    ax.set(xscale="log", yscale="log", xlim=(0.93, 55), ylim=(0.03, 3.4), ylabel="spread")
    ax.set(xticks=[1, 2, 5, 10, 20, 50], xticklabels=["1", "2", "5", "10", "20", "50"])
    ax.set(yticks=[0.03, 0.1, 0.3, 1], yticklabels=["0.03", "0.1", "0.3", "1"])
    ax.minorticks_off()
    ax.set_xlabel("states in a batch, B", labelpad=1)
    predicted = batch_spread(pulls, batch, replacement=False)
    return (
        f"In 4000 batches of {batch} of the 51: mean gradient {true_minus(f'{means.mean():.2f}')}, "
        f"spread {means.std():.3f}, predicted {predicted:.3f}."
    )


# ---- Surrogates --------------------------------------------------------------------------------------------


@functools.cache
def tumors():
    """Return the worst radius (mm) of rows 100 to 159 of scikit-learn's table, and whether malignant."""
    from sklearn.datasets import load_breast_cancer

    table = load_breast_cancer()
    return table.data[100:160, 20], 1.0 - table.target[100:160]


def tumor_costs(thresholds):
    """Return the share of mistakes and the mean log loss in bits at each threshold, slope 1 a millimeter."""
    radius, malignant = tumors()
    logits = radius - np.asarray(thresholds, float)[:, None]
    # Rounded, so that a radius equal to the threshold is on the same side whatever the arithmetic.
    mistakes = ((np.round(logits, 9) > 0) != malignant).mean(axis=1)
    # The loss of logit z for class 1 is that of −z for class 0: log(1 + e^−z), divided by log 2.
    signs = np.where(malignant == 1, -logits, logits)
    return mistakes, np.logaddexp(0, signs).mean(axis=1) / math.log(2)


def draw_objective_threshold(ax, *, threshold):
    """Mistakes and log loss of a threshold for sixty tumors."""
    t = np.linspace(13.0, 20.0, 561)
    mistakes, bits = tumor_costs(t)
    here = [cost[0] for cost in tumor_costs([threshold])]
    ax.plot(t, mistakes, color=INK, linewidth=2, gid="lossbook:mistakes")
    ax.plot(t, bits, "--", color=LOG.color, linewidth=2.5, gid="lossbook:bits")
    ax.axvline(threshold, color=MUTED, linewidth=1.2, gid="lossbook:handle:threshold")
    ax.plot([threshold, threshold], here, "o", **DOT)
    name_ends(ax, 20.1, [(mistakes[-1], "mistakes", INK), (bits[-1], LOG.name, LOG.color)], gap=0.06)
    ax.set(xlim=(13, 22.1), ylim=(0, 1), xlabel="threshold (mm)", ylabel="cost (share, bits)")
    ax.set_xticks(range(13, 21))
    wrong = f"{60 * here[0]:.0f} of 60 wrong, cost {here[0]:.3f}"
    return f"Threshold {threshold:.2f} mm: {wrong}; log loss {here[1]:.3f} bits."


def draw_objective_surrogates(ax):
    """Losses of a margin, each scaled to 1 at margin 0."""
    m = np.linspace(-2.0, 2.6, 185)
    curves = [
        ("hinge", np.maximum(0, 1 - m), TEAL, "--"),
        (LOG.name, np.logaddexp(0, -m) / math.log(2), LOG.color, LOG.dash),
        ("exponential", np.exp(-m), PINK, ":"),
        ("squared", (1 - m) ** 2, RED, "-."),
    ]
    ax.plot(m, np.where(m <= 0, 1.0, 0.0), color=INK, linewidth=3, label="0–1", drawstyle="steps-post")
    for name, values, color, dash in curves:
        ax.plot(m[values <= 4], values[values <= 4], dash, color=color, label=name)
    ax.set(xlim=(-2, 2.6), ylim=(-0.1, 4), xlabel="margin: label ±1 times score", ylabel="loss")
    name_row(ax, columns=5, columnspacing=0.7)


# ---- Paths on real data ------------------------------------------------------------------------------------


@functools.cache
def patients():
    """Return standardized measurements, progression and names of the 100 patients who are fitted (seeded)."""
    from sklearn.datasets import load_diabetes

    table = load_diabetes()
    chosen = np.random.default_rng(0).permutation(442)[:100]
    x = table.data[chosen]
    return (x - x.mean(0)) / x.std(0), table.target[chosen], table.feature_names


def _slopes(x, y, strength, penalty):
    """Return intercept and slopes that minimize the mean squared error plus λR."""
    n = len(y)
    if penalty == "ridge":
        return objectives.ridge(x, y, strength=n * strength)
    return objectives.lasso(x, y, strength=n * strength / 2, tolerance=1e-9)


@functools.cache
def penalty_path(penalty):
    """Return slopes along the powers of ten of λ, and the cross-validated mean squared errors."""
    x, y, _ = patients()
    folds, slopes, errors = np.arange(len(y)) % 10, [], []
    for power in POWERS:
        slopes.append(_slopes(x, y, 10**power, penalty)[1:])
        missed = []
        for k in range(10):
            rest = folds != k
            middle, scale = x[rest].mean(0), x[rest].std(0)
            fit = _slopes((x[rest] - middle) / scale, y[rest], 10**power, penalty)
            predicted = fit[0] + (x[~rest] - middle) / scale @ fit[1:]
            missed.append(regression.squared_error(predicted, y[~rest]))
        errors.append(np.mean(missed))
    return np.array(slopes), np.array(errors)


def draw_objective_paths(axes, *, power, penalty):
    """Slopes of ridge or lasso against λ, and the error on patients left out, with the reader's λ."""
    (slopes, errors), names = penalty_path(penalty), patients()[2]
    here = int(np.argmin(np.abs(POWERS - power)))
    named = {"s5": (RED, "-"), "bmi": (BLUE, "--"), "bp": (GREEN, "-."), "s3": (PURPLE, "-")}
    ends = [(slopes[0, names.index(name)], name, color) for name, (color, _) in named.items()]
    name_ends(axes["slopes"], -2.52, ends, gap=6.5)
    for j, column in enumerate(slopes.T):
        color, dash = named.get(names[j], (MUTED, "-"))
        look = {"color": color, "linestyle": dash, "linewidth": 2.5 if names[j] in named else 1}
        axes["slopes"].plot(POWERS, column, gid=f"lossbook:slope-{j}", **look)
    axes["slopes"].plot([power] * 10, slopes[here], "o", color=INK, markersize=5, gid="lossbook:dots")
    axes["slopes"].axvline(power, color=MUTED, linewidth=1.2)
    top = np.sqrt(errors)
    axes["error"].plot(POWERS, top, color=GREEN, linewidth=2.5, gid="lossbook:error")
    axes["error"].plot([POWERS[top.argmin()]], [top.min()], "v", color=GREEN, markersize=10)
    axes["error"].axvline(power, color=MUTED, linewidth=1.2, gid="lossbook:handle:power")
    axes["error"].plot([power], [top[here]], "o", **DOT)
    axes["slopes"].set(xlim=(-2.56, 2.9), ylim=(-18, 40), ylabel="slopes")
    axes["slopes"].tick_params(labelbottom=False)
    axes["error"].set(xlim=(-2.56, 2.9), ylim=(54, 80), ylabel="error", xlabel="log₁₀ λ")
    zeros = [name for name, slope in zip(names, slopes[here], strict=True) if slope == 0]
    listed = "all ten" if len(zeros) == 10 else ", ".join(zeros) or "none"
    return (
        f"{penalty.capitalize()}, λ = {_two_digits(10.0**power)}: zero slopes: {listed}; largest slope "
        f"{_two_digits(np.abs(slopes[here]).max())}; held-out error {top[here]:.1f}."
    )


# ---- Penalty and budget ------------------------------------------------------------------------------------

#: A cost (θ − c)ᵀA(θ − c) of two parameters.
TILT = np.array([[1.0, 0.4], [0.4, 1.6]])
TOP = np.array([1.2, 2.0])


def budget_point(strength, penalty):
    """Return the minimizer of (θ − c)ᵀA(θ − c) + λR(θ), R the sum of squares or of absolute values."""
    if penalty == "squares":
        return np.linalg.solve(TILT + strength * np.eye(2), TILT @ TOP)
    theta = TOP.copy()
    for _ in range(300):  # coordinate by coordinate
        for j in (0, 1):
            pull = TILT[j] @ (TOP - theta) + TILT[j, j] * theta[j]
            theta[j] = objectives.soft_threshold(pull, strength / 2) / TILT[j, j]
    return theta


def draw_objective_budget(ax, *, strength, penalty):
    """Curves of equal cost, and the budget that touches the lowest one it reaches, drawn thick."""
    best, turn = budget_point(strength, penalty), np.linspace(0, 2 * np.pi, 73)
    touch = (best - TOP) @ TILT @ (best - TOP)
    circle = np.array([np.cos(turn), np.sin(turn)])
    unit = np.linalg.solve(np.linalg.cholesky(TILT).T, circle)  # the ellipse of cost 1, about 0
    for level in (0.25, 1, 2.5, 5, 9):
        ax.plot(*(TOP[:, None] + math.sqrt(level) * unit), color=BLUE, linewidth=0.8)
    if penalty == "squares":
        radius = objectives.l2_penalty(best)
        edge = math.sqrt(radius) * circle
    else:
        radius = objectives.l1_penalty(best)
        edge = circle * radius / np.abs(circle).sum(0)
    ax.fill(*edge, gid="lossbook:budget", **shaded(RED, 2))
    ax.plot(*(TOP[:, None] + math.sqrt(touch) * unit), color=INK, linewidth=2, gid="lossbook:touching")
    ax.plot(*TOP, "+", color=BLUE, markersize=12)
    ax.plot(*best[:, None], "o", gid="lossbook:handle:strength", **DOT)
    ax.set(xlim=(-1.6, 3.6), ylim=(-1.4, 3.2), aspect="equal", xlabel="θ₁", ylabel="θ₂")
    return (
        f"With λ = {strength:.2f} on the {penalty} the best θ is ({true_minus(f'{best[0] + 0:.2f}')}, "
        f"{best[1]:.2f}), its cost {touch:.2f}, the budget it fills {radius:.2f}."
    )


def draw_objective_card(ax):
    """The three words as three brackets over one bar."""
    shares = [0.9, 0.5, 1.1, 0.7]
    left = 0.0
    for i, share in enumerate(shares):
        ax.barh([0], [share], left=[left], height=0.8, **shaded(BLUE, 1 + i % 2))
        ax.text(left + share / 2, 0, f"ℓ{'₁₂₃₄'[i]}/4", ha="center", va="center", color=INK)
        left += share
    ax.barh([0], [1.0], left=[left], height=0.8, **shaded(RED, 1))
    ax.text(left + 0.5, 0, "λR", ha="center", va="center", color=INK)
    brackets = [(0.9, 1.4, "loss / 4", INK), (0.0, left, "cost J", BLUE)]
    brackets.append((0.0, left + 1, "objective J + λR", PURPLE))
    for row, (start, end, name, color) in enumerate(brackets):
        height = 0.7 + 0.75 * row
        ax.plot([start, end], [height, height], color=color, linewidth=3)
        ax.text((start + end) / 2, height + 0.12, name, ha="center", color=color)
    ax.set(xlim=(-0.1, left + 1.1), ylim=(-0.6, 3.0))
    ax.axis("off")
