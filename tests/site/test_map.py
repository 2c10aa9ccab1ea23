"""The map of ideas: it agrees with the chapters' rows, can be read, and says the same in words."""

import graphlib
import itertools
import tomllib
from pathlib import Path

import lxml.html
import pytest

from lossbook.site import idea_map
from lossbook.site.map_drawing import FORMS, GAP, HEAD, edge_of, hits, line, picture

ROOT = Path(__file__).resolve().parents[2]
ROWS = {int(n): row for n, row in tomllib.loads((ROOT / "chapters/chapters.toml").read_text("utf-8")).items()}
IDEAS, EDGES = idea_map.read(ROOT)


# ---- Data --------------------------------------------------------------------------------------------------


def test_each_chapter_is_an_idea_and_two_are_joined_once_at_most():
    assert [*IDEAS] == [*ROWS]
    pairs = [frozenset((edge["from"], edge["to"])) for edge in EDGES]
    assert len(set(pairs)) == len(pairs)
    assert all(len(pair) == 2 and pair <= ROWS.keys() for pair in pairs)
    assert {edge["kind"] for edge in EDGES} == {"builds_on", "explains", "contrasts"}
    for edge in EDGES:
        assert 4 <= len(edge["says"].split()) <= 15
        assert edge["says"][0].isupper()
        assert edge["says"][-1] not in ".!?"


def test_what_a_chapter_builds_on_is_on_the_map_and_the_reverse():
    mapped = {(edge["from"], edge["to"]) for edge in EDGES if edge["kind"] == "builds_on"}
    assert mapped == {(number, base) for number, row in ROWS.items() for base in row["builds_on"]}


def test_what_to_read_next_is_joined_on_the_map_and_what_is_joined_is_to_be_read():
    """A chapter may send its readers on to one that builds on it, and need not send them to all of these."""
    joined = {frozenset((edge["from"], edge["to"])) for edge in EDGES}
    read_next = {frozenset((number, other)) for number, row in ROWS.items() for other in row["read_next"]}
    builds_on = {frozenset((number, base)) for number, row in ROWS.items() for base in row["builds_on"]}
    assert read_next <= joined
    assert joined - builds_on <= read_next


def test_no_chapter_builds_on_itself_by_whatever_way():
    order = [*graphlib.TopologicalSorter({n: row["builds_on"] for n, row in ROWS.items()}).static_order()]
    assert sorted(order) == [*ROWS]


# ---- Picture -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.key)
def test_boxes_lie_apart_within_the_picture_and_no_line_runs_through_a_third(form):
    at = {number: idea[form.key] for number, idea in IDEAS.items()}
    width, height = form.box
    assert all(width / 2 <= x <= form.width - width / 2 for x, _ in at.values())
    for (x, y), (u, v) in itertools.combinations(at.values(), 2):
        assert abs(x - u) > width + 5 or abs(y - v) > height + 5, (x, y, u, v)
    through = [
        (edge["from"], edge["to"], number)
        for edge in EDGES
        for number in set(at) - {edge["from"], edge["to"]}
        if hits(form, at[edge["from"]], at[edge["to"]], at[number])
    ]
    assert through == []


def test_a_line_through_a_box_is_found():
    form = FORMS[0]  # boxes of 118 × 42
    assert hits(form, (0, 0), (400, 0), (200, 20))
    assert not hits(form, (0, 0), (400, 0), (200, 22))
    assert not hits(form, (0, 0), (100, 0), (200, 0))
    assert hits(form, (0, 0), (400, 400), (200, 215))


def test_lines_stop_short_of_boxes_and_arrows_end_at_the_second():
    form = FORMS[0]
    assert edge_of(form.box, (100, 50), (500, 50)) == (100 + 59 + GAP, 50)
    assert edge_of(form.box, (100, 50), (100, 0)) == pytest.approx((100, 50 - 21 - GAP))
    # Up to the right by 3 : 4: it leaves by the upper side, GAP further along.
    assert edge_of(form.box, (0, 0), (30, -40)) == pytest.approx((21 * 0.75 + 0.6 * GAP, -21 - 0.8 * GAP))
    plain, head = line(form, (0, 0), (300, 0), arrow=False)
    assert (plain, head) == (f"M{59 + GAP}.0 0.0L{241 - GAP}.0 0.0", "")
    plain, head = line(form, (0, 0), (300, 0), arrow=True)
    assert plain.endswith(f"L{241 - GAP - HEAD}.0 0.0")
    assert head.startswith(f"M{241 - GAP}.0 0.0L{241 - GAP - HEAD}.0 ")


def test_every_box_and_line_is_a_link_and_what_builds_on_another_has_the_arrow():
    ideas = {
        1: {"name": "a < b", "family": "f", "at": [60, 30]},
        2: {"name": "c", "family": "g", "at": [300, 90]},
    }
    edge = {"from": 2, "to": 1, "kind": "builds_on", "place": "x-y", "sentence": "C builds on a < b."}
    addresses = {1: "one.html", 2: "two.html", "x-y": "two.html#x"}
    svg = lxml.html.fromstring(picture(FORMS[0], ideas, [edge], addresses))
    assert svg.get("viewbox") == "0 5 760 110"
    assert [(a.get("href"), a.text_content()) for a in svg.xpath(".//a[@data-idea]")] == [
        ("one.html", "1\xa0·\xa0a < b"),
        ("two.html", "2\xa0·\xa0c"),
    ]
    (link,) = svg.xpath(".//a[@data-ends]")
    assert (link.get("href"), link.get("aria-label")) == ("two.html#x", "C builds on a < b.")
    (head,) = link.xpath("./path[@class='head']/@d")
    x, y = map(float, head[1:].split("L")[0].split())
    assert abs(x - 300) < 80 > abs(y - 90) < abs(y - 30)  # at the chapter that builds on the other
    plain = lxml.html.fromstring(picture(FORMS[0], ideas, [edge | {"kind": "explains"}], addresses))
    assert not plain.xpath(".//path[@class='head']")


# ---- Page --------------------------------------------------------------------------------------------------


@pytest.mark.browser
def test_the_list_says_what_the_picture_says(site):
    page = lxml.html.parse(str(site / "pages/map.html"))
    for form in FORMS:
        (svg,) = page.xpath(f"//figure//svg[@class='map-{form.key}']")
        lines = {(a.get("href"), a.get("aria-label")) for a in svg.xpath(".//a[@data-ends]")}
        assert len(lines) == len(EDGES)
        boxes = [a.get("href") for a in svg.xpath(".//a[@data-idea]")]
        items = page.xpath("//ul[contains(@class, 'idea-list')]/li")
        assert [item.xpath(".//a/@href")[0] for item in items] == boxes
        told = set()
        joined = [
            (inner.xpath("string(.//a/@href)"), n)
            for n, item in enumerate(items)
            for inner in item.xpath("./ul/li")
        ]
        assert len(joined) == len(set(joined)) == 2 * len(EDGES)  # each line stands at both of its chapters
        for item in items:
            for inner in item.xpath("./ul/li"):
                kind = inner.text_content().split("\xa0")[0]
                name, place = inner.xpath(".//a")
                assert name.get("href") in boxes
                told.add((place.get("href"), place.text_content().replace("’", "'")))
                assert kind
        assert told == {(href, label.split(": ", 1)[1].removesuffix(".")) for href, label in lines}


@pytest.mark.browser
def test_what_is_pointed_at_or_focused_stays_bright_and_is_told(site, serve, opened):
    page = opened(serve(site) + "pages/map.html", reduced_motion="reduce")
    lit = "() => [...document.querySelectorAll('.map-at .idea.lit')].map((a) => a.dataset.idea).sort()"
    says = page.locator(".map-says")
    hint = says.text_content()
    page.locator('.map-at a[data-idea="9"]').focus()
    around = {end for edge in EDGES for end in (edge["from"], edge["to"]) if 9 in (edge["from"], edge["to"])}
    assert page.evaluate(lit) == sorted(map(str, around))
    told = [edge["sentence"] for edge in EDGES if 9 in (edge["from"], edge["to"])]
    assert says.locator("a").all_text_contents() == told
    # The sentences are links that the keyboard reaches behind the boxes; beyond them all is as before.
    page.keyboard.press("Shift+Tab")
    assert page.evaluate(lit) != sorted(map(str, around))
    page.locator(".idea-list a").first.focus()
    assert says.text_content() == hint
    page.locator('.map-at a[data-ends="5 2"] .reach').hover(force=True)
    assert page.evaluate(lit) == ["2", "5"]
    assert says.locator("a").all_text_contents() == [
        "KL divergence builds on cross-entropy: KL is cross-entropy minus entropy."
    ]
    says.locator("a").click()
    page.wait_for_url("**/chapters/05_kl_divergence.html#equation-kl-surplus")


@pytest.mark.browser
def test_a_first_tap_reads_and_a_second_follows(site, serve, opened):
    page = opened(
        serve(site) + "pages/map.html", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    says, box = page.locator(".map-says"), page.locator('.map-narrow a[data-idea="13"]')
    key = says.text_content()
    box.tap()
    told = [edge["sentence"] for edge in EDGES if 13 in (edge["from"], edge["to"])]
    assert says.locator("a").all_text_contents() == ["Open chapter 13\xa0·\xa0L2 loss", *told]
    page.locator("#the-same-as-a-list h2").tap()
    assert says.text_content() == key
    box.tap()
    box.tap()
    page.wait_for_url("**/13_l2_loss.html")


@pytest.mark.browser
@pytest.mark.parametrize("block", ["start", "center", "end"])
def test_a_second_tap_at_the_same_place_meets_the_same_box(site, serve, opened, block):
    address = serve(site) + "pages/map.html"
    page = opened(address, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    for number in (1, 13, 15):
        page.goto(address)
        link = page.locator(f'.map-narrow a[data-idea="{number}"]')
        link.evaluate("(e, block) => e.scrollIntoView({ block, behavior: 'instant' })", block)
        if block == "start":  # below the header
            page.evaluate("scrollBy({ top: -70, behavior: 'instant' })")
        box, place = link.locator("rect").bounding_box(), page.evaluate("scrollY")
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        page.touchscreen.tap(x, y)
        page.locator(".map-says a").first.wait_for()
        assert page.evaluate("scrollY") == place
        page.touchscreen.tap(x, y)
        page.wait_for_url(f"**/chapters/{number:02}_*.html")


@pytest.mark.browser
def test_the_keyboard_may_skip_the_map(site, serve, opened):
    page = opened(serve(site) + "pages/map.html")
    skip = page.locator(".map-skip")
    assert skip.bounding_box()["width"] <= 1
    skip.focus()
    assert skip.bounding_box()["width"] > 100
    page.keyboard.press("Enter")
    page.wait_for_url("**/map.html#the-same-as-a-list")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.idea-map') === null")


@pytest.mark.browser
def test_a_phone_gets_the_arrangement_that_fits(site, serve, opened, resized):
    page = opened(serve(site) + "pages/map.html")
    seen = (
        "() => ['at', 'narrow'].map((k) => document.querySelector(`.map-${k}`).getBoundingClientRect().width)"
    )
    assert page.evaluate(seen)[1] == 0 < 600 < page.evaluate(seen)[0]
    resized(page, 390)
    assert page.evaluate(seen)[0] == 0
    assert 330 < page.evaluate(seen)[1] <= 390
    assert page.evaluate("document.documentElement.scrollWidth") == 390
