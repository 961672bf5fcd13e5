"""Prior marginals of every bnlearn network, or the refusal with its numbers, within 16 GiB.

Processor time: all of it is one thread's work.
"""

from __future__ import annotations

import time

import numpy as np

from etiograph.engine.plans import program_for
from etiograph.engine.propagate import propagate_one
from etiograph.engine.warm import warm_up
from etiograph.errors import TooLarge

from . import networks
from .table import Table

LIMIT = 12 << 30
"""Bytes of index arrays; compiling needs up to a third more for a while."""


def main(chosen: list[str]) -> Table:
    """Print one line a network."""
    warm_up()  # kernels are loaded once a process, whatever it compiles then
    table = Table.of(
        "bnlearn", ("network", "variables", "table entries", "compile s", "one case ms")
    )
    for name in chosen or networks.names():
        network = networks.load(name)
        model = network.model
        start = time.process_time()
        try:
            program = program_for(model, {}, LIMIT)
        except TooLarge as refusal:
            table.row(name, f"{len(network.variables)}", f"refused: {refusal}", "", "")
            continue
        compiled = time.process_time() - start
        assert program is not None
        row = np.ones(model.n_states)
        propagate_one(model, row, {}, LIMIT)
        start = time.process_time()
        propagate_one(model, row, {}, LIMIT)
        taken = time.process_time() - start
        table.row(
            name, f"{len(network.variables)}", f"{program.entries:,}", f"{compiled:.2f}",
            f"{taken * 1e3:.2f}",
        )  # fmt: skip
    return table
