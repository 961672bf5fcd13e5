"""Answers in processes made in every way, whatever the parent was doing, and in many threads at once."""

from __future__ import annotations

import json
import multiprocessing
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

import etiograph
from etiograph.threads import in_pieces, lock

SCRIPT = Path(__file__).with_name("questions.py")
METHODS = multiprocessing.get_all_start_methods()
FORKS = pytest.mark.skipif("fork" not in METHODS, reason="this system does not fork")
MANY_THREADS = pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
"""The process that runs the tests may have threads of its own."""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("method", "beside"), [(m, n) for m in METHODS for n in (0, 2) if m == "fork" or not n]
)
def test_a_child_answers_as_its_parent_did(method, beside):
    """The parent has answered a large table, intervals and a tornado, which start the pool's threads."""
    done = subprocess.run(
        [sys.executable, str(SCRIPT), method, str(beside)],
        capture_output=True,
        text=True,
        check=True,
    )
    told = json.loads(done.stdout)
    assert told
    for child in told:
        assert child == {"same": ["intervals", "table", "tornado"], "ended": 0}


def _in_child(work) -> int:
    """The exit code of a forked child that does some work: 0 if it came through."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@FORKS
@MANY_THREADS
def test_pieces_are_worked_on_after_a_fork_in_child_and_parent():
    done: list[tuple[int, int]] = []

    def twice() -> None:
        done.clear()
        in_pieces(lambda first, end: done.append((first, end)), [0, 3, 5, 9])
        assert sorted(done) == [(0, 3), (3, 5), (5, 9)]

    twice()
    assert _in_child(twice) == 0
    twice()
    assert _in_child(lambda: [twice(), _in_child(twice) and os._exit(2)]) == 0


@FORKS
@MANY_THREADS
def test_a_lock_that_another_thread_takes_again_and_again_is_free_in_the_child():
    one, over = lock(), threading.Event()

    def busy() -> None:
        while not over.is_set():
            with one:
                sum(range(2000))

    def free() -> None:
        assert one.acquire(timeout=60.0)
        one.release()

    thread = threading.Thread(target=busy)
    thread.start()
    try:
        assert [_in_child(free) for _ in range(20)] == [0] * 20
        free()
    finally:
        over.set()
        thread.join()


def test_work_goes_on_while_python_ends():
    """No thread starts any more then; the answer comes all the same."""
    script = """
import atexit, sys
from etiograph.threads import in_pieces
done = []
in_pieces(lambda first, end: done.append(end), [0, 1, 2])
def last():
    in_pieces(lambda first, end: done.append(end), [2, 3, 4])
    print(sorted(done))
atexit.register(last)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (done.returncode, done.stderr, done.stdout) == (0, "", "[1, 2, 3, 4]\n")


def test_what_one_piece_raises_is_raised():
    def work(first: int, end: int) -> None:
        if first:
            raise ValueError("not this piece")

    with pytest.raises(ValueError, match="not this piece"):
        in_pieces(work, [0, 1, 2])


def _asked(number: int) -> list[np.ndarray]:
    """Questions of one visitor, who has changed a number; many share the structure."""
    network = etiograph.load("leg_cramps_small")
    name = list(network.parameters)[number % 12]
    network = network.with_parameters({name: network.parameters[name].value * 0.99})
    names = [v.name for v in network.variables.values() if v.role == "finding"]
    findings = {"leg_cramps": "present"}
    for k in range(number % 5):
        variable = network.variables[names[(number + 3 * k) % len(names)]]
        findings[variable.name] = variable.states[-1]
    case = network.case(findings)
    table = {name: [state] * 40 for name, state in findings.items()}
    return [
        case.posterior().marginals,
        case.had({"diuretic": "none"}).posterior().marginals,
        case.after({"diuretic": "none"}).posterior().marginals,
        network.posteriors(table).marginals,
        case.intervals(draws=40).to_frame().select_dtypes("number").to_numpy(),
    ]


@pytest.mark.slow
def test_24_threads_get_what_one_gets():
    expected = [_asked(number) for number in range(24)]
    with ThreadPoolExecutor(24) as pool:
        found = list(pool.map(_asked, [*range(24)] * 3))
    for number, answers in enumerate(found):
        for got, wanted in zip(answers, expected[number % 24], strict=True):
            np.testing.assert_allclose(got, wanted, rtol=1e-9, atol=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("method", METHODS)
def test_every_public_object_goes_into_a_child_and_through_threads(method):
    done = subprocess.run(
        [sys.executable, str(SCRIPT.with_name("objects.py")), method],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told.pop("objects") > 60
    assert told == {"child": [], "ended": 0, "threads": []}
