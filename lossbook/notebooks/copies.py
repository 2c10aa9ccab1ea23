"""Give the reader copies of the chapters to run and to change, and keep what the reader made of them.

A copy says in plain Markdown what the site makes of MyST. In its metadata it bears the fingerprint of the
cells with which it was made. Beside that of the chapter today it tells whether the chapter has changed since,
and beside that of the copy's own cells whether the reader has changed it. What cells put out does not count:
running a copy does not change it.
"""

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path

import nbformat

from lossbook.notebooks.normalization import strip_for_download, to_text
from lossbook.notebooks.plain import plain, works_in

#: Where the reader's copies are, in the book's folder; git ignores it.
COPIES = Path("my-copies")
#: The works that chapters cite, beside the chapters' folder.
WORKS = "references.bib"


@dataclass(frozen=True)
class Copy:
    """A reader's copy of a chapter: where it is, and what there is to say about it (often nothing)."""

    path: Path
    said: str = ""


def copy_for_reader(chapter, folder=COPIES):
    """Return the reader's copy of a chapter as it is today, made or renewed if need be.

    A copy that the reader changed is never written to: if the chapter has changed, too, a fresh copy stands
    beside it as ``15_huber-2.ipynb``. A copy with the chapter's own cells is renewed in its place.

    Parameters
    ----------
    chapter : path-like
        The chapter's notebook.
    folder : path-like
        Where the copies are; it is made if it is not there.
    """
    chapter, folder = Path(chapter), Path(folder)
    works = chapter.parents[1] / WORKS
    fresh = plain(nbformat.read(chapter, as_version=4), works_in(works) if works.exists() else {})
    today = fingerprint(fresh)
    copies = _copies_of(chapter.stem, folder)
    for path in reversed(copies):
        if _origin(path) == today:
            return Copy(path)
    text = to_text(_with_origin(fresh, today))
    folder.mkdir(parents=True, exist_ok=True)
    if copies and _is_untouched(copies[-1]):
        copies[-1].write_text(text, encoding="utf-8", newline="\n")
        return Copy(copies[-1], f"{copies[-1]} is renewed: the chapter has changed, and the copy had not.")
    path = _free_name(chapter.stem, folder)
    with path.open("x", encoding="utf-8", newline="\n") as file:
        file.write(text)
    if not copies:
        return Copy(path, f"{path} is your copy: run it, change it; the book stays as it is.")
    said = f"{copies[-1]} was made from an earlier chapter and stays as you left it; a fresh copy is {path}."
    return Copy(path, said)


def fingerprint(notebook):
    """Return a digest of what a notebook's cells say, without what they put out."""
    cells = [(cell.cell_type, cell.source) for cell in notebook.cells]
    return hashlib.sha256(json.dumps(cells).encode()).hexdigest()


def _with_origin(fresh, origin):
    """A notebook without what only the site needs, bearing its fingerprint."""
    notebook = strip_for_download(fresh)
    notebook.metadata["lossbook"] = {**notebook.metadata.get("lossbook", {}), "copied_from": origin}
    return notebook


def _copies_of(stem, folder):
    """The copies of a chapter, the latest last: ``15_huber``, ``15_huber-2``, ``15_huber-3``, …"""
    name = re.compile(rf"{re.escape(stem)}(?:-(\d+))?\.ipynb")
    found = {path: match[1] for path in folder.glob("*.ipynb") if (match := name.fullmatch(path.name))}
    return sorted(found, key=lambda path: int(found[path] or 1))


def _free_name(stem, folder):
    number = 1
    while (path := folder / (f"{stem}-{number}.ipynb" if number > 1 else f"{stem}.ipynb")).exists():
        number += 1
    return path


def _read(path):
    """A copy's notebook, or None if the file holds none: then it is the reader's own, and stays."""
    try:
        return nbformat.read(path, as_version=4)
    except (ValueError, nbformat.ValidationError):
        return None


def _origin(path):
    notebook = _read(path)
    return notebook and notebook.metadata.get("lossbook", {}).get("copied_from")


def _is_untouched(path):
    notebook = _read(path)
    return notebook is not None and fingerprint(notebook) == _origin(path)
