"""The student's and the instructor's edition of a chapter.

Both are the chapter in plain Markdown. In the student's, an exercise is its prompt, one cell for the answer
(the stub, or Markdown), and the check for a self-test. The instructor's has the solutions besides, what each
exercise is worth and for what, what students get wrong, and the hidden inputs.
"""

import copy
from types import MappingProxyType

import nbformat

from lossbook.course.assignment import Task, parts, question_in
from lossbook.course.notes import Notes
from lossbook.notebooks import strip_for_download

#: What stands where prose is to be written.
PLACEHOLDER = "*Your answer: write it here, in place of this line. For code, add cells below and say so.*"
#: What students are told at the top.
HOW_GRADED = """\
**How your answers are graded.** The cell of each code answer is run by itself: put your imports and \
helpers into it. NumPy is there as `np`; `lossbook` is not, except for what an exercise names. Your \
function is tried on inputs that you do not see. The check below it is for you: run it as often as you \
like. Your answer alone counts, not what the check prints."""


def student(chapter, noun):
    """Return the student's edition of a chapter.

    Parameters
    ----------
    chapter : NotebookNode
        A chapter, in plain Markdown or as it is stored. It is not changed.
    noun : str
        The chapter's noun, such as ``huber``.

    Returns
    -------
    NotebookNode
        The chapter with one answer cell an exercise, whose mark is
        ``{"lossbook": {"exercise": "15.2", "role": "answer"}}`` and whose id is ``answer-15-2``. There is
        nothing of a solution in it, nor what a check put out.
    """
    return assembled(chapter, noun, asked)


def instructor(chapter, noun, notes=MappingProxyType({})):
    """Return the instructor's edition of a chapter: also solutions, a rubric, notes, and hidden inputs.

    Parameters and what is raised are those of :func:`student`; the notes are those of
    :func:`~lossbook.course.notes.notes_of`.
    """

    def cells_of(task):
        return [*asked(task), *_solved(task), *_grading(task, notes.get(task.number, Notes()))]

    return assembled(chapter, noun, cells_of)


def assembled(chapter, noun, cells_of):
    """Return a chapter without what only the site needs, each exercise replaced by what it becomes.

    Parameters
    ----------
    chapter, noun
        As in :func:`student`.
    cells_of : callable
        Takes a :class:`~lossbook.course.assignment.Task` and returns the cells that stand for it.
    """
    notebook = strip_for_download(chapter)
    made = [cells_of(part) if isinstance(part, Task) else [part] for part in parts(notebook, noun)]
    notebook.cells = [cell for cells in made for cell in cells]
    # After the title, which stays the first thing that is read.
    notebook.cells.insert(1, nbformat.v4.new_markdown_cell(HOW_GRADED, id="how-graded"))
    return notebook


def asked(task):
    """Return the cells with which an exercise is asked: prompt, answer, and the check if it has one."""
    answer = task.stub.source if task.stub else PLACEHOLDER
    cells = [marked(task, "prompt", task.prompt.source), answer_cell(task, answer)]
    return [*cells, marked(task, "check", task.check.source, code=True)] if task.check else cells


def answer_cell(task, source):
    """Return the one cell for an exercise's answer: code if it has a stub, otherwise Markdown."""
    return marked(task, "answer", source, code=task.stub is not None)


def marked(task, role, source, *, code=False):
    """Return a new cell without outputs that says which exercise it belongs to, and in which role."""
    make = nbformat.v4.new_code_cell if code else nbformat.v4.new_markdown_cell
    mark = {"lossbook": {"exercise": task.number, "role": role}}
    return make(source, metadata=mark, id=f"{role}-{task.label}")


def _solved(task):
    cells = [
        marked(task, "solution", f"#### Solution to exercise {task.number}"),
        *map(copy.copy, task.solution),
    ]
    for count, cell in enumerate(cells):
        cell["id"] = f"solution-{task.label}-{count}"
    return cells


def _grading(task, notes):
    if task.properties:
        rows = [(item.weight, item.name) for item in task.properties]
    else:
        rows = notes.rubric or [(task.points, "")]
    table = [f"| {what} | {points:g} |" for points, what in rows]
    text = f"""\
#### Grading exercise {task.number}: {task.points:g} points

| for | points |
|---|---|
{chr(10).join(table)}"""
    if task.properties:
        text += "\n\nThe checker judges, by inputs that your secret draws; the last cell shows them."
    if notes.mistakes:
        listed = "\n".join(f"- {mistake}" for mistake in notes.mistakes)
        # The notes were written on the chapter's exercise, and quote what its checker says.
        where = "" if _variant(task) is None else " in the chapter's exercise, of which this is a variant"
        text += f"\n\n**What students get wrong{where}**\n\n{listed}"
    cells = [marked(task, "grading", f"{text}\n\n*Your own notes:*")]
    if task.properties:
        shows = f"from lossbook.course import hidden_cases\n\n{_call(task)}"
        cells.append(marked(task, "hidden", shows, code=True))
    return cells


def _call(task):
    variant = _variant(task)
    return (
        f'hidden_cases("{task.number}", {task.solved_by}{"" if variant is None else f", variant={variant}"})'
    )


def _variant(task):
    return question_in(task.number, task.check.source).variant if task.check else None
