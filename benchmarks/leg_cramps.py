"""The flagship network: compile, one case, 10,000 cases, 2,000 parameter draws."""

from __future__ import annotations

import time

import numpy as np

import etiograph as eg
from etiograph.engine.compile import compile_pattern
from etiograph.engine.propagate import core_variables, program_for

from .timing import best_seconds, median_seconds

KNOWN = {
    "age, sex": {"age": "65_and_over", "sex": "female"},
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


def main() -> None:
    """Print a line for each amount of knowledge."""
    network = eg.load("leg_cramps")
    model = network.model
    rng = np.random.default_rng(0)
    sample = network.sample(10_000, rng)
    print("| leg_cramps | entries | compile s | one case ms | 10,000 cases s | 2,000 draws s |")
    print("|---|---:|---:|---:|---:|---:|")
    for label, findings in KNOWN.items():
        known = {
            model.index[n]: network.variables[n].states.index(s)
            for n, s in findings.items()
            if s in network.variables[n].states
        }
        core = core_variables(model)
        sliced = {v: s for v, s in known.items() if v in core.variables}
        start = time.perf_counter()
        compile_pattern(model, sliced, hint=core.star_order)
        compiled = time.perf_counter() - start
        program = program_for(model, sliced)
        assert program is not None
        case = network.case(findings)
        case.posterior()
        one = median_seconds(lambda c: c.posterior(), [case], 30)
        table = sample[
            [n for n in findings if n in sample and "mmol" not in str(findings[n])]
        ].copy()
        for name in table.columns:
            table[name] = findings[name]
        if not len(table.columns):
            table = sample[["restless_legs"]]
        network.posteriors(table[:64])
        batch = best_seconds(lambda t=table: network.posteriors(t), 1)
        case.intervals(draws=64, seed=0)
        draws = best_seconds(lambda c=case: c.intervals(draws=2000, seed=0), 1)
        print(
            f"| {label} | {program.entries:,} | {compiled:.3f} | {one * 1e3:.2f} "
            f"| {batch:.2f} | {draws:.2f} |",
            flush=True,
        )
