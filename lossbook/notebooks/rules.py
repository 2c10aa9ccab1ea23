"""Say what is wrong with a stored notebook: what is not normalized, and what breaks a rule of form."""

import ast
import functools
import itertools
import re
import statistics
import symtable
from pathlib import Path

import nbformat

import lossbook
from lossbook.notebooks.form import CHECK, DEEPER, FOLDED_CELLS, PREPARE, figures_of
from lossbook.notebooks.normalization import FIGURE_MIME, WIDGET_VIEW_MIME, normalize, to_text

# Every tag that a cell may bear, besides those that begin with "lossbook-".
TAGS = {
    *("hide-input", "hide-output", "nbval-ignore-output", "raises-exception"),
    *("remove-cell", "remove-input", "setup", CHECK, PREPARE, DEEPER),
}
MAX_LINES = 15
MAX_MEDIAN_LINES = 6

#: How an exercise's prompt begins. The middle dot is U+00B7.
TITLE = re.compile(r"#+ Exercise (?P<number>\d+\.\d+) · (?P<title>\S[^\n]*)\s*")
NUMBER = re.compile(r"\d+\.\d+")
CODED, BY_HAND = ["prompt", "stub", "check", "solution"], ["prompt", "solution"]

# What is true of one machine or one moment only. An absolute path has at least two parts and does not go on
# from a word, a closing tag or an address ("https://…"); times are those of a clock, not "5 s" in a table.
PASSING = {
    "an absolute path": re.compile(r"(?<![\w.:/<>~])(?:/[A-Za-z_][\w.-]*){2,}|\b[A-Z]:\\\w"),
    "a memory address": re.compile(r"\b0x[0-9a-fA-F]{6,}\b"),
    "a time": re.compile(
        r"\b\d[\d.]*\s?(?:ns|µs|μs|us|ms|secs?|seconds?)\b|\b\d+\.\d+\s?s\b"
        r"|\b(?:Wall time|CPU times|per loop)\b|\dit/s\b"
    ),
}
SCRIPT = re.compile(r"<\s*script\b|\bon[a-z]+\s*=\s*[\"']|javascript:", re.IGNORECASE)
IMAGE_MIMES = ("image/png", "image/jpeg", "image/svg+xml")
TEXT_MIMES = ("text/plain", "text/html", "text/markdown", "text/latex")

# The book's own machinery: a reader never meets its names.
MACHINERY = ("notebooks", "site", "figures/engine")


def problems_in_file(path, *, address=""):
    """Return everything that is wrong with a chapter's file, ``NN_noun.ipynb``, as `problems` does."""
    path = Path(path)
    text = path.read_text(encoding="utf-8")
    notebook = nbformat.reads(text, as_version=4)
    number = path.name.partition("_")[0]
    chapter = number if number.isdigit() else ""
    found = problems(notebook, chapter=chapter, address=address)
    if not found and text != to_text(notebook):
        found.append(f"the file's keys are not sorted and indented as stored: run {_command(chapter)}")
    return found


def problems(notebook, *, chapter="", address=""):
    """Return everything that is wrong with a notebook.

    Parameters
    ----------
    notebook : NotebookNode
        A notebook of nbformat 4. It is not changed.
    chapter : str
        The chapter's two digits, for the numbers of exercises and the command that mends a problem.
    address : str
        As in :func:`~lossbook.notebooks.setup_cell`.

    Returns
    -------
    list of str
        One sentence a problem, with the cell's number (counted from 1) and the command that mends it.
    """
    cells = list(enumerate(notebook.cells, 1))
    code = [(n, cell) for n, cell in cells if cell.cell_type == "code"]
    faults = [
        *_tag_problems(cells),
        *_length_problems(code),
        *_prose_problems(cells),
        *_name_problems(code),
        *_markdown_problems(cells),
        *_output_problems(code),
        *_exercise_problems(cells, chapter),
    ]
    command = _command(chapter)
    stale = [f"{fault}: run {command}" for fault in _not_normalized(notebook, address)]
    return stale + [f"{fault}: edit it, then run {command}" for fault in faults]


def _command(chapter):
    return f"make outputs CHAPTER={chapter}" if chapter else "make outputs"


def _tags(cell):
    return cell.metadata.get("tags", [])


# ---- Not normalized: `make outputs` alone mends it ---------------------------------------------------------


def _not_normalized(notebook, address):
    """Compare a notebook with its normalized copy, and say which part of which cell differs."""
    normal = normalize(notebook, address=address)
    if notebook.metadata != normal.metadata:
        extra = sorted(set(notebook.metadata) - set(normal.metadata))
        yield f"the notebook's metadata are not normalized ({', '.join(extra) or 'kernel or language'})"
    for n, cell in enumerate(notebook.cells, 1):
        if cell.cell_type == "code" and cell.execution_count is None:
            yield f"cell {n} has no execution count, so it was not run and nothing of it would be compared"
        if any(WIDGET_VIEW_MIME in output.get("data", {}) for output in cell.get("outputs", [])):
            yield f"cell {n} stores a widget's view"
    if len(normal.cells) != len(notebook.cells):
        yield "the first code cell is not the setup cell"
        return
    for n, (cell, wanted) in enumerate(zip(notebook.cells, normal.cells, strict=True), 1):
        parts = [key for key in sorted({*cell, *wanted}) if cell.get(key) != wanted.get(key)]
        if parts == ["source"] and "setup" in _tags(wanted):
            yield f"cell {n} is not the setup cell as generated"
        elif parts:
            yield f"cell {n} is not normalized ({', '.join(part.replace('_', ' ') for part in parts)})"


# ---- The author has to edit the cell: tags, lengths, prose -------------------------------------------------


def _tag_problems(cells):
    for n, cell in cells:
        for tag in _tags(cell):
            if tag not in TAGS and not tag.startswith("lossbook-"):
                yield f"cell {n} has the tag {tag!r}; allowed are {', '.join(sorted(TAGS))} and lossbook-…"


def _length_problems(code):
    own = [(n, cell.source) for n, cell in code if "setup" not in _tags(cell)]
    lengths = [len(source.splitlines()) for _, source in own]
    for (n, source), lines in zip(own, lengths, strict=True):
        if not source.strip():
            yield f"cell {n} is an empty code cell"
        if lines > MAX_LINES:
            yield f"cell {n} has {lines} lines; a cell has at most {MAX_LINES}"
    if lengths and (median := statistics.median(lengths)) > MAX_MEDIAN_LINES:
        yield f"the median code cell has {median:g} lines; half of the cells have at most {MAX_MEDIAN_LINES}"


def _prose_problems(cells):
    """Ask for Markdown before each open cell of code; folded cells may stand between the two."""
    kind = ""
    for n, cell in cells:
        if FOLDED_CELLS & set(_tags(cell)):
            continue
        before, kind = kind, cell.cell_type
        excused = (
            "setup" in _tags(cell) or "exercise" in cell.metadata.get("lossbook", {}) or figures_of(cell)
        )
        if kind == "code" and before != "markdown" and not excused:
            yield f"cell {n} is code with no Markdown cell right before it that says what to look for"


def _markdown_problems(cells):
    """Check headings, pictures and raw HTML of the Markdown cells, as a Markdown parser sees them."""
    # Parsing Markdown is for checking alone, and comes with the packages that build the site.
    from markdown_it import MarkdownIt

    parser = MarkdownIt()
    tokens = [
        (n, token) for n, cell in cells if cell.cell_type == "markdown" for token in parser.parse(cell.source)
    ]
    previous = 0
    for n, token in tokens:
        if token.type == "heading_open":
            level = int(token.tag[1])
            if level == 1 and previous:
                yield f"cell {n} has a second first-level heading"
            elif level > previous + 1 and previous:
                yield f"cell {n} has a heading of level {level} under one of level {previous}"
            previous = level
        for part in (token, *(token.children or [])):
            if part.type == "image" and not part.content.strip():
                yield f"cell {n} has a picture without alternative text"
            if part.type in ("html_block", "html_inline") and SCRIPT.search(part.content):
                yield f"cell {n} has a script in raw HTML"
    if not cells or cells[0][1].cell_type != "markdown" or not cells[0][1].source.startswith("# "):
        yield "cell 1 is not Markdown that begins with the chapter's title (# …)"


def _output_problems(code):
    for n, cell in code:
        for output in cell.outputs:
            if output.output_type == "error" and "raises-exception" not in _tags(cell):
                yield f"cell {n} raised {output.ename}: {output.evalue}"
            data, metadata = output.get("data", {}), output.get("metadata", {})
            for mime in IMAGE_MIMES:
                alt = metadata.get(mime, {}).get("alt") or data.get(FIGURE_MIME, {}).get("alt")
                if mime in data and not str(alt or "").strip():
                    yield f"cell {n} shows a picture ({mime}) without alternative text"
            if "application/javascript" in data or SCRIPT.search(data.get("text/html", "")):
                yield f"cell {n} has a script in its output"
            texts = [output.get("text", ""), *output.get("traceback", []), *map(data.get, TEXT_MIMES)]
            for text, (what, pattern) in itertools.product(filter(None, texts), PASSING.items()):
                match = pattern.search(text)
                if match and not (what == "a time" and "nbval-ignore-output" in _tags(cell)):
                    yield f"cell {n} prints {what} ({match.group()!r})"


# ---- Names: a notebook never defines one of the library's --------------------------------------------------


@functools.cache
def library_names():
    """Return the public functions and classes of ``lossbook``, each with the module where readers find it.

    The sources are read, not imported: some modules need torch.
    """
    package = Path(lossbook.__file__).parent
    found = {}
    for path in sorted(package.rglob("*.py")):
        relative = path.relative_to(package)
        if relative.as_posix().startswith(MACHINERY):
            continue
        module = ".".join(["lossbook", *relative.with_suffix("").parts]).removesuffix(".__init__")
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            names = []
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                names = [node.name]
            elif isinstance(node, ast.ImportFrom) and path.name == "__init__.py" and _is_own(node):
                # A package's front door: the names that it gathers from its own modules.
                names = [alias.asname or alias.name for alias in node.names]
            found |= {name: module for name in names if not name.startswith("_") and name not in found}
    return found


def _is_own(node):
    """Say whether an import takes from lossbook itself."""
    return node.level > 0 or node.module.startswith("lossbook")


def _name_problems(code):
    # IPython is there wherever a notebook runs. It rewrites its own syntax (``%time``, ``!ls``) as Python.
    from IPython.core.inputtransformer2 import TransformerManager

    imported = {}
    for n, cell in code:
        source = TransformerManager().transform_cell(cell.source)
        try:
            tree = ast.parse(source)
        except SyntaxError as error:
            yield f"cell {n} is not Python: {error.msg}"
            continue
        again = []
        for name, origin in _imports(tree):
            if imported.get(name, origin) != origin:
                again.append(name)
            elif origin.startswith("lossbook"):
                imported[name] = origin
        symbols = symtable.symtable(source, "cell", "exec").get_symbols()
        again += [s.get_name() for s in symbols if s.is_assigned() and s.get_name() in imported]
        for name in again:
            yield f"cell {n} binds {name!r} again, which was imported from {imported[name]}"
        for node in ast.walk(tree):
            is_definition = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            if is_definition and node.name in library_names():
                yield f"cell {n} defines {node.name!r}, which is a name of {library_names()[node.name]}"


def _imports(tree):
    """Yield each imported name with the module it comes from."""
    for node in ast.walk(tree):
        for alias in node.names if isinstance(node, ast.Import | ast.ImportFrom) else []:
            if isinstance(node, ast.ImportFrom):
                yield alias.asname or alias.name, node.module or "."
            elif alias.asname:
                yield alias.asname, alias.name
            else:  # `import a.b` binds a
                yield (alias.name.partition(".")[0],) * 2


# ---- Exercises: runs of cells whose metadata bear a number and a role --------------------------------------


def _exercise_problems(cells, chapter):
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
