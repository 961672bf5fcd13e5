"""Steps in the explorer that end when what they bring about is on the screen, and nothing older.

While a script runs, Streamlit leaves old elements standing beside new ones, so that a locator may match
two. Every step here ends after that; a test that does no step itself can't meet it.
"""

from __future__ import annotations

import re
from contextlib import contextmanager

from playwright.sync_api import expect

LOADING = "[data-testid=stSkeleton], [data-testid=stSpinner]"
RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]
# What colours and widths alone can break; the rest is the same in any look of a page.
LOOKS = {"type": "rule", "values": ["color-contrast", "target-size", "scrollable-region-focusable"]}
STILL = "document.getAnimations().every(one => one.playState != 'running')"
PATIENCE = 180_000  # milliseconds, for a machine under load; nothing is timed


def ready(page, name="Explore", after=None):
    """The script has come to its end and nothing on the screen is left from the run before.

    `after` is the number of an earlier run: wait for a later one.
    """
    done = f'.eg-done[data-page="{name}"]' + (f':not([data-run="{after}"])' if after else "")
    whole = (
        f"body:has([data-test-script-state=notRunning]):has({done}):not(:has({LOADING}))"
        f':not(:has(.eg-done[data-run="{after}"]))'  # one look at all of it
    )
    expect(page.locator(whole)).to_have_count(1, timeout=PATIENCE)


@contextmanager
def step(page, name="Explore"):
    """Do something that makes the script run, and wait for the end of that run."""
    before = page.locator(".eg-done").get_attribute("data-run")
    yield
    ready(page, name, after=before)


def turn(page, name):
    """Go to a page by the navigation."""
    link = page_link(page, name)
    with step(page, name):
        link.click()


def page_link(page, name):
    """The link to a page: in the bar, or behind its last button."""
    link = page.get_by_role("link", name=name, exact=True)
    if not link.count():
        widget(page, "pages").get_by_role("button", name=re.compile("More")).click()
    expect(link).to_be_in_viewport()
    return link


def widget(page, key):
    """A widget or container by its key."""
    return page.locator(f".st-key-{re.sub(r'[^A-Za-z0-9_-]', '-', key)}")


def option(page, finding, label):
    """One state of a finding, to choose."""
    return widget(page, f"w.{finding}").get_by_role("radio", name=label, exact=True)


def choose(page, finding, label):
    """Enter a finding, or take it back."""
    with step(page):
        option(page, finding, label).click()


def pick(page, key, label, name="Explore"):
    """Pick from a list that opens.

    An open list closes as soon as the page scrolls. The click itself scrolls to a box that is out of sight,
    and the browser tells of it a frame later, when the list may be open: so scroll first, and let it be told.
    """
    box = widget(page, key).get_by_role("combobox")
    box.scroll_into_view_if_needed()
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    box.click()
    with step(page, name):
        page.get_by_role("option", name=label, exact=True).click()


def press(page, key, name="Explore"):
    """Press the button with this key."""
    with step(page, name):
        widget(page, key).get_by_role("button").click()


def ask(page, question):
    """Choose which question the bars answer."""
    with step(page):
        widget(page, "view").get_by_role("radio", name=question, exact=True).click()


def chip(page, finding):
    """What is entered of a finding, above the ranking."""
    return widget(page, f"chip.{finding}").get_by_role("button")


def now(page, cause):
    """Number of a possible cause in the ranking."""
    header = page.get_by_role("rowheader", name=cause, exact=True)
    return widget(page, "result").locator(".eg-rank tbody tr", has=header).locator(".eg-now")


def node(page, name, diagram="diagram"):
    """A box of a diagram."""
    return widget(page, diagram).locator(f'.node[data-id="{name}"]')


def share(page):
    """Open the box with link, downloads and upload; where it is already open, it stays so."""
    box = page.get_by_role("dialog", name="Share", exact=True)
    if box.count() == 0:
        press(page, "share")
    expect(box).to_be_visible()
    return box


def close(page, name="Explore"):
    """Close the box that is open, as the keyboard does; the script runs once after it."""
    with step(page, name):
        page.keyboard.press("Escape")


def saved(page, key, folder, name="Explore"):
    """Save a download in a folder; the path of the file."""
    with page.expect_download() as coming:
        widget(page, key).get_by_role("button").click()
    path = folder / coming.value.suggested_filename
    coming.value.save_as(path)
    return path


def give(page, file):
    """Hand a file to the explorer and open it; the box it was handed to."""
    box = share(page)
    with step(page):
        box.locator("input[type=file]").set_input_files(file)
    return box


def own_cases(page, file):
    """Go to the page's second half and hand over a file."""
    with step(page, "Priors"):
        widget(page, "priors-way").get_by_role("radio", name="Use your own cases").click()
    with step(page, "Priors"):
        page.locator(".st-key-cohort-upload-0 input[type=file]").set_input_files(file)


def work(page, button, sign):
    """Start something long, and wait until what it brings is on the page."""
    press(page, button, "Priors")
    expect(widget(page, sign)).to_be_visible(timeout=PATIENCE)
    ready(page, "Priors")


def themed(page, scheme):
    """The page has the colours of a scheme, which follow a moment after it."""
    page.wait_for_function(
        "dark => getComputedStyle(document.querySelector('.stApp')).colorScheme.includes(dark)",
        arg=scheme,
        timeout=PATIENCE,
    )


def focus_by_keys(page, target, key="Tab", most=80):
    """Press Tab until the focus is in an element, as somebody without a mouse does."""
    for _ in range(most):
        if target.evaluate("element => element.matches(':focus-within')"):
            return
        page.keyboard.press(key)
    raise AssertionError(f"no way by {key} to {target}")


FOUND = """options => axe.run(document, options).then(all => all.violations.map(
  rule => [rule.id, rule.nodes.slice(0, 2).map(node => node.html.slice(0, 160))]
))"""


def violations(page, rules=RULES):
    """What axe finds on the page at rest: rule -> where. Colours of what is fading in are no colours."""
    from axe_playwright_python.sync_playwright import Axe

    page.mouse.move(0, 0)  # the link that was clicked shows its help while the pointer rests on it
    expect(page.get_by_role("tooltip")).to_have_count(0)
    page.wait_for_function(STILL, timeout=PATIENCE)
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    # To tell of all that is as it should be, too, takes twice as long.
    options = {"runOnly": rules, "resultTypes": ["violations"], "selectors": False}
    return dict(page.evaluate(FOUND, options))
