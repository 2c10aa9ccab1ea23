"""Handles: artists of a picture that the reader drags, and the figure's sliders with them.

A draw function makes an artist a handle by its gid: ``lossbook:handle:height`` is moved by the slider
``height``, ``lossbook:handle:x+y`` by two. Where the artist stands at each position is read off the drawn
trees, so whatever matplotlib draws can be taken by hand, on axes of any scale.
"""

import re

from lossbook.figures.engine.frames import differences
from lossbook.figures.engine.parameters import Slider, describe
from lossbook.figures.engine.tree import NUMBER

MARK = "handle:"
_CLIP = re.compile(r"url\(#([^)]+)\)")


def handles(frames, grid):
    """Return where each handle stands at every position: the part ``handles`` of a payload.

    Each has ``p``, the numbers of its parameters; ``s``, its width and height in pixels; and ``x`` and ``y``,
    its center at each position in tenths of a pixel, as `frames.differences`. Artists of one gid are handles
    of their own. One that names other things than one or two sliders of the figure, or is not drawn at every
    position, is a ValueError.
    """
    row = (1, *grid.shape)[-1]
    boxes = [_boxes(frame) for frame in frames]
    found = dict.fromkeys(key for at in boxes for key in at)
    for key in found:
        _require_sliders(key[0], grid)
        absent = next((values for at, values in zip(boxes, grid, strict=True) if key not in at), None)
        if absent is not None:
            need = "must be drawn at every position, with markers, lines or areas"
            raise ValueError(f"handle {key[0]!r} {need}; there is none at {describe(absent)}")
    return [_stored(mark, [at[mark, n] for at in boxes], list(grid.parameters), row) for mark, n in found]


def _require_sliders(mark, grid):
    names = mark.split("+")
    sliders = [name for name, parameter in grid.parameters.items() if isinstance(parameter, Slider)]
    if not set(names) <= set(sliders) or len(names) > 2 or len(set(names)) < len(names):
        raise ValueError(f"handle {mark!r} must name one or two of the figure's sliders, {sliders}")


def _stored(mark, boxes, names, row):
    horizontal, vertical = ([(box[a], box[a + 2]) for box in boxes] for a in (0, 1))
    return {
        "p": [names.index(name) for name in mark.split("+")],
        "s": [round(max(high - low for low, high in ends)) for ends in (horizontal, vertical)],
        "x": differences([round(5 * (low + high)) for low, high in horizontal], row),
        "y": differences([round(5 * (low + high)) for low, high in vertical], row),
    }


def _boxes(frame):
    """The boxes of a position's handles: ``{(what the gid names, number among equals): box}``."""
    boxes, seen = {}, {}
    for node in frame.body.walk():
        artist = node.attributes.get("data-artist", "")
        mark = artist.removeprefix(MARK)
        box = _box(node, frame.definitions) if artist != mark else None
        if box:
            seen[mark] = seen.get(mark, -1) + 1
            boxes[mark, seen[mark]] = box
    return boxes


def _box(node, definitions):
    """Left, top, right and bottom of what is drawn, ended at the edge of its axes; of a marker its center."""
    points, clip = [], ""
    for part in node.walk():
        clip = part.attributes.get("clip-path", clip)
        if part.tag == "use":
            points.append([float(part.attributes.get(name, 0)) for name in "xy"])
        elif part.tag == "path":
            numbers = [float(number) for number in NUMBER.findall(part.attributes.get("d", ""))]
            points += zip(numbers[::2], numbers[1::2], strict=True)
    if not points:
        return None
    box = [pick(column) for pick in (min, max) for column in zip(*points, strict=True)]
    match = _CLIP.search(clip)
    edge = definitions[match[1]].children[0] if match else None
    if edge and edge.tag == "rect":  # round axes are clipped by a path
        for n, (name, size) in enumerate([("x", "width"), ("y", "height")] * 2):
            low, length = float(edge.attributes[name]), float(edge.attributes[size])
            box[n] = min(max(box[n], low), low + length)
    return box
