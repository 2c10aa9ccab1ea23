"""What all tests share: skips are counted out loud, and fail where everything has to be there (CI=true)."""

import gc
import os

import hypothesis
import pytest

# Tests are objects that stay: looking for cycles after every 700 new ones takes a twentieth of the time.
gc.set_threshold(100_000, 50, 50)

# The same examples each time, and as much time for each as a busy machine needs.
hypothesis.settings.register_profile(
    "book", derandomize=True, deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("book")

# Of each file of tests with a generator RNG: how it stands before the first of them.
_STATES = {}


def pytest_runtest_setup(item):
    """Let each test draw the same random numbers, whichever tests ran before it."""
    module = getattr(item, "module", None)
    generator = getattr(module, "RNG", None)
    if generator is not None:
        bits = generator.bit_generator
        bits.state = _STATES.setdefault(module.__name__, bits.state)


def _skipped(config):
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    return reporter.stats.get("skipped", []) if reporter else []


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
    """Turn a run with skipped tests red under CI. Workers of pytest-xdist have no say: their parent has."""
    is_worker = hasattr(session.config, "workerinput")
    if os.environ.get("CI") == "true" and not is_worker and _skipped(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter, config):
    """Say how many tests were skipped, and that CI does not allow it."""
    count = len(_skipped(config))
    if count:
        terminalreporter.section(f"{count} SKIPPED: not everything was checked", sep="!", red=True, bold=True)
        if os.environ.get("CI") == "true":
            terminalreporter.write_line("With CI=true a skipped test is a failure.")
