"""What a page asks for when it is opened: little, nothing that holds it up, and nothing from elsewhere."""

import re

import pytest

from lossbook.site import weight
from lossbook.site.built import page_paths

pytestmark = pytest.mark.browser

#: Bytes of what pages share, the fonts included, and of a page with all of its pictures, as they are sent.
SHARED, WHOLE = 180_000, 700_000


@pytest.fixture(scope="module")
def pages(site):
    """What each page of the site asks for."""
    names = [path.relative_to(site).with_suffix("").as_posix() for path in page_paths(site)]
    assert len(names) > 15
    return [weight.read(site, name) for name in names]


def test_pages_stay_within_their_budgets(pages):
    assert {
        page.path.stem: weight.total(page.shared) for page in pages if weight.total(page.shared) > SHARED
    } == {}
    whole = {page.path.stem: weight.total({page.path} | page.data | page.first | page.late) for page in pages}
    assert {name: size for name, size in whole.items() if size > WHOLE} == {}
    assert max(whole.values()) > 100_000  # they were looked at


def test_all_pages_share_one_stylesheet_with_a_digest_and_wait_for_no_script(pages, site):
    (sheet,) = {sheet for page in pages for sheet in page.sheets}
    assert re.fullmatch(r"lossbook\.[0-9a-f]{12}\.css", sheet.name)
    assert [*site.rglob("*.css")] == [sheet]
    assert "@import" not in sheet.read_text("utf-8")
    assert {page.path.stem: page.blocking for page in pages if page.blocking} == {}
    assert all(len(page.shared) > 8 for page in pages)


def test_what_moves_figures_is_not_in_the_page(pages):
    for page in pages:
        html = page.path.read_text("utf-8")
        assert "application/json" not in html
        moving = 'class="lossbook-control"' in html
        assert bool(page.data) == (moving or page.path.stem == "search"), page.path.stem


def test_each_page_has_one_viewport_and_says_what_it_is_about(pages):
    told = []
    for page in pages:
        head = page.path.read_text("utf-8").partition("</head>")[0]
        assert head.count('name="viewport"') == 1
        (text,) = re.findall(r'<meta name="description" content="([^"]*)"', head)
        assert 10 < len(text) < 300, text
        assert not re.search(r"[$\\{}]", text), text
        told.append(text)
    assert len(set(told)) == len(told)
