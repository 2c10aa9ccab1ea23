"""Small real data sets, each with its units, its source and its license.

Every table is one CSV file beside this module and every text one plain file, so loading needs no network.
Where they come from and under which terms they may be used is told in ``README.md`` in the same folder.

>>> from lossbook import data
>>> data.NAMES
('batting', 'chapter_words', 'engel', 'letters', 'phones', 'stackloss', 'statecrime')
>>> phones = data.load("phones")
>>> phones["calls"].shape, phones.units["calls"]
((24,), 'tens of millions of calls')

Beside the tables there are texts, whole and verbatim:

>>> data.TEXT_NAMES
('apache2', 'gpl3')
>>> data.text("gpl3").split(".")[0].split()[:6]
['GNU', 'GENERAL', 'PUBLIC', 'LICENSE', 'Version', '3,']

And there are texts as a language model sees them, one vector each:

>>> data.VECTOR_NAMES
('minilm',)
>>> data.vectors("minilm")["vector"].shape
(264, 384)

And pictures, of any size up to 256 pixels a side; to read them takes Pillow, which comes with matplotlib:

>>> len(data.PICTURE_NAMES)
13
>>> china = data.picture("china", size=128)
>>> china.pixels.shape, china.license
((128, 128, 3), 'CC BY 2.0')
"""

import csv
import io
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType

import numpy as np

from lossbook import _checks as check
from lossbook.data._records import PICTURES, RECORDS, VECTORS

NAMES = tuple(sorted(RECORDS))
TEXT_NAMES = ("apache2", "gpl3")
VECTOR_NAMES = tuple(sorted(VECTORS))
PICTURE_NAMES = tuple(sorted(PICTURES))
PICTURE_SIZE = 256


@dataclass(frozen=True, eq=False, repr=False)
class DataSet:
    """A small table: named columns, and what one must know to use them.

    Attributes
    ----------
    name : str
        The name that `load` knows it by.
    title : str
        What it is, in a few words.
    description : str
        Who measured what, and what to watch for.
    columns : mapping of str to ndarray
        One array a column, in float64, or strings where the unit is "name": of shape (n,), vectors (n, d).
    units : mapping of str to str
        The unit of each column.
    source : str
        Where the numbers come from.
    license : str
        Under which terms they may be used.
    """

    name: str
    title: str
    description: str
    columns: MappingProxyType
    units: MappingProxyType
    source: str
    license: str

    def __getitem__(self, column):
        """Return one column as an array of shape (n,)."""
        if column not in self.columns:
            raise KeyError(
                f"the data set {self.name!r} has the columns {', '.join(self.columns)}; got {column!r}"
            )
        return self.columns[column]

    def __len__(self):
        """Return the number of rows."""
        return len(next(iter(self.columns.values())))

    def __repr__(self):
        """Name the data set, its size and its columns in one line."""
        return f"<DataSet {self.name!r}: {self.title}; {len(self)} rows; columns {', '.join(self.columns)}>"


@dataclass(frozen=True, eq=False, repr=False)
class Picture:
    """A photograph, and what one must know to use it.

    Attributes
    ----------
    name : str
        The name that `picture` knows it by.
    title : str
        What is to be seen, in a few words.
    pixels : ndarray, shape (size, size, 3)
        Red, green and blue in float64, from 0 to 1, as they are shown: of the sRGB scale, not of light.
    source : str
        Who took it, and where it was copied from.
    license : str
        Under which terms it may be used.
    """

    name: str
    title: str
    pixels: np.ndarray
    source: str
    license: str

    def __repr__(self):
        """Name the picture, its size and its terms in one line."""
        return f"<Picture {self.name!r}: {self.title}; {len(self.pixels)} pixels a side; {self.license}>"


def load(name):
    """Load one of the book's data sets.

    Parameters
    ----------
    name : str
        One of `NAMES`.

    Returns
    -------
    DataSet
        Its columns as new arrays of shape (n,), with units, description, source and license.

    Raises
    ------
    ValueError
        If no data set has that name; the message lists those there are.

    Examples
    --------
    >>> stackloss = load("stackloss")
    >>> stackloss
    <DataSet 'stackloss': losses of an ammonia oxidation plant; 21 rows; columns stack_loss, air_flow,
    water_temperature, acid_concentration>
    >>> stackloss["stack_loss"][:4]
    array([42., 37., 37., 28.])
    """
    check.option(name, NAMES, "name")
    record = RECORDS[name]
    header, *rows = csv.reader(_read(f"{name}.csv").splitlines())
    units = record["units"]
    columns = {
        column: np.array(values) if units[column] == "name" else np.array(values, dtype=float)
        for column, values in zip(header, zip(*rows, strict=True), strict=True)
    }
    known = record | {"units": MappingProxyType(units)}
    return DataSet(name=name, columns=MappingProxyType(columns), **known)


def text(name):
    """Load one of the book's texts, whole and verbatim.

    Parameters
    ----------
    name : str
        One of `TEXT_NAMES`.

    Returns
    -------
    str
        The text; its lines end in a newline character.

    Raises
    ------
    ValueError
        If no text has that name; the message lists those there are.

    Examples
    --------
    >>> len(text("gpl3")), len(text("apache2"))
    (35149, 11358)
    """
    check.option(name, TEXT_NAMES, "name")
    return _read(f"{name}.txt")


def vectors(name):
    """Load one of the book's tables of vectors.

    Parameters
    ----------
    name : str
        One of `VECTOR_NAMES`.

    Returns
    -------
    DataSet
        The columns text and group, strings of shape (n,), and vector, float64 of shape (n, d), as new arrays.

    Raises
    ------
    ValueError
        If no table of vectors has that name; the message lists those there are.

    Examples
    --------
    >>> table = vectors("minilm")
    >>> table["text"][:3].tolist(), table["group"][0].item()
    (['dog', 'cat', 'horse'], 'animal')
    """
    check.option(name, VECTOR_NAMES, "name")
    with np.load(io.BytesIO(files(__name__).joinpath(f"{name}.npz").read_bytes())) as stored:
        columns = {column: stored[column] for column in ("text", "group")}
        columns["vector"] = stored["vector"].astype(float)
    known = VECTORS[name] | {"units": MappingProxyType(VECTORS[name]["units"])}
    return DataSet(name=name, columns=MappingProxyType(columns), **known)


def picture(name, *, size=PICTURE_SIZE):
    """Load one of the book's pictures.

    Parameters
    ----------
    name : str
        One of `PICTURE_NAMES`.
    size : int, default 256
        How many pixels the square has a side, from 1 to 256: each is the mean of the area that it covers.

    Returns
    -------
    Picture
        The pixels as a new array of shape (size, size, 3), with title, source and license. A photograph in
        gray has three equal channels.

    Raises
    ------
    TypeError
        If the size is no integer.
    ValueError
        If no picture has that name (the message lists those there are), or the size is out of range.

    Examples
    --------
    >>> gravel = picture("gravel", size=64)
    >>> gravel
    <Picture 'gravel': gravel, in gray; 64 pixels a side; CC0 1.0>
    >>> gravel.pixels.shape, gravel.pixels.mean().round(2)
    ((64, 64, 3), np.float64(0.49))
    """
    from PIL import Image

    check.option(name, PICTURE_NAMES, "name")
    size = check.positive_integer(size, "size")
    check.require(size <= PICTURE_SIZE, "size", f"be at most {PICTURE_SIZE}", size)
    with Image.open(io.BytesIO(files(__name__).joinpath("pictures", f"{name}.webp").read_bytes())) as stored:
        pixels = np.asarray(stored.convert("RGB")) / 255
    # What the i-th of `size` parts of a side shares with each of the 256 pixels, as shares that sum to 1.
    edges = np.linspace(0, PICTURE_SIZE, size + 1)[:, np.newaxis]
    covered = np.diff(np.clip(edges - np.arange(PICTURE_SIZE), 0, 1), axis=0) * (size / PICTURE_SIZE)
    pixels = np.einsum("ih,hwc,jw->ijc", covered, pixels, covered, optimize=True)
    return Picture(name=name, pixels=pixels.clip(0, 1), **PICTURES[name])


def _read(file):
    """Return what a file holds; text mode gives one newline a line, in whatever form it was checked out."""
    return files(__name__).joinpath(file).read_text(encoding="utf-8")
