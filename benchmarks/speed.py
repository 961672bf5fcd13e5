"""All posterior marginals of one case and of 10,000: ratios to pyAgrum and pgmpy in one run.

Findings are sampled on a sixth of the variables, leaves. pyAgrum is timed with one and two threads
and the faster counts. Every answer is compared to 1e-10 before anything is timed.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from etiograph.engine.plans import program_for
from etiograph.engine.propagate import propagate, propagate_one
from etiograph.network.likelihoods import encode
from etiograph.network.network import Network

from . import networks
from .peers import Pgmpy, PyAgrum
from .table import Table
from .timing import best_seconds, geometric_mean, median_seconds

ROWS = 10_000
PGMPY_UP_TO = 60
"""Variables up to which pgmpy is timed (one query a variable; larger ones take minutes)."""

COLUMNS = (
    "live entries", "pgmpy", "one case, engine", "one case, public", "batch, 1 thread",
    "batch, 2 threads", "DataFrame",
)  # fmt: skip


def _agree(network: Network, peer: PyAgrum, sample: list[dict[str, str]]) -> None:
    for case in sample:
        ours = network.case(case).posterior()
        for name, answer in peer.marginals(case).items():
            error = float(np.abs(ours.array(name) - peer.array(answer)).max())
            if error > 1e-10:
                raise SystemExit(f"{name}: differs from {peer.name} by {error:.2g}")


def measure(name: str) -> dict[str, float]:
    """Ratios of one network."""
    network = networks.load(name)
    model = network.model
    sample = networks.cases(network, ROWS, seed=0)
    peer_seconds = []
    for threads in (1, 2):
        peer = PyAgrum(network, threads)
        peer.start(sample[0])
        if threads == 1:
            _agree(network, peer, sample[:20])
        peer.marginals(sample[0])
        peer_seconds.append(median_seconds(peer.marginals, sample[1:], 15))
    theirs = min(peer_seconds)
    # A row of findings, then the whole path from a mapping of names to a posterior object.
    encoded = [encode(network, case)[:2] for case in sample[:200]]
    engine_one = median_seconds(lambda c: propagate_one(model, c[0], c[1]), encoded, 200)
    public_one = median_seconds(lambda c: network.case(c).posterior(), sample[:200], 200)
    rows = np.stack([encode(network, case)[0] for case in sample])
    frame = pd.DataFrame(sample)
    for threads in (1, 2):
        propagate(model, rows[:64], threads=threads)
    one_thread = best_seconds(lambda: propagate(model, rows, threads=1), 3) / ROWS
    two_threads = best_seconds(lambda: propagate(model, rows, threads=2), 3) / ROWS
    network.posteriors(frame[:64])
    table = best_seconds(lambda: network.posteriors(frame), 3) / ROWS
    pgmpy = float("nan")
    if len(network.variables) <= PGMPY_UP_TO:
        other = Pgmpy(network)
        other.marginals(sample[0])
        pgmpy = median_seconds(other.marginals, sample[:2], 2) / engine_one
    program = program_for(model)
    return dict(
        zip(
            COLUMNS,
            (
                program.entries if program else 0, pgmpy, theirs / engine_one, theirs / public_one,
                theirs / one_thread, theirs / two_threads, theirs / table,
            ),
            strict=True,
        )
    )  # fmt: skip


def main(chosen: list[str]) -> Table:
    """Print the table."""
    print("How many times faster than pyAgrum (LazyPropagation), all marginals of a case.")
    print("'pgmpy': one case against pgmpy VariableElimination. Batches: 10,000 rows, per case.")
    table = Table.of("benchmarks", ("network", *COLUMNS))
    collected: list[dict[str, float]] = []
    for name in chosen or networks.SIDE_BY_SIDE:
        row = measure(name)
        collected.append(row)
        table.row(name, *(_number(row[c]) for c in COLUMNS))
    means = [
        geometric_mean([r[c] for r in collected if np.isfinite(r[c])] or [1.0]) for c in COLUMNS[1:]
    ]
    table.row("geometric mean", "", *(_number(m) for m in means))
    return table


def _number(x: float) -> str:
    return "" if not np.isfinite(x) else f"{x:,.0f}"
