"""The checker itself: its report, its refusals, and answers that misbehave."""

import contextlib
import json
import signal
import sys
import threading
import time
from functools import partial

import numpy as np
import pytest

from lossbook import exercises, regression
from lossbook.exercises import Exercise, Property, check, numbers
from lossbook.exercises.calling import Output, Reply, call_here, plain
from lossbook.exercises.checker import NotYet, of_form

EXERCISES = {number: exercises.find(number) for number in exercises.numbers()}


def smooth_l1(prediction, target, beta):
    return regression.smooth_l1(prediction, target, beta=beta)


def raising(error):
    """Return an answer that raises an error."""

    def answer(*arrays, **parameters):
        raise error

    return answer


def lines(answer):
    return repr(check("15.4", answer)).splitlines()


# ---- The report and the exercises ------------------------------------------------------------------------


def test_the_report_is_one_line_a_property():
    report = check("15.4", smooth_l1)
    names = [f"passed: {item.name}" for item in EXERCISES["15.4"].properties]
    assert str(report).splitlines() == ["Exercise 15.4 (Smooth L1): 7 of 7 passed", *names]
    assert (report.passed, report.total, report.score, bool(report)) == (7, 7, 1.0, True)
    assert not hasattr(report, "_repr_html_")


@pytest.mark.parametrize(("weights", "score"), [((1.0, 1.0), 0.5), ((3.0, 1.0), 0.75)])
def test_the_score_weighs_the_properties(weights, score):
    def holds(ask, rng):
        rng.random()

    def fails(ask, rng):
        raise NotYet("for this it is that.")

    properties = Property("a", holds, weights[0]), Property("b", fails, weights[1])
    report = Exercise("1.1", "A title", "noun", ("x",), ("y",), properties).judge(None)
    assert (report.passed, report.total, report.score, bool(report)) == (1, 2, score, False)
    assert repr(report).splitlines() == [
        "Exercise 1.1 (A title): 1 of 2 passed",
        "passed: a",
        "not yet: b. For this it is that.",
    ]


@pytest.mark.parametrize("draws", [False, True])
@pytest.mark.parametrize("form", [False, True])
def test_what_proves_nothing_counts_only_beside_what_does(draws, form):
    def holds(ask, rng):
        rng.random() if draws else None

    properties = (Property("a", of_form(holds) if form else holds),)
    report = Exercise("1.1", "A title", "noun", ("x",), ("y",), properties).judge(None)
    assert (bool(report), report.score) == (True, float(draws and not form))


@pytest.mark.parametrize("number", numbers())
def test_each_exercise_belongs_to_its_module_and_asks_for_an_answer(number):
    exercise = EXERCISES[number]
    assert exercise in sys.modules[f"lossbook.exercises.{exercise.chapter}"].EXERCISES
    assert repr(check(number, raising(NotImplementedError))) == f"Exercise {number}: not written yet."
    nothing = check(number, lambda *arrays, **parameters: None)
    assert nothing.passed == 0
    assert len({result.name for result in nothing.results}) == nothing.total == len(exercise.properties)
    assert all("None" in result.sentence for result in nothing.results)


def test_exercises_stand_in_the_books_order():
    assert numbers() == sorted(numbers(), key=lambda number: tuple(map(int, number.split("."))))


@pytest.mark.parametrize(
    ("number", "function", "error", "message"),
    [
        ("15.1", smooth_l1, ValueError, f"with a checker: {', '.join(numbers())}; got '15.1'"),
        ("", smooth_l1, ValueError, "number must be that of an exercise with a checker: .*; got ''"),
        (15.2, smooth_l1, TypeError, "number must be a string such as '15.2'; got 15.2"),
        ("15.4", np.ones(2), TypeError, "function must be a function, .* not called; got ndarray"),
    ],
)
def test_what_is_no_number_or_no_function_is_refused(number, function, error, message):
    with pytest.raises(error, match=message):
        check(number, function)


# ---- Answers that raise, print, leave or warn ------------------------------------------------------------


@pytest.mark.parametrize("kind", [ValueError, NotImplementedError])
def test_an_error_fails_its_property_and_the_others_go_on(kind):
    def fails_far_out(prediction, target, beta):
        if (abs(prediction - target) > 9000).any():
            raise kind("far")
        return smooth_l1(prediction, target, beta)

    said = lines(fails_far_out)
    assert said[0] == "Exercise 15.4 (Smooth L1): 6 of 7 passed"
    assert said[3].endswith(f"For prediction 10000, target 0 and beta 1 it raised {kind.__name__}: far.")


class Secretive(Exception):
    """An error that cannot be printed."""

    def __str__(self):
        raise KeyboardInterrupt("no")


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (RuntimeError(f"{object()!r}\n and   more {'x' * 500}"), "<object object at 0x…> and more xxx"),
        (KeyError("far"), "it raised KeyError: 'far'."),
        (Secretive(), "it raised Secretive."),
        (SystemExit(), "it raised SystemExit."),
    ],
)
def test_an_error_is_told_in_one_short_line(error, told):
    sentence = check("15.4", raising(error)).results[0].sentence
    assert told in sentence
    assert "\n" not in sentence
    assert len(sentence) < 250


def never_returns(prediction, target, beta):
    while True:
        pass


def holds_on(over):
    """Return an answer that loops whatever is raised in it, until the test is over."""

    def answer(prediction, target, beta):
        while not over.is_set():
            with contextlib.suppress(BaseException):
                over.wait(0.01)

    return answer


def test_a_loop_without_end_is_given_up_and_not_asked_for_ever(monkeypatch):
    monkeypatch.setattr(exercises, "SECONDS", 0.2)
    report = check("15.4", never_returns)
    said = [result.sentence for result in report.results]
    assert said[0].endswith("and beta 1 it had not returned after 0.2 seconds.")
    assert "not returned" in said[1]
    assert all(line.startswith("it was not tried, since") for line in said[2:])
    assert not any(thread.name == "answer" for thread in threading.enumerate())


def test_an_end_now_and_then_leaves_the_other_properties(monkeypatch):
    monkeypatch.setattr(exercises, "SECONDS", 0.2)

    def loops_far_out(prediction, target, beta):
        return (
            smooth_l1(prediction, target, beta) if (abs(prediction) < 9000).all() else never_returns(*[0] * 3)
        )

    assert check("15.4", loops_far_out).passed == 6


def test_a_loop_that_cannot_be_stopped_is_told(monkeypatch, capsys):
    monkeypatch.setattr(exercises, "SECONDS", 0.2)
    over = threading.Event()
    said = lines(holds_on(over))
    print("heard")
    over.set()
    assert "0.2 seconds and cannot be stopped: restart the kernel before you go on." in said[1]
    assert capsys.readouterr().out == "heard\n"


@pytest.mark.parametrize("kind", [KeyboardInterrupt, GeneratorExit, BaseException])
def test_no_error_of_an_answer_gets_out(kind):
    assert f"it raised {kind.__name__}." in lines(raising(kind))[1]


def test_the_readers_own_interrupt_goes_through():
    """The stop button sends a signal, which reaches the thread that waits."""
    # Where tests run in the background, the shell has this signal ignored.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)

    def stopped(prediction, target, beta):
        signal.raise_signal(signal.SIGINT)
        while True:
            time.sleep(0.01)

    try:
        with pytest.raises(KeyboardInterrupt):
            check("15.4", stopped)
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_what_is_printed_is_left_out_and_said(stream, capsys):
    def chatty(prediction, target, beta):
        if beta > 9000:
            print("residual", prediction - target, file=getattr(sys, stream))
        return smooth_l1(prediction, target, beta)

    assert lines(chatty)[-1] == "Your function also prints; what it printed is not shown here."
    assert capsys.readouterr() == ("", "")


@pytest.mark.filterwarnings("error")
def test_a_division_by_zero_in_the_branch_not_taken_is_no_fault():
    def divides(prediction, target, beta):
        r = prediction - target
        return np.where(r == 0, 0.0, r / r) * smooth_l1(prediction, target, beta)

    assert check("15.4", divides)


# ---- Answers that would cheat ----------------------------------------------------------------------------


class Agreeing(type):
    """A type that is equal to every other."""

    def __eq__(cls, other):
        return True

    __hash__ = None


class Agreeable(metaclass=Agreeing):
    """Equal to everything; nothing else may be asked of it."""

    def __eq__(self, other):
        return True

    def __array__(self, dtype=None, copy=None):
        raise AssertionError("a method of the answer was called")

    __float__ = __abs__ = __sub__ = __rsub__ = __le__ = __ge__ = __iter__ = __len__ = __array__
    __hash__ = None


class Smug(np.ndarray):
    """An array that is equal to everything."""

    __eq__, __hash__ = Agreeable.__eq__, None


@pytest.mark.parametrize(
    ("returned", "what"),
    [
        (Agreeable(), "an Agreeable"),
        ([Agreeable()], "a list of other things"),
        (np.full(1, Agreeable, dtype=object), "an array of type object"),
        (np.ones(1).view(Smug), "a Smug"),
    ],
)
def test_what_agrees_with_everything_passes_nothing(returned, what):
    report = check("15.4", lambda prediction, target, beta: returned)
    assert report.passed == 0
    assert report.results[0].sentence.endswith(f"your loss is {what}; required are real numbers.")
    assert "a method of the answer was called" not in repr(report)


def over_the_wire(function):
    """Return a call whose replies are written as JSON, as from another process."""

    def call(arrays, parameters):
        reply = call_here(function, arrays, parameters, several=False)
        outputs = [(o.what, None if o.values is None else o.values.tolist()) for o in reply.outputs]
        text = json.dumps([outputs, [array.tolist() for array in reply.arrays], reply.error])
        outputs, left, error = json.loads(text)
        outputs = [Output(what, None if values is None else np.array(values)) for what, values in outputs]
        return Reply(outputs, [np.array(x, a.dtype) for x, a in zip(left, arrays, strict=True)], error)

    return call


def test_the_judge_needs_nothing_but_plain_data():
    def wrong(prediction, target, beta):
        prediction -= target
        return None if beta > 9000 else abs(prediction)

    assert EXERCISES["15.4"].judge(over_the_wire(smooth_l1), seed=3)
    assert repr(EXERCISES["15.4"].judge(over_the_wire(wrong))) == repr(check("15.4", wrong))


def test_a_seed_draws_the_same_inputs_and_another_seed_others():
    def inputs(seed):
        seen = []

        def remembers(prediction, target, beta):
            seen.append((*prediction.flat, *target.flat, beta))
            return smooth_l1(prediction, target, beta)

        assert EXERCISES["15.4"].judge(partial(call_here, remembers, several=False), seed=seed)
        return seen

    assert inputs(0) == inputs(0) != inputs(1)


# ---- What comes back -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "what", "values"),
    [
        (3, "a number", 3.0),
        (np.float32(2.5), "a number", 2.5),
        (np.arange(3), "an array", [0.0, 1.0, 2.0]),
        ((np.ones(2), [2, 3]), "a tuple", [[1.0, 1.0], [2.0, 3.0]]),
        (None, "None", None),
        ("1.0", "a str", None),
        ([1, [2, 3]], "a list whose parts have unequal lengths", None),
        ([1, True], "a list of other things", None),
        ([np.array([True])], "a list of type bool", None),
        (np.timedelta64(3, "s"), "a number of type timedelta64[s]", None),
        (np.ma.masked_array([1.0]), "a MaskedArray", None),
    ],
)
def test_what_comes_back_is_read_by_its_type(value, what, values):
    output = plain(value)
    assert output.what == what
    assert (None if output.values is None else output.values.tolist()) == values
    assert values is None or output.values.dtype == np.float64
