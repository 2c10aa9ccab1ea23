"""The glossary: it has the terms that chapters set in italics, and the search finds them in two languages."""

import json
import re
import tomllib
from pathlib import Path

import lxml.html
import pytest

from lossbook.notebooks import form
from lossbook.site import glossary
from lossbook.site.passages import read_page
from lossbook.site.search import index_of

ROOT = Path(__file__).resolve().parents[2]
DATA = tomllib.loads((ROOT / glossary.DATA).read_text("utf-8"))
TERMS = DATA["terms"]
FORMS = [name for term, known in TERMS.items() for name in (term, *known.get("also", ()))]

#: What is in italics, where formulas and code are left out. A letter alone is no term, nor is what ends like
#: a sentence, such as a heading within a paragraph.
NO_TEXT = re.compile(r"\$\$.*?\$\$|\$[^$]*\$|```.*?```|`[^`]*`", re.DOTALL)
ITALICS = re.compile(r"(?<![*\w])\*(?![*\s])([^*\n]+[^*\n.?])\*(?![*\w])")


def italics(cells):
    """Return what a chapter's main text sets in italics."""
    texts = [
        NO_TEXT.sub(" ", form.source_of(cell))
        for cell in cells
        if cell["cell_type"] == "markdown" and "lossbook" not in cell["metadata"]
    ]
    return [name for text in texts for name in ITALICS.findall(text)]


# ---- Terms -------------------------------------------------------------------------------------------------


def test_what_chapters_set_in_italics_is_a_term_or_known_to_be_emphasis():
    known = {name.lower() for name in FORMS}
    emphasis = set(DATA["emphasis"])
    found = {}
    for path in sorted(ROOT.glob("chapters/*.ipynb")):
        for name in italics(json.loads(path.read_text("utf-8"))["cells"]):
            found.setdefault(name, path.stem)
    assert {
        name: at for name, at in found.items() if name.lower() not in known and name not in emphasis
    } == {}
    assert emphasis <= found.keys()  # nothing is excused that is not there
    said = {name.lower() for name in found}
    assert (
        sum(
            bool({term.lower(), *map(str.lower, known.get("also", ()))} & said)
            for term, known in TERMS.items()
        )
        > 240
    )


def test_italics_are_found_and_bold_formulas_code_and_headings_are_not():
    text = "A *saddle point*, *so*, **no** *e* $a*b*c$ `*x*` 2*3*4 *Left.* *why so?* a*b*"
    cells = [{"cell_type": "markdown", "metadata": {}, "source": [text]}]
    cells.append({"cell_type": "markdown", "metadata": {"lossbook": {}}, "source": ["*exercise*"]})
    cells.append({"cell_type": "code", "metadata": {}, "source": ["*code*"]})
    assert italics(cells) == ["saddle point", "so"]


def test_an_entry_is_a_short_sentence_with_a_chinese_name_and_a_place():
    for term, known in TERMS.items():
        assert {"chinese", "place", "says"} <= known.keys() <= {"also", "chinese", "place", "says"}, term
        assert re.search(r"[\u4e00-\u9fff]", known["chinese"]), term
        assert 2 <= len(known["says"].split()) <= 30, term
        assert known["says"][-1] not in ".!?", term


def test_no_name_has_two_entries_and_the_file_is_in_order():
    folded = [name for term, known in TERMS.items() for name in {term, *known.get("also", ())}]
    assert sorted({name for name in folded if folded.count(name) > 1}) == []
    assert [*TERMS] == sorted(TERMS, key=str.lower)
    anchors = [glossary.anchor(term) for term in TERMS]
    assert len(set(anchors)) == len(anchors)


def test_terms_are_sorted_without_case_and_accents_and_digits_come_first():
    assert sorted(["Éa", "eb", "Ea", "1-x"], key=glossary.plain) == ["1-x", "Éa", "Ea", "eb"]
    assert [glossary.letter(term) for term in ("1-x", "éa", "Gram")] == ["0–9", "E", "G"]


def test_second_names_are_shown_and_other_forms_of_the_same_words_are_not():
    known = {"also": ["pull", "pulls", "pulling along", "ψ", "PL pull", "tug"], "chinese": "拉力（ψ）"}
    assert glossary.second_names("pull", known) == ["tug"]
    known = {"also": ["pulls out", "PL out"], "chinese": "拉"}
    assert glossary.second_names("pulled out", known) == ["PL out"]
    assert glossary.second_names("plain", {"chinese": "拉"}) == []


# ---- Search ------------------------------------------------------------------------------------------------

PAGE = """<article class="bd-article"><section id="top"><h1>Glossary</h1><section id="s"><h2>S</h2><dl>
<dt class="glossary-term" id="term-saddle"><strong>saddle</strong> · <span lang="zh-Hans">鞍点</span></dt>
<dd><p>Neither up nor down. <a href="#x">chapter 7</a></p></dd>
<dt class="glossary-term" id="term-set"><strong>set</strong> · <span lang="zh-Hans">集合</span></dt>
<dd><p>A heap.</p></dd></dl></section></section></article>"""


def test_each_term_is_a_place_of_the_index_and_marked_as_one():
    sections = read_page(PAGE).sections
    assert [(section.title, section.anchor, section.is_term) for section in sections] == [
        ("Glossary", "top", False),
        ("S", "s", False),
        ("saddle · 鞍点", "term-saddle", True),
        ("set · 集合", "term-set", True),
    ]
    assert sections[2].passages == ["Neither up nor down. chapter 7"]
    ((_, _, entries),) = index_of({"glossary.html": PAGE})
    assert [len(entry) for entry in entries] == [4, 4, 5, 5]
    assert entries[3][4] == 1


SEARCH = "(query) => LossBookSearch.search(query).map(({ entry }) => [entry.page, entry.title])"


@pytest.fixture(scope="module")
def page(site):
    return lxml.html.parse(str(site / "pages/glossary.html"))


@pytest.mark.browser
def test_the_page_has_every_term_under_its_letter_with_a_link_to_its_place(page):
    entries = page.xpath("//dt[contains(@class, 'glossary-term')]")
    assert len(entries) == len(TERMS)
    for entry in entries:
        (term,) = entry.xpath("strong/text()")
        assert entry.xpath("span[@lang='zh-Hans']/text()") == [TERMS[term.replace("’", "'")]["chinese"]]
        assert entry.xpath("ancestor::section[1]/h2/text()") == [glossary.letter(term)]
        (link,) = entry.getnext().xpath(".//a")
        assert re.match(r"\.\./chapters/\d\d_\w+\.html#\S+$", link.get("href"))
        assert re.match(r"(equation \(\d+\.\d+[a-z]?\)|chapter \d+, \S.*)$", link.text_content())
    letters = page.xpath("//p[contains(@class, 'glossary-letters')]/a")
    assert [letter.text_content() for letter in letters] == page.xpath("//article//h2/text()")
    assert [letter.get("href")[1:] for letter in letters] == page.xpath("//article//section[h2]/@id")


@pytest.mark.browser
def test_the_search_finds_terms_in_chinese_and_sends_to_chapters_first_where_these_teach(site, serve, opened):
    opened_page = opened(serve(site) + "search.html")

    def found(query):
        return opened_page.evaluate(SEARCH, query)

    for query, title in {
        "梯度": "gradient · 梯度",
        "鞍点": "saddle · 鞍点",
        "互信息": "mutual information · 互信息",
    }.items():
        assert found(query)[0] == ["Glossary", title]
    assert {"gradient descent · 梯度下降", "subgradient · 次梯度"} <= {title for _, title in found("梯度")}
    for query in ("交叉熵", "softmax", "perplexity", "Huber loss", "KL divergence"):
        pages = [page for page, _ in found(query)]
        assert pages[0] != "Glossary"
        assert "Glossary" in pages
