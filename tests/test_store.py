"""The one store: bytes, one worker a key, forks."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pytest

from etiograph.store import Store, bytes_of, digest_of


def test_a_thing_is_built_once_and_the_least_recently_used_goes_first():
    store = Store(memory=3 * 8_000 + 2_000)
    made = []

    def array(name):
        return store.get(name, lambda: made.append(name) or np.zeros(1_000))

    first = array("a")
    array("b")
    array("c")
    assert array("a") is first
    assert len(store) == 3
    array("d")
    assert "b" not in store
    assert "a" in store
    assert made == ["a", "b", "c", "d"]
    assert store.bytes <= 3 * 8_000 + 2_000
    store.clear()
    assert store.bytes == len(store) == 0
    assert array("a") is not first


def test_something_larger_than_the_store_is_kept_alone():
    store = Store(memory=100)
    large = store.get("large", lambda: np.zeros(1_000))
    assert store.get("large", lambda: None) is large
    store.get("next", lambda: 1)
    assert "large" not in store


def test_small_things_do_not_drive_out_what_is_larger_than_the_store():
    store = Store(memory=8_000)
    large = store.get("large", lambda: np.zeros(2_000))
    for name in range(3):
        store.get(name, lambda: np.zeros(10))
    assert store.get("large", lambda: None) is large
    store.get("other", lambda: np.zeros(2_000))
    assert "large" not in store


def test_none_is_a_thing_to_keep():
    store = Store()
    assert store.get("impossible", lambda: None) is None
    assert store.get("impossible", lambda: 1) is None


def test_two_threads_that_ask_for_the_same_wait_for_one_worker():
    store, made, start = Store(), [], threading.Barrier(8)
    release = threading.Event()

    def build():
        made.append(1)
        release.wait()
        return object()

    def ask(_):
        start.wait()
        if made:
            release.set()
        return store.get("key", build)

    with ThreadPoolExecutor(9) as pool:
        answers = [pool.submit(ask, i) for i in range(8)]
        pool.submit(release.set)
        found = {id(answer.result()) for answer in answers}
    assert len(found) == 1
    assert made == [1]


def test_other_keys_are_not_held_up():
    store, inside, release = Store(), threading.Event(), threading.Event()

    def slow():
        inside.set()
        release.wait()
        return 1

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(store.get, "slow", slow)
        inside.wait()
        assert store.get("quick", lambda: 2) == 2
        release.set()
        assert first.result() == 1


def test_what_fails_is_not_kept_and_the_next_one_tries():
    store, inside, release = Store(), threading.Event(), threading.Event()

    def fails():
        inside.set()
        release.wait()
        raise ValueError("no")

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(store.get, "key", fails)
        inside.wait()
        second = pool.submit(store.get, "key", lambda: 3)
        release.set()
        with pytest.raises(ValueError, match="no"):
            first.result()
        assert second.result() == 3


def test_a_thing_that_needs_itself_is_refused():
    store = Store()
    with pytest.raises(RuntimeError, match="needed to make it"):
        store.get("a", lambda: store.get("a", lambda: 1))
    assert store.get("a", lambda: 2) == 2


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_forked_process_waits_for_no_worker_of_its_parent():
    store, inside, release = Store(), threading.Event(), threading.Event()
    store.get("there", lambda: 1)

    def slow():
        inside.set()
        release.wait()
        return 1

    with ThreadPoolExecutor(1) as pool:
        pool.submit(store.get, "key", slow)
        inside.wait()
        child = os.fork()
        if not child:
            fine = store.get("there", lambda: 0) == 1 and store.get("key", lambda: 4) == 4
            os._exit(0 if fine else 1)
        release.set()
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert store.get("key", lambda: 5) == 1


def test_bytes_are_those_of_the_arrays_inside():
    @dataclass
    class Thing:
        numbers: np.ndarray
        more: dict

    @dataclass
    class Says:
        held: int

    array = np.zeros(10_000)
    size = bytes_of(Thing(array, {"a": [np.zeros(5_000)], "b": array}))
    assert 120_000 <= size < 121_500
    assert bytes_of(Says(7_000)) == 7_000


def test_a_digest_is_of_the_numbers_not_of_the_object():
    a = np.arange(5.0)
    assert digest_of(a) == digest_of(a.copy()) == digest_of(np.arange(10.0)[:5])
    assert digest_of(a) != digest_of(a + 1)
    assert digest_of(np.arange(10)[::2]) == digest_of(np.array([0, 2, 4, 6, 8]))


def test_what_does_not_fit_any_more_is_dropped_when_the_bound_is_lowered():
    store = Store(10_000)
    for key in range(5):
        store.get(key, lambda: np.zeros(200))
    assert len(store) == 5
    store.memory = 4_000
    assert len(store) < 5
    assert 4 in store
    assert store.memory == 4_000
