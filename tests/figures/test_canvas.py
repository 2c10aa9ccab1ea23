"""One position as a clean tree: rounding, colors, names, layout."""

import base64
import io

import matplotlib
import numpy as np
import pytest
from PIL import Image

from lossbook.figures.engine import style
from lossbook.figures.engine.svg import Canvas, clean, tenths

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9">'


def body_of(inside):
    return clean(f"{HEAD}{inside}</svg>").body


@pytest.mark.parametrize(
    ("number", "text"), [(0.25, "0.2"), (0.35, "0.3"), (12.0, "12"), (-0.01, "0"), (-3.96, "-4"), (0.96, "1")]
)
def test_coordinates_are_rounded_to_tenths(number, text):
    # 0.25 rounds to even; 0.35 is the float 0.34999…
    assert tenths(number) == text


def test_only_coordinates_are_rounded():
    node = body_of(
        '<g transform="translate(1.234 -0.04) scale(0.123)"><path d="M 1.26 2.04 L 3 4.96" '
        'style="opacity: 0.35; stroke-width: 0.08"/><path d="M 0 0"/></g>'
    ).children[0]
    assert node.attributes["transform"] == "translate(1.2 0) scale(0.123)"
    assert node.children[0].attributes == {"d": "M1.3 2L3 5", "style": "opacity:0.35;stroke-width:0.08"}


def test_tick_labels_keep_their_digits():
    assert body_of('<text x="1.26">0.05</text>').children[0].text == "0.05"


def test_palette_colors_become_variables_and_others_stay():
    style_text = f"fill: {style.BLUE}; stroke: #440154"
    assert body_of(f'<path style="{style_text}"/>').children[0].attributes["style"] == (
        "fill:var(--lossbook-blue);stroke:#440154"
    )
    assert body_of('<path style="stroke: #000000"/>').children[0].attributes["style"] == (
        "stroke:var(--lossbook-ink)"
    )


def test_equal_definitions_have_equal_names_whatever_they_were_called():
    def frame(name):
        return clean(f'{HEAD}<defs><path id="{name}" d="M 0 0"/></defs><use xlink:href="#{name}"/></svg>')

    one, other = frame("m123"), frame("m456")
    assert list(one.definitions) == list(other.definitions)
    assert one.body == other.body
    assert one.body.children[0].attributes["href"] == "#" + next(iter(one.definitions))


def test_an_artist_keeps_the_name_it_was_given():
    assert body_of('<g id="lossbook:curve"><path/></g>').children[0].attributes == {"data-artist": "curve"}
    assert "id" not in body_of('<g id="line2d_7"><path/><path/></g>').children[0].attributes


def test_alike_clips_move_to_the_group_unless_an_element_is_transformed():
    defs = '<defs><clipPath id="c"><rect width="1"/></clipPath></defs>'
    clip = 'clip-path="url(#c)"'
    group = body_of(f"{defs}<g><path {clip}/><path {clip}/></g>").children[0]
    assert "clip-path" in group.attributes
    assert "clip-path" not in group.children[0].attributes
    moved = body_of(f'{defs}<g><path {clip} transform="scale(2)"/><path {clip}/></g>').children[0]
    assert "clip-path" not in moved.attributes


def test_the_palette_is_one_to_one_and_readable():
    for mode in (0, 1):
        colors = [pair[mode] for pair in style.PALETTE.values()]
        assert len(set(colors)) == len(colors)
        paper = luminance(style.PALETTE["paper"][mode])
        for name, pair in style.PALETTE.items():
            if name not in ("paper", "grid"):
                lighter, darker = sorted([luminance(pair[mode]), paper], reverse=True)
                contrast = (lighter + 0.05) / (darker + 0.05)
                # WCAG 2.1: 4.5 for text, 3 for graphics. All colors may be used for text.
                assert contrast >= 4.5, (name, mode, contrast)


def luminance(color):
    channels = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def draw_line(ax, *, k):
    ax.plot([0, 1], [0, k])
    ax.set_ylim(0, 10 ** (k - 1))


def test_all_positions_have_the_layout_of_the_first():
    canvas = Canvas(draw_line)
    with style.applied():
        boxes = [canvas.figure({"k": k})[0].axes[0].get_position().bounds for k in (3, 1, 2)]
        alone = Canvas(draw_line).figure({"k": 1})[0].axes[0].get_position().bounds
    assert boxes[0] == boxes[1] == boxes[2]
    assert alone != boxes[0]  # narrower tick labels: laid out by itself it would jump


def test_each_number_of_axes_has_one_layout():
    def draw_bar(ax, *, k, bar):
        mesh = ax.pcolormesh([[0, k], [1, 2]])
        if bar:
            ax.figure.colorbar(mesh, ax=ax)

    canvas, seen = Canvas(draw_bar), {True: set(), False: set()}
    with style.applied():
        for k in (1, 1000):
            for bar in (True, False, True):
                axes = canvas.figure({"k": k, "bar": bar})[0].axes
                assert len(axes) == 1 + bar
                seen[bar].add(tuple(axes[0].get_position().bounds))
    assert [len(places) for places in seen.values()] == [1, 1]


def test_a_readers_own_settings_do_not_change_a_figure():
    frame = Canvas(draw_line).frame({"k": 2})
    with matplotlib.rc_context({"xtick.minor.visible": True, "font.size": 20}):
        assert Canvas(draw_line).frame({"k": 2}) == frame


def test_black_of_a_color_map_stays_black_and_other_black_is_ink():
    def draw_black(ax):
        ax.pcolormesh([[0.0, 1.0]], cmap="gray")
        ax.plot([0, 1], color="black")

    body = Canvas(draw_black).frame({}).body
    (mesh,) = [node for node in body.walk() if node.attributes.get("shape-rendering")]
    assert [child.attributes["style"] for child in mesh.children] == ["fill:#010101", "fill:#ffffff"]
    styles = [node.attributes.get("style", "") for node in body.walk()]
    assert any("stroke:var(--lossbook-ink)" in text for text in styles)


def test_turns_by_nothing_are_dropped_and_others_rounded():
    drop, keep = body_of(
        '<text transform="rotate(-0 28.00024 282.2)">a</text><text transform="rotate(-90 1.26 3)">b</text>'
    ).children
    assert drop.attributes == {}
    assert keep.attributes == {"transform": "rotate(-90 1.3 3)"}


def test_what_a_browser_cannot_draw_is_refused():
    def draw_huge(ax):
        ax.plot([0, 1], [0, 1e30])
        ax.set_ylim(0, 1)

    with pytest.raises(
        ValueError, match=r"must stay within 1e\+06 px, .* a line goes to -\S+ px \(mask with nan"
    ):
        Canvas(draw_huge).frame({})


def test_what_sticks_out_is_refused():
    def draw_far(ax, *, far):
        ax.text(0.9 if far else 0.1, 0.5, "a long sentence", transform=ax.transAxes)

    canvas = Canvas(draw_far)
    canvas.frame({"far": False})
    with pytest.raises(
        ValueError, match=r"must stay inside its picture of 6\.4 × 4 inches; it sticks out by \d+ px"
    ):
        canvas.frame({"far": True})


def test_a_readout_must_be_a_sentence():
    with pytest.raises(TypeError, match=r"must return its readout sentence or None; got 3\.0"):
        Canvas(lambda ax: 3.0).frame({})


@pytest.mark.parametrize("many", [False, True])
def test_pictures_are_stored_without_loss(many):
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, size=(20, 30, 3), dtype=np.uint8)
    if not many:
        pixels[...] = (pixels // 100) * 100  # 27 colors: a palette will do

    def draw_pixels(ax):
        ax.imshow(pixels)

    (node,) = [node for node in Canvas(draw_pixels).frame({}).body.walk() if node.tag == "image"]
    stored = Image.open(io.BytesIO(base64.b64decode(node.attributes["href"].partition(",")[2])))
    assert stored.mode == ("RGB" if many else "P")
    found = np.asarray(stored.convert("RGB"))
    assert np.array_equal(found, pixels) or np.array_equal(found[::-1], pixels)


def test_two_runs_give_the_same_bytes():
    frames = [Canvas(draw_line).frame({"k": 2}) for _ in range(2)]
    assert frames[0] == frames[1]
