"""The tables for teachers say what the chapters hold, and a syllabus keeps their order."""

import re
import tomllib
from pathlib import Path

import lxml.html
import pytest

from lossbook.site import course_data, syllabus

ROOT = Path(__file__).resolve().parents[2]
PAGES = [f"chapters/{path.stem}" for path in sorted(ROOT.glob("chapters/*.ipynb"))]


# ---- Chapters ----------------------------------------------------------------------------------------------


def test_a_chapter_is_read_from_its_notebook_and_its_row():
    chapter = course_data.chapter(ROOT, "chapters/15_huber")
    row = tomllib.loads((ROOT / "chapters/chapters.toml").read_text("utf-8"))["15"]
    assert (chapter.number, chapter.title) == (15, "15 · What is the Huber loss?")
    assert (list(chapter.builds_on), list(chapter.goals)) == (row["builds_on"], row["goals"])
    assert 30 < chapter.minutes < 45 < chapter.every_minute < 90
    assert "huber-leverage" in chapter.moving
    assert "huber-card" not in chapter.moving  # it stands still
    kinds = {exercise.number: (exercise.kind, exercise.points) for exercise in chapter.exercises}
    assert kinds["15.1"] == ("By hand", 5)
    assert kinds["15.2"] == ("Code", 8)
    assert kinds["15.6"] == ("Open-ended", 5)
    by_number = {exercise.number: exercise for exercise in chapter.exercises}
    assert by_number["15.4"].varies
    assert not by_number["15.1"].varies
    assert by_number["15.2"].anchor == "exercise-15-2"
    assert by_number["15.2"].title == "Loss, gradient and weight"


def test_few_exercises_say_nothing_of_their_kind():
    """Else the word for them, "other", would have to become one that says more."""
    kinds = [exercise.kind for page in PAGES for exercise in course_data.chapter(ROOT, page).exercises]
    assert set(kinds) == set(course_data.KINDS)
    assert kinds.count(course_data.OTHER) < 0.1 * len(kinds)


# ---- Syllabi -----------------------------------------------------------------------------------------------


def chapter(number, *builds_on):
    exercises = tuple(course_data.Exercise(f"{number}.{n}", "T", "Code", n, False) for n in (1, 2))
    page = f"chapters/{number:02}_noun"
    return course_data.Chapter(number, page, "What?", builds_on, (), 40, 60, exercises, (f"figure-{number}",))


CHAPTERS = {1: chapter(1), 2: chapter(2, 1), 3: chapter(3, 1, 2)}


def test_a_line_becomes_a_week():
    first, second = syllabus.weeks(
        ["Squares | 1 2 | 1.2 2.1 | 2 figure-2: drag: the point", "More|3||1 figure-1: again"], CHAPTERS
    )
    assert (first.theme, [c.number for c in first.chapters]) == ("Squares", [1, 2])
    assert [exercise.number for exercise in first.exercises] == ["1.2", "2.1"]
    assert (first.shown.number, first.figure, first.words) == (2, "figure-2", "drag: the point")
    assert ([c.number for c in second.chapters], second.exercises, second.shown.number) == ([3], (), 1)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["A | 2 | 2.1 | 2 figure-2: x"], r"week 1 .* chapter 2 builds on \[1\], which have not been read"),
        (["A | 1 | | 1 figure-1: x", "B | 3 | | 3 figure-3: x"], r"week 2 .* chapter 3 builds on \[2\]"),
        (["A | 4 | | 1 figure-1: x"], "no chapter is 4; there are 1, 2, 3"),
        (["A | 1 | 2.1 | 1 figure-1: x"], r"no exercise of these chapters is 2\.1; there are 1\.1, 1\.2"),
        (["A | 1 | 1.1 | 1 figure-2: x"], "no figure that moves is figure-2; there are figure-1"),
        (["A | 1 | 1.1"], "week 1 .*: not enough values"),
        (["A | one | 1.1 | 1 figure-1: x"], "week 1 .*: invalid literal"),
    ],
)
def test_a_week_that_asks_for_what_it_cannot_have_is_told(lines, said):
    with pytest.raises(ValueError, match=said):
        syllabus.weeks(lines, CHAPTERS)


# ---- The page ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def page(site):
    return lxml.html.parse(str(site / "pages/teaching.html")).getroot()


def rows(page, *titles):
    """The tables of the page whose first titles these are, each as a list of rows of cells."""
    found = []
    for table in page.xpath("//article//table"):
        head, *body = table.xpath(".//tr")
        if [cell.text_content().strip() for cell in head][: len(titles)] == list(titles):
            found.append([row.xpath("./td") for row in body])
    return found


@pytest.mark.browser
def test_the_page_has_all_chapters_with_the_minutes_that_they_say_themselves(site, page):
    (table,) = rows(page, "Chapter", "Builds on")
    assert len(table) == len(PAGES)
    for name, (title, needed, minutes, every) in zip(PAGES, table, strict=True):
        line = lxml.html.parse(str(site / f"{name}.html")).xpath('string(//p[@class="chapter-line"])')
        said = re.match(r"(\d+) minutes · (\d+) with every fold", line)
        assert said.groups() == (minutes.text_content().strip(), every.text_content().strip())
        assert title.xpath(".//a/@href") == [f"../{name}.html"]
        row = course_data.chapter(ROOT, name)
        assert [int(n) for n in re.findall(r"\d+", needed.text_content())] == list(row.builds_on)


@pytest.mark.browser
def test_the_page_has_each_exercise_once_among_its_kinds(page):
    (table,) = rows(page, "Chapter", *course_data.KINDS)
    links = [href for row in table for cell in row[1:] for href in cell.xpath(".//a/@href")]
    wanted = [
        f"../{name}.html#{exercise.anchor}"
        for name in PAGES
        for exercise in course_data.chapter(ROOT, name).exercises
    ]
    assert sorted(links) == sorted(wanted)


def said(items):
    """The texts of elements, with the straight quotes of their sources."""
    return [
        " ".join(item.text_content().split()).replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
        for item in items
    ]


@pytest.mark.browser
def test_each_chapter_has_a_fold_with_goals_and_titles(page):
    folds = page.xpath('//article//details[@class="goals"]')
    for name, fold in zip(PAGES, folds, strict=True):
        row = course_data.chapter(ROOT, name)
        assert said(fold.xpath(".//li")) == list(row.goals)
        assert len(fold.xpath(".//tbody/tr")) == len(row.exercises)


@pytest.mark.browser
def test_three_syllabi_have_their_weeks(page):
    tables = rows(page, "Week", "Exercises to set")
    assert [len(table) for table in tables] == [3, 8, 15]
    for table in tables[1:]:
        links = [href for row in table for href in row[0].xpath(".//a/@href")]
        assert sorted(links) == [f"../{name}.html" for name in PAGES]  # the longer ones have the whole book
