"""Figures of chapter 12: what a cosine sees, what its gradient does, and contrastive losses."""

import functools
import math
import re

import numpy as np
from scipy.special import gammaln

from lossbook import data, distances, embeddings, probability
from lossbook.figures.engine.labels import name_row
from lossbook.figures.engine.style import BLUE, DOT, GREEN, INK, MUTED, PURPLE, RED, shaded, true_minus

#: The vector that stays where it is in the first figure.
FIXED = np.array([1.0, 2.5])

#: Where descent on the cosine loss begins, and the target's direction.
START, TARGET, STEPS = np.array([math.cos(2.4), math.sin(2.4)]), np.array([1.0, 0.0]), 30

#: Angles of the keys on the circle, in degrees from the query: the positive, five negatives; one more moves.
POSITIVE = 30.0
NEGATIVES = np.array([-50.0, 75.0, -105.0, 130.0, 170.0])

#: Three films of two factors, and one user's taste for the two.
FILMS, TASTE = np.array([[2.0, 1.0], [1.0, 2.0], [2.0, -1.0]]), np.array([1.5, 1.0])

#: The steps of the contrastive run that are shown, and its temperature.
SHOWN_STEPS, TEMPERATURE = np.arange(0, 401, 20), 0.5

#: Which sections of the Apache License can be asked for: choice to number.
ASKED = {"3, patents": 3, "4, redistribution": 4, "7, warranty": 7, "8, liability": 8}

#: How the three measures are drawn: name, color, dash.
LOOKS = {
    "cosine": ("cosine", BLUE, "-"),
    "euclidean": ("Euclidean", RED, "--"),
    "dot": ("inner product", GREEN, ":"),
}


def _arrow(ax, tail, vector, gid, head=0.16, **look):
    """Draw an arrow in axes of equal aspect: a shaft and, if it is long enough to have one, a head."""
    tail, vector = np.asarray(tail, dtype=float), np.asarray(vector, dtype=float)
    length = max(np.hypot(*vector), 1e-9)
    tip, along = tail + vector, vector / length
    across = np.array([-along[1], along[0]])
    size = min(head, 0.6 * length)
    wings = np.array([tip - size * (along + 0.6 * across), tip, tip - size * (along - 0.6 * across)])
    ax.plot(*np.array([tail, tip]).T, gid=gid, **look)
    ax.plot(*wings.T, **look | {"linestyle": "-", "label": None})


def _circle(ax, radius, **look):
    """Draw a circle about the origin."""
    turn = np.linspace(0, 2 * math.pi, 73)
    ax.plot(radius * np.cos(turn), radius * np.sin(turn), **look)


def draw_cosine_tips(ax, *, x, y):
    """Two vectors of the plane, one of which moves, and where each loss pulls its tip."""
    a = np.array([x, y], dtype=float)
    pulls = {"cosine": -embeddings.cosine_loss_grad(a, FIXED), "euclidean": FIXED - a, "dot": FIXED}
    _arrow(ax, (0, 0), FIXED, "lossbook:fixed", color=INK, linewidth=2.5)
    _arrow(ax, (0, 0), a, "lossbook:moved", color=MUTED, linewidth=2.5)
    for key, pull in pulls.items():
        name, color, dash = LOOKS[key]
        look = {"color": color, "linestyle": dash, "linewidth": 2.5, "zorder": 3, "label": name}
        _arrow(ax, a, pull * (6 if key == "cosine" else 0.5), f"lossbook:pull-{key}", **look)
    ax.text(FIXED[0] - 0.5, FIXED[1], "b", color=INK, va="center")
    ax.text(x + (0.3 if x >= 0 else -0.45), y - 0.3, "a", color=MUTED, va="center")
    ax.plot([x], [y], "o", gid="lossbook:handle:x+y", **DOT)
    ax.set(xlim=(-3, 7.6), ylim=(-0.3, 3.9), aspect="equal")
    name_row(ax)
    cosine, distance = embeddings.cosine_similarity(a, FIXED), distances.euclidean(a, FIXED)
    return true_minus(f"Cosine {cosine:.2f}, distance {distance:.2f}, inner product {a @ FIXED:.2f}.")


# ---- Sections of two licenses ------------------------------------------------------------------------------


@functools.cache
def license_sections():
    """Titles and word counts of the numbered sections of two licenses, Apache's nine first, then GPL's 18."""
    apache = re.split(r"\n +(?=\d+\. )", data.text("apache2").split("END OF TERMS")[0])[1:]
    gpl = re.split(r"\n  (?=\d+\. )", data.text("gpl3").split("END OF TERMS")[0])[1:]
    titles = [re.match(r"\d+\. [^.\n]+", section)[0] for section in apache + gpl]
    words = [re.findall("[a-z]+", section.lower()) for section in apache + gpl]
    vocabulary = sorted(set().union(*words))
    return titles, np.array([[section.count(word) for word in vocabulary] for section in words], dtype=float)


def weighted(counts):
    """Return counts weighted by rarity: a word counts log(n / number of texts that have it)."""
    return counts * np.log(len(counts) / (counts > 0).sum(axis=0))


def nearest_sections(number, copies=1):
    """Return which section of the GPL each measure finds for a section of the Apache License, repeated."""
    titles, counts = license_sections()
    vectors = weighted(counts)
    query, keys = copies * vectors[number - 1], vectors[9:]
    cosines = distances.pairwise(query[None], keys, metric="cosine_distance")[0]
    found = {
        "cosine": cosines.argmin(),
        "euclidean": distances.pairwise(query[None], keys, metric="euclidean")[0].argmin(),
        "dot": (keys @ query).argmax(),
    }
    return {key: titles[9 + place] for key, place in found.items()}


def draw_cosine_sections(ax, *, section, copies):
    """Sections of the GPL by cosine to one of the Apache License and by length, with three level lines."""
    titles, counts = license_sections()
    vectors = weighted(counts)
    query, keys = copies * vectors[ASKED[section] - 1], vectors[9:]
    lengths, size = np.linalg.norm(keys, axis=1), np.linalg.norm(query)
    cosines = keys @ query / lengths / size
    found = nearest_sections(ASKED[section], copies)
    place = {key: titles.index(title, 9) - 9 for key, title in found.items()}
    high = np.linspace(0.5, 180.0, 2000)
    level = keys[place["euclidean"]] - query
    lines = {
        "cosine": lambda h: np.full(len(h), cosines[place["cosine"]]),
        "euclidean": lambda h: (h**2 + size**2 - level @ level) / (2 * size * h),
        "dot": lambda h: (cosines * lengths)[place["dot"]] / h,
    }
    for key, (name, color, dash) in LOOKS.items():
        inside = high[np.abs(lines[key](high) - 0.335) < 0.345]  # of the frame
        h = np.linspace(inside[0], inside[-1], 90)
        ax.plot(lines[key](h), h, dash, color=color, linewidth=2.5, label=name, gid=f"lossbook:{key}")
    ax.plot(cosines, lengths, "o", color=INK, markersize=4, gid="lossbook:sections")
    for key, title in found.items():
        _, color, _ = LOOKS[key]
        ring = {"markeredgecolor": color, "markerfacecolor": "none", "markeredgewidth": 2}
        ax.plot([cosines[place[key]]], [lengths[place[key]]], "o", markersize=11, zorder=4, **ring)
        low = key == "euclidean" and place[key] not in (place["cosine"], place["dot"])  # below its line
        up = -13 if low else 4
        ax.text(cosines[place[key]] + 0.012, lengths[place[key]] + up, title.split(".")[0], color=INK)
    ax.set(xlim=(-0.01, 0.68), ylim=(0, 180))
    ax.set(xlabel="cosine with the section that you ask for", ylabel="length of the vector")
    name_row(ax)
    times = "once" if copies == 1 else f"{copies} times"
    said = {key: "§ {}, {}".format(*title.split(". ")) for key, title in found.items()}
    rest = f"Euclidean {said['euclidean']}; inner product {said['dot']}"
    return f"Pasted {times}: cosine finds {said['cosine']}; {rest}."


# ---- Gradient and growth -----------------------------------------------------------------------------------


def descend(rate, steps=STEPS):
    """Plain gradient descent on the cosine loss in the plane: all points, shape (steps + 1, 2)."""
    points = [START]
    for _ in range(steps):
        points.append(points[-1] - rate * embeddings.cosine_loss_grad(points[-1], TARGET))
    return np.array(points)


def draw_cosine_growth(axes, *, rate):
    """The way of a vector that descends the cosine loss, and its last length for every rate."""
    path = descend(rate)
    ax = axes["path"]
    _circle(ax, 1, linestyle=":", color=MUTED, linewidth=1.5)
    ax.plot(*path.T, "-o", color=BLUE, markersize=4, linewidth=1.5, gid="lossbook:path")
    ax.plot(*START, "s", color=INK, markersize=7)
    _arrow(ax, (0, 0), 1.5 * TARGET, "lossbook:target", head=0.2, color=GREEN, linewidth=2.5)
    ax.text(1.6, 0.22, "b", color=GREEN)
    ax.set(xlim=(-3.2, 7.2), ylim=(-1.1, 4.5), aspect="equal")
    rates = np.arange(0.25, 6.01, 0.25)
    ends = [np.linalg.norm(descend(r)[-1]) for r in rates]
    below = axes["length"]
    below.plot(rates, ends, color=BLUE, linewidth=2.5, gid="lossbook:length")
    below.axvline(rate, color=MUTED, linewidth=1.5)
    length = np.linalg.norm(path[-1])
    below.plot([rate], [length], "o", gid="lossbook:handle:rate", **DOT)
    below.set(xlim=(0, 6.2), ylim=(0.5, 6), xlabel="learning rate η", ylabel="last length")
    angle = math.degrees(distances.angular_distance(path[-1], TARGET))
    return f"After {STEPS} steps with η = {rate:.2f} the length is {length:.2f} and the angle {angle:.1f}°."


# ---- How large cosines are ---------------------------------------------------------------------------------


def cosine_density(c, d):
    """Density of the cosine of two random directions in d dimensions."""
    log_scale = gammaln(d / 2) - gammaln((d - 1) / 2) - 0.5 * math.log(math.pi)
    return np.exp(log_scale + (d - 3) / 2 * np.log1p(-(c**2)))


@functools.cache
def word_cosines():
    """The cosines of all pairs of the frozen words."""
    table = data.vectors("minilm")
    unit = table["vector"][[not group.startswith(("question", "goal")) for group in table["group"]]]
    unit = unit / np.linalg.norm(unit, axis=1, keepdims=True)
    return (unit @ unit.T)[np.triu_indices(len(unit), k=1)]


def draw_cosine_spread(ax, *, halvings):
    """Cosines of random directions in 384 dimensions, halved some times, and of real words in 384."""
    d = round(384 / 2**halvings)
    c = np.linspace(-0.995, 0.995, 399)
    heights, edges = np.histogram(word_cosines(), bins=40, range=(-0.2, 0.8), density=True)
    ax.bar(edges[:-1], heights, width=np.diff(edges), align="edge", label="words", **shaded(GREEN, 1))
    line = {"color": PURPLE, "linewidth": 2.5, "label": "random directions"}
    ax.plot(c, np.minimum(cosine_density(c, d), 13), gid="lossbook:random", **line)
    ax.axvline(1 / math.sqrt(d), color=DOT["color"], linewidth=3, gid="lossbook:handle:halvings")
    ax.set(xlim=(-0.8, 0.8), ylim=(0, 12), xlabel="cosine", ylabel="density")
    name_row(ax)
    return f"In {d} dimensions the cosine of random directions has the standard deviation {d**-0.5:.3f}."


# ---- Contrastive losses ------------------------------------------------------------------------------------


def circle_shares(temperature, angle):
    """Softmax shares of the keys on the circle: the positive, the one that moves, and the fixed negatives."""
    degrees = np.concatenate([[POSITIVE, angle], NEGATIVES])
    return degrees, probability.softmax(np.cos(np.radians(degrees)), temperature=temperature)


def draw_cosine_temperature(ax, *, temperature, angle):
    """One query on the circle and its keys, each with a spoke in proportion to its share of the softmax."""
    degrees, shares = circle_shares(temperature, angle)
    _circle(ax, 1, color=MUTED, linewidth=1.2)
    for place, (degree, share) in enumerate(zip(degrees, shares, strict=True)):
        way = np.array([math.sin(math.radians(degree)), math.cos(math.radians(degree))])
        look = {"color": RED if place else GREEN, "linewidth": 4, "solid_capstyle": "butt"}
        ax.plot(*np.outer(way, [1.09, 1.09 + 0.95 * share]), gid=f"lossbook:share-{place}", **look)
        if place != 1:
            ax.plot(*way, "o" if place else "s", color=look["color"], markersize=8)
            ax.text(*(0.65 * way), true_minus(f"{degree:.0f}°"), color=MUTED, ha="center", va="center")
    way = np.array([math.sin(math.radians(angle)), math.cos(math.radians(angle))])
    ax.plot(*way, "o", gid="lossbook:handle:angle", **DOT)
    _arrow(ax, (0, 0), (0, 0.95), "lossbook:query", color=INK, linewidth=2.5)
    ax.text(0, -0.05, "query", color=INK, ha="center", va="top")
    ax.text(-2.5, 1.5, "square: positive", color=GREEN)
    ax.text(-2.5, 1.27, "circles: negatives", color=RED)
    ax.set(xlim=(-2.5, 2.5), ylim=(-1.12, 1.86), aspect="equal")
    ax.set_axis_off()
    said = f"the positive's share is {shares[0]:.3f}, the gold negative's {shares[1]:.3f}"
    return f"T = {temperature:.1f}: {said}; the loss is {-math.log(shares[0]):.3f} nats."


def shifted(images, rng, shift=1, noise=0.1):
    """Move each image of 8 × 8 by at most a pixel (or 0) up or down and sideways, add noise, and flatten."""
    n, padded, eight = len(images), np.pad(images, ((0, 0), (1, 1), (1, 1))), np.arange(8)
    down, right = rng.integers(1 - shift, 2 + shift, (2, n, 1, 1))
    moved = padded[np.arange(n)[:, None, None], down + eight[:, None], right + eight]
    return moved.reshape(n, 64) + rng.normal(0, noise, (n, 64))


def _network(size, rng):
    """Weights of a small network for digits, in torch, and the function that they define."""
    import torch

    first, second = rng.normal(0, 1 / 8, (64, 64)), rng.normal(0, 1 / 8, (64, size))
    parts = [torch.tensor(part, requires_grad=True) for part in (first, np.zeros(64), second)]
    return parts, lambda x: torch.tanh(torch.as_tensor(x) @ parts[0] + parts[1]) @ parts[2]


def _crowd_loss(a, b, *, normalized=True):
    """InfoNCE both ways, of two views' vectors; with inner products if they are not to be normalized."""
    import torch

    ask = torch.nn.functional
    a, b = (ask.normalize(x, dim=1) if normalized else x for x in (a, b))
    logits, own = a @ b.T / TEMPERATURE, torch.arange(len(a))
    return (ask.cross_entropy(logits, own) + ask.cross_entropy(logits.T, own)) / 2


@functools.cache
def contrastive_run(loss="InfoNCE", shift=1):
    """Train a small network on digits without labels, by steps with momentum; eight numbers an image.

    Views differ by noise, and by at most `shift` pixels each way, 1 or 0. Returns the vectors of all images
    at each step shown, shape (21, 1797, 8), and those of two shifted and noisy views of the 500 held-out
    images before and after the run, shape (2, 2, 500, 8).
    """
    import torch
    from sklearn.datasets import load_digits

    rng, images = np.random.default_rng(0), load_digits().images / 16
    parts, network = _network(8, rng)
    moves = [torch.zeros_like(part) for part in parts]
    held = [shifted(images[1297:], np.random.default_rng(5 + view)) for view in range(2)]
    seen, views = [], [[network(view).detach().numpy() for view in held]]
    for step in range(SHOWN_STEPS[-1] + 1):
        if step in SHOWN_STEPS:
            seen.append(network(images.reshape(-1, 64)).detach().numpy())
        batch = images[rng.choice(1297, 256, replace=False)]
        a, b = (network(shifted(batch, rng, shift)) for _ in range(2))
        apart = 1 - torch.nn.functional.cosine_similarity(a, b, dim=1).mean()
        slopes = torch.autograd.grad(_crowd_loss(a, b) if loss == "InfoNCE" else apart, parts)
        with torch.no_grad():
            for part, move, slope in zip(parts, moves, slopes, strict=True):
                move.mul_(0.9).add_(slope)
                part -= move
    views.append([network(view).detach().numpy() for view in held])
    return np.array(seen), np.array(views)


def run_plain_steps(rate, *, first=None, cosines=True, held=False):
    """Train the same network, eight numbers an image, by 200 plain gradient steps, the `first` layer apart.

    Returns the loss of the held-out images, and the last layer's length after each step, or `held` as it was.
    """
    import torch
    from sklearn.datasets import load_digits

    rng, images = np.random.default_rng(0), load_digits().images / 16
    parts, network = _network(8, rng)

    def value(batch):
        a, b = (network(shifted(batch, rng)) for _ in range(2))
        return _crowd_loss(a, b, normalized=cosines)

    lengths = [parts[2].detach().norm().item()]
    for _ in range(200):
        slopes = torch.autograd.grad(value(images[rng.choice(1297, 256, replace=False)]), parts)
        with torch.no_grad():
            for part, slope in zip(parts, slopes, strict=True):
                part -= (rate if first is None or part is parts[2] else first) * slope
            parts[2] *= lengths[0] / parts[2].norm() if held else 1
        lengths.append(parts[2].detach().norm().item())
    return value(images[1297:]).item(), np.array(lengths)


@functools.cache
def digits_plane():
    """The plane in which the held-out digits' unit vectors spread most after training with InfoNCE."""
    unit = contrastive_run()[0][-1, 1297:]
    unit = unit / np.linalg.norm(unit, axis=1, keepdims=True)
    plane = np.linalg.svd(unit - unit.mean(axis=0), full_matrices=False)[2][:2]
    return plane.T * np.sign(plane.sum(axis=1))


def draw_cosine_digits(ax, *, loss, step):
    """Unit vectors of held-out digits after some steps, seen in one plane, 12 images a digit."""
    from sklearn.datasets import load_digits

    labels = load_digits().target[1297:]
    vectors = contrastive_run(loss)[0][int(step) // 20, 1297:]
    seen = vectors / np.linalg.norm(vectors, axis=1, keepdims=True) @ digits_plane()
    _circle(ax, 1, color=MUTED, linewidth=1)
    for digit in range(10):
        look = {"color": (BLUE, RED, GREEN, PURPLE, INK)[digit % 5], "markersize": 8, "markeredgewidth": 0.3}
        dots = seen[labels == digit][:12]
        ax.plot(*dots.T, linestyle="", marker=f"${digit}$", gid=f"lossbook:digit-{digit}", **look)
    ax.set(xlim=(-1.9, 1.9), ylim=(-1.05, 1.05), aspect="equal")
    ax.set_axis_off()
    spread = true_minus(f"{round(float(embeddings.uniformity(vectors)), 2) + 0.0:.2f}")
    return f"After {step} steps the uniformity of the 500 held-out pictures is {spread}."


# ---- Rescaling, margin, card -------------------------------------------------------------------------------


def draw_cosine_rescaling(ax, *, scale):
    """Three films of two factors: the first factor stretched, the user's taste for it shrunk as much."""
    films, taste = FILMS * [scale, 1], TASTE / [scale, 1]
    looks = [("A", BLUE, "-"), ("B", RED, "--"), ("C", GREEN, ":")]
    for film, (name, color, dash) in zip(films, looks, strict=True):
        _arrow(ax, (0, 0), film, f"lossbook:film-{name}", color=color, linestyle=dash, linewidth=2.5)
        ax.text(film[0] + 0.18, film[1] + (0.1 if name == "B" else 0), name, color=color, va="center")
    ax.plot(*films[0], "o", gid="lossbook:handle:scale", **DOT)
    ax.set(xlim=(-0.4, 8.6), ylim=(-1.6, 2.6), aspect="equal", xlabel="first factor", ylabel="second factor")
    near = [embeddings.cosine_similarity(films[0], other) for other in films[1:]]
    scores = ", ".join(f"{score:.1f}" for score in films @ taste)
    said = true_minus(f"cosine of A and B {near[0]:.2f}, of A and C {near[1]:.2f}")
    return f"Stretched by {scale:.1f}: {said}; the user's scores of A, B, C: {scores}."


def draw_cosine_margin(ax, *, margin):
    """The logit of the right class against the angle to it, plain and with an angular margin, scale 1."""
    degrees = np.linspace(0, 180 - margin, 73)
    whole = np.linspace(0, 180, 91)
    ax.plot(whole, np.cos(np.radians(whole)), "--", color=RED, label="cos θ")
    moved = np.cos(np.radians(degrees + margin))
    ax.plot(degrees, moved, color=BLUE, linewidth=3, label="cos(θ + m)", gid="lossbook:margin")
    ax.axvline(60 - margin, color=MUTED, linewidth=1.5, gid="lossbook:handle:margin")
    ax.axhline(0.5, color=MUTED, linestyle=":", linewidth=1.5)
    ax.plot([60 - margin], [0.5], "o", **DOT)
    ax.set(xlim=(0, 180), ylim=(-1.1, 1.1), xticks=[0, 30, 60, 90, 120, 150, 180])
    ax.set(xlabel="angle θ to the right class (degrees)", ylabel="logit / scale")
    name_row(ax)
    return f"Margin m = {margin}°: a logit of 0.5 takes an angle of {60 - margin}° instead of 60°."


def draw_cosine_card(ax):
    """The cosine loss against the angle, and half the squared angle beside it."""
    degrees = np.linspace(0, 180, 91)
    ax.plot(degrees, 1 - np.cos(np.radians(degrees)), color=BLUE, linewidth=3)
    ax.plot(degrees[:58], np.radians(degrees[:58]) ** 2 / 2, "--", color=MUTED, linewidth=1.5)
    ax.text(124, 1.32, "1 − cos θ", color=BLUE)
    ax.text(66, 1.5, "½θ²", color=MUTED)
    ax.set(xlim=(0, 180), ylim=(0, 2.1), xticks=[0, 45, 90, 135, 180])
    ax.set(xlabel="angle θ (degrees)", ylabel="loss")
