"""Every kind of artist through the engine: exact at every position, and within its weight."""

import gzip
import json
import re

import gallery
import pytest
from reading import at_position, canvas_and_grid, payload_of, positions_of, visible

from lossbook.figures.engine.fonts import CHARACTERS
from lossbook.figures.engine.page import figure_html

FIGURES = [pytest.param(draw, *rest, id=draw.__name__) for draw, rest in gallery.FIGURES.items()]


def outline(tree):
    """The tree's elements in order, with references made blind: ids are numbered over all positions."""
    return [
        (node.tag, node.text, {k: re.sub(r"#[\w-]+(?=\)|$)", "#", v) for k, v in node.attributes.items()})
        for child in tree.children
        for node in child.walk()
    ]


@pytest.mark.parametrize(("draw", "arguments", "budget"), FIGURES)
def test_positions_come_back_as_drawn_within_the_budget(draw, arguments, budget):
    payload = payload_of(draw, arguments)

    # Drawn anew, the first one shown first since it sets the layout: the same trees must come back.
    canvas, grid, _ = canvas_and_grid(draw, arguments)
    values = list(grid)
    canvas.frame(values[grid.start])
    some = range(0, len(grid), 16 if len(grid) > 100 else 1)
    for position, tree in zip(some, positions_of(payload, some), strict=True):
        frame = canvas.frame(values[position])
        assert outline(visible(tree)) == outline(visible(frame.body)), values[position]
        assert payload["readouts"] == [] or payload["readouts"][position] == frame.readout

    weight = len(gzip.compress(json.dumps(payload, separators=(",", ":")).encode())) / 1000
    assert weight <= budget, f"{weight:.1f} kB"

    written = "".join(node.text for node in at_position(payload, 0).walk())
    assert {ord(letter) for letter in written} <= CHARACTERS, "a letter that the site's fonts lack"


def test_the_page_is_whole_without_javascript():
    html = figure_html(payload_of(gallery.draw_bars, gallery.FIGURES[gallery.draw_bars][0]))
    picture, rest = html.split("</svg>")
    assert picture.count("<path") > 4
    assert 'aria-label="What it shows."' in picture
    assert "What to look for." in rest
    assert "The tallest bar is 0.47." in rest
    assert "<noscript><p>The picture shows one position. With JavaScript on you can move width w" in rest
    assert 'class="lossbook-controls" hidden' in rest


def test_nothing_in_a_payload_can_close_its_script():
    payload = payload_of(gallery.draw_still, {}) | {"parameters": [], "readouts": ["</script><b>"]}
    assert "</script><b>" not in figure_html(payload)
    moving = payload_of(gallery.draw_bars, gallery.FIGURES[gallery.draw_bars][0])
    moving["readouts"][0] = "</script><b>"
    assert figure_html(moving).count("</script>") == 1
