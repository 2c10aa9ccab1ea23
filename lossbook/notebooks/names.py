"""Compare the names that a notebook defines with those of the library."""

import ast
import functools
import symtable
from pathlib import Path

import lossbook

# The book's own machinery: a reader never meets its names.
_MACHINERY = ("notebooks", "site", "figures/engine")


@functools.cache
def library_names():
    """Return the public functions and classes of ``lossbook``, each with the module that defines it.

    Returns
    -------
    dict of str to str
        Name to dotted module. The sources are read, not imported: some modules need torch.
    """
    package = Path(lossbook.__file__).parent
    found = {}
    for path in sorted(package.rglob("*.py")):
        relative = path.relative_to(package)
        if relative.as_posix().startswith(_MACHINERY):
            continue
        parts = [part for part in relative.with_suffix("").parts if part != "__init__"]
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                found.setdefault(node.name, ".".join(["lossbook", *parts]))
            elif isinstance(node, ast.ImportFrom) and path.name == "__init__.py" and _is_own(node):
                # A package's front door: the names that it gathers from its own modules.
                for alias in node.names:
                    found.setdefault(alias.asname or alias.name, ".".join(["lossbook", *parts]))
    return found


def _is_own(node):
    """Say whether an import takes from lossbook itself."""
    return node.level > 0 or (node.module or "").startswith("lossbook")


def redefinitions(sources):
    """Yield what a notebook redefines.

    Parameters
    ----------
    sources : list of (int, str)
        Number and source of each code cell, in order.

    Yields
    ------
    str
        One sentence for each name imported from ``lossbook`` that is bound again, and for each function or
        class that bears the name of one in ``lossbook``.
    """
    imported = {}
    for n, source in sources:
        plain = _plain_python(source)
        try:
            tree = ast.parse(plain)
        except SyntaxError as error:
            yield f"cell {n} is not Python: {error.msg}"
            continue
        for name, origin in _imports(tree):
            if name in imported and imported[name] != origin:
                yield f"cell {n} binds {name!r} again, which was imported from {imported[name]}"
            elif origin.startswith("lossbook"):
                imported[name] = origin
        for node in ast.walk(tree):
            is_definition = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            if is_definition and node.name in library_names():
                yield f"cell {n} defines {node.name!r}, which is a name of {library_names()[node.name]}"
        for symbol in symtable.symtable(plain, "cell", "exec").get_symbols():
            if symbol.is_assigned() and symbol.get_name() in imported:
                name = symbol.get_name()
                yield f"cell {n} binds {name!r} again, which was imported from {imported[name]}"


def _imports(tree):
    """Yield each imported name with the module it comes from."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield alias.asname or alias.name, node.module or "."
        elif isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.asname or alias.name.partition(".")[0], alias.name


def _plain_python(source):
    """Return a cell's source with IPython's own syntax (``%time``, ``!ls``) rewritten as Python."""
    # IPython is there wherever a notebook runs, and needed for nothing else.
    from IPython.core.inputtransformer2 import TransformerManager

    return TransformerManager().transform_cell(source)
