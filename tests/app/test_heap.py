"""What is there when a run begins is left out of the collections after it, and not for ever."""

from __future__ import annotations

import gc
import weakref

import pytest

from explorer.heap import WHOLE, Heap


class _Knot:
    """An object that only the collector of garbage can free."""

    def __init__(self):
        self.me = self


@pytest.fixture(autouse=True)
def _by_hand():
    """Collect when told alone, and leave nothing frozen."""
    gc.disable()
    yield
    gc.enable()
    gc.unfreeze()
    gc.collect()


def test_a_collection_after_a_run_leaves_out_what_was_there_before():
    heap = Heap()
    heap.keep(1000.0)
    knot = weakref.ref(_Knot())
    heap.keep(1001.0)
    after = weakref.ref(_Knot())
    gc.collect()
    assert knot() is not None
    assert after() is None


def test_what_died_later_is_freed_when_everything_is_collected():
    heap = Heap()
    heap.keep(1000.0)
    knot = weakref.ref(_Knot())
    heap.keep(1001.0)
    heap.keep(1000.0 + WHOLE)
    assert knot() is None
