"""The tool that tries mutants: on a small module it finds the mistake that the tests do not see."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from mutation import mutants

HERE = Path(__file__).parent

MODULE = '''
"""A module."""

import functools

__all__ = ["clipped", "folded"]


@functools.cache
def clipped(x, top=5):
    """Return x, or `top` if that is less."""
    if x != x:
        raise ValueError("x must be a number; got nan, not 1 + 1")
    return top if x > top else x


def folded(x: "1 + 1", low=3, high=13):
    while x > high:
        x = x - 10
    powers = [x * x, x**3]
    return powers[0] + 2 * powers[1] - 4 * low
'''
TESTS = """
import pytest
from toy import clipped, folded

def test_clipped():
    assert [clipped(3), clipped(7)] == [3, 5]
    with pytest.raises(ValueError):
        clipped(float("nan"))

def test_folded():
    assert [folded(5), folded(14)] == [263, 132]
"""
MORE_TESTS = TESTS.replace("folded(14)] == [263, 132]", "folded(14), folded(13)] == [263, 132, 4551]")
# What no test can see, and what the tests above do not.
EQUIVALENT = {
    "function": "clipped",
    "was": "return top if x > top else x",
    "becomes": "return top if x >= top else x",
    "why": "At x = top both are top.",
}
MISSED = "toy.py, folded:\n    - while x > high:\n    + while x >= high:"
DRIVER = f"""
import sys
from pathlib import Path
sys.path.insert(0, {str(HERE)!r})
import campaign, mutants
campaign.LIMIT = 4, 1
here = Path.cwd()
toy = mutants.Subject("toy", here, ("toy.py",), ("test_toy.py",), (("test_toy.py",),))
sys.exit(mutants.survey([toy], here / "results", here / "equivalent.toml", workers=2))
"""


@pytest.fixture
def toy(tmp_path, monkeypatch):
    """Go to a folder with a module, its tests and a list of the survivor that no test can kill."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    Path("toy.py").write_text(MODULE, encoding="utf-8")
    Path("test_toy.py").write_text(TESTS, encoding="utf-8")
    write_list(EQUIVALENT)


def write_list(*entries):
    """Write the list of survivors."""
    tables = [
        "\n".join(["[[mutant]]", 'file = "toy.py"', *(f"{key} = {json.dumps(entry[key])}" for key in entry)])
        for entry in entries
    ]
    Path("equivalent.toml").write_text("\n".join(tables), encoding="utf-8")


def survey():
    """Run the tool; return its exit status and what it prints."""
    run = subprocess.run([sys.executable, "-c", DRIVER], capture_output=True, text=True, check=False)
    assert run.stderr == ""
    return run.returncode, run.stdout


@pytest.mark.usefixtures("toy")
def test_a_missed_mistake_is_found_and_a_run_goes_on_where_it_was():
    status, said = survey()
    assert status == 1
    assert f"Survived:\n{MISSED}\n" in said
    made, tried = map(int, re.match(r"toy: (\d+) mutants, (\d+) of them to try", said).groups())
    assert made == tried > 20
    row = re.search(r"^toy +(\d+) +(\d+) +(\d+) +(\d+) +([\d.]+)%$", said, re.MULTILINE)
    late = int(row[4])
    assert [int(number) for number in row.groups()[:4]] == [made, made - 2 - late, 2, late]
    assert late >= 1  # x = x + 10 does not end
    assert float(row[5]) == pytest.approx(100 - 200 / made, abs=0.05)
    assert "1 survivors are listed with a reason, 1 are not." in said

    assert survey() == (1, said.replace(f"{tried} of them", "0 of them"))

    # Killed in the middle: some results are missing, and one was cut off.
    store = Path("results", "toy.jsonl")
    lines = store.read_text(encoding="utf-8").splitlines(keepends=True)
    store.write_text("".join(lines[:-4])[:-9], encoding="utf-8")
    assert survey() == (1, said.replace(f"{tried} of them", "5 of them"))
    assert sorted(store.read_text(encoding="utf-8").splitlines(keepends=True)) == sorted(lines)


@pytest.mark.usefixtures("toy")
def test_what_changed_is_tried_again():
    survey()
    Path("test_toy.py").write_text(MORE_TESTS, encoding="utf-8")
    status, said = survey()
    assert re.match(r"toy: (\d+) mutants, \1 of them to try", said)
    assert (status, said.count("Survived:")) == (0, 0)
    Path("toy.py").write_text(MODULE.replace("top=5", "top=5, *, extra=1"), encoding="utf-8")
    status, said = survey()
    assert re.match(r"toy: (\d+) mutants, \1 of them to try", said)
    assert said.count("Survived:") == 1
    assert "extra=2" in said


@pytest.mark.usefixtures("toy")
def test_a_list_that_is_out_of_date_is_reported():
    killed = {"function": "clipped", "was": "if x != x:", "becomes": "if x == x:", "why": "No reason."}
    gone = {**killed, "becomes": "if x <= x:"}
    missed = {"function": "folded", "was": "while x > high:", "becomes": "while x >= high:", "why": " "}
    write_list(EQUIVALENT, killed, gone, missed)
    status, said = survey()
    assert status == 1
    assert f"Listed without a reason:\n{MISSED}\n" in said
    heading = "toy.py, clipped:\n    - if x != x:"
    assert f"Listed, but killed now:\n{heading}\n    + if x == x:\n" in said
    assert f"Listed, but there is no such mutant any more:\n{heading}\n    + if x <= x:\n" in said


@pytest.mark.usefixtures("toy")
def test_tests_that_fail_without_a_mutant_stop_it():
    Path("test_toy.py").write_text(TESTS.replace("263", "264"), "utf-8")
    run = subprocess.run([sys.executable, "-c", DRIVER], capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert run.stderr.startswith("toy: the tests fail without a mutant. test_toy.py::test_folded\n")


def test_mutants_change_what_runs_and_nothing_that_is_only_read():
    made = mutants("toy.py", MODULE)
    assert len({mutant.source for mutant in made}) == len(made)
    changes = {(mutant.function, mutant.was, mutant.becomes) for mutant in made}
    # Decorated functions, defaults, conditions and joins are changed.
    assert ("clipped", "def clipped(x, top=5):", "def clipped(x, top=6):") in changes
    assert ("clipped", "if x != x:", "if x == x:") in changes
    assert ("clipped", EQUIVALENT["was"], EQUIVALENT["becomes"]) in changes
    assert ("folded", "x = x - 10", "x = x + 10") in changes
    # Texts, annotations, imports and the list of names are not.
    for part in ("__all__", "import", "raise", '"""'):
        assert not [change for change in changes if part in change[1]]
    assert not [change for change in changes if "2 + 1" in change[2]]
    errors = (
        'def f(x):\n    requirement = "a number"\n    return check(x, name="x", requirement=requirement)\n'
    )
    assert {mutant.becomes for mutant in mutants("f.py", errors)} == {
        'return check(None, name="x", requirement=requirement)',
        'return check(name="x", requirement=requirement)',
    }
    idle = "def f(x):\n    return x.astype(float, copy=False).sum(keepdims=False)\n"
    assert {mutant.becomes for mutant in mutants("f.py", idle)} == {
        "return x.astype(None, copy=False).sum(keepdims=False)",
        "return x.astype(copy=False).sum(keepdims=False)",
        "return x.astype(float, copy=False).sum(keepdims=True)",
    }
