"""Variants of the exercises: the same task by another definition, so that last year's answer does not serve.

Each module here belongs to a chapter. Its ``VARIANTS`` lead from an exercise's number to functions that take
a random generator, from which they draw constants, and return a :class:`Variant`.
"""

import functools
import importlib
import pkgutil
from dataclasses import dataclass

import numpy as np

from lossbook.exercises.checker import Exercise

__all__ = ["Variant", "drawn", "makers"]


@dataclass(frozen=True)
class Variant:
    """One variant of an exercise, with all that depends on it."""

    exercise: Exercise  # of the same number; it builds on no other
    prompt: str  # Markdown without the heading, in the place of the chapter's
    stub: str  # source; its function has the name of the chapter's stub
    solution: str  # source of that function, which stands alone but for NumPy as np

    @property
    def number(self):
        """The exercise's number."""
        return self.exercise.number


@functools.lru_cache(maxsize=128)
def drawn(number, seed):
    """Return the variant of an exercise that a seed draws, or None if it has none.

    Parameters
    ----------
    number : str
        The exercise's number: ``"15.4"``.
    seed : int
        The same seed draws the same variant.
    """
    known = makers(number)
    if not known:
        return None
    rng = np.random.default_rng([seed, *map(int, number.split("."))])
    return known[rng.integers(len(known))](rng)


def makers(number):
    """Return the functions that make variants of an exercise; an empty tuple if it has none."""
    return _makers().get(number, ())


@functools.cache
def _makers():
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    modules = [importlib.import_module(f"{__name__}.{name}") for name in names]
    return {number: makers for module in modules for number, makers in module.VARIANTS.items()}
