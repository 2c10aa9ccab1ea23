"""The house rules: a chapter's noun leads to its figures, exercises and tests; a formula to its tests."""

import ast
import re
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "lossbook"
CHAPTER = re.compile(r"(?P<number>\d\d)_(?P<noun>[a-z]+(_[a-z]+)*)")

# Top-level parts of the package that hold no formulas: their tests are in a folder of the same name.
NOT_FORMULAS = {"exercises", "figures", "notebooks", "site"}
MOST_LINES = 400

# What a figures module or an exercises module may be besides a chapter's.
FIGURES_OWN = {"engine"}
EXERCISES_OWN = set()


def tracked(*patterns):
    """Return the files that git knows or would add, as paths relative to the root."""
    # A checkout that belongs to another user is none of git's concern here.
    command = [
        "git",
        "-c",
        "safe.directory=*",
        "ls-files",
        "--cached",
        "--others",
        "--exclude-standard",
        "--",
        *patterns,
    ]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    return [Path(name) for name in listed if name and (ROOT / name).is_file()]


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


def modules(files, folder, own=()):
    """Return the public module names right under a folder of the package."""
    names = {
        path.relative_to(folder).parts[0].removesuffix(".py") for path in files if is_module(path, folder)
    }
    return {name for name in names if not name.startswith("_")} - set(own)


def is_module(path, folder):
    """Say whether a file is Python code in the folder or below it."""
    return path.suffix == ".py" and path.is_relative_to(folder)


def mismatches(files, toc, exercised):
    """Return what breaks the rule that one noun names a chapter's notebook, figures, exercises and tests.

    Parameters
    ----------
    files : list of Path
        All files of the book, relative to its root.
    toc : list of str
        The pages that the table of contents names.
    exercised : set of str
        The nouns of the chapters that have exercises.
    """
    names = {path.as_posix() for path in files}
    found = []
    by_noun = chapters(files)
    for noun, number in by_noun.items():
        wanted = [f"lossbook/figures/{noun}.py", f"tests/figures/test_{noun}.py"]
        if noun in exercised:
            wanted += [f"lossbook/exercises/{noun}.py", f"tests/exercises/test_{noun}.py"]
        found += [f"chapter {number}_{noun} has no {name}" for name in wanted if name not in names]
        if f"chapters/{number}_{noun}" not in toc:
            found.append(f"chapter {number}_{noun} is not in _toc.yml")
    for page in toc:
        if not {f"{page}.ipynb", f"{page}.md"} & names:
            found.append(f"_toc.yml names {page}, which does not exist")
    for folder, own in (("figures", FIGURES_OWN), ("exercises", EXERCISES_OWN)):
        for noun in sorted(modules(files, Path("lossbook", folder), own) - set(by_noun)):
            found.append(f"lossbook/{folder}/{noun} belongs to no chapter")
    for name in sorted(modules(files, Path("lossbook")) - NOT_FORMULAS):
        pattern = re.compile(rf"tests/test_{name}(_[a-z_]+)?\.py")
        if not any(pattern.fullmatch(other) for other in names):
            found.append(f"lossbook/{name} has no tests/test_{name}.py")
    return found


def table_of_contents():
    """Return the pages that _toc.yml names, the root first."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))

    def pages(node):
        if isinstance(node, dict):
            yield from (node[key] for key in ("root", "file") if key in node)
            for value in node.values():
                yield from pages(value)
        elif isinstance(node, list):
            for value in node:
                yield from pages(value)

    return list(pages(toc))


def chapters_with_exercises():
    """Return the nouns of the chapters in which a cell belongs to an exercise."""
    marked = re.compile(r'"exercise": "\d+\.\d+"')
    paths = [ROOT / path for path in tracked("chapters/*.ipynb")]
    return {path.stem[3:] for path in paths if marked.search(path.read_text(encoding="utf-8"))}


def test_the_house_is_in_order():
    assert mismatches(tracked(), table_of_contents(), chapters_with_exercises()) == []


GOOD = [
    "chapters/15_huber.ipynb",
    "lossbook/figures/huber.py",
    "tests/figures/test_huber.py",
    "lossbook/exercises/huber.py",
    "tests/exercises/test_huber.py",
    "lossbook/regression.py",
    "tests/test_regression.py",
    "index.md",
]


@pytest.mark.parametrize(
    ("without", "plus", "said"),
    [
        ("lossbook/figures/huber.py", None, "chapter 15_huber has no lossbook/figures/huber.py"),
        ("tests/figures/test_huber.py", None, "chapter 15_huber has no tests/figures/test_huber.py"),
        ("lossbook/exercises/huber.py", None, "chapter 15_huber has no lossbook/exercises/huber.py"),
        ("tests/exercises/test_huber.py", None, "chapter 15_huber has no tests/exercises/test_huber.py"),
        ("tests/test_regression.py", None, "lossbook/regression has no tests/test_regression.py"),
        ("index.md", None, "_toc.yml names index, which does not exist"),
        (None, "lossbook/figures/hubber.py", "lossbook/figures/hubber belongs to no chapter"),
        (None, "lossbook/exercises/hubber.py", "lossbook/exercises/hubber belongs to no chapter"),
        (None, "lossbook/distances.py", "lossbook/distances has no tests/test_distances.py"),
    ],
)
def test_each_rule_of_names_is_held(without, plus, said):
    toc = ["index", "chapters/15_huber"]
    assert mismatches([Path(name) for name in GOOD], toc, {"huber"}) == []
    changed = [Path(name) for name in [*GOOD, plus] if name and name != without]
    assert mismatches(changed, toc, {"huber"}) == [said]


def test_a_chapter_outside_the_table_of_contents_is_found():
    found = mismatches([Path(name) for name in GOOD], ["index"], set())
    assert found == ["chapter 15_huber is not in _toc.yml"]


@pytest.mark.parametrize("name", ["15_Huber", "15-huber", "5_huber", "15_huber_", "15__huber", "15_huber_2"])
def test_chapters_are_a_number_and_a_noun(name):
    with pytest.raises(AssertionError, match="a chapter is named NN_noun"):
        chapters([Path("chapters", f"{name}.ipynb")])


def test_a_noun_may_be_a_compound():
    paths = [Path("chapters", f"{name}.ipynb") for name in ("02_cross_entropy", "10_kl_vs_cross_entropy")]
    assert chapters(paths) == {"cross_entropy": "02", "kl_vs_cross_entropy": "10"}


# ---- Files ---------------------------------------------------------------------------------------------


def test_no_module_is_too_long():
    lengths = {path: len((ROOT / path).read_text(encoding="utf-8").splitlines()) for path in tracked("*.py")}
    assert lengths
    assert {path: n for path, n in lengths.items() if n > MOST_LINES and path.parts[0] == "lossbook"} == {}


def test_there_is_no_utils():
    vague = {"util", "utils", "helper", "helpers", "misc", "common"}
    assert [path for path in tracked() if vague & {part.removesuffix(".py") for part in path.parts}] == []


def comparisons_that_tolerate(source):
    """Return the lines where a relative tolerance leaves pytest's absolute one, 1e-12, in force."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return [
        call.lineno
        for call in calls
        if isinstance(call.func, ast.Attribute)
        and call.func.attr == "approx"
        and {"rel", "abs"} & {keyword.arg for keyword in call.keywords} == {"rel"}
    ]


def test_a_relative_tolerance_is_not_an_absolute_one():
    """`approx(1e-20, rel=1e-15)` holds for 0; `abs=0` beside it says what is meant."""
    found = {
        path: comparisons_that_tolerate((ROOT / path).read_text(encoding="utf-8")) for path in tracked("*.py")
    }
    assert {path: lines for path, lines in found.items() if lines} == {}
    assert comparisons_that_tolerate(
        "a == pytest.approx(b, rel=1e-9)\nb == pytest.approx(c, rel=0, abs=1)"
    ) == [1]


# Spelled in parts, or this file would be the first to break its own rule.
ELSEWHERE = {
    "a package index": "|".join([r"pypi\." + "org", r"files\.python" + "hosted", r"download\.py" + "torch"]),
    "an index option": "--(extra-)?" + r"index-url[ =]\S",
    "a path on one machine": r"(?<![\w.])/" + r"(work|root|home/\w+)/",
    "a build of torch": r"torch==[\d.]+\+" + r"\w",
}


def test_nothing_points_outside_the_book():
    texts = {}
    for path in tracked():
        if path.suffix in {
            ".py",
            ".md",
            ".txt",
            ".toml",
            ".yml",
            ".yaml",
            ".cff",
            ".cfg",
            ".ipynb",
            ".html",
            ".js",
            "",
        }:
            texts[path] = (ROOT / path).read_text(encoding="utf-8")
    assert Path("Makefile") in texts
    found = [
        f"{path} names {what}: {match.group()}"
        for path, text in texts.items()
        for what, pattern in ELSEWHERE.items()
        if (match := re.search(pattern, text))
        # The tests of notebooks need a path to refuse.
        and not (what == "a path on one machine" and path.is_relative_to("tests"))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("a package index", "see https://pypi" + ".org/simple"),
        ("an index option", "--extra-index-" + "url https://example.org"),
        ("a path on one machine", "open /ro" + "ot/book"),
        ("a build of torch", "torch==2.13.0" + "+cpu"),
    ],
)
def test_what_points_outside_would_be_found(what, text):
    assert re.search(ELSEWHERE[what], text)
