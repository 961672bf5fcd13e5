"""The explorer's own package on the path, as Streamlit puts it there."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

APP = Path(__file__).resolve().parents[2] / "app"
sys.path.insert(0, str(APP))


@pytest.fixture
def app_script():
    """Entry script of the explorer."""
    return APP / "explorer" / "script.py"


@pytest.fixture
def networks():
    """Folder of the small networks these tests open."""
    return Path(__file__).resolve().parent / "networks"
