"""Figures of chapter 9: distances, which changes of the data leave them alone, and what they find near."""

import re
from functools import cache

import numpy as np

from lossbook import catalog, data, distances
from lossbook.figures.engine.labels import name_row
from lossbook.figures.engine.style import BLUE, DOT, GOLD, GREEN, INK, MUTED, PURPLE, RED, true_minus

#: Covariance of the cloud of the first figure, in square centimeters: spreads of 2 and 1 cm, correlation 0.8.
CLOUD_COVARIANCE = np.array([[4.0, 1.6], [1.6, 1.0]])

#: Two short lists of counts, to which the changes of the catalog happen.
COUNTS = np.array([[3, 0, 1, 5, 2, 0, 0, 4, 1, 2], [2, 1, 1, 3, 2, 0, 0, 1, 0, 4]], dtype=float)

#: The measures that the figure of the changes follows.
FOLLOWED = ("euclidean", "manhattan", "chebyshev", "mahalanobis", "cosine_distance")
FOLLOWED += ("correlation_distance", "hamming", "jaccard_distance", "mutual_information")

#: Shapes of the gallery: the ring has radius 1.5, the others x of spread 1.
DEPENDENCES = ("line", "parabola", "ring", "independent")

#: The exponents of the figure on dimension: how each curve looks.
EXPONENTS = {0.5: (GOLD, ":"), 1.0: (PURPLE, "-."), 2.0: (RED, "--"), np.inf: (GREEN, "-")}

#: Three pairs of texts, by name.
PAIRS = {
    "licenses": ("apache2", "gpl3", BLUE, "-"),
    "chapters": ("cross_entropy", "kl_or_cross_entropy", PURPLE, "--"),
    "mixed": ("huber", "apache2", GREEN, "-."),
}


# ---- Points and clouds -------------------------------------------------------------------------------------


@cache
def cloud():
    """Sixty points with mean 0 and, exactly, the covariance of the first figure."""
    z = np.random.default_rng(9).normal(size=(60, 2))
    z -= z.mean(0)
    z = z @ np.linalg.inv(np.linalg.cholesky(np.cov(z.T))).T
    return z @ np.linalg.cholesky(CLOUD_COVARIANCE).T


def ellipse(cov, radius):
    """Points at Mahalanobis distance `radius` from 0, once around: shape (73, 2)."""
    turn = np.linspace(0, 2 * np.pi, 73)
    return radius * np.column_stack([np.cos(turn), np.sin(turn)]) @ np.linalg.cholesky(cov).T


def draw_distance_cloud(ax, *, x, y):
    """A correlated cloud and a point; the circle and the ellipse of all that is as far from the middle."""
    ax.plot(*cloud().T, "o", color=MUTED, markersize=4, alpha=0.7)
    euclidean = distances.euclidean([x, y], [0, 0])
    mahalanobis = distances.mahalanobis([x, y], [0, 0], cov=CLOUD_COVARIANCE)
    circle = ellipse(np.eye(2), euclidean)
    ring = ellipse(CLOUD_COVARIANCE, mahalanobis)
    ax.plot(*ring.T, color=BLUE, linewidth=2.5, gid="lossbook:ellipse", label="equally far, Mahalanobis")
    ax.plot(*circle.T, "--", color=RED, gid="lossbook:circle", label="equally far, Euclidean")
    ax.plot([0], [0], "+", color=INK, markersize=10)
    ax.plot([x], [y], "o", gid="lossbook:handle:x+y", **DOT)
    ax.set(xlim=(-7.4, 7.4), ylim=(-2.75, 2.75), aspect="equal", xlabel="cm", ylabel="cm")
    name_row(ax, 2)
    return f"Gold point: {euclidean:.2f} cm from the middle, Mahalanobis {mahalanobis:.2f}."


def draw_distance_whitening(axes, *, rho):
    """Two points in a cloud with correlation `rho`, and the same after whitening."""
    cov = np.array([[1.0, rho], [rho, 1.0]])
    points = {"P": (np.array([1.0, 1.0]), PURPLE, "o"), "Q": (np.array([1.0, -1.0]), GREEN, "s")}
    values, vectors = np.linalg.eigh(cov)
    white = vectors @ np.diag(values**-0.5) @ vectors.T
    for name, matrix, end in (("data", np.eye(2), 1.6), ("whitened", white, 3.2)):
        ax, ticks = axes[name], [-end // 1 + 1, 0, end // 1]
        ax.plot(*(ellipse(cov, 1.0) @ matrix.T).T, color=BLUE, linewidth=2.5, gid=f"lossbook:unit-{name}")
        for label, (point, color, marker) in points.items():
            there = matrix @ point
            ax.plot(*np.transpose([[0, 0], there]), color=color, linewidth=1.5)
            ax.plot(*there, marker, color=color, markersize=8, gid=f"lossbook:{label}-{name}")
            ax.text(*(there * (1 + end / 7 / np.hypot(*there))), label, color=color, ha="center", va="center")
        ax.set(xlim=(-end, end), ylim=(-end, end), aspect="equal", xticks=ticks, yticks=ticks)
        ax.set_title(name, fontsize=12)
    axes["data"].plot(*[[-np.sqrt((1 + rho) / 2)]] * 2, "o", gid="lossbook:handle:rho", **DOT)
    far = [distances.mahalanobis(point, [0, 0], cov=cov) for point, *_ in points.values()]
    return f"Correlation {true_minus(f'{rho:.2f}')}: by Mahalanobis, P {far[0]:.2f} and Q {far[1]:.2f}."


def draw_distance_ball(ax, *, inverse):
    """All points at Minkowski distance 1 from the middle, for p = 1 / `inverse`, and a chord."""
    p = 1 / inverse if inverse else np.inf
    turn = np.linspace(0, 2 * np.pi, 161)
    # At the corners sine and cosine are 0 up to rounding, and a small power would make something of that.
    sides = np.round(np.stack([np.cos(turn), np.sin(turn)]), 12)
    ball = np.sign(sides) * np.abs(sides) ** (2 * inverse)
    ax.fill(*ball, color=BLUE, alpha=0.12, linewidth=0)
    ax.plot(*ball, color=BLUE, linewidth=2.5, gid="lossbook:ball")
    ax.plot([1, 0], [0, 1], "--", color=MUTED, linewidth=1.5)
    on_diagonal = 0.5**inverse
    ax.plot([on_diagonal], [on_diagonal], "o", gid="lossbook:handle:inverse", **DOT)
    ax.set(xlim=(-2.6, 2.6), ylim=(-1.15, 1.15), aspect="equal", xlabel="x", ylabel="y", yticks=[-1, 0, 1])
    name = "∞" if inverse == 0 else f"{p:.2f}"
    return f"For p = {name}: direct {distances.minkowski([0, 0], [1, 1], p=p):.2f}, by way of (1, 0) 2.00."


# ---- Changes of the data -----------------------------------------------------------------------------------


def value_of(name, x, y, cov):
    """One measure of two lists of counts: sets are what is not 0, values of a pair are counted."""
    if name == "mutual_information":
        joint = np.zeros((len(np.unique(x)), len(np.unique(y))))
        np.add.at(joint, tuple(np.unique(z, return_inverse=True)[1] for z in (x, y)), 1 / len(x))
        return distances.mutual_information(joint)
    if name == "jaccard_distance":
        x, y = x != 0, y != 0
    return getattr(distances, name)(x, y, **({"cov": cov} if name == "mahalanobis" else {}))


def changed(change):
    """The two lists of counts, and a covariance, after one of the catalog's changes; None: it has none."""
    rng, (x, y), d = np.random.default_rng(3), COUNTS, COUNTS.shape[1]
    root = rng.normal(size=(d, d))
    cov = root @ root.T / d + np.eye(d)
    codes = np.array([4.0, 2.0, 5.0, 0.0, 1.0, 3.0])  # 0 becomes 4, 1 becomes 2 …
    if change == "shared zeros":
        return *(np.append(z, np.zeros(5)) for z in (x, y)), None
    matrices = {
        "scale": 2.5 * np.eye(d),
        "units": np.diag(np.linspace(0.4, 2.2, d)),
        "rotation": np.linalg.qr(rng.normal(size=(d, d)))[0],
        "linear map": rng.normal(size=(d, d)),
        "order": np.eye(d)[rng.permutation(d)],
    }
    if change in matrices:
        matrix = matrices[change]
        return matrix @ x, matrix @ y, matrix @ cov @ matrix.T
    pairs = {
        "nothing": (x, y),
        "shift": (x + np.arange(d), y + np.arange(d)),
        "own shifts": (x + 2, y + 1),
        "own scales": (2 * x, 3 * y),
        "recoding": (codes[x.astype(int)], codes[y.astype(int)]),
        "own recodings": (codes[x.astype(int)], codes[::-1][y.astype(int)]),
    }
    return *pairs[change], cov


def effects(change):
    """What each measure is after a change, over what it was before; None where it is refused."""
    before = {name: value_of(name, *changed("nothing")) for name in FOLLOWED}
    x, y, cov = changed(change)
    return {
        name: None
        if name == "mahalanobis" and cov is None
        else round(float(value_of(name, x, y, cov) / before[name]), 9)
        for name in FOLLOWED
    }


def draw_distance_changes(ax, *, change):
    """What a change of both lists does to each measure: its value after over that before."""
    found = effects(change)
    rows = range(len(FOLLOWED))[::-1]
    ax.axvline(1, color=MUTED, linewidth=1.5)
    for row, ratio in zip(rows, found.values(), strict=True):
        same, gone = ratio == 1, ratio is not None and ratio < 1 / 7
        place = 1 / 16 if gone else float(ratio or 1)  # beyond the left edge
        ax.plot([1, 1.001 * place], [row, row], color=RED, linewidth=2.5, gid=f"lossbook:way-{row}")
        ax.plot([place], [row], "D", color=RED, markersize=7, gid=f"lossbook:after-{row}")
        ax.plot([1 / 7 if gone else 1 / 16], [row], "<", color=RED, markersize=9, gid=f"lossbook:gone-{row}")
        ax.text(0.16, row + 0.1, f"to {ratio or 0:.2g}", color=RED, va="bottom", visible=gone)
        # Over it a ring where the measure was, filled if it has stayed.
        ring = {"color": BLUE, "markersize": 11, "markerfacecolor": BLUE if same else "none"}
        ax.plot([1], [row], "o", gid=f"lossbook:before-{row}", **ring)
        ax.text(1.15, row, "refused", color=RED, va="center", visible=ratio is None)
    titles = [catalog.get(name).title.removesuffix(" distance") for name in FOLLOWED]
    ax.set_yticks(rows, titles)
    ax.set(xscale="log", xlim=(1 / 8, 8), ylim=(-0.6, len(rows) - 0.4), xlabel="value after / before")
    ax.set_xticks([1 / 4, 1 / 2, 1, 2, 4], ["¼", "½", "1", "2", "4"])
    ax.set_xticks([], minor=True)
    kept = [title for title, ratio in zip(titles, found.values(), strict=True) if ratio == 1]
    return f"{change.capitalize()}: unmoved, the filled dots: {', '.join(kept)}."


# ---- Variables ---------------------------------------------------------------------------------------------


def _two_digits(value):
    return true_minus(f"{round(value, 2) + 0.0:.2f}")


def dependent(shape, noise, n=400):
    """A sample of n pairs whose dependence has a shape, with normal noise in y (ring: in both)."""
    rng = np.random.default_rng(5)
    x, z, w = rng.normal(size=(3, n))
    if shape == "ring":
        turn = rng.uniform(0, 2 * np.pi, n)
        return 1.5 * np.cos(turn) + noise * w, 1.5 * np.sin(turn) + noise * z
    means = {"line": x, "parabola": (x**2 - 1) / np.sqrt(2), "independent": w}
    return x, means[shape] + noise * z


def draw_distance_dependence(ax, *, shape, noise):
    """A cloud of one shape; Pearson's correlation and mutual information by neighbors, of 400 points."""
    x, y = dependent(shape, noise)
    r = distances.pearson_correlation(x, y)
    info = distances.mutual_information_knn(x / x.std(), y / y.std())
    ax.plot(x[:150], y[:150], "o", color=BLUE, markersize=4, alpha=0.8, gid="lossbook:points")
    ax.set(xlim=(-3.4, 4.4), ylim=(-4.7, 5.4), xlabel="x", ylabel="y")
    return (
        f"{shape.capitalize()}, noise {noise:.1f}: Pearson {_two_digits(r)}, "
        f"mutual information about {_two_digits(info)} nats."
    )


#: Numbers of bins of the figure on estimates, which rests on 20 samples of 500 points.
BINS = tuple(range(2, 42, 2))


@cache
def estimates(rho):
    """Mutual information of normal pairs, n = 500, 20 samples: by each number of bins, and by 3 neighbors."""
    rng = np.random.default_rng(11)
    by_bins, by_neighbors = np.zeros((20, len(BINS))), np.zeros(20)
    for i in range(20):
        x, z = rng.normal(size=(2, 500))
        y = rho * x + np.sqrt(1 - rho**2) * z
        by_neighbors[i] = distances.mutual_information_knn(x, y)
        for j, bins in enumerate(BINS):
            by_bins[i, j] = distances.mutual_information(np.histogram2d(x, y, bins=bins)[0] / 500)
    return by_bins, by_neighbors


def draw_distance_bins(ax, *, correlation, bins):
    """Mutual information by a histogram against the number of bins, with the truth and the neighbors'."""
    rho = float(correlation)
    by_bins, by_neighbors = estimates(rho)
    true = -0.5 * np.log(1 - rho**2)
    mean, spread = by_bins.mean(0), by_bins.std(0, ddof=1)
    ax.fill_between(BINS, mean - 2 * spread, mean + 2 * spread, color=PURPLE, alpha=0.2, linewidth=0)
    ax.plot(BINS, mean, color=PURPLE, linewidth=2.5, label="histogram", gid="lossbook:histogram")
    ax.axhline(by_neighbors.mean(), color=BLUE, linestyle=":", linewidth=3, label="3 neighbors", zorder=2.1)
    ax.axhline(true, color=MUTED, alpha=0.35, linewidth=7, label="truth", zorder=1.5)
    ax.axvline(bins, color=MUTED, linewidth=1.5, gid="lossbook:handle:bins")
    at = mean[BINS.index(bins)]
    ax.plot([bins], [at], "o", gid="lossbook:value", **DOT)
    ax.set(xlim=(2, 40), ylim=(-0.03, 1.45), xlabel="bins along each axis", ylabel="information (nats)")
    name_row(ax)
    return f"Mean with {bins} × {bins} bins: {at:.2f} nats; with 3 neighbors {abs(by_neighbors.mean()):.2f}."


# ---- Dimension ---------------------------------------------------------------------------------------------

#: Dimensions of the figure on concentration: 2 to the power of each exponent.
POWERS = tuple(np.arange(1, 10.75, 0.5))


@cache
def crowded(power):
    """Distances from 30 random points to 200 others in the unit cube of dimension 2 ** power, for each p."""
    d = round(2**power)
    points = np.random.default_rng([9, d]).random((230, d))
    return {p: distances.pairwise(points[:30], points[30:], metric="minkowski", p=p) for p in EXPONENTS}


@cache
def contrasts(p):
    """For each dimension how much farther than the nearest the farthest of 200 is: the median of 30."""
    found = [crowded(power)[p] for power in POWERS]
    return np.array([np.median(D.max(1) / D.min(1)) - 1 for D in found])


def draw_distance_dimension(axes, *, power):
    """How alike distances are in a cube: their spread above; below, how much farther the farthest is."""
    d = round(2**power)
    apart, edges = crowded(power)[2.0], np.linspace(0, 2.2, 45)
    heights = np.histogram(apart / apart.mean(), edges)[0] / apart.size * 100
    top, low = axes["spread"], axes["contrast"]
    top.stairs(heights, edges, color=RED, fill=True, alpha=0.5, gid="lossbook:spread")
    top.set(xlim=(0, 2.2), ylim=(0, 55), xlabel="Euclidean distance / its mean", ylabel="pairs (%)")
    for p, (color, dash) in EXPONENTS.items():
        name = "p = ∞" if p == np.inf else f"p = {p:g}".replace("0.5", "½")
        style = {"color": color, "linestyle": dash, "linewidth": 1.8, "label": name}
        low.plot(2 ** np.array(POWERS), contrasts(p), gid=f"lossbook:contrast-{p:g}", **style)
    low.axhline(1, color=MUTED, linewidth=1)
    low.axvline(2**power, color=MUTED, linewidth=1.5, gid="lossbook:handle:power")
    at = contrasts(2.0)[POWERS.index(power)]
    low.plot([2**power], [at], "o", **DOT)
    low.set(xscale="log", yscale="log", xlim=(2, 1500), ylim=(0.05, 100))
    low.set_xticks([2, 8, 32, 128, 512], ["2", "8", "32", "128", "512"])
    low.set(xlabel="dimension D", ylabel="farthest / nearest")
    low.set_yticks([0.1, 1, 4, 19], ["1.1", "2", "5", "20"])
    low.minorticks_off()
    name_row(low)
    return f"Dimension {d}: farthest / nearest {1 + at:.2f} (p = 2)."


# ---- Sets --------------------------------------------------------------------------------------------------


@cache
def word_sets():
    """The sets of words of both licenses and, from the book's word counts, of four of its chapters."""
    texts = {name: frozenset(re.findall("[a-z]+", data.text(name).lower())) for name in data.TEXT_NAMES}
    counts = data.load("chapter_words")
    chapters = ("softmax", "cross_entropy", "kl_or_cross_entropy", "huber")
    return texts | {
        name: frozenset(counts["word"][counts[f"{name}_1"] + counts[f"{name}_2"] > 0].tolist())
        for name in chapters
    }


@cache
def agreements(most=200):
    """For each pair of texts and each random draw whether the least number of both is the same."""
    sets = word_sets()
    vocabulary = sorted(set().union(*sets.values()))
    numbers = np.random.default_rng(7).random((most, len(vocabulary)))
    least = {
        name: np.where([word in words for word in vocabulary], numbers, 2).argmin(1)
        for name, words in sets.items()
    }
    return {pair: least[a] == least[b] for pair, (a, b, *_) in PAIRS.items()}


def draw_distance_minhash(ax, *, draws):
    """The Jaccard index of three pairs of texts, guessed from the first of 200 random draws."""
    sets, said, k = word_sets(), [], np.arange(5, 201)
    for pair, (a, b, color, dash) in PAIRS.items():
        true = distances.jaccard_index(sets[a], sets[b])
        guess = agreements()[pair].cumsum() / np.arange(1, 201)
        if pair == "licenses":
            width = 2 * np.sqrt(true * (1 - true) / k)
            ax.fill_between(k, true - width, true + width, color=color, alpha=0.25, linewidth=1)
        ax.axhline(true, color=color, linestyle=dash, linewidth=1.2)
        ax.plot(k, guess[4:], dash, color=color, linewidth=2.5, label=pair, gid=f"lossbook:guess-{a}")
        ax.plot([draws], [guess[draws - 1]], "o", **DOT)
        said.append(f"{pair} {guess[draws - 1]:.2f} ({true:.2f})")
    ax.axvline(draws, color=MUTED, linewidth=1.5, gid="lossbook:handle:draws")
    ax.set(xlim=(5, 200), ylim=(0, 0.65), xlabel="random draws k", ylabel="Jaccard index")
    name_row(ax, 3)
    return f"After {draws} draws: {', '.join(said)}."


# ---- Nearest neighbors, and the card -----------------------------------------------------------------------


def draw_distance_knn(axes, *, scores):
    """Cases found right by 5 nearest neighbors: name of data to rows of (distance, raw, standardized).

    Raw and standardized are each a share and the two ends of its interval, in percent.
    """
    for name, rows in scores.items():
        ax = axes[name]
        for i, (_, *both) in enumerate(rows):
            for (share, low, high), up, color, marker, face in zip(
                both, (0.16, -0.16), (RED, BLUE), ("D", "o"), ("none", BLUE), strict=True
            ):
                ax.plot([low, high], [-i + up] * 2, color=color, linewidth=1.8)
                label = {RED: "raw", BLUE: "standardized"}[color] if i == 0 else None
                look = {"color": color, "markerfacecolor": face, "markersize": 7}
                ax.plot([share], [-i + up], marker, linestyle="none", label=label, **look)
        ax.set_yticks(range(0, -len(rows), -1), [row[0] for row in rows])
        ax.set(xlim=(58, 100), ylim=(-len(rows) + 0.4, 0.6))
        ax.text(58.6, 0.35 - len(rows) + 0.45, name, color=INK, weight="bold")
    first, last = (list(axes.values())[i] for i in (0, -1))
    first.tick_params(labelbottom=False)
    last.set_xlabel("right votes (%)")
    name_row(first)


def draw_distance_whitened(ax, *, kept, shares):
    """Cases found right by how many principal directions are kept: as they are, or whitened in two ways."""
    looks = ("o-", INK), ("^-.", GREEN), ("s--", BLUE)
    for (label, share), (dash, color) in zip(shares.items(), looks, strict=True):
        ax.plot(kept, share, dash, color=color, label=label)
    ax.set(xlabel="directions kept, the widest first", ylabel="right (%)", xlim=(0, 31), ylim=(78, 100))
    name_row(ax, 3)


def draw_distance_card(ax):
    """All that is at distance 1 from the middle, by four distances."""
    corners = np.array([[1, 0], [0, 1], [-1, 0], [0, -1], [1, 0]])
    square = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1], [1, 1]])
    balls = {
        "Manhattan": (corners, PURPLE, "-."),
        "Euclidean": (ellipse(np.eye(2), 1.0), RED, "--"),
        "Chebyshev": (square, GREEN, ":"),
        "Mahalanobis": (ellipse(CLOUD_COVARIANCE / 2, 1.0), BLUE, "-"),
    }
    for name, (points, color, dash) in balls.items():
        ax.plot(*points.T, dash, color=color, linewidth=2.5, label=name)
    ax.set(xlim=(-2.6, 2.6), ylim=(-1.2, 1.2), aspect="equal", xticks=[-2, -1, 0, 1, 2], yticks=[-1, 0, 1])
    name_row(ax, 2)
