"""The Sphinx extension behind the site, one module a concern, each with its own ``setup(app)``."""

from lossbook.site import (
    address,
    assets,
    bibliography,
    borrowed,
    cards,
    chapters,
    contents,
    description,
    downloads,
    equations,
    exercises,
    figures,
    folds,
    interview,
    markup,
    mathml,
    not_found,
    paths,
    repository,
    scripts,
    search,
    sections,
    sharing,
    solutions,
    stylesheets,
    teaching,
    theme,
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
    exercises,
    teaching,
    description,
    address,
    sharing,
    not_found,
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
