"""Formulas as readable text, from the MathML that the site makes of TeX."""

import pytest

from lossbook.site.formula_text import readable, with_readable_formulas
from lossbook.site.mathml import mathml


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"H_\delta(r) = \tfrac12 r^2", "H_δ(r) = ½ r²"),
        (r"\hat y_i - \bar y \le -\varepsilon", "ŷ_i − ȳ ≤ −ε"),
        # What belongs together stays together: fractions, powers, indices, roots.
        (r"\frac{a}{b} + \frac{a + b}{2c}", "a/b + (a + b)/(2c)"),
        (r"\frac{2}{(i-1)(i+1)}", "2/((i − 1)(i + 1))"),
        (r"e^{-x^2} a_{i+1} x^{-1} A^\top", "e^(−x²) a_(i+1) x⁻¹ Aᵀ"),
        (r"\sum_{i=1}^n x_i y_i", "∑_(i=1)ⁿ x_i y_i"),
        (r"\sqrt{2} \sqrt{1 + x} \sqrt[3]{x}", "√2√(1 + x)³√x"),
        # A function's name is a word; what it is applied to in brackets follows at once.
        (r"\log p_i + 2\log 2 + \max(a, b) + \max_j a_j", "log p_i + 2 log 2 + max(a, b) + max_j a_j"),
        (r"\operatorname{softmax}(a)\,\mathrm{KL}(p\Vert q)", "softmax(a) KL(p‖q)"),
        (r"\begin{cases} 1 & \text{if } a, \\[2pt] 0 & b \end{cases}", "{1 if a; 0 b"),
        (r"\bigl\lVert x \bigr\rVert_2^2, \quad f''(t)", "‖x‖_2², f′′(t)"),
        (r"f(1, 3{,}152)", "f(1, 3,152)"),
        (r"|\cdot|\ \text{and}\ x < 1 \& y", "| ⋅ | and x < 1&y"),
    ],
)
def test_a_formula_reads_like_a_line_of_text(latex, text):
    assert readable(mathml(latex)) == text
    assert readable(mathml(latex, display=True)) == text


def test_formulas_in_a_page_become_text_that_is_no_markup():
    page = f"<p>If <span>{mathml('a < b')}</span>, and <b>{mathml('x^2')}</b>.</p>"
    assert with_readable_formulas(page) == "<p>If <span>a &lt; b</span>, and <b>x²</b>.</p>"
