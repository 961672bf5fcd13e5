"""Random networks with every kind of mechanism, and two small ones that many tests share."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from etiograph.engine import enumerate as brute
from etiograph.network.finding import likelihood, not_
from etiograph.network.mechanism import Deterministic, Rule, Table
from etiograph.network.network import Network
from etiograph.network.noisy import MaxLink, NoisyLink, NoisyMax, NoisyOr, Opposing
from etiograph.network.variable import Variable


def binary(name: str, **options) -> Variable:
    return Variable(name, ("absent", "present"), **options)


def make_network(rng: np.random.Generator) -> Network:
    """Tables, noisy-ORs with leak and preventers, noisy-MAX, opposing causes, rules."""
    n = int(rng.integers(2, 5))
    variables: list[Variable] = []
    mechanisms = {}
    for i in range(n):
        name = f"v{i}"
        chosen = [v for v in variables if rng.random() < 0.6][:3]
        parents = tuple(v.name for v in chosen)
        kind = rng.choice(["table", "or", "prevented", "max", "opposing", "rule"])
        options = {"recurring": bool(rng.random() < 0.3)}
        if not parents:
            kind = "table"
        if kind in ("or", "prevented"):
            variable = binary(name, **options)
            strong = [
                NoisyLink.of(v.name, {s: float(rng.random()) for s in v.states[1:]}) for v in chosen
            ]
            cut = len(strong) - 1 if kind == "prevented" and len(strong) > 1 else len(strong)
            leak = float(rng.choice([0.0, rng.random() / 3]))
            mechanisms[name] = NoisyOr(leak=leak, links=strong[:cut], preventers=strong[cut:])
        elif kind == "max":
            variable = Variable(name, ("none", "some", "much"), **options)
            links = tuple(
                MaxLink.of(v.name, {s: dict(zip(("none", "some", "much"), row, strict=True))})
                for v in chosen
                for s, row in [(v.states[-1], rng.dirichlet(np.ones(3)).tolist())]
            )
            mechanisms[name] = NoisyMax(leak={"some": 0.1, "much": 0.05}, links=links)
        elif kind == "opposing":
            variable = Variable(
                name, ("normal", "low", "high"), order=("low", "normal", "high"), **options
            )
            first = NoisyLink.of(parents[0], {chosen[0].states[-1]: float(rng.random())})
            last = NoisyLink.of(parents[-1], {chosen[-1].states[-1]: float(rng.random())})
            mechanisms[name] = Opposing(
                NoisyOr(leak=0.1, links=(first,)), NoisyOr(leak=0.05, links=(last,))
            )
        elif kind == "rule":
            variable = binary(name, **options)
            when = {parents[0]: (chosen[0].states[-1],)}
            mechanisms[name] = Deterministic(parents, (Rule(when, "present"),), "absent")
        else:
            k = int(rng.integers(2, 4))
            states = tuple("abc"[:k])
            order = tuple(rng.permutation(states)) if rng.random() < 0.4 else ()
            variable = Variable(name, states, order=order, **options)
            shape = tuple(v.card for v in chosen)
            array = rng.dirichlet(np.ones(k), size=shape)
            mechanisms[name] = Table(parents, array=array)
        variables.append(variable)
    return Network(variables, mechanisms)


def make_findings(rng: np.random.Generator, network: Network) -> dict[str, object]:
    states, p = brute.worlds(network.model)
    drawn = states[rng.choice(len(p), p=p / p.sum())]
    found: dict[str, object] = {}
    for i, (name, variable) in enumerate(network.variables.items()):
        draw = rng.random()
        if draw < 0.35:
            found[name] = variable.states[drawn[i]]
        elif draw < 0.45:
            found[name] = likelihood({s: float(rng.random() * 4) for s in variable.states})
        elif draw < 0.5 and variable.card > 2:
            found[name] = not_(variable.states[(drawn[i] + 1) % variable.card])
    return found


def make_changes(rng: np.random.Generator, network: Network) -> dict[str, str]:
    names = list(network.variables)
    chosen = rng.choice(names, int(rng.integers(1, min(3, len(names) + 1))), replace=False)
    return {str(n): str(rng.choice(network.variables[n].states)) for n in chosen}


@pytest.fixture(scope="session")
def random_network() -> Callable[[np.random.Generator], Network]:
    return make_network


@pytest.fixture(scope="session")
def random_findings() -> Callable[[np.random.Generator, Network], dict[str, object]]:
    return make_findings


@pytest.fixture(scope="session")
def random_changes() -> Callable[[np.random.Generator, Network], dict[str, str]]:
    return make_changes


@pytest.fixture
def firing_squad() -> Network:
    """Pearl (2009), section 7.1.2: court order, captain, riflemen A and B, prisoner's death."""
    p = 0.7
    states = dict.fromkeys(("u", "c", "a", "b", "d"), ("no", "yes"))
    copy = np.eye(2)
    either = np.array([[[1, 0], [0, 1]], [[0, 1], [0, 1]]])
    return Network.from_tables(
        states,
        {"c": ("u",), "a": ("c",), "b": ("c",), "d": ("a", "b")},
        {"u": [1 - p, p], "c": copy, "a": copy, "b": copy, "d": either},
    )


@pytest.fixture
def remedy() -> Network:
    """A noisy-OR worked on paper in the tests below."""
    variables = [binary("diuretic"), binary("depletion"), binary("cramps", recurring=True)]
    return Network(
        variables,
        {
            "diuretic": Table((), array=[0.5, 0.5]),
            "depletion": NoisyOr(leak=0.2, links=(NoisyLink.of("diuretic", {"present": 0.5}),)),
            "cramps": NoisyOr(
                leak=0.1,
                links=(
                    NoisyLink.of("depletion", {"present": 0.5}),
                    NoisyLink.of("diuretic", {"present": 0.2}),
                ),
            ),
        },
    )
