"""One answer is graded outside its process: what it can do to itself, and what it cannot do to its mark."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest

from lossbook import exercises
from lossbook.course import grade, process
from lossbook.course.process import AnswerProcess, NotStarted
from lossbook.exercises.calling import call_here

ROOT = Path(__file__).parents[2]
RIGHT = """
def my_smooth_l1(prediction, target, beta):
    size = abs(prediction - target)
    return np.where(size <= beta, size**2 / beta / 2, size - beta / 2)
"""


def smooth_l1(body, first=""):
    """Return the source of an answer with this body, and lines before the function."""
    lines = "".join(f"    {line}\n" for line in body.strip("\n").splitlines())
    return f"{first}\ndef my_smooth_l1(prediction, target, beta):\n{lines}"


def verdict(source, number="15.4", name="my_smooth_l1", **settings):
    """Grade with little patience: whatever ends within a second would end within five."""
    return grade(number, name, source, **{"seed": 5, "seconds": 1.0} | settings)


def test_a_right_answer_gets_full_marks():
    assert verdict(RIGHT, seconds=30).score == 1.0


def test_an_answer_may_test_itself_in_its_cell():
    """NumPy loads ``testing`` when it is first used, when the answer cannot read files any more."""
    tested = RIGHT + "\nnp.testing.assert_allclose(my_smooth_l1(np.array([3.0]), 0, 1.0), 2.5)"
    assert verdict(tested, seconds=30).score == 1.0


def test_each_property_counts():
    only_inside = smooth_l1("return (prediction - target) ** 2 / beta / 2")
    given = verdict(only_inside, seconds=30)
    assert 0 < given.score < 1
    assert "what half the squared error gives: what should happen beyond beta?" in "\n".join(given.lines)


def test_what_is_right_for_one_seed_only_is_found_out():
    """The visible inputs are drawn from seed 0; an answer that knows them alone fails the others."""
    seen = {}
    space = {"np": np}
    exec(RIGHT, space)

    def call(arrays, parameters):
        reply = call_here(space["my_smooth_l1"], arrays, parameters, several=False)
        key = str([array.tolist() for array in arrays] + [parameters["beta"]])
        seen[key] = reply.outputs[0].values.tolist()
        return reply

    assert exercises.find("15.4").judge(call)
    key = "str([prediction.tolist(), target.tolist(), beta])"
    table = smooth_l1(f"return np.array(TABLE.get({key}, 0.0))", f"TABLE = {seen!r}")
    assert verdict(table, seed=0, seconds=30).score == 1.0
    assert verdict(table, seed=1, seconds=30).score < 1.0


LOOPS = {
    "forever": "while True: pass",
    "asleep": "import time\ntime.sleep(1000)",
    "catches everything": (
        "while True:\n    try:\n        while True: pass\n    except BaseException:\n        pass"
    ),
    "ignores signals": (
        "import signal\nfor number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:\n"
        "    signal.signal(number, signal.SIG_IGN)\nwhile True: pass"
    ),
    "prints without end": "while True: print('x' * 10_000_000)",
}


@pytest.mark.parametrize("body", LOOPS.values(), ids=LOOPS)
def test_what_never_returns_is_ended(body):
    given = verdict(smooth_l1(body))
    assert (given.score, given.late) == (0.0, True)
    assert "it had not returned after 1 seconds." in given.lines[1]


def test_a_cell_that_never_ends_is_ended():
    given = verdict("while True: pass")
    assert (given.score, given.flagged, given.late) == (0.0, False, True)
    assert given.lines == ["Running the answer's cell failed: the cell had not run after 1 seconds."]


FAILS = {
    "kills its process": ("import os\nos._exit(0)", "its process ended."),
    "kills its group": ("import os\nos.killpg(0, 9)", "its process ended."),
    "leaves": ("raise SystemExit", "it raised SystemExit."),
    "interrupts": ("raise KeyboardInterrupt", "it raised KeyboardInterrupt."),
    "allocates": ("kept = []\nwhile True: kept.append(bytearray(10**7))", "it raised MemoryError."),
    "an unknown name": ("return predction", "it raised NameError: name 'predction' is not defined."),
    "a string": ("return '0.125'", "your loss is a str; required are real numbers."),
    "complex": ("return prediction * 1j", "of type complex128; required are real numbers."),
    "a generator": ("yield 1.0", "your loss is a generator; required are real numbers."),
    "too much": ("return np.zeros(2_000_000)", "it returned too many numbers."),
    "imports late": (
        "import importlib\nreturn importlib.import_module('loss' + 'book')",
        "it raised ModuleNotFoundError: No module named 'lossbook'.",
    ),
    "finds it and imports it": (
        f"import importlib, sys\nsys.path.append({str(ROOT)!r})\n"
        "return importlib.import_module('loss' + 'book')",
        "it raised OSError: [Errno 24] Too many open files",
    ),
    "executes an import": (
        "exec('import loss' + 'book')",
        "it raised ImportError: an answer may not use lossbook",
    ),
    "reads the judge": (
        f"return open({process.__file__!r}).read()",
        "it raised PermissionError: an answer may not use lossbook",
    ),
}


@pytest.mark.parametrize(("body", "told"), FAILS.values(), ids=FAILS)
def test_what_fails_is_told(body, told):
    given = verdict(smooth_l1(body), seconds=30)
    assert (given.score, given.flagged) == (0.0, False)
    assert told in given.lines[1]


def test_what_is_not_a_number_has_no_right_value():
    given = verdict(smooth_l1("return prediction * np.nan"), seconds=30)
    assert "which is not a number:" in given.lines[1]
    assert [result.name for result in given.report.results if result.passed] == [
        "arrays of any shape",
        "inputs unchanged",
    ]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("import os\nos.fork()", "Error: [Errno 11]"),
        ("import socket\nsocket.socket()", "OSError: [Errno 24] Too many open files"),
        ("open('here', 'w')", "PermissionError: an answer may open no file"),
        ("import os\nos.open(b'/etc/passwd', os.O_RDONLY)", "PermissionError: an answer may open no file"),
    ],
)
def test_processes_connections_and_files_are_refused(body, told):
    given = verdict(smooth_l1(body), seconds=30)
    assert given.score == 0.0
    assert told in given.lines[1]


def test_nothing_is_opened_where_anybody_may_even_past_python():
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        path = Path(folder, "left")
        opened = f"ctypes.CDLL(None).open({os.fsencode(path)!r}, os.O_CREAT | os.O_WRONLY, 0o666)"
        first = f"import ctypes, os\nos.close(2)\nassert {opened} == -1\n"
        assert verdict(first + RIGHT, seconds=30).score == 1.0
        assert not path.exists()


NO_ANSWERS = {
    "no Python": ("def my_smooth_l1(:\n", "The answer is no Python: SyntaxError: invalid syntax (line 1)."),
    "no function": ("x = 1", "Running the answer's cell failed: there is no function my_smooth_l1."),
    "unknown name": (f"{RIGHT}\nfoo", "failed: NameError: name 'foo' is not defined."),
    "imports lossbook": (
        smooth_l1(
            "from lossbook.regression import smooth_l1\nreturn smooth_l1(prediction, target, beta=beta)"
        ),
        "The answer was not run: an answer may not use lossbook: write it with NumPy",
    ),
}


@pytest.mark.parametrize(("source", "told"), NO_ANSWERS.values(), ids=NO_ANSWERS)
def test_what_is_no_answer_gets_nothing_and_is_told_why(source, told):
    given = verdict(source, seconds=30)
    assert (given.score, given.flagged, len(given.lines)) == (0.0, False, 1)
    assert told in given.lines[0]


CHEATS = {
    "NumPy agrees with all": "np.allclose = np.isclose = lambda *_, **__: np.True_",
    "the copies agree": (
        "import calling\ncalling.plain = lambda value: calling.Output('an array', np.zeros(1))"
    ),
    "an array that equals all": (
        "class Smug(np.ndarray):\n    __eq__ = __le__ = __ge__ = lambda *_: True\n"
        "np.zeros_like = lambda a: np.ndarray.__new__(Smug, a.shape)"
    ),
    "asserts stripped": "import ast\nast.Assert = ast.Pass",
}


@pytest.mark.parametrize("first", CHEATS.values(), ids=CHEATS)
def test_what_an_answer_does_to_its_process_brings_no_marks(first):
    """Each gives the same number everywhere, which is no loss."""
    given = verdict(smooth_l1("return np.zeros_like(prediction) - 1", first), seconds=30)
    assert given.report is not None, given.lines
    values = [result for result in given.report.results if "value" in result.name or "beta" in result.name]
    assert len(values) == 5
    assert not any(result.passed for result in values)


SAYS = {
    "no JSON": "b'passed\\n'",
    "other JSON": "b'[1]\\n'",
    "a report": "b'{\"score\": 1.0}\\n'",
    "nested": "b'[' * 100_000 + b'\\n'",
    "texts": 'b\'{"outputs": [["x", [[1.0], ["1"]]]], "arrays": []}\\n\'',
    "a shape of nothing": 'b\'{"outputs": [["x", [[-1.0], []]]], "arrays": []}\\n\'',
}


@pytest.mark.parametrize("line", SAYS.values(), ids=SAYS)
def test_what_is_no_reply_is_for_a_person(line):
    """An answer finds the pipe, and writes its own lines."""
    writes = f"""
import os
for pipe in range(3, 64):
    try:
        os.write(pipe, {line})
    except OSError:
        pass
return prediction
"""
    given = verdict(smooth_l1(writes), seconds=30)
    assert (given.score, given.flagged) == (None, True)
    assert given.lines[0].startswith(
        "A person has to look at this answer: its process sent what it should not"
    )


def test_an_answer_that_dies_now_and_then_keeps_its_other_marks():
    dies = RIGHT.replace("    return", "    if beta > 9000: __import__('os')._exit(1)\n    return")
    given = verdict(dies, seconds=30)
    assert given.report.passed == given.report.total - 1


def test_what_the_grader_fails_at_is_for_a_person(monkeypatch):
    monkeypatch.setattr(process.inside, "__file__", os.devnull)
    given = verdict(RIGHT, seconds=30)
    assert (given.score, given.flagged) == (None, True)
    with pytest.raises(NotStarted), AnswerProcess(RIGHT, "my_smooth_l1"):
        pass


def test_an_answer_may_call_those_before_it_and_is_not_hurt_by_them():
    before = ["raise KeyboardInterrupt", "def halved(x): return x / 2", "def ("]
    source = RIGHT.replace("beta / 2)", "halved(beta))")
    given = verdict(source, before=before, seconds=30)
    assert (given.score, given.late) == (1.0, False)
    assert verdict(source, seconds=30).score < 1.0
    given = verdict(RIGHT, before=["while True: pass"])
    assert (given.score, given.late) == (1.0, True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_the_answer_is_another_user_than_root():
    assert (
        verdict("import os\nassert os.geteuid() != 0 and not os.getgroups()\n" + RIGHT, seconds=30).score
        == 1.0
    )
    cannot = (
        "import os\ntry:\n    os.setuid(0)\nexcept PermissionError:\n    pass\nelse:\n    1 / 0\n" + RIGHT
    )
    assert verdict(cannot, seconds=30).score == 1.0


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has this call")
def test_nobody_of_the_same_user_looks_into_a_judge():
    code = "import ctypes; from lossbook.course import process; process.shield(); PR_GET_DUMPABLE = 3\n"
    code += "print(ctypes.CDLL(None).prctl(PR_GET_DUMPABLE, 0, 0, 0, 0))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "0\n"
