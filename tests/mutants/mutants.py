"""Mutation testing of the formulas: which small mistakes in them would the tests not see?

``make mutants`` runs this, with ONLY=regression for one module, ONLY=regression/_huber for one file.
Each mutant is tried by its module's tests, without slow ones and those of hypothesis, in a process of its
own. That process is a fork of this one, which has imported everything but the library, and it gets the
mutated source in place of the file: on the disk nothing changes.

Results are stored one by one in ``.mutants/``, so a run that was stopped goes on where it was. A mutant stays
killed while its file and that of the test that killed it are the same, and a survivor while all files and
tests of the module are; ``make clean`` forgets everything. A survivor that no test can kill stands in
``equivalent.toml`` with the reason.
"""

import argparse
import gc
import importlib
import os
import sys
import tomllib
from collections import Counter, defaultdict
from pathlib import Path

from campaign import Campaign, Subject
from mutation import Mutant

ROOT = Path(__file__).parents[2]
MODULES = (
    *("probability", "divergences", "classification", "regression", "distances"),
    *("embeddings", "images", "objectives", "optimizers"),
)
# What the tests import: here once, or every process would have to.
LIBRARIES = (
    *("hypothesis.extra.numpy", "mpmath", "scipy.optimize", "scipy.spatial", "scipy.stats", "skimage.data"),
    *("skimage.metrics", "skimage.restoration", "sklearn.feature_selection", "sklearn.linear_model"),
    *("sklearn.metrics", "statsmodels.api", "torch"),
)
REQUIRED = 0.95  # the share of mutants that are killed


def library():
    """Return the library's modules."""

    def paths(*patterns):
        return tuple(
            str(path.relative_to(ROOT)) for pattern in patterns for path in sorted(ROOT.glob(pattern))
        )

    shared = paths("tests/misuse/*.py", "tests/test_api.py")
    subjects = []
    for name in MODULES:
        tests = paths(f"tests/test_{name}.py", f"tests/test_{name}_*.py")
        # What all modules share takes longest to load, so only what its own tests leave alive meets that.
        all_modules = (*(path for path in shared if "/test_" in path), "-k", f"[{name}")
        rounds = ((*tests, f"lossbook/{name}"), all_modules)
        subjects.append(Subject(name, ROOT, paths(f"lossbook/{name}/*.py"), tests + shared, rounds))
    return subjects


def read_list(path):
    """Return the survivors that are listed, by identity, each with the reason."""
    entries = tomllib.loads(path.read_text(encoding="utf-8")).get("mutant", [])
    return {
        (entry["file"], entry["function"], entry["was"], entry["becomes"]): entry["why"] for entry in entries
    }


def faults(listed, outcomes, files):
    """Return what is wrong with the list: mutants that are no longer made, or killed, or lack a reason."""
    found = []
    for identity, why in listed.items():
        mutant = Mutant(*identity, source="")
        if mutant.file not in files:
            continue
        if identity not in outcomes:
            found.append(f"Listed, but there is no such mutant any more:\n{mutant.diff()}")
        elif outcomes[identity] == {"killed"}:  # one that only timed out may survive on a quieter machine
            found.append(f"Listed, but killed now:\n{mutant.diff()}")
        elif not why.strip():
            found.append(f"Listed without a reason:\n{mutant.diff()}")
    return found


def survey(subjects, folder, list_path, *, only="", workers=2):
    """Try the mutants of some modules, print the table and the survivors, and return the exit status."""
    listed = read_list(list_path)
    table, unlisted, outcomes, files = [], [], defaultdict(set), set()
    for subject in subjects:
        chosen = subject.mutants(only)
        if not chosen:
            continue
        campaign = Campaign(subject, folder, workers)
        campaign.run(chosen)
        counts = Counter(campaign.outcome(mutant) for mutant in chosen)
        table.append((subject.name, counts))
        files |= {path for path in subject.files if path.startswith(only)}
        for mutant in chosen:
            outcomes[mutant.identity].add(campaign.outcome(mutant))
            if campaign.outcome(mutant) == "survived" and mutant.identity not in listed:
                unlisted.append(mutant)
    if not table:
        sys.exit(f"ONLY must be the beginning of a file's path, such as regression; got {only!r}")
    table.append(("all", sum((counts for _, counts in table), Counter())))
    problems = [f"Survived:\n{mutant.diff()}" for mutant in unlisted] + faults(listed, outcomes, files)
    print(f"\n{'module':<16}{'mutants':>8}{'killed':>8}{'survived':>10}{'timed out':>11}{'share':>9}")
    for name, counts in table:
        total = counts.total()
        share = 1 - counts["survived"] / total
        numbers = (
            f"{total:>8}{counts['killed']:>8}{counts['survived']:>10}{counts['timed out']:>11}{share:>9.1%}"
        )
        print(f"{name:<16}{numbers}")
        if share < REQUIRED:
            problems.append(f"{name}: {share:.1%} are killed or timed out; {REQUIRED:.0%} are required.")
    for problem in problems:
        print(f"\n{problem}")
    listed_here = sum(identity[0] in files for identity in listed)
    print(f"\n{listed_here} survivors are listed with a reason, {len(unlisted)} are not.")
    return int(bool(problems))


def main():
    """Try the library's mutants."""
    parser = argparse.ArgumentParser(description="Try mutants of the library's formulas on its tests.")
    parser.add_argument(
        "only", nargs="?", default="", help="a module, or the beginning of a file: regression/_huber"
    )
    parser.add_argument("--workers", type=int, default=2, help="how many to try at a time (default 2)")
    arguments = parser.parse_args()
    os.environ.update(OMP_NUM_THREADS="1", PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")
    for name in LIBRARIES:
        importlib.import_module(name)
    gc.freeze()  # what is shared with the processes is not looked through, and so not copied, by each of them
    only = f"lossbook/{arguments.only}"
    return survey(
        library(),
        ROOT / ".mutants",
        Path(__file__).with_name("equivalent.toml"),
        only=only,
        workers=arguments.workers,
    )


if __name__ == "__main__":
    sys.exit(main())
