"""The command gradescope: an autograder for Gradescope, which judges as grade does.

It is a zip file for you alone: the secret is in it, from which hidden inputs are drawn.
"""

import argparse
import io
import sys
import zipfile
from pathlib import Path

from lossbook.course import COURSE
from lossbook.course.batch import released_notebook
from lossbook.course.secret import secret
from lossbook.course.verdicts import write_whole

PACKAGE = Path(__file__).resolve().parents[1]
#: Exact versions of all that is installed there.
LOCK = Path("requirements/book.txt")
RELEASED, SECRET = "released.ipynb", "secret"
_KINDS = {".py", ".toml"}  # of the package's files: judging reads no data

SETUP = """\
#!/usr/bin/env bash
# Gradescope runs this once, as root, when it makes the image. It needs Python 3.11 or newer.
set -euo pipefail
cd /autograder/source
chmod 600 secret released.ipynb
apt-get update
for version in 3.13 3.12 3.11; do
    if apt-get install --yes "python$version" "python$version-venv"; then break; fi
done
"python$version" -m venv /autograder/venv
/autograder/venv/bin/pip install --no-cache-dir --constraint constraints.txt numpy scipy nbformat
"""
RUN = """\
#!/bin/sh
# Gradescope runs this for each submission.
export PYTHONPATH="${AUTOGRADER:-/autograder}/source" OMP_NUM_THREADS=1
exec "${PYTHON:-/autograder/venv/bin/python}" -m lossbook.course.on_gradescope
"""


def main(arguments, *, prog, epilog=""):
    """Write the autograder's zip file and return the exit status."""
    parser = argparse.ArgumentParser(prog=prog, description=__doc__, epilog=epilog)
    parser.add_argument("released", type=Path, help="the student's notebook as you handed it out")
    parser.add_argument("--out", type=Path, help=f"the file ({COURSE}/gradescope/NAME/autograder.zip)")
    options = parser.parse_args(arguments)
    out = options.out or COURSE / "gradescope" / options.released.stem / "autograder.zip"
    try:
        released_notebook(options.released)
        write_whole(out, autograder(options.released.read_bytes(), secret(), LOCK.read_bytes()), 0o600)
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    print(out)
    print("Your secret is in it: upload it to Gradescope, and give it to nobody.", file=sys.stderr)
    return 0


def autograder(released, key, lock):
    """Return the zip file, as bytes.

    Parameters
    ----------
    released, key, lock : bytes
        What was handed out, the secret, and a lock file.
    """
    files = {"setup.sh": SETUP.encode(), "run_autograder": RUN.encode(), "constraints.txt": lock}
    files |= {RELEASED: released, SECRET: key + b"\n"}
    for path in sorted(PACKAGE.rglob("*")):
        if path.suffix in _KINDS:
            files[str(Path(PACKAGE.name, path.relative_to(PACKAGE)).as_posix())] = path.read_bytes()
    modes = {"setup.sh": 0o755, "run_autograder": 0o755, SECRET: 0o600}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name)  # of no date: the same course makes the same file
            entry.external_attr = (0o100000 | modes.get(name, 0o644)) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return buffer.getvalue()
