"""How answers to variants are judged in the tests of their chapters."""

import numpy as np

from lossbook import exercises
from lossbook.exercises.calling import call_here


def judged(variant, answer, *, seed=0):
    """Return the report on an answer, with inputs drawn from a seed."""
    exercise = variant.exercise
    settings = {"several": len(exercise.outputs) > 1, "measured": exercise.measured}

    def call(arrays, parameters):
        return call_here(answer, arrays, parameters, **settings)

    return exercise.judge(call, seed=seed)


def made(maker, *, but=()):
    """Return what a maker makes of a seed, for seeds whose prompts hold none of some texts."""
    drawn = (maker(np.random.default_rng(seed)) for seed in range(50))
    return next(variant for variant in drawn if not any(text in variant.prompt for text in but))


def assert_told(variant, answer, told):
    """Assert that an answer fails these properties, each with a text, and is no right one."""
    report = judged(variant, answer)
    said = {result.name: str(result) for result in report.results if not result.passed}
    for name, text in told:
        assert name in said, report
        assert text in said[name], said[name]


def assert_right(variant, answer):
    """Assert that an answer in another form than the solution's holds, whatever is drawn."""
    for seed in range(5):
        report = judged(variant, answer, seed=seed)
        assert report, report


def assert_earns_little(variant, answer):
    """Assert that last year's answer fails most properties that are about values."""
    report = judged(variant, answer)
    about_values = [result for result in report.results if not result.of_form]
    failed = [result for result in about_values if not result.passed]
    assert len(failed) > len(about_values) / 2, report
    assert report.score < 0.5, report
    assert set(exercises.find(variant.number).arrays) <= set(variant.exercise.arrays)
