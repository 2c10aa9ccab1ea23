"""Run every check of the book, stage by stage: what ``make test`` does once the environment is there.

All stages run even if one fails; the last lines say which failed, what was skipped, and how much of the time
budget was used. Name stages to run these alone: ``python tests/run.py style library``.
"""

import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
import zlib
from pathlib import Path

from lossbook.notebooks.execution import NBVAL_OPTIONS

ROOT = Path(__file__).resolve().parent.parent
BUDGET = 12 * 60  # seconds, on two quiet cores with the whole book: reported, and no reason to fail
HANGS = 45 * 60  # seconds after which a command is stopped: a stage takes a few minutes

PYTEST = [sys.executable, "-m", "pytest", "--quiet", "--durations=10"]
SHARED = ["-n", "2", "--dist", "worksteal"]  # a worker with nothing left to do takes tests from the other

# How a figure is stored depends on what compresses best, and zlib-ng compresses otherwise than zlib.
ZLIB = zlib.ZLIB_RUNTIME_VERSION
STRICT = platform.system() == "Linux" and platform.machine() == "x86_64" and "ng" not in ZLIB
NOT_STRICT = (
    f"Stored outputs are NOT compared on {platform.system()} {platform.machine()}, zlib {ZLIB}: they may\n"
    "differ from those of x86-64 Linux, for which the comparison is promised. Errors alone are looked for."
)
NBVAL = [*NBVAL_OPTIONS, *([] if STRICT else ["--nbval-lax"])]


def stages():
    """Return each stage's name, what it does, and its commands; a pytest command gets a report file later."""
    ruff = [sys.executable, "-m", "ruff"]
    return {
        "style": ("ruff: lint and format", [[*ruff, "check", "."], [*ruff, "format", "--check", "."]]),
        # Together with the last stage this is every test that pytest finds: the two select opposite markers.
        "library": ("unit tests and doctests", [[*PYTEST, *SHARED, "-m", "not browser"]]),
        "form": ("form of the notebooks", [[sys.executable, "-m", "lossbook.notebooks", "check"]]),
        "notebooks": ("notebooks, run again and compared", [[*PYTEST, *NBVAL, "chapters", "pages"]]),
        "site": ("the site, built strictly from nothing", [["make", "--no-print-directory", "book"]]),
        "browser": ("the site in a browser", [[*PYTEST, *SHARED, "-m", "browser"]]),
    }


def run(command, report):
    """Run one command; return whether it passed and the tests that it skipped."""
    if "pytest" in command:
        command = [*command, f"--junit-xml={report}"]
    # A group of its own, so that a command that hangs is stopped with all that it started.
    process = subprocess.Popen(command, cwd=ROOT, start_new_session=True)
    try:
        passed = process.wait(timeout=HANGS) == 0
    except KeyboardInterrupt:
        os.killpg(process.pid, signal.SIGKILL)
        raise
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        print(f"Stopped: this took longer than {HANGS / 60:.0f} minutes.", flush=True)
        passed = False
    skipped = []
    if report.exists():
        for case in ET.parse(report).iter("testcase"):
            reason = case.find("skipped")
            if reason is not None and reason.get("type") != "pytest.xfail":
                skipped.append(f"{case.get('classname')}.{case.get('name')}: {reason.get('message')}")
    return passed, skipped


def main(chosen):
    """Run the chosen stages, all if none is named, and return the exit status."""
    every = stages()
    unknown = [name for name in chosen if name not in every]
    if unknown:
        print(f"There is no stage {unknown[0]!r}; the stages are {', '.join(every)}.", file=sys.stderr)
        return 2
    chosen = chosen or list(every)
    os.environ.update(OMP_NUM_THREADS="1", LOSSBOOK_FRAMES="1")
    failed, skipped, lines = [], [], []
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        for number, name in enumerate(chosen, 1):
            what, commands = every[name]
            print(f"\n=== Stage {number} of {len(chosen)}: {what} ===", flush=True)
            if name == "notebooks" and not STRICT:
                print(NOT_STRICT, flush=True)
            if name == "site":
                shutil.rmtree(ROOT / "_build", ignore_errors=True)
            began = time.monotonic()
            results = [run(command, Path(folder) / f"{name}-{i}.xml") for i, command in enumerate(commands)]
            passed = all(ok for ok, _ in results)
            skips = [skip for _, some in results for skip in some]
            skipped += skips
            if not passed:
                failed.append(name)
            note = f", {len(skips)} skipped" if skips else ""
            word = "passed" if passed else "FAILED"
            lines.append(f"  {word}  {name:<10} {time.monotonic() - began:5.0f} s  {what}{note}")
    return report(failed, skipped, lines, time.monotonic() - start)


def report(failed, skipped, lines, seconds):
    """Print the summary and return the exit status."""
    print("\n=== Summary ===", *lines, sep="\n")
    if skipped:
        print(f"\n{len(skipped)} SKIPPED, so not everything was checked:", *skipped, sep="\n  ")
    if not STRICT:
        print(f"\n{NOT_STRICT}")
    print(f"\nTime: {seconds / 60:.1f} of {BUDGET / 60:.0f} minutes.")
    if seconds > BUDGET:
        print("That is more than planned: the machine was busy, or the tests have outgrown their time.")
    in_ci = os.environ.get("CI") == "true"
    if failed or (skipped and in_ci):
        reasons = [*failed, *(["skipped tests, which CI does not allow"] if skipped and in_ci else [])]
        print(f"FAILED: {', '.join(reasons)}")
        return 1
    print("All checks passed." if not skipped else f"All checks passed but {len(skipped)} that were skipped.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
