"""The data sets and pictures: what is in them, what is known of them, and how unknown names are refused."""

import csv
import hashlib
import importlib.util
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from lossbook import data
from tools import pictures

FOLDER = files("lossbook.data")
README = FOLDER.joinpath("README.md").read_text(encoding="utf-8")
PUBLISHED_CALLS = """0.44 0.47 0.47 0.59 0.66 0.73 0.81 0.88 1.06 1.2 1.35 1.49
    1.61 2.12 11.9 12.4 14.2 15.9 18.2 21.2 4.3 2.4 2.7 2.9"""
# Characters, and SHA-256 of the files in Debian's package base-files: the texts are verbatim.
TEXTS = {
    "apache2": (11358, "cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30"),
    "gpl3": (35149, "3972dc9744f6499f0f9b2dbf76696f2ae7ad8af9b23dde66d6af86c9dfb36986"),
}


def test_names_are_those_of_the_files():
    stored = sorted(path.name for path in FOLDER.iterdir() if path.name.endswith((".csv", ".txt")))
    assert stored == sorted(
        [f"{name}.csv" for name in data.NAMES] + [f"{name}.txt" for name in data.TEXT_NAMES]
    )
    assert data.NAMES == (
        "batting",
        "chapter_words",
        "engel",
        "letters",
        "phones",
        "stackloss",
        "statecrime",
    )
    assert tuple(TEXTS) == data.TEXT_NAMES


@pytest.mark.parametrize(
    ("name", "size"), [("engel", (235, 2)), ("stackloss", (21, 4)), ("statecrime", (51, 8))]
)
def test_tables_are_those_of_statsmodels(name, size):
    statsmodels = Path(importlib.util.find_spec("statsmodels").origin).parent
    with (statsmodels / "datasets" / name / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        _, *rows = csv.reader(file)
    table = data.load(name)
    assert (len(table), len(table.columns)) == size
    for theirs, ours in zip(zip(*rows, strict=True), table.columns.values(), strict=True):
        assert ours.dtype.kind in "Uf"
        assert ours.tolist() == [text if ours.dtype.kind == "U" else float(text) for text in theirs]


def test_chapter_words_count_eight_texts_of_equal_length():
    table = data.load("chapter_words")
    words = table["word"].tolist()
    assert words == sorted(set(words))
    assert [counts.sum() for name, counts in table.columns.items() if name != "word"] == [780] * 8


def test_phones_are_the_published_values():
    phones = data.load("phones")
    assert list(phones.columns) == ["year", "calls"]
    assert phones["calls"].tolist() == [float(value) for value in PUBLISHED_CALLS.split()]
    assert phones["year"].tolist() == list(range(1950, 1974))


@pytest.mark.parametrize("name", data.NAMES)
def test_what_one_must_know_is_there(name):
    table = data.load(name)
    assert set(table.units) == set(table.columns)
    assert all(np.isfinite(v).all() for v in table.columns.values() if v.dtype.kind == "f")
    for text in (table.title, table.description, table.source, table.license, *table.units.values()):
        assert text.strip()
    assert f"| `{name}.csv` | {len(table)} |" in README
    assert repr(table).startswith(f"<DataSet '{name}': {table.title}; {len(table)} rows; columns ")


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


def test_vectors_are_those_of_the_model_before_it_normalizes():
    table = data.vectors("minilm")
    assert data.VECTOR_NAMES == ("minilm",)
    assert [path.name for path in FOLDER.iterdir() if path.name.endswith(".npz")] == ["minilm.npz"]
    assert FOLDER.joinpath("minilm.npz").stat().st_size < 250_000
    assert set(table.units) == set(table.columns) == {"text", "group", "vector"}
    assert f"| `minilm.npz` | {len(table)} |" in README
    assert table["vector"].shape == (264, 384)
    assert table["vector"].dtype == np.float64
    assert len(set(table["text"])) == 264
    lengths = np.linalg.norm(table["vector"], axis=1)
    assert lengths.max() / lengths.min() > 2
    places = {text: place for place, text in enumerate(table["text"])}
    for one, other, cosine in (("king", "banana", 0.40), ("happy", "angry", 0.39)):
        a, b = (table["vector"][places[text]] / lengths[places[text]] for text in (one, other))
        assert a @ b == pytest.approx(cosine, abs=0.006)
    table["vector"][:] = 0
    assert data.vectors("minilm")["vector"].any()


@pytest.mark.parametrize("name", [*data.NAMES, *data.TEXT_NAMES])
def test_a_checkout_with_other_line_ends_reads_the_same(name, tmp_path, monkeypatch):
    """Git may write a carriage return before each line feed (``core.autocrlf``)."""

    def values():
        return data.text(name) if name in TEXTS else [(key, *v) for key, v in data.load(name).columns.items()]

    file = f"{name}.txt" if name in TEXTS else f"{name}.csv"
    stored = FOLDER.joinpath(file).read_bytes().replace(b"\r\n", b"\n")
    (tmp_path / file).write_bytes(stored.replace(b"\n", b"\r\n"))
    here = values()
    monkeypatch.setattr(data, "files", lambda package: tmp_path)
    assert values() == here


@pytest.mark.parametrize(
    ("read", "names"),
    [
        (data.load, data.NAMES),
        (data.text, data.TEXT_NAMES),
        (data.vectors, data.VECTOR_NAMES),
        (data.picture, data.PICTURE_NAMES),
    ],
)
def test_an_unknown_name_is_refused_with_the_list(read, names):
    with pytest.raises(ValueError, match="name") as error:
        read("boston")
    assert str(error.value) == f"name must be one of {', '.join(map(repr, names))}; got 'boston'"


def test_an_unknown_column_is_refused_with_the_list():
    with pytest.raises(KeyError) as error:
        data.load("phones")["minutes"]
    assert error.value.args == ("the data set 'phones' has the columns year, calls; got 'minutes'",)


# ---- Pictures ----------------------------------------------------------------------------------------------


def test_pictures_are_those_of_the_files_and_light():
    stored = FOLDER.joinpath("pictures")
    sizes = {path.name: path.stat().st_size for path in stored.iterdir()}
    assert sorted(sizes) == [f"{name}.webp" for name in data.PICTURE_NAMES]
    assert tuple(pictures.SQUARES) == data.PICTURE_NAMES
    assert 20_000 < min(sizes.values()) < max(sizes.values()) < 120_000
    assert sum(sizes.values()) < 900_000


@pytest.mark.parametrize("name", data.PICTURE_NAMES)
def test_a_picture_is_the_square_that_was_cut_and_its_terms_are_told(name):
    found = data.picture(name)
    file, *square = pictures.SQUARES[name]
    assert np.array_equal(found.pixels * 255, np.asarray(pictures.cut(file, *square).convert("RGB")))
    assert found.pixels.dtype == np.float64
    assert found.pixels.shape == (256, 256, 3)
    is_gray = (found.pixels == found.pixels[..., :1]).all()
    assert is_gray == found.title.endswith("in gray")
    for text in (found.title, found.source, found.license):
        assert text.strip()
    (row,) = [line for line in README.splitlines() if line.startswith(f"| `{name}.webp` |")]
    place, what, terms = (row.split("|")[column].strip() for column in (2, 3, 5))
    assert place == ", ".join(map(str, square))
    assert what == found.title
    assert found.license.split(",")[0] in terms
    assert repr(found) == f"<Picture {name!r}: {found.title}; 256 pixels a side; {found.license}>"


def test_both_names_are_credited_for_the_flower():
    for text in (README, data.picture("flower").source):
        assert "danielbuechele" in text
        assert "vultilion" in text


def test_a_smaller_picture_has_the_means_of_areas():
    whole, half = data.picture("coffee").pixels, data.picture("coffee", size=128).pixels
    np.testing.assert_allclose(half, whole.reshape(128, 2, 128, 2, 3).mean((1, 3)), rtol=1e-12)
    mean = whole.mean((0, 1))
    np.testing.assert_allclose(data.picture("coffee", size=1).pixels, [[mean]], rtol=1e-12)
    # 256 is not a multiple of 96: a pixel of the small picture covers 8/3 of a side, the first 1, 1 and 2/3.
    small = data.picture("coffee", size=96).pixels
    shares = np.array([1, 1, 2 / 3]) * 3 / 8
    np.testing.assert_allclose(small[0, 0], np.einsum("i,j,ijc", shares, shares, whole[:3, :3]), rtol=1e-12)
    np.testing.assert_allclose(small.mean((0, 1)), mean, rtol=1e-12)
    half[:] = 0
    assert data.picture("coffee", size=128).pixels.any()


@pytest.mark.parametrize(
    ("size", "error", "came"),
    [
        (0, ValueError, "a positive integer; got 0"),
        (257, ValueError, "at most 256; got 257"),
        (96.0, TypeError, "a positive integer; got 96.0"),
    ],
)
def test_a_size_that_pictures_do_not_have_is_refused(size, error, came):
    with pytest.raises(error) as raised:
        data.picture("coffee", size=size)
    assert str(raised.value) == f"size must be {came}"
