"""The project's own files: lock files, extras and versions agree, and the tests' runner misses nothing."""

import ast
import importlib.metadata
import itertools
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

import lossbook
from lossbook.catalog import CATALOG
from tests import run

ROOT = Path(__file__).parents[1]
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
# By extra; what is required in any case stands under "".
REQUIRED = {
    extra: [Requirement(line) for line in lines]
    for extra, lines in (
        ("", SETTINGS["project"]["dependencies"]),
        *SETTINGS["project"]["optional-dependencies"].items(),
    )
}


def lock(name):
    """Return package to exact version in a lock file."""
    lines = (ROOT / "requirements" / name).read_text(encoding="utf-8").splitlines()
    pins = [line.partition("#")[0].strip() for line in lines]
    found = [re.fullmatch(r"([A-Za-z0-9._-]+)==([A-Za-z0-9.]+)", pin).groups() for pin in pins if pin]
    return {canonicalize_name(package): version for package, version in found}


def test_the_lock_files_agree():
    book, test = lock("book.txt"), lock("test.txt")
    assert len(book) > 50
    assert book.items() <= test.items()
    assert test["torch"] == "2.13.0"  # whatever build: no suffix
    assert not {"torch", "matplotlib", "scikit-learn", "jupyterlab"} & set(
        book
    )  # the site needs none of them


def test_the_earliest_python_can_install_every_pin():
    """Debian's Python 3.11 is 3.11.2, and some packages ask for a later patch than that."""
    pins = lock("test.txt")
    refused = {}
    for distribution in importlib.metadata.distributions():
        name = canonicalize_name(distribution.metadata["Name"])
        required = SpecifierSet(distribution.metadata["Requires-Python"] or "")
        if pins.get(name) == Version(distribution.version).public and not required.contains("3.11.0"):
            refused[name] = str(required)
    assert refused == {}


@pytest.mark.parametrize(
    ("file", "extras"), [("book.txt", ["", "book"]), ("test.txt", ["", "book", "lab", "test", "course"])]
)
def test_the_lock_files_satisfy_the_package(file, extras):
    pins = lock(file)
    for requirement in (requirement for extra in extras for requirement in REQUIRED[extra]):
        version = pins.get(canonicalize_name(requirement.name))
        assert version is not None, f"{requirement} is not in {file}"
        assert requirement.specifier.contains(version), f"{file} has {version}, required {requirement}"


def test_users_get_ranges_with_a_lower_bound():
    for requirement in itertools.chain(*REQUIRED.values()):
        operators = {specifier.operator for specifier in requirement.specifier}
        assert ">=" in operators, requirement
        assert "==" not in operators, requirement


# IPython and jupyter_client come with ipykernel and nbclient, Pillow and cycler with matplotlib, nbconvert
# and traitlets with nbgrader.
COMPANIONS = {"ipython", "jupyter-client", "pillow", "cycler", "nbconvert", "traitlets"}


@pytest.mark.parametrize(
    ("folder", "extras", "more"),
    [
        # A package that only another package brings in is gone the day that one stops needing it.
        ("lossbook", REQUIRED, COMPANIONS),
        # `make book` installs no more than that.
        ("lossbook/site", ["", "book"], set()),
    ],
)
def test_what_the_code_imports_is_declared(folder, extras, more):
    declared = {canonicalize_name(requirement.name) for extra in extras for requirement in REQUIRED[extra]}
    owners = importlib.metadata.packages_distributions()
    imported = set()
    for path in (ROOT / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                imported.add(node.module.partition(".")[0])
    outside = imported - sys.stdlib_module_names - {"lossbook"}
    found = {canonicalize_name(owner) for name in outside for owner in owners.get(name, [name])}
    assert found
    assert found - declared - more == set()


def test_the_versions_agree():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    newest = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)[1]
    installed = importlib.metadata.version("lossbook")
    assert lossbook.__version__ == citation["version"] == newest == installed


def test_every_file_of_text_is_checked_out_with_line_feeds():
    """Whatever git is told on a machine: the data are read, and notebooks compared, as they are stored."""
    command = ["git", "-c", "safe.directory=*", "ls-files", "--eol"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    assert len(listed) > 100
    binary = [line for line in listed if line.startswith("i/-text")]
    assert [line for line in binary if "attr/-text" not in line] == []
    assert [line for line in listed if line not in binary and not re.match(r"i/\S+ .*eol=lf", line)] == []


# ---- The commands ------------------------------------------------------------------------------------------


def test_make_alone_lists_every_target():
    listed = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert re.findall(r"^  make (\w+)", listed, re.MULTILINE) == [
        *(
            "help",
            "book",
            "serve",
            "test",
            "lab",
            "edit",
            "course",
            "outputs",
            "tidy",
            "changes",
            "bench",
            "weigh",
            "mutants",
            "release",
            "clean",
            "locks",
            "lowest",
        )
    ]


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ('[ "$1" = -V ] && echo Python 3.9.2', r"3\.11 or newer is required; .* is Python 3\.9\.2"),
        ('case "$2" in *ensurepip*) exit 1;; esac; echo Python 3.12.1', "apt install python3-venv"),
        (None, "no '.*python' was found"),
    ],
)
def test_make_says_what_is_required(tmp_path, script, said):
    python, environment = tmp_path / "python", tmp_path / "environment"
    if script is not None:
        python.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        python.chmod(0o755)
    command = ["make", f"PYTHON={python}", f"VENV={environment}", f"{environment}/bin/python"]
    made = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert made.returncode != 0
    assert re.search(said, made.stderr), made.stderr
    assert not environment.exists()


def test_mutants_are_made_of_all_formulas():
    """Mutmut leaves decorated functions out, and would count what is left of a family as all of it."""
    settings = SETTINGS["tool"]["mutmut"]
    assert set(settings["only_mutate"]) == {f"lossbook/{row.module}.py" for row in CATALOG}
    for path in settings["only_mutate"] + settings["pytest_add_cli_args_test_selection"]:
        body = ast.parse((ROOT / path).read_text(encoding="utf-8")).body
        decorated = [node.name for node in body if isinstance(node, ast.FunctionDef) and node.decorator_list]
        assert not decorated or path.startswith("tests/"), (path, decorated)


def test_no_test_is_missed():
    """Pytest collects ``test_*.py`` under ``tests``, in two stages, which select by opposite expressions."""
    commands = [command for _, commands in run.stages().values() for command in commands]
    tests = [command for command in commands if "pytest" in command and "chapters" not in command]
    assert [command[command.index("-m", 3) + 1 :] for command in tests] == [["not browser"], ["browser"]]
    for folder in ("tests", "lossbook", "chapters", "pages", "benchmarks"):
        for path in (ROOT / folder).rglob("*.py"):
            if folder != "tests" or not path.name.startswith("test_"):
                assert not re.search(r"^def test_", path.read_text(encoding="utf-8"), re.MULTILINE), path


def test_a_stage_that_took_too_long_is_told_and_does_not_fail(capsys):
    assert run.report([], [], [], 2 * run.BUDGET) == 0
    assert "Time: 24.0 of 12 minutes." in capsys.readouterr().out
    assert run.report(["style"], [], [], 0) == 1


@pytest.mark.parametrize(("in_ci", "workers", "status"), [("true", "0", 1), ("true", "2", 1), ("", "2", 0)])
def test_a_skip_is_counted_and_fails_in_ci(tmp_path, monkeypatch, in_ci, workers, status):
    monkeypatch.setenv("CI", in_ci)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    shutil.copy(ROOT / "tests" / "conftest.py", tmp_path)
    test = "import pytest\n\ndef test_good():\n    pass\n\ndef test_gone():\n    pytest.skip('no browser')\n"
    (tmp_path / "test_one.py").write_text(test, encoding="utf-8")
    (tmp_path / "test_two.py").write_text("import pytest\npytest.importorskip('nothing')\n", encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "xdist", "-n", workers, "--rootdir", str(tmp_path), "."]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == status, done.stdout
    assert "2 SKIPPED: not everything was checked" in done.stdout
    assert ("With CI=true a skipped test is a failure." in done.stdout) == (status == 1)
