"""What a page says, section by section: the titles, passages and words of code that the search looks through.

It is read from the finished page, so it is what a reader sees, folds included.
"""

import re
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser

from lossbook.site.formula_text import with_readable_formulas

ARTICLE = re.compile(r'<article class="bd-article.*?</article>', re.DOTALL)
KEYWORDS = re.compile(r'<meta (?=[^>]*name="keywords")[^>]*content="([^"]*)"')

#: Pictures, their data, what is shown without JavaScript, and spans that are no part of the text around them.
UNSPOKEN = re.compile(
    r"<(svg|script|noscript|style)\b.*?</\1>"
    r'|<span class="(?:minutes|visually-hidden|eqno)">.*?</span>'
    r'|<span aria-hidden="true">.*?</span>',
    re.DOTALL,
)
#: All other spans say how something looks; most of a page's elements are the colors of its code.
SPAN = re.compile(r"</?span\b[^>]*>")

VOID = {"br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
#: Elements that stand in a line of text; all others end a passage.
INLINE = {"a", "abbr", "b", "br", "cite", "code", "em", "i", "kbd", "q", "s", "small", "strong", "sub", "sup"}
#: The first of these in a section bears its title; a solution has a summary alone.
TITLES = {"h1", "h2", "h3", "h4", "h5", "h6", "summary"}

#: Classes of what belongs to the page and not to its text.
APART = {"headerlink", "lossbook-controls", "lossbook-readout", "chapter-line", "exercise-link", "tick-note"}
APART |= {"toctree-wrapper", "borrowed", "question-cards", "path", "facts", "source", "cited-in"}
#: What other pages list: who looks for a function or a subject looks for the section that treats it.
APART |= {"notation-code", "subject-index"}
#: Classes of equations and solutions: they are found by their words and give no excerpt, since an equation is
#: no sentence, and a solution in a list of results would spoil its exercise.
WORDS_ONLY = {"equation", "solution"}
#: Classes of code and of what it prints, which are found by the names in them.
CODE = {"lossbook-code", "cell_input", "output", "tick", "prepare", "signature", "doctest"}

#: A term of the glossary, which is a place by itself.
TERM = "glossary-term"

#: What says of many folds what they are.
WRITTEN_ON_FOLDS = {"code", "Answer"}

#: A word: a name with its dots, or a number.
WORD = re.compile(r"[^\W\d](?:[\w.]*\w)?|\d(?:[\w.,]*\w)?")


@dataclass
class Section:
    """One place of a page that a search can lead to."""

    title: str
    anchor: str
    passages: list[str] = field(default_factory=list)
    words: set[str] = field(default_factory=set)
    code: set[str] = field(default_factory=set)
    is_term: bool = False


@dataclass
class Page:
    """A page's keywords, and its sections, the first of which bears the page's own title."""

    keywords: list[str]
    sections: list[Section]


def read_page(html):
    """Return what a page of the site says, with formulas as readable text."""
    article, keywords = ARTICLE.search(html), KEYWORDS.search(html)
    spoken = with_readable_formulas(SPAN.sub("", UNSPOKEN.sub("", article[0] if article else "")))
    reader = _Reader()
    reader.feed(spoken)
    reader.close()
    sections = [section for section in reader.sections if section.title]
    return Page(unescape(keywords[1]).split(", ") if keywords else [], sections)


class _Reader(HTMLParser):
    """Collects sections. One goes on until the next begins, since what lies in a section comes last in it."""

    def __init__(self):
        super().__init__()
        self.sections, self.text = [], []
        self.open, self.mode = [], "passage"  # the elements that are open, each with the mode outside it

    def handle_starttag(self, tag, attrs):
        """Note where a section begins, and what kind of text an element holds."""
        attributes = dict(attrs)
        classes = set((attributes.get("class") or "").split())
        if tag in ("td", "th") and self.text:
            self.text.append(" · ")
        self.end_passage(tag)
        if tag in VOID:
            return
        self.open.append((tag, self.mode))
        if tag == "section" or classes & {"exercise", "solution", TERM}:
            self.sections.append(Section("", attributes.get("id", ""), is_term=TERM in classes))
        elif "solution-body" in classes:
            self.sections[-1].anchor = attributes["id"]
        if self.mode == "apart" or classes & APART:
            self.mode = "apart"
        elif self.sections and not self.sections[-1].title and (tag in TITLES or TERM in classes):
            self.mode = "title"
        elif classes & CODE:
            self.mode = "code"
        elif classes & WORDS_ONLY:
            self.mode = "words"

    def handle_endtag(self, tag):
        """Go back to what was before the element."""
        self.end_passage(tag)
        while self.open:
            name, self.mode = self.open.pop()
            if name == tag:
                break

    def handle_data(self, data):
        """Keep a piece of text."""
        if self.mode != "apart":
            self.text.append(data)

    def end_passage(self, tag="p"):
        """Give the text since the last end to its section, if what begins or ends here ends a passage."""
        if tag in INLINE or (tag != "tr" and any(name == "tr" for name, _ in self.open)):
            return  # a row of a table is one passage
        text, self.text = " ".join("".join(self.text).split()), []
        if not text or not self.sections or text in WRITTEN_ON_FOLDS:
            return
        section = self.sections[-1]
        if self.mode == "title":
            section.title += text
        elif self.mode in ("words", "code"):
            getattr(section, self.mode).update(WORD.findall(text))
        else:
            section.passages.append(text)
