"""Say what is wrong with a notebook's exercises: runs of cells whose metadata bear a number and a role."""

import ast
import itertools
import re

#: How an exercise's prompt begins. The middle dot is U+00B7.
TITLE = re.compile(r"#+ Exercise (?P<number>\d+\.\d+) · (?P<title>\S[^\n]*)\s*")
NUMBER = re.compile(r"\d+\.\d+")
CODED, BY_HAND = ["prompt", "stub", "check", "solution"], ["prompt", "solution"]


def exercise_problems(cells, chapter):
    """Yield what is wrong with the exercises among these numbered cells."""
    marked = []
    for n, cell in cells:
        mark = cell.metadata.get("lossbook", {})
        number, role = mark.get("exercise"), mark.get("role")
        good = NUMBER.fullmatch(str(number)) and role in CODED
        if "exercise" in mark and not good:
            yield (
                f"cell {n} belongs to exercise {number!r} in the role {role!r}; "
                f"an exercise is numbered like '15.2' and a role is one of {', '.join(CODED)}"
            )
        marked.append((number if good else None, (n, cell, role)))
    runs = [(number, [item for _, item in run]) for number, run in itertools.groupby(marked, lambda m: m[0])]
    runs = [(number, run) for number, run in runs if number]
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
    merged = [role for n, role in enumerate(roles) if role != "solution" or roles[n - 1 : n] != ["solution"]]
    if merged not in (CODED, BY_HAND):
        yield (
            f"exercise {number} has the cells {', '.join(roles)}; required are {', '.join(CODED)}, "
            f"or {' and '.join(BY_HAND)} for one without code"
        )
    for n, cell, role in run:
        kind = {"prompt": "markdown", "stub": "code", "check": "code"}.get(role, cell.cell_type)
        if cell.cell_type != kind:
            yield f"cell {n} is a {role} and a {cell.cell_type} cell; required is a {kind} cell"


def _text_problems(number, run):
    for n, cell, role in run:
        if cell.cell_type == "markdown":
            text = cell.source
            if role == "prompt":
                title = TITLE.match(text)
                if not title or title["number"] != number:
                    yield f"cell {n} must begin with '### Exercise {number} · ' and a title"
                text = text.partition("\n")[2]
            prose = re.sub(r"^(`{3,}|~{3,}).*?^\1", "", text, flags=re.MULTILINE | re.DOTALL)
            if re.search(r"^#+ ", prose, re.MULTILINE):
                yield f"cell {n} has a heading inside exercise {number}; the prompt's is the only one"


def _code_problems(number, run):
    stub, check, solution = (
        [(n, cell) for n, cell, its in run if its == role and cell.cell_type == "code"] for role in CODED[1:]
    )
    if not stub or not check:
        return  # by hand, or incomplete and told so
    (n, cell), (m, checking) = stub[0], check[0]
    name = _stub_name(cell)
    if name is None:
        yield f"cell {n} is a stub; required is one function that only raises NotImplementedError"
    elif _checked_name(checking, number) != name:
        yield f'cell {m} must end with exercises.check("{number}", {name})'
    if f"Exercise {number}: not written yet." not in _results(checking):
        yield f"cell {m} checks the stub of exercise {number}, so its output must say 'not written yet'"
    if not solution:
        yield f"exercise {number} has a stub and no code in its solution"
        return
    statements = [node for _, cell in solution for node in _parsed(cell).body]
    defined = {node.name for node in statements if isinstance(node, ast.FunctionDef)}
    if name in defined:
        yield (
            f"exercise {number} defines {name} in the stub and in the solution, so that running all would "
            "check the solution: give them two names"
        )
    n, last = solution[-1]
    passed = re.compile(rf"Exercise {re.escape(number)} \(.*\): (\d+) of \1 passed(\n|$)")
    if _checked_name(last, number) not in defined - {name}:
        yield f'cell {n} must end with exercises.check("{number}", …) of the solution\'s function'
    elif not any(map(passed.match, _results(last))):
        yield f"cell {n} checks the solution of exercise {number}, and not everything passed"


def _parsed(cell):
    try:
        return ast.parse(cell.source)
    except SyntaxError:  # told by the rule about names
        return ast.parse("")


def _stub_name(cell):
    """Return the name of the one function that a stub defines and that only raises, or None."""
    match _parsed(cell).body:
        case [ast.FunctionDef(name=name, body=body) as function]:
            inside = [ast.unparse(node) for node in body[ast.get_docstring(function) is not None :]]
            return (
                name if inside in (["raise NotImplementedError"], ["raise NotImplementedError()"]) else None
            )


def _checked_name(cell, number):
    """Return the name that a cell's last line hands to ``check`` for this exercise, or None."""
    last = ast.unparse(_parsed(cell)).rpartition("\n")[2]
    match = re.fullmatch(rf"(?:exercises\.)?check\('{re.escape(number)}', (\w+)\)", last)
    return match and match[1]


def _results(cell):
    return [output.data["text/plain"] for output in cell.outputs if "text/plain" in output.get("data", {})]
