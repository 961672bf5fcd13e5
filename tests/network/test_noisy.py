"""Noisy-OR, noisy-MAX and opposing causes, worked by hand."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from etiograph.errors import ImpossibleFindings, InvalidNetwork, TooLarge, UnknownName
from etiograph.network.mechanism import Mechanism, Row, Table
from etiograph.network.model import Accumulation
from etiograph.network.network import Network
from etiograph.network.noisy import MaxLink, NoisyLink, NoisyMax, NoisyOr, Opposing, Rate
from etiograph.network.parameter import Parameter
from etiograph.network.variable import Variable

BINARY = ("absent", "present")
ROOTS = (
    Variable("a", BINARY),
    Variable("b", ("none", "mild", "severe")),
    Variable("c", BINARY),
    Variable("d", BINARY),
)


def network(mechanism: Mechanism, states: tuple[str, ...] = BINARY, **more: object) -> Network:
    roots = {v.name: Table(array=np.full(v.card, 1 / v.card)) for v in ROOTS}
    child = Variable("y", states, **more)  # type: ignore[arg-type]
    return Network((*ROOTS, child), {**roots, "y": mechanism})


def present(net: Network, **states: str) -> float:
    at = tuple(net.variables[p].index(states[p]) for p in net.parents("y"))
    return float(net.table("y")[at][1])


def test_leak_and_links() -> None:
    net = network(
        NoisyOr(
            leak=0.1,
            links=[
                NoisyLink.of("a", {"present": 0.5}),
                NoisyLink.of("b", {"mild": 0.2, "severe": 0.6}),
            ],
        )
    )
    assert net.parents("y") == ("a", "b")
    assert present(net, a="absent", b="none") == pytest.approx(0.1)
    assert present(net, a="present", b="none") == pytest.approx(1 - 0.9 * 0.5)
    assert present(net, a="present", b="severe") == pytest.approx(1 - 0.9 * 0.5 * 0.4)
    # A leak, two links: three steps, leak first.
    family = net.model.families[net.model.index["y"]]
    assert isinstance(family, Accumulation)
    assert [link.parents for link in family.links] == [(), (0,), (1,)]


def test_no_leak_has_no_step() -> None:
    net = network(NoisyOr(links=[NoisyLink.of("a", {"present": 0.5})]))
    assert present(net, a="absent") == 0.0
    assert len(net.model.families[4].links) == 1  # type: ignore[union-attr]


def test_leak_by_parents() -> None:
    leak = NoisyLink(("b", "c"), [({"b": "none"}, 0.1), Rate({"c": "present"}, 0.4), Rate({}, 0.2)])  # type: ignore[list-item]
    net = network(NoisyOr(leak=leak, links=[NoisyLink.of("a", {"present": 0.5})]))
    assert net.parents("y") == ("b", "c", "a")
    assert present(net, a="absent", b="none", c="present") == pytest.approx(0.1)
    assert present(net, a="absent", b="mild", c="present") == pytest.approx(0.4)
    assert present(net, a="present", b="mild", c="absent") == pytest.approx(1 - 0.8 * 0.5)


def test_link_of_several_parents_acting_together() -> None:
    link = NoisyLink(("a", "b"), [Rate({"a": "present", "b": ("mild", "severe")}, 0.3)])
    net = network(NoisyOr(links=[link]))
    assert net.table("y")[..., 1].tolist() == [[0, 0, 0], [0, 0.3, 0.3]]
    assert net.model.support[net.model.families[4].links[0].start :].reshape(6, 2, 2)[
        0
    ].tolist() == [  # type: ignore[union-attr]
        [True, False],
        [False, True],
    ]


def test_less_with_weakens_its_own_link_only() -> None:
    net = network(
        NoisyOr(
            leak=0.1,
            links=[
                NoisyLink.of("a", {"present": 0.5}, less_with={"c": {"present": 0.4}}),
                NoisyLink.of("b", {"severe": 0.6}),
            ],
        )
    )
    assert net.parents("y") == ("a", "c", "b")
    assert present(net, a="present", b="none", c="present") == pytest.approx(
        1 - 0.9 * (1 - 0.5 * 0.6)
    )
    assert present(net, a="absent", b="severe", c="present") == pytest.approx(1 - 0.9 * 0.4)


def test_two_modifiers_one_of_them_a_parent_of_the_link() -> None:
    link = NoisyLink(
        ("a", "c"),
        [Rate({"a": "present"}, 0.5)],
        less_with={"c": {"present": 0.4}, "b": {"mild": 0.5}},
    )
    net = network(NoisyOr(links=[link]))
    assert present(net, a="present", b="mild", c="present") == pytest.approx(0.5 * 0.6 * 0.5)
    assert present(net, a="present", b="severe", c="absent") == pytest.approx(0.5)


def test_preventers_act_on_all_causes() -> None:
    net = network(
        NoisyOr(
            leak=0.1,
            links=[NoisyLink.of("a", {"present": 0.5})],
            preventers=[NoisyLink.of("c", {"present": 0.3}), NoisyLink.of("d", {"present": 0.2})],
        )
    )
    assert net.model.names[5:] == ("y~causes", "y~prevented")
    assert present(net, a="present", c="present", d="absent") == pytest.approx(0.55 * 0.7)
    assert present(net, a="present", c="present", d="present") == pytest.approx(0.55 * 0.7 * 0.8)
    assert present(net, a="absent", c="absent", d="absent") == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("kind", "ratio", "baseline", "p1"),
    [
        ("odds_ratio", 2.0, 0.4, 0.8 / 1.4),
        ("odds_ratio", 0.5, 0.4, 0.2 / 0.8),
        ("risk_ratio", 1.5, 0.4, 0.6),
        ("risk_ratio", 0.5, 0.4, 0.2),
        ("risk_ratio", 3.0, 0.4, 1.0),
    ],
)
def test_ratios_become_strengths(kind: str, ratio: float, baseline: float, p1: float) -> None:
    number = Parameter("r", kind, ratio, baseline=baseline)
    cause = network(NoisyOr(links=[NoisyLink.of("a", {"present": number})]))
    expected = max(0.0, 1 - (1 - p1) / (1 - baseline))
    assert present(cause, a="present") == pytest.approx(expected, abs=1e-15)
    stops = network(NoisyOr(leak=0.5, preventers=[NoisyLink.of("a", {"present": number})]))
    expected = 0.5 * (1 - max(0.0, 1 - p1 / baseline))
    assert present(stops, a="present") == pytest.approx(expected)


def test_a_protective_ratio_of_a_cause_may_still_cause_where_its_range_says_so() -> None:
    def support(*ends: float) -> bool:
        number = Parameter("r", "odds_ratio", 0.9, *ends, baseline=0.4)
        net = network(NoisyOr(links=[NoisyLink.of("a", {"present": number})]))
        start = net.model.families[4].links[0].start  # type: ignore[union-attr]
        return bool(net.model.support[start + 5])

    assert not support()
    assert support(0.5, 1.4)


def test_opposing() -> None:
    lowering = NoisyOr(leak=0.1, links=[NoisyLink.of("a", {"present": 0.5})])
    raising = NoisyOr(
        links=[NoisyLink.of("b", {"severe": 0.4})], preventers=[NoisyLink.of("c", {"present": 0.5})]
    )
    net = network(Opposing(lowering, raising), ("normal", "low", "high"))
    assert net.parents("y") == ("a", "b", "c")
    assert net.model.names[5:] == (
        "y~lowering",
        "y~raising",
        "y~raising~causes",
        "y~raising~prevented",
    )
    low, high = 1 - 0.9 * 0.5, 0.4 * 0.5
    expected = [low * high + (1 - low) * (1 - high), low * (1 - high), high * (1 - low)]
    assert net.table("y")[1, 2, 1].tolist() == pytest.approx(expected)
    swapped = network(Opposing(lowering, raising), ("low", "normal", "high"))
    assert swapped.table("y")[1, 2, 1].tolist() == pytest.approx([expected[i] for i in (1, 0, 2)])


def test_noisy_max() -> None:
    net = network(
        NoisyMax(
            leak={"some": 0.1},
            links=[
                MaxLink.of("a", {"present": {"some": 0.3, "much": 0.4}}),
                MaxLink.of("b", {"mild": {"much": 0.5}}),
            ],
        ),
        ("none", "some", "much"),
    )
    leak, a, b = np.array([0.9, 0.1, 0]), np.array([0.3, 0.3, 0.4]), np.array([0.5, 0, 0.5])
    expected = np.zeros(3)
    for x, y, z in product(range(3), repeat=3):
        expected[max(x, y, z)] += leak[x] * a[y] * b[z]
    assert net.table("y")[1, 1] == pytest.approx(expected)
    assert net.table("y")[0, 0] == pytest.approx(leak)


def test_noisy_max_with_rows_and_draws_above_one() -> None:
    p = Parameter("p", "probability", 0.5, 0.2, 0.9)
    link = MaxLink(("a", "c"), [Row({"a": "present", "c": "present"}, {"some": p, "much": 0.4})])
    net = network(NoisyMax(links=[link]), ("none", "some", "much"))
    assert net.table("y")[1, 1].tolist() == pytest.approx([0.1, 0.5, 0.4])
    tables = net.expansion.tables(np.array([[0.8]]))[0]
    start = net.model.families[4].links[0].start  # type: ignore[union-attr]
    assert tables[start + 27 : start + 30] == pytest.approx([0, 0.8 / 1.2, 0.4 / 1.2])


def test_binary_noisy_max_is_noisy_or() -> None:
    any_of = network(NoisyOr(leak=0.1, links=[NoisyLink.of("a", {"present": 0.5})]))
    largest = network(
        NoisyMax(leak={"present": 0.1}, links=[MaxLink.of("a", {"present": {"present": 0.5}})])
    )
    assert np.allclose(any_of.table("y"), largest.table("y"), atol=1e-15)


def test_thirty_parents_stay_small() -> None:
    roots = [Variable(f"x{i}", BINARY) for i in range(30)]
    mechanisms: dict[str, Mechanism] = {v.name: Table(array=[0.9, 0.1]) for v in roots}
    links = [NoisyLink.of(v.name, {"present": 0.2}) for v in roots]
    net = Network([*roots, Variable("y", BINARY)], {**mechanisms, "y": NoisyOr(links=links)})
    assert net.model.n_entries == 30 * 2 + 30 * 8
    with pytest.raises(TooLarge) as caught:
        net.table("y")
    assert caught.value.entries == 2**31


@pytest.mark.parametrize(
    ("mechanism", "states", "message"),
    [
        (NoisyOr(leak=0.1), ("a", "b", "c"), "two states"),
        (NoisyOr(leak=1.1), BINARY, "1.1 is not a probability"),
        (NoisyOr(links=[NoisyLink.of("a", {"present": -0.1})]), BINARY, "not a probability"),
        (
            NoisyOr(links=[NoisyLink.of("a", {"present": Parameter("r", "odds_ratio", 2.0)})]),
            BINARY,
            "needs a baseline",
        ),
        (
            NoisyOr(links=[NoisyLink.of("a", {"present": Parameter("m", "mean", 2.0)})]),
            BINARY,
            "no strength of a link",
        ),
        (NoisyOr(links=[NoisyLink((), [Rate({}, 0.1)])]), BINARY, "is it the leak"),
        (NoisyOr(leak=NoisyLink(("a",), [], {"b": {"mild": 0.1}})), BINARY, "no less_with"),
        (Opposing(NoisyOr(), NoisyOr()), ("low", "high"), "three states"),
        (NoisyMax(leak={"present": 1.2}), BINARY, "not a probability"),
        (NoisyMax(leak={"present": 0.2, "absent": 0.2}), BINARY, "sum to 0.4"),
    ],
)
def test_refused(mechanism: Mechanism, states: tuple[str, ...], message: str) -> None:
    with pytest.raises(InvalidNetwork, match=message):
        network(mechanism, states)


def test_noisy_max_wants_states_in_order_of_size() -> None:
    with pytest.raises(InvalidNetwork, match="order of size"):
        network(NoisyMax(), ("normal", "low", "high"), order=("low", "normal", "high"))


@pytest.mark.parametrize(
    "mechanism",
    [
        NoisyOr(links=[NoisyLink.of("q", {"present": 0.1})]),
        NoisyOr(links=[NoisyLink.of("a", {"presnt": 0.1})]),
        NoisyOr(links=[NoisyLink.of("a", {"present": 0.1}, {"q": {"present": 0.1}})]),
        NoisyOr(links=[NoisyLink.of("a", {"present": 0.1}, {"b": {"present": 0.1}})]),
        NoisyOr(links=[NoisyLink(("a",), [Rate({"b": "mild"}, 0.1)])]),
        NoisyMax(leak={"q": 0.1}),
        Opposing(NoisyOr(), NoisyOr()),
    ],
)
def test_unknown_names(mechanism: Mechanism) -> None:
    with pytest.raises(UnknownName):
        network(mechanism)


def test_given_parents_must_be_those_used() -> None:
    link = NoisyLink.of("a", {"present": 0.1})
    assert NoisyOr(("a",), links=[link]).parents == ("a",)
    with pytest.raises(InvalidNetwork, match="not among the parents"):
        NoisyOr(("b",), links=[link])
    with pytest.raises(InvalidNetwork, match="'b' has no link"):
        NoisyOr(("a", "b"), links=[link])


def test_no_cause_at_all_leaves_the_lowest_state_alone() -> None:
    """Without leak and links there is no effect: the engine once took such a variable for unknown."""
    variables = [Variable("y", BINARY), Variable("z", ("none", "some", "much"))]
    net = Network(variables, {"y": NoisyOr(), "z": NoisyMax()})
    found = net.case().posterior()
    assert found["y"] == {"absent": 1.0, "present": 0.0}
    assert found["z"] == {"none": 1.0, "some": 0.0, "much": 0.0}
    with pytest.raises(ImpossibleFindings):
        net.case(y="present").posterior()
