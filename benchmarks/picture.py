"""The picture in a browser, for projects of several sizes: time, size, crossings, readability.

    python benchmarks/picture.py [NODES...]

Layout is timed in CPU time of this process. Where Chromium is here, the page is opened in a window
of 1280 by 800 pixels: time until it can be used, time to focus on an entry, boxes that overlap,
and texts that reach out of their box (both should be 0).
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from modelops_bundle.cli.render.picture.boxes import every_node
from modelops_bundle.cli.render.picture.drawing import in_columns
from modelops_bundle.cli.render.picture.ordering import Columns, ordered
from modelops_bundle.cli.render.picture.page import html_page
from modelops_bundle.cli.render.picture.switching import switched
from support.pictures import UNREADABLE, project_of

FOCUS = """(label) => {
  const box = document.querySelector(`svg:not([hidden]) [aria-label^="${label}"]`);
  const start = performance.now();
  box.dispatchEvent(new MouseEvent("click", { bubbles: true }));
  document.body.getBoundingClientRect();
  return performance.now() - start;
}"""


def crossings(columns: Columns) -> tuple[int, int, int]:
    """As the document orders the boxes, after sweeps, and after switching neighbours."""
    swept = ordered(columns)
    return columns.crossings(), swept.crossings(), switched(swept).crossings()


def main() -> None:
    """Print a line for each size."""
    sizes = [int(size) for size in sys.argv[1:]] or [50, 200, 600, 2_000]
    print(f"{'nodes':>6} {'edges':>6} {'layout':>8} {'KiB':>6}  crossings (file, swept, switched)")
    for size in sizes:
        document = project_of(size)
        view = every_node(document)
        _, columns = in_columns(view, frozenset())
        start = time.process_time()
        page = html_page(document)
        seconds = time.process_time() - start
        print(
            f"{size:>6} {len(document['edges']):>6} {seconds:>7.2f}s {len(page) // 1024:>6} ",
            *(f"{count:>7}" for count in crossings(columns)),
            browsed(page, document["nodes"][0]["name"]),
        )


def browsed(page: str, model: str) -> str:
    """What a browser makes of it; "" where there is none."""
    program = shutil.which("chromium")
    if program is None:
        return ""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        file = Path(folder) / "page.html"
        file.write_text(page, encoding="ascii")
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        tab = browser.new_page(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
        tab.goto(file.as_uri())
        ready = tab.evaluate("performance.getEntriesByType('navigation')[0].domComplete")
        unreadable = len(tab.evaluate(UNREADABLE))
        shown = tab.locator(".box:visible").count()
        focus = tab.evaluate(FOCUS, f"model {model}")
        unreadable += len(tab.evaluate(UNREADABLE))
        browser.close()
    return f"  {shown} boxes, ready {ready:.0f} ms, focus {focus:.0f} ms, unreadable {unreadable}"


if __name__ == "__main__":
    main()
