"""What was handed in: finds the answers in a notebook, and has each graded."""

import ast

from lossbook import exercises
from lossbook.course.assignment import question_in
from lossbook.course.grading import Verdict, grade
from lossbook.course.process import SECONDS
from lossbook.course.secret import seed_of


def questions(released):
    """Return the question of each check in the notebook that was handed out, in its order.

    Parameters
    ----------
    released : NotebookNode
        The teacher's own copy of what students got: nothing in a submission says what it is asked.
    """
    checks = [cell for cell in released.cells if _mark(cell).get("role") == "check"]
    return [question_in(_mark(cell)["exercise"], cell.source) for cell in checks]


def grade_submission(submitted, released, *, key, seconds=SECONDS):
    """Grade all code answers of one submission.

    Parameters
    ----------
    submitted : NotebookNode
        What came back. Nothing of it is run in this process, and of its marks only those of answers are used.
    released : NotebookNode
        What was handed out.
    key : bytes
        The secret, as from :func:`lossbook.course.secret.secret`.
    seconds : float
        How long an answer's cell, and each call of its function, may take.

    Yields
    ------
    Verdict
        One for each question, in order, as it is reached.
    """
    answers = {}
    for question in questions(released):
        try:
            yield _verdict(question, submitted, answers, seed_of(key, question.number), seconds)
        except Exception as fault:  # One answer that cannot be graded keeps no other from being.
            reason = f"the grader failed: {type(fault).__name__}: {fault}"
            yield Verdict.for_a_person(question.number, reason)


def _verdict(question, submitted, answers, seed, seconds):
    """Return the verdict on one answer, and put its source among the answers, under its number."""
    sources = answers_to(question, submitted)
    if len(sources) != 1:
        found = "no cell for it is left" if not sources else f"{len(sources)} cells say that they are it"
        return Verdict.for_a_person(question.number, found)
    answers[question.number] = sources[0]
    needed = exercises.find(question.number, question.variant).builds_on
    return grade(
        question.number,
        question.function,
        sources[0],
        seed=seed,
        before=[answers[number] for number in needed if number in answers],
        variant=question.variant,
        seconds=seconds,
    )


def answers_to(question, submitted):
    """Return the sources of the cells that are the answer to a question: one, if all is well.

    A cell is known by its mark or its id. Where neither is left, as after a copy into another notebook, it is
    the cell that defines the function.
    """
    code = [cell for cell in submitted.cells if cell.cell_type == "code"]
    label = f"answer-{question.number.replace('.', '-')}"
    named = [cell for cell in code if label in names(cell)]
    return [cell.source for cell in named or [c for c in code if question.function in _defined(c.source)]]


def names(cell):
    """Return what a submission's cell says that it is, ``answer-15-2``, by its mark, its id or nbgrader's."""
    mark, theirs = _mark(cell), cell.metadata.get("nbgrader")
    marked = f"{mark.get('role')}-{mark.get('exercise')}".replace(".", "-")
    grade_id = theirs.get("grade_id") if isinstance(theirs, dict) else None
    return {marked, *(name for name in (cell.get("id"), grade_id) if isinstance(name, str))}


def _defined(source):
    try:
        return {node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)}
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()


def _mark(cell):
    mark = cell.metadata.get("lossbook")
    return mark if isinstance(mark, dict) else {}  # whoever hands in a notebook may write anything there
