"""The reader's copies: made once, kept, never overwritten, renewed only where nothing is lost."""

import shutil
import subprocess
from pathlib import Path

import nbformat
import pytest

from lossbook.notebooks import to_text
from lossbook.notebooks.__main__ import main
from lossbook.notebooks.copies import COPIES, copy_for_reader
from lossbook.notebooks.normalization import FIGURE_MIME

ROOT = Path(__file__).parents[2]
CHAPTER = Path("chapters/15_huber.ipynb")
FIRST, SECOND, THIRD = (COPIES / f"15_huber{end}.ipynb" for end in ("", "-2", "-3"))


@pytest.fixture(autouse=True)
def book(tmp_path, monkeypatch, notebook):
    """A book of two chapters, which is the working directory."""
    monkeypatch.chdir(tmp_path)
    CHAPTER.parent.mkdir()
    CHAPTER.write_text(to_text(notebook), encoding="utf-8")
    shutil.copy(CHAPTER, "chapters/01_softmax.ipynb")


def edit(path, source):
    """Change what the third cell says, as its author or reader would."""
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[3].source = source
    nbformat.write(notebook, path)


def run(path):
    """Change what the cells put out, and what JupyterLab notes down by the way."""
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[3].outputs, notebook.cells[3].execution_count = [], 7
    notebook.cells[3].metadata["collapsed"] = False
    notebook.metadata["language_info"]["version"] = "3.11.2"
    nbformat.write(notebook, path)


def break_(path):
    path.write_text("<<<<<<< mine", encoding="utf-8")


def leave(path):
    pass


def sources(path):
    return [cell.source for cell in nbformat.read(path, as_version=4).cells]


def test_a_copy_is_the_chapter_without_what_only_the_site_needs():
    before = CHAPTER.read_bytes()
    copy = copy_for_reader(CHAPTER)
    assert (copy.path, "is your copy" in copy.said) == (FIRST, True)
    assert sources(FIRST) == sources(CHAPTER)
    (figure,) = nbformat.read(FIRST, as_version=4).cells[-1].outputs
    assert "image/png" in figure.data
    assert FIGURE_MIME not in figure.data
    assert CHAPTER.read_bytes() == before


@pytest.mark.parametrize("does", [leave, run, lambda path: edit(path, "print(5)")])
def test_a_copy_of_today_s_chapter_is_opened_as_it_is(does):
    copy_for_reader(CHAPTER)
    does(FIRST)
    before = FIRST.read_bytes()
    copy = copy_for_reader(CHAPTER)
    assert (copy.path, copy.said) == (FIRST, "")
    assert FIRST.read_bytes() == before
    assert list(COPIES.iterdir()) == [FIRST]


@pytest.mark.parametrize("does", [leave, run])
def test_where_only_the_chapter_has_changed_the_copy_is_renewed(does):
    copy_for_reader(CHAPTER)
    does(FIRST)
    edit(CHAPTER, "print(3 + 3)")
    copy = copy_for_reader(CHAPTER)
    assert (copy.path, "is renewed" in copy.said) == (FIRST, True)
    assert sources(FIRST) == sources(CHAPTER)
    assert copy_for_reader(CHAPTER).said == ""


@pytest.mark.parametrize("does", [lambda path: edit(path, "print(5)"), break_])
def test_where_both_have_changed_the_copy_stays_and_a_fresh_one_stands_beside_it(does):
    copy_for_reader(CHAPTER)
    does(FIRST)
    before = FIRST.read_bytes()
    edit(CHAPTER, "print(3 + 3)")
    copy = copy_for_reader(CHAPTER)
    assert (copy.path, FIRST.read_bytes()) == (SECOND, before)
    assert f"{FIRST} was made from an earlier chapter and stays" in copy.said
    assert f"a fresh copy is {SECOND}" in copy.said
    assert sources(SECOND) == sources(CHAPTER)
    assert copy_for_reader(CHAPTER).path == SECOND


def test_copies_are_counted_on_and_the_one_of_today_s_chapter_is_opened():
    first_edition = CHAPTER.read_bytes()
    for number, path in enumerate([FIRST, SECOND, THIRD]):
        edit(CHAPTER, f"print({number})")
        assert copy_for_reader(CHAPTER).path == path
        edit(path, "mine")
    shutil.copy(THIRD, COPIES / "15_huber-Copy1.ipynb")  # JupyterLab's own duplicate is no copy of ours
    edit(CHAPTER, "print(1)")
    assert copy_for_reader(CHAPTER).path == SECOND
    CHAPTER.write_bytes(first_edition)
    SECOND.unlink()
    assert copy_for_reader(CHAPTER).path == SECOND
    assert {sources(path)[3] for path in (FIRST, THIRD)} == {"mine"}
    assert len(list(COPIES.iterdir())) == 4


def test_tenth_copies_come_after_ninth_ones():
    COPIES.mkdir()
    for number in (2, 9, 10):
        (COPIES / f"15_huber-{number}.ipynb").touch()
    copy_for_reader(CHAPTER)
    assert FIRST.exists()
    edit(CHAPTER, "print(3 + 3)")
    assert copy_for_reader(CHAPTER).path == SECOND.with_name("15_huber-3.ipynb")


# ---- The command line --------------------------------------------------------------------------------------


def asked(capsys, *arguments):
    """Return exit status, what is to be opened, and what is said."""
    status = main(list(arguments))
    printed = capsys.readouterr()
    return status, printed.out.strip(), printed.err


def test_lab_opens_one_copy_or_the_folder_of_all(capsys):
    status, opened, said = asked(capsys, "lab", "15")
    assert (status, opened, said.count("is your copy")) == (0, str(FIRST), 1)
    assert list(COPIES.iterdir()) == [FIRST]
    status, opened, said = asked(capsys, "lab", "")
    assert (status, opened, said.count("is your copy")) == (0, str(COPIES), 1)
    assert {path.name for path in COPIES.iterdir()} == {"01_softmax.ipynb", "15_huber.ipynb"}
    assert asked(capsys, "lab", "huber") == (0, str(FIRST), "")


def test_edit_opens_the_chapter_itself(capsys):
    status, opened, said = asked(capsys, "edit", "15_huber")
    assert (status, opened, "make outputs" in said) == (0, str(CHAPTER), True)
    assert asked(capsys, "edit", "")[:2] == (0, "chapters")
    assert not COPIES.exists()


@pytest.mark.parametrize("command", ["lab", "edit", "outputs"])
@pytest.mark.parametrize(
    ("chapter", "what"), [("3", "3 yet"), ("abc", "'abc'"), ("15.2", "'15.2'"), ("chapters/", "'chapters/'")]
)
def test_a_chapter_that_is_not_there_is_told_and_nothing_is_opened(capsys, command, chapter, what):
    status, opened, said = asked(capsys, command, chapter)
    assert (status, opened) == (2, "")
    assert said.startswith(f"There is no chapter {what}. There are 1 (softmax), 15 (huber)")
    assert not COPIES.exists()


def test_git_ignores_the_copies():
    command = ["git", "-c", "safe.directory=*", "check-ignore", "--quiet", str(FIRST)]
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == 0
