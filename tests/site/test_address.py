"""What search engines, hosts and shared links get of the site, with its public address and without it.

The book has none of its own; the sample has one.
"""

import re
import struct
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree

import lxml.html
import pytest

from lossbook.site.built import page_paths
from lossbook.site.not_found import OTHERS, from_root
from lossbook.site.sharing import PICTURE, SIZE

ROOT = Path(__file__).resolve().parents[2]
ADDRESS = "https://example.org/book/"

in_a_book = pytest.mark.browser  # the sites are built for the tests that look at them in a browser


def head(folder, name):
    """Return the contents of the tags in a page's head, by name or property, and its canonical address."""
    page = lxml.html.parse(str(folder / f"{name}.html"))
    tags = {tag.get("property") or tag.get("name"): tag.get("content") for tag in page.xpath("//head/meta")}
    return tags, page.xpath("//head/link[@rel='canonical']/@href")


# ---- Shared links ------------------------------------------------------------------------------------------


@in_a_book
def test_a_page_tells_its_title_and_what_it_answers(site):
    for name, kind, title in (
        ("index", "website", "The Loss Book"),
        ("chapters/02_cross_entropy", "article", "2 · What is cross-entropy, and what is it for?"),
    ):
        tags, _ = head(site, name)
        assert (tags["og:type"], tags["og:title"], tags["og:site_name"]) == (kind, title, "The Loss Book")
        assert tags["og:description"] == tags["description"]
        assert tags["twitter:card"] == "summary_large_image"
        assert (site / name).parent.joinpath(tags["og:image"]).resolve() == (site / PICTURE).resolve()
        assert "og:url" not in tags
    assert lxml.html.parse(str(site / "index.html")).findtext(".//title") == "The Loss Book"


@in_a_book
def test_with_an_address_all_of_it_is_whole(sample):
    tags, canonical = head(sample, "chapters/99_layers")
    assert tags["og:image"] == ADDRESS + PICTURE
    assert [tags["og:url"]] == canonical == [ADDRESS + "chapters/99_layers.html"]


@in_a_book
def test_the_picture_has_the_size_that_is_told(site):
    tags, _ = head(site, "index")
    picture = (site / PICTURE).read_bytes()
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    told = int(tags["og:image:width"]), int(tags["og:image:height"])
    assert struct.unpack(">II", picture[16:24]) == told == SIZE == (1200, 630)
    assert len(picture) < 60_000


# ---- Search engines ----------------------------------------------------------------------------------------


@in_a_book
def test_without_an_address_there_is_no_sitemap_and_no_canonical_link(site):
    assert [*site.glob("sitemap.xml"), *site.glob("robots.txt")] == []
    assert head(site, "chapters/15_huber")[1] == []


@in_a_book
def test_the_sitemap_lists_each_page_that_is_worth_finding(sample):
    tree = ElementTree.parse(sample / "sitemap.xml")
    listed = [url.text for url in tree.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    names = {path.relative_to(sample).as_posix() for path in page_paths(sample)}
    assert {url.removeprefix(ADDRESS) for url in listed} == names - {"404.html", "search.html"}
    assert all(url.startswith(ADDRESS) for url in listed)
    assert len(listed) == len(set(listed)) > 5
    assert f"Sitemap: {ADDRESS}sitemap.xml" in (sample / "robots.txt").read_text("utf-8")


@in_a_book
@pytest.mark.parametrize(("name", "robots"), [("404", "noindex"), ("search", "noindex"), ("index", None)])
def test_pages_that_answer_nothing_are_not_to_be_listed(site, name, robots):
    assert head(site, name)[0].get("robots") == robots


# ---- The page for what is missing --------------------------------------------------------------------------


def addresses(folder):
    """Return where the links, scripts and forms of the page lead that begin in the site."""
    html = (folder / "404.html").read_text("utf-8")
    found = re.findall(r'\s(?:href|src|action|data-content_root)="([^"#][^"]*)"', html)
    return [address for address in found if not urlsplit(address).scheme]


@in_a_book
def test_a_missing_page_offers_the_search_all_chapters_and_other_pages(site):
    page = lxml.html.parse(str(site / "404.html"))
    (body,) = page.xpath("//article[contains(@class, 'not-found')]")
    assert body.findtext("h1") == "This page does not exist"
    assert body.xpath(".//form//input/@name") == ["q"]
    links = body.xpath(".//li/a/@href")
    assert links[0] == "index.html"
    chapters = sorted(f"chapters/{path.stem}.html" for path in ROOT.glob("chapters/*.ipynb"))
    assert links[1:] == [*chapters, *(f"{name}.html" for name in OTHERS)]


@in_a_book
def test_its_links_lead_to_files_from_where_it_is_or_from_the_root_of_the_site(site, sample):
    for folder, root in ((site, ""), (sample, "/book/")):
        found = addresses(folder)
        assert len(found) > 20
        assert [address for address in found if not address.startswith(root)] == []
        assert root or [address for address in found if address.startswith("/")] == []
        for address in found:
            assert (folder / urlsplit(address.removeprefix(root)).path).exists(), address


def test_links_to_places_in_the_page_and_to_other_hosts_stay():
    html = '<a href="a.html#b"><a href="#c"><a href="https://d"><html data-content_root="./"><p a="x.html">'
    done = (
        '<a href="/r/a.html#b"><a href="#c"><a href="https://d"><html data-content_root="/r/"><p a="x.html">'
    )
    assert from_root(html, "/r/") == done
    assert from_root(done, "/r/") == done
