"""The trial of one mutant: in a process made for it, its source stands in for the file, and the tests run."""

import importlib
import importlib.machinery
import importlib.util
import os
import resource
import sys
from collections import Counter
from pathlib import Path

import pytest

MEMORY = 3 * 2**30  # bytes that a trial may take beyond what it starts with


class StandIn(importlib.machinery.SourceFileLoader):
    """Import one module from a given source, and not from its file."""

    def __init__(self, name, path, source):
        super().__init__(name, str(path))
        self.source = source

    def find_spec(self, name, path=None, target=None):
        """Return how the module is imported, if `name` is the one."""
        if name != self.name:
            return None
        return importlib.util.spec_from_file_location(name, self.path, loader=self)

    def get_data(self, path):
        """Return the given source."""
        return self.source.encode()

    def path_stats(self, path):
        """Say that nothing is known of the file, so that its compiled form is neither used nor written."""
        raise OSError


class Verdict:
    """A pytest plugin: put the tests in order, and end the process with an answer at the first failure."""

    def __init__(self, order, pipe):
        self.order, self.pipe = order, pipe
        self.seconds = Counter()

    def pytest_collection_modifyitems(self, items):
        """Leave out slow tests and those that hypothesis makes up, and put the others in order."""
        quick = [item for item in items if not item.get_closest_marker("slow")]
        chosen = [item for item in quick if not hasattr(getattr(item, "obj", None), "is_hypothesis_test")]
        items[:] = sorted(chosen, key=lambda item: self.order.get(item.nodeid, len(self.order)))

    def pytest_collectreport(self, report):
        """End it where a file does not load."""
        if report.failed:
            self.answer("killed", report.nodeid, report.longreprtext)

    def pytest_runtest_logreport(self, report):
        """End it where a test fails."""
        self.seconds[report.nodeid] += report.duration
        if report.failed:
            self.answer("killed", report.nodeid, report.longreprtext)

    def answer(self, outcome, by="", text=""):
        """Tell the parent, and end the process as it is: nothing has to be tidied."""
        self.pipe.send({"outcome": outcome, "by": by, "text": text, "seconds": dict(self.seconds)})
        os._exit(0)


def try_tests(root, rounds, mutant, order, limit, pipe):
    """Run the tests with a mutant in place, or with the code as it is, and answer whether it was killed.

    Parameters
    ----------
    root : Path
        The folder that paths are relative to.
    rounds : sequence of sequence of str
        What pytest is called with, one time after the other.
    mutant : Mutant or None
        What stands in for its file.
    order : dict of str to int
        The tests' places; those without one come last.
    limit : float
        Seconds of processor time, after which the kernel ends the process even if nobody waits for it.
    pipe : Connection
        Where the answer goes.
    """
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nowhere, stream)
    resource.setrlimit(resource.RLIMIT_CPU, (int(limit), int(limit) + 1))
    pages = int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[0])
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + MEMORY,) * 2)
    os.chdir(root)
    sys.path.insert(0, str(root))
    verdict = Verdict(order, pipe)
    if mutant is not None:
        name = mutant.file.removesuffix(".py").replace("/", ".")
        sys.meta_path.insert(0, StandIn(name, root / mutant.file, mutant.source))
        try:
            importlib.import_module(name)
        except Exception as error:
            verdict.answer("killed", "import", repr(error))
    # Asserts as they are: nobody reads why they fail, and explaining it takes longer than the tests.
    options = ["--assert=plain", "-p", "no:cacheprovider", "-p", "no:unraisableexception"]
    for arguments in rounds:
        status = pytest.main([*options, *arguments], plugins=[verdict])
        if status not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
            verdict.answer("killed", "pytest", f"{status!r}")
    verdict.answer("survived")
