"""The night before an interview: of a chapter the short answer, the card and the questions, on one page."""

import re

from docutils import nodes
from sphinx.util.docutils import SphinxDirective, SphinxRole

from lossbook.notebooks import form
from lossbook.site.borrowed import BORROWED, parsed
from lossbook.site.cards import chapter_link, picture
from lossbook.site.chapters import CARD, SHORT_ANSWER
from lossbook.site.questions import read_questions

ASKED = "What an interviewer asks next"
QUOTED = re.compile("“([^”]+)”")  # quotes are typographic by then


class InterviewDirective(SphinxDirective):
    """Show what an interviewer may ask of every chapter, a section each, with a small picture."""

    has_content = False

    def run(self):
        """Read the three sections of each chapter out of its notebook."""
        return [self.section(question) for question in read_questions(self.env)]

    def section(self, question):
        """Return one chapter's section: question, short answer, card, and what is asked next."""
        title = nodes.title("", f"{question.number} · {question.question}")
        noun = question.page.partition("_")[2].replace("_", "-")
        section = nodes.section("", title, ids=[f"asked-{noun}"], classes=[BORROWED])
        section += nodes.container("", picture(self, question), classes=["interview-picture"])
        section += self.words(question, SHORT_ANSWER)
        section += nodes.container("", *self.words(question, CARD), classes=["interview-card"])
        section += self.words(question, ASKED)
        link = chapter_link(question, f"Chapter {question.number}")
        minutes = nodes.Text(f" derives all of this, in {question.minutes[0]} minutes.")
        section += nodes.paragraph("", "", link, minutes)
        return section

    def words(self, question, title):
        """Return what a section of a chapter says, without its heading and its figures."""
        try:
            cells = question.section(title)
        except LookupError as error:
            raise self.error(f"{self.name}: {error}") from error
        found = []
        for cell in cells:
            heading = form.heading_of(cell)
            text = form.source_of(cell)[heading.end() if heading else 0 :].strip()
            if cell["cell_type"] == "markdown" and text:
                found += parsed(self, text, question.page)
        self.lead(nodes.Element("", *found), question)
        return found

    def lead(self, words, question):
        """Make links of the chapter's sections that words name in quotes: they are not on this page."""
        page = self.env.app.builder.get_relative_uri(self.env.docname, question.page)
        titles = {heading["title"].strip() for heading in map(form.heading_of, question.cells) if heading}
        for text in list(words.findall(nodes.Text)):
            before, *parts = QUOTED.split(text)
            if not titles.intersection(parts[::2]) or isinstance(text.parent, nodes.literal):
                continue
            told = [nodes.Text(before)]
            for title, after in zip(parts[::2], parts[1::2], strict=True):
                named = nodes.Text(f"“{title}”")
                address = f"{page}#{nodes.make_id(title)}"
                link = nodes.reference("", "", named, refuri=address, internal=True)
                told += [link if title in titles else named, nodes.Text(after)]
            text.parent.replace(text, told)


class InterviewTimeRole(SphinxRole):
    """How many minutes the page takes: what is ``open``, or ``all`` of it with every fold."""

    def run(self):
        """Count the minutes of the three sections of each chapter; their figures and code are not here."""
        titles = (SHORT_ANSWER, CARD, ASKED)
        cells = [
            cell
            for question in read_questions(self.env)
            for title in titles
            for cell in question.section(title)
            if cell["cell_type"] == "markdown"
        ]
        path, *folds = (stretch.minutes for stretch in form.stretches(cells))
        told = {"open": path, "all": path + sum(folds)}
        return [nodes.Text(f"{told[self.text]:.0f}")], []


def setup(app):
    """Connect the directive and the role."""
    app.add_directive("lossbook-interview", InterviewDirective)
    app.add_role("lossbook-interview-time", InterviewTimeRole())
