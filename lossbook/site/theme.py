"""Templates, stylesheet and script of the book, laid over the theme's own."""

from pathlib import Path

from sphinx.errors import ExtensionError

HERE = Path(__file__).parent


def theme_file(app, name):
    """Return the path of a static file of the theme or of one that it builds on."""
    for folder in app.builder.theme.get_theme_dirs():
        path = Path(folder, "static", name)
        if path.exists():
            return path
    raise ExtensionError(f"the theme has no static file {name}")


def add_paths(app, config):
    """Put this package's templates and static files in front of the theme's."""
    config.templates_path.insert(0, str(HERE / "templates"))
    config.html_static_path.append(str(HERE / "static"))


def trim_header_buttons(app, pagename, templatename, context, doctree):
    """Leave out the download menu where there is no notebook to download."""
    if context.get("page_source_suffix") != ".ipynb":
        buttons = context.get("header_buttons", [])
        context["header_buttons"] = [b for b in buttons if b.get("label") != "download-buttons"]


def setup(app):
    """Connect the templates, the stylesheets for desk, phone and paper and the scripts of every page."""
    app.connect("config-inited", add_paths)
    # The theme fills the header buttons at the default priority, 500.
    app.connect("html-page-context", trim_header_buttons, priority=900)
    app.add_css_file("book.css", priority=900)
    for sheet in ("phone.css", "paper.css"):
        app.add_css_file(sheet, priority=920)  # after those of the parts
    for script in ("book.js", "paper.js"):
        app.add_js_file(script, loading_method="defer")
