"""The map of ideas: how the chapters use, explain and contrast each other, drawn and in words.

Both are made from ``chapters/map.toml``.
"""

import tomllib
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

from lossbook.site import places
from lossbook.site.folds import piece
from lossbook.site.map_drawing import FORMS, picture

logger = logging.getLogger(__name__)

DATA, SCRIPT, STYLESHEET = "chapters/map.toml", "map.js", "map.css"
#: What a kind of edge is called between the names of its two chapters.
SPOKEN = {"builds_on": "builds on", "explains": "explains", "contrasts": "contrasts with"}
HINT = "Point at a chapter, or at a line, to read what joins them. Each is a link."


def read(source):
    """Return the ideas by number and the edges with their sentences, from the book's folder."""
    data = tomllib.loads(Path(source, DATA).read_text("utf-8"))
    ideas = {int(number): idea for number, idea in data["ideas"].items()}
    edges = [edge | {"sentence": sentence(ideas, edge)} for edge in data["edges"]]
    return ideas, edges


def sentence(ideas, edge):
    """Return what an edge says, with its ends: "KL divergence builds on cross-entropy: KL is …"."""
    one, other = (ideas[edge[end]]["name"] for end in ("from", "to"))
    return f"{one[0].upper()}{one[1:]} {SPOKEN[edge['kind']]} {other}: {edge['says']}."


class idea_map(nodes.General, nodes.Element):
    """The place of the picture, until all pages are read and its links have addresses."""


class MapDirective(Directive):
    """``{idea-map}``: the picture. ``{idea-list}``: the same in words."""

    def run(self):
        """Return the picture's place, or the list."""
        env = self.state.document.settings.env
        env.note_dependency(DATA)
        if self.name == "idea-map":
            return [idea_map()]
        return [in_words(*read(env.srcdir))]


def in_words(ideas, edges):
    """Return a list of the chapters, each with what joins it to chapters that it builds on or speaks of."""
    listed = nodes.bullet_list(classes=["idea-list"])
    for number, idea in ideas.items():
        own = [edge for edge in edges if edge["from"] == number]
        item = nodes.list_item("", nodes.paragraph("", "", named(number, idea)))
        if own:
            item += nodes.bullet_list("", *(joined(edge, ideas[edge["to"]]) for edge in own))
        listed += item
    return listed


def named(number, idea):
    """Return a link to a chapter by number and name."""
    return places.link(f"{number:02}", f"{number} · {idea['name']}")


def joined(edge, other):
    """Return an edge as an item: its kind, the other chapter, and what it says, linked to the place."""
    told = nodes.paragraph("", f"{SPOKEN[edge['kind']]} ", named(edge["to"], other), nodes.Text(": "))
    told += places.link(edge["place"], edge["says"])
    told += nodes.Text(".")
    return nodes.list_item("", told)


class DrawMap(SphinxPostTransform):
    """Put the picture in its place."""

    default_priority = 400
    formats = ("html",)

    def run(self, **options):
        """Draw every map of the page."""
        for node in [*self.document.findall(idea_map)]:
            ideas, edges = read(self.env.srcdir)
            asked = {edge["place"]: edge["place"] for edge in edges} | {n: f"{n:02}" for n in ideas}
            found = {key: places.address(self.app, self.env.docname, place) for key, place in asked.items()}
            for key in (key for key, target in found.items() if target is None):
                logger.warning("the map names a place that is not there: %s", key, location=self.env.docname)
                found[key] = ""
            drawn = "".join(picture(form, ideas, edges, found) for form in FORMS)
            node.replace_self(
                piece(f'<figure class="idea-map">{drawn}<div class="map-says"><p>{HINT}</p></div></figure>')
            )


def add_script(app, pagename, templatename, context, doctree):
    """Give the page with the map its script."""
    if 'class="idea-map"' in (context.get("body") or ""):
        app.add_js_file(SCRIPT, loading_method="defer")


def setup(app):
    """Connect directives, picture, script and stylesheet."""
    for name in ("idea-map", "idea-list"):
        app.add_directive(name, MapDirective)
    app.add_node(idea_map)
    app.add_post_transform(DrawMap)
    app.connect("html-page-context", add_script)
    app.add_css_file(STYLESHEET, priority=910)  # after book.css
