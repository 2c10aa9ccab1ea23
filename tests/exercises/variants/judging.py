"""What is asked of variants, with the tables of the chapters' tests: WRONG, RIGHT and OLD.

WRONG leads from variants to wrong answers: each a name, the answer, and what it fails, a property's name or
several with a text that it is told. A variant is that which was drawn or made, if answers are written for its
constants. Or it is a maker, which makes one for each seed; a wrong answer is then best a dict of pieces of
the solution to what stands in their place. RIGHT leads from variants to lists of right answers in another
form than the solution's, OLD from numbers to right answers to the chapter's own exercise.
"""

import re

import numpy as np
import pytest

from lossbook.exercises import find
from lossbook.exercises.calling import call_here
from lossbook.exercises.variants import Variant, makers
from tests.exercises.conftest import each

#: What is drawn must not decide whether a wrong answer is seen.
SEEDS = (1, 2, 3)

# ---- Rows of tests -----------------------------------------------------------------------------------------


def made(maker, *, but=()):
    """Return what a maker makes of a seed, for seeds whose prompts hold none of some texts."""
    drawn = (maker(np.random.default_rng(seed)) for seed in range(50))
    return next(variant for variant in drawn if not any(text in variant.prompt for text in but))


def each_variant(table):
    """Return the parameter of a test for each variant of a table."""
    return [pytest.param(variant, id=name) for key in table for name, variant in _made_of(key)]


def each_wrong(table):
    """Return the parameters of a test for each answer in WRONG: variant, answer, and what it is told."""
    return [
        pytest.param(variant, answer, told, id=f"{name} {what}")
        for key, answers in table.items()
        for what, (answer, *told) in answers.items()
        for name, variant in _made_of(key)
    ]


def each_right(table):
    """Return the parameters of a test for each answer in RIGHT: variant and answer."""
    return [
        pytest.param(variant, answer, id=name)
        for key, answers in table.items()
        for answer in answers
        for name, variant in _made_of(key)
    ]


def each_old(table):
    """Return the parameters of a test for each maker of the numbers in OLD: maker and answer."""
    return [
        pytest.param(maker, answer, id=f"{number} {maker.__name__.strip('_')}")
        for number, answer in table.items()
        for maker in makers(number)
    ]


def _made_of(key):
    """Yield name and variant of what a table leads from."""
    if isinstance(key, Variant):
        yield f"{key.number} {key.exercise.title}", key
        return
    for seed in SEEDS:
        yield f"{key.__name__.strip('_')} {seed}", key(np.random.default_rng(seed))


# ---- What is asserted --------------------------------------------------------------------------------------


def assert_told(variant, answer, told):
    """Assert that a wrong answer fails these properties, and what it is told; it may fail more."""
    if isinstance(answer, dict):
        answer = written(replaced(variant.solution, answer))
    report = judged(variant, answer)
    said = {result.name: str(result) for result in report.results if not result.passed}
    for name, text in each(told).items():
        assert name in said, report
        assert text in said[name], said[name]


def assert_right(variant, answer):
    """Assert that an answer holds, whatever inputs are drawn."""
    for seed in range(5):
        report = judged(variant, answer, seed=seed)
        assert report, report


def assert_sound(variant):
    """Assert that only the solution as it is has full marks, and an answer with nothing right has none."""
    right = written(variant.solution)
    assert judged(variant, right), judged(variant, right)

    def writes(*arrays, **parameters):
        returned = right(*(array.copy() for array in arrays), **parameters)
        arrays[-1][...] += 1
        return returned

    report = judged(variant, writes)
    assert [result.name for result in report.results if not result.passed] == ["inputs unchanged"], report
    for answer in _hollow(len(variant.exercise.outputs)):
        report = judged(variant, answer)
        assert report.score == 0, report


def assert_earns_little(maker, answer):
    """Assert that last year's answer fails most properties that are about values."""
    for seed in range(6):
        variant = maker(np.random.default_rng(seed))
        report = judged(variant, answer)
        names = {item.name for item in variant.exercise.properties if not item.of_form}
        failed = [result for result in report.results if result.name in names and not result.passed]
        assert len(failed) > len(names) / 2, report
        assert report.score < 0.5, report
        assert set(find(variant.number).arrays) <= set(variant.exercise.arrays)


# ---- Answers -----------------------------------------------------------------------------------------------


def judged(variant, answer, *, seed=0):
    """Return the report on an answer, with inputs drawn from a seed."""
    exercise = variant.exercise
    settings = {"several": len(exercise.outputs) > 1, "measured": exercise.measured}

    def call(arrays, parameters):
        return call_here(answer, arrays, parameters, **settings)

    return exercise.judge(call, seed=seed)


def written(source):
    """Return the function that a source defines last."""
    names = {"np": np}
    exec(source, names)
    return list(names.values())[-1]


def replaced(source, changes):
    """Return a source with pieces of it replaced at once, each of which must be there once."""
    for old in changes:
        assert source.count(old) == 1, f"{old} is {source.count(old)} times in\n{source}"
    return re.sub("|".join(map(re.escape, changes)), lambda found: changes[found[0]], source)


def _hollow(count):
    """Yield answers that know nothing but what shape a result might have."""

    def returning(value_of):
        def answer(*arrays, **_):
            value = value_of(*arrays)
            return value if count == 1 else (value,) * count

        return answer

    for fill in (np.nan, np.inf, 0.0, 0.5, 1.0):
        yield returning(lambda *arrays, fill=fill: fill)
        yield returning(lambda *arrays, fill=fill: np.full(arrays[0].shape, fill))
        yield returning(lambda *arrays, fill=fill: np.full(arrays[0].shape[:-1], fill))
        yield returning(lambda *arrays, fill=fill: np.full((len(arrays[0]), len(arrays[-1])), fill))
    yield returning(lambda *arrays: arrays[0])
