"""Figures of chapter 11: total variation, what it charges for an edge, and what it does to a photograph."""

import hashlib
import io
from functools import cache
from importlib.resources import files

import numpy as np
from scipy.fft import dctn, idctn

from lossbook import _checks as check
from lossbook import data, images
from lossbook.figures.engine.labels import name_row
from lossbook.figures.engine.style import BLUE, DOT, GREEN, INK, MUTED, PURPLE, RED, shaded

#: The weights that the photograph can be denoised with.
WEIGHTS = np.arange(0.0, 0.25, 0.02).round(2)

#: How the style transfers were asked for, the starts and weights of total variation, the file's SHA-256.
STYLE_OPTIONS = {"style_weight": 0.3, "content_layers": ["relu2_1"], "evaluations": 300}
STYLE_ARMS = tuple((start, weight) for start in ("content", "noise") for weight in (0.0, 0.3))
STYLE_SIDE = 96
STYLE_SHA = "7f8e95392e41fd7ed9a8959a005b825aa93299f754d24d743cc7f221f433b3dd"

#: The radius of the disc, and the side of its picture, in pixels.
DISC_RADIUS, DISC_SIDE = 16.0, 64

#: A slope from 0 to 1 over 100 pixels, and the same with noise of deviation 0.05.
SLOPE = np.linspace(0.0, 1.0, 100)
NOISY_SLOPE = SLOPE + 0.05 * np.random.default_rng(3).normal(size=100)

#: Forty pixels: a step from 0 to 1 after the twentieth, with noise of deviation 0.25.
NOISY_STEP = (np.arange(40) >= 20) + 0.25 * np.random.default_rng(5).normal(size=40)


@cache
def gray_photo(name, size=128):
    """Return a photograph of the book in gray, shape (size, size), from 0 to 1; do not write into it."""
    return (data.picture(name, size=size).pixels * [0.299, 0.587, 0.114]).sum(axis=-1)


@cache
def noisy_photo(name, size=128):
    """Return the same with normal noise of deviation 0.1, the same noise for each photograph."""
    return gray_photo(name, size) + 0.1 * np.random.default_rng(11).normal(size=(size, size))


@cache
def denoised_photo(name, weight):
    """Return the noisy photograph denoised by total variation; with weight 0 as it is."""
    noisy = noisy_photo(name)
    return images.denoise_tv(noisy, weight=weight, tolerance=1e-3)[0] if weight else noisy


def smooth_quadratic(picture, weight):
    """Return the minimum of ½‖u − f‖² + weight · Σ(Δu)², in closed form by cosine transforms."""
    down, across = (2 - 2 * np.cos(np.pi * np.arange(n) / n) for n in picture.shape)
    waves = dctn(picture, norm="ortho") / (1 + 2 * weight * (down[:, None] + across))
    return idctn(waves, norm="ortho")


def quality(name, picture):
    """Return the PSNR of a picture against the clean photograph, in dB."""
    return float(images.psnr(picture, gray_photo(name), data_range=1.0))


def edge_profile(width):
    """Return 30 pixels that rise evenly from 0 to 1 in `width` steps, from pixel 3 on."""
    return np.clip((np.arange(30) - 3) / width, 0.0, 1.0)


def draw_tv_edge(axes, *, width):
    """Draw an edge of some width, and what total variation and the sum of squares charge for it."""
    u = edge_profile(width)
    variation = images.total_variation(u[None])
    squares = images.total_variation(u[None], beta=2.0)
    axes["edge"].plot(np.arange(30), u, color=INK, linewidth=2.5, gid="lossbook:profile")
    axes["edge"].plot(np.arange(30), u, "o", color=INK, markersize=4)
    axes["edge"].plot([3 + width], [1.0], "o", gid="lossbook:handle:width", **DOT)
    axes["edge"].set(xlim=(-1, 30), ylim=(-0.1, 1.2), xlabel="pixel", ylabel="brightness")
    axes["cost"].bar([0], [variation], 0.6, **shaded(BLUE, 0))
    axes["cost"].bar([1], [squares], 0.6, **shaded(RED, 1))
    axes["cost"].set(xlim=(-0.5, 1.5), ylim=(0, 1.2))
    axes["cost"].set_xticks([0, 1], ["Σ|Δ|", "Σ|Δ|²"])
    edge = f"{width:.0f} pixel{'s' * (width > 1)}"
    return f"Edge of {edge}: total variation {variation:.2f}, squares {squares:.3f}."


def draw_tv_photo(axes, *, weight):
    """Draw a noisy photograph denoised with a weight, and the quality that each weight reaches."""
    picture = denoised_photo("camera", weight)
    axes["picture"].imshow(picture, cmap="gray", vmin=0, vmax=1, interpolation="none")
    axes["picture"].axis("off")
    ax = axes["quality"]
    found = [quality("camera", denoised_photo("camera", w)) for w in WEIGHTS]
    ax.plot(WEIGHTS, found, color=BLUE, linewidth=2.5, gid="lossbook:quality")
    ax.axvline(weight, color=INK, linewidth=1.5)
    ax.axvline(weight, 0, 0.12, color=INK, linewidth=1.5, gid="lossbook:handle:weight")
    ax.plot([weight], [quality("camera", picture)], "o", **DOT)
    ax.set(xlim=(-0.01, 0.25), ylim=(19, 29), xlabel="λ (brightness)", ylabel="likeness, PSNR (dB)")
    variation = images.total_variation(picture)
    return (
        f"With λ = {weight:.2f}: likeness {quality('camera', picture):.1f} dB, "
        f"total variation {variation:.0f} (clean: {images.total_variation(gray_photo('camera')):.0f})."
    )


def draw_tv_powers(ax, *, beta):
    """Draw what an edge of height 1 costs against its width, Σ|Δ|^β."""
    widths = np.arange(1, 21)
    for power, color, dash, name in ((1.0, BLUE, "-", "β = 1"), (2.0, RED, "--", "β = 2")):
        ax.plot(widths, widths ** (1 - power), dash, color=color, linewidth=2, label=name)
    cost = [images.total_variation(edge_profile(w)[None], beta=beta) for w in widths]
    ax.plot(widths, cost, "-.", color=PURPLE, linewidth=3, label="chosen β", gid="lossbook:cost")
    ax.plot([10], [cost[9]], "o", gid="lossbook:handle:beta", **DOT)
    ax.set(xlim=(0, 21), ylim=(0, 3.4), xlabel="width of the edge (pixels)", ylabel="cost of the edge")
    ax.set_xticks(range(0, 21, 5))
    name_row(ax)
    return f"With β = {beta:.2f}: a sharp edge costs 1, one 10 pixels wide {cost[9]:.2f}."


def above(picture, level):
    """Return 1 where a picture is above a level, by a hair more than rounding, and 0 elsewhere."""
    return (picture > level + 1e-4).astype(float)


def level_length(picture, level):
    """Return the length of the border of all pixels above a level: the edges of pixels along it."""
    return float(images.total_variation(above(picture, level), kind="anisotropic"))


def draw_tv_levels(axes, *, level):
    """Draw what of a photograph is brighter than a level, and how long its border is at each level."""
    picture = gray_photo("camera")
    axes["picture"].imshow(above(picture, level), cmap="gray", vmin=0, vmax=1, interpolation="none")
    axes["picture"].set(xticks=[], yticks=[])
    axes["picture"].spines[:].set(visible=True, color=MUTED, linewidth=0.8)
    ax = axes["length"]
    levels = np.linspace(0, 1, 256)
    lengths = [level_length(picture, t) for t in levels]
    ax.fill_between(levels, lengths, color=BLUE, alpha=0.15, linewidth=0)
    ax.plot(levels, lengths, color=BLUE, linewidth=2, gid="lossbook:lengths")
    ax.axvline(level, color=INK, linewidth=1.5)
    ax.axvline(level, 0, 0.12, color=INK, linewidth=1.5, gid="lossbook:handle:level")
    ax.plot([level], [level_length(picture, level)], "o", **DOT)
    ax.set(xlim=(0, 1), ylim=(0, 3500), xlabel="level (brightness)", ylabel="border (pixel edges)")
    return f"At level {level:.2f} the border is {level_length(picture, level):.0f} pixel edges long."


@cache
def soft_disc():
    """Return a disc of height 1 on 0 whose border pixels are covered in part; do not write into it."""
    fine = (np.arange(8 * DISC_SIDE) + 0.5) / 8 - DISC_SIDE / 2
    inside = np.hypot(fine[:, None], fine) <= DISC_RADIUS
    return inside.reshape(DISC_SIDE, 8, DISC_SIDE, 8).mean((1, 3))


@cache
def denoised_disc(weight):
    """Return the disc after denoising by total variation; with weight 0 as it is."""
    options = {"tolerance": 1e-4, "max_iterations": 10_000}
    return images.denoise_tv(soft_disc(), weight=weight, **options)[0] if weight else soft_disc()


@cache
def matching_squares(height):
    """Return the disc smoothed by squares, with the weight that lowers its middle to a height."""
    low, high = 1e-3, 1e6
    for _ in range(50):
        weight = (low * high) ** 0.5
        blurred = smooth_quadratic(soft_disc(), weight)
        low, high = (weight, high) if blurred[DISC_SIDE // 2, DISC_SIDE // 2] > height else (low, weight)
    return blurred


def draw_tv_disc(ax, *, weight):
    """Draw the brightness along a line through the middle of a disc, before and after denoising."""
    row, half = np.arange(DISC_SIDE), DISC_SIDE // 2
    after = denoised_disc(weight)[half]
    blurred = matching_squares(after[half])[half]
    ax.plot(row, soft_disc()[half], color=MUTED, linewidth=1.5, label="disc")
    ax.plot(row, blurred, "--", color=RED, linewidth=2, label="squares", gid="lossbook:blurred")
    ax.plot(row, after, color=BLUE, linewidth=3, label="total variation", gid="lossbook:after")
    ax.plot([half], [after[half]], "o", gid="lossbook:handle:weight", **DOT)
    ax.set(xlim=(0, DISC_SIDE - 1), ylim=(-0.1, 1.15), xlabel="pixel", ylabel="brightness")
    name_row(ax)
    return f"With λ = {weight:.1f} the disc is at {after[half]:.2f}, the ground at {after[1]:.2f}."


@cache
def denoised_slope(weight):
    """Return the noisy slope after denoising by total variation."""
    options = {"tolerance": 1e-8, "max_iterations": 20_000}
    return images.denoise_tv(NOISY_SLOPE[None], weight=weight, **options)[0][0]


def pieces(profile):
    """Return how many flat pieces a profile has: runs of pixels that differ by less than 0.001."""
    return 1 + int((np.abs(np.diff(profile)) > 1e-3).sum())


def draw_tv_slope(ax, *, weight):
    """Draw a noisy slope, and what total variation makes of it: steps."""
    pixel, after = np.arange(100), denoised_slope(weight)
    ax.plot(pixel, NOISY_SLOPE, "o", color=MUTED, markersize=3, label="noisy")
    ax.plot(pixel, SLOPE, "--", color=GREEN, linewidth=2, label="true slope")
    ax.plot(pixel, after, color=BLUE, linewidth=3, label="denoised", gid="lossbook:steps")
    ax.set(xlim=(0, 99), ylim=(-0.15, 1.15), xlabel="pixel", ylabel="brightness")
    name_row(ax)
    return f"With λ = {weight:.2f} the 100 pixels make {pieces(after)} flat pieces."


@cache
def taut_step(weight):
    """Return the noisy step after denoising by total variation."""
    options = {"tolerance": 1e-9, "max_iterations": 20_000}
    return images.denoise_tv(NOISY_STEP[None], weight=weight, **options)[0][0]


def running_sum(profile):
    """Return the sums of the first 0, 1, … pixels, less what they would be if all pixels were equal."""
    share = np.arange(len(profile) + 1) / len(profile)
    return np.concatenate([[0.0], np.cumsum(profile)]) - NOISY_STEP.sum() * share


def draw_tv_string(axes, *, weight):
    """Draw a denoised step, and the string through the tube of which it is the slope."""
    place, middle, after = np.arange(41), running_sum(NOISY_STEP), taut_step(weight)
    walls = [middle + side * weight for side in (-1, 1)]
    for wall in walls:
        wall[[0, -1]] = 0
    axes["row"].plot(np.arange(40), NOISY_STEP, "o", color=MUTED, markersize=4)
    axes["row"].step(np.arange(40), after, where="mid", color=BLUE, linewidth=2.5, gid="lossbook:row")
    axes["row"].set(xlim=(-1, 41), ylabel="brightness", xlabel="pixel")
    axes["tube"].fill_between(place, *walls, color=GREEN, alpha=0.2, linewidth=0)
    axes["tube"].plot(place, running_sum(after), color=BLUE, linewidth=2.5, gid="lossbook:string")
    axes["tube"].set(xlim=(-1, 41), ylim=(-14, 5), ylabel="running sum", xlabel="pixels summed")
    bends = int((np.abs(np.diff(after)) > 1e-3).sum())
    times = "once" if bends == 1 else f"{bends} times"
    return f"With λ = {weight:.1f} the string bends {times}: {bends + 1} flat pieces."


def objective_value(u, weight):
    """Return the ROF objective of a picture u for the noisy photograph."""
    return 0.5 * ((u - noisy_photo("camera")) ** 2).sum() + weight * images.total_variation(u)


def _differences(u):
    """Return Δu, the differences down and to the right, shape (2, H, W)."""
    d = np.zeros((2, *u.shape))
    d[0, :-1], d[1, :, :-1] = u[1:] - u[:-1], u[:, 1:] - u[:, :-1]
    return d


def _spread(p):
    """Return Δᵀp: each arrow is taken from its pixel and given to the pixels that it looks at."""
    u = -p[0] - p[1]
    u[1:] += p[0, :-1]
    u[:, 1:] += p[1, :, :-1]
    return u


def _descent(weight, epsilon, momentum):
    """Yield the pictures of gradient descent on the smoothed loss, one over its largest curvature a step."""
    u = ahead = noisy_photo("camera")
    curvature = 1 + 8 * weight / epsilon
    carry = momentum * (1 - curvature**-0.5) / (1 + curvature**-0.5)
    while True:
        pull = ahead - noisy_photo("camera") + weight * images.total_variation_grad(ahead, epsilon=epsilon)
        last, u = u, ahead - pull / curvature
        ahead = u + carry * (u - last)
        yield u


def _dual(weight, momentum):
    """Yield the pictures of projected steps on the dual; with momentum they are those of `denoise_tv`."""
    noisy = noisy_photo("camera")
    p = ahead = np.zeros((2, *noisy.shape))
    for k in range(1001):
        q = ahead + _differences(noisy - weight * _spread(ahead)) / (8 * weight)
        last, p = p, q / np.maximum(1, np.hypot(*q))
        ahead = p + momentum * k / (k + 3) * (p - last)
        yield noisy - weight * _spread(p)


@cache
def convergence_traces(weight=0.08):
    """Return what share of the ROF objective is above its minimum after some iterations, by method.

    Each is a pair of iterations and shares, 1 less the minimum over the objective. "bound by the gap" holds
    the relative gaps of the dual with momentum.
    """
    noisy, counts = noisy_photo("camera"), np.unique(np.geomspace(1, 1000, 19).round().astype(int))
    options = {"weight": weight, "tolerance": 1e-7, "max_iterations": 4000}
    least = objective_value(images.denoise_tv(noisy, **options)[0], weight)

    def kept(pictures):
        return [u for k, u in zip(range(1, 1001), pictures, strict=False) if k in counts]

    def shares(pictures):
        return counts, np.array([1 - least / objective_value(u, weight) for u in pictures])

    dual = kept(_dual(weight, 1))
    bounds = [((noisy**2).sum() - (u**2).sum()) / 2 / objective_value(u, weight) for u in dual]
    return {
        "dual, momentum": shares(dual),
        "bound by the gap": (counts, 1 - np.array(bounds)),
        "dual, plain": shares(kept(_dual(weight, 0))),
        "descent, ε = 0.01": shares(kept(_descent(weight, 0.01, 0))),
        "descent, ε = 0.001": shares(kept(_descent(weight, 0.001, 0))),
        "momentum, ε = 0.001": shares(kept(_descent(weight, 0.001, 1))),
    }


def draw_tv_convergence(ax):
    """Draw what share of the objective is above its minimum, for each method, against its iterations."""
    looks = (
        {"color": BLUE, "linewidth": 3},
        {"color": INK, "linestyle": (0, (1, 1.5)), "linewidth": 1.5},
        {"color": BLUE, "linestyle": "--", "linewidth": 2},
        {"color": RED, "linestyle": "-.", "linewidth": 2},
        {"color": GREEN, "linestyle": ":", "linewidth": 2.5},
        {"color": PURPLE, "linestyle": (0, (6, 1.5)), "linewidth": 2},
    )
    traces = convergence_traces().items()
    for place, (look, (name, (steps, share))) in enumerate(zip(looks, traces, strict=True)):
        ax.loglog(steps, share, label=name, gid=f"lossbook:method-{place}", **look)
    ax.set(xlim=(1, 1000), ylim=(5e-7, 1), xlabel="iterations", ylabel="share above the minimum")
    name_row(ax, columns=2)


@cache
def style_pictures():
    """Return the stored style transfers by start and weight of total variation, each of shape (96, 96, 3)."""
    from PIL import Image

    content = files("lossbook.data").joinpath("frames", "variation_styles.webp").read_bytes()
    came = hashlib.sha256(content).hexdigest()
    check.require(came == STYLE_SHA, "variation_styles.webp", f"have the SHA-256 {STYLE_SHA}", came)
    with Image.open(io.BytesIO(content)) as stored:
        pixels = np.asarray(stored.convert("RGB")) / 255
    pictures = pixels.reshape(STYLE_SIDE, -1, STYLE_SIDE, 3).swapaxes(0, 1)
    return dict(zip(STYLE_ARMS, pictures, strict=True))


def draw_tv_card(axes):
    """Draw three pictures of equal total variation: an edge, a slope, and a little noise."""
    rng, n = np.random.default_rng(0), 48
    edge = np.tile((np.arange(n) >= n // 2) * 1.0, (n, 1))
    slope = np.tile(np.arange(n) / (n - 1), (n, 1))
    noise = rng.normal(size=(n, n))
    noise *= images.total_variation(edge) / images.total_variation(noise)
    for name, picture in {"edge": edge, "slope": slope, "noise": 0.5 + noise}.items():
        axes[name].imshow(picture, cmap="gray", vmin=0, vmax=1, interpolation="none")
        axes[name].set_title(f"{name}: {images.total_variation(picture):.0f}")
        axes[name].axis("off")
