"""What every test shares."""

from __future__ import annotations

import gzip
import os
import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parents[1]

# No deadline: a test bounds no wall clock. A failing example is printed so that it can become a test.
settings.register_profile(
    "etiograph", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("etiograph")


@pytest.fixture(scope="session")
def root() -> Path:
    """The clone."""
    return ROOT


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of Chromium. Without it a browser test skips, or fails where browsers are required."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found:
        return found
    missing = "no Chromium on this machine"
    if os.environ.get("ETIOGRAPH_REQUIRE_BROWSER"):
        pytest.fail(missing)
    pytest.skip(missing)


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
