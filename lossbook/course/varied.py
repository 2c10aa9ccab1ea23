"""A chapter whose graded exercises are replaced by variants, from which all editions follow."""

import copy
import re

from lossbook.course.assignment import Task, parts
from lossbook.course.editions import marked
from lossbook.exercises import variants


def varied(chapter, noun, seed):
    """Return a copy of a chapter with the variants that a seed draws; an exercise without any stays.

    Parameters
    ----------
    chapter : NotebookNode
        A chapter. It is not changed.
    noun : str
        The chapter's noun, such as ``huber``.
    seed : int
        What the variants are drawn from.

    Raises
    ------
    ValueError
        If the exercises are not in good form.
    """
    made = copy.copy(chapter)
    made.cells = []
    for part in parts(chapter, noun):
        if isinstance(part, Task):
            variant = variants.drawn(part.number, seed) if part.stub else None
            made.cells += _cells(part, variant, seed) if variant else part.cells
        else:
            made.cells.append(part)
    return made


def _cells(task, variant, seed):
    """Return the cells of an exercise, in the chapter's form, for one of its variants."""
    heading = task.prompt.source.partition("\n\n")[0]
    solution = task.solved_by
    check = f'exercises.check("{task.number}", {{}}, variant={seed})'
    # The check may begin with the import that all later ones need.
    checking = re.sub(r"exercises\.check\(.*\)\s*$", check.format(task.function), task.check.source)
    solved = re.sub(rf"\b{task.function}\b", solution, variant.solution)
    return [
        marked(task, "prompt", f"{heading}\n\n{variant.prompt}"),
        marked(task, "stub", variant.stub, code=True),
        marked(task, "check", checking, code=True),
        marked(task, "solution", f"{solved}\n\n\n{check.format(solution)}", code=True),
    ]
