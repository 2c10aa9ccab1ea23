"""The project's own files: lock files, extras and versions agree, and the tests' runner misses nothing."""

import ast
import importlib.metadata
import importlib.util
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

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]


def lock(name):
    """Return package to exact version in a lock file."""
    pins = {}
    for line in (ROOT / "requirements" / name).read_text(encoding="utf-8").splitlines():
        requirement = line.partition("#")[0].strip()
        if requirement:
            package, version = re.fullmatch(r"([A-Za-z0-9._-]+)==([A-Za-z0-9.]+)", requirement).groups()
            pins[canonicalize_name(package)] = version
    return pins


def test_the_lock_files_agree():
    book, test = lock("book.txt"), lock("test.txt")
    assert len(book) > 50
    assert book.items() <= test.items()


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


def test_the_site_needs_no_torch_and_no_matplotlib():
    assert not {"torch", "matplotlib", "scikit-learn", "jupyterlab"} & set(lock("book.txt"))


def test_torch_is_pinned_without_a_build():
    assert lock("test.txt")["torch"] == "2.13.0"


@pytest.mark.parametrize(
    ("file", "extras"), [("book.txt", ["book"]), ("test.txt", ["book", "lab", "test"])], ids=["book", "test"]
)
def test_the_lock_files_satisfy_the_package(file, extras):
    pins = lock(file)
    wanted = PROJECT["dependencies"] + [line for extra in extras for line in EXTRAS[extra]]
    for requirement in map(Requirement, wanted):
        version = pins.get(canonicalize_name(requirement.name))
        assert version is not None, f"{requirement} is not in {file}"
        assert requirement.specifier.contains(version), f"{file} has {version}, required {requirement}"


def third_party_imports(folder):
    """Return each distribution that the package's code imports, with a file that does."""
    owners = importlib.metadata.packages_distributions()
    found = {}
    for path in sorted((ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.level == 0:
                names = [node.module]
            for name in {name.partition(".")[0] for name in names} - sys.stdlib_module_names - {"lossbook"}:
                for owner in owners.get(name, [name]):
                    found[canonicalize_name(owner)] = path.relative_to(ROOT)
    return found


def declared(*extras):
    """Return the distributions that the package and these extras name."""
    lines = PROJECT["dependencies"] + [line for extra in extras for line in EXTRAS[extra]]
    return {canonicalize_name(Requirement(line).name) for line in lines}


# IPython and jupyter_client come with ipykernel and nbclient, Pillow and cycler with matplotlib.
COMPANIONS = {"ipython", "jupyter-client", "pillow", "cycler"}


def test_what_the_code_imports_is_declared():
    """A package that only another package brings in is gone the day that one stops needing it."""
    imports = third_party_imports("lossbook")
    assert "numpy" in imports
    missing = {name: path for name, path in imports.items() if name not in declared(*EXTRAS) | COMPANIONS}
    assert missing == {}


def test_the_site_is_built_with_what_the_book_extra_brings():
    """``make book`` installs no more than that."""
    imports = third_party_imports("lossbook/site")
    assert {name: path for name, path in imports.items() if name not in declared("book")} == {}


def test_users_get_ranges_with_a_lower_bound():
    for requirement in map(
        Requirement, [*PROJECT["dependencies"], *(line for extra in EXTRAS.values() for line in extra)]
    ):
        operators = {specifier.operator for specifier in requirement.specifier}
        assert ">=" in operators, requirement
        assert "==" not in operators, requirement


def test_the_versions_agree():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    newest = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)[1]
    assert lossbook.__version__ == citation["version"] == newest
    assert importlib.metadata.version("lossbook") == lossbook.__version__


def test_make_alone_lists_every_target():
    listed = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert set(re.findall(r"^  make (\w+)", listed, re.MULTILINE)) == {
        *("help", "book", "serve", "test", "lab", "outputs", "accuracy", "bench", "mutants", "clean", "locks")
    }


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (
            'if [ "$1" = -V ]; then echo Python 3.9.2; else exit 1; fi',
            r"3\.11 or newer is required; .* is Python 3\.9\.2",
        ),
        (
            'case "$2" in *ensurepip*) exit 1;; esac; [ "$1" != -V ] || echo Python 3.12.1',
            "apt install python3-venv",
        ),
        (None, "no '.*python' was found"),
    ],
    ids=["too old", "without venv", "missing"],
)
def test_make_says_what_is_required(tmp_path, script, said):
    python = tmp_path / "python"
    if script is not None:
        python.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        python.chmod(0o755)
    environment = tmp_path / "environment"
    made = subprocess.run(
        [
            "make",
            "--no-print-directory",
            f"PYTHON={python}",
            f"VENV={environment}",
            f"{environment}/bin/python",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode != 0
    assert re.search(said, made.stderr), made.stderr
    assert not environment.exists()


def test_no_test_is_missed():
    """Pytest collects ``test_*.py`` under ``tests``; a test anywhere else would never run."""
    missed = [
        path.relative_to(ROOT)
        for folder in ("tests", "lossbook", "chapters", "binder")
        for path in (ROOT / folder).rglob("*.py")
        if re.search(r"^(async )?def test_", path.read_text(encoding="utf-8"), re.MULTILINE)
        and not (folder == "tests" and path.name.startswith("test_"))
    ]
    assert missed == []


def test_the_stages_together_select_every_test():
    """Two stages run pytest over the same folders; their marker expressions are each other's opposite."""
    specification = importlib.util.spec_from_file_location("stages", ROOT / "tests" / "stages.py")
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    selections = [
        command[command.index("-m", 3) + 1 :]
        for _, commands in module.stages().values()
        for command in commands
        if command[2] == "pytest" and "chapters" not in command
    ]
    assert selections == [["not browser"], ["browser"]]


@pytest.mark.parametrize(("in_ci", "workers", "status"), [("true", "0", 1), ("true", "2", 1), ("", "2", 0)])
def test_a_skip_is_counted_and_fails_in_ci(tmp_path, monkeypatch, in_ci, workers, status):
    monkeypatch.setenv("CI", in_ci)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    shutil.copy(ROOT / "tests" / "conftest.py", tmp_path)
    (tmp_path / "test_one.py").write_text(
        "import pytest\n\ndef test_good():\n    pass\n\ndef test_gone():\n    pytest.skip('no browser')\n",
        encoding="utf-8",
    )
    (tmp_path / "test_two.py").write_text(
        "import pytest\npytest.importorskip('no_such_package')\n", encoding="utf-8"
    )
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "xdist", "-n", workers, "--rootdir", str(tmp_path), "."],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == status, run.stdout
    assert "2 SKIPPED: not everything was checked" in run.stdout
    assert ("With CI=true a skipped test is a failure." in run.stdout) == (status == 1)
