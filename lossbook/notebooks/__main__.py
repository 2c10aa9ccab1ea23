"""The command line: ``python -m lossbook.notebooks COMMAND [CHAPTER]``, run in the book's folder.

Paths of notebooks to open are printed to the standard output, alone; what is said about them, and errors, go
to the standard error.
"""

import argparse
import shlex
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import yaml

from lossbook.figures.engine.pictures import BUDGET, weight
from lossbook.notebooks import NotebookFailed, execute, normalize, problems_in_file, to_text, with_setup_cell
from lossbook.notebooks.copies import COPIES, copy_for_reader
from lossbook.notebooks.figures import pictures_of, wanting_figures
from lossbook.notebooks.form import counts, told

CHAPTERS = Path("chapters")
#: Other pages of the book that are notebooks.
PAGES = Path("pages")


def main(arguments=None):
    """Run one command and return its exit status."""
    commands = {
        "check": check,
        "form": form,
        "outputs": outputs,
        "tidy": tidy,
        "changes": changes,
        "figures": figures,
        "lab": lab,
        "edit": edit,
    }
    parser = argparse.ArgumentParser(prog="python -m lossbook.notebooks", description=__doc__)
    subparsers = parser.add_subparsers(dest="command", required=True)
    for name, command in commands.items():
        subparser = subparsers.add_parser(name, help=command.__doc__.partition(".")[0])
        subparser.add_argument(
            "chapter",
            nargs="?",
            default="",
            help="a number (15) or a name (15_huber, huber, which_loss); without it, all",
        )
    options = parser.parse_args(arguments)
    try:
        paths = find_chapters(options.chapter)
    except FileNotFoundError as error:
        print(error, file=sys.stderr)
        return 2
    return commands[options.command](paths)


def find_chapters(chapter=""):
    """Return the paths of the notebooks asked for, at least one: chapters in their order, then other pages.

    Parameters
    ----------
    chapter : str
        A chapter's number ("15", "3", "03"), name ("15_huber"), noun ("huber") or path, or the name
        or path of another page; empty for all.

    Raises
    ------
    FileNotFoundError
        If there is no such chapter; the message lists those that are there.
    """
    every = sorted(CHAPTERS.glob("[0-9][0-9]_*.ipynb"))
    if not every:
        raise FileNotFoundError(f"There is no chapter in {CHAPTERS.resolve()}.")
    every += sorted(PAGES.glob("*.ipynb"))
    if not chapter:
        return every
    wanted = Path(chapter).name.removesuffix(".ipynb")
    paths = [path for path in every if wanted in _names(path)]
    if not paths:
        what = f"no chapter {chapter} yet" if wanted.isdecimal() else f"no chapter {chapter!r}"
        there = ", ".join(f"{n} ({noun})" if n else noun for n, noun, *_ in map(_names, every))
        raise FileNotFoundError(f"There is {what}. There are {there}: name one by its number or its word.")
    return paths


def _names(path):
    """What a notebook is called: a chapter by its number, noun, name and two digits, a page by its name."""
    number, _, noun = path.stem.partition("_")
    return (number.lstrip("0"), noun, path.stem, number) if number.isdecimal() else ("", path.stem)


def check(paths):
    """Say what is wrong with the form of the notebooks."""
    return 0 if _in_form(paths, public_address()) else 1


def form(paths):
    """Count what the chapters hold: words, figures, folds, minutes."""
    for path in paths:
        print(f"{path.stem} · {told(counts(nbformat.read(path, as_version=4).cells))}")
    return 0


def outputs(paths):
    """Run the notebooks and store their outputs, normalized."""
    address = public_address()
    failed = sum(not _stored_outputs(path, address) for path in paths)
    return 1 if failed or not _in_form(paths, address) else 0


def tidy(paths):
    """Bring notebooks that an editor saved into their stored form, without running them."""
    address = public_address()
    for path in paths:
        before = path.read_text(encoding="utf-8")
        after = to_text(normalize(nbformat.reads(before, as_version=4), address=address))
        if after != before:
            path.write_text(after, encoding="utf-8", newline="\n")
        print(f"{path}: {'tidied' if after != before else 'was tidy'}")
    return figures(paths)


def changes(paths):
    """Show what has changed since the last commit, figures and pictures in a line each."""
    # Git compares what this makes of both versions (.gitattributes names the driver).
    reader = f"diff.jupyternotebook.textconv={shlex.quote(sys.executable)} -m lossbook.notebooks.review"
    return subprocess.run(["git", "-c", reader, "diff", "HEAD", "--", *paths], check=False).returncode


def figures(paths):
    """Say which figures stand still, and fail if one is missing."""
    failed = 0
    for path in paths:
        still, missing = wanting_figures(nbformat.read(path, as_version=4))
        number, name, *_ = _names(path)
        command = f"make outputs CHAPTER={number or name}"
        if missing:
            cells = ", ".join(map(str, missing))
            print(f"{path} lacks its figures (cells {cells}). To store them: {command}", file=sys.stderr)
            failed = 1
        if still:
            names = ", ".join(still)
            print(f"{path} was saved after a live run, so these figures stand still: {names}.")
            print(f"To store how they move: {command}")
    return failed


def lab(paths):
    """Make the reader's copies, and print the path of the one, or of their folder."""
    copies = [copy_for_reader(path) for path in paths]
    for copy in filter(None, (copy.said for copy in copies)):
        print(copy, file=sys.stderr)
    print(_opened([copy.path for copy in copies], COPIES))
    return 0


def edit(paths):
    """Print the path of the chapter itself, or of the chapters' folder."""
    print(
        "This is the book itself, not a copy. Store what you changed with make outputs before you commit it.",
        file=sys.stderr,
    )
    print(_opened(paths, CHAPTERS))
    return 0


def _opened(paths, folder):
    """What JupyterLab opens: the one notebook, or the folder of several."""
    return paths[0] if len(paths) == 1 else folder


def public_address():
    """Return the repository's public address, empty if it has none."""
    settings = yaml.safe_load(Path("_config.yml").read_text(encoding="utf-8"))
    return (settings.get("repository") or {}).get("url") or ""


def _in_form(paths, address):
    """Print what is wrong with these chapters, and say whether nothing is."""
    found = {path: problems_in_file(path, address=address) for path in paths}
    for path, sentences in found.items():
        for sentence in sentences:
            print(f"{path}: {sentence}")
    failed = sum(map(bool, found.values()))
    print(f"Form of the notebooks: {len(paths)} checked, {failed} with problems.")
    return not failed


def _stored_outputs(path, address):
    """Run a chapter and store its outputs; say whether that went well."""
    start = time.monotonic()
    notebook = with_setup_cell(nbformat.read(path, as_version=4), address=address)
    # One line that counts in a terminal; in a log, a line for every fifth cell.
    terminal = sys.stdout.isatty()

    def show(number, total):
        if terminal or number % 5 == 0:
            print(f"{path}: cell {number} of {total}", end="\r" if terminal else "\n", flush=True)

    try:
        execute(notebook, path, progress=show)
    except NotebookFailed as error:
        print(f"\n{error}\n{path} was left as it was.", file=sys.stderr)
        return False
    path.write_text(to_text(normalize(notebook, address=address)), encoding="utf-8", newline="\n")
    print(f"{path}: outputs stored ({time.monotonic() - start:.0f} s)")
    if heavy := pictures_of(notebook):
        said = ", ".join(f"{name} {weight(pictures):.0f} kB" for name, pictures in heavy.items())
        print(f"{path}: its figures' pictures weigh {said} (each may weigh {BUDGET} kB)")
    return True


if __name__ == "__main__":
    sys.exit(main())
