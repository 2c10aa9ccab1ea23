"""The command make: the course of some chapters, made in the book's folder.

It makes the student's edition, the instructor's, and the source notebook for nbgrader, and stops before it
writes anything if a student would find a piece of a solution.
"""

import argparse
import shutil
import sys
from pathlib import Path

import nbformat

import lossbook
from lossbook.course import COURSE
from lossbook.course.editions import instructor, student
from lossbook.course.leaks import leaks
from lossbook.course.nbgrader_source import CONFIGURATION, nbgrader_source, without_solutions
from lossbook.course.notes import notes_of
from lossbook.course.varied import varied
from lossbook.notebooks import to_text, with_setup_cell
from lossbook.notebooks.__main__ import find_chapters, public_address
from lossbook.notebooks.copies import WORKS
from lossbook.notebooks.plain import plain, works_in

#: Its parts that reach students: as they are, or released by nbgrader with what stands beside them.
HANDED_OUT = ("student", "nbgrader")


class SolutionLeft(Exception):
    """What is for students holds a piece of a solution; the message says which."""


def main(arguments, *, prog, epilog=""):
    """Make the course of some chapters and return the exit status."""
    parser = argparse.ArgumentParser(prog=prog, description=__doc__, epilog=epilog)
    parser.add_argument(
        "chapters", nargs="*", help="numbers (15) or names (15_huber, huber); without one, all"
    )
    parser.add_argument("--folder", type=Path, default=COURSE, help=f"where to make it ({COURSE})")
    parser.add_argument("--seed", type=int, help="draw variants of the graded exercises from this number")
    parser.add_argument("--anew", action="store_true", help="replace what is there, and your changes with it")
    options = parser.parse_args(arguments)
    try:
        paths = [path for chapter in options.chapters or [""] for path in find_chapters(chapter)]
        files, address = {}, public_address()
        for path in dict.fromkeys(paths):
            files |= course_files(path, address=address, seed=options.seed)
        write(files, options.folder, anew=options.anew)
        if not address:
            write_package(
                options.folder, {n.parent for n in files if n.suffix == ".ipynb" and n.parts[0] in HANDED_OUT}
            )
    except (FileNotFoundError, FileExistsError, SolutionLeft, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    for name in files:
        print(options.folder / name)
    return 0


def course_files(path, *, address="", seed=None):
    """Return the course of one chapter: name of each file, in the course's folder, to its text.

    Parameters
    ----------
    path : path-like
        The chapter's notebook, ``NN_noun.ipynb``.
    address : str
        The repository's public address, from which students install the package. If it is empty, their
        notebooks ask for the package's file beside them.
    seed : int, optional
        Draws variants of the graded exercises.

    Raises
    ------
    SolutionLeft
        If a piece of a solution is in the student's edition, or outside the markers for nbgrader.
    ValueError
        If the chapter's exercises are not in good form; the message begins with its path.
    """
    path = Path(path)
    works = path.parents[1] / WORKS
    chapter = plain(nbformat.read(path, as_version=4), works_in(works) if works.exists() else {})
    noun = path.stem.partition("_")[2]
    try:
        chapter = chapter if seed is None else varied(chapter, noun, seed)
        handed_out, source = student(chapter, noun), nbgrader_source(chapter, noun)
        kept = instructor(chapter, noun, notes_of(path))
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
    for notebook in (handed_out, without_solutions(source)):
        if left := leaks(notebook, chapter):
            raise SolutionLeft(
                "\n".join([f"{path}: students would find solutions, so nothing is made.", *left])
            )
    # Without the solutions' cells, a notebook may need fewer packages than the chapter.
    wheel = "" if address else _wheel()
    handed_out, source = (with_setup_cell(n, address=address, wheel=wheel) for n in (handed_out, source))
    return {
        Path("student", path.name): to_text(handed_out),
        Path("instructor", path.name): to_text(kept),
        Path("nbgrader/source", path.stem, path.name): to_text(source),
        Path("nbgrader/nbgrader_config.py"): CONFIGURATION,
    }


def write(files, folder, *, anew=False):
    """Write files into a folder: all, or none if one is there with another text.

    Parameters
    ----------
    files : dict
        Name of each file, relative to the folder, to its text.
    folder : path-like
        It is made if it is not there.
    anew : bool
        Whether to replace what is there.

    Raises
    ------
    FileExistsError
        If a file is there with another text, such as an instructor's notes, and `anew` is false.
    """
    folder = Path(folder)
    changed = [
        str(folder / name)
        for name, text in files.items()
        if (folder / name).exists() and (folder / name).read_text(encoding="utf-8") != text
    ]
    if changed and not anew:
        raise FileExistsError(
            "These files are there and differ, perhaps by your own notes, so nothing was written: "
            f"{', '.join(changed)}. Run python -m lossbook.course "
            "with --folder and another place, or with --anew to replace them."
        )
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


def write_package(folder, places):
    """Write the package's file, for students to install, into places in the course's folder."""
    first, *others = sorted(Path(folder, place) for place in places)
    # Sphinx comes along with it, and a book with a public address does without.
    from lossbook.site.downloads import write_wheel

    write_wheel(".", first)
    for place in others:
        shutil.copy(first / _wheel(), place)


def _wheel():
    return f"lossbook-{lossbook.__version__}-py3-none-any.whl"
