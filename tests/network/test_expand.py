"""Expansion against definitions written out, on random networks of every mechanism."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from etiograph.errors import InvalidNetwork
from etiograph.network.expand import expand, table_function, with_values
from etiograph.network.logit import CumulativeLogit, LevelOdds, Logit, OddsRatios
from etiograph.network.mechanism import Mechanism, Row, Table
from etiograph.network.model import Accumulation
from etiograph.network.network import Network
from etiograph.network.noisy import MaxLink, NoisyLink, NoisyMax, NoisyOr, Opposing, Rate
from etiograph.network.parameter import Parameter, sample_parameters
from etiograph.network.reading import LevelShift, Reading
from etiograph.network.variable import Variable

KINDS = (
    "table",
    "noisy_or",
    "preventers",
    "noisy_max",
    "opposing",
    "logit",
    "cumulative",
    "reading",
)


class Maker:
    """Random mechanisms with random numbers, some of them without a range, some constants."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.count = 0

    def name(self) -> str:
        self.count += 1
        return f"p{self.count}"

    def probability(self, most: float = 0.9) -> float | Parameter:
        value = float(self.rng.choice([0.0, most, self.rng.uniform(0.01, most)], p=[0.1, 0.1, 0.8]))
        how = self.rng.integers(3)
        if how == 0:
            return value
        if how == 1:
            return Parameter(self.name(), "probability", value)
        return Parameter(self.name(), "probability", value, value / 2, min(1.0, value * 1.2 + 0.01))

    def ratio(self, kind: str, **more: Any) -> Parameter:
        value = float(np.exp(self.rng.normal(0, 0.7)))
        ends = (value / 2, value * 2) if self.rng.random() < 0.7 else ()
        return Parameter(self.name(), kind, value, *ends, **more)

    def strength(self) -> float | Parameter:
        if self.rng.random() < 0.3:
            kind = str(self.rng.choice(["odds_ratio", "risk_ratio"]))
            return self.ratio(kind, baseline=0.3)
        return self.probability()

    def states(self, variable: Variable) -> dict[str, float | Parameter]:
        chosen = [s for s in variable.states[1:] if self.rng.random() < 0.8]
        return {s: self.strength() for s in chosen or variable.states[1:]}

    def link(self, parents: list[Variable]) -> NoisyLink:
        first, *others = parents
        less = {o.name: {o.states[-1]: self.strength()} for o in others[:1]}
        if others and self.rng.random() < 0.4:
            rows = [
                Rate(
                    {first.name: first.states[-1], others[-1].name: others[-1].states[0]},
                    self.strength(),
                ),
                Rate({first.name: first.states[-1]}, self.strength()),
            ]
            return NoisyLink((first.name, others[-1].name), rows, less)
        return NoisyLink.of(first.name, self.states(first), less)

    def noisy_or(self, parents: list[Variable], preventers: bool) -> NoisyOr:
        kept = parents[1:] if preventers and len(parents) > 1 else parents
        return NoisyOr(
            leak=self.probability(),
            links=[self.link(kept[i:] + kept[:i]) for i in range(len(kept))],
            preventers=[NoisyLink.of(parents[0].name, self.states(parents[0]))]
            if preventers and parents
            else (),
        )

    def mechanism(self, kind: str, parents: list[Variable], child: Variable) -> Mechanism:
        names = tuple(p.name for p in parents)
        if kind == "table":
            rows = [Row({p.name: p.states[-1]}, self.row(child)) for p in parents]
            return Table(names, [*rows, Row({}, self.row(child))])
        if kind in ("noisy_or", "preventers"):
            return self.noisy_or(parents, kind == "preventers")
        if kind == "noisy_max":
            links = [MaxLink.of(p.name, {p.states[-1]: self.row(child)}) for p in parents]
            return NoisyMax(leak=self.row(child), links=links)
        if kind == "opposing":
            return Opposing(self.noisy_or(parents, False), self.noisy_or(parents, True), "s1", "s2")
        if kind == "logit":
            effects = [
                OddsRatios(
                    p.name, {p.states[-1]: {s: self.ratio("odds_ratio") for s in child.states[1:]}}
                )
                for p in parents
            ]
            return Logit(baseline=self.row(child), effects=effects)
        if kind == "cumulative":
            shifts = [LevelOdds(p.name, {p.states[-1]: self.ratio("odds_ratio")}) for p in parents]
            return CumulativeLogit(baseline=self.row(child), effects=shifts)
        return Reading(
            unit="u",
            mean=Parameter(self.name(), "mean", 1.0, 0.8, 1.2),
            sd=Parameter(self.name(), "sd", 0.5, 0.4, 0.6),
            shifts=[
                LevelShift(
                    p.name, {p.states[-1]: Parameter(self.name(), "difference", 0.3, 0.1, 0.5)}
                )
                for p in parents
            ],
            cutpoints=tuple(np.linspace(0.5, 1.5, child.card - 1).tolist()),
        )

    def row(self, child: Variable) -> dict[str, float | Parameter]:
        # Low enough that a row of draws hardly ever sums above 1, which `with_values` would refuse.
        share = 0.6 / (child.card - 1)
        return {s: self.probability(share) for s in child.states[1:]}


@st.composite
def networks(draw: st.DrawFn) -> Network:
    maker = Maker(draw(st.integers(0, 2**32)))
    kinds = draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=5))
    variables = [Variable("r0", ("s0", "s1")), Variable("r1", ("s0", "s1", "s2"))]
    mechanisms: dict[str, Mechanism] = {v.name: maker.mechanism("table", [], v) for v in variables}
    for i, kind in enumerate(kinds):
        card = {"noisy_or": 2, "preventers": 2, "opposing": 3}.get(kind) or draw(st.integers(2, 4))
        child = Variable(f"v{i}", tuple(f"s{j}" for j in range(card)))
        chosen = draw(st.lists(st.sampled_from(variables), max_size=3, unique=True))
        mechanisms[child.name] = maker.mechanism(kind, chosen, child)
        variables = [*variables, child]
    return Network(variables, mechanisms)


def joint_of_all(net: Network) -> np.ndarray[Any, Any]:
    """Brute force over network and hidden variables: the chain of steps multiplied out by hand."""
    model = net.model

    def probability(i: int, states: tuple[int, ...]) -> float:
        family = model.families[i]
        k = model.cards[i]

        def block(parents: tuple[int, ...], start: int, size: int) -> np.ndarray[Any, Any]:
            at = 0
            for p in parents:
                at = at * model.cards[p] + states[p]
            return model.tables[start + at * size : start + (at + 1) * size]

        if not isinstance(family, Accumulation):
            return float(block(family.parents, family.start, k)[states[i]])
        reached = np.eye(k)[0]
        for link in family.links:
            reached = reached @ block(link.parents, link.start, k * k).reshape(k, k)
        return float(reached[states[i]])

    joint = np.zeros(model.cards[: model.n_network])
    for states in product(*map(range, model.cards)):
        p = 1.0
        for i in range(len(states)):
            p *= probability(i, states)
        joint[states[: model.n_network]] += p
    return joint


@given(networks().filter(lambda n: np.prod(n.model.cards) <= 4000))
@settings(max_examples=40)
def test_steps_multiplied_out_are_the_full_tables(net: Network) -> None:
    joint = np.ones(())
    names = list(net.variables)
    shape = [net.variables[n].card for n in names]
    joint = np.ones(shape)
    for name in names:
        table = net.table(name)
        axes = [names.index(p) for p in (*net.parents(name), name)]
        order = np.argsort(axes)
        full = [1] * len(names)
        for axis in axes:
            full[axis] = shape[axis]
        joint = joint * table.transpose(order).reshape(full)
    assert np.allclose(joint, joint_of_all(net), atol=1e-13)


@given(networks())
@settings(max_examples=60)
def test_every_block_is_a_distribution(net: Network) -> None:
    for name in net.variables:
        table = net.table(name)
        assert np.allclose(table.sum(-1), 1, atol=1e-12)
        assert (table >= 0).all()
        assert (table <= 1 + 1e-15).all()
    assert not net.model.tables[~net.model.support].any()


@given(networks(), st.integers(0, 2**32))
@settings(max_examples=60)
def test_table_function_row_by_row(net: Network, seed: int) -> None:
    draws = sample_parameters(net.parameters, 5, np.random.default_rng(seed))
    tables = np.asarray(table_function(net)(draws))
    assert tables.shape == (5, net.model.n_entries)
    # Zeros of the structure are zeros of every draw.
    assert not tables[:, ~net.model.support].any()
    for row, values in zip(tables, draws, strict=True):
        alone = with_values(net, values).model
        assert alone.families == net.model.families
        assert np.allclose(row, alone.tables, rtol=1e-12, atol=1e-15)
    stated = table_function(net)(net.parameter_values()[None])[0]
    assert np.allclose(stated, net.model.tables, rtol=1e-13, atol=1e-16)


def test_many_rows_equal_few() -> None:
    maker = Maker(3)
    a = Variable("a", ("s0", "s1"))
    y = Variable("y", ("s0", "s1", "s2"))
    net = Network(
        [a, y], {"a": maker.mechanism("table", [], a), "y": maker.mechanism("logit", [a], y)}
    )
    draws = sample_parameters(net.parameters, 1100, np.random.default_rng(0))
    tables = np.asarray(table_function(net)(draws))
    for i in (0, 511, 512, 1023, 1024, 1099):
        assert np.array_equal(tables[i], table_function(net)(draws[i : i + 1])[0])
    assert table_function(net)(draws[:0]).shape == (0, net.model.n_entries)


def test_expand_is_kept() -> None:
    net = Network.from_tables({"a": ["x", "y"]}, {}, {"a": [0.2, 0.8]})
    assert expand(net) is net.model
    assert np.asarray(table_function(net)(np.zeros((3, 0)))).tolist() == [[0.2, 0.8]] * 3


def test_a_number_of_the_structure_cannot_be_drawn() -> None:
    rows = [Row({}, {"s1": Parameter("p", "probability", 0.0), "s2": 0.3})]
    net = Network([Variable("a", ("s0", "s1", "s2"))], {"a": Table(rows=rows)})
    assert np.asarray(table_function(net)(np.array([[0.0]]))).tolist() == [[0.7, 0.0, 0.3]]
    with pytest.raises(InvalidNetwork, match="'p' has no range"):
        table_function(net)(np.array([[0.0], [0.1]]))
    assert net.with_parameters({"p": 0.1}).model.support.all()


def test_shape_of_the_parameters_is_checked() -> None:
    net = Network.from_tables({"a": ["x", "y"]}, {}, {"a": [0.2, 0.8]})
    with pytest.raises(InvalidNetwork, match=r"shape \(rows, 0\), found \(3,\)"):
        table_function(net)(np.zeros(3))
