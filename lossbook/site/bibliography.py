"""The reference list: a letter a section, labels of author and year, and who cites each work."""

import re

from docutils import nodes
from pybtex.plugin import register_plugin
from pybtex.style.formatting.plain import Style as PlainStyle
from pybtex.style.labels import BaseLabelStyle
from sphinx.transforms.post_transforms import SphinxPostTransform

CHAPTER = re.compile(r"chapters/(?P<number>\d\d)_\w+")


class AuthorYearLabels(BaseLabelStyle):
    """Labels such as ``Huber 1964``, ``Holland & Welsch 1977`` and ``Zhang et al. 2018``."""

    def format_labels(self, entries):
        """Yield one label for each entry, with a, b, … after the year where two would be equal."""
        plain = [self.format_label(entry) for entry in entries]
        seen = {}
        for label in plain:
            if plain.count(label) == 1:
                yield label
                continue
            seen[label] = seen.get(label, -1) + 1
            yield label + "abcdefghij"[seen[label]]

    def format_label(self, entry):
        """Return the label of one entry: up to two family names, then the year."""
        names = [" ".join(person.prelast_names + person.last_names) for person in entry.persons["author"]]
        names = [name.replace("{", "").replace("}", "") for name in names]
        who = " & ".join(names) if len(names) <= 2 else f"{names[0]} et al."
        return f"{who} {entry.fields['year']}"


class LossBookStyle(PlainStyle):
    """pybtex's plain style with author–year labels."""

    default_label_style = AuthorYearLabels


class ArrangeWorks(SphinxPostTransform):
    """Group the works by the letter that their keys begin with, and say at each which pages cite it."""

    default_priority = 6  # right after the works have been put in their places
    formats = ("html",)

    def run(self, **kwargs):
        """Replace the list of a page by a row of letters and a section for each."""
        works = list(self.document.findall(nodes.citation))
        if not works:
            return
        places, letters, listed = self.places(), {}, works[0].parent
        for work in works:
            key = work["ids"][0]
            letters.setdefault(key[0], []).append(work)
            links = [self.link(page, anchor) for page, anchor in sorted(places.get(key, {}).items())]
            if links:
                parts = [part for link in links for part in (nodes.Text(" · "), link)][1:]
                work[-1] += nodes.inline("", " Cited in ", *parts, classes=["cited-in"])
        row, sections = nodes.paragraph(classes=["letters"]), []
        for letter, group in sorted(letters.items()):
            name = f"works-{letter}"
            row += nodes.reference("", letter.upper(), refuri=f"#{name}", internal=True)
            row += nodes.Text(" ")
            sections.append(nodes.section("", nodes.title("", letter.upper()), *group, ids=[name]))
        listed.replace_self([row, *sections])

    def places(self):
        """Return where each work is cited: key to page to the anchor of the first citation there."""
        found = {}
        for reference in self.env.get_domain("cite").citation_refs:
            for target in reference.targets:
                found.setdefault(target.key, {}).setdefault(reference.docname, reference.citation_ref_id)
        return found

    def link(self, page, anchor):
        """Return a link to a citation, named after its page."""
        chapter = CHAPTER.fullmatch(page)
        text = f"chapter {int(chapter['number'])}" if chapter else self.env.titles[page].astext()
        address = self.app.builder.get_relative_uri(self.env.docname, page)
        return nodes.reference("", text, refuri=f"{address}#{anchor}", internal=True)


def pages_to_renew(app, env):
    """Have the reference list written again, since other pages may cite other works."""
    return sorted({key.docname for key in env.get_domain("cite").bibliographies})


def setup(app):
    """Register the style ``lossbook`` (``bibtex_default_style`` in ``_config.yml``), and the list's parts."""
    register_plugin("pybtex.style.formatting", "lossbook", LossBookStyle)
    app.add_post_transform(ArrangeWorks)
    app.connect("env-updated", pages_to_renew)
