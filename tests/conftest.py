"""What every test shares."""

from __future__ import annotations

import gzip
import os
import shutil
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from etiograph.network.mechanism import Row, Table
from etiograph.network.network import Network
from etiograph.network.noisy import NoisyLink, NoisyOr
from etiograph.network.parameter import Parameter
from etiograph.network.variable import Variable

ROOT = Path(__file__).resolve().parents[1]

# No deadline: a test bounds no wall clock. A failing example is printed so that it can become a test.
settings.register_profile(
    "etiograph", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("etiograph")


@pytest.fixture(scope="session")
def root() -> Path:
    """The clone."""
    return ROOT


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of Chromium. Without it a browser test skips, or fails where browsers are required."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found:
        return found
    missing = "no Chromium on this machine"
    if os.environ.get("ETIOGRAPH_REQUIRE_BROWSER"):
        pytest.fail(missing)
    pytest.skip(missing)


@pytest.fixture(scope="session")
def plain_files(tmp_path_factory):
    """Networks as BIF files, which state no roles, labels or groups: asia by our writer, alarm as published."""
    import etiograph
    from etiograph.formats import write

    folder = tmp_path_factory.mktemp("plain")
    write(etiograph.load("asia"), folder / "asia.bif")
    lines = (folder / "asia.bif").read_text("utf-8").splitlines(keepends=True)
    plain = [line for line in lines if not line.startswith("//")]  # what only we read
    (folder / "asia.bif").write_text("".join(plain), "utf-8")
    published = Path(find_spec("pgmpy").origin).parent / "utils/example_models/alarm.bif.gz"
    (folder / "alarm.bif").write_bytes(gzip.decompress(published.read_bytes()))
    return {name: folder / f"{name}.bif" for name in ("asia", "alarm")}


# -- a small network of uncertain numbers, and its answers by enumeration --

BINARY = ("absent", "present")


def parameter(name: str, value: float, low: float, high: float, **more: Any) -> Parameter:
    return Parameter(name, more.pop("kind", "probability"), value, low, high, **more)


def cramp_network() -> Network:
    """Two causes of cramps, a risk for each, a sign for each; every number has a range."""
    variables = [
        Variable("diuretic", ("none", "thiazide"), role="medicine"),
        Variable("depletion", BINARY, role="condition", label="magnesium depletion"),
        Variable("neuropathy", BINARY, role="condition", label="nerve damage"),
        Variable("cramps", BINARY, role="outcome"),
        Variable("twitching", BINARY, role="finding", cost=1.0),
        Variable("numbness", BINARY, role="finding", cost=2.0),
    ]
    given: dict[str, Any] = {"grade": "B", "evidence": ("E1",)}
    guess: dict[str, Any] = {"grade": "D"}

    def binary(parent: str, name: str, off: Parameter, on: Parameter) -> Table:
        first, second = variables[[v.name for v in variables].index(parent)].states
        return Table(
            (parent,), (Row({parent: second}, {name: on}), Row({parent: first}, {name: off}))
        )

    mechanisms = {
        "diuretic": Table(
            rows=(Row({}, {"thiazide": parameter("diuretic", 0.2, 0.1, 0.3, **given)}),)
        ),
        "depletion": binary(
            "diuretic",
            "present",
            parameter("depletion.none", 0.1, 0.05, 0.2, **given),
            parameter("depletion.thiazide", 0.3, 0.2, 0.45, grade="A", evidence=("E2",)),
        ),
        "neuropathy": Table(
            rows=(Row({}, {"present": parameter("neuropathy", 0.15, 0.05, 0.3, **guess)}),)
        ),
        "cramps": NoisyOr(
            leak=parameter("cramps.leak", 0.1, 0.05, 0.2, **guess),
            links=(
                NoisyLink.of(
                    "depletion", {"present": parameter("cramps.depletion", 0.5, 0.3, 0.7, **given)}
                ),
                NoisyLink.of(
                    "neuropathy",
                    {
                        "present": parameter(
                            "cramps.neuropathy", 3.0, 1.5, 6.0, kind="odds_ratio", baseline=0.2
                        )
                    },
                ),
            ),
        ),
        "twitching": binary(
            "depletion",
            "present",
            parameter("twitching.absent", 0.1, 0.05, 0.2, **guess),
            parameter("twitching.present", 0.6, 0.4, 0.8, **guess),
        ),
        "numbness": binary(
            "neuropathy",
            "present",
            parameter("numbness.absent", 0.05, 0.02, 0.1, evidence=("E1", "E3"), grade="B"),
            parameter("numbness.present", 0.7, 0.5, 0.85, evidence=("E3",), grade="B"),
        ),
    }
    about = {
        "name": "small",
        "population": "adults",
        "causes": ["depletion", "neuropathy"],
        "target": "cramps",
    }
    return Network(variables, mechanisms, about=about)


def by_enumeration(
    network: Network, findings: Mapping[str, str], of: Mapping[str, str]
) -> tuple[float, float]:
    """P(of | findings) and P(findings), by the sum over all worlds."""
    names = list(network.variables)
    tables = {name: network.table(name) for name in names}
    p_both = p_findings = 0.0
    for world in product(*(range(network.variables[n].card) for n in names)):
        at = dict(zip(names, world, strict=True))
        p = 1.0
        for name in names:
            p *= float(tables[name][(*(at[q] for q in network.parents(name)), at[name])])
        state = {n: network.variables[n].states[i] for n, i in at.items()}
        if all(state[n] == s for n, s in findings.items()):
            p_findings += p
            if all(state[n] == s for n, s in of.items()):
                p_both += p
    return p_both / p_findings, p_findings


@pytest.fixture(scope="session")
def small() -> Network:
    return cramp_network()


@pytest.fixture(scope="session")
def brute() -> Callable[[Network, Mapping[str, str], Mapping[str, str]], tuple[float, float]]:
    return by_enumeration
