"""Exercises on the site: boxes with their number, solutions folded, for mouse, keyboard and paper."""

import collections
import json
import re

import pytest

from lossbook.site import exercises

#: Tests that need the built sample.
built = pytest.mark.browser
PAGE = "chapters/tasks.html"
OPEN = "details.solution[open]"


def cell(source, number=None, role=None, kind="markdown"):
    """Return a cell as in a notebook's JSON, its source in lines."""
    metadata = {"lossbook": {"exercise": number, "role": role}} if number else {}
    return {"cell_type": kind, "metadata": metadata, "source": source.splitlines(keepends=True)}


def text_of(found):
    return "".join(found["source"])


# ---- The gates -------------------------------------------------------------------------------------------


def test_gates_stand_around_the_parts_of_an_exercise():
    cells = [
        cell("# Title"),
        cell("### Exercise 15.2 · `f` of $x$\n\nWrite it.", "15.2", "prompt"),
        cell("def f(): ...", "15.2", "stub", "code"),
        cell("check()", "15.2", "check", "code"),
        cell("Like this.", "15.2", "solution"),
        cell("### Exercise 15.3 · By hand\n\nFind it.", "15.3", "prompt"),
        cell("So.", "15.3", "solution"),
        cell("After."),
    ]
    before = json.dumps(cells)
    assert [text_of(found) for found in exercises.gated(cells)] == [
        "# Title",
        ":::{exercise-start} `f` of $x$\n:label: exercise-15-2\n:nonumber:\n:::",
        "Write it.",
        "def f(): ...",
        "check()",
        ":::{exercise-end}\n:::",
        ":::{solution-start} exercise-15-2\n:label: solution-15-2\n:::",
        "Like this.",
        ":::{solution-end}\n:::",
        ":::{exercise-start} By hand\n:label: exercise-15-3\n:nonumber:\n:::",
        "Find it.",
        ":::{exercise-end}\n:::",
        ":::{solution-start} exercise-15-3\n:label: solution-15-3\n:::",
        "So.",
        ":::{solution-end}\n:::",
        "After.",
    ]
    assert json.dumps(cells) == before


def test_cells_that_belong_to_no_exercise_stay_as_they_are():
    cells = [cell("# Title"), cell("x = 1", kind="code")]
    assert exercises.gated(cells) == cells


@pytest.mark.parametrize("heading", ["Write it.", "### Exercise 15.3 · Another", "### Exercise 15.2: Colon"])
def test_a_prompt_without_its_heading_is_a_warning(heading, monkeypatch):
    said = []
    monkeypatch.setattr(
        exercises.logger, "warning", lambda text, *values, location: said.append(text % values)
    )
    exercises.gated([cell(heading, "15.2", "prompt")])
    assert said == [f"exercise 15.2 must begin with '### Exercise 15.2 · Title'; got {heading!r}"]


# ---- The page --------------------------------------------------------------------------------------------


@built
def test_the_page_has_boxes_with_numbers_and_every_id_once(sample):
    html = (sample / PAGE).read_text("utf-8")
    assert re.findall(r'<h3 class="exercise-title">(.*?)</h3>', html) == [
        'Exercise 1.1 · By hand, <span class="math notranslate nohighlight">\\(x^2\\)</span>',
        'Exercise 1.2 · <code class="docutils literal notranslate"><span class="pre">max</span></code> of '
        "<strong>two</strong>",
    ]
    assert re.findall(r"<summary>(.*?)</summary>", html) == [
        "Solution to exercise 1.1",
        "Solution to exercise 1.2",
    ]
    ids = collections.Counter(re.findall(r'\sid="([^"]*)"', html))
    assert [name for name, count in ids.items() if count > 1] == []
    assert {"exercise-1-1", "exercise-1-2", "solution-1-1", "solution-1-2"} <= set(ids)
    assert "exercises.css" in html
    assert "/exercise.css" not in html
    assert not re.search(r"(exercise|solution)-(start|end)\b", html)


@built
def test_texts_refer_to_exercises_by_number(sample):
    html = (sample / PAGE).read_text("utf-8")
    opening = html[html.index("<p>See ") :].partition("</p>")[0]
    assert re.sub(r"<[^>]*>", "", opening) == "See Exercise 1.2 and Solution to exercise 1.2."
    assert re.findall(r'href="([^"]*)"', opening) == ["#exercise-1-2", "#solution-1-2"]


@built
def test_a_page_without_exercises_does_not_load_their_stylesheet(sample):
    assert "exercises.css" not in (sample / "chapters/wide.html").read_text("utf-8")


@built
def test_a_solution_opens_and_closes_by_keyboard(sample, serve, opened):
    page = opened(serve(sample) + PAGE)
    assert page.locator(OPEN).count() == 0
    assert not page.locator("#solution-1-2 pre").first.is_visible()
    page.locator("summary").nth(1).focus()
    for key, count in (("Enter", 1), ("Space", 0), ("Space", 1)):
        page.keyboard.press(key)
        assert page.locator(OPEN).count() == count
    assert page.locator("#solution-1-2 pre").first.is_visible()
    assert page.locator("#solution-1-1").is_visible() is False
    assert page.complaints == []


@built
def test_links_lead_from_the_exercise_to_its_solution_and_back(sample, serve, opened):
    page = opened(serve(sample) + PAGE)
    page.get_by_role("link", name="Go to solution 1.2").click()
    assert page.url.endswith("#solution-1-2")
    page.wait_for_selector(OPEN, timeout=3000)
    assert page.locator("#solution-1-2").is_visible()
    page.get_by_role("link", name="Back to exercise 1.2").click()
    assert page.url.endswith("#exercise-1-2")


@built
def test_solutions_open_without_javascript(sample, browser, serve):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(serve(sample) + PAGE)
    body = page.locator("#solution-1-2")
    assert not body.is_visible()
    page.locator("summary").nth(1).click()
    assert body.is_visible()
    page.get_by_role("link", name="Go to solution 1.1").click()
    assert page.locator("#solution-1-1").is_visible()
    context.close()


@built
def test_what_a_solution_holds_works(sample, serve, opened):
    page = opened(serve(sample) + PAGE, viewport={"width": 360, "height": 800})
    for summary in page.locator("summary").all():
        summary.click()
    figure = page.locator("#solution-1-2 .lossbook-figure")
    before = figure.locator(".lossbook-readout").inner_text()
    figure.locator("input[type=range]").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(
        "([figure, before]) => figure.querySelector('.lossbook-readout').innerText !== before",
        arg=[figure.element_handle(), before],
        timeout=3000,
    )
    formula = page.locator("#solution-1-1 mjx-container[display='true']")
    page.wait_for_function("(box) => box.getAttribute('role') === 'region'", arg=formula.element_handle())
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    assert page.locator("#solution-1-2").get_by_text("Exercise 1.2 (max): 1 of 1 passed").is_visible()
    assert page.complaints == []


@built
def test_closed_solutions_are_printed(sample, serve, opened):
    page = opened(serve(sample) + PAGE)
    state = """() => {
      const body = document.querySelector("#solution-1-2");
      const height = body.closest("details").getBoundingClientRect().height;
      return [body.querySelector("pre").checkVisibility({contentVisibilityAuto: true}), height];
    }"""
    visible, folded = page.evaluate(state)
    assert not visible
    page.emulate_media(media="print")
    visible, printed = page.evaluate(state)
    assert visible
    assert printed > folded + 300


@built
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("unfold", [False, True], ids=["folded", "unfolded"])
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing_in_exercises(sample, serve, opened, axe, scheme, unfold, width):
    page = opened(serve(sample) + PAGE, color_scheme=scheme, viewport={"width": width, "height": 900})
    if unfold:
        for summary in page.locator("summary").all():
            summary.click()
        page.evaluate("() => new Promise(requestAnimationFrame)")
    assert axe(page) == []
