"""Tables for teachers, made from the chapters: what they need and take, exercises, goals, syllabi."""

from html import escape

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from lossbook.site import course_data, syllabus
from lossbook.site.chapters import CHAPTER, ROWS
from lossbook.site.folds import piece

#: Where the reading of a page keeps the chapters that it has read.
READ = "lossbook_course_data"


class Directive(SphinxDirective):
    """What the directives share: the book's chapters, and links to them."""

    @property
    def chapters(self):
        """Number to chapter, in the book's order."""
        if READ not in self.env.temp_data:
            pages = sorted(filter(CHAPTER.fullmatch, self.env.found_docs))
            for page in pages:
                self.env.note_dependency(self.env.doc2path(page))
            self.env.note_dependency(str(self.env.srcdir / ROWS))
            chapters = [course_data.chapter(self.env.srcdir, page) for page in pages]
            self.env.temp_data[READ] = {chapter.number: chapter for chapter in chapters}
        return self.env.temp_data[READ]

    def link(self, chapter, anchor="", text=None):
        """Return a link to a chapter's page, with its title as the text, or to a place on it."""
        address = self.env.app.builder.get_relative_uri(self.env.docname, chapter.page)
        address += f"#{anchor}" if anchor else ""
        return nodes.reference("", text or chapter.title, refuri=address, internal=True)

    def exercise(self, exercise):
        """Return a link to an exercise by its number."""
        chapter = self.chapters[int(exercise.number.partition(".")[0])]
        return self.link(chapter, exercise.anchor, exercise.number)


class Chapters(Directive):
    """A row a chapter: its title, what it builds on, and the minutes that it takes."""

    def run(self):
        """Return the table."""
        rows = []
        for chapter in self.chapters.values():
            needed = [
                self.link(self.chapters[number], text=str(number)) if number in self.chapters else str(number)
                for number in chapter.builds_on
            ]
            rows.append(
                [
                    [self.link(chapter)],
                    listed(needed),
                    f"{chapter.minutes:.0f}",
                    f"{chapter.every_minute:.0f}",
                ]
            )
        return [table(["Chapter", "Builds on", "Minutes", "With every fold"], rows)]


class Exercises(Directive):
    """A row a chapter: its exercises by kind, with the points of those in code."""

    def run(self):
        """Return the table."""
        rows = []
        for chapter in self.chapters.values():
            by_kind = {
                kind: [exercise for exercise in chapter.exercises if exercise.kind == kind]
                for kind in course_data.KINDS
            }
            cells = [listed(map(self.exercise, exercises)) for exercises in by_kind.values()]
            points = sum(exercise.points for exercise in by_kind[course_data.CODE])
            cells[0].append(f" · {points:g} points")
            rows.append([[self.link(chapter, text=str(chapter.number))], *cells])
        return [table(["Chapter", *course_data.KINDS], rows)]


class Goals(Directive):
    """A fold a chapter: what students can do afterwards, and the exercises with their titles."""

    def run(self):
        """Return the folds."""
        return [node for chapter in self.chapters.values() for node in self.fold(chapter)]

    def fold(self, chapter):
        """Return one chapter's fold."""
        goals = (nodes.list_item("", nodes.paragraph("", goal)) for goal in chapter.goals)
        rows = [
            [
                [self.exercise(exercise), " · ", *self.parse_inline(exercise.title)[0]],
                exercise.kind,
                f"{exercise.points:g}",
                "yes" if exercise.varies else "",
            ]
            for exercise in chapter.exercises
        ]
        return [
            piece(f'<details class="goals"><summary>{escape(chapter.title)}</summary>'),
            nodes.paragraph("", "After it, students can"),
            nodes.bullet_list("", *goals),
            nodes.paragraph("", "The exercises, of which some have variants by a seed:"),
            table(["Exercise", "Kind", "Points", "Variants"], rows),
            piece("</details>"),
        ]


class Syllabus(Directive):
    """A row a week, each written as a line of four parts (see :func:`lossbook.site.syllabus.weeks`)."""

    has_content = True

    def run(self):
        """Return the table, or say which week asks for what it cannot have."""
        try:
            weeks = syllabus.weeks(self.content, self.chapters)
        except ValueError as error:
            raise self.error(str(error)) from error
        rows = [self.week(count, week) for count, week in enumerate(weeks, 1)]
        return [table(["Week", "Exercises to set", "Move it in class"], rows)]

    def week(self, count, week):
        """Return the cells of a week."""
        chapters = [self.link(chapter, text=str(chapter.number)) for chapter in week.chapters]
        minutes = sum(round(chapter.minutes) for chapter in week.chapters)  # as in the table
        points = sum(exercise.points for exercise in week.exercises)
        told = " · chapters " if len(chapters) > 1 else " · chapter "
        return [
            [
                f"{count} · ",
                nodes.strong("", week.theme),
                told,
                *listed(chapters),
                f" · {minutes} minutes",
            ],
            [*listed(map(self.exercise, week.exercises)), f" · {points:g} points"],
            [self.link(week.shown, f"figure-{week.figure}", week.words)],
        ]


def listed(items):
    """Return items with commas between them."""
    return [node for item in items for node in (", ", item)][1:]


def table(titles, rows):
    """Return a table; a cell is a text, or a list of texts and nodes."""
    group = nodes.tgroup("", *(nodes.colspec(colwidth=1) for _ in titles), cols=len(titles))
    group += nodes.thead("", _row(titles))
    group += nodes.tbody("", *map(_row, rows))
    return nodes.table("", group)


def _row(cells):
    parts = [[cell] if isinstance(cell, str) else cell for cell in cells]
    lines = [
        nodes.paragraph("", "", *(nodes.Text(p) if isinstance(p, str) else p for p in cell)) for cell in parts
    ]
    return nodes.row("", *(nodes.entry("", line) for line in lines))


def setup(app):
    """Declare the directives."""
    app.add_directive("lossbook-chapters", Chapters)
    app.add_directive("lossbook-exercises", Exercises)
    app.add_directive("lossbook-goals", Goals)
    app.add_directive("lossbook-syllabus", Syllabus)
