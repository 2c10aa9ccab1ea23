"""Buttons that need the repository's public address: shown when it is set, absent while it is empty.

They lead to chapters with their solutions, so a site without those has no such buttons.
"""

from lossbook.site.solutions import OPTION

#: Where the launch buttons lead. They are links to follow; no page asks these hosts for anything.
LAUNCH_BUTTONS = {
    "notebook_interface": "jupyterlab",
    "binderhub_url": "https://mybinder.org",
    "colab_url": "https://colab.research.google.com",
}


def set_buttons(app, config):
    """Switch on Binder, Colab, the source and "open an issue" when ``repository.url`` is not empty.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The application.
    config : sphinx.config.Config
        Its configuration; ``html_theme_options`` is changed in place.
    """
    options = config.html_theme_options
    if not options.get("repository_url") or not config[OPTION]:
        options["launch_buttons"] = {}
        return
    options["launch_buttons"] = dict(LAUNCH_BUTTONS)
    options["use_repository_button"] = True
    options["use_issues_button"] = True


def setup(app):
    """Connect :func:`set_buttons`."""
    app.connect("config-inited", set_buttons)
