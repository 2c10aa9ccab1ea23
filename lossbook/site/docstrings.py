"""The package's public names and what their docstrings say, read from the sources.

Nothing is imported: the site is built where there is no PyTorch, and reading is quick.
"""

import ast
import inspect
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import lossbook

PACKAGE = Path(lossbook.__file__).parent

SECTION = re.compile(r"^(?P<title>[A-Z]\w*)\n-{3,}\n", re.MULTILINE)


@dataclass(frozen=True)
class Entry:
    """A public function or class.

    Its `name` has the module in front, as in ``regression.huber``; `call` says how it is called, one string a
    line. `code` is its body without the docstring, and `members` are the summaries of what a class has.
    """

    name: str
    call: str
    text: str
    sections: dict[str, str]
    code: str = ""
    members: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Module:
    """A module's own docstring, where it is, and its entries in the order of the source."""

    name: str
    path: Path
    text: str
    sections: dict[str, str]
    entries: tuple[Entry, ...]


def split(docstring):
    """Return a docstring's text and its sections in numpydoc's form, title to text."""
    text, *parts = SECTION.split(inspect.cleandoc(docstring))
    return text.strip(), {title: part.strip("\n") for title, part in zip(*[iter(parts)] * 2, strict=True)}


def items(section):
    """Return the items of a section such as Parameters: what stands at the margin, and the text below it."""
    found = []
    for line in section.splitlines():
        if line.strip() and not line[0].isspace():
            found.append((line, []))
        elif found:
            found[-1][1].append(line)
    return [(head, inspect.cleandoc("\n" + "\n".join(lines))) for head, lines in found]


@cache
def read_module(name):
    """Return the :class:`Module` of a name such as ``regression`` or ``vision.losses``."""
    path = path_of(name)
    source = path.read_text("utf-8")
    tree = ast.parse(source)
    text, sections = split(ast.get_docstring(tree))
    entries = tuple(read_entry(name, node, source) for node in tree.body if is_public(node))
    return Module(name, path, text, sections, entries)


def path_of(name):
    """Return the file of a module or of a package's own code."""
    path = PACKAGE.joinpath(*name.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def is_public(node):
    """Say whether a statement defines a public function or class."""
    return isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")


def read_entry(module, node, source):
    """Return the :class:`Entry` of a definition."""
    text, sections = split(ast.get_docstring(node))
    name = f"{module}.{node.name}"
    if isinstance(node, ast.FunctionDef):
        lines = source.splitlines()[node.lineno - 1 : node.end_lineno]
        begin, end = node.body[0].lineno - node.lineno, node.body[0].end_lineno - node.lineno
        code = "\n".join(lines[:begin] + lines[end + 1 :])
        return Entry(name, call(name, node.args), text, sections, code)
    members = {}
    for part in filter(is_public, node.body):
        is_property = any(
            isinstance(mark, ast.Name) and mark.id == "property" for mark in part.decorator_list
        )
        how = part.name if is_property else call(part.name, part.args, bound=True)
        members[how] = split(ast.get_docstring(part))[0].partition("\n\n")[0]
    starts = [part.args for part in node.body if getattr(part, "name", "") == "__init__"]
    how = call(name, starts[0], bound=True) if starts else name
    return Entry(name, how, text, sections, members=members)


def call(name, arguments, *, bound=False, width=84):
    """Return how a function is called: on one line if that is narrow enough, else one argument a line."""
    parts, given = [], [*arguments.posonlyargs, *arguments.args]
    defaults = [None] * (len(given) - len(arguments.defaults)) + arguments.defaults
    pairs = list(zip(given, defaults, strict=True))[bound:]
    parts += [_argument(*pair) for pair in pairs]
    if arguments.vararg:
        parts.append(f"*{arguments.vararg.arg}")
    elif arguments.kwonlyargs:
        parts.append("*")
    parts += [_argument(*pair) for pair in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)]
    if arguments.kwarg:
        parts.append(f"**{arguments.kwarg.arg}")
    line = f"{name}({', '.join(parts)})"
    if len(line) <= width:
        return line
    return f"{name}(\n" + "".join(f"    {part},\n" for part in parts) + ")"


def _argument(argument, default):
    return argument.arg if default is None else f"{argument.arg}={ast.unparse(default)}"
