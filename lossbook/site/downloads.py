"""The download button gives a notebook to run: text, code and stills, without figure frames."""

from pathlib import Path

import nbformat

from lossbook.notebooks import strip_for_download, to_text
from lossbook.site.built import is_site


def write_downloads(app, exception):
    """Write each chapter's notebook, stripped, over the raw source that Sphinx puts in ``_sources``."""
    if not is_site(app, exception):
        return
    for name in sorted(app.env.found_docs):
        source = Path(app.env.doc2path(name))
        if source.suffix != ".ipynb":
            continue
        target = Path(app.outdir) / "_sources" / f"{name}.ipynb"
        notebook = nbformat.read(source, as_version=nbformat.NO_CONVERT)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(to_text(strip_for_download(notebook)), "utf-8")


def setup(app):
    """Connect the writing."""
    app.connect("build-finished", write_downloads)
