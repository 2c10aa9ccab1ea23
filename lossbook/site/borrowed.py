"""Pieces of chapters on other pages: a tick, a fold, and the Markdown of any cell.

They are read out of the notebooks, so they say what the chapters say. What has a name of its own there, an
equation or a section, has none here: a link to it leads to the chapter.
"""

import os
import re

from docutils import nodes
from docutils.statemachine import StringList
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective
from sphinx.util.nodes import make_refnode

from lossbook.notebooks import form
from lossbook.site.folds import SUMMARY
from lossbook.site.questions import FOLDER, read_questions

#: The class of what is borrowed, which the search leaves to its owner.
BORROWED = "borrowed"
LINK = re.compile(r"\]\((?P<path>[\w./-]+\.(?:ipynb|md))(?P<anchor>#[^)]*)?\)")
HERE = re.compile(r"\]\(#")
LABEL = re.compile(r"^(\$\$)[ \t]*\([\w:-]+\)[ \t]*$|^\([\w:-]+\)=[ \t]*\n", re.MULTILINE)


def parsed(directive, markdown, page):
    """Return the nodes of a piece of a chapter's Markdown, with links and labels as they are right here.

    Parameters
    ----------
    directive : SphinxDirective
        What asks for them.
    markdown : str
        The piece, without a heading.
    page : str
        The chapter that it is from.
    """
    here = os.path.dirname(f"/{directive.env.docname}")

    def led(match):
        target = os.path.normpath(os.path.join("/", os.path.dirname(page), match["path"]))
        return f"]({os.path.relpath(target, here)}{match['anchor'] or ''})"

    own = os.path.relpath(f"/{page}.ipynb", here)
    text = HERE.sub(f"]({own}#", LINK.sub(led, LABEL.sub(lambda match: match[1] or "", markdown)))
    holder = nodes.Element()
    directive.state.nested_parse(StringList(text.splitlines(), page), directive.content_offset, holder)
    return holder.children


def chapter_of(directive, name):
    """Return the :class:`~lossbook.site.questions.Question` of a page such as ``chapters/15_huber``."""
    for question in read_questions(directive.env):
        if question.page == name:
            return question
    raise directive.error(f"{directive.name}: there is no chapter {name!r}")


def folded_cell(cell):
    """Return a cell of code, tagged ``check`` or ``prepare``, as ``folds`` finds it on a chapter's page."""
    code = nodes.literal_block(form.source_of(cell), form.source_of(cell), language="ipython3")
    shown = [nodes.container("", code, classes=["cell_input"])]
    printed = "".join("".join(output["text"]) for output in cell["outputs"] if output.get("name") == "stdout")
    if printed:
        block = nodes.literal_block(printed, printed, language="none", classes=["output", "stream"])
        shown.append(nodes.container("", block, classes=["cell_output"]))
    classes = ["cell", *(f"tag_{tag}" for tag in form.tags_of(cell))]
    return nodes.container("", *shown, classes=classes, cell_metadata={SUMMARY: form.summary_of(cell)})


class TickDirective(SphinxDirective):
    """Show a check of a chapter, folded: the page and the cell's id are the two arguments."""

    required_arguments = 2
    has_content = False

    def run(self):
        """Read the cell out of the notebook."""
        question = chapter_of(self, self.arguments[0])
        try:
            cell = question.cell(self.arguments[1])
        except LookupError as error:
            raise self.error(f"{self.name}: {error}") from error
        if form.CHECK not in form.tags_of(cell):
            raise self.error(f"{self.name}: required a cell tagged {form.CHECK}; got {form.tags_of(cell)}")
        return [folded_cell(cell)]


class FoldDirective(SphinxDirective):
    """Show a section of a chapter that goes deeper: the page and the section's title are the arguments."""

    required_arguments = 2
    final_argument_whitespace = True
    has_content = False

    def run(self):
        """Read the section's cells out of the notebook; figures stay where they are."""
        name, title = self.arguments
        question = chapter_of(self, name)
        try:
            first, *others = question.section(title)
        except LookupError as error:
            raise self.error(f"{self.name}: {error}") from error
        heading = form.heading_of(first)
        stretch = form.Stretch()
        stretch.add(first, form.source_of(first))
        section = nodes.section("", nodes.title("", title), ids=[nodes.make_id(f"{BORROWED} {title}")])
        section["classes"] = [form.DEEPER, BORROWED]
        section += parsed(self, form.source_of(first)[heading.end() :], question.page)
        for cell in others:
            if cell["cell_type"] == "markdown":
                stretch.add(cell, form.source_of(cell))
                section += parsed(self, form.source_of(cell), question.page)
            elif form.FOLDED_CELLS & set(form.tags_of(cell)):
                section += folded_cell(cell)
        section["minutes"] = max(1, round(stretch.minutes))
        return [section]


class NameEquations(SphinxPostTransform):
    """Say of an equation on a page outside its chapter which chapter's it is: (15.3)."""

    default_priority = 5  # before Sphinx resolves references

    def run(self, **kwargs):
        """Resolve the references to chapters' equations on pages that are none."""
        if self.env.docname.startswith(f"{FOLDER}/"):
            return
        equations = self.env.get_domain("math").equations
        for node in list(self.document.findall(addnodes.pending_xref)):
            page, number = equations.get(node["reftarget"], ("", ""))
            if node["reftype"] == "eq" and page.startswith(f"{FOLDER}/"):
                chapter = int(page.removeprefix(f"{FOLDER}/")[:2])
                text = nodes.Text(f"({chapter}.{number})")
                anchor = nodes.make_id(f"equation-{node['reftarget']}")
                link = make_refnode(self.app.builder, self.env.docname, page, anchor, text)
                node.replace_self(link)


def setup(app):
    """Connect the directives, and what equations are called from outside."""
    app.add_directive("lossbook-tick", TickDirective)
    app.add_directive("lossbook-fold", FoldDirective)
    app.add_post_transform(NameEquations)
