"""The figure engine: one pure matplotlib function, three lives.

A figure is a function ``draw(ax, *, delta)`` that paints with ordinary matplotlib and returns one sentence
that reads the result aloud. From that function the engine makes

* a live widget in JupyterLab (`live`),
* an SVG that moves on a static page, with no kernel and no server (`canvas`, `frames`, `html`),
* a PNG still with alternative text for every other reader (`display`).

The way of the data: `parameters` spans the grid of positions, `style` dresses matplotlib, `canvas` turns
one position into a clean element tree, `pictures` looks after what `imshow` drew, `frames` stores many
trees as one plus what changes, `handles` finds what can be taken by hand, `layers` what can be shown and
hidden, `display` bundles it as notebook output, and `html` writes the page's part of it. `wipe` is a figure
whose trees matplotlib does not draw.
Nothing here imports matplotlib before it draws: the site is built where there is none.
"""

#: Under this mime type a notebook's output holds a figure with all its positions, as a dict of this version.
FIGURE_MIME = "application/vnd.lossbook.figure+json"
PAYLOAD_VERSION = 2
