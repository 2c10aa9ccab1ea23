"""A payload as the page's HTML: whole without JavaScript, and safe in it."""

import pytest

from lossbook.figures.engine.html import figure_html


def control(kind, texts, unit=""):
    return {"name": kind, "kind": kind, "label": f"the <{kind}>", "unit": unit, "texts": texts, "start": 1}


PAYLOAD = {
    "version": 2,
    "name": "fig",
    "alt": 'What it "shows".',
    "caption": "What to look for & why.",
    "parameters": [
        control("slider", ["−1", "0", "1"], "m/s"),
        control("choice", ["<a>", "b"]),
        control("check", ["off", "on"]),
    ],
    "readouts": [f"Position {n}: x < y." for n in range(12)],
    "svg": '<svg class="lossbook-svg"><path d="M0 0"/></svg>',
    "channels": [{"n": 1, "a": "d", "p": "M# 0", "v": [[0, 1] * 6]}],
    "strings": [],
}
STILL = PAYLOAD | {"parameters": [], "readouts": PAYLOAD["readouts"][:1], "channels": []}


@pytest.mark.parametrize(
    "part",
    [
        '<figure class="lossbook-figure mathjax_ignore tex2jax_ignore" id="figure-fig">',
        f'role="img" aria-label="What it &quot;shows&quot;.">{PAYLOAD["svg"]}</div>',
        "<figcaption>What to look for &amp; why.</figcaption>",
        # The second of three, the second of two, ticked: 1 · 4 + 1 · 2 + 1.
        '<p class="lossbook-readout" role="status">Position 7: x &lt; y.</p>',
        "<noscript><p>The picture shows one position. With JavaScript on you can move the &lt;slider&gt; "
        "from −1 to 1 m/s; the &lt;choice&gt; (&lt;a&gt;, b); the &lt;check&gt; (off, on).</p></noscript>",
        '<div class="lossbook-controls" hidden>',
        '<label for="figure-fig--slider">the &lt;slider&gt; (m/s)</label> '
        '<output for="figure-fig--slider" aria-live="off">0</output>'
        '<input type="range" id="figure-fig--slider" min="0" max="2" step="1" value="1" '
        'aria-valuetext="0 m/s" autocomplete="off">',
        '<option value="0">&lt;a&gt;</option><option value="1" selected>b</option>',
        'id="figure-fig--check" autocomplete="off" checked> the &lt;check&gt;</label>',
    ],
)
def test_the_page_is_whole_without_javascript_and_its_controls_stand_at_the_start(part):
    assert part in figure_html(PAYLOAD)


def test_a_figure_that_stands_still_has_no_controls():
    html = figure_html(STILL)
    assert '<p class="lossbook-readout">Position 0: x &lt; y.</p>' in html
    assert not [word for word in ("<input", "<script", "<noscript", "lossbook-controls") if word in html]
    assert "lossbook-readout" not in figure_html(STILL | {"readouts": []})


def test_nothing_in_a_payload_can_close_its_script():
    html = figure_html(PAYLOAD | {"readouts": ["</script><b>"] * 12})
    assert (html.count("</script>"), html.count("<b>")) == (1, 0)


@pytest.mark.parametrize("wrong", [{"version": 1}, {"version": None}, {"svg": None}])
def test_another_version_and_a_missing_picture_are_refused(wrong):
    payload = {key: value for key, value in (PAYLOAD | wrong).items() if value is not None}
    said = r"figure 'fig': required a payload of version 2 with its picture; got version .* \(make outputs"
    with pytest.raises(ValueError, match=said):
        figure_html(payload)
