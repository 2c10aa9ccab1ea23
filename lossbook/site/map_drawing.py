"""The picture of the map of ideas: boxes with names, and lines between them, all of them links.

Everything here is plain geometry on numbers; what stands where is data.
"""

import math
import textwrap
from dataclasses import dataclass
from html import escape

#: How far a line stays away from the boxes that it joins, the length of an arrow's head, half of its width.
GAP, HEAD, HALF = 3, 9, 4
#: Between two lines of a name, and how many letters fit into one.
LEADING, LETTERS = 15, 14


@dataclass(frozen=True)
class Form:
    """An arrangement of the map: the key of the boxes' places, the picture's width, the size of a box."""

    key: str
    width: int
    box: tuple[int, int]


#: Side by side on a desk, and one above the other on a phone.
FORMS = (Form("at", 760, (118, 42)), Form("narrow", 358, (98, 42)))
#: Above the highest box and below the lowest.
MARGIN = 4


def edge_of(box, center, other):
    """Return the point where the way from a box's center to another point leaves the box, and GAP further."""
    (half_width, half_height), (dx, dy) = (
        (side / 2 for side in box),
        (b - a for a, b in zip(center, other, strict=True)),
    )
    share = min(half_width / abs(dx) if dx else math.inf, half_height / abs(dy) if dy else math.inf)
    share += GAP / math.hypot(dx, dy)
    return center[0] + share * dx, center[1] + share * dy


def line(form, start, end, *, arrow):
    """Return the path data of the line between two boxes, and of an arrow's head if it has one."""
    (x0, y0), (x1, y1) = edge_of(form.box, start, end), edge_of(form.box, end, start)
    if not arrow:
        return f"M{x0:.1f} {y0:.1f}L{x1:.1f} {y1:.1f}", ""
    length = math.hypot(x1 - x0, y1 - y0)
    ux, uy = (x1 - x0) / length, (y1 - y0) / length
    back = x1 - HEAD * ux, y1 - HEAD * uy
    corners = ((back[0] + s * HALF * uy, back[1] - s * HALF * ux) for s in (1, -1))
    head = "L".join(f"{x:.1f} {y:.1f}" for x, y in ((x1, y1), *corners))
    return f"M{x0:.1f} {y0:.1f}L{back[0]:.1f} {back[1]:.1f}", f"M{head}z"


def hits(form, start, end, center):
    """Say whether the line between two boxes runs through a third one."""
    near, far = 0.0, 1.0
    for a, b, middle, side in zip(start, end, center, form.box, strict=True):
        low, high = middle - side / 2 - a, middle + side / 2 - a
        if b == a:
            if low > 0 or high < 0:
                return False
            continue
        first, last = sorted((low / (b - a), high / (b - a)))
        near, far = max(near, first), min(far, last)
    return near < far


def picture(form, ideas, edges, addresses):
    """Return the map in one arrangement as SVG.

    Parameters
    ----------
    form : Form
        The arrangement.
    ideas : dict
        Number of a chapter to its ``name``, ``family`` and places.
    edges : list of dict
        As in ``chapters/map.toml``, with the `sentence` that a line says aloud.
    addresses : dict
        Number of a chapter, or place of an edge, to its address.
    """
    places = {number: idea[form.key] for number, idea in ideas.items()}
    parts = []
    for edge in edges:
        ends = places[edge["to"]], places[edge["from"]]
        path, head = line(form, *ends, arrow=edge["kind"] == "builds_on")
        parts.append(
            f'<a class="edge {edge["kind"].replace("_", "-")}" data-ends="{edge["from"]} {edge["to"]}" '
            f'tabindex="-1" href="{escape(addresses[edge["place"]])}" '
            f'aria-label="{escape(edge["sentence"])}"><path class="reach" d="{path}"/>'
            f'<path class="line" d="{path}"/>' + (f'<path class="head" d="{head}"/>' if head else "") + "</a>"
        )
    parts += [box(form, number, idea, addresses[number]) for number, idea in ideas.items()]
    reach = form.box[1] / 2 + MARGIN
    top, foot = (pick(y for _, y in places.values()) for pick in (min, max))
    return (
        f'<svg class="map-{form.key}" role="group" '
        f'viewBox="0 {top - reach:g} {form.width} {foot - top + 2 * reach:g}" '
        f'aria-label="Map of the chapters; the list below says the same.">{"".join(parts)}</svg>'
    )


def sample(kind):
    """Return a short line of a kind of edge, for the key of the map."""
    path, head = "M2 6H36", '<path class="head" d="M36 6L27 2L27 10z"/>' if kind == "builds-on" else ""
    return (
        f'<svg class="map-sample edge {kind}" viewBox="0 0 38 12" aria-hidden="true">'
        f'<path class="line" d="{path}"/>{head}</svg>'
    )


def box(form, number, idea, address):
    """Return an idea's box, with its number and name in one line or two."""
    (x, y), (width, height) = idea[form.key], form.box
    # The number stays with the first word.
    text = textwrap.wrap(f"{number}\xa0·\xa0{idea['name']}", LETTERS)
    first = y + 4.5 - LEADING * (len(text) - 1) / 2
    lines = "".join(
        f'<tspan x="{x}" y="{first + LEADING * row:g}">{escape(words)}</tspan>'
        for row, words in enumerate(text)
    )
    return (
        f'<a class="idea {idea["family"]}" data-idea="{number}" href="{escape(address)}">'
        f'<rect x="{x - width / 2:g}" y="{y - height / 2:g}" width="{width}" height="{height}" rx="8"/>'
        f"<text>{lines}</text></a>"
    )
