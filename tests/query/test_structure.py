"""What the arrows say, against the definitions written out path by path."""

from __future__ import annotations

from itertools import combinations, pairwise

import networkx as nx
import numpy as np
import pytest

from etiograph.errors import InvalidChange, InvalidFinding, NotIdentifiable, TooLarge, UnknownName
from etiograph.network.network import Network
from etiograph.query import identify, structure
from etiograph.query.causation import causation
from etiograph.query.change import attributable_fraction, effect


def network_of(parents: dict[str, tuple[str, ...]], hidden: tuple[str, ...] = ()) -> Network:
    """A network with these arrows and coin-toss tables."""
    names = list(parents)
    tables = {n: np.full((2,) * (len(parents[n]) + 1), 0.5) for n in names}
    net = Network.from_tables(dict.fromkeys(names, ("no", "yes")), parents, tables)
    if not hidden:
        return net
    from dataclasses import replace

    variables = {n: replace(v, observable=n not in hidden) for n, v in net.variables.items()}
    return Network(variables, net.mechanisms)


def random_arrows(rng: np.random.Generator, n: int) -> dict[str, tuple[str, ...]]:
    names = [f"v{i}" for i in range(n)]
    p = rng.uniform(0.2, 0.6)
    return {
        name: tuple(other for other in names[:i] if rng.random() < p)
        for i, name in enumerate(names)
    }


def subsets(names):
    for size in range(len(names) + 1):
        yield from (frozenset(c) for c in combinations(sorted(names), size))


# -- the definitions ----------------------------------------------------------------------------


def all_paths(parents, x, y):
    graph = nx.Graph((p, c) for c, ps in parents.items() for p in ps)
    graph.add_nodes_from(parents)
    return list(nx.all_simple_paths(graph, x, y))


def descendants(parents, x):
    graph = nx.DiGraph((p, c) for c, ps in parents.items() for p in ps)
    graph.add_nodes_from(parents)
    return nx.descendants(graph, x)


def blocked(parents, path, given):
    """Pearl (2009), definition 1.2.3, read off a path."""
    for a, b, c in zip(path, path[1:], path[2:], strict=False):
        if a in parents[b] and c in parents[b]:
            if not ({b} | descendants(parents, b)) & given:
                return True
        elif b in given:
            return True
    return False


def separated(parents, x, y, given):
    return all(blocked(parents, path, given) for path in all_paths(parents, x, y))


def back_door(parents, x, y, z):
    into = [path for path in all_paths(parents, x, y) if path[1] in parents[x]]
    return not (z & descendants(parents, x)) and all(blocked(parents, p, z) for p in into)


def front_door(parents, x, y, z):
    """Pearl (2009), definition 3.3.3; back doors of a set start at a member, outside the set."""
    paths = all_paths(parents, x, y)
    directed = [p for p in paths if all(a in parents[b] for a, b in pairwise(p))]
    if not directed or not all(z & set(path[1:-1]) for path in directed):
        return False
    for m in z:
        for path in all_paths(parents, x, m):
            if path[1] in parents[x] and not blocked(parents, path, set()):
                return False
    cut = {c: tuple(p for p in ps if p not in z) for c, ps in parents.items()}
    return all(blocked(cut, path, {x}) for m in z for path in all_paths(cut, m, y))


# -- against them -------------------------------------------------------------------------------


def test_separation_and_paths_against_the_definition():
    rng = np.random.default_rng(1)
    for _ in range(120):
        parents = random_arrows(rng, int(rng.integers(3, 7)))
        net = network_of(parents)
        names = list(parents)
        x, y = rng.choice(names, 2, replace=False)
        given = {n for n in names if n not in (x, y) and rng.random() < 0.35}
        want = separated(parents, x, y, given)
        assert structure.d_separated(net, x, y, given) == want
        assert nx.is_d_separator(net.graph(), {x}, {y}, given) == want
        found = structure.paths(net, x, y, given)
        assert sorted(p.nodes for p in found) == sorted(map(tuple, all_paths(parents, x, y)))
        short = structure.paths(net, x, y, given, longest=2)
        assert short == tuple(path for path in found if len(path.arrows) <= 2)
        for path in found:
            assert path.open != blocked(parents, path.nodes, given)
            assert path.open == (not path.blocks)


def test_adjustment_sets_against_the_back_door_criterion():
    rng = np.random.default_rng(2)
    none = 0
    for _ in range(120):
        parents = random_arrows(rng, int(rng.integers(3, 7)))
        names = list(parents)
        y = rng.choice(names[1:])
        x = rng.choice(names[: names.index(y)])
        hidden = tuple(n for n in names if n not in (x, y) and rng.random() < 0.4)
        net = network_of(parents, hidden)
        usable = set(names) - {x, y} - set(hidden)
        every = {z for z in subsets(usable) if back_door(parents, x, y, z)}
        minimal = {z for z in every if not any(other < z for other in every)}
        if not every:
            none += 1
            if y not in structure.below(structure.dag(net), x):  # the effect is nil
                assert structure.adjustment_sets(net, x, y) == ()
                continue
            with pytest.raises(NotIdentifiable):
                structure.adjustment_sets(net, x, y)
            continue
        assert set(structure.adjustment_sets(net, x, y)) == minimal
        assert set(structure.adjustment_sets(net, x, y, minimal=False)) == every
        for z in subsets(usable):
            assert structure.is_adjustment_set(net, x, y, z) == (z in every)
    assert none > 2


def test_front_door_sets_against_the_definition():
    rng = np.random.default_rng(3)
    some = 0
    for _ in range(150):
        parents = random_arrows(rng, int(rng.integers(4, 7)))
        names = list(parents)
        x, y = names[0], names[-1]
        if rng.random() < 0.7:
            # A common cause of both ends, so that the back door matters.
            parents = {"u": (), **parents}
            parents[x] = (*parents[x], "u")
            parents[y] = (*parents[y], "u")
        net = network_of(parents, ("u",) if "u" in parents else ())
        usable = set(parents) - {x, y, "u"}
        every = {z for z in subsets(usable) if z and front_door(parents, x, y, z)}
        minimal = {z for z in every if not any(other < z for other in every)}
        assert set(identify.front_door_sets(net, x, y)) == minimal
        for z in subsets(usable):
            assert identify.is_front_door_set(net, x, y, z) == (z in every)
        some += bool(minimal)
    assert some > 5


def test_blanket_leaves_nothing_else_to_say():
    rng = np.random.default_rng(4)
    for _ in range(60):
        parents = random_arrows(rng, int(rng.integers(3, 8)))
        net = network_of(parents)
        name = rng.choice(list(parents))
        blanket = structure.markov_blanket(net, name)
        rest = set(parents) - blanket - {name}
        assert name not in blanket
        if rest:
            assert structure.d_separated(net, name, rest, blanket)
        for member in blanket:
            others = blanket - {member}
            assert not structure.d_separated(net, name, member, others)


# -- identification by any means ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parents", "hidden", "answer"),
    [
        ({"x": (), "y": ("x",)}, (), True),
        ({"u": (), "x": ("u",), "y": ("x", "u")}, ("u",), False),
        ({"u": (), "x": ("u",), "m": ("x",), "y": ("m", "u")}, ("u",), True),
        # The bow on the way (Shpitser & Pearl 2006, figure 1): m and y share a cause.
        ({"u": (), "x": (), "m": ("x", "u"), "y": ("m", "u")}, ("u",), True),
        ({"u": (), "x": ("u",), "m": ("x", "u"), "y": ("m",)}, ("u",), False),
        # Tian & Pearl (2002): neither front nor back door, but identifiable (the napkin).
        (
            {"a": (), "b": (), "w": ("a", "b"), "z": ("w",), "x": ("z", "a"), "y": ("x", "b")},
            ("a", "b"),
            True,
        ),
        # An instrument does not identify.
        ({"u": (), "z": (), "x": ("z", "u"), "y": ("x", "u")}, ("u",), False),
    ],
)
def test_textbook_graphs_are_identified_or_not(parents, hidden, answer):
    net = network_of(parents, hidden)
    if answer:
        assert identify.identify(net, "x", "y").strategy
    else:
        with pytest.raises(NotIdentifiable) as refused:
            identify.identify(net, "x", "y")
        assert "u" in str(refused.value)


def test_the_front_door_is_named_when_the_back_door_is_shut():
    net = network_of({"u": (), "x": ("u",), "m": ("x",), "y": ("m", "u")}, ("u",))
    found = identify.identify(net, "x", "y")
    assert (found.strategy, found.variables) == ("front door", ("m",))
    with pytest.raises(NotIdentifiable, match=r"x <- u -> y stays open \(u is not observed\)"):
        structure.adjustment_sets(net, "x", "y")


def test_m_bias_needs_no_adjustment():
    net = network_of({"a": (), "b": (), "m": ("a", "b"), "x": ("a",), "y": ("b", "x")})
    assert structure.adjustment_sets(net, "x", "y") == (frozenset(),)
    assert not structure.is_adjustment_set(net, "x", "y", {"m"})
    blocked_path = next(p for p in structure.paths(net, "x", "y") if "m" in p.nodes)
    assert str(blocked_path) == "x <- a -> m <- b -> y"
    assert blocked_path.blocks == (
        ("m", "a common effect, and neither it nor any effect of it is known"),
    )
    assert next(p for p in structure.paths(net, "x", "y", "m") if "m" in p.nodes).open


def test_mistakes_are_named():
    net = network_of({"x": (), "y": ("x",)})
    with pytest.raises(UnknownName):
        structure.d_separated(net, "x", "z")
    with pytest.raises(InvalidFinding):
        structure.d_separated(net, "x", "y", "x")
    for ask in (structure.adjustment_sets, identify.identify, identify.front_door_sets):
        with pytest.raises(InvalidChange, match="its own cause"):
            ask(net, "x", "x")


def test_a_later_variable_has_no_effect_on_an_earlier_one():
    """a -> b -> c: adjusting for b gives the nil effect of c on a; of b on a nothing can, or need."""
    net = network_of({"a": (), "b": ("a",), "c": ("b",)})
    assert structure.adjustment_sets(net, "c", "a") == (frozenset("b"),)
    assert structure.adjustment_sets(net, "b", "a") == ()
    for x, y in ("ca", "ba"):
        assert identify.identify(net, x, y).strategy == "no effect"
        assert identify.front_door_sets(net, x, y) == ()
        got = net.effect(x, y)
        assert got.risk_difference == pytest.approx(0.0, abs=1e-15)
        assert got.p_from == pytest.approx(got.p_now, abs=1e-15)
    hidden = network_of({"u": (), "x": ("u",), "y": ("u",)}, ("u",))
    assert structure.adjustment_sets(hidden, "x", "y") == ()


def test_nothing_is_its_own_cause():
    net = network_of({"a": (), "b": ("a",)})
    for ask in (effect, causation, attributable_fraction):
        with pytest.raises(InvalidChange, match="its own cause"):
            ask(net, "b", "b")
    for held in ("a", "b"):
        with pytest.raises(InvalidChange, match="held"):
            net.effect("a", "b", holding={held: "no"})


def test_a_large_network_shows_its_short_paths():
    """A ladder of 40 rungs has 2^40 paths; its shortest ones, and why there is no set, at once."""
    parents: dict[str, tuple[str, ...]] = {"u": (), "a0": ("u",), "b0": ("u",)}
    for n in range(1, 40):
        parents[f"a{n}"] = (f"a{n - 1}", f"b{n - 1}")
        parents[f"b{n}"] = (f"a{n - 1}", f"b{n - 1}")
    parents["y"] = ("a39", "b39", "u")
    net = network_of(parents, ("u",))
    with pytest.raises(TooLarge, match="longest=4"):
        structure.paths(net, "a0", "y")
    (short,) = structure.paths(net, "a0", "y", longest=2)
    assert str(short) == "a0 <- u -> y"
    with pytest.raises(NotIdentifiable, match="a0 <- u -> y stays open"):
        structure.adjustment_sets(net, "a0", "y", unobserved=["b0"])
