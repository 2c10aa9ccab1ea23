"""The index: for each term, name and keyword the sections that treat it, the main one first and in bold.

What is looked for stands in ``chapters/glossary.toml``, ``chapters.toml`` and ``index.toml``; where it is
treated is counted in the chapters, so that the index follows their texts.
"""

import functools
import itertools
import json
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import Directive

from lossbook.notebooks import form
from lossbook.site import glossary, places
from lossbook.site.chapters import ROWS, SHORT_ANSWER

NAMES = "chapters/index.toml"
#: Sections that repeat what others say.
PASSED_OVER = {SHORT_ANSWER, "On one card", "Which loss when", "Which function when", "Exercises"}
PASSED_OVER |= {"What an interviewer asks next", "What to read next"}
#: A section treats what it names in its heading or so many times, and an entry has at most so many sections.
#: What more sections than EVERYWHERE treat is found where it is defined, and by headings.
TIMES, MOST, EVERYWHERE = 2, 6, 25

LABEL = re.compile(r"^\$\$ \(([\w-]+)\)", re.MULTILINE)
NOT_READ = re.compile(
    r"\$\$.*?\$\$(?: \([\w-]+\))?|\$[^$]*\$|```.*?```|`[^`]*`|\{cite\S*\}|\]\([^)]*\)", re.DOTALL
)


@dataclass(frozen=True)
class Section:
    """A section of a chapter as it is searched: its place, and its heading, text and equations' labels."""

    place: str
    heading: str
    text: str
    labels: tuple[str, ...]

    @functools.cached_property
    def lower(self):
        """The text in small letters."""
        return self.text.lower()


def sections_of(number, cells):
    """Return the sections of a chapter's main text, from the cells of its notebook."""
    found, heading, texts = [], "", []
    for cell in [*cells, None]:
        here = cell and form.heading_of(cell)
        if (here or cell is None) and heading and heading not in PASSED_OVER:
            text = "\n".join(texts)
            labels = tuple(LABEL.findall(text))
            found.append(Section(f"{number}: {heading}", heading, NOT_READ.sub(" ", text), labels))
        if here:
            is_listed = len(here["marks"]) > 1 and "lossbook" not in cell["metadata"]  # no title, no exercise
            heading, texts = here["title"] if is_listed else "", []
        if cell and cell["cell_type"] == "markdown" and "lossbook" not in cell["metadata"]:
            texts.append(form.source_of(cell))
    return found


def read_sections(source):
    """Return the sections of all chapters, from the book's folder."""
    return [
        section
        for path in sorted(Path(source).glob("chapters/[0-9][0-9]_*.ipynb"))
        for section in sections_of(path.name[:2], json.loads(path.read_text("utf-8"))["cells"])
    ]


def wanted(source):
    """Return what the index lists: name to its other forms and the place of its definition, if it has one."""
    terms = glossary.read(source)
    listed = {term: (known.get("also", []), known["place"]) for term, known in terms.items()}
    for term, known in terms.items():  # who looks for "pinball loss" finds what there is on the quantile loss
        listed |= {
            name: ([term, *known["also"]], known["place"]) for name in glossary.second_names(term, known)
        }
    known = {form.lower() for name, (forms, _) in listed.items() for form in (name, *forms)}
    rows = tomllib.loads(Path(source, ROWS).read_text("utf-8")).values()
    names = tomllib.loads(Path(source, NAMES).read_text("utf-8"))["names"]
    for name in sorted({*names, *(word for row in rows for word in row["keywords"])}):
        if name.lower() not in known and glossary.plain(name):
            listed[name] = ([], None)
    return dict(sorted(listed.items(), key=lambda item: glossary.plain(item[0])))


def pattern_of(names):
    """Return what finds names and their plurals: abbreviations as they are written, others in any case."""
    words = (spelled(name) if name.isupper() else f"(?i:{spelled(name)})" for name in names)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(words)})(?:s|es)?(?![\w-])")


def spelled(name):
    """Return the pattern of a name that may be a plural such as matrices or energies."""
    ends = {"x": "(?:x|ces)", "y": "(?:y|ies)"}
    return re.escape(name[:-1]) + ends.get(name[-1], re.escape(name[-1]))


def treated(sections, name, forms=(), defined=None):
    """Return the places where something is treated, that of its definition first.

    Its other forms count where it is defined alone if they are ordinary words, such as "positive" for a pair.
    """
    main = [section.place for section in sections if defined in (section.place, *section.labels)]
    main = main or ([defined] if defined else [])
    words = [form for form in forms if form.islower() and " " not in form and " " in name]
    anywhere = pattern_of([name, *(form for form in forms if form not in words)])
    at_home = pattern_of([name, *forms])
    # A pattern takes a hundred times as long to find nothing as a plain search does.
    stems = [form[:-1].lower() for form in (name, *forms)]
    counts, headed = {}, []
    for section in sections:
        pattern = at_home if main and section.place[:2] == main[0][:2] else anywhere
        is_said = any(stem in section.lower for stem in stems)
        counts[section.place] = len(pattern.findall(section.text)) if is_said else 0
        headed += [section.place] if pattern.search(section.heading) else []
    often = [place for place, count in counts.items() if count >= TIMES]
    if len(often) > EVERYWHERE:
        often = []
    if not (main or headed or often):
        often = [place for place, count in counts.items() if count]
    others = sorted(
        {*headed, *often} - {*main}, key=lambda place: (place not in headed, -counts[place], place)
    )
    return [*main, *sorted(others[: MOST - len(main)])]


class IndexDirective(Directive):
    """``{subjects}``: links to the letters, and a section for each with its entries."""

    def run(self):
        """Return links and sections."""
        env = self.state.document.settings.env
        for path in (glossary.DATA, ROWS, NAMES, *Path(env.srcdir).glob("chapters/[0-9][0-9]_*.ipynb")):
            env.note_dependency(str(path))
        sections = read_sections(env.srcdir)
        found = [
            (name, treated(sections, name, forms, place), place is not None)
            for name, (forms, place) in wanted(env.srcdir).items()
        ]
        entries = [entry for entry in found if entry[1]]
        groups = [
            (key, [*group]) for key, group in itertools.groupby(entries, lambda e: glossary.letter(e[0]))
        ]
        links = glossary.letters([key for key, _ in groups])
        return [links, *(glossary.lettered(key, listed(group)) for key, group in groups)]


def listed(entries):
    """Return the entries of a letter as a list."""
    return nodes.bullet_list("", *(item(*one) for one in entries), classes=["subject-index"])


def item(name, found, is_defined):
    """Return an entry: its name, and links to the sections, that of the definition in bold."""
    told = nodes.paragraph("", f"{name}: ")
    for rank, place in enumerate(found):
        link = places.link(place)
        told += [nodes.Text(" · ")] if rank else []
        told += nodes.strong("", "", link) if is_defined and rank == 0 else link
    return nodes.list_item("", told)


def setup(app):
    """Connect the directive."""
    app.add_directive("subjects", IndexDirective)
