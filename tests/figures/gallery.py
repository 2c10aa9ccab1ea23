"""One figure for every kind of artist that a chapter may need: for the engine's tests, not for the book.

`FIGURES` maps each draw function to the arguments of `explore`, with four positions a slider, and its budget
in kB (gzip, all positions).
"""

import matplotlib
import numpy as np

from lossbook.figures import Check, Choice, Layers, Slider
from lossbook.figures.engine.style import BLUE, GOLD, INK, MUTED, RED

X = np.linspace(-4, 4, 161)
GRAYS = matplotlib.colormaps["gray"].resampled(24)
WIDTH = Slider(0.5, 2.0, 0.5, label="width w", unit="units of x", value=1.0)
BEND = Slider(0.5, 1.4, 0.3, label="bend a")


def square(count):
    """Both coordinates of a square grid."""
    return np.meshgrid(*[np.linspace(-2, 2, count)] * 2)


def draw_lines(ax, *, w):
    """Lines with markers, a changing title and a changing legend."""
    ax.plot(X, X**2 / (w + X**2), color=BLUE, label=f"w = {w:.1f}", gid="lossbook:curve")
    ax.plot([-w, 0, w], [0.5, 0, 0.5], "o--", color=RED, label="three points")
    ax.set(xlim=(-4, 4), ylim=(-0.1, 1.2), xlabel="x", ylabel="y", title=f"Width {w:.1f}")
    ax.legend(loc="upper right")
    return f"At w = {w:.1f} units of x, the curve reaches {4**2 / (w + 4**2):.2f} at the edge."


def draw_bars(ax, *, w):
    """Hatched bars with numbers on them."""
    heights = np.exp(np.array([1.0, 0.5, 0.0, -1.0]) / w)
    heights /= heights.sum()
    ax.bar_label(ax.bar(list("abcd"), heights, hatch="/"), fmt="%.2f")
    ax.set_ylim(0, 1.1)
    return f"The tallest bar is {heights[0]:.2f}."


def draw_fills(ax, *, w):
    """Areas that change their shape, and a second scale."""
    one, other = np.exp(-((X - w) ** 2) / 2), np.exp(-(X**2) / 2)
    ax.twinx().plot(X, 1000 * np.tanh(w * X), color=RED)
    ax.fill_between(X, one, other, where=one > other, alpha=0.4)
    ax.fill_between(X, one, other, where=one < other, alpha=0.4)
    ax.set(xlim=(-4, 4), ylim=(0, 1.2))
    return f"The peaks are {w:.1f} apart."


def draw_contours(ax, *, a):
    """Contours whose number of pieces changes."""
    x, y = square(40)
    ax.contour(x, y, x**2 + a * y**2 + np.sin(3 * x * a), 8)
    return f"Bend {a:.1f}."


def draw_picture(ax, *, w):
    """A picture of 64 × 64 pixels."""
    x, y = square(64)
    ax.imshow(np.sin(w * x) * np.cos(w * y), vmin=-1, vmax=1)
    ax.grid(False)
    return f"Frequency {w:.1f}."


def draw_arrows(ax, *, w):
    """A field of 15 × 15 arrows, one annotated."""
    x, y = square(15)
    ax.quiver(x, y, -x, -w * y, scale=60, color=INK)
    ax.annotate("here", (0, 0), (1, w / 2), arrowprops={"arrowstyle": "->"})
    return f"Pull {w:.1f}."


def draw_surface(ax, *, a):
    """A surface of 20 × 20 points and a wireframe under it."""
    x, y = square(20)
    ax.plot_surface(x, y, x**2 + a * y**2, cmap="viridis", rstride=1, cstride=1)
    ax.plot_wireframe(x, y, -a * y**2, rstride=5, cstride=5)
    ax.set_zlim(-4, 12)
    return f"Bend {a:.1f}."


def draw_layers(ax, *, n, kind, band):
    """Layers that come and go: a growing cloud, a line of one of two kinds, a band."""
    ax.scatter(X[:n], X[:n] ** 2, s=12, color=BLUE)
    line, dots = (ax.plot(X, 2 * X + 8, style, color=RED, label="layer")[0] for style in ("-", ":"))
    line.set_visible(kind == "solid")
    dots.set_visible(kind == "dotted")
    if band:
        ax.axvspan(-1, 1, color=GOLD, alpha=0.3)
    ax.set(xlim=(-4, 4), ylim=(0, 17), title=kind)
    return f"{n} points, a {kind} line, {'a' if band else 'no'} band."


def draw_panels(axes, *, w, shift):
    """Two panels and two sliders."""
    axes["left"].plot(X, np.sin(w * X + shift))
    axes["right"].plot(X, np.cos(w * X - shift), color=RED)
    for ax in axes.values():
        ax.set_ylim(-1.2, 1.2)
    return f"Frequency {w:.1f}, shift {shift:.1f} radians."


def draw_color_bar(ax, *, a, bar):
    """A heat map with a color bar that comes and goes."""
    x, y = square(12)
    mesh = ax.pcolormesh(x, y, x**2 + a * y**2, cmap=GRAYS, vmin=0, vmax=12)
    if bar:
        ax.figure.colorbar(mesh, ax=ax, label="height")
    return f"Bend {a:.1f}, {'a' if bar else 'no'} bar."


def draw_handles(ax, *, mark, x, y):
    """A point that two sliders move, a line through it and a dot beside it that one of them moves."""
    ax.axvline(x, color=MUTED, gid="lossbook:handle:x")
    ax.plot([x], [y], "s" if mark else "o", color=BLUE, markersize=9, gid="lossbook:handle:x+y")
    ax.plot([x + 0.4], [y], ".", color=RED, gid="lossbook:handle:y")
    ax.set(xlim=(0, 7), ylim=(0, 5))
    return f"The {'square' if mark else 'circle'} stands at ({x}, {y})."


def draw_loop(ax, *, t):
    """A point that runs along an eight, and comes by its middle twice."""
    around = np.linspace(0, 2 * np.pi, 33)
    ax.plot(np.sin(around), np.sin(2 * around), color=MUTED)
    ax.plot([np.sin(around[t])], [np.sin(2 * around[t])], "o", color=RED, gid="lossbook:handle:t")
    return f"At t = {t} of 32."


#: Layers of a figure: a curve each, of which the reader chooses.
POWERS = {"line": 1, "parabola": 2, "cubic & more": 3}


def draw_powers(axes, *, x):
    """Curves in two panels, of which some are chosen; one of them is not drawn where x is 4."""
    for color, (name, power) in zip((BLUE, RED, GOLD), POWERS.items(), strict=True):
        layer = {"color": color, "gid": f"lossbook:layer:{name}"}
        axes["top"].plot(X[80:], X[80:] ** power, **layer)
        axes["top"].text(4.1, power, name, **layer)
        if (x, name) != (4, "parabola"):
            axes["end"].plot([x], [x**power], "o", **layer)
    axes["top"].axvline(x, color=MUTED, gid="lossbook:handle:x")
    axes["top"].set(xlim=(0, 6), ylim=(0, 4))
    axes["end"].set(xlim=(0, 6), ylim=(0, 70))
    said = {name: f"The {name} is at {x**power}." for name, power in POWERS.items()}
    return {"": f"At x = {x}."} | said


def scene(w):
    """A color picture of 96 × 128 pixels, with an edge, a gradient and ripples of width `w`."""
    y, x = np.mgrid[0:96, 0:128].astype(np.float32)
    ripples = 0.5 + 0.5 * np.sin(x / (8 * w))
    return np.stack([np.where(x < y, 0.9, 0.2), ripples, y / 95], axis=2).astype(np.float32)


def draw_views(axes, *, w, shown):
    """Measured pictures: one that stays, and one that changes with one of two controls at a time."""
    axes["left"].imshow(scene(1.0), interpolation="bilinear")
    axes["right"].imshow(scene(w) if shown == "ripples" else scene(3.0), gid="lossbook:view")
    for ax in axes.values():
        ax.axis("off")
    axes["right"].set_title(shown)
    return f"The right picture shows {shown}, w = {w:.1f}."


def alt_views(w, shown):
    """Say what both pictures show."""
    return f"An edge twice; the right one has {shown}, w = {w:.1f}."


def draw_photo(ax):
    """A measured picture that does not move, high enough to leave no room beneath it."""
    ax.imshow(np.concatenate([scene(0.5)] * 4))
    ax.axis("off")


def draw_still(ax):
    """A figure that does not move."""
    ax.plot(X, np.abs(X), color=BLUE)
    ax.set_title(r"A formula: $\frac{1}{2}x^2$ & <letters>")


LAYERS = {"n": Slider(5, 50, 15, label="points", value=20), "kind": Choice(["solid", "dotted"], label="line")}
RADIANS = Slider(0.0, 2.4, 0.8, label="shift", unit="radians")
ACROSS, UP = Slider(1, 6, 1, label="x", value=2), Slider(1, 4, 1, label="y", value=3)
VIEWS = {"w": WIDTH, "shown": Choice(["ripples", "waves"], label="right picture")}
VIEWS |= {"axes": [["left", "right"]], "size": (6.4, 3.0), "measured": True}
CHOSEN = {
    "first": Layers(POWERS, label="curve", value="parabola"),
    "second": Layers(POWERS, label="and", optional=True),
}
FIGURES = {
    draw_lines: ({"w": WIDTH}, 4),
    draw_bars: ({"w": WIDTH}, 1.4),
    draw_fills: ({"w": WIDTH}, 8),
    draw_contours: ({"a": BEND}, 12.5),
    draw_picture: ({"w": WIDTH}, 10.5),
    draw_arrows: ({"w": WIDTH}, 24.5),
    draw_surface: ({"a": BEND, "projection": "3d"}, 40),
    draw_layers: (LAYERS | {"band": Check(label="show the band")}, 3.2),
    draw_panels: ({"w": WIDTH, "shift": RADIANS, "axes": [["left", "right"]]}, 12.8),
    draw_color_bar: ({"a": BEND, "bar": Check(label="show the color bar")}, 10.8),
    draw_handles: ({"mark": Check(label="a square"), "x": ACROSS, "y": UP}, 3),
    draw_loop: ({"t": Slider(0, 32, 1, label="t", value=10)}, 3),
    draw_powers: (CHOSEN | {"x": Slider(1, 4, 1, label="x"), "axes": [["top", "end"]]}, 4),
    draw_views: (VIEWS, 25),
    draw_still: ({}, 2.5),
}
