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
        sources = answers_to(question, submitted)
        if len(sources) != 1:
            found = "no cell for it is left" if not sources else f"{len(sources)} cells say that they are it"
            sentence = f"A person has to look at this answer: {found}."
            yield Verdict(question.number, sentence=sentence, flagged=True)
            continue
        answers[question.number] = sources[0]
        needed = exercises.find(question.number, question.variant).builds_on
        yield grade(
            question.number,
            question.function,
            sources[0],
            seed=seed_of(key, question.number),
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
    wanted = {"exercise": question.number, "role": "answer"}
    named = [c for c in code if wanted.items() <= _mark(c).items() or _names(c) & {label}]
    return [cell.source for cell in named or [c for c in code if question.function in _defined(c.source)]]


def _names(cell):
    return {cell.get("id"), cell.metadata.get("nbgrader", {}).get("grade_id")}


def _defined(source):
    try:
        return {node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)}
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()


def _mark(cell):
    return cell.metadata.get("lossbook", {})
