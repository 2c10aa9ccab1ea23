"""Say what is wrong with a stored notebook: what is not normalized, and what breaks the rules of form."""

import re
import statistics
from pathlib import Path

import nbformat

from lossbook.notebooks import exercises, names
from lossbook.notebooks.normalization import FIGURE_MIME, WIDGET_VIEW_MIME, normalize, to_text

# Every tag that a cell may bear, besides those that begin with "lossbook-".
TAGS = frozenset(
    {
        "hide-input",
        "hide-output",
        "nbval-ignore-output",
        "raises-exception",
        "remove-cell",
        "remove-input",
        "setup",
    }
)
MOST_LINES = 15
MEDIAN_LINES = 6

IMAGE_MIMES = ("image/png", "image/jpeg", "image/svg+xml")
TEXT_MIMES = ("text/plain", "text/html", "text/markdown", "text/latex")

# What is true of one machine or one moment only. An absolute path has at least two parts and does not go on
# from a word, a closing tag or an address ("https://…"); times are those of a clock, not "5 s" in a table.
_ABSOLUTE_PATH = re.compile(r"(?<![\w.:/<>~])(?:/[A-Za-z_][\w.-]*){2,}|\b[A-Z]:\\\w")
_MEMORY_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}\b")
_TIMING = re.compile(
    r"\b\d[\d.]*\s?(?:ns|µs|μs|us|ms|secs?|seconds?)\b|\b\d+\.\d+\s?s\b"
    r"|\b(?:Wall time|CPU times|per loop)\b|\dit/s\b"
)


def problems_in_file(path, *, address=""):
    """Return everything that is wrong with the notebook in a file.

    Parameters
    ----------
    path : str or path-like
        A chapter's file, ``NN_noun.ipynb``.
    address : str
        The repository's public address, as in :func:`~lossbook.notebooks.setup_cell`.

    Returns
    -------
    list of str
        One sentence a problem, each with the command that mends it. Empty if all is well.
    """
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
    command = _command(chapter)
    stale = _not_normalized(notebook, address)
    faults = [fault for check in _RULES for fault in check(notebook)]
    faults += exercises.exercise_problems(notebook, chapter)
    return [f"{fault}: run {command}" for fault in stale] + [
        f"{fault}: edit it, then run {command}" for fault in faults
    ]


def _command(chapter):
    return f"make outputs CHAPTER={chapter}" if chapter else "make outputs"


def _code_cells(notebook):
    """Yield the number (from 1) and the cell of each code cell."""
    return ((n, cell) for n, cell in enumerate(notebook.cells, 1) if cell.cell_type == "code")


def _tags(cell):
    return cell.metadata.get("tags", [])


def _is_exercise(cell):
    return "exercise" in cell.metadata.get("lossbook", {})


# ---- Not normalized: `make outputs` alone mends it ---------------------------------------------------------


def _not_normalized(notebook, address):
    """Compare a notebook with its normalized copy, and say which part of which cell differs."""
    found = []
    normal = normalize(notebook, address=address)
    if notebook.metadata != normal.metadata:
        extra = sorted(set(notebook.metadata) - set(normal.metadata))
        found.append(
            f"the notebook's metadata are not normalized ({', '.join(extra) or 'kernel or language'})"
        )
    for n, cell in _code_cells(notebook):
        if cell.execution_count is None:
            found.append(
                f"cell {n} has no execution count, so it was not run and nothing of it would be compared"
            )
        if any(WIDGET_VIEW_MIME in output.get("data", {}) for output in cell.outputs):
            found.append(f"cell {n} stores a widget's view")
    if len(normal.cells) != len(notebook.cells):
        return [*found, "the first code cell is not the setup cell"]
    for n, (cell, wanted) in enumerate(zip(notebook.cells, normal.cells, strict=True), 1):
        parts = [key for key in sorted({*cell, *wanted}) if cell.get(key) != wanted.get(key)]
        if parts == ["source"] and "setup" in _tags(wanted):
            found.append(f"cell {n} is not the setup cell as generated")
        elif parts:
            found.append(
                f"cell {n} is not normalized ({', '.join(part.replace('_', ' ') for part in parts)})"
            )
    return found


# ---- Rules of form: the author has to edit the cell --------------------------------------------------------


def _tag_problems(notebook):
    for n, cell in enumerate(notebook.cells, 1):
        for tag in _tags(cell):
            if tag not in TAGS and not tag.startswith("lossbook-"):
                yield f"cell {n} has the tag {tag!r}; allowed are {', '.join(sorted(TAGS))} and lossbook-…"
        if _is_exercise(cell) and exercises.mark(cell) == (None, None):
            exercise, role = (cell.metadata.lossbook.get(key) for key in ("exercise", "role"))
            yield (
                f"cell {n} belongs to exercise {exercise!r} in the role {role!r}; "
                f"an exercise is numbered like '15.2' and a role is one of {', '.join(exercises.ROLES)}"
            )


def _length_problems(notebook):
    lengths = []
    for n, cell in _code_cells(notebook):
        lines = len(cell.source.splitlines())
        if "setup" in _tags(cell):
            continue
        if not cell.source.strip():
            yield f"cell {n} is an empty code cell"
        lengths.append(lines)
        if lines > MOST_LINES:
            yield f"cell {n} has {lines} lines; a cell has at most {MOST_LINES}"
    if lengths and statistics.median(lengths) > MEDIAN_LINES:
        yield (
            f"the median code cell has {statistics.median(lengths):g} lines; "
            f"half of the cells have at most {MEDIAN_LINES}"
        )


def _prose_problems(notebook):
    for n, cell in _code_cells(notebook):
        alone = n == 1 or notebook.cells[n - 2].cell_type != "markdown"
        if alone and "setup" not in _tags(cell) and not _is_exercise(cell):
            yield f"cell {n} is code with no Markdown cell right before it that says what to look for"


def _name_problems(notebook):
    sources = [(n, cell.source) for n, cell in _code_cells(notebook)]
    yield from names.redefinitions(sources)


def _markdown_problems(notebook):
    """Check headings, pictures and raw HTML of the Markdown cells, as a Markdown parser sees them."""
    # Parsing Markdown is for checking alone, and comes with the packages that build the site.
    from markdown_it import MarkdownIt

    parser = MarkdownIt()
    previous = 0
    for n, cell in enumerate(notebook.cells, 1):
        if cell.cell_type != "markdown":
            continue
        for token in parser.parse(cell.source):
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
                if part.type in ("html_block", "html_inline") and _has_script(part.content):
                    yield f"cell {n} has a script in raw HTML"
    first = notebook.cells[0] if notebook.cells else None
    if first is None or first.cell_type != "markdown" or not first.source.startswith("# "):
        yield "cell 1 is not Markdown that begins with the chapter's title (# …)"


def _has_script(html):
    return re.search(r"<\s*script\b|\bon[a-z]+\s*=\s*[\"']|javascript:", html, re.IGNORECASE) is not None


def _output_problems(notebook):
    for n, cell in _code_cells(notebook):
        for output in cell.outputs:
            if output.output_type == "error" and "raises-exception" not in _tags(cell):
                yield f"cell {n} raised {output.ename}: {output.evalue}"
            data, metadata = output.get("data", {}), output.get("metadata", {})
            for mime in IMAGE_MIMES:
                alt = metadata.get(mime, {}).get("alt") or data.get(FIGURE_MIME, {}).get("alt")
                if mime in data and not str(alt or "").strip():
                    yield f"cell {n} shows a picture ({mime}) without alternative text"
            if "application/javascript" in data or _has_script(data.get("text/html", "")):
                yield f"cell {n} has a script in its output"
            yield from (f"cell {n} {fault}" for fault in _passing_facts(cell, output))


def _passing_facts(cell, output):
    """Find what would differ on another machine or another day in an output's text."""
    texts = [output.get("text", ""), *output.get("traceback", [])]
    texts += [output.get("data", {}).get(mime, "") for mime in TEXT_MIMES]
    kinds = [("an absolute path", _ABSOLUTE_PATH), ("a memory address", _MEMORY_ADDRESS)]
    if "nbval-ignore-output" not in _tags(cell):
        kinds.append(("a time", _TIMING))
    for text in texts:
        for what, pattern in kinds:
            match = pattern.search(text)
            if match:
                yield f"prints {what} ({match.group()!r})"


_RULES = (
    _tag_problems,
    _length_problems,
    _prose_problems,
    _name_problems,
    _markdown_problems,
    _output_problems,
)
