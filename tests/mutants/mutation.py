"""Make mutants of a module's source: the same file with one small mistake in it.

The mistakes are those of mutmut. Its own runner is not used because it leaves decorated functions out, and
nearly every formula of the library is decorated.
"""

import ast
import hashlib
from dataclasses import dataclass

import libcst as cst
from libcst.metadata import MetadataWrapper
from mutmut.mutation.mutators import mutation_operators

# Texts are checked by the tests of errors and docstrings; imports and types are no behavior.
UNTOUCHED = (cst.Annotation, cst.BaseString, cst.Import, cst.ImportFrom, cst.Raise)
# Arguments, and the variable, that hold the wording of errors only.
WORDING = {"name", "names", "requirement"}


@dataclass(frozen=True)
class Mutant:
    """A changed file: where it is changed, the lines before and after, and its whole source."""

    file: str
    function: str
    was: str
    becomes: str
    source: str

    @property
    def identity(self):
        """Tell what a list of survivors calls it by; it stays when other lines of the file change."""
        return self.file, self.function, self.was, self.becomes

    @property
    def digest(self):
        """Tell this very change of this very file from all others."""
        return hashlib.sha256(f"{self.file}\n{self.source}".encode()).hexdigest()[:16]

    def diff(self):
        """Return the change for people to read."""
        lines = [f"- {line}" for line in self.was.splitlines()]
        lines += [f"+ {line}" for line in self.becomes.splitlines()]
        return "\n".join([f"{self.file}, {self.function}:", *(f"    {line}" for line in lines)])


class _Finder(cst.CSTVisitor):
    """Collect each node that can be changed, what it can be changed to, and the function that it is in."""

    def __init__(self):
        super().__init__()
        self.found = []
        self.functions = []

    def on_visit(self, node):
        if isinstance(node, UNTOUCHED) or _is_wording(node):
            return False
        if isinstance(node, (cst.FunctionDef, cst.ClassDef)):
            self.functions.append(node.name.value)
        for kind, operator in mutation_operators:
            if isinstance(node, kind):
                where = ".".join(self.functions) or "the module"
                self.found += [(where, node, new) for new in operator(node) if not _is_idle(node, new)]
        return True

    def on_leave(self, node):
        if isinstance(node, (cst.FunctionDef, cst.ClassDef)) and self.functions:
            self.functions.pop()


def _is_wording(node):
    """Say whether a node words an error, or lets NumPy do without a copy: no result depends on it."""
    if isinstance(node, cst.Assign):
        target = node.targets[0].target
        return isinstance(target, cst.Name) and target.value in {"__all__", *WORDING}
    if not isinstance(node, cst.Arg) or node.keyword is None:
        return False
    return node.keyword.value in WORDING or (node.keyword.value == "copy" and _is_false(node.value))


def _is_false(node):
    return isinstance(node, cst.Name) and node.value == "False"


def _is_idle(old, new):
    """Say whether a changed call differs in wording alone, or has None, which is as false, for False."""
    if not (isinstance(old, cst.Call) and isinstance(new, cst.Call)):
        return False
    kept = {id(argument) for argument in new.args}
    lost = [argument for argument in old.args if id(argument) not in kept]
    return any(
        _is_wording(argument) or (_is_false(argument.value) and len(old.args) == len(new.args))
        for argument in lost
    )


def mutants(file, source):
    """Return the mutants of one file.

    Parameters
    ----------
    file : str
        Its path, for the reports.
    source : str
        Its text.

    Returns
    -------
    list of Mutant
        In the order of the text, none twice, each of them Python that compiles and differs in more than form.
    """
    # The wrapper's copy has no node twice, so that replacing one leaves all others as they are.
    module = MetadataWrapper(cst.parse_module(source)).module
    statements = [module.code_for_node(statement) for statement in module.body]
    before = source.index("".join(statements))
    made = []
    for statement, text in zip(module.body, statements, strict=True):
        finder = _Finder()
        statement.visit(finder)
        forms = {ast.dump(ast.parse(text))}
        for function, old, new in finder.found:
            changed = module.code_for_node(statement.deep_replace(old, new))
            try:
                form = ast.dump(ast.parse(changed))
                compile(changed, file, "exec")
            except SyntaxError:
                continue
            if form not in forms:
                forms.add(form)
                whole = source[:before] + changed + source[before + len(text) :]
                made.append(Mutant(file, function, *_changed_lines(text, changed), whole))
        before += len(text)
    return made


def _changed_lines(before, after):
    """Return the lines from the first to the last that differ, before and after, without indentation."""
    texts = [before.splitlines(), after.splitlines()]
    for end in (0, -1):
        while all(texts) and texts[0][end] == texts[1][end]:
            for lines in texts:
                del lines[end]
    return tuple("\n".join(line.strip() for line in lines) for lines in texts)
