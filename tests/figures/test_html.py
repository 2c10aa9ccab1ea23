"""A payload as the page's HTML: whole without JavaScript, and safe in it."""

import json

import pytest

from lossbook.figures.engine.html import figure_data, figure_html


def control(kind, texts, unit=""):
    return {"name": kind, "kind": kind, "label": f"the <{kind}>", "unit": unit, "texts": texts, "start": 1}


PAYLOAD = {
    "version": 2,
    "name": "fig",
    "alt": 'What it "shows".',
    "caption": "Look & see.",
    "parameters": [
        control("slider", ["−1", "0"], "m/s"),
        control("choice", ["<a>", "b"]),
        control("check", ["", "on"]),
    ],
    "readouts": [f"Position {n}: x < y." for n in range(8)],
    **{"svg": "<svg></svg>", "channels": [], "strings": []},
}
PARTS = """
<figure class="lossbook-figure" id="figure-fig">
role="img" aria-label="What it &quot;shows&quot;."><svg></svg></div>
<label for="figure-fig--slider">the &lt;slider&gt; (m/s)</label>
<input type="range" id="figure-fig--slider" min="0" max="1" step="1" value="1" aria-valuetext="0 m/s"
<output for="figure-fig--slider" aria-live="off" style="min-width:2ch">0</output>
<option value="0">&lt;a&gt;</option><option value="1" selected>b</option>
id="figure-fig--check" autocomplete="off" checked> the &lt;check&gt;</label>
<p class="lossbook-readout" role="status">Position 7: x &lt; y.</p>
you can move the &lt;slider&gt; from −1 to 0 m/s; the &lt;choice&gt; (&lt;a&gt;, b); the &lt;check&gt; (, on).
<figcaption>Look &amp; see.</figcaption>
"""


def test_the_page_is_whole_without_javascript_and_stands_at_the_start():
    html = figure_html(PAYLOAD)
    assert [part for part in PARTS.strip().split("\n") if part not in html] == []
    still = figure_html(PAYLOAD | {"parameters": []})
    assert '<p class="lossbook-readout">Position 0: x &lt; y.</p>' in still
    assert [word for word in ("<input", "<script", "<noscript", "lossbook-controls") if word in still] == []
    assert "lossbook-readout" not in figure_html(PAYLOAD | {"parameters": [], "readouts": []})


def test_what_moves_a_figure_is_text_of_its_own():
    assert json.loads(figure_data(PAYLOAD))["start"] == [1, 1, 1]
    assert figure_data(PAYLOAD | {"parameters": []}) == ""


def test_handles_reach_the_script_where_there_are_any():
    handles = [{"p": [0], "s": [0, 0], "x": [1, 2], "y": [3, 4]}]
    assert json.loads(figure_data(PAYLOAD | {"handles": handles}))["handles"] == handles
    assert "handles" not in json.loads(figure_data(PAYLOAD))


def test_alternative_texts_of_positions_reach_the_script_where_there_are_any():
    assert json.loads(figure_data(PAYLOAD | {"alts": ["A", "B"]}))["alts"] == ["A", "B"]
    assert "alts" not in json.loads(figure_data(PAYLOAD))


@pytest.mark.parametrize("wrong", [{"version": 1}, {"version": None}, {"svg": None}])
def test_another_version_and_a_missing_picture_are_refused(wrong):
    payload = {key: value for key, value in (PAYLOAD | wrong).items() if value is not None}
    said = r"figure 'fig': required a payload of version 2 with its picture; got version .* \(make outputs"
    with pytest.raises(ValueError, match=said):
        figure_html(payload)
