"""What runs on Gradescope for each submission: ``python -m lossbook.course.on_gradescope``.

It reads the notebook in ``/autograder/submission`` and writes ``/autograder/results/results.json``; the
variable ``AUTOGRADER`` names another folder than ``/autograder``. The judge is the one of ``grade``.
"""

import json
import os
import sys
from pathlib import Path

from lossbook.course.gradescope import RELEASED, SECRET
from lossbook.course.handed_in import Unreadable, in_folder, notebook_in
from lossbook.course.process import shield
from lossbook.course.verdicts import verdict_on, write_whole

#: When students see points and feedback, which names inputs that were hidden: once you publish the grades.
VISIBILITY = "after_published"


def main():
    """Grade one submission."""
    shield()
    folder = Path(os.environ.get("AUTOGRADER", "/autograder"))
    key = (folder / "source" / SECRET).read_bytes().strip()
    released = notebook_in((folder / "source" / RELEASED).read_bytes())
    verdict = verdict_on("", submission(folder / "submission"), released, key=key)
    write_whole(folder / "results/results.json", json.dumps(results(verdict), indent=1) + "\n")
    return 0


def submission(folder):
    """Return the bytes of the notebook that was uploaded, or an Unreadable."""
    item, found = in_folder(folder, "")
    if len(found) > 1:
        return Unreadable(f"it has several notebooks: {', '.join(path.name for path in found)}")
    try:
        return item.read()
    except Unreadable as fault:
        return fault


def results(verdict):
    """Return a verdict in Gradescope's form. What a person has to decide has no points yet, and says so."""
    return {
        "visibility": VISIBILITY,
        "stdout_visibility": "hidden",
        "extra_data": {"flagged": [e["number"] for e in verdict["exercises"] if e["flagged"]]},
        "tests": [
            {
                "name": f"Exercise {exercise['number']}",
                "number": exercise["number"],
                "score": exercise["points"] or 0.0,
                "max_score": exercise["out_of"],
                "output": "\n".join(exercise["lines"]),
                "output_format": "text",
                "visibility": VISIBILITY,
            }
            for exercise in verdict["exercises"]
        ],
    }


if __name__ == "__main__":
    sys.exit(main())
