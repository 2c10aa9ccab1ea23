"""The autograder for Gradescope gives what ``grade`` gives; the container keeps the rules of such files."""

import copy
import json
import os
import re
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest

from lossbook.course import __main__ as command
from lossbook.course.editions import student
from lossbook.course.secret import VARIABLE

ROOT = Path(__file__).parents[2]
INSIDE = "def my_l1(prediction, target, beta):\n    return (prediction - target) ** 2 / beta / 2"
BEYOND = """\
def my_l1(prediction, target, beta):
    r = abs(prediction - target)
    return np.where(r < beta, r**2 / beta / 2, r - beta / 2)
"""


@pytest.fixture
def released(tmp_path, monkeypatch, chapter):
    """The notebook that was handed out, in the working directory, with a lock file and a secret beside it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(VARIABLE, str(tmp_path / "secret"))
    Path("requirements").mkdir()
    Path("requirements/book.txt").write_text("numpy==2.4.6\n", encoding="utf-8")
    notebook = student(chapter, "huber")
    nbformat.write(notebook, "15_huber.ipynb")
    return notebook


@pytest.fixture
def unpacked(released):
    """The folder ``/autograder`` as Gradescope lays it out, elsewhere."""
    assert command.main(["gradescope", "15_huber.ipynb", "--out", "autograder.zip"]) == 0
    subprocess.run([sys.executable, "-m", "zipfile", "-e", "autograder.zip", "autograder/source"], check=True)
    return Path("autograder").resolve()


def run(folder):
    """Run the script as Gradescope does, with this Python in the place of the one that setup.sh makes."""
    environment = {"AUTOGRADER": str(folder), "PYTHON": sys.executable, "PATH": os.environ["PATH"]}
    subprocess.run(["sh", "source/run_autograder"], cwd=folder, env=environment, check=True)
    return json.loads((folder / "results/results.json").read_text(encoding="utf-8"))


def test_it_gives_what_grade_gives(released, unpacked):
    for name, answer in {"none": None, "half": INSIDE, "right": BEYOND}.items():
        notebook = copy.deepcopy(released)
        for cell in notebook.cells:
            if cell.id == "answer-15-4" and answer:
                cell.source = answer
        Path("back").mkdir(exist_ok=True)
        nbformat.write(notebook, f"back/{name}.ipynb")
    assert command.main(["grade", "15_huber.ipynb", "back", "--out", "out", "--jobs", "1"]) == 0
    graded = json.loads(Path("out/grades.json").read_text(encoding="utf-8"))["students"]
    assert len({verdict["exercises"][1]["points"] for verdict in graded}) == 3
    (unpacked / "submission").mkdir()
    for verdict in graded:
        source = Path("back", f"{verdict['student']}.ipynb")
        (unpacked / "submission/homework.ipynb").write_bytes(source.read_bytes())
        given = run(unpacked)
        assert given["visibility"] == "after_published"
        assert [
            (test["number"], test["score"], test["max_score"], test["output"]) for test in given["tests"]
        ] == [(e["number"], e["points"], e["out_of"], "\n".join(e["lines"])) for e in verdict["exercises"]]
        assert {test["visibility"] for test in given["tests"]} == {"after_published"}


@pytest.mark.parametrize(("uploaded", "told"), [((), "no notebook"), (("a", "b"), "a.ipynb, b.ipynb")])
def test_what_is_not_one_notebook_is_left_to_a_person(unpacked, uploaded, told):
    (unpacked / "submission").mkdir()
    for name in uploaded:
        (unpacked / f"submission/{name}.ipynb").write_text("{}", encoding="utf-8")
    given = run(unpacked)
    assert given["extra_data"] == {"flagged": ["15.2", "15.4"]}
    assert [test["score"] for test in given["tests"]] == [0.0, 0.0]
    assert all(told in test["output"] for test in given["tests"])


def test_the_zip_file_is_for_the_teacher_alone(released, capsys):
    for _ in range(2):
        assert command.main(["gradescope", "15_huber.ipynb"]) == 0
    said = capsys.readouterr()
    path = Path(said.out.splitlines()[0])
    assert path == Path("my-course/gradescope/15_huber/autograder.zip")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "give it to nobody" in said.err
    archive = zipfile.ZipFile(path)
    modes = {entry.filename: entry.external_attr >> 16 & 0o777 for entry in archive.infolist()}
    assert [modes[name] for name in ("setup.sh", "run_autograder", "secret")] == [0o755, 0o755, 0o600]
    assert archive.read("secret") == Path("secret").read_bytes()
    assert archive.read("constraints.txt") == b"numpy==2.4.6\n"


def test_its_scripts_are_shell():
    from lossbook.course.gradescope import RUN, SETUP

    for script in (SETUP, RUN):
        subprocess.run(["bash", "-n"], input=script, text=True, check=True)


def test_grading_loads_numpy_scipy_and_nbformat_alone():
    """So neither Gradescope's machine nor the container needs more."""
    loaded = []
    for loads in (
        "import multiprocessing.connection, nbformat, numpy, scipy.special",
        "import lossbook.course.batch, lossbook.course.on_gradescope; lossbook.exercises.numbers()",
    ):
        code = f"{loads}; import sys; print(*{{name.partition('.')[0] for name in sys.modules}})"
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
        )
        loaded.append(set(done.stdout.split()))
    assert loaded[1] - loaded[0] - sys.stdlib_module_names == {"lossbook"}


# ---- The container -----------------------------------------------------------------------------------------


def test_the_container_keeps_the_rules():
    """No daemon builds it here; these are the rules that matter, and hadolint finds nothing in it."""
    text = (ROOT / "containers/grading/Containerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    by_kind = {}
    for line in lines:
        kind, _, rest = line.partition(" ")
        by_kind.setdefault(kind, []).append(rest)
    assert "ADD" not in by_kind
    assert by_kind["FROM"] == ["python:3.12-slim"]
    assert by_kind["USER"] == ["10001:10001"]
    assert [line.partition(" ")[0] for line in lines][-3:] == ["USER", "ENTRYPOINT", "CMD"]
    installed = re.findall(r"pip install (.*?)(?:&&|$)", text, re.MULTILINE)
    assert len(installed) == 1
    assert "--constraint requirements/book.txt" in installed[0]
    for source in (copied.split()[0] for copied in by_kind["COPY"]):
        assert (ROOT / source).exists(), source
    assert json.loads(by_kind["ENTRYPOINT"][0]) == ["python", "-m", "lossbook.course"]
