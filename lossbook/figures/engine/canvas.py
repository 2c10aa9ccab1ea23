"""One position of a figure, drawn by matplotlib with the layout that all positions share."""

import functools
import io
import pickle
import re
from collections.abc import Mapping
from contextlib import contextmanager
from functools import partial

from lossbook.figures.engine import pictures, style
from lossbook.figures.engine.layers import hide_artists, joined
from lossbook.figures.engine.parameters import describe
from lossbook.figures.engine.tree import clean

#: Pixels of the SVG in an inch: each is a point.
DPI = 72
#: As many ticks as most axes show. Those that a figure brings with it need not be made at each position.
TICKS = 8
_FUNCTION_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


class Canvas:
    """Draws positions of one figure, all with the layout of the first.

    Its arguments are those of `lossbook.figures.explore`. `function` is the name of `draw` (of the function
    inside a `functools.partial`), `name` the figure's on the page: ``draw_huber_fit`` is ``huber-fit``. Where
    the figure is measured, `pictures` collects those of its frames, name to WebP; else it is None.
    """

    def __init__(self, draw, *, axes=None, projection=None, size=(6.4, 4.0), measured=False):
        self.function = getattr(draw.func if isinstance(draw, partial) else draw, "__name__", "")
        if not _FUNCTION_NAME.fullmatch(self.function):
            came = repr(self.function or draw)
            raise TypeError(f"draw must be a function with a name of its own (lower case); got {came}")
        self.name = self.function.removeprefix("draw_").replace("_", "-")
        self.draw = draw
        self.axes = axes
        self.projection = projection
        self.size = tuple(size)
        self.pictures = {} if measured else None
        # A color bar that comes and goes changes the number of axes: each number has a layout of its own.
        self._positions = {}
        self._blank = None

    def figure(self, values, *, check=True):
        """Return a matplotlib figure with one position drawn on it, and the readout sentence.

        The first call lays the figure out; later calls with as many axes put each where the first one had
        it, so that nothing jumps while a slider moves. `check` looks whether anything then sticks out.
        """
        figure, target = self._empty()
        readout = self.draw(target, **values)
        said = readout.values() if isinstance(readout, Mapping) else [] if readout is None else [readout]
        if not all(isinstance(sentence, str) and sentence.strip() for sentence in said):
            need = "draw must return its readout sentence, one for each layer, or None"
            raise TypeError(f"{need}; got {readout!r}")
        count = len(figure.axes)
        if count not in self._positions:
            figure.draw_without_rendering()
            self._positions[count] = [ax.get_position(original=True) for ax in figure.axes]
        figure.set_layout_engine("none")
        for ax, position in zip(figure.axes, self._positions[count], strict=True):
            ax.set_position(position)
        _keep_ticks(figure)
        if check:
            _refuse_cropped(figure)
        return figure, readout

    def frame(self, values, *, check=True):
        """Return one position as a clean tree; `check` as in `figure`."""
        with self._drawing(values):
            figure, readout = self.figure(values, check=check)
            if self.pictures is None:
                frame = clean(_markup(figure), readout)
                pictures.shrink(frame)
            else:
                pictures.keep_resolution(figure)
                frame = clean(_markup(figure), readout)
                pictures.take(frame, self.pictures)
            return frame

    def png(self, values, shown=()):
        """Return one position with these layers as PNG bytes on white paper, and what is read aloud."""
        with self._drawing(values):
            figure, readout = self.figure(values)
            hide_artists(figure, shown)
            stream = io.BytesIO()
            figure.savefig(stream, format="png", dpi=120, facecolor=style.PAPER, metadata={"Software": None})
        still = stream.getvalue()
        return still if self.pictures is None else pictures.with_fewer_colors(still), joined(readout, shown)

    def _empty(self):
        """Return a figure without a drawing and what `draw` is given: a copy, which takes less time to make.

        The original lives as long as its copies are made: their transforms know each other by its parts' ids.
        """
        if self._blank is None:
            original = self._new()
            for ax in original[0].axes:
                if ax.name == "rectilinear":
                    ax.xaxis.get_major_ticks(TICKS)
                    ax.yaxis.get_major_ticks(TICKS)
            self._blank = original, pickle.dumps(original)
        return pickle.loads(self._blank[1])

    def _new(self):
        from matplotlib.figure import Figure

        figure = Figure(figsize=self.size, layout="constrained")
        if self.axes is None:
            return figure, figure.add_subplot(**_axes_options(self.projection))
        if self.projection is None or isinstance(self.projection, str):
            return figure, figure.subplot_mosaic(self.axes, subplot_kw=_axes_options(self.projection))
        options = {name: _axes_options(kind) for name, kind in self.projection.items()}
        return figure, figure.subplot_mosaic(self.axes, per_subplot_kw=options)

    @contextmanager
    def _drawing(self, values):
        """Draw with the book's settings; what goes wrong is a RuntimeError that names the position."""
        try:
            with style.applied():
                yield
        except Exception as error:
            what = f"{type(error).__name__} at {describe(values)}: {error}"
            raise RuntimeError(f"{self.function} raised {what}") from error


def _axes_options(projection):
    # Parallel projection in 3-D: equal heights look equal, and a point that rises moves straight up the page,
    # which halves what a moving surface weighs.
    return {"projection": projection} | ({"proj_type": "ortho"} if projection == "3d" else {})


def _keep_ticks(figure):
    """Let each axis work out its ticks once, not ten times over: what is drawn does not change any more."""
    for ax in figure.axes:
        if ax.name == "rectilinear" and ax.get_axes_locator() is None:
            ax.apply_aspect()
            for axis in (ax.xaxis, ax.yaxis):
                ticks = axis._update_ticks()
                axis._update_ticks = partial(list, ticks)


def _refuse_cropped(figure):
    """Raise if anything sticks out of the picture by more than 2 px: a reader would see it cut off."""
    extent = figure.get_tightbbox(_renderer(figure, io.StringIO()))
    width, height = figure.get_size_inches()
    over = DPI * max(-extent.x0, -extent.y0, extent.x1 - width, extent.y1 - height)
    if over > 2:
        inside = f"inside its picture of {width:g} × {height:g} inches"
        raise ValueError(f"the drawing must stay {inside}; it sticks out by {over:.0f} px")


def _markup(figure):
    """Return the figure as SVG text."""
    stream = io.StringIO()
    renderer = _renderer(figure, stream)
    figure.draw(renderer)
    renderer.finalize()
    return stream.getvalue()


def _renderer(figure, stream):
    figure.dpi = DPI
    width, height = DPI * figure.get_size_inches()
    return _whole_lines()(width, height, stream, metadata={"Date": None, "Creator": None})


@functools.cache
def _whole_lines():
    """Return matplotlib's SVG backend, made to write every vertex of every line and to measure a text once.

    By itself the backend cuts lines off at the edge of the picture. A curve that moves across the edge would
    then have other vertices in each position, and could not be stored by how they move.
    """
    from matplotlib.backends.backend_svg import RendererSVG
    from matplotlib.textpath import text_to_path

    measure = functools.lru_cache(4096)(text_to_path.get_text_width_height_descent)

    class WholeLines(RendererSVG):
        get_text_width_height_descent = staticmethod(measure)

        def _convert_path(self, path, transform=None, clip=None, simplify=None, sketch=None):
            return super()._convert_path(path, transform, None, simplify, sketch)

    return WholeLines
