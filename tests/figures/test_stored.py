"""What all stored figures have in common: names, sentences, letters, colors, bars that gray tells apart."""

import importlib
import itertools
import re

import pytest
from fontTools.ttLib import TTFont

from lossbook.figures.engine import style
from lossbook.figures.engine.tree import NUMBER
from tests.figures.reading import (
    CHAPTERS,
    PAGES,
    contrast,
    is_wipe,
    positions_of,
    stored_payloads,
    weight_of_handles,
)

FONTS = CHAPTERS.parent / "lossbook/figures/engine/static/fonts"


NOTEBOOKS = [*sorted(CHAPTERS.glob("[0-9][0-9]_*.ipynb")), *sorted(PAGES.glob("*.ipynb"))]


@pytest.fixture(scope="module", params=[path.name for path in NOTEBOOKS])
def payloads(request):
    """A notebook's stored payloads by name; each figure of its module, and no other."""
    stored = stored_payloads(request.param)
    names = dir(importlib.import_module(f"lossbook.figures.{re.sub('^[0-9]+_', '', request.param)[:-6]}"))
    drawn = {name for name, payload in stored.items() if not is_wipe(payload)}
    assert {name[5:].replace("_", "-") for name in names if name.startswith("draw_")} == drawn != set()
    return stored.values()


def test_readouts_are_sentences(payloads):
    for payload in payloads:
        for readout in payload["readouts"]:
            assert re.fullmatch(r"[A-Za-z0-9][^\n]*\.", readout), readout
        for readouts in payload.get("layers", {"readouts": []})["readouts"]:
            assert [said for said in readouts if not re.fullmatch(r"[A-Z0-9][^\n]*\.", said)] == []


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


def height(payload):
    """How high a figure's picture, controls and longest sentence are together, 640 px wide, in pixels."""
    wide, high = map(float, re.search(r'viewBox="0 0 (\S+) (\S+)"', payload["svg"]).groups())
    layers = payload.get("layers", {"controls": [], "readouts": []})
    letters = max(map(len, payload["readouts"] or [""]))
    # With layers, the longest sentences of as many as can be chosen at once.
    letters += sum(sorted(1 + max(map(len, said)) for said in layers["readouts"])[-len(layers["controls"]) :])
    rows = len(payload["parameters"]) + bool(layers["controls"])
    return 640 * high / wide + 8 + 44 * rows + 24 * -(-letters // 76)


def test_what_moves_is_seen_at_once_with_its_controls(payloads):
    tall = {p["name"]: height(p) for p in payloads if p["parameters"] and height(p) > 560}
    assert tall == {}


def test_handles_weigh_little(payloads):
    for payload in payloads:
        budget = sum(300 if len(handle["p"]) == 1 else 800 for handle in payload.get("handles", []))
        assert weight_of_handles(payload) <= budget, payload["name"]


def bars(tree):
    """The filled rectangles of a picture: left, top, right, bottom, the color's name and how much of it."""
    for node in tree.walk():
        look = dict(part.split(":", 1) for part in node.attributes.get("style", "").split(";") if part)
        color = re.fullmatch(r"var\(--lossbook-(\w+)\)", look.get("fill", ""))
        corners = [float(number) for number in NUMBER.findall(node.attributes.get("d", ""))]
        if color and len(corners) == 8 and len(set(corners[::2])) == len(set(corners[1::2])) == 2:
            share = float(look.get("fill-opacity", 1)) * float(look.get("opacity", 1))
            yield (
                *map(min, (corners[::2], corners[1::2])),
                *map(max, (corners[::2], corners[1::2])),
                color[1],
                share,
            )


def test_bars_beside_each_other_are_told_apart_in_gray(payloads):
    for payload in payloads:
        for tree in positions_of(payload, range(0, max(1, len(payload["readouts"])), 7)):
            for one, other in itertools.combinations(bars(tree), 2):
                gaps = [max(one[a] - other[a + 2], other[a] - one[a + 2]) for a in (0, 1)]
                if min(gaps) < 0 <= max(gaps) + 0.5 < 9 and one[4:] != other[4:]:
                    for mode, paper in enumerate(style.PALETTE["paper"]):
                        fills = [(style.PALETTE[bar[4]][mode], bar[5]) for bar in (one, other)]
                        assert contrast(*fills, paper) >= 1.5, (payload["name"], one, other)
