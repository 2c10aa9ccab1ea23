"""What a reader takes home: each chapter's notebook to run, and the package that it needs.

The notebook has text, code and stills, without figure frames and in plain Markdown. pip installs the package
from the repository's public address; while there is none, the site brings it along as a wheel.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
from docutils import nodes
from sphinx.util.docutils import SphinxRole

import lossbook
from lossbook.notebooks import strip_for_download, to_text, with_setup_cell
from lossbook.notebooks.plain import plain, works_in
from lossbook.site.built import is_site

#: The package's file, and where it is on the site.
WHEEL = f"lossbook-{lossbook.__version__}-py3-none-any.whl"
FOLDER = "downloads"


class PackageRole(SphinxRole):
    """A link to the package: ``{lossbook-package}`words```."""

    def run(self):
        """Lead to the repository if it has a public address, else to the wheel on the site."""
        address = _address(self.config)
        if not address:
            address = "../" * self.env.docname.count("/") + f"{FOLDER}/{WHEEL}"
        return [nodes.reference(self.rawtext, self.text, refuri=address, internal=False)], []


def write_downloads(app, exception):
    """Write each chapter's notebook over the raw source that Sphinx puts in ``_sources``, and the wheel."""
    if not is_site(app, exception):
        return
    address, works = _address(app.config), {}
    for name in app.config.bibtex_bibfiles:
        works |= works_in(Path(app.srcdir, name))
    for name in sorted(app.env.found_docs):
        source = Path(app.env.doc2path(name))
        if source.suffix != ".ipynb":
            continue
        target = Path(app.outdir) / "_sources" / f"{name}.ipynb"
        notebook = strip_for_download(nbformat.read(source, as_version=nbformat.NO_CONVERT))
        notebook = with_setup_cell(plain(notebook, works), address=address, wheel=WHEEL)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(to_text(notebook), "utf-8")
    if not address:
        write_wheel(app.srcdir, Path(app.outdir) / FOLDER)


def write_wheel(book, folder):
    """Build the package in the book's folder into a wheel, and leave nothing else anywhere.

    Parameters
    ----------
    book : path-like
        Where ``pyproject.toml`` is.
    folder : path-like
        Where the wheel goes.
    """
    with tempfile.TemporaryDirectory() as temporary:
        # setuptools would build beside the sources, and take along what an earlier build left there.
        elsewhere = Path(temporary, "elsewhere.cfg")
        settings = f"[build]\nbuild_base = {temporary}\n[egg_info]\negg_base = {temporary}\n"
        elsewhere.write_text(settings, "utf-8")
        pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "wheel", "--no-deps"]
        command = [*pip, "--no-build-isolation", "--wheel-dir", str(folder), str(book)]
        subprocess.run(command, check=True, env={**os.environ, "DIST_EXTRA_CONFIG": str(elsewhere)})


def _address(config):
    return config.html_theme_options.get("repository_url") or ""


def setup(app):
    """Declare the role and connect the writing."""
    app.add_role("lossbook-package", PackageRole())
    app.connect("build-finished", write_downloads)
