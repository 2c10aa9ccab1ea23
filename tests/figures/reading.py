"""Read stored figures back: payloads out of notebooks, trees out of markup, data out of a drawn path."""

import copy
import json
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import numpy as np

from lossbook.figures.engine import style
from lossbook.figures.engine.display import MIME, bundle
from lossbook.figures.engine.frames import Coding, apply, decode
from lossbook.figures.engine.parameters import Grid
from lossbook.figures.engine.svg import Canvas, Node

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
    data, metadata = bundle(
        canvas, grid, caption="What to look for.", alt="What it shows.", measured=measured
    )
    return {**data[MIME], **metadata.get(MIME, {})}


def stored_payloads(chapter):
    """Figure name to payload for a committed chapter."""
    notebook = json.loads((CHAPTERS / chapter).read_text("utf-8"))
    found = {}
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            if MIME in output.get("data", {}):
                payload = {**output["data"][MIME], **output.get("metadata", {}).get(MIME, {})}
                found[payload["name"]] = payload
    return found


def curve_reader(module, stored, figures):
    """A function that reads an artist of a chapter's stored figures back into data.

    Parameters
    ----------
    module : module
        The chapter's figures.
    stored : dict
        Figure name to payload, of `stored_payloads`.
    figures : dict
        Figure name to how the chapter shows it: its layout, and one position to lay it out with.

    Returns
    -------
    callable
        ``read(name, axes, artist, position, **layout)`` gives points of shape (n, 2) in the data of these
        axes; `layout` are parameters on which the axes' limits depend.
    """
    laid_out = {}

    def read(name, axes, artist, position, **layout):
        options, values = figures[name]
        key = (name, *layout.items())
        if key not in laid_out:
            canvas, _, _ = canvas_and_grid(getattr(module, "draw_" + name.replace("-", "_")), options)
            with style.applied():
                figure, _ = canvas.figure(values | layout)
            laid_out[key] = {ax.get_label(): ax for ax in figure.axes}
        height = options.get("size", (6.4, 4.0))[1]
        return to_data(laid_out[key][axes], drawn_points(stored[name], artist, position), height)

    return read


def parse(markup):
    """SVG markup as a tree of nodes."""

    def convert(element):
        text = "" if len(element) else element.text or ""
        return Node(element.tag, dict(element.attrib), text, [convert(child) for child in element])

    return convert(ElementTree.fromstring(markup))


def positions_of(payload, positions):
    """The tree of a stored figure, brought to each of these positions in turn: one tree, changed in place."""
    tree = parse(payload["svg"])
    row = len(payload["parameters"][-1]["texts"]) if payload["parameters"] else 1
    decoded = decode(payload["channels"], payload["table"], Coding(row, payload["order"]))
    elements = list(tree.walk())
    for position in positions:
        apply(elements, decoded, position)
        yield tree


def at_position(payload, position):
    """The tree of a stored figure brought to one position."""
    return next(positions_of(payload, [position]))


def visible(tree):
    """A copy of the tree without definitions and without what is switched off, attributes in sorted order."""

    def keep(node):
        children = [keep(child) for child in node.children if child.attributes.get("display") != "none"]
        attributes = {k: v for k, v in sorted(node.attributes.items()) if k != "display"}
        return Node(node.tag, attributes, node.text, children)

    tree = copy.deepcopy(tree)
    tree.children = [child for child in tree.children if child.tag != "defs"]
    return keep(tree)


def drawn_points(payload, artist, position):
    """Vertices in pixels, shape (n, 2), of the path that bears an artist's name."""
    (node,) = [n for n in at_position(payload, position).walk() if n.attributes.get("data-artist") == artist]
    (path,) = [n for n in node.walk() if n.tag == "path"]
    numbers = [float(text) for text in re.findall(r"-?\d+(?:\.\d+)?", path.attributes["d"])]
    return np.array(numbers).reshape(-1, 2)


def to_data(ax, pixels, height):
    """Pixels of the SVG (y down, 72 an inch) as data of an axes, in a figure `height` inches high."""
    dots = ax.figure.dpi / 72
    display = np.column_stack([pixels[:, 0] * dots, (72 * height - pixels[:, 1]) * dots])
    return ax.transData.inverted().transform(display)
