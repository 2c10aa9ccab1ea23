"""The comparison of stored outputs bites: a cell with one fault turns the run red, the good one is green.

One small notebook is run and normalized by the code that writes the chapters; in a copy, each cell gets one
fault. nbval runs over both, as `make test` runs it over the chapters.
"""

import copy
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections import defaultdict
from pathlib import Path

import nbformat
import pytest

from lossbook.notebooks import NotebookFailed, execute, normalize, problems, to_text, with_setup_cell
from lossbook.notebooks.execution import ENVIRONMENT, NBVAL_OPTIONS
from lossbook.notebooks.normalization import FIGURE_MIME

ROOT = Path(__file__).parents[2]
new = nbformat.v4

DEFINE = """\
import numpy as np
from lossbook.figures import Slider, explore

WRONG = 0

def draw_line(ax, *, slope):
    ax.plot([0, 1], [0, slope])
    return f"slope {slope:g}" if slope != WRONG else {}["no line"]

def draw_noise(ax, *, count):  # other pixels in each run
    ax.imshow(np.random.default_rng().random((count, count)))
    return f"{count} pixels"
"""
MOVE = 'explore(draw_line, slope=Slider(1, 2, 1, label="slope"), caption="{}", alt="A line.")'
MEASURED = 'explore(draw_noise, count=Slider(8, 9, 1, label="n"), measured=True, caption="C.", alt="Noise.")'
# The cells that get a fault, and what nbval says of it (in its report, where colors are spelled #x1B[…m).
CANARIES = {
    "changed digit": ("print(1 / 7)", "0.14285714285714286"),
    "missing output": ("print(2 / 7)", "Unexpected output fields"),
    "raised error": ("print(3 / 7)", "ValueError#x1B[39m: late"),
    "changed figure": (MOVE.format("One."), "slope 2"),
    "changed measured figure": (MEASURED, "9 pixels"),
    "missing figure": (MOVE.format("Two."), "Unexpected output fields"),
    "error in a figure": (MOVE.format("Three."), "draw_line raised KeyError at slope = 2"),
}


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """Return a notebook that was run and normalized by our own code."""
    cells = [
        new.new_markdown_cell("# Canary"),
        new.new_markdown_cell("A drawing."),
        new.new_code_cell(DEFINE),
    ]
    for fault, (source, _) in CANARIES.items():
        cells += [new.new_markdown_cell(f"For a {fault}."), new.new_code_cell(source)]
    notebook = with_setup_cell(new.new_notebook(cells=cells))
    execute(notebook, tmp_path_factory.mktemp("canary") / "00_canary.ipynb")
    return normalize(notebook)


def with_faults(stored):
    """Return a copy in which each cell has its fault."""
    notebook = copy.deepcopy(stored)
    cells = dict(zip(CANARIES, notebook.cells[-1 : -2 * len(CANARIES) : -2][::-1], strict=True))
    digit, figure = cells["changed digit"].outputs[0], cells["changed figure"].outputs[0].data[FIGURE_MIME]
    assert digit.text == "0.14285714285714285\n"
    digit.text = "0.14285714285714286\n"
    assert figure["readouts"] == ["slope 1", "slope 2"]
    figure["readouts"] = ["slope 1", "slope 3"]
    measured = cells["changed measured figure"].outputs[0].data[FIGURE_MIME]
    assert measured["readouts"] == ["8 pixels", "9 pixels"]
    measured["readouts"] = ["8 pixels", "7 pixels"]
    cells["missing output"].outputs = []
    del cells["missing figure"].outputs[0].data[FIGURE_MIME]
    cells["raised error"].source += "\nraise ValueError('late')"
    # The position that is drawn first is fine: only moving the slider would raise.
    cells["error in a figure"].source = "WRONG = 2\n" + CANARIES["error in a figure"][0]
    return notebook


@pytest.fixture(scope="module")
def verdicts(stored, tmp_path_factory):
    """Run nbval over both notebooks; return for each what it said of each cell, by the cell's number."""
    folder = tmp_path_factory.mktemp("canaries")
    for name, notebook in (("good", stored), ("faulty", with_faults(stored))):
        (folder / f"{name}.ipynb").write_text(to_text(notebook), encoding="utf-8")
    report = folder / "report.xml"
    options = [*NBVAL_OPTIONS, "--numprocesses=0", f"--rootdir={folder}", f"--junit-xml={report}"]
    command = [sys.executable, "-m", "pytest", f"--config-file={ROOT / 'pyproject.toml'}", *options, folder]
    environment = {**os.environ, **ENVIRONMENT}
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert report.exists(), run.stdout + run.stderr
    said = defaultdict(dict)
    for case in ET.parse(report).iter("testcase"):
        name = "good" if "good" in case.get("classname") else "faulty"
        failures = "".join(node.get("message") + (node.text or "") for node in case.iterfind("*"))
        said[name][case.get("name")] = failures
    return said


def test_the_good_notebook_is_green(verdicts, stored):
    assert set(verdicts["good"].values()) == {""}
    assert len(verdicts["good"]) == len(CANARIES) + 2
    assert problems(stored) == []


def test_each_cell_with_a_fault_is_red(verdicts):
    setup, define, *canaries = verdicts["faulty"].values()
    assert (setup, define) == ("", "")
    for (fault, (_, wanted)), said in zip(CANARIES.items(), canaries, strict=True):
        assert wanted in said, fault


def test_removed_counts_are_refused_by_form(stored):
    """A cell without a count and without outputs is what nbval does not compare at all."""
    stripped = copy.deepcopy(stored)
    stripped.cells[-1].execution_count, stripped.cells[-1].outputs = None, []
    assert any("has no execution count, so it was not run" in problem for problem in problems(stripped))


def test_what_is_printed_is_one_output_and_an_error_ends_the_run(tmp_path):
    chatty = "import sys\nfor stream in [sys.stdout, sys.stderr] * 2:\n    print(1, file=stream, flush=True)"
    cells = [new.new_code_cell(source) for source in (chatty, "raise ValueError('late')", "print(2)")]
    notebook = new.new_notebook(cells=cells)
    with pytest.raises(NotebookFailed, match=r"00_canary\.ipynb, cell 2: ValueError: late"):
        execute(notebook, tmp_path / "00_canary.ipynb")
    assert [(out.name, out.text) for out in cells[0].outputs] == [("stdout", "1\n1\n"), ("stderr", "1\n1\n")]
    assert cells[2].outputs == []
