"""The source notebook for nbgrader: metadata, solutions between markers, and what nbgrader makes of it."""

import ast
import re

import nbformat
import pytest

from lossbook import exercises
from lossbook.course.assignment import BY_HAND_POINTS
from lossbook.course.editions import student
from lossbook.course.leaks import leaks
from lossbook.course.nbgrader_source import CONFIGURATION, nbgrader_source, without_solutions
from lossbook.course.refusals import refuse_raw_chapter
from tests.course.conftest import role


def graded(notebook):
    return [c.metadata.nbgrader for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade")]


def test_solutions_stand_between_markers_alone(of_the_book):
    chapter, noun = of_the_book
    source = nbgrader_source(chapter, noun)
    nbformat.validate(source)
    assert leaks(source, chapter)
    assert leaks(without_solutions(source), chapter) == []


def test_every_exercise_is_graded_once_and_no_name_has_a_dot(of_the_book):
    chapter, noun = of_the_book
    source = nbgrader_source(chapter, noun)
    marks = [c.metadata.nbgrader for c in source.cells if "nbgrader" in c.metadata]
    assert {mark.schema_version for mark in marks} == {3}
    names = [mark.grade_id for mark in marks]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z]+-\d+-\d+", name) for name in names)
    numbers = {number.replace(".", "-") for number, _ in map(role, chapter.cells) if number}
    assert sorted(mark.grade_id.partition("-")[2] for mark in graded(source)) == sorted(numbers)
    assert all(mark.points > 0 for mark in graded(source))


def test_a_solution_in_its_stubs_place_gets_full_marks(of_the_book):
    chapter, noun = of_the_book
    source = nbgrader_source(chapter, noun)
    code = [c for c in source.cells if c.cell_type == "code"]
    answers = [c for c in code if role(c)[1] == "answer"]
    used = {n.id for c in answers for n in ast.walk(ast.parse(c.source)) if isinstance(n, ast.Name)}
    namespace = {}
    for node in (node for c in code for node in ast.walk(ast.parse(c.source))):
        names = node.names if isinstance(node, ast.Import | ast.ImportFrom) else []
        if used & {alias.asname or alias.name for alias in names}:
            exec(ast.unparse(node), namespace)
    for cell in answers:
        exec(cell.source, namespace)
        report = exercises.check(role(cell)[0], namespace[ast.parse(cell.source).body[0].name])
        assert report, report


def test_metadata_by_role(chapter):
    by_id = {c.id: c.metadata.get("nbgrader") for c in nbgrader_source(chapter, "huber").cells}

    def said(name):
        mark = by_id[name]
        return mark.grade, mark.solution, mark.locked, mark.get("points"), mark.cell_type

    assert said("prompt-15-2") == (False, False, True, None, "markdown")
    assert said("answer-15-2") == (False, True, False, None, "code")
    assert said("check-15-2") == (True, False, True, 8, "code")
    assert said("answer-15-1") == (True, True, False, BY_HAND_POINTS, "markdown")


def test_a_solution_moves_into_its_stub_with_what_it_needs(chapter):
    by_id = {c.id: c.source for c in nbgrader_source(chapter, "huber").cells}
    assert (
        by_id["answer-15-4"]
        == '''\
def my_l1(prediction, target, beta):
    """Of one."""
    ### BEGIN SOLUTION
    def residuals_of(prediction, target):
        return prediction - target
    # The far piece is a line.
    r = residuals_of(prediction, target)
    return my_huber(r, 0, beta) / beta
    ### END SOLUTION'''
    )
    assert (
        by_id["answer-15-2"]
        == """\
def my_huber(r, t, delta):
    ### BEGIN SOLUTION
    return abs(r - t) * delta
    ### END SOLUTION"""
    )
    assert (
        by_id["answer-15-1"]
        == """\
<!-- BEGIN SOLUTION -->

Match the slopes. The right piece is $\\beta r$.

```python
beta = 1.5 * total
```

<!-- END SOLUTION -->"""
    )


def test_other_arguments_are_refused(chapter):
    (stub,) = [c for c in chapter.cells if role(c) == ("15.2", "stub")]
    stub.source = stub.source.replace("delta", "beta")
    with pytest.raises(ValueError, match=r"exercise 15\.2: stub and solution take the same arguments"):
        nbgrader_source(chapter, "huber")


def test_a_raw_chapter_is_refused_and_what_was_made_of_it_is_not(chapter):
    with pytest.raises(ValueError, match=r"nbgrader would release them. Run make course"):
        refuse_raw_chapter(chapter, {})
    source = nbgrader_source(chapter, "huber")
    assert refuse_raw_chapter(source, {"a": 1}) == (source, {"a": 1})


# ---- By nbgrader itself ------------------------------------------------------------------------------------


def test_nbgrader_accepts_the_metadata(of_the_book):
    format_ = pytest.importorskip("nbgrader.nbgraderformat")
    source = nbgrader_source(*of_the_book)
    format_.MetadataValidator().validate_nb(source)
    graded(source)[0].pop("points")
    with pytest.raises(format_.ValidationError):
        format_.MetadataValidator().validate_nb(source)


def test_nbgrader_releases_the_students_edition(of_the_book):
    preprocessors = pytest.importorskip("nbgrader.preprocessors")
    from traitlets.config import Config

    settings = Config()
    exec(CONFIGURATION, {"get_config": lambda: settings})
    made, resources = nbgrader_source(*of_the_book), {}
    for name in ("ClearSolutions", "CheckCellMetadata"):
        made, resources = getattr(preprocessors, name)(config=settings).preprocess(made, resources)
    assert [(c.id, c.source) for c in made.cells] == [(c.id, c.source) for c in student(*of_the_book).cells]


@pytest.mark.parametrize(
    ("converter", "trait", "first", "ours"),
    [
        ("GenerateAssignment", "preprocessors", ["refuse_raw_chapter"], {}),
        ("Autograde", "sanitize_preprocessors", [], {"ClearOutput": "Mend"}),
        ("Autograde", "autograde_preprocessors", [], {"Execute": "Judge", "SaveAutoGrades": "SaveVerdicts"}),
    ],
)
def test_nbgrader_does_what_it_always_does_but_for_what_is_ours(converter, trait, first, ours):
    """The settings are as nbgrader reads them, and no step that a newer nbgrader takes is left out unseen."""
    make = getattr(pytest.importorskip("nbgrader.converters"), converter)
    from traitlets.config import Config

    settings = Config()
    exec(CONFIGURATION, {"get_config": lambda: settings})
    usual = [ours.get(step.__name__, step.__name__) for step in getattr(make(), trait)]
    assert [step.__name__ for step in getattr(make(config=settings), trait)] == first + usual
