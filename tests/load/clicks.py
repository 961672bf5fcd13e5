"""From a click on a finding to another number in the ranking, in Chromium, as a reader sees it."""

from __future__ import annotations

import os
import random
import threading
import time

CHROMIUM = "/usr/bin/chromium"
LONGEST = 300  # seconds after which the script ends, whatever has happened
WAIT = 15_000  # milliseconds for one step
BEFORE = 10  # findings entered before any click is timed

# Milliseconds from the click until the numbers of the ranking are others and have been drawn; null if
# they stay as they are.
TIMED = """
(radio, wait) => new Promise(resolve => {
  const numbers = () => [...document.querySelectorAll('.eg-rank .eg-now')].map(e => e.textContent).join()
  const before = numbers()
  const start = performance.now()
  const give = value => { watch.disconnect(); clearTimeout(late); resolve(value) }
  const watch = new MutationObserver(() => {
    if (numbers() === before) return
    watch.disconnect()
    requestAnimationFrame(() => setTimeout(() => give(performance.now() - start)))
  })
  watch.observe(document.body, { subtree: true, childList: true, characterData: true })
  const late = setTimeout(() => give(null), wait)
  radio.click()
})
"""
SETTLED = "[data-testid=stApp][data-test-script-state=notRunning]"


COMPLETE = "body:has([data-test-script-state=notRunning]):has(.eg-done)"


def first_pages(url, count):
    """Milliseconds until the first page is complete, late parts too, each in a browser without a cache."""
    from playwright.sync_api import sync_playwright

    found = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        for _ in range(count):
            context = browser.new_context(viewport={"width": 1400, "height": 900})
            page = context.new_page()
            begin = time.perf_counter()
            page.goto(url)
            page.locator(COMPLETE).wait_for(state="attached", timeout=4 * WAIT)
            found.append(1000 * (time.perf_counter() - begin))
            context.close()
        browser.close()
    return found


def clicks(url, count, seed=0):
    """Milliseconds of `count` clicks that changed a number; ends by itself."""
    from playwright.sync_api import sync_playwright

    watchdog = threading.Timer(LONGEST, os._exit, (1,))
    watchdog.daemon = True
    watchdog.start()
    rng, found, unchanged = random.Random(seed), [], 0
    end = time.monotonic() + LONGEST - 2 * WAIT / 1000
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        page.set_default_timeout(WAIT)
        page.goto(url)
        page.locator(".eg-rank").first.wait_for()
        options = page.locator(".st-key-known").get_by_role("radio")
        options.first.wait_for()
        page.locator(SETTLED).wait_for()
        number = 0
        while len(found) < count and time.monotonic() < end:
            option = options.nth(rng.randrange(options.count()))
            took = option.evaluate(TIMED, 3000)
            page.locator(SETTLED).wait_for()
            if page.locator(".st-key-impossible").count():
                option.click()  # a contradiction has no numbers: take it back
                page.locator(".st-key-impossible").wait_for(state="detached")
                page.locator(SETTLED).wait_for()
                continue
            number += 1
            if number > BEFORE:
                found.extend([took] if took is not None else [])
                unchanged += took is None
        browser.close()
    watchdog.cancel()
    return found, unchanged
