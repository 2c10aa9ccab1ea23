"""A stored figure as HTML for the site: complete without JavaScript, moving with it."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping
from typing import Any

#: Keys of a payload that say how the picture looks and moves.
MOVING = ("svg", "channels", "table", "order")


def figure_html(payload: Mapping[str, Any]) -> str:
    """The ``<figure>`` element of one payload.

    Parameters
    ----------
    payload : mapping
        The custom mime of `lossbook.figures.engine.display.bundle`, with the keys `MOVING` merged in from the
        output's metadata if the figure is a measured one.

    Raises
    ------
    ValueError
        If the payload was written by another version of the engine or lacks its picture.
    """
    if payload.get("version") != 1 or "svg" not in payload:
        raise ValueError(
            f"figure {payload.get('name')!r}: required a payload of version 1 with its picture; "
            f"got version {payload.get('version')!r} with {sorted(payload)} (make outputs writes it anew)"
        )
    name, parameters = payload["name"], payload["parameters"]
    start = 0
    for parameter in parameters:
        start = start * len(parameter["texts"]) + parameter["start"]
    alt = html.escape(payload["alt"])
    parts = [
        f'<figure class="lossbook-figure mathjax_ignore tex2jax_ignore" id="figure-{name}">',
        f'<div class="lossbook-picture" role="img" aria-label="{alt}">{payload["svg"]}</div>',
    ]
    if parameters:
        controls = "".join(_control(f"figure-{name}--{p['name']}", p) for p in parameters)
        parts.append(f'<div class="lossbook-controls" hidden>{controls}</div>')
    if payload["readouts"]:
        role = ' role="status"' if parameters else ""
        parts.append(f'<p class="lossbook-readout"{role}>{html.escape(payload["readouts"][start])}</p>')
    if parameters:
        parts.append(f"<noscript><p>{html.escape(_without_script(parameters))}</p></noscript>")
    parts.append(f"<figcaption>{html.escape(payload['caption'])}</figcaption>")
    if parameters:
        moving = {
            "lengths": [len(p["texts"]) for p in parameters],
            "channels": payload["channels"],
            "table": payload["table"],
            "order": payload["order"],
            "readouts": payload["readouts"],
            "texts": [p["texts"] if p["kind"] == "slider" else [] for p in parameters],
            "units": [p["unit"] for p in parameters],
        }
        text = json.dumps(moving, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
        parts.append(f'<script type="application/json">{text}</script>')
    parts.append("</figure>")
    return "".join(parts)


def _control(identifier: str, parameter: Mapping[str, Any]) -> str:
    label, texts, start = html.escape(parameter["label"]), parameter["texts"], parameter["start"]
    if parameter["kind"] == "check":
        ticked = " checked" if start else ""
        return (
            f'<p class="lossbook-control"><label class="lossbook-check" for="{identifier}">'
            f'<input type="checkbox" id="{identifier}" autocomplete="off"{ticked}> {label}</label></p>'
        )
    unit = f" ({html.escape(parameter['unit'])})" if parameter["unit"] else ""
    opening = f'<p class="lossbook-control"><label for="{identifier}">{label}{unit}</label>'
    if parameter["kind"] == "choice":
        options = "".join(
            f'<option value="{i}"{" selected" if i == start else ""}>{html.escape(text)}</option>'
            for i, text in enumerate(texts)
        )
        return f'{opening} <select id="{identifier}" autocomplete="off">{options}</select></p>'
    text = html.escape(texts[start])
    spoken = f"{text} {html.escape(parameter['unit'])}".rstrip()
    return (
        f'{opening} <output for="{identifier}" aria-live="off">{text}</output>'
        f'<input type="range" id="{identifier}" min="0" max="{len(texts) - 1}" step="1" value="{start}" '
        f'aria-valuetext="{spoken}" autocomplete="off"></p>'
    )


def _without_script(parameters: list[Mapping[str, Any]]) -> str:
    ways = []
    for parameter in parameters:
        texts = parameter["texts"]
        where = (
            f"from {texts[0]} to {texts[-1]}" if parameter["kind"] == "slider" else f"({', '.join(texts)})"
        )
        ways.append(f"{parameter['label']} {where} {parameter['unit']}".rstrip())
    return f"The picture shows one position. With JavaScript on you can move {'; '.join(ways)}."
