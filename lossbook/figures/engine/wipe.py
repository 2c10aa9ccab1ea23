"""The wipe: two pictures of one shape on top of each other, and a line that is dragged across them.

On the site it is a figure like any other, whose positions differ in a width and in where the line stands; it
stores the two pictures, as a measured figure does, and nothing that grows with the number of positions but
whole numbers.
"""

import re
from functools import partial

import numpy as np

from lossbook.figures.engine import pictures, style
from lossbook.figures.engine.canvas import DPI, Canvas
from lossbook.figures.engine.display import present
from lossbook.figures.engine.handles import MARK
from lossbook.figures.engine.parameters import Grid, Slider
from lossbook.figures.engine.tree import Frame, Node, tenths

#: Height of the row with the labels, of their letters, and what is left beneath them, in pixels.
ROW, LETTERS, GAP = 22, 13, 7
#: The line: ink within paper, to be seen on any picture.
LINES = (("paper", 5), ("ink", 2))
_NAME = re.compile(r"wipe(-[a-z0-9]+)*")


def wipe(
    left,
    right,
    *,
    caption,
    alt,
    labels=("before", "after"),
    size=(6.4, 4.6),
    interpolation="none",
    name="wipe",
):
    """Display two pictures on top of each other, and a line to drag: left of it the one is seen.

    Parameters
    ----------
    left, right : array_like
        Pictures of one shape: (height, width), or (height, width, 3); numbers in [0, 1] or ``uint8``.
    caption, alt : str
        As in `explore`.
    labels : pair of str
        What the pictures are called.
    size : pair of float
        Width and height in inches that pictures and labels may take.
    interpolation : str
        How the pictures are magnified: "none" shows their pixels, all else is smooth.
    name : str
        The figure's name on the page, which begins with ``wipe``; the second on a page needs its own.
    """
    pair = [_pixels(picture, word) for picture, word in ((left, "left"), (right, "right"))]
    if pair[0].shape != pair[1].shape:
        raise ValueError(f"left and right must have one shape; got {pair[0].shape} and {pair[1].shape}")
    if not _NAME.fullmatch(name):
        raise ValueError(f"name must be 'wipe' or begin with 'wipe-'; got {name!r}")
    canvas = Wipe(*pair, labels=labels, size=size, interpolation=interpolation, name=name)
    slider = Slider(0, 100, 1, label=labels[0], unit="%", value=50)
    present(canvas, Grid({"share": slider}), caption=caption, alt=alt)


class Wipe(Canvas):
    """Draws positions of a wipe: a still by matplotlib, frames by itself."""

    def __init__(self, left, right, *, labels, size, interpolation, name):
        data = {"left": left, "right": right, "labels": labels, "interpolation": interpolation}
        super().__init__(partial(draw_wipe, **data), size=size, measured=True)
        self.name = name
        self.labels = labels
        self.look = "" if interpolation != "none" else "image-rendering:pixelated"
        self.names = [pictures.named(picture, self.pictures) for picture in (left, right)]
        self.view, self.box = _fitted(left.shape, size)

    def _new(self):
        from matplotlib.figure import Figure

        (wide, high), (x, y, width, height) = self.view, self.box
        figure = Figure(figsize=(wide / DPI, high / DPI))
        place = [x / wide, 1 - (y + height) / high, width / wide, height / high]
        return figure, figure.add_axes(place, frameon=False, xticks=[], yticks=[])

    def frame(self, values, *, check=True):
        """Return one position as a clean tree; nothing can stick out."""
        x, y, width, height = self.box
        at = values["share"] / 100 * width
        below = pictures.lazy(self.names[1], self.box, self.look)
        above = pictures.lazy(self.names[0], (x, y, at, height), self.look)
        # The element is narrower than its picture, and hides the rest.
        fixed = f"width:{tenths(width)}px;height:{tenths(height)}px"
        above.children[0].attributes["style"] = ";".join(filter(None, [fixed, self.look]))
        words = [_text(self.labels[0], x, "start"), _text(self.labels[1], x + width, "end")]
        path = f"M{tenths(x + at)} {tenths(y)}L{tenths(x + at)} {tenths(y + height)}"
        line = [Node("path", {"d": path, "style": _stroke(*look)}) for look in LINES]
        handle = Node("g", {"data-artist": f"{MARK}share"}, "", line)
        view = {"viewBox": f"0 0 {' '.join(map(tenths, self.view))}"}
        return Frame(Node("svg", view, "", [*words, below, above, handle]), {}, None)


def draw_wipe(ax, *, share, left, right, labels, interpolation):
    """Draw both pictures up to and from the line, for those who cannot move it."""
    edge = round(share / 100 * left.shape[1])
    seen = np.concatenate([left[:, :edge], right[:, edge:]], axis=1)
    ax.imshow(seen, interpolation=interpolation, aspect="auto")
    ax.grid(False)
    for color, width in LINES:
        ax.axvline(edge - 0.5, color=style.PALETTE[color][0], linewidth=width)
    above = {
        "xycoords": "axes fraction",
        "textcoords": "offset points",
        "xytext": (0, GAP),
        "fontsize": LETTERS,
    }
    for label, x, side in zip(labels, (0, 1), ("left", "right"), strict=True):
        ax.annotate(label, (x, 1), ha=side, **above)


def _pixels(picture, word):
    """A picture as ``uint8``, shape (height, width, 3)."""
    picture = np.asarray(picture)
    if picture.ndim == 2:
        picture = np.stack([picture] * 3, axis=2)
    if picture.ndim != 3 or picture.shape[2] != 3 or 0 in picture.shape:
        raise ValueError(f"{word} must have shape (height, width) or (height, width, 3); got {picture.shape}")
    if picture.dtype == np.uint8:
        return picture
    low, high = picture.min(), picture.max()
    if not 0 <= low <= high <= 1:
        raise ValueError(f"{word} must lie in [0, 1] or be uint8; got values from {low:g} to {high:g}")
    return np.round(255 * picture.astype(float)).astype(np.uint8)


def _fitted(shape, size):
    """The picture's width and height, and the box of the pixels in it under the row of labels."""
    wide, high = DPI * size[0], DPI * size[1] - ROW
    scale = min(wide / shape[1], high / shape[0])
    width, height = scale * shape[1], scale * shape[0]
    return (wide, ROW + height), ((wide - width) / 2, ROW, width, height)


def _text(words, x, anchor):
    look = f"font-size:{LETTERS}px;text-anchor:{anchor}"
    return Node("text", {"x": tenths(x), "y": tenths(ROW - GAP), "style": look}, words)


def _stroke(color, width):
    return f"stroke:var(--lossbook-{color});stroke-width:{width}"
