"""The pages' icons as a small stylesheet, in place of the theme's icon script and fonts (698 kB gzip).

The theme marks an icon as ``<i class="fa-solid fa-bars">`` and ships Font Awesome's drawings in one script.
At the end of a build this module reads which icons the pages use, takes their drawings from that script, and
writes ``_static/icons.css``: one mask image an icon, painted in the color of the text.
"""

import re
from pathlib import Path
from urllib.parse import quote

from sphinx.errors import ExtensionError

from lossbook.site.built import is_site, page_paths, write_stylesheet

#: Classes that say an icon's family or size rather than its name.
NOT_NAMES = {"solid", "regular", "brands", "lg", "sm", "xs", "xl", "fw", "spin"}

#: Icons that the theme draws by its stylesheet and not by an element: its selector → the icon's name.
DRAWN_BY_STYLE = {
    "div.admonition>.admonition-title:after": "bell",
    "div.admonition.note>.admonition-title:after": "circle-info",
    "div.admonition.tip>.admonition-title:after": "lightbulb",
    "div.admonition.hint>.admonition-title:after": "lightbulb",
    "div.admonition.important>.admonition-title:after": "circle-exclamation",
    "div.admonition.attention>.admonition-title:after": "circle-exclamation",
    "div.admonition.caution>.admonition-title:after": "triangle-exclamation",
    "div.admonition.warning>.admonition-title:after": "triangle-exclamation",
    "div.admonition.danger>.admonition-title:after": "triangle-exclamation",
    "div.admonition.error>.admonition-title:after": "circle-xmark",
    "div.admonition.seealso>.admonition-title:after": "share",
}

CREDIT = (
    "/*! Drawings: Font Awesome Free 6 by Fonticons, Inc., CC BY 4.0 (https://fontawesome.com/license/free),"
    " taken from the copy in pydata-sphinx-theme. */\n"
)

BASE = """
.fa-solid,.fa-regular,.fa-brands,.fas,.far,.fab{display:inline-block;width:1.1em;height:1em;
flex:none;vertical-align:-.125em;background:currentColor;-webkit-mask:var(--icon) center/contain no-repeat;
mask:var(--icon) center/contain no-repeat}
.fa-lg{font-size:1.15em}
@media (forced-colors:active){.fa-solid,.fa-regular,.fa-brands,.fas,.far,.fab{background:CanvasText;
forced-color-adjust:none}}
"""

DRAWING = re.compile(
    r"""[{,]"?(?P<name>[a-z0-9-]+)"?:\[(?P<width>\d+),(?P<height>\d+),"""
    r"""(?P<aliases>\[[^\]]*\]),"[0-9a-f]+","(?P<path>M[^"]+)"\]"""
)


def read_drawings(script):
    """Read the drawings in Font Awesome's script.

    Parameters
    ----------
    script : str
        The text of the theme's ``fontawesome.js``.

    Returns
    -------
    dict
        ``{name: svg}`` for each icon and each of its other names. Where a name exists in several families,
        the last one wins, which is the solid one.
    """
    drawings = {}
    for match in DRAWING.finditer(script):
        svg = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {match["width"]} {match["height"]}">'
            f'<path d="{match["path"]}"/></svg>'
        )
        for name in [match["name"], *re.findall(r'"([a-z0-9-]+)"', match["aliases"])]:
            drawings[name] = svg
    return drawings


def icons_in(html):
    """Return the names of the icons that a page's HTML uses, without the ``fa-``."""
    classes = " ".join(re.findall(r'class="([^"]*)"', html)).split()
    return {name[3:] for name in classes if name.startswith("fa-") and name[3:] not in NOT_NAMES}


def is_used(selector, html):
    """Say whether `html` holds the kind of box that a selector of :data:`DRAWN_BY_STYLE` names."""
    classes = re.match(r"div\.([.\w-]+)", selector)[1].split(".")
    return f'class="{" ".join(classes)}' in html


def stylesheet(pages, drawings):
    """Write the stylesheet for some pages.

    Parameters
    ----------
    pages : list of str
        The HTML of every page.
    drawings : dict
        As :func:`read_drawings` returns them.

    Returns
    -------
    str
        The CSS.

    Raises
    ------
    sphinx.errors.ExtensionError
        If a page uses an icon that is not among the drawings.
    """
    names = set().union(*map(icons_in, pages))
    styled = {s: name for s, name in DRAWN_BY_STYLE.items() if any(is_used(s, page) for page in pages)}
    missing = sorted((names | set(styled.values())) - set(drawings))
    if missing:
        raise ExtensionError(f"the theme's icon script holds no drawing named {', '.join(missing)}")

    def url(name):
        return f'url("data:image/svg+xml,{quote(drawings[name], safe=" /:=")}")'.replace("%22", "'")

    rules = [f".fa-{name}{{--icon:{url(name)}}}" for name in sorted(names)]
    rules += [
        f'{selector}{{content:"";--icon:{url(name)};background:currentColor;'
        "-webkit-mask:var(--icon) center/contain no-repeat;mask:var(--icon) center/contain no-repeat}"
        for selector, name in styled.items()
    ]
    return CREDIT + BASE + "\n".join(rules) + "\n"


def theme_file(app, name):
    """Return the path of a static file of the theme or of one that it builds on."""
    for folder in app.builder.theme.get_theme_dirs():
        path = Path(folder) / "static" / name
        if path.exists():
            return path
    raise ExtensionError(f"the theme has no static file {name}")


def write_icons(app, exception):
    """Write ``_static/icons.css`` for all the pages of a finished build."""
    if not is_site(app, exception):
        return
    pages = [path.read_text("utf-8") for path in page_paths(app.outdir)]
    drawings = read_drawings(theme_file(app, "scripts/fontawesome.js").read_text("utf-8"))
    write_stylesheet(app.outdir, "icons.css", stylesheet(pages, drawings))


def setup(app):
    """Connect the stylesheet and the writing of it."""
    app.add_css_file("icons.css", priority=850)
    app.connect("build-finished", write_icons)
