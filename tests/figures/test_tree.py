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
CLIP = '<defs><clipPath id="c"><rect width="1"/></clipPath></defs>'


def parts_of(inside):
    return clean(f"{HEAD}{inside}</svg>").body.children


@pytest.mark.parametrize(
    ("number", "text"), [(0.25, "0.2"), (0.35, "0.3"), (12.0, "12"), (-0.01, "0"), (-3.96, "-4"), (0.96, "1")]
)
def test_coordinates_are_rounded_to_tenths(number, text):
    # 0.25 rounds to even; 0.35 is the float 0.34999…
    assert tenths(number) == text


@pytest.mark.parametrize(
    ("markup", "written"),
    [
        # Only coordinates are rounded: no opacity, no width of a line, no scale, no label of a tick.
        ('<path d="M 1.26 2.04 L 3 4.96 z"/>', '<path d="M1.3 2L3 5z"/>'),
        ('<path style="opacity: 0.35; stroke-width: .08"/>', '<path style="opacity:0.35;stroke-width:.08"/>'),
        ('<text x="1.26">0.05</text>', '<text x="1.3">0.05</text>'),
        ('<use transform="rotate(-90 1.26 -0.04)"/>', '<use transform="rotate(-90 1.3 0)"/>'),
        ('<use transform="scale(.12)"/>', '<use transform="scale(.12)"/>'),
        ('<use transform="rotate(-0 28.00024 282.2)"/>', "<use/>"),
        # Colors of the palette become variables, black is ink, others stay; the font is the page's.
        (f'<path style="fill: {style.BLUE}"/>', '<path style="fill:var(--lossbook-blue)"/>'),
        ('<path style="stroke: #000000"/>', '<path style="stroke:var(--lossbook-ink)"/>'),
        ('<path style="stroke: #440154"/>', '<path style="stroke:#440154"/>'),
        ("<use style=\"font-family: 'DejaVu Sans', Arial; opacity: 1\"/>", '<use style="opacity:1"/>'),
        # An artist keeps the name that it was given, and no other.
        ('<path id="lossbook:curve"/>', '<path data-artist="curve"/>'),
        ('<path id="line2d_7"/>', "<path/>"),
        # What draws nothing is dropped.
        ('<g><g/></g><path style="fill: none"/><g><g><path d="M 0 0"/></g></g>', '<path d="M0 0"/>'),
        ("<metadata><title>a</title></metadata><g><style>b</style></g>", ""),
    ],
)
def test_an_element_keeps_what_says_something(markup, written):
    assert "".join(node.write() for node in parts_of(markup)) == written


def test_black_of_a_color_map_stays_black_also_where_it_is_unsaid():
    (mesh,) = parts_of('<g id="QuadMesh_1"><path d="M 0 0" style="fill: #000000"/><path d="M 1 1"/></g>')
    assert mesh.attributes == {"shape-rendering": "crispEdges"}
    assert [child.attributes["style"] for child in mesh.children] == ["fill:#010101"] * 2


def test_equal_definitions_have_equal_names_whatever_they_were_called():
    one, other = (
        clean(f'{HEAD}<defs><path id="{name}" d="M 0 0"/></defs><use xlink:href="#{name}"/></svg>')
        for name in ("m123", "m456")
    )
    assert one == other
    assert [f"#{name}" for name in one.definitions] == [one.body.children[0].attributes["href"]]


@pytest.mark.parametrize("moved", [False, True])
def test_alike_clips_move_to_the_group_unless_an_element_is_transformed(moved):
    path = '<path clip-path="url(#c)" transform="scale(2)"/>' if moved else '<path clip-path="url(#c)"/>'
    (group,) = parts_of(f"{CLIP}<g>{path}{path}</g>")
    assert ["clip-path" in node.attributes for node in group.walk()] == [not moved, moved, moved]


def test_markup_is_written_so_that_it_reads_the_same():
    tree = Node("g", {"data-artist": '"<&>"'}, "", [Node("text", {"x": "1"}, "a < b & c"), Node("path")])
    assert parse(tree.write()) == tree


@pytest.mark.parametrize("many", [False, True])
def test_pictures_are_stored_without_loss(many):
    pixels = np.random.default_rng(0).integers(0, 256, size=(20, 30, 3), dtype=np.uint8)
    pixels = pixels if many else (pixels // 100) * 100  # 27 colors: a palette will do

    def draw_pixels(ax):
        ax.imshow(pixels)

    (node,) = [node for node in Canvas(draw_pixels).frame({}).body.walk() if node.tag == "image"]
    stored = Image.open(io.BytesIO(base64.b64decode(node.attributes["href"].partition(",")[2])))
    found = np.asarray(stored.convert("RGB"))
    assert stored.mode == ("RGB" if many else "P")
    assert np.array_equal(found, pixels) or np.array_equal(found[::-1], pixels)


def luminance(color):
    channels = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


@pytest.mark.parametrize("mode", [0, 1])
def test_the_palette_is_one_to_one_and_readable(mode):
    colors = {name: pair[mode] for name, pair in style.PALETTE.items()}
    assert len(set(colors.values())) == len(colors)
    rule = style.css_variables().splitlines()[mode]
    assert rule.startswith([":root{", 'html[data-theme="dark"]{'][mode])
    for name, color in colors.items():
        assert f"--lossbook-{name}:{color};" in rule
        assert getattr(style, name.upper()) == style.PALETTE[name][0]
        if name not in ("paper", "grid"):
            low, high = sorted([luminance(color), luminance(colors["paper"])])
            # WCAG 2.1: 4.5 for text, 3 for graphics. All colors may be used for text.
            assert (high + 0.05) / (low + 0.05) >= 4.5, name
