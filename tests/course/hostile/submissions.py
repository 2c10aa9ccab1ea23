"""Submissions of chapter 15 that want unearned marks or stop graders: answers in files, and tampered cells.

A file beside this one holds cells, each under the id of the cell that it replaces; one that the notebook
lacks would run first. Answers that it does not give are right.
"""

import copy
import re
from pathlib import Path

import nbformat

from lossbook import exercises
from lossbook.course.editions import PLACEHOLDER
from lossbook.exercises.calling import call_here

new = nbformat.v4
HERE = Path(__file__).parent
#: These have to be ended from outside, which takes as long as an answer may.
ENDLESS = ["loops", "loops_and_catches", "loops_and_ignores", "loops_in_its_cell", "sleeps"]


def written(released, right):
    """Return name of each submission from a file to its notebook.

    `released` is what was handed out, and `right` the id of an answer's cell to its solution.
    """
    made, released_names = {}, {cell.id for cell in released.cells}
    for path in sorted(HERE.glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        if path.stem == "visible_only":
            text = text.replace("TABLE = {}", f"TABLE = {_seen(right)!r}")
        made[path.stem] = notebook = answered(released, right)
        for part in re.split(r"^# %% ", text, flags=re.MULTILINE)[1:]:
            name, _, source = part.partition("\n")
            if name not in released_names:
                notebook.cells.insert(1, new.new_code_cell(id=name))
            [cell] = [cell for cell in notebook.cells if cell.id == name]
            cell.source = source.strip()
    return made


def answered(released, answers):
    """Return a copy of what was handed out, with answers; whatever it shows is kept."""
    notebook = copy.deepcopy(released)
    for cell in notebook.cells:
        cell.source = answers.get(cell.id, cell.source)
    return notebook


def _seen(right):
    """Return the value of a right answer for each input that the visible check asks for."""
    seen, space = {}, {}
    exec("import numpy as np\n" + right["answer-15-2"] + "\n" + right["answer-15-4"], space)

    def call(arrays, parameters):
        reply = call_here(space["my_smooth_l1"], arrays, parameters, several=False)
        asked = [*(array.tolist() for array in arrays), parameters["beta"]]
        seen[str(asked)] = reply.outputs[0].values.tolist()
        return reply

    assert exercises.find("15.4").judge(call)
    return seen


# ---- Tampered notebooks ------------------------------------------------------------------------------------


def tampered(released, right):
    """Return name of each submission whose cells were tampered with to its notebook, or to a file's text."""
    made = {}
    for tamper in (
        *(without_its_check, without_its_answer, without_marks, without_a_by_hand_answer),
        *(copied, copied_by_hand, as_prose, check_edited, points_edited),
        *(marks_of_another_kind, another_kernel, outputs_of_its_own, outputs_of_another_kind),
    ):
        made[tamper.__name__] = notebook = answered(released, right)
        tamper(notebook, {cell.id: cell for cell in notebook.cells})
    made["empty"] = new.new_notebook()
    made["a_file_of_another_kind"] = "<html>Your session has expired.</html>"
    return made


def without_its_check(notebook, by_id):
    by_id["answer-15-4"].source = "def my_smooth_l1(prediction, target, beta):\n    return prediction"
    notebook.cells.remove(by_id["check-15-4"])


def without_its_answer(notebook, by_id):
    notebook.cells.remove(by_id["answer-15-4"])


def without_marks(notebook, by_id):
    """As after a copy into a new notebook."""
    for count, cell in enumerate(notebook.cells):
        cell.metadata, cell["id"] = nbformat.NotebookNode(), f"cell-{count}"


def without_a_by_hand_answer(notebook, by_id):
    for name in ("answer-15-1", "prompt-15-1"):
        notebook.cells.remove(by_id[name])


def copied(notebook, by_id):
    """One answer to be tried on and a right one, with the same marks."""
    notebook.cells.append(copy.deepcopy(by_id["answer-15-4"]))
    notebook.cells[-1]["id"] = "a-copy"
    by_id["answer-15-4"].source = "def my_smooth_l1(prediction, target, beta):\n    return prediction"


def copied_by_hand(notebook, by_id):
    """The answer was written into a copy, and the cell itself left as it was."""
    notebook.cells.append(copy.deepcopy(by_id["answer-15-1"]))
    notebook.cells[-1]["id"] = "a-copy"
    by_id["answer-15-1"].source = PLACEHOLDER


def as_prose(notebook, by_id):
    """The answer's cell was made one of text, and its check another answer."""
    index = notebook.cells.index(by_id["answer-15-4"])
    answer = by_id["answer-15-4"]
    notebook.cells[index] = new.new_markdown_cell(answer.source, metadata=answer.metadata, id=answer.id)


def check_edited(notebook, by_id):
    by_id["answer-15-4"].source = "def my_smooth_l1(prediction, target, beta):\n    return prediction"
    by_id["check-15-4"].source = 'exercises.check("15.2", my_huber)\nprint("7 of 7 passed")'


def points_edited(notebook, by_id):
    by_id["answer-15-4"].source = "def my_smooth_l1(prediction, target, beta):\n    return prediction"
    by_id["check-15-2"].metadata.nbgrader.points = 1000
    by_id["check-15-4"].metadata.nbgrader.update(points=0, grade=False, solution=True)


def marks_of_another_kind(notebook, by_id):
    """Nbgrader alone would stop at some of these, one of them for all students."""
    by_id["check-15-2"].metadata.nbgrader.schema_version = 99
    del by_id["check-15-4"].metadata.nbgrader["grade_id"]
    by_id["prompt-15-4"].metadata["nbgrader"] = "15.4"
    by_id["answer-15-2"].metadata["lossbook"] = ["15.2"]
    by_id["answer-15-4"].metadata.nbgrader["grade_id"] = ["answer-15-4"]


def another_kernel(notebook, by_id):
    notebook.metadata["kernelspec"] = {"name": "ir", "display_name": "R", "language": "R"}
    notebook.metadata["language_info"] = {"name": "R"}


def outputs_of_its_own(notebook, by_id):
    """The check shows full points, as if it had been run."""
    by_id["answer-15-4"].source = "def my_smooth_l1(prediction, target, beta):\n    return prediction"
    shown = new.new_output("execute_result", data={"text/plain": "7.0"}, execution_count=1)
    for name in ("check-15-4", "answer-15-4"):
        by_id[name].outputs = [shown, new.new_output("stream", text="7 of 7 passed\n")]


def outputs_of_another_kind(notebook, by_id):
    by_id["check-15-2"].outputs = [nbformat.NotebookNode(output_type="stream")]
    by_id["answer-15-4"].outputs = [nbformat.NotebookNode(seven=7)]
