"""The house rules: a chapter's noun leads to its figures, exercises and tests; a formula to its tests.

A page that is a notebook leads to its figures by its name.
"""

import ast
import functools
import re
import subprocess
from pathlib import Path

import pytest

from lossbook.catalog import CATALOG

ROOT = Path(__file__).parents[1]
CHAPTER = re.compile(r"(?P<number>\d\d)_(?P<noun>[a-z][a-z0-9]*(_[a-z]+)*)")
FAMILIES = {row.module for row in CATALOG}  # of formulas

# Top-level parts of the package whose tests are in a folder of the same name.
IN_FOLDERS = {"course", "exercises", "figures", "notebooks", "site", "vision"}
# What the folders of figures and exercises hold besides a chapter's module.
OWN = {"figures": {"engine", "losses"}, "exercises": {"calling", "checker", "properties", "variants"}}

# A file is read in one sitting. A family of formulas is one file, and half of that is docstrings.
MAX_LINES = 400
MAX_FORMULA_LINES = 690


@functools.cache
def tracked(pattern="*"):
    """Return the files that git knows or would add, as paths relative to the root."""
    # A checkout that belongs to another user is none of git's concern here.
    command = ["git", "-c", "safe.directory=*", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run([*command, pattern], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [Path(name) for name in listed.splitlines() if (ROOT / name).is_file()]


@functools.cache
def read(path):
    """Return the text of a file of the book."""
    return (ROOT / path).read_text(encoding="utf-8")


# ---- Names -------------------------------------------------------------------------------------------------


def chapters(files):
    """Return noun to number for the notebooks among these files."""
    found = {}
    for path in files:
        if path.parent == Path("chapters") and path.suffix == ".ipynb":
            match = CHAPTER.fullmatch(path.stem)
            assert match, f"{path}: a chapter is named NN_noun.ipynb, in lower-case words"
            assert match["noun"] not in found, f"{path}: there are two chapters {match['noun']!r}"
            found[match["noun"]] = match["number"]
    return found


def modules(files, folder):
    """Return the public modules and packages right under a folder of the package."""
    code = [path for path in files if path.suffix == ".py" and path.is_relative_to(folder)]
    names = {path.relative_to(folder).parts[0].removesuffix(".py") for path in code}
    return {name for name in names if not name.startswith("_")}


def mismatches(files, toc, exercised, families):
    """Return what breaks the rule that one noun names a chapter's notebook, figures, exercises and tests.

    The table of contents is a list of pages; the chapters with exercises and the families of formulas are
    sets of nouns.
    """
    by_noun = chapters(files)
    pages = {path.stem for path in files if path.parent == Path("pages") and path.suffix == ".ipynb"}
    wanted = {f"lossbook/{name}.py": "the catalog" for name in families}
    for name in pages:
        wanted[f"lossbook/figures/{name}.py"] = wanted[f"tests/figures/test_{name}.py"] = f"pages/{name}"
    for noun, number in by_noun.items():
        for part in ["figures", "exercises"] if noun in exercised else ["figures"]:
            wanted[f"lossbook/{part}/{noun}.py"] = wanted[f"tests/{part}/test_{noun}.py"] = f"{number}_{noun}"
    for name in modules(files, "lossbook") - IN_FOLDERS:
        wanted[f"tests/test_{name}.py"] = f"lossbook/{name}"
    found = [f"{owner} has no {name}" for name, owner in wanted.items() if Path(name) not in files]
    for folder, own in OWN.items():
        orphans = modules(files, f"lossbook/{folder}") - own - set(by_noun) - pages
        found += [f"lossbook/{folder}/{noun} belongs to no chapter" for noun in orphans]
    listed = {page for page in toc if page.startswith("chapters/")}
    odd = listed ^ {f"chapters/{number}_{noun}" for noun, number in by_noun.items()}
    odd |= {f"pages/{name}" for name in pages} - set(toc)
    return found + [f"either _toc.yml or the folder has no {page}" for page in odd]


def test_the_house_is_in_order():
    marked = re.compile(r'"exercise": "\d+\.\d+"')
    exercised = {path.stem[3:] for path in tracked("chapters/*.ipynb") if marked.search(read(path))}
    toc = re.findall(r"(?:file|root): (\S+)", read("_toc.yml"))
    assert mismatches(tracked(), toc, exercised, FAMILIES) == []


GOOD = [
    *("chapters/15_huber.ipynb", "lossbook/figures/huber.py", "tests/figures/test_huber.py"),
    *("lossbook/exercises/huber.py", "tests/exercises/test_huber.py"),
    *("lossbook/regression.py", "tests/test_regression.py"),
]


@pytest.mark.parametrize(
    ("without", "plus", "said"),
    [
        (None, "README.md", []),
        *((name, None, [f"15_huber has no {name}"]) for name in GOOD[1:5]),
        ("lossbook/regression.py", None, ["the catalog has no lossbook/regression.py"]),
        ("tests/test_regression.py", None, ["lossbook/regression has no tests/test_regression.py"]),
        (None, "lossbook/figures/hubber.py", ["lossbook/figures/hubber belongs to no chapter"]),
        (None, "lossbook/exercises/hubber.py", ["lossbook/exercises/hubber belongs to no chapter"]),
        (None, "lossbook/sound/features.py", ["lossbook/sound has no tests/test_sound.py"]),
        (None, "tests/figures/test_which.py", ["pages/which has no lossbook/figures/which.py"]),
        (None, "lossbook/figures/which.py", ["pages/which has no tests/figures/test_which.py"]),
    ],
)
def test_each_rule_of_names_is_held(without, plus, said):
    page = ["pages/which.ipynb"] if plus and "which" in plus else []
    files = [Path(name) for name in [*GOOD, *page, plus] if name and name != without]
    toc = ["index", "chapters/15_huber", "pages/which"]
    assert mismatches(files, toc, {"huber"}, {"regression"}) == said


@pytest.mark.parametrize("toc", [[], ["chapters/15_huber", "chapters/16_barron"]])
def test_the_contents_are_the_chapters(toc):
    (said,) = mismatches([Path(name) for name in GOOD], toc, set(), set())
    assert said.startswith("either _toc.yml or the folder has no chapters/1")


def test_a_page_is_in_the_contents():
    (said,) = mismatches(
        [Path("pages/which.ipynb"), Path("lossbook/figures/which.py"), Path("tests/figures/test_which.py")],
        ["index"],
        set(),
        set(),
    )
    assert said == "either _toc.yml or the folder has no pages/which"


@pytest.mark.parametrize("name", ["15_Huber", "15-huber", "5_huber", "15_huber_", "15__huber", "15_huber_2"])
def test_chapters_are_a_number_and_a_noun(name):
    with pytest.raises(AssertionError, match="a chapter is named NN_noun"):
        chapters([Path("chapters", f"{name}.ipynb")])
    assert chapters([Path("chapters/10_kl_vs_cross_entropy.ipynb")]) == {"kl_vs_cross_entropy": "10"}


# ---- Files -------------------------------------------------------------------------------------------------


def test_no_module_is_too_long():
    most = {Path(f"lossbook/{name}.py"): MAX_FORMULA_LINES for name in (*FAMILIES, "_checks")}
    lengths = {path: len(read(path).splitlines()) for path in tracked("lossbook/*.py")}
    assert {path: n for path, n in lengths.items() if n > most.get(path, MAX_LINES)} == {}
    assert most.keys() <= lengths.keys()


def test_there_is_no_utils():
    vague = {"util", "utils", "helper", "helpers", "misc", "common"}
    assert [path for path in tracked() if vague & {part.removesuffix(".py") for part in path.parts}] == []


def private_imports(source):
    """Return the private names and modules of the package that a source imports."""
    names = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            module = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
            names += [module + alias.name for alias in node.names]
    return [name for name in names if re.match(r"lossbook\.(.*\.)?_(?!_)", name)]


def test_no_test_names_a_private_module():
    """What a test sees is what a reader sees; the checks have tests of their own."""
    found = {path: private_imports(read(path)) for path in tracked("tests/*.py")}
    assert found.pop(Path("tests/test_checks.py"))
    assert {path: names for path, names in found.items() if names} == {}


def comparisons_that_tolerate(source):
    """Return the lines where a relative tolerance leaves pytest's absolute one, 1e-12, in force."""
    return [
        call.lineno
        for call in ast.walk(ast.parse(source))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr == "approx"
        and {"rel", "abs"} & {keyword.arg for keyword in call.keywords} == {"rel"}
    ]


def test_a_relative_tolerance_is_not_an_absolute_one():
    """`approx(1e-20, rel=1e-15)` holds for 0; `abs=0` beside it says what is meant."""
    found = {path: comparisons_that_tolerate(read(path)) for path in tracked("*.py")}
    assert {path: lines for path, lines in found.items() if lines} == {}


def test_what_breaks_a_rule_of_sources_would_be_found():
    assert comparisons_that_tolerate("pytest.approx(b, rel=1e-9)\npytest.approx(c, rel=0, abs=1)") == [1]
    source = "from lossbook import _checks, data\nimport lossbook.a._b\nfrom lossbook._c import d\nimport _e"
    assert private_imports(source) == ["lossbook._checks", "lossbook.a._b", "lossbook._c.d"]


# What points outside the book, with an example. Spelled in parts, or this file would break its own rule.
ELSEWHERE = {
    r"pypi\." + "org": "see https://pypi" + ".org/simple",
    r"files\.python" + "hosted": "at files.python" + "hosted.org",
    r"download\.py" + "torch": "from download.py" + "torch.org",
    "--(extra-)?" + r"index-url[ =]\S": "--extra-index-" + "url https://example.org",
    r"(?<![\w.])/" + r"(work|root|home/\w+)/": "open /ro" + "ot/book",
    r"torch==[\d.]+\+" + r"\w": "torch==2.13.0" + "+cpu",
}


@pytest.mark.parametrize(("pattern", "example"), ELSEWHERE.items())
def test_nothing_points_outside_the_book(pattern, example):
    """No package index, no path on one machine, no build of torch that only one index has."""
    assert re.search(pattern, example)
    kinds = {*(".py", ".md", ".txt", ".toml", ".yml", ".cff", ".ipynb", ".html", ".js"), ""}
    # The rules of notebooks are tested with a path that they refuse.
    paths = {path for path in tracked() if path.suffix in kinds} - {Path("tests/notebooks/test_rules.py")}
    assert Path("Makefile") in paths
    assert [path for path in paths if re.search(pattern, read(path))] == []


def test_no_merge_is_left_half_done():
    marker = re.compile(r"^(<{7} |={7}$|>{7} )", re.MULTILINE)
    assert marker.search("a\n" + 7 * "=" + "\nb")
    texts = {
        path for path in tracked() if path.suffix in {".py", ".md", ".toml", ".yml", ".bib", ".ipynb", ".css"}
    }
    assert [path for path in texts if marker.search(read(path))] == []


def test_curves_bear_their_names_and_no_legend_covers_them():
    drawings = [path for path in tracked("lossbook/figures/*.py") if path.parent.name == "figures"]
    assert len(drawings) > 15
    assert [str(path) for path in drawings if ".legend(" in read(path)] == []
