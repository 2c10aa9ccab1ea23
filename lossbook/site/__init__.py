"""The Sphinx extension behind the site, one module a concern, each with its own ``setup(app)``."""

from lossbook.site import (
    assets,
    bibliography,
    downloads,
    exercises,
    figures,
    icons,
    markup,
    mathjax,
    repository,
    stylesheets,
    theme,
    weight,
)

# `weight` comes last: its hook measures what the others leave behind.
MODULES = (
    theme,
    repository,
    bibliography,
    mathjax,
    markup,
    figures,
    exercises,
    downloads,
    assets,
    icons,
    stylesheets,
    weight,
)


def setup(app):
    """Connect every module of the site to the Sphinx application.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The application that loads this extension.

    Returns
    -------
    dict
        The extension's metadata.
    """
    for module in MODULES:
        module.setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
