"""Every kind of artist through the engine: each position comes back exactly, and within its weight."""

import gzip
import json

import pytest

from lossbook.figures.engine.display import bundle
from tests.figures import gallery
from tests.figures.reading import canvas_and_grid, outline, positions_of, whole

FIGURES = [pytest.param(draw, *rest, id=draw.__name__) for draw, rest in gallery.FIGURES.items()]


@pytest.mark.parametrize(("draw", "arguments", "budget"), FIGURES)
def test_positions_come_back_as_drawn_within_the_budget(draw, arguments, budget):
    canvas, grid = canvas_and_grid(draw, arguments)
    frames, frame = [], canvas.frame
    canvas.frame = lambda values, **options: frames.append(frame(values, **options)) or frames[-1]
    stored = whole(*bundle(canvas, grid, caption="What to look for.", alt="What it shows."))
    assert len(frames) == len(grid)
    for frame, tree in zip(frames, positions_of(stored, range(len(frames))), strict=True):
        assert outline(tree) == outline(frame.body)
    alone = next(positions_of(stored | {"channels": []}, [0]))
    assert outline(alone) == outline(frames[grid.start].body)
    weight = len(gzip.compress(json.dumps(stored, separators=(",", ":")).encode())) / 1000
    assert weight <= budget
