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
from lossbook.site.map_drawing import FORMS, picture, sample

logger = logging.getLogger(__name__)

DATA, SCRIPT, STYLESHEET = "chapters/map.toml", "map.js", "map.css"
#: What a kind of edge is called between the names of its two chapters, and the other way round.
SPOKEN = {"builds_on": "builds on", "explains": "explains", "contrasts": "contrasts with"}
TURNED = {"builds_on": "used by", "explains": "explained by", "contrasts": "contrasts with"}
#: What stands under the picture until a reader asks: how to ask, and what lines and colors mean.
HINT = """
<p class="map-hint"><span class="with-mouse">Point at a chapter, or at a line, to read what joins them. Each
is a link.</span><span class="with-finger">Tap a chapter, or a line, to read what joins them. Tap it again to
go there.</span></p>
"""
SKIP = '<a class="map-skip" href="#the-same-as-a-list">Skip the map, to the same as a list</a>'
KEY = {
    "builds-on": "from what is used to what uses it",
    "explains": "one explains something of the other",
    "contrasts": "the two contrast",
}
FAMILIES = {
    "chances": "chances",
    "squares": "squared errors",
    "nearness": "nearness",
    "pictures": "pictures",
    "training": "training",
}


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
    """Return a list of the chapters, each with all that joins it to others."""
    listed = nodes.bullet_list(classes=["idea-list"])
    for number, idea in ideas.items():
        told = [
            joined(words[kind], edge[end], ideas, edge)
            for kind in SPOKEN
            for words, start, end in ((SPOKEN, "from", "to"), (TURNED, "to", "from"))
            for edge in edges
            if edge["kind"] == kind and edge[start] == number
        ]
        listed += nodes.list_item(
            "", nodes.paragraph("", "", named(number, idea)), nodes.bullet_list("", *told)
        )
    return listed


def named(number, idea):
    """Return a link to a chapter by number and name."""
    return places.link(f"{number:02}", f"{number} · {idea['name']}")


def joined(words, other, ideas, edge):
    """Return an edge as an item: its kind, the other chapter, and what it says, linked to the place."""
    told = nodes.paragraph("", f"{words} ", named(other, ideas[other]), nodes.Text(": "))
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
            drawn += f'<div class="map-says">{HINT}{legend()}</div>'
            node.replace_self(piece(f'<figure class="idea-map">{SKIP}{drawn}</figure>'))


def legend():
    """Return what the lines and the colors mean, as a list."""
    lines = "".join(f"<li>{sample(kind)} {words}</li>" for kind, words in KEY.items())
    colors = "".join(
        f'<span class="idea {family}"><svg class="map-sample" viewBox="0 0 16 12" aria-hidden="true">'
        f'<rect x="1" y="1" width="14" height="10" rx="3"/></svg>\xa0{words}</span> '
        for family, words in FAMILIES.items()
    )
    return f'<ul class="map-key">{lines}<li>{colors}</li></ul>'


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
