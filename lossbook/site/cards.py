"""The fifteen questions as cards: minutes, question, answer and a small picture, all out of the chapters."""

import hashlib
import tomllib
from html import escape
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.util.docutils import SphinxDirective, SphinxRole

from lossbook.site.borrowed import parsed
from lossbook.site.chapters import ROWS
from lossbook.site.questions import read_questions
from lossbook.site.thumbnails import thumbnail

STYLESHEET = "cards.css"


class card_title(nodes.Part, nodes.TextElement):
    """A card's question: a heading, so that who listens can go from card to card."""


class QuestionsDirective(SphinxDirective):
    """Show a card for each chapter, in the order of the questions; the whole card is one link."""

    has_content = False

    def run(self):
        """Read the chapters' notebooks and rows; nothing is drawn or executed."""
        cards = nodes.bullet_list(classes=["question-cards"])
        cards += [self.card(question) for question in read_questions(self.env)]
        return [cards]

    def card(self, question):
        """Return the card of one question, as an item of the list."""
        minutes = f"{question.number} · {question.minutes[0]} minutes"
        return nodes.list_item(
            "",
            picture(self, question),
            nodes.paragraph("", minutes, classes=["card-line"]),
            card_title("", "", chapter_link(question)),
            *parsed(self, question.answer, question.page),
            classes=["question-card"],
        )


def picture(directive, question):
    """Return a chapter's pictures for light and dark pages, which a browser fetches when they come near."""
    env, html, files = directive.env, "", {}
    rows = Path(env.srcdir, ROWS)
    env.note_dependency(str(rows))
    try:
        name = tomllib.loads(rows.read_text("utf-8"))[f"{question.number:02}"]["picture"]
        figure = question.figure(name)
    except LookupError as error:
        raise directive.error(f"{directive.name}: {error} (see {ROWS})") from error
    for mode, svg in thumbnail(figure).items():
        digest = hashlib.sha256(svg.encode()).hexdigest()[:12]
        name = f"{question.number:02}-{digest}.svg"
        files[name] = svg
        address = "../" * env.docname.count("/") + f"{env.app.builder.imagedir}/{name}"
        html += (
            f'<img class="only-{mode} dark-light" src="{address}"'
            f' alt="{escape(figure["alt"])}" width="200" height="134" loading="lazy">'
        )
    return nodes.raw("", html, format="html", lossbook_files=files)


def _visit_title(self, node):
    self.body.append('<h3 class="card-question">')


def _depart_title(self, node):
    self.body.append("</h3>")


def chapter_link(question, text=""):
    """Return a link to a chapter by its question, or by another text."""
    target = {"refdomain": "std", "reftype": "doc", "reftarget": f"/{question.page}", "refwarn": True}
    return addnodes.pending_xref("", nodes.inline("", text or question.question), refexplicit=True, **target)


class TimeRole(SphinxRole):
    """How long reading takes: one ``chapter``, the book's ``path``, or ``all`` of it with every fold."""

    def run(self):
        """Count the minutes of the chapters as they are."""
        minutes = [question.minutes for question in read_questions(self.env)]
        paths, alls = zip(*minutes, strict=True)
        told = {
            "chapter": f"{min(paths)} to {max(paths)} minutes",
            "path": f"{sum(paths) / 60:.0f} hours",
            "all": f"{sum(alls) / 60:.0f} hours",
        }
        return [nodes.Text(told[self.text])], []


def write_pictures(app, pagename, templatename, context, doctree):
    """Write the pictures of a page's cards as files."""
    for node in doctree.findall(nodes.raw) if doctree else ():
        for name, svg in node.get("lossbook_files", {}).items():
            path = Path(app.outdir, app.builder.imagedir, name)
            path.parent.mkdir(exist_ok=True)
            path.write_text(svg, "utf-8")


def setup(app):
    """Connect the directive, the role, the pictures and the cards' look."""
    app.add_directive("lossbook-questions", QuestionsDirective)
    app.add_role("lossbook-time", TimeRole())
    app.add_node(card_title, html=(_visit_title, _depart_title))
    app.add_css_file(STYLESHEET, priority=910)  # after book.css
    app.connect("html-page-context", write_pictures)
