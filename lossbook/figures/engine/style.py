"""Colors and matplotlib settings that all figures share.

Colors come from one list. In the SVG each of them becomes a CSS variable, so a figure follows the page into
dark mode; colors that are not in the list (color maps) stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

#: name: (light mode, dark mode). No two are equal, and none is a pure white or black that a color map might
#: hit.
PALETTE: dict[str, tuple[str, str]] = {
    "ink": ("#1c2126", "#e7e5df"),
    "muted": ("#4b535d", "#b2bac4"),
    "grid": ("#dbdfe4", "#3a414a"),
    "paper": ("#fffffe", "#14181e"),
    "blue": ("#1f68ad", "#76b7f2"),
    "red": ("#c5402a", "#ff917a"),
    "green": ("#2b7a45", "#7dd199"),
    "purple": ("#77489f", "#c9a6ef"),
    "gold": ("#946200", "#e6bb57"),
    "teal": ("#0d777d", "#5dcdd2"),
    "pink": ("#b23a79", "#f49ac6"),
}

INK = PALETTE["ink"][0]
MUTED = PALETTE["muted"][0]
GRID = PALETTE["grid"][0]
PAPER = PALETTE["paper"][0]
BLUE = PALETTE["blue"][0]
RED = PALETTE["red"][0]
GREEN = PALETTE["green"][0]
PURPLE = PALETTE["purple"][0]
GOLD = PALETTE["gold"][0]
TEAL = PALETTE["teal"][0]
PINK = PALETTE["pink"][0]

#: The order in which matplotlib takes colors when none is named (C0, C1, …).
CYCLE = (BLUE, RED, GREEN, PURPLE, GOLD, TEAL, PINK)

#: Pure black means ink: it is what matplotlib paints where nobody chose a color.
CSS_VARIABLE = {light: f"var(--lossbook-{name})" for name, (light, _) in PALETTE.items()}
CSS_VARIABLE["#000000"] = CSS_VARIABLE[INK]


def true_minus(text: str) -> str:
    """A text with true minus signs for hyphens, as matplotlib writes them on its axes."""
    return text.replace("-", "−")


def css_variables() -> str:
    """The palette as CSS: light by default, dark where the theme says so."""

    def block(selector: str, mode: int) -> str:
        lines = "".join(f"--lossbook-{name}:{colors[mode]};" for name, colors in PALETTE.items())
        return f"{selector}{{{lines}}}\n"

    return block(":root", 0) + block('html[data-theme="dark"]', 1)


@contextmanager
def applied() -> Iterator[None]:
    """Draw with the book's settings and no others: a reader's own matplotlibrc must not change a figure."""
    import matplotlib

    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(settings())
        yield


def settings() -> dict[str, object]:
    """Settings (rc) of matplotlib for every figure of the book.

    Text stays text (`svg.fonttype`), ids are the same in every run (`svg.hashsalt`), and formulas use the
    font that the page serves (`mathtext.fontset`), so what matplotlib measures is what the browser draws.
    """
    from cycler import cycler

    return {
        "svg.fonttype": "none",
        "svg.hashsalt": "lossbook",
        # Vertices stay the same ones in every position, so that only their movement is stored.
        "path.simplify": False,
        "font.family": "DejaVu Sans",
        "mathtext.fontset": "dejavusans",
        "font.size": 12,
        "axes.titlesize": 13,
        "axes.labelsize": 12,
        "xtick.labelsize": 11.5,
        "ytick.labelsize": 11.5,
        "legend.fontsize": 11.5,
        "figure.facecolor": "none",
        "axes.facecolor": "none",
        "savefig.facecolor": "none",
        "axes.prop_cycle": cycler(color=CYCLE),
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "axes.axisbelow": True,
        "grid.color": GRID,
        "grid.linewidth": 0.8,
        "lines.linewidth": 2.0,
        "lines.markersize": 6,
        "text.color": INK,
        "axes.labelcolor": INK,
        "axes.titlecolor": INK,
        "axes.edgecolor": MUTED,
        "xtick.color": MUTED,
        "ytick.color": MUTED,
        "xtick.labelcolor": INK,
        "ytick.labelcolor": INK,
        "patch.edgecolor": INK,
        "hatch.color": INK,
        "legend.frameon": True,
        "legend.facecolor": PAPER,
        "legend.edgecolor": GRID,
        "legend.framealpha": 0.85,
        "axes3d.xaxis.panecolor": "none",
        "axes3d.yaxis.panecolor": "none",
        "axes3d.zaxis.panecolor": "none",
        "image.cmap": "viridis",
        "image.interpolation": "none",
        "axes.unicode_minus": True,
    }
