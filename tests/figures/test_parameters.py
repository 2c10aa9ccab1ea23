"""Sliders, choices, check boxes, and the grid that they span."""

import pytest

from lossbook.figures import Check, Choice, Slider
from lossbook.figures.engine.parameters import Grid, describe


def test_slider_grid_holds_both_ends_and_exact_decimals():
    values = Slider(0.1, 3.0, 0.1, label="δ").values
    assert len(values) == 30
    # 0.1 + 2 · 0.1 is 0.30000000000000004.
    assert (values[0], values[2], values[-1]) == (0.1, 0.3, 3.0)


def test_whole_numbers_stay_ints():
    values = Slider(1, 4, 1, label="n").values
    assert values == (1, 2, 3, 4)
    assert {type(value) for value in values} == {int}
    assert {type(value) for value in Slider(1, 4.0, 1.0, label="n").values} == {float}


@pytest.mark.parametrize(
    ("parameter", "texts"),
    [
        # Zero has no sign, digits are equally many, and the minus is true.
        (Slider(-0.3, 0.15, 0.15, label="x"), ["−0.30", "−0.15", "0.00", "0.15"]),
        (Slider(-1, 1, 1, label="x"), ["−1", "0", "1"]),
        (Choice([-1, 0.5, 1e-05, True], label="x"), ["−1", "0.5", "1e−05", "True"]),
        (Choice(["a-b", "c"], label="x"), ["a-b", "c"]),
        (Check(label="x"), ["off", "on"]),
    ],
)
def test_values_are_written_for_the_reader(parameter, texts):
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
    ],
)
def test_a_parameter_starts_in_the_middle_at_the_first_or_where_it_is_told(parameter, start):
    assert parameter.start == start


@pytest.mark.parametrize(
    ("kind", "arguments", "message"),
    [
        (
            Slider,
            {"step": 0.3},
            r"'δ': high - low must be a whole number of steps; got \(1.0 - 0.0\) / 0.3 = 3.33333",
        ),
        (Slider, {"low": 1.0}, "required step > 0 and low < high; got low=1.0, high=1.0, step=0.1"),
        (Slider, {"step": -0.1}, "required step > 0 and low < high"),
        (Slider, {"high": float("nan")}, "high must be a finite number; got nan"),
        (Slider, {"low": True}, "low must be a finite number; got True"),
        (Slider, {"low": "0"}, "low must be a finite number; got '0'"),
        (Slider, {"step": 1 / 3}, "step must have at most 10 decimals; got 0.3333333333333333"),
        (Slider, {"value": 0.25}, r"value must lie on the grid; got 0\.25"),
        (Slider, {"label": " "}, "label must be a non-empty string; got ' '"),
        (Choice, {"options": ["a"]}, r"two or more different options; got \['a'\]"),
        (Choice, {"options": ["a", "a"]}, "two or more different options"),
        (Choice, {"options": "abc"}, "options must be a list; got 'abc'"),
        (Choice, {"value": "c"}, r"value must be one of \['a', 'b'\]; got 'c'"),
        (Choice, {"label": ""}, "label must be a non-empty string; got ''"),
        (Check, {"value": 1}, "value must be True or False; got 1"),
        (Check, {"label": None}, "label must be a non-empty string; got None"),
    ],
)
def test_what_does_not_fit_is_refused(kind, arguments, message):
    good = {Slider: {"low": 0.0, "high": 1.0, "step": 0.1}, Choice: {"options": ["a", "b"]}, Check: {}}
    with pytest.raises(ValueError, match=f"^{kind.__name__} .*{message}"):
        kind(**{"label": "δ"} | good[kind] | arguments)


def test_grid_runs_through_the_last_parameter_first():
    grid = Grid({"a": Slider(0, 1, 1, label="a"), "b": Choice(["x", "y", "z"], label="b", value="y")})
    assert (grid.shape, len(grid)) == ((2, 3), 6)
    assert [tuple(values.values()) for values in grid] == [
        (0, "x"), (0, "y"), (0, "z"), (1, "x"), (1, "y"), (1, "z"),
    ]  # fmt: skip
    assert (grid.first, grid.start) == ({"a": 1, "b": "y"}, 4)
    assert describe(grid.first) == "a = 1, b = 'y'"


def test_grid_of_nothing_has_one_position():
    grid = Grid({})
    assert (len(grid), list(grid), grid.start) == (1, [{}], 0)
    assert describe({}) == "its only position"


def test_grid_refuses_too_much():
    tick = Check(label="t")
    with pytest.raises(ValueError, match="at most 3 parameters; got 4: a, b, c, d"):
        Grid(dict.fromkeys("abcd", tick))
    with pytest.raises(ValueError, match="at most 600 positions; got 101 × 6 = 606"):
        Grid({"a": Slider(0, 100, 1, label="a"), "b": Slider(0, 5, 1, label="b")})
    with pytest.raises(TypeError, match="'a' must be a Slider, Choice or Check; got int"):
        Grid({"a": 3})
