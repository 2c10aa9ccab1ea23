"""A seed draws variants: another definition, and with it prompt, check, reference and solution."""

import ast
import functools

import pytest

from lossbook import exercises
from lossbook.course import grade
from lossbook.course.assignment import Task, parts
from lossbook.course.varied import varied
from lossbook.exercises import variants

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
