"""The download button gives each chapter's notebook: valid, complete, without figure frames and widgets."""

import nbformat
import pytest

from lossbook.notebooks.normalization import FIGURE_MIME, WIDGET_VIEW_MIME

pytestmark = pytest.mark.browser


def test_the_button_gives_a_clean_notebook(site, chapters, serve, opened, tmp_path):
    for name in chapters:
        page = opened(serve(site) + name)
        page.locator(".dropdown-download-buttons > button").click()
        link = page.locator("a.btn-download-source-button")
        assert link.is_visible()
        assert link.get_attribute("download") is not None
        reply = page.request.get(page.evaluate("(a) => a.href", link.element_handle()))
        assert reply.ok
        text = reply.text()
        notebook = nbformat.reads(text, as_version=nbformat.NO_CONVERT)
        nbformat.validate(notebook)
        assert FIGURE_MIME not in text
        assert WIDGET_VIEW_MIME not in text
        assert "widgets" not in notebook.metadata


def test_nothing_else_is_lost(site, chapters, request):
    for name in chapters:
        stem = name.removesuffix(".html")
        source = nbformat.read(request.config.rootpath / f"{stem}.ipynb", as_version=nbformat.NO_CONVERT)
        served = nbformat.read(site / "_sources" / f"{stem}.ipynb", as_version=nbformat.NO_CONVERT)
        assert [cell.source for cell in served.cells] == [cell.source for cell in source.cells]
        assert served.metadata.kernelspec.name == "python3"
        stills = [o for c in served.cells for o in c.get("outputs", []) if "image/png" in o.get("data", {})]
        assert stills, stem


def test_served_notebooks_carry_runnable_code(site, chapters):
    for name in chapters:
        path = site / "_sources" / (name.removesuffix(".html") + ".ipynb")
        for cell in nbformat.read(path, as_version=nbformat.NO_CONVERT).cells:
            if cell.cell_type == "code":
                compile(cell.source, str(path), "exec")


def test_pages_without_a_notebook_offer_no_download(site, serve, opened):
    page = opened(serve(site) + "references.html")
    assert page.locator(".dropdown-download-buttons").count() == 0
