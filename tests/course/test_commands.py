"""The command that makes a course: what it writes, what it refuses to replace, and when it makes nothing."""

from pathlib import Path

import nbformat
import pytest

from lossbook.course import COURSE, making
from lossbook.course import __main__ as command
from lossbook.notebooks import to_text
from tests.course.conftest import role

FILES = ["student/15_huber.ipynb", "instructor/15_huber.ipynb"]
FILES += ["nbgrader/source/15_huber/15_huber.ipynb", "nbgrader/nbgrader_config.py"]


@pytest.fixture(autouse=True)
def book(tmp_path, monkeypatch, chapter):
    """A book of two chapters, which is the working directory."""
    monkeypatch.chdir(tmp_path)
    Path("chapters").mkdir()
    Path("_config.yml").write_text("repository:\n  url: https://github.com/someone/book\n", encoding="utf-8")
    for noun in ("01_softmax", "15_huber"):
        Path("chapters", f"{noun}.ipynb").write_text(to_text(chapter), encoding="utf-8")


def made(folder):
    return {path.relative_to(folder).as_posix() for path in Path(folder).rglob("*") if path.is_file()}


def test_a_chapter_becomes_three_notebooks_and_nbgraders_settings(capsys):
    assert command.main(["15", "huber", "--folder", "out"]) == 0
    assert made("out") == set(FILES)
    assert capsys.readouterr().out.split() == [str(Path("out", name)) for name in FILES]
    roles = {
        name: {role(c)[1] for c in nbformat.read(Path("out", name), as_version=4).cells} - {None}
        for name in FILES[:3]
    }
    assert roles[FILES[0]] == roles[FILES[2]] == {"prompt", "answer", "check"}
    assert roles[FILES[1]] == {"prompt", "answer", "check", "solution", "grading", "hidden"}


def test_make_is_what_is_done_without_a_command(capsys):
    assert command.main(["make", "15", "--folder", "out"]) == 0
    with pytest.raises(SystemExit):
        command.main(["--help"])
    said = " ".join(capsys.readouterr().out.split())
    assert "python -m lossbook.course make" in said
    assert all(f"{name} {what}" in said for name, (*_, what) in command.COMMANDS.items())


def test_what_was_made_may_be_made_again_and_your_notes_stay():
    assert command.main(["15"]) == command.main(["15"]) == 0
    notes = COURSE / FILES[1]
    theirs, before = "my notes", (COURSE / FILES[0]).read_bytes()
    notes.write_text(theirs, encoding="utf-8")
    Path("chapters/15_huber.ipynb").write_text(
        Path("chapters/15_huber.ipynb").read_text(encoding="utf-8").replace("What to read", "More to read"),
        encoding="utf-8",
    )
    assert command.main(["15"]) == 1
    assert notes.read_text(encoding="utf-8") == theirs
    assert (COURSE / FILES[0]).read_bytes() == before  # all or nothing
    assert command.main(["15", "--anew"]) == 0
    assert theirs not in notes.read_text(encoding="utf-8")


def test_it_says_which_files_it_would_replace(capsys):
    command.main(["15"])
    (COURSE / FILES[1]).write_text("my notes", encoding="utf-8")
    command.main(["15"])
    said = capsys.readouterr().err
    assert FILES[1] in said
    assert FILES[0] not in said


def test_an_unknown_chapter_is_told(capsys):
    assert command.main(["15", "16"]) == 1
    assert "no chapter 16 yet" in capsys.readouterr().err
    assert not COURSE.exists()


@pytest.mark.parametrize("edition", ["student", "nbgrader_source"])
def test_nothing_is_made_if_a_solution_is_left(monkeypatch, capsys, edition):
    make = getattr(making, edition)

    def careless(chapter, noun):
        notebook = make(chapter, noun)
        notebook.cells[-1].source += "\n\nDivide by the slope far out."
        return notebook

    monkeypatch.setattr(making, edition, careless)
    assert command.main(["15"]) == 1
    said = capsys.readouterr().err
    assert "nothing is made" in said
    assert "of the solution to exercise 15.4 this is left: Dividebytheslopefarout." in said
    assert not COURSE.exists()


def test_students_get_the_package_from_its_address_or_with_their_notebook(monkeypatch):
    downloads = pytest.importorskip("lossbook.site.downloads")

    def write_wheel(book, folder):
        assert Path(book, "chapters").is_dir()
        Path(folder, downloads.WHEEL).write_text("the package", encoding="utf-8")

    monkeypatch.setattr(downloads, "write_wheel", write_wheel)

    def setups():
        cells = [nbformat.read(Path("out", name), as_version=4).cells[1] for name in (FILES[0], FILES[2])]
        assert all(c.metadata.tags == ["remove-cell", "setup"] for c in cells)
        return [c.source for c in cells]

    assert command.main(["15", "--folder", "out"]) == 0
    assert all("https://github.com/someone/book" in source for source in setups())
    assert made("out") == set(FILES)
    Path("_config.yml").write_text("repository:\n  url: ''\n", encoding="utf-8")
    assert command.main(["15", "--folder", "out", "--anew"]) == 0
    assert all(f"./{downloads.WHEEL}[lab]" in source for source in setups())
    places = ("student", "nbgrader/source/15_huber")
    assert made("out") == {*FILES, *(f"{place}/{downloads.WHEEL}" for place in places)}


def test_exercises_in_bad_form_are_told(capsys):
    assert command.main(["01"]) == 1  # its exercises are those of chapter 15, and have no checker there
    said = capsys.readouterr().err
    assert said.startswith(f"{Path('chapters/01_softmax.ipynb')}: exercise 15.2 ")
    assert "lossbook.exercises.softmax no checker" in said
    assert not COURSE.exists()
