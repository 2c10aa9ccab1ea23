"""One position of a figure as a clean SVG element tree.

matplotlib's own SVG backend draws; nothing here knows what a line or a bar is. The tree is then brought to a
form in which two positions of one figure differ only where the picture differs: no generated ids, definitions
collected and named by content, coordinates to a tenth of a pixel, palette colors as CSS variables.
"""

from __future__ import annotations

import base64
import hashlib
import io
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from . import style

#: Attributes that hold coordinates. Nothing else is rounded: an opacity of 0.35 has to stay 0.35.
COORDINATES = frozenset({"d", "x", "y", "points", "width", "height", "x1", "y1", "x2", "y2"})
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[-+]?\d+)?")
_REFERENCE = re.compile(r"url\(#([^)]+)\)")
_TRANSLATE = re.compile(r"translate\(([^)]*)\)")
_ROTATE = re.compile(r"rotate\((-?[\d.]+)([^)]*)\)")
#: Artists whose colors may come from a color map: there black means black, not ink.
_MAPPED = ("QuadMesh", "PathCollection", "Poly3DCollection")
#: Beyond this many pixels a browser refuses a path.
_FARTHEST = 1e6
_COLOR = re.compile(r"#[0-9a-f]{6}\b")
_FONT = re.compile(r"font-family: ?'DejaVu Sans'[^;]*;? ?")


@dataclass
class Node:
    """An SVG element: tag, attributes, text, children. Plain data, compared by value."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    text: str = ""
    children: list[Node] = field(default_factory=list)

    def write(self) -> str:
        """The element as markup."""
        opening = self.tag + "".join(f' {name}="{_escape(value)}"' for name, value in self.attributes.items())
        if not self.text and not self.children:
            return f"<{opening}/>"
        inside = _escape(self.text) + "".join(child.write() for child in self.children)
        return f"<{opening}>{inside}</{self.tag}>"

    def walk(self):
        """Yield the element itself and all below it, in document order."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass
class Frame:
    """One position: the drawing, the definitions it refers to (by hash of content), the readout sentence."""

    body: Node
    definitions: dict[str, Node]
    readout: str | None


def tenths(number: float) -> str:
    """A coordinate to a tenth of a pixel, without a trailing zero or a minus before zero."""
    text = f"{number:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


class Canvas:
    """Draws positions of one figure, all with the layout of the first.

    Parameters
    ----------
    draw : callable
        ``draw(ax, **values)``, or ``draw(axes, **values)`` with a dict of axes if `axes` is given.
    axes : str or nested list, optional
        A mosaic as in `matplotlib.figure.Figure.subplot_mosaic`.
    projection : str or mapping, optional
        Projection of the axes, ``"3d"`` for example; with a mosaic also a mapping from name to projection.
    size : pair of float
        Width and height in inches (72 px each).
    """

    def __init__(self, draw: Callable[..., str | None], *, axes=None, projection=None, size=(6.4, 4.0)):
        self.draw = draw
        self.axes = axes
        self.projection = projection
        self.size = tuple(size)
        # A color bar that comes and goes changes the number of axes: each number has a layout of its own.
        self._positions: dict[int, list[Any]] = {}

    def figure(self, values: Mapping[str, Any], *, check: bool = True):
        """A matplotlib figure with one position drawn on it, and the readout sentence.

        The first call lays the figure out; later calls with as many axes put each where the first one had
        it, so that nothing jumps while a slider moves. `check` looks whether anything then sticks out of the
        picture.
        """
        from matplotlib.figure import Figure

        figure = Figure(figsize=self.size, layout="constrained")
        if self.axes is None:
            target = figure.add_subplot(**_axes_options(self.projection))
        elif self.projection is None or isinstance(self.projection, str):
            target = figure.subplot_mosaic(self.axes, subplot_kw=_axes_options(self.projection))
        else:
            options = {name: _axes_options(kind) for name, kind in self.projection.items()}
            target = figure.subplot_mosaic(self.axes, per_subplot_kw=options)
        readout = self.draw(target, **values)
        if readout is not None and (not isinstance(readout, str) or not readout.strip()):
            raise TypeError(f"draw must return its readout sentence or None; got {readout!r}")
        count = len(figure.axes)
        if count not in self._positions:
            figure.draw_without_rendering()
            self._positions[count] = [ax.get_position(original=True) for ax in figure.axes]
        figure.set_layout_engine("none")
        for ax, position in zip(figure.axes, self._positions[count], strict=True):
            ax.set_position(position)
        if check:
            _refuse_cropped(figure)
        return figure, readout

    def frame(self, values: Mapping[str, Any], *, check: bool = True) -> Frame:
        """One position as a clean tree; `check` as in `figure`."""
        with style.applied():
            figure, readout = self.figure(values, check=check)
            return clean(_markup(figure), readout)

    def png(self, values: Mapping[str, Any], *, dpi: int = 120) -> tuple[bytes, str | None]:
        """One position as PNG bytes on white paper, and the readout sentence."""
        with style.applied():
            figure, readout = self.figure(values)
            stream = io.BytesIO()
            figure.savefig(stream, format="png", dpi=dpi, facecolor=style.PAPER, metadata={"Software": None})
        return stream.getvalue(), readout


def _axes_options(projection: str | None) -> dict[str, Any]:
    # Parallel projection in 3-D: equal heights look equal, and a point that rises moves straight up the page,
    # which halves what a moving surface weighs.
    return {"projection": projection} | ({"proj_type": "ortho"} if projection == "3d" else {})


def _markup(figure) -> str:
    """The figure as matplotlib's SVG backend writes it, with every vertex of every line.

    By itself the backend cuts lines off at the edge of the picture. A curve that moves across the edge would
    then have other vertices in each position, and could not be stored by how they move.
    """
    from matplotlib.backends.backend_svg import RendererSVG

    class WholeLines(RendererSVG):
        def _convert_path(self, path, transform=None, clip=None, simplify=None, sketch=None):
            return super()._convert_path(path, transform, None, simplify, sketch)

    figure.dpi = 72  # an SVG pixel is a point
    width, height = figure.get_size_inches()
    stream = io.StringIO()
    renderer = WholeLines(72 * width, 72 * height, stream, metadata={"Date": None, "Creator": None})
    figure.draw(renderer)
    renderer.finalize()
    return stream.getvalue()


def _refuse_cropped(figure) -> None:
    """Raise if anything sticks out of the picture by more than 2 px (a reader would see it cut off)."""
    extent = figure.get_tightbbox()
    width, height = figure.get_size_inches()
    over = 72 * max(-extent.x0, -extent.y0, extent.x1 - width, extent.y1 - height)
    if over > 2:
        raise ValueError(
            f"the drawing must stay inside its picture of {width:g} × {height:g} inches; "
            f"it sticks out by {over:.0f} px"
        )


def clean(markup: str, readout: str | None = None) -> Frame:
    """Turn matplotlib's SVG text into a `Frame`."""
    root = ElementTree.fromstring(markup)
    definitions: dict[str, Node] = {}
    originals: dict[str, Node] = {}
    body = _convert(root, originals)
    body.attributes = {"viewBox": root.get("viewBox", "")}

    # Names by content: equal definitions of two positions get equal names, whatever matplotlib called them.
    names: dict[str, str] = {}

    def name_of(original: str) -> str:
        if original not in names:
            node = originals[original]
            rename(node, name_of)
            names[original] = hashlib.sha256(node.write().encode()).hexdigest()[:12]
            definitions[names[original]] = node
        return names[original]

    rename(body, name_of)
    return Frame(_unwrap(body), definitions, readout)


def _convert(element, definitions: dict[str, Node], mapped: bool = False) -> Node:
    """One element and all below it; `mapped` says that its colors come from a color map."""
    tag = element.tag.rpartition("}")[2]
    node = Node(tag)
    mapped = mapped or element.get("id", "").startswith(_MAPPED)
    for name, value in element.attrib.items():
        short = name.rpartition("}")[2]
        if short == "id":
            if value.startswith("lossbook:"):
                node.attributes["data-artist"] = value.removeprefix("lossbook:")
            elif value.startswith("QuadMesh"):
                # Cells that touch must not show hairlines of the page between them.
                node.attributes["shape-rendering"] = "crispEdges"
        elif short == "style":
            node.attributes["style"] = _style(value.replace("#000000", "#010101") if mapped else value)
        elif short == "href":
            node.attributes["href"] = value if value.startswith("#") else _smaller_picture(value)
        elif short in COORDINATES:
            node.attributes[short] = _path(value) if short == "d" else _round(value)
        elif short == "transform":
            moved = _TRANSLATE.sub(lambda m: f"translate({_round(m[1])})", value)
            turned = _ROTATE.sub(_rotation, moved).strip()
            if turned:
                node.attributes["transform"] = turned
        else:
            node.attributes[short] = _COLOR.sub(_variable, value)
    if mapped and tag in ("path", "use") and "fill:" not in node.attributes.get("style", ""):
        # Black is matplotlib's unsaid fill.
        node.attributes["style"] = f"fill:#010101;{node.attributes.get('style', '')}".strip(";")
    for child in element:
        if child.tag.rpartition("}")[2] in ("metadata", "style"):
            continue
        if child.tag.rpartition("}")[2] == "defs":
            for definition in child:
                if definition.tag.rpartition("}")[2] != "style":
                    definitions[definition.get("id", "")] = _convert(definition, definitions)
            continue
        node.children.append(_convert(child, definitions, mapped))
    if not len(element) and element.text and element.text.strip():
        node.text = element.text
    return node


def _smaller_picture(address: str) -> str:
    """A picture's data address made smaller without loss: a palette where 256 colors do, no idle opacity."""
    from PIL import Image

    encoded = re.sub(r"\s+", "", address.partition(",")[2])
    picture = Image.open(io.BytesIO(base64.b64decode(encoded))).convert("RGBA")
    if picture.getextrema()[3] == (255, 255):
        pixels = np.asarray(picture.convert("RGB"))
        colors, numbers = np.unique(pixels.reshape(-1, 3), axis=0, return_inverse=True)
        picture = Image.fromarray(pixels)
        if len(colors) <= 256:
            # From dark to bright: neighbors in the palette then look alike, which compresses best.
            order = np.argsort(colors.sum(axis=1), kind="stable")
            ranks = np.argsort(order).astype(np.uint8)
            picture = Image.fromarray(ranks[numbers].reshape(pixels.shape[:2])).convert("P")
            picture.putpalette(colors[order].tobytes())
    stream = io.BytesIO()
    picture.save(stream, format="PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(stream.getvalue()).decode()


def _variable(match: re.Match) -> str:
    return style.CSS_VARIABLE.get(match[0], match[0])


def _rotation(match: re.Match) -> str:
    """A rotation with its center rounded, or nothing where matplotlib turns by zero."""
    return "" if float(match[1]) == 0 else f"rotate({match[1]}{_round(match[2])})"


def _style(value: str) -> str:
    short = re.sub(r"\s*([:;])\s*", r"\1", _FONT.sub("", value))
    return _COLOR.sub(_variable, short).strip("; ")


def _round(value: str) -> str:
    return NUMBER.sub(lambda m: tenths(float(m[0])), value)


def _path(value: str) -> str:
    """Path data to a tenth of a pixel, without the spaces that the grammar does not ask for."""
    farthest = max(map(float, NUMBER.findall(value)), key=abs, default=0.0)
    if abs(farthest) > _FARTHEST:
        raise ValueError(
            f"the drawing must stay within {_FARTHEST:g} px, or browsers refuse it; a line goes to "
            f"{farthest:.3g} px (mask with nan what lies far outside the axes)"
        )
    return re.sub(r"\s*([A-Za-z])\s*", r"\1", re.sub(r"\s+", " ", _round(value))).strip()


def rename(node: Node, name_of: Callable[[str], str]) -> None:
    """Point references to new names."""
    for part in node.walk():
        for attribute, value in part.attributes.items():
            if attribute == "href" and value.startswith("#"):
                part.attributes[attribute] = "#" + name_of(value[1:])
            elif "url(#" in value:
                part.attributes[attribute] = _REFERENCE.sub(lambda m: f"url(#{name_of(m[1])})", value)


def _unwrap(node: Node) -> Node:
    """Drop what draws nothing (empty groups, invisible patches, groups around one element); clip once.

    A group whose elements are all clipped alike is clipped itself, instead of each of them.
    """
    kept = []
    for child in map(_unwrap, node.children):
        bare_group = child.tag == "g" and not child.attributes
        if child.tag == "g" and not child.children:
            continue
        if child.tag == "path" and child.attributes.get("style") == "fill:none":
            continue
        kept.append(child.children[0] if bare_group and len(child.children) == 1 else child)
    node.children = kept
    clips = {child.attributes.get("clip-path") for child in kept}
    # A transform of its own would move an element's clip along with it.
    moved = any("transform" in child.attributes for child in kept)
    alike = len(kept) > 1 and len(clips) == 1 and None not in clips and not moved
    if node.tag == "g" and alike and "clip-path" not in node.attributes:
        node.attributes["clip-path"] = clips.pop()
        for child in kept:
            del child.attributes["clip-path"]
    return node
