"""How the reference list looks: labels of author and year, DOIs and arXiv numbers as links."""

from pybtex.plugin import register_plugin
from pybtex.style.formatting.plain import Style as PlainStyle
from pybtex.style.labels import BaseLabelStyle


class AuthorYearLabels(BaseLabelStyle):
    """Labels such as ``Huber 1964``, ``Holland & Welsch 1977`` and ``Zhang et al. 2018``."""

    def format_labels(self, entries):
        """Yield one label for each entry, with a, b, … after the year where two would be equal."""
        plain = [self.format_label(entry) for entry in entries]
        seen = {}
        for label in plain:
            if plain.count(label) == 1:
                yield label
                continue
            seen[label] = seen.get(label, -1) + 1
            yield label + "abcdefghij"[seen[label]]

    def format_label(self, entry):
        """Return the label of one entry: up to two family names, then the year."""
        names = [" ".join(person.prelast_names + person.last_names) for person in entry.persons["author"]]
        names = [name.replace("{", "").replace("}", "") for name in names]
        who = " & ".join(names) if len(names) <= 2 else f"{names[0]} et al."
        return f"{who} {entry.fields['year']}"


class LossBookStyle(PlainStyle):
    """pybtex's plain style with author–year labels."""

    default_label_style = AuthorYearLabels


def setup(app):
    """Register the style under the name ``lossbook`` (``bibtex_default_style`` in ``_config.yml``)."""
    register_plugin("pybtex.style.formatting", "lossbook", LossBookStyle)
