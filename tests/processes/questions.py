"""The questions that a process is asked; also a script: ``python questions.py fork`` asks children.

Prints one line of JSON: for each child whether it answered, and as the parent did.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
import threading
from multiprocessing.connection import Connection

import numpy as np

import etiograph
from etiograph.network.network import Network

PATIENCE = 240.0
"""Seconds after which a child counts as waiting for ever; it needs a few."""
FINDINGS = {"leg_cramps": "present", "muscle_twitching": "present"}


def table(network: Network) -> np.ndarray:
    """A table large enough for both threads."""
    n = 600
    columns = {
        name: [network.variables[name].states[(i + shift) % 2] for i in range(n)]
        for shift, name in enumerate(FINDINGS)
    }
    return network.posteriors(columns).marginals


def intervals(network: Network) -> np.ndarray:
    """Enough draws for both threads."""
    found = network.case(FINDINGS).intervals(draws=160).to_frame()
    return found.select_dtypes("number").to_numpy()


def tornado(network: Network) -> np.ndarray:
    case = network.case(muscle_twitching="present")
    return case.tornado("leg_cramps", "present").to_frame().select_dtypes("number").to_numpy()


QUESTIONS = {"table": table, "intervals": intervals, "tornado": tornado}


def answers(network: Network) -> dict[str, np.ndarray]:
    """Every answer."""
    return {name: ask(network) for name, ask in QUESTIONS.items()}


def _child(pipe: Connection, network: Network) -> None:
    pipe.send(answers(network))
    pipe.close()


def asked_in_child(
    method: str, network: Network, expected: dict[str, np.ndarray]
) -> dict[str, object]:
    """What a child answers: which questions come as in the parent, and how the child ended."""
    context = multiprocessing.get_context(method)
    here, there = context.Pipe()
    child = context.Process(target=_child, args=(there, network))
    child.start()
    there.close()
    told: dict[str, np.ndarray] = {}
    if here.poll(PATIENCE):
        try:
            told = here.recv()
        except EOFError:
            told = {}
    child.join(10.0)
    if child.is_alive():
        child.kill()
        child.join()
    return {
        "same": sorted(
            name
            for name, answer in told.items()
            if np.allclose(answer, expected[name], rtol=1e-9, atol=1e-12, equal_nan=True)
        ),
        "ended": child.exitcode,
    }


def main(method: str, beside: int) -> None:
    """Ask this process, then children, while some threads of this process go on asking."""
    network = etiograph.load("leg_cramps")
    expected = answers(network)
    over = threading.Event()

    def busy() -> None:
        number = 0
        while not over.is_set():
            number += 1
            own = network.with_parameters(
                {next(iter(network.parameters)): 1e-3 * (number % 90 + 1)}
            )
            table(own)
            own.case(FINDINGS).had({"diuretic": "none"}).posterior()

    threads = [threading.Thread(target=busy) for _ in range(beside)]
    for thread in threads:
        thread.start()
    children = 1 if method != "fork" else 2
    told = [asked_in_child(method, network, expected) for _ in range(children)]
    over.set()
    for thread in threads:
        thread.join()
    print(json.dumps(told), flush=True)
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
