"""The command line: ``python -m lossbook.notebooks check | form | outputs | find``, in the book's folder."""

import argparse
import sys
import time
from pathlib import Path

import nbformat
import yaml

from lossbook.notebooks import NotebookFailed, execute, normalize, problems_in_file, to_text, with_setup_cell
from lossbook.notebooks.form import counts, told

CHAPTERS = Path("chapters")
COMMANDS = {
    "check": "say what is wrong with the form of the notebooks",
    "form": "count what the chapters hold: words, figures, folds, minutes",
    "outputs": "run the notebooks and store their outputs, normalized",
    "find": "print where a chapter is",
}


def main(arguments=None):
    """Run one command and return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m lossbook.notebooks", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in COMMANDS.items():
        command = commands.add_parser(name, help=text)
        command.add_argument(
            "chapter", nargs="?", default="", help="a number (15), a name (15_huber), or all"
        )
    options = parser.parse_args(arguments)
    try:
        paths = find_chapters(options.chapter)
    except FileNotFoundError as error:
        print(error, file=sys.stderr)
        return 2
    if options.command == "find":
        print(paths[0] if options.chapter else CHAPTERS)
        return 0
    if options.command == "form":
        for path in paths:
            print(f"{path.stem} · {told(counts(nbformat.read(path, as_version=4).cells))}")
        return 0
    settings = yaml.safe_load(Path("_config.yml").read_text(encoding="utf-8"))
    address = (settings.get("repository") or {}).get("url") or ""
    failed = 0
    if options.command == "outputs":
        failed = sum(not _stored_outputs(path, address) for path in paths)
    return 1 if failed or not _in_form(paths, address) else 0


def find_chapters(chapter=""):
    """Return the paths of the chapters asked for, at least one, in the book's order.

    Parameters
    ----------
    chapter : str
        A chapter's number ("15", "3", "03"), name ("15_huber"), noun ("huber") or path; empty for all.

    Raises
    ------
    FileNotFoundError
        If there is no such chapter.
    """
    paths = sorted(CHAPTERS.glob("[0-9][0-9]_*.ipynb"))
    if chapter:
        wanted = Path(chapter).stem
        paths = [p for p in paths if wanted.zfill(2) == p.stem[:2] or wanted in (p.stem, p.stem[3:])]
    if not paths:
        what = f"no chapter {chapter!r}" if chapter else "no chapter"
        raise FileNotFoundError(f"There is {what} in {CHAPTERS.resolve()}.")
    return paths


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
    return True


if __name__ == "__main__":
    sys.exit(main())
