"""Errata of the literature: the claims that the chapters refute, and the places where they do.

``chapters/errata.toml`` has a table a claim. The claims that a chapter quotes get an anchor each, and so do
the cells that refute them.
"""

import json
import re
import tomllib
from pathlib import Path

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.transforms import SphinxTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

logger = logging.getLogger(__name__)

LINES = "chapters/errata.toml"
CHAPTER = re.compile(r"chapters/(?P<number>\d\d)_\w+")
#: The section that quotes claims, and how a cell's text and a page's begin such a paragraph.
SECTION = "Not quite so"
QUOTED = re.compile(r'^\*\*"(?P<claim>.*?)"\*\*', re.MULTILINE)
OPENING = ("“", '"')
#: Where the metadata of a cell keep its anchor.
ANCHOR = "lossbook_anchor"
#: Whose a claim is.
OWNERS = {"belief": "", "source": "(So the set of fifteen questions has it.)"}


def read_lines(book):
    """Return the lines of ``errata.toml`` in a book's folder: chapter, ``"01"`` and so on, to its tables."""
    return tomllib.loads(Path(book, LINES).read_text("utf-8"))


def quoted_claims(cells):
    """Return the claims that a notebook's cells quote in *Not quite so*, in order."""
    found, inside = [], False
    for cell in cells:
        text = "".join(cell["source"])
        if cell["cell_type"] != "markdown":
            continue
        if text.startswith("## "):
            inside = text.startswith(f"## {SECTION}")
        if inside:
            found += QUOTED.findall(text)
    return found


# ---- Anchors in the chapters -------------------------------------------------------------------------------


def mark_cells(app, docname, source):
    """Note in a notebook's source which cells need an anchor, before it is parsed."""
    chapter = CHAPTER.fullmatch(docname)
    if not chapter or not Path(app.srcdir, LINES).exists():
        return
    app.env.note_dependency(str(Path(app.srcdir, LINES)))
    targets = {line.get("target") for line in read_lines(app.srcdir).get(chapter["number"], ())}
    notebook = json.loads(source[0])
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code" and cell.get("id") in targets:
            cell["metadata"][ANCHOR] = cell["id"]
    source[0] = json.dumps(notebook)


class Anchors(SphinxTransform):
    """Give claims and the cells that refute them their anchors."""

    default_priority = 700

    def apply(self):
        """Number the claims of a chapter, and name the cells that were noted."""
        if not CHAPTER.fullmatch(self.env.docname):
            return
        for cell in self.document.findall(nodes.container):
            if name := cell.get("cell_metadata", {}).get(ANCHOR):
                cell["ids"].append(name)
        for section in self.document.findall(nodes.section):
            if section[0].astext() == SECTION:
                for number, claim in enumerate(filter(is_claim, section.findall(nodes.paragraph)), 1):
                    claim["ids"].append(f"claim-{number}")


def is_claim(paragraph):
    """Say whether a paragraph begins with a claim in quotes."""
    first = next((child for child in paragraph.children if child.astext()), None)
    return isinstance(first, nodes.strong) and first.astext().startswith(OPENING)


# ---- The page ----------------------------------------------------------------------------------------------


class Errata(SphinxDirective):
    """All lines, a section a chapter: ``{lossbook-errata}``; with ``source``, one list of the set."""

    optional_arguments = 1

    def run(self):
        """Make the sections, or the list."""
        self.env.note_dependency(str(Path(self.env.srcdir, LINES)))
        pages = {match["number"]: match[0] for match in map(CHAPTER.fullmatch, self.env.found_docs) if match}
        made = []
        for number, lines in sorted(read_lines(self.env.srcdir).items()):
            if number in pages:
                made += self.chapter(int(number), pages[number], lines)
        return [nodes.bullet_list("", *made, classes=["errata"])] if self.arguments else made

    def chapter(self, number, page, lines):
        """Return the section of a chapter, or the items of a list that names the chapter in each."""
        path = Path(self.env.srcdir, f"{page}.ipynb")
        self.env.note_dependency(str(path))
        cells = json.loads(path.read_text("utf-8"))["cells"]
        claims, named = quoted_claims(cells), f"Chapter {number}: " if self.arguments else ""
        address = "../" * self.env.docname.count("/") + page.removeprefix("/")
        items = []
        for line in lines:
            if line["claim"] not in claims:
                logger.warning("chapter %s quotes no claim %r", number, line["claim"], location=LINES)
            elif not self.arguments or line.get("whose") == self.arguments[0]:
                anchor = line.get("target") or f"claim-{1 + claims.index(line['claim'])}"
                items.append(self.line(line, f"{address}.html#{anchor}", named))
        if self.arguments:
            return items
        title = nodes.title("", "", *self.parsed(heading("".join(cells[0]["source"]))))
        listed = nodes.bullet_list("", *items, classes=["errata"])
        return [nodes.section("", title, listed, ids=[f"chapter-{number}"])]

    def line(self, line, address, named):
        """Return the line of a claim, which leads to where it is refuted; `named` is what it begins with."""
        quote = nodes.strong("", "", *self.parsed(f'"{line["claim"].rstrip(",")}"'))
        link = nodes.reference("", "", quote, refuri=address, internal=True)
        owner = "" if named else OWNERS[line.get("whose", "belief")]
        words = f" {line['holds']} {owner}".rstrip()
        tick = [nodes.Text("\xa0✓")] if "target" in line else []
        told = [nodes.Text(named), link, *self.parsed(words), *tick]
        return nodes.list_item("", nodes.paragraph("", "", *told))

    def parsed(self, text):
        """Return a line of MyST as nodes."""
        place = nodes.container()
        self.state.nested_parse(StringList([text.strip()], source=LINES), 0, place)
        return [nodes.Text(" ")] * text.startswith(" ") + place.children[0].children


def heading(text):
    """Return a title cell's heading."""
    return re.match(r"# (.*)", text)[1]


def setup(app):
    """Connect the marks, the anchors and the directive."""
    app.connect("source-read", mark_cells)
    app.add_transform(Anchors)
    app.add_directive("lossbook-errata", Errata)
