"""The pure parts of the site's extension, each on small inputs."""

import io
import re
from pathlib import Path

import pydata_sphinx_theme
import pytest
from fontTools.ttLib import TTFont
from pybtex.database import parse_file
from sphinx.errors import ExtensionError

from lossbook.site import (
    bibliography,
    description,
    exercises,
    icons,
    markup,
    purge,
    scripts,
    sections,
    stylesheets,
)

ROOT = Path(__file__).resolve().parents[2]
STATIC = Path(pydata_sphinx_theme.__file__).parent / "theme/pydata_sphinx_theme/static"


def test_a_font_is_cut_down_to_some_characters_and_loses_its_name():
    path = STATIC / "vendor/fontawesome/webfonts/fa-solid-900.ttf"
    font = TTFont(io.BytesIO(icons.cut_font(path, {0xF0C9, 0xF185, 0xE000})))
    assert set(font.getBestCmap()) == {0xF0C9, 0xF185}
    assert {name.nameID for name in font["name"].names} == {0}


def test_rules_stay_if_all_their_classes_and_ids_occur_in_order_with_media_and_licenses():
    words = purge.vocabulary(['<p class="a" id="b"></p><script>f("c-d")</script>'], ['x = "e"'])
    kept = "/*! MIT */p{k:v}.a,#b .c-d>.e{k:url(v)}.a:not(.no),.a:is(.no,.nor){k:v}[k='.no']{k:v}"
    kept += "@media all{.a{k:v}}@font-face{k:v}"
    css = "/*! MIT */p{k:v}/* dropped */.no{k:v}.a,.no,#b .c-d>.e{k:url(v)}#no{k:v}.a:not(.no),.a .no,"
    css += ".a:is(.no,.nor),.a>p~.no{k:v}[k='.no']{k:v}@media print{.no{k:v}}@media all{.a{k:v}.no{k:v}}"
    css += "@font-face{k:v}"
    assert purge.prune_css(css, words).replace('"', "'") == kept


def test_variables_stay_if_something_reads_them_be_it_another_variable_a_page_or_a_script():
    css = (
        "/*! MIT */a{--a:var(--b);--b:1;--c:var(--d);--d:2;k:var(--a, 0)}b{--e:3}@media all{i{--f:4}u{--g:5}}"
    )
    texts = ['<p style="k:var(--g)">--c</p>']
    assert (
        purge.prune_variables(css, texts)
        == "/*! MIT */a{--a:var(--b);--b:1;k:var(--a, 0)}@media all{u{--g:5}}"
    )
    assert "--e" in purge.prune_variables(css, ['style.getPropertyValue("--e")'])


def test_a_stylesheet_brings_those_that_it_imports_and_finds_its_files_from_elsewhere(tmp_path):
    (tmp_path / "deep/er").mkdir(parents=True)
    (tmp_path / "deep/base.css").write_text("b{k:url('pic.png')}")
    (tmp_path / "deep/er/top.css").write_text(
        '@charset "UTF-8";@import "../base.css";a{k:url(font.woff2)}i{k:url("data:x,y")}u{k:url(#here)}'
    )
    css = stylesheets.complete(tmp_path / "deep/er/top.css", tmp_path)
    assert css == 'b{k:url(deep/pic.png)}a{k:url(deep/er/font.woff2)}i{k:url("data:x,y")}u{k:url(#here)}'


def test_every_script_with_an_address_is_deferred_and_the_options_are_in_the_page():
    page = '<script src="a/documentation_options.js?v=1"></script><script src="b.js"></script>'
    page += '<script>c()</script><script type="module" src="d.js"></script><script defer src="e.js"></script>'
    done = scripts.unblock(page, "const OPTIONS = {\n  A: 1,\n};")
    kept = '<script>const OPTIONS = { A: 1, };</script><script defer="defer" src="b.js"></script>'
    kept += '<script>c()</script><script defer="defer" type="module" src="d.js"></script>'
    assert done == kept + '<script defer src="e.js"></script>'
    assert scripts.unblock(done, "") == done  # a page of an earlier build stays as it is


def test_the_theme_stops_measuring_and_another_theme_stops_the_build():
    script = (STATIC / scripts.THEME_SCRIPT).read_text("utf-8")
    changed = scripts.without_measuring(script)
    assert (script.count('"load"'), changed.count('"load"')) == (1, 0)
    for other in (changed, script.replace('["pre"', '["code"'), script.replace('"load"', '"pageshow"')):
        with pytest.raises(ExtensionError, match="addTabStopsToScrollableElements"):
            scripts.without_measuring(other)


def test_sections_right_below_the_titles_have_heights_and_folds_are_closed():
    fold = "<details><summary>s</summary><pre>" + 50 * "\n" + "</pre></details>"
    inner = f'<section id="c"><p>{"x" * 250}</p>{fold}</section>'
    page = sections.with_heights(
        f'<section id="a"><section class="k" id="b">{inner}</section><section id="d"></section></section>'
    )
    sizes = re.findall(r'id="(\w)"(?: style="--book-desk:(\d+)px;--book-phone:(\d+)px")?', page)
    assert [name for name, desk, _ in sizes if desk] == ["b", "d"]
    desk, phone = map(int, sizes[1][1:])
    assert 3 * sections.LINE < desk < phone < 350
    assert sections.height(f"{fold * 3}", "desk") < 250


def test_a_description_is_what_comes_first_in_whole_sentences():
    formula = "<math><msup><mi>r</mi><mn>2</mn></msup></math>"
    body = f'<h1>T</h1><p class="line">9</p><p>A &lt; <em>b</em>\n{formula}. Then c.</p><p>d</p>'
    assert description.description(body) == "A < b r². Then c."
    long = "<p>" + " ".join(f"Sentence {n} is not so short." for n in range(100, 200)) + "</p>"
    told = description.description(long)
    assert told.endswith("short.")
    assert 150 < len(told) <= description.ROOM
    assert description.description("<h1>T</h1>") == ""


def test_labels_are_names_and_year_and_differ():
    entries = parse_file(ROOT / "references.bib").entries
    style = bibliography.AuthorYearLabels()
    labels = dict(zip(entries, style.format_labels(list(entries.values())), strict=True))
    assert labels["huber1964"] == "Huber 1964"
    assert labels["holland1977"] == "Holland & Welsch 1977"
    assert labels["wang2004"] == "Wang et al. 2004"
    assert [labels["zhang2018"], labels["zhang2018mutual"]] == ["Zhang et al. 2018a", "Zhang et al. 2018b"]
    assert labels["oord2018"] == "van den Oord et al. 2018"
    assert len(set(labels.values())) == len(labels)
    assert list(style.format_labels([entries["huber1964"]] * 2)) == ["Huber 1964a", "Huber 1964b"]


def test_works_are_named_after_author_and_year():
    for key, entry in parse_file(ROOT / "references.bib").entries.items():
        assert re.fullmatch(rf"[a-z]+{entry.fields['year']}[a-z]*", key), key


def test_folds_of_the_list_of_pages_are_named_after_the_page_above():
    toggle = '<summary><span class="toctree-toggle"></span></summary>'
    tree = f'<li><a class="reference" href="a.html">A page</a><details open="">{toggle}</details></li>'
    named = markup.with_named_branches(f"<ul>{tree}<li><a>B</a></li></ul><details>{toggle}</details>")
    assert named.count("aria-label") == 1
    assert '<details open=""><summary aria-label="Pages of: A page"><span' in named


@pytest.mark.parametrize("heading", ["Write it.", "### Exercise 15.3 · Another", "### Exercise 15.2: Colon"])
def test_a_prompt_without_its_heading_is_a_warning(heading, caplog):
    mark = {"lossbook": {"exercise": "15.2", "role": "prompt"}}
    with caplog.at_level("WARNING", logger="sphinx"):
        exercises.gated([{"cell_type": "markdown", "metadata": mark, "source": [heading]}])
    said = f"exercise 15.2 must begin with '### Exercise 15.2 · Title'; got {heading!r}"
    assert [record.getMessage() for record in caplog.records] == [said]
