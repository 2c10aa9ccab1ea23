"""The package's reference: pages made from docstrings, from the catalog and from the chapters' code.

A page names its modules in a directive. What their sources say becomes reStructuredText, the language of the
docstrings, in which Sphinx knows formulas, doctests and lists.
"""

import ast
import functools
import re
import textwrap
from urllib.parse import quote

from docutils import nodes
from docutils.parsers.rst import Parser
from docutils.utils import new_document
from sphinx import addnodes
from sphinx.util.docutils import SphinxDirective

from lossbook import catalog
from lossbook.site import docstrings
from lossbook.site.uses import ENTRIES, chapter_of

STYLESHEET = "reference.css"

#: What ends a function's name that belongs to the loss before it.
DERIVED = re.compile(r"_(grad|weight)$")
#: How a docstring names a work, and where it is found.
WORKS = {
    re.compile(r"doi (?P<id>\S+?)(?=;?(\s|$))"): "https://doi.org/",
    re.compile(r"arXiv (?P<id>\d{4}\.\d{4,5})"): "https://arxiv.org/abs/",
}


# ---- Text --------------------------------------------------------------------------------------------------


def module_text(module, *, titled):
    """Return what a page says of a module, as reStructuredText.

    Parameters
    ----------
    module : docstrings.Module
        The module.
    titled : bool
        Whether the page has other modules too, so that each stands under its name.
    """
    title = [f"lossbook.{module.name}", "#" * (10 + len(module.name)), ""] if titled else []
    parts = [*title, escaped(module.text), ""]
    if "Raises" in module.sections:
        parts += [*fields([("What is refused", definitions(module.sections["Raises"]))]), ""]
    parts += [module.sections.get("Examples", ""), ""]
    for entry in module.entries:
        mark = "-" if DERIVED.search(entry.name) else "="
        text = entry_text(entry, loss_of(entry, module))
        parts += [title_of(entry), mark * len(title_of(entry)), "", text, ""]
    return "\n".join(parts)


def title_of(entry):
    """Return an entry's heading, which is what the search knows it by: no two differ by a capital alone."""
    return entry.name if entry.code else f"class {entry.name}"


def anchor_of(name):
    """Return the anchor of an entry's full name."""
    return re.sub(r"\W|_", "-", name)


def loss_of(entry, module):
    """Return the entry of the loss that a gradient or a weight belongs to, or nothing."""
    name = DERIVED.sub("", entry.name)
    return next((other for other in module.entries if other.name == name and other is not entry), None)


def taken_over(entry, loss):
    """Return what a gradient or a weight takes and returns, as fields; its docstring has the formula."""
    own, known = arguments_of(entry), arguments_of(loss)
    first, further = own[0], [f"``{name}``" for name in own if name not in known]
    takes = ", and ".join([f"as of :lossbook-entry:`{loss.name}`", *further])
    is_weight = entry.name.endswith("_weight")
    unit = "in [0, 1], without unit" if is_weight else f"in the loss's unit over that of ``{first}``"
    return [("Parameters", takes), ("Returns", f"Of the shape of ``{first}``, {unit}.")]


def arguments_of(entry):
    """Return the names of a function's arguments."""
    arguments = ast.parse(f"def f{entry.call[entry.call.index('(') :]}: pass").body[0].args
    return [one.arg for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]


def entry_text(entry, loss=None):
    """Return what a page says of a function or class, its name apart; a derivative comes with its loss."""
    summary, _, more = entry.text.partition("\n\n")
    parts = [".. code-block:: python", "   :class: signature", "", textwrap.indent(entry.call, "   "), ""]
    parts += [escaped(summary), "", escaped(more), ""]
    told = [(name, definitions(entry.sections[name])) for name in PARTS if name in entry.sections]
    told += taken_over(entry, loss) if loss and not told else []
    if entry.members:
        listed = "\n".join(f"``{how}``\n   {escaped(text)}" for how, text in entry.members.items())
        told.append(("Members", listed))
    parts += [*fields([*told, *facts(entry), *sources(entry)]), ""]
    if "Examples" in entry.sections:
        parts += [entry.sections["Examples"], ""]
    if entry.code:
        parts += [".. lossbook-source::", "", textwrap.indent(entry.code, "   "), ""]
    return "\n".join(parts)


PARTS = ("Parameters", "Attributes", "Returns", "Raises")


def definitions(section):
    """Return a numpydoc section as a definition list: names in code, their types beside them."""
    lines = []
    for head, text in docstrings.items(section):
        names, colon, kind = head.partition(" : ")
        is_code = colon or re.fullmatch(r"[\w*]+(, \w+)*", names)  # else the words say what is returned
        shown = ", ".join(f"``{name}``" for name in names.split(", ")) if is_code else escaped(names)
        lines += [f"{shown} : {escaped(kind)}" if colon else shown]
        lines += [textwrap.indent(escaped(text) or "..", "   "), ""]
    return "\n".join(lines)


#: What a docstring's text writes in its own right, where reStructuredText would see a mark.
OWN_SIGN = re.compile(r"``.*?``|`[^`]*`|^\.\. .*(?:\n+[ ]+.*)*|(?P<sign>[*|]|_(?=\W|$))", re.MULTILINE)


def escaped(text):
    """Return a text in which bars and stars are themselves; code and directives stay."""
    return OWN_SIGN.sub(lambda found: f"\\{found[0]}" if found["sign"] else found[0], text)


def facts(entry):
    """Return what the catalog knows of a function, as titles and texts."""
    row = rows().get(entry.name)
    if row is None:
        return []
    ((convex, metric),) = catalog.table([row.name], columns=["convex", "metric"]).rows
    told = [("Convex", convex), ("Metric", metric)]
    told += [("Elicits", escaped(row.elicits)), ("Loss / r² near 0", row.factor and f"``{row.factor}``")]
    told += [("Note", escaped(row.note)), ("Choose it when", escaped(row.when))]
    others = "\n".join(f"{name}\n   {elsewhere(text)}" for name, text in row.elsewhere.items())
    told += [("The same elsewhere", others), ("Explained in", f":lossbook-chapter:`{row.chapter}`")]
    return [(title, text) for title, text in told if text]


@functools.cache
def rows():
    """Return the catalog's rows by the full names of their functions."""
    return {f"{row.module}.{row.name}": row for row in catalog.CATALOG}


def elsewhere(text):
    """Return the catalog's words on another library's function, its call in code."""
    depth = 0
    for place, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if sign == ")" and depth == 0:
            return f"``{text[: place + 1]}``\\ {escaped(text[place + 1 :])}"
    return escaped(text)


def sources(entry):
    """Return the works that a docstring names, with links, and where the chapters use the function."""
    text = escaped(entry.sections.get("References", ""))
    for pattern, address in WORKS.items():
        text = pattern.sub(functools.partial(_linked, address), text)
    works = [("Reference", text)] if text else []
    return [*works, ("Used in", f":lossbook-uses:`{entry.name}`")]


def _linked(address, match):
    shown = match["id"].replace("\\", "")
    name = match[0].removesuffix(match["id"]).strip()
    label = f"{name} {shown}".replace("<", r"\<").replace(">", r"\>")
    return f"`{label} <{address}{quote(shown, safe='/:;()')}>`__"


def fields(told):
    """Return titles and texts as a field list."""
    return [f":{title}:\n{textwrap.indent(text, '   ')}" for title, text in told]


# ---- Pages -------------------------------------------------------------------------------------------------


class Reference(SphinxDirective):
    """The reference of the modules that are named: ``{lossbook-reference} regression``."""

    required_arguments = 1
    optional_arguments = 9

    def run(self):
        """Read the modules' sources, and note where each name is explained."""
        modules = [docstrings.read_module(name) for name in self.arguments]
        parts = [module_text(module, titled=len(modules) > 1) for module in modules]
        parsed = parse(self, parts)
        titles = {title_of(entry): entry.name for module in modules for entry in module.entries}
        for section in (found for node in parsed for found in node.findall(nodes.section)):
            if name := titles.get(section[0].astext()):
                section["ids"] = [anchor_of(name)]
        for module in modules:
            self.env.note_dependency(str(module.path))
        self.env.note_dependency(str(docstrings.PACKAGE / "catalog.toml"))
        known = self.env.__dict__.setdefault(ENTRIES, {})
        for module in modules:
            known |= {entry.name: (self.env.docname, anchor_of(entry.name)) for entry in module.entries}
        return parsed


class Overview(SphinxDirective):
    """The modules that its content names, each with its functions in a line."""

    has_content = True

    def run(self):
        """List what the modules hold; gradients and weights stand with their losses."""
        parts = []
        for name in " ".join(self.content).split():
            module = docstrings.read_module(name)
            self.env.note_dependency(str(module.path))
            parts += [f"lossbook.{name}", "=" * (9 + len(name)), "", module.text.partition("\n\n")[0], ""]
            for entry in module.entries:
                if not DERIVED.search(entry.name):
                    summary = " ".join(entry.text.partition("\n\n")[0].split())
                    parts += [f"- :lossbook-entry:`{entry.name}` {escaped(summary)}"]
            parts.append("")
        return parse(self, parts)


def parse(directive, lines):
    """Return the nodes of reStructuredText that stands in a page of MyST."""
    text = "\n".join([".. default-role:: literal", "", *lines])
    document = new_document(directive.state.document["source"], directive.state.document.settings)
    document.reporter = directive.state.document.reporter
    Parser().parse(text, document)
    for node in document.findall():
        # The small document holds on to Sphinx's whole environment, which each page's file would then repeat.
        node.document = directive.state.document
        if isinstance(node, nodes.field_list):
            node["classes"].append("facts")
    return document.children


class Source(SphinxDirective):
    """A function's code, in a fold."""

    has_content = True

    def run(self):
        """Return the code between the pieces of HTML of a fold."""
        code = nodes.literal_block("", "\n".join(self.content), language="python")
        opening = '<details class="lossbook-code source"><summary>code</summary>'
        return [nodes.raw("", opening, format="html"), code, nodes.raw("", "</details>", format="html")]


def link_chapter(name, rawtext, text, lineno, inliner, options=None, content=()):
    """Return a link to the chapter of a number, with its title: the role ``lossbook-chapter``."""
    env = inliner.document.settings.env
    found = chapter_of(env, int(text))
    if found is None:
        return [nodes.Text(f"chapter {text}")], []
    return [chapter_link(found)], []


def chapter_link(docname):
    """Return a link to a page, with its title."""
    target = {"refdomain": "std", "reftype": "doc", "reftarget": f"/{docname}", "refexplicit": False}
    return addnodes.pending_xref("", nodes.inline("", docname), refwarn=True, **target)


def shorten_contents(app, pagename, templatename, context, doctree):
    """Leave out, in the contents at a page's side, the module that the page is about."""
    if any(page == pagename for page, _ in getattr(app.env, ENTRIES, {}).values()):
        context["toc"] = re.sub(r'(href="#[\w-]+">(?:class )?)(?:\w+\.)+', r"\1", context["toc"])


def setup(app):
    """Connect the directives, the roles and the stylesheet."""
    app.add_directive("lossbook-reference", Reference)
    app.add_directive("lossbook-overview", Overview)
    app.add_directive("lossbook-source", Source)
    app.add_role("lossbook-chapter", link_chapter)
    app.connect("html-page-context", shorten_contents, priority=400)  # before the theme reads the contents
    app.add_css_file(STYLESHEET, priority=910)  # after book.css
