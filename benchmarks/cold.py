"""From a file to the first answer in a fresh process: ratios to pyAgrum.

pyAgrum cannot read the file of child. Each process reads one plain BIF file and answers all marginals with nothing known, on one
thread; processor time.
"""

from __future__ import annotations

import gzip
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from . import networks
from .table import Table
from .timing import geometric_mean

NETWORKS = (
    "asia", "cancer", "earthquake", "survey", "sachs", "insurance", "alarm", "hailfinder",
    "hepar2", "win95pts", "andes", "pigs", "munin2", "munin3", "munin4",
)  # fmt: skip
REPEATS = 3

OURS = """
import sys, time
begin = time.process_time()
import etiograph, etiograph.case, etiograph.formats.bif.read, etiograph.findings.cell
import etiograph.formats.registry, etiograph.query.posterior
from etiograph.formats import read
start = time.process_time()
read(sys.argv[1]).case().posterior()
end = time.process_time()
print(end - begin, end - start)
"""
THEIRS = """
import sys, time
begin = time.process_time()
import pyagrum as gum
gum.setNumberOfThreads(1)
start = time.process_time()
network = gum.loadBN(sys.argv[1])
engine = gum.LazyPropagation(network)
engine.makeInference()
for name in network.names():
    engine.posterior(name)
end = time.process_time()
print(end - begin, end - start)
"""


def _seconds(code: str, file: Path) -> tuple[float, float]:
    """Medians over a few processes: imports counted, and without them."""
    taken = []
    for _ in range(REPEATS):
        done = subprocess.run(
            [sys.executable, "-c", code, str(file)], capture_output=True, text=True, check=True
        )
        taken.append([float(x) for x in done.stdout.split()[-2:]])
    whole, alone = (statistics.median(column) for column in zip(*taken, strict=True))
    return whole, alone


def main(chosen: list[str]) -> Table:
    """Print one line a network."""
    print("From a file to the first answer in a fresh process, against pyAgrum.")
    table = Table.of(
        "cold", ("network", "ours ms", "pyAgrum ms", "pyAgrum / ours", "imports counted")
    )
    ratios = []
    with tempfile.TemporaryDirectory() as place:
        for name in chosen or NETWORKS:
            file = Path(place) / f"{name}.bif"
            file.write_bytes(gzip.decompress((networks.folder() / f"{name}.bif.gz").read_bytes()))
            (whole, ours), (their_whole, theirs) = _seconds(OURS, file), _seconds(THEIRS, file)
            ratios.append((theirs / ours, their_whole / whole))
            table.row(
                name, f"{ours * 1e3:.1f}", f"{theirs * 1e3:.1f}", f"{ratios[-1][0]:.2f}",
                f"{ratios[-1][1]:.2f}",
            )  # fmt: skip
    alone, whole = (geometric_mean(column) for column in zip(*ratios, strict=True))
    table.row("geometric mean", "", "", f"{alone:.2f}", f"{whole:.2f}")
    return table
