"""The student's and the instructor's edition of a chapter.

Both are the chapter in plain Markdown. In the student's, an exercise is its prompt, one cell for the answer
(the stub, or Markdown), and the check for a self-test. The instructor's has the solutions besides, what each
exercise is worth and for what, and room for a rubric and for notes.
"""

import copy

import nbformat

from lossbook.course.assignment import Task, parts
from lossbook.notebooks import strip_for_download

#: What stands where prose is to be written.
PLACEHOLDER = "*Your answer: write it here, in place of this line. For code, add cells below this one.*"


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


def instructor(chapter, noun):
    """Return the instructor's edition of a chapter: also solutions, points, and room for notes.

    Parameters and what is raised are those of :func:`student`.
    """
    return assembled(chapter, noun, lambda task: [*asked(task), *_solved(task), _grading(task)])


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


def _grading(task):
    if task.properties:
        rows = [f"| {item.name} | {item.weight:g} | *(the checker judges)* |" for item in task.properties]
    else:
        rows = [f"| | {task.points:g} | |"]
    text = f"""\
#### Grading exercise {task.number}: {task.points:g} points

| for | points | rubric |
|---|---|---|
{chr(10).join(rows)}

*Your notes, and what students get wrong:*"""
    return marked(task, "grading", text)
