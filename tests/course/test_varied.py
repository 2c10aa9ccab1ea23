"""A seed draws variants: another definition, and with it prompt, check, reference and solution."""

import ast
import functools
import re
import symtable
from dataclasses import replace
from pathlib import Path

import nbformat
import numpy as np
import pytest

from lossbook import exercises
from lossbook.course import grade
from lossbook.course.assignment import Task, parts
from lossbook.course.editions import instructor
from lossbook.course.notes import Notes
from lossbook.course.varied import varied
from lossbook.exercises import variants
from tests.course.conftest import answering, learned_by_heart
from tests.course.test_solutions import NOTHING_RIGHT

CHAPTERS = Path(__file__).parents[2] / "chapters"
SEEDS = (1, 2, 3)
NUMBERS = [number for number in exercises.numbers() if variants.drawn(number, 1)]


@functools.cache
def variant(number, seed):
    return variants.drawn(number, seed)


def name_in(stub):
    return stub.partition("def ")[2].partition("(")[0]


@pytest.mark.parametrize("number", NUMBERS)
def test_solutions_get_full_marks_and_stubs_none(number):
    for seed in SEEDS:
        of, name = variant(number, seed), name_in(variant(number, seed).stub)
        right = grade(number, name, of.solution, seed=20, variant=seed)
        assert (right.score, right.flagged) == (1.0, False), right.lines
        assert grade(number, name, of.stub, seed=20, variant=seed).lines == [
            f"Exercise {number}: not written yet."
        ]


MAKERS = [
    pytest.param(number, maker, id=f"{number} {maker.__name__}")
    for number in NUMBERS
    for maker in variants.makers(number)
]


@pytest.mark.parametrize(("number", "maker"), MAKERS)
def test_the_solutions_of_all_makers_hold_whatever_they_draw(number, maker):
    """The seeds above do not reach each maker; the grader itself is tried there."""
    for seed in range(6):
        of = maker(np.random.default_rng(seed))
        report = of.exercise.judge(answering(solution(of), of.exercise), seed=21)
        assert of.exercise.number == number
        assert report, report


def solution(of):
    """Return the function that solves a variant."""
    names = {"np": np}
    exec(f"{of.exercise.given}\n{of.solution}", names)
    return names[name_in(of.stub)]


@pytest.mark.parametrize(("number", "maker"), MAKERS)
def test_what_is_learned_by_heart_earns_nothing_with_another_seed(number, maker):
    of = maker(np.random.default_rng(1))
    report = of.exercise.judge(learned_by_heart(solution(of), of.exercise), seed=1)
    assert report.score == 0, report


@pytest.mark.parametrize(("number", "maker"), MAKERS)
def test_each_property_of_values_draws_inputs(number, maker):
    of = maker(np.random.default_rng(1))
    report = of.exercise.judge(answering(solution(of), of.exercise))
    about_values = [item.name for item in of.exercise.properties if not item.of_form]
    assert [result.name for result in report.results if result.proves] == about_values


@pytest.mark.parametrize(("number", "maker"), MAKERS)
@pytest.mark.parametrize("returned", NOTHING_RIGHT.values(), ids=NOTHING_RIGHT)
def test_an_answer_with_nothing_right_in_it_gets_none(number, maker, returned):
    for seed in range(3):
        exercise = maker(np.random.default_rng(seed)).exercise
        for reduced in (np.asarray, np.mean):
            answer = returning(lambda first, made=reduced: made(returned(first)), len(exercise.outputs))
            report = exercise.judge(answering(answer, exercise))
            assert report.score == 0, report


def returning(made, outputs):
    """Return an answer that gives what is made of its first argument, as often as there are outputs."""

    def answer(*arrays, **_):
        value = made(arrays[0].astype(float))
        return value if outputs == 1 else (value,) * outputs

    return answer


@pytest.mark.parametrize(("number", "maker"), MAKERS)
def test_what_a_maker_makes_stands_alone(number, maker):
    """A variant's cells become plain ones as they are, and are graded where there is no lossbook."""
    for seed in range(6):
        of = maker(np.random.default_rng(seed))
        assert not re.search(r"\{\w+\}`|\bexercises? \d+\.\d|^#", of.prompt, re.MULTILINE), of.prompt
        assert len(ast.parse(of.stub).body) == 1
        assert signature(of.stub) == signature(of.solution) == signature(stub_of(number))
        assert "lossbook" not in of.solution
        assert not of.exercise.builds_on


def signature(source):
    """Return the name and the arguments of the last function that a source defines."""
    function = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)][-1]
    return function.name, ast.unparse(function.args)


@functools.cache
def stub_of(number):
    [path] = CHAPTERS.glob(f"??_{exercises.find(number).chapter}.ipynb")
    mark = {"exercise": number, "role": "stub"}
    cells = nbformat.read(path, as_version=4).cells
    return next(cell.source for cell in cells if cell.metadata.get("lossbook") == mark)


def tasks(chapter, noun):
    return {part.number: part for part in parts(chapter, noun) if isinstance(part, Task)}


def test_the_answer_without_variant_fails_and_reference_and_prompt_follow(of_the_book):
    """The chapter's own solution would be last year's: its function takes the same arguments."""
    chapter, noun = of_the_book
    given = tasks(chapter, noun)
    for seed in SEEDS:
        made = tasks(varied(chapter, noun, seed), noun)
        for number, before in given.items():
            if number not in NUMBERS:
                assert made[number].cells == before.cells
                continue
            assert made[number].prompt.source != before.prompt.source
            assert made[number].properties == exercises.find(number, seed).properties
            assert f"variant={seed})" in made[number].check.source
            others = [_solution(given[other]) for other in exercises.find(number).builds_on]
            old = _solution(before).replace(before.solved_by, before.function)
            verdict = grade(number, before.function, old, seed=20, before=others, variant=seed)
            assert verdict.report is not None, verdict.lines  # It ran, and is wrong by its values.
            assert verdict.score < 1, verdict.lines


def _solution(task):
    """Return the functions of the chapter's solution, and what they import, as one source."""
    trees = [ast.parse(cell.source) for cell in task.solution if cell.cell_type == "code"]
    kinds = ast.FunctionDef | ast.Import | ast.ImportFrom
    return "\n".join(ast.unparse(node) for tree in trees for node in tree.body if isinstance(node, kinds))


def test_a_seed_draws_the_same_again_and_others_differ():
    drawn = {(s, variants.drawn("15.4", s).prompt) for s in range(20)}
    assert len({prompt for _, prompt in drawn}) == 5
    variants.drawn.cache_clear()
    assert drawn == {(s, variants.drawn("15.4", s).prompt) for s in range(20)}


def test_an_exercise_without_variants_says_so(monkeypatch):
    monkeypatch.setattr(exercises, "drawn", lambda number, seed: None)
    with pytest.raises(ValueError, match=r"exercise 15\.2 has no variants; got variant=3"):
        exercises.check("15.2", len, variant=3)


def test_what_an_exercise_without_variant_builds_on_stays(chapter, monkeypatch):
    """15.4's solution calls that of 15.2, and would be wrong of another loss."""
    draw = variants.drawn
    monkeypatch.setattr(
        variants, "drawn", lambda number, seed: None if number == "15.4" else draw(number, seed)
    )
    assert varied(chapter, "huber", 1).cells == chapter.cells
    monkeypatch.undo()
    made = tasks(varied(chapter, "huber", 1), "huber")
    assert [task.check.source[-2:] for task in made.values() if task.check] == ["1)", "1)"]


def test_what_was_noted_of_the_chapters_exercise_is_said_to_be_of_it(chapter):
    """It may quote properties that the variant does not have."""
    notes = {"15.4": Notes((), ("They forget β.",))}
    for made, says in (
        (chapter, "**"),
        (varied(chapter, "huber", 1), " in the chapter's exercise, of which this"),
    ):
        cells = {cell.id: cell.source for cell in instructor(made, "huber", notes).cells}
        assert f"**What students get wrong{says}" in cells["grading-15-4"]
        assert "They forget β." in cells["grading-15-4"]


def test_what_stays_of_a_chapter_uses_the_same_names_as_before(of_the_book):
    chapter, noun = of_the_book
    assert meant_otherwise(chapter, varied(chapter, noun, 1)) == []


@pytest.mark.parametrize("source", ["print(huber_solution(3.0, 0.0, 1.0))", "def f():\n    return fsum([1])"])
def test_a_name_that_the_variant_takes_away_is_found(chapter, source):
    chapter.cells.append(nbformat.v4.new_code_cell(source))
    [said] = meant_otherwise(chapter, varied(chapter, "huber", 1))
    assert source in said


def test_a_name_that_the_variant_takes_for_itself_is_found(chapter, monkeypatch):
    of = variants.drawn("15.2", 1)
    taking = replace(of, solution=f"total = 2\n\n\n{of.solution}")
    other = variants.drawn("15.4", 1)
    monkeypatch.setattr(variants, "drawn", lambda number, seed: taking if number == "15.2" else other)
    chapter.cells.append(nbformat.v4.new_code_cell("print(total)"))
    assert meant_otherwise(chapter, varied(chapter, "huber", 1)) == [
        "another cell binds total for\nprint(total)"
    ]


def meant_otherwise(before, after):
    """Return a sentence for each name that a cell of both notebooks uses, of which another cell binds it."""
    bound = origins(after)
    return [
        f"another cell binds {name} for\n{cell.source}"
        for cell, names in origins(before)
        for name, origin in names.items()
        for there, found in bound
        if there is cell and found[name] is not origin
    ]


def origins(notebook):
    """Return each cell of code with the names that it uses, and of each name the last cell that binds it."""
    last, found = {}, []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            used, binds = names_in(symtable.symtable(cell.source, "cell", "exec"))
            last |= dict.fromkeys(binds, cell)
            found.append((cell, {name: last.get(name) for name in used}))
    return found


def names_in(table):
    """Return the global names that a scope and those within it use, and those that it binds."""
    top = table.get_type() == "module"
    mine = [symbol for symbol in table.get_symbols() if top or symbol.is_global()]
    used = {symbol.get_name() for symbol in mine if symbol.is_referenced()}
    binds = {s.get_name() for s in mine if s.is_assigned() or s.is_imported()}
    for within in table.get_children():
        inner, declared = names_in(within)
        used, binds = used | inner, binds | declared
    return used, binds
