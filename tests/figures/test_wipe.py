"""The wipe: two pictures, a line between them, and nothing stored that grows with its positions."""

import base64
import io
import json
import re

import numpy as np
import pytest
from PIL import Image

from lossbook.figures import Slider, wipe
from lossbook.figures.engine import FIGURE_MIME, display
from lossbook.figures.engine.live import WIDGET_VIEW_MIME, widget
from lossbook.figures.engine.parameters import Grid
from lossbook.figures.engine.pictures import TOKEN
from lossbook.figures.engine.wipe import Wipe
from tests.figures import gallery
from tests.figures.reading import pixels, positions_of, whole

ONE, OTHER = gallery.scene(1.0), gallery.scene(3.0)
WORDS = {"caption": "Drag the line.", "alt": "Narrow ripples beside wide ones."}


@pytest.fixture
def shown(monkeypatch):
    """A function that displays a wipe, with all its frames or live, and returns data and metadata."""
    outputs = []
    monkeypatch.setattr(
        "IPython.display.display", lambda data, metadata, raw: outputs.append((data, metadata))
    )

    def show(*pictures, live=False, **options):
        monkeypatch.setenv(display.FRAMES_VARIABLE, "" if live else "1")
        wipe(*(pictures or (ONE, OTHER)), **WORDS | options)
        *before, last = outputs
        outputs.clear()
        return (*before, last) if live else last

    return show


def picture(payload, element):
    """The picture that an element asks for, in [0, 1]."""
    name = element.children[0].attributes["src"].removeprefix(TOKEN)
    webp = base64.b64decode(payload["pictures"][name])
    return np.asarray(Image.open(io.BytesIO(webp)).convert("RGB")) / 255


def test_at_every_position_the_left_picture_ends_at_the_line(shown):
    payload = whole(*shown())
    assert len(payload["pictures"]) == 2
    for share, tree in zip(range(101), positions_of(payload, range(101)), strict=True):
        below, above = (node for node in tree.walk() if node.tag == "foreignObject")
        left, top, width, height = (float(below.attributes[key]) for key in ("x", "y", "width", "height"))
        assert [float(above.attributes[key]) for key in ("x", "y", "height")] == [left, top, height]
        assert float(above.attributes["width"]) == pytest.approx(share / 100 * width, abs=0.11)
        # The picture itself stays as wide as the other: it is cut, not squeezed.
        assert f"width:{width:g}px;height:{height:g}px" in above.children[0].attributes["style"]
        edge = left + float(above.attributes["width"])
        lines = [node.attributes["d"] for node in tree.walk() if node.tag == "path"]
        assert len(lines) == 2
        assert all(float(line[1:].split()[0]) == pytest.approx(edge, abs=0.11) for line in lines)
    assert np.abs(picture(payload, above) - ONE).mean() < 4 / 255
    assert np.abs(picture(payload, below) - OTHER).mean() < 4 / 255
    assert width / height == pytest.approx(128 / 96, abs=0.01)
    start = next(positions_of(payload | {"channels": []}, [0]))
    below, above = (node for node in start.walk() if node.tag == "foreignObject")
    assert float(above.attributes["width"]) == pytest.approx(float(below.attributes["width"]) / 2, abs=0.1)


def test_what_is_stored_hardly_grows_with_the_positions(shown):
    data, metadata = shown()
    assert set(metadata[FIGURE_MIME]) == {"svg", "channels", "strings", "handles", "pictures"}
    words = data[FIGURE_MIME]
    assert [(p["unit"], p["start"], len(p["texts"])) for p in words["parameters"]] == [("%", 50, 101)]
    assert words["readouts"] == metadata[FIGURE_MIME]["strings"] == []
    without = {key: value for key, value in whole(data, metadata).items() if key != "pictures"}
    assert len(json.dumps(without, separators=(",", ":"))) < 5000
    (handle,) = metadata[FIGURE_MIME]["handles"]
    assert (handle["p"], handle["s"][0]) == ([0], 0)
    assert handle["s"][1] > 250  # as long as the line


def test_the_still_is_half_and_half_with_both_names(shown):
    data, metadata = shown(labels=("narrow", "wide"))
    still = pixels(base64.b64decode(data["image/png"])) / 255
    assert metadata["image/png"]["alt"] == WORDS["alt"]
    inside = np.argwhere(np.abs(still - still[0, 0]).max(axis=2) > 0.1)
    (top, left), (bottom, right) = inside.min(axis=0), inside.max(axis=0)
    scale = (right - left + 1) / 128
    for x, scene in ((20, ONE), (110, OTHER)):
        column = still[int(bottom - 90 * scale) : bottom, int(left + (x + 0.5) * scale)]
        assert np.abs(column[0] - scene[96 - 90, x]).max() < 0.1
        assert np.abs(column[:, 1] - scene[0, x, 1]).max() < 0.1
    letters = still[top : int(bottom - 97 * scale)].min(axis=2) < 0.5
    assert [side.any() for side in np.array_split(letters, 3, axis=1)[::2]] == [True, True]
    texts = [
        node.text for node in next(positions_of(whole(data, metadata), [0])).walk() if node.tag == "text"
    ]
    assert texts == ["narrow", "wide"]


def test_a_live_session_moves_it_by_a_slider(shown):
    (view, _), (data, metadata) = shown(live=True)
    assert WIDGET_VIEW_MIME in view
    assert data[FIGURE_MIME]["start_only"]
    assert len(metadata[FIGURE_MIME]["pictures"]) == 2


def test_a_live_slider_redraws_it():
    pair = {"left": np.uint8(255 * ONE), "right": np.uint8(255 * OTHER)}
    canvas = Wipe(**pair, labels="ab", size=(6.4, 4.6), interpolation="none", name="wipe")
    grid = Grid({"share": Slider(0, 100, 1, label="a", unit="%", value=50)})
    still, readout = canvas.png(grid.first)
    slider, image, *_ = widget(canvas, grid, **WORDS, picture=still, readout=readout).children
    middle = []
    for slider.value in (0, 100):
        png = base64.b64decode(re.search('base64,([^"]*)"', image.value)[1])
        middle.append(pixels(png)[-20, 384] / 255)  # in the lowest rows of the picture, half way across
    for seen, scene in zip(middle, (OTHER, ONE), strict=True):
        assert np.abs(seen - scene[92, 64]).max() < 0.1


@pytest.mark.parametrize(("interpolation", "look"), [("none", True), ("bilinear", False)])
def test_pictures_are_magnified_as_the_author_says(shown, interpolation, look):
    payload = whole(*shown(interpolation=interpolation))
    assert payload["svg"].count("image-rendering:pixelated") == 2 * look


def test_pictures_may_be_gray_and_of_whole_numbers(shown):
    gray = np.linspace(0, 1, 96 * 128).reshape(96, 128)
    payload = whole(*shown(gray, (255 * OTHER).astype(np.uint8), name="wipe-gray", size=(3, 4)))
    assert payload["name"] == "wipe-gray"
    below, above = (n for n in next(positions_of(payload, [0])).walk() if n.tag == "foreignObject")
    assert np.abs(picture(payload, above) - gray[..., None]).mean() < 4 / 255
    assert np.abs(picture(payload, below) - OTHER).mean() < 5 / 255


@pytest.mark.parametrize(
    ("pictures", "options", "message"),
    [
        ((ONE, OTHER[1:]), {}, r"must have one shape; got \(96, 128, 3\) and \(95, 128, 3\)"),
        ((ONE, OTHER[0, 0]), {}, r"right must have shape .* or \(height, width, 3\); got \(3,\)"),
        ((ONE[:0], ONE[:0]), {}, "left must have shape"),
        ((ONE, 1.5 * OTHER), {}, r"right must lie in \[0, 1\] or be uint8; got values from 0 to 1\.5"),
        ((ONE, OTHER * np.nan), {}, "right must lie in"),
        ((ONE, OTHER), {"name": "blur"}, "name must be 'wipe' or begin with 'wipe-'; got 'blur'"),
        ((ONE, OTHER), {"alt": ""}, "alt must be a non-empty string; got ''"),
        ((ONE, OTHER), {"caption": " "}, "caption must be a non-empty string; got ' '"),
    ],
)
def test_what_does_not_fit_is_refused(shown, pictures, options, message):
    with pytest.raises(ValueError, match=message):
        shown(*pictures, **options)
