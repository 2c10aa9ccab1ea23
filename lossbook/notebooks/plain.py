"""Write a chapter's MyST as Markdown that every Jupyter shows: numbers and names in place of roles.

The site makes links of ``{eq}`huber-loss```; JupyterLab, editors and other hosts would show it as it is. A
reader's notebook says (1) there, and what stands at the equation.
"""

import copy
import re
from urllib.parse import quote

from lossbook.notebooks import form

#: An equation's end with its label; the site numbers those that have one.
_LABELED = re.compile(r"(?P<end>\s*\$\$) *\((?P<label>[^()\s]+)\)")
_ROLE = re.compile(r"\{(?P<role>eq|cite|cite:t|ref)\}`(?P<target>[^`]+)`")
_DEFINITION = re.compile(r"^(?P<term>\S.*)\n: +(?P<words>.+)$", re.MULTILINE)
_EXERCISE = re.compile(r"(?P<what>exercise|solution)-(?P<chapter>\d+)-(?P<number>\d+)")


def plain(notebook, works):
    """Return a copy of a notebook whose Markdown cells hold no MyST.

    Parameters
    ----------
    notebook : NotebookNode
        A chapter. It is not changed.
    works : dict
        Key of each work that may be cited to (names, year, address), as `works_in` returns it. A work that is
        not there is cited by its key.
    """
    notebook = copy.deepcopy(notebook)
    cells = [cell for cell in notebook.cells if cell.cell_type == "markdown"]
    found = [
        (match["label"], bool(layer))
        for cell, layer in form.layers(notebook.cells)
        if cell.cell_type == "markdown"
        for match in _LABELED.finditer(cell.source)
    ]
    labels, folded = zip(*found, strict=True) if found else ((), ())
    numbers = dict(zip(labels, form.equation_numbers(folded), strict=True))

    def said(match):
        role, target = match["role"], match["target"]
        if role == "eq":
            return f"({numbers[target]})"
        if role == "ref":
            return _exercise(target)
        cited = [_cited(key.strip(), works, in_text=role == "cite:t") for key in target.split(",")]
        return "; ".join(cited) if role == "cite:t" else f"({'; '.join(cited)})"

    for cell in cells:
        source = _LABELED.sub(lambda end: f" \\tag{{{numbers[end['label']]}}}{end['end']}", cell.source)
        source = _DEFINITION.sub(r"- **\g<term>:** \g<words>", source)
        cell.source = _ROLE.sub(said, source)
    return notebook


def works_in(path):
    """Return key to (names, year, address) of the works in a BibTeX file; the address may be empty.

    Parameters
    ----------
    path : path-like
        The file, such as ``references.bib``.
    """
    # For making copies and downloads alone: the extras `lab` and `book` bring it.
    from pybtex.database import parse_file

    return {key: _work(entry) for key, entry in parse_file(path, bib_format="bibtex").entries.items()}


def _work(entry):
    names = [" ".join(person.prelast_names + person.last_names) for person in entry.persons["author"]]
    names = [re.sub(r"[{}]", "", name) for name in names]
    who = " and ".join(names) if len(names) <= 2 else f"{names[0]} et al."
    address = ""
    if "doi" in entry.fields:
        address = f"https://doi.org/{quote(entry.fields['doi'])}"
    elif "eprint" in entry.fields:
        address = f"https://arxiv.org/abs/{entry.fields['eprint']}"
    return who, entry.fields["year"], address


def _cited(key, works, *, in_text):
    if key not in works:
        return key
    who, year, address = works[key]
    words = f"{who} ({year})" if in_text else f"{who}, {year}"
    return f"[{words}]({address})" if address else words


def _exercise(target):
    """What a reference to an exercise or its solution says."""
    match = _EXERCISE.fullmatch(target)
    if match is None:
        return target
    name = f"exercise {match['chapter']}.{match['number']}"
    return name if match["what"] == "exercise" else f"the solution of {name}"
