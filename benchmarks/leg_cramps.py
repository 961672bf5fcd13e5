"""The flagship network: compile, one case, tables, 2,000 parameter draws."""

from __future__ import annotations

import time
from statistics import median

import numpy as np
import pandas as pd

import etiograph as eg
from etiograph.engine.compile import compile_pattern
from etiograph.engine.plans import core_variables, program_for
from etiograph.engine.propagate import propagate_one
from etiograph.network.likelihoods import encode
from etiograph.network.network import Network
from etiograph.query.causes import causes

from .table import Table
from .timing import best_seconds, median_seconds

KNOWN = {
    "age, sex": {"age": "65_and_over", "sex": "female"},
    "age, sex, five findings": {
        "age": "65_and_over",
        "sex": "female",
        "diuretic": "thiazide",
        "leg_cramps": "present",
        "night_waking": "present",
        "diabetes": "absent",
        "cold_feet": "absent",
    },
    "ten findings": {
        "age": "65_and_over",
        "sex": "female",
        "pregnancy": "none",
        "diuretic": "thiazide",
        "leg_cramps": "present",
        "night_waking": "present",
        "numbness_or_stabbing_pain": "absent",
        "diabetes": "absent",
        "serum_magnesium": "0.68 mmol/L",
        "serum_potassium": "3.3 mmol/L",
    },
    "nothing known": {},
}


VARYING = 15
"""Findings that differ from row to row of the table, beside those that all rows share.

Equal rows are answered once: with five signs of two states 10,000 rows would be 32.
"""


def _table(network: Network, findings: dict[str, str], sample: pd.DataFrame) -> pd.DataFrame:
    """10,000 people of whom the findings are known, and signs that differ among them."""
    leaves = [n for n in network.variables if not network.children(n) and n not in findings]
    chosen = np.random.default_rng(1).choice(leaves, VARYING, replace=False)
    return sample[sorted(chosen)].assign(**findings)


PATTERNS = 100
"""Cases, each with findings of its own."""
ANSWERS = 20
"""Single answers of each pattern that are timed together."""


def new_patterns(network: Network) -> None:
    """What a new pattern of findings costs, in single answers of that pattern."""
    model = network.model
    rng = np.random.default_rng(0)
    sample = network.sample(PATTERNS, rng).to_dict("records")
    core = core_variables(model)
    names = list(network.variables)
    ratios, with_numbers = [], []
    for case in sample:
        chosen = rng.choice(names, int(rng.integers(2, 16)), replace=False)
        row, known, _ = encode(network, {name: case[name] for name in chosen})
        sliced = core.worth(known)
        start = time.process_time()
        program = compile_pattern(model, sliced)
        compiled = time.process_time() - start
        assert program is not None
        program.base(model.tables)
        numbers = time.process_time() - start
        propagate_one(model, row, known)
        start = time.process_time()
        for _ in range(ANSWERS):
            propagate_one(model, row, known)
        answer = (time.process_time() - start) / ANSWERS
        ratios.append(compiled / answer)
        with_numbers.append(numbers / answer)
    print(
        f"A new pattern of findings, in single answers of it: to compile {median(ratios):.1f}, with "
        f"its numbers laid out {median(with_numbers):.1f} (median of {PATTERNS} cases; "
        f"{min(ratios):.1f} to {max(ratios):.1f})"
    )


def main() -> Table:
    """Print a line for each amount of knowledge."""
    network = eg.load("leg_cramps")
    new_patterns(network)
    model = network.model
    sample = network.sample(10_000, np.random.default_rng(0))
    print(
        f"Tables: {VARYING} signs more, drawn from the network, all causes asked; equal rows are answered once. Draws: of all"
    )
    print("parameters, first with a new seed, then another case with the same one.")
    lines = Table.of(
        "leg cramps",
        ("leg_cramps", "entries", "compile s", "one case ms", "different rows", "of them a core-second",
         "2,000 draws s", "again s"),
    )  # fmt: skip
    asked = [cause.variable for cause in causes(network)]
    for seed, (label, findings) in enumerate(KNOWN.items()):
        known = encode(network, findings)[1]
        core = core_variables(model)
        sliced = core.worth(known)
        start = time.perf_counter()
        compile_pattern(model, sliced)
        compiled = time.perf_counter() - start
        program = program_for(model, sliced)
        assert program is not None
        case = network.case(findings)
        case.posterior()
        one = median_seconds(lambda c: c.posterior(), [case], 30)
        table = _table(network, findings, sample)
        network.posteriors(table[:64], of=asked)
        different = len(table.drop_duplicates())
        start = time.process_time()
        network.posteriors(table, of=asked)
        batch = time.process_time() - start
        case.intervals(draws=64, seed=100)
        first = best_seconds(lambda c=case, s=seed: c.intervals(draws=2000, seed=s), 1)
        again = best_seconds(lambda c=case, s=seed: c.intervals(draws=2000, seed=s), 3)
        lines.row(
            label, f"{program.entries:,}", f"{compiled:.3f}", f"{one * 1e3:.2f}", f"{different:,}",
            f"{different / batch:,.0f}", f"{first:.2f}", f"{again:.2f}",
        )  # fmt: skip
    return lines
