"""Many positions of one figure as one SVG and a list of what changes.

`merge` lays the trees of all positions over each other. Where they agree nothing is stored; where an
attribute or a text differs, a *channel* holds its value for every position; an element that some positions
lack stays in the SVG and is switched off there by a ``display`` channel. `apply` is the inverse: template
plus channels give back each position, and the browser's script does the same in JavaScript.

A channel of coordinates is stored in whichever form is smaller once compressed: as strings, or as integers
(tenths of a pixel) that change from one position to the next.
"""

from __future__ import annotations

import copy
import difflib
import json
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

import numpy as np

from .svg import COORDINATES, NUMBER, Frame, Node, rename, tenths

#: Stands for a changing number in the pattern of a channel; never part of path data.
HOLE = "#"

#: A table of shared strings beyond this length would itself be the weight.
MOST_SHARED = 1024
_COLOR = re.compile(r"(?<=#)[0-9a-f]{6}\b")


@dataclass
class Slot:
    """One element of the template, with its state in each position (None where it is absent)."""

    states: list[Node | None]
    children: list[Slot]

    @property
    def first(self) -> Node:
        return next(state for state in self.states if state is not None)


@dataclass(frozen=True)
class Coding:
    """How integers that change over the positions are stored: as differences along a row of the grid.

    Each row (the positions in which only the last parameter moves) begins with a value of its own. Order 1
    goes on with steps, order 2 with one step and then the changes of the step; what moves evenly becomes a
    row of zeros, which compresses to next to nothing.
    """

    row: int
    order: int

    def differences(self, series: Sequence[int]) -> list[int]:
        """Encode the values of all positions."""
        stored: list[int] = []
        for i in range(0, len(series), self.row):
            stored += self._encode(series[i : i + self.row])
        return stored

    def _encode(self, row: Sequence[int]) -> list[int]:
        steps = [b - a for a, b in pairwise(row)]
        if self.order == 2:
            steps = steps[:1] + [b - a for a, b in pairwise(steps)]
        return [row[0], *steps]

    def series(self, differences: Sequence[int]) -> list[int]:
        """Decode: the inverse of `differences`."""
        values: list[int] = []
        for i in range(0, len(differences), self.row):
            first, *steps = differences[i : i + self.row]
            if self.order == 2:
                steps = list(accumulate(steps))
            values += accumulate(steps, initial=first)
        return values


def merge(
    frames: Sequence[Frame], *, name: str, start: int = 0, row: int = 1
) -> tuple[str, list[dict[str, Any]], list[str], Coding]:
    """Lay positions over each other.

    Parameters
    ----------
    frames : sequence of Frame
        All positions, in grid order.
    name : str
        The figure's name; every id in the SVG begins with it, so that figures can share a page.
    start : int
        The position that the SVG shows by itself.
    row : int
        How many positions the last parameter has.

    Returns
    -------
    svg : str
        Complete markup of position `start`.
    channels : list of dict
        What changes, ready for JSON: ``n`` number of the element in document order, ``a`` attribute ("" for
        the text), and one of three forms: ``s`` strings with ``f`` the string's number in each position;
        ``p`` pattern with ``v``, a series for each of its holes, in tenths of a pixel; or ``c``, a series of
        numbers of strings in `table`.
    table : list of str
        Strings that many channels share (the colors of a heat map), neighbors looking alike.
    coding : Coding
        How every series is stored: the order of differences that makes the whole smaller.
    """
    ids: dict[str, str] = {}
    originals: dict[str, Node] = {}
    for frame in frames:
        for key, definition in frame.definitions.items():
            ids.setdefault(key, f"{name}-{len(ids)}")
            originals.setdefault(key, definition)
    definitions = []
    for key, original in originals.items():
        definition = _renamed(original, ids)
        definition.attributes = {"id": ids[key]} | definition.attributes
        definitions.append(definition)

    root = _lay([_renamed(frame.body, ids) for frame in frames])
    template = _template(root, start)
    template.attributes |= {"class": "lossbook-svg", "style": "stroke-linejoin:round;stroke-linecap:butt"}
    before = 0
    if definitions:
        template.children.insert(0, Node("defs", children=definitions))
        before = sum(1 for _ in template.children[0].walk())

    candidates = []
    for coding in (Coding(row, 1), Coding(row, 2)):
        channels = []
        for number, (slot, parent) in enumerate(_walk(root)):
            place = number + before if number else 0
            channels += [{"n": place} | channel for channel in _channels(slot, parent, coding)]
        channels, table = _share_colors(channels, coding)
        candidates.append((channels, table, coding))
    return template.write(), *min(candidates, key=lambda candidate: _weight(candidate[:2]))


def _renamed(node: Node, ids: dict[str, str]) -> Node:
    node = copy.deepcopy(node)
    rename(node, ids.__getitem__)
    return node


def _lay(nodes: list[Node | None]) -> Slot:
    """Lay the same element of all positions over each other, children included."""
    present = [node for node in nodes if node is not None]
    shapes = {tuple(child.tag for child in node.children) for node in present}
    if len(shapes) == 1:
        columns = [
            [None if node is None else node.children[i] for node in nodes]
            for i in range(len(present[0].children))
        ]
    else:
        columns = _align([None if node is None else node.children for node in nodes])
    return Slot(nodes, [_lay(column) for column in columns])


def _align(lists: list[list[Node] | None]) -> list[list[Node | None]]:
    """Columns of matching children for lists that differ in length or kind.

    Each list is matched against the columns found so far by tag, style and structure; what has no match gets
    a column of its own.
    """
    columns: list[list[Node | None]] = []
    keys: list[str] = []
    for position, children in enumerate(lists):
        if children is None:
            for column in columns:
                column.append(None)
            continue
        own = [_key(child) for child in children]
        matcher = difflib.SequenceMatcher(None, keys, own, autojunk=False)
        new_columns, new_keys = [], []
        for operation, i1, i2, j1, j2 in matcher.get_opcodes():
            for i in range(i1, i2):
                match = children[j1 + i - i1] if operation == "equal" else None
                new_columns.append([*columns[i], match])
                new_keys.append(keys[i])
            if operation != "equal":
                for j in range(j1, j2):
                    new_columns.append([None] * position + [children[j]])
                    new_keys.append(own[j])
        columns, keys = new_columns, new_keys
    return columns


def _key(node: Node) -> str:
    """What makes two elements the same artist: kind, look and inner structure, not place."""
    look = node.attributes.get("data-artist") or node.attributes.get("style", "")
    return (
        f"{node.tag}[{look}]({','.join(_key(child) for child in node.children[:4])}){len(node.children) > 4}"
    )


def _walk(slot: Slot, parent: Slot | None = None):
    yield slot, parent
    for child in slot.children:
        yield from _walk(child, slot)


def _template(slot: Slot, start: int, parent_shown: bool = True) -> Node:
    shown = slot.states[start] is not None
    node = slot.states[start] if shown else slot.first
    attributes = dict(node.attributes)
    if parent_shown and not shown:
        attributes["display"] = "none"
    children = [_template(child, start, shown) for child in slot.children]
    return Node(node.tag, attributes, node.text, children)


def _channels(slot: Slot, parent: Slot | None, coding: Coding) -> list[dict[str, Any]]:
    found = []
    # An element inside one that is switched off needs no switch of its own.
    needed = [True] * len(slot.states) if parent is None else [state is not None for state in parent.states]
    switch = _held([None if state else "none" for state in slot.states], needed)
    if len(set(switch)) > 1:
        found.append(_strings("display", switch))
    present = [state is not None for state in slot.states]
    for name in dict.fromkeys(name for state in slot.states if state for name in state.attributes):
        values = _held([state.attributes.get(name) if state else None for state in slot.states], present)
        if len(set(values)) > 1:
            found.append(_smallest(name, values, coding))
    texts = _held([state.text if state else None for state in slot.states], present)
    if len(set(texts)) > 1:
        found.append(_strings("", texts))
    return found


def _held(values: list[str | None], matters: list[bool]) -> list[str | None]:
    """Where a value does not matter, repeat the last one that does: a repetition costs next to nothing."""
    last = values[matters.index(True)]
    held = []
    for value, counts in zip(values, matters, strict=True):
        last = value if counts else last
        held.append(last)
    return held


def _strings(attribute: str, values: list[str | None]) -> dict[str, Any]:
    distinct = list(dict.fromkeys(values))
    return {"a": attribute, "s": distinct, "f": [distinct.index(value) for value in values]}


def _smallest(attribute: str, values: list[str | None], coding: Coding) -> dict[str, Any]:
    strings = _strings(attribute, values)
    numbers = _numbers(attribute, values, coding)
    if numbers is None or _weight(strings) <= _weight(numbers):
        return strings
    return numbers


def _weight(stored: Any) -> int:
    return len(zlib.compress(json.dumps(stored, separators=(",", ":")).encode()))


def _numbers(attribute: str, values: list[str | None], coding: Coding) -> dict[str, Any] | None:
    """The channel as integers that change over time, or None if that form cannot give back every value."""
    if attribute not in COORDINATES | {"transform"} or any(value is None for value in values):
        return None
    patterns = {NUMBER.sub(HOLE, value) for value in values}
    if len(patterns) > 1:
        return None
    rows = [[round(10 * float(number)) for number in NUMBER.findall(value)] for value in values]
    columns = list(zip(*rows, strict=True))
    moving = [column for column in columns if len(set(column)) > 1]
    pieces = re.split(HOLE, patterns.pop())
    pattern = pieces[0]
    for column, piece in zip(columns, pieces[1:], strict=True):
        pattern += (HOLE if len(set(column)) > 1 else tenths(column[0] / 10)) + piece
    channel = {"a": attribute, "p": pattern, "v": [coding.differences(column) for column in moving]}
    return channel if values_of(channel, [], coding) == values else None


def _share_colors(channels: list[dict[str, Any]], coding: Coding) -> tuple[list[dict[str, Any]], list[str]]:
    """Put the strings of all color channels in one table, if that makes the whole smaller."""
    colored = [c for c in channels if all(value and _COLOR.search(value) for value in c.get("s", [None]))]
    strings = dict.fromkeys(string for channel in colored for string in channel["s"])
    if len(colored) < 2 or len(strings) > MOST_SHARED:
        return channels, []
    table = _chain(list(strings))
    place = {string: number for number, string in enumerate(table)}
    shared = []
    for channel in channels:
        if any(channel is c for c in colored):
            numbers = [place[channel["s"][i]] for i in channel["f"]]
            channel = {"n": channel["n"], "a": channel["a"], "c": coding.differences(numbers)}
        shared.append(channel)
    return min([(shared, table), (channels, [])], key=_weight)


def _chain(strings: list[str]) -> list[str]:
    """Order strings so that each one's colors are near those of the one before (greedy nearest neighbor)."""
    digits = ["".join(_COLOR.findall(string)) for string in strings]
    longest = max(map(len, digits))
    # Strings with fewer colors repeat theirs, so that all rows are equally long.
    channels = np.array([list(bytes.fromhex((text * longest)[:longest])) for text in digits])
    left = list(range(len(strings)))
    # A color map's end is far from the middle of all its colors: begin there.
    current = int(np.argmax(((channels - channels.mean(axis=0)) ** 2).sum(axis=1)))
    order = []
    while True:
        order.append(strings[current])
        left.remove(current)
        if not left:
            return order
        distances = ((channels[left] - channels[current]) ** 2).sum(axis=1)
        current = left[int(np.argmin(distances))]


def values_of(channel: dict[str, Any], table: Sequence[str], coding: Coding) -> list[str | None]:
    """The values of a channel in all positions."""
    if "s" in channel:
        return [channel["s"][i] for i in channel["f"]]
    if "c" in channel:
        return [table[i] for i in coding.series(channel["c"])]
    pieces = channel["p"].split(HOLE)
    columns = [coding.series(column) for column in channel["v"]]
    texts = []
    for row in zip(*columns, strict=True):
        holes = [tenths(number / 10) for number in row]
        texts.append(pieces[0] + "".join(hole + piece for hole, piece in zip(holes, pieces[1:], strict=True)))
    return texts


def decode(
    channels: Sequence[dict[str, Any]], table: Sequence[str], coding: Coding
) -> list[tuple[int, str, list[str | None]]]:
    """Element number, attribute and values in all positions of every channel that `merge` returned."""
    return [(channel["n"], channel["a"], values_of(channel, table, coding)) for channel in channels]


def apply(
    elements: Sequence[Node], decoded: Sequence[tuple[int, str, list[str | None]]], position: int
) -> None:
    """Bring a template to one position, in place.

    Parameters
    ----------
    elements : sequence of Node
        All elements of the template in document order, as `Node.walk` gives them.
    decoded
        Its channels, as `decode` gives them.
    position : int
        Number of the position in grid order.
    """
    for number, attribute, values in decoded:
        node, value = elements[number], values[position]
        if attribute == "":
            node.text = value or ""
        elif value is None:
            node.attributes.pop(attribute, None)
        else:
            node.attributes[attribute] = value
