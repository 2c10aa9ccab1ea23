"""Tables made from the catalog."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Table:
    """A table that Jupyter renders from Markdown and a terminal prints as plain text.

    Attributes
    ----------
    header : tuple of str
        The columns' titles.
    rows : tuple of tuple of str
        The cells, in Markdown.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def _repr_markdown_(self):
        """Return the table in Markdown, for Jupyter."""
        lines = [self.header, tuple("---" for _ in self.header), *self.rows]
        # A bar inside a cell would end it.
        escaped = [[cell.replace("|", r"\|") for cell in cells] for cells in lines]
        return "\n".join(f"| {' | '.join(cells)} |" for cells in escaped)

    def __repr__(self):
        """Return the table as aligned plain text."""
        widths = [max(map(len, column)) for column in zip(self.header, *self.rows, strict=True)]
        lines = [self.header, tuple("-" * width for width in widths), *self.rows]
        return "\n".join(
            "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()
            for cells in lines
        )


def _yes_no(value):
    return "" if value is None else "yes" if value else "no"


# What each column shows of a row, under which title. Cells are Markdown.
COLUMNS = {
    "name": ("function", lambda row: f"`{row.name}`"),
    "title": ("name", lambda row: row.title),
    "module": ("module", lambda row: f"`lossbook.{row.module}`"),
    "formula": ("formula", lambda row: f"${row.formula}$"),
    "domain": ("domain", lambda row: row.domain),
    "hyperparameters": (
        "hyperparameters",
        lambda row: ", ".join(f"`{name}`" for name in row.hyperparameters),
    ),
    "convex": ("convex", lambda row: _yes_no(row.convex)),
    "metric": ("metric", lambda row: _yes_no(row.metric)),
    "elicits": ("elicits", lambda row: row.elicits),
    "factor": ("loss / r² near 0", lambda row: f"`{row.factor}`" if row.factor else ""),
    "torch": ("torch", lambda row: row.elsewhere.get("torch", "")),
    "scipy": ("scipy", lambda row: row.elsewhere.get("scipy", "")),
    "scikit-learn": ("scikit-learn", lambda row: row.elsewhere.get("scikit-learn", "")),
    "chapter": ("chapter", lambda row: str(row.chapter)),
    "note": ("note", lambda row: row.note),
}
