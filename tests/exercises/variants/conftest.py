"""What is asked of variants: solutions changed as people get them wrong fail what they should, and say why.

A chapter's table WRONG leads from a maker of variants to wrong answers: each a dict of pieces of the solution
to what stands in their place, or a function, and what it fails as in the tables of the chapters' own tests.
"""

import re

import numpy as np
import pytest

from lossbook.exercises.calling import call_here

#: What is drawn must not decide whether a wrong answer is seen.
SEEDS = (1, 2, 3)


def pytest_generate_tests(metafunc):
    """Give a chapter's test its makers' seeds, with each wrong answer in its table or without."""
    makers = {maker.__name__.strip("_"): maker for maker in getattr(metafunc.module, "WRONG", ())}
    if "wrong" in metafunc.fixturenames:
        rows = [
            pytest.param(maker, seed, wrong, told, id=f"{name} {seed} {what}")
            for name, maker in makers.items()
            for what, (wrong, *told) in metafunc.module.WRONG[maker].items()
            for seed in SEEDS
        ]
        metafunc.parametrize(("maker", "seed", "wrong", "told"), rows)
    elif "maker" in metafunc.fixturenames:
        rows = [pytest.param(m, seed, id=f"{name} {seed}") for name, m in makers.items() for seed in SEEDS]
        metafunc.parametrize(("maker", "seed"), rows)


@pytest.fixture
def variant(maker, seed):
    """Return the variant that a maker draws from a seed."""
    return maker(np.random.default_rng(seed))


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


@pytest.fixture
def judged(variant):
    """Return a function that returns the report on an answer to the variant."""
    exercise = variant.exercise

    def judge(answer):
        several = len(exercise.outputs) > 1
        return exercise.judge(
            lambda arrays, parameters: call_here(
                answer, arrays, parameters, several=several, measured=exercise.measured
            )
        )

    return judge


@pytest.fixture
def assert_told(variant, judged):
    """Return a function that asserts that a wrong answer fails some properties, and what it is told of each.

    What is drawn may make it fail more.
    """

    def asserted(wrong, told):
        answer = written(replaced(variant.solution, wrong)) if isinstance(wrong, dict) else wrong
        report = judged(answer)
        texts = {
            name: text for names, text in told for name in ((names,) if isinstance(names, str) else names)
        }
        said = {result.name: result.sentence for result in report.results if not result.passed}
        assert set(said) >= set(texts), report
        for name, text in texts.items():
            assert text in said[name], said[name]

    return asserted


@pytest.fixture
def assert_sound(variant, judged):
    """Return a function that asserts that the solution is right, and nothing right earns nothing."""

    def asserted():
        right = written(variant.solution)
        assert judged(right), judged(right)
        count = len(variant.exercise.outputs)
        for fill in (np.nan, 0.0, 1.0):
            for reduced in (False, True):

                def empty(*arrays, fill=fill, reduced=reduced, **_):
                    value = fill if reduced else np.full(arrays[0].shape, fill)
                    return value if count == 1 else (value,) * count

                assert judged(empty).score == 0, judged(empty)

        def writes(*arrays, **parameters):
            returned = right(*(array.copy() for array in arrays), **parameters)
            arrays[-1][...] += 1
            return returned

        assert [result.name for result in judged(writes).results if not result.passed] == ["inputs unchanged"]

    return asserted
