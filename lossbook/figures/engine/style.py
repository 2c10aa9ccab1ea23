"""Colors and matplotlib settings that all figures share.

Colors come from one list. In the SVG each of them becomes a CSS variable, so a figure follows the page into
dark mode; colors that are not in the list (color maps) stay as they are.
"""

from contextlib import contextmanager

#: name: (light mode, dark mode). No two are equal, and none is a pure white or black as color maps have.
PALETTE = {
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
INK, MUTED, GRID, PAPER, *CYCLE = (light for light, _ in PALETTE.values())
#: The order in which matplotlib takes colors when none is named (C0, C1, …).
BLUE, RED, GREEN, PURPLE, GOLD, TEAL, PINK = CYCLE

#: What a reader can take hold of is gold, in light and in dark mode: a dot, or a line.
HANDLE_GOLD = "#f2b632"
DOT = {"color": HANDLE_GOLD, "markeredgecolor": INK, "markersize": 10, "zorder": 4}

CSS_VARIABLE = {light: f"var(--lossbook-{name})" for name, (light, _) in PALETTE.items()}
#: Pure black means ink: it is what matplotlib paints where nobody chose a color.
CSS_VARIABLE["#000000"] = CSS_VARIABLE[INK]


#: How much of a fill's color each shade has; the rest is paper, light or dark as the page is.
SHADES = (1.0, 0.5, 0.15)


def shaded(color, shade):
    """Return how bars look that stand beside others: full (shade 0), half (1) or pale (2), with a full edge.

    Colors of the palette are nearly equally dark, so that all of them can be read; in gray only the shade
    tells them apart. Give neighbors different ones: ``ax.bar(x, height, **shaded(GOLD, 1))``.
    """
    return {"facecolor": (color, SHADES[shade]), "edgecolor": color, "linewidth": 1.0}


def true_minus(text):
    """Return a text with true minus signs for hyphens, as matplotlib writes them on its axes."""
    return text.replace("-", "−")


def css_variables():
    """Return the palette as CSS: light by default, dark where the theme says so."""
    blocks = []
    for mode, selector in enumerate([":root", 'html[data-theme="dark"]']):
        lines = "".join(f"--lossbook-{name}:{colors[mode]};" for name, colors in PALETTE.items())
        blocks.append(f"{selector}{{{lines}}}\n")
    return "".join(blocks)


@contextmanager
def applied():
    """Draw with the book's settings and no others: a reader's own matplotlibrc must not change a figure."""
    import matplotlib

    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(settings())
        yield


def settings():
    """Return matplotlib's settings (rc) for every figure of the book.

    Text stays text (`svg.fonttype`), ids are the same in every run (`svg.hashsalt`), and formulas use the
    font that the page serves (`mathtext.fontset`), so what matplotlib measures is what the browser draws.
    """
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
        **dict.fromkeys(("xtick.labelsize", "ytick.labelsize", "legend.fontsize"), 11.5),
        **dict.fromkeys(("figure.facecolor", "axes.facecolor", "savefig.facecolor"), "none"),
        **{f"axes3d.{axis}axis.panecolor": "none" for axis in "xyz"},
        "axes.prop_cycle": f"cycler(color={CYCLE})",
        **dict.fromkeys(("axes.spines.top", "axes.spines.right"), False),
        **dict.fromkeys(("axes.grid", "axes.axisbelow"), True),
        "grid.color": GRID,
        "grid.linewidth": 0.8,
        "lines.linewidth": 2.0,
        **dict.fromkeys(("text.color", "axes.labelcolor", "axes.titlecolor"), INK),
        **dict.fromkeys(("xtick.labelcolor", "ytick.labelcolor", "patch.edgecolor", "hatch.color"), INK),
        **dict.fromkeys(("axes.edgecolor", "xtick.color", "ytick.color"), MUTED),
        "legend.facecolor": PAPER,
        "legend.edgecolor": GRID,
        "legend.framealpha": 0.85,
        "image.cmap": "viridis",
        "image.interpolation": "none",
    }
