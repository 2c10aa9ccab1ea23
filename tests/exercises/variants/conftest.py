"""What is asked of a chapter's variants: their WRONG answers fail what they should, and are told why.

That their own solutions pass is asserted in tests/course/test_varied.py.
"""

import pytest

from lossbook.exercises import check


def pytest_generate_tests(metafunc):
    """Give a chapter's test each wrong answer in its table: number and seed, then name to answer and told."""
    if "told" in metafunc.fixturenames:
        rows = [
            pytest.param(number, seed, answer, told, id=f"{number} seed {seed} {name}")
            for (number, seed), answers in metafunc.module.WRONG.items()
            for name, (answer, *told) in answers.items()
        ]
        metafunc.parametrize(("number", "seed", "answer", "told"), rows)


@pytest.fixture
def assert_told():
    """Return a function that asserts that an answer to a variant fails properties and is told a text."""

    def asserted(number, seed, answer, told):
        report = check(number, answer, variant=seed)
        said = {result.name: str(result) for result in report.results if not result.passed}
        for name, text in told:
            assert name in said, report
            assert text in said[name], said[name]

    return asserted
