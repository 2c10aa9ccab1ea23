"""The command line: ``python -m lossbook.notebooks check | outputs | find``, run in the book's folder."""

import argparse
import sys
import time
from pathlib import Path

import nbformat
import yaml

from lossbook.notebooks import NotebookFailed, execute, normalize, problems_in_file, to_text, with_setup_cell

CHAPTERS = Path("chapters")


def main(arguments=None):
    """Run one command and return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m lossbook.notebooks", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in (
        ("check", "say what is wrong with the form of the notebooks"),
        ("outputs", "run the notebooks and store their outputs, normalized"),
        ("find", "print where a chapter is"),
    ):
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
    address = public_address()
    if options.command == "check":
        return _check(paths, address)
    return _write_outputs(paths, address)


def find_chapters(chapter=""):
    """Return the paths of the chapters asked for.

    Parameters
    ----------
    chapter : str
        A chapter's number ("15", "3", "03"), name ("15_huber"), noun ("huber") or path; empty for all.

    Returns
    -------
    list of Path
        At least one, in the book's order.

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


def public_address(config=Path("_config.yml")):
    """Return the repository's public address as the book's settings give it, or an empty string."""
    settings = yaml.safe_load(config.read_text(encoding="utf-8"))
    return (settings.get("repository") or {}).get("url") or ""


def _check(paths, address):
    failed = 0
    for path in paths:
        found = problems_in_file(path, address=address)
        failed += bool(found)
        for problem in found:
            print(f"{path}: {problem}")
    print(f"Form of the notebooks: {len(paths)} checked, {failed} with problems.")
    return 1 if failed else 0


def _write_outputs(paths, address):
    failed = 0
    for path in paths:
        start = time.monotonic()
        notebook = with_setup_cell(nbformat.read(path, as_version=4), address=address)
        try:
            execute(notebook, path, progress=_progress(path))
        except NotebookFailed as error:
            failed += 1
            print(f"\n{error}\n{path} was left as it was.", file=sys.stderr)
            continue
        path.write_text(to_text(normalize(notebook, address=address)), encoding="utf-8", newline="\n")
        print(f"{_clear()}{path}: outputs stored ({time.monotonic() - start:.0f} s)")
    return 1 if failed or _check(paths, address) else 0


def _clear():
    return "\r\033[K" if sys.stdout.isatty() else ""


def _progress(path):
    """Return a function that shows which cell runs: on one line in a terminal, else every fifth cell."""

    def show(number, total):
        if sys.stdout.isatty():
            print(f"{_clear()}{path}: cell {number} of {total}", end="", flush=True)
        elif number % 5 == 0:
            print(f"{path}: cell {number} of {total}", flush=True)

    return show


if __name__ == "__main__":
    sys.exit(main())
