"""The Sphinx extension behind the site, one module a concern, each with its own ``setup(app)``."""

from lossbook.site import (
    assets,
    bibliography,
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
    markup,
    mathml,
    reference,
    repository,
    scripts,
    search,
    sections,
    stylesheets,
    theme,
    uses,
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
    errata,
    exercises,
    description,
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


def setup(app):
    """Connect every module of the site to the Sphinx application."""
    for module in MODULES:
        module.setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
