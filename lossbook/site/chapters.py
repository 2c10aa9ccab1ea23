"""What stands around a chapter: minutes under the title, goals, what to read next, and words for the search.

All of it is made from the chapter's row in ``chapters/chapters.toml`` and from what its notebook holds.
"""

import re
import tomllib
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms import SphinxTransform
from sphinx.util import logging

from lossbook.site.folds import STRETCHES, piece

logger = logging.getLogger(__name__)

ROWS = "chapters/chapters.toml"
CHAPTER = re.compile(r"chapters/(?P<number>\d\d)_\w+")
SHORT_ANSWER, GOALS, CARD = "The short answer", "What you will be able to do", "On one card"
READ_NEXT = "What to read next"


class Surround(SphinxTransform):
    """Put minutes, goals and neighbors on a chapter's page, and its keywords into the page's head."""

    default_priority = 710

    def apply(self):
        """Change the page if it is a chapter's; its row has to be there."""
        chapter = CHAPTER.fullmatch(self.env.docname)
        if not chapter:
            return
        path = Path(self.env.srcdir, ROWS)
        self.env.note_dependency(str(path))
        row = tomllib.loads(path.read_text("utf-8")).get(chapter["number"])
        if row is None:
            logger.warning("required a row [%s] in %s", chapter["number"], ROWS, location=self.env.docname)
            return
        sections = {section[0].astext(): section for section in self.document.findall(nodes.section)}
        next(iter(sections.values())).insert(1, self.line(row["builds_on"]))
        self.document += nodes.meta(
            "", name="keywords", content=", ".join([row["chinese"], *row["keywords"]])
        )
        if CARD in sections:
            sections[CARD]["classes"].append("one-card")
        if SHORT_ANSWER in sections and GOALS not in sections:  # a chapter may say its goals in a section
            sections[SHORT_ANSWER] += goals(row["goals"])
        if READ_NEXT in sections and (titles := self.links(row["read_next"], with_title=True)):
            sections[READ_NEXT] += nodes.paragraph("", "In this book: ", *enumerated(titles), nodes.Text("."))

    def line(self, builds_on):
        """Return the line under the title: minutes open and in full, moving figures, what is needed."""
        path, answers, *folds = self.env.temp_data[STRETCHES]
        every = sum(stretch.minutes for stretch in (path, answers, *folds))
        moving = sum(stretch.moving for stretch in (path, *folds))
        parts = [f"{path.minutes:.0f} minutes", f"{every:.0f} with every fold" if folds else ""]
        parts.append(f"{moving} figures that move" if moving > 1 else "")
        text = " · ".join(filter(None, parts))
        needed = self.links(builds_on)
        if needed:
            text += " · builds on questions " if len(needed) > 1 else " · builds on question "
        return nodes.paragraph("", text, *enumerated(needed), classes=["chapter-line"])

    def links(self, numbers, *, with_title=False):
        """Return a link to the chapter of each question that has one."""
        names = {
            int(match["number"]): match[0] for match in map(CHAPTER.fullmatch, self.env.found_docs) if match
        }
        found = []
        for number in filter(names.get, numbers):
            target = {"refdomain": "std", "reftype": "doc", "reftarget": f"/{names[number]}"}
            text = nodes.inline("", str(number))
            found.append(addnodes.pending_xref("", text, refexplicit=not with_title, refwarn=True, **target))
        return found


def enumerated(items):
    """Return nodes with commas and an "and" between them."""
    result = []
    for place, item in enumerate(items):
        if place:
            result.append(nodes.Text(" and " if place == len(items) - 1 else ", "))
        result.append(item)
    return result


def goals(sentences):
    """Return the goals as a fold of one line."""
    listed = nodes.bullet_list("", *(nodes.list_item("", nodes.paragraph("", text)) for text in sentences))
    return [piece(f'<details class="goals"><summary>{GOALS}</summary>'), listed, piece("</details>")]


def setup(app):
    """Connect the transform; the line's look is in ``folds.css``."""
    app.add_transform(Surround)
