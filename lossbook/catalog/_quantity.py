"""What one row of the catalog holds."""

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Quantity:
    """What the library knows of one quantity.

    Attributes
    ----------
    name : str
        The function's name in its module; the gradient is called ``<name>_grad``, the weight
        ``<name>_weight``.
    title : str
        The usual English name.
    module : str
        The submodule of ``lossbook`` that holds it.
    formula : str
        Its LaTeX formula, in the residual r = prediction − target.
    domain : str
        Which arguments it takes.
    hyperparameters : mapping of str to tuple of float
        The values of each hyperparameter that the contract tests try.
    convex : bool
        Whether it is convex in the prediction for all values of the hyperparameters.
    elicits : str
        What statistic of the target minimizes its expected value.
    factor : str or None
        The loss of a small residual, divided by r², as an arithmetic expression; None where it is not
        quadratic.
    elsewhere : mapping of str to str
        For each library that has it: the call, and how it differs.
    chapter : int
        The chapter that explains it.
    note : str
        A qualification of `convex` or `elicits`; empty if there is none.
    """

    name: str
    title: str
    module: str
    formula: str
    domain: str
    convex: bool
    elicits: str
    factor: str | None
    chapter: int
    elsewhere: Mapping[str, str]
    hyperparameters: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    note: str = ""

    @property
    def function(self):
        """The function itself."""
        return getattr(self._module(), self.name)

    @property
    def gradient(self):
        """The derivative with respect to the first argument, or None."""
        return getattr(self._module(), f"{self.name}_grad", None)

    @property
    def weight(self):
        """The weight in iteratively reweighted least squares, or None."""
        return getattr(self._module(), f"{self.name}_weight", None)

    def _module(self):
        return importlib.import_module(f"lossbook.{self.module}")
