"""Read figures back: payloads out of notebooks, trees out of markup, data out of drawn paths."""

import ast
import base64
import gzip
import io
import itertools
import json
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

import numpy as np
from PIL import Image

from lossbook.figures.engine import FIGURE_MIME, style
from lossbook.figures.engine.canvas import Canvas
from lossbook.figures.engine.display import bundle
from lossbook.figures.engine.frames import apply, decode
from lossbook.figures.engine.layers import layer_of
from lossbook.figures.engine.parameters import Grid
from lossbook.figures.engine.pictures import TOKEN
from lossbook.figures.engine.tree import NUMBER, Node

CHAPTERS = Path(__file__).parents[2] / "chapters"
PAGES = CHAPTERS.parent / "pages"
LAYOUT = ("axes", "projection", "size", "measured")


def canvas_and_grid(draw, arguments):
    """The canvas and the grid that `explore` makes of its arguments."""
    parameters = {key: value for key, value in arguments.items() if key not in LAYOUT}
    return Canvas(draw, **{key: arguments[key] for key in LAYOUT if key in arguments}), Grid(parameters)


def payload_of(draw, arguments, alt="What it shows."):
    """The whole payload of a figure, frames included, as the site receives it."""
    return whole(*bundle(*canvas_and_grid(draw, arguments), caption="What to look for.", alt=alt))


def whole(data, metadata):
    """The payload of an output, with what is measured."""
    return data[FIGURE_MIME] | metadata.get(FIGURE_MIME, {})


def addressed(text):
    """Markup as on a page, with the addresses of its pictures."""
    return re.sub(TOKEN + r"(\w+)", r"../_images/\1.webp", text)


def stored_payloads(chapter):
    """Figure name to payload for a committed chapter."""
    return {payload["name"]: payload for payload, _, _ in _stored(chapter)}


def stored_stills(chapter):
    """Figure name to the PNG of a committed chapter."""
    return {payload["name"]: still for payload, still, _ in _stored(chapter)}


def _stored(chapter):
    """Payload and PNG of each figure of a chapter, and the source of its cell."""
    path = CHAPTERS / chapter if (CHAPTERS / chapter).exists() else PAGES / chapter
    for cell in json.loads(path.read_text("utf-8"))["cells"]:
        for output in cell.get("outputs", []):
            if FIGURE_MIME in output.get("data", {}):
                still = base64.b64decode(output["data"].get("image/png", ""))
                yield whole(output["data"], output["metadata"]), still, "".join(cell["source"])


def is_wipe(payload):
    """Whether a figure is a wipe, which no draw function of the chapter drew."""
    return payload["name"].startswith("wipe")


def weight_of_handles(payload):
    """What the handles of a payload add to it, in bytes of gzip."""
    sizes = [
        len(gzip.compress(json.dumps(p, separators=(",", ":")).encode()))
        for p in (payload, {key: value for key, value in payload.items() if key != "handles"})
    ]
    return sizes[0] - sizes[1]


def pixels(png):
    """The colors of a PNG, shape (height, width, 3)."""
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"), dtype=float)


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


def show_layers(tree, names):
    """Show these layers of a tree, in place, and hide the others."""
    for node in tree.walk():
        if layer_of(node) is not None:
            node.attributes.pop("visibility", None)
            if layer_of(node) not in names:
                node.attributes["visibility"] = "hidden"


def visible(tree):
    """A copy of the tree without definitions and without what is switched off, attributes in sorted order."""
    shown = [c for c in tree.children if c.tag != "defs" and c.attributes.get("display") != "none"]
    attributes = {k: v for k, v in sorted(tree.attributes.items()) if k != "display"}
    return Node(tree.tag, attributes, tree.text, [visible(child) for child in shown])


def outline(tree):
    """The tree's elements in order, with references made blind: ids are numbered over all positions."""
    return re.sub(r"#[\w-]+(?=[)\"])", "#", "".join(child.write() for child in visible(tree).children))


def contrast(fill, other, paper):
    """The contrast of two fills, each a color and how much of it there is, as WCAG 2 measures it."""
    lighter, darker = sorted((_luminance(*fill, paper), _luminance(*other, paper)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color, share, paper):
    channels = zip(bytes.fromhex(color[1:]), bytes.fromhex(paper[1:]), strict=True)
    mixed = np.array([share * over + (1 - share) * under for over, under in channels]) / 255
    linear = np.where(mixed <= 0.04045, mixed / 12.92, ((mixed + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def stored_figures(module, chapter, **data):
    """The stored figures of a chapter but for wipes, name (with underscores) to `StoredFigure`.

    How the chapter lays a figure out is read in the figure's cell; `data` gives, to a figure's name, what the
    chapter binds to its draw function.
    """
    found = {}
    for payload, still, source in _stored(chapter):
        if is_wipe(payload):
            continue
        name = payload["name"].replace("-", "_")
        arguments = [word for node in ast.walk(ast.parse(source)) for word in getattr(node, "keywords", [])]
        layout = {word.arg: ast.literal_eval(word.value) for word in arguments if word.arg in LAYOUT}
        draw = partial(getattr(module, f"draw_{name}"), **data.get(name, {}))
        found[name] = StoredFigure(payload, still, partial(Canvas, draw, **layout))
    return found


class StoredFigure:
    """A stored figure, to be looked at in each of its positions.

    Only the limits of its axes come from a new drawing; their place in the picture is the stored one. So
    nothing here depends on how a version of matplotlib measures text.
    """

    def __init__(self, payload, still, canvas):
        self.payload = payload
        self.still = still
        self._new_canvas = canvas
        self.canvas = canvas()
        self._drawn = {}

    @cached_property
    def positions(self):
        """All positions in grid order."""
        names = [p["name"] for p in self.payload["parameters"]]
        grid = itertools.product(*([_value(t) for t in p["texts"]] for p in self.payload["parameters"]))
        return [Position(self, number, dict(zip(names, v, strict=True))) for number, v in enumerate(grid)]

    @cached_property
    def state(self):
        """The tree's elements, what changes in them, and each artist's marks with the box of their axes."""
        tree = parse(self.payload["svg"])
        boxes = {n.attributes["id"]: n.children[0].attributes for n in tree.walk() if n.tag == "clipPath"}
        marks, clips = {}, []

        def look(node, artist=None):
            artist = node.attributes.get("data-artist", artist)
            if "clip-path" in node.attributes:
                clips.append(node.attributes["clip-path"])
            if artist and node.tag in ("path", "use"):  # what is not clipped is of the axes drawn last
                box = [float(boxes[clips[-1][5:-1]][key]) for key in ("x", "y", "width", "height")]
                marks.setdefault((artist, node.tag), []).append((node, box))
            for child in node.children:
                look(child, artist)

        look(Node("svg", children=[child for child in tree.children if child.tag != "defs"]))
        return list(tree.walk()), decode(self.payload), marks

    def drawn(self, values):
        """Axes by label and sentence of a position drawn anew."""
        key = tuple(values.values())
        if key not in self._drawn:
            with style.applied():
                figure, sentence = self.canvas.figure(values)
            self._drawn[key] = {ax.get_label(): ax for ax in figure.axes}, sentence
        return self._drawn[key]

    def check_ends(self):
        """Draw the figure at both ends of its sliders, and see that it says what is stored there."""
        for at in (self.positions[0], self.positions[-1]):
            told = {"": at.sentence} | at.sentences if at.sentences else at.sentence
            assert self.drawn(at.values)[1] == told, at.values
        self.check_still()

    def check_still(self):
        """See that the stored PNG shows the figure at its start, up to the edges of lines and letters."""
        parameters = self.payload["parameters"]
        start = {p["name"]: _value(p["texts"][p["start"]]) for p in parameters}
        layers = self.payload.get("layers", {"names": [], "controls": []})
        shown = [layers["names"][one["start"]] for one in layers["controls"] if one["start"] is not None]
        drawn, _ = self._new_canvas().png(start, shown)  # whose layout is that of the start
        stored, fresh = (pixels(png) for png in (self.still, drawn))
        assert stored.shape == fresh.shape, self.payload["name"]
        assert np.mean(np.abs(stored - fresh).max(axis=2) > 64) < 0.0005, self.payload["name"]

    def check(self, axes, artist, formula, *, near, **options):
        """See that an artist's points are (x, formula(x, **values)) at every position."""
        for at in self.positions:
            x, y = at.curve(axes, artist, **options).T
            off = np.max(np.abs(y - formula(x, **at.values)))
            assert off <= near, f"{artist} is off by {off:.4f} at {at.values}"


@dataclass
class Position:
    """One position of a stored figure: its number, the values of its parameters, and what is drawn there."""

    figure: StoredFigure
    number: int
    values: dict

    @property
    def sentence(self):
        """What the figure says there, or None."""
        return self.figure.payload["readouts"][self.number] if self.figure.payload["readouts"] else None

    @property
    def sentences(self):
        """What it says there of each layer, by its name."""
        layers = self.figure.payload.get("layers", {"names": [], "readouts": []})
        return {
            name: said[self.number] for name, said in zip(layers["names"], layers["readouts"], strict=False)
        }

    def pixels(self, artist, nth=None):
        """Vertices of an artist's path, or places of its markers, in pixels, shape (n, 2); the axes' box.

        Of several paths of one name, such as a layer's, it takes the `nth`.
        """
        elements, changes, marks = self.figure.state
        apply(elements, changes, self.number)
        if (artist, "path") in marks:
            paths = marks[artist, "path"]
            ((path, box),) = paths if nth is None else [paths[nth]]
            return np.array(NUMBER.findall(path.attributes["d"]), dtype=float).reshape(-1, 2), box
        places = [[float(use.attributes[key]) for key in "xy"] for use, _ in marks[artist, "use"]]
        return np.array(places), marks[artist, "use"][0][1]

    def curve(self, axes, artist, *, limits_by=None, nth=None):
        """The same in data of the axes, whose limits may depend on one parameter."""
        points, (left, top, width, height) = self.pixels(artist, nth)
        first = self.figure.positions[0].values
        values = first | {limits_by: self.values[limits_by]} if limits_by else first
        ax = self.figure.drawn(values)[0][axes]
        shares = np.column_stack([(points[:, 0] - left) / width, 1 - (points[:, 1] - top) / height])
        return (ax.transScale + ax.transLimits).inverted().transform(shares)

    def top(self, axes, artist):
        """How high an artist reaches."""
        return self.curve(axes, artist)[:, 1].max()


def _value(text):
    """What a draw function is given for a parameter's text."""
    for kind in (int, float):
        try:
            return kind(text.replace("−", "-"))
        except ValueError:
            pass
    return text
