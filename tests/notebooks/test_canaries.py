"""The comparison of stored outputs bites: a notebook with one fault turns the run red, the good one is green.

One small notebook is run and normalized by the code that writes the chapters; each canary is a copy with one
change. nbval runs over the folder of them once, as `make test` runs it over the chapters.
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

ROOT = Path(__file__).parents[2]
FIGURE = "application/vnd.lossbook.figure+json"

PRINT = "print(1 / 7)"
DEFINE = """\
import numpy as np
from lossbook.figures import Slider, explore

def draw_line(ax, *, slope):
    ax.plot([0, 1], np.array([0, 1]) * slope)
    return f"slope {slope:g}"
"""
MOVE = 'explore(draw_line, slope=Slider(1, 3, 1, label="slope"), caption="A line.", alt="A line.")'
# Each canary, and what nbval says of it (in its report, where colors are spelled #x1B[…m).
RED = {
    "changed_digit": "0.14285714285714286",
    "changed_figure": "slope 3",
    "missing_output": "Unexpected output fields",
    "missing_figure": "Unexpected output fields",
    "raised_error": "ValueError#x1B[39m: late",
    "widget_exception": "draw_line raised KeyError at slope = 2",
}


def cell_with(notebook, source):
    """Return the notebook's cell with this source."""
    (cell,) = (cell for cell in notebook.cells if cell.source == source.rstrip())
    return cell


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """Return a notebook that was run and normalized by our own code."""
    new = nbformat.v4
    prose = [new.new_markdown_cell(text) for text in ("# Canary", "A number.", "A drawing.", "It moves.")]
    code = [new.new_code_cell(source) for source in (PRINT, DEFINE, MOVE)]
    order = [prose[0], prose[1], code[0], prose[2], code[1], prose[3], code[2]]
    notebook = with_setup_cell(normalize(new.new_notebook(cells=order)))
    execute(notebook, tmp_path_factory.mktemp("canary") / "00_canary.ipynb")
    return normalize(notebook)


def mutants(stored):
    """Return a notebook for each fault, and the one without."""
    each = {name: copy.deepcopy(stored) for name in sorted({*RED, "untouched"})}

    output = cell_with(each["changed_digit"], PRINT).outputs[0]
    assert output.text.endswith("285\n")
    output.text = output.text.replace("285\n", "286\n")

    figure = cell_with(each["changed_figure"], MOVE).outputs[0].data[FIGURE]
    assert figure["readouts"][1] == "slope 2"
    figure["readouts"][1] = "slope 3"

    cell_with(each["missing_output"], PRINT).outputs = []
    del cell_with(each["missing_figure"], MOVE).outputs[0].data[FIGURE]
    cell_with(each["raised_error"], PRINT).source = f"{PRINT}\nraise ValueError('late')"

    # The first position that is drawn is fine: only moving the slider would raise.
    source = f'{DEFINE.rstrip()} if slope != 2 else {{}}["no line"]'
    cell_with(each["widget_exception"], DEFINE).source = source
    return each


@pytest.fixture(scope="module")
def verdicts(stored, tmp_path_factory):
    """Run nbval over all canaries at once; return for each whether all its cells passed, and what it said."""
    folder = tmp_path_factory.mktemp("canaries")
    for name, notebook in mutants(stored).items():
        (folder / f"{name}.ipynb").write_text(to_text(notebook), encoding="utf-8")
    report = folder / "report.xml"
    options = [*NBVAL_OPTIONS, "-p", "no:cacheprovider", f"--rootdir={folder}", f"--junit-xml={report}"]
    run = subprocess.run(
        [sys.executable, "-m", "pytest", f"--config-file={ROOT / 'pyproject.toml'}", *options, str(folder)],
        cwd=ROOT,
        env={**os.environ, **ENVIRONMENT},
        capture_output=True,
        text=True,
        check=False,
    )
    assert report.exists(), run.stdout + run.stderr
    failures = defaultdict(list)
    seen = set()
    for case in ET.parse(report).iter("testcase"):
        name = next(name for name in mutants(stored) if name in case.get("classname"))
        seen.add(name)
        failures[name] += [node.get("message") + (node.text or "") for node in case.iterfind("*")]
    assert seen == {*RED, "untouched"}
    return failures


def test_the_untouched_notebook_is_green(verdicts, stored):
    assert verdicts["untouched"] == []
    assert problems(stored) == []


@pytest.mark.parametrize("name", RED)
def test_a_canary_is_red(verdicts, name):
    assert any(RED[name] in said for said in verdicts[name]), verdicts[name]


def test_removed_counts_are_refused_by_form(stored):
    """A cell without a count and without outputs is what nbval does not compare at all."""
    stripped = copy.deepcopy(stored)
    cell = cell_with(stripped, PRINT)
    cell.execution_count, cell.outputs = None, []
    assert any("has no execution count, so it was not run" in problem for problem in problems(stripped))


@pytest.mark.parametrize("name", ["raised_error", "widget_exception"])
def test_outputs_are_not_stored_where_a_cell_raises(stored, tmp_path, name):
    with pytest.raises(NotebookFailed, match=r"00_canary\.ipynb, cell \d: (ValueError|RuntimeError)"):
        execute(mutants(stored)[name], tmp_path / "00_canary.ipynb")
