"""The Sphinx extension behind the site, one module a concern, each with its own ``setup(app)``."""

from lossbook.site import (
    assets,
    bibliography,
    chapters,
    contents,
    description,
    downloads,
    equations,
    exercises,
    figures,
    folds,
    glossary,
    idea_map,
    markup,
    mathml,
    notation,
    places,
    repository,
    scripts,
    search,
    sections,
    stylesheets,
    subjects,
    theme,
)

MODULES = (
    theme,
    repository,
    bibliography,
    mathml,
    markup,
    figures,
    folds,
    equations,
    chapters,
    contents,
    places,
    idea_map,
    glossary,
    notation,
    subjects,
    exercises,
    description,
    downloads,
    search,
    assets,
    scripts,
    sections,
    stylesheets,
)


def setup(app):
    """Connect every module of the site to the Sphinx application."""
    for module in MODULES:
        module.setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
