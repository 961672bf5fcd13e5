"""Formulas of effects: worked out on the observed joint distribution, against the effect itself."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

import etiograph as eg
from etiograph.errors import NotIdentifiable
from etiograph.network.network import Network
from etiograph.query.estimand import by_factors
from etiograph.query.graphs import hedge, projection
from etiograph.query.identify import identify
from etiograph.query.structure import dag


def random_network(rng: np.random.Generator, n: int) -> Network:
    """Up to three states a variable, some of them not observed."""
    names = [f"v{i}" for i in range(n)]
    p = rng.uniform(0.2, 0.6)
    parents = {b: tuple(a for a in names[:i] if rng.random() < p) for i, b in enumerate(names)}
    cards = {name: int(rng.integers(2, 4)) for name in names}
    tables = {
        b: rng.dirichlet(np.ones(cards[b]), tuple(cards[a] for a in parents[b])) for b in names
    }
    states = {name: tuple(f"s{i}" for i in range(cards[name])) for name in names}
    net = Network.from_tables(states, parents, tables)
    unseen = {name for name in names if rng.random() < 0.35}
    # Listed in random order: a file need not list causes before effects.
    order = rng.permutation(names)
    return Network(
        {b: replace(net.variables[b], observable=b not in unseen) for b in order},
        {b: net.mechanisms[b] for b in order},
    )


def confounded_network(rng: np.random.Generator) -> Network:
    """Two states a variable; a chain with further arrows, and unseen roots with two effects each."""
    names = [f"v{i}" for i in range(int(rng.integers(3, 5)))]
    parents = {
        b: tuple(a for j, a in enumerate(names[:i]) if j == i - 1 or rng.random() < 0.3)
        for i, b in enumerate(names)
    }
    unseen = [f"u{i}" for i in range(int(rng.integers(1, 4)))]
    for u in unseen:
        for child in rng.choice(names, 2, replace=False):
            parents[child] += (u,)
        parents[u] = ()
    tables = {n: rng.dirichlet((1, 1), (2,) * len(p)) for n, p in parents.items()}
    net = Network.from_tables(dict.fromkeys(parents, ("no", "yes")), parents, tables)
    variables = {n: replace(v, observable=n not in unseen) for n, v in net.variables.items()}
    return Network(variables, net.mechanisms)


def joint_of(net: Network, names: list[str], changes: dict[str, int] | None = None) -> np.ndarray:
    """P(names), or with the changes made: every world written out."""
    changes = changes or {}
    order = list(net.order)
    cards = [net.variables[a].card for a in order]
    total = np.zeros([net.variables[a].card for a in names])
    tables = {a: net.table(a) for a in order}
    for states in product(*(range(c) for c in cards)):
        world = dict(zip(order, states, strict=True))
        p = 1.0
        for a in order:
            if a in changes:
                p *= world[a] == changes[a]
            else:
                p *= tables[a][(*(world[b] for b in net.parents(a)), world[a])]
        total[tuple(world[a] for a in names)] += p
    return total


def test_every_formula_gives_the_effect_itself():
    rng = np.random.default_rng(20)
    seen: dict[str, int] = {}
    for turn in range(400):
        net = confounded_network(rng) if turn % 2 else random_network(rng, int(rng.integers(3, 7)))
        names = [a for a, v in net.variables.items() if v.observable]
        if len(names) < 2:
            continue
        x, y = rng.choice(names, 2, replace=False)
        if turn % 2 and y < x:
            x, y = y, x  # the later one hangs on the earlier one
        arrows, ties = projection(dag(net), [a for a in net.variables if a not in names])
        # Two ways of telling whether there is a formula.
        assert (by_factors(arrows, ties, x, y) is None) == (hedge(arrows, ties, x, y) is not None)
        try:
            found = identify(net, x, y)
        except NotIdentifiable:
            seen["none"] = seen.get("none", 0) + 1
            continue
        seen[found.strategy] = seen.get(found.strategy, 0) + 1
        joint = joint_of(net, names)
        truth = np.array([joint_of(net, [y], {x: i}) for i in range(net.variables[x].card)])
        assert np.abs(found.value(names, joint) - truth).max() < 1e-12
        general = replace(found, estimand=by_factors(arrows, ties, x, y))
        assert np.abs(general.value(names, joint) - truth).max() < 1e-12
        # It needs no other number: not the order in which the table is laid out either.
        turned = rng.permutation(len(names))
        again = found.value([names[i] for i in turned], joint.transpose(turned))
        assert np.allclose(again, truth, rtol=0, atol=1e-12)
    assert min(seen.get(s, 0) for s in ("none", "no effect", "back door", "front door")) >= 3
    assert seen.get("identification algorithm", 0) >= 3


def test_the_napkin_follows_from_what_is_observed():
    # Tian & Pearl (2002): neither front nor back door.
    rng = np.random.default_rng(5)
    parents = {"a": (), "b": (), "w": ("a", "b"), "z": ("w",), "x": ("z", "a"), "y": ("x", "b")}
    tables = {n: rng.dirichlet((1, 1), (2,) * len(p)) for n, p in parents.items()}
    net = Network.from_tables(dict.fromkeys(parents, ("no", "yes")), parents, tables)
    names = ["w", "z", "x", "y"]
    found = identify(net, "x", "y", unobserved=("a", "b"))
    truth = [joint_of(net, ["y"], {"x": i}) for i in (0, 1)]
    assert np.abs(found.value(names, joint_of(net, names)) - truth).max() < 1e-12
    assert found.strategy == "identification algorithm"


def test_the_front_door_network_has_its_formula():
    net = eg.load("front_door")
    found = net.identify("smoking", "cancer")
    assert str(found) == (
        "P(cancer | do(smoking)) = sum over tar of P(tar | smoking) "
        "(sum over smoking' of P(cancer | tar, smoking') P(smoking'))"
    )
    assert found.latex.count(r"\sum") == 2
    names = ["smoking", "tar", "cancer"]
    p = found.value(names, joint_of(net, names))
    effect = net.effect("smoking", ("cancer", "present"), "no", "yes")
    assert p[:, 1] == pytest.approx([effect.p_from, effect.p_to], abs=1e-12)


def test_what_is_never_seen_gives_no_number():
    net = eg.load("simpson")
    found = net.identify("treatment", "success")
    names = ["stone_size", "treatment", "success"]
    joint = joint_of(net, names)
    joint[:, 1] = 0.0
    p = found.value(names, joint / joint.sum())
    assert np.isnan(p[1]).all()
    assert p[0].sum() == pytest.approx(1.0)


def test_names_that_mean_something_in_latex_are_made_harmless():
    states = {"a_b": ("no", "yes"), "50%": ("no", "yes")}
    net = Network.from_tables(
        states, {"50%": ("a_b",)}, {"a_b": [0.5, 0.5], "50%": [[0.5, 0.5]] * 2}
    )
    assert r"\mathrm{50\%}" in net.identify("a_b", "50%").latex
    assert r"\mathrm{a\_b}" in net.identify("a_b", "50%").latex
