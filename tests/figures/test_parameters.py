"""Sliders, choices, check boxes, and the grid that they span."""

import pytest

from lossbook.figures import Check, Choice, Slider
from lossbook.figures.engine.parameters import Grid


def test_slider_grid_holds_both_ends_and_exact_decimals():
    values = Slider(0.1, 3.0, 0.1, label="δ").values
    assert len(values) == 30
    assert values[0] == 0.1
    assert values[2] == 0.3  # 0.1 + 2 · 0.1 is 0.30000000000000004
    assert values[-1] == 3.0


def test_whole_numbers_stay_ints():
    assert Slider(1, 4, 1, label="n").values == (1, 2, 3, 4)
    assert all(type(value) is int for value in Slider(1, 4, 1, label="n").values)


def test_zero_has_no_sign():
    slider = Slider(-0.45, 0.45, 0.15, label="x")
    assert [slider.text(value) for value in slider.values] == [
        *("−0.45", "−0.30", "−0.15", "0.00", "0.15", "0.30", "0.45")
    ]


def test_numbers_to_choose_from_are_written_as_on_sliders():
    assert [Choice([-1, 0.5, 1e-05], label="x").text(value) for value in (-1, 0.5, 1e-05)] == [
        "−1",
        "0.5",
        "1e−05",
    ]


def test_slider_starts_in_the_middle_or_where_it_is_told():
    assert Slider(0, 4, 1, label="n").start == 2
    assert Slider(0, 4, 1, label="n", value=3).start == 3


def test_values_are_written_with_equal_digits_and_a_true_minus():
    slider = Slider(-1.0, 1.0, 0.25, label="x")
    assert slider.text(-0.5) == "−0.50"
    assert slider.text(1.0) == "1.00"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            (0.0, 1.0, 0.3),
            r"'δ': high - low must be a whole number of steps; got \(1.0 - 0.0\) / 0.3 = 3.33333",
        ),
        ((1.0, 1.0, 0.1), "required step > 0 and low < high; got low=1.0, high=1.0, step=0.1"),
        ((0.0, 1.0, -0.1), "required step > 0 and low < high"),
        ((0.0, float("nan"), 0.1), "high must be a finite number; got nan"),
        ((True, 2, 1), "low must be a finite number; got True"),
        (("0", 2, 1), "low must be a finite number; got '0'"),
        ((0.0, 1.0, 1 / 3), "step must have at most 10 decimals; got 0.3333333333333333"),
    ],
)
def test_slider_refuses(arguments, message):
    with pytest.raises(ValueError, match=message):
        Slider(*arguments, label="δ")


def test_slider_refuses_a_start_off_the_grid_and_an_empty_label():
    with pytest.raises(ValueError, match=r"value must lie on the grid; got 0\.25"):
        Slider(0.0, 1.0, 0.1, label="δ", value=0.25)
    with pytest.raises(ValueError, match="label must be a non-empty string; got ' '"):
        Slider(0.0, 1.0, 0.1, label=" ")


def test_choice_and_check():
    choice = Choice(["a", "b", "c"], label="letter", value="b")
    assert (choice.values, choice.start, choice.text("c")) == (("a", "b", "c"), 1, "c")
    assert Check(label="on?", value=True).start == 1
    assert [Check(label="on?").text(value) for value in (False, True)] == ["off", "on"]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Choice(["a"], label="x"), r"two or more different options; got \['a'\]"),
        (lambda: Choice(["a", "a"], label="x"), "two or more different options"),
        (lambda: Choice("abc", label="x"), "options must be a list; got 'abc'"),
        (lambda: Choice(["a", "b"], label="x", value="c"), r"value must be one of \['a', 'b'\]; got 'c'"),
        (lambda: Choice(["a", "b"], label=""), "label must be a non-empty string; got ''"),
        (lambda: Check(label="x", value=1), "value must be True or False; got 1"),
        (lambda: Check(label=""), "label must be a non-empty string; got ''"),
    ],
)
def test_choice_and_check_refuse(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_grid_runs_through_the_last_parameter_first():
    grid = Grid({"a": Slider(0, 1, 1, label="a"), "b": Choice(["x", "y", "z"], label="b")})
    assert grid.shape == (2, 3)
    assert [tuple(values.values()) for values in grid] == [
        (0, "x"), (0, "y"), (0, "z"), (1, "x"), (1, "y"), (1, "z"),
    ]  # fmt: skip


def test_grid_starts_where_its_parameters_start():
    grid = Grid(
        {"a": Slider(0, 4, 1, label="a", value=3), "b": Choice(["x", "y", "z"], label="b", value="y")}
    )
    assert list(grid)[grid.start] == {"a": 3, "b": "y"}
    assert grid.describe({"a": 3, "b": "y"}) == "a = 3, b = 'y'"


def test_grid_of_nothing_has_one_position():
    grid = Grid({})
    assert (len(grid), list(grid), grid.start) == (1, [{}], 0)


def test_grid_refuses_too_much():
    tick = Check(label="t")
    with pytest.raises(ValueError, match="at most 3 parameters; got 4: a, b, c, d"):
        Grid(dict.fromkeys("abcd", tick))
    with pytest.raises(ValueError, match="at most 600 positions; got 101 × 6 = 606"):
        Grid({"a": Slider(0, 100, 1, label="a"), "b": Slider(0, 5, 1, label="b")})
    with pytest.raises(TypeError, match="'a' must be a Slider, Choice or Check; got int"):
        Grid({"a": 3})
