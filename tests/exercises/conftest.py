"""What is asked of each chapter's answers: RIGHT ones pass, WRONG ones fail what they should, and say why."""

import pytest

from lossbook.exercises import check


def pytest_generate_tests(metafunc):
    """Give a chapter's test the answers in its tables, and what they fail: properties, and a text."""
    if "faults" in metafunc.fixturenames:
        right = metafunc.module.RIGHT
        rows = [(number, answer, []) for number, answers in right.items() for answer in answers]
        rows += [
            pytest.param(number, answer, faults, id=f"{number} {name}")
            for number, answers in metafunc.module.WRONG.items()
            for name, (answer, *faults) in answers.items()
        ]
        metafunc.parametrize(("number", "answer", "faults"), rows)


def each(faults):
    """Return name of property to text."""
    return {
        name: text for names, text in faults for name in (names if isinstance(names, tuple) else (names,))
    }


@pytest.fixture
def assert_fails():
    """Return a function that asserts that an answer fails these properties and no others, and is told why."""

    def asserted(number, answer, faults):
        report, texts = check(number, answer), each(faults)
        said = {result.name: str(result) for result in report.results if not result.passed}
        assert set(said) == set(texts), report
        for name, text in texts.items():
            assert said[name].startswith(f"not yet: {name}. For ")
            assert said[name][-1] in ".?"
            assert text in said[name], said[name]
        assert bool(report) == (not texts)
        assert report.passed == report.total - len(texts)

    return asserted


@pytest.fixture
def assert_each_property_is_failed(assert_fails):
    """Return a function that asserts that wrong answers fail all properties, and one that writes the last."""

    def asserted(right, wrong):
        for number, (answer, *_) in right.items():

            def writes(*arrays, answer=answer, **parameters):
                returned = answer(*(array.copy() for array in arrays), **parameters)
                arrays[-1][...] += 1
                return returned

            told = "after your function has run: which line of yours writes into an argument?"
            assert_fails(number, writes, [("inputs unchanged", told)])
            failed = {name for _, *faults in wrong[number].values() for name in each(faults)}
            assert failed | {"inputs unchanged"} == {result.name for result in check(number, len).results}

    return asserted
