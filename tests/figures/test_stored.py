"""What all stored figures have in common: names, letters, sentences."""

import importlib
import re

import pytest
from fontTools.ttLib import TTFont

from lossbook.figures.engine import style
from tests.figures.reading import CHAPTERS, positions_of, stored_payloads

FONTS = CHAPTERS.parent / "lossbook/figures/engine/static/fonts"
CHAPTER_NAMES = sorted(path.stem for path in CHAPTERS.glob("[0-9][0-9]_*.ipynb"))


@pytest.fixture(scope="module", params=CHAPTER_NAMES)
def chapter(request):
    """The noun of a chapter and its stored payloads."""
    return request.param[3:], stored_payloads(f"{request.param}.ipynb")


def test_a_chapter_shows_every_figure_of_its_module(chapter):
    noun, payloads = chapter
    names = dir(importlib.import_module(f"lossbook.figures.{noun}"))
    drawn = {name.removeprefix("draw_").replace("_", "-") for name in names if name.startswith("draw_")}
    assert drawn == set(payloads)
    assert drawn


def test_readouts_are_sentences(chapter):
    for payload in chapter[1].values():
        for readout in payload["readouts"]:
            assert re.fullmatch(r"[A-Z][^\n]*\.", readout, re.IGNORECASE), readout


def unserved(tree, fonts):
    """Letters of a picture that the site's fonts lack: all of them upright, Latin and Greek else."""
    found = set()
    for node in tree.walk():
        look = node.attributes.get("style", "")
        slanted = re.search("font-style:(oblique|italic)", look)
        bold = re.search("font-weight:(bold|700)", look)
        face = "DejaVuSans-Oblique" if slanted else "DejaVuSans-Bold" if bold else "DejaVuSans"
        found |= {letter for letter in node.text if ord(letter) not in fonts[face]}
    return found


def test_the_fonts_of_the_site_hold_the_letters(chapter):
    fonts = {path.stem: set(TTFont(path).getBestCmap()) for path in FONTS.glob("*.woff2")}
    for name, payload in chapter[1].items():
        for tree in positions_of(payload, range(0, max(1, len(payload["readouts"])), 7)):
            assert unserved(tree, fonts) == set(), name


def test_colors_are_the_palettes_or_of_a_color_map(chapter):
    for payload in chapter[1].values():
        assert not set(style.CSS_VARIABLE) & set(re.findall("#[0-9a-f]{6}", payload["svg"]))
