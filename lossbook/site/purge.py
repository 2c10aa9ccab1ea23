"""Stylesheets cut down to the rules that the book can use.

The theme alone ships all of Bootstrap and all of Font Awesome's classes (397 kB, 65 kB gzip). A rule stays if
every class and id that it asks for occurs in some page of the book or in some script; a class in neither can
never match. What ``:not(…)``, ``:is(…)`` and their like contain is not asked for, so it never drops a rule.
"""

import itertools
import re

import tinycss2

#: At-rules that hold rules like those outside of them.
CONDITIONS = ("media", "supports")
#: A variable with its value, and how styles and scripts read one.
DEFINED = re.compile(r"(?<=[{;])\s*(--[\w-]+)\s*:([^;}]*)")
READ = re.compile(r"""(?:\bvar\(\s*|["'`])(--[\w-]+)""")
WORD = re.compile(r"-?[A-Za-z_][\w-]*")


def vocabulary(pages, scripts):
    """Return every word that could be a class or an id: from the pages' markup and from the scripts' text."""
    words = set()
    for page in pages:
        for value in re.findall(r'(?:class|id)="([^"]*)"', page):
            words.update(value.split())
        scripts = [*scripts, *re.findall(r"<script>(.*?)</script>", page, re.S)]
    for script in scripts:
        words.update(WORD.findall(script))
    return words


def can_match(selector, words):
    """Say whether a selector can match anything, given all the classes and ids there are."""
    tokens = tinycss2.parse_component_value_list(selector)
    names = [token.value for token in tokens if token.type == "hash"]
    names += [name.value for dot, name in itertools.pairwise(tokens) if dot == "." and name.type == "ident"]
    return words.issuperset(names)


def split_selectors(tokens):
    """Return the selectors of a list, each as text."""
    groups = itertools.groupby(tokens, key=lambda token: token == ",")
    return [tinycss2.serialize(list(group)).strip() for is_comma, group in groups if not is_comma]


def prune(rules, words):
    """Yield the text of the rules that can match; rules inside ``@media`` and ``@supports`` likewise."""
    for rule in rules:
        if rule.type == "qualified-rule":
            kept = [s for s in split_selectors(rule.prelude) if can_match(s, words)]
            if kept:
                yield f"{','.join(kept)}{{{tinycss2.serialize(rule.content)}}}"
        elif rule.lower_at_keyword in CONDITIONS:
            nested = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
            inner = "".join(prune(nested, words))
            if inner:
                yield f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{{inner}}}"
        else:
            yield rule.serialize()


def prune_css(css, words):
    """Return the stylesheet `css` without the rules that cannot match; of its comments, the licenses stay."""
    licenses = dict.fromkeys(re.findall(r"/\*!.*?\*/", css, re.S))
    rules = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
    return "".join([*licenses, *prune(rules, words)])


def prune_variables(css, texts):
    """Return the stylesheet `css` without variables that are read neither in it nor in any of the `texts`."""
    used = {name for text in [*texts, DEFINED.sub("", css)] for name in READ.findall(text)}
    reads = [(name, set(READ.findall(value))) for name, value in DEFINED.findall(css)]
    while more := set().union(*(names for name, names in reads if name in used)) - used:
        used |= more
    return "".join(_without_variables(tinycss2.parse_stylesheet(css, skip_whitespace=True), used))


def _without_variables(rules, used):
    for rule in rules:
        if rule.type == "qualified-rule":
            parts = tinycss2.parse_blocks_contents(rule.content, skip_comments=True, skip_whitespace=True)
            kept = [part for part in parts if not part.name.startswith("--") or part.name in used]
            if kept:
                body = ";".join(part.serialize() for part in kept)
                yield f"{tinycss2.serialize(rule.prelude).strip()}{{{body}}}"
        elif rule.type == "at-rule" and rule.lower_at_keyword in CONDITIONS:
            inner = "".join(_without_variables(tinycss2.parse_rule_list(rule.content, True, True), used))
            if inner:
                yield f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{{inner}}}"
        else:
            yield rule.serialize()
