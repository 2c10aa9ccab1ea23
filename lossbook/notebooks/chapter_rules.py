"""Say what breaks the form of chapters: evidence that proves nothing, walls of text, a lost order.

These are facts, and a chapter is refused for them. How much a chapter should hold is counted by ``form``, and
an author may have a reason.
"""

import ast
import re

from lossbook.notebooks import form

#: The headings that every chapter has, in this order, among others; one of those in a row.
HEADINGS = (
    ("The short answer",),
    ("Definition",),
    (form.TURN,),
    ("On one card",),
    ("Which loss when", "Which function when"),
    (form.MAIN_TEXT_ENDS,),
    ("What an interviewer asks next",),
    ("What to read next",),
)
MAX_WORDS_BEFORE_FIGURE = 120
MAX_PARAGRAPH_WORDS = 90

_SAYS_NOTHING = re.compile(r"\bTrue\b|\b[Aa]gree")
_NO_PROSE = re.compile(r"\s*([#|:>`<-]|\d+\.)")


def chapter_problems(cells):
    """Yield what breaks the form of chapters, a sentence each, with the cell's number (counted from 1)."""
    numbered = list(enumerate(cells, 1))
    for n, cell in numbered:
        yield from _tag_faults(n, cell)
    yield from _nested_folds(numbered)
    yield from _opening(numbered)
    yield from _headings_inside(numbered)
    yield from _long_paragraphs(cells)
    yield from _order(cells)


# ---- Cells that are folded ---------------------------------------------------------------------------------


def _tag_faults(n, cell):
    tags = form.tags_of(cell)
    kind = "markdown" if form.DEEPER in tags else "code"
    for tag in {form.CHECK, form.PREPARE, form.DEEPER} & set(tags):
        if cell["cell_type"] != kind:
            yield f"cell {n} is tagged {tag!r} and a {cell['cell_type']} cell; required is a {kind} cell"
            return
    if form.CHECK in tags:
        yield from _check_faults(n, cell)
    if form.PREPARE in tags and not form.summary_of(cell):
        yield f"cell {n} is tagged 'prepare'; its first line must be a comment that says what it makes"
    if form.DEEPER in tags:
        yield from _deeper_faults(n, cell)


def _check_faults(n, cell):
    if not any(map(_can_fail, ast.walk(_parsed(cell)))):
        yield f"cell {n} is tagged 'check' and asserts nothing, so it cannot fail"
    line = form.summary_of(cell)
    if not re.search(r"\d", line) or _SAYS_NOTHING.search(line):
        yield f"cell {n} is a check whose last line is {line!r}; required are the numbers of both sides"


def _can_fail(node):
    """Say whether a piece of code asserts something: by a statement, or by a function whose name says so."""
    if isinstance(node, ast.Assert):
        return not isinstance(node.test, ast.Constant | ast.Tuple)
    name = isinstance(node, ast.Call) and (getattr(node.func, "attr", "") or getattr(node.func, "id", ""))
    return bool(name) and name.startswith("assert")


def _parsed(cell):
    try:
        return ast.parse(form.source_of(cell))
    except SyntaxError:  # told by the rule about names
        return ast.parse("")


def _deeper_faults(n, cell):
    heading = form.heading_of(cell)
    if not heading or heading["marks"] == "#":
        yield f"cell {n} is tagged 'deeper'; required is a cell that begins with a heading (##, ###, …)"
        return
    if "$" in heading["title"]:
        yield f"cell {n} folds under a heading with a formula, which a screen reader would leave out"
    if not form.source_of(cell)[heading.end() :].lstrip().startswith("*Deeper.* "):
        yield f"cell {n} goes deeper; its first paragraph must begin with '*Deeper.*', and is the takeaway"


def _nested_folds(numbered):
    level = 0
    for n, cell in numbered:
        heading = form.heading_of(cell)
        here = len(heading["marks"]) if heading else 7
        level = 0 if here <= level else level
        if heading and form.DEEPER in form.tags_of(cell):
            if level:
                yield f"cell {n} goes deeper inside a section that does; a fold holds no other"
            level = here


# ---- The opening, headings, paragraphs and order -----------------------------------------------------------


def _opening(numbered):
    words = 0
    for n, cell in numbered:
        figures = form.figures_of(cell)
        if figures and not form.moves(figures[0]):
            yield f"cell {n} shows the first figure, which stands still; a chapter opens with one that moves"
        if figures:
            break
        words += form.count_words(form.source_of(cell)) if cell["cell_type"] == "markdown" else 0
    else:
        yield "the chapter has no figure; it opens with one that moves"
        return
    if words > MAX_WORDS_BEFORE_FIGURE:
        most = MAX_WORDS_BEFORE_FIGURE
        yield f"cell {n} shows the first figure after {words} words; required are at most {most}"


def _headings_inside(numbered):
    """Refuse a heading that does not begin its cell; exercises have a rule of their own."""
    # Parsing Markdown is for checking alone, and comes with the packages that build the site.
    from markdown_it import MarkdownIt

    for n, cell in numbered:
        if cell["cell_type"] != "markdown" or "exercise" in cell["metadata"].get("lossbook", {}):
            continue
        tokens = MarkdownIt().parse(form.source_of(cell))
        count = sum(token.type == "heading_open" for token in tokens)
        if count > bool(form.heading_of(cell)):
            yield f"cell {n} has a heading inside; a heading begins its cell, one a cell"


def _long_paragraphs(cells):
    for n, (cell, layer) in enumerate(form.layers(cells), 1):
        if cell["cell_type"] != "markdown" or layer is None:
            continue
        text = re.sub(r"\$\$.*?\$\$(?: *\([\w-]+\))?", "\n\n", form.source_of(cell), flags=re.DOTALL)
        for paragraph in re.split(r"\n\s*\n", text):
            words = form.count_words(paragraph)
            if words > MAX_PARAGRAPH_WORDS and not _NO_PROSE.match(paragraph):
                yield f"cell {n} has a paragraph of {words} words; required are at most {MAX_PARAGRAPH_WORDS}"


def _order(cells):
    headings = [heading["title"].strip() for heading in map(form.heading_of, cells) if heading]
    places = []
    for names in HEADINGS:
        found = [place for place, title in enumerate(headings) if title in names]
        if len(found) != 1:
            yield f"required is one heading {' or '.join(map(repr, names))}; there are {len(found)}"
        places += found[:1]
    if places != sorted(places):
        came = ", ".join(headings[place] for place in sorted(places))
        order = ", ".join(" or ".join(names) for names in HEADINGS)
        yield f"the fixed headings come as {came}; required is the order {order}"
