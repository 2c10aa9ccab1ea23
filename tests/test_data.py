"""The data sets: what is in them, what is known of them, and how unknown names are refused."""

import csv
import hashlib
from importlib.resources import files

import numpy as np
import pytest

from lossbook import data

FOLDER = files("lossbook.data")
README = FOLDER.joinpath("README.md").read_text(encoding="utf-8")

# Rows, and of each column of numbers the sums Σ v and Σ i v (i = 1, 2, …), computed from statsmodels' own
# copies, version 0.15.0; those of `phones` from its published values, which a test below repeats.
SUMS = {
    "engel": (
        235,
        {"income": (230881.165338, 27584652.674491), "food_expenditure": (146675.276159, 17483629.647697)},
    ),
    "phones": (24, {"year": (47076.0, 589600.0), "calls": (119.98, 2079.52)}),
    "stackloss": (
        21,
        {
            "stack_loss": (368.0, 3024.0),
            "air_flow": (1269.0, 13167.0),
            "water_temperature": (443.0, 4572.0),
            "acid_concentration": (1812.0, 19649.0),
        },
    ),
    "statecrime": (
        51,
        {
            "violent": (20985.6, 494953.9),
            "murder": (249.9, 5879.3),
            "hs_grad": (4430.8, 115497.4),
            "poverty": (706.6, 18183.7),
            "single": (1284.5, 32317.4),
            "white": (3976.4, 106833.7),
            "urban": (3094.18, 77084.8),
        },
    ),
}
# Characters, and SHA-256 of the files in Debian's package base-files: the texts are verbatim.
TEXTS = {
    "apache2": (11358, "cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30"),
    "gpl3": (35149, "3972dc9744f6499f0f9b2dbf76696f2ae7ad8af9b23dde66d6af86c9dfb36986"),
}


def test_names_are_those_of_the_files():
    assert {path.name for path in FOLDER.iterdir() if path.name.endswith(".csv")} == {
        f"{name}.csv" for name in data.NAMES
    }
    assert {path.name for path in FOLDER.iterdir() if path.name.endswith(".txt")} == {
        f"{name}.txt" for name in data.TEXT_NAMES
    }
    assert list(data.NAMES) == list(SUMS)
    assert list(data.TEXT_NAMES) == list(TEXTS)


@pytest.mark.parametrize("name", SUMS)
def test_the_numbers_are_those_of_the_source(name):
    rows, sums = SUMS[name]
    table = data.load(name)
    assert len(table) == rows
    for column, expected in sums.items():
        values = table[column]
        assert values.shape == (rows,)
        assert values.dtype == np.float64
        found = values.sum(), values @ np.arange(1, rows + 1)
        assert found == pytest.approx(expected, rel=1e-11, abs=0)


@pytest.mark.parametrize("name", SUMS)
def test_every_value_is_the_files(name):
    with FOLDER.joinpath(f"{name}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for column, values in data.load(name).columns.items():
        stored = [row[column] for row in rows]
        assert values.tolist() == (stored if values.dtype.kind == "U" else [float(text) for text in stored])
        assert values.dtype.kind == "U" or np.isfinite(values).all()


@pytest.mark.parametrize("name", SUMS)
def test_what_one_must_know_is_there(name):
    table = data.load(name)
    assert set(table.units) == set(table.columns)
    for text in (table.title, table.description, table.source, table.license, *table.units.values()):
        assert text.strip()
    assert f"| `{name}.csv` | {len(table)} |" in README
    assert repr(table).startswith(f"<DataSet '{name}': {table.title}; {len(table)} rows; columns ")


def test_phones_are_the_published_values():
    published = """0.44 0.47 0.47 0.59 0.66 0.73 0.81 0.88 1.06 1.2 1.35 1.49
        1.61 2.12 11.9 12.4 14.2 15.9 18.2 21.2 4.3 2.4 2.7 2.9"""
    assert data.load("phones")["calls"].tolist() == [float(value) for value in published.split()]
    assert data.load("phones")["year"].tolist() == list(range(1950, 1974))


def test_loading_again_gives_new_arrays():
    data.load("phones")["calls"][:] = 0
    assert data.load("phones")["calls"].sum() > 0


@pytest.mark.parametrize("name", TEXTS)
def test_texts_are_verbatim_and_their_terms_are_told(name):
    size, digest = TEXTS[name]
    text = data.text(name)
    assert hashlib.sha256(text.encode("ascii")).hexdigest() == digest
    assert f"| `{name}.txt` | {size} |" in README
    assert len(text) == size


@pytest.mark.parametrize("name", [*SUMS, *TEXTS])
def test_a_checkout_with_other_line_ends_reads_the_same(name, tmp_path, monkeypatch):
    """Git may write a carriage return before each line feed (``core.autocrlf``)."""
    read = data.load if name in SUMS else data.text
    here = read(name)
    file = f"{name}.csv" if name in SUMS else f"{name}.txt"
    stored = FOLDER.joinpath(file).read_bytes().replace(b"\r\n", b"\n")
    (tmp_path / file).write_bytes(stored.replace(b"\n", b"\r\n"))
    monkeypatch.setattr(data, "files", lambda package: tmp_path)
    there = read(name)
    if name in SUMS:
        here, there = ([(key, *values) for key, values in table.columns.items()] for table in (here, there))
    assert there == here


@pytest.mark.parametrize(
    ("read", "said"),
    [
        (data.load, "'engel', 'phones', 'stackloss', 'statecrime'; got 'boston'"),
        (data.text, "'apache2', 'gpl3'; got 'boston'"),
    ],
)
def test_an_unknown_name_is_refused_with_the_list(read, said):
    with pytest.raises(ValueError, match="name") as error:
        read("boston")
    assert str(error.value) == f"name must be one of {said}"


def test_an_unknown_column_is_refused_with_the_list():
    with pytest.raises(KeyError) as error:
        data.load("phones")["minutes"]
    assert error.value.args == ("the data set 'phones' has the columns year, calls; got 'minutes'",)
