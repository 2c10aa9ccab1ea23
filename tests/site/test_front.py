"""The book's front door: cards, paths, borrowed pieces and the page for interviews, against the chapters."""

import re
import tomllib
from pathlib import Path

import lxml.html
import pytest

from lossbook.site import weight

pytestmark = pytest.mark.browser  # the site is built for the tests that look at it in a browser

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = sorted(path.stem for path in ROOT.glob("chapters/*.ipynb"))
ROWS = tomllib.loads((ROOT / "chapters/chapters.toml").read_text("utf-8"))
PATHS = tomllib.loads((ROOT / "chapters/paths.toml").read_text("utf-8"))["path"]


def said(element):
    """Return an element's text as one line, formulas by their marks alone."""
    return " ".join(element.text_content().split())


@pytest.fixture(scope="module")
def read(site):
    """A function that reads a page of the site, each once."""
    pages = {}

    def page(name):
        if name not in pages:
            pages[name] = lxml.html.parse(str(site / f"{name}.html"))
        return pages[name]

    return page


def minutes_of(page):
    """Return the two numbers of minutes in the line under a chapter's title."""
    (line,) = page.xpath("//p[@class='chapter-line']")
    return [int(number) for number in re.findall(r"(\d+) (?:minutes|with every fold)", said(line))]


# ---- Cards -------------------------------------------------------------------------------------------------


def test_each_question_has_a_card_that_says_what_its_chapter_says(read):
    cards = read("index").xpath("//li[@class='question-card']")
    assert len(cards) == len(CHAPTERS) == 15
    for number, (card, name) in enumerate(zip(cards, CHAPTERS, strict=True), start=1):
        chapter = read(f"chapters/{name}")
        (link,) = card.xpath(".//a")
        assert link.get("href") == f"chapters/{name}.html"
        title = said(chapter.xpath("//article//h1")[0]).removesuffix("#")
        assert title == f"{number} · {said(link)}"
        line, answer = card.xpath("./p")
        assert said(line) == f"{number} · {minutes_of(chapter)[0]} minutes"
        below = chapter.xpath("//p[@class='chapter-line']/following-sibling::p")[0]
        assert said(answer) == said(below)


def test_the_minutes_of_the_book_are_those_of_its_chapters(read):
    paths, alls = zip(*(minutes_of(read(f"chapters/{name}")) for name in CHAPTERS), strict=True)
    (text,) = read("index").xpath("//div[contains(@class, 'book-readers')]")
    told = f"takes {min(paths)} to {max(paths)} minutes, the book {sum(paths) / 60:.0f} hours, or "
    assert f"{told}{sum(alls) / 60:.0f} hours with every fold" in said(text)


def test_a_card_is_one_link_with_a_picture_of_the_page_s_colors(site, opened):
    for scheme, other in (("light", "dark"), ("dark", "light")):
        page = opened((site / "index.html").as_uri(), color_scheme=scheme)
        card = page.locator(".question-card").nth(13)
        card.scroll_into_view_if_needed()
        shown, hidden = (card.locator(f"img.only-{mode}") for mode in (scheme, other))
        page.wait_for_function("(e) => e.complete && e.naturalWidth > 0", arg=shown.element_handle())
        assert 160 <= shown.bounding_box()["width"] <= 300
        assert not hidden.is_visible()
        pictures = [url for url in page.requested if "/_images/" in url]
        assert hidden.evaluate("(e) => e.src") not in pictures  # nobody pays for the other mode
        assert shown.evaluate("(e) => e.src") in pictures
        assert shown.get_attribute("loading") == "lazy"
        box = card.bounding_box()
        page.mouse.click(box["x"] + 12, box["y"] + box["height"] - 8)  # far from the words of the link
        page.wait_for_url("**/14_mse.html")


def test_the_first_page_is_light(site):
    page = weight.read(site, "index")
    assert weight.sent(page.path) < 40_000
    drawings = {path for path in page.late if path.suffix == ".svg"}
    assert len(drawings) == 2 * 15
    assert weight.total(drawings) < 2 * 120_000  # a reader fetches those of one mode
    assert not {path for path in page.shared if path.name[:2].isdigit()}


# ---- Pieces of chapters ------------------------------------------------------------------------------------


def test_the_tick_and_the_fold_are_those_of_their_chapters(read):
    index = read("index")
    (tick,) = index.xpath("//section[@id='how-to-read']/ul/li/div//details[@class='tick']")
    chapter = read("chapters/15_huber")
    summary = said(tick[0])
    (theirs,) = [e for e in chapter.xpath("//details[@class='tick']") if said(e[0]) == summary]
    assert said(tick.xpath(".//pre")[0]) == said(theirs.xpath(".//pre")[0])
    assert summary.startswith("✓ Checked: gradients")
    (fold,) = index.xpath("//section[contains(@class, 'deeper')]")
    (theirs,) = read("chapters/12_cosine_similarity").xpath(
        "//section[@id='the-angle-is-a-distance-1-cos-is-not']"
    )
    paragraphs = [[words(p) for p in section.xpath("./p | ./details/p")] for section in (fold, theirs)]
    assert paragraphs[0] == paragraphs[1]
    assert len(fold.xpath(".//details[@class='tick']")) == 1
    minutes = [
        said(section.xpath("./details/summary/span[@class='minutes']")[0]) for section in (fold, theirs)
    ]
    assert minutes[0] == minutes[1]
    assert fold.xpath(".//*[@class='eqno']") == []


def test_they_open_and_the_handle_moves(site, opened):
    page = opened((site / "index.html").as_uri(), reduced_motion="reduce")
    tick = page.locator(".bd-article details.tick").first
    tick.locator("> summary").click()
    assert tick.locator("pre").first.is_visible()
    fold = page.locator(".bd-article details.deeper")
    fold.locator("> summary").click()
    assert fold.locator("math").first.is_visible()
    figure = page.locator(".lossbook-figure")
    figure.scroll_into_view_if_needed()
    before = figure.locator(".lossbook-readout").text_content()
    grip = figure.locator(".lossbook-handle").first.bounding_box()
    x, y = grip["x"] + grip["width"] / 2, grip["y"] + grip["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 60, steps=4)
    page.mouse.up()
    assert figure.locator(".lossbook-readout").text_content() != before


# ---- Paths -------------------------------------------------------------------------------------------------


def test_each_path_is_a_fold_with_its_steps_and_no_step_is_dead(read):
    folds = read("index").xpath("//details[@class='path']")
    assert [said(fold.xpath("./summary/strong")[0]) for fold in folds] == [path["name"] for path in PATHS]
    for fold, path in zip(folds, PATHS, strict=True):
        items, met, sampled = fold.xpath("./ol/li"), set(), set()
        assert len(items) == len(path["steps"])
        for item, step in zip(items, path["steps"], strict=True):
            assert step["why"] in said(item)
            first, *others = item.xpath(".//a")
            page, _, anchor = first.get("href").partition("#")
            assert page.startswith(f"chapters/{step['chapter']:02}_")
            if "section" in step:
                (section,) = read(page.removesuffix(".html")).xpath(f"//section[@id='{anchor}']")
                assert said(section.xpath(".//h2 | .//h3")[0]).removesuffix("#") == step["section"]
            # What a whole chapter builds on, and the path leaves out or has a section of, is said.
            needed = set() if "section" in step else set(ROWS[f"{step['chapter']:02}"]["builds_on"]) - met
            partly = sorted(needed & sampled)
            assert [int(said(link)) for link in others] == [*sorted(needed - sampled), *partly]
            assert ("of which you have read a section" in said(item)) == bool(partly)
            (sampled if "section" in step else met).add(step["chapter"])
            met.update(partly)


# ---- The page for interviews -------------------------------------------------------------------------------


def words(element):
    """Return the words of an element; an equation's number is another outside its chapter."""
    return re.sub(r"\((?:\d+\.)?\d+[a-z]?\)", "()", said(element)).split()


def test_the_page_for_interviews_says_what_the_chapters_say(read):
    sections = read("pages/interview").xpath("//article//section[starts-with(@id, 'asked-')]")
    assert len(sections) == 15
    for section, name in zip(sections, CHAPTERS, strict=True):
        chapter = read(f"chapters/{name}")
        (short,) = chapter.xpath("//section[@id='the-short-answer']")
        (card,) = chapter.xpath("//section[@id='on-one-card']")
        (asked,) = chapter.xpath("//section[@id='what-an-interviewer-asks-next']")
        theirs = [*short.xpath("./p"), *card.xpath(".//dl/*"), *asked.xpath("./details | ./p")]
        ours = [*section.xpath("./p"), *section.xpath(".//dl/*"), *section.xpath("./details")]
        *ours, last = sorted(ours, key=lambda e: e.tag == "p" and "derives all" in said(e))
        assert [words(e) for e in ours] == [words(e) for e in theirs], name
        assert last.xpath("./a/@href") == [f"../chapters/{name}.html"]
        assert len(section.xpath("./details")) >= 4
    assert read("pages/interview").xpath("//article//figure") == []


def test_the_page_for_interviews_tells_its_minutes_and_shows_each_chapter_s_picture(read):
    page = read("pages/interview")
    first = said(page.xpath("//article//h1/following-sibling::p")[0])
    path, every = map(int, re.search(r"takes (\d+) minutes, or (\d+) with", first).groups())
    asked = page.xpath("//article//section[starts-with(@id, 'asked-')]")
    open_words = sum(len(said(e).split()) for section in asked for e in section.xpath("./p | ./div"))
    folded = sum(len(said(e).split()) for section in asked for e in section.xpath("./details"))
    assert path == pytest.approx(open_words / 120, abs=6)
    assert every == pytest.approx((open_words + folded) / 120, abs=15)
    for section, card in zip(asked, read("index").xpath("//li[@class='question-card']"), strict=True):
        ours, theirs = ([img.get("src") for img in e.xpath(".//img")] for e in (section, card))
        assert ours == [f"../{source}" for source in theirs]
        assert {img.get("loading") for img in section.xpath(".//img")} == {"lazy"}


def test_links_lead_on_and_equations_say_whose_they_are(read):
    page = read("pages/interview")
    identifiers = page.xpath("//@id")
    assert len(set(identifiers)) == len(identifiers)
    equations = page.xpath("//article//a[contains(@href, '#equation-')]")
    assert len(equations) > 10
    for link in equations:
        name, _, anchor = link.get("href").removeprefix("../").partition("#")
        (target,) = read(name.removesuffix(".html")).xpath(f"//*[@id='{anchor}']")
        (number,) = re.findall(r"\(\w+\)", said(target.xpath(".//*[@class='eqno']")[0]))
        assert said(link) == f"({int(Path(name).name[:2])}.{number[1:]}"
    assert len(page.xpath("//article//a[contains(@href, 'references.html#')]")) > 5


def test_the_search_leads_to_the_chapters_and_not_to_what_is_borrowed(site):
    index = (site / "search-index.js").read_text("utf-8")
    assert index.count("say your own answer aloud") == 1  # the page itself is found
    assert index.count("Your loss is inf, then NaN, in float16") == 1
    assert index.count("A way round may be shorter by 1 − cos") == 1
