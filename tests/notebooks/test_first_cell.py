"""The first code cell: what it tests for comes from the chapter, and what it says can be done."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import nbformat
import pytest
from packaging.requirements import Requirement

from lossbook.notebooks import normalize, setup_cell, with_setup_cell
from lossbook.notebooks.first_cell import DISTRIBUTIONS, modules

ROOT = Path(__file__).parents[2]
ADDRESS = "https://example.org/book"
new = nbformat.v4


def test_the_setup_cell_is_written_and_renewed_and_keeps_its_count(notebook):
    del notebook.cells[1]
    written = normalize(notebook)
    assert (written.cells[1].source, written.cells[1].execution_count) == (setup_cell([]).source, None)
    written.cells[1].execution_count = 1
    written.cells[3].source = "import torch"
    renewed = normalize(written, address=ADDRESS)
    assert renewed.cells[1].source == setup_cell(["torch"], address=ADDRESS).source
    assert renewed.cells[1].execution_count == 1
    assert [cell.id for cell in renewed.cells].count("setup") == 1
    assert normalize(new.new_notebook(cells=[new.new_code_cell("1")])).cells[0].id == "setup"


def test_it_asks_for_all_that_the_cells_import_and_what_that_needs():
    sources = [
        "import json, numpy as np\nfrom scipy.stats import norm",
        "%matplotlib inline\nif True:\n    from sklearn import metrics",
        "from lossbook.figures import explore",
        "from lossbook import vision",
        "import not python",
    ]
    cells = [new.new_markdown_cell("import pandas"), *map(new.new_code_cell, sources)]
    assert modules(cells) == {"lossbook", "matplotlib", "numpy", "scipy", "sklearn", "torch"}


def said_without(hidden, source, tmp_path):
    """Run a setup cell as IPython does where some modules are missing; return status and what is printed."""
    hide = f"import sys\nfor name in {hidden!r}: sys.modules[name] = None\n"
    # find_spec says of a module that is None in sys.modules that it has no spec, as of one that is missing.
    hide += "import importlib.util\nreal = importlib.util.find_spec\n"
    hide += f"importlib.util.find_spec = lambda name: None if name in {hidden!r} else real(name)\n"
    script = tmp_path / "cell.ipy"
    script.write_text(hide + source, encoding="utf-8")
    command = [sys.executable, "-m", "IPython", "--colors=nocolor", str(script)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    return done.stdout + done.stderr


AT = {"address": ADDRESS}
NEEDED = ["lossbook", "matplotlib", "sklearn", "torch"]


@pytest.mark.parametrize(
    ("missing", "where", "names", "command"),
    [
        (["torch"], {}, "torch", "torch"),
        (["sklearn", "torch"], AT, "sklearn, torch", "scikit-learn torch"),
        (["lossbook", "torch"], {}, "lossbook, torch", '"..[lab]"'),
        (["lossbook"], AT, "lossbook", f'"lossbook[lab] @ git+{ADDRESS}"'),
        (["torch"], {"wheel": "l-1.whl"}, "torch", "torch"),
        (["lossbook"], {"wheel": "l-1.whl"}, "lossbook", '"./l-1.whl[lab]"'),
        (
            ["lossbook"],
            {"wheel": "l-1.whl", "address": ADDRESS},
            "lossbook",
            f'"lossbook[lab] @ git+{ADDRESS}"',
        ),
        (
            ["lossbook"],
            {"address": "https://github.com/some/book.git"},
            "lossbook",
            '"lossbook[lab] @ https://github.com/some/book/archive/HEAD.zip"',
        ),
    ],
)
def test_one_sentence_and_one_command_say_what_to_do(tmp_path, missing, where, names, command):
    said = said_without(missing, setup_cell(NEEDED, **where).source, tmp_path)
    needs, *hint, run, line = said.strip().splitlines()  # no traceback
    assert needs == f"This chapter needs {names}, not installed here."
    assert (run, line) == ("In a cell of its own run this, then run all again:", f"%pip install {command}")
    assert len(hint) == ("lossbook" in missing and "wheel" in where and "address" not in where)
    assert all(words.startswith("Put l-1.whl, which the book's first page offers") for words in hint)


def test_where_all_is_there_it_is_silent(tmp_path):
    assert said_without([], setup_cell(NEEDED).source, tmp_path) == ""


def test_it_needs_nothing_but_python(tmp_path):
    """-I and -S: an interpreter that sees no installed package."""
    command = [sys.executable, "-I", "-S", "-c", setup_cell(NEEDED).source]
    bare = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert re.search(r"NotInstalled: This chapter needs lossbook, matplotlib, sklearn, torch,", bare.stderr)


NOTEBOOKS = sorted([*ROOT.glob("chapters/*.ipynb"), *ROOT.glob("pages/*.ipynb")])


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_extra_that_it_names_brings_all_that_a_chapter_imports(path):
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = settings["dependencies"] + settings["optional-dependencies"]["lab"]
    brought = {Requirement(line).name for line in lines} | {"lossbook"}
    needed = modules(nbformat.read(path, as_version=4).cells)
    assert {DISTRIBUTIONS.get(name, name) for name in needed} <= brought


def test_the_cell_of_a_notebook_asks_for_what_that_notebook_imports(notebook):
    notebook.cells[3].source = "import torch"
    assert '"torch": "torch"' in with_setup_cell(notebook).cells[1].source
    assert "torch" not in setup_cell([]).source
