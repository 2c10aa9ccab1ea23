"""Many positions as one template and channels: applying them gives back each position exactly."""

import numpy as np
import pytest
from reading import parse, visible

from lossbook.figures.engine.frames import Coding, apply, decode, merge, values_of
from lossbook.figures.engine.svg import Frame, Node


def frame(*children, definitions=None):
    return Frame(Node("svg", {"viewBox": "0 0 9 9"}, "", list(children)), definitions or {}, None)


def path(d, look="fill:none"):
    return Node("path", {"d": d, "style": look})


def positions(frames, row=1):
    """Each position as the template and its channels give it, walked there and back."""
    svg, channels, table, coding = merge(frames, name="fig", row=row)
    tree = parse(svg)
    elements, decoded = list(tree.walk()), decode(channels, table, coding)
    order = [*range(len(frames)), *reversed(range(len(frames)))]
    states = []
    for position in order:
        apply(elements, decoded, position)
        states.append(visible(tree).children)
    half = len(frames)
    assert states[:half] == states[half:][::-1]  # the way there does not matter
    return states[:half], channels


def expected(frames):
    return [visible(f.body).children for f in frames]


def test_what_does_not_change_is_not_stored():
    frames = [frame(path("M0 0L1 1"), path(f"M0 0L{i} 1")) for i in range(3)]
    states, channels = positions(frames)
    assert states == expected(frames)
    assert [(c["n"], c["a"]) for c in channels] == [(2, "d")]


def test_only_the_moving_numbers_are_stored():
    frames = [frame(path(f"M0 7L{i / 10} {5 + 3 * i}L{100 - i / 5:g} 3Z")) for i in range(1, 10)]
    states, (channel,) = positions(frames, row=9)
    assert states == expected(frames)
    assert channel["p"] == "M0 7L# #L# 3Z"


def test_negative_numbers_zero_and_a_sign_change_survive():
    frames = [
        frame(path(f"M{x} {y}")) for x, y in [("-0.5", "3"), ("0", "-3.2"), ("0.5", "0"), ("-12", "0.1")]
    ]
    states, _ = positions(frames, row=4)
    assert states == expected(frames)


def test_attributes_and_texts_that_come_and_go():
    def text(words, **attributes):
        return Node("text", attributes, words)

    frames = [frame(text("a", x="1")), frame(text("", x="1", fill="red")), frame(text("<b> & c", x="2"))]
    states, _ = positions(frames)
    assert states == expected(frames)


def test_layers_are_switched_not_repeated():
    layer = Node("g", {}, "", [path("M0 0", "fill:red"), path("M1 1", "fill:red")])
    frames = [frame(path("M0 0")), frame(path("M0 0"), layer, path("M9 9", "fill:blue")), frame(layer)]
    states, channels = positions(frames)
    assert states == expected(frames)
    svg = merge(frames, name="fig")[0]
    assert svg.count("fill:red") == 2  # the layer stands once in the template, and nowhere else
    assert sum("fill:red" in str(channel) for channel in channels) == 0


def test_random_trees_come_back():
    rng = np.random.default_rng(1)

    def random_node(depth):
        tag = rng.choice(["g", "path", "use"])
        node = Node(
            str(tag), {"style": f"fill:#{rng.integers(0, 4):06x}", "d": f"M{rng.integers(-99, 99) / 10:g} 0"}
        )
        if tag == "g" and depth:
            node.children = [random_node(depth - 1) for _ in range(rng.integers(0, 5))]
        return node

    for _ in range(20):
        frames = [frame(*[random_node(2) for _ in range(rng.integers(0, 6))]) for _ in range(6)]
        states, _ = positions(frames, row=3)
        assert states == expected(frames)


def test_definitions_are_named_after_the_figure():
    definitions = {"abc": Node("clipPath", {}, "", [Node("rect")])}
    used = Node("g", {"clip-path": "url(#abc)"}, "", [path("M0 0"), Node("use", {"href": "#abc"})])
    svg, *_ = merge([frame(used, definitions=definitions)], name="huber-losses")
    tree = parse(svg)
    ids = [n.attributes["id"] for n in tree.walk() if "id" in n.attributes]
    assert ids == ["huber-losses-0"]
    assert tree.children[1].attributes["clip-path"] == "url(#huber-losses-0)"
    assert tree.children[1].children[1].attributes["href"] == "#huber-losses-0"


def test_many_color_channels_share_a_table():
    shades = [f"fill:#{v:02x}{v:02x}{v:02x}" for v in range(0, 200, 10)]
    frames = [frame(*[path("M0 0", shades[(i + t) % 20]) for i in range(30)]) for t in range(10)]
    states, channels = positions(frames, row=10)
    assert states == expected(frames)
    table = merge(frames, name="fig", row=10)[2]
    assert sorted(table) == sorted(shades)
    assert all("c" in channel for channel in channels)
    grays = [int(shade[-2:], 16) for shade in table]
    assert grays in (sorted(grays), sorted(grays, reverse=True))  # neighbors look alike


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("row", [1, 2, 5, 20])
def test_differences_and_series_are_inverse(order, row):
    series = np.random.default_rng(0).integers(-5000, 5000, size=20).tolist()
    coding = Coding(row, order)
    assert coding.series(coding.differences(series)) == series


def test_even_motion_is_stored_as_zeros():
    # By hand: 3, 5, 7, 9 has the first step 2, and then the step no longer changes; each row starts anew.
    assert Coding(4, 2).differences([3, 5, 7, 9, 1, 1, 1, 1]) == [3, 2, 0, 0, 1, 0, 0, 0]
    assert Coding(4, 1).differences([3, 5, 7, 9, 1, 1, 1, 1]) == [3, 2, 2, 2, 1, 0, 0, 0]


def test_values_of_a_pattern_by_hand():
    channel = {"p": "M# 4L0 #", "v": [[10, 5], [-3, 3]]}
    assert values_of(channel, [], Coding(2, 1)) == ["M1 4L0 -0.3", "M1.5 4L0 0"]
