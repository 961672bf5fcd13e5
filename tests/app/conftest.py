"""The explorer's own package on the path, as Streamlit puts it there, and pages run without a browser."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APP = ROOT / "app"
sys.path[:0] = [str(APP), str(ROOT)]  # the second for tests.app.reading


@pytest.fixture
def app_script():
    """Entry script of the explorer."""
    return APP / "explorer" / "script.py"


@pytest.fixture
def networks():
    """Folder of the small networks these tests open."""
    return Path(__file__).resolve().parent / "networks"


@pytest.fixture
def open_app(app_script, monkeypatch):
    """The explorer on one network, with a link."""
    from streamlit.testing.v1 import AppTest

    def open_(network, link=""):
        monkeypatch.setenv("ETIOGRAPH_NETWORK", str(network))
        app = AppTest.from_file(str(app_script), default_timeout=240)
        if link:
            app.query_params["case"] = link
        return app.run()

    return open_
