"""What the hooks at the end of a build share: is there a site to work on, and which files are its pages?"""

import hashlib
import re
from pathlib import Path

NOT_PAGES = {"_static", "_sources", "_images"}


def is_site(app, exception):
    """Say whether a build ended well and made HTML."""
    return exception is None and app.builder.format == "html"


def page_paths(out):
    """Return the paths of the site's pages in the folder `out`, sorted."""
    return [
        path for path in sorted(Path(out).rglob("*.html")) if not NOT_PAGES & set(path.relative_to(out).parts)
    ]


def write_stylesheet(out, name, css):
    """Write ``_static/name``, and a digest of it into its address in every page.

    With the digest a browser's stored copy never outlives a change.
    """
    (Path(out) / "_static" / name).write_text(css, "utf-8")
    digest = hashlib.sha256(css.encode()).hexdigest()[:12]
    address = re.compile(rf"(_static/{re.escape(name)})(?:\?\w+=\w+)?")
    for path in page_paths(out):
        page = path.read_text("utf-8")
        addressed = address.sub(rf"\1?digest={digest}", page)
        if addressed != page:
            path.write_text(addressed, "utf-8")
