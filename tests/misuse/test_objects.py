"""Every argument of every function, given objects of all sorts: used, or refused in the book's words."""

import datetime
import decimal
import fractions
import re

import numpy as np
import pytest
from kinds import quietly
from rows import ROWS

OBJECTS = [
    *(None, ..., NotImplemented, object(), len, int, slice(3), datetime.date(2026, 1, 1)),
    *("a", b"a", "", [], (), [[]], {}, {1}, {"a": 1}, frozenset(), range(3), memoryview(b"abc"), iter([1.0])),
    *(
        True,
        np.False_,
        1j,
        -1,
        0,
        2**70,
        10**400,
        [10**400],
        np.uint64(2**63),
        np.longdouble(1),
        np.float16(1),
    ),
    *(fractions.Fraction(1, 3), decimal.Decimal(1), [decimal.Decimal(1)], np.timedelta64(1, "s")),
    *(np.array(1), np.array(["a", "b"]), np.array(["2026"], "datetime64[Y]"), np.zeros(2, [("a", "f8")])),
    *(np.zeros((2, 3), "S3"), np.zeros((0, 0)), np.zeros((1,) * 6), np.ma.masked, np.full((2, 3), 1e39)),
]


def arguments_of(row):
    """Return the arguments to try: what a reader's function says of a point is its own affair."""
    functions = [name for name, argument in row.arguments.items() if callable(argument.good)]
    return [name for name in row.arguments if name not in functions and not (functions and name == "start")]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_any_object_is_used_or_refused_in_our_words(row):
    for name in arguments_of(row):
        for value in OBJECTS:
            # As a temperature, a function is one.
            if name == "temperature" and callable(value):
                continue
            try:
                quietly(row.function, {**row.good, name: value})
            except (TypeError, ValueError) as error:
                refused = error
            else:
                continue
            assert type(refused) in (TypeError, ValueError)
            assert re.search(r" must .*; got:? ", str(refused), re.DOTALL), (
                name,
                value,
                refused,
            )
