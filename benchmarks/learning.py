"""Learning: EM per row and pass against pyAgrum's, an update, scores; ratios and rates of one run.

EM: the tables of a network from the same rows with 20 % of the cells empty, processor time of a row and
pass (pyAgrum: of a row and iteration, one thread, in a process of its own). An update: processor time
of ``Network.update``, by part of the work.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd

import etiograph as eg
from etiograph.engine.enumerate import family_table
from etiograph.engine.propagate import propagate
from etiograph.engine.warm import warm_up
from etiograph.findings.table import read_cases
from etiograph.learning.expectation import known_states
from etiograph.learning.objective import Cohort
from etiograph.learning.update import update
from etiograph.network.network import Network
from etiograph.query.causes import causes

from . import networks
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


def show_em() -> None:
    """The table of EM."""
    print("EM, microseconds of a row and pass (20 % of the cells empty)")
    print(f"{'network':10} {'rows':>6} {'etiograph':>10} {'pyAgrum':>10} {'ratio':>8}")
    ratios = []
    for name in EM:
        ours, theirs = em(name)
        ratios.append(theirs / ours)
        print(f"{name:10} {EM[name]:6} {ours:10.2f} {theirs:10.0f} {ratios[-1]:8.0f}", flush=True)
    print(f"geometric mean of the ratios: {geometric_mean(ratios):.0f}")


def show_update(network: Network, rows: int) -> None:
    """An update of a network by people drawn from it, three in ten cells empty."""
    people = with_holes(network.sample(rows, 1, measured=True), 0.3, 2)
    marks = [("reading", time.process_time(), time.perf_counter())]
    up = update(
        network, people,
        progress=lambda what: marks.append((what, time.process_time(), time.perf_counter())),
    )  # fmt: skip
    marks.append(("end", time.process_time(), time.perf_counter()))
    print(f"update of {network.about['name']} by {rows:,} rows, three in ten cells empty")
    for (what, cpu, wall), (_, cpu_end, wall_end) in pairwise(marks):
        print(f"  {what:12} processor {cpu_end - cpu:7.1f} s, wall {wall_end - wall:7.1f} s")
    total = marks[-1][1] - marks[0][1], marks[-1][2] - marks[0][2]
    print(f"  {'all':12} processor {total[0]:7.1f} s, wall {total[1]:7.1f} s; {up.diagnostics}")


def show_scores(network: Network, rows: int) -> None:
    """Rows a processor second: 15 findings, the same variables in all rows and others in each."""
    people = network.sample(rows, 1)
    some = people[list(people.columns[:: max(1, people.shape[1] // 15)][:15])]
    own = with_holes(people, 1.0 - 15 / people.shape[1], 3)
    print(f"scores of {network.about['name']}, rows a processor second")
    for name, table in (("one pattern", some), ("a pattern a row", own)):
        asked = [c.variable for c in causes(network)]
        network.posteriors(table[:64], of=asked)
        start = time.process_time()
        network.posteriors(table, of=asked)
        print(f"  {name:16} {rows / (time.process_time() - start):8.0f}", flush=True)


def main(arguments: list[str]) -> None:
    """EM, the update of the leg-cramp network (or by as many rows as said), scores."""
    rows = int(arguments[0]) if arguments else 2000
    warm_up()
    network = eg.load("leg_cramps")
    show_em()
    show_scores(network, 2000)
    show_update(network, rows)


if __name__ == "__main__":
    main(sys.argv[1:])
