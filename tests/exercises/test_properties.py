"""The shared properties: what agrees with what, and what is said of a number that is wrong or not finite."""

import numpy as np
import pytest

from lossbook.exercises import properties
from lossbook.exercises.calling import call_here
from lossbook.exercises.checker import Exercise, named

INF, NAN = np.inf, np.nan
ONE_OF_EACH = (1.0, INF, -INF, NAN)


@pytest.mark.parametrize(
    ("came", "required", "agrees"),
    [(1.0, 1 + 9e-7, True), (1.0, 1 + 1.1e-6, False), (0.0, 9e-10, True), (0.0, 1.1e-9, False)]
    + [(came, required, came is required) for came in ONE_OF_EACH for required in ONE_OF_EACH]
    + [(1e308, -1e308, False)],
)
@pytest.mark.filterwarnings("error")
def test_what_is_not_finite_agrees_with_nothing_but_itself(came, required, agrees):
    assert properties.close(np.array(came), np.array(required)) == agrees
    # Of the reader's own numbers neither may be infinite or undefined.
    assert np.isfinite([came, required]).all() or not properties.consistent(came, required)


@pytest.mark.parametrize(
    ("came", "required", "kind"),
    [
        (NAN, 1.0, "not a number"),
        (NAN, INF, "not a number"),
        (INF, 1.0, "not finite"),
        (-INF, 1.0, "not finite"),
        (-INF, INF, "of the wrong sign"),
        (-13.8, INF, "of the wrong sign"),
        (13.8, INF, "too small"),
        (0.0, -INF, "too small in size"),
        (1.0, NAN, "of the wrong kind"),
        (INF, NAN, "of the wrong kind"),
        (-1.0, 2.0, "of the wrong sign"),
        (3.0, 2.0, "too large"),
        (-3.0, -2.0, "too large in size"),
        (-1.0, 0.0, "too large in size"),
    ],
)
def test_a_wrong_number_is_named_in_kind(came, required, kind):
    assert properties.in_kind(came, required) == kind


def told(test, function):
    """Return what is said of a function of x that returns a loss and its gradient; nothing if all is well."""
    exercise = Exercise("1.1", "A title", "noun", ("x",), ("loss", "gradient"), named({"it": test}))
    [result] = exercise.judge(lambda *sent: call_here(function, *sent, several=True)).results
    return result.sentence


@pytest.mark.parametrize(
    ("loss", "sentence"),
    [
        (np.log, ""),
        (np.log2, "for x 3 your loss is 1.58496, which is in bits: think."),
        (lambda x: np.log(abs(x)), "for x -1 your loss is 0, which is of the wrong kind: think."),
        (lambda x: -np.log(x), "for x 0 your loss is inf, which is of the wrong sign: think."),
        (lambda x: np.log(x + 1e-9), "for x 0 your loss is -20.7233, which is too small in size: think."),
        (lambda x: [np.log(x)] * 2, "for x 0 your loss has shape (2, 1); required is one number."),
    ],
)
@pytest.mark.filterwarnings("error")
def test_values_are_compared_where_they_are_infinite_or_undefined_too(loss, sentence):
    cases = [properties.case(0), properties.case(-1), lambda rng: [properties.case(3)]]
    test = properties.has_values("loss", np.log, cases, "think.", mistakes={"in bits": np.log2})
    assert told(test, lambda x: (loss(x), x)) == sentence


@pytest.mark.parametrize("value", [INF, NAN])
def test_what_is_infinite_or_undefined_throughout_has_no_property(value):
    cases = [properties.case(2)]
    for test in (
        properties.gradient_matches_loss("loss", "gradient", cases),
        properties.has_no_step("loss", cases, "think."),
        properties.has_values("loss", np.square, cases, "think.", mistakes={"infinite": lambda x: x * value}),
        properties.never_negative("loss", cases),
    ):
        assert f"is {-value}" in told(test, lambda x: (-value * x, -value * x))
