"""What a reviewer reads of a notebook, and what git shows of a change to it."""

import copy
import subprocess

import nbformat
import pytest

from lossbook.figures.engine import FIGURE_MIME
from lossbook.notebooks import to_text
from lossbook.notebooks.__main__ import main
from lossbook.notebooks.review import to_review

new = nbformat.v4
TITLE, SETUP, PROSE, SUM, CURVES, SHOW = range(6)  # the cells of the notebook in conftest.py


@pytest.fixture
def notebook(notebook):
    """The notebook with a whole figure, measured, and with every kind of output."""
    figure = {"name": "curve", "caption": "Look.", "alt": "A curve", "parameters": [{"texts": ["0", "1"]}]}
    notebook.cells[SHOW].outputs[0].data[FIGURE_MIME] = nbformat.from_dict(figure)
    notebook.cells[SHOW].outputs[0].metadata[FIGURE_MIME] = {"svg": "<svg/>"}
    notebook.cells[SUM].outputs += [
        new.new_output("error", ename="ValueError", evalue="no", traceback=["…"]),
        new.new_output("execute_result", {"text/plain": "5"}, execution_count=2),
    ]
    return notebook


def changed(notebook, change):
    """The lines of the review that a change takes away and adds."""
    other = copy.deepcopy(notebook)
    change(other.cells)
    before, after = to_review(notebook).splitlines(), to_review(other).splitlines()
    return [line for line in before if line not in after], [line for line in after if line not in before]


def test_what_people_wrote_and_what_cells_say_is_there_in_full(notebook):
    text = to_review(notebook)
    for cell in notebook.cells:
        assert cell.source in text
    said = ["4", "ValueError: no", "5", "caption: Look.", "alt: A curve"]
    assert [line for line in said if f"\n  → {line}\n" not in text] == []
    assert "\n  → figure curve, 2 positions, " in text


@pytest.mark.parametrize(
    ("change", "begins"),
    [
        (lambda cells: cells[SUM].update(source="print(3 + 1)"), "print("),
        (lambda cells: cells[SUM].metadata.update(tags=["check"]), "━━ code · the-sum"),
        (lambda cells: cells[SUM].metadata.update(lossbook={"exercise": "1.1"}), "━━ code · the-sum"),
        (lambda cells: cells[SUM].outputs[0].update(text="9\n"), "  → "),
        (lambda cells: cells[SHOW].outputs[0].data[FIGURE_MIME].update(name="arc"), "  → figure "),
        (lambda cells: cells[SHOW].outputs[0].data[FIGURE_MIME].update(svg="x" * 9999), "  → figure "),
        (lambda cells: cells[SHOW].outputs[0].metadata[FIGURE_MIME].update(svg="x" * 9999), "  → figure "),
        (lambda cells: cells[SHOW].outputs[0].data.update({"image/png": "iVBORw0KGgp="}), "  → image/png, "),
    ],
)
def test_each_change_is_a_line(notebook, change, begins):
    (before,), (after,) = changed(notebook, change)
    assert before.startswith(begins)
    assert after.startswith(begins)
    assert len(after) < 80


def test_long_outputs_are_cut_and_still_told_apart(notebook):
    long = "\n".join(map(str, range(1000)))
    notebook.cells[SUM].outputs[0].text = long
    (before,), (after,) = changed(notebook, lambda cells: cells[SUM].outputs[0].update(text=long + "9"))
    assert before != after
    assert before.startswith("  → … 960 lines more, ")


def test_git_shows_a_change_in_these_lines(notebook, tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    path = tmp_path / "chapters/15_huber.ipynb"
    path.parent.mkdir()
    path.write_text(to_text(notebook), encoding="utf-8")
    (tmp_path / ".gitattributes").write_text("*.ipynb diff=jupyternotebook\n", encoding="utf-8")
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    for command in (["init", "-q"], ["add", "."], [*who, "commit", "-qm", "First"]):
        subprocess.run(["git", *command], check=True)
    notebook.cells[SUM].source = "print(3 + 1)"
    notebook.cells[SHOW].outputs[0].data[FIGURE_MIME].svg = "x" * 99999
    path.write_text(to_text(notebook), encoding="utf-8")
    assert main(["changes", "15"]) == 0
    shown = capfd.readouterr().out.splitlines()
    assert {"-print(2 + 2)", "+print(3 + 1)"} <= set(shown)
    assert sum(line.startswith(("+  → figure curve", "-  → figure curve")) for line in shown) == 2
    assert max(map(len, shown)) < 200


def test_the_book_names_the_driver(request):
    command = ["git", "-c", "safe.directory=*", "check-attr", "diff", "chapters/15_huber.ipynb"]
    done = subprocess.run(command, cwd=request.config.rootpath, capture_output=True, text=True, check=True)
    assert done.stdout.endswith("diff: jupyternotebook\n")
