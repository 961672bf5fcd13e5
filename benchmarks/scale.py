"""Rows a second of ``score`` and of a fit, here and on one and two workers of a cluster; what 10^8 would take.

Processor time of this process and of the workers together, so that what moves rows to and fro is in it: reading of
Parquet files, making of cases, answers, writing. Wall time, as on this machine.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import etiograph as eg
from etiograph.cluster import workers
from etiograph.commands.score import score
from etiograph.engine.warm import warm_up
from etiograph.network.network import Network

from . import networks
from .learning import with_holes
from .table import Table

FILES = 4
"""Files of the folder that is one table."""
MANY = 100_000_000


def folder(people: pd.DataFrame, place: Path) -> Path:
    """The table as a folder of Parquet files."""
    place.mkdir()
    for k, rows in enumerate(np.array_split(np.arange(len(people)), FILES)):
        people.iloc[rows].to_parquet(place / f"{k}.parquet")
    return place


def tables(network: Network, rows: int) -> dict[str, pd.DataFrame]:
    """15 findings: the same variables in all rows, and others in each."""
    people = network.sample(rows, 1)
    some = people[list(people.columns[:: max(1, people.shape[1] // 15)][:15])]
    few = people.head(max(1000, rows // 10))
    own = with_holes(few, 1.0 - 15 / people.shape[1], 3)
    return {"score, the same 15 known": some, "score, others in each row": own}


def spent(work: Callable[[Any], object], count: int) -> tuple[float, float]:
    """Processor and wall seconds of a work on so many workers, 0: in this process; what is loaded once is."""
    with workers("dask", count) if count else nullcontext(None) as client:
        if client is not None:
            client.run(warm_up)

        def clock() -> float:
            there = client.run(time.process_time).values() if client is not None else ()
            return time.process_time() + sum(there)

        start, wall = clock(), time.perf_counter()
        work(client)
        return clock() - start, time.perf_counter() - wall


def main(arguments: list[str]) -> Table:
    """One line a work and number of workers."""
    rows = int(arguments[0]) if arguments else 40_000
    warm_up()
    leg_cramps, alarm = eg.load("leg_cramps"), networks.load("alarm")
    table = Table.of(
        "scale",
        ("work", "rows", "workers", "rows a processor s", "rows a s here", "10^8 rows, core hours"),
    )
    with tempfile.TemporaryDirectory() as place:
        out = Path(place) / "out.parquet"
        works: dict[str, tuple[int, Callable[[Any], object]]] = {}
        for name, people in tables(leg_cramps, rows).items():
            source = folder(people, Path(place) / str(len(works)))
            works[name] = (
                len(people),
                lambda client, source=source: score(leg_cramps, source, out, on=client),
            )
        people = alarm.sample(rows, 1, missing=0.2)
        source = folder(people, Path(place) / "fit")
        works["fit of alarm, a cell in five empty"] = (
            rows,
            lambda client: alarm.fit(source, on=client),
        )
        for name, (n, work) in works.items():
            for count in (0, 1, 2):
                cpu, wall = spent(work, count)
                hours = MANY / n * cpu / 3600
                table.row(
                    name, f"{n:,}", str(count or "none"), f"{n / cpu:,.0f}", f"{n / wall:,.0f}",
                    f"{hours:,.0f}",
                )  # fmt: skip
    return table
