"""Small pictures of figures: what can be seen at 200 pixels is there, and what cannot is gone."""

import gzip
import json
import tomllib
from pathlib import Path
from xml.etree import ElementTree

import pytest

from lossbook.figures.engine.style import PALETTE
from lossbook.notebooks.form import figures_of
from lossbook.site.thumbnails import ROOM, WIDTH, thumbnail

ROOT = Path(__file__).resolve().parents[2]
ROWS = tomllib.loads((ROOT / "chapters/chapters.toml").read_text("utf-8"))
CHAPTERS = sorted(ROOT.glob("chapters/*.ipynb"))

SVG = "{http://www.w3.org/2000/svg}"
AXIS = "fill:none;stroke:var(--lossbook-muted);stroke-width:0.8"

#: A panel from (100, 10) to (400, 110): tick, line of the grid, curve, point, area, and legends around it.
DRAWN = f"""<svg viewBox="0 0 460 200" class="lossbook-svg" style="stroke-linejoin:round"><defs>
<clipPath id="a-0"><rect x="100" y="10" width="300" height="100"/></clipPath>
<path id="a-1" d="M0 0L0 3.5" style="stroke:var(--lossbook-muted);stroke-width:0.8"/>
<path id="a-2" d="M0 3L3 0L0 -3L-3 0z"/><path id="a-3" d="M0 0L0 40L20 20z"/></defs><g>
<g><path d="M150 10L150 110" style="stroke:var(--lossbook-grid)"/><use href="#a-1" x="150" y="110"/>
<text x="150" y="125">1</text></g>
<path d="M50 90L250 40" clip-path="url(#a-0)" style="stroke:var(--lossbook-blue);stroke-width:2"/>
<g clip-path="url(#a-0)"><use href="#a-2" x="250" y="40"/><use href="#a-3" x="200" y="60"/></g>
<path d="M100 10L100 110" style="{AXIS}"/><path d="M120 0L140 0" style="stroke:var(--lossbook-red)"/>
<path d="M120 150L140 150" style="stroke:var(--lossbook-red)"/>
<g display="none"><path d="M110 20L390 20" clip-path="url(#a-0)"/></g></g></svg>"""


@pytest.fixture(scope="module")
def small():
    """The light picture of DRAWN, read."""
    return ElementTree.fromstring(thumbnail({"svg": DRAWN})["light"])


def test_words_ticks_grid_and_legends_are_left_out(small):
    assert small.findall(f".//{SVG}text") == []
    drawn = [path.get("d") for path in small.findall(f"{SVG}g//{SVG}path")]
    assert drawn == ["M50 90L250 40", "M100 10L100 110"]
    assert [use.get("href") for use in small.iter(f"{SVG}use")] == ["#a-2", "#a-3"]


def test_it_is_cut_to_what_is_drawn_where_that_can_be_seen(small):
    left, top, width, height = map(float, small.get("viewBox").split())
    # From the panel's edge to the point, which is 3 wide; from the point to the area's end.
    assert (left, left + width) == (100 - ROOM, 253 + ROOM)
    assert (top, top + height) == (37 - ROOM, 100 + ROOM)


def test_points_grow_as_the_picture_shrinks_and_areas_do_not(small):
    wide = DRAWN.replace("M50 90L250 40", "M50 90L420 40")
    point, area = ElementTree.fromstring(thumbnail({"svg": wide})["light"]).iter(f"{SVG}use")
    assert point.get("transform") == f"translate(250 40) scale({(300 + 2 * ROOM) / WIDTH:.3g})"
    assert (area.get("transform"), area.get("x"), area.get("y")) == (None, "200", "60")
    assert "scale(1)" in next(small.iter(f"{SVG}use")).get("transform")  # nothing shrinks


def test_colors_are_those_of_the_mode():
    for mode, svg in thumbnail({"svg": DRAWN}).items():
        other = {"light": "dark", "dark": "light"}[mode]
        colors = {name: dict(zip(("light", "dark"), pair, strict=True)) for name, pair in PALETTE.items()}
        assert colors["blue"][mode] in svg
        assert colors["ink"][mode] in svg  # what matplotlib left unsaid
        assert colors["blue"][other] not in svg
        assert "var(" not in svg


def test_pictures_are_in_the_file_and_cut_where_the_figure_cuts_them():
    holder = (
        '<foreignObject x="5" y="6" width="40" height="80"><img class="dark-light" src="lossbook-picture:{}"'
    )
    first, second = holder.format("f0"), holder.format("f1") + ' style="width:80px;height:80px"'
    figure = {
        "svg": f'<svg viewBox="0 0 90 90">{first}/></foreignObject>{second}/></foreignObject></svg>',
        "pictures": {"f0": "AAAA", "f1": "BBBB"},
    }
    frames = ElementTree.fromstring(thumbnail(figure)["light"]).findall(f"{SVG}svg")
    assert [[f.get(k) for k in ("x", "y", "width", "height")] for f in frames] == 2 * [["5", "6", "40", "80"]]
    pictures = [frame[0].attrib for frame in frames]
    assert [p["href"] for p in pictures] == [f"data:image/webp;base64,{code}" for code in ("AAAA", "BBBB")]
    assert [(p["width"], p["height"]) for p in pictures] == [("40", "80"), ("80", "80")]


def test_the_fifteen_are_light():
    small = []
    for path in CHAPTERS:
        cells = json.loads(path.read_text("utf-8"))["cells"]
        figures = {figure["name"]: figure for cell in cells for figure in figures_of(cell)}
        small.append(thumbnail(figures[ROWS[path.name[:2]]["picture"]])["dark"])
    sizes = [len(gzip.compress(svg.encode())) for svg in small]
    assert len(sizes) == 15
    assert sum(sizes) < 120_000
    assert max(sizes) < 20_000
    for svg in small:
        assert "http" not in svg.replace("http://www.w3.org/2000/svg", "")
