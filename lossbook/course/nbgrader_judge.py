"""The judge inside nbgrader: answers are graded in processes of their own, and no notebook is run.

``nbgrader_config.py`` in the course's folder sets :data:`SANITIZING` and :data:`GRADING`. What was asked, for
how many points, is what nbgrader wrote into the gradebook when it made the release; of a submission, the
sources of answers alone count. Whatever has no verdict waits for a person.
"""

import re

import nbformat
from nbconvert.preprocessors import ClearMetadataPreprocessor
from nbformat import v4
from nbgrader.api import Gradebook
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    DeduplicateIds,
    Execute,
    IgnorePattern,
    LimitOutput,
    NbGraderPreprocessor,
    OverwriteCells,
    OverwriteKernelspec,
    SaveAutoGrades,
)
from nbgrader.utils import is_grade, is_solution
from traitlets import Float

from lossbook.course.grading import Verdict
from lossbook.course.process import SECONDS
from lossbook.course.secret import secret
from lossbook.course.submissions import grade_submission, names
from lossbook.exercises.calling import in_one_line

#: What a person reads in the place of an answer that is not there. Nothing else that is lost can be graded.
MISSING = "*This cell was missing from what was handed in.*"
_SCORES = "lossbook_scores"  # in nbgrader's resources: name of each cell that was judged to points, or None


class Mend(NbGraderPreprocessor):
    """Gives the cells of a submission back what nbgrader needs to know of them.

    It goes first, in the place of ``ClearOutput``: what students did to nbgrader's metadata would stop the
    whole run, or hide an answer. Outputs stay as they were handed in, for whoever grades by hand.
    """

    def preprocess(self, nb, resources):
        """Return the notebook with the gradebook's metadata, and what is to be graded and was missing."""
        borne = [(cell, names(cell)) for cell in nb.cells]
        for cell in nb.cells:
            cell.metadata.pop("nbgrader", None)
        for ours in handed_out(resources).cells:
            theirs = [c for c, bears in borne if ours.id in bears and "nbgrader" not in c.metadata]
            if theirs:
                # Of several, one that was written into: an untouched one gets no points from nbgrader.
                chosen = min(theirs, key=lambda cell, ours=ours: cell.source == ours.source)
                chosen.metadata["nbgrader"] = ours.metadata.nbgrader
            elif is_grade(ours):
                ours.source = MISSING if is_solution(ours) else ours.source
                nb.cells.append(ours)
        return _with_valid_outputs(nb), resources


def _with_valid_outputs(nb):
    """Return the notebook, without outputs if it is not valid: they would stop other preprocessors."""
    try:
        nbformat.validate(nb)
    except nbformat.ValidationError:
        for cell in nb.cells:
            if cell.cell_type == "code":
                cell.outputs = []
    return nb


class Judge(Execute):
    """Stands in the place of nbgrader's ``Execute``, and starts no kernel: it has each answer graded.

    A check's outputs become the lines of its report, and the points, from which nbgrader takes them.
    """

    seconds = Float(
        SECONDS, help="How long the cell of an answer, and each call of its function, may take."
    ).tag(config=True)

    def preprocess(self, nb, resources, km=None):
        """Return the notebook with reports for outputs; an answer without a verdict is for a person."""
        key, verdicts, fault = secret(), {}, "nothing here judges it"
        try:
            for verdict in grade_submission(nb, handed_out(resources), key=key, seconds=self.seconds):
                verdicts[f"check-{verdict.number.replace('.', '-')}"] = verdict
        except Exception as error:  # What was graded until then keeps its marks.
            fault = f"the grader failed: {in_one_line(error)}"
        scores = resources[_SCORES] = {}
        for cell in filter(is_judged, nb.cells):
            mark = cell.metadata.nbgrader
            verdict = verdicts.get(mark.grade_id) or Verdict.for_a_person(mark.grade_id, fault)
            points = None if verdict.score is None else round(verdict.score * mark.points, 4)
            scores[mark.grade_id] = points
            cell.execution_count, cell.outputs = None, _outputs(verdict, points)
        return nb, resources


def is_judged(cell):
    """Say whether nbgrader takes a cell's points from its outputs."""
    return cell.cell_type == "code" and is_grade(cell) and not is_solution(cell)


def _outputs(verdict, points):
    text = "\n".join(verdict.lines) + "\n"
    if points is None:
        # To nbgrader alone, without SaveVerdicts, this would mean no points. No output at all means all.
        return [v4.new_output("stream", name="stderr", text=text)]
    result = v4.new_output("execute_result", data={"text/plain": str(points)})
    return [v4.new_output("stream", name="stdout", text=text), result]


class SaveVerdicts(SaveAutoGrades):
    """Writes points into the gradebook as nbgrader does, and "needs manual grading" where there are none."""

    def _add_score(self, cell, resources):
        super()._add_score(cell, resources)
        name = cell.metadata.nbgrader.grade_id
        if is_judged(cell) and resources.get(_SCORES, {}).get(name) is None:
            grade = self.gradebook.find_grade(name, self.notebook_id, self.assignment_id, self.student_id)
            grade.auto_score, grade.needs_manual_grade = None, True
            self.gradebook.db.commit()


#: For ``Autograde.sanitize_preprocessors``, when a submission comes in.
SANITIZING = [Mend, DeduplicateIds, OverwriteKernelspec, OverwriteCells, CheckCellMetadata]
#: For ``Autograde.autograde_preprocessors``, after that.
GRADING = [
    Judge,
    IgnorePattern,
    ClearMetadataPreprocessor,
    LimitOutput,
    SaveVerdicts,
    AssignLatePenalties,
    CheckCellMetadata,
]


# ---- What was handed out -----------------------------------------------------------------------------------


def handed_out(resources):
    """Return the cells that the gradebook knows of the assignment to which a submission belongs.

    Parameters
    ----------
    resources : dict
        What nbgrader gives a preprocessor besides the notebook.

    Returns
    -------
    NotebookNode
        The cells with nbgrader's metadata, named by their ids, in the order of exercises; those of the book's
        exercises have its mark.
    """
    known = resources["nbgrader"]
    with Gradebook(known["db_url"]) as gradebook:
        notebook = gradebook.find_notebook(known["notebook"], known["assignment"])
        kinds = {
            "grade": {cell.name: cell.max_score for cell in notebook.grade_cells},
            "solution": {cell.name for cell in notebook.solution_cells},
            "task": {cell.name: cell.max_score for cell in notebook.task_cells},
        }
        cells = [_cell(source, kinds) for source in notebook.source_cells]
    # The database keeps no order, and an answer may call those before it.
    cells.sort(key=lambda cell: [int(number) for number in re.findall(r"\d+", cell.id)])
    return v4.new_notebook(cells=cells)


def _cell(source, kinds):
    """Return a cell of the gradebook's as it was released."""
    points = kinds["grade"].get(source.name, kinds["task"].get(source.name))
    metadata = {
        "nbgrader": {
            "schema_version": 3,
            "grade_id": source.name,
            "cell_type": source.cell_type,
            "locked": source.locked,
            "checksum": source.checksum,
            **{kind: source.name in those for kind, those in kinds.items()},
            **({} if points is None else {"points": points}),
        }
    }
    if own := re.fullmatch(r"(prompt|answer|check)-(\d+)-(\d+)", source.name):
        metadata["lossbook"] = {"exercise": f"{own[2]}.{own[3]}", "role": own[1]}
    make = v4.new_code_cell if source.cell_type == "code" else v4.new_markdown_cell
    return make(source.source, id=source.name, metadata=metadata)
