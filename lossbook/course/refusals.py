"""What nbgrader must not do with the book's notebooks, and would: release solutions, give marks unearned."""

from lossbook.course.leaks import is_solution


def refuse_raw_chapter(notebook, resources):
    """Pass on a notebook that is no raw chapter: nbgrader runs this before it makes a release.

    Parameters
    ----------
    notebook : NotebookNode
        A source notebook.
    resources : dict
        What nbgrader knows besides.

    Returns
    -------
    tuple
        Both, as they are.

    Raises
    ------
    ValueError
        If cells bear the mark of a solution; the message says what to use instead.
    """
    if any(map(is_solution, notebook.cells)):
        raise ValueError(
            "This is a chapter with its solutions, and nbgrader would release them. Run "
            'make course CHAPTERS="15" in the book\'s folder, and take the source notebook that it makes.'
        )
    return notebook, resources


def refuse_unjudged(notebook, resources):
    """Keep nbgrader from giving marks by what a submission's own process says.

    nbgrader gives all points to a graded cell that raises no error and shows no number. That is what a check
    does, also of an untouched stub, and a student's code can make it say anything.

    Parameters and what is returned are those of :func:`refuse_raw_chapter`.

    Raises
    ------
    ValueError
        If a code cell is graded by its output.
    """
    marks = [cell.metadata.get("nbgrader", {}) for cell in notebook.cells if cell.cell_type == "code"]
    if graded := [mark["grade_id"] for mark in marks if mark.get("grade") and not mark.get("solution")]:
        raise ValueError(
            f"No judge is set up here, and nbgrader alone would give full marks for {', '.join(graded)}, "
            "whatever the answer. Grade these by hand until there is one."
        )
    return notebook, resources
