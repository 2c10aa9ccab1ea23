"""The search in a browser, from a server and from files: what is found, how it is shown, where it leads."""

import re

import pytest

pytestmark = pytest.mark.browser

SEARCH = """(query) => LossBookSearch.search(LossBookSearch.mended(query) || query).map(
  (row) => [row.entry.page, row.entry.title, row.entry.anchor]
)"""

#: The titles of the book, and what stands before each of their places when they are typed.
TITLES = """() => JSON.parse(LOSSBOOK_INDEX).flatMap(([page, , places]) => places.map(([title, anchor]) => {
  const found = LossBookSearch.search(title).map((row) => row.entry);
  const at = found.findIndex((entry) => entry.address === page && entry.anchor === anchor);
  return [title, at < 0 ? null : found.slice(0, at).map((entry) => entry.title)];
}))"""

#: The marked words of a page.
MARKED = "() => [...(CSS.highlights.get('found') || [])].map((range) => range.toString())"
IN_SIGHT = """(e) => {
  const { top, bottom } = e.getBoundingClientRect();
  return bottom > top && top >= 0 && bottom <= innerHeight;
}"""


@pytest.fixture
def searched(site, serve, opened):
    """A function that opens the search page with a query, from a server or from files."""

    def open_search(query="", by="http", **options):
        root = serve(site) if by == "http" else site.as_uri() + "/"
        page = opened(root + "search.html", offline=by == "file", **options)
        if query:
            page.locator(".bd-search-container input").fill(query)
        return page

    return open_search


@pytest.fixture(scope="module")
def asked(site, browser):
    """A function that asks the search, on one page for all: it gives page, title and anchor of each place."""
    page = browser.new_page()
    page.goto((site / "search.html").as_uri())
    page.wait_for_function("typeof LossBookSearch === 'object'")
    yield lambda query: page.evaluate(SEARCH, query)
    page.close()


def listed(page):
    """Return the results that a page shows: title, chapter, excerpt."""
    parts = "(li) => ['a', '.where', '.excerpt'].map((p) => li.querySelector(p)?.textContent ?? '')"
    return page.locator("#search-results").evaluate(f"(list) => [...list.children].map({parts})")


# ---- What is found -----------------------------------------------------------------------------------------


def test_every_title_that_is_typed_comes_first(searched):
    places = searched().evaluate(TITLES)
    assert len(places) > 400
    # Before it stand at most places of the same title, in other chapters.
    assert [(title, before) for title, before in places if before is None or {title} < {title, *before}] == []


@pytest.mark.parametrize(
    ("query", "chapter", "title"),
    [
        # Abbreviations, other names and Chinese names lead to the chapter or the section that is about them.
        *[
            ("RMSE", 14, ""),
            ("MSE", 14, ""),
            ("KL", 5, ""),
            ("JSD", 6, ""),
            ("TV", 11, ""),
            ("log loss", 2, ""),
        ],
        *[("ECE", 1, ""), ("kl divergence", 5, "")],
        *[
            ("交叉熵", 2, ""),
            ("格拉姆矩阵", 3, ""),
            ("余弦相似度", 12, ""),
            ("KL散度", 5, ""),
            ("MSE 损失", 14, ""),
        ],
        # Signs: Greek letters, also written out, powers, numbers, accents and dashes as somebody types them.
        *[
            ("ε", 11, "Convexity, the corner at zero, and ε"),
            ("λ", 8, ""),
            ("δ", 15, ""),
            ("ψ", 15, ""),
            ("psi", 15, ""),
        ],
        *[("R2", 14, ""), ("1.345", 15, "What δ costs"), ("jensen shannon", 6, "")],
        # Names of code, and of other libraries'.
        *[("huber_grad", "lossbook.regression", "regression.huber_grad"), ("HuberLoss", 15, "")],
        ("classification.focal_loss", "lossbook.classification", "classification.focal_loss"),
        *[("draw_huber_fit", 15, ""), ("np.linalg.lstsq", 13, ""), ("SmoothL1Loss", 15, "")],
        # A question, plurals, a word's beginning, a title's beginning, a slip of the pen.
        *[
            ("what is the huber loss", 15, ""),
            ("the difference between cost and loss", 8, ""),
            ("perplexities", 2, ""),
            ("perplex", 2, ""),
            ("smoothed label", 2, "Smoothed labels, class weights, pos_weight"),
        ],
        *[
            ("exercise 15.2", 15, "Exercise 15.2 · Loss, gradient and weight"),
            ("short answer huber", 15, "The short answer"),
        ],
    ],
)
def test_what_people_type_leads_to_the_place(asked, query, chapter, title):
    page, found = asked(query)[0][:2]
    assert page.startswith(chapter if isinstance(chapter, str) else f"{chapter} · "), (page, found)
    assert title in ("", found)


@pytest.mark.parametrize(
    ("page", "queries"),
    [
        ("14 · ", "MSE loss; 均方误差; 均方误差损失; why mse; mean_squared_error"),
        ("13 · ", "L2 loss; OLS; 平方损失; 最小二乘法"),
        ("12 · ", "cosine loss; triplet loss"),
        ("9 · ", "dice loss"),
        ("2 · ", "交叉熵损失; 什么是交叉熵; 交叉熵和均方误差的区别; class imbalance; imbalanced"),
        ("2 · ", "why not mse for classification; mse vs cross entropy; cross entropy vs MSE"),
        ("1 · ", "nan; loss is nan; why is my loss nan"),
        ("4 · ", "blurry; blurry images; images; cat"),
        ("5 · ", "vae; ELBO"),
        ("10 · ", "RLHF; KL散度与交叉熵的区别; KL散度和交叉熵的区别"),
        ("Which loss?", "which loss; which loss should I use; how do I choose a loss"),
        ("Which loss?", "loss for classification; which loss for regression; regression; 怎么选择损失函数"),
        ("I have an interview tomorrow", "interview; interview questions; 面试; 面试题"),
        ("Teach with this book", "teaching; 教学"),
        ("lossbook.regression", "huber_grad; regression.pseudo_huber"),
    ],
)
def test_what_readers_typed_in_trials_leads_to_the_page(asked, page, queries):
    found = [(query, next(iter(asked(query)), ["nothing"])[0]) for query in queries.split("; ")]
    assert [(query, first) for query, first in found if not first.startswith(page)] == []


def test_the_reference_stands_behind_chapters_until_code_is_typed(asked):
    def first(query, number):
        return [title for _, title, _ in asked(query)[:number]]

    for query in ("regression", "images", "nan", "loss is nan", "which loss for regression"):
        assert not any(re.match(r"lossbook\.|class |\w+\.\w", title) for title in first(query, 5)), query
    assert first("huber_grad", 1) == ["regression.huber_grad"]
    found = first("huber", 70)
    assert found.index("regression.huber") < found.index("regression.pseudo_huber")


def test_words_count_alike_however_they_are_written(asked):
    for group in (["cross-entropy", "Cross–Entropy", "crôss entropy"], ["R²", "r2", "𝑅2"], ["ϵ", "ε", "Ε"]):
        first, *others = [asked(query) for query in group]
        assert first
        assert all(other == first for other in others), group


def test_a_word_with_a_slip_is_mended_and_one_like_no_other_is_not(searched):
    page = searched("entorpy of a coed")
    assert "Nothing is called “entorpy of a coed” here" in page.get_by_role("status").text_content()
    page.wait_for_function("document.querySelectorAll('#search-results li').length > 3")
    assert any("entropy" in excerpt for *_, excerpt in listed(page))
    for query in ("zyzzyva", "~ ~", "?!"):
        page.locator(".bd-search-container input").fill(query)
        assert page.get_by_role("status").text_content().startswith(f"Nothing found for “{query}”")
        assert listed(page) == []


def test_who_asks_for_more_than_any_section_holds_gets_those_with_most(searched):
    page = searched("huber minimax zyzzyva")
    assert "none with all of the words" in page.get_by_role("status").text_content()
    assert listed(page)[0][0] == "Why this shape: Huber’s minimax theorem"


# ---- How it is shown ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["http", "file"])
def test_a_result_names_its_chapter_and_shows_its_words_in_a_readable_excerpt(searched, by):
    page = searched("the short answer", by)
    results = listed(page)
    assert len(results) >= 15
    titles, chapters, excerpts = zip(*results[:15], strict=True)
    assert set(titles) == {"The short answer"}
    assert len(set(chapters)) == 15
    assert all(re.match(r"\d+ · ", chapter) for chapter in chapters)
    assert all(40 < len(excerpt) < 260 for excerpt in excerpts)
    page.locator(".bd-search-container input").fill("1.345")
    assert page.locator("#search-results .excerpt mark").all_text_contents()[:1] == ["1.345"]
    assert page.get_by_role("status").text_content() == f"{len(listed(page))} sections found for “1.345”."
    page.locator(".bd-search-container input").fill("legendre.legvander")
    excerpt = listed(page)[0][2]
    assert excerpt.startswith("In code, an equation or a solution: np.polynomial.legendre.legvander")


def test_a_solution_is_found_and_not_told(searched):
    told = {}
    for query in ("solution to exercise 15.2", "huber_solution"):
        told[query] = {title: excerpt for title, _, excerpt in listed(searched(query))}[
            "Solution to exercise 15.2"
        ]
    assert [*told.values()] == ["", "In code, an equation or a solution: huber_solution"]


def test_the_dialog_leads_to_the_search_page_and_the_form_submits(site, serve, opened):
    page = opened(serve(site) + "chapters/15_huber.html")
    page.keyboard.press("Control+k")
    dialog = page.locator("#pst-search-dialog")
    dialog.get_by_role("searchbox").fill("softmax")
    dialog.get_by_role("button", name="Search").click()
    page.wait_for_url("**/search.html?q=softmax")
    assert listed(page)[0][0].startswith("1 · ")
    field = page.locator(".bd-search-container").get_by_role("searchbox")
    assert field.input_value() == "softmax"
    # The list follows what is typed; the address follows the button, and brings the list back.
    field.fill("huber")
    assert listed(page)[0][0].startswith("15 · ")
    page.locator(".bd-search-container").get_by_role("button", name="Search").click()
    page.wait_for_url("**/search.html?q=huber")
    page.reload()
    assert listed(page)[0][0].startswith("15 · ")
    page.locator(".search-button-field").click()
    assert page.evaluate("document.activeElement.name") == "q"


def test_arrow_keys_go_through_the_results(searched):
    page = searched("huber")
    field = page.locator(".bd-search-container input")
    assert field.evaluate("(e) => e === document.activeElement")
    at = "[...document.querySelectorAll('#search-results a')].indexOf(document.activeElement)"
    seen = []
    for key in ("ArrowDown", "ArrowDown", "Tab", "ArrowUp", "ArrowUp", "ArrowUp"):
        page.keyboard.press(key)
        seen.append(page.evaluate(at))
    assert seen == [0, 1, 2, 1, 0, -1]
    assert field.evaluate("(e) => e === document.activeElement")
    page.keyboard.press("ArrowUp")
    assert field.evaluate("(e) => e === document.activeElement")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/chapters/15_huber.html**")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_results_and_none(searched, axe, resized, scheme):
    page = searched("huber", color_scheme=scheme, reduced_motion="reduce")
    assert axe(page) == []
    resized(page, 360)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.locator(".bd-search-container input").fill("zyzzyva")
    assert axe(page) == []


def test_without_javascript_the_page_says_what_else_helps(site, serve, opened):
    page = opened(serve(site) + "search.html", java_script_enabled=False, faultless=False)
    assert page.locator(".bd-search-container noscript p").is_visible()


# ---- Where it leads ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["http", "file"])
@pytest.mark.parametrize(
    ("query", "result", "place"),
    [
        # In an open paragraph, a deeper section, an interview's answer, a heading, code, a solution.
        ("recorded in another unit", "Six wrong years", "p:has-text('recorded in another unit')"),
        (
            "quadrature knows nothing",
            "Two more disguises: a lasso and a likelihood",
            "p:has-text('A quadrature')",
        ),
        ("share of contamination", "What an interviewer asks next", "p:has-text('share of contamination')"),
        ("minimax", "Why this shape: Huber’s minimax theorem", "h3:has-text('minimax')"),
        ("regression.huber_grad", "Definition", "pre:has-text('print(regression.huber_grad')"),
        ("solution to exercise 15.2", "Solution to exercise 15.2", "summary:has-text('exercise 15.2')"),
    ],
)
def test_a_result_leads_to_the_place_and_opens_its_folds(searched, by, query, result, place):
    page = searched(query, by, faultless=False)  # who leaves a page breaks off what it still loads
    link = page.locator("#search-results a", has_text=result).first
    anchor = link.get_attribute("href").split("#")[1]
    link.click()
    page.wait_for_url(f"**/chapters/15_huber.html#{anchor}")
    element = page.locator(f"article {place}").first
    page.wait_for_function(f"({IN_SIGHT})", arg=element.element_handle())
    assert not element.evaluate("(e) => e.closest('details:not([open])')")
    words = {word.lower() for word in page.evaluate(MARKED)}
    assert all(
        any(word.startswith(part) for word in words) for part in re.findall(r"[a-z_]{4,}|\d\S+", query)
    )


def test_marks_leave_the_page_as_it_is_and_go_with_escape(site, serve, opened):
    address = serve(site) + "chapters/15_huber.html"
    html = "document.querySelector('article').textContent.length"
    plain = opened(address).evaluate(html)
    page = opened(address + "?highlight=ψ 1.345 maximiz#definition")
    page.wait_for_function("!location.search")  # who copies the address copies no words
    marked = page.evaluate(MARKED)
    assert set(marked) == {"ψ", "1.345", "maximize"}
    # In a formula also those with an index.
    assert marked.count("ψ") >= page.locator("article mi", has_text=re.compile("^ψ$")).count() > 20
    assert page.evaluate(html) == plain
    page.keyboard.press("Escape")
    assert page.evaluate(MARKED) == []
