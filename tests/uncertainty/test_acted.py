"""Which cause acted, from a model in which hidden variables say so."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

import etiograph as eg
from etiograph.errors import InvalidFinding
from etiograph.network.event import ByEvent
from etiograph.network.mechanism import Row, Table
from etiograph.network.network import Network
from etiograph.network.noisy import NoisyLink, NoisyOr, Rate
from etiograph.network.parameter import Parameter, sample_parameters
from etiograph.network.variable import Variable
from etiograph.query.attribution import attribution
from etiograph.uncertainty.acted import Acting, acted
from etiograph.uncertainty.intervals import intervals
from etiograph.uncertainty.rows import finding_row
from etiograph.uncertainty.sensitivity import tornado

BINARY = ("absent", "present")
ALONE = "no named cause"


def asked_of(net: Network, found: dict[str, str]) -> tuple[dict[str, float], float]:
    """P(each named cause acted), P(none did), at the stated values."""
    asked = Acting.of(net, found)
    assert asked is not None
    return asked.point()


def test_two_coins_by_hand() -> None:
    """Leak 0.1, cause present in 0.2, strength 0.5: P(cramps) = 1 - 0.9 (1 - 0.2 * 0.5) = 0.19."""
    net = Network(
        [Variable("a", BINARY, role="condition"), Variable("y", BINARY, role="outcome")],
        {
            "a": Table(array=np.array([0.8, 0.2])),
            "y": NoisyOr(leak=0.1, links=(NoisyLink.of("a", {"present": 0.5}),)),
        },
        about={"target": "y", "causes": ["a"]},
    )
    found = acted(net, {"y": "present"})
    assert found == {"a": pytest.approx(0.1 / 0.19)}
    assert Acting.of(net, {"y": "present"}).point()[1] == pytest.approx(0.09 / 0.19)
    assert acted(net, {"a": "present"}) is None


def random_network(rng: np.random.Generator) -> Network:
    """Two causes in line, one weakened by a third, a link of two parents, signs above and below."""
    table = {
        "m": Table(array=rng.dirichlet([1, 1])),
        "a": Table(array=rng.dirichlet([1, 1])),
        "b": Table(("a",), array=rng.dirichlet([1, 1, 1], size=2)),
        "s": Table(("b",), array=rng.dirichlet([1, 1], size=3)),
        "z": Table(("y", "a"), array=rng.dirichlet([1, 1], size=(2, 2))),
    }
    p = rng.uniform(0.05, 0.9, size=8).tolist()
    links = (
        NoisyLink.of("a", {"present": p[0]}),
        NoisyLink.of("b", {"low": p[1], "high": p[2]}, {"m": {"present": p[3]}}),
        NoisyLink(("b", "a"), (Rate({"b": ("low",), "a": ("present",)}, p[4]),)),
    )
    leak = NoisyLink(("m",), (Rate({"m": ("present",)}, p[5]), Rate({}, p[6])))
    variables = [
        Variable("m", BINARY), Variable("a", BINARY), Variable("b", ("normal", "low", "high")),
        Variable("s", BINARY), Variable("y", BINARY, role="outcome"), Variable("z", BINARY),
    ]  # fmt: skip
    about = {"target": "y", "causes": ["a", "b"]}
    return Network(variables, {**table, "y": NoisyOr(leak=leak, links=links)}, about=about)


def counted(net: Network, findings: dict[str, str]) -> dict[str, float]:
    """By the sum over all worlds and all coins of the links."""
    mechanism = net.mechanisms["y"]
    others = [n for n in net.variables if n != "y"]
    total, by_cause = 0.0, {"a": 0.0, "b": 0.0, ALONE: 0.0}

    def strength(link, at) -> float:
        for row in link.rows:
            if all(at[v] in states for v, states in row.when.items()):
                weaker = [shares.get(at[m], 0.0) for m, shares in link.less_with.items()]
                return float(row.p * np.prod([1.0 - q for q in weaker]))
        return 0.0

    for states in product(*(net.variables[n].states for n in others)):
        at = {**dict(zip(others, states, strict=True)), "y": "present"}
        if any(at[n] != s for n, s in findings.items()):
            continue
        p = 1.0
        for n in others:
            place = tuple(net.variables[q].index(at[q]) for q in net.parents(n))
            p *= net.table(n)[(*place, net.variables[n].index(at[n]))]
        links = [mechanism.leak, *mechanism.links]
        for coins in product((False, True), repeat=len(links)):
            own = [strength(link, at) for link in links]
            chance = p * np.prod([q if c else 1 - q for q, c in zip(own, coins, strict=True)])
            if any(coins):
                total += chance
                by_cause[ALONE] += chance * (not any(coins[1:]))
                by_cause["a"] += chance * coins[1]
                by_cause["b"] += chance * (coins[2] or coins[3])
    return {name: p / total for name, p in by_cause.items()}


@pytest.mark.parametrize("seed", range(12))
def test_against_counting_worlds_and_coins(seed: int) -> None:
    rng = np.random.default_rng(seed)
    net = random_network(rng)
    found = {"y": "present"}
    for name in ("m", "a", "s", "z"):
        if rng.random() < 0.4:
            found[name] = str(rng.choice(net.variables[name].states))
    want = counted(net, found)
    causes, alone = asked_of(net, found)
    assert causes | {ALONE: alone} == pytest.approx(want, abs=1e-12)
    whole = attribution(net, found, "y", needed=False)
    assert causes == pytest.approx({name: whole[name].fired for name in causes}, abs=1e-12)
    assert alone == pytest.approx(whole["leak"].only, abs=1e-12)


def test_draws_equal_networks_made_anew(small) -> None:
    found = {"cramps": "present", "twitching": "present"}
    drawn = sample_parameters(small.parameters, 6, np.random.default_rng(1))
    asked = Acting.of(small, found)
    row = finding_row(small, found)
    got, none = asked.draws(row, drawn)
    for values, p, alone in zip(drawn, got, none, strict=True):
        again = small.with_parameters(dict(zip(small.parameters, values.tolist(), strict=True)))
        want, nothing = asked_of(again, found)
        assert dict(zip(asked.causes, p.tolist(), strict=True)) == pytest.approx(want, abs=1e-12)
        assert alone == pytest.approx(nothing, abs=1e-12)


def test_the_flagship_equals_the_attribution() -> None:
    net = eg.load("leg_cramps")
    found = {"leg_cramps": "present", "diuretic": "thiazide", "night_waking": "present"}
    whole = attribution(net, found, "leg_cramps", needed=False)
    got, alone = asked_of(net, found)
    assert set(got) == {share.cause for share in whole.causes} - {"leak", "cramp_tendency"}
    for cause, p in got.items():
        assert p == pytest.approx(whole[cause].fired, abs=1e-10)
    assert alone == pytest.approx(whole.idiopathic.only, abs=1e-10)


def test_intervals_of_what_acted(small) -> None:
    found = {"cramps": "present", "twitching": "present"}
    made = intervals(small, found, draws=400)
    point, alone = asked_of(small, found)
    assert [event.variable for event in made.acted] == sorted(point, key=lambda name: -point[name])
    for name, cell in ((event.variable, cell) for event, cell in made.acted.items()):
        assert cell.point == pytest.approx(point[name], abs=1e-12)
        assert cell.low < cell.point < cell.high
    assert sum(made.p_acts_first.values()) == pytest.approx(1.0)
    assert made.alone.point == pytest.approx(alone, abs=1e-12)
    assert made.alone.low < alone < made.alone.high
    for also in ((), tuple(small.variables)):
        own = intervals(small, found, draws=400, also=also, acted_only=True)
        assert own.verdict == made.verdict
        assert own.rivals == made.rivals
        assert own.ess == pytest.approx(made.ess)
        assert not own.answers
        for event, cell in (*made.acted.items(), (None, made.alone)):
            mine = own.alone if event is None else own.acted[event]
            for name in cell.__slots__:
                assert getattr(mine, name) == pytest.approx(getattr(cell, name), abs=1e-12)
    assert intervals(small, {"twitching": "present"}, 40, acted_only=True).answers
    plain = intervals(small, found, draws=400, acted=False)
    for event, cell in plain.causes.items():
        for name in cell.__slots__:
            assert getattr(made.causes[event], name) == pytest.approx(
                getattr(cell, name), abs=1e-12
            )
    assert plain.acted == ByEvent({})
    assert plain.alone is None


@pytest.mark.parametrize("asked", [None, True])
def test_what_acted_is_ranked_only_where_it_is_a_question(small, asked: bool | None) -> None:
    """Not before the outcome is found, and not where two worlds are spoken of."""
    here = small.case(twitching="present")
    assert here.intervals(40, acted=asked).acted == ByEvent({})
    found = here.with_findings(cramps="present")
    assert found.intervals(40, acted=asked).p_acts_first
    for changed in (found.had(diuretic="none"), found.after(diuretic="none")):
        assert changed.intervals(40, acted=asked).acted == ByEvent({})


def test_the_verdict_is_of_what_acted_unless_presence_is_asked_for() -> None:
    """A habit half of all have and that does next to nothing is there, and not behind it."""
    net = Network(
        [Variable(name, BINARY, role="condition") for name in ("habit", "disease")]
        + [Variable("y", BINARY, role="outcome")],
        {
            "habit": Table(array=np.array([0.3, 0.7])),
            "disease": Table(array=np.array([0.7, 0.3])),
            "y": NoisyOr(
                leak=Parameter("leak", "probability", 0.1, 0.09, 0.11),
                links=(
                    NoisyLink.of("habit", {"present": 0.001}),
                    NoisyLink.of("disease", {"present": 0.3}),
                ),
            ),
        },
        about={"target": "y", "causes": ["habit", "disease"]},
    )
    case = net.case(y="present")
    assert "disease comes first" in case.intervals(20).verdict
    assert "habit comes first" in case.intervals(20, acted=False).verdict


@pytest.mark.parametrize("seed", range(12))
def test_what_has_no_name_alone_equals_the_share_of_the_attribution(seed: int) -> None:
    rng = np.random.default_rng(seed)
    net = random_network(rng)
    if seed % 2:  # a variable that stands for what has no name, and depends on nothing
        m = Variable("m", BINARY, role="background", observable=False)
        net = Network([m, *list(net.variables.values())[1:]], net.mechanisms, about=net.about)
    known = {"y": "present", "s": "present"} | ({"b": "low"} if seed % 3 == 0 else {})
    asked = Acting.of(net, known)
    assert asked is not None
    whole = attribution(net, known, "y", needed=False)["idiopathic"]
    p, alone = asked.draws(finding_row(net, known), None, ["z"])
    assert alone[0] == pytest.approx(whole.only, rel=1e-9)
    assert dict(zip(asked.causes, p[0], strict=True)) == pytest.approx(acted(net, known), rel=1e-9)


@pytest.mark.parametrize("known", [{}, {"m": "present"}, {"a": "present"}])
def test_a_weakener_that_touches_nothing_else_and_a_link_that_always_fires(known) -> None:
    """The strength of b averages over m, which is independent of all else; a leaves no doubt."""
    links = (
        NoisyLink.of("a", {"present": 1.0}),
        NoisyLink.of("b", {"present": 0.6}, {"m": {"present": 0.5}}),
    )
    net = Network(
        [Variable(n, BINARY) for n in ("m", "a", "b", "s")]
        + [Variable("y", BINARY, role="outcome"), Variable("z", BINARY)],
        {
            "m": Table(array=np.array([0.7, 0.3])),
            "a": Table(array=np.array([0.9, 0.1])),
            "b": Table(("a",), array=np.array([[0.8, 0.2], [0.4, 0.6]])),
            "s": Table(("b",), array=np.array([[0.9, 0.1], [0.3, 0.7]])),
            "y": NoisyOr(leak=0.05, links=links),
            "z": Table(("y",), array=np.array([[0.8, 0.2], [0.1, 0.9]])),
        },
        about={"target": "y", "causes": ["a", "b"]},
    )
    found = {"y": "present", "z": "present", "s": "present"} | known
    causes, alone = asked_of(net, found)
    whole = attribution(net, found, "y", needed=False)
    assert causes == pytest.approx({name: whole[name].fired for name in causes}, abs=1e-12)
    assert alone == pytest.approx(whole["leak"].only, abs=1e-12)


def test_which_number_moves_how_often_a_cause_acted() -> None:
    """Every end of every range, against the network with that number: entered causes and links of
    several parents among them."""
    for seed in range(6):
        net = random_network(np.random.default_rng(seed))
        at = {
            f"{name}.{k}": Parameter(f"{name}.{k}", "probability", 0.4, 0.2, 0.7)
            for name in ("y", "a")
            for k in range(4)
        }
        old = net.mechanisms["y"]
        links = (
            NoisyLink.of("a", {"present": at["y.0"]}),
            NoisyLink.of("b", {"low": at["y.1"], "high": 0.3}, {"m": {"present": at["y.2"]}}),
            NoisyLink(("b", "a"), (Rate({"b": ("low",), "a": ("present",)}, at["y.3"]),)),
        )
        made = {
            **net.mechanisms,
            "a": Table(rows=(Row({}, {"present": at["a.0"]}),)),
            "y": NoisyOr(leak=old.leak, links=links),
        }
        net = Network(net.variables, made, about=net.about)
        for findings in (
            {"y": "present"},
            {"y": "present", "s": "present", "z": "absent"},
            {"y": "present", "b": "low"},
        ):
            for cause in ("a", "b"):
                found = tornado(net, findings, cause, acted=True)
                assert found.acted
                assert found.answer == pytest.approx(acted(net, findings)[cause], abs=1e-12)
                assert {bar.name for bar in found.bars} == set(net.parameters)
                for bar in found.bars:
                    for value, answer in ((bar.low, bar.at_low), (bar.high, bar.at_high)):
                        moved = acted(net.with_parameters({bar.name: value}), findings)[cause]
                        assert answer == pytest.approx(moved, abs=1e-12), bar.name


def test_a_strength_by_hand() -> None:
    """As two coins: P(a acted | y) = 0.2 s / (1 - 0.9 (1 - 0.2 s)), at s = 0.3 and at s = 0.7."""
    strength = Parameter("y.a", "probability", 0.5, 0.3, 0.7)
    net = Network(
        [Variable("a", BINARY, role="condition"), Variable("y", BINARY, role="outcome")],
        {
            "a": Table(array=np.array([0.8, 0.2])),
            "y": NoisyOr(leak=0.1, links=(NoisyLink.of("a", {"present": strength}),)),
        },
        about={"target": "y", "causes": ["a"]},
    )
    (bar,) = tornado(net, {"y": "present"}, "a", acted=True).bars
    assert bar.at_low == pytest.approx(0.06 / (1 - 0.9 * 0.94))
    assert bar.at_high == pytest.approx(0.14 / (1 - 0.9 * 0.86))
    with pytest.raises(InvalidFinding):
        tornado(net, {"y": "absent"}, "a", acted=True)
