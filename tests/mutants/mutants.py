"""Mutation testing of the formulas: which small mistakes in them would the tests not see?

``make mutants`` runs this, with ONLY=regression for one module, ONLY=regression/_huber for one file.
Each mutant is tried by its module's tests, without those of hypothesis, in a process of its own. That process
is a fork of this one, which has imported everything but the library, and it gets the mutated source in place
of the file: on the disk nothing changes.

Results are stored one by one in ``.mutants/``, so a run that was stopped goes on where it was. A mutant stays
killed while its file and that of the test that killed it are the same, and a survivor while all files and
tests of the module are; ``make clean`` forgets everything. A survivor that no test can kill stands in
``equivalent.toml`` with the reason.
"""

import argparse
import functools
import gc
import hashlib
import importlib
import json
import multiprocessing
import os
import signal
import sys
import time
import tomllib
from collections import Counter, defaultdict
from dataclasses import dataclass
from multiprocessing.connection import wait
from pathlib import Path

from mutation import Mutant, mutants
from trial import try_tests

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
LIMIT = 4, 10  # a mutant may take four times as long as the code as it is, and ten seconds


@dataclass(frozen=True)
class Subject:
    """A module: its name, the files to mutate, its files of tests, and the calls of pytest that run them.

    Paths are relative to the root.
    """

    name: str
    root: Path
    files: tuple
    tests: tuple
    rounds: tuple

    def digest(self, *paths):
        """Tell these files from any others."""
        texts = [(self.root / path).read_bytes() for path in paths]
        return hashlib.sha256(b"\0".join(texts)).hexdigest()[:16]

    def state(self, killer):
        """Tell what a result depends on beside the mutant: the killing test's file, or everything."""
        path = killer.partition("::")[0]
        return self.digest(path) if path in self.tests else self.digest(*self.files, *self.tests)

    def mutants(self, only):
        """Return the mutants of the files whose path begins with `only`."""
        return [
            mutant
            for path in self.files
            if path.startswith(only)
            for mutant in mutants(path, (self.root / path).read_text(encoding="utf-8"))
        ]


def library():
    """Return the library's modules."""

    def paths(*patterns):
        return tuple(
            str(path.relative_to(ROOT)) for pattern in patterns for path in sorted(ROOT.glob(pattern))
        )

    shared = paths("tests/misuse/*.py")
    subjects = []
    for name in MODULES:
        tests = paths(f"tests/test_{name}.py", f"tests/test_{name}_*.py")
        # What all modules share takes longest to load, so only what its own tests leave alive meets that.
        rounds = ((*tests, f"lossbook/{name}"), (*paths("tests/misuse/test_*.py"), "-k", f"[{name}."))
        subjects.append(Subject(name, ROOT, paths(f"lossbook/{name}/*.py"), tests + shared, rounds))
    return subjects


# ---- Trying ------------------------------------------------------------------------------------------------


class Campaign:
    """The trials of one module's mutants, side by side; each result is stored as it comes."""

    def __init__(self, subject, folder, workers):
        self.subject, self.workers = subject, workers
        self.state = functools.cache(subject.state)
        self.store = folder / f"{subject.name}.jsonl"
        self.results = self._read()
        # Which tests killed mutants of a file and of a function: the next mutants meet them first.
        self.killers = defaultdict(Counter)
        self.seconds = {}

    def _read(self):
        """Return the stored results by mutant; a line that was cut off counts for nothing."""
        results = {}
        if self.store.exists():
            for line in self.store.read_text(encoding="utf-8").splitlines():
                try:
                    result = json.loads(line)
                except ValueError:
                    continue
                results[result["mutant"]] = result
        return results

    def outcome(self, mutant):
        """Return what became of a mutant: killed, timed out or survived; None where that is not known."""
        result = self.results.get(mutant.digest)
        return result["outcome"] if result and result["state"] == self.state(result["by"]) else None

    def run(self, chosen):
        """Try those of the chosen mutants whose outcome is not known."""
        waiting = [mutant for mutant in chosen if self.outcome(mutant) is None]
        print(f"{self.subject.name}: {len(chosen)} mutants, {len(waiting)} of them to try", flush=True)
        if not waiting:
            return
        self.store.parent.mkdir(exist_ok=True)
        # Written anew, so that nothing is appended to a line that was cut off.
        lines = [json.dumps(result) + "\n" for result in self.results.values()]
        self.store.write_text("".join(lines), encoding="utf-8")
        limit = LIMIT[0] * self._time_without_mistake() + LIMIT[1]
        waiting.reverse()
        running = {}
        while waiting or running:
            while waiting and len(running) < self.workers:
                mutant = waiting.pop()
                process, pipe = self._start(mutant, limit)
                running[pipe] = mutant, process, time.monotonic() + limit
            patience = min(deadline for _, _, deadline in running.values()) - time.monotonic()
            ready = wait(list(running), timeout=max(patience, 0))
            for pipe in [pipe for pipe in running if pipe in ready or time.monotonic() > running[pipe][2]]:
                mutant, process, _ = running.pop(pipe)
                self._keep(mutant, self._answer(process, pipe, pipe in ready))
                self._show(len(waiting) + len(running))

    def _time_without_mistake(self):
        """Run the tests on the code as it is and return the seconds that they take."""
        start = time.monotonic()
        answer = self._answer(*self._start(None, limit=600), ready=True)
        if answer["outcome"] != "survived":
            sys.exit(
                f"{self.subject.name}: the tests fail without a mutant. {answer['by']}\n{answer['text']}"
            )
        self.seconds = answer["seconds"]
        return time.monotonic() - start

    def _start(self, mutant, limit):
        """Start a trial; return its process and the end of the pipe that the answer comes through."""
        context = multiprocessing.get_context("fork")
        ours, theirs = context.Pipe(duplex=False)
        first = self._promising(mutant) if mutant else []
        # Those first, if there are any; then the others, the fastest first.
        rounds = (first, *self.subject.rounds) if first else self.subject.rounds
        order = {name: place for place, name in enumerate(sorted(self.seconds, key=self.seconds.get))}
        process = context.Process(
            target=try_tests, args=(self.subject.root, rounds, mutant, order, limit, theirs), daemon=True
        )
        process.start()
        theirs.close()
        return process, ours

    def _promising(self, mutant):
        """Return the tests that killed this mutant before, or most of its neighbors."""
        before = self.results.get(mutant.digest, {}).get("by")
        near = self.killers[mutant.file, mutant.function].most_common(5)
        far = self.killers[mutant.file].most_common(3)
        names = dict.fromkeys([before, *(name for name, _ in near + far)])
        return [name for name in names if name in self.seconds]

    def _answer(self, process, pipe, ready):
        """Return what a trial says, or what its silence means, and end it."""
        try:
            answer = pipe.recv() if ready else {"outcome": "timed out", "by": ""}
        except EOFError:  # it was ended from outside, or crashed
            process.join()
            late = process.exitcode == -signal.SIGXCPU
            answer = {
                "outcome": "timed out" if late else "killed",
                "by": f"exit status {process.exitcode}",
                "text": "",
            }
        process.kill()
        process.join()
        pipe.close()
        return answer

    def _keep(self, mutant, answer):
        result = {"mutant": mutant.digest, "outcome": answer["outcome"], "by": answer["by"]}
        result["state"] = self.state(answer["by"])
        self.results[mutant.digest] = result
        with self.store.open("a", encoding="utf-8") as file:
            file.write(json.dumps(result) + "\n")
        if answer["outcome"] == "killed":
            self.killers[mutant.file][answer["by"]] += 1
            self.killers[mutant.file, mutant.function][answer["by"]] += 1

    def _show(self, left):
        if sys.stderr.isatty():
            print(f"\r\033[K  {left} left", end="\r" if left else "\r\033[K", file=sys.stderr, flush=True)


# ---- Reporting ---------------------------------------------------------------------------------------------


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
        elif "survived" not in outcomes[identity]:
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
