"""One row for each quantity of the library: what it is, where it is, what it elicits, who else has it.

The contract tests run over these rows, and the book's summary tables are made from them.

>>> from lossbook import catalog
>>> row = catalog.get("huber")
>>> row.elicits, row.factor, row.chapter
('median (small delta) to mean (large delta)', '1 / 2', 15)
>>> float(row.function(3.0, 0.0, delta=1.0))
2.5
"""

import difflib

from lossbook._checks import check_option
from lossbook.catalog import (
    _classification,
    _distances,
    _divergences,
    _embeddings,
    _images,
    _objectives,
    _optimizers,
    _probability,
    _regression,
)
from lossbook.catalog._quantity import Quantity
from lossbook.catalog._table import COLUMNS, Table

__all__ = ["CATALOG", "Quantity", "Table", "get", "table"]

CATALOG = (
    _probability.ROWS
    + _classification.ROWS
    + _divergences.ROWS
    + _regression.ROWS
    + _distances.ROWS
    + _embeddings.ROWS
    + _objectives.ROWS
    + _optimizers.ROWS
    + _images.ROWS
)
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


def table(names=None, *, module=None, columns=("title", "name", "convex", "elicits", "factor")):
    """Make a table of some rows and columns of the catalog.

    Parameters
    ----------
    names : iterable of str, optional
        Which quantities, in this order. By default all of them.
    module : str, optional
        Only the quantities of this submodule, such as "regression".
    columns : iterable of str
        Which columns, in this order: any of "name", "title", "module", "formula", "domain",
        "hyperparameters", "convex", "metric", "elicits", "factor", "torch", "scipy",
        "scikit-learn", "chapter", "note".

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
    -------------  ------  ------------------------------------------
    squared error  yes     mean
    Huber loss     yes     median (small delta) to mean (large delta)
    """
    columns = tuple(columns)
    for column in columns:
        check_option(column, tuple(COLUMNS), name="column")
    rows = CATALOG if names is None else [get(name) for name in names]
    if module is not None:
        check_option(module, tuple(dict.fromkeys(row.module for row in CATALOG)), name="module")
        rows = [row for row in rows if row.module == module]
    return Table(
        header=tuple(COLUMNS[column][0] for column in columns),
        rows=tuple(tuple(COLUMNS[column][1](row) for column in columns) for row in rows),
    )
