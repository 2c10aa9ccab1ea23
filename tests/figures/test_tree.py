"""From matplotlib's markup to a clean tree: rounding, colors, names, clips, pictures."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from lossbook.figures.engine import style
from lossbook.figures.engine.canvas import Canvas
from lossbook.figures.engine.tree import Node, clean, tenths
from tests.figures.reading import parse

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9">'


def parts_of(inside):
    return clean(f"{HEAD}{inside}</svg>").body.children


@pytest.mark.parametrize(
    ("number", "text"), [(0.25, "0.2"), (0.35, "0.3"), (12.0, "12"), (-0.01, "0"), (-3.96, "-4"), (0.96, "1")]
)
def test_coordinates_are_rounded_to_tenths(number, text):
    # 0.25 rounds to even; 0.35 is the float 0.34999…
    assert tenths(number) == text


def test_only_coordinates_are_rounded():
    (group,) = parts_of(
        '<g transform="translate(1.234 -0.04) scale(0.123)"><path d="M 1.26 2.04 L 3 4.96" '
        'style="opacity: 0.35; stroke-width: 0.08"/><path d="M 0 0"/></g><text x="1.26">0.05</text>'
    )[:1]
    assert group.attributes == {"transform": "translate(1.2 0) scale(0.123)"}
    assert group.children[0].attributes == {"d": "M1.3 2L3 5", "style": "opacity:0.35;stroke-width:0.08"}
    (label,) = parts_of('<text x="1.26">0.05</text>')
    assert (label.attributes, label.text) == ({"x": "1.3"}, "0.05")


def test_turns_by_nothing_are_dropped_and_others_rounded():
    drop, keep = parts_of(
        '<text transform="rotate(-0 28.00024 282.2)">a</text><text transform="rotate(-90 1.26 3)">b</text>'
    )
    assert (drop.attributes, keep.attributes) == ({}, {"transform": "rotate(-90 1.3 3)"})


@pytest.mark.parametrize(
    ("color", "becomes"),
    [
        (f"fill: {style.BLUE}; stroke: #440154", "fill:var(--lossbook-blue);stroke:#440154"),
        ("stroke: #000000", "stroke:var(--lossbook-ink)"),
    ],
)
def test_palette_colors_become_variables_and_others_stay(color, becomes):
    assert parts_of(f'<path style="{color}"/>')[0].attributes == {"style": becomes}


def test_black_of_a_color_map_stays_black_and_other_black_is_ink():
    (mesh, line) = parts_of(
        '<g id="QuadMesh_1"><path d="M 0 0" style="fill: #000000"/><path d="M 1 1"/></g>'
        '<g id="line2d_1"><path d="M 0 0" style="stroke: #000000"/><path d="M 0 1"/></g>'
    )
    # Black is also what is unsaid.
    assert [child.attributes["style"] for child in mesh.children] == ["fill:#010101"] * 2
    assert mesh.attributes == {"shape-rendering": "crispEdges"}
    assert line.children[0].attributes["style"] == "stroke:var(--lossbook-ink)"
    assert line.attributes == {}


def test_equal_definitions_have_equal_names_whatever_they_were_called():
    def frame(name):
        return clean(f'{HEAD}<defs><path id="{name}" d="M 0 0"/></defs><use xlink:href="#{name}"/></svg>')

    one, other = frame("m123"), frame("m456")
    assert one == other
    assert [f"#{name}" for name in one.definitions] == [one.body.children[0].attributes["href"]]


def test_references_are_renamed_in_a_copy():
    node = Node("g", {"clip-path": "url(#a)", "style": "fill:#0a0a0a"}, "", [Node("use", {"href": "#b"})])
    copy = node.renamed("new-{}".format)
    assert copy.attributes == {"clip-path": "url(#new-a)", "style": "fill:#0a0a0a"}
    assert copy.children[0].attributes == {"href": "#new-b"}
    assert (node.attributes["clip-path"], node.children[0].attributes["href"]) == ("url(#a)", "#b")


def test_an_artist_keeps_the_name_it_was_given():
    named, unnamed = parts_of('<g id="lossbook:a"><path/></g><g id="line2d_7"><path/><path/></g>')
    assert (named.attributes, unnamed.attributes) == ({"data-artist": "a"}, {})


def test_what_draws_nothing_is_dropped():
    inside = '<g><g/></g><path style="fill: none"/><g><g><path d="M 0 0"/></g></g><metadata/>'
    assert parts_of(inside) == [Node("path", {"d": "M0 0"})]


def test_alike_clips_move_to_the_group_unless_an_element_is_transformed():
    defs = '<defs><clipPath id="c"><rect width="1"/></clipPath></defs>'
    clip = 'clip-path="url(#c)"'
    (group,) = parts_of(f"{defs}<g><path {clip}/><path {clip}/></g>")
    assert ["clip-path" in node.attributes for node in group.walk()] == [True, False, False]
    (group,) = parts_of(f'{defs}<g><path {clip} transform="scale(2)"/><path {clip}/></g>')
    assert ["clip-path" in node.attributes for node in group.walk()] == [False, True, True]


def test_markup_is_written_so_that_it_reads_the_same():
    tree = Node("g", {"data-artist": '"<&>"'}, "", [Node("text", {"x": "1"}, "a < b & c"), Node("path")])
    assert parse(tree.write()) == tree
    assert Node("path", {"d": "M0 0"}).write() == '<path d="M0 0"/>'


@pytest.mark.parametrize("many", [False, True])
def test_pictures_are_stored_without_loss(many):
    pixels = np.random.default_rng(0).integers(0, 256, size=(20, 30, 3), dtype=np.uint8)
    if not many:
        pixels = (pixels // 100) * 100  # 27 colors: a palette will do

    def draw_pixels(ax):
        ax.imshow(pixels)

    (node,) = [node for node in Canvas(draw_pixels).frame({}).body.walk() if node.tag == "image"]
    stored = Image.open(io.BytesIO(base64.b64decode(node.attributes["href"].partition(",")[2])))
    assert stored.mode == ("RGB" if many else "P")
    found = np.asarray(stored.convert("RGB"))
    assert np.array_equal(found, pixels) or np.array_equal(found[::-1], pixels)
