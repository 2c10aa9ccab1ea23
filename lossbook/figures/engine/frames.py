"""Many positions of one figure as one SVG and a list of what changes.

`merge` lays the trees of all positions over each other. Where they agree nothing is stored; where an
attribute or a text differs, a *channel* holds its value for every position; an element that some positions
lack stays in the SVG and is switched off there by a ``display`` channel. `decode` and `apply` are the
inverse: SVG plus channels give back each position; the browser's script does the same in JavaScript.

A channel of coordinates is stored in whichever form is smaller once compressed: as strings, or as integers
(tenths of a pixel) that change from one position to the next.
"""

import difflib
import json
import re
import zlib
from dataclasses import dataclass
from itertools import accumulate

from lossbook.figures.engine.layers import layer_of
from lossbook.figures.engine.tree import COORDINATES, NUMBER, Node, tenths

HOLE = "#"  # a changing number in the pattern of a channel; never part of path data
_COLOR = re.compile(r"(?<=#)[0-9a-f]{6}\b")


def merge(frames, *, name, start=0, row=1):
    """Lay all positions of a figure over each other, in grid order.

    Every id in the SVG begins with the figure's `name`, so that figures can share a page; by itself the SVG
    shows the position `start`; the last parameter has `row` positions. What comes back is the picture's part
    of the payload: ``svg``, the complete markup, and the ``channels`` and ``strings`` of `encode`.
    """
    originals = {}
    for frame in frames:
        originals |= frame.definitions
    ids = {key: f"{name}-{number}" for number, key in enumerate(originals)}
    definitions = [original.renamed(ids.__getitem__) for original in originals.values()]
    for definition, identifier in zip(definitions, ids.values(), strict=True):
        definition.attributes = {"id": identifier} | definition.attributes
    bodies = [frame.body.renamed(ids.__getitem__) for frame in frames]
    for body in bodies:
        body.children[:0] = [Node("defs", children=definitions)] if definitions else []
    root = _lay(bodies)
    template = _template(root, start)
    template.attributes |= {"class": "lossbook-svg", "style": "stroke-linejoin:round;stroke-linecap:butt"}
    changes = [
        (n, *change) for n, (slot, parent) in enumerate(_walk(root)) for change in _changes(slot, parent)
    ]
    return {"svg": template.write(), **encode(changes, row)}


@dataclass
class Slot:
    """One element of the template, with its state in each position (None where it is absent)."""

    states: list
    children: list


def _lay(nodes):
    """Lay the same element of all positions over each other, children included."""
    present = [node for node in nodes if node is not None]
    shapes = {tuple((child.tag, layer_of(child)) for child in node.children) for node in present}
    if len(shapes) == 1:
        columns = [[node and node.children[i] for node in nodes] for i in range(len(present[0].children))]
    else:
        columns = _align([node and node.children for node in nodes])
    return Slot(nodes, [_lay(column) for column in columns])


def _align(lists):
    """Columns of matching children for lists that differ in length or kind.

    Each list is matched against the columns found so far by tag, style and structure; what has no match gets
    a column of its own.
    """
    columns, keys = [], []
    for position, children in enumerate(lists):
        if children is None:
            columns = [[*column, None] for column in columns]
            continue
        own = [_key(child) for child in children]
        matcher = difflib.SequenceMatcher(None, keys, own, autojunk=False)
        new_columns, new_keys = [], []
        for operation, i1, i2, j1, j2 in matcher.get_opcodes():
            matched = children[j1:j2] if operation == "equal" else [None] * (i2 - i1)
            new_columns += [[*column, child] for column, child in zip(columns[i1:i2], matched, strict=True)]
            new_keys += keys[i1:i2]
            if operation != "equal":
                new_columns += [[None] * position + [child] for child in children[j1:j2]]
                new_keys += own[j1:j2]
        columns, keys = new_columns, new_keys
    return columns


def _key(node):
    """What makes two elements the same artist: kind, look and inner structure, not place."""
    look = node.attributes.get("data-artist") or node.attributes.get("style", "")
    inside = ",".join(_key(child) for child in node.children[:4])
    return f"{node.tag}[{look}]({inside}){len(node.children) > 4}"


def _walk(slot, parent=None):
    yield slot, parent
    for child in slot.children:
        yield from _walk(child, slot)


def _template(slot, start, parent_shown=True):
    shown = slot.states[start] is not None
    node = slot.states[start] if shown else next(filter(None, slot.states))
    switch = {"display": "none"} if parent_shown and not shown else {}
    children = [_template(child, start, shown) for child in slot.children]
    return Node(node.tag, node.attributes | switch, node.text, children)


def _changes(slot, parent):
    """Yield each attribute of an element that changes ("" for its text), with its values in all positions."""
    # An element inside one that is switched off needs no switch of its own.
    needed = [parent is None or state is not None for state in (parent or slot).states]
    present = [state is not None for state in slot.states]
    series = {"display": _held([None if state else "none" for state in slot.states], needed)}
    for name in dict.fromkeys(name for state in slot.states if state for name in state.attributes):
        series[name] = _held([state and state.attributes.get(name) for state in slot.states], present)
    series[""] = _held([state and state.text for state in slot.states], present)
    yield from ((name, values) for name, values in series.items() if len(set(values)) > 1)


def _held(values, matters):
    """Where a value does not matter, repeat the last one that does: a repetition costs next to nothing."""
    held, last = [], values[matters.index(True)]
    for value, counts in zip(values, matters, strict=True):
        last = value if counts else last
        held.append(last)
    return held


def encode(changes, row):
    """Store changes compactly.

    A change is the number of an element in document order, an attribute ("" for the text), and its values in
    all positions (None where the attribute is absent). What comes back are ``strings``, a table of all values
    that are stored as such, ordered by the brightness of their color; and ``channels``, each with ``n`` and
    ``a``, number and attribute, and one of two forms: ``f``, a series of numbers of strings; or ``p``, a
    pattern, with ``v``, a series of tenths of a pixel for each of its holes. Series are `differences`.
    """
    pairs = [(change, _pattern(*change[1:], row)) for change in changes]
    strings = dict.fromkeys(value for (*_, values), pattern in pairs if not pattern for value in values)
    strings = sorted(strings, key=_brightness)
    number_of = {string: number for number, string in enumerate(strings)}
    channels = [
        {"n": n, "a": attribute} | (pattern or {"f": differences([number_of[v] for v in values], row)})
        for (n, attribute, values), pattern in pairs
    ]
    return {"channels": channels, "strings": strings}


def decode(payload):
    """Return the changes that `encode` stored, out of a figure's payload."""
    lengths = [len(parameter["texts"]) for parameter in payload["parameters"]]
    row = lengths[-1] if lengths else 1
    return [(c["n"], c["a"], _values(c, payload["strings"], row)) for c in payload["channels"]]


def apply(elements, changes, position):
    """Bring `elements`, all nodes of the SVG in document order, to one position in place."""
    for number, attribute, values in changes:
        node, value = elements[number], values[position]
        if attribute == "":
            node.text = value or ""
        elif value is None:
            node.attributes.pop(attribute, None)
        else:
            node.attributes[attribute] = value


def differences(series, row):
    """Write integers as steps from each to the next; every row of the grid begins with a value of its own."""
    return [value - series[i - 1] if i % row else value for i, value in enumerate(series)]


def _series(steps, row):
    """Return the integers of which these are the `differences`."""
    return [value for i in range(0, len(steps), row) for value in accumulate(steps[i : i + row])]


def _values(channel, strings, row):
    if "f" in channel:
        return [strings[number] for number in _series(channel["f"], row)]
    first, *pieces = channel["p"].split(HOLE)
    rows = zip(*(_series(column, row) for column in channel["v"]), strict=True)
    return [first + "".join(tenths(n / 10) + piece for n, piece in zip(r, pieces, strict=True)) for r in rows]


def _pattern(attribute, values, row):
    """Return values as a pattern with numbers that change, or None where strings are smaller or needed."""
    if attribute not in COORDINATES | {"transform"} or None in values:
        return None
    patterns = {NUMBER.sub(HOLE, value) for value in values}
    if len(patterns) > 1:
        return None
    rows = ([round(10 * float(number)) for number in NUMBER.findall(value)] for value in values)
    pattern, *pieces = patterns.pop().split(HOLE)
    moving = []
    for column, piece in zip(zip(*rows, strict=True), pieces, strict=True):
        moves = len(set(column)) > 1
        moving += [differences(column, row)] if moves else []
        pattern += (HOLE if moves else tenths(column[0] / 10)) + piece
    found = {"p": pattern, "v": moving}
    # Hundredths (of a scale, of an angle) do not come back from tenths.
    exact = _values(found, (), row) == values
    return found if exact and _weight(found) < _weight(values) else None


def _weight(stored):
    return len(zlib.compress(json.dumps(stored, separators=(",", ":")).encode()))


def _brightness(string):
    """A color's luminance: along a color map, neighbors then have neighboring numbers."""
    found = _COLOR.search(string or "")
    red, green, blue = bytes.fromhex(found[0]) if found else (0, 0, 0)
    return 2126 * red + 7152 * green + 722 * blue
