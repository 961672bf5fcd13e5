"""Prior marginals of every bnlearn network, or the refusal with its numbers, within 16 GiB."""

from __future__ import annotations

import time

import numpy as np

from etiograph.engine.plans import program_for
from etiograph.engine.propagate import propagate_one
from etiograph.errors import TooLarge

from . import networks

LIMIT = 12 << 30
"""Bytes of index arrays; compiling needs up to a third more for a while."""


def main(chosen: list[str]) -> None:
    """Print one line a network."""
    print("| network | variables | table entries | compile s | one case ms |")
    print("|---|---:|---:|---:|---:|")
    for name in chosen or networks.names():
        network = networks.load(name)
        model = network.model
        start = time.perf_counter()
        try:
            program = program_for(model, {}, LIMIT)
        except TooLarge as refusal:
            print(f"| {name} | {len(network.variables)} | refused: {refusal} | | |", flush=True)
            continue
        compiled = time.perf_counter() - start
        assert program is not None
        row = np.ones(model.n_states)
        propagate_one(model, row, {}, LIMIT)
        start = time.perf_counter()
        propagate_one(model, row, {}, LIMIT)
        taken = time.perf_counter() - start
        print(
            f"| {name} | {len(network.variables)} | {program.entries:,} | {compiled:.2f} "
            f"| {taken * 1e3:.2f} |",
            flush=True,
        )
