"""The search: an index of the book's sections, which the search page alone loads.

Sphinx's own finds words of a page; a reader looks for a place. So each section has an entry of its own:
title, passages as text, and the words of its code. The index is a script, since a page that was opened as a
file may load scripts and nothing else. ``static/search.js`` looks through it, and ``static/found.js``, which
all pages have, leads to the place.
"""

import hashlib
import json
import re
import tomllib
from collections import Counter
from pathlib import Path

from lossbook.site.built import is_site, page_paths
from lossbook.site.passages import WORD, read_page

#: The index's name in the site: outside ``_static``, whose scripts the stylesheet is cut down to.
INDEX = "search-index.js"
#: What readers call pages and sections that call themselves otherwise, by the address.
NAMES = "chapters/search.toml"
#: A further word says nothing about a place if more than this share of all places have it.
COMMON = 0.1
PAGE, SCRIPT, STYLESHEET = "search", "search.js", "search.css"
#: Sphinx's own search, which the theme would bring all the same.
REPLACED = ("searchtools.js", "language_data.js", "sphinx_highlight.js", "doctools.js")


# ---- The index ---------------------------------------------------------------------------------------------


def index_of(pages, names=None):
    """Return the entries of the index for ``{address: HTML}``, a list a page.

    Each holds the page's address and keywords, and its sections: title, anchor, passages, and further words.
    Other `names` of a page go to its keywords; those of a section, with ``#`` and its anchor in the address,
    to its end.
    """
    names = names or {}
    read = {address: read_page(html) for address, html in pages.items()}
    sections = [section for page in read.values() for section in page.sections]
    spoken = [{word.lower() for word in WORD.findall(" ".join(section.passages))} for section in sections]
    holders = Counter(word for section in sections for word in section.words | section.code)
    common = {word for word, number in holders.items() if number > COMMON * len(sections)}
    ordinary = set().union(*spoken)
    return [
        [
            address,
            [*page.keywords, *names.get(address, [])],
            [
                entry(section, common, ordinary, names.get(f"{address}#{section.anchor}"))
                for section in page.sections
            ],
        ]
        for address, page in read.items()
        if page.sections
    ]


def entry(section, common, ordinary, names=None):
    """Return a section's entry, with a 1 at its end if it is a term of the glossary.

    Its other names follow, if it has any.

    Of the words of its equations and solution those stay that are not `common` everywhere, and of its code
    the names, which are not `ordinary` words of the book's text.
    """
    text = "\n".join(section.passages)
    words = {word for word in section.words if len(word) > 2 or not word.isascii()}
    words |= {name for name in section.code if len(name) > 1 and name.lower() not in ordinary}
    words = {word for word in words if not word[0].isdigit()} - common - set(WORD.findall(text))
    found = [section.title, section.anchor, text, " ".join(sorted(words))]
    if names:
        return [*found, int(section.is_term), names]
    return [*found, 1] if section.is_term else found


def write_index(app, exception):
    """Write the index of a finished build, and a digest of it into its address in the search page."""
    if not is_site(app, exception):
        return
    out = Path(app.outdir)
    pages = {path.relative_to(out).as_posix(): path.read_text("utf-8") for path in page_paths(out)}
    table = Path(app.srcdir, NAMES)
    names = tomllib.loads(table.read_text("utf-8")) if table.exists() else {}
    entries = json.dumps(index_of(pages, names), ensure_ascii=False, separators=(",", ":"))
    # A browser reads one long string faster than thousands of lists, and the lists when they are needed.
    script = "const LOSSBOOK_INDEX = '" + re.sub(r"(['\\])", r"\\\1", entries) + "';\n"
    (out / INDEX).write_text(script, "utf-8")
    page = Path(app.builder.get_outfilename(PAGE))
    digest = hashlib.sha256(script.encode()).hexdigest()[:12]
    page.write_text(
        re.sub(rf'(?<="){INDEX}(?=")', f"{INDEX}?digest={digest}", page.read_text("utf-8")), "utf-8"
    )
    for name in REPLACED:
        (out / "_static" / name).unlink(missing_ok=True)


# ---- The pages ---------------------------------------------------------------------------------------------


def switch_off(app):
    """Have Sphinx collect no index of its own."""
    if app.builder.format == "html":
        app.builder.search = False


def search_page(app):
    """Offer the search page, which Sphinx writes only with its own index."""
    return [(PAGE, {}, "search.html")]


def select_scripts(app, pagename, templatename, context, doctree):
    """Give the search page its own files, and no page Sphinx's."""
    if pagename == PAGE:
        app.add_js_file(SCRIPT, loading_method="defer")
        app.add_css_file(STYLESHEET, priority=910)  # after book.css
    scripts = context["script_files"]
    scripts[:] = [script for script in scripts if not str(script.filename or "").endswith(REPLACED)]


def setup(app):
    """Connect the index and the pages' scripts."""
    app.connect("builder-inited", switch_off)
    app.connect("html-collect-pages", search_page)
    app.connect("html-page-context", select_scripts)
    app.connect("build-finished", write_index)
    app.add_js_file("found.js", loading_method="defer")
