"""No script holds up a page, and the theme's leaves the page's layout alone.

All scripts with an address are deferred: they run in their order when the page has been read. Those that
stand in the page run at once and set options, of which Sphinx keeps the first in a file; that goes into
the page.
"""

import hashlib
import re
from pathlib import Path

from sphinx.errors import ExtensionError

from lossbook.site.built import is_site, rewrite_pages
from lossbook.site.theme import theme_file

OPTIONS = "documentation_options.js"
OPTIONS_TAG = re.compile(rf"<script [^>]*{re.escape(OPTIONS)}[^>]*></script>")
BLOCKING = re.compile(r"<script (?=[^>]*\bsrc=)(?![^>]*\b(?:defer|async)\b)")

#: When everything is loaded, the theme measures each box that might scroll, and so has the browser lay out
#: the whole page at once; ``book.js`` looks at boxes when they come near. The function, and its call at
#: the end.
THEME_SCRIPT = "scripts/pydata-sphinx-theme.js"
MEASURE = re.compile(r'function (\w+)\(\)\{const \w+=\(\)=>\{document\.querySelectorAll\(\["pre"')
CALL = ',"complete"===document.readyState?{0}():window.addEventListener("load",{0})}})();'


def without_measuring(script):
    """Return the theme's script without its measuring.

    Raises
    ------
    ExtensionError
        If the script is not as known, as in another version of the theme.
    """
    measure = MEASURE.search(script)
    call = CALL.format(measure[1]) if measure else ""
    if not call or script.count(call) != 1:
        raise ExtensionError(
            f"{THEME_SCRIPT} does not end by measuring boxes at load, as it does in pydata-sphinx-theme 0.17:"
            " look what became of addTabStopsToScrollableElements, and change lossbook/site/scripts.py"
        )
    return script.replace(call, "})();")


def unblock(page, options):
    """Return a page with all of its scripts deferred, and with the text of the script of options in it."""
    page = OPTIONS_TAG.sub(lambda _: f"<script>{' '.join(options.split())}</script>", page)
    return BLOCKING.sub('<script defer="defer" ', page)


def write_scripts(app, exception):
    """Change the theme's script and the tags of all pages."""
    if not is_site(app, exception):
        return
    static = Path(app.outdir, "_static")
    script = without_measuring(theme_file(app, THEME_SCRIPT).read_text("utf-8"))
    (static / THEME_SCRIPT).write_text(script, "utf-8")
    digest = hashlib.sha256(script.encode()).hexdigest()[:12]
    options = (static / OPTIONS).read_text("utf-8")

    def change(path, page):
        return re.sub(rf"({THEME_SCRIPT})\?digest=\w+", rf"\1?digest={digest}", unblock(page, options))

    rewrite_pages(app.outdir, change)


def setup(app):
    """Connect the changes; ``purge`` reads the scripts afterwards."""
    app.connect("build-finished", write_scripts, priority=550)
