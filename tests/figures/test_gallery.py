"""Every kind of artist through the engine: exact at every position, and within its weight."""

import gzip
import json
import re
from pathlib import Path

import gallery
import matplotlib
import pytest
from fontTools.ttLib import TTFont
from reading import CHAPTERS, at_position, canvas_and_grid, payload_of, positions_of, stored_payloads, visible

from lossbook.figures.engine.fonts import CHARACTERS, FACES, FOLDER, LETTERS
from lossbook.figures.engine.page import figure_html

FIGURES = [pytest.param(draw, *rest, id=draw.__name__) for draw, rest in gallery.FIGURES.items()]


def outline(tree):
    """The tree's elements in order, with references made blind: ids are numbered over all positions."""
    return [
        (node.tag, node.text, {k: re.sub(r"#[\w-]+(?=\)|$)", "#", v) for k, v in node.attributes.items()})
        for child in tree.children
        for node in child.walk()
    ]


def unserved(tree):
    """Letters of a picture that the fonts of the site lack."""
    found = set()
    for node in tree.walk():
        slanted = re.search(
            r"font-style:(oblique|italic)|font-weight:(bold|700)", node.attributes.get("style", "")
        )
        served = LETTERS if slanted else CHARACTERS
        found |= {letter for letter in node.text if ord(letter) not in served}
    return found


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

    assert unserved(at_position(payload, 0)) == set()


def test_the_fonts_hold_the_letters_that_they_promise():
    for face, characters in FACES.items():
        held = set(TTFont(FOLDER / f"{face}.woff2").getBestCmap())
        # DejaVu itself has no glyph for a few code points inside the blocks.
        whole = set(TTFont(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / f"{face}.ttf").getBestCmap())
        assert characters & whole <= held
        assert len(held) > 130


@pytest.mark.parametrize("chapter", sorted(path.name for path in CHAPTERS.glob("[0-9][0-9]_*.ipynb")))
def test_the_chapters_use_no_other_letters(chapter):
    for name, payload in stored_payloads(chapter).items():
        for position in range(0, max(1, len(payload["readouts"])), 7):
            assert unserved(at_position(payload, position)) == set(), name


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
