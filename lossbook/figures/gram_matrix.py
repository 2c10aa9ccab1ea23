"""Figures of chapter 3: Gram matrices of arrows and of feature maps, textures, and a style transfer."""

import functools
import hashlib
import io
import math
from importlib.resources import files

import numpy as np

from lossbook import _checks as check
from lossbook import data, images
from lossbook.figures.engine.labels import name_ends
from lossbook.figures.engine.style import BLUE, DOT, GOLD, GREEN, INK, MUTED, PURPLE, RED, shaded, true_minus

#: Sides of the stored textures and of the stored style transfers, in pixels.
TEXTURE_SIDE, SIDE = 96, 112
#: The networks, and the layers that the textures were made from: all up to the one that is named.
NETWORKS = ("tiny", "random")
LAYERS = ("relu1_1", "relu1_2", "relu2_1", "relu2_2", "relu3_1", "relu3_2", "relu4_1")
DEPTHS = {last: LAYERS[: LAYERS.index(last) + 1] for last in ("relu1_1", "relu2_1", "relu3_1", "relu4_1")}
#: The style weights, half a power of ten apart, and the numbers of evaluations after which frames were kept.
WEIGHTS = tuple(10 ** (k / 2) for k in range(-2, 5))
EVALUATIONS = (0, 10, 30, 80, 200)

#: Where the transfers of largest style weight began, and the weights of their content terms.
STARTS = (("content", 1.0), ("content", 0.0), ("noise", 1.0), ("noise", 0.0))

SHEETS = {
    "gram_textures": (TEXTURE_SIDE, "369ad6dc9c5066b01dd18ee544bd89e0dae24e2829f1b7c0576033ce1f62369b"),
    "gram_styles": (SIDE, "1f5e1e421978a956704e6eb90d705f769c51df7c3dcb3d626b2050c868ace2f2"),
    "gram_starts": (SIDE, "6c8d34c8b8ef68dc78c45680fd851a194d9ec0bb82623f7189b75209b2ed2e29"),
}

#: The arrow that stands still in the plane; two arrows on the floor, and where the third one leans.
FIXED = np.array([2.0, 1.0])
FLOOR = np.array([[2.0, 0.0, 0.0], [0.6, 1.4, 0.0]])
LEAN, LENGTH = np.array([0.6, 0.8, 0.0]), 1.5

#: Pairs of channels of relu1_1 on the brick wall: those with the largest entry off the diagonal, and others.
PAIRS = ("3 and 23", "5 and 7", "3 and 28", "7 and 28", "14 and 15", "15 and 28")


# ---- Numbers -----------------------------------------------------------------------------------------------


def gram_of(vectors):
    """Return the Gram matrix of vectors, shape (k, n), without a divisor."""
    vectors = np.asarray(vectors, dtype=float)
    return images.gram_matrix(vectors[:, np.newaxis], normalization=None)


def third(tilt):
    """Return the third arrow, `tilt` degrees above the floor."""
    angle = math.radians(tilt)
    return LENGTH * (math.cos(angle) * LEAN + math.sin(angle) * np.array([0.0, 0.0, 1.0]))


def shuffled(pixels, block, seed=0):
    """Return a picture (H, W, 3) whose square blocks of so many pixels a side have changed places."""
    rows, columns = len(pixels) // block, pixels.shape[1] // block
    tiles = pixels.reshape(rows, block, columns, block, 3).swapaxes(1, 2).reshape(-1, block, block, 3)
    tiles = tiles[np.random.default_rng(seed).permutation(len(tiles))]
    return tiles.reshape(rows, columns, block, block, 3).swapaxes(1, 2).reshape(pixels.shape)


def maps(pixels, layers, network="tiny"):
    """Return the feature maps (C, H, W) of a picture by layer, in float64."""
    import torch

    from lossbook.vision import features

    found = _network(network)(features.to_tensor(pixels, torch.float64), list(layers))
    return {layer: feature[0].numpy() for layer, feature in found.items()}


@functools.cache
def _network(name):
    from lossbook.vision import features

    return features.load(name)


@functools.cache
def brick_maps():
    """Return the maps of the brick wall at 128 pixels in the four layers that the figures show."""
    return maps(data.picture("brick", size=128).pixels, tuple(DEPTHS))


@functools.cache
def changes(block):
    """Return by how much shuffled blocks of the brick wall change each layer's Gram matrix, in percent."""
    mixed = maps(shuffled(data.picture("brick", size=128).pixels, block), tuple(DEPTHS))
    pairs = [[images.gram_matrix(m[layer]) for m in (mixed, brick_maps())] for layer in DEPTHS]
    return [100 * np.linalg.norm(g - h) / np.linalg.norm(h) for g, h in pairs]


def second_moments(feature):
    """Return the Gram matrix over the positions, the covariance and the correlation of channels (C, H, W)."""
    gram = images.gram_matrix(feature, normalization="hw")
    mean = feature.mean((1, 2))
    covariance = gram - np.outer(mean, mean)
    size = np.sqrt(np.diag(covariance))
    return {"Gram": gram, "covariance": covariance, "correlation": covariance / np.outer(size, size)}


@functools.cache
def sheet(name):
    """Return the pictures of a sheet, shape (k, side, side, 3), if the file is the one that was made."""
    from PIL import Image

    side, known = SHEETS[name]
    content = files("lossbook.data").joinpath("frames", f"{name}.webp").read_bytes()
    came = hashlib.sha256(content).hexdigest()
    check.require(came == known, f"{name}.webp", f"have the SHA-256 {known}", came)
    with Image.open(io.BytesIO(content)) as stored:
        pixels = np.asarray(stored.convert("RGB")) / 255
    return pixels.reshape(side, -1, side, 3).swapaxes(0, 1)


def texture_frame(network, depth):
    """Return a stored texture of the brick wall, shape (96, 96, 3)."""
    return sheet("gram_textures")[NETWORKS.index(network) * len(DEPTHS) + list(DEPTHS).index(depth)]


def style_frame(weight, evaluations):
    """Return a stored style transfer, shape (112, 112, 3); `weight` is the power of ten."""
    row, column = round(2 * weight) + 2, EVALUATIONS.index(evaluations)
    if column == 0:
        return data.picture("china", size=SIDE).pixels
    return sheet("gram_styles")[row * (len(EVALUATIONS) - 1) + column - 1]


def start_frames():
    """Return the transfers with the largest weight, stored without loss, in the order of `STARTS`."""
    return sheet("gram_starts")


# ---- Pictures ----------------------------------------------------------------------------------------------


def _bare(ax, pixels, title="", smooth=True, **options):
    """Show a picture without axes."""
    ax.imshow(pixels, interpolation="bilinear" if smooth else "none", **options)
    ax.set_axis_off()
    ax.set_title(title, fontsize=12)


def _table(ax, table, place, step):
    """Write a matrix in brackets, its first entry at a place, steps apart across and down."""
    (x, y), (across, down) = place, step
    for (row, column), value in np.ndenumerate(table):
        words = true_minus(f"{value + 0.0:.2f}")
        ax.text(x + across * column, y - down * row, words, ha="right", va="center")
    low, high, end = y - down * (len(table) - 0.4), y + 0.6 * down, x + across * (len(table) - 0.8)
    for side, turn in ((x - 1.05 * across, 0.1 * across), (end, -0.1 * across)):
        ax.plot([side + turn, side, side, side + turn], [high, high, low, low], color=INK)
    ax.text(x - 1.25 * across, (low + high) / 2, "G =", ha="right", va="center")


def _arrow(ax, tip, color, name, shift=(11, 6)):
    ax.plot([0, tip[0]], [0, tip[1]], color=color, linewidth=3)
    ax.annotate(name, tip, shift, textcoords="offset points", color=color, weight="bold")


def draw_gram_parallelogram(axes, *, x, y):
    """Two arrows in the plane, one to be dragged; their parallelogram and their Gram matrix."""
    tip = np.array([x, y])
    gram = gram_of([FIXED, tip])
    corners = np.array([[0, 0], FIXED, FIXED + tip, tip])
    ax = axes["plane"]
    ax.fill(*corners.T, facecolor=(BLUE, 0.15), edgecolor=BLUE, linewidth=1.2, gid="lossbook:area")
    # Each name stands on the outer side of its arrow.
    left = FIXED[0] * y > FIXED[1] * x
    _arrow(ax, FIXED, BLUE, "a", (8, -12) if left else (-2, 10))
    _arrow(ax, tip, PURPLE, "b", (-18, 2) if left else (9, -9))
    ax.plot([x], [y], "o", gid="lossbook:handle:x+y", **DOT)
    ax.set(xlim=(-3.4, 5.4), ylim=(-2.4, 3.3), aspect="equal", xticks=range(-3, 6), yticks=range(-2, 4))
    _table(axes["table"], gram, (2.05, 1.45), (1.7, 0.9))
    axes["table"].set(xlim=(-1.0, 4.4), ylim=(-0.9, 2.9))
    axes["table"].set_axis_off()
    area = abs(FIXED[0] * y - FIXED[1] * x)
    inner = true_minus(f"{gram[0, 1]:.2f}")
    inner = f"({inner})" if gram[0, 1] < 0 else inner
    det = gram[0, 0] * gram[1, 1] - gram[0, 1] ** 2
    return f"Det G = 5 · {gram[1, 1]:.2f} − {inner}² = {abs(round(det, 9)):.2f}; area {area:.2f} squares."


def _flat(point):
    """Return where a point of space is drawn."""
    return np.array([point[0] + 0.45 * point[1], point[2] + 0.4 * point[1]])


def draw_gram_volume(ax, *, tilt):
    """Three arrows, one of which rises from the floor of the others; the volume that they span."""
    arrows = [*FLOOR, third(tilt)]
    corners = {bits: _flat(np.array(bits) @ arrows) for bits in np.ndindex(2, 2, 2)}
    for bits, start in corners.items():
        for axis in range(3):
            if bits[axis] == 0:
                end = corners[tuple(1 if k == axis else bit for k, bit in enumerate(bits))]
                ax.plot(*np.transpose([start, end]), color=MUTED, linewidth=1)
    floor = [corners[bits] for bits in ((0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0))]
    ax.fill(*np.transpose(floor), facecolor=(BLUE, 0.15), edgecolor="none")
    shifts = ((4, -14), (-16, 4), (-3, 11))
    for arrow, color, name, shift in zip(arrows, (BLUE, PURPLE, RED), "abc", shifts, strict=True):
        _arrow(ax, _flat(arrow), color, name, shift)
    ax.plot(*_flat(arrows[2]), "o", gid="lossbook:handle:tilt", **DOT)
    gram = gram_of(arrows)
    _table(ax, gram, (6.4, 1.5), (0.8, 0.5))
    ax.set(xlim=(-0.3, 8.5), ylim=(-0.25, 2.3), aspect="equal")
    ax.set_axis_off()
    volume = abs(np.dot(np.cross(*FLOOR), arrows[2]))
    det = abs(round(np.linalg.det(gram), 9))
    return f"Tilt {tilt}°: det G = {det:.2f}, volume {volume:.2f}, whose square is {volume**2:.2f}."


def draw_gram_product(axes, *, pair):
    """The brick wall, two of its channels in relu1_1, and their product, whose mean is an entry of G."""
    first, second = (int(word) for word in pair.split(" and "))
    features = brick_maps()["relu1_1"]
    a, b = features[first], features[second]
    _bare(axes["wall"], data.picture("brick", size=128).pixels, "the wall")
    titles = f"channel {first}", f"channel {second}", "product"
    for name, title, values in zip(("first", "second", "product"), titles, (a, b, a * b), strict=True):
        _bare(axes[name], values / values.max(), title, cmap="gray", vmin=0, vmax=1)
    gram = images.gram_matrix(features, normalization="hw")
    share = 100 * gram[first, second] / math.sqrt(gram[first, first] * gram[second, second])
    return f"Channels {pair}: entry of G {gram[first, second]:.2f}, cosine {share:.0f} %."


def draw_gram_fields(ax):
    """How much of the brick wall one position of each layer sees."""
    _bare(ax, data.picture("brick", size=128).pixels)
    looks = zip(FIELDS.items(), (RED, GOLD, BLUE, GREEN), (108, 84, 60, 36), strict=True)
    for (layer, side), color, height in looks:
        low = 63.5 - side / 2
        square = np.array([[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]) * side + low
        ax.plot(*square.T, color="#fffffe", linewidth=5)
        ax.plot(*square.T, color=color, linewidth=2.5)
        words = {"annotation_clip": False, "color": color, "va": "center"}
        arrow = {"arrowstyle": "-", "color": color, "linewidth": 1.5}
        edge = (63.5 + side / 2, 63.5)
        ax.annotate(f"{layer}: {side} pixels", edge, (136, height), arrowprops=arrow, **words)


def draw_gram_shuffle(axes, *, block):
    """The brick wall with its blocks shuffled, and by how much that changes each layer's Gram matrix."""
    _bare(axes["picture"], shuffled(data.picture("brick", size=128).pixels, block), smooth=False)
    ax, found = axes["layers"], changes(block)
    places = np.arange(len(DEPTHS))[::-1]
    ax.barh(places, found, height=0.6, **shaded(BLUE, 1), gid="lossbook:changes")
    for place, value in zip(places, found, strict=True):
        ax.text(value + 2, place, f"{value:.0f} %", va="center")
    ax.set(yticks=places, yticklabels=list(DEPTHS), xlim=(0, 125), xlabel="change of G (%)")
    ax.grid(False)
    word = "Single pixels" if block == 1 else f"Blocks of {block} × {block} pixels"
    return f"{word} shuffled: G changes by {found[0]:.0f} % in relu1_1, by {found[-1]:.0f} % in relu4_1."


def draw_gram_moments(ax, *, kind):
    """One of three tables of the 32 channels of relu1_1 on the brick wall, without its diagonal."""
    from matplotlib import colormaps

    table = second_moments(brick_maps()["relu1_1"])[kind]
    i, j = np.triu_indices(len(table), 1)
    colors = {"cmap": colormaps["RdBu_r"].with_extremes(bad="#9aa0a6"), "vmin": -1, "vmax": 1}
    cells = np.where(np.eye(len(table)), np.nan, table / np.abs(table[i, j]).max())
    ax.imshow(cells, interpolation="none", gid="lossbook:cells", **colors)
    ax.set(xlabel="channel", ylabel="channel", xticks=range(0, 32, 8), yticks=range(0, 32, 8))
    bar = ax.inset_axes([1.08, 0, 0.06, 1])
    scale = {"extent": (0, 1, -1, 1), "aspect": "auto", "interpolation": "none"}
    bar.imshow(np.linspace(1, -1, 33)[:, np.newaxis], **scale, **colors)
    bar.set(xticks=[], yticks=(-1, 0, 1))
    bar.yaxis.tick_right()
    for each in (ax, bar):
        each.grid(False)
    largest = np.argmax(table[i, j])
    return (
        f"{kind[0].upper()}{kind[1:]}: {int((table[i, j] < 0).sum())} of 496 pairs of channels are negative; "
        f"the largest entry off the diagonal is that of {i[largest]} and {j[largest]}."
    )


def draw_gram_textures(axes, *, network, depth):
    """The brick wall, and a texture made from noise by Gram matrices up to a layer of a network."""
    _bare(axes["source"], data.picture("brick", size=TEXTURE_SIDE).pixels, "the wall")
    _bare(axes["made"], texture_frame(network, depth), "made from noise")
    many = len(DEPTHS[depth])
    return f"Network {network}, {many} layer{'s' * (many > 1)}, up to {depth}; 150 evaluations."


def draw_gram_styles(axes, *, weight, evaluations):
    """The style transfer after so many evaluations, with its two pictures."""
    _bare(axes["content"], data.picture("china", size=SIDE).pixels, "content")
    _bare(axes["style"], data.picture("ihc", size=SIDE).pixels, "style")
    _bare(axes["result"], style_frame(weight, evaluations))
    return f"Style weight {_plain(10**weight)}, content weight 1, after {evaluations} evaluations."


def _plain(number):
    """Write a weight with two digits at most."""
    return f"{number:.2g}" if number < 10 else f"{number:.0f}"


def tell_texture(network, depth):
    """Say what a stored texture shows."""
    if network == "random":
        form = "closed boxes and uprights" if depth != "relu1_1" else "short strokes, and patches of blue"
    else:
        form = "long wavy uprights, some closed to boxes" if depth != "relu1_1" else "short loose strokes"
    return f"A brick wall beside a texture by the network {network}, layers up to {depth}: {form}."


def tell_style(weight, evaluations):
    """Say what a stored style transfer shows."""
    pictures = "A photograph of a pagoda, a microscope picture of brown fibers, and beside them"
    if evaluations == 0:
        return f"{pictures} the photograph again, as yet unchanged."
    strong = "a pagoda drawn in brown fibers before white clouds"
    weak = "the pagoda with other colors and clear forms"
    found = strong if weight >= 0.5 and evaluations > 10 else weak
    return f"{pictures} what is being made, after {evaluations} evaluations: {found}."


def draw_gram_terms(axes, *, made):
    """A style transfer that was just made, and its two terms on the way."""
    _bare(axes["result"], made.pixels)
    ax, count = axes["terms"], np.arange(1, len(made.history["style"]) + 1)
    ends = []
    for name, color, dash in (("style", PURPLE, "--"), ("content", BLUE, "-")):
        values = made.history[name]
        ax.plot(count, values, dash, color=color)
        ends.append((values[-1], name, color))
    name_ends(ax, count[-1] + 2, ends, gap=0.2)
    ax.set(xlim=(0, 1.4 * count[-1]), ylim=(-0.15, 2.4), xlabel="evaluations", ylabel="term")
    ax.set_xticks(np.linspace(0, count[-1], 5))


def draw_gram_card(ax):
    """From a feature map to its Gram matrix."""
    for x, y, width, height, words, shade in (
        (0.0, 0.4, 3.0, 0.8, "F\nC × HW", 2),
        (3.6, 0.0, 0.8, 1.6, "Fᵀ", 2),
        (5.2, 0.4, 0.8, 0.8, "G", 1),
    ):
        ax.fill([x, x + width, x + width, x], [y, y, y + height, y + height], **shaded(BLUE, shade))
        ax.text(x + width / 2, y + height / 2, words, ha="center", va="center", fontsize=15)
    ax.text(3.3, 0.8, "·", ha="center", va="center", fontsize=16)
    ax.text(4.8, 0.8, "=", ha="center", va="center", fontsize=16)
    ax.set(xlim=(-0.1, 6.3), ylim=(-0.1, 1.7), aspect="equal")
    ax.set_axis_off()


#: Side of the square of pixels that one position of a layer depends on.
FIELDS = {"relu1_1": 3, "relu2_1": 10, "relu3_1": 24, "relu4_1": 52}
