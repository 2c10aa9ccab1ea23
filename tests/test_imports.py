"""Importing lossbook is quick and needs little: NumPy, and nothing else that is not Python's own."""

import subprocess
import sys

import pytest

import lossbook
from lossbook.catalog import CATALOG

MODULES = ["lossbook", "lossbook.catalog", "lossbook.data", "lossbook.exercises.huber", "lossbook.vision"]


def loaded_by(statement):
    """Return the full names of the modules that a fresh interpreter has loaded after a statement."""
    code = f"{statement}; import sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_importing_loads_numpy_at_most():
    """All at once: what none of them loads, each of them does without."""
    modules = sorted({*MODULES, *(f"lossbook.{row.module}" for row in CATALOG)})
    loaded = loaded_by(f"import {', '.join(modules)}")
    assert loaded.issuperset(modules)
    new = {name.partition(".")[0] for name in loaded - loaded_by("import numpy")}
    assert new - sys.stdlib_module_names <= {"lossbook", "numpy"}


def test_a_submodule_is_imported_when_it_is_named():
    assert "lossbook.data" in loaded_by("import lossbook; lossbook.data")
    assert "lossbook.data" not in loaded_by("import lossbook")
    with pytest.raises(AttributeError, match="module 'lossbook' has no attribute 'hubert'"):
        _ = lossbook.hubert


def test_submodules_are_listed_and_private_ones_are_not():
    assert {"data", "figures", "notebooks", "regression", "site", "vision"} <= set(dir(lossbook))
    assert "_checks" not in dir(lossbook)
