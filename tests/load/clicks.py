"""Click to visible in Chromium: ten findings entered, the diagram shown, one more clicked and taken back.

    python -m tests.load.clicks [--clicks 40]

Prints the median and the 95th percentile from the click until the new numbers are on the screen, and
the processor time the server used for a click.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from playwright.sync_api import sync_playwright
from tests.serving import Server

TEN = (
    "leg_cramps~0~leg_cramps.present~age.65_and_over~sex.female~diuretic.thiazide~hypertension.present"
    "~diabetes.present~statin.yes~night_waking.present~leg_swelling.both_legs~serum_magnesium.0.62-20mmol-2FL"
)
# From the click until the text of the ranking has changed and is painted.
CLICK = """
name => new Promise(done => {
  const group = [...document.querySelectorAll('[role=radiogroup], [data-testid=stButtonGroup]')]
    .find(each => each.innerText.includes(name) || each.getAttribute('aria-label')?.includes(name))
  const button = [...group.querySelectorAll('button')][0]
  const ranking = () => [...document.querySelectorAll('.eg-rank .eg-now')].map(e => e.textContent).join()
  const before = ranking(), start = performance.now()
  const look = () => ranking() !== before
    ? requestAnimationFrame(() => done(performance.now() - start))
    : performance.now() - start > 20000 ? done(-1) : requestAnimationFrame(look)
  button.click()
  look()
})
"""


def main():
    """Open the page, click, print."""
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--clicks", type=int, default=40)
    ask.add_argument("--chromium", default="/usr/bin/chromium")
    given = ask.parse_args()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = Server("leg_cramps", Path(folder) / "log.txt").wait()
        browser = playwright.chromium.launch(
            executable_path=given.chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        page.set_default_timeout(120_000)
        page.goto(f"{server.url}?case={TEN}")
        page.locator(".eg-done").wait_for(state="attached")
        page.locator(".st-key-diagram svg").wait_for(state="attached")
        times, used = [], []
        for _ in range(given.clicks):
            page.wait_for_timeout(1500)  # think
            before = server.cpu_seconds()
            times.append(page.evaluate(CLICK, "Long-standing cramps"))
            page.wait_for_timeout(1000)
            used.append(server.cpu_seconds() - before)
        server.stop()
        browser.close()
    cuts = statistics.quantiles(times, n=20)
    print(f"click to visible  p50 {cuts[9]:.0f} ms, p95 {cuts[18]:.0f} ms ({given.clicks} clicks)")
    print(f"server            {1000 * statistics.median(used):.0f} ms processor time a click")


if __name__ == "__main__":
    main()
