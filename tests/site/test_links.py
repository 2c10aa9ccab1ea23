"""Every link and every address inside the site leads somewhere."""

import re
from urllib.parse import unquote, urlsplit

import lxml.html
import pytest

pytestmark = pytest.mark.browser

#: Attributes that hold an address.
ADDRESSES = [("a", "href"), ("link", "href"), ("script", "src"), ("img", "src"), ("form", "action")]


def trees(site, pages):
    """Return ``{path: parsed page}``."""
    return {(site / name).resolve(): lxml.html.fromstring((site / name).read_text("utf-8")) for name in pages}


def broken_addresses(site, pages):
    """Return ``(page, address)`` for each internal address that leads nowhere, and how many there are."""
    parsed, broken, count = trees(site, pages), [], 0
    anchors = {path: set(tree.xpath("//@id")) | set(tree.xpath("//a/@name")) for path, tree in parsed.items()}
    for path, tree in parsed.items():
        for tag, attribute in ADDRESSES:
            for address in tree.xpath(f"//{tag}/@{attribute}"):
                parts = urlsplit(address)
                if parts.scheme or parts.netloc:
                    continue
                count += 1
                target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
                anchor = unquote(parts.fragment)
                found = target.is_file() and target.is_relative_to(site)
                if not found or (anchor and target in anchors and anchor not in anchors[target]):
                    broken.append((path.name, address))
    return broken, count


def test_every_internal_link_resolves(site, pages):
    broken, count = broken_addresses(site.resolve(), pages)
    assert broken == []
    assert count > 50


def test_ids_are_unique_on_each_page(site, pages):
    for path, tree in trees(site, pages).items():
        ids = tree.xpath("//@id")
        assert sorted({i for i in ids if ids.count(i) > 1}) == [], path.name


def test_links_to_other_sites_are_links_only(site, pages):
    """Styles, scripts, pictures and forms never name another host."""
    for path, tree in trees(site, pages).items():
        for tag, attribute in ADDRESSES[1:]:
            named = [a for a in tree.xpath(f"//{tag}/@{attribute}") if urlsplit(a).netloc]
            assert named == [], path.name


def test_each_work_has_an_address(site):
    """Each entry of the reference list links to its DOI or arXiv page, or says its ISBN or its pages."""
    entries = lxml.html.parse(str(site / "references.html")).xpath('//div[@class="citation"]')
    assert len(entries) > 80
    for entry in entries:
        linked = entry.xpath('.//a[contains(@href, "doi.org/") or contains(@href, "arxiv.org/abs/")]')
        text = entry.text_content()
        assert linked or "ISBN" in text or re.search(r"\d+–\d+", text), text
