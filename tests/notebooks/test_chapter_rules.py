"""Each rule of the form of chapters, and a chapter that breaks it."""

import copy

import nbformat
import pytest

from lossbook.notebooks import problems_in_file, to_text
from lossbook.notebooks.chapter_rules import chapter_problems
from lossbook.notebooks.normalization import FIGURE_MIME
from tests.notebooks.conftest import edit, run

new = nbformat.v4
MOVING = {FIGURE_MIME: {"alt": "A curve", "parameters": [{"kind": "slider"}]}, "text/plain": "Figure"}
STILL = {FIGURE_MIME: {"alt": "A curve", "parameters": []}, "text/plain": "Figure"}
WORD_90 = " ".join(["word"] * 90)


def code(source, id, *tags, prints=None, shows=None):
    """Return a cell of code that was run."""
    outputs = [new.new_output("stream", name="stdout", text=prints)] if prints else []
    outputs += [new.new_output("display_data", shows)] if shows else []
    return new.new_code_cell(source, id=id, metadata={"tags": list(tags)}, outputs=outputs, execution_count=1)


@pytest.fixture
def chapter():
    """Return a chapter in good form."""
    texts = {
        "title": "# 3 · What is it?\n\nIt is this.",
        "short": "## The short answer\n\nShort.",
        "definition": "(what-it-is)=\n## Definition\n\n$$\nx\n$$ (eq-x)\n\nThat.",
        "deeper": "### Why\n\n*Deeper.* Because.\n\nA proof.",
        "step": "#### A step\n\nFirst this.",
        "turn": "## Not quite so\n\nNo.",
        "card": "## On one card\n\nFormula\n: $x$",
        "which": "## Which loss when\n\nThis one.",
        "exercises": "## Exercises\n\nOne.",
        "prompt": "### Exercise 3.1 · Try\n\nTry it.",
        "solution": "So.",
        "interview": "## What an interviewer asks next\n\nThis.",
        "next": "## What to read next\n\nThat.",
    }
    cells = {name: new.new_markdown_cell(text, id=name) for name, text in texts.items()}
    cells["deeper"].metadata.tags = ["deeper"]
    for role in ("prompt", "solution"):
        cells[role].metadata.lossbook = {"exercise": "3.1", "role": role}
    titled, *others = cells.values()
    figure = code("explore(draw)", "figure", shows=MOVING)
    check = code("assert 1 + 1 == 2\nprint('2 by hand, 2 by machine')", "check", "check", prints="2 and 2\n")
    plumbing = code("# Load it\nx = 1", "prepare", "prepare")
    return run(titled, figure, *others[:3], check, plumbing, *others[3:])


def at(chapter, name):
    """Return the place of a cell, counted from 0."""
    return [cell.id for cell in chapter.cells].index(name)


def told(chapter):
    """Return what breaks the form of the chapter."""
    return list(chapter_problems(chapter.cells))


def test_a_chapter_in_good_form_has_no_problems(chapter):
    assert told(chapter) == []


def test_chapters_are_held_to_these_rules_and_other_notebooks_are_not(chapter, tmp_path):
    del chapter.cells[at(chapter, "card")]
    said = "required is one heading 'On one card'; there are 0: edit it, then run make outputs CHAPTER=03"
    for name, found in (("03_gram", [said]), ("draft", [])):
        number = name[1] if name[0] == "0" else "3"
        path = tmp_path / f"{name}.ipynb"
        path.write_text(to_text(chapter).replace("3.1", f"{number}.1"), encoding="utf-8")
        assert problems_in_file(path) == found


PROVES_NOTHING = "is tagged 'check' and asserts nothing, so it cannot fail"
NO_COMMENT = "is tagged 'prepare'; its first line must be a comment that says what it makes"
TAKEAWAY = "goes deeper; its first paragraph must begin with '*Deeper.*', and is the takeaway"
NO_HEADING = "is tagged 'deeper'; required is a cell that begins with a heading (##, ###, …)"
INSIDE = "has a heading inside; a heading begins its cell, one a cell"
STILL_FIRST = "shows the first figure, which stands still; a chapter opens with one that moves"


def last_line(line):
    """Return what is said of a check with this last line."""
    return f"is a check whose last line is {line!r}; required are the numbers of both sides"


@pytest.mark.parametrize(
    ("name", "parts", "said"),
    [
        # A check can fail, and its line holds the evidence.
        ("check", {"source": "print(1 + 1)"}, PROVES_NOTHING),
        ("check", {"source": "# assert\nprint('assert 1 == 2')"}, PROVES_NOTHING),
        ("check", {"source": "assert True\nprint(2)"}, PROVES_NOTHING),
        ("check", {"source": "assert (1 == 2, 'never')\nprint(2)"}, PROVES_NOTHING),
        ("check", {"source": "np.testing.assert_allclose(1, 1)"}, None),
        ("check", {"source": "assert_close(1, 1)"}, None),
        ("check", {"outputs": []}, last_line("")),
        ("check", {"prints": "2 and 2\nThe two agree to 1e-9"}, last_line("The two agree to 1e-9")),
        ("check", {"prints": "2 and 2: True"}, last_line("2 and 2: True")),
        ("check", {"prints": "2 and 2\nboth sides"}, last_line("both sides")),
        ("check", {"prints": "true slope 2.00, found 2.01"}, None),
        ("check", {"prints": "Agreement of two\n2 and 2\n\n"}, None),
        ("prepare", {"source": "x = 1\n# Load it"}, NO_COMMENT),
        ("prepare", {"source": "#"}, NO_COMMENT),
        # A fold has a heading and a takeaway.
        ("deeper", {"source": "### Why\n\nBecause.\n\n*Deeper.* No."}, TAKEAWAY),
        ("deeper", {"source": "### Why"}, TAKEAWAY),
        ("deeper", {"source": "(why)=\n### Why\n\n*Deeper.* Because."}, None),
        ("deeper", {"source": "*Deeper.* Because."}, NO_HEADING),
        ("deeper", {"source": "# Why\n\n*Deeper.* Because."}, NO_HEADING),
        (
            "deeper",
            {"source": "### Why $x$\n\n*Deeper.* Because."},
            "folds under a heading with a formula, which a screen reader would leave out",
        ),
        (
            "step",
            {"source": "#### A step\n\n*Deeper.* Yes.", "tags": ["deeper"]},
            "goes deeper inside a section that does; a fold holds no other",
        ),
        ("step", {"source": "### Another\n\n*Deeper.* Yes.", "tags": ["deeper"]}, None),
        ("short", {"tags": ["check"]}, "is tagged 'check' and a markdown cell; required is a code cell"),
        ("check", {"tags": ["deeper"]}, "is tagged 'deeper' and a code cell; required is a markdown cell"),
        # The opening.
        ("figure", {"shows": STILL}, STILL_FIRST),
        # Headings begin their cells.
        ("turn", {"source": "## Not quite so\n\nNo.\n\n### One"}, INSIDE),
        ("step", {"source": "So far.\n\n#### A step"}, INSIDE),
        ("step", {"source": "```python\n# a comment\n```\n\n#hashtag"}, None),
        # No wall of text.
        ("turn", {"source": f"## Not quite so\n\n{WORD_90}"}, None),
        (
            "turn",
            {"source": f"## Not quite so\n\n{WORD_90} over"},
            "has a paragraph of 91 words; required are at most 90",
        ),
        ("step", {"source": f"#### A step\n\n{WORD_90}\n$$\nx\n$$ (eq-y)\n{WORD_90}"}, None),
        ("step", {"source": f"#### A step\n\n- {WORD_90} over"}, None),
        ("solution", {"source": f"{WORD_90} over"}, None),
    ],
)
def test_a_fact_that_breaks_the_form_is_told(chapter, name, parts, said):
    index = at(chapter, name)
    assert told(edit(chapter, index, **parts)) == ([f"cell {index + 1} {said}"] if said else [])


def test_the_first_figure_comes_early(chapter):
    title = f"# 3 · What is it?\n\n{WORD_90}\n\n" + " ".join(["word"] * 27)  # three words more in the title
    assert told(edit(chapter, 0, source=title)) == []
    found = told(edit(chapter, 0, source=f"{title} over"))
    assert "shows the first figure after 121 words; required are at most 120" in found[0]
    del chapter.cells[at(chapter, "figure")]
    assert "the chapter has no figure; it opens with one that moves" in told(chapter)


@pytest.mark.parametrize(
    "name", ["short", "definition", "turn", "card", "which", "exercises", "interview", "next"]
)
def test_each_fixed_heading_is_required_once(chapter, name):
    index = at(chapter, name)
    again = copy.deepcopy(chapter)
    again.cells.insert(index, again.cells[index])
    chapter.cells[index].source = chapter.cells[index].source.replace("## ", "## Not ")
    (missing,), (twice,) = told(chapter), told(again)
    assert missing.startswith("required is one heading ")
    assert missing.endswith("; there are 0")
    assert twice == missing.replace("are 0", "are 2")


def test_functions_have_their_own_table(chapter):
    assert told(edit(chapter, at(chapter, "which"), source="## Which function when\n\nThis.")) == []


def test_the_fixed_headings_have_an_order(chapter):
    card, which = at(chapter, "card"), at(chapter, "which")
    chapter.cells[card], chapter.cells[which] = chapter.cells[which], chapter.cells[card]
    (found,) = told(chapter)
    assert "come as The short answer, Definition, Not quite so, Which loss when, On one card, Ex" in found
    assert found.endswith(
        "On one card, Which loss when or Which function when, Exercises, "
        "What an interviewer asks next, What to read next"
    )
