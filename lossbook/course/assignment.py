"""What an assignment is made of: a chapter's exercises, each with its cells by role and its points."""

import ast
import itertools
from dataclasses import dataclass

from lossbook import exercises

#: Points of an exercise that a person grades. One with a checker has the weights of its properties.
BY_HAND_POINTS = 5


@dataclass(frozen=True)
class Question:
    """What the check of an exercise asks for."""

    number: str  # "15.2"
    function: str  # the name of the function that is checked
    variant: int | None = None  # the seed of the variant, if it is one


def question_in(number, source):
    """Return the question of a check, which ends in ``exercises.check("15.2", my_huber, variant=7)``."""
    call = ast.parse(source).body[-1].value
    return Question(number, call.args[1].id, *(keyword.value.value for keyword in call.keywords))


@dataclass(frozen=True)
class Task:
    """An exercise as an assignment sees it."""

    number: str  # "15.2"
    cells: tuple  # all of the following, in the chapter's order
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

    @property
    def solved_by(self):
        """The name of the function that the solution hands to its check, or None without a checker."""
        code = [cell.source for cell in self.solution if cell.cell_type == "code"]
        return question_in(self.number, code[-1]).function if self.check else None


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
        properties = _properties(number, by_role["check"][0], noun) if by_role["check"] else ()
        first = {role: next(iter(cells), None) for role, cells in by_role.items()}
        solution = tuple(by_role["solution"])
        yield Task(number, tuple(group), first["prompt"], first["stub"], first["check"], solution, properties)


_ROLES = ("prompt", "stub", "check", "solution")


def function_in(source, name=""):
    """Return the syntax tree of the function of that name, or of the only one, that a source defines."""
    found = [n for n in ast.parse(source).body if isinstance(n, ast.FunctionDef) and name in ("", n.name)]
    if len(found) != 1:
        raise ValueError(f"required is one function {name}; got {len(found)} in\n{source}")
    return found[0]


def _number(cell):
    return cell.metadata.get("lossbook", {}).get("exercise")


def _properties(number, check, noun):
    variant = question_in(number, check.source).variant
    if number not in exercises.numbers() or exercises.find(number, variant).chapter != noun:
        raise ValueError(f"exercise {number} has a check, and lossbook.exercises.{noun} no checker")
    return exercises.find(number, variant).properties
