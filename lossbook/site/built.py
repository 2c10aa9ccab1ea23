"""What the hooks at the end of a build share: is there a site to work on, and which files are its pages?"""

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


def rewrite_pages(out, change):
    """Write each page of the site in the folder `out` as ``change(path, text)`` has it."""
    for path in page_paths(out):
        path.write_text(change(path, path.read_text("utf-8")), "utf-8")
