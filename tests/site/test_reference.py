"""The package's reference: what is read from sources, how code leads there, and that nothing is left out."""

import ast
import re
from pathlib import Path

import lxml.html
import pytest

from lossbook.site import code_links, docstrings, reference, uses
from tests.test_api import SIGNATURES

ROOT = Path(__file__).resolve().parents[2]

SOURCE = '''
def plus(x, *more, base=2.0, axis=-1):
    r"""Add numbers_ up to |x|*.

    .. math:: |x|

    Parameters
    ----------
    x, y : array_like, of 2 * n
        Numbers.

        More of `them`.
    **rest
        Passed on.

    Examples
    --------
    >>> plus(1)
    2
    """
    # Why.
    return x


class Sum:
    """What a sum is."""

    def __init__(self, start, *, times=1):
        pass

    @property
    def size(self):
        """How long it is.

        And more.
        """

    def _hidden(self):
        """Not told."""
'''


@pytest.fixture(scope="module")
def entries():
    nodes = ast.parse(SOURCE).body
    return [docstrings.read_entry("deep.home", node, SOURCE) for node in nodes]


# ---- What is read ------------------------------------------------------------------------------------------


def test_a_function_is_read_with_its_call_sections_and_code(entries):
    plus, total = entries
    assert plus.call == "deep.home.plus(x, *more, base=2.0, axis=-1)"
    assert list(plus.sections) == ["Parameters", "Examples"]
    assert docstrings.items(plus.sections["Parameters"]) == [
        ("x, y : array_like, of 2 * n", "Numbers.\n\nMore of `them`."),
        ("**rest", "Passed on."),
    ]
    assert plus.code == "def plus(x, *more, base=2.0, axis=-1):\n    # Why.\n    return x"
    assert (total.call, total.members) == (
        "deep.home.Sum(start, *, times=1)",
        {"size": "How long it is."},
    )


def test_a_long_call_has_a_line_for_each_argument():
    arguments = ast.parse("def f(first, second=(1, 2), *, third, **rest): pass").body[0].args
    lines = ["f(", "    first,", "    second=(1, 2),", "    *,", "    third,", "    **rest,", ")"]
    assert docstrings.call("f", arguments, width=20) == "\n".join(lines)
    assert docstrings.call("f", arguments) == "f(first, second=(1, 2), *, third, **rest)"


def test_signs_of_the_text_are_no_marks_and_formulas_and_code_stay():
    text = "Up to |x| * numbers_.\n\n.. math:: |x|\n    |y|\n\n``|a|`` and `b_`, |c|"
    marked = "Up to \\|x\\| \\* numbers\\_.\n\n.. math:: |x|\n    |y|\n\n``|a|`` and `b_`, \\|c\\|"
    assert reference.escaped(text) == marked


def test_a_derivative_takes_what_its_loss_takes_and_says_so():
    module = docstrings.read_module("images")
    named = {entry.name: entry for entry in module.entries}
    loss, gradient = named["images.total_variation"], named["images.total_variation_grad"]
    assert reference.loss_of(gradient, module) is loss
    assert reference.loss_of(loss, module) is None
    assert dict(reference.taken_over(gradient, loss)) == {
        "Parameters": "as of :lossbook-entry:`images.total_variation`, and ``epsilon``",
        "Returns": "Of the shape of ``image``, in the loss's unit over that of ``image``.",
    }
    module = docstrings.read_module("regression")
    weight = next(entry for entry in module.entries if entry.name == "regression.huber_weight")
    told = dict(reference.taken_over(weight, reference.loss_of(weight, module)))
    assert told["Returns"] == "Of the shape of ``prediction``, in [0, 1], without unit."


def test_works_are_links_whatever_signs_their_numbers_have(entries):
    doi = "10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2"
    told = dict(
        reference.sources(docstrings.Entry("a.b", "", "", {"References": f"Brier (1950), doi {doi}"}))
    )
    assert "<https://doi.org/10.1175/1520-0493(1950)078%3C0001:VOFEIT%3E2.0.CO;2>`__" in told["Reference"]
    two = {"References": "Naeini et al. (2015), doi 10.1609/aaai.v29i1.9602; Guo (2017), arXiv 1706.04599"}
    text = dict(reference.sources(docstrings.Entry("a.b", "", "", two)))["Reference"]
    assert re.findall("<(.*?)>", text) == [
        "https://doi.org/10.1609/aaai.v29i1.9602",
        "https://arxiv.org/abs/1706.04599",
    ]


def test_the_call_of_another_library_is_code_and_what_is_said_of_it_is_text():
    assert reference.elsewhere("f(g(x), y=1); the mean") == "``f(g(x), y=1)``\\ ; the mean"
    assert reference.elsewhere("R's rlm") == "R's rlm"


@pytest.mark.parametrize(
    ("name", "convex", "metric"),
    [
        ("distances.minkowski", "only for p ≥ 1", "only for p ≥ 1"),
        ("distances.angular_distance", "no", "yes, on directions"),
        ("divergences.kl", "yes", "no"),
        ("divergences.cross_entropy", "yes, in either alone; not in the pair", "no"),
        ("images.total_variation", "only for β ≥ 1", None),
        ("regression.barron", "only for alpha ≥ 1", None),
    ],
)
def test_what_is_true_in_part_is_said_to_be_so(name, convex, metric):
    told = dict(reference.facts(docstrings.Entry(name, "", "", {})))
    assert (told["Convex"], told.get("Metric")) == (convex, metric)


# ---- Names in code -----------------------------------------------------------------------------------------


def test_names_are_followed_through_imports_until_they_are_bound_anew():
    names = uses.Names()
    assert names.read(
        "import numpy as np\nfrom lossbook.vision import features as nets\nnets.load(np.e)"
    ) == {
        "nets.load": "vision.features.load",
        "nets": "vision.features",
        "features": "vision.features",
    }
    assert names.read("from lossbook.regression import huber\nhuber(r).sum()") == {
        "huber": "regression.huber"
    }
    assert names.read("huber(r)\nimport lossbook\nlossbook.data.load") == {
        "huber": "regression.huber",
        "lossbook.data.load": "data.load",
    }
    assert names.read("huber = 1\nhuber(r)") == {}
    assert names.read("from lossbook.figures import huber as nets\nnets.load") == {
        "huber": "figures.huber",
        "nets": "figures.huber",
        "nets.load": "figures.huber.load",
    }
    assert names.read("this is no Python") == {}


def test_a_package_has_what_its_modules_define():
    entries = {"vision.losses.gram_loss": None, "data.load": None}
    assert uses.entry_of(entries, "vision.gram_loss") == "vision.losses.gram_loss"
    assert uses.entry_of(entries, "data.load") == "data.load"
    assert uses.entry_of(entries, "data.save") is None


def test_a_name_is_a_link_where_it_stands_first_and_not_as_an_argument():
    def spans(*tokens):
        return "".join(f'<span class="{"o" if t in ".=" else "n"}">{t}</span>' for t in tokens)

    code = spans("load", "=", "a", ".", "load", "load", "load", "b", ".", "f")
    linked = code_links.with_links(code, {"load": "d.html#load", "b.f": "e.html#f"})
    found = re.findall(r'<a class="code-link" href="([^"]*)">(.*?)</a>', linked)
    assert found == [("d.html#load", spans("load")), ("e.html#f", spans("b", ".", "f"))]
    assert linked.startswith(spans("load", "=", "a", ".", "load") + "<a ")


# ---- The book ----------------------------------------------------------------------------------------------


def pages():
    """Return what the reference's pages name as their modules."""
    found = {}
    for path in sorted((ROOT / "pages/reference").glob("*.md")):
        names = re.search(r"```\{lossbook-(?:reference|overview)\}([^`]*)", path.read_text("utf-8"))[1]
        found[path.stem] = names.split()
    return found


def test_each_module_of_formulas_has_its_page_and_its_place_in_the_overview():
    named = pages()
    overview = named.pop("index")
    assert overview == [
        name for _, names in sorted(named.items(), key=lambda i: overview.index(i[1][0])) for name in names
    ]
    assert {name.partition(".")[0] for name in overview} >= {*SIGNATURES, "data", "catalog", "exercises"}
    toc = (ROOT / "_toc.yml").read_text("utf-8")
    assert [name for name in named if f"file: pages/reference/{name}\n" not in toc] == []


@pytest.mark.browser
def test_every_function_has_its_place_with_what_its_docstring_says(site):
    for page, names in pages().items():
        if page == "index":
            continue
        tree = lxml.html.parse(str(site / f"pages/reference/{page}.html"))
        for module in map(docstrings.read_module, names):
            for entry in module.entries:
                (section,) = tree.xpath(f"//section[@id='{reference.anchor_of(entry.name)}']")
                own = section.text_content()
                assert entry.call.replace(" ", "") in own.replace(" ", ""), entry.name
                assert own.count(">>>") >= entry.sections.get("Examples", "").count(">>>"), entry.name
                shown = {
                    dt.text_content().strip(": ")
                    for dt in section.xpath("./dl[contains(@class, 'facts')]/dt")
                }
                assert shown >= {part for part in reference.PARTS if part in entry.sections}, entry.name
                assert bool(section.xpath("./div[@class='equation']")) == (".. math::" in entry.text), (
                    entry.name
                )


@pytest.mark.browser
def test_code_leads_to_the_reference_and_the_reference_back(site):
    chapter = lxml.html.parse(str(site / "chapters/15_huber.html"))
    addresses = set(chapter.xpath("//a[@class='code-link']/@href"))
    assert "../pages/reference/regression.html#regression-huber" in addresses
    assert "../pages/reference/optimizers.html#optimizers-robust-regression" in addresses
    page = lxml.html.parse(str(site / "pages/reference/regression.html"))
    back = page.xpath("//section[@id='regression-huber']/dl//a/@href")
    assert "../../chapters/15_huber.html#definition" in back
    # Nobody is led to a solution.
    every = page.xpath("//a/@href")
    assert any("#exercise-" in address for address in every)
    assert not any("#solution-" in address for address in every)
