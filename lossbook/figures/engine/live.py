"""The figure in a live session: ipywidgets that call the same draw function, and a still for later.

A saved notebook holds of a widget no more than its number, and whoever opens it without its kernel is told
that there is no such widget. So a still is displayed after the widget. Its style sheet hides it while the
widget is there, and hides what stands in the widget's place when it is not.
"""

import base64
import html

from lossbook.figures.engine.parameters import Check, Choice, Layers, alternative

WIDGET_VIEW_MIME = "application/vnd.jupyter.widget-view+json"

#: What is to be done to move a still, with the widgets' package and without.
RUN_AGAIN = "To move this figure, run its cell."
INSTALL_WIDGETS = "To move this figure, run %pip install ipywidgets in a cell, and restart the kernel."

# JupyterLab says in the widget's place that it loads, or that there is none: text alone, no element.
_STYLE = """\
body:has(.lossbook-live-{key}) .lossbook-still-{key} {{ display: none; }}
.jp-OutputArea-child:not(:has(.widget-box)):has(+ .jp-OutputArea-child .lossbook-still-{key}) {{
  display: none;
}}"""


def live_outputs(canvas, grid, *, caption, alt, picture, readout):
    """Return the widget of a figure as it is displayed, if there can be one, and the HTML of its still.

    Returns
    -------
    view : dict or None
        The mime bundle of the widget, or None where ipywidgets is not installed.
    still : str
        Picture, sentence, caption and how to make it move; invisible while the widget is there.
    """
    words = {"caption": caption, "picture": picture, "readout": readout}
    first = alternative(alt, grid.first)
    try:
        box = widget(canvas, grid, alt=alt, **words)
    except ImportError:
        return None, _still(**words, alt=first, hint=INSTALL_WIDGETS)
    key = box.model_id
    box.add_class(f"lossbook-live-{key}")
    style = f"<style>{_STYLE.format(key=key)}</style>"
    # Where widgets are not shown at all, nothing is to stand in its place: the still says everything.
    view = {WIDGET_VIEW_MIME: box._repr_mimebundle_()[WIDGET_VIEW_MIME], "text/plain": ""}
    return view, style + _still(**words, alt=first, hint=RUN_AGAIN, name=f"lossbook-still-{key}")


def _still(*, picture, readout, caption, alt, hint, name="lossbook-still"):
    parts = [_image(picture, alt), f"<p>{html.escape(readout)}</p>" if readout else "", _small(caption)]
    return f'<div class="{name}">{"".join(parts)}<br>{_small(hint)}</div>'


def widget(canvas, grid, *, caption, alt, picture, readout):
    """Return a box of controls, the first `picture` with its `readout`, and the caption; every move redraws.

    An exception in `draw` is shown under the picture, which then stays as it was.
    """
    import ipywidgets

    layers = {name: _control(layer) for name, layer in grid.layers.items()}
    controls = {name: _control(parameter) for name, parameter in grid.parameters.items()}
    image = ipywidgets.HTML(_image(picture, alternative(alt, grid.first)))
    sentence = ipywidgets.HTML(_sentence(readout))

    def redraw(_change):
        values = {name: control.value for name, control in controls.items()}
        try:
            picture, readout = canvas.png(values, [control.value for control in layers.values()])
        except RuntimeError as error:
            sentence.value = _sentence(str(error))
            return
        image.value = _image(picture, alternative(alt, values))
        sentence.value = _sentence(readout)

    for control in (*layers.values(), *controls.values()):
        control.observe(redraw, names="value")
    words = ipywidgets.HTML(_small(caption))
    return ipywidgets.VBox([*layers.values(), *controls.values(), image, sentence, words])


def _control(parameter):
    import ipywidgets

    label = parameter.label + (f" ({parameter.unit})" if parameter.unit else "")
    look = {"description": label, "layout": ipywidgets.Layout(width="min(40em, 95%)")}
    look["value"] = parameter.values[parameter.start]
    if isinstance(parameter, Check):
        return ipywidgets.Checkbox(indent=False, **look)
    kind = ipywidgets.Dropdown if isinstance(parameter, Choice | Layers) else ipywidgets.SelectionSlider
    options = [(parameter.text(value), value) for value in parameter.values]
    return kind(options=options, style={"description_width": "initial"}, **look)


def _image(picture, alt):
    address = f"data:image/png;base64,{base64.b64encode(picture).decode()}"
    return f'<img src="{address}" alt="{html.escape(alt)}" style="max-width:100%;width:640px">'


def _sentence(readout):
    return f"<p role='status'>{html.escape(readout or '')}</p>"


def _small(words):
    return f"<small>{html.escape(words)}</small>"
