"""The figure in a live session: ipywidgets that call the same draw function."""

from __future__ import annotations

import base64
import html
from typing import Any

from .display import figure_name, still
from .parameters import Check, Choice, Grid, Parameter
from .svg import Canvas


def live_bundle(
    canvas: Canvas, grid: Grid, *, caption: str, alt: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The widget, with the still picture beside it for front ends that have no widgets."""
    picture, readout = still(canvas, grid)
    data: dict[str, Any] = {
        "image/png": base64.b64encode(picture).decode(),
        "text/plain": f"Figure {figure_name(canvas.draw)}: {alt}",
    }
    if grid.parameters:
        box = widget(canvas, grid, caption=caption, alt=alt, picture=picture, readout=readout)
        data = box._repr_mimebundle_() | data
    return data, {"image/png": {"alt": alt}}


def widget(canvas: Canvas, grid: Grid, *, caption: str, alt: str, picture: bytes, readout: str | None):
    """A box of controls, picture, readout and caption; every move redraws.

    An exception in `draw` is shown under the picture, which then stays as it was.
    """
    import ipywidgets

    controls = {name: _control(parameter) for name, parameter in grid.parameters.items()}
    image = ipywidgets.HTML(_image(picture, alt))
    sentence = ipywidgets.HTML(_sentence(readout))

    def redraw(_change=None) -> None:
        values = {name: control.value for name, control in controls.items()}
        try:
            new_picture, new_readout = canvas.png(values)
        except Exception as error:
            sentence.value = _sentence(f"{type(error).__name__} at {grid.describe(values)}: {error}")
            return
        image.value = _image(new_picture, alt)
        sentence.value = _sentence(new_readout)

    for control in controls.values():
        control.observe(redraw, names="value")
    return ipywidgets.VBox(
        [*controls.values(), image, sentence, ipywidgets.HTML(f"<small>{html.escape(caption)}</small>")]
    )


def _control(parameter: Parameter):
    import ipywidgets

    style = {"description_width": "initial"}
    layout = ipywidgets.Layout(width="min(40em, 95%)")
    value = parameter.values[parameter.start]
    label = parameter.label + (f" ({parameter.unit})" if getattr(parameter, "unit", "") else "")
    if isinstance(parameter, Check):
        return ipywidgets.Checkbox(value=value, description=label, indent=False, layout=layout)
    options = [(parameter.text(option), option) for option in parameter.values]
    kind = ipywidgets.Dropdown if isinstance(parameter, Choice) else ipywidgets.SelectionSlider
    return kind(options=options, value=value, description=label, style=style, layout=layout)


def _image(picture: bytes, alt: str) -> str:
    address = f"data:image/png;base64,{base64.b64encode(picture).decode()}"
    return f'<img src="{address}" alt="{html.escape(alt)}" style="max-width:100%;width:640px">'


def _sentence(readout: str | None) -> str:
    return f"<p role='status'>{html.escape(readout or '')}</p>"
