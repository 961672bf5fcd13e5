"""N3 and N4: against pyAgrum (its own process) and pgmpy's variable elimination."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import warnings
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from etiograph.engine.enumerate import family_table
from etiograph.engine.memory import DEFAULT_LIMIT
from etiograph.engine.propagate import propagate, propagate_one
from etiograph.engine.sample import sample_states
from etiograph.errors import TooLarge
from etiograph.formats import read
from etiograph.network.network import Network

LONG = bool(os.environ.get("ETIOGRAPH_LONG"))
N_RANDOM = 20_000 if LONG else 200
N_PGMPY = 100 if LONG else 12
CASES = 20
SMALL_NETWORKS = (
    "asia", "cancer", "earthquake", "survey", "sachs", "child", "insurance", "alarm", "hepar2",
    "hailfinder", "win95pts", "water",
)  # fmt: skip
LARGE_NETWORKS = (
    "andes", "pathfinder", "pigs", "mildew", "munin2", "munin3", "munin4", "munin", "diabetes",
    "barley", "link", "munin1",
)  # fmt: skip
LIMIT = 12 << 30


@pytest.fixture(scope="module")
def pyagrum():
    """A function from a task to pyAgrum's answers."""
    script = Path(__file__).with_name("pyagrum_answers.py")
    process = subprocess.Popen(
        [sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )

    def ask(model, cases):
        task = {
            "cards": list(model.cards),
            "parents": [list(model.parents(v)) for v in range(len(model.cards))],
            "tables": [
                np.asarray(family_table(model, v)).ravel().tolist() for v in range(len(model.cards))
            ],
            "cases": cases,
        }
        process.stdin.write(json.dumps(task) + "\n")
        process.stdin.flush()
        return json.loads(process.stdout.readline())

    yield ask
    process.stdin.close()
    process.wait(timeout=60)
    process.stdout.close()


def possible_cases(model, rng, count):
    """Findings on a sixth of the variables, drawn so that they are possible."""
    n = len(model.cards)
    states = sample_states(model, count, rng)
    cases = []
    for row in states.tolist():
        known = rng.choice(n, max(1, n // 6), replace=False)
        cases.append({str(v): row[v] for v in known.tolist()})
    return cases


def rows_of(model, cases):
    rows = np.ones((len(cases), model.n_states))
    for row, case in zip(rows, cases, strict=True):
        for v, s in case.items():
            begin = model.offsets[int(v)]
            row[begin : begin + model.cards[int(v)]] = 0.0
            row[begin + s] = 1.0
    return rows


def agree(model, cases, answers, bar=1e-10, limit=DEFAULT_LIMIT):
    beliefs = propagate(model, rows_of(model, cases), limit=limit)
    for log_p, marginals, (p, theirs) in zip(
        beliefs.log_evidence, beliefs.marginals, answers, strict=True
    ):
        assert log_p == pytest.approx(math.log(p), rel=bar, abs=bar)
        assert np.abs(marginals - np.array(theirs)).max() < bar


def test_random_networks_agree_with_pyagrum(pyagrum, random_model):
    rng = np.random.default_rng(20)
    for _ in range(N_RANDOM):
        model = random_model(rng, n_min=10, n_max=60, most_cards=4, p_accumulation=0.2)
        cases = possible_cases(model, rng, 3)
        agree(model, cases, pyagrum(model, cases))


def test_random_networks_agree_with_pgmpy(random_model):
    pytest.importorskip("pgmpy")
    from etiograph.formats.pgmpy import to_pgmpy

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pgmpy.inference import VariableElimination
    rng = np.random.default_rng(21)
    for _ in range(N_PGMPY):
        model = random_model(rng, n_min=10, n_max=15, most_cards=3, p_accumulation=0.0)
        names = model.names
        network = Network.from_tables(
            {n: [f"s{i}" for i in range(k)] for n, k in zip(names, model.cards, strict=True)},
            {n: [names[p] for p in model.parents(v)] for v, n in enumerate(names)},
            {n: np.asarray(family_table(model, v)) for v, n in enumerate(names)},
        )
        case = {names[int(v)]: f"s{s}" for v, s in possible_cases(model, rng, 1)[0].items()}
        ours = network.case(case).posterior()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            engine = VariableElimination(to_pgmpy(network))
            for name in names:
                if name in case:
                    continue
                factor = engine.query([name], evidence=case, show_progress=False)
                order = [factor.state_names[name].index(s) for s in network.variables[name].states]
                assert np.abs(ours.array(name) - factor.values[order]).max() < 1e-10


def bnlearn(name):
    spec = find_spec("pgmpy")
    if spec is None or spec.origin is None:
        pytest.skip("the bnlearn files come with pgmpy")
    path = Path(spec.origin).parent / "utils" / "example_models" / f"{name}.bif.gz"
    if not path.is_file():
        pytest.skip(f"this pgmpy has no {path.name}")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return read(path).model


@pytest.mark.parametrize("name", SMALL_NETWORKS)
def test_bnlearn_networks_agree_with_pyagrum(pyagrum, name):
    """N4: all marginals and log P of possible findings."""
    model = bnlearn(name)
    cases = possible_cases(model, np.random.default_rng(22), 2 if name == "water" else CASES)
    agree(model, cases, pyagrum(model, cases))


@pytest.mark.long
@pytest.mark.parametrize("name", LARGE_NETWORKS)
def test_large_bnlearn_networks_are_answered(pyagrum, name):
    """N4: answered as by pyAgrum, or refused with the numbers."""
    model = bnlearn(name)
    cases = possible_cases(model, np.random.default_rng(23), 1)
    try:
        propagate_one(model, rows_of(model, cases)[0], limit=LIMIT)
    except TooLarge as error:
        refused = error
    else:
        refused = None
    if refused is not None:
        assert refused.bytes > LIMIT
        return
    agree(model, cases, pyagrum(model, cases), limit=LIMIT)
