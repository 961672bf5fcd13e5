"""Rung 2 against pyAgrum: its surgery with findings, and its do-calculus without."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np

from etiograph.engine.enumerate import family_table
from etiograph.errors import ImpossibleFindings
from etiograph.query.change import do

NETWORKS = 2_000 if os.environ.get("ETIOGRAPH_LONG") else 120


def ask(process: subprocess.Popen, task: dict) -> list:
    process.stdin.write(json.dumps(task) + "\n")
    process.stdin.flush()
    return json.loads(process.stdout.readline())


def test_do_agrees_with_pyagrum(random_network, random_findings, random_changes):
    script = Path(__file__).with_name("pyagrum_do.py")
    rng = np.random.default_rng(77)
    surgeries = derived = 0
    with subprocess.Popen(
        [sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        while surgeries < NETWORKS:
            network = random_network(rng)
            model, changes = network.model, random_changes(rng, network)
            found = {
                name: state
                for name, state in random_findings(rng, network).items()
                if name not in changes and isinstance(state, str)
            }
            asked: dict[str, object] = dict(changes)
            if surgeries % 4 == 0:
                target = str(rng.choice(list(changes)))
                states = network.variables[target].states
                p = rng.dirichlet(np.ones(len(states))).tolist()
                asked[target] = dict(zip(states, p, strict=True))
            try:
                got = do(network, found, asked)
            except ImpossibleFindings:
                continue
            number = model.index
            states_of = {n: network.variables[n].states for n in network.variables}
            target = str(rng.choice([n for n in states_of if n not in changes] or list(changes)))
            task = {
                "cards": list(model.cards),
                "parents": [list(model.parents(v)) for v in range(len(model.cards))],
                "tables": [
                    family_table(model, v).ravel().tolist() for v in range(len(model.cards))
                ],
                "changes": {
                    f"v{number[n]}": [
                        value.get(s, 0.0) if isinstance(value, dict) else float(s == value)
                        for s in states_of[n]
                    ]
                    for n, value in asked.items()
                },
                "findings": {
                    f"v{number[n]}": states_of[n].index(state) for n, state in found.items()
                },
                "target": f"v{number[target]}",
            }
            surgery, calculus = ask(process, task)
            for i, p in enumerate(surgery):
                own = slice(model.offsets[i], model.offsets[i] + model.cards[i])
                np.testing.assert_allclose(got.marginals[own], p, atol=1e-12)
            if calculus is not None and target not in changes:
                want = do(network, {}, asked).array(target)
                np.testing.assert_allclose(want, calculus, atol=1e-12)
                derived += 1
            surgeries += 1
    assert derived > NETWORKS / 4
