"""What the Makefile does around its tools, which are stand-ins here: what is built, kept, opened, or not.

What ``python -m lossbook.notebooks`` itself answers is tested in ``tests/notebooks``.
"""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

#: Stands for Jupyter Book: notes whether it begins anew, and makes what the test asks for.
BUILDER = """#!/bin/sh
html="$4/_build/html"
if [ -e "$html" ]; then echo goes on; else echo anew; fi >> began.txt
echo "$SOLUTIONS" >> solutions.txt
mkdir -p "$html" && cp page.html "$html/index.html"
exit "$(cat status.txt)"
"""
#: Stand for Python and JupyterLab: note what they are asked.
PYTHON = '#!/bin/sh\nprintf "%s|" "$@" >> asked.txt; cat answer.txt; exit "$(cat answered.txt)"\n'
LAB = '#!/bin/sh\necho "$@" >> opened.txt\n'


class Book:
    """A folder with the Makefile and tools that are stand-ins."""

    def __init__(self, folder):
        self.folder = folder
        for name in ("requirements", ".venv/bin"):
            (folder / name).mkdir(parents=True)
        shutil.copy(ROOT / "Makefile", folder)
        for name in ("pyproject.toml", "requirements/book.txt", "requirements/test.txt"):
            (folder / name).touch()
        for name, text in {"python": PYTHON, "jupyter-book": BUILDER, "jupyter": LAB}.items():
            (folder / ".venv/bin" / name).write_text(text, encoding="utf-8")
            (folder / ".venv/bin" / name).chmod(0o755)
        for name in (".venv/.book-installed", ".venv/.test-installed"):
            (folder / name).touch()
        self.answer("")

    def answer(self, text, status=0):
        """Set what Python says, and the status with which it ends."""
        (self.folder / "answer.txt").write_text(text, encoding="utf-8")
        (self.folder / "answered.txt").write_text(str(status), encoding="utf-8")

    def make(self, *arguments):
        """Run make; return whether it succeeded, and what was said."""
        command = ["make", "--no-print-directory", *arguments]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False)
        return done.returncode == 0, done.stdout + done.stderr

    def build(self, page, status=0, **settings):
        """Make the book where the builder makes this page and ends with this status."""
        (self.folder / "page.html").write_text(page, encoding="utf-8")
        (self.folder / "status.txt").write_text(str(status), encoding="utf-8")
        return self.make("book", *(f"{name}={value}" for name, value in settings.items()))

    def read(self, name):
        path = self.folder / name
        return path.read_text(encoding="utf-8") if path.exists() else None

    @property
    def page(self):
        """The page that a reader finds."""
        return self.read("_build/html/index.html")


@pytest.fixture
def book(tmp_path):
    return Book(tmp_path)


def test_a_build_that_succeeds_takes_the_place_of_the_last_site(book):
    good, said = book.build("first")
    assert (good, book.page) == (True, "first")
    assert f"file://{book.folder}/_build/html/index.html" in said
    (book.folder / "_build/html/gone.html").touch()
    assert book.build("second")[0]
    assert book.page == "second"
    assert book.read("began.txt").split("\n")[:2] == ["anew", "goes on"]
    assert not (book.folder / "_build/html/gone.html").exists()
    assert {path.name for path in (book.folder / "_build").iterdir() if path.is_dir()} == {"html", "stage"}


def test_a_site_without_solutions_is_built_apart(book):
    book.build("with")
    good, said = book.build("without", SOLUTIONS="no")
    assert (good, book.page, book.read("_build/html-without-solutions/index.html")) == (
        True,
        "with",
        "without",
    )
    assert f"file://{book.folder}/_build/html-without-solutions/index.html" in said
    assert book.read("began.txt").split("\n")[:2] == ["anew", "anew"]  # nothing of the other is about
    assert book.read("solutions.txt").split() == ["yes", "no"]
    good, said = book.build("broken", status=1, SOLUTIONS="no")
    assert not good
    assert "In _build/html-without-solutions is the last one that was." in said
    good, said = book.build("with after all", SOLUTIONS="No")
    assert (good, book.page) == (False, "with")
    assert "SOLUTIONS must be yes or no; got No" in said


def test_a_build_that_fails_leaves_the_last_site_and_the_next_begins_anew(book):
    good, said = book.build("broken", status=1)
    assert (good, book.page) == (False, None)
    assert "The site was not built." in said
    assert "is the last one" not in said
    book.build("first")
    good, said = book.build("broken", status=1)
    assert (good, book.page) == (False, "first")
    assert "In _build/html is the last one that was." in said
    book.build("second")
    assert book.page == "second"
    assert book.read("began.txt").split() == ["anew", "anew", "goes", "on", "anew"]


def test_a_build_that_was_stopped_is_begun_anew(book):
    book.build("first")
    stop = BUILDER.replace("exit", 'kill -KILL "$PPID"; exit')
    (book.folder / ".venv/bin/jupyter-book").write_text(stop, encoding="utf-8")
    assert not book.build("half")[0]
    assert book.page == "first"
    (book.folder / ".venv/bin/jupyter-book").write_text(BUILDER, encoding="utf-8")
    book.build("second")
    assert book.page == "second"
    assert book.read("began.txt").split("\n")[-2] == "anew"


def test_figures_that_are_missing_stop_the_build_before_it_begins(book):
    book.build("first")
    book.answer("", status=1)
    good, said = book.build("second")
    assert (good, book.page) == (False, "first")
    assert "In _build/html is the last one that was." in said
    assert book.read("began.txt") == "anew\n"
    assert book.read("asked.txt") == 2 * "-m|lossbook.notebooks|figures|"
    book.answer("")
    book.build("third")
    assert (book.page, book.read("began.txt")) == ("third", "anew\ngoes on\n")


def test_what_is_said_of_figures_that_stand_still_comes_at_the_end(book):
    book.answer("run make outputs")
    good, said = book.build("first")
    assert (good, book.page) == (True, "first")
    assert said.index("Building the site") < said.index("run make outputs") < said.index("The book is built")
    assert "run make outputs" in book.build("second")[1]  # and each time again


@pytest.mark.parametrize("target", ["lab", "edit"])
def test_jupyterlab_opens_what_the_command_of_that_name_answers_or_is_not_started(book, target):
    book.answer("", status=2)
    assert not book.make(target, "CHAPTER=3")[0]
    assert book.read("opened.txt") is None
    book.answer("some folder/15_huber.ipynb\n")
    assert book.make(target, "CHAPTER=15")[0]
    assert book.read("opened.txt").endswith("some folder/15_huber.ipynb\n")
    assert book.read("asked.txt") == "".join(f"-m|lossbook.notebooks|{target}|--|{n}|" for n in (3, 15))


@pytest.mark.parametrize("chapter", ["", "$(touch x)", "it's", "-h", "1 2"])
@pytest.mark.parametrize("target", ["lab", "outputs", "tidy", "changes"])
def test_whatever_is_named_as_a_chapter_reaches_the_command_as_it_is(book, target, chapter):
    assert book.make(target, f"CHAPTER={chapter.replace('$', '$$')}")[0]
    assert book.read("asked.txt") == f"-m|lossbook.notebooks|{target}|--|{chapter}|"


@pytest.mark.parametrize(
    ("chapters", "asked"), [("", ""), ("02 15", "02|15|"), ("$(touch x) *", "$(touch|x)|*|"), ("-h", "-h|")]
)
def test_a_course_is_made_of_the_chapters_named(book, chapters, asked):
    assert book.make("course", f"CHAPTERS={chapters.replace('$', '$$')}")[0]
    assert book.read("asked.txt") == f"-m|lossbook.course|--|{asked}"


@pytest.mark.parametrize("seed", ["2027", "$(touch x)"])
def test_a_seed_reaches_the_course_as_it_is(book, seed):
    assert book.make("course", "CHAPTERS=15", f"SEED={seed.replace('$', '$$')}")[0]
    assert book.read("asked.txt") == f"-m|lossbook.course|--seed|{seed}|--|15|"


@pytest.mark.parametrize("folder", ["my-copies", "my-course/student"])
def test_cleaning_spares_the_copies_and_the_course(book, folder):
    kept = book.folder / folder / ".ipynb_checkpoints/15_huber-checkpoint.ipynb"
    for path in (kept, book.folder / "chapters/.ipynb_checkpoints/x"):
        path.parent.mkdir(parents=True)
        path.touch()
    book.build("first")
    assert book.make("clean")[0]
    assert kept.exists()
    assert not (book.folder / "chapters/.ipynb_checkpoints").exists()
    assert book.page is None
