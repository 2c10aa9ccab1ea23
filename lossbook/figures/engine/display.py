"""A figure as the output of a notebook cell.

One cell, one display: the bundle holds the moving figure for the site (a custom mime), a PNG still for every
other reader, and in a live session the widget. Frames cost 50 to 100 ms each, so they are built only where
the environment variable ``LOSSBOOK_FRAMES`` is ``1``: by ``make outputs`` and by the tests.
"""

from __future__ import annotations

import base64
import inspect
import itertools
import math
import os
import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from .frames import merge
from .parameters import Check, Choice, Grid, Parameter, Slider
from .svg import Canvas

MIME = "application/vnd.lossbook.figure+json"
FRAMES_VARIABLE = "LOSSBOOK_FRAMES"
MOST_CHECKED = 40


def explore(
    draw: Callable[..., str | None],
    *,
    caption: str,
    alt: str,
    axes: Any = None,
    projection: Any = None,
    size: tuple[float, float] = (6.4, 4.0),
    measured: bool = False,
    **parameters: Parameter,
) -> None:
    """Display a figure that the reader moves.

    Parameters
    ----------
    draw : callable
        ``draw(ax, *, name, …)`` paints one position with ordinary matplotlib and returns a sentence that
        reads the result aloud, with units. It must be pure: equal arguments, equal picture. A
        `functools.partial` binds data that do not move.
    caption : str
        What to look for; stands under the picture.
    alt : str
        What the picture shows, for those who do not see it.
    axes : str or nested list, optional
        A mosaic of axes (`matplotlib.figure.Figure.subplot_mosaic`); `draw` then receives a dict of axes.
    projection : str or mapping, optional
        Projection of the axes, such as ``"3d"``; with a mosaic also a mapping from axes name to projection.
    size : pair of float
        Width and height in inches; an inch is 72 px of the SVG.
    measured : bool
        True where the picture shows measured float32 results. Its frames are then kept where the tests of
        notebooks do not compare them; grid, labels, texts and readouts still are compared.
    **parameters : Slider, Choice or Check
        One to three, named as `draw` names them, spanning at most 600 positions.

    Raises
    ------
    TypeError
        If `draw` is not a named function, its keyword arguments differ from `parameters`, or a parameter
        bears the name of one of this function's own arguments.
    ValueError
        If `caption` or `alt` is empty, there is no parameter, or the grid is too large.
    RuntimeError
        If `draw` raises at any position; the message names the position.
    """
    own = {"caption": caption, "alt": alt, "axes": axes, "projection": projection}
    own |= {"size": size, "measured": measured}
    for name, value in own.items():
        if isinstance(value, (Slider, Choice, Check)):
            raise TypeError(f"explore: a parameter cannot be named {name!r}, which is its own argument")
    if not parameters:
        raise ValueError(
            "explore: required one to three parameters; got none (show() displays a static figure)"
        )
    _display(draw, parameters, caption, alt, axes, projection, size, measured)


def show(
    draw: Callable[..., str | None],
    *,
    caption: str,
    alt: str,
    axes: Any = None,
    projection: Any = None,
    size: tuple[float, float] = (6.4, 4.0),
    measured: bool = False,
) -> None:
    """Display a figure that stands still, by the same path as `explore`: same style, dark mode, alt text.

    Parameters and errors are those of `explore`; `draw` takes the axes and nothing else.
    """
    _display(draw, {}, caption, alt, axes, projection, size, measured)


def function_name(draw: Callable[..., Any]) -> str:
    """The name of a draw function, or of the function inside a `functools.partial` that binds data to it."""
    name = getattr(draw.func if isinstance(draw, partial) else draw, "__name__", "")
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name):
        raise TypeError(f"draw must be a function with a name of its own (lower case); got {name or draw!r}")
    return name


def figure_name(draw: Callable[..., Any]) -> str:
    """The figure's name on the page: ``draw_huber_losses`` is ``huber-losses``."""
    return function_name(draw).removeprefix("draw_").replace("_", "-")


def _display(draw, parameters, caption, alt, axes, projection, size, measured) -> None:
    from IPython.display import display

    for name, text in (("caption", caption), ("alt", alt)):
        if not isinstance(text, str) or not text.strip():
            raise ValueError(f"{name} must be a non-empty string; got {text!r}")
    figure_name(draw)
    _match(draw, parameters)
    grid = Grid(parameters)
    canvas = Canvas(draw, axes=axes, projection=projection, size=size)
    if os.environ.get(FRAMES_VARIABLE) == "1":
        data, metadata = bundle(canvas, grid, caption=caption, alt=alt, measured=measured)
    else:
        from .live import live_bundle

        data, metadata = live_bundle(canvas, grid, caption=caption, alt=alt)
    display(data, metadata=metadata, raw=True)


def _match(draw: Callable[..., Any], parameters: Mapping[str, Parameter]) -> None:
    """Refuse a `draw` whose keyword arguments are not exactly the figure's parameters."""
    bound = draw.keywords if isinstance(draw, partial) else {}
    signature = inspect.signature(draw).parameters.values()
    accepted = [p.name for p in signature if p.kind is p.KEYWORD_ONLY and p.name not in bound]
    if set(accepted) != set(parameters):
        raise TypeError(
            f"{function_name(draw)} must take exactly the figure's parameters as keyword-only arguments: "
            f"required {sorted(parameters)}; got {sorted(accepted)}"
        )


def still(canvas: Canvas, grid: Grid, position: int | None = None) -> tuple[bytes, str | None]:
    """PNG bytes and readout sentence of one position, the first one shown by default."""
    number = grid.start if position is None else position
    values = list(grid)[number]
    return _named(canvas, grid, values, canvas.png)


def _named(
    canvas: Canvas, grid: Grid, values: Mapping[str, Any], paint: Callable[[Mapping[str, Any]], Any]
) -> Any:
    try:
        return paint(values)
    except Exception as error:
        raise RuntimeError(
            f"{function_name(canvas.draw)} raised {type(error).__name__} at {grid.describe(values)}: {error}"
        ) from error


def _looked_at(grid: Grid) -> set[int]:
    """The positions at which to look whether anything sticks out, which takes as long as drawing.

    All of a small grid. Of a large one the corners, where labels are longest, and every so many positions,
    in a stride that shares no factor with a row, so that each slider is met at different places.
    """
    stride = -(-len(grid) // MOST_CHECKED)
    while stride > 1 and any(math.gcd(stride, length) > 1 for length in grid.shape):
        stride += 1
    corners = itertools.product(*({0, length - 1} for length in grid.shape))
    found = set(range(0, len(grid), stride))
    for corner in corners:
        number = 0
        for index, length in zip(corner, grid.shape, strict=True):
            number = number * length + index
        found.add(number)
    return found


def bundle(
    canvas: Canvas, grid: Grid, *, caption: str, alt: str, measured: bool = False
) -> tuple[dict[str, Any], dict[str, Any]]:
    """All positions of a figure as mime bundle and metadata.

    Returns
    -------
    data : dict
        The custom mime (see `payload`), ``image/png`` and ``text/plain``.
    metadata : dict
        The PNG's alternative text; for a measured figure also what moves in the picture.

    Raises
    ------
    RuntimeError
        If a position cannot be drawn; the message names it.
    """
    name = figure_name(canvas.draw)
    # The position shown first also sets the layout of all.
    picture, _ = still(canvas, grid)
    looked_at = _looked_at(grid)
    frames = [
        _named(canvas, grid, values, partial(canvas.frame, check=number in looked_at))
        for number, values in enumerate(grid)
    ]
    readouts = [frame.readout for frame in frames]
    if len({readout is None for readout in readouts}) > 1:
        silent = next(values for values, readout in zip(grid, readouts, strict=True) if readout is None)
        raise RuntimeError(
            f"{function_name(canvas.draw)} must return a readout sentence at every position or at none; "
            f"got None at {grid.describe(silent)}"
        )
    row = grid.shape[-1] if grid.shape else 1
    svg, channels, table, coding = merge(frames, name=name, start=grid.start, row=row)
    words = {
        "version": 1,
        "name": name,
        "alt": alt,
        "caption": caption,
        "parameters": [
            {
                "name": key,
                "kind": type(parameter).__name__.lower(),
                "label": parameter.label,
                "unit": getattr(parameter, "unit", ""),
                "texts": [parameter.text(value) for value in parameter.values],
                "start": parameter.start,
            }
            for key, parameter in grid.parameters.items()
        ],
        "readouts": [] if readouts[0] is None else readouts,
    }
    moving = {"svg": svg, "channels": channels, "table": table, "order": coding.order}
    data = {
        MIME: words if measured else words | moving,
        "image/png": base64.b64encode(picture).decode(),
        "text/plain": f"Figure {name}: {alt}",
    }
    metadata: dict[str, Any] = {"image/png": {"alt": alt}}
    if measured:
        metadata[MIME] = moving
    return data, metadata
