"""Read figures back: payloads out of notebooks, trees out of markup, data out of drawn paths."""

import itertools
import json
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

import numpy as np

from lossbook.figures.engine import FIGURE_MIME, style
from lossbook.figures.engine.canvas import Canvas
from lossbook.figures.engine.display import bundle
from lossbook.figures.engine.frames import apply, decode
from lossbook.figures.engine.parameters import Grid
from lossbook.figures.engine.tree import NUMBER, Node

CHAPTERS = Path(__file__).parents[2] / "chapters"


def canvas_and_grid(draw, arguments):
    """The canvas and the grid that `explore` makes of its arguments, and whether the figure is measured."""
    parameters = dict(arguments)
    options = {key: parameters.pop(key) for key in ("axes", "projection", "size") if key in parameters}
    measured = parameters.pop("measured", False)
    return Canvas(draw, **options), Grid(parameters), measured


def payload_of(draw, arguments):
    """The whole payload of a figure, frames included, as the site receives it."""
    canvas, grid, measured = canvas_and_grid(draw, arguments)
    words = {"caption": "What to look for.", "alt": "What it shows."}
    data, metadata = bundle(canvas, grid, **words, measured=measured)
    return {**data[FIGURE_MIME], **metadata.get(FIGURE_MIME, {})}


def stored_payloads(chapter):
    """Figure name to payload for a committed chapter."""
    notebook = json.loads((CHAPTERS / chapter).read_text("utf-8"))
    found = {}
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            if FIGURE_MIME in output.get("data", {}):
                payload = {**output["data"][FIGURE_MIME], **output.get("metadata", {}).get(FIGURE_MIME, {})}
                found[payload["name"]] = payload
    return found


def parse(markup):
    """SVG markup as a tree of nodes."""

    def convert(element):
        text = "" if len(element) else element.text or ""
        return Node(element.tag, dict(element.attrib), text, [convert(child) for child in element])

    return convert(ElementTree.fromstring(markup))


def positions_of(payload, positions):
    """The tree of a stored figure, brought to each of these positions in turn: one tree, changed in place."""
    tree, changes = parse(payload["svg"]), decode(payload)
    elements = list(tree.walk())
    for position in positions:
        apply(elements, changes, position)
        yield tree


def visible(tree):
    """A copy of the tree without definitions and without what is switched off, attributes in sorted order."""
    shown = [c for c in tree.children if c.tag != "defs" and c.attributes.get("display") != "none"]
    attributes = {k: v for k, v in sorted(tree.attributes.items()) if k != "display"}
    return Node(tree.tag, attributes, tree.text, [visible(child) for child in shown])


def stored_figures(module, chapter, shown):
    """The stored figures of a chapter that its module can draw again.

    Parameters
    ----------
    module : module
        The chapter's figures.
    chapter : str
        Its notebook.
    shown : dict
        Figure name to how the chapter shows it: its layout, and the data that it binds to the draw function.

    Returns
    -------
    dict of str to StoredFigure
    """
    payloads, found = stored_payloads(chapter), {}
    for name, options in shown.items():
        layout = {key: value for key, value in options.items() if key in ("axes", "size")}
        data = {key: value for key, value in options.items() if key not in layout}
        draw = getattr(module, "draw_" + name.replace("-", "_"))
        found[name] = StoredFigure(payloads[name], Canvas(partial(draw, **data), **layout))
    return found


class StoredFigure:
    """A stored figure, to be looked at in each of its positions.

    Only the limits of its axes come from a new drawing; their place in the picture is the stored one. So
    nothing here depends on how a version of matplotlib measures text.
    """

    def __init__(self, payload, canvas):
        self.payload = payload
        self.canvas = canvas
        self._drawn = {}

    @cached_property
    def positions(self):
        """All positions, the first one first."""
        names = [p["name"] for p in self.payload["parameters"]]
        values = itertools.product(*([_value(t) for t in p["texts"]] for p in self.payload["parameters"]))
        return [Position(self, number, dict(zip(names, v, strict=True))) for number, v in enumerate(values)]

    @cached_property
    def state(self):
        """The tree's elements, what changes in them, and the marks of each artist with the axes' box."""
        tree = parse(self.payload["svg"])
        boxes = {n.attributes["id"]: n.children[0].attributes for n in tree.walk() if n.tag == "clipPath"}
        marks = {}

        def look(node, artist, clip):
            artist = node.attributes.get("data-artist", artist)
            clip = node.attributes.get("clip-path", clip)
            if artist and node.tag in ("path", "use"):
                box = [float(boxes[clip[5:-1]][key]) for key in ("x", "y", "width", "height")]
                marks.setdefault((artist, node.tag), []).append((node, box))
            for child in node.children:
                look(child, artist, clip)

        for child in tree.children:
            if child.tag != "defs":
                look(child, None, None)
        return list(tree.walk()), decode(self.payload), marks

    def check_ends(self):
        """Draw the figure at both ends of its sliders, and see that it says what is stored there."""
        for position in (self.positions[0], self.positions[-1]):
            sentence = self.drawn(position.values)[1]
            assert sentence == (position.sentence if self.payload["readouts"] else None)

    def drawn(self, values):
        """Axes by label and sentence of a position drawn anew."""
        key = tuple(values.values())
        if key not in self._drawn:
            with style.applied():
                figure, sentence = self.canvas.figure(values)
            self._drawn[key] = {ax.get_label(): ax for ax in figure.axes}, sentence
        return self._drawn[key]


@dataclass
class Position:
    """One position of a stored figure: the values of its parameters, and what is drawn there."""

    figure: StoredFigure
    number: int
    values: dict

    def __getitem__(self, name):
        return self.values[name]

    @property
    def sentence(self):
        """What the figure says there."""
        return self.figure.payload["readouts"][self.number]

    def pixels(self, artist):
        """Vertices of an artist's path, or places of its markers, in pixels, shape (n, 2); the axes' box."""
        elements, changes, marks = self.figure.state
        apply(elements, changes, self.number)
        if (artist, "path") in marks:
            ((path, box),) = marks[artist, "path"]
            return np.array(NUMBER.findall(path.attributes["d"]), dtype=float).reshape(-1, 2), box
        places = [[float(use.attributes[key]) for key in "xy"] for use, _ in marks[artist, "use"]]
        return np.array(places), marks[artist, "use"][0][1]

    def curve(self, axes, artist, *, limits_by=None):
        """The same in data of the axes, whose limits may depend on one parameter."""
        points, (left, top, width, height) = self.pixels(artist)
        first = self.figure.positions[0].values
        ax = self.figure.drawn(first | {limits_by: self[limits_by]} if limits_by else first)[0][axes]
        shares = np.column_stack([(points[:, 0] - left) / width, 1 - (points[:, 1] - top) / height])
        return (ax.transScale + ax.transLimits).inverted().transform(shares)

    def top(self, axes, artist, **options):
        """How high a bar reaches."""
        return self.curve(axes, artist, **options)[:, 1].max()


def _value(text):
    """What a draw function is given for a parameter's text."""
    plain = text.replace("−", "-")
    for kind in (int, float):
        try:
            return kind(plain)
        except ValueError:
            pass
    return text
