"""The notation: tables of the signs in ``chapters/notation.toml``, and of those with several meanings."""

import re
import tomllib
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import Directive

from lossbook.site import places

DATA = "chapters/notation.toml"
STYLESHEET = "notation.css"
HEADER = ("sign", "what it is; shape and unit", "where; in `lossbook`")
SHARED_TITLE, SHARED_HEADER = "Signs with several meanings", ("sign", "what it is, and where")
FORMULA = re.compile(r"\$([^$]+)\$|`([^`]+)`")


def read(source):
    """Return the groups of signs and those that are shared, from the book's folder."""
    data = tomllib.loads(Path(source, DATA).read_text("utf-8"))
    return data["groups"], data["shared"]


class NotationDirective(Directive):
    """``{notation}``: a section a group with its table, and the table of signs with several meanings."""

    def run(self):
        """Return the sections."""
        env = self.state.document.settings.env
        env.note_dependency(DATA)
        groups, shared = read(env.srcdir)
        made = [section(group["title"], HEADER, map(row, group["symbols"])) for group in groups]
        return [*made, section(SHARED_TITLE, SHARED_HEADER, map(shared_row, shared))]


def row(sign):
    """Return the cells of a sign, each a list of lines: what is said, and under it what goes with that."""
    shape = [mixed(sign["shape"])] if "shape" in sign else []
    code = [[nodes.literal("", sign["code"], classes=["notation-code"])]] if "code" in sign else []
    return [
        [[nodes.math("", sign["symbol"])]],
        [mixed(sign["means"]), *shape],
        [[places.link(sign["place"])], *code],
    ]


def shared_row(sign):
    """Return the cells of a sign with several meanings."""
    told = []
    for place, meaning in sign["meanings"]:
        told += [nodes.Text("; ")] if told else []
        told += [*mixed(meaning), nodes.Text(" "), places.link(place, aside=True)]
    return [[[nodes.math("", sign["symbol"])]], [told]]


def mixed(text):
    """Return a text as nodes, what stands between dollars as formulas and between backticks as code."""
    parts, done = [], 0
    for found in FORMULA.finditer(text):
        parts.append(nodes.Text(text[done : found.start()]))
        parts.append(nodes.math("", found[1]) if found[1] else nodes.literal("", found[2]))
        done = found.end()
    return [*parts, nodes.Text(text[done:])]


def section(title, header, rows):
    """Return a section with a table."""
    group = nodes.tgroup("", *(nodes.colspec(colwidth=1) for _ in header), cols=len(header))
    group += nodes.thead("", table_row([mixed(words)] for words in header))
    group += nodes.tbody("", *map(table_row, rows))
    table = nodes.table("", group, classes=["colwidths-auto", "notation"])
    return nodes.section("", nodes.title("", title), table, ids=[nodes.make_id(title)])


def table_row(cells):
    """Return a table's row; a cell is a list of lines, a line a list of nodes."""
    entries = ([nodes.paragraph("", "", *line) for line in cell] for cell in cells)
    return nodes.row("", *(nodes.entry("", *lines) for lines in entries))


def setup(app):
    """Connect the directive."""
    app.add_directive("notation", NotationDirective)
    app.add_css_file(STYLESHEET, priority=910)  # after book.css
