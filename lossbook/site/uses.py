"""Where the chapters' code uses the package: links from the code to the reference, and from there back.

A name in a cell is followed through the notebook's imports, so ``networks.load`` leads to
``vision.features.load`` if the chapter has imported it so.
"""

import ast
import re

from docutils import nodes

#: Where the environment keeps page and anchor of each name, and each page's uses of names.
ENTRIES, USES = "lossbook_entries", "lossbook_uses"
#: Where a block of code keeps what its names stand for.
LINKS = "lossbook_links"
#: A chapter's sections that are told of one name; there may be many.
TOLD = 4

CHAPTER = re.compile(r"chapters/(?P<number>\d\d)_\w+")
#: Names under which a package has what one of its modules defines.
HOMES = {"vision": ("features", "losses", "synthesis")}


class use_list(nodes.General, nodes.Inline, nodes.Element):
    """The place for links to what uses the entry in the attribute ``name``."""


class entry_link(nodes.General, nodes.Inline, nodes.Element):
    """The place for a link to the entry in the attribute ``name``."""


# ---- Names in code -----------------------------------------------------------------------------------------


class Names:
    """Follows what the names of a notebook stand for, cell by cell."""

    def __init__(self):
        self.known = {}

    def read(self, code):
        """Return what a cell uses: the name as it is written, and the full name in the package."""
        try:
            tree = ast.parse(code)
        except SyntaxError:  # a cell that shows what Python refuses
            return {}
        found = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom | ast.Import):
                self.take(node)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                self.known.pop(node.id, None)
        for node in ast.walk(tree):
            written = dotted(node)
            if written:
                found[written] = self.full(written)
            elif isinstance(node, ast.ImportFrom):
                found |= {name.name: self.known[name.asname or name.name] for name in node.names}
        return {written: full for written, full in found.items() if full and "." in full}

    def take(self, node):
        """Note what an import brings."""
        for name in node.names:
            module = getattr(node, "module", None) or ""
            path = f"{module}.{name.name}".strip(".")
            inside = path == "lossbook" or path.startswith("lossbook.")
            bound = name.asname or name.name.partition(".")[0]
            self.known[bound] = path.removeprefix("lossbook").strip(".") if inside else None

    def full(self, written):
        """Return the name in the package that a name stands for, or nothing."""
        first, *rest = written.split(".")
        if self.known.get(first) is None:
            return None
        return ".".join(filter(None, [self.known[first], *rest]))


def dotted(node):
    """Return a name with its dots if a node of a syntax tree is one, or nothing."""
    parts = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else None


def entry_of(entries, full):
    """Return the name of the entry that a full name leads to, or nothing."""
    package, _, name = full.partition(".")
    tried = [full, *(f"{package}.{home}.{name}" for home in HOMES.get(package, ()))]
    return next((one for one in tried if one in entries), None)


# ---- Reading chapters --------------------------------------------------------------------------------------


def read_chapter(app, doctree):
    """Note what each cell of a chapter uses, and where the cell stands."""
    env, names, uses = app.env, Names(), []
    if not CHAPTER.fullmatch(env.docname):
        return
    for cell in doctree.findall(nodes.container):
        if cell.get("nb_element") != "cell_code_source":
            continue
        for code in cell.findall(nodes.literal_block):
            code[LINKS] = names.read(code.astext())
            uses += [(full, *place_of(cell)) for full in code[LINKS].values()]
    env.__dict__.setdefault(USES, {})[env.docname] = list(dict.fromkeys(uses))


def place_of(node):
    """Return title and anchor of the section or exercise in which a node stands."""
    while node is not None:
        label = re.fullmatch(r"(?:exercise|solution)-(\d+)-(\d+)", node.get("label", ""))
        if label:
            return f"exercise {label[1]}.{label[2]}", f"exercise-{label[1]}-{label[2]}"
        if isinstance(node, nodes.section):
            return node[node.first_child_matching_class(nodes.title)].astext(), node["ids"][0]
        node = node.parent
    return "", ""


def forget(app, env, docname):
    """Drop what a page had noted before it is read again."""
    env.__dict__.setdefault(USES, {}).pop(docname, None)
    entries = env.__dict__.setdefault(ENTRIES, {})
    for name in [name for name, (page, _) in entries.items() if page == docname]:
        del entries[name]


def merge(app, env, docnames, other):
    """Take over what another process has read."""
    for key in (USES, ENTRIES):
        env.__dict__.setdefault(key, {}).update(getattr(other, key, {}))


def pages_to_renew(app, env):
    """Have the reference written again, since the chapters' uses may have changed."""
    return sorted({page for page, _ in getattr(env, ENTRIES, {}).values()})


def chapter_of(env, number):
    """Return the page of a chapter's number, or nothing."""
    return next((name for name in env.found_docs if name.startswith(f"chapters/{number:02}_")), None)


# ---- Links back --------------------------------------------------------------------------------------------


def name_entry(name, rawtext, text, lineno, inliner, options=None, content=()):
    """Return the place for a link to an entry: the role ``lossbook-entry``."""
    return [entry_link(name=text)], []


def list_uses(name, rawtext, text, lineno, inliner, options=None, content=()):
    """Return the place for links to what uses an entry: the role ``lossbook-uses``."""
    return [use_list(name=text)], []


def resolve(app, doctree, docname):
    """Put links in their places; a field of an entry that no chapter uses goes."""
    env = app.env
    entries, uses = getattr(env, ENTRIES, {}), getattr(env, USES, {})

    def link(text, page, anchor):
        address = app.builder.get_relative_uri(docname, page)
        return nodes.reference("", "", text, refuri=f"{address}#{anchor}", internal=True)

    for place in list(doctree.findall(entry_link)):
        short = nodes.literal("", place["name"].rpartition(".")[2])
        place.replace_self(link(short, *entries[place["name"]]) if place["name"] in entries else short)
    for place in list(doctree.findall(use_list)):
        lines = []
        for page in sorted(uses):
            found = [use[1:] for use in uses[page] if entry_of(entries, use[0]) == place["name"]]
            lines += [use_line(CHAPTER.fullmatch(page)["number"], page, list(dict.fromkeys(found)), link)]
        lines = list(filter(None, lines))
        if lines:
            paragraph = place.parent
            paragraph.replace_self(nodes.line_block("", *lines))
        else:
            field = place.parent.parent.parent
            field.parent.remove(field)


def use_line(number, page, places, link):
    """Return a line that leads to the places of a chapter, or nothing if there are none."""
    if not places:
        return None
    line = nodes.line("", f"chapter {int(number)}: ")
    for title, anchor in places[:TOLD]:
        line += [link(nodes.Text(title), page, anchor), nodes.Text(", ")]
    line[-1] = nodes.Text(f" and {len(places) - TOLD} more" if len(places) > TOLD else "")
    return line


def setup(app):
    """Connect the reading, the environment's bookkeeping and the links."""
    app.add_node(use_list)
    app.add_node(entry_link)
    app.add_role("lossbook-entry", name_entry)
    app.add_role("lossbook-uses", list_uses)
    app.connect("doctree-read", read_chapter)
    app.connect("env-purge-doc", forget)
    app.connect("env-merge-info", merge)
    app.connect("env-updated", pages_to_renew)
    app.connect("doctree-resolved", resolve)
