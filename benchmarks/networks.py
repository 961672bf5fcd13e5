"""The bnlearn networks, read from the files that pgmpy's wheel carries, and findings on them."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import numpy as np

from etiograph.engine.sample import sample_states
from etiograph.formats import read
from etiograph.network.network import Network

SIDE_BY_SIDE = (
    "asia", "sachs", "child", "insurance", "alarm", "hepar2", "hailfinder", "win95pts", "andes",
    "pathfinder", "water", "pigs",
)  # fmt: skip


def folder() -> Path:
    """Where the files are."""
    spec = find_spec("pgmpy")
    if spec is None or spec.origin is None:
        raise SystemExit("the benchmarks need pgmpy: pip install -e '.[dev]'")
    return Path(spec.origin).parent / "utils" / "example_models"


def names() -> list[str]:
    """All networks there are, smallest file first."""
    files = sorted(folder().glob("*.bif.gz"), key=lambda f: f.stat().st_size)
    return [f.name.removesuffix(".bif.gz") for f in files]


def load(name: str) -> Network:
    """One network."""
    return read(folder() / f"{name}.bif.gz")


def cases(network: Network, n: int, seed: int) -> list[dict[str, str]]:
    """Cases drawn from the network, a sixth of the variables known, all of them leaves."""
    rng = np.random.default_rng(seed)
    variables = list(network.variables.values())
    leaves = [i for i, v in enumerate(variables) if not network.children(v.name)]
    wanted = max(1, len(variables) // 6)
    known = sorted(rng.choice(leaves, min(wanted, len(leaves)), replace=False).tolist())
    states = sample_states(network.model, n, rng)
    return [
        {variables[i].name: variables[i].states[row[i]] for i in known} for row in states.tolist()
    ]


def own_cases(network: Network, n: int, seed: int) -> list[dict[str, str]]:
    """Cases drawn from the network, each with findings of its own: any sixth of the variables."""
    rng = np.random.default_rng(seed)
    variables = list(network.variables.values())
    wanted = max(1, len(variables) // 6)
    drawn = sample_states(network.model, n, rng).tolist()
    known = [rng.choice(len(variables), wanted, replace=False).tolist() for _ in drawn]
    return [
        {variables[i].name: variables[i].states[row[i]] for i in own}
        for row, own in zip(drawn, known, strict=True)
    ]
