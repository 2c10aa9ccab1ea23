"""One row for each quantity of the library: what it is, where it is, what it elicits, who else has it.

The rows are data, in ``catalog.toml``. Tests hold them to the code, and the book's tables are made from them.

>>> from lossbook import catalog
>>> row = catalog.get("huber")
>>> row.elicits, row.factor, row.chapter
('a center of its own: near the median for small δ, near the mean for large', '1 / 2', 15)
>>> float(row.function(3.0, 0.0, delta=1.0))
2.5
"""

import difflib
import importlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lossbook import _checks as check

__all__ = ["CATALOG", "CHANGES", "Quantity", "Table", "decisions", "get", "table"]

#: Changes of the two things compared that may leave a measure alone: key to what is done.
CHANGES = {
    "shift": "add one vector to both",
    "own shifts": "add to each a constant of its own, at all coordinates",
    "scale": "multiply both by one positive number",
    "own scales": "multiply each by a positive number of its own",
    "units": "multiply each coordinate by a positive number of its own, in both",
    "rotation": "turn or mirror both by one orthogonal matrix",
    "linear map": "apply one invertible matrix to both",
    "order": "put the coordinates of both into another order",
    "recoding": "replace values one-to-one, in both by one list",
    "own recodings": "replace values one-to-one, in each by a list of its own",
    "shared zeros": "append coordinates at which both are 0",
}


@dataclass(frozen=True)
class Quantity:
    """What the library knows of one quantity.

    Attributes
    ----------
    name : str
        The function's name in its module; the gradient is called ``<name>_grad``, the weight
        ``<name>_weight``.
    module : str
        The submodule of ``lossbook`` that holds it.
    title : str
        The usual English name.
    chapter : int
        The chapter that explains it.
    formula : str
        Its LaTeX formula. The losses of `lossbook.regression` are written in the residual
        r = prediction − target.
    domain : str
        Which arguments it takes.
    range : str
        Where its values lie, as an interval; like the next four facts said of distances and dependences only.
    invariances : tuple of str
        Which changes of the data leave it alone: all of those in `CHANGES` that do. A set is seen there as
        the coordinates that are not 0, a table of probabilities as two columns of values whose pairs are
        counted, and a covariance is changed with the points.
    counterexample : mapping or None
        Points at which an axiom of a metric breaks, for what is none: `points`, the `axiom` ("triangle", or
        "zero": a thing is not at distance 0 from itself) and, if it has any, `parameters`.
    cost : str
        The order of the number of operations for one pair, in plain words.
    when : str
        When to choose it; said of distances and dependences, losses and divergences.
    convex : bool or None
        Whether it is convex in its first argument for all values of the hyperparameters; None where the
        question does not arise.
    convex_where : str
        What of it is convex if it is not, such as "for p ≥ 1" or "its square", or what convexity in the first
        argument is limited to; empty else.
    metric : bool or None
        Whether it is a metric for all values of the hyperparameters; None where the question does not arise.
    metric_where : str
        What this is limited to, such as "on directions", or for which values a metric remains; empty if it
        holds for all that `domain` says.
    elicits : str
        What statistic of the target minimizes its expected value; empty for what is no loss.
    factor : str or None
        The loss of a small residual, divided by r², as an arithmetic expression; None where it is not
        quadratic.
    wild : str
        What one target far off, or one wrong label, can do: "pulls without bound", "bounded pull", "lets go",
        where the pull returns to 0, or which of them for which alpha; said of losses that elicit something.
    proofs : mapping of str to str
        For each claim in the decision table, by the name of its column, where the book proves it: a page and
        the anchor of a section, such as "chapters/15_huber#definition".
    note : str
        A qualification of `convex`, `metric` or `elicits`; empty if there is none.
    hyperparameters : mapping of str to tuple
        The values of each hyperparameter that the contract tests try.
    elsewhere : mapping of str to str
        For each library that has it: the call, and how it differs.
    """

    name: str
    module: str
    title: str
    chapter: int
    formula: str
    domain: str
    range: str = ""
    invariances: tuple[str, ...] = ()
    counterexample: Mapping | None = None
    cost: str = ""
    when: str = ""
    convex: bool | None = None
    convex_where: str = ""
    metric: bool | None = None
    metric_where: str = ""
    elicits: str = ""
    factor: str | None = None
    wild: str = ""
    proofs: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
    hyperparameters: Mapping[str, tuple] = field(default_factory=dict)
    elsewhere: Mapping[str, str] = field(default_factory=dict)

    @property
    def function(self):
        """The function itself."""
        return getattr(importlib.import_module(f"lossbook.{self.module}"), self.name)

    @property
    def gradient(self):
        """The derivative with respect to the first argument, or None."""
        return getattr(importlib.import_module(f"lossbook.{self.module}"), f"{self.name}_grad", None)

    @property
    def weight(self):
        """The weight in iteratively reweighted least squares, or None."""
        return getattr(importlib.import_module(f"lossbook.{self.module}"), f"{self.name}_weight", None)


_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")


@dataclass(frozen=True)
class Table:
    """A table that Jupyter renders from Markdown and a terminal prints as plain text.

    Attributes
    ----------
    header : tuple of str
        The columns' titles.
    rows : tuple of tuple of str
        The cells, in Markdown.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def _repr_markdown_(self):
        """Return the table in Markdown, for Jupyter."""
        lines = [self.header, tuple("---" for _ in self.header), *self.rows]
        # A bar inside a cell would end it.
        escaped = [[cell.replace("|", r"\|") for cell in cells] for cells in lines]
        return "\n".join(f"| {' | '.join(cells)} |" for cells in escaped)

    def __repr__(self):
        """Return the table as aligned plain text, links as their words."""
        rows = [[_LINK.sub(r"\1", cell) for cell in cells] for cells in self.rows]
        widths = [max(map(len, column)) for column in zip(self.header, *rows, strict=True)]
        lines = [self.header, tuple("-" * width for width in widths), *rows]
        return "\n".join(
            "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()
            for cells in lines
        )


def _read():
    """Return the rows of ``catalog.toml``."""
    with Path(__file__).with_name("catalog.toml").open("rb") as file:
        modules = tomllib.load(file)
    rows = []
    for module, quantities in modules.items():
        for name, facts in quantities.items():
            tried = {key: tuple(values) for key, values in facts.pop("hyperparameters", {}).items()}
            facts["invariances"] = tuple(facts.pop("invariances", ()))
            rows.append(Quantity(name=name, module=module, hyperparameters=tried, **facts))
    return tuple(rows)


CATALOG = _read()
"""All rows: a tuple of `Quantity`, in the order of the book."""


def get(name):
    """Return the row of a quantity.

    Parameters
    ----------
    name : str
        The function's name, such as "huber".

    Returns
    -------
    Quantity
        Its row.

    Raises
    ------
    KeyError
        If there is no such row; the message offers the names that are close.

    Examples
    --------
    >>> get("quantile").elicits
    'quantile'
    """
    rows = {row.name: row for row in CATALOG}
    if name in rows:
        return rows[name]
    close = difflib.get_close_matches(str(name), rows, n=3)
    advice = (
        f"did you mean {' or '.join(map(repr, close))}?" if close else f"the catalog has {', '.join(rows)}"
    )
    raise KeyError(f"no quantity is called {name!r}; {advice}")


def _metric_or_why_not(row):
    """Say of a measure that it is a metric, or show by numbers that it is none."""
    where = row.metric_where
    if row.counterexample is None:
        return _yes_no(row.metric, where)
    points = row.counterexample["points"]
    parameters = row.counterexample.get("parameters", {})

    def d(*pair):
        return f"{round(float(row.function(*pair, **parameters)), 9):.3g}"

    if row.counterexample["axiom"] == "zero":
        return f"no: {d(*points)} between a thing and itself"
    x, y, z = points
    given = "".join(f", {name} = {value}" for name, value in parameters.items())
    start, middle, end = (f"({', '.join(f'{n:g}' for n in point)})".replace("-", "−") for point in points)
    no = f"{where}; else no" if where else "no"
    return f"{no}: {d(x, z)} > {d(x, y)} + {d(y, z)}, from {start} to {end} by way of {middle}{given}"


def _yes_no(value, where=""):
    """Say a fact in a word, and of what has limits, which: "only" if it is false beyond them."""
    if where:
        return f"yes, {where}" if value else f"only {where}"
    return "" if value is None else "yes" if value else "no"


# What each column shows of a row, under which title. Cells are Markdown.
_COLUMNS = {
    "name": ("function", lambda row: f"`{row.name}`"),
    "title": ("name", lambda row: row.title),
    "module": ("module", lambda row: f"`lossbook.{row.module}`"),
    "formula": ("formula", lambda row: f"${row.formula}$"),
    "domain": ("domain", lambda row: row.domain),
    "range": ("range", lambda row: row.range),
    "invariances": ("unmoved by", lambda row: ", ".join(row.invariances)),
    "counterexample": ("metric?", _metric_or_why_not),
    "cost": ("operations a pair", lambda row: row.cost),
    "when": ("choose it when", lambda row: row.when),
    "hyperparameters": (
        "hyperparameters",
        lambda row: ", ".join(f"`{name}`" for name in row.hyperparameters),
    ),
    "convex": ("convex", lambda row: _yes_no(row.convex, row.convex_where)),
    "metric": ("metric", lambda row: _yes_no(row.metric, row.metric_where)),
    "elicits": ("elicits", lambda row: row.elicits),
    "factor": ("loss / r² near 0", lambda row: f"`{row.factor}`" if row.factor else ""),
    "wild": ("a wild target", lambda row: row.wild),
    "torch": ("torch", lambda row: row.elsewhere.get("torch", "")),
    "scipy": ("scipy", lambda row: row.elsewhere.get("scipy", "")),
    "scikit-learn": ("scikit-learn", lambda row: row.elsewhere.get("scikit-learn", "")),
    "chapter": ("chapter", lambda row: str(row.chapter)),
    "note": ("note", lambda row: row.note),
}


def table(names=None, *, module=None, columns=("title", "name", "convex", "elicits", "factor")):
    """Make a table of some rows and columns of the catalog.

    Parameters
    ----------
    names : iterable of str, optional
        Which quantities, in this order. By default all of them.
    module : str, optional
        Only the quantities of this submodule, such as "regression".
    columns : iterable of str
        Which columns, in this order: any of "name", "title", "module", "formula", "domain", "range",
        "invariances", "counterexample", "cost", "when", "hyperparameters", "convex", "metric",
        "elicits", "factor", "wild", "torch", "scipy", "scikit-learn", "chapter", "note".

    Returns
    -------
    Table
        Rendered as Markdown in Jupyter, as plain text elsewhere.

    Raises
    ------
    KeyError
        If a quantity is unknown.
    ValueError
        If a column or the module is unknown.

    Examples
    --------
    >>> table(["squared_error", "huber"], columns=["title", "convex", "elicits"])
    name           convex  elicits
    -------------  ------  -------------------------------------------------------------------------
    squared error  yes     mean
    Huber loss     yes     a center of its own: near the median for small δ, near the mean for large
    """
    columns = [check.option(column, tuple(_COLUMNS), "column") for column in columns]
    rows = CATALOG if names is None else [get(name) for name in names]
    if module is not None:
        check.option(module, tuple(dict.fromkeys(row.module for row in CATALOG)), "module")
        rows = [row for row in rows if row.module == module]
    return Table(
        header=tuple(_COLUMNS[column][0] for column in columns),
        rows=tuple(tuple(_COLUMNS[column][1](row) for column in columns) for row in rows),
    )


def decisions(names, *, columns=("when", "elicits", "wild", "convex", "factor", "torch"), book=".."):
    """Make a table to choose by, whose every claim is a link to the section that proves it.

    A dash stands where there is none.

    Parameters
    ----------
    names : iterable of str
        Which quantities, in this order.
    columns : iterable of str
        Which claims, in this order, as `table` names them; name and chapter stand around them. Of PyTorch the
        function's name alone is told.
    book : str
        Where the book's folder is, seen from the page that shows the table.

    Returns
    -------
    Table
        Rendered as Markdown in Jupyter, as plain text elsewhere.

    Raises
    ------
    KeyError
        If a quantity is unknown, or a claim has no proof.
    ValueError
        If a column is unknown.

    Examples
    --------
    >>> decisions(["absolute_error", "huber"], columns=["wild", "convex", "torch"])
    loss            a wild target  convex  torch         chapter
    --------------  -------------  ------  ------------  -------
    absolute error  bounded pull   yes     `l1_loss`     15
    Huber loss      bounded pull   yes     `huber_loss`  15
    """
    columns = [check.option(column, tuple(_COLUMNS), "column") for column in columns]

    def cell(row, column):
        text = _COLUMNS[column][1](row)
        if column == "torch" and text:
            text = f"`{text.partition('(')[0].rpartition('.')[2]}`"
        if column == "factor":
            text = text.strip("`").replace("**2", "²").replace(" * ", " ")
        if not text:
            return "–"
        if column not in row.proofs:
            raise KeyError(f"the catalog names no proof for {column!r} of {row.name!r}")
        page, mark, anchor = row.proofs[column].partition("#")
        return f"[{text}]({book}/{page}.ipynb{mark}{anchor})"

    return Table(
        header=("loss", *(_COLUMNS[column][0] for column in columns), "chapter"),
        rows=tuple(
            (row.title, *(cell(row, column) for column in [*columns, "chapter"])) for row in map(get, names)
        ),
    )
