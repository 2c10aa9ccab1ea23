"""The figure in a live session: ipywidgets that call the same draw function."""

import base64
import html

from lossbook.figures.engine.parameters import Check, Choice, alternative


def widget(canvas, grid, *, caption, alt, picture, readout):
    """Return a box of controls, the first `picture` with its `readout`, and the caption; every move redraws.

    An exception in `draw` is shown under the picture, which then stays as it was.
    """
    import ipywidgets

    controls = {name: _control(parameter) for name, parameter in grid.parameters.items()}
    image = ipywidgets.HTML(_image(picture, alternative(alt, grid.first)))
    sentence = ipywidgets.HTML(_sentence(readout))

    def redraw(_change):
        values = {name: control.value for name, control in controls.items()}
        try:
            picture, readout = canvas.png(values)
        except RuntimeError as error:
            sentence.value = _sentence(str(error))
            return
        image.value = _image(picture, alternative(alt, values))
        sentence.value = _sentence(readout)

    for control in controls.values():
        control.observe(redraw, names="value")
    words = ipywidgets.HTML(f"<small>{html.escape(caption)}</small>")
    return ipywidgets.VBox([*controls.values(), image, sentence, words])


def _control(parameter):
    import ipywidgets

    label = parameter.label + (f" ({parameter.unit})" if parameter.unit else "")
    look = {"description": label, "layout": ipywidgets.Layout(width="min(40em, 95%)")}
    look["value"] = parameter.values[parameter.start]
    if isinstance(parameter, Check):
        return ipywidgets.Checkbox(indent=False, **look)
    kind = ipywidgets.Dropdown if isinstance(parameter, Choice) else ipywidgets.SelectionSlider
    options = [(parameter.text(value), value) for value in parameter.values]
    return kind(options=options, style={"description_width": "initial"}, **look)


def _image(picture, alt):
    address = f"data:image/png;base64,{base64.b64encode(picture).decode()}"
    return f'<img src="{address}" alt="{html.escape(alt)}" style="max-width:100%;width:640px">'


def _sentence(readout):
    return f"<p role='status'>{html.escape(readout or '')}</p>"
