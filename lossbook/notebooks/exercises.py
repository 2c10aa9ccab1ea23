"""The form of the exercises in a notebook: which cells they have, in which order, and what is stored in them.

An exercise is a run of cells whose metadata bear its number and their role:
``{"lossbook": {"exercise": "15.2", "role": "prompt"}}``.
"""

import ast
import itertools
import re

ROLES = ("prompt", "stub", "check", "solution")
NUMBER = re.compile(r"\d+\.\d+")

#: How a prompt begins. The middle dot is U+00B7.
TITLE = re.compile(r"#+ Exercise (?P<number>\d+\.\d+) · (?P<title>\S[^\n]*)\s*")

_CODED, _BY_HAND = ["prompt", "stub", "check", "solution"], ["prompt", "solution"]
_HEADING = re.compile(r"^#+ ", re.MULTILINE)
_ALL_PASSED = r"Exercise {number} \(.*\): (\d+) of \1 passed\n"


def mark(cell):
    """Return a cell's exercise and role if both are of the right kind, else (None, None)."""
    found = cell.metadata.get("lossbook", {})
    number, role = found.get("exercise"), found.get("role")
    return (number, role) if NUMBER.fullmatch(str(number)) and role in ROLES else (None, None)


def exercise_problems(notebook, chapter=""):
    """Yield what is wrong with a notebook's exercises.

    Parameters
    ----------
    notebook : NotebookNode
        A notebook of nbformat 4, with stored outputs.
    chapter : str
        The chapter's two digits; if it is empty, that part of the exercises' numbers is not checked.

    Yields
    ------
    str
        One sentence a problem.
    """
    marked = [(n, cell, *mark(cell)) for n, cell in enumerate(notebook.cells, 1)]
    runs = [
        (number, [(n, cell, role) for n, cell, _, role in run])
        for number, run in itertools.groupby(marked, key=lambda item: item[2])
        if number is not None
    ]
    first = chapter.lstrip("0") or (runs[0][0].partition(".")[0] if runs else "")
    for count, (number, run) in enumerate(runs, 1):
        if number != f"{first}.{count}":
            yield (
                f"cell {run[0][0]} begins exercise {number}, and {first}.{count} is next: exercises are "
                "numbered without gaps, and the cells of one stand together"
            )
        yield from _order_problems(number, run)
        yield from _text_problems(number, run)
        yield from _code_problems(number, run)


def _order_problems(number, run):
    roles = [role for _, _, role in run]
    # A solution may have several cells, the other roles have one each.
    order = [role for role, _ in itertools.groupby(roles)]
    single = [role for role in roles if role != "solution"]
    if order not in (_CODED, _BY_HAND) or len(set(single)) < len(single):
        yield (
            f"exercise {number} has the cells {', '.join(roles)}; required are {', '.join(_CODED)}, "
            f"or {' and '.join(_BY_HAND)} for one without code"
        )
    for n, cell, role in run:
        kind = {"prompt": "markdown", "stub": "code", "check": "code"}.get(role, cell.cell_type)
        if cell.cell_type != kind:
            yield f"cell {n} is a {role} and a {cell.cell_type} cell; required is a {kind} cell"


def _text_problems(number, run):
    for n, cell, role in run:
        if cell.cell_type != "markdown":
            continue
        text = cell.source
        if role == "prompt":
            title = TITLE.match(text)
            if not title or title["number"] != number:
                yield f"cell {n} must begin with '### Exercise {number} · ' and a title"
            text = text.partition("\n")[2]
        if _HEADING.search(re.sub(r"^(`{3,}|~{3,}).*?^\1", "", text, flags=re.MULTILINE | re.DOTALL)):
            yield f"cell {n} has a heading inside exercise {number}; the prompt's is the only one"


def _code_problems(number, run):
    stubs = [(n, cell) for n, cell, role in run if role == "stub"]
    checks = [(n, cell) for n, cell, role in run if role == "check"]
    solutions = [(n, cell) for n, cell, role in run if role == "solution" and cell.cell_type == "code"]
    if not stubs or not checks:
        return  # by hand, or incomplete and told so
    (n, stub), (m, check) = stubs[0], checks[0]
    name = _stub_name(stub)
    if name is None:
        yield f"cell {n} is a stub; required is one function that only raises NotImplementedError"
    elif _checked_name(check, number) != name:
        yield f'cell {m} must end with exercises.check("{number}", {name})'
    if f"Exercise {number}: not written yet." not in _texts(check):
        yield f"cell {m} checks the stub of exercise {number}, so its output must say 'not written yet'"
    if not solutions:
        yield f"exercise {number} has a stub and no code in its solution"
        return
    defined = {found for _, cell in solutions for found in _defined_names(cell)}
    if name in defined:
        yield (
            f"exercise {number} defines {name} in the stub and in the solution, so that running all would "
            "check the solution: give them two names"
        )
    n, last = solutions[-1]
    if _checked_name(last, number) not in defined - {name}:
        yield f'cell {n} must end with exercises.check("{number}", …) of the solution\'s function'
    elif not any(
        re.match(_ALL_PASSED.format(number=re.escape(number)), f"{text}\n") for text in _texts(last)
    ):
        yield f"cell {n} checks the solution of exercise {number}, and not everything passed"


def _statements(cell):
    try:
        return ast.parse(cell.source).body
    except SyntaxError:  # told by the rule about names
        return []


def _stub_name(cell):
    """Return the name of the one function that a stub defines and that only raises, or None."""
    body = _statements(cell)
    if len(body) != 1 or not isinstance(body[0], ast.FunctionDef):
        return None
    inside = [node for node in body[0].body if not (isinstance(node, ast.Expr) and _is_text(node.value))]
    raised = [ast.unparse(node) for node in inside if isinstance(node, ast.Raise)]
    only_raises = len(inside) == 1 and raised in (
        ["raise NotImplementedError"],
        ["raise NotImplementedError()"],
    )
    return body[0].name if only_raises else None


def _is_text(node):
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _checked_name(cell, number):
    """Return the name that a cell's last line hands to ``check`` for this exercise, or None."""
    body = _statements(cell)
    if not body or not isinstance(body[-1], ast.Expr) or not isinstance(body[-1].value, ast.Call):
        return None
    call = body[-1].value
    if ast.unparse(call.func) not in ("exercises.check", "check") or call.keywords or len(call.args) != 2:
        return None
    same = isinstance(call.args[0], ast.Constant) and call.args[0].value == number
    return call.args[1].id if same and isinstance(call.args[1], ast.Name) else None


def _defined_names(cell):
    return {node.name for node in _statements(cell) if isinstance(node, ast.FunctionDef)}


def _texts(cell):
    return [output.data["text/plain"] for output in cell.outputs if "text/plain" in output.get("data", {})]
