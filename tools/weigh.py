"""Weigh the pages of the built site, and judge each with Lighthouse where that is installed (`make weigh`).

    python tools/weigh.py [--site _build/html] [--runs 3] [--lighthouse FOLDER] [PAGE ...]

Sizes are those of compressed files, in kB. Lighthouse looks with its settings for a phone, at a server on
this machine that compresses; of several runs the best is told. Its times depend on how busy the machine
is: the load is told, too.
"""

import argparse
import functools
import gzip
import http.server
import json
import os
import shutil
import subprocess
import threading
from pathlib import Path

from lossbook.site import weight
from lossbook.site.built import page_paths

FLAGS = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync"
FLAGS += " --disable-background-networking --disable-component-update"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")

SIZES = ("page", "figures", "shared", "pictures", "later", "files")
SCORES = ("performance", "accessibility", "best-practices", "seo")
SHORT = ("speed", "access", "practices", "seo")
#: Audits, and by what their values are divided to give seconds, milliseconds and shares.
TIMES = {
    "first-contentful-paint": ("paint s", 1000),
    "total-blocking-time": ("blocked ms", 1),
    "cumulative-layout-shift": ("shift", 1),
}


class Compressing(http.server.SimpleHTTPRequestHandler):
    """Serves files, text compressed, as a server of static pages does."""

    def do_GET(self):
        """Send one file."""
        path = Path(self.translate_path(self.path))
        if not path.is_file():
            self.send_error(404)
            return
        content = path.read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Cache-Control", "max-age=600")
        if path.suffix in weight.COMPRESSED:
            content = gzip.compress(content, 9)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *arguments):
        """Say nothing."""


def sizes(site, name):
    """The numbers of SIZES for one page."""
    page = weight.read(site, name)
    groups = ({page.path}, page.data, page.shared, page.first, page.late)
    return [f"{weight.total(group) / 1000:.1f}" for group in groups] + [str(page.requests)]


def judged(program, chromium, address, runs):
    """Lighthouse's scores and times for one page, those of the run with the best performance."""
    environment = os.environ | {"CHROME_PATH": chromium}
    command = [program, address, "--quiet", "--output=json", "--no-enable-error-reporting"]
    results = []
    for _ in range(runs):
        done = subprocess.run(
            [*command, f"--chrome-flags={FLAGS}"],
            capture_output=True,
            text=True,
            env=environment,
            check=False,
        )
        if done.returncode:
            return [done.stderr.strip().rpartition("\n")[2][:60]]
        result = json.loads(done.stdout)
        scores = [round(100 * (result["categories"][score]["score"] or 0)) for score in SCORES]
        times = [result["audits"][audit].get("numericValue", 0) / by for audit, (_, by) in TIMES.items()]
        results.append((scores, times))
    scores, (paint, blocked, shift) = max(results, key=lambda one: one[0][0])
    return [*map(str, scores), f"{paint:.2f}", f"{blocked:.0f}", f"{shift:.3f}"]


def main():
    """Print the table."""
    parser = argparse.ArgumentParser(description="Weigh the pages of the built site.")
    parser.add_argument("pages", nargs="*", help="such as chapters/15_huber; all, if none is named")
    parser.add_argument("--site", type=Path, default=Path("_build/html"))
    parser.add_argument(
        "--runs", type=int, default=1, help="of Lighthouse for a page, the best of which is told"
    )
    parser.add_argument("--lighthouse", type=Path, help="the folder into which npm installed it")
    options = parser.parse_args()
    site = options.site.resolve()
    names = options.pages or [path.relative_to(site).with_suffix("").as_posix() for path in page_paths(site)]
    chromium = next(filter(None, map(shutil.which, CHROMIUM)), None)
    program = options.lighthouse and shutil.which("lighthouse", path=options.lighthouse / "node_modules/.bin")
    program = program if chromium else None
    if not program:
        print("Lighthouse (by npm) or Chromium is missing, so there are sizes alone.")
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Compressing, directory=str(site))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    columns = [*SIZES, *SHORT, *(name for name, _ in TIMES.values()), "load"]
    print(f"{'kB':32}", *(f"{column:>10}" for column in (columns if program else SIZES)), sep="")
    for name in names:
        row = sizes(site, name)
        if program:
            row += judged(
                program, chromium, f"http://127.0.0.1:{server.server_port}/{name}.html", options.runs
            )
            row.append(f"{os.getloadavg()[0]:.1f}")
        print(f"{name:32}", *(f"{value:>10}" for value in row), sep="", flush=True)
    server.shutdown()


if __name__ == "__main__":
    main()
