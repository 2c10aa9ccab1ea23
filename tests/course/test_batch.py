"""A folder of notebooks is graded side by side: what comes of each, what a stop loses, and who waits."""

import copy
import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest

from lossbook.course import __main__ as command
from lossbook.course.editions import student
from lossbook.course.handed_in import MAX_BYTES
from lossbook.course.secret import VARIABLE
from lossbook.course.verdicts import fingerprint, known_verdict, unjudged, write_verdict
from lossbook.course.workers import Task, grade_all

ROOT = Path(__file__).parents[2]
RIGHT = """\
def my_l1(prediction, target, beta):
    r = np.abs(prediction - target)
    return np.where(r < beta, r**2 / (2 * beta), r - beta / 2)
"""
ENDLESS = "import time\ntime.sleep(1000)"
SLOW = f"import time\ntime.sleep(1.5)  # more than a call has at first\n{RIGHT}"


@pytest.fixture(autouse=True)
def course(tmp_path, monkeypatch, chapter):
    """A notebook that was handed out, with a folder for what comes back, in the working directory."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(VARIABLE, str(tmp_path / "secret"))
    released = student(chapter, "huber")
    nbformat.write(released, "15_huber.ipynb")
    Path("back").mkdir()
    return released


@pytest.fixture
def hand_in(course):
    """Return a function that writes a submission with this answer to 15.4."""

    def write(name, answer=None):
        notebook = copy.deepcopy(course)
        for cell in notebook.cells:
            if cell.id == "answer-15-4" and answer:
                cell.source = answer
        path = Path("back", name)
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, path)
        return path

    return write


def grade(*more):
    return command.main(["grade", "15_huber.ipynb", "back", "--out", "out", "--jobs", "1", *more])


def collect():
    return command.main(["collect", "15_huber.ipynb", "back", "--out", "out"])


def rows():
    with open("out/grades.csv", encoding="utf-8-sig", newline="") as file:
        return {row["student"]: row for row in csv.DictReader(file)}


def verdict_files():
    return {path.stem: path.stat() for path in Path("out/verdicts").glob("*.json")}


def test_each_student_has_a_row_and_feedback(hand_in, capsys):
    hand_in("ada.ipynb", RIGHT)
    hand_in("bob/homework/mine.ipynb", "def my_l1(prediction, target, beta):\n    return target * beta")
    hand_in("cy/15_huber.ipynb")
    hand_in("cy/scratch.ipynb")
    assert grade() == 0
    table = rows()
    assert list(table) == ["ada", "bob", "cy"]
    assert [table[name]["15.4"] for name in table] == ["7", "0", "0"]
    assert (table["ada"]["total"], table["ada"]["out of"]) == ("7", "15")
    assert table["ada"]["15.1 (by hand, of 5)"] == ""
    assert "- passed: inputs unchanged" in Path("out/feedback/ada.md").read_text(encoding="utf-8")
    assert "not yet: " in Path("out/feedback/bob.md").read_text(encoding="utf-8")
    assert "not written yet." in Path("out/feedback/cy.md").read_text(encoding="utf-8")
    assert "3 of 3: " in capsys.readouterr().err
    [ada, *_] = json.loads(Path("out/grades.json").read_text(encoding="utf-8"))["students"]
    assert [exercise["points"] for exercise in ada["exercises"]] == [0.0, 7.0]


def test_what_is_no_notebook_is_left_to_a_person(hand_in, capsys):
    kinds = {"garbage": b"{", "nested": b"[" * 10**5, "other": b'{"cells": [1], "metadata": {}}'}
    for name, data in kinds.items():
        Path(f"back/{name}.ipynb").write_bytes(data)
    Path("back/essay.pdf").write_bytes(b"%PDF")
    Path("back/empty").mkdir()
    Path("back/link.ipynb").symlink_to(hand_in("elsewhere.ipynb", RIGHT).rename("outside.ipynb").resolve())
    Path("back/links").symlink_to(ROOT)
    os.mkfifo("back/pipe.ipynb")
    with open("back/huge.ipynb", "wb") as file:
        file.truncate(MAX_BYTES + 1)
    hand_in("ada.ipynb", RIGHT)
    assert grade() == 0
    table = rows()
    assert table.pop("ada")["total"] == "7"
    odd = {*kinds, "essay.pdf", "empty", "link", "links", "pipe", "huge"}
    assert {name: row["for a person to look at"] for name, row in table.items()} == dict.fromkeys(
        odd, "15.2, 15.4"
    )
    assert all(row["15.4"] == "" for row in table.values())
    for name, told in {"link": "it is a link", "huge": "more than 20 MB", "empty": "no notebook in"}.items():
        assert told in Path(f"out/feedback/{name}.md").read_text(encoding="utf-8")
    assert "huge" in capsys.readouterr().err


def test_two_students_of_one_name_are_told_before_anything_is_graded(hand_in, capsys):
    for name in ("ada.ipynb", "Ada/mine.ipynb", "bob/a.ipynb", "bob/b.ipynb", "cy.ipynb"):
        hand_in(name)
    assert grade() == 1
    said = capsys.readouterr().err
    assert f"ada: {Path('back/Ada/mine.ipynb')}, {Path('back/ada.ipynb')}" in said
    assert f"bob: {Path('back/bob/a.ipynb')}, {Path('back/bob/b.ipynb')}" in said
    assert "cy" not in said
    assert not Path("out").exists()


@pytest.mark.parametrize("way", [signal.SIGKILL, signal.SIGINT])
def test_a_stop_loses_nothing_and_nothing_is_graded_twice(hand_in, way):
    hand_in("ada.ipynb", RIGHT)
    hand_in("bob.ipynb", ENDLESS)
    line = [sys.executable, "-m", "lossbook.course", "grade", "15_huber.ipynb", "back", "--out", "out"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    running = subprocess.Popen(
        [*line, "--jobs", "1"],
        start_new_session=True,
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
        # Where tests run in the background, the shell has this signal ignored, and so would it be here.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    while not verdict_files() and running.poll() is None:
        time.sleep(0.05)
    # Ctrl-C reaches all processes of a terminal.
    (os.killpg if way == signal.SIGINT else os.kill)(running.pid, way)
    said = running.communicate()[1]
    assert "Traceback" not in said
    before = verdict_files()
    if way == signal.SIGINT:
        assert running.returncode == 130
        assert "Run the same again" in said
    hand_in("bob.ipynb", RIGHT)
    assert grade() == 0
    after = verdict_files()
    assert set(after) == {"ada", "bob"}
    assert list(before) == ["ada"]
    assert (after["ada"].st_ino, after["ada"].st_mtime_ns) == (
        before["ada"].st_ino,
        before["ada"].st_mtime_ns,
    )
    assert rows()["bob"]["15.4"] == "7"


def test_who_needs_longer_than_others_waits_for_them_and_loses_nothing(hand_in, capsys):
    hand_in("ada.ipynb", SLOW)
    hand_in("bob.ipynb", RIGHT)
    assert grade() == 0
    order = [line for line in capsys.readouterr().err.splitlines() if " of 2: " in line]
    assert order == ["1 of 2: bob", "2 of 2: ada"]
    assert rows()["ada"]["15.4"] == "7"


def test_what_has_changed_is_graded_anew(hand_in, capsys):
    hand_in("ada.ipynb")
    Path("back/bob.pdf").touch()
    assert grade() == 0
    hand_in("ada.ipynb", RIGHT)
    assert grade() == 0
    assert "1 of 2 are graded already" in capsys.readouterr().err
    assert rows()["ada"]["15.4"] == "7"


def test_a_verdict_counts_for_what_it_is_on_and_only_with_its_seal(tmp_path, course):
    verdict, of, key = unjudged("ada", course, "why"), fingerprint(b"answer", b"released"), b"k" * 32
    write_verdict(tmp_path, verdict, of, key)
    assert known_verdict(tmp_path, "ada", of, key) == {**verdict, "of": of}
    assert known_verdict(tmp_path, "ada", of, b"l" * 32) is None
    for other in (fingerprint(b"other", b"released"), fingerprint(b"answer", b"other")):
        assert known_verdict(tmp_path, "ada", other, key) is None
    file = tmp_path / "ada.json"
    text = file.read_text(encoding="utf-8")
    (tmp_path / "bob.json").write_text(text, encoding="utf-8")
    assert known_verdict(tmp_path, "bob", of, key) is None
    for edited in (text.replace("null", "7.0"), text[:-20], "[]", '{"seal": 1}'):
        file.write_text(edited, encoding="utf-8")
        assert known_verdict(tmp_path, "ada", of, key) is None


class Deadly:
    """Kills the process that unpickles it."""

    def __reduce__(self):
        return os._exit, (1,)


def test_a_submission_at_which_graders_die_is_left_to_a_person(hand_in, course):
    right = hand_in("ada.ipynb", RIGHT).read_bytes()
    tasks = [Task("bob", Deadly(), "b"), Task("ada", right, "a")]
    settings = {"key": b"k" * 32, "folder": Path("out/verdicts"), "jobs": 1}
    ada, bob = grade_all(tasks, course, **settings)
    assert ada["exercises"][1]["points"] == 7.0
    assert [exercise["flagged"] for exercise in bob["exercises"]] == [True, True]
    assert set(verdict_files()) == {"ada", "bob"}


def test_parts_are_graded_apart_and_collected(hand_in, capsys):
    names = ["ada", "bob", "cy", "dee", "eve"]
    for name in names:
        hand_in(f"{name}.ipynb")
    assert grade("--part", "1/2") == 0
    first = set(verdict_files())
    assert 0 < len(first) < 5
    assert not Path("out/grades.csv").exists()
    assert collect() == 1
    assert f"Not graded yet, or changed since: {', '.join(sorted({*names} - first))}." in (
        capsys.readouterr().err
    )
    assert grade("--part", "2/2") == 0
    assert collect() == 0
    assert list(rows()) == names
    assert {row["for a person to look at"] for row in rows().values()} == {""}


@pytest.mark.parametrize("part", ["0/2", "3/2", "1", "1/0", "-1/2"])
def test_a_part_is_one_of_its_number(part, capsys):
    with pytest.raises(SystemExit):
        grade(f"--part={part}")
    assert f"got {part!r}" in capsys.readouterr().err


def test_what_was_handed_out_has_to_be_a_students_notebook(hand_in, capsys):
    hand_in("ada.ipynb")
    nbformat.write(nbformat.v4.new_notebook(), "15_huber.ipynb")
    assert grade() == 1
    assert "has no checks" in capsys.readouterr().err
    Path("15_huber.ipynb").write_text("{", encoding="utf-8")
    assert grade() == 1
    assert "it is no notebook" in capsys.readouterr().err
