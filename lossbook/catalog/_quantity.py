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
        Its LaTeX formula. The losses of `lossbook.regression` are written in the residual
        r = prediction − target.
    domain : str
        Which arguments it takes.
    hyperparameters : mapping of str to tuple
        The values of each hyperparameter that the contract tests try.
    convex : bool or None
        Whether it is convex in its first argument for all values of the hyperparameters; None where the
        question does not arise.
    metric : bool or None
        Whether it is a metric for all values of the hyperparameters; None where the question does not arise.
    elicits : str
        What statistic of the target minimizes its expected value; empty for what is no loss.
    factor : str or None
        The loss of a small residual, divided by r², as an arithmetic expression; None where it is not
        quadratic.
    elsewhere : mapping of str to str
        For each library that has it: the call, and how it differs.
    chapter : int
        The chapter that explains it.
    note : str
        A qualification of `convex`, `metric` or `elicits`; empty if there is none.
    """

    name: str
    title: str
    module: str
    formula: str
    domain: str
    chapter: int
    convex: bool | None = None
    metric: bool | None = None
    elicits: str = ""
    factor: str | None = None
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    hyperparameters: Mapping[str, tuple] = field(default_factory=dict)
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
