"""A chapter in JupyterLab: runs from top to bottom, and its live widgets redraw."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import expect

from lossbook.figures.engine.display import FRAMES_VARIABLE

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = sorted(path.name for path in (ROOT / "chapters").glob("[0-9][0-9]_*.ipynb"))


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """The address of a JupyterLab that serves a copy of the chapters, without frames (a live session)."""
    folder = tmp_path_factory.mktemp("lab")
    shutil.copytree(ROOT / "chapters", folder / "chapters")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "jupyter", "lab", "--no-browser", "--allow-root"]
    command += ["--ip=127.0.0.1", f"--port={port}", "--IdentityProvider.token="]
    environment = {key: value for key, value in os.environ.items() if key != FRAMES_VARIABLE}
    environment["JUPYTER_CONFIG_DIR"] = str(folder / "config")
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(lambda: answers(f"{address}/api/status"), "JupyterLab did not start", folder / "log")
        yield address
    finally:
        server.terminate()
        server.wait(timeout=20)


def answers(address):
    try:
        with urllib.request.urlopen(address, timeout=2) as reply:
            return reply.status == 200
    except OSError:
        return False


def wait_for(condition, message, log, seconds=60):
    for _ in range(seconds * 4):
        if condition():
            return
        time.sleep(0.25)
    pytest.fail(f"{message}:\n{log.read_text()[-2000:]}")


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_run_all_then_move_a_live_slider(lab, opened, chapter):
    page = opened(f"{lab}/lab/tree/chapters/{chapter}?reset")
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for(timeout=60_000)
    page.get_by_text(re.compile(r"\| Idle")).wait_for(timeout=60_000)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()

    # Live: the widgets' own sliders, which the stored outputs do not have.
    slider = page.locator(".jp-OutputArea .noUi-handle").first
    slider.wait_for(timeout=60_000)
    last = page.locator(".jp-CodeCell .jp-InputPrompt").last
    expect(last).to_have_text(re.compile(r"\[\d+\]:"), timeout=60_000)
    expect(page.get_by_text(re.compile(r"\| Idle"))).to_be_visible(timeout=60_000)

    box = page.locator(".jp-OutputArea .widget-vbox").first
    picture, sentence = box.locator("img"), box.locator("[role=status]")
    source, words = picture.get_attribute("src"), sentence.text_content()
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(sentence).not_to_have_text(words, timeout=60_000)
    expect(picture).not_to_have_attribute("src", source)
    for kind in ("error", "stderr"):
        assert page.locator(f"[data-mime-type='application/vnd.jupyter.{kind}']").count() == 0
