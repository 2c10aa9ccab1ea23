"""Every kind of artist through the engine: each position comes back exactly, and within its weight."""

import gzip
import json
import re

import pytest

from lossbook.figures.engine.frames import merge
from tests.figures import gallery
from tests.figures.reading import canvas_and_grid, payload_of, positions_of, visible

FIGURES = [pytest.param(draw, *rest, id=draw.__name__) for draw, rest in gallery.FIGURES.items()]


def outline(tree):
    """The tree's elements in order, with references made blind: ids are numbered over all positions."""
    return [
        (node.tag, node.text, {k: re.sub(r"#[\w-]+(?=\)|$)", "#", v) for k, v in node.attributes.items()})
        for child in visible(tree).children
        for node in child.walk()
    ]


@pytest.mark.parametrize(("draw", "arguments", "budget"), FIGURES)
def test_positions_come_back_as_drawn_within_the_budget(draw, arguments, budget):
    canvas, grid, _ = canvas_and_grid(draw, arguments)
    frames = [canvas.frame(values) for values in grid]
    row = (1, *grid.shape)[-1]
    stored = merge(frames, name=canvas.name, start=grid.start, row=row)
    stored["parameters"] = [{"texts": list(p.values)} for p in grid.parameters.values()]
    for frame, tree in zip(frames, positions_of(stored, range(len(frames))), strict=True):
        assert outline(tree) == outline(frame.body)
    weight = len(gzip.compress(json.dumps(stored, separators=(",", ":")).encode())) / 1000
    assert weight <= budget, f"{weight:.1f} kB"


def test_the_svg_by_itself_shows_the_start():
    arguments = {"w": gallery.WIDTH}
    payload = payload_of(gallery.draw_bars, arguments)
    canvas, grid, _ = canvas_and_grid(gallery.draw_bars, arguments)
    alone = next(positions_of(payload | {"channels": []}, [0]))
    assert outline(alone) == outline(canvas.frame(grid.first).body)
    assert payload["readouts"][grid.start] == "The tallest bar is 0.47."
