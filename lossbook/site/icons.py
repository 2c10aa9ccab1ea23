"""The theme's icon fonts, inside its stylesheet and cut down to the icons of the book.

Font Awesome's fonts and script weigh 840 kB (gzip), the drawings that the book shows a hundredth of that.
They are part of the stylesheet: a browser may refuse fonts from another folder to a page that is a file.
"""

import base64
import io
import logging
import re

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

from lossbook.site.theme import theme_file

#: A font's address in the theme's stylesheet, and the characters that icons are: those for private use.
ADDRESS = re.compile(r"src:url\((vendor/fontawesome/[\w./-]+)\.woff2\)[^}]*")
ICON = re.compile("[\ue000-\uf8ff]")

logging.getLogger("fontTools").setLevel(logging.WARNING)  # it tells every table that it cuts

CREDIT = (
    "/*! Icons: cut out of Font Awesome Free 6 by Fonticons, Inc., SIL OFL 1.1"
    " (https://fontawesome.com/license/free). */"
)


def cut_font(path, characters):
    """Return the TrueType font at `path` as WOFF, with these characters (numbers) alone.

    The license reserves the font's name for the whole font, so the name goes; the copyright stays.
    """
    font = TTFont(path, recalcTimestamp=False)
    subsetter = Subsetter(Options(hinting=False, name_IDs=[0]))
    subsetter.populate(unicodes=characters)
    subsetter.subset(font)
    font.flavor = "woff"
    file = io.BytesIO()
    font.save(file)
    return file.getvalue()


def embed_fonts(css, app):
    """Return the stylesheet `css` with its icon fonts in place of their addresses."""
    characters = {ord(character) for character in ICON.findall(css)}

    def embedded(match):
        font = cut_font(theme_file(app, f"{match[1]}.ttf"), characters)
        return f'src:url(data:font/woff;base64,{base64.b64encode(font).decode()}) format("woff")'

    return CREDIT + ADDRESS.sub(embedded, css)
