"""Paths through the book for readers with one purpose, made from ``chapters/paths.toml``.

A path is a list of steps: chapters, or one section of a chapter, each with the reason why. What a chapter
builds on and the path leaves out is said beside it.
"""

import tomllib
from pathlib import Path

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from lossbook.notebooks import form
from lossbook.site.cards import chapter_link
from lossbook.site.chapters import ROWS, enumerated
from lossbook.site.folds import piece
from lossbook.site.questions import read_questions

DATA = "chapters/paths.toml"


class PathsDirective(SphinxDirective):
    """Show each reading path as a fold: for whom, how long, and its steps."""

    has_content = False

    def run(self):
        """Make the paths from their data, and check that chapters and sections exist."""
        chapters = {question.number: question for question in read_questions(self.env)}
        read = {}
        for name in (DATA, ROWS):
            path = Path(self.env.srcdir, name)
            self.env.note_dependency(str(path))
            read[name] = tomllib.loads(path.read_text("utf-8"))
        try:
            return [node for path in read[DATA]["path"] for node in self.fold(path, chapters, read[ROWS])]
        except LookupError as error:
            raise self.error(f"{self.name}: {error} (see {DATA})") from error

    def fold(self, path, chapters, rows):
        """Return one path as the nodes of a fold."""
        steps = nodes.enumerated_list(enumtype="arabic", suffix=".")
        total, met, sampled = 0, set(), set()
        for step in path["steps"]:
            chapter = chapters[step["chapter"]]
            total += minutes(chapter, step.get("section"))
            needed = set() if "section" in step else set(rows[f"{chapter.number:02}"]["builds_on"]) - met
            told = [[chapters[k] for k in sorted(ks)] for ks in (needed - sampled, needed & sampled)]
            steps += nodes.list_item("", self.step(step, chapter, *told))
            if "section" in step:
                sampled.add(chapter.number)
            else:
                met |= {chapter.number} | needed & sampled  # of these it is said once
        summary = f'<strong>{path["name"]}</strong> <span class="minutes">{spoken(total)}</span>'
        return [
            piece(f'<details class="path"><summary>{summary}</summary>'),
            nodes.paragraph("", path["purpose"]),
            steps,
            piece("</details>"),
        ]

    def step(self, step, chapter, missing, sampled):
        """Return one step: a link, why, and what else the chapter builds on, not read or in part."""
        if "section" in step:
            chapter.section(step["section"])  # has to exist
            anchor = nodes.make_id(step["section"])
            address = self.env.app.builder.get_relative_uri(self.env.docname, chapter.page)
            link = nodes.reference("", step["section"], refuri=f"{address}#{anchor}", internal=True)
            begun = [nodes.Text(f"Chapter {chapter.number}, only “"), link, nodes.Text("”: ")]
        else:
            begun = [chapter_link(chapter, f"{chapter.number} · {chapter.question}"), nodes.Text(" ")]
        said = nodes.paragraph("", "", *begun, nodes.Text(step["why"]))
        for others, end in ((missing, "."), (sampled, ", of which you have read a section.")):
            if others:
                links = enumerated([chapter_link(other, str(other.number)) for other in others])
                noun = "chapters" if len(others) > 1 else "chapter"
                said += [nodes.Text(f" It also builds on {noun} "), *links, nodes.Text(end)]
        return said


def minutes(chapter, section=None):
    """Return the minutes that a chapter takes, or one section of it, without its folds."""
    if section is None:
        return chapter.minutes[0]
    return form.stretches(chapter.section(section))[0].minutes


def spoken(total):
    """Return minutes as they are told: in quarters of an hour."""
    hours, quarters = divmod(round(total / 15), 4)
    part = ["", "¼", "½", "¾"][quarters]
    return f"{hours or ''}{part} hour{'s' if hours > 1 or (hours and part) else ''}"


def setup(app):
    """Connect the directive."""
    app.add_directive("lossbook-paths", PathsDirective)
