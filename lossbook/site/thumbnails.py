"""Small pictures of chapters, made from figures that their notebooks store.

A figure is made for 640 pixels. At a third of that its words cannot be read, so they go, with ticks and grid;
what is left is cut to what is drawn, with lines as thick as before and larger points. A page cannot hand its
colors to a picture that is a file, so there is one for light and one for dark pages.
"""

import itertools
import re
from xml.etree import ElementTree

from lossbook.figures.engine.pictures import TOKEN
from lossbook.figures.engine.style import PALETTE
from lossbook.figures.engine.tree import NUMBER

#: The width in pixels for which points are enlarged; and in units of the figure, the room around what is
#: drawn and how far a point reaches: what is larger is an area, and stays as it is.
WIDTH, ROOM, POINT = 200, 8, 8
#: What says that a line belongs to the grid, or to an axis.
GRID, AXIS = "var(--lossbook-grid)", "stroke:var(--lossbook-muted);stroke-width:0.8"
#: The size that a picture has where it is larger than the part of it that is seen.
PIXELS = re.compile(r"(width|height):([\d.]+)px")


def thumbnail(figure):
    """Return the picture of a figure, as a notebook stores it, by mode: ``{"light": svg, "dark": svg}``."""
    drawn = _reduced(figure)
    return {mode: _colored(drawn, k) for k, mode in enumerate(("light", "dark"))}


def _reduced(figure):
    root = ElementTree.fromstring(figure["svg"])
    defined = {f"#{e.get('id')}": e for e in root.findall("defs/path")}
    boxes = {f"url(#{e.get('id')})": _box(e[0]) for e in root.findall("defs/clipPath")}
    _strip(root, {name for name, path in defined.items() if path.get("style") == AXIS}, boxes.values())
    left, top, right, bottom = _union([*_extents(root, defined, boxes)])
    left, top, right, bottom = left - ROOM, top - ROOM, right + ROOM, bottom + ROOM
    points = {name for name, path in defined.items() if max(map(abs, _numbers(path))) <= POINT}
    _enlarge(root, points, max(1, (right - left) / WIDTH))
    _embed_pictures(root, figure.get("pictures", {}))
    root.attrib = {
        "xmlns": "http://www.w3.org/2000/svg",
        "viewBox": " ".join(f"{n:.5g}" for n in (left, top, right - left, bottom - top)),
        "style": root.get("style", "") + ";fill:var(--lossbook-ink)",
    }
    look = ElementTree.Element("style")
    look.text = "path{vector-effect:non-scaling-stroke}"
    root.insert(0, look)
    return ElementTree.tostring(root, encoding="unicode")


def _strip(parent, ticks, panels):
    """Remove what is too small to be read, what is not shown, and a legend's samples of lines."""
    for child in [*parent]:
        child.attrib.pop("data-artist", None)
        invisible = child.get("display") == "none" or child.get("href") in ticks
        if child.tag == "text" or GRID in child.get("style", "") or invisible or _is_outside(child, panels):
            parent.remove(child)
            continue
        _strip(child, ticks, panels)
        if child.tag == "g" and not len(child):
            parent.remove(child)


def _is_outside(path, panels):
    if path.tag != "path" or "id" in path.attrib or not panels:
        return False
    left, top, right, bottom = _reach(path, {})
    return not any(
        left < b[2] + 1 and right > b[0] - 1 and top < b[3] + 1 and bottom > b[1] - 1 for b in panels
    )


# ---- How far the drawing reaches ---------------------------------------------------------------------------


def _extents(parent, defined, boxes, clip=None):
    """Yield left, top, right and bottom of all that is drawn but the axes, each cut where it is clipped."""
    for child in parent:
        inside = boxes.get(child.get("clip-path"), clip)
        if child.tag == "g":
            yield from _extents(child, defined, boxes, inside)
        elif child.tag == "foreignObject":
            yield _box(child)
        elif child.tag == "image" and inside:
            yield inside
        elif child.tag in ("path", "use") and AXIS not in child.get("style", ""):
            found = _reach(child, defined)
            yield _cut(found, inside) if inside else found


def _reach(element, defined):
    """Where a path, or a point that uses one, lies."""
    x, y = (float(element.get(key, 0)) for key in ("x", "y"))
    numbers = _numbers(defined.get(element.get("href"), element))
    across, down = numbers[::2], numbers[1::2]
    return min(across) + x, min(down) + y, max(across) + x, max(down) + y


def _numbers(path):
    return [float(number) for number in NUMBER.findall(path.get("d"))]


def _box(element):
    left, top, width, height = (float(element.get(k, 0)) for k in ("x", "y", "width", "height"))
    return left, top, left + width, top + height


def _cut(extent, box):
    near, far = zip(extent[:2], box[:2], strict=True), zip(extent[2:], box[2:], strict=True)
    return *itertools.starmap(max, near), *itertools.starmap(min, far)


def _union(extents):
    left, top, right, bottom = zip(*extents, strict=True)
    return min(left), min(top), max(right), max(bottom)


# ---- What is drawn -----------------------------------------------------------------------------------------


def _enlarge(root, points, factor):
    for point in root.iter("use"):
        if point.get("href") in points:
            x, y = float(point.attrib.pop("x", 0)), float(point.attrib.pop("y", 0))
            point.set("transform", f"translate({x:g} {y:g}) scale({factor:.3g})")


def _embed_pictures(root, pictures):
    """Put pictures into the file: one that is shown as a picture may ask for no other."""
    for holder in [*root.iter("foreignObject")]:
        (picture,) = holder
        look = dict(PIXELS.findall(picture.get("style", "")))
        size = {key: look.get(key, holder.get(key)) for key in ("width", "height")}
        address = f"data:image/webp;base64,{pictures[picture.get('src').removeprefix(TOKEN)]}"
        holder.tag = "svg"  # it cuts off what is larger, as the holder did
        holder.remove(picture)
        ElementTree.SubElement(holder, "image", {**size, "href": address, "preserveAspectRatio": "none"})


def _colored(svg, mode):
    return re.sub(r"var\(--lossbook-(\w+)\)", lambda match: PALETTE[match[1]][mode], svg)
