"""The glossary: every term of ``chapters/glossary.toml``, by letters, with a link to where it is defined.

Each entry is a place of its own for the search (see ``passages``), which finds it by its Chinese name, too.
"""

import itertools
import re
import tomllib
import unicodedata
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import Directive

from lossbook.site import places

DATA, STYLESHEET = "chapters/glossary.toml", "glossary.css"
#: The section of terms that begin with a digit.
DIGITS = "0–9"


def read(source):
    """Return the terms, name to what is known of each, in alphabetical order, from the book's folder."""
    terms = tomllib.loads(Path(source, DATA).read_text("utf-8"))["terms"]
    return dict(sorted(terms.items(), key=lambda item: plain(item[0])))


def plain(term):
    """Return a term as it is sorted: without case and accents."""
    return "".join(sign for sign in unicodedata.normalize("NFKD", term.lower()) if sign.isascii())


def letter(term):
    """Return the section in which a term stands."""
    first = plain(term)[0]
    return first.upper() if first.isalpha() else DIGITS


def anchor(term):
    """Return the id of a term's entry."""
    return nodes.make_id(f"term {term}")


class GlossaryDirective(Directive):
    """``{terms}``: links to the letters, and a section for each with its terms."""

    def run(self):
        """Return links and sections."""
        env = self.state.document.settings.env
        env.note_dependency(DATA)
        groups = [(name, [*group]) for name, group in itertools.groupby(read(env.srcdir).items(), by_letter)]
        links = letters([name for name, _ in groups])
        return [links, *(lettered(name, entries(group)) for name, group in groups)]


def by_letter(item):
    """Return the section of a term that comes with what is known of it."""
    return letter(item[0])


def letters(names):
    """Return links to the sections of these letters."""
    links = nodes.paragraph(classes=["glossary-letters"])
    for name in names:
        links += [nodes.reference("", name, refid=nodes.make_id(f"terms {name}")), nodes.Text(" ")]
    return links


def lettered(name, content):
    """Return the section of one letter."""
    return nodes.section("", nodes.title("", name), content, ids=[nodes.make_id(f"terms {name}")])


def entries(terms):
    """Return the entries of some terms as a list."""
    return nodes.definition_list("", *(entry(term, known) for term, known in terms), classes=["glossary"])


def entry(term, known):
    """Return a term's entry: its names, what it is, and where that is said."""
    others = (nodes.inline("", f" · {name}", classes=["also"]) for name in second_names(term, known))
    names = nodes.strong("", term), *others, nodes.Text(" · "), chinese(known["chinese"])
    told = nodes.paragraph("", f"{known['says']}. ", places.link(known["place"]))
    return nodes.definition_list_item(
        "",
        nodes.term("", "", *names, ids=[anchor(term)], classes=["glossary-term"]),
        nodes.definition("", told),
    )


def second_names(term, known):
    """Return the names by which a term goes, too, without forms of its own words such as plurals."""
    begun = {word[:4] for word in words(term)}

    def is_form(name):
        return {word[:4] for word in words(name)} <= begun or term.lower() in name.lower()

    return [name for name in known.get("also", ()) if not is_form(name) and name not in known["chinese"]]


def words(name):
    """Return the words of a name without articles and the like, in small letters."""
    return [word.lower() for word in re.findall(r"\w+", name) if len(word) > 2 or word.isupper()]


def chinese(text):
    """Return a text that a browser knows to be Chinese, and so sets and reads aloud as such."""
    return nodes.raw("", f'<span lang="zh-Hans">{text}</span>', format="html")


def setup(app):
    """Connect the directive and the stylesheet."""
    app.add_directive("terms", GlossaryDirective)
    app.add_css_file(STYLESHEET, priority=910)  # after book.css
