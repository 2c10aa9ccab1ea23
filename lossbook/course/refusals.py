"""What nbgrader must not do with the book's notebooks, and would: release solutions."""

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
