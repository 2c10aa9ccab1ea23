"""Every public function through every kind of bad input: the documented result, or an error that helps."""

import importlib
import inspect
import warnings

import numpy as np
import pytest
import rows_classification
import rows_divergences
import rows_probability
import rows_regression
from kinds import KINDS

MODULES = ("probability", "divergences", "classification", "regression")
ROWS = rows_probability.ROWS + rows_divergences.ROWS + rows_classification.ROWS + rows_regression.ROWS
TRIED = [(row, kind) for row in ROWS for kind in KINDS if row.cases(kind)]


def quietly(function, arguments):
    """Call with every warning an error and every floating-point condition too."""
    with warnings.catch_warnings(), np.errstate(all="raise"):
        warnings.simplefilter("error")
        return function(**arguments)


def frozen(arguments):
    """Return what can be compared before and after a call."""
    return {
        name: (value.tobytes() if value.dtype != object else repr(value))
        if isinstance(value, np.ndarray)
        else repr(value)
        for name, value in arguments.items()
    }


def test_every_public_function_has_a_row():
    public = {
        f"{module}.{name}"
        for module in MODULES
        for name, value in vars(importlib.import_module(f"lossbook.{module}")).items()
        if inspect.isfunction(value) and not name.startswith("_")
    }
    assert public
    assert {row.name.split()[0] for row in ROWS} == public
    assert len({row.name for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_no_cell_of_the_table_is_missing(row):
    assert row.gaps() == []


@pytest.mark.parametrize(("row", "kind"), TRIED, ids=lambda value: getattr(value, "name", value))
def test_bad_input_gives_the_documented_result_or_an_error_that_helps(row, kind):
    good = row.numbers(quietly(row.function, row.good))
    for case in row.cases(kind):
        arguments = {**row.good, **case.changes}
        before = frozen(arguments)
        call = lambda: row.numbers(quietly(row.function, arguments))  # noqa: E731, B023
        try:
            case.outcome.check(call, good, case.argument)
        except AssertionError as error:
            raise AssertionError(f"{row.name} with {dict(case.changes)}: {error}") from None
        assert frozen(arguments) == before
