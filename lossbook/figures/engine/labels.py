"""Names where they belong: beside the lines, or in a row above the picture, never over a curve."""

from lossbook.figures.engine.layers import GID


def name_ends(ax, x, lines, *, gap, layers=False, ha="left"):
    """Write each line's name beside its end, to the right of it unless `ha` says otherwise.

    Parameters
    ----------
    ax : Axes
    x : float
        Where the names begin, in data; the lines end just before it.
    lines : list of (float, str, color)
        Height of each line's end, its name and its color.
    gap : float
        Least distance between two names, in data: those that would be nearer are pushed apart evenly.
    layers : bool
        Whether each name is shown and hidden with the layer that is called so.
    """
    groups = []
    for end in sorted(lines, key=lambda line: round(line[0], 6)):  # lines that coincide keep their order
        groups.append([end])
        while len(groups) > 1 and _lowest(groups[-1], gap) < _lowest(groups[-2], gap) + gap * len(groups[-2]):
            groups[-2:] = [groups[-2] + groups[-1]]
    placed = [
        (line, _lowest(group, gap) + gap * place) for group in groups for place, line in enumerate(group)
    ]
    if layers:  # in one order at all positions, so that each name moves instead of being switched
        placed.sort(key=lambda one: lines.index(one[0]))
    for (_, name, color), height in placed:
        gid = GID + name if layers else None
        ax.text(x, height, name, color=color, ha=ha, va="center", gid=gid)


def _lowest(group, gap):
    """Height of the lowest name of a group that stands evenly about the mean of its lines' ends."""
    return sum(height for height, *_ in group) / len(group) - gap * (len(group) - 1) / 2


def name_row(ax, columns=4, **options):
    """Put the legend in a row above the axes."""
    box = {"loc": "lower left", "bbox_to_anchor": (-0.02, 0.99), "frameon": False, "borderaxespad": 0}
    gaps = {"columnspacing": 1.1, "handlelength": 2.6, "handletextpad": 0.5}
    ax.legend(ncols=columns, **box, **gaps | options)
