"""The site as `make release` packs it: unpacked anywhere, its pages open, figures move, the search finds."""

import zipfile
from pathlib import Path

import pytest

from tools import release

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
WHEN = 1_700_000_000
#: The middle of a handle.
GRIP = "(grip) => { const b = grip.getBoundingClientRect(); return [b.x + b.width / 2, b.y + b.height / 2]; }"


@pytest.fixture(scope="module")
def archive(site, tmp_path_factory):
    """The packed site."""
    target = tmp_path_factory.mktemp("archive") / f"{release.SITE}.zip"
    release.pack_site(site, [ROOT / "LICENSE", ROOT / "LICENSE-text"], target, WHEN)
    return target


def test_the_archive_is_one_folder_with_the_whole_site_and_its_licenses(site, archive):
    with zipfile.ZipFile(archive) as packed:
        entries = packed.infolist()
    names = [entry.filename for entry in entries]
    inside = {name.removeprefix(f"{archive.stem}/") for name in names}
    files = {str(path.relative_to(site)) for path in site.rglob("*") if path.is_file()}
    assert inside == files - {".buildinfo", ".nojekyll"} | {"LICENSE", "LICENSE-text"}
    assert inside >= {"index.html", "search.html", "chapters/15_huber.html"}
    assert names == sorted(names)
    assert all(name.startswith(archive.stem) for name in names)
    assert {entry.date_time[:3] for entry in entries} == {(2023, 11, 14)}
    assert {entry.external_attr >> 16 for entry in entries} == {0o644}


def test_unpacked_its_figures_are_dragged_and_its_search_leads_on(archive, tmp_path, opened):
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(tmp_path / "a folder of ä reader")
    (folder,) = (tmp_path / "a folder of ä reader").iterdir()
    page = opened(f"{folder.as_uri()}/chapters/15_huber.html", offline=True, reduced_motion="reduce")

    figure = page.locator(".lossbook-figure:has(.lossbook-handle)").first
    said = figure.locator("[role=status]")
    handle, before = figure.locator(".lossbook-handle").first, said.inner_text()
    handle.scroll_into_view_if_needed()
    x, y = handle.evaluate(GRIP)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y + 60, steps=5)
    page.mouse.up()
    assert said.inner_text() != before

    page.goto(f"{folder.as_uri()}/search.html")
    page.locator(".bd-search-container input").fill("hat values")
    page.locator("#search-results a").first.click()
    page.wait_for_url("**/chapters/*.html*")
    assert "/chapters/13_l2_loss.html" in page.url
