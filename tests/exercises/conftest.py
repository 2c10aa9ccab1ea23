"""What is asked of each chapter's answers: right ones pass, wrong ones fail what they should, with a reason."""

import pytest

from lossbook.exercises import check


def pytest_generate_tests(metafunc):
    """Give a chapter's tests the answers in its tables RIGHT and WRONG."""
    if "right" in metafunc.fixturenames:
        rows = [(number, answer) for number, answers in metafunc.module.RIGHT.items() for answer in answers]
        metafunc.parametrize(("number", "right"), rows)
    if "wrong" in metafunc.fixturenames:
        rows = [
            pytest.param(number, answer, dict(faults), id=f"{number} {name}")
            for number, answers in metafunc.module.WRONG.items()
            for name, (answer, *faults) in answers.items()
        ]
        metafunc.parametrize(("number", "wrong", "faults"), rows)


@pytest.fixture
def assert_fails():
    """Return a function that asserts that an answer fails these properties and no others, and is told why."""

    def asserted(number, answer, faults):
        report = check(number, answer)
        said = {result.name: str(result) for result in report.results if not result.passed}
        assert set(said) == set(faults), report
        for name, part in faults.items():
            assert said[name].startswith(f"not yet: {name}. For ")
            assert said[name][-1] in ".?"
            assert part in said[name], said[name]
        assert bool(report) == (not faults)
        assert report.passed == report.total - len(faults)

    return asserted


@pytest.fixture
def assert_all_failed():
    """Return a function that asserts that each property of these exercises is failed by some wrong answer."""

    def asserted(wrong):
        for number, answers in wrong.items():
            failed = {name for _, *faults in answers.values() for name, _ in faults}
            assert failed == {result.name for result in check(number, len).results}, number

    return asserted
