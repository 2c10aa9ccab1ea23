"""Moving figures on the site: stored figures as HTML, and a directive that borrows one from a chapter."""

import base64
import json
import re
import shutil
from pathlib import Path

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from lossbook.course.leaks import is_solution
from lossbook.figures.engine import FIGURE_MIME, style
from lossbook.figures.engine.html import figure_data, figure_html
from lossbook.figures.engine.live import WIDGET_VIEW_MIME
from lossbook.figures.engine.pictures import TOKEN
from lossbook.site.solutions import OPTION

logger = logging.getLogger(__name__)

ASSETS = Path(style.__file__).with_name("static")
#: Under ``_static``: what each page's figures need to move, as scripts, which a page that is a file may load.
DATA = "lossbook-figure/data"
HTML_BUILDERS = ("html", "dirhtml", "singlehtml")


class FigureRenderer:
    """myst-nb's renderer for the figures' mime: HTML builders get the moving figure, others take the PNG.

    The widget that a live run displays before the figure is no part of a page.
    """

    mime_priority_overrides = tuple(
        (builder, mime, 5) for builder in HTML_BUILDERS for mime in (FIGURE_MIME, WIDGET_VIEW_MIME)
    )

    @staticmethod
    def handle_mime(renderer, data, inline):
        """Return the figure as a raw node, nothing for a widget, or None for any other mime."""
        if data.mime_type == WIDGET_VIEW_MIME:
            return []
        if inline or data.mime_type != FIGURE_MIME:
            return None
        return [figure_node(data.content, data.output_metadata.get(FIGURE_MIME, {}))]


def figure_node(payload, moving):
    """A raw HTML node of one figure; `moving` holds the frames of a measured figure, else it is empty."""
    payload = {**payload, **moving}
    brought = {"pictures": payload.get("pictures", {}), "data": {}}
    if data := figure_data(payload):
        brought["data"][f"figure-{payload['name']}"] = data
    return _raw(figure_html(payload), lossbook_figure=True, lossbook_brought=brought)


def _raw(html, **options):
    """A raw HTML node. That of a figure brings along what is written to files when its page is.

    These are its pictures, name to WebP in base64, and its data, id to JSON.
    """
    return nodes.raw("", html, format="html", **options)


class FoldCode(SphinxPostTransform):
    """Fold the code of a figure's cell into the end of its caption, where nothing announces it.

    It stays in the page as a native ``<details>``: found by a search, and opened without JavaScript.
    """

    default_priority = 150  # after myst-nb has chosen among outputs (4), before it folds hidden code (199)
    formats = ("html",)

    def run(self, **kwargs):
        """Move the code of cells that hide it and show a figure."""
        for cell in list(self.document.findall(nodes.container)):
            figures = [node for node in cell.findall(nodes.raw) if node.get("lossbook_figure")]
            if cell.get("hide_mode") == "input" and figures:
                del cell["hide_mode"]
                self.fold(cell.children.pop(0), figures[-1])

    @staticmethod
    def fold(code, figure):
        """Cut the figure's HTML at its caption's end, and put the code there."""
        before, end, after = figure.astext().rpartition("</figcaption>")
        opening = f'{before} <details class="lossbook-code"><summary>code</summary>'
        closing = f"</details>{end}{after}"
        raw = _raw(opening, lossbook_brought=figure["lossbook_brought"])
        figure.parent.replace(figure, [raw, code, _raw(closing)])


class FigureDirective(SphinxDirective):
    """Show a figure that a chapter's notebook stores: page and figure name are the two arguments."""

    required_arguments = 2
    has_content = False

    def run(self):
        """Read the figure out of the notebook; nothing is drawn or executed."""
        page, name = self.arguments
        path = Path(self.env.srcdir, f"{page}.ipynb")
        self.env.note_dependency(str(path))
        try:
            return [stored_figure(path, name, solved=self.config[OPTION])]
        except (OSError, LookupError) as error:
            raise self.error(f"lossbook-figure: {error}") from error


def stored_figure(path, name, *, solved=True):
    """The node of figure `name` out of the notebook at `path`; one of a solution's only if `solved`.

    Raises
    ------
    LookupError
        If the notebook stores no such figure; the message lists those it has.
    """
    found = []
    cells = json.loads(path.read_text("utf-8"))["cells"]
    for cell in [cell for cell in cells if solved or not is_solution(cell)]:
        for output in cell.get("outputs", []):
            payload = output.get("data", {}).get(FIGURE_MIME)
            if payload and payload["name"] == name:
                return figure_node(payload, output.get("metadata", {}).get(FIGURE_MIME, {}))
            if payload:
                found.append(payload["name"])
    raise LookupError(f"required a figure named {name!r} in {path.name}; it stores {found or 'none'}")


def add_files(app, pagename, templatename, context, doctree):
    """Give pages with a figure what it needs, and refuse two figures of one name on a page."""
    names = re.findall(r'<figure class="lossbook-figure[^"]*" id="figure-([^"]+)"', context.get("body", ""))
    if not names:
        return
    for name in sorted({name for name in names if names.count(name) > 1}):
        logger.warning(
            "two figures named %r on one page: give each its own draw function", name, location=pagename
        )
    brought = [node["lossbook_brought"] for node in doctree.findall(nodes.raw) if "lossbook_brought" in node]
    _write_pictures(app, brought)

    def with_addresses(text):
        return re.sub(
            TOKEN + r"(\w+)", lambda m: context["pathto"](f"{app.builder.imagedir}/{m[1]}.webp", 1), text
        )

    context["body"] = with_addresses(context["body"])
    data = {key: with_addresses(text) for one in brought for key, text in one["data"].items()}
    if data:
        script = Path(app.outdir, "_static", DATA, f"{pagename}.js")
        script.parent.mkdir(parents=True, exist_ok=True)
        # Each figure's is a string, which the browser reads when the figure is near.
        script.write_text(f"window.lossbookFigures = {json.dumps(data, ensure_ascii=False)};\n", "utf-8")
        app.add_js_file(f"{DATA}/{pagename}.js", loading_method="defer")
        app.add_js_file("lossbook-figure/figure.js", loading_method="defer")


def _write_pictures(app, brought):
    """Write the pictures of a page's figures as files."""
    for one in brought:
        for name, encoded in one["pictures"].items():
            path = Path(app.outdir, app.builder.imagedir, f"{name}.webp")
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(base64.b64decode(encoded))


def write_files(app):
    """Write script, stylesheet (with the palette in front) and fonts among the site's static files.

    This is done before pages are written: Sphinx puts a digest of each file into the pages' links.
    """
    if app.builder.format != "html":
        return
    target = Path(app.outdir, "_static", "lossbook-figure")
    shutil.copytree(ASSETS, target, dirs_exist_ok=True)
    css = style.css_variables() + (ASSETS / "figure.css").read_text("utf-8")
    (target / "figure.css").write_text(css, "utf-8")


def setup(app):
    """Connect the directive and the files; the renderer is found by its entry point."""
    app.add_directive("lossbook-figure", FigureDirective)
    app.add_post_transform(FoldCode)
    app.add_css_file("lossbook-figure/figure.css")
    app.connect("builder-inited", write_files)
    app.connect("html-page-context", add_files)
