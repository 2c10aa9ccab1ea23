"""A figure as the output of a notebook cell.

One cell, one display: the bundle holds the moving figure for the site (a custom mime) and a PNG still for
every other reader. In a live session the widget is displayed before it. Frames take tens of milliseconds
each: all are built where the environment variable ``LOSSBOOK_FRAMES`` is ``1``, by ``make outputs`` and by
the tests; a live session builds that of the first position.

A `draw` that is no named function or does not take exactly the figure's parameters is a TypeError; words that
are missing, no parameter at all, or too large a grid a ValueError; and whatever goes wrong while drawing is a
RuntimeError that names the position.
"""

import base64
import gc
import inspect
import itertools
import os
import random
from contextlib import contextmanager, suppress
from functools import partial

from lossbook.figures.engine import FIGURE_MIME, PAYLOAD_VERSION, pictures
from lossbook.figures.engine.canvas import Canvas
from lossbook.figures.engine.frames import merge
from lossbook.figures.engine.handles import handles
from lossbook.figures.engine.layers import hide, joined, layers
from lossbook.figures.engine.live import live_outputs
from lossbook.figures.engine.parameters import Grid, Parameter, alternative, describe

FRAMES_VARIABLE = "LOSSBOOK_FRAMES"
MAX_CHECKED = 40


def explore(draw, *, caption, alt, axes=None, projection=None, size=(6.4, 4.0), measured=False, **parameters):
    """Display a figure that the reader moves.

    Parameters
    ----------
    draw : callable
        ``draw(ax, *, name, …)`` paints one position with ordinary matplotlib and returns a sentence that
        reads the result aloud, with units. It must be pure: equal arguments, equal picture. An artist with
        the gid ``lossbook:handle:name`` or ``lossbook:handle:one+other`` can be dragged on the site. A
        `functools.partial` binds data that do not move. What can be shown and hidden, `Layers`, is marked by
        the gid ``lossbook:layer:NAME`` and drawn in any case.
    caption : str
        What to look for; stands under the picture.
    alt : str or callable
        What the picture shows, for those who do not see it; where each position needs words of its own, a
        function of the parameters that returns them.
    axes : str or nested list, optional
        A mosaic of axes (`matplotlib.figure.Figure.subplot_mosaic`); `draw` then receives a dict of axes.
    projection : str or mapping, optional
        Projection of the axes, such as ``"3d"``; with a mosaic also a mapping from axes name to projection.
    size : pair of float
        Width and height in inches; an inch is 72 px of the SVG.
    measured : bool
        True where the picture shows measured float32 results. Its frames are then kept where the tests of
        notebooks do not compare them; grid, labels, texts and readouts still are compared. What `imshow`
        draws becomes a file beside the page, at its own resolution.
    **parameters : Slider, Choice, Check or Layers
        One to three, named as `draw` names them, spanning at most 600 positions, and up to three `Layers`, of
        which `draw` is told nothing.
    """
    own = {"caption": caption, "alt": alt, "axes": axes, "projection": projection}
    own |= {"size": size, "measured": measured}
    for name, value in own.items():
        if isinstance(value, Parameter):
            raise TypeError(f"explore: a parameter cannot be named {name!r}, which is its own argument")
    if not parameters:
        need = "required one to three parameters; got none (show() displays a static figure)"
        raise ValueError(f"explore: {need}")
    _display(draw, parameters, **own)


def show(draw, *, caption, alt, axes=None, projection=None, size=(6.4, 4.0), measured=False):
    """Display a figure that stands still, by the same path as `explore`: same style, dark mode, alt text.

    Parameters and errors are those of `explore`; `draw` takes the axes and nothing else.
    """
    _display(draw, {}, caption, alt, axes, projection, size, measured)


def _display(draw, parameters, caption, alt, axes, projection, size, measured):
    canvas = Canvas(draw, axes=axes, projection=projection, size=size, measured=measured)
    grid = Grid(parameters)
    _match(canvas, grid.parameters)
    present(canvas, grid, caption=caption, alt=alt)


def present(canvas, grid, *, caption, alt):
    """Display a figure: with all of its frames, or live."""
    from IPython.display import display

    if not isinstance(caption, str) or not caption.strip():
        raise ValueError(f"caption must be a non-empty string; got {caption!r}")
    words = {"caption": caption, "alt": alt}
    whole = os.environ.get(FRAMES_VARIABLE) == "1"
    for data, metadata in [bundle(canvas, grid, **words)] if whole else live_bundles(canvas, grid, **words):
        display(data, metadata=metadata, raw=True)


def _match(canvas, parameters):
    """Refuse a `draw` whose keyword arguments are not exactly the figure's parameters."""
    bound = canvas.draw.keywords if isinstance(canvas.draw, partial) else {}
    signature = inspect.signature(canvas.draw).parameters.values()
    accepted = [p.name for p in signature if p.kind is p.KEYWORD_ONLY and p.name not in bound]
    if set(accepted) != set(parameters):
        raise TypeError(
            f"{canvas.function} must take exactly the figure's parameters as keyword-only arguments: "
            f"required {sorted(parameters)}; got {sorted(accepted)}"
        )


def live_bundles(canvas, grid, *, caption, alt):
    """Return the mime bundles of a live session, each with its metadata: the still, before it the widget.

    The figure's own mime holds the first position alone, so that a notebook saved here makes a page on which
    the figure stands still. What matplotlib shows and a page cannot is shown all the same, without that mime.
    """
    picture, readout = canvas.png(grid.first, grid.shown)
    data, metadata = _still(canvas, picture, alternative(alt, grid.first))
    with suppress(RuntimeError):
        words, moving = _first_position(canvas, grid, caption, alt)
        data, metadata = _with_figure(canvas, data, metadata, words, moving)
    if not grid.moves:
        return [(data, metadata)]
    view, html = live_outputs(canvas, grid, caption=caption, alt=alt, picture=picture, readout=readout)
    still = (data | {"text/html": html}, metadata)
    return [still] if view is None else [(view, {}), still]


def _first_position(canvas, grid, caption, alt):
    """Words and picture of a figure that stands still at its start; it says so if it could move."""
    frame = canvas.frame(grid.first, check=False)
    hide(frame, grid.shown)
    readout = joined(frame.readout, grid.shown)
    words = _title(canvas, caption, alternative(alt, grid.first))
    words |= {"parameters": [], "readouts": [] if readout is None else [readout]}
    mark = {"start_only": True} if grid.moves else {}
    return words | mark, merge([frame], name=canvas.name)


def bundle(canvas, grid, *, caption, alt):
    """Return the mime bundle with all positions of a figure, and its metadata.

    The metadata hold the PNG's alternative text, and for a measured figure what moves in the picture.
    """
    # The position shown first also sets the layout of all.
    picture, _ = canvas.png(grid.first, grid.shown)
    alts = [alternative(alt, values) for values in grid]
    frames = _frames(canvas, grid)
    words = _title(canvas, caption, alts[grid.start]) | ({"alts": alts} if callable(alt) else {})
    words["parameters"] = [_words(name, one) for name, one in grid.parameters.items()]
    words["readouts"] = _readouts(canvas, grid, frames)
    if grid.layers:
        words["layers"] = layers(frames, grid)
    moving = merge(frames, name=canvas.name, start=grid.start, row=(1, *grid.shape)[-1])
    if held := handles(frames, grid):
        moving["handles"] = held
    return _with_figure(canvas, *_still(canvas, picture, alts[grid.start]), words, moving)


def _title(canvas, caption, alt):
    return {"version": PAYLOAD_VERSION, "name": canvas.name, "alt": alt, "caption": caption}


def _with_figure(canvas, data, metadata, words, moving):
    """Add the figure to a bundle and its metadata; these are not compared, and hold what is measured."""
    if canvas.pictures is None:
        return data | {FIGURE_MIME: words | moving}, metadata
    return data | {FIGURE_MIME: words}, metadata | {FIGURE_MIME: moving | pictures.stored(canvas.pictures)}


def _frames(canvas, grid):
    """All positions of a figure, drawn."""
    checked, frames = positions_checked(grid), []
    with _rare_collection() as collect:
        for number, values in enumerate(grid):
            frames.append(canvas.frame(values, check=number in checked))
            if number % 50 == 49:
                collect()
    return frames


@contextmanager
def _rare_collection():
    """Collect garbage when told to: figures are full of cycles, and Python would look through them often."""

    def collect():
        gc.collect()
        gc.freeze()  # what is left stays: there is no need to look at it again

    enabled = gc.isenabled()
    gc.disable()
    gc.freeze()
    try:
        yield collect
    finally:
        gc.unfreeze()
        if enabled:
            gc.enable()


def _still(canvas, picture, alt):
    """What every reader gets, and its metadata."""
    encoded = base64.b64encode(picture).decode()
    data = {"image/png": encoded, "text/plain": f"Figure {canvas.name}: {alt}"}
    return data, {"image/png": {"alt": alt}}


def positions_checked(grid):
    """Return where to look whether anything sticks out: the corners (longest labels) and a sample."""
    ends = [(p.values[0], p.values[-1]) for p in grid.parameters.values()]
    corners = set(itertools.product(*ends))
    sample = random.Random(0).sample(range(len(grid)), min(len(grid), MAX_CHECKED))
    return {n for n, values in enumerate(grid) if tuple(values.values()) in corners}.union(sample)


def _words(name, parameter):
    return {
        "name": name,
        "kind": type(parameter).__name__.lower(),
        "label": parameter.label,
        "unit": parameter.unit,
        "texts": [parameter.text(value) for value in parameter.values],
        "start": parameter.start,
    }


def _readouts(canvas, grid, frames):
    """The sentences of all positions, whatever layers are seen; an empty list where no position has one."""
    said = [joined(frame.readout, ()) for frame in frames]
    silent = [values for values, readout in zip(grid, said, strict=True) if readout is None]
    if 0 < len(silent) < len(frames):
        raise RuntimeError(
            f"{canvas.function} must return a readout sentence at every position or at none; "
            f"got None at {describe(silent[0])}"
        )
    return [] if silent else said
