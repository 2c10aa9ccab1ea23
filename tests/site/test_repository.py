"""The buttons that need the repository's public address come and go with that one setting."""

import lxml.html
import pytest

pytestmark = pytest.mark.browser


def links(path):
    return lxml.html.parse(str(path)).xpath('//div[@class="article-header-buttons"]//a/@href')


def test_no_address_no_buttons(site, pages, request):
    config = (request.config.rootpath / "_config.yml").read_text("utf-8")
    if 'url: ""' not in config:
        pytest.skip("the repository's public address is set")
    for name in pages:
        assert [link for link in links(site / name) if link.startswith("http")] == [], name


def test_an_address_brings_binder_colab_and_source(sample):
    found = [link for link in links(sample / "chapters/wide.html") if link.startswith("http")]
    repository = "https://github.com/example-owner/example-name"
    assert (
        "https://mybinder.org/v2/gh/example-owner/example-name/main?urlpath=lab/tree/chapters/wide.ipynb"
        in found
    )
    assert (
        "https://colab.research.google.com/github/example-owner/example-name/blob/main/chapters/wide.ipynb"
        in found
    )
    assert repository in found
    assert any(link.startswith(f"{repository}/issues/new") for link in found)


def test_launch_buttons_are_on_notebooks_only(sample):
    assert not [link for link in links(sample / "index.html") if "binder" in link or "colab" in link]


def test_pages_with_buttons_still_ask_nobody(sample, serve, opened):
    root = serve(sample)
    page = opened(root + "chapters/wide.html")
    assert [url for url in page.requested if not url.startswith((root, "data:"))] == []
    assert (page.failed, page.complaints) == ([], [])
    page.locator(".dropdown-launch-buttons > button").click()
    assert page.locator(".dropdown-launch-buttons a").first.is_visible()
