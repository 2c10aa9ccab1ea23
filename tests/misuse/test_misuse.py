"""Every public function through every kind of bad input: the documented result, or an error that helps."""

import importlib
import inspect
import re

import pytest
from kinds import KINDS, Refused, frozen, quietly
from rows import ROWS

from lossbook import catalog

MODULES = tuple(dict.fromkeys(row.module for row in catalog.CATALOG))
TRIED = [(row, kind) for row in ROWS for kind in KINDS if row.cases(kind)]


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


def names(function, *, by_position):
    """Return the names of the parameters that may be given by position, or of those that may not."""
    parameters = inspect.signature(function).parameters.values()
    kinds = {True: (inspect.Parameter.POSITIONAL_OR_KEYWORD,), False: (inspect.Parameter.KEYWORD_ONLY,)}
    return [p.name for p in parameters if p.kind in kinds[by_position]]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_an_unexpected_keyword_is_refused(row):
    with pytest.raises(TypeError, match=r"nope") as error:
        quietly(row.function, {**row.good, "nope": 1})
    assert re.search(r"unexpected keyword argument 'nope'|must be: .*; got: .*nope", str(error.value))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_hyperparameters_are_keywords_only(row):
    arguments = [row.good[name] for name in names(row.function, by_position=True)]
    hyperparameters = [name for name in names(row.function, by_position=False) if name in row.good]
    # One argument more than may stand without its name: the first hyperparameter, or anything.
    surplus = row.good[hyperparameters[0]] if hyperparameters else 1.0
    others = {name: value for name, value in row.good.items() if name in hyperparameters[1:]}
    with pytest.raises(TypeError, match=rf"{row.function.__name__}\(\) takes .*positional argument") as error:
        row.function(*arguments, surplus, **others)
    assert f"{len(arguments) + 1} " in str(error.value)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_what_has_no_default_is_asked_for(row):
    parameters = inspect.signature(row.function).parameters.values()
    required = [p.name for p in parameters if p.default is p.empty and p.kind is not p.VAR_KEYWORD]
    assert required
    for name in required:
        rest = {key: value for key, value in row.good.items() if key != name}
        with pytest.raises(TypeError, match=rf"missing 1 required .*argument: '{name}'"):
            row.function(**rest)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_the_docstring_names_each_type_of_error(row):
    raised = {
        case.outcome.error.__name__
        for kind in KINDS
        for case in row.cases(kind)
        if isinstance(case.outcome, Refused)
    }
    text = inspect.getdoc(row.function)
    section = text[text.index("\nRaises\n") :].split("\n\n")[0]
    assert raised <= set(re.findall(r"^(\w+Error)$", section, re.MULTILINE))
