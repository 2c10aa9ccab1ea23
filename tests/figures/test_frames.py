"""Many positions as one SVG and channels: applying them gives back each position exactly."""

import numpy as np

from lossbook.figures.engine.frames import apply, decode, differences, merge
from lossbook.figures.engine.tree import Frame, Node
from tests.figures.reading import parse, visible


def frame(*children, definitions=None):
    return Frame(Node("svg", {"viewBox": "0 0 9 9"}, "", list(children)), definitions or {}, None)


def path(d, look="fill:none"):
    return Node("path", {"d": d, "style": look})


def there_and_back(frames, row=1):
    """Merge positions, walk them there and back, and see each as it was; return what is stored."""
    stored = merge(frames, name="fig", row=row) | {"parameters": [{"texts": range(row)}]}
    tree = parse(stored["svg"])
    elements, changes = list(tree.walk()), decode(stored)
    for position in [*range(len(frames)), *reversed(range(len(frames)))]:
        apply(elements, changes, position)
        assert visible(tree).children == visible(frames[position].body).children
    return stored


def test_only_moving_numbers_of_what_moves_are_stored():
    frames = [frame(path("M0 0"), path(f"M-0.1 7L{i / 10:g} {(7 - i) / 10:g}")) for i in range(-30, 31)]
    (channel,) = there_and_back(frames, row=61)["channels"]
    assert channel == {"n": 2, "a": "d", "p": "M-0.1 7L# #", "v": [[-30] + [1] * 60, [37] + [-1] * 60]}


def test_hundredths_are_kept_as_strings():
    scales = [f"scale({i / 100:g})" for i in range(1, 9)]
    frames = [frame(Node("g", {"transform": scale}, "", [path("M0 0")])) for scale in scales]
    assert there_and_back(frames, row=8)["strings"] == scales


def test_attributes_and_texts_that_come_and_go():
    looks = [("a", {"x": "1"}), ("", {"x": "1", "y": "2"}), ("<b> & c", {"x": "2"})]
    there_and_back([frame(Node("text", attributes, words)) for words, attributes in looks])


def test_layers_are_switched_not_repeated():
    layer = Node("g", {}, "", [path("M0 0", "fill:red"), path("M1 1", "fill:red")])
    frames = [frame(path("M0 0")), frame(path("M0 0"), layer, path("M9 9", "fill:blue")), frame(layer)]
    stored = there_and_back(frames)
    assert stored["svg"].count("fill:red") == 2  # the layer stands once in the SVG, and nowhere else
    # What is inside a layer needs no switch of its own.
    assert [channel["a"] for channel in stored["channels"]] == ["display"] * 3


def test_random_trees_come_back():
    rng = np.random.default_rng(1)

    def random_node(depth):
        look = {"style": f"fill:#{rng.integers(0, 4):06x}", "d": f"M{rng.integers(-99, 99) / 10:g} 0"}
        node = Node(str(rng.choice(["g", "path", "use"])), look)
        if node.tag == "g" and depth:
            node.children = [random_node(depth - 1) for _ in range(rng.integers(0, 5))]
        return node

    for _ in range(20):
        there_and_back([frame(*[random_node(2) for _ in range(rng.integers(0, 6))]) for _ in range(6)], row=3)


def test_definitions_are_named_after_the_figure():
    definitions = {"abc": Node("clipPath", {}, "", [Node("rect")])}
    used = Node("g", {"clip-path": "url(#abc)"}, "", [path("M0 0"), Node("use", {"href": "#abc"})])
    tree = parse(merge([frame(used, definitions=definitions)], name="huber-losses")["svg"])
    found = [n.attributes.get(key) for n in tree.walk() for key in ("id", "clip-path", "href")]
    assert list(filter(None, found)) == ["huber-losses-0", "url(#huber-losses-0)", "#huber-losses-0"]


def test_colors_share_a_table_in_which_neighbors_look_alike():
    shades = [f"fill:#{v:02x}{v:02x}{v:02x}" for v in range(0, 200, 10)]
    frames = [frame(*[path("M0 0", shades[(7 * i - t) % 20]) for i in range(30)]) for t in range(10)]
    assert there_and_back(frames, row=10)["strings"] == shades


def test_each_row_of_the_grid_begins_anew():
    assert differences([3, 5, 7, 9, 1, 1, 2, 4], 4) == [3, 2, 2, 2, 1, 0, 1, 2]
