"""The built site and a small sample book, and a browser to read them with."""

import functools
import http.server
import os
import re
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from urllib.parse import urlsplit

import nbformat
import numpy as np
import pytest
from ipywidgets import Widget

from lossbook.figures.engine import FIGURE_MIME
from lossbook.figures.engine.display import bundle, live_bundles
from lossbook.figures.engine.parameters import Grid, Slider
from lossbook.figures.engine.wipe import Wipe
from tests.figures import gallery
from tests.figures.reading import addressed, canvas_and_grid, payload_of, positions_of, show_layers

ROOT = Path(__file__).resolve().parents[2]

#: Milliseconds after which a browser counts as hanging; whatever is waited for comes much earlier.
HANGING = 300_000

#: Chromium without its own traffic, so that every request a test sees is the page's.
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
FLAGS += ["--disable-background-networking", "--disable-component-update"]

#: Waits until fonts are there and the page's own script has looked at the boxes in view.
READY = """async () => {
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

ROLES = {"slider": "slider", "choice": "combobox", "check": "checkbox"}

#: Opens the folds in which an element lies.
UNFOLD = """(element) => {
  for (let fold = element.closest("details"); fold; fold = fold.parentElement.closest("details")) {
    fold.open = true;
  }
}"""

#: What a figure says and how all elements of its picture look, in document order.
SHOWN = """(figure) => [
  figure.querySelector(".lossbook-readout")?.textContent,
  [...figure.querySelectorAll(".lossbook-svg, .lossbook-svg *")].map((e) => [
    e.localName, e.children.length ? "" : e.textContent,
    Object.fromEntries([...e.attributes].map((a) => [a.name, a.value])),
  ]),
]"""


# ---- Books -------------------------------------------------------------------------------------------------


def built(folder, prepare=None, **environment):
    """Return the site of the book in `folder`, built strictly if there is none, as ``make book`` does.

    One worker of pytest-xdist prepares and builds it, while the other waits at a lock.
    """
    fcntl = pytest.importorskip("fcntl", reason="no file locks here")
    (folder / "_build").mkdir(parents=True, exist_ok=True)
    with (folder / "_build" / ".tests-lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "_build/html/index.html").exists():
            if prepare:
                prepare(folder)
            book = Path(sys.executable).with_name("jupyter-book")
            command = [book, "build", ".", "-n", "-W", "--keep-going"]
            told = {"cwd": folder, "env": os.environ | {"SOLUTIONS": "yes"} | environment}
            done = subprocess.run(command, **told, capture_output=True, text=True, check=False)
            if done.returncode:
                shutil.rmtree(folder / "_build" / ".doctrees", ignore_errors=True)
                pytest.fail(f"{command} failed in {folder}:\n{(done.stdout + done.stderr)[-4000:]}")
    return folder / "_build" / "html"


@pytest.fixture(scope="session")
def site():
    """The folder of the built site."""
    return built(ROOT)


@pytest.fixture(scope="session")
def shared(tmp_path_factory):
    """A temporary folder of the run, which all workers share."""
    temporary = tmp_path_factory.getbasetemp()
    return temporary.parent if "PYTEST_XDIST_WORKER" in os.environ else temporary


@pytest.fixture(scope="session")
def sample(shared):
    """The folder of a small site: wide things, exercises, every kind of figure, and a public address."""
    return built(shared / "sample", write_sample)


@pytest.fixture(scope="session")
def unsolved(shared):
    """The folder of the sample's site as a teacher's own copy, without solutions."""
    return built(shared / "unsolved", write_sample, SOLUTIONS="no")


def write_sample(folder):
    """Put the sources of the sample together; it borrows figures from the chapters and the gallery."""
    shutil.copytree(ROOT / "chapters", folder / "chapters")
    shutil.copytree(ROOT / "tests/site/sample", folder, dirs_exist_ok=True)
    shutil.copytree(ROOT / "lossbook/site/static", folder / "lossbook/site/static")
    shutil.copy(ROOT / "references.bib", folder)
    address = 'url: "https://github.com/example-owner/example-name"'
    config = re.sub('url: ".*"', address, (ROOT / "_config.yml").read_text("utf-8"), count=1)
    config = re.sub('baseurl: ".*"', 'baseurl: "https://example.org/book"', config)
    (folder / "_config.yml").write_text(config, "utf-8")

    figures = gallery.FIGURES.items()
    payloads = [payload_of(draw, arguments) for draw, (arguments, _) in figures]
    sources = [f"{draw.__name__}()" for draw, _ in figures]
    outputs = [[({FIGURE_MIME: payload}, {})] for payload in payloads]
    write_figures(folder / "chapters/gallery.ipynb", sources, outputs)
    names = [f"draw_{name}()" for name in PICTURES]
    write_figures(folder / "chapters/pictures.ipynb", names, measured_outputs())
    # As JupyterLab saves what was run there, the state of widgets included.
    words = {"caption": "What to look for.", "alt": "What it shows."}
    live = [live_bundles(*canvas_and_grid(draw, arguments), **words) for draw, (arguments, _) in figures]
    state = {"application/vnd.jupyter.widget-state+json": Widget.get_manager_state()}
    write_figures(folder / "chapters/saved.ipynb", sources, live, widgets=state)


#: The figures of the sample's page of pictures, from top to bottom.
PICTURES = ("photo", "views", "wipe")


def measured_outputs():
    """Outputs of measured figures: a high one that stands still, one that moves, and a wipe."""
    words = {"caption": "What to look for.", "alt": "An edge and ripples."}
    pair = {"left": np.uint8(255 * gallery.scene(1.0)), "right": np.uint8(255 * gallery.scene(3.0))}
    look = {"labels": ("narrow", "wide"), "size": (6.4, 4.6), "interpolation": "none", "name": "wipe"}
    slider = Slider(0, 100, 1, label="narrow", unit="%", value=50)
    return [
        [bundle(*canvas_and_grid(gallery.draw_photo, {"size": (6.4, 14.0), "measured": True}), **words)],
        [bundle(*canvas_and_grid(gallery.draw_views, gallery.VIEWS), **words | {"alt": gallery.alt_views})],
        [bundle(Wipe(**pair, **look), Grid({"share": slider}), **words)],
    ]


def write_figures(path, sources, outputs, **metadata):
    """Write a notebook of one figure a cell, each with the data and metadata of its outputs."""
    cells = [nbformat.v4.new_markdown_cell(f"# {path.stem.capitalize()}", id="title")]
    for number, (source, bundles) in enumerate(zip(sources, outputs, strict=True)):
        shown = [
            nbformat.v4.new_output("display_data", {"text/plain": "Figure", **data}, metadata=more)
            for data, more in bundles
        ]
        hidden = {"id": f"figure-{number}", "metadata": {"tags": ["hide-input"]}}
        cells.append(nbformat.v4.new_code_cell(source, outputs=shown, **hidden))
    metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=metadata), path)


# ---- Browser -----------------------------------------------------------------------------------------------


class Server(http.server.ThreadingHTTPServer):
    """A server at which a browser's requests may wait on a busy machine."""

    request_queue_size = 128


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
            servers[folder] = Server(("127.0.0.1", 0), handler)
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

    When the test ends, no page may have asked another host for anything; and if it has to be `faultless`, no
    request may have failed and no error or warning been said. Other options are those of a browser's context.
    """
    pages = []

    def open_page(address, faultless=True, **options):
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        context.set_default_timeout(HANGING)
        page = context.new_page()
        page.requested, page.faults, page.is_left = [], [], False
        page.on("request", lambda request: page.requested.append(request.url))
        page.on("requestfailed", lambda request: _note_failure(page, request))
        page.on("response", lambda reply: page.faults.append(reply.url) if reply.status >= 400 else None)
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        page.on("console", lambda m: page.faults.append(m.text) if m.type in ("error", "warning") else None)
        page.goto(address)
        if options.get("java_script_enabled", True):
            page.evaluate(READY)
        pages.append((page, address, faultless))
        return page

    yield open_page
    for page, address, faultless in pages:
        page.is_left = True
        page.context.close()
        assert {urlsplit(url).netloc for url in page.requested} <= {"", urlsplit(address).netloc}
        assert not faultless or page.faults == []


def _note_failure(page, request):
    """Note a request that failed; one that was given up because the page was left is no fault.

    A font may be on its way when the context closes, and whatever Chromium then calls it, nothing is missing.
    What is missing is said in the console, too, and so is noted in any case.
    """
    if request.failure != "net::ERR_ABORTED" and not page.is_left:
        page.faults.append(request.url)


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
        # Of the boxes that scroll those in view are marked, and all as soon as somebody comes by keyboard.
        page.evaluate("dispatchEvent(new KeyboardEvent('keydown', {key: 'Tab'}))")
        faults = [*page.faults]
        # It measures all at once, what is far below as well, and there sections are not laid out yet.
        page.add_style_tag(content=".bd-article section { content-visibility: visible !important; }")
        page.evaluate(AXE_SCRIPT)
        result = page.evaluate(RUN_AXE, [only, list(without)])
        page.faults = faults  # it asks for stylesheets once more, for some at addresses of its own making
        # A run that looked at nothing finds nothing.
        assert len(result["passed"]) > 20 if only is None else only[0] in result["passed"]
        return result["violations"]

    return run


@pytest.fixture(scope="session")
def move():
    """A function that moves each control of a figure by keyboard and looks whether everything follows.

    Picture and sentence have to be those that are stored for the position and the layers that are chosen, the
    picture to the last attribute.
    """

    def move_figure(page, payload):
        figure, parameters = page.locator(f"#figure-{payload['name']}"), payload["parameters"]
        layers = payload.get("layers", {"names": [], "controls": [], "readouts": []})
        figure.evaluate(UNFOLD)
        assert figure.get_by_role("img", name=payload["alt"], exact=True).count() == 1
        at = [parameter["start"] for parameter in parameters]
        chosen = [control["start"] for control in layers["controls"]]
        visited, shown = [(tuple(at), tuple(chosen))], [figure.evaluate(SHOWN)]
        for k, layer in enumerate(layers["controls"]):
            figure.get_by_role("combobox", name=layer["label"], exact=True).focus()
            for key, number in (
                ("End", len(layers["names"]) - 1),
                ("Home", None if layer["optional"] else 0),
            ):
                page.keyboard.press(key)
                chosen[k] = number
                visited.append((tuple(at), tuple(chosen)))
                shown.append(figure.evaluate(SHOWN))
        for k, parameter in enumerate(parameters):
            texts, unit = parameter["texts"], parameter["unit"]
            label = parameter["label"] + (f" ({unit})" if unit else "")
            control = figure.get_by_role(ROLES[parameter["kind"]], name=label, exact=True)
            control.focus()
            moves = [("End", len(texts) - 1), ("Home", 0), ("ArrowRight", 1), ("ArrowLeft", 0)]
            if parameter["kind"] == "check":
                moves = [("Space", 1 - at[k])]
            for key, index in moves:
                page.keyboard.press(key)
                at[k] = index
                visited.append((tuple(at), tuple(chosen)))
                shown.append(figure.evaluate(SHOWN))
                if parameter["kind"] == "slider":
                    assert control.get_attribute("aria-valuetext") == f"{texts[index]} {unit}".rstrip()
                    assert control.locator("xpath=../output").text_content() == texts[index]
        spoken = figure.locator("[role=status]").count()  # the sentence is read aloud
        assert spoken == bool((parameters or chosen) and (payload["readouts"] or layers["readouts"]))
        lengths = [len(parameter["texts"]) for parameter in parameters]
        numbers = [int(np.ravel_multi_index(at, lengths)) if at else 0 for at, _ in visited]
        trees = positions_of(payload, numbers)
        every = zip(numbers, trees, visited, shown, strict=True)
        for number, tree, (_, chosen), (sentence, elements) in every:
            seen_layers = [layers["names"][k] for k in dict.fromkeys(chosen) if k is not None]
            show_layers(tree, seen_layers)
            drawn = [
                [n.tag, n.text if not n.children else "", {k: addressed(v) for k, v in n.attributes.items()}]
                for n in tree.walk()
            ]
            # What is switched off may be anywhere.
            seen, wanted = (
                [e for e in every if e[2].get("display") != "none"] for every in (elements, drawn)
            )
            assert seen == wanted, (payload["name"], number)
            said = [*payload["readouts"][number : number + 1]]
            told = dict(zip(layers["names"], layers["readouts"], strict=False))
            said += [told[name][number] for name in seen_layers if told]
            assert sentence == (" ".join(said) or None), (payload["name"], number)

    return move_figure
