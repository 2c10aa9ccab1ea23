"""MyST as plain Markdown: what the site makes of roles and labels is said in words."""

import nbformat
import pytest

from lossbook.notebooks.plain import plain, works_in

new = nbformat.v4
WORKS = {
    "huber1964": ("Huber", "1964", "https://doi.org/10.1"),
    "old": ("Gauss and Legendre", "1809", ""),
}


def said(*sources):
    """What Markdown cells say in plain Markdown, and what a cell of code says."""
    notebook = new.new_notebook(cells=[*map(new.new_markdown_cell, sources), new.new_code_cell("{eq}`kept`")])
    before = str(notebook)
    *prose, code = (cell.source for cell in plain(notebook, WORKS).cells)
    assert (str(notebook), code) == (before, "{eq}`kept`")
    return prose


def test_equations_bear_their_numbers_and_are_named_by_them_before_and_after():
    first, second = said(
        "By {eq}`two`:\n\n$$\na = b\n$$ (one)\n\nand $$c$$ alone.",
        "- so\n\n  $$\n  x\n  $$ (two)\n\nand {eq}`one`",
    )
    assert first == "By (2):\n\n$$\na = b \\tag{1}\n$$\n\nand $$c$$ alone."
    assert second == "- so\n\n  $$\n  x \\tag{2}\n  $$\n\nand (1)"


@pytest.mark.parametrize(
    ("source", "plainly"),
    [
        ("{cite:t}`huber1964` says", "[Huber (1964)](https://doi.org/10.1) says"),
        ("it is {cite}`huber1964`.", "it is ([Huber, 1964](https://doi.org/10.1))."),
        ("{cite}`huber1964,old`", "([Huber, 1964](https://doi.org/10.1); Gauss and Legendre, 1809)"),
        ("{cite}`unknown`", "(unknown)"),
        ("see {ref}`exercise-15-2`", "see exercise 15.2"),
        ("{ref}`solution-1-3`", "the solution of exercise 1.3"),
        ("Trap\n: the scale\n\n`When`\n: always", "- **Trap:** the scale\n\n- **`When`:** always"),
        ("a `{dict}` and {set}", "a `{dict}` and {set}"),
    ],
)
def test_roles_and_lists_are_words(source, plainly):
    assert said(source) == [plainly]


def test_works_are_read_with_names_year_and_address(tmp_path):
    entries = [
        "@book{a, author={van der Vaart, A. and {Le} Cam, L.}, title={T}, year={2000}, isbn={1}}",
        "@misc{b, author={A, B. and C, D. and E, F.}, title={T}, year={2017}, eprint={1701.04862}}",
        "@article{c, author={A, B.}, title={T}, year={1950}, doi={10.1175/0(1950)7<1:V>2.0;2}}",
    ]
    (tmp_path / "works.bib").write_text("\n".join(entries), encoding="utf-8")
    assert works_in(tmp_path / "works.bib") == {
        "a": ("van der Vaart and Le Cam", "2000", ""),
        "b": ("A et al.", "2017", "https://arxiv.org/abs/1701.04862"),
        "c": ("A", "1950", "https://doi.org/10.1175/0%281950%297%3C1%3AV%3E2.0%3B2"),
    }
