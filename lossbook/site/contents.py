"""The contents at a page's side, which mark the section that is read."""

SCRIPT = "contents.js"


def add_script(app, pagename, templatename, context, doctree):
    """Give pages that have sections the script that marks one of them."""
    if "<section" in (context.get("body") or ""):
        app.add_js_file(SCRIPT, loading_method="defer")


def setup(app):
    """Connect the script; the contents' HTML is ``templates/page-toc.html``."""
    app.connect("html-page-context", add_script)
