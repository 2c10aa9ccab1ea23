"""Sliders, choices, check boxes, and the grid that they span."""

import pytest

from lossbook.figures import Check, Choice, Layers, Slider
from lossbook.figures.engine.parameters import Grid, describe


@pytest.mark.parametrize(
    ("parameter", "values", "texts"),
    [
        # 0.1 + 2 · 0.1 is 0.30000000000000004, zero has no sign, digits are equally many, the minus is true.
        (Slider(0.1, 0.4, 0.1, label="x"), (0.1, 0.2, 0.3, 0.4), ["0.1", "0.2", "0.3", "0.4"]),
        (Slider(-0.45, 0, 0.15, label="x"), (-0.45, -0.3, -0.15, 0.0), ["−0.45", "−0.30", "−0.15", "0.00"]),
        (Slider(-1, 1, 1, label="x"), (-1, 0, 1), ["−1", "0", "1"]),
        (Slider(1, 2.0, 1.0, label="x"), (1.0, 2.0), ["1", "2"]),
        (Choice([-1, 0.5, 1e-05, True], label="x"), (-1, 0.5, 1e-05, True), ["−1", "0.5", "1e−05", "True"]),
        (Choice(["a-b", "c"], label="x"), ("a-b", "c"), ["a-b", "c"]),
        (Check(label="x"), (False, True), ["off", "on"]),
        (Layers(["a-b", "c"], label="x"), ("a-b", "c"), ["a-b", "c"]),
        (Layers(["a-b", "c"], label="x", optional=True), ("", "a-b", "c"), ["none", "a-b", "c"]),
    ],
)
def test_values_and_how_the_reader_sees_them(parameter, values, texts):
    assert repr(parameter.values) == repr(values)  # whole numbers stay ints
    assert [parameter.text(value) for value in parameter.values] == texts


@pytest.mark.parametrize(
    ("parameter", "start"),
    [
        (Slider(0, 5, 1, label="n"), 3),
        (Slider(0, 5, 1, label="n", value=0), 0),
        (Choice(["a", "b", "c"], label="x"), 0),
        (Choice(["a", "b", "c"], label="x", value="c"), 2),
        (Check(label="x"), 0),
        (Check(label="x", value=True), 1),
        (Layers(["a", "b"], label="x", value="b"), 1),
        (Layers(["a", "b"], label="x", optional=True), 0),
    ],
)
def test_a_parameter_starts_in_the_middle_at_the_first_or_where_it_is_told(parameter, start):
    assert parameter.start == start


@pytest.mark.parametrize(
    ("kind", "arguments", "message"),
    [
        (Slider, {"step": 0.3}, r"a whole number of steps; got \(1.0 - 0.0\) / 0.3 = 3.33333"),
        (Slider, {"low": 1.0}, "required step > 0 and low < high; got low=1.0, high=1.0, step=0.1"),
        (Slider, {"step": -0.1}, "required step > 0 and low < high"),
        (Slider, {"high": float("nan")}, "high must be a finite number; got nan"),
        (Slider, {"low": True}, "low must be a finite number; got True"),
        (Slider, {"step": "1"}, "step must be a finite number; got '1'"),
        (Slider, {"step": 1 / 3}, "step must have at most 10 decimals; got 0.3333333333333333"),
        (Slider, {"value": 0.25}, r"value must lie on the grid; got 0\.25"),
        (Slider, {"label": " "}, "label must be a non-empty string; got ' '"),
        (Choice, {"options": ["a"]}, r"two or more different options; got \['a'\]"),
        (Choice, {"options": ["a", "a"]}, "two or more different options"),
        (Choice, {"options": "abc"}, "options must be a list; got 'abc'"),
        (Choice, {"value": "c"}, r"value must be one of \['a', 'b'\]; got 'c'"),
        (Layers, {"options": ["a"]}, r"two or more different names; got \['a'\]"),
        (Layers, {"options": ["a", "a"]}, "two or more different names"),
        (Layers, {"options": "ab"}, "two or more different names; got 'ab'"),
        (Layers, {"options": ["a", 2]}, "two or more different names"),
        (Layers, {"value": "c"}, r"value must be one of \['a', 'b'\]; got 'c'"),
        (Check, {"value": 1}, "value must be True or False; got 1"),
        (Check, {"label": None}, "label must be a non-empty string; got None"),
    ],
)
def test_what_does_not_fit_is_refused(kind, arguments, message):
    good = {Slider: {"low": 0.0, "high": 1.0, "step": 0.1}, Check: {}}
    good |= {key: {"options": ["a", "b"]} for key in (Choice, Layers)}
    with pytest.raises(ValueError, match=f"^{kind.__name__} .*{message}"):
        kind(**{"label": "δ"} | good[kind] | arguments)


def test_grid_runs_through_the_last_parameter_first():
    grid = Grid({"a": Slider(0, 1, 1, label="a"), "b": Choice(["x", "y", "z"], label="b", value="y")})
    assert (grid.shape, len(grid)) == ((2, 3), 6)
    assert ["{a}{b}".format(**values) for values in grid] == ["0x", "0y", "0z", "1x", "1y", "1z"]
    assert (grid.first, grid.start, describe(grid.first)) == ({"a": 1, "b": "y"}, 4, "a = 1, b = 'y'")
    layered = Grid({"one": Layers(["x", "y"], label="one"), "a": Slider(0, 1, 1, label="a")})
    assert (list(layered), layered.first, layered.shown) == ([{"a": 0}, {"a": 1}], {"a": 1}, ("x",))
    nothing = Grid({})
    assert (len(nothing), list(nothing), nothing.start, describe({})) == (1, [{}], 0, "its only position")


@pytest.mark.parametrize(
    ("parameters", "error", "message"),
    [
        (dict.fromkeys("abcd", Check(label="t")), ValueError, "at most 3 parameters; got 4: a, b, c, d"),
        (dict.fromkeys("ab", Slider(0, 24, 1, label="a")), ValueError, "at most 600 .* got 25 × 25 = 625"),
        (dict.fromkeys("abcd", Layers(["x", "y"], label="l")), ValueError, "at most 3 Layers"),
        (
            {"a": Layers(["x", "y"], label="l"), "b": Layers(["x", "z"], label="l")},
            ValueError,
            "must have the same options; got",
        ),
        ({"a": 3}, TypeError, "'a' must be a Slider, Choice, Check or Layers; got int"),
    ],
)
def test_grid_refuses_too_much(parameters, error, message):
    with pytest.raises(error, match=message):
        Grid(parameters)
