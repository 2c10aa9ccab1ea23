"""Processes that grade side by side, each one submission at a time, and what becomes of one that dies."""

import collections
import contextlib
import dataclasses
import multiprocessing
import multiprocessing.connection
import signal
import sys

from lossbook.course.process import SECONDS, Late, shield
from lossbook.course.verdicts import unjudged, verdict_on, write_verdict

#: How long a call may take at first. Whoever needs longer waits, and is graded anew, with all the time there
#: is, when the others are done: endless answers hold nobody up.
FIRST = 1.0
_PATIENCE = 5  # with a process that is to end, in seconds


@dataclasses.dataclass
class Task:
    """A submission to grade."""

    student: str
    data: object  # the file's bytes, or an Unreadable
    of: str  # its fingerprint
    seconds: float = FIRST
    died: bool = False  # whether a process has died at it


def grade_all(tasks, released, *, key, folder, jobs):
    """Grade submissions in several processes, which write the verdicts' files.

    Parameters
    ----------
    tasks : iterable of Task
        They are taken as they are needed.
    released : NotebookNode
        The teacher's own copy of what was handed out.
    key : bytes
        The secret.
    folder : path-like
        Where the verdicts go.
    jobs : int
        How many processes.

    Yields
    ------
    dict
        Each verdict, when its file is there. A submission at which two processes die is left to a person.
    """
    with _Pool(tasks, (released, key, folder), jobs) as pool:
        for task, verdict in pool.results():
            if verdict is None:
                verdict = unjudged(task.student, released, "the process that graded it was killed, twice")
                write_verdict(folder, verdict, task.of, key)
            yield verdict


class _Pool:
    def __init__(self, tasks, settings, jobs):
        self._fresh, self._again = iter(tasks), collections.deque()
        self._settings = settings
        self._idle, self._busy = [_Worker(settings) for _ in range(jobs)], {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for worker in [*self._idle, *(worker for worker, _ in self._busy.values())]:
            worker.end()

    def results(self):
        """Yield each task with its verdict, or with None if its process died twice."""
        while self._hand_out():
            for connection in multiprocessing.connection.wait(list(self._busy)):
                worker, task = self._busy.pop(connection)
                verdict = worker.verdict()
                died = verdict == _DIED
                self._idle.append(self._renewed(worker) if died else worker)
                if died and task.died:
                    yield task, None
                elif died or verdict == _LATE:
                    # It may have been another's doing: without root, all answers run as the same user.
                    self._again.append(dataclasses.replace(task, seconds=SECONDS, died=died or task.died))
                else:
                    yield task, verdict

    def _hand_out(self):
        """Give each idle worker a task, and return whether there is anything to wait for."""
        while self._idle and (task := self._next()):
            worker = self._idle.pop()
            worker = worker if worker.alive else self._renewed(worker)
            worker.ask(task)
            self._busy[worker.connection] = worker, task
        return bool(self._busy)

    def _next(self):
        """Return the task that may start now, or None."""
        if any(task.died for _, task in self._busy.values()):
            return None
        task = next(self._fresh, None)
        # What may have killed a process has nobody beside it the second time.
        if task is None and self._again and not (self._again[0].died and self._busy):
            task = self._again.popleft()
        return task

    def _renewed(self, worker):
        worker.end()
        return _Worker(self._settings)


# What comes of a task besides a verdict, a dict.
_LATE, _DIED = "late", "died"


class _Worker:
    """One of the processes, as this side sees it."""

    def __init__(self, settings):
        # A fresh interpreter: it has nothing open but its end of this connection.
        context = multiprocessing.get_context("spawn")
        self.connection, there = context.Pipe()
        self._process = context.Process(target=_work, args=(there,), daemon=True)
        self._process.start()
        there.close()
        self.ask(settings)

    @property
    def alive(self):
        return self._process.is_alive()

    def ask(self, message):
        with contextlib.suppress(OSError):  # if it is dead, there will be no verdict
            self.connection.send(message)

    def verdict(self):
        try:
            return self.connection.recv()
        except (EOFError, OSError):
            return _DIED

    def end(self):
        self._process.terminate()
        self._process.join(_PATIENCE)
        self._process.kill()
        self.connection.close()


def _work(connection):
    """Grade what comes over the connection until there is no more."""
    # Ctrl-C reaches all processes of a terminal; the first of them says what to do then, by SIGTERM, after
    # which the answer that is running is ended, too.
    signal.signal(signal.SIGINT, lambda *_: None)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    shield()
    with contextlib.suppress(EOFError, BrokenPipeError):
        released, key, folder = connection.recv()
        while True:
            connection.send(_graded(connection.recv(), released, key, folder))


def _graded(task, released, key, folder):
    try:
        verdict = verdict_on(task.student, task.data, released, key=key, seconds=task.seconds)
    except Late:
        return _LATE
    write_verdict(folder, verdict, task.of, key)
    return verdict
