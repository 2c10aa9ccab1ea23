"""The built site and a small sample book, and a browser to read them with."""

import contextlib
import functools
import http.server
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import nbformat
import pytest
from reading import CHAPTERS, positions_of, stored_payloads

from lossbook.figures.engine.display import MIME

ROOT = Path(__file__).resolve().parents[2]

#: Milliseconds after which a browser counts as hanging; whatever is waited for comes much earlier.
HANGING = 300_000

#: Chromium without its own traffic, so that every request a test sees is the page's.
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

#: Waits until formulas are typeset, fonts are there, and the page's own script has looked at its boxes.
READY = """async () => {
  if (window.MathJax && window.MathJax.startup) await window.MathJax.startup.promise;
  await document.fonts.ready;
  for (let i = 0; i < 3; i++) await new Promise(requestAnimationFrame);
}"""

#: Some of axe's rules, or all of them, those of the strictest level and the experimental ones included.
RUN_AXE = """async ([only, without]) => {
  const all = axe.getRules().map((rule) => rule.ruleId);
  const result = await axe.run({
    runOnly: all.filter((id) => (only === null || only.includes(id)) && !without.includes(id)),
    preload: location.protocol !== "file:",  // a file must not read its own stylesheets
    resultTypes: ["violations"],
  });
  return {
    violations: result.violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.html.slice(0, 120)}`)),
    passed: result.passes.map((rule) => rule.id),
  };
}"""

#: Attributes of all elements of a figure's picture, in document order, at some positions.
AT_POSITIONS = """([name, positions]) => {
  const figure = document.getElementById("figure-" + name);
  const inputs = [...figure.querySelectorAll("input, select")];
  const lengths = inputs.map((e) => e.type === "checkbox" ? 2 : e.type === "range" ? +e.max + 1 : e.length);
  return positions.map((position) => {
    let rest = position;
    for (let k = inputs.length - 1; k >= 0; k--) {
      const at = rest % lengths[k];
      rest = (rest - at) / lengths[k];
      if (inputs[k].type === "checkbox") inputs[k].checked = at === 1; else inputs[k].value = at;
    }
    if (inputs.length) inputs[0].dispatchEvent(new Event("input", {bubbles: true}));
    const readout = figure.querySelector(".lossbook-readout");
    return [
      readout && readout.textContent,
      [...figure.querySelectorAll("svg, svg *")].map((e) => [
        e.tagName, e.children.length ? "" : e.textContent,
        Object.fromEntries([...e.attributes].map((a) => [a.name, a.value])),
      ]),
    ];
  });
}"""


# ---- Books -------------------------------------------------------------------------------------------------


def build(folder):
    """Build the book in `folder` strictly, as ``make book`` does; fail with the log if that fails."""
    command = [Path(sys.executable).with_name("jupyter-book"), "build", ".", "-n", "-W", "--keep-going"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        shutil.rmtree(folder / "_build" / ".doctrees", ignore_errors=True)
        pytest.fail(f"{command} failed in {folder}:\n{(done.stdout + done.stderr)[-4000:]}")


@contextlib.contextmanager
def locked(path):
    """Hold the file `path` as a lock: of two workers of pytest-xdist one builds, and the other waits."""
    fcntl = pytest.importorskip("fcntl", reason="no file locks here")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def site():
    """The folder of the built site, built now if it is missing."""
    with locked(ROOT / "_build" / ".tests-lock"):
        if not (ROOT / "_build" / "html" / "index.html").exists():
            build(ROOT)
    return ROOT / "_build" / "html"


@pytest.fixture(scope="session")
def sample(tmp_path_factory):
    """A book of two pages, wide contents and exercises, with a public address and the book's own settings."""
    temporary = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        temporary = temporary.parent  # that of the run, which all workers share
    with locked(temporary / "sample-lock"):
        if not (temporary / "sample/_build/html/index.html").exists():
            write_sample(temporary / "sample")
            build(temporary / "sample")
    return temporary / "sample/_build/html"


def write_sample(folder):
    """Write the sources of the sample book."""
    shutil.copytree(ROOT / "lossbook/site/static", folder / "lossbook/site/static")
    shutil.copy(ROOT / "references.bib", folder)
    config = (ROOT / "_config.yml").read_text("utf-8")
    assert 'url: ""' in config
    config = config.replace('url: ""', "url: https://github.com/example-owner/example-name")
    (folder / "_config.yml").write_text(config, "utf-8")
    pages = "chapters:\n  - file: chapters/wide\n  - file: chapters/tasks\n"
    (folder / "_toc.yml").write_text(f"format: jb-book\nroot: index\n{pages}", "utf-8")
    (folder / "index.md").write_text("# Sample\n\nNothing here but text.\n", "utf-8")
    (folder / "chapters").mkdir()
    for name, cells in (("wide", wide_cells()), ("tasks", exercise_cells())):
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
        nbformat.write(notebook, folder / "chapters" / f"{name}.ipynb")


def text(source, number=None, role=None):
    """A cell of text, part of an exercise if that has a number."""
    metadata = {"lossbook": {"exercise": number, "role": role}} if number else {}
    return nbformat.v4.new_markdown_cell(source, metadata=metadata)


def code(source, *outputs, number=None, role=None):
    """A cell of code that was run."""
    metadata = {"lossbook": {"exercise": number, "role": role}} if number else {}
    return nbformat.v4.new_code_cell(source, metadata=metadata, outputs=list(outputs), execution_count=1)


#: Long enough to overflow a phone's screen, and most others.
WIDE_SUM = " + ".join(rf"\frac{{1}}{{2}} r_{{{i}}}^2" for i in range(1, 60))
WIDE_ON_A_PHONE = " + ".join(f"x_{{{i}}}" for i in range(12))
WIDE_ROW = " | ".join(f"a_long_word_{i}" for i in range(30))
BOXES = """```{prf:theorem} Sample
:label: thm-sample
:nonumber:
True.
```

```{note}
A note.
```

```{warning}
A warning.
```

```{tip}
:class: dropdown
Folded.
```"""


def wide_cells():
    """The cells of a page with a formula, a table, code and an output that are too wide, and boxes."""
    return [
        text("# Wide things"),
        text(f"Short: $x^2$. Wide on a phone: ${WIDE_ON_A_PHONE}$.\n\n$$\n{WIDE_SUM}\n$$ (eq-wide)"),
        text(f"| {WIDE_ROW} |\n|{'---|' * 30}\n| {WIDE_ROW} |"),
        code(
            "x = [" + ", ".join(map(str, range(90))) + "]",
            nbformat.v4.new_output("stream", text="digits " * 60 + "\n"),
        ),
        text(BOXES),
    ]


def exercise_cells():
    """The cells of a page with two exercises: one by hand, one with code and a figure."""

    def result(said):
        return nbformat.v4.new_output("execute_result", {"text/plain": said}, execution_count=1)

    stored = stored_payloads(min(CHAPTERS.glob("*.ipynb")).name)
    payload = next(payload for payload in stored.values() if payload["parameters"])
    return [
        text("# Tasks"),
        text("See {ref}`exercise-1-2` and {ref}`solution-1-2`.\n\n## Exercises\n\nTwo of them."),
        text("### Exercise 1.1 · By hand, $x^2$\n\nFind the derivative of $x^2$.", "1.1", "prompt"),
        text(f"It is $2x$.\n\n$$\n{WIDE_SUM}\n$$ (eq-solved)\n\n- a list", "1.1", "solution"),
        text(
            "### Exercise 1.2 · `max` of **two**\n\nWrite it.\n\n| a | b |\n|---|---|\n| 1 | 2 |",
            "1.2",
            "prompt",
        ),
        code("def my_max(a, b):\n    raise NotImplementedError", number="1.2", role="stub"),
        code('check("1.2", my_max)', result("Not written yet."), number="1.2", role="check"),
        text("Compare them; see {eq}`eq-solved`.", "1.2", "solution"),
        code(
            'def max_solution(a, b):\n    return a if a > b else b\n\n\ncheck("1.2", max_solution)',
            nbformat.v4.new_output("display_data", {MIME: payload, "text/plain": "Figure"}),
            result("1 of 1 passed"),
            number="1.2",
            role="solution",
        ),
        text("## After\n\nText after the exercises."),
    ]


# ---- Browser -----------------------------------------------------------------------------------------------


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, *arguments):
        """Drop the line."""


@pytest.fixture(scope="session")
def serve():
    """A function that serves a folder on this machine and returns its address."""
    servers = {}

    def address(folder):
        if folder not in servers:
            handler = functools.partial(QuietHandler, directory=str(folder))
            servers[folder] = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
            threading.Thread(target=servers[folder].serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{servers[folder].server_port}/"

    yield address
    for server in servers.values():
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="session")
def browser():
    """Chromium, or a skip that says what is missing; with CI=true a failure."""
    names = ("chromium", "chromium-browser", "google-chrome")
    path = os.environ.get("LOSSBOOK_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if not path:
        message = "no Chromium found: install it, or name its path in LOSSBOOK_CHROMIUM"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=HANGING)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS, timeout=HANGING)
        yield chromium
        chromium.close()


@pytest.fixture
def opened(browser):
    """A function that opens an address in a fresh profile and returns the page, ready to be looked at.

    The page has three lists: ``requested`` addresses, ``failed`` requests, and ``complaints`` (exceptions,
    errors and warnings). Keyword arguments go to Playwright's ``new_context``.
    """
    contexts = []

    def open_page(address, **options):
        contexts.append(browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options}))
        contexts[-1].set_default_timeout(HANGING)
        page = contexts[-1].new_page()
        page.requested, page.failed, page.complaints = [], [], []
        page.on("request", lambda request: page.requested.append(request.url))
        page.on("requestfailed", lambda request: page.failed.append(request.url))
        page.on("response", lambda reply: page.failed.append(reply.url) if reply.status >= 400 else None)
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on(
            "console", lambda m: page.complaints.append(m.text) if m.type in ("error", "warning") else None
        )
        page.goto(address)
        if options.get("java_script_enabled", True):
            page.evaluate(READY)
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def resized():
    """A function that gives a page another width and waits until it has settled."""

    def resize(page, width):
        page.set_viewport_size({"width": width, "height": 800})
        page.wait_for_function("(width) => innerWidth === width", arg=width)
        page.evaluate(READY)

    return resize


@pytest.fixture(scope="session")
def axe():
    """A function that runs some rules of axe-core, or all, and returns its complaints, one an element."""
    from axe_playwright_python.base import AXE_SCRIPT

    def run(page, only=None, without=()):
        page.evaluate(AXE_SCRIPT)
        result = page.evaluate(RUN_AXE, [only, list(without)])
        # A run that looked at nothing finds nothing.
        assert len(result["passed"]) > 20 if only is None else set(only) <= set(result["passed"])
        return result["violations"]

    return run


@pytest.fixture(scope="session")
def compare():
    """A function that holds a figure's picture and sentence in the browser against what was drawn."""

    def at_four_positions(page, payload):
        last = max(0, len(payload["readouts"]) - 1)
        positions = sorted({0, last // 3, 2 * last // 3, last})
        shown = page.evaluate(AT_POSITIONS, [payload["name"], positions])
        for position, tree, (readout, elements) in zip(
            positions, positions_of(payload, positions), shown, strict=True
        ):
            drawn = [[n.tag, n.text if not n.children else "", n.attributes] for n in tree.walk()]
            assert elements == drawn, (payload["name"], position)
            assert readout == (payload["readouts"] or [None])[position]

    return at_four_positions
