"""The Sphinx extension behind the site: ``lossbook.site``, one module a concern, each with its own ``setup(app)``."""


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
    return {"parallel_read_safe": True, "parallel_write_safe": True}
