"""Learning: EM per row and pass against pyAgrum's, an update, scores; ratios and rates of one run.

EM: the tables of a network from the same rows with 20 % of the cells empty, processor time of a row and
pass (pyAgrum: of a row and iteration, one thread, in a process of its own). An update: processor time
of ``Network.update``, by part of the work. Two sections of the page: ``em`` and ``learning``.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd

import etiograph as eg
from etiograph.engine.enumerate import family_table
from etiograph.engine.propagate import propagate
from etiograph.engine.warm import warm_up
from etiograph.findings.contract import Contract
from etiograph.findings.table import read_cases
from etiograph.learning.cohort import Cohort
from etiograph.learning.expectation import known_states
from etiograph.learning.update import update
from etiograph.network.network import Network
from etiograph.query.causes import causes
from etiograph.query.table import answer

from . import networks
from .table import Table
from .timing import geometric_mean

EM = {"asia": 1000, "child": 1000, "alarm": 200, "hepar2": 200}
"""Rows by network, the same for both: as many as pyAgrum goes through in a few minutes."""
TURNS, PASSES = 3, 10
PEER = Path(__file__).parents[1] / "tests" / "learning" / "pyagrum_em.py"


def with_holes(people: pd.DataFrame, share: float, seed: int) -> pd.DataFrame:
    """The table with a share of its cells empty."""
    holes = np.random.default_rng(seed).random(people.shape) < share
    return people.astype(object).mask(pd.DataFrame(holes, columns=people.columns))


def em(name: str) -> tuple[float, float]:
    """Microseconds of processor time of a row and pass, ours and pyAgrum's; one thread each."""
    network = networks.load(name)
    table = with_holes(network.sample(EM[name], 1), 0.2, 2)
    model = network.model
    cohort = Cohort.of(read_cases(network, table))

    def one_pass() -> None:
        propagate(model, cohort.rows, wanted=(), counts=True, weights=cohort.weights, threads=1)

    one_pass()  # arranges the rows; the passes of EM are the others
    start = time.process_time()
    for _ in range(PASSES):
        one_pass()
    ours = 1e6 * (time.process_time() - start) / PASSES / cohort.n
    states = known_states(model, cohort.rows).repeat(cohort.weights.astype(int), axis=0)
    every = range(len(model.cards))
    task = {
        "cards": list(model.cards),
        "parents": [list(model.parents(v)) for v in every],
        "tables": [np.asarray(family_table(model, v)).ravel().tolist() for v in every],
        "rows": states.tolist(),
        "epsilon": None,
        "turns": TURNS,
        "smoothing": 1.0,
    }
    done = subprocess.run(
        [sys.executable, str(PEER)], input=json.dumps(task) + "\n", capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    told = json.loads(done.stdout)
    return ours, 1e6 * told["seconds"] / cohort.n / max(1, told["turns"])


def em_table() -> Table:
    """One line a network."""
    print("EM, microseconds of processor time of a row and pass (20 % of the cells empty)")
    table = Table.of("em", ("network", "rows", "etiograph", "pyAgrum", "ratio"))
    ratios = []
    for name in EM:
        ours, theirs = em(name)
        ratios.append(theirs / ours)
        table.row(name, f"{EM[name]:,}", f"{ours:.2f}", f"{theirs:,.0f}", f"{ratios[-1]:,.0f}")
    table.row("geometric mean", "", "", "", f"{geometric_mean(ratios):,.0f}")
    return table


def score_rows(network: Network, rows: int) -> list[tuple[str, str]]:
    """Rows a processor second: 15 findings, the same variables in all rows and others in each."""
    people = network.sample(rows, 1)
    some = people[list(people.columns[:: max(1, people.shape[1] // 15)][:15])]
    own = with_holes(people, 1.0 - 15 / people.shape[1], 3)
    asked = [c.variable for c in causes(network)]
    told = []
    for name, table in (("the same 15", some), ("others in each row, 15 on average", own)):
        answer(network, table[:64], Contract(), of=asked)
        start = time.process_time()
        answer(network, table, Contract(), of=asked)
        rate = rows / (time.process_time() - start)
        told.append(
            (
                f"all {len(asked)} causes asked of {rows:,} rows, {name} known",
                f"{rate:,.0f} rows a s",
            )
        )
    return told


def update_rows(network: Network, rows: int) -> list[tuple[str, str]]:
    """An update of a network by people drawn from it, three in ten cells empty: all, then by part."""
    people = with_holes(network.sample(rows, 1, measured=True), 0.3, 2)
    marks = [("reading", time.process_time())]
    up = update(
        network, people, progress=lambda what: marks.append((str(what), time.process_time()))
    )
    marks.append(("end", time.process_time()))
    spent = [(what, until - since) for (what, since), (_, until) in pairwise(marks)]
    told = up.diagnostics
    parts = ", ".join(f"{what} {seconds:.0f}" for what, seconds in spent)
    name = f"update of all {len(up.numbers)} numbers by {rows:,} people, three cells in ten empty"
    how = f"{told.gradients:,} gradients, {told.method}"
    return [(name, f"{marks[-1][1] - marks[0][1]:.0f} s ({parts}; {how})")]


def main(arguments: list[str]) -> Iterator[Table]:
    """EM; scores and an update of the leg-cramp network, by 2,000 people or as many as are said."""
    rows = int(arguments[0]) if arguments else 2000
    warm_up()
    yield em_table()
    network = eg.load("leg_cramps")
    table = Table.of("learning", ("leg-cramp network", "processor time"))
    for told in (score_rows, update_rows):
        for name, found in told(network, rows):
            table.row(name, found)
        yield table
