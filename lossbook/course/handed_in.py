"""The folder in which notebooks came back: whose is whose, and what of it can be read at all."""

import os
import stat
import unicodedata
from dataclasses import dataclass
from pathlib import Path

import nbformat

#: Larger files are left to a person. A notebook of the book with all its figures has at most 2 MB.
MAX_BYTES = 20_000_000


class Unreadable(Exception):
    """What was handed in is no notebook; the message says what it is: "it is a link"."""


@dataclass(frozen=True)
class HandedIn:
    """What one student handed in."""

    student: str
    path: Path | None = None
    fault: str = ""  # why there is no path: "there is no notebook in the folder"

    def read(self):
        """Return the file's bytes; raise Unreadable for what may be no notebook, such as a link."""
        if self.path is None:
            raise Unreadable(self.fault)
        try:
            # Neither does a link lead elsewhere, nor does a pipe that is opened wait for a writer.
            with open(os.open(self.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
                if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                    raise Unreadable("it is no file")
                data = file.read(MAX_BYTES + 1)
        except OSError as fault:
            raise Unreadable("it is a link" if self.path.is_symlink() else str(fault.strerror)) from None
        if len(data) > MAX_BYTES:
            raise Unreadable(f"it has more than {MAX_BYTES // 1_000_000} MB")
        return data


def handed_in(folder, name=""):
    """Return what each student handed in.

    Parameters
    ----------
    folder : path-like
        It holds notebooks, ``ada.ipynb``, or a folder for each student with a notebook somewhere in it. What
        begins with a dot is passed over.
    name : str
        The file's name as it was handed out. A student's folder may hold other notebooks beside that one.

    Returns
    -------
    list of HandedIn
        By student, whose name is that of the file, without ``.ipynb``, or of the folder.

    Raises
    ------
    ValueError
        If there is nothing, or it is not clear whose a notebook is; the message says which.
    """
    items, faults = {}, []
    for path in sorted(Path(folder).iterdir()):
        if path.name.startswith("."):
            continue
        student = os.fsencode(path.name.removesuffix(".ipynb")).decode(errors="replace")
        # Where two names differ by case alone, a file for each might be one and the same.
        same = items.setdefault(unicodedata.normalize("NFC", student).casefold(), [])
        item, notebooks = _at(path, student, name)
        same.append(item)
        for several in (notebooks, [other.path or path for other in same]):
            if len(several) > 1:
                faults.append(f"{student}: {', '.join(map(str, several))}")
    if faults:
        raise ValueError(
            "A student hands in one notebook, and no two have the same name. Got several:\n"
            + "\n".join(faults)
        )
    if not items:
        raise ValueError(f"{folder} must hold the notebooks that were handed in; it holds nothing")
    return [item for [item] in items.values()]


def in_folder(path, student, name=""):
    """Return what a student handed in as a folder, and the paths of all notebooks that it may be.

    They are one if all is well; parameters are as above.
    """
    found = sorted(
        Path(folder, file)
        for folder, _, files in os.walk(path)
        if not any(part.startswith(".") for part in Path(folder).relative_to(path).parts)
        for file in files
        if file.endswith(".ipynb") and not file.startswith(".")
    )
    found = [file for file in found if file.name == name] or found
    if found:
        return HandedIn(student, found[0]), found
    return HandedIn(student, fault="there is no notebook in the folder"), []


def _at(path, student, name):
    """Return what a student handed in at a path, and the notebooks among which it was found."""
    if path.is_symlink() or not path.is_dir():
        return HandedIn(student, path), []
    return in_folder(path, student, name)


def notebook_in(data):
    """Return the notebook that bytes hold; raise Unreadable if they hold none."""
    try:
        notebook = nbformat.reads(data.decode("utf-8"), as_version=4)
        if all(isinstance(cell.source, str) for cell in notebook.cells):
            return notebook
    except Exception:  # nbformat raises whatever it stumbles over
        pass
    raise Unreadable("it is no notebook")
