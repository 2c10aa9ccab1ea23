"""Places that data files name: equations, headings and chapters, and what is nowhere."""

from types import SimpleNamespace

import pytest
from docutils import nodes

from lossbook.site import places


def heading(text, anchor):
    return nodes.list_item("", nodes.paragraph("", "", nodes.reference("", text, anchorname=anchor)))


@pytest.fixture
def app():
    """What Sphinx knows of a book of two chapters, and a builder whose addresses show what was asked."""
    tocs = {
        "index": nodes.bullet_list("", heading("Definition", "#no")),
        "chapters/05_kl": nodes.bullet_list("", heading("5 · KL", ""), heading("Kraft’s\xa0“way”", "#id3")),
        "chapters/06_js": nodes.bullet_list("", heading("Definition", "#definition")),
    }
    domain = SimpleNamespace(equations={"kl-surplus": ("chapters/05_kl", "4")})
    env = SimpleNamespace(tocs=tocs, get_domain={"math": domain}.__getitem__)
    builder = SimpleNamespace(get_relative_uri=lambda page, target: f"{page}->{target}")
    return SimpleNamespace(env=env, builder=builder)


@pytest.mark.parametrize(
    ("place", "found"),
    [
        ("kl-surplus", ("chapters/05_kl", "equation-kl-surplus")),
        ("05", ("chapters/05_kl", "")),
        ("06: Definition", ("chapters/06_js", "definition")),
        ('05: Kraft\'s "way"', ("chapters/05_kl", "id3")),
        *[(nowhere, None) for nowhere in ("kl-surplus-2", "07", "07: Definition", "05: Definition", "")],
    ],
)
def test_a_place_is_an_equation_a_heading_of_a_chapter_or_a_chapter(app, place, found):
    assert places.find(app.env, place) == found
    wanted = found and f"here->{found[0]}" + (f"#{found[1]}" if found[1] else "")
    assert places.address(app, "here", place) == wanted


def test_a_link_without_a_text_names_its_place(app):
    for place, name, aside in (
        ("kl-surplus", "equation (5.4)", "(5.4)"),
        ("06: Definition", "chapter 6, Definition", "(chapter 6, Definition)"),
        ("05", "chapter 5", "(chapter 5)"),
    ):
        for node, wanted in ((places.link(place), name), (places.link(place, aside=True), aside)):
            node["refdoc"] = "pages/glossary"
            assert places.resolve(app, app.env, node, node[0]).astext() == wanted


def test_links_are_resolved_and_those_to_nowhere_are_left_to_sphinx_to_complain(app):
    found, lost = (places.link(place, "shown") for place in ("kl-surplus", "kl-nothing"))
    for node in (found, lost):
        node["refdoc"] = "pages/map"
        assert node["refwarn"]
    reference = places.resolve(app, app.env, found, found[0])
    assert reference["refuri"] == "pages/map->chapters/05_kl#equation-kl-surplus"
    assert reference.astext() == "shown"
    assert places.resolve(app, app.env, lost, lost[0]) is None
    found["reftype"] = "doc"  # another's link
    assert places.resolve(app, app.env, found, found[0]) is None
