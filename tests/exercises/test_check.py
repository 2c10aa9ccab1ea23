"""The checker itself: its report, its refusals, and answers that misbehave."""

import dataclasses
import json
import sys
import warnings

import numpy as np
import pytest

from lossbook import exercises, regression
from lossbook.exercises import Exercise, Property, check, numbers
from lossbook.exercises._calls import Output, Reply, call_here, plain
from lossbook.exercises._exercise import NotYet


def smooth_l1(prediction, target, beta):
    return regression.smooth_l1(prediction, target, beta=beta)


def lines(report):
    return repr(report).splitlines()


# ---- The report ------------------------------------------------------------------------------------------


def test_the_report_is_one_line_a_property():
    report = check("15.4", smooth_l1)
    assert lines(report)[0] == "Exercise 15.4 (Smooth L1): 7 of 7 passed"
    assert lines(report)[1:] == [f"passed: {result.name}" for result in report.results]
    assert str(report) == repr(report)
    assert not hasattr(report, "_repr_html_")


def test_the_report_is_the_same_each_time():
    def wrong(prediction, target, beta):
        return abs(prediction - target)

    assert repr(check("15.4", wrong)) == repr(check("15.4", wrong))


def test_the_score_weighs_the_properties():
    def test(holds):
        def run(ask, rng):
            if not holds:
                raise NotYet("for this it is that.")

        return run

    exercise = Exercise("1.1", "A title", "noun", ("x",), ("y",), ())
    for weights, score in (((1.0, 1.0), 0.5), ((3.0, 1.0), 0.75)):
        properties = tuple(
            Property(name, test(holds), weight)
            for name, holds, weight in zip("ab", (True, False), weights, strict=True)
        )
        report = dataclasses.replace(exercise, properties=properties).judge(None)
        assert (report.passed, report.total, report.score, bool(report)) == (1, 2, score, False)
        assert lines(report) == [
            "Exercise 1.1 (A title): 1 of 2 passed",
            "passed: a",
            "not yet: b. For this it is that.",
        ]


def test_every_exercise_is_found_and_belongs_to_its_module():
    assert [number for number in numbers() if number.startswith("15.")] == ["15.2", "15.3", "15.4"]
    assert numbers() == sorted(numbers(), key=lambda number: tuple(map(int, number.split("."))))
    for number, exercise in exercises._exercises().items():
        module = sys.modules[f"lossbook.exercises.{exercise.chapter}"]
        assert exercise in module.EXERCISES
        names = [item.name for item in exercise.properties]
        assert len(set(names)) == len(names)
        assert number == exercise.number


# ---- Refusals --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", ["15.1", "15.9", "", "huber"])
def test_an_unknown_number_is_refused_with_the_known_ones(number):
    known = ", ".join(numbers())
    message = f"number must be that of an exercise with a checker: {known}; got {number!r}"
    with pytest.raises(ValueError, match=message):
        check(number, smooth_l1)


def test_a_number_that_is_no_string_is_refused():
    with pytest.raises(TypeError, match=r"number must be a string such as '15.2'; got 15.2"):
        check(15.2, smooth_l1)


def test_what_cannot_be_called_is_refused():
    with pytest.raises(TypeError, match=r"function must be a function, .* not called; got ndarray"):
        check("15.4", smooth_l1(np.ones(2), np.ones(2), 1.0))


# ---- Answers that raise, print, leave or warn ------------------------------------------------------------


def test_an_exception_fails_its_property_and_the_others_go_on():
    def fails_far_out(prediction, target, beta):
        if (abs(prediction - target) > 9000).any():
            raise KeyError("far")
        return smooth_l1(prediction, target, beta)

    report = check("15.4", fails_far_out)
    assert [r.name for r in report.results if not r.passed] == ["values beyond beta = 1"]
    assert "For prediction 10000, target 0 and beta 1 it raised KeyError: 'far'." in lines(report)[3]


def test_a_function_that_is_half_written_is_reported_in_full():
    def half(prediction, target, beta):
        if (abs(prediction - target) > beta).any():
            raise NotImplementedError("the line")
        return smooth_l1(prediction, target, beta)

    report = check("15.4", half)
    assert len(lines(report)) == 8
    assert "it raised NotImplementedError: the line." in lines(report)[3]
    assert 0 < report.passed < report.total


def test_a_message_with_an_address_or_of_great_length_is_trimmed():
    def fails(prediction, target, beta):
        raise RuntimeError(f"{object()!r}\n and   more {'x' * 500}")

    said = check("15.4", fails).results[0].sentence
    assert "RuntimeError: <object object at 0x…> and more xxx" in said
    assert "\n" not in said
    assert len(said) < 250


def test_an_error_that_cannot_be_printed_is_named():
    class Secretive(Exception):
        def __str__(self):
            raise ValueError("no")

    def fails(prediction, target, beta):
        raise Secretive

    assert check("15.4", fails).results[0].sentence.endswith("it raised Secretive.")


def test_leaving_the_program_is_an_error_like_any_other():
    assert "it raised SystemExit." in check("15.4", lambda p, t, beta: sys.exit()).results[0].sentence


def test_an_interrupt_goes_through():
    def interrupted(prediction, target, beta):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check("15.4", interrupted)


def test_what_is_printed_is_left_out_and_said(capsys):
    def chatty(prediction, target, beta):
        print("residual", prediction - target)
        sys.stderr.write("and more")
        return smooth_l1(prediction, target, beta)

    report = check("15.4", chatty)
    assert report
    assert lines(report)[-1] == "Your function also prints; what it printed is not shown here."
    assert capsys.readouterr() == ("", "")


def test_a_division_by_zero_in_the_branch_not_taken_is_no_fault():
    def divides(prediction, target, beta):
        r = prediction - target
        return np.where(r == 0, 0.0, r / r) * smooth_l1(prediction, target, beta)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert check("15.4", divides)


# ---- Answers that would cheat ----------------------------------------------------------------------------


class Agreeable:
    """Equal to everything, near everything, and a number if asked."""

    def __eq__(self, other):
        return True

    def __array__(self, dtype=None, copy=None):
        raise AssertionError("a method of the answer was called")

    __float__ = __abs__ = __sub__ = __rsub__ = __le__ = __ge__ = __iter__ = __len__ = __array__
    __hash__ = None


def in_an_array(it):
    array = np.empty(1, dtype=object)
    array[0] = it
    return array


@pytest.mark.parametrize("wrap", [lambda it: it, lambda it: [it], in_an_array])
def test_an_object_that_agrees_with_everything_passes_nothing(wrap):
    report = check("15.4", lambda p, t, beta: wrap(Agreeable()))
    assert report.passed == 0
    assert not any("a method of the answer was called" in line for line in lines(report))


def test_an_array_that_agrees_with_everything_passes_nothing():
    class Smug(np.ndarray):
        def __eq__(self, other):
            return True

        __hash__ = None

    report = check("15.4", lambda p, t, beta: smooth_l1(p, t, beta).view(Smug))
    assert report.passed == 0
    assert "your loss is a Smug; required are real numbers." in report.results[0].sentence


def test_the_judge_needs_nothing_but_plain_data():
    """Replies that were written as JSON, as from another process, are judged alike."""

    def over_the_wire(function):
        def call(arrays, parameters):
            reply = call_here(function, arrays, parameters, several=False)
            text = json.dumps(
                {
                    "outputs": [
                        (o.what, None if o.values is None else o.values.tolist()) for o in reply.outputs
                    ],
                    "arrays": [array.tolist() for array in reply.arrays],
                    "error": reply.error,
                }
            )
            data = json.loads(text)
            outputs = tuple(
                Output(what, None if values is None else np.array(values)) for what, values in data["outputs"]
            )
            left = tuple(
                np.array(found, dtype=sent.dtype) for found, sent in zip(data["arrays"], arrays, strict=True)
            )
            return Reply(outputs, left, data["error"])

        return call

    exercise = exercises._exercises()["15.4"]
    assert exercise.judge(over_the_wire(smooth_l1), seed=3)

    def wrong(prediction, target, beta):
        prediction -= target
        return None if beta > 9000 else abs(prediction)

    assert repr(exercise.judge(over_the_wire(wrong))) == repr(check("15.4", wrong))


def test_another_seed_draws_other_numbers():
    def remember(seen):
        def call(arrays, parameters):
            seen.append([array.tolist() for array in arrays])
            return call_here(smooth_l1, arrays, parameters, several=False)

        return call

    drawn = []
    for seed in (0, 0, 1):
        drawn.append([])
        assert exercises._exercises()["15.4"].judge(remember(drawn[-1]), seed=seed)
    assert drawn[0] == drawn[1] != drawn[2]


# ---- What comes back -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "what", "values"),
    [
        (3, "a number", 3.0),
        (2.5, "a number", 2.5),
        (np.float32(2.5), "a number", 2.5),
        (np.int8(-3), "a number", -3.0),
        (np.arange(3), "an array", [0.0, 1.0, 2.0]),
        ([1, (2, 3.5)[0]], "a list", [1.0, 2.0]),
        ((np.ones(2), [2, 3]), "a tuple", [[1.0, 1.0], [2.0, 3.0]]),
        (None, "None", None),
        (True, "a bool", None),
        ("1.0", "a str", None),
        (1j, "a complex", None),
        (object(), "an object", None),
        ([1, [2, 3]], "a list whose parts have unequal lengths", None),
        ([1, True], "a list of other things", None),
        ([np.array([True])], "a list of type bool", None),
        (np.array([True]), "an array of type bool", None),
        (np.array([1j]), "an array of type complex128", None),
        (np.array(["a"]), "an array of type <U1", None),
        (np.timedelta64(3, "s"), "a number of type timedelta64[s]", None),
        (np.ma.masked_array([1.0]), "a MaskedArray", None),
        ((x for x in [1.0]), "a generator", None),
    ],
)
def test_what_comes_back_is_read_by_its_type(value, what, values):
    output = plain(value)
    assert output.what == what
    if values is None:
        assert output.values is None
    else:
        assert output.values.dtype == np.float64
        assert output.values.tolist() == values


def test_numbers_are_copied():
    array = np.ones(2)
    output = plain(array)
    array[:] = 5
    assert output.values.tolist() == [1.0, 1.0]
