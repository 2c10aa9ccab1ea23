"""A reader's copy in JupyterLab: it runs, its widgets redraw, and saved and reopened it shows its figures.

All chapters are run by the notebooks' own tests; one is enough to show JupyterLab and the widgets.
"""

import collections
import os
import re
import subprocess
import sys
import threading
from pathlib import Path

import nbformat
import pytest

from lossbook.figures.engine.display import FRAMES_VARIABLE
from lossbook.notebooks.copies import copy_for_reader
from lossbook.notebooks.figures import wanting_figures
from tests.figures.reading import stored_payloads

pytestmark = pytest.mark.browser

CHAPTER = Path(__file__).resolve().parents[2] / "chapters" / "15_huber.ipynb"


@pytest.fixture
def lab(tmp_path):
    """The address of a JupyterLab that serves the reader's copy of a chapter, without frames (live)."""
    copy_for_reader(CHAPTER, tmp_path)
    command = [sys.executable, "-m", "jupyter", "lab", "--no-browser", "--allow-root", "--ip=127.0.0.1"]
    environment = {key: value for key, value in os.environ.items() if key != FRAMES_VARIABLE}
    environment |= {
        "JUPYTER_CONFIG_DIR": str(tmp_path / "config"),
        "JUPYTER_RUNTIME_DIR": str(tmp_path / "run"),
    }
    command += ["--IdentityProvider.token="]
    server = subprocess.Popen(command, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True)
    said = []
    for line in server.stderr:  # until it says that it is there, or ends
        said.append(line)
        if found := re.search(r"http://127\.0\.0\.1:\d+/lab", line):
            break
    else:
        pytest.fail(f"JupyterLab did not start:\n{''.join(said)[-2000:]}")
    # Whatever it says later has to be read, or it would stop when the pipe is full.
    threading.Thread(target=collections.deque, args=(server.stderr, 0), daemon=True).start()
    yield found[0]
    server.terminate()
    server.wait()


def test_run_all_then_move_a_live_slider_then_save_and_reopen(lab, opened, tmp_path):
    from playwright.sync_api import expect

    page = opened(f"{lab}/tree/{CHAPTER.name}?reset", faultless=False)
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
    page.get_by_text(re.compile(r"\| Idle")).wait_for()
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()

    # Live: the widgets' own sliders, which the stored outputs do not have.
    slider = page.locator(".jp-OutputArea .noUi-handle").first
    wrong = page.locator("[data-mime-type$='jupyter.error'], [data-mime-type$='jupyter.stderr']")
    slider.or_(wrong).first.wait_for()
    last = page.locator(".jp-CodeCell .jp-InputPrompt").last
    expect(last).not_to_have_text("[*]:")  # it waits for its turn, or for good if a cell fails
    assert wrong.all_text_contents() == []
    expect(last).to_have_text(re.compile(r"\[\d+\]:"))

    box = page.locator(".jp-OutputArea .widget-vbox").first
    picture, sentence = box.locator("img"), box.locator("[role=status]")
    source, words = picture.get_attribute("src"), sentence.text_content()
    slider.focus()
    at_end = slider.get_attribute("aria-valuenow") == slider.get_attribute("aria-valuemax")
    page.keyboard.press("ArrowLeft" if at_end else "ArrowRight")
    expect(sentence).not_to_have_text(words)
    expect(picture).not_to_have_attribute("src", source)
    assert wrong.all_text_contents() == []

    # Each moving figure is seen once: live, and not the still that is kept for later.
    shown, stills = page.locator(".jp-OutputArea .widget-vbox"), page.locator("[class^=lossbook-still]")
    number = sum(bool(figure["parameters"]) for figure in stored_payloads(CHAPTER.name).values())
    expect(shown).to_have_count(number)  # JupyterLab puts them into the page one after the other
    expect(shown.locator("img")).to_have_count(number)
    expect(stills).to_have_count(number)
    assert not any(still.is_visible() for still in stills.all())

    # Saved as it is now, a site could be made of it.
    with page.expect_response(lambda answer: answer.request.method == "PUT" and CHAPTER.name in answer.url):
        page.keyboard.press("Control+s")
    still, missing = wanting_figures(nbformat.read(tmp_path / CHAPTER.name, as_version=4))
    assert (len(still), missing) == (number, [])

    # Reopened where the kernel is gone, it is the still that is seen, and no word of a widget.
    page.request.delete(f"{lab.removesuffix('/lab')}/api/sessions/{session(page, lab)}", headers=xsrf(page))
    page.goto(f"{lab}/tree/{CHAPTER.name}?reset&kernel=none")
    stills.first.wait_for()
    told = page.get_by_text(re.compile(r"model not found|Loading widget"))
    expect(told).to_have_count(number)
    assert not any(words.is_visible() for words in told.all())
    assert [still.is_visible() for still in stills.all()] == number * [True]
    assert stills.locator("img").count() == number


def session(page, lab):
    """The number of the one session that runs."""
    (running,) = page.request.get(f"{lab.removesuffix('/lab')}/api/sessions").json()
    return running["id"]


def xsrf(page):
    """What the server wants to see of its own cookies before it changes anything."""
    (token,) = (cookie["value"] for cookie in page.context.cookies() if cookie["name"] == "_xsrf")
    return {"X-XSRFToken": token}
