"""A payload as the page's HTML: whole without JavaScript, and safe in it."""

import pytest

from lossbook.figures.engine.html import figure_html


def control(kind, texts, start=0, unit=""):
    return {
        "name": kind,
        "kind": kind,
        "label": f"the <{kind}>",
        "unit": unit,
        "texts": texts,
        "start": start,
    }


PAYLOAD = {
    "version": 2,
    "name": "some-figure",
    "alt": 'What it "shows".',
    "caption": "What to look for & why.",
    "parameters": [
        control("slider", ["−1", "0", "1"], start=1, unit="m/s"),
        control("choice", ["<a>", "b"], start=1),
        control("check", ["off", "on"], start=1),
    ],
    "readouts": [f"Position {n}: x < y." for n in range(12)],
    "svg": '<svg class="lossbook-svg"><path d="M0 0"/></svg>',
    "channels": [{"n": 1, "a": "d", "p": "M# 0", "v": [[0, 1] * 6]}],
    "strings": [],
}
STILL = PAYLOAD | {"parameters": [], "readouts": PAYLOAD["readouts"][:1], "channels": []}


def test_the_page_is_whole_without_javascript():
    picture, rest = figure_html(PAYLOAD).split("</svg>")
    assert '<figure class="lossbook-figure mathjax_ignore tex2jax_ignore" id="figure-some-figure">' in picture
    assert 'role="img" aria-label="What it &quot;shows&quot;."' in picture
    assert "<figcaption>What to look for &amp; why.</figcaption>" in rest
    # The second of three, the second of two, ticked: 1 · 4 + 1 · 2 + 1.
    assert '<p class="lossbook-readout" role="status">Position 7: x &lt; y.</p>' in rest
    assert (
        "<noscript><p>The picture shows one position. With JavaScript on you can move the &lt;slider&gt; "
        "from −1 to 1 m/s; the &lt;choice&gt; (&lt;a&gt;, b); the &lt;check&gt; (off, on).</p></noscript>"
        in rest
    )
    assert '<div class="lossbook-controls" hidden>' in rest


def test_controls_have_labels_and_stand_at_the_start():
    html = figure_html(PAYLOAD)
    assert (
        '<label for="figure-some-figure--slider">the &lt;slider&gt; (m/s)</label> '
        '<output for="figure-some-figure--slider" aria-live="off">0</output>'
        '<input type="range" id="figure-some-figure--slider" min="0" max="2" step="1" value="1" '
        'aria-valuetext="0 m/s" autocomplete="off">' in html
    )
    assert '<option value="0">&lt;a&gt;</option><option value="1" selected>b</option>' in html
    assert 'id="figure-some-figure--check" autocomplete="off" checked> the &lt;check&gt;</label>' in html


def test_a_figure_that_stands_still_has_no_controls():
    html = figure_html(STILL)
    for absent in ("<input", "<script", "<noscript", "lossbook-controls", 'role="status"'):
        assert absent not in html
    assert "Position 0: x &lt; y." in html
    assert "lossbook-readout" not in figure_html(STILL | {"readouts": []})


def test_nothing_in_a_payload_can_close_its_script():
    html = figure_html(PAYLOAD | {"readouts": ["</script><b>"] * 12})
    assert html.count("</script>") == 1
    assert "<b>" not in html


@pytest.mark.parametrize("wrong", [{"version": 1}, {"version": None}, {"svg": None}])
def test_another_version_and_a_missing_picture_are_refused(wrong):
    payload = {key: value for key, value in (PAYLOAD | wrong).items() if value is not None}
    said = "figure 'some-figure': required a payload of version 2 with its picture; got version .* with "
    with pytest.raises(ValueError, match=said + r"\['alt', .*\] \(make outputs writes it anew\)"):
        figure_html(payload)
