"""The table and the feedback: names are no formulas, answers no markup, and a teacher's entries stay."""

import csv
import io

import pytest

from lossbook.course.editions import student
from lossbook.course.gradebook import feedback, table, write_gradebook
from lossbook.course.progress import Progress
from lossbook.course.verdicts import file_name, unjudged


@pytest.fixture
def released(chapter):
    return student(chapter, "huber")


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\uff1d1"])
def test_no_name_is_a_formula(released, name):
    [_, row] = csv.reader(io.StringIO(table([unjudged(name, released, "why")], released), newline=""))
    assert row[0] == f"'{name}"


def test_other_names_stay_as_they_are(released):
    [_, row] = csv.reader(io.StringIO(table([unjudged('O"Neil, A-=b', released, "why")], released)))
    assert row[0] == 'O"Neil, A-=b'


def test_what_a_student_wrote_is_no_markup():
    exercise = {"number": "15.2", "points": None, "out_of": 8.0, "lines": ["it raised E: <b>*x*</b>\n# y."]}
    said = feedback({"student": "a_b", "exercises": [exercise]}, {"15.1": 5})
    assert said == (
        "# a\\_b\n\n## Exercise 15.2: ? of 8\n\n- it raised E: \\<b\\>\\*x\\*\\</b\\> \\# y.\n\n"
        "A person grades: 15.1.\n"
    )


def test_what_a_teacher_entered_stays(released, tmp_path):
    verdicts = [unjudged("Ada", released, "why")]
    path = write_gradebook(tmp_path, verdicts, released)
    assert write_gradebook(tmp_path, verdicts, released) == path == tmp_path / "grades.csv"
    path.write_text("mine", encoding="utf-8")
    for _ in range(2):
        assert write_gradebook(tmp_path, verdicts, released) == tmp_path / "grades-new.csv"
        assert path.read_text(encoding="utf-8") == "mine"


def test_names_of_files_are_no_longer_than_a_disk_allows():
    names = {file_name("é" * 120 + letter, ".json") for letter in "ab"}
    assert len(names) == 2
    assert all(len(name.encode()) < 255 for name in names)


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_terminal_shows_one_line_and_a_file_one_for_each(released):
    seen = {}
    for stream in (Terminal(), io.StringIO()):
        progress = Progress(2, stream)
        for name in ("A\x1bda", "Bob"):
            progress(unjudged(name, released, "why"))
        seen[stream.isatty()] = stream.getvalue()
    assert seen[False] == "1 of 2: A?da, for a person to look at\n2 of 2: Bob, for a person to look at\n"
    assert seen[True].count("\r\x1b[K[") == 2
    assert seen[True].endswith("\n")
    assert "[############............] 1 of 2, 1 for a person" in seen[True]
