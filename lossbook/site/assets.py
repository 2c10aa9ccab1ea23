"""Each page loads only the scripts that it uses, and the book only the stylesheets.

Sphinx extensions add their files to every page of a book. Here a script stays on a page only if the page's
text contains the mark that it works on; ``stylesheets`` asks the same of stylesheets, for all pages at once.
"""

from pathlib import Path

from lossbook.site.built import is_site

#: Part of a file's name (or of an inline script) → what the page's HTML must contain for the file to stay.
NEEDED_BY = {
    "pygments.css": ('class="highlight',),
    "copybutton": ('class="highlight',),
    "clipboard": ('class="highlight',),
    "mystnb": ('class="cell', 'class="output'),
    "sphinx-design": ("sd-",),
    "design-tabs": ("sd-tab",),
    "togglebutton": ("toggle", "dropdown"),
    "toggleHint": ("toggle", "dropdown"),
    "toggleOpenOnPrint": ("toggle", "dropdown"),
    "formulas.js": ("<math",),
    "proof.css": ('class="proof',),
}

#: Stylesheets of extensions that the book's own replace.
REPLACED = ("exercise.css",)

#: Files in ``_static`` that no page loads once the above and ``icons`` have done their work.
UNUSED_FILES = (
    "file.png",
    "minus.png",
    "plus.png",
    "sbt-webpack-macros.html",
    "webpack-macros.html",
    "scripts/*.map",
    "styles/*.map",
    "scripts/fontawesome.js",
    "scripts/fontawesome.js.LICENSE.txt",
    "vendor/fontawesome/webfonts/*",
)


def is_needed(name, body):
    """Say whether a page whose article is `body` (HTML) needs the file or inline script `name`."""
    marks = [mark for part, marks in NEEDED_BY.items() if part in name for mark in marks]
    return not marks or any(mark in body for mark in marks)


def asset_name(asset):
    """Return an asset's file name, or the text of an inline script."""
    return str(getattr(asset, "filename", None) or getattr(asset, "attributes", {}).get("body", ""))


def select_assets(app, pagename, templatename, context, doctree):
    """Remove the scripts that one page does not use, and repetitions."""
    body = context.get("body") or ""
    kept = []
    for asset in context["script_files"]:
        if is_needed(asset_name(asset), body) and asset not in kept:
            kept.append(asset)
    # Sphinx sorts and renders this very list after the event, so it is changed in place.
    context["script_files"][:] = kept


def remove_unused_files(app, exception):
    """Delete from ``_static`` what no page loads."""
    if not is_site(app, exception):
        return
    static = Path(app.outdir) / "_static"
    unused = list(UNUSED_FILES)
    if not app.config.html_theme_options.get("launch_buttons"):
        unused.append("images/logo_*")
    for pattern in unused:
        for path in static.glob(pattern):
            path.unlink()
    for folder in ("vendor/fontawesome/webfonts", "vendor/fontawesome", "vendor", "images"):
        if (static / folder).is_dir() and not any((static / folder).iterdir()):
            (static / folder).rmdir()


def setup(app):
    """Connect the selection and the deletion."""
    # After every extension has added its files to the page.
    app.connect("html-page-context", select_assets, priority=950)
    app.connect("build-finished", remove_unused_files)
