"""Cases that each know other variables: ratios to pyAgrum in one run, one by one and as one table.

Findings are on a sixth of the variables, any of them. Nothing is kept from before: what is compiled for a
pattern is counted with its answer. Answers are compared to 1e-10 before anything is timed.
"""

from __future__ import annotations

import time

import numpy as np
import pandas as pd

from etiograph.engine.propagate import propagate
from etiograph.engine.warm import warm_up
from etiograph.network.likelihoods import encode
from etiograph.store import STORE

from . import networks
from .peers import PyAgrum
from .table import Table
from .timing import geometric_mean

CASES = 200
PEERS = 50
"""Cases that pyAgrum is timed on."""
NETWORKS = tuple(name for name in networks.SIDE_BY_SIDE if name != "pigs")
COLUMNS = ("network", "pyAgrum ms a case", "one by one", "rows, engine", "DataFrame")


def measure(name: str) -> tuple[float, float, float, float]:
    """Milliseconds of pyAgrum for a case, and how many times faster we are: one by one, as rows, a DataFrame."""
    network = networks.load(name)
    cases = networks.own_cases(network, CASES, seed=0)
    network.case(cases[0]).posterior()
    peer = PyAgrum(network, 1)
    for case in cases[:5]:
        ours = network.case(case).posterior()
        for variable, answer in peer.answers(case).items():
            if np.abs(ours.array(variable) - peer.array(answer)).max() > 1e-10:
                raise SystemExit(f"{name}: {variable} differs from pyAgrum")
    start = time.process_time()
    for case in cases[:PEERS]:
        peer.answers(case)
    theirs = (time.process_time() - start) / PEERS
    STORE.clear()
    start = time.process_time()
    for case in cases:
        network.case(case).posterior()
    single = (time.process_time() - start) / CASES
    rows = np.stack([encode(network, case)[0] for case in cases])
    STORE.clear()
    start = time.process_time()
    propagate(network.model, rows)
    engine = (time.process_time() - start) / CASES
    table = pd.DataFrame(cases, columns=list(network.variables))
    STORE.clear()
    start = time.process_time()
    network.posteriors(table)
    together = (time.process_time() - start) / CASES
    return 1e3 * theirs, theirs / single, theirs / engine, theirs / together


def main(chosen: list[str]) -> Table:
    """Print the table."""
    warm_up()
    print(
        f"{CASES} cases, each with findings of its own: how many times faster than pyAgrum, processor time."
    )
    table = Table.of("patterns", COLUMNS)
    found = []
    for name in chosen or NETWORKS:
        ms, *ratios = measure(name)
        found.append(ratios)
        table.row(name, f"{ms:.2f}", *(f"{ratio:,.1f}" for ratio in ratios))
    table.row(
        "geometric mean", "", *(f"{geometric_mean(c):,.1f}" for c in zip(*found, strict=True))
    )
    return table
