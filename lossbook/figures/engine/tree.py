"""matplotlib's SVG as a clean element tree.

matplotlib's own SVG backend draws; nothing here knows what a line or a bar is. The tree is brought to a form
in which two positions of one figure differ only where the picture differs: no generated ids, definitions
collected and named by content, coordinates to a tenth of a pixel, palette colors as CSS variables.
"""

import functools
import hashlib
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from lossbook.figures.engine import style

#: Attributes that hold coordinates. Nothing else is rounded: an opacity of 0.35 has to stay 0.35.
COORDINATES = frozenset({"d", "x", "y", "points", "width", "height", "x1", "y1", "x2", "y2"})
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[-+]?\d+)?")
#: Beyond this many pixels a browser refuses a path.
MAX_PIXELS = 1e6
#: Artists whose colors may come from a color map: there black means black, not ink.
_MAPPED = ("QuadMesh", "PathCollection", "Poly3DCollection")
_COLOR = re.compile(r"#[0-9a-f]{6}\b")
_FONT = re.compile(r"font-family: ?'DejaVu Sans'[^;]*;? ?")
_QUOTE = {'"': "&quot;"}
_REFERENCE = re.compile(r"(^#|url\(#)([^)]+)")
_ROTATE = re.compile(r"rotate\((-?[\d.]+)([^)]*)\)")
_TRANSLATE = re.compile(r"translate\(([^)]*)\)")


@dataclass
class Node:
    """An SVG element: tag, attributes, text, children. Plain data, compared by value."""

    tag: str
    attributes: dict = field(default_factory=dict)
    text: str = ""
    children: list = field(default_factory=list)

    def write(self):
        """Return the element as markup."""
        opening = self.tag + "".join(
            f' {name}="{escape(value, _QUOTE)}"' for name, value in self.attributes.items()
        )
        if not self.text and not self.children:
            return f"<{opening}/>"
        inside = escape(self.text, _QUOTE) + "".join(child.write() for child in self.children)
        return f"<{opening}>{inside}</{self.tag}>"

    def walk(self):
        """Yield the element itself and all below it, in document order."""
        yield self
        for child in self.children:
            yield from child.walk()

    def renamed(self, name_of):
        """Return a copy whose references to definitions bear the names that ``name_of(old)`` gives."""
        attributes = dict(self.attributes)
        for name, value in attributes.items():
            if name == "href" or "url(#" in value:
                attributes[name] = _REFERENCE.sub(lambda match: match[1] + name_of(match[2]), value)
        return Node(self.tag, attributes, self.text, [child.renamed(name_of) for child in self.children])


@dataclass
class Frame:
    """One position: the drawing, the definitions it refers to (by hash of content), the readout sentence."""

    body: Node
    definitions: dict
    readout: str | None


def clean(markup, readout=None):
    """Turn matplotlib's SVG text into a `Frame`."""
    root = ElementTree.fromstring(markup)
    originals, definitions = {}, {}
    body = _convert(root, originals)
    body.attributes = {"viewBox": root.get("viewBox", "")}

    # Names by content: equal definitions of two positions get equal names, whatever matplotlib called them.
    names = {}

    def name_of(original):
        if original not in names:
            node = originals[original].renamed(name_of)
            names[original] = hashlib.sha256(node.write().encode()).hexdigest()[:12]
            definitions[names[original]] = node
        return names[original]

    return Frame(_unwrap(body.renamed(name_of)), definitions, readout)


def _convert(element, definitions, mapped=False):
    """Return one element and all below it as nodes; `mapped` says that its colors come from a color map."""
    tag = _bare(element.tag)
    mapped = mapped or element.get("id", "").startswith(_MAPPED)
    attributes = {}
    for name, value in element.attrib.items():
        if name == "id":
            attributes |= _artist(value)
        elif cleaned := _cleaned(_bare(name), value, mapped):
            attributes[_bare(name)] = cleaned
    if mapped and tag in ("path", "use") and "fill:" not in attributes.get("style", ""):
        # Black is matplotlib's unsaid fill.
        attributes["style"] = f"fill:#010101;{attributes.get('style', '')}".strip(";")
    text = "" if len(element) else element.text or ""
    node = Node(tag, attributes, text if text.strip() else "")
    for child in element:
        kind = _bare(child.tag)
        if kind == "defs":
            kept = [definition for definition in child if _bare(definition.tag) != "style"]
            definitions.update((part.get("id", ""), _convert(part, definitions)) for part in kept)
        elif kind not in ("metadata", "style"):
            node.children.append(_convert(child, definitions, mapped))
    return node


def _bare(name):
    """A tag's or an attribute's name without its namespace."""
    return name.rpartition("}")[2]


def _artist(identifier):
    """What an id says of an element: the name that the draw function gave it, or that it is a mesh."""
    if identifier.startswith("lossbook:"):
        return {"data-artist": identifier.removeprefix("lossbook:")}
    # Cells that touch must not show hairlines of the page between them.
    return {"shape-rendering": "crispEdges"} if identifier.startswith("QuadMesh") else {}


def _cleaned(name, value, mapped):
    """An attribute's value without what changes by accident; empty if it says nothing."""
    if name == "style":
        value = value.replace("#000000", "#010101") if mapped else value
        return _themed(re.sub(r"\s*([:;])\s*", r"\1", _FONT.sub("", value))).strip("; ")
    if name == "transform":
        moved = _TRANSLATE.sub(lambda match: f"translate({_round(match[1])})", value)
        return _ROTATE.sub(_rotation, moved).strip()
    if name in COORDINATES:
        return _path(value) if name == "d" else _round(value)
    return _themed(value)


def _themed(value):
    return _COLOR.sub(lambda match: style.CSS_VARIABLE.get(match[0], match[0]), value)


def _rotation(match):
    """A rotation with its center rounded, or nothing where matplotlib turns by zero."""
    return "" if float(match[1]) == 0 else f"rotate({match[1]}{_round(match[2])})"


@functools.lru_cache(4096)
def _round(value):
    return NUMBER.sub(lambda match: tenths(float(match[0])), value)


def tenths(number):
    """Write a coordinate to a tenth of a pixel, without a trailing zero or a minus before zero."""
    text = f"{number:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


@functools.lru_cache(4096)
def _path(value):
    """Path data to a tenth of a pixel, without the spaces that the grammar does not ask for."""
    farthest = max(map(float, NUMBER.findall(value)), key=abs, default=0.0)
    if abs(farthest) > MAX_PIXELS:
        raise ValueError(
            f"the drawing must stay within {MAX_PIXELS:g} px, or browsers refuse it; a line goes to "
            f"{farthest:.3g} px (mask with nan what lies far outside the axes)"
        )
    return re.sub(r"\s*([A-Za-z])\s*", r"\1", re.sub(r"\s+", " ", _round(value))).strip()


def _unwrap(node):
    """Drop what draws nothing (empty groups, invisible patches, groups around one element); clip once.

    A group whose elements are all clipped alike is clipped itself, instead of each of them.
    """
    kept = []
    for child in map(_unwrap, node.children):
        empty_group = child.tag == "g" and not child.children
        if not empty_group and (child.tag, child.attributes.get("style")) != ("path", "fill:none"):
            bare_group = child.tag == "g" and not child.attributes and len(child.children) == 1
            kept.append(child.children[0] if bare_group else child)
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
