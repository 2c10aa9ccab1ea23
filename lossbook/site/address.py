"""What needs the site's public address, ``html.baseurl``: a sitemap and ``robots.txt``; nothing without it.

The links to each page's one address (canonical) are Sphinx's own work, as soon as the address is set.
"""

from html import escape
from pathlib import Path
from urllib.parse import urljoin

from lossbook.site.built import is_site, page_paths

#: Pages that a search engine has no use for.
UNLISTED = ("404", "search")


def address_of(config):
    """Return the site's public address, with a slash at its end, or nothing while it is not set."""
    address = config.html_baseurl
    return address and address.rstrip("/") + "/"


def keep_out(app, pagename, templatename, context, doctree):
    """Ask search engines not to list a page."""
    if pagename in UNLISTED:
        context["metatags"] = f'{context.get("metatags") or ""}\n<meta name="robots" content="noindex" />'


def write_files(app, exception):
    """Write the sitemap and who may read it, or remove those of an earlier build."""
    if not is_site(app, exception):
        return
    out, address = Path(app.outdir), address_of(app.config)
    sitemap, robots = out / "sitemap.xml", out / "robots.txt"
    if not address:
        sitemap.unlink(missing_ok=True)
        robots.unlink(missing_ok=True)
        return
    names = [path.relative_to(out).as_posix() for path in page_paths(out) if path.stem not in UNLISTED]
    urls = "".join(f"<url><loc>{escape(urljoin(address, name))}</loc></url>\n" for name in names)
    opening = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    )
    sitemap.write_text(f"{opening}\n{urls}</urlset>\n", "utf-8")
    robots.write_text(f"User-agent: *\nAllow: /\nSitemap: {urljoin(address, sitemap.name)}\n", "utf-8")


def setup(app):
    """Connect the files and the tag."""
    app.connect("html-page-context", keep_out, priority=510)
    app.connect("build-finished", write_files)
