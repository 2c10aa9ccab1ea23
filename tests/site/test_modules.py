"""The pure parts of the site's extension, each on small inputs."""

import copy
import io
import re
from pathlib import Path

import pydata_sphinx_theme
import pytest
import tinycss2
from fontTools.ttLib import TTFont
from pybtex.database import parse_file

from lossbook.site import bibliography, exercises, icons, stylesheets

ROOT = Path(__file__).resolve().parents[2]


def test_a_font_is_cut_down_to_some_characters_and_loses_its_name():
    folder = Path(pydata_sphinx_theme.__file__).parent / "theme/pydata_sphinx_theme/static"
    css = (folder / "styles/pydata-sphinx-theme.css").read_text("utf-8")
    path = folder / "vendor/fontawesome/webfonts/fa-solid-900.ttf"
    assert f"{path.parent.relative_to(folder)}/{path.stem}.woff2" in css
    font = TTFont(io.BytesIO(icons.cut_font(path, {0xF0C9, 0xF185, 0xE000})))
    assert set(font.getBestCmap()) == {0xF0C9, 0xF185}
    assert font.flavor == "woff"
    assert {name.nameID for name in font["name"].names} == {0}


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
        (".used>p~.unused", False),
    ],
)
def test_rules_stay_if_all_their_classes_occur(selector, kept):
    assert stylesheets.can_match(selector, {"used"}) == kept


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


# ---- Exercises in a notebook's source ----------------------------------------------------------------------


def cell(source, number=None, role=None, kind="markdown"):
    """Return a cell as in a notebook's JSON, its source in lines."""
    metadata = {"lossbook": {"exercise": number, "role": role}} if number else {}
    return {"cell_type": kind, "metadata": metadata, "source": source.splitlines(keepends=True)}


def test_gates_stand_around_the_parts_of_an_exercise():
    cells = [
        cell("# Title"),
        cell("### Exercise 15.2 · `f` of $x$\n\nWrite it.", "15.2", "prompt"),
        cell("def f(): ...", "15.2", "stub", "code"),
        cell("Like this.", "15.2", "solution"),
        cell("### Exercise 15.3 · By hand\n\nFind it.", "15.3", "prompt"),
        cell("After."),
    ]
    before = copy.deepcopy(cells)
    assert ["".join(found["source"]) for found in exercises.gated(cells)] == [
        "# Title",
        ":::{exercise-start} `f` of $x$\n:label: exercise-15-2\n:nonumber:\n:::",
        "Write it.",
        "def f(): ...",
        ":::{exercise-end}\n:::",
        ":::{solution-start} exercise-15-2\n:label: solution-15-2\n:::",
        "Like this.",
        ":::{solution-end}\n:::",
        ":::{exercise-start} By hand\n:label: exercise-15-3\n:nonumber:\n:::",
        "Find it.",
        ":::{exercise-end}\n:::",
        "After.",
    ]
    assert cells == before
    plain = [cell("# Title"), cell("x = 1", kind="code")]
    assert exercises.gated(plain) == plain


@pytest.mark.parametrize("heading", ["Write it.", "### Exercise 15.3 · Another", "### Exercise 15.2: Colon"])
def test_a_prompt_without_its_heading_is_a_warning(heading, caplog):
    with caplog.at_level("WARNING", logger="sphinx"):
        exercises.gated([cell(heading, "15.2", "prompt")])
    said = f"exercise 15.2 must begin with '### Exercise 15.2 · Title'; got {heading!r}"
    assert [record.getMessage() for record in caplog.records] == [said]
