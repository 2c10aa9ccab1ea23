"""The theme's stylesheet, cut down to the rules that the book can use.

The theme ships all of Bootstrap and all of Font Awesome's classes (397 kB, 65 kB gzip). A rule stays if every
class and id that it asks for occurs in some page of the book or in some script; a class in neither can never
match. What ``:not(…)``, ``:is(…)`` and their like contain is not asked for, so it never drops a rule.
"""

import re
from pathlib import Path

import tinycss2

from lossbook.site.built import is_site, page_paths, write_stylesheet
from lossbook.site.icons import theme_file

#: The stylesheets to cut down, in the theme's own naming.
STYLESHEETS = ("styles/pydata-sphinx-theme.css",)

FONT_AWESOME_RULE = re.compile(r"\.fa[srb]?(?![\w])")
FUNCTION = re.compile(r":[\w-]+\([^()]*(?:\([^()]*\)[^()]*)*\)")
NAME = re.compile(r"[.#](-?[A-Za-z_][\w-]*)")


def vocabulary(pages, scripts):
    """Return every word that could be a class or an id: from the pages' markup and from the scripts' text."""
    words = set()
    for page in pages:
        for value in re.findall(r'(?:class|id)="([^"]*)"', page):
            words.update(value.split())
    inline = (text for page in pages for text in re.findall(r"<script>(.*?)</script>", page, re.S))
    for text in [*scripts, *inline]:
        words.update(re.findall(r"-?[A-Za-z_][\w-]*", text))
    return words


def split_selectors(text):
    """Split a selector list at its outermost commas."""
    parts, depth, start = [], 0, 0
    for position, character in enumerate(text):
        depth += (character in "([") - (character in ")]")
        if character == "," and depth == 0:
            parts.append(text[start:position])
            start = position + 1
    return [part.strip() for part in [*parts, text[start:]]]


def can_match(selector, words):
    """Say whether a selector can match anything, given all the classes and ids there are."""
    if FONT_AWESOME_RULE.match(selector):
        return False  # icons.css draws the icons
    if "\\" in selector:
        return True
    plain = re.sub(r"\[[^\]]*\]", "", FUNCTION.sub("", selector))
    return all(name in words for name in NAME.findall(plain))


def prune(rules, words):
    """Yield the text of the rules that can match; rules inside ``@media`` and ``@supports`` likewise."""
    for rule in rules:
        if rule.type == "qualified-rule":
            selectors = split_selectors(tinycss2.serialize(rule.prelude))
            kept = [s for s in selectors if can_match(s, words)]
            if kept:
                yield f"{','.join(kept)}{{{tinycss2.serialize(rule.content)}}}"
        elif rule.type == "at-rule" and rule.lower_at_keyword in ("media", "supports"):
            nested = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
            inner = "".join(prune(nested, words))
            if inner:
                yield f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{{inner}}}"
        elif rule.type == "at-rule":
            text = rule.serialize()
            if rule.lower_at_keyword != "font-face" or "Font Awesome" not in text:
                yield text


def prune_css(css, words):
    """Return the stylesheet `css` without the rules that cannot match; of its comments, the licenses stay."""
    licenses = "".join(dict.fromkeys(re.findall(r"/\*!.*?\*/", css, re.S)))
    return licenses + "".join(
        prune(tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True), words)
    )


def write_stylesheets(app, exception):
    """Write the cut-down stylesheets of a finished build."""
    if not is_site(app, exception):
        return
    out = Path(app.outdir)
    pages = [path.read_text("utf-8") for path in page_paths(out)]
    scripts = [path for path in sorted((out / "_static").rglob("*.js")) if "mathjax" not in path.parts]
    words = vocabulary(pages, [path.read_text("utf-8") for path in scripts])
    for name in STYLESHEETS:
        write_stylesheet(out, name, prune_css(theme_file(app, name).read_text("utf-8"), words))


def setup(app):
    """Connect the writing; it reads the scripts that ``assets`` leaves in place."""
    app.connect("build-finished", write_stylesheets, priority=600)
