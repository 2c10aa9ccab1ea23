"""What a page answers, in the description that search engines show: its first paragraph's sentences."""

import re
from html import escape, unescape
from pathlib import Path

from lossbook.site.formula_text import with_readable_formulas

#: Letters that a description may have; its first sentence may have more.
ROOM = 220

PARAGRAPH = re.compile(r"<p>(.*?)</p>", re.DOTALL)
SENTENCE_END = re.compile(r"(?<=[.!?]) (?=\S)")
VIEWPORT = re.compile(r'<meta[^>]*name="viewport"[^>]*>\s*')


def description(body):
    """Return the sentences of an article's first paragraph that have ROOM, as plain text."""
    first = PARAGRAPH.search(body)
    if not first:
        return ""
    text = unescape(re.sub(r"<[^>]*>", "", with_readable_formulas(first[1])))
    told, *more = SENTENCE_END.split(" ".join(text.split()))
    for sentence in more:
        if len(told) + len(sentence) >= ROOM:
            break
        told += f" {sentence}"
    return told


def description_of(app, pagename, context):
    """Return the description of a page that is about to be written."""
    told = description(context.get("body") or "")
    # Nothing is told by the search, or by a page of figures alone.
    return told or f"{app.config.html_title}: {Path(pagename).name}."


def describe(app, pagename, templatename, context, doctree):
    """Put the description into a page's head, and leave out the viewport: the template writes one."""
    told = description_of(app, pagename, context)
    tags = VIEWPORT.sub("", context.get("metatags") or "")
    context["metatags"] = f'{tags}\n<meta name="description" content="{escape(told)}" />'


def setup(app):
    """Connect the description."""
    app.connect("html-page-context", describe)
