"""Folds on the site: evidence in one line, and sections that go deeper.

The notebook says by tags of its cells what is folded (see ``lossbook.notebooks.form``). All folds are native
``<details>``, which open without JavaScript. A section keeps its children in order, with pieces of HTML
between them, so that contents, numbers of equations and search see it as they see any other.
"""

import html
import json
import re

from docutils import nodes
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

from lossbook.notebooks import form

logger = logging.getLogger(__name__)

STYLESHEET, SCRIPT = "folds.css", "folds.js"
#: Where the reading of a page keeps what its stretches hold, and where a cell keeps its summary.
STRETCHES, SUMMARY = "lossbook_stretches", "lossbook_summary"

TICK = '<span aria-hidden="true">✓</span> <span class="visually-hidden">Checked:</span> '
WHAT_A_TICK_IS = "A ✓ marks what code has checked, with the numbers of both sides. Open it to see how."


class folded_title(nodes.title):
    """A section's heading inside a summary, where a link to itself has no place."""


# ---- Before parsing: what the notebook says ----------------------------------------------------------------


def read_notebook(app, docname, source):
    """Mark deeper headings, give folded cells their summaries, and count what the stretches hold."""
    if not str(app.env.doc2path(docname)).endswith(".ipynb"):
        return
    notebook = json.loads(source[0])
    app.env.temp_data[STRETCHES] = form.stretches(notebook["cells"])
    for cell in notebook["cells"]:
        heading = form.heading_of(cell)
        if heading and form.DEEPER in form.tags_of(cell):
            text, start = form.source_of(cell), heading.start("marks")
            cell["source"] = f"{text[:start]}{{.{form.DEEPER}}}\n{text[start:]}"
        if form.FOLDED_CELLS & set(form.tags_of(cell)):
            cell["metadata"][SUMMARY] = form.summary_of(cell)
            if not cell["metadata"][SUMMARY]:
                logger.warning("no line stands for the folded cell %r", cell["id"], location=docname)
    source[0] = json.dumps(notebook)


# ---- After parsing: minutes --------------------------------------------------------------------------------


class TellMinutes(SphinxTransform):
    """Give each deeper section the minutes that it takes."""

    default_priority = 700

    def apply(self):
        """Note the minutes of the sections, which come in the order of the notebook's folds.

        What is borrowed from another page has them already.
        """
        _, _, *folds = self.env.temp_data.get(STRETCHES, (None, None))
        deeper = [s for s in self.document.findall(nodes.section) if form.DEEPER in s["classes"]]
        sections = [section for section in deeper if "minutes" not in section]
        for section, fold in zip(sections, folds, strict=True):
            section["minutes"] = max(1, round(fold.minutes))


# ---- Before writing: folds ---------------------------------------------------------------------------------


class Fold(SphinxPostTransform):
    """Fold the cells and the sections that are tagged so."""

    default_priority = 300  # after myst-nb has chosen among outputs
    formats = ("html",)

    def run(self, **kwargs):
        """Fold cells and sections, and say at the first tick that is open to see what a tick is."""
        cells = [
            node
            for node in self.document.findall(nodes.container)
            if SUMMARY in node.get("cell_metadata", ())
        ]
        sections = [node for node in self.document.findall(nodes.section) if form.DEEPER in node["classes"]]
        for cell in cells:
            fold_cell(cell)
        ticks = [cell for cell in cells if is_tick(cell)]
        hidden = {id(tick) for section in sections for tick in section.findall(nodes.container)}
        for tick in sorted(ticks, key=lambda tick: id(tick) in hidden)[:1]:
            tick.append(piece(f'<p class="tick-note">{WHAT_A_TICK_IS}</p>'))
        for section in sections:
            fold_section(section)


def is_tick(cell):
    """Say whether a folded cell is a check."""
    return f"tag_{form.CHECK}" in cell["classes"]


def fold_cell(cell):
    """Put a cell's code and output into a fold of one line."""
    kind, mark = ("tick", TICK) if is_tick(cell) else ("prepare", "")
    summary = mark + html.escape(cell["cell_metadata"][SUMMARY])
    opening = piece(f'<details class="{kind}"><summary>{summary}</summary>')
    cell.children = [opening, *cell.children, piece("</details>")]


def fold_section(section):
    """Put a section's content into a fold; its first paragraph stays open above it."""
    title, *content = section.children
    takeaway = [content.pop(0)] if content and isinstance(content[0], nodes.paragraph) else []
    minutes = f'<span class="minutes">{section["minutes"]} min</span>'
    section.children = []
    section += [
        *takeaway,
        piece('<details class="deeper"><summary>'),
        folded_title("", "", *title.children),
        piece(f"{minutes}</summary>"),
        *content,
        piece("</details>"),
    ]


def piece(text):
    """Return a piece of HTML as a node."""
    return nodes.raw("", text, format="html")


# ---- HTML --------------------------------------------------------------------------------------------------


def _visit_title(self, node):
    self.body.append(f"<h{min(self.section_level, 6)}>")


def _depart_title(self, node):
    self.body.append(f"</h{min(self.section_level, 6)}>")


def mark_contents(app, pagename, templatename, context, doctree):
    """Mark deeper sections in the page's contents, and give pages with folds their script."""
    body = context.get("body") or ""
    for name in re.findall(rf'<section class="{form.DEEPER}" id="([^"]+)"', body):
        context["toc"] = context["toc"].replace(f'href="#{name}"', f'href="#{name}" data-fold')
    if f'<details class="{form.DEEPER}"' in body:
        app.add_js_file(SCRIPT, loading_method="defer")


def setup(app):
    """Connect the marks, the minutes, the folds and their files."""
    app.connect("source-read", read_notebook)
    app.add_transform(TellMinutes)
    app.add_post_transform(Fold)
    app.add_css_file(STYLESHEET, priority=910)  # after book.css
    app.add_node(folded_title, html=(_visit_title, _depart_title))
    app.connect("html-page-context", mark_contents, priority=400)  # before the theme reads the contents
