"""The small network of tests/uncertainty, shared."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

_spec = importlib.util.spec_from_file_location(
    "uncertainty_fixtures", Path(__file__).parents[1] / "uncertainty" / "conftest.py"
)
assert _spec is not None
assert _spec.loader is not None
_fixtures = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_fixtures)


@pytest.fixture(scope="session")
def small() -> Any:
    return _fixtures.cramp_network()


@pytest.fixture(scope="session")
def brute() -> Any:
    return _fixtures.by_enumeration
