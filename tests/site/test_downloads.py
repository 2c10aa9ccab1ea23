"""What a reader takes home from the site runs elsewhere, and says in plain Markdown what the page says."""

import re
import zipfile
from pathlib import Path

import nbformat
import pytest

from lossbook.figures.engine import FIGURE_MIME
from lossbook.figures.engine.live import WIDGET_VIEW_MIME
from lossbook.site.downloads import SOLVED, WHEEL

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = [f"chapters/{path.stem}" for path in sorted(ROOT.glob("chapters/*.ipynb"))]
OTHERS = [f"pages/{path.stem}" for path in sorted(ROOT.glob("pages/*.ipynb"))]

#: An equation on a page: its label, and the number that it bears; and a reference to one.
NUMBERED = re.compile(r'id="equation-([^"]+)">.*?<span class="eqno">\((\d+\w?)\)', re.DOTALL)
REFERRED = re.compile(r'href="#equation-[^"]+">\((\d+\w?)\)<')


def read(path):
    return nbformat.read(path, as_version=nbformat.NO_CONVERT)


def prose(notebook):
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


#: Each notebook's page and the end of the download that holds all of it.
WHOLE = [(name, SOLVED) for name in CHAPTERS] + [(name, ".ipynb") for name in OTHERS]


@pytest.mark.parametrize(("name", "ending"), WHOLE)
def test_the_whole_download_is_the_notebook_without_frames_and_widgets(site, name, ending):
    source, served = read(ROOT / f"{name}.ipynb"), read(site / "_sources" / f"{name}{ending}")
    nbformat.validate(served)
    for cell, wanted in zip(served.cells, source.cells, strict=True):
        if cell.cell_type == "code" and cell.id != "setup":
            assert cell.source == wanted.source
    assert served.metadata.kernelspec.name == "python3"
    assert "widgets" not in served.metadata
    kinds = [kind for cell in served.cells for out in cell.get("outputs", []) for kind in out.get("data", {})]
    assert "image/png" in kinds
    assert not {FIGURE_MIME, WIDGET_VIEW_MIME} & set(kinds)


@pytest.mark.parametrize("name", CHAPTERS)
def test_the_download_numbers_its_equations_as_the_page_does(site, name):
    html = (site / f"{name}.html").read_text("utf-8")
    said, source = prose(read(site / "_sources" / f"{name}{SOLVED}")), prose(read(ROOT / f"{name}.ipynb"))
    labels = re.findall(r"\$\$ *\(([^)]+)\)", source)
    numbers = dict(NUMBERED.findall(html))
    assert [numbers[label] for label in labels] == re.findall(r"\\tag\{(\d+\w?)\}\s*\$\$", said)
    assert len(REFERRED.findall(html)) == source.count("{eq}`") > 2
    assert re.findall(r"\{[a-z:]+\}`|^: |^\([^)]+\)=$", said, re.MULTILINE) == []
    given = prose(read(site / "_sources" / f"{name}.ipynb"))  # the student's has the same numbers
    assert set(re.findall(r"\\tag\{\d+\w?\}", given)) <= set(re.findall(r"\\tag\{\d+\w?\}", said))
    assert re.findall(r"\{[a-z:]+\}`", given) == []


@pytest.mark.parametrize("name", CHAPTERS)
def test_the_first_download_has_a_cell_for_each_answer_and_no_solution(site, name):
    """What else is in the student's edition is tested in ``tests/course``."""
    chapter, served = read(ROOT / f"{name}.ipynb"), read(site / "_sources" / f"{name}.ipynb")
    nbformat.validate(served)
    asked = {mark["exercise"] for cell in chapter.cells if (mark := cell.metadata.get("lossbook"))}
    roles = [cell.metadata.get("lossbook", {}).get("role") for cell in served.cells]
    assert roles.count("answer") == len(asked) > 3
    assert "solution" not in roles
    kinds = {kind for cell in served.cells for out in cell.get("outputs", []) for kind in out.get("data", {})}
    assert "image/png" in kinds
    assert not {FIGURE_MIME, WIDGET_VIEW_MIME} & kinds


def test_the_first_cell_of_a_download_says_how_to_come_by_the_package(site, sample):
    """From the repository's public address, as the sample has one; else from the site itself."""
    names = zipfile.ZipFile(site / "downloads" / WHEEL).namelist()
    assert {"lossbook/__init__.py", "lossbook/catalog.toml", "lossbook/vision/tiny.npz"} <= set(names)
    assert not [name for name in names if not re.match(r"lossbook(-[\d.]+\.dist-info)?/", name)]
    assert f'href="downloads/{WHEEL}"' in (site / "index.html").read_text("utf-8")
    (setup,) = (
        cell.source for cell in read(site / f"_sources/{CHAPTERS[0]}.ipynb").cells if cell.id == "setup"
    )
    assert f'"./{WHEEL}[lab]"' in setup
    assert f"Put {WHEEL}, which the book's first page offers, beside this notebook." in setup

    (setup,) = (
        cell.source for cell in read(sample / "_sources/chapters/99_layers.ipynb").cells if cell.id == "setup"
    )
    assert '"lossbook[lab] @ https://github.com/example-owner/example-name/archive/HEAD.zip"' in setup
    assert not (sample / "downloads").exists()


def test_the_menu_downloads_the_notebook_to_work_in_and_then_the_one_with_solutions(site, serve, opened):
    page = opened(f"{serve(site)}{CHAPTERS[0]}.html")
    menu, links = (
        page.locator(".dropdown-download-buttons > button"),
        page.locator(".dropdown-download-buttons a"),
    )
    menu.click()
    assert [text.strip() for text in links.all_inner_texts()] == [
        "Notebook, exercises to solve",
        "Notebook with solutions",
    ]
    for link, ending in zip(links.all(), (".ipynb", SOLVED), strict=True):
        if not link.is_visible():  # a choice closes the menu
            menu.click()
        with page.expect_download() as download:
            link.click()
        stored = site / "_sources" / f"{CHAPTERS[0]}{ending}"
        assert download.value.path().read_bytes() == stored.read_bytes()
        assert download.value.suggested_filename == stored.name
    # Where there is no notebook, there is no button.
    assert "dropdown-download-buttons" not in (site / "references.html").read_text("utf-8")


def test_without_solutions_only_the_notebook_to_work_in_is_offered(unsolved):
    name = "chapters/98_huber"
    html = (unsolved / f"{name}.html").read_text("utf-8")
    # Nor do Binder, Colab or the source on its host lead to solutions, although the sample has an address.
    assert "github.com" not in html.partition("<article")[0]
    assert re.findall(r'href="([^"]*\.ipynb)"', html) == [f"../_sources/{name}.ipynb"]
    assert sorted(path.name for path in (unsolved / "_sources/chapters").glob("98*")) == ["98_huber.ipynb"]
    assert [
        cell.metadata.lossbook.role
        for cell in read(unsolved / f"_sources/{name}.ipynb").cells
        if "lossbook" in cell.metadata
    ] == ["prompt", "answer", "prompt", "answer", "check"]


def test_from_a_file_the_button_says_how_to_save_the_notebook(site, opened):
    """Browsers show the text of a file instead of saving it; the page that is read stays open."""
    page = opened(f"file://{site}/{CHAPTERS[0]}.html", viewport={"width": 360, "height": 800})
    page.locator(".dropdown-download-buttons > button").click()
    button = page.locator("a.btn-download-source-button")
    assert "right-click: Save link as" in button.inner_text()
    root = "document.documentElement"
    assert page.evaluate(f"{root}.scrollWidth - {root}.clientWidth") == 0  # the words fit a phone
    with page.context.expect_page() as shown:
        button.click()
    assert shown.value.url == f"file://{site}/_sources/{CHAPTERS[0]}.ipynb"
    assert page.url.endswith(".html")
