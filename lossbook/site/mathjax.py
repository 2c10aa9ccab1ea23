"""MathJax served from the site itself: only the parts that HTML output of TeX needs.

The package sphinx-mathjax-offline holds a whole MathJax (24 MB) and, as an extension, copies all of it and
loads its combined script (262 kB gzip). The parts named here come to 164 kB and load as ordinary scripts, so
that they also work under ``file://``.
"""

import filecmp
import shutil
from importlib.util import find_spec
from pathlib import Path

from sphinx.errors import ExtensionError

from lossbook.site.built import is_site

#: Scripts that MathJax's start-up script loads, in its own naming; the output script loads its font data.
COMPONENTS = ["core", "input/tex", "output/chtml", "a11y/assistive-mml"]

#: Files to copy. A TeX extension is read only by a page that uses one of its macros.
FILES = [
    "startup.js",
    "core.js",
    "input/tex.js",
    "output/chtml.js",
    "output/chtml/fonts/tex.js",
    "a11y/assistive-mml.js",
]
FOLDERS = ["input/tex/extensions", "output/chtml/fonts/woff-v2"]
FILES_UNUSED = {"all-packages.js"}


def mathjax_source():
    """Return the folder of the MathJax that sphinx-mathjax-offline holds.

    Raises
    ------
    sphinx.errors.ExtensionError
        If the package is not installed.
    """
    found = find_spec("sphinx-mathjax-offline")
    if found is None:
        raise ExtensionError("the site needs the package sphinx-mathjax-offline; it is not installed")
    return Path(found.origin).parent / "static" / "mathjax"


def source_files(source):
    """Return the paths, relative to `source`, of the files that the site serves."""
    names = [Path(name) for name in FILES]
    for folder in FOLDERS:
        names += [path.relative_to(source) for path in sorted((source / folder).iterdir())]
    return [name for name in names if name.name not in FILES_UNUSED]


def copy_mathjax(app, exception):
    """Copy MathJax's parts to ``_static/mathjax``, once."""
    if not is_site(app, exception):
        return
    source, target = mathjax_source(), Path(app.outdir) / "_static" / "mathjax"
    for name in source_files(source):
        if not (target / name).exists() or not filecmp.cmp(source / name, target / name):
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source / name, target / name)


def configure(app, config):
    """Point Sphinx at the copied start-up script and tell MathJax which parts to load."""
    config.mathjax_path = "mathjax/startup.js"
    settings = dict(config.mathjax3_config or {})
    settings["loader"] = {"load": COMPONENTS}
    # Long equations scroll inside their own box (book.css), so MathJax must not shrink or break them.
    settings["chtml"] = {"matchFontHeight": False, "displayAlign": "center"}
    config.mathjax3_config = settings


def setup(app):
    """Connect the configuration and the copying."""
    app.connect("config-inited", configure, priority=400)
    app.connect("build-finished", copy_mathjax)
