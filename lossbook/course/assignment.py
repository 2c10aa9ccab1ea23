"""What an assignment is made of: a chapter's exercises, each with its cells by role and its points."""

import ast
import importlib
import itertools
from dataclasses import dataclass

#: Points of an exercise that a person grades. One with a checker has the weights of its properties.
BY_HAND_POINTS = 5


@dataclass(frozen=True)
class Task:
    """An exercise as an assignment sees it."""

    number: str  # "15.2"
    prompt: object  # a Markdown cell
    stub: object  # a code cell with the function to write; None if the answer is prose
    check: object  # the code cell that checks it; None with the stub
    solution: tuple  # cells
    properties: tuple  # a lossbook.exercises.Property for each line of the report; empty without a checker

    @property
    def label(self):
        """The number as it stands in names of cells, where nbgrader allows no dot: ``15-2``."""
        return self.number.replace(".", "-")

    @property
    def points(self):
        """How many points the exercise is worth."""
        return sum(item.weight for item in self.properties) if self.properties else BY_HAND_POINTS

    @property
    def function(self):
        """The name of the function that the stub asks for, or None."""
        return self.stub and function_in(self.stub.source).name


def parts(notebook, noun):
    """Yield what a chapter consists of, in its order: each cell outside exercises, and each exercise.

    Parameters
    ----------
    notebook : NotebookNode
        A chapter. It is not changed.
    noun : str
        The chapter's noun, such as ``huber``, under which its exercises have their checkers.

    Yields
    ------
    NotebookNode or Task

    Raises
    ------
    ValueError
        If the exercises are not in good form, or one has a check and no checker.
    """
    checkers = {}
    for number, group in itertools.groupby(notebook.cells, key=_number):
        if number is None:
            yield from group
            continue
        group = list(group)
        by_role = {role: [cell for cell in group if cell.metadata.lossbook.role == role] for role in _ROLES}
        if (
            not by_role["prompt"]
            or not by_role["solution"]
            or bool(by_role["stub"]) != bool(by_role["check"])
        ):
            raise ValueError(
                f"exercise {number} must have a prompt, a solution, and a stub with a check or neither; "
                f"got {', '.join(cell.metadata.lossbook.role for cell in group)}"
            )
        properties = ()
        if by_role["check"]:
            checkers = checkers or _checkers(noun)
            if number not in checkers:
                raise ValueError(f"exercise {number} has a check, and lossbook.exercises.{noun} no checker")
            properties = checkers[number].properties
        first = {role: next(iter(cells), None) for role, cells in by_role.items()}
        solution = tuple(by_role["solution"])
        yield Task(number, first["prompt"], first["stub"], first["check"], solution, properties)


_ROLES = ("prompt", "stub", "check", "solution")


def function_in(source, name=""):
    """Return the syntax tree of the function of that name, or of the only one, that a source defines."""
    found = [n for n in ast.parse(source).body if isinstance(n, ast.FunctionDef) and name in ("", n.name)]
    if len(found) != 1:
        raise ValueError(f"required is one function {name}; got {len(found)} in\n{source}")
    return found[0]


def _number(cell):
    return cell.metadata.get("lossbook", {}).get("exercise")


def _checkers(noun):
    exercises = importlib.import_module(f"lossbook.exercises.{noun}").EXERCISES
    return {exercise.number: exercise for exercise in exercises}
