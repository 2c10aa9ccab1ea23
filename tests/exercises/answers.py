"""What all chapters ask of wrong answers: to fail what they should, and to be told why."""

from lossbook.exercises import check


def assert_fails(number, answer, faults):
    """Assert that an answer fails these properties and no others, each with the sentence that is due.

    Parameters
    ----------
    number : str
        The exercise, such as "15.2".
    answer : callable
        A wrong answer.
    faults : dict
        Name of each property that it fails to a part of what the reader sees; None where all may be said.
    """
    report = check(number, answer)
    said = {result.name: str(result) for result in report.results if not result.passed}
    assert set(said) == set(faults), report
    for name, sentence in faults.items():
        assert said[name].startswith(f"not yet: {name}. For ")
        assert sentence is None or sentence in said[name], said[name]
        assert said[name][-1] in ".?"
    assert not report
    assert report.passed == report.total - len(faults)


def assert_each_property_is_failed(number, wrong, but=()):
    """Assert that each property is failed by some wrong answer, except those named in `but`."""
    names = {result.name for result in check(number, lambda *arguments, **parameters: None).results}
    assert {name for _, faults in wrong.values() for name in faults} | set(but) == names, number
