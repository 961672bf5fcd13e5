"""A server of our own on a free port, and a page that must stay on this machine without errors."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [
    str(ROOT),
    str(ROOT / "app"),
]  # tests.serving and explorer, however pytest is started
from tests.serving import Server  # noqa: E402

CHROMIUM = Path("/usr/bin/chromium")
REQUIRED = os.environ.get("ETIOGRAPH_REQUIRE_BROWSER") == "1"
CLINIC = ROOT / "tests" / "app" / "networks" / "clinic.toml"


def pytest_collection_modifyitems(items):
    """Everything here needs a browser."""
    for item in items:
        if Path(item.path).parent == Path(__file__).parent:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium():
    """One browser for the session; skips loudly where there is none."""
    if not CHROMIUM.exists():
        if REQUIRED:
            pytest.fail(f"{CHROMIUM} is missing, and ETIOGRAPH_REQUIRE_BROWSER=1")
        pytest.skip(f"no browser test was run: {CHROMIUM} is missing")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=90_000)  # a loaded machine is slow, not wrong
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM),
            args=[
                *("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"),
                # One process draws all pages: to start another takes as long as to open a page.
                *("--renderer-process-limit=1", "--disable-site-isolation-trials"),
            ],
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def tabs(chromium):
    """The one window of the session: what one page has fetched, the next has, too."""
    context = chromium.new_context()
    context.set_default_timeout(180_000)
    yield context
    context.close()


@pytest.fixture(scope="session")
def servers(tmp_path_factory):
    """Start a server for a network once, and stop all at the end."""
    running = {}

    def serve(network):
        if network not in running:
            log = tmp_path_factory.mktemp("server") / "log.txt"
            running[network] = Server(network, log)
        return running[network].wait()

    yield serve
    for server in running.values():
        server.stop()


@pytest.fixture
def open_page(tabs, servers):
    """Open the explorer; at the end no request may have left and the console must be clean."""
    pages, outside, errors = [], [], []

    def open_(
        network=CLINIC,
        query="",
        *,
        server=None,
        scheme="light",
        width=1400,
        height=900,
        start="Explore",
    ):
        from tests.browser.steps import ready

        server = server or servers(network)
        page = tabs.new_page()
        pages.append(page)
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)
        page.on("request", lambda request: _check(request.url, server.port, outside))
        page.on("console", lambda line: line.type == "error" and errors.append(line.text))
        page.on("pageerror", lambda error: errors.append(str(error)))
        path = "" if start == "Explore" else start.lower()
        page.goto(f"{server.url}{path}{query}")
        ready(page, start)
        return page

    yield open_
    for page in pages:
        page.close()
    assert outside == []
    assert errors == []


def _check(url, port, outside):
    local = (f"http://127.0.0.1:{port}/", f"ws://127.0.0.1:{port}/", "data:", "blob:")
    if not url.startswith(local):
        outside.append(url)
