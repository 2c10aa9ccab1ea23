"""The first code cell of a chapter: it tests whether all is installed that the chapter imports.

It is written from the chapter's own cells, needs Python alone, and says what is missing in one sentence, with
one command: whoever downloaded the notebook and nothing else starts there.
"""

import ast
import copy
import sys

import nbformat

SETUP = "setup"

#: What pip calls a module, where that is not the module's name.
DISTRIBUTIONS = {"sklearn": "scikit-learn"}
#: What parts of the package need besides NumPy and SciPy, which come with it.
NEEDED_BY = {"figures": ["matplotlib"], "vision": ["torch"]}

_SOURCE = """\
# Is all here that this chapter imports? If not, this says how to install it.
import time
from importlib.util import find_spec


class NotInstalled(ImportError):
    def _render_traceback_(self):  # Jupyter shows the sentence alone
        return str(self).splitlines()


packages = {packages}
missing = [name for name in packages if find_spec(name) is None]
if missing:
    wanted = missing[:1] if "lossbook" in missing else missing  # it brings the others along
    command = "%pip install " + " ".join(packages[name] for name in wanted)
    time.sleep(1)  # meanwhile the other cells of "Run all" arrive: they end with this one
    needs = f"This chapter needs {{', '.join(missing)}}, not installed here."
{hint}    how = "In a cell of its own run this, then run all again:"
    raise NotInstalled(f"{{needs}}\\n{{how}}\\n{{command}}")"""

_HINT = """\
    if "lossbook" in missing:
        needs += "\\nPut {wheel}, which the book's first page offers, beside this notebook."
"""


def with_setup_cell(notebook, *, address="", wheel=""):
    """Return a copy of a notebook whose first code cell is the setup cell for what it imports.

    One that is there keeps its place and its execution count; a new one stands after the opening prose.

    Parameters
    ----------
    notebook : NotebookNode
        A notebook of nbformat 4. It is not changed.
    address, wheel : str
        As in :func:`setup_cell`.
    """
    notebook = copy.deepcopy(notebook)
    kinds = [cell.cell_type for cell in notebook.cells]
    place = kinds.index("code") if "code" in kinds else 0
    count = None
    if "code" in kinds and SETUP in notebook.cells[place].metadata.get("tags", []):
        count = notebook.cells.pop(place).execution_count
    else:
        place = int(kinds[:1] == ["markdown"])
    cell = setup_cell(modules(notebook.cells), address=address, wheel=wheel)
    cell.execution_count = count
    notebook.cells.insert(place, cell)
    return notebook


def setup_cell(needed, *, address="", wheel=""):
    """Return the code cell that tests for modules and says how to install those that are missing.

    Parameters
    ----------
    needed : iterable of str
        Names of modules; ``lossbook`` is always among them.
    address : str
        The repository's public address (``repository.url`` in ``_config.yml``), from which pip installs
        ``lossbook``. If it is empty, the notebook is taken to be in a folder of the book's.
    wheel : str
        The name of a file that the reader can have beside the notebook, where there is no address.

    Returns
    -------
    NotebookNode
        A code cell, not yet run, tagged ``setup`` and ``remove-cell``.
    """
    lines = [f"    \"lossbook\": '{_requirement(address, wheel)}',"]
    for module in sorted({*needed} - {"lossbook"}):
        lines.append(f'    "{module}": "{DISTRIBUTIONS.get(module, module)}",')
    hint = _HINT.format(wheel=wheel) if wheel and not address else ""
    source = _SOURCE.format(packages="\n".join(["{", *lines, "}"]), hint=hint)
    hidden = {"tags": ["remove-cell", SETUP], "jupyter": {"source_hidden": True}}
    cell = nbformat.v4.new_code_cell(source, metadata=hidden)
    cell.id = SETUP
    return cell


def _requirement(address, wheel):
    """What pip is to install for ``lossbook`` and all that chapters need, in quotes for any shell."""
    if address.startswith("https://github.com/"):  # from an archive, since git may not be there
        return f'"lossbook[lab] @ {address.rstrip("/").removesuffix(".git")}/archive/HEAD.zip"'
    if address:
        return f'"lossbook[lab] @ git+{address}"'
    return f'"./{wheel}[lab]"' if wheel else '"..[lab]"'


def modules(cells):
    """Return the names of all modules that the code of these cells needs, but for Python's own."""
    found = set()
    for cell in cells:
        if cell.cell_type != "code":
            continue
        try:
            tree = _parsed(cell.source)
        except SyntaxError:  # lossbook.notebooks.problems says so
            continue
        for dotted in _imported(tree):
            top, *parts = dotted.split(".")
            found |= {top, *(NEEDED_BY.get(parts[0], []) if top == "lossbook" and parts else [])}
    return found - sys.stdlib_module_names


def _parsed(source):
    """Return the tree of a cell's code, which may have IPython's own signs."""
    try:
        return ast.parse(source)
    except SyntaxError:
        from IPython.core.inputtransformer2 import TransformerManager

        return ast.parse(TransformerManager().transform_cell(source))


def _imported(tree):
    """Yield what is imported, each with its dots: modules, and names out of modules."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
