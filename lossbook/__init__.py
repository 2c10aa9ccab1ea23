"""Loss functions, written to be read: the library behind The Loss Book.

Each family of formulas is one module, found by the kind of its arguments: ``lossbook.regression`` compares
predictions with targets, ``lossbook.divergences`` two distributions, and so on. ``lossbook.catalog`` lists
them all.

Importing ``lossbook`` imports nothing heavy. A submodule is imported when you first name it:

>>> import lossbook
>>> "data" in dir(lossbook)
True
"""

import importlib
import pkgutil

__version__ = "0.1.0"


def _submodule_names():
    """Return the names of the public submodules, in alphabetical order."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__) if module.name[0] != "_")


def __getattr__(name):
    """Import the submodule ``name`` when it is first asked for."""
    if name in _submodule_names():
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    """List the version and the public submodules, loaded or not."""
    return ["__version__", *_submodule_names()]
