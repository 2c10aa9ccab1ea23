"""The built site, served on this machine, and a browser to read it with."""

import contextlib
import functools
import http.server
import os
import re
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import gallery
import nbformat
import pytest
from reading import payload_of

from lossbook.figures.engine.display import MIME

ROOT = Path(__file__).resolve().parents[2]

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

#: Waits until formulas are typeset and fonts are there.
READY = """async () => {
  if (window.MathJax && window.MathJax.startup) await window.MathJax.startup.promise;
  await document.fonts.ready;
  for (let i = 0; i < 3; i++) await new Promise(requestAnimationFrame);
}"""

#: All of axe's rules, those of the strictest level and the experimental ones included.
RUN_AXE = """async () => {
  const rules = Object.fromEntries(axe.getRules().map((rule) => [rule.ruleId, {enabled: true}]));
  const result = await axe.run({rules, resultTypes: ["violations"]});
  return {
    violations: result.violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.html.slice(0, 120)}`)),
    rules: Object.keys(rules).length,
    passed: result.passes.length,
  };
}"""

#: Long enough to overflow a phone's screen, and most others.
WIDE_SUM = " + ".join(rf"\frac{{1}}{{2}} r_{{{i}}}^2" for i in range(1, 60))
WIDE_ON_A_PHONE = " + ".join(f"x_{{{i}}}" for i in range(12))
WIDE_ROW = " | ".join(f"a_long_word_{i}" for i in range(30))


def build(folder):
    """Build the book in `folder` strictly, as ``make book`` does; fail with the log if that fails."""
    command = [Path(sys.executable).with_name("jupyter-book"), "build", ".", "-n", "-W", "--keep-going"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        shutil.rmtree(folder / "_build" / ".doctrees", ignore_errors=True)
        pytest.fail(f"{command} failed in {folder}:\n{(done.stdout + done.stderr)[-4000:]}")
    return folder / "_build" / "html"


@contextlib.contextmanager
def locked(path):
    """Hold the file `path` as a lock: two workers of pytest-xdist must not build the site at a time."""
    fcntl = pytest.importorskip("fcntl", reason="no file locks here: run make book first")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def site():
    """The folder of the built site: LOSSBOOK_SITE, else ``_build/html``, built now if it is missing."""
    named = os.environ.get("LOSSBOOK_SITE")
    if named:
        return Path(named).resolve()
    folder = ROOT / "_build" / "html"
    # Always under the lock: while one worker builds, a half-built site must not look finished to the other.
    with locked(ROOT / "_build" / ".tests-lock"):
        if not (folder / "index.html").exists():
            build(ROOT)
    return folder


@pytest.fixture(scope="session")
def pages(site):
    """The addresses of the site's pages, relative to its root."""
    found = [path.relative_to(site).as_posix() for path in sorted(site.rglob("*.html"))]
    found = [name for name in found if not name.startswith(("_static/", "_sources/"))]
    assert {"index.html", "references.html", "search.html"} <= set(found)
    return found


@pytest.fixture(scope="session")
def chapters(pages):
    """The addresses of the chapters."""
    found = [name for name in pages if re.fullmatch(r"chapters/\d\d_\w+\.html", name)]
    assert found, f"no chapter among the pages {pages}"
    return found


@pytest.fixture(scope="session")
def sample(tmp_path_factory):
    """A small book with wide contents and a public address set, built with the book's own settings."""
    folder = tmp_path_factory.mktemp("sample")
    for name in ("_config.yml", "references.bib"):
        shutil.copy(ROOT / name, folder)
    shutil.copytree(ROOT / "lossbook/site/static", folder / "lossbook/site/static")
    config = (folder / "_config.yml").read_text("utf-8")
    assert 'url: ""' in config
    config = config.replace('url: ""', "url: https://github.com/example-owner/example-name")
    (folder / "_config.yml").write_text(config, "utf-8")
    (folder / "_toc.yml").write_text(
        "format: jb-book\nroot: index\nchapters:\n  - file: chapters/wide\n  - file: chapters/tasks\n",
        "utf-8",
    )
    (folder / "index.md").write_text("# Sample\n\nNothing here but text.\n", "utf-8")
    text = nbformat.v4.new_markdown_cell
    code = nbformat.v4.new_code_cell("x = [" + ", ".join(map(str, range(90))) + "]")
    code.outputs = [nbformat.v4.new_output("stream", text="digits " * 60 + "\n")]
    code.execution_count = 1
    theorem = "```{prf:theorem} Sample\n:label: thm-sample\n:nonumber:\nTrue.\n```"
    boxes = (
        "```{note}\nA note.\n```\n\n```{warning}\nA warning.\n```\n\n```{tip}\n:class: dropdown\nFolded.\n```"
    )
    cells = [
        text("# Wide things"),
        text(f"Short: $x^2$. Wide on a phone: ${WIDE_ON_A_PHONE}$.\n\n$$\n{WIDE_SUM}\n$$ (eq-wide)"),
        text(f"| {WIDE_ROW} |\n|{'---|' * 30}\n| {WIDE_ROW} |"),
        code,
        text(f"{theorem}\n\n{boxes}"),
    ]
    (folder / "chapters").mkdir()
    write_notebook(folder / "chapters" / "wide.ipynb", cells)
    write_notebook(folder / "chapters" / "tasks.ipynb", exercise_cells())
    return build(folder)


def write_notebook(path, cells):
    """Write a notebook with these cells."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number}"
    nbformat.write(notebook, path)


def exercise_cells():
    """Return the cells of a page with two exercises: one by hand, one with code and a figure."""

    def text(source, number=None, role=None):
        mark = {"lossbook": {"exercise": number, "role": role}} if number else {}
        return nbformat.v4.new_markdown_cell(source, metadata=mark)

    def code(source, number, role, *outputs):
        mark = {"lossbook": {"exercise": number, "role": role}}
        return nbformat.v4.new_code_cell(source, metadata=mark, outputs=list(outputs), execution_count=1)

    def result(said):
        return nbformat.v4.new_output("execute_result", {"text/plain": said}, execution_count=1)

    payload = payload_of(gallery.draw_lines, gallery.FIGURES[gallery.draw_lines][0])
    figure = nbformat.v4.new_output("display_data", {MIME: payload, "text/plain": "Figure"})
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
        code("def my_max(a, b):\n    raise NotImplementedError", "1.2", "stub"),
        code('check("1.2", my_max)', "1.2", "check", result("Exercise 1.2: not written yet.")),
        text("Compare them; see {eq}`eq-solved`.", "1.2", "solution"),
        code(
            'def max_solution(a, b):\n    return a if a > b else b\n\n\ncheck("1.2", max_solution)',
            "1.2",
            "solution",
            figure,
            result("Exercise 1.2 (max): 1 of 1 passed\npassed: the larger of two"),
        ),
        text("## After\n\nText after the exercises."),
    ]


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
    path = os.environ.get("LOSSBOOK_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    path = path or shutil.which("google-chrome")
    if not path:
        message = "no Chromium found: install it, or name its path in LOSSBOOK_CHROMIUM"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def visit(browser):
    """A function that opens an address in a fresh profile and returns the page, to be closed by the caller.

    The page has three lists: ``requested`` addresses, ``failed`` requests, and ``complaints`` (exceptions,
    errors and warnings). Keyword arguments go to Playwright's ``new_context``.
    """

    def open_page(address, **options):
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        page = context.new_page()
        page.requested, page.failed, page.complaints = [], [], []
        page.on("request", lambda request: page.requested.append(request.url))
        page.on("requestfailed", lambda request: page.failed.append(request.url))
        page.on("response", lambda reply: page.failed.append(reply.url) if reply.status >= 400 else None)
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on(
            "console",
            lambda line: page.complaints.append(line.text) if line.type in ("error", "warning") else None,
        )
        page.goto(address)
        page.evaluate(READY)
        return page

    return open_page


@pytest.fixture
def opened(visit):
    """As ``visit``, for one test: the pages are closed when it ends."""
    pages = []

    def open_page(address, **options):
        pages.append(visit(address, **options))
        return pages[-1]

    yield open_page
    for page in pages:
        page.context.close()


@pytest.fixture(scope="session")
def axe():
    """A function that runs axe-core on a page and returns its complaints, one line an element."""
    from axe_playwright_python.base import AXE_SCRIPT

    def run(page):
        page.evaluate(AXE_SCRIPT)
        result = page.evaluate(RUN_AXE)
        # A run that looked at nothing finds nothing.
        assert result["rules"] > 90
        assert result["passed"] > 20
        return result["violations"]

    return run
