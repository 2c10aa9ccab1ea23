"""The pure parts of the site's extension, each on small inputs."""

import re
from pathlib import Path

import pytest
import tinycss2
from pybtex.database import parse_file
from sphinx.errors import ExtensionError

from lossbook.site import assets, bibliography, icons, markup, stylesheets, theme, weight

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = (
    '{sun:[512,256,[9728,"day"],"f185","M1 2z"],"x-ray":[10,20,[],"f001","M3 4z"],'
    'pair:[1,2,[],"f002",["M","N"]]}'
)


def test_drawings_are_read_by_name_and_other_name():
    drawings = icons.read_drawings(SCRIPT)
    assert set(drawings) == {"sun", "day", "x-ray"}
    assert 'viewBox="0 0 512 256"' in drawings["day"]
    assert 'd="M3 4z"' in drawings["x-ray"]


def test_icons_of_a_page_are_names_without_family_and_size():
    html = '<i class="fa-solid fa-sun fa-lg"></i><span class="fas fa-x-ray"></span><p class="fact far-off">'
    assert icons.icons_in(html) == {"sun", "x-ray"}


def test_stylesheet_holds_the_used_icons_alone():
    css = icons.stylesheet(['<i class="fas fa-sun"></i>'], icons.read_drawings(SCRIPT))
    assert ".fa-sun{" in css
    assert ".fa-x-ray{" not in css
    assert "admonition" not in css
    assert "CC BY 4.0" in css


def test_an_icon_without_drawing_is_an_error_that_names_it():
    with pytest.raises(ExtensionError, match="no drawing named moon"):
        icons.stylesheet(['<i class="fas fa-moon"></i>'], icons.read_drawings(SCRIPT))


@pytest.mark.parametrize(
    ("selector", "kept"),
    [
        ("p", True),
        (".used", True),
        (".unused", False),
        (".used .unused", False),
        ("#used", True),
        (".used:not(.unused)", True),
        (".used:is(.unused,.other)", True),
        ('[data-x=".unused"]', True),
        (".fa-sun", False),
        (".fast", False),
        (".used .fa-sun", True),
    ],
)
def test_rules_stay_if_all_their_classes_occur(selector, kept):
    assert stylesheets.can_match(selector, {"used", "fa-sun"}) == kept


def test_pruning_keeps_order_media_and_values():
    css = "/*! MIT */a{b:c}/* dropped */.x,.y:not(.z,.x){d:url(e)}"
    css += "@media print{.x{f:g}}@media all{.y{h:i}}@font-face{font-family:J}"
    assert stylesheets.prune_css(css, {"y"}) == (
        "/*! MIT */a{b:c}.y:not(.z,.x){d:url(e)}@media all{.y{h:i}}@font-face{font-family:J}"
    )
    assert tinycss2.parse_stylesheet(stylesheets.prune_css(css, {"x", "y"}))


def test_vocabulary_holds_markup_and_scripts():
    words = stylesheets.vocabulary(['<p class="a b" id="c"></p><script>f("d-e")</script>'], ['x = "g"'])
    assert {"a", "b", "c", "d-e", "g"} <= words


@pytest.mark.parametrize(
    ("name", "body", "needed"),
    [
        ("proof.css", '<div class="proof theorem">', True),
        ("proof.css", "<p>A proof.</p>", False),
        ("copybutton.js", '<div class="highlight">', True),
        ("copybutton.js", "<p></p>", False),
        ("mathjax/startup.js", '<span class="math notranslate">', True),
        ("mathjax/startup.js", "<p></p>", False),
        ("book.css", "", True),
    ],
)
def test_a_file_stays_where_its_mark_is(name, body, needed):
    assert assets.is_needed(name, body) == needed


def test_markup_is_corrected():
    html = (
        '<div class="proof" id="t"><p class="admonition-title" id="t">T</p></div><div role="doc-biblioentry">'
    )
    assert markup.correct(html) == (
        '<div class="proof" id="t"><p class="admonition-title">T</p></div><div role="listitem">'
    )


def test_the_icon_script_goes_and_others_stay():
    html = '<script defer src="a/fontawesome.js?d=1"></script><link href="bootstrap.js"/>'
    assert theme.without_icon_script(html) == '<link href="bootstrap.js"/>'


def test_labels_are_names_and_year_and_differ():
    entries = parse_file(ROOT / "references.bib").entries
    labels = dict(
        zip(entries, bibliography.AuthorYearLabels().format_labels(list(entries.values())), strict=True)
    )
    assert labels["huber1964"] == "Huber 1964"
    assert labels["holland1977"] == "Holland & Welsch 1977"
    assert labels["zhang2018"] == "Zhang et al. 2018"
    assert labels["oord2018"] == "van den Oord et al. 2018"
    assert len(set(labels.values())) == len(labels)


def test_equal_labels_get_letters():
    entry = parse_file(ROOT / "references.bib").entries["huber1964"]
    assert list(bibliography.AuthorYearLabels().format_labels([entry, entry])) == [
        "Huber 1964a",
        "Huber 1964b",
    ]


def test_every_work_names_where_it_stands():
    for key, entry in parse_file(ROOT / "references.bib").entries.items():
        fields = entry.fields
        in_proceedings = "booktitle" in fields and "pages" in fields
        assert in_proceedings or {"doi", "eprint", "isbn"} & set(fields), key
        assert re.fullmatch(r"[a-z]+\d{4}[a-z]*", key), key
        assert fields["year"] in key, key
        if "doi" in fields:
            assert fields["doi"].startswith("10."), key
        if "eprint" in fields:
            assert re.fullmatch(r"\d{4}\.\d{4,5}|[a-z-]+/\d{7}", fields["eprint"]), key


def test_loaded_files_are_those_the_page_and_its_styles_name(tmp_path):
    (tmp_path / "a.css").write_text("@font-face{src:url('f.woff2')} p{background:url(data:x)}")
    page = tmp_path / "page.html"
    page.write_text(
        '<link rel="stylesheet" href="a.css?v=1"><script src="b.js"></script><a href="c.html">c</a>'
    )
    assert [path.name for path in weight.loaded_files(page)] == ["a.css", "b.js", "f.woff2"]
