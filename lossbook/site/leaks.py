"""Is a piece of a solution left in a finished site? Whatever made it is not trusted: every file is read.

What a page says is compared as a row of letters and digits, since markup, quotes and spaces change on the way
from a cell to a page.
"""

import json
import re
from html import unescape
from pathlib import Path

import lossbook
from lossbook.course.leaks import is_solution
from lossbook.notebooks import form

#: Letters and digits that a piece has at least; shorter ones ("return t", "So it is.") give nothing away.
SHORTEST = 12

#: What comes out otherwise than it stands in Markdown: formulas, roles, addresses of links, HTML.
APART = re.compile(r"\$\$.*?\$\$|\$[^$]*\$|\{[a-z:]+\}`[^`]*`|\]\([^)]*\)|</?[a-z][^>]*>", re.DOTALL)
PAUSE = re.compile(r"(?<=[.:;?!])\s|\n")

#: A formula on a page bears its source, and these attributes of elements have text.
FORMULA = re.compile(r'<math\b[^>]*?\balttext="([^"]*)".*?</math>', re.DOTALL)
SPOKEN = re.compile(r'\b(?:alt|title|content|aria-label|aria-valuetext)="([^"]*)"')
TAG = re.compile(r"<[^>]*>")


def secret(sources):
    """Return what a book's solutions say, and neither its rest nor the package; with exercises' numbers.

    Parameters
    ----------
    sources : iterable of path-like
        The book's pages, as notebooks or Markdown.

    Returns
    -------
    dict
        Pieces as rows of letters and digits, to numbers such as ``"15.2"``.
    """
    # The package's own code stands in its reference, and on every machine that runs the book.
    package = Path(lossbook.__file__).parent
    kept, public = {}, [path.read_text("utf-8") for path in sorted(package.glob("*.py"))]
    for path in map(Path, sources):
        text = path.read_text("utf-8")
        if path.suffix != ".ipynb":
            public.append(text)
            continue
        for cell in json.loads(text)["cells"]:
            if is_solution(cell):
                kept |= dict.fromkeys(pieces(cell), cell["metadata"]["lossbook"]["exercise"])
            else:
                public += texts(cell)
    said = squeezed("\n".join(public))
    return {piece: number for piece, number in kept.items() if piece not in said}


def left(out, secret):
    """Return a sentence for each piece of :func:`secret` in each file of the site in the folder `out`."""
    found = []
    for path in sorted(Path(out).rglob("*")):
        if path.suffix in READ:
            said = squeezed(READ[path.suffix](path.read_text("utf-8")))
            name = path.relative_to(out)
            found += [
                f"{name} has of the solution to exercise {n}: {p}" for p, n in secret.items() if p in said
            ]
    return found


def pieces(cell):
    """Yield what would give a solution's cell away: lines, sentences, formulas, and its functions' names."""
    source, *shown = texts(cell)
    if cell["cell_type"] == "markdown":
        shown = [*APART.split(source), *(text.strip("$") for text in APART.findall(source) if text[0] == "$")]
    else:
        shown += [*source.splitlines(), *re.findall(r"\b\w+_solution\b", source)]
    found = (squeezed(piece) for text in shown for piece in PAUSE.split(text))
    yield from (piece for piece in found if len(piece) >= SHORTEST)


def texts(cell):
    """Return what a cell says: its source, what it prints, and the words of its figures."""
    found = [form.source_of(cell)]
    for output in cell.get("outputs", []):
        shown = {"text/plain": output.get("text", ""), **output.get("data", {})}
        found += ["".join(text) for kind, text in shown.items() if kind.startswith("text/")]
    for figure in form.figures_of(cell):
        found += [figure["caption"], figure["alt"], *map(str, figure.get("readouts") or ())]
    return found


def squeezed(text):
    """Return the letters and digits of a text."""
    return re.sub(r"[\W_]+", "", text)


def _page(html):
    html = FORMULA.sub(r" \1 ", html)
    return unescape("\n".join([TAG.sub("", html), *SPOKEN.findall(html)]))


def _notebook(text):
    return "\n".join(text for cell in json.loads(text)["cells"] for text in texts(cell))


#: How the text of a file is read, by its ending. Figures' data hold pictures, whose elements have to go.
READ = {
    ".html": _page,
    ".ipynb": _notebook,
    ".js": lambda text: re.sub(r"<\\?/?[a-z][^<>]*>", "", text),
    ".json": str,
    ".txt": str,
    ".md": str,
}
