"""Every link and every address inside the site leads somewhere, and nothing is loaded from elsewhere."""

import re
from urllib.parse import unquote, urlsplit

import lxml.html
import pytest

pytestmark = pytest.mark.browser

#: Attributes that hold an address; all but the first load what stands there, or send something there.
ADDRESSES = [("a", "href"), ("link", "href"), ("script", "src"), ("img", "src"), ("form", "action")]


@pytest.fixture(scope="module")
def trees(site):
    """The site's pages: ``{path: parsed page}``."""
    paths = [path for path in site.rglob("*.html") if not {"_static", "_sources"} & set(path.parts)]
    assert {"index.html", "references.html", "search.html"} <= {path.name for path in paths}
    return {path: lxml.html.fromstring(path.read_text("utf-8")) for path in paths}


def test_every_internal_link_resolves_and_other_sites_are_linked_only(site, trees):
    anchors = {path: set(tree.xpath("//@id")) | set(tree.xpath("//a/@name")) for path, tree in trees.items()}
    count = 0
    for path, tree in trees.items():
        for tag, attribute in ADDRESSES:
            for address in tree.xpath(f"//{tag}/@{attribute}"):
                parts = urlsplit(address)
                if parts.scheme or parts.netloc:
                    assert tag == "a" or not parts.netloc, (path.name, address)
                    continue
                count += 1
                target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
                assert target.is_file(), (path.name, address)
                assert target.is_relative_to(site), (path.name, address)
                anchor = unquote(parts.fragment)
                assert not anchor or target not in anchors or anchor in anchors[target], (path.name, address)
    assert count > 50


def test_ids_are_unique_on_each_page(trees):
    for path, tree in trees.items():
        ids = tree.xpath("//@id")
        assert sorted({i for i in ids if ids.count(i) > 1}) == [], path.name


def test_each_work_has_an_address(site):
    """Each entry of the reference list links to its DOI or arXiv page, or says its ISBN or its pages."""
    entries = lxml.html.parse(str(site / "references.html")).xpath('//div[@class="citation"]')
    assert len(entries) > 80
    address = re.compile(r"https://doi\.org/10\.\d+/.|https://arxiv\.org/abs/(\d{4}\.\d{4,5}|[a-z-]+/\d{7})$")
    for entry in entries:
        text = entry.text_content()
        assert any(map(address.match, entry.xpath(".//a/@href"))) or re.search(r"ISBN|\d+–\d+", text), text
