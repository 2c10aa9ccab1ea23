"""Layers: painted in every position, shown and hidden by choice, with sentences of their own."""

import base64
import json

import numpy as np
import pytest

from lossbook.figures import Layers, Slider
from lossbook.figures.engine import FIGURE_MIME
from lossbook.figures.engine.display import live_bundles
from lossbook.figures.engine.html import figure_data, figure_html
from lossbook.figures.engine.layers import joined
from lossbook.figures.engine.live import widget
from tests.figures import gallery
from tests.figures.reading import canvas_and_grid, parse, payload_of, pixels, positions_of

NAMES = list(gallery.POWERS)
ARGUMENTS, _ = gallery.FIGURES[gallery.draw_powers]
PAIR = Layers(["a", "b"], label="one")
#: Marks of each layer in the picture: a line and a name, and where it is drawn a dot.
MARKS = 3


@pytest.fixture(scope="module")
def payload():
    return json.loads(json.dumps(payload_of(gallery.draw_powers, ARGUMENTS)))


def hidden(tree):
    """Name of each layer to whether its marks are hidden, each."""
    found = {}
    for node in tree.walk():
        kind, _, name = node.attributes.get("data-artist", "").partition(":")
        if kind == "layer":
            found.setdefault(name, []).append(node.attributes.get("visibility") == "hidden")
    return found


def test_positions_are_those_of_the_other_parameters_and_hold_every_layer(payload):
    assert [p["name"] for p in payload["parameters"]] == ["x"]
    assert payload["readouts"] == [f"At x = {x}." for x in (1, 2, 3, 4)]
    layers = payload["layers"]
    assert layers["names"] == NAMES
    assert layers["readouts"][2] == [f"The cubic & more is at {x**3}." for x in (1, 2, 3, 4)]
    assert [(c["label"], c["start"], c["optional"]) for c in layers["controls"]] == [
        ("curve", 1, False),
        ("and", None, True),
    ]
    # What is not chosen at the start is hidden in all positions, and no position changes that.
    assert all(channel["a"] != "visibility" for channel in payload["channels"])
    for tree in positions_of(payload, range(4)):
        assert {name: set(marks) for name, marks in hidden(tree).items()} == {
            "line": {True},
            "parabola": {False},
            "cubic & more": {True},
        }
        assert all(len(marks) == MARKS for marks in hidden(tree).values())


def test_a_dot_that_a_position_lacks_is_switched_off_whether_its_layer_is_shown_or_not(payload):
    dots = [
        [
            node.attributes.get("display")
            for node in tree.walk()
            if node.attributes.get("data-artist") == layer
        ]
        for tree in positions_of(payload, range(4))
        for layer in ["layer:parabola"]
    ]
    assert [dot.count("none") for dot in dots] == [0, 0, 0, 1]


def test_layers_drawn_in_another_order_are_not_taken_for_each_other():
    def draw_turned(ax, *, x):
        for name in "ab" if x else "ba":
            ax.text(0.5, 0.5, name, gid=f"lossbook:layer:{name}")
        ax.set(xlim=(0, 1), ylim=(0, 1))

    stored = payload_of(draw_turned, {"one": PAIR, "x": Slider(0, 1, 1, label="x")})
    assert {channel["a"] for channel in stored["channels"]} == {"display"}
    for tree in positions_of(stored, range(2)):
        shown = [node for node in tree.walk() if "data-artist" in node.attributes]
        seen = [node.attributes["data-artist"] for node in shown if "visibility" not in node.attributes]
        assert set(seen) == {"layer:a"}


def test_the_page_offers_the_layers_and_begins_with_the_first_choice(payload):
    html = figure_html(payload)
    parts = [
        '<p class="lossbook-layers"><span><label for="figure-powers--first">curve</label>',
        '<option value="1" selected>parabola</option><option value="2">cubic &amp; more</option>',
        '<option value="" selected>none</option><option value="0">line</option>',
        '<p class="lossbook-readout" role="status">At x = 3. The parabola is at 9.</p>',
        "can move curve (line, parabola, cubic &amp; more); and (line, parabola, cubic &amp; more); x from 1",
    ]
    assert [part for part in parts if part not in html] == []
    assert json.loads(figure_data(payload))["layers"] == payload["layers"]


def test_layers_alone_are_enough_to_move_a_figure():
    def draw_alone(ax):
        for name in "ab":
            ax.plot([0, 1], gid=f"lossbook:layer:{name}")

    payload = payload_of(draw_alone, {"one": PAIR})
    assert (payload["parameters"], payload["readouts"], payload["layers"]["readouts"]) == ([], [], [])
    html = figure_html(payload)
    assert "<select" in html
    assert "lossbook-readout" not in html
    assert json.loads(figure_data(payload))["layers"]["names"] == ["a", "b"]


def test_the_still_shows_the_first_choice_in_the_place_that_all_have():
    canvas, grid = canvas_and_grid(gallery.draw_powers, ARGUMENTS)
    alone, both, all_three = (
        pixels(canvas.png(grid.first, shown)[0]) for shown in (["parabola"], ["parabola", "line"], NAMES)
    )
    assert (alone != both).any()
    # What one more layer adds is the rest of what all three have: nothing else has moved.
    added = (alone != both).any(axis=2)
    assert (both[added] == all_three[added]).all(axis=1).mean() > 0.9
    assert canvas.png(grid.first, ["line", "", "line"])[1] == "At x = 3. The line is at 3."


def test_a_live_control_shows_and_hides_without_telling_the_draw_function():
    canvas, grid = canvas_and_grid(gallery.draw_powers, ARGUMENTS)
    words = {"caption": "c", "alt": "a"}
    picture, readout = canvas.png(grid.first, grid.shown)
    box = widget(canvas, grid, **words, picture=picture, readout=readout)
    first, second, slider, image, sentence, _ = box.children
    assert (first.options, first.value) == (tuple((name, name) for name in NAMES), "parabola")
    assert (second.options[0], second.value) == (("none", ""), "")
    assert "At x = 3. The parabola is at 9." in sentence.value
    before = image.value
    second.value = "line"
    assert "At x = 3. The parabola is at 9. The line is at 3." in sentence.value
    assert image.value != before
    slider.value = 2
    assert "At x = 2. The parabola is at 4. The line is at 2." in sentence.value
    second.value, slider.value = "", 3
    assert image.value == before


def test_what_a_live_session_stores_stands_still_at_the_first_choice():
    (_, _), (data, _) = live_bundles(*canvas_and_grid(gallery.draw_powers, ARGUMENTS), caption="c", alt="a")
    stored = data[FIGURE_MIME]
    assert stored["readouts"] == ["At x = 3. The parabola is at 9."]
    assert stored["start_only"]
    assert "layers" not in stored
    assert {name for name, marks in hidden(parse(stored["svg"])).items() if not any(marks)} == {"parabola"}
    kept = pixels(base64.b64decode(data["image/png"]))
    canvas, grid = canvas_and_grid(gallery.draw_powers, ARGUMENTS)
    assert np.array_equal(kept, pixels(canvas.png(grid.first, ["parabola"])[0]))


def test_sentences_are_joined_in_the_order_of_the_drop_downs_and_said_once():
    readout = {"": "First.", "a": "A.", "b": "B."}
    assert joined(readout, ["b", "a", "b", ""]) == "First. B. A."
    assert joined({"a": "A."}, ["b"]) is None
    assert (joined("Plain.", ["a"]), joined(None, ["a"])) == ("Plain.", None)


def draw_pair(ax, *, x, painted, said):
    for name in painted:
        ax.plot([0, 1], [0, x], gid=f"lossbook:layer:{name}")
    ax.set(xlim=(0, 1), ylim=(0, 1))
    return said(x)


WHOLE = dict.fromkeys("ab", "Yes.")


@pytest.mark.parametrize(
    ("painted", "said", "message"),
    [
        ("a", lambda x: None, r"drawn at some position, and no other; required \['a', 'b'\], got \['a'\]"),
        ("abc", lambda x: None, r"required \['a', 'b'\], got \['a', 'b', 'c'\]"),
        ("ab", lambda x: {"a": "Yes."}, r"a sentence for each layer, \['a', 'b'\]; got \['a'\]"),
        ("ab", lambda x: WHOLE | {"c": "No."}, r"a sentence for each layer, .*; got \['a', 'b', 'c'\]"),
        ("ab", lambda x: WHOLE | {"": "All."} if x else "Yes.", r"a sentence for each layer, .*; got \[\]"),
        (
            "ab",
            lambda x: WHOLE | ({"": "All."} if x else {}),
            "at every position or at none; got None at x = 0",
        ),
        ("ab", lambda x: WHOLE | {"a": " "}, "one for each layer, or None; got"),
    ],
)
def test_what_does_not_fit_its_layers_is_refused(painted, said, message):
    def draw_bad(ax, *, x):
        return draw_pair(ax, x=x, painted=painted, said=said)

    with pytest.raises((ValueError, RuntimeError), match=message):
        payload_of(draw_bad, {"one": PAIR, "x": Slider(0, 1, 1, label="x")})
