"""What a reader takes home: each chapter's notebook to run, and the package that it needs.

The notebook has text, code and stills, without figure frames and in plain Markdown. If it has exercises, it
is the student's edition, with a cell for each answer; beside it is one with solutions, if the site has them.
pip installs the package from the repository's public address; while there is none, the site brings it as a
wheel.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
from docutils import nodes
from sphinx.util.docutils import SphinxRole
from sphinx_exercise.nodes import exercise_node

import lossbook
from lossbook.course.editions import student
from lossbook.course.leaks import is_solution
from lossbook.notebooks import strip_for_download, to_text, with_setup_cell
from lossbook.notebooks.plain import plain, works_in
from lossbook.site.built import is_site
from lossbook.site.solutions import OPTION

#: The package's file, and where it is on the site.
WHEEL = f"lossbook-{lossbook.__version__}-py3-none-any.whl"
FOLDER = "downloads"
#: How the name of a notebook with solutions ends.
SOLVED = "-with-solutions.ipynb"
#: What the theme calls its link to a page's source, and what ours to the notebook with solutions is called.
SOURCE_BUTTON, SOLVED_BUTTON = "download-source-button", "download-solved-button"


class PackageRole(SphinxRole):
    """A link to the package: ``{lossbook-package}`words```."""

    def run(self):
        """Lead to the repository if it has a public address, else to the wheel on the site."""
        address = _address(self.config)
        if not address:
            address = "../" * self.env.docname.count("/") + f"{FOLDER}/{WHEEL}"
        return [nodes.reference(self.rawtext, self.text, refuri=address, internal=False)], []


def write_downloads(app, exception):
    """Write each chapter's notebooks, one over the raw source that Sphinx has copied, and the wheel."""
    if not is_site(app, exception):
        return
    address, works = _address(app.config), {}
    for name in app.config.bibtex_bibfiles:
        works |= works_in(Path(app.srcdir, name))
    for name in sorted(app.env.found_docs):
        source = Path(app.env.doc2path(name))
        if source.suffix != ".ipynb":
            continue
        chapter = strip_for_download(nbformat.read(source, as_version=nbformat.NO_CONVERT))
        chapter = plain(chapter, works)
        for ending, notebook in notebooks(chapter, source.stem, solved=app.config[OPTION]).items():
            target = Path(app.outdir, "_sources", f"{name}{ending}")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(to_text(with_setup_cell(notebook, address=address, wheel=WHEEL)), "utf-8")
    if not address:
        write_wheel(app.srcdir, Path(app.outdir) / FOLDER)


def notebooks(chapter, name, *, solved):
    """Return the notebooks to take home of a chapter in plain Markdown: the end of each file's name to it.

    Parameters
    ----------
    chapter : NotebookNode
        The chapter, without its figures' frames. It is not changed.
    name : str
        Its name, ``NN_noun``.
    solved : bool
        Whether the solutions may be had.

    Raises
    ------
    ValueError
        If the chapter's exercises are not in good form.
    """
    if not any(map(is_solution, chapter.cells)):
        return {".ipynb": chapter}
    made = {".ipynb": student(chapter, name.partition("_")[2])}
    return made | {SOLVED: chapter} if solved else made


def offer_notebooks(app, pagename, templatename, context, doctree):
    """Say in a page's menu of downloads what its notebooks are, and add the one with solutions."""
    if not doctree or not any(doctree.findall(exercise_node)):
        return
    menus = [group["buttons"] for group in context.get("header_buttons", []) if "buttons" in group]
    found = [(menu, link) for menu in menus for link in menu if link.get("label") == SOURCE_BUTTON]
    for menu, link in found:
        link |= {"text": "Notebook, exercises to solve", "tooltip": "Download the notebook to work in"}
        if app.config[OPTION]:
            solved = {"text": "Notebook with solutions", "tooltip": "Download the notebook as it stands here"}
            address = link["url"].removesuffix(".ipynb") + SOLVED
            menu.insert(menu.index(link) + 1, link | solved | {"url": address, "label": SOLVED_BUTTON})


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
    # The theme fills the menu at the default priority, 500.
    app.connect("html-page-context", offer_notebooks, priority=900)
