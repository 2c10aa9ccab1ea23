"""Figures of chapter 4: pictures that are equally wrong by pixels, and what features say of them."""

from functools import cache

import numpy as np
from scipy import ndimage

from lossbook import data, images
from lossbook.figures.engine.labels import name_ends, name_row
from lossbook.figures.engine.style import BLUE, GOLD, GREEN, HANDLE_GOLD, INK, MUTED, PURPLE, RED, shaded

#: The mean squared error that all distortions share, the side of the picture, and what it shows.
ERROR, SIDE, NAME = 0.005, 128, "chelsea"

#: The ReLU layers of the network `tiny`, from the first to the last.
LAYERS = ("relu1_1", "relu1_2", "relu2_1", "relu2_2", "relu3_1", "relu3_2", "relu4_1")

#: How the bar of each measure is drawn: name, color, shade.
MEASURES = {"mse": ("MSE", RED, 0), "ssim": ("1 − SSIM", GREEN, 2), "perceptual": ("features", BLUE, 1)}

#: The network of random weights whose first filters do not answer to plain brightness.
LEVEL_OFF = "random, level off"

#: Filters over 64 samples on a ring: one with the sum 1, one whose squares have the sum 1.
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
    if ((distort(pixels, way, high) - pixels) ** 2).mean() < error:
        raise ValueError(f"{way}: a mean squared error of {error} is out of reach")
    for _ in range(40):
        middle = (low + high) / 2
        near = ((distort(pixels, way, middle) - pixels) ** 2).mean() < error
        low, high = (middle, high) if near else (low, middle)
    return distort(pixels, way, low)


def level_off(seed=0):
    """Return a network of random weights, each filter of its first layer without its mean, scaled anew."""
    import torch

    from lossbook.vision import features

    network = features.load("random", seed=seed)
    network.conv1_1_weight -= network.conv1_1_weight.mean((2, 3), keepdim=True)
    names = [name for name in data.PICTURE_NAMES if name not in ("chelsea", "china")]
    x = torch.cat([features.to_tensor(data.picture(name, size=64).pixels) for name in names])
    for layer in [name for name in network.layers if name.startswith("conv")]:
        weight, bias = (getattr(network, f"{layer}_{part}") for part in ("weight", "bias"))
        bias.zero_()
        found = network(x, [layer])[layer]
        mean = found.mean((0, 2, 3))
        scale = torch.relu(found - mean[:, None, None]).mean()
        weight /= scale
        bias.copy_(-mean / scale)
    return network


@cache
def _network(name, seed=0):
    from lossbook.vision import features

    return level_off(seed) if name == LEVEL_OFF else features.load(name, seed=seed)


def feature_distance(x, y, *, layers=None, by="tiny", seed=0):
    """Return the perceptual loss of two pictures (H, W, 3) by a network, a number."""
    import torch

    from lossbook.vision import features, losses

    with torch.no_grad():
        pair = [features.to_tensor(one, torch.float64) for one in (x, y)]
        return losses.perceptual_loss(*pair, _network(by, seed), layers=layers).item()


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
def photograph(name=NAME):
    """Return the pixels of a photograph that the figures distort."""
    return data.picture(name, size=SIDE).pixels


@cache
def equal_pictures(name=NAME):
    """Return six distorted pictures of one mean squared error, by what was done to them."""
    return {way: distort_to(photograph(name), way, ERROR) for way in DISTORTIONS}


@cache
def equal_measures(name=NAME):
    """Return what each measure says of each of the six pictures."""
    return {way: measure(picture, photograph(name)) for way, picture in equal_pictures(name).items()}


def _picture(ax, pixels, **options):
    """Draw a photograph."""
    ax.imshow(pixels.astype(np.float32), interpolation="bilinear", vmin=0, vmax=1, **options)
    ax.axis("off")


def _bars(ax, values, wholes, measures):
    """Draw a bar for each measure, as a share of its largest value, and write both beside it."""
    for row, (key, (name, color, shade)) in enumerate(reversed(measures.items())):
        share = 100 * values[key] / wholes[key]
        ax.barh(row, share, height=0.4, gid=f"lossbook:{key}", **shaded(color, shade))
        number = f"{values[key]:.4f}" if key == "mse" else f"{values[key]:.2f}"
        ax.text(1.5, row + 0.28, f"{name} {number}, {share:.0f} %", va="bottom", color=INK)
    ax.axvline(100, color=MUTED, linewidth=1.2, linestyle=":")
    ax.set(xlim=(0, 118), ylim=(-0.5, len(measures) - 0.25), yticks=[], xticks=[])
    ax.spines["bottom"].set_visible(False)


#: What the first figure offers: the photograph itself, too.
SHOWN = ("original", *SEEN)


def draw_equal_error(axes, *, distortion):
    """A photograph or one of six pictures of one mean squared error, and what three measures say of it."""
    found = equal_measures() | {"original": dict.fromkeys(MEASURES, 0.0)}
    pictures = equal_pictures() | {"original": photograph()}
    _picture(axes["picture"], pictures[distortion], gid="lossbook:picture")
    _bars(axes["bars"], found[distortion], found["blurred"], MEASURES)
    share = 100 * found[distortion]["perceptual"] / found["blurred"]["perceptual"]
    error = found[distortion]["mse"]
    return f"{distortion.capitalize()}: MSE {error:.3f}, features {share:.0f} % of blurred."


def alt_equal_error(distortion):
    """Say what the picture and the bars show."""
    if distortion == "original":
        return "A photograph of a cat's face, and three bars of length 0."
    return f"A photograph of a cat, {distortion}: {SEEN[distortion]}. Beside it three bars; MSE is at 100 %."


#: Photographs whose six distortions all reach the error.
PHOTOGRAPHS = ("chelsea", "china", "coffee", "astronaut", "flower")


def draw_photographs(axes, *, photo):
    """A photograph, and what features and SSIM say of its six distortions of one mean squared error."""
    found, ax = equal_measures(photo), axes["dots"]
    _picture(axes["picture"], photograph(photo), gid="lossbook:picture")
    for key, marker, name in (("perceptual", "o", "features"), ("ssim", "s", "1 − SSIM")):
        values = np.array([row[key] for row in found.values()])
        share, color = 100 * values / values.max(), MEASURES[key][1]
        look = {"color": color, "markersize": 9, "markerfacecolor": color if marker == "o" else "none"}
        ax.plot(share, np.arange(6), marker, label=name, gid=f"lossbook:{key}", **look)
    ax.set_yticks(np.arange(6), list(found))
    ax.set(xlim=(-5, 107), ylim=(-0.6, 5.6), xlabel="distance (% of the farthest)")
    ax.grid(axis="y", color=MUTED, linewidth=0.5)
    name_row(ax, columns=2)
    order = sorted(found, key=lambda way: found[way]["perceptual"])
    return f"Features, from near to far: {', '.join(order)}."


@cache
def by_layer(by, seed=0):
    """Return the distance of each of the six pictures at each layer of a network, shape (6, 7)."""
    import torch

    from lossbook.vision import features

    def maps(pixels):
        with torch.no_grad():
            return _network(by, seed)(features.to_tensor(pixels, torch.float64))

    wanted, rows = maps(photograph()), []
    for picture in equal_pictures().values():
        found = maps(picture)
        rows.append([((found[layer] - wanted[layer]) ** 2).mean().item() for layer in LAYERS])
    return np.array(rows)


def draw_layer_ranks(ax, *, layer, by):
    """The distances of six equally wrong pictures from one layer of a network to its last."""
    found, steps = by_layer(by), np.arange(1, 8)
    looks = zip((GOLD, BLUE, PURPLE, GREEN, RED, INK), ("-.", "-", ":", "--", "-.", "-"), strict=True)
    ends, from_here = [], np.maximum(steps, layer)
    for (way, row), (color, dash) in zip(zip(DISTORTIONS, found, strict=True), looks, strict=True):
        heights = np.log10(np.maximum(row[from_here - 1], 1e-3))
        ax.plot(from_here, heights, dash, color=color, linewidth=2.5, gid=f"lossbook:{way}")
        ax.plot([layer], heights[layer - 1 : layer], "o", color=color, markersize=8)
        ends.append((heights[-1], way, color))
    name_ends(ax, 7.35, ends, gap=0.29)
    ax.axvline(layer, color=HANDLE_GOLD, linewidth=3, zorder=1, gid="lossbook:handle:layer")
    ax.set(xlim=(0.8, 8.7), ylim=(-3.2, 1.1), xticks=steps, xticklabels=LAYERS, ylabel="distance")
    ax.set_yticks([-3, -2, -1, 0, 1], ["≤ 0.001", "0.01", "0.1", "1", "10"])
    ax.tick_params(axis="x", labelrotation=20)
    order = [list(DISTORTIONS)[i] for i in found[:, layer - 1].argsort()]
    return f"At {LAYERS[layer - 1]}, from near to far: {', '.join(order)}."


N = 64


def response(kernel):
    """Return the squared size of a filter's answer to a wave of 0 to 32 cycles."""
    return np.abs(np.fft.rfft(kernel, N)) ** 2


def filtered(kernel, x):
    """Return a signal on a ring, filtered."""
    return np.fft.irfft(np.fft.rfft(kernel, N) * np.fft.rfft(x), N)


def draw_frequency(axes, *, cycles, kernel):
    """A row of pixels plus a wave of one size, and by what a filter multiplies the wave's square."""
    at, power = np.arange(N), response(FILTERS[kernel])
    row = np.where((at >= 16) & (at < 48), 0.75, 0.25)
    wave = 0.2 * np.cos(2 * np.pi * cycles * at / N + 0.3)
    axes["row"].step(at, row + wave, where="mid", color=BLUE, gid="lossbook:wave")
    axes["row"].step(at, row, where="mid", color=INK, linestyle="--")
    axes["row"].set(xlim=(0, 63), ylim=(-0.05, 1.05), ylabel="brightness", xlabel="place (pixels)")
    axes["weight"].plot(np.arange(33), power, color=PURPLE, linewidth=3, gid="lossbook:weight")
    axes["weight"].axvline(cycles, color=MUTED, linewidth=2, gid="lossbook:handle:cycles")
    axes["weight"].plot([cycles], [power[cycles]], "o", color=HANDLE_GOLD, markeredgecolor=INK, markersize=10)
    axes["weight"].set(xlim=(0, 32), ylim=(-0.1, 2.15), xlabel="cycles in 64 pixels", ylabel="factor")
    pixel, feature = (wave**2).mean(), (filtered(FILTERS[kernel], wave) ** 2).mean()
    return f"Cycles {cycles}: squared error {pixel:.4f} in pixels, {feature:.4f} after the filter."


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
    ax.set(xlim=(0, 23), ylim=(-0.1, 1.1), xlabel="place (pixels)", ylabel="brightness")
    name_row(ax, columns=3)
    shares = np.linspace(0, 1, 41)
    costs = np.array([edge_costs(share)[1:] for share in shares])
    ax = axes["costs"]
    ax.plot(shares, costs[:, 0], "--", color=RED, linewidth=2.5, label="pixel loss", gid="lossbook:pixel")
    ax.plot(
        shares, costs[:, 1], color=BLUE, linewidth=2.5, label="loss of edge energy", gid="lossbook:energy"
    )
    ax.axvline(mix, color=HANDLE_GOLD, linewidth=3, zorder=1, gid="lossbook:handle:mix")
    ax.set(xlim=(0, 1), ylim=(-0.02, 0.3), xlabel="share of the edge at 16", ylabel="expected loss")
    name_row(ax, columns=2)
    return f"Share {mix:.2f}: expected pixel loss {pixel:.3f}, expected loss of edge energy {feature:.3f}."


def what_came_back(pixels, source):
    """Return the squared error of brightness and of color, each over the photograph's own variation."""
    bright = [luma(one) for one in (pixels, source)]
    color = [one - luma(one)[..., None] for one in (pixels, source)]
    apart = [((pair[0] - pair[1]) ** 2).mean() for pair in (bright, color)]
    return apart[0] / bright[1].var(), apart[1] / (color[1] ** 2).mean()


def draw_inversion(axes, *, layer, by, found, source):
    """The photograph, and a picture that was optimized to have its features at a layer."""
    pixels = found[by, layer].pixels
    _picture(axes["source"], source)
    _picture(axes["found"], pixels, gid="lossbook:found")
    axes["source"].set_title("photograph")
    axes["found"].set_title(f"{by}, {layer}")
    parts = what_came_back(pixels, source)
    words = ["kept" if part < 0.2 else "damaged" if part < 1 else "lost" for part in parts]
    return f"By {by} at {layer}: brightness {words[0]}, colors {words[1]}."


#: What judges an enlarged picture.
JUDGES = MEASURES | {"perceptual": ("tiny, the teacher", BLUE, 1), "untrained": ("untrained", GOLD, 0)}


def judged(x, y):
    """Return what each of `JUDGES` says of two pictures."""
    return measure(x, y) | {"untrained": feature_distance(x, y, by=LEVEL_OFF)}


def draw_enlarged(axes, *, by, rows, pictures):
    """A picture enlarged fourfold in one of several ways, and what the judges say of it."""
    _picture(axes["picture"], pictures[by], gid="lossbook:picture")
    values = {key: max(value, 0.0) for key, value in rows[by].items()}
    _bars(axes["bars"], values, {key: max(row[key] for row in rows.values()) for key in JUDGES}, JUDGES)
    return f"For {by}: MSE {values['mse']:.4f}, SSIM {1 - values['ssim']:.2f}."


def _box(ax, x, y, text, color):
    box = {"boxstyle": "round,pad=0.4", "facecolor": "none", "edgecolor": color, "linewidth": 2}
    return ax.text(x, y, text, ha="center", va="center", color=INK, bbox=box)


def _arrow(ax, start, end, up=0.0, **look):
    """Draw an arrow from the edge of one box to that of another, `up` above their middles."""
    ends = {"patchA": start.get_bbox_patch(), "patchB": end.get_bbox_patch(), "shrinkA": 2, "shrinkB": 3}
    (x, y), (u, v) = start.get_position(), end.get_position()
    line = {"arrowstyle": "->", "color": INK, "lw": 1.5} | ends | look
    ax.annotate("", (u, v + up), (x, y + up), arrowprops=line)


def draw_architecture(ax):
    """Input, generator, loss network, the losses that are read off it, and the way back of the gradient."""
    entry = _box(ax, 0.65, 3.0, "input x", MUTED)
    generator = _box(ax, 2.7, 3.0, "generator g\n(learns)", GREEN)
    output = _box(ax, 5.15, 3.0, "output ŷ", MUTED)
    network = _box(ax, 7.6, 3.0, "network φ\n(frozen)", INK)
    feature = _box(ax, 10.45, 3.0, "feature loss", BLUE)
    style = _box(ax, 5.15, 4.6, "style picture s", MUTED)
    target = _box(ax, 5.15, 1.3, "target y", MUTED)
    gram = _box(ax, 10.3, 4.6, "style loss\n(Gram matrices)", PURPLE)
    pixel = _box(ax, 2.0, 1.3, "pixel loss", RED)
    variation = _box(ax, 2.0, 4.6, "total variation", GOLD)
    for start, end in ((style, network), (target, network), (network, gram), (output, pixel)):
        _arrow(ax, start, end)
    for start, end in ((target, pixel), (output, variation), (entry, generator)):
        _arrow(ax, start, end)
    for start, end in ((generator, output), (output, network), (network, feature)):
        _arrow(ax, start, end, 0.11)
        _arrow(ax, end, start, -0.11, linestyle="--", color=BLUE)
    ax.set(xlim=(0, 11.7), ylim=(0.8, 5.2))
    ax.axis("off")


def draw_card(ax):
    """Two pictures, the network, and the difference of what it makes of them."""
    difference = _box(ax, 6.7, 1.5, "mean squared\ndifference", BLUE)
    for y, name in ((2.2, "output ŷ"), (0.8, "target y")):
        picture, network = _box(ax, 0.9, y, name, MUTED), _box(ax, 3.5, y, "network φ", INK)
        _arrow(ax, picture, network)
        _arrow(ax, network, difference)
    ax.set(xlim=(0, 8), ylim=(0.3, 2.7))
    ax.axis("off")
