"""The pure parts of the site's extension, each on small inputs."""

import io
import re
from pathlib import Path

import pydata_sphinx_theme
import pytest
from fontTools.ttLib import TTFont
from pybtex.database import parse_file

from lossbook.site import bibliography, exercises, icons, stylesheets

ROOT = Path(__file__).resolve().parents[2]


def test_a_font_is_cut_down_to_some_characters_and_loses_its_name():
    static = Path(pydata_sphinx_theme.__file__).parent / "theme/pydata_sphinx_theme/static"
    path = static / "vendor/fontawesome/webfonts/fa-solid-900.ttf"
    font = TTFont(io.BytesIO(icons.cut_font(path, {0xF0C9, 0xF185, 0xE000})))
    assert set(font.getBestCmap()) == {0xF0C9, 0xF185}
    assert {name.nameID for name in font["name"].names} == {0}


def test_rules_stay_if_all_their_classes_and_ids_occur_in_order_with_media_and_licenses():
    words = stylesheets.vocabulary(['<p class="a" id="b"></p><script>f("c-d")</script>'], ['x = "e"'])
    kept = "/*! MIT */p{k:v}.a,#b .c-d>.e{k:url(v)}.a:not(.no),.a:is(.no,.nor){k:v}[k='.no']{k:v}"
    kept += "@media all{.a{k:v}}@font-face{k:v}"
    css = "/*! MIT */p{k:v}/* dropped */.no{k:v}.a,.no,#b .c-d>.e{k:url(v)}#no{k:v}.a:not(.no),.a .no,"
    css += ".a:is(.no,.nor),.a>p~.no{k:v}[k='.no']{k:v}@media print{.no{k:v}}@media all{.a{k:v}.no{k:v}}"
    css += "@font-face{k:v}"
    assert stylesheets.prune_css(css, words).replace('"', "'") == kept


def test_labels_are_names_and_year_and_differ():
    entries = parse_file(ROOT / "references.bib").entries
    style = bibliography.AuthorYearLabels()
    labels = dict(zip(entries, style.format_labels(list(entries.values())), strict=True))
    assert labels["huber1964"] == "Huber 1964"
    assert labels["holland1977"] == "Holland & Welsch 1977"
    assert labels["zhang2018"] == "Zhang et al. 2018"
    assert labels["oord2018"] == "van den Oord et al. 2018"
    assert len(set(labels.values())) == len(labels)
    assert list(style.format_labels([entries["huber1964"]] * 2)) == ["Huber 1964a", "Huber 1964b"]


def test_works_are_named_after_author_and_year():
    for key, entry in parse_file(ROOT / "references.bib").entries.items():
        assert re.fullmatch(rf"[a-z]+{entry.fields['year']}[a-z]*", key), key


@pytest.mark.parametrize("heading", ["Write it.", "### Exercise 15.3 · Another", "### Exercise 15.2: Colon"])
def test_a_prompt_without_its_heading_is_a_warning(heading, caplog):
    mark = {"lossbook": {"exercise": "15.2", "role": "prompt"}}
    with caplog.at_level("WARNING", logger="sphinx"):
        exercises.gated([{"cell_type": "markdown", "metadata": mark, "source": [heading]}])
    said = f"exercise 15.2 must begin with '### Exercise 15.2 · Title'; got {heading!r}"
    assert [record.getMessage() for record in caplog.records] == [said]
