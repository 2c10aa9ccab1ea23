"""Figures of chapter 4: pictures that are equally wrong by pixels, and what features say of them."""

from functools import cache

import numpy as np
from scipy import ndimage

from lossbook import data, images
from lossbook.figures.engine.labels import name_ends, name_row
from lossbook.figures.engine.style import BLUE, GOLD, GREEN, INK, MUTED, PURPLE, RED, shaded

#: The mean squared error that all distortions share, the side of the picture, and what it shows.
ERROR, SIDE, NAME = 0.005, 128, "chelsea"

#: The ReLU layers of the network `tiny`, from the first to the last.
LAYERS = ("relu1_1", "relu1_2", "relu2_1", "relu2_2", "relu3_1", "relu3_2", "relu4_1")

#: How each measure is drawn: name, color, dash.
MEASURES = {
    "mse": ("MSE", RED, "--"),
    "ssim": ("1 − SSIM", GREEN, ":"),
    "perceptual": ("perceptual", BLUE, "-"),
}

#: Filters over 64 samples on a ring, each with weights whose squares or sum are 1.
FILTERS = {
    "blur, (1, 4, 6, 4, 1)/16": np.array([1, 4, 6, 4, 1]) / 16,
    "difference, (−1, 1)/√2": np.array([-1, 1]) / np.sqrt(2),
}

#: What the six pictures look like.
SEEN = {
    "brighter": "the cat's face, a little lighter",
    "shifted": "the cat's face, which looks untouched",
    "paler": "the cat's face in pale colors",
    "noisy": "the cat's face under grain",
    "blocks": "blocks of 8 by 8 pixels in which a face can hardly be made out",
    "blurred": "a face so blurred that fur and whiskers are gone",
}


def _blocks(x, amount):
    """Return a picture mixed with its means over 8 × 8 pixels."""
    n = len(x) // 8
    means = x.reshape(n, 8, n, 8, 3).mean((1, 3)).repeat(8, 0).repeat(8, 1)
    return x + amount * (means - x)


def _grain(x, amount):
    """Return a picture plus Gaussian noise, the same at each call."""
    return x + amount * np.random.default_rng(0).standard_normal(x.shape)


#: Name of a distortion to what it does to a picture by some amount, and the most of it.
DISTORTIONS = {
    "brighter": (lambda x, a: x + a, 0.3),
    "shifted": (lambda x, a: ndimage.shift(x, (0, a, 0), order=1, mode="nearest"), 5.0),
    "paler": (lambda x, a: x.mean() + (1 - a) * (x - x.mean()), 1.0),
    "noisy": (_grain, 0.2),
    "blocks": (_blocks, 1.0),
    "blurred": (lambda x, a: ndimage.gaussian_filter(x, (a, a, 0), mode="nearest"), 5.0),
}


def distort(pixels, way, amount):
    """Return a picture (H, W, 3), distorted in one of `DISTORTIONS` and cut off at 0 and 1."""
    return np.clip(DISTORTIONS[way][0](pixels, amount), 0, 1)


def distort_to(pixels, way, error):
    """Return a picture distorted so far that its mean squared error is `error`, found by halving."""
    low, high = 0.0, DISTORTIONS[way][1]
    for _ in range(40):
        middle = (low + high) / 2
        near = ((distort(pixels, way, middle) - pixels) ** 2).mean() < error
        low, high = (middle, high) if near else (low, middle)
    return distort(pixels, way, low)


@cache
def _network(name):
    from lossbook.vision import features

    return features.load(name)


def feature_distance(x, y, *, layers=None, network="tiny"):
    """Return the perceptual loss of two pictures (H, W, 3) by a network of the book, a number."""
    import torch

    from lossbook.vision import features, losses

    with torch.no_grad():
        pair = [features.to_tensor(one, torch.float64) for one in (x, y)]
        return losses.perceptual_loss(*pair, _network(network), layers=layers).item()


def luma(pixels):
    """Return the brightness of a picture, of shape (H, W)."""
    return pixels @ [0.299, 0.587, 0.114]


def measure(x, y):
    """Return three distances of two pictures (H, W, 3): by pixels, by SSIM and by features."""
    return {
        "mse": ((x - y) ** 2).mean(),
        "ssim": 1 - images.ssim(luma(x), luma(y), data_range=1.0),
        "perceptual": feature_distance(x, y),
    }


@cache
def photograph(size=SIDE):
    """Return the pixels of the photograph that the figures distort."""
    return data.picture(NAME, size=size).pixels


@cache
def equal_pictures():
    """Return the six distorted pictures of one mean squared error, by name."""
    return {way: distort_to(photograph(), way, ERROR) for way in DISTORTIONS}


@cache
def equal_measures():
    """Return what each measure says of each of the six pictures."""
    return {way: measure(picture, photograph()) for way, picture in equal_pictures().items()}


def _picture(ax, pixels, **options):
    """Draw a photograph."""
    ax.imshow(pixels.astype(np.float32), interpolation="bilinear", vmin=0, vmax=1, **options)
    ax.axis("off")


def _bars(ax, values, wholes):
    """Draw a bar for each measure, as a share of its largest value, and write both beside it."""
    for row, (key, (name, color, _)) in enumerate(reversed(MEASURES.items())):
        share = 100 * values[key] / wholes[key]
        ax.barh(row, share, height=0.4, gid=f"lossbook:{key}", **shaded(color, (1, 2, 0)[row]))
        number = f"{values[key]:.4f}" if key == "mse" else f"{values[key]:.2f}"
        ax.text(0, row + 0.28, f"{name} {number}, {share:.0f} %", va="bottom", color=INK)
    ax.axvline(100, color=MUTED, linewidth=1.2, linestyle=":")
    ax.set(xlim=(0, 118), ylim=(-0.5, 2.75), yticks=[], xticks=[])


def draw_equal_error(axes, *, distortion):
    """One of six pictures of one mean squared error, and what three measures say of it."""
    found = equal_measures()
    _picture(axes["picture"], equal_pictures()[distortion], gid="lossbook:picture")
    _bars(axes["bars"], found[distortion], found["blurred"])
    share = 100 * found[distortion]["perceptual"] / found["blurred"]["perceptual"]
    return f"{distortion.capitalize()}: MSE {ERROR:.3f}, perceptual {share:.0f} % of blurred."


def alt_equal_error(distortion):
    """Say what the picture and the bars show."""
    return f"A photograph of a cat, {distortion}: {SEEN[distortion]}. Beside it three bars; MSE is at 100 %."


@cache
def by_layer(network):
    """Return the distance of each of the six pictures at each layer, shape (6, 7)."""
    import torch

    from lossbook.vision import features

    def maps(pixels):
        with torch.no_grad():
            return _network(network)(features.to_tensor(pixels, torch.float64))

    wanted, rows = maps(photograph()), []
    for picture in equal_pictures().values():
        found = maps(picture)
        rows.append([((found[layer] - wanted[layer]) ** 2).mean().item() for layer in LAYERS])
    return np.array(rows)


def draw_layer_ranks(ax, *, layer, network):
    """The distances of six equally wrong pictures at each layer of a network."""
    found, steps = by_layer(network), np.arange(1, 8)
    looks = zip((GOLD, BLUE, PURPLE, GREEN, RED, INK), ("-.", "-", ":", "--", "-.", "-"), strict=True)
    ends = []
    for (way, row), (color, dash) in zip(zip(DISTORTIONS, found, strict=True), looks, strict=True):
        ax.plot(steps, np.log10(row), dash, color=color, linewidth=2.5, gid=f"lossbook:{way}")
        ends.append((np.log10(row[-1]), way, color))
    name_ends(ax, 7.1, ends, gap=0.21)
    ax.axvline(layer, color=MUTED, linewidth=2, gid="lossbook:handle:layer")
    ax.set(xlim=(0.8, 8.4), ylim=(-2.1, 1.1), xticks=steps, xticklabels=LAYERS, ylabel="distance")
    ax.set_yticks([-2, -1, 0, 1], ["0.01", "0.1", "1", "10"])
    ax.tick_params(axis="x", labelrotation=20)
    column = found[:, layer - 1]
    order = [list(DISTORTIONS)[i] for i in column.argsort()]
    return f"Layer {LAYERS[layer - 1]} of {network}, from near to far: {', '.join(order)}."


#: Mean squared errors in thousandths to which a small copy of the photograph is distorted, and its side.
ERRORS, SMALL = range(6), 96


@cache
def strengths(way):
    """Return pictures distorted to each of `ERRORS`, and what each measure says of them."""
    x = photograph(SMALL)
    pictures = [distort_to(x, way, error / 1000) if error else x for error in ERRORS]
    rows = [measure(picture, x) for picture in pictures]
    return pictures, {key: np.array([max(row[key], 0.0) for row in rows]) for key in MEASURES}


def draw_strengths(axes, *, error, way):
    """A picture distorted to a mean squared error in thousandths, and how three measures rise with it."""
    pictures, values = strengths(way)
    _picture(axes["picture"], pictures[error], gid="lossbook:picture")
    ax, wholes = axes["curves"], {key: row[-1] for key, row in strengths("blurred")[1].items()}
    for key, (name, color, dash) in MEASURES.items():
        share = 100 * values[key] / wholes[key]
        ax.plot(ERRORS, share, dash, color=color, label=name, linewidth=2.5, gid=f"lossbook:{key}")
    ax.axvline(error, color=MUTED, linewidth=2, gid="lossbook:handle:error")
    ax.set(xlim=(-0.2, 5.2), ylim=(-4, 112), xlabel="MSE (thousandths)", ylabel="% of the blurred one at 5")
    name_row(ax, columns=3)
    psnr = f"{-10 * np.log10(error / 1000):.1f} dB" if error else "infinite"
    ssim, far = 1 - values["ssim"][error], values["perceptual"][error]
    return f"MSE {error / 1000:.3f}, PSNR {psnr}, SSIM {ssim:.2f}, perceptual distance {far:.2f}."


def alt_strengths(error, way):
    """Say what the picture and the curves show."""
    return f"A cat's face, {way} to an MSE of {error} thousandths. Beside it three curves rise from 0."


N = 64


def response(kernel):
    """Return the squared size of a filter's answer to a wave of 0 to 32 cycles."""
    return np.abs(np.fft.rfft(kernel, N)) ** 2


def filtered(kernel, x):
    """Return a signal on a ring, filtered."""
    return np.fft.irfft(np.fft.rfft(kernel, N) * np.fft.rfft(x), N)


def draw_frequency(axes, *, cycles, kernel):
    """A row of pixels plus a wave of one size, and how much of the wave a filter lets through."""
    at, power = np.arange(N), response(FILTERS[kernel])
    row = np.where((at >= 16) & (at < 48), 0.75, 0.25)
    wave = 0.2 * np.cos(2 * np.pi * cycles * at / N + 0.3)
    axes["row"].step(at, row + wave, where="mid", color=BLUE, gid="lossbook:wave")
    axes["row"].step(at, row, where="mid", color=INK, linestyle="--")
    axes["row"].set(xlim=(0, 63), ylim=(-0.05, 1.05), ylabel="gray value", xlabel="place (pixels)")
    axes["weight"].plot(np.arange(33), power, color=PURPLE, linewidth=3, gid="lossbook:weight")
    axes["weight"].axvline(cycles, color=MUTED, linewidth=2, gid="lossbook:handle:cycles")
    axes["weight"].plot([cycles], [power[cycles]], "o", color=GOLD, markeredgecolor=INK, markersize=9)
    axes["weight"].set(xlim=(0, 32), ylim=(-0.1, 2.15), xlabel="cycles in 64 pixels", ylabel="weight")
    pixel, feature = (wave**2).mean(), (filtered(FILTERS[kernel], wave) ** 2).mean()
    return f"Cycles {cycles}: squared error {pixel:.4f} in pixels, {feature:.4f} behind the filter."


#: Two rows of pixels between which nothing decides: an edge at 8 or at 16.
EDGES = tuple((np.arange(24) >= at).astype(float) for at in (8, 16))


def edge_energy(row):
    """Return a feature that forgets where an edge is: the sum of squared steps."""
    return (np.diff(row) ** 2).sum()


def edge_costs(mix):
    """Return the expected loss of a mixture of the two edges, by pixels and by edge energy."""
    guess = (1 - mix) * EDGES[0] + mix * EDGES[1]
    pixel = np.mean([((guess - edge) ** 2).mean() for edge in EDGES])
    feature = np.mean([(edge_energy(guess) - edge_energy(edge)) ** 2 for edge in EDGES])
    return guess, pixel, feature


def draw_two_edges(axes, *, mix):
    """A prediction between two equally likely edges, and its expected loss by pixels and by a feature."""
    guess, pixel, feature = edge_costs(mix)
    at, ax = np.arange(24), axes["rows"]
    ax.step(at, guess, where="mid", color=BLUE, linewidth=3, label="prediction", gid="lossbook:guess")
    for edge, dash, name in zip(EDGES, ("--", ":"), ("edge at 8", "edge at 16"), strict=True):
        ax.step(at, edge, dash, where="mid", color=INK, label=name)
    ax.set(xlim=(0, 23), ylim=(-0.1, 1.1), xlabel="place (pixels)", ylabel="gray value")
    name_row(ax, columns=3)
    shares = np.linspace(0, 1, 41)
    costs = np.array([edge_costs(share)[1:] for share in shares])
    ax = axes["costs"]
    ax.plot(shares, costs[:, 0], "--", color=RED, linewidth=2.5, label="pixel loss", gid="lossbook:pixel")
    ax.plot(
        shares, costs[:, 1], color=BLUE, linewidth=2.5, label="loss of edge energy", gid="lossbook:energy"
    )
    ax.axvline(mix, color=MUTED, linewidth=2, gid="lossbook:handle:mix")
    ax.set(xlim=(0, 1), ylim=(-0.02, 0.3), xlabel="share of the edge at 16", ylabel="expected loss")
    name_row(ax, columns=2)
    return f"Share {mix:.2f}: expected pixel loss {pixel:.3f}, expected loss of edge energy {feature:.3f}."


def draw_inversion(axes, *, layer, found, source):
    """The photograph, and a picture that was optimized to have its features at a layer."""
    _picture(axes["source"], source)
    _picture(axes["found"], found[layer].pixels, gid="lossbook:found")
    axes["source"].set_title("photograph")
    axes["found"].set_title(f"same features at {layer}")
    rest = 100 * found[layer].history["content"].min()
    word = "less than 1 %" if rest < 1 else "less than 5 %" if rest < 5 else "more than 5 %"
    return f"Network tiny, {layer}: of the features' squares {word} is left to match."


def draw_enlarged(axes, *, by, pictures):
    """A picture enlarged fourfold in one of several ways, and what the measures say of it."""
    truth = pictures["original"]
    _picture(axes["picture"], pictures[by], gid="lossbook:picture")
    rows = {name: measure(picture, truth) for name, picture in pictures.items()}
    values = {key: max(value, 0.0) for key, value in rows[by].items()}
    _bars(axes["bars"], values, {key: max(row[key] for row in rows.values()) for key in MEASURES})
    return f"From {by}: MSE {values['mse']:.4f}, perceptual {values['perceptual']:.1f}."


def _box(ax, x, y, text, color):
    ax.text(
        x, y, text, ha="center", va="center", color=INK,
        bbox={"boxstyle": "round,pad=0.45", "facecolor": "none", "edgecolor": color, "linewidth": 2},
    )  # fmt: skip


def _arrow(ax, start, end, dash="-"):
    ax.annotate("", end, start, arrowprops={"arrowstyle": "->", "color": INK, "linestyle": dash, "lw": 1.5})


def draw_architecture(ax):
    """Input, generator, loss network and the losses that are read off it."""
    _box(ax, 0.7, 3.0, "input x", MUTED)
    _box(ax, 2.7, 3.0, "generator f\n(learns)", GREEN)
    _box(ax, 4.6, 3.0, "output ŷ", MUTED)
    _box(ax, 7.0, 3.0, "loss network φ\n(frozen)", BLUE)
    _box(ax, 4.6, 4.35, "style picture s", MUTED)
    _box(ax, 4.6, 1.65, "target y", MUTED)
    _box(ax, 9.7, 4.35, "style loss\n(Gram matrices)", PURPLE)
    _box(ax, 9.7, 1.65, "feature loss", RED)
    _box(ax, 2.0, 1.2, "pixel loss,\ntotal variation", GOLD)
    for start, end in (
        ((1.25, 3), (1.75, 3)), ((3.65, 3), (3.95, 3)), ((5.3, 3), (5.85, 3)),
        ((5.5, 4.2), (6.3, 3.5)), ((5.3, 1.8), (6.3, 2.5)),
        ((8.0, 3.5), (8.75, 4.1)), ((8.0, 2.5), (8.85, 1.85)), ((4.3, 2.6), (3.1, 1.6)),
    ):  # fmt: skip
        _arrow(ax, start, end)
    ax.set(xlim=(0, 11), ylim=(0.6, 5.0))
    ax.axis("off")


def draw_card(ax):
    """Two pictures, the network, and the difference of what it makes of them."""
    for y, name in ((2.2, "picture x"), (0.8, "target y")):
        _box(ax, 0.9, y, name, MUTED)
        _box(ax, 3.4, y, "network φ", BLUE)
        _arrow(ax, (1.6, y), (2.6, y))
        _arrow(ax, (4.2, y), (5.4, 1.5 + 0.25 * np.sign(y - 1.5)))
    _box(ax, 6.6, 1.5, "mean squared\ndifference", RED)
    ax.set(xlim=(0, 8), ylim=(0.3, 2.7))
    ax.axis("off")
