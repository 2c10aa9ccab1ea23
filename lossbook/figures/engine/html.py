"""A stored figure as HTML for the site: complete without JavaScript, moving with it.

What its script needs for the other positions is a text of its own (:func:`figure_data`), which may come
later.
"""

import json
from html import escape

from lossbook.figures.engine import PAYLOAD_VERSION


def figure_html(payload):
    """Return the ``<figure>`` element of one payload: an output's custom mime, complete with its picture.

    A payload that another version of the engine wrote, or that lacks its picture, is a ValueError.
    """
    version = payload.get("version")
    if version != PAYLOAD_VERSION or "svg" not in payload:
        need = f"required a payload of version {PAYLOAD_VERSION} with its picture"
        came = f"got version {version!r} with {sorted(payload)} (make outputs writes it anew)"
        raise ValueError(f"figure {payload.get('name')!r}: {need}; {came}")
    name, alt, parameters = payload["name"], escape(payload["alt"]), payload["parameters"]
    layers = payload.get("layers", {"names": [], "controls": [], "readouts": []})
    moves = bool(parameters or layers["controls"])
    start = 0
    for parameter in parameters:
        start = start * len(parameter["texts"]) + parameter["start"]
    parts = [
        f'<figure class="lossbook-figure" id="figure-{name}">',
        f'<div class="lossbook-picture" role="img" aria-label="{alt}">{payload["svg"]}</div>',
    ]
    if moves:
        controls = _drop_downs(f"figure-{name}--", layers) + "".join(
            _control(f"figure-{name}--{p['name']}", p) for p in parameters
        )
        # Without JavaScript the theme hides this class. If the script showed it, it would push down the rest.
        parts.append(f'<div class="lossbook-controls pst-js-only">{controls}</div>')
    shown = dict.fromkeys(one["start"] for one in layers["controls"] if one["start"] is not None)
    said = [payload["readouts"], *(layers["readouts"][number] for number in shown if layers["readouts"])]
    if payload["readouts"] or layers["readouts"]:
        role = ' role="status"' if moves else ""
        readout = " ".join(sentences[start] for sentences in said if sentences)
        parts.append(f'<p class="lossbook-readout"{role}>{escape(readout)}</p>')
    if moves:
        parts.append(f"<noscript><p>{escape(_without_script(parameters, layers))}</p></noscript>")
    parts.append(f"<figcaption>{escape(payload['caption'])}</figcaption>")
    return "".join([*parts, "</figure>"])


def figure_data(payload):
    """Return what ``static/figure.js`` reads to move the figure, as JSON, or nothing if it stands still."""
    parameters = payload["parameters"]
    if not parameters and "layers" not in payload:
        return ""
    moving = {
        "start": [p["start"] for p in parameters],
        "lengths": [len(p["texts"]) for p in parameters],
        "channels": payload["channels"],
        "strings": payload["strings"],
        "readouts": payload["readouts"],
        "texts": [p["texts"] if p["kind"] == "slider" else [] for p in parameters],
        "units": [p["unit"] for p in parameters],
    }
    moving |= {key: payload[key] for key in ("handles", "layers", "alts") if key in payload}
    return json.dumps(moving, ensure_ascii=False, separators=(",", ":"))


def _control(identifier, parameter):
    label, texts, start = escape(parameter["label"]), parameter["texts"], parameter["start"]
    if parameter["kind"] == "check":
        ticked = " checked" if start else ""
        return (
            f'<p class="lossbook-control"><label class="lossbook-check" for="{identifier}">'
            f'<input type="checkbox" id="{identifier}" autocomplete="off"{ticked}> {label}</label></p>'
        )
    unit = f" ({escape(parameter['unit'])})" if parameter["unit"] else ""
    opening = f'<p class="lossbook-control"><label for="{identifier}">{label}{unit}</label>'
    if parameter["kind"] == "choice":
        return f"{opening} {_select(identifier, enumerate(texts), start)}</p>"
    text = escape(texts[start])
    spoken = f"{text} {escape(parameter['unit'])}".rstrip()
    # Room for the longest value, or the slider's end would move under the reader's hand.
    room = max(map(len, texts))
    return (
        f'{opening}<input type="range" id="{identifier}" min="0" max="{len(texts) - 1}" step="1" '
        f'value="{start}" aria-valuetext="{spoken}" autocomplete="off"> '
        f'<output for="{identifier}" aria-live="off" style="min-width:{room}ch">{text}</output></p>'
    )


def _drop_downs(identifier, layers):
    """One row of drop-downs that choose among layers; the value of an option is the layer's number."""
    cells = []
    for one in layers["controls"]:
        options = [("", "none")] * one["optional"] + list(enumerate(layers["names"]))
        start = "" if one["start"] is None else one["start"]
        name = f"{identifier}{one['name']}"
        cells.append(
            f'<span><label for="{name}">{escape(one["label"])}</label> {_select(name, options, start)}</span>'
        )
    return f'<p class="lossbook-layers">{"".join(cells)}</p>' if cells else ""


def _select(identifier, options, start):
    items = "".join(
        f'<option value="{value}"{" selected" if value == start else ""}>{escape(text)}</option>'
        for value, text in options
    )
    return f'<select id="{identifier}" autocomplete="off">{items}</select>'


def _without_script(parameters, layers):
    ways = [f"{one['label']} ({', '.join(layers['names'])})" for one in layers["controls"]]
    for parameter in parameters:
        texts = parameter["texts"]
        is_slider = parameter["kind"] == "slider"
        where = f"from {texts[0]} to {texts[-1]}" if is_slider else f"({', '.join(texts)})"
        ways.append(f"{parameter['label']} {where} {parameter['unit']}".rstrip())
    return f"The picture shows one position. With JavaScript on you can move {'; '.join(ways)}."
