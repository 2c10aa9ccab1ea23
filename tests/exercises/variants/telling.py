"""How a chapter's table TOLD is asserted: what answers to the variants of some seeds fail, and are told.

TOLD leads from an exercise's number and a seed to wrong answers: name to the answer and, for properties that
it fails, a text that it is told.
"""

import numpy as np
import pytest

from lossbook.exercises import check
from lossbook.exercises.variants import drawn


def rows(told):
    """Return the parameters of a test for each wrong answer: number, seed, answer and sentences."""
    return [
        pytest.param(number, seed, answer, sentences, id=f"{number} seed {seed} {name}")
        for (number, seed), answers in told.items()
        for name, (answer, *sentences) in answers.items()
    ]


def assert_told(number, seed, answer, sentences):
    """Assert that an answer to a variant fails these properties, and is told of each."""
    report = check(number, answer, variant=seed)
    said = {result.name: str(result) for result in report.results if not result.passed}
    for name, text in sentences:
        assert name in said, report
        assert text in said[name], said[name]


def assert_sound(number, seed):
    """Assert that only a variant's solution as it is has full marks, and one with nothing right has none."""
    variant, names = drawn(number, seed), {"np": np}
    exec(variant.solution, names)
    solution = list(names.values())[-1]
    assert check(number, solution, variant=seed)

    def writes(*arrays, **parameters):
        returned = solution(*(array.copy() for array in arrays), **parameters)
        arrays[-1][...] += 1
        return returned

    report = check(number, writes, variant=seed)
    assert [result.name for result in report.results if not result.passed] == ["inputs unchanged"]
    for answer in _hollow(len(variant.exercise.outputs)):
        report = check(number, answer, variant=seed)
        assert report.score == 0, report


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
