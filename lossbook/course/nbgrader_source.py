"""The notebook from which nbgrader makes a release: its metadata, and solutions between its markers.

nbgrader puts a stub where a marked region stands. The regions are inside the function that a stub asks for,
so what it releases is the student's edition, and what it validates is the solution.
"""

import ast
import re
import tokenize

from lossbook.course.assignment import function_in
from lossbook.course.editions import PLACEHOLDER, answer_cell, asked, assembled

BEGIN, END = "BEGIN SOLUTION", "END SOLUTION"
#: The text of ``nbgrader_config.py`` in the course's folder: a released stub is the book's own.
CONFIGURATION = f"""\
# Written by python -m lossbook.course. Run nbgrader in this folder.
import os
import sys

from lossbook.course.nbgrader_judge import GRADING, SANITIZING
from lossbook.course.refusals import refuse_raw_chapter

# nbgrader starts alembic by its name, which stands beside Python.
os.environ["PATH"] = os.pathsep.join([os.path.dirname(sys.executable), os.environ.get("PATH", "")])
c = get_config()
c.CourseDirectory.course_id = "loss-book"
# What students get in the place of a solution.
c.ClearSolutions.code_stub = {{"python": "raise NotImplementedError"}}
c.ClearSolutions.text_stub = {PLACEHOLDER!r}
c.IncludeHeaderFooter.header = ""
c.GenerateAssignment.preprocessors.insert(0, refuse_raw_chapter)
# No submission is run in a kernel: each answer is graded in a process of its own.
c.Autograde.sanitize_preprocessors = SANITIZING
c.Autograde.autograde_preprocessors = GRADING
"""


def nbgrader_source(chapter, noun):
    """Return the source notebook for nbgrader of a chapter.

    Parameters
    ----------
    chapter : NotebookNode
        A chapter, in plain Markdown or as it is stored. It is not changed.
    noun : str
        The chapter's noun, such as ``huber``.

    Returns
    -------
    NotebookNode
        The student's edition with a solution in each answer cell. Where there is a checker, the check is the
        graded cell and has the points; elsewhere a person grades the answer cell itself. All cells of
        exercises but the answers are locked.

    Raises
    ------
    ValueError
        If a solution cannot be written in the place of its stub.
    """
    names = {}  # of solutions, and of the functions that students write in their place

    def cells_of(task):
        if task.stub:
            names[task.solved_by] = task.function
            answer = answer_cell(task, solved_stub(task, names))
        else:
            answer = answer_cell(task, solved_prose(task))
        prompt, _, *check = asked(task)
        _grade(prompt, locked=True)
        _grade(answer, solution=True, points=None if check else task.points)
        for cell in check:
            _grade(cell, points=task.points, locked=True)
        return [prompt, answer, *check]

    return assembled(chapter, noun, cells_of)


def _grade(cell, *, solution=False, points=None, locked=False):
    """Write nbgrader's metadata into a cell; with points, it is graded."""
    cell.metadata["nbgrader"] = {
        "schema_version": 3,
        "grade_id": cell.id,
        "cell_type": cell.cell_type,
        "grade": points is not None,
        "solution": solution,
        "task": False,
        "locked": locked,
        **({"points": points} if points is not None else {}),
    }


def without_solutions(notebook):
    """Return a copy of a source notebook in which nothing stands between the markers.

    This is for finding what stands outside them, and needs no nbgrader.
    """
    notebook = type(notebook)(notebook)
    notebook["cells"] = [type(cell)(cell) for cell in notebook["cells"]]
    region = re.compile(rf"^[^\n]*{BEGIN}.*?{END}[^\n]*$", re.MULTILINE | re.DOTALL)
    for cell in notebook["cells"]:
        cell["source"] = region.sub("", cell["source"])
    return notebook


# ---- Solutions in the place of stubs -----------------------------------------------------------------------


def solved_prose(task):
    """Return the solution of an exercise without a stub as the text of one Markdown cell, between markers."""
    texts = [
        cell.source if cell.cell_type == "markdown" else f"```python\n{cell.source}\n```"
        for cell in task.solution
    ]
    return "\n\n".join([f"<!-- {BEGIN} -->", *texts, f"<!-- {END} -->"])


def solved_stub(task, names):
    """Return the stub of an exercise with the body of its solution, between markers.

    What the solution's function needs of the cells before it, imports and helpers, moves into its body.

    Parameters
    ----------
    task : Task
        An exercise with a stub.
    names : dict
        Name of each solution so far to the name of the function that students write in its place.

    Raises
    ------
    ValueError
        If stub and solution differ in their arguments.
    """
    source = "\n".join(cell.source for cell in task.solution if cell.cell_type == "code")
    solution, stub = function_in(source, task.solved_by), function_in(task.stub.source)
    if ast.unparse(solution.args) != ast.unparse(stub.args):
        raise ValueError(f"exercise {task.number}: stub and solution take the same arguments, by name")
    needed = [_lines(source, node) for node in _needed(ast.parse(source).body, solution)]
    helpers = [f"    {line}" if line else "" for lines in needed for line in lines]
    # The body's first line is that after the signature, so that a comment above it stays.
    body = source.splitlines()[_signature_ends(source, solution) : solution.end_lineno]
    head = task.stub.source.splitlines()[: stub.body[-1].lineno - 1]
    text = "\n".join([*head, f"    ### {BEGIN}", *helpers, *body, f"    ### {END}"])
    for name, asked_for in names.items():
        text = re.sub(rf"\b{name}\b", asked_for, text)
    return text


def _signature_ends(source, function):
    """Return the number of the line on which a function's signature ends, which may have several."""
    lines = iter(source.splitlines(keepends=True)[function.lineno - 1 :])
    tokens = tokenize.generate_tokens(lambda: next(lines, ""))
    return function.lineno - 1 + next(token.end[0] for token in tokens if token.type == tokenize.NEWLINE)


def _needed(statements, function):
    """Return the statements that bind what a function uses, itself or through others, in their order."""
    binding = {name: node for node in statements if node is not function for name in _bound(node)}
    needed, waiting = [], [function]
    while waiting:
        for name in {n.id for n in ast.walk(waiting.pop()) if isinstance(n, ast.Name)}:
            node = binding.get(name)
            if node is not None and node not in needed and node.lineno < function.lineno:
                needed.append(node)
                waiting.append(node)
    return sorted(needed, key=lambda node: node.lineno)


def _bound(node):
    if isinstance(node, ast.FunctionDef):
        return {node.name}
    if isinstance(node, ast.Import | ast.ImportFrom):
        return {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


def _lines(source, node):
    return source.splitlines()[node.lineno - 1 : node.end_lineno]
