"""A chapter whose graded exercises are replaced by variants, from which all editions follow."""

import copy
import re

from lossbook import exercises
from lossbook.course.assignment import Task, parts
from lossbook.course.editions import marked
from lossbook.exercises import variants


def varied(chapter, noun, seed):
    """Return a copy of a chapter with the variants that a seed draws.

    An exercise without any stays, and so does one whose answer such an exercise builds on.

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
    pieces = list(parts(chapter, noun))
    drawn = _drawn([part for part in pieces if isinstance(part, Task)], seed)
    for part in pieces:
        if not isinstance(part, Task):
            made.cells.append(part)
        elif variant := drawn.get(part.number):
            made.cells += _cells(part, variant, seed)
        else:
            made.cells += part.cells
    return made


def _drawn(tasks, seed):
    """Return number to variant, for all exercises that can have one."""
    graded = [task.number for task in tasks if task.stub]
    found = {number: variant for number in graded if (variant := variants.drawn(number, seed))}

    def needed():
        others = [number for number in graded if number not in found]
        return [base for number in others for base in exercises.find(number).builds_on if base in found]

    while bases := needed():
        for base in bases:
            found.pop(base, None)
    return found


def _cells(task, variant, seed):
    """Return the cells of an exercise, in the chapter's form, for one of its variants."""
    solution = task.solved_by
    check = f'exercises.check("{task.number}", {{}}, variant={seed})'
    # The check may begin with the import that all later ones need.
    checking = re.sub(r"exercises\.check\(.*\)\s*$", check.format(task.function), task.check.source)
    solved = re.sub(rf"\b{task.function}\b", solution, variant.solution)
    return [
        marked(task, "prompt", f"### Exercise {task.number} · {variant.exercise.title}\n\n{variant.prompt}"),
        marked(task, "stub", variant.stub, code=True),
        marked(task, "check", checking, code=True),
        marked(task, "solution", f"{solved}\n\n\n{check.format(solution)}", code=True),
    ]
