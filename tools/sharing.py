"""Draw the picture that is shown where a link to the book is shared.

    python tools/sharing.py

writes ``lossbook/site/static/sharing.png``, 1200 × 630 pixels: the book's name, and the opening figure of its
first page. Run it again when either changes; it needs matplotlib.
"""

import io
from pathlib import Path

import matplotlib
import numpy as np
from PIL import Image

from lossbook.figures import huber
from lossbook.figures.engine import style
from lossbook.optimizers import robust_regression

PATH = Path(__file__).parents[1] / "lossbook/site/static/sharing.png"
SIZE, DPI = (1200, 630), 100
GROUND, TEXT, QUIET = "#0b3f44", "#ffffff", "#b9dadb"


#: How high the gold point lies, in the units of the figure.
HEIGHT = 20.0


def panel(ax):
    """Draw the points, of which the last one is wild, and the two lines that fit them best."""
    x, y = huber.LINE_X, np.append(huber.LINE_Y[:-1], HEIGHT)
    ends = np.array([0.2, 11.5])
    squares, hubers = {"loss": "squared_error"}, {"delta": 1.0, "scale": 1.0}
    lines = (squares, "#ff917a", "--", "squared error"), (hubers, "#76b7f2", "-", "Huber")
    for options, color, dash, name in lines:
        first, slope = robust_regression(x, y, **options).coefficients
        ax.plot(ends, first + slope * ends, color=color, linestyle=dash, linewidth=5)
        ax.text(ends[1] + 0.15, first + slope * ends[1], name, color=color, fontsize=21, va="center")
    ax.plot(x[:-1], y[:-1], "o", color=TEXT, markersize=12)
    ax.plot(x[-1:], y[-1:], "o", color="#ffc857", markeredgecolor=TEXT, markeredgewidth=3, markersize=22)
    ax.set(xlim=(0, 14), ylim=(-2, 22), xticks=[], yticks=[])
    ax.spines[:].set_visible(False)


def draw():
    """Return the picture."""
    import matplotlib.pyplot as plt

    matplotlib.use("agg")
    with style.applied(), plt.rc_context({"font.size": 17, "axes.spines.left": False, "axes.grid": False}):
        figure = plt.figure(figsize=(SIZE[0] / DPI, SIZE[1] / DPI), dpi=DPI, facecolor=GROUND)
        figure.text(0.06, 0.78, "The Loss Book", fontsize=56, fontweight="bold", color=TEXT)
        lines = [
            "Fifteen questions about losses, each in full:",
            "what it is, why it has that form, when to use another.",
        ]
        for row, line in enumerate(lines):
            figure.text(0.06, 0.68 - 0.065 * row, line, fontsize=21, color=QUIET)
        panel(figure.add_axes((0.06, 0.07, 0.88, 0.47)))
        stream = io.BytesIO()
        figure.savefig(stream, facecolor=GROUND)
        plt.close(figure)
    return Image.open(stream).convert("RGB")


if __name__ == "__main__":
    picture = draw().quantize(64, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    picture.save(PATH, optimize=True)
    print(f"{PATH.name}: {picture.size[0]} × {picture.size[1]} pixels, {PATH.stat().st_size} bytes")
