"""The Sphinx extension behind the site, one module a concern, each with its own ``setup(app)``."""

import gc
import sys

from lossbook.site import (
    address,
    assets,
    bibliography,
    borrowed,
    cards,
    chapters,
    code_links,
    contents,
    description,
    downloads,
    equations,
    errata,
    exercises,
    figures,
    folds,
    glossary,
    idea_map,
    interview,
    markup,
    mathml,
    not_found,
    notation,
    paths,
    places,
    reference,
    repository,
    scripts,
    search,
    sections,
    sharing,
    solutions,
    stylesheets,
    subjects,
    teaching,
    theme,
    uses,
)

MODULES = (
    theme,
    repository,
    solutions,
    bibliography,
    mathml,
    markup,
    figures,
    folds,
    equations,
    chapters,
    borrowed,
    cards,
    paths,
    interview,
    contents,
    places,
    idea_map,
    glossary,
    notation,
    subjects,
    errata,
    exercises,
    teaching,
    description,
    address,
    sharing,
    not_found,
    downloads,
    uses,
    reference,
    code_links,
    search,
    assets,
    scripts,
    sections,
    stylesheets,
)


def write_in_processes(app, env):
    """Have pages written by two processes beside this one, which Jupyter Book has no option for.

    Not all extensions can be read so; on macOS, processes that are forked may hang.
    """
    if sys.platform == "linux":
        app.parallel = 3
    return []


def setup(app):
    """Connect every module of the site to the Sphinx application."""
    # Pages are millions of objects that stay. Python would look for cycles after every 700 new ones.
    gc.set_threshold(200_000, 20, 20)
    for module in MODULES:
        module.setup(app)
    app.connect("env-updated", write_in_processes)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
