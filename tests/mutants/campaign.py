"""The trials of a module's mutants: several at a time, each result stored as it comes."""

import functools
import hashlib
import json
import multiprocessing
import signal
import sys
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from multiprocessing.connection import wait
from pathlib import Path

from mutation import mutants
from trial import try_tests

LIMIT = 4, 10  # a mutant may take four times as long as the code as it is, and ten seconds
LATE = {"outcome": "timed out", "by": "", "text": ""}  # whoever ended the trial


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
            answer = pipe.recv() if ready else LATE
        except EOFError:  # it was ended from outside, or crashed
            process.join()
            # The kernel's clock and ours run out at about the same time, and either may be first.
            late = process.exitcode == -signal.SIGXCPU
            answer = LATE if late else {**LATE, "outcome": "killed", "by": f"exit status {process.exitcode}"}
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
