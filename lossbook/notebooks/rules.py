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
from lossbook.figures.engine import FIGURE_MIME
from lossbook.figures.engine.live import WIDGET_VIEW_MIME
from lossbook.notebooks.chapter_rules import chapter_problems
from lossbook.notebooks.exercise_rules import exercise_problems
from lossbook.notebooks.form import CHECK, DEEPER, FOLDED_CELLS, PREPARE, figures_of
from lossbook.notebooks.normalization import normalize, to_text

# Every tag that a cell may bear, besides those that begin with "lossbook-".
TAGS = {
    *("hide-input", "hide-output", "nbval-ignore-output", "raises-exception"),
    *("remove-cell", "remove-input", "setup", CHECK, PREPARE, DEEPER),
}
MAX_LINES = 15
MAX_MEDIAN_LINES = 6

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
MACHINERY = ("course", "notebooks", "site", "figures/engine")


def problems_in_file(path, *, address=""):
    """Return everything that is wrong with a chapter's file, ``NN_noun.ipynb``, as `problems` does.

    What breaks the form of chapters is among it, where the file is one.
    """
    path = Path(path)
    text = path.read_text(encoding="utf-8")
    notebook = nbformat.reads(text, as_version=4)
    number = path.name.partition("_")[0]
    chapter = number if number.isdigit() else ""
    found = problems(notebook, chapter=chapter, address=address)
    if chapter:
        found += [
            f"{fault}: edit it, then run {_command(chapter)}" for fault in chapter_problems(notebook.cells)
        ]
    if not found and text != to_text(notebook):
        command = _command(chapter, "tidy")
        found.append(f"the file's keys are not sorted and indented as stored: run {command}")
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
        *exercise_problems(cells, chapter),
    ]
    not_run = [f"{fault}: run {_command(chapter)}" for fault in _not_run(code)]
    untidy = [f"{fault}: run {_command(chapter, 'tidy')}" for fault in _not_normalized(notebook, address)]
    return not_run + untidy + [f"{fault}: edit it, then run {_command(chapter)}" for fault in faults]


def _command(chapter, target="outputs"):
    return f"make {target} CHAPTER={chapter}" if chapter else f"make {target}"


def _tags(cell):
    return cell.metadata.get("tags", [])


# ---- Not run, not normalized: `make outputs` or `make tidy` alone mends it ---------------------------------


def _not_run(code):
    """Find cells without outputs to compare, and those that hold outputs of a live run."""
    for n, cell in code:
        if cell.execution_count is None:
            yield f"cell {n} has no execution count, so it was not run and nothing of it would be compared"
        if any(WIDGET_VIEW_MIME in output.get("data", {}) for output in cell.outputs):
            yield f"cell {n} stores a widget's view"


def _not_normalized(notebook, address):
    """Compare a notebook with its normalized copy, and say which part of which cell differs."""
    normal = normalize(notebook, address=address)
    if notebook.metadata != normal.metadata:
        extra = sorted(set(notebook.metadata) - set(normal.metadata))
        yield f"the notebook's metadata are not normalized ({', '.join(extra) or 'kernel or language'})"
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
    lengths = []
    for n, cell in code:
        lines = len(cell.source.splitlines())
        if "setup" in _tags(cell):
            continue
        if not cell.source.strip():
            yield f"cell {n} is an empty code cell"
        if lines > MAX_LINES:
            yield f"cell {n} has {lines} lines; a cell has at most {MAX_LINES}"
        if not {*FOLDED_CELLS, "hide-input"} & set(_tags(cell)):
            lengths.append(lines)
    if lengths and (median := statistics.median(lengths)) > MAX_MEDIAN_LINES:
        yield f"the median open code cell has {median:g} lines; half of them have at most {MAX_MEDIAN_LINES}"


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

    The sources are read, not imported: some modules need torch. Helpers of one chapter's figures or exercises
    leave their names free for the other chapters.
    """
    package = Path(lossbook.__file__).parent
    found = {}
    for path in sorted(package.rglob("*.py")):
        relative = path.relative_to(package)
        of_one_chapter = relative.parts[0] in ("exercises", "figures") and path.name != "__init__.py"
        if relative.as_posix().startswith(MACHINERY) or of_one_chapter:
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
