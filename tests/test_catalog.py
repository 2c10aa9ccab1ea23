"""The catalog: every row is true to the library, names are found, tables render."""

import importlib
import inspect
import subprocess
import sys

import pytest

from lossbook import catalog, regression

ROWS = list(catalog.CATALOG)
REGRESSION = [row for row in ROWS if row.module == "regression"]
MODULES = list(dict.fromkeys(row.module for row in ROWS))


def test_names_are_unique_and_found():
    names = [row.name for row in ROWS]
    assert len(set(names)) == len(names)
    for row in ROWS:
        assert catalog.get(row.name) is row


@pytest.mark.parametrize("name", MODULES)
def test_every_function_of_a_module_has_a_row_and_the_reverse(name):
    module = importlib.import_module(f"lossbook.{name}")
    functions = {name for name in module.__all__ if inspect.isfunction(getattr(module, name))}
    quantities = {name for name in functions if not name.endswith(("_grad", "_weight"))}
    assert {row.name for row in ROWS if row.module == name} == quantities
    for row in ROWS:
        if row.module == name:
            assert row.function is getattr(module, row.name)


@pytest.mark.parametrize("row", REGRESSION, ids=lambda row: row.name)
def test_function_gradient_and_weight_are_the_modules(row):
    assert row.function is getattr(regression, row.name)
    assert row.gradient is getattr(regression, f"{row.name}_grad")
    assert row.weight is getattr(regression, f"{row.name}_weight", None)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_loss_with_a_gradient_says_what_it_is(row):
    if row.gradient is not None:
        assert row.convex is not None
        assert set(inspect.signature(row.gradient).parameters) >= set(
            inspect.signature(row.function).parameters
        )


def test_the_weights_are_those_of_the_iterated_losses():
    assert {row.name for row in ROWS if row.weight} == {"huber", "pseudo_huber", "tukey_biweight"}


@pytest.mark.parametrize("row", REGRESSION, ids=lambda row: row.name)
def test_hyperparameters_are_the_keywords_of_the_function(row):
    keywords = [
        name
        for name, parameter in inspect.signature(row.function).parameters.items()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY
    ]
    assert list(row.hyperparameters) == keywords
    assert all(len(values) > 1 for values in row.hyperparameters.values())


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_hyperparameters_are_arguments(row):
    assert row.hyperparameters.keys() <= inspect.signature(row.function).parameters.keys()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_texts_are_filled_in(row):
    assert row.title
    assert row.formula
    assert row.domain
    assert row.elicits or row.module != "regression"
    assert 1 <= row.chapter <= 15
    assert set(row.elsewhere) <= {"torch", "scipy", "scikit-learn"}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
@pytest.mark.parametrize("which", ["function", "gradient", "weight"])
def test_docstrings_are_complete(row, which):
    function = getattr(row, which)
    if function is None:
        return
    documentation = inspect.getdoc(function)
    sections = ["Parameters", "Returns", "Raises", "Examples"] + (["Notes"] if which == "function" else [])
    for section in sections:
        assert f"\n{section}\n{'-' * len(section)}\n" in documentation
    assert ".. math::" in documentation
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.kind is inspect.Parameter.VAR_KEYWORD:
            assert f"\n**{name}\n" in documentation
            continue
        assert (
            f"\n{name} : " in documentation or f"{name}, " in documentation or f", {name} : " in documentation
        )
    if which == "function" and row.module == "regression":
        # The notes say the same as the row.
        convex = "convex for α ≥ 1 only" if row.name == "barron" else "convex" if row.convex else "not convex"
        assert convex in documentation.lower()


def test_an_unknown_name_is_refused_with_close_matches():
    with pytest.raises(KeyError) as error:
        catalog.get("hubber")
    assert error.value.args == ("no quantity is called 'hubber'; did you mean 'huber'?",)
    with pytest.raises(KeyError) as error:
        catalog.get("smoth_huber")
    assert error.value.args[0].startswith(
        "no quantity is called 'smoth_huber'; did you mean 'pseudo_huber' or "
    )
    with pytest.raises(KeyError) as error:
        catalog.get("xyz")
    assert error.value.args == (
        f"no quantity is called 'xyz'; the catalog has {', '.join(r.name for r in ROWS)}",
    )


def test_rows_cannot_be_changed():
    with pytest.raises(AttributeError):
        catalog.get("huber").convex = False


def test_a_table_in_markdown():
    table = catalog.table(["huber", "squared_error"], columns=["name", "convex", "factor", "chapter"])
    assert table._repr_markdown_() == (
        "| function | convex | loss / r² near 0 | chapter |\n"
        "| --- | --- | --- | --- |\n"
        "| `huber` | yes | `1 / 2` | 15 |\n"
        "| `squared_error` | yes | `1` | 13 |"
    )


def test_a_table_in_plain_text():
    table = catalog.table(["quantile", "tukey_biweight"], columns=["title", "hyperparameters", "convex"])
    assert repr(table) == (
        "name                   hyperparameters  convex\n"
        "---------------------  ---------------  ------\n"
        "quantile loss          `tau`            yes\n"
        "Tukey's biweight loss  `c`              no"
    )


def test_the_whole_table_has_a_line_for_each_row():
    columns = [
        "name",
        "title",
        "module",
        "formula",
        "domain",
        "hyperparameters",
        "convex",
        "metric",
        "elicits",
        "factor",
    ]
    columns += ["torch", "scipy", "scikit-learn", "chapter", "note"]
    lines = catalog.table(columns=columns)._repr_markdown_().splitlines()
    assert len(lines) == len(ROWS) + 2
    assert {line.replace(r"\|", "").count("|") for line in lines} == {len(columns) + 1}


def test_a_table_of_one_module():
    assert catalog.table(module="regression").rows == catalog.table([row.name for row in REGRESSION]).rows
    with pytest.raises(ValueError, match=r"^module must be one of .*'regression'.*; got 'colors'$"):
        catalog.table(module="colors")


def test_formulas_have_no_bar_that_a_table_would_have_to_escape():
    # Inside a formula the escaped bar means a norm.
    assert not [row.name for row in ROWS if "|" in row.formula]


def test_a_bar_in_a_cell_is_escaped():
    assert catalog.Table(("a",), (("|r|",),))._repr_markdown_() == "| a |\n| --- |\n| \\|r\\| |"


def test_an_unknown_column_or_row_is_refused():
    with pytest.raises(ValueError, match=r"^column must be one of 'name', 'title', .*; got 'speed'$"):
        catalog.table(columns=["speed"])
    with pytest.raises(KeyError, match="no quantity is called 'mse'"):
        catalog.table(["mse"])


def test_importing_the_catalog_imports_numpy_only():
    code = (
        "import sys; import lossbook.catalog; lossbook.catalog.get('huber').function(1.0, 0.0);"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}"
        " & {'scipy', 'torch', 'matplotlib', 'sklearn', 'pandas', 'IPython'}))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == ""
