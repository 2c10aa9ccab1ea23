"""Importing lossbook is quick and needs little: no torch, no matplotlib, nothing of Jupyter."""

import json
import subprocess
import sys

import pytest

import lossbook

# What stays out until it is needed: heavy, or missing where the library runs in a browser.
HEAVY = {"IPython", "ipywidgets", "matplotlib", "nbformat", "pandas", "scipy", "sklearn", "sphinx", "torch"}

_REPORT = (
    "import sys, json; {statement}; print(json.dumps(sorted({{m.partition('.')[0] for m in sys.modules}})))"
)


def loaded_by(statement):
    """Return the top-level packages that a fresh interpreter has loaded after a statement."""
    code = _REPORT.format(statement=statement)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout))


def test_the_probe_sees_what_is_loaded():
    assert "nbformat" in loaded_by("import nbformat")


@pytest.mark.parametrize(
    "statement",
    [
        "import lossbook",
        "import lossbook.classification",
        "import lossbook.data",
        "import lossbook.distances",
        "import lossbook.divergences",
        "import lossbook.embeddings",
        "import lossbook.exercises.huber",
        "import lossbook.images",
        "import lossbook.objectives",
        "import lossbook.optimizers",
        "import lossbook.probability",
        "import lossbook.regression",
    ],
)
def test_importing_loads_numpy_at_most(statement):
    new = loaded_by(statement) - loaded_by("import numpy")
    assert "lossbook" in new
    assert not new & HEAVY
    outside = {name for name in new - {"lossbook"} if name not in sys.stdlib_module_names}
    assert outside <= {"numpy"}


def test_a_submodule_is_imported_when_it_is_named():
    assert "lossbook.data" in dir_of_modules("import lossbook; lossbook.data")
    assert "lossbook.data" not in dir_of_modules("import lossbook")


def dir_of_modules(statement):
    """Return the full names of the modules that a fresh interpreter has loaded after a statement."""
    code = f"import sys; {statement}; print('\\n'.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_submodules_are_listed_and_private_ones_are_not():
    assert {"data", "figures", "notebooks", "regression", "site"} <= set(dir(lossbook))
    assert "_checks" not in dir(lossbook)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'lossbook' has no attribute 'hubert'"):
        _ = lossbook.hubert
