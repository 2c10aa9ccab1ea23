"""Small corrections to HTML from Sphinx and its extensions, where assistive software stumbles over it."""

import re

CORRECTIONS = [
    # The entries of a reference list stand in a box with role="list"; the role that docutils gives them is
    # deprecated and no child of a list.
    (re.compile(r'role="doc-biblioentry"'), 'role="listitem"'),
    # sphinx-proof repeats the theorem's id on its title.
    (re.compile(r'(<p class="admonition-title") id="[^"]*"'), r"\1"),
    # myst-nb names the fold of a cell "Toggle hidden content", whatever the fold's own words are.
    (re.compile(r'<summary aria-label="Toggle hidden content">'), "<summary>"),
]


def correct(html):
    """Return a page's article with :data:`CORRECTIONS` applied."""
    for pattern, replacement in CORRECTIONS:
        html = pattern.sub(replacement, html)
    return html


#: A table to choose by, which has no room for long names of code; and such a name in it.
DECISIONS = re.compile(r'<div class="cell tag_lossbook-decisions.*?</table>', re.DOTALL)
NAME = re.compile(r'(?<=<span class="pre">)\w+(?=</span>)')


def with_names_that_go_on(html):
    """Return a page's article whose tables to choose by may break a name of code after an underscore."""
    return DECISIONS.sub(
        lambda table: NAME.sub(lambda name: re.sub(r"_(?=[^_])", "_<wbr>", name[0]), table[0]), html
    )


#: A link in the list of pages, and the beginning of the fold with the pages below it, which has no name.
BRANCH = re.compile(r"(<a [^>]*>\s*([^<]+?)\s*</a>\s*<details[^>]*>\s*<summary)>")


def with_named_branches(tree):
    """Return the list of pages, each fold in it named after the page above."""
    return BRANCH.sub(r'\1 aria-label="Pages of: \2">', str(tree))


def name_branches(app, pagename, templatename, context, doctree):
    """Have the theme's function that writes the list of pages name its folds."""
    write = context.get("generate_toctree_html")
    if write:
        context["generate_toctree_html"] = lambda *args, **options: with_named_branches(
            write(*args, **options)
        )


def correct_page(app, pagename, templatename, context, doctree):
    """Correct one page before its template is filled."""
    if context.get("body"):
        context["body"] = with_names_that_go_on(correct(context["body"]))


def setup(app):
    """Connect the corrections."""
    app.connect("html-page-context", correct_page)
    app.connect("html-page-context", name_branches, priority=900)  # after the theme has brought its function
