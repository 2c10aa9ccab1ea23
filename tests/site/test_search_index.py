"""The index of the search: what it holds of a page, and what it leaves out."""

import gzip
import json
import re
import tomllib
from pathlib import Path

import lxml.html
import pytest

from lossbook.site.passages import read_page
from lossbook.site.search import INDEX, NAMES, index_of

ROOT = Path(__file__).resolve().parents[2]

MATH = '<math alttext="r^2"><msup><mi>r</mi><mn>2</mn></msup></math>'

PAGE = f"""<html><head><meta content="层次, layers &amp; plinths" name="keywords" /></head><body>
<nav><p>Not the article.</p></nav><article class="bd-article">
<section id="top"><h1>9 · Layers<a class="headerlink" href="#top">#</a></h1>
<p class="chapter-line">5 minutes</p>
<p>Of <em>all</em> layers,
<span class="formula">{MATH}</span> counts.</p>
<figure><div class="lossbook-picture" role="img"><svg><text>axis</text></svg></div>
<div class="lossbook-controls"><label>height</label></div><figcaption>A caption.
<details class="lossbook-code"><summary>code</summary><pre>draw_layers(height=12.5)</pre></details>
</figcaption>
<script type="application/json">["payload"]</script></figure>
<section id="proof" class="deeper"><p>Deeper. A takeaway.</p>
<details class="deeper"><summary><h3>Why?</h3><span class="minutes">3 min</span></summary>
<p>Because.</p><div class="equation">{MATH.replace("r", "ψ")}<span class="eqno">(1)</span></div>
<details class="tick"><summary><span aria-hidden="true">✓</span> 1.5, 1.5</summary>
<pre><span class="n">np</span><span class="o">.</span><span class="n">layers</span></pre></details>
</details></section><section id="table"><h2>Which</h2><table><tr><th><p>loss</p></th><th><p>when</p></th></tr>
<tr><td><p>Huber</p></td><td><p>always</p></td></tr></table>
<ul><li><p>One</p></li><li>two</li></ul></section>
<section id="exercises"><h2>Exercises</h2>
<div class="exercise" id="exercise-9-1"><h3>Exercise 9.1 · Count</h3>
<p class="exercise-link"><a href="#solution-9-1">Go to solution 9.1</a></p><p>How many?</p></div>
<details class="solution"><summary>Solution to exercise 9.1</summary>
<div class="solution-body" id="solution-9-1"><p>Exactly seventeen layers.</p></div></details></section>
</section></article><footer>Not this.</footer></body></html>"""


@pytest.fixture(scope="module")
def page():
    return read_page(PAGE)


# ---- A page ------------------------------------------------------------------------------------------------


def test_each_section_exercise_and_solution_is_a_place_of_its_own(page):
    assert page.keywords == ["层次", "layers & plinths"]
    assert [(section.title, section.anchor) for section in page.sections] == [
        ("9 · Layers", "top"),
        ("Why?", "proof"),
        ("Which", "table"),
        ("Exercises", "exercises"),
        ("Exercise 9.1 · Count", "exercise-9-1"),
        ("Solution to exercise 9.1", "solution-9-1"),
    ]


def test_passages_are_what_is_read_with_formulas_as_text(page):
    assert [section.passages for section in page.sections] == [
        ["Of all layers, r² counts.", "A caption."],
        ["Deeper. A takeaway.", "Because."],
        ["loss · when", "Huber · always", "One", "two"],
        [],
        ["How many?"],
        [],
    ]


def test_code_equations_and_solutions_give_words_and_no_passages(page):
    top, proof, *_, solution = page.sections
    assert top.code >= {"draw_layers", "height", "12.5"}
    assert proof.code >= {"np.layers", "1.5"}
    assert proof.words == {"ψ²"}
    assert solution.words == {"Exactly", "seventeen", "layers"}


# ---- The index ---------------------------------------------------------------------------------------------


def test_an_entry_has_the_words_that_its_passages_lack_and_tell_something(monkeypatch):
    monkeypatch.setattr("lossbook.site.search.COMMON", 0.5)
    ((address, keywords, sections),) = index_of({"a.html": PAGE, "empty.html": "<p>No article.</p>"})
    assert (address, keywords) == ("a.html", ["层次", "layers & plinths"])
    further = {section[1]: section[3] for section in sections}
    # "height" is no word of the book's text; numbers and ordinary words of code are left out.
    assert further["top"] == "draw_layers height"
    assert further["proof"] == "np.layers ψ²"
    assert further["solution-9-1"] == "Exactly layers seventeen"
    everywhere = PAGE.replace("Because.", "Because.<div class='equation'>seventeen</div>")
    monkeypatch.setattr("lossbook.site.search.COMMON", 0.2)
    ((_, _, sections),) = index_of({"a.html": everywhere})
    assert "seventeen" not in sections[-1][3]


def test_other_names_go_to_the_keywords_of_a_page_and_to_the_end_of_a_section():
    names = {"a.html": ["tiers"], "a.html#proof": ["reason"], "b.html": ["nowhere"]}
    ((_, keywords, sections),) = index_of({"a.html": PAGE}, names)
    assert keywords == ["层次", "layers & plinths", "tiers"]
    assert {section[1]: section[4:] for section in sections if section[4:]} == {"proof": [0, ["reason"]]}


# ---- The book ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def index(site):
    """The book's own index."""
    text = (site / INDEX).read_text("utf-8").removeprefix("const LOSSBOOK_INDEX = '").removesuffix("';\n")
    return json.loads(re.sub(r"\\(.)", r"\1", text))


@pytest.mark.browser
def test_every_heading_of_every_page_is_in_the_index(site, index):
    titles = {address: {section[1]: section[0] for section in sections} for address, _, sections in index}
    count = 0
    for path in [
        *site.glob("chapters/*.html"),
        site / "index.html",
        site / "pages/teaching.html",
        site / "references.html",
    ]:
        address = path.relative_to(site).as_posix()
        for heading in lxml.html.parse(str(path)).xpath(
            "//article//*[self::h1 or self::h2 or self::h3 or self::h4]"
        ):
            if heading.xpath("ancestor::*[contains(@class, 'borrowed') or @class='question-card']"):
                continue  # the search leads to the chapter
            (place, *_) = heading.xpath("ancestor::*[self::section or contains(@class, 'exercise')][1]/@id")
            own = "".join(heading.xpath(".//text()[not(ancestor::a[@class='headerlink'])]"))
            if not heading.xpath(".//math"):
                assert titles[address][place] == " ".join(own.split()), (address, place)
            count += place in titles[address]
    assert count > 400


@pytest.mark.browser
def test_no_text_of_the_index_is_tex(index):
    texts = [text for _, _, sections in index for section in sections for text in (section[0], section[2])]
    tex = re.compile(r".{,40}(?:\\[a-z]|\$[^$]+\$).{,40}")
    assert [found[0] for text in texts if (found := tex.search(text))] == []


@pytest.mark.browser
def test_other_names_are_those_of_places_that_are_there(index):
    places = {f"{address}#{section[1]}" for address, _, sections in index for section in sections}
    places |= {address for address, *_ in index}
    assert set(tomllib.loads((ROOT / NAMES).read_text("utf-8"))) - places == set()


@pytest.mark.browser
def test_the_index_stays_small(site):
    assert len(gzip.compress((site / INDEX).read_bytes())) < 270_000
    assert f'src="{INDEX}?digest=' in (site / "search.html").read_text("utf-8")
    others = [path for path in site.rglob("*.html") if path.name != "search.html"]
    assert [path.name for path in others if INDEX in path.read_text("utf-8")] == []
