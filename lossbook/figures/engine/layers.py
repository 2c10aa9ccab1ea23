"""Layers: what a reader shows and hides without moving to another position.

`draw` paints all of them in each position; an artist belongs to one by its gid, ``lossbook:layer:NAME``. So
the positions that are stored do not multiply by what can be chosen: they are those of the other parameters.
Chosen layers and others differ by one attribute, ``visibility``, which nothing else in a picture uses.
"""

from collections.abc import Mapping

MARK = "layer:"
GID = f"lossbook:{MARK}"


def hide_artists(figure, shown):
    """Hide the artists of all layers of a matplotlib figure but those in `shown`."""
    for artist in figure.findobj(lambda artist: (artist.get_gid() or "").startswith(GID)):
        if artist.get_gid().removeprefix(GID) not in shown:
            artist.set_visible(False)


def layer_of(node):
    """Return the name of the layer that an element of a drawn position is of, or None."""
    artist = node.attributes.get("data-artist", "")
    return artist.removeprefix(MARK) if artist.startswith(MARK) else None


def hide(frame, shown):
    """Hide all layers of a drawn position but those in `shown`, and return the names of all."""
    found = set()
    for node in frame.body.walk():
        name = layer_of(node)
        if name is not None:
            found.add(name)
            if name not in shown:
                node.attributes["visibility"] = "hidden"
    return found


def joined(readout, shown):
    """Return what is read aloud when these layers are `shown`: a text, or None if nothing is."""
    if not isinstance(readout, Mapping):
        return readout
    said = [readout[name] for name in dict.fromkeys(("", *shown)) if readout.get(name)]
    return " ".join(said) or None


def layers(frames, grid):
    """Return the part ``layers`` of a payload, and hide in each position what is not seen first.

    It has ``names``; ``controls``, the drop-downs, each with the words for it and ``start``, the number of
    the layer that it chooses first (None for none); and ``readouts``, of each layer its sentences at all
    positions, empty where there are none. A layer that is never drawn, an artist of none of the layers, and a
    mapping of sentences that does not have one for each layer are a ValueError.
    """
    found = set().union(*(hide(frame, grid.shown) for frame in frames))
    if found != set(grid.names):
        need = "each of the Layers must be drawn at some position, and no other"
        raise ValueError(f"{need}; required {sorted(grid.names)}, got {sorted(found)}")
    told = [frame.readout if isinstance(frame.readout, Mapping) else {} for frame in frames]
    for readout in told if any(told) else ():
        if set(readout) - {""} != set(grid.names):
            raise ValueError(f"required a sentence for each layer, {list(grid.names)}; got {list(readout)}")
    controls = [
        {
            "name": name,
            "label": layer.label,
            "optional": layer.optional,
            "start": grid.names.index(layer.value) if layer.value else None,
        }
        for name, layer in grid.layers.items()
    ]
    readouts = [[readout[name] for readout in told] for name in grid.names] if any(told) else []
    return {"names": list(grid.names), "controls": controls, "readouts": readouts}
