"""A site without solutions has no piece of one anywhere; one with them has them in their folds alone."""

import json
import re
import shutil
from types import SimpleNamespace

import pytest
from sphinx.errors import ExtensionError

from lossbook.site import leaks, solutions

TASKS = "chapters/98_huber"
#: A solution on a page; the next exercise, or what follows, is no part of it.
FOLD = re.compile(
    r'<details class="solution\b.*?<a [^>]*>Back to exercise [\d.]+</a></p>\s*</div>\s*</details>', re.DOTALL
)


def cell(source, kind="markdown", role="solution", **more):
    metadata = {"lossbook": {"exercise": "15.2", "role": role}} if role else {}
    return {"cell_type": kind, "metadata": metadata, "source": source, **more}


def sources(folder):
    """The pages of a book that was built in a folder."""
    pages = re.findall(r"(?:file|root): (\S+)", (folder / "_toc.yml").read_text("utf-8"))
    paths = [folder / f"{page}{ending}" for page in pages for ending in (".md", ".ipynb")]
    return [path for path in paths if path.exists()]


# ---- What is looked for ------------------------------------------------------------------------------------


@pytest.fixture
def book(tmp_path):
    """The pieces of a small book's solutions, and a folder for its site."""
    shown = [{"output_type": "stream", "name": "stdout", "text": ["the answer is 42.17\n"]}]
    cells = [
        cell("Say it. What *everybody* may know, and more.", role="prompt"),
        cell(
            "Take the derivative of $\\tfrac{r^2}{2\\delta}$, and see {eq}`x` that it's flat.\n"
            "What everybody may know, and more."
        ),
        cell("def slope_solution(r):\n    return np.clip(r, -1, 1)\n\n\nx = 1", "code", outputs=shown),
    ]
    (tmp_path / "a.ipynb").write_text(json.dumps({"cells": cells}), "utf-8")
    (tmp_path / "index.md").write_text("Words of the book.", "utf-8")
    (tmp_path / "site").mkdir()
    return leaks.secret(sorted(tmp_path.glob("*.*"))), tmp_path / "site"


def test_what_is_said_elsewhere_or_gives_nothing_away_is_no_secret(book):
    secret, _ = book
    assert list(secret) == [
        *("Takethederivativeof", "tfracr22delta"),
        *("theansweris4217", "defslopesolutionr", "returnnpclipr11", "slopesolution"),
    ]
    assert set(secret.values()) == {"15.2"}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.html", "<p>Take the <em>deriv</em>ative\nof</p>"),
        ("a.html", '<math alttext="\\tfrac{r^2}{2\\delta}"><mi>r</mi></math>'),
        ("a.html", '<span class="k">def</span> <span class="nf">slope_solution</span><span>(</span>r'),
        ("a.html", '<meta name="description" content="Take the derivative of it">'),
        ("search-index.js", "const I = '[[\"Take the derivative of\"]]'"),
        ("_static/lossbook-figure/data/a.js", 'x = "<text x=\\"1\\">The answer is 42.17</text>"'),
        ("_sources/a.ipynb", json.dumps({"cells": [cell("The answer is **42.17**", role=None)]})),
        ("_sources/a.md", "The answer is 42.17"),
    ],
)
def test_a_piece_is_found_in_every_kind_of_file(book, name, text):
    secret, site = book
    path = site / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("<p>What everybody may know, and more.</p>" if name == "a.html" else "{}", "utf-8")
    if path.suffix == ".ipynb":
        path.write_text('{"cells": []}', "utf-8")
    assert leaks.left(site, secret) == []
    path.write_text(text.replace("The answer", "the answer"), "utf-8")
    assert all(
        line.startswith(f"{name} has of the solution to exercise 15.2: ") for line in leaks.left(site, secret)
    )
    assert leaks.left(site, secret)


def test_references_to_solutions_become_words():
    text = "See {ref}`solution-15-2`, {ref}`how <solution-2-10>` and {ref}`exercise-15-2`."
    assert solutions.without_references(text) == (
        "See the solution to {ref}`exercise-15-2`, how and {ref}`exercise-15-2`."
    )


def test_the_switch_is_yes_or_no_and_nothing_else(monkeypatch):
    for said, wanted in ((None, True), ("", True), ("yes", True), ("no", False)):
        monkeypatch.delenv("SOLUTIONS", raising=False)
        if said is not None:
            monkeypatch.setenv("SOLUTIONS", said)
        assert solutions.asked_for() is wanted
    monkeypatch.setenv("SOLUTIONS", "No")
    with pytest.raises(ExtensionError, match="SOLUTIONS must be yes or no; got 'No'"):
        solutions.asked_for()


# ---- Sites that are built ----------------------------------------------------------------------------------


@pytest.mark.browser
def test_a_teachers_own_copy_has_no_piece_of_a_solution(sample, unsolved):
    secret = leaks.secret(sources(unsolved.parents[1]))
    assert len(secret) >= 5
    assert leaks.left(unsolved, secret) == []
    found = leaks.left(sample, secret)  # the same pieces are there with the switch left alone
    assert {line.split()[0] for line in found} >= {f"{TASKS}.html", f"_sources/{TASKS}-with-solutions.ipynb"}
    html = (unsolved / f"{TASKS}.html").read_text("utf-8")
    assert not re.search("solution-|-with-solutions|Go to solution|Solution to", html)
    opening = html[html.index("<p>See ") :].partition("</p>")[0]
    assert re.sub(r"<[^>]*>", "", opening) == "See Exercise 15.2 and the solution to Exercise 15.2."
    data = unsolved / f"_static/lossbook-figure/data/{TASKS}.js"  # a figure stands in the solution
    assert (sample / data.relative_to(unsolved)).exists()
    assert not data.exists()


@pytest.mark.browser
def test_a_site_with_what_an_earlier_build_left_is_refused(unsolved, tmp_path):
    env = SimpleNamespace(found_docs=sources(unsolved.parents[1]), doc2path=str)
    builder = SimpleNamespace(format="html")
    app = SimpleNamespace(
        config={solutions.OPTION: False}, env=env, builder=builder, outdir=tmp_path / "site"
    )
    shutil.copytree(unsolved, app.outdir)
    solutions.refuse_leaks(app, None)
    (app.outdir / "old.html").write_text("<p>def max_<b>solution</b>(a, b)</p>", "utf-8")
    with pytest.raises(
        ExtensionError, match=r"old\.html has of the solution to exercise 15\.2: defmaxsolutionab"
    ):
        solutions.refuse_leaks(app, None)
    app.config = {solutions.OPTION: True}
    solutions.refuse_leaks(app, None)


@pytest.mark.browser
def test_the_public_site_has_solutions_in_their_folds_alone(site):
    """And in the notebooks that say so, and as words of the search's entries for them."""
    secret = leaks.secret(sources(site.parents[1]))
    pages = {path: path.read_text("utf-8") for path in site.glob("**/*.html")}
    folds = {path: len(FOLD.findall(page)) for path, page in pages.items()}
    outside = {path: leaks.squeezed(leaks.READ[".html"](FOLD.sub("", page))) for path, page in pages.items()}
    assert sum(folds.values()) == sum(page.count('<details class="solution') for page in pages.values()) > 80
    assert [(path.name, piece) for path, said in outside.items() for piece in secret if piece in said] == []
    for path in site.glob("_sources/**/*.ipynb"):
        said = leaks.squeezed(leaks.READ[".ipynb"](path.read_text("utf-8")))
        assert any(piece in said for piece in secret) == path.stem.endswith("-with-solutions"), path.name
    index = (site / "search-index.js").read_text("utf-8")
    index = json.loads(re.sub(r"\\(['\\])", r"\1", index.partition("'")[2].rpartition("'")[0]))
    for _, _, sections in index:
        for _, anchor, *said in sections:
            text = leaks.squeezed(" ".join(map(str, said)))
            assert anchor.startswith("solution-") or not [piece for piece in secret if piece in text], anchor
