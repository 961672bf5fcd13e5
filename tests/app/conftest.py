"""The explorer's own package on the path, as Streamlit puts it there, and pages run without a browser."""

from __future__ import annotations

import gzip
import sys
from importlib.util import find_spec
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


@pytest.fixture(scope="session")
def plain_files(tmp_path_factory):
    """Networks as BIF files, which state no roles, labels or groups: asia by our writer, alarm as published."""
    import etiograph
    from etiograph.formats import write

    folder = tmp_path_factory.mktemp("plain")
    write(etiograph.load("asia"), folder / "asia.bif")
    published = Path(find_spec("pgmpy").origin).parent / "utils/example_models/alarm.bif.gz"
    (folder / "alarm.bif").write_bytes(gzip.decompress(published.read_bytes()))
    return {name: folder / f"{name}.bif" for name in ("asia", "alarm")}
