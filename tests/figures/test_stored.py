"""What all stored figures have in common: names, sentences, letters, colors."""

import importlib
import re

import pytest
from fontTools.ttLib import TTFont

from lossbook.figures.engine import style
from tests.figures.reading import CHAPTERS, positions_of, stored_payloads

FONTS = CHAPTERS.parent / "lossbook/figures/engine/static/fonts"


@pytest.fixture(scope="module", params=sorted(path.name for path in CHAPTERS.glob("[0-9][0-9]_*.ipynb")))
def payloads(request):
    """A chapter's stored payloads by name; each figure of its module, and no other."""
    stored = stored_payloads(request.param)
    names = dir(importlib.import_module(f"lossbook.figures.{request.param[3:-6]}"))
    assert {name[5:].replace("_", "-") for name in names if name.startswith("draw_")} == set(stored) != set()
    return stored.values()


def test_readouts_are_sentences(payloads):
    for payload in payloads:
        for readout in payload["readouts"]:
            assert re.fullmatch(r"[A-Za-z][^\n]*\.", readout), readout


def face_of(node):
    """The font of a text: all letters are upright, Latin and Greek ones also slanted or bold."""
    look = node.attributes.get("style", "")
    slanted, bold = (re.search(x, look) for x in ("font-style:(oblique|italic)", "font-weight:(bold|700)"))
    return "DejaVuSans-Oblique" if slanted else "DejaVuSans-Bold" if bold else "DejaVuSans"


def test_the_fonts_of_the_site_hold_the_letters(payloads):
    held = {path.stem: set(map(chr, TTFont(path).getBestCmap())) for path in FONTS.glob("*.woff2")}
    for payload in payloads:
        for tree in positions_of(payload, range(0, max(1, len(payload["readouts"])), 7)):
            for node in tree.walk():
                assert set(node.text) <= held[face_of(node)], (payload["name"], node.text)


def test_colors_of_the_palette_are_variables(payloads):
    for payload in payloads:
        assert not set(style.CSS_VARIABLE) & set(re.findall("#[0-9a-f]{6}", payload["svg"]))
