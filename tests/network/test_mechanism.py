"""Tables and rules, worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from etiograph.errors import InvalidNetwork, TooLarge, UnknownName
from etiograph.network.mechanism import Deterministic, Mechanism, Row, Rule, Table
from etiograph.network.network import Network
from etiograph.network.parameter import Parameter
from etiograph.network.variable import Variable

AGE = Variable("age", ("young", "middle", "old"))
SEX = Variable("sex", ("female", "male"))
CHILD = Variable("child", ("none", "some", "much"))


def network(mechanism: Mechanism, child: Variable = CHILD) -> Network:
    roots = {"age": Table(array=[0.5, 0.3, 0.2]), "sex": Table(array=[0.5, 0.5])}
    return Network((AGE, SEX, child), {**roots, child.name: mechanism})


def test_rows_first_match_wins_and_the_rest_goes_to_the_unnamed_state() -> None:
    rows = [
        Row({"sex": "male"}, {"none": 1.0}),
        Row({"age": ["middle", "old"]}, {"some": 0.2, "much": 0.1}),
        Row({}, {"some": Parameter("child.some", "probability", 0.4), "none": 0.25}),
    ]
    table = network(Table(("age", "sex"), rows)).table("child")
    assert table.shape == (3, 2, 3)
    assert table[:, 1].tolist() == [[1.0, 0.0, 0.0]] * 3
    assert table[0, 0].tolist() == pytest.approx([0.25, 0.4, 0.35])
    assert table[1, 0].tolist() == table[2, 0].tolist() == pytest.approx([0.7, 0.2, 0.1])


def test_structural_zeros() -> None:
    rows = [
        Row({"sex": "male"}, {"none": Parameter("one", "probability", 1.0)}),
        Row({"age": "young"}, {"none": 0.4, "some": 0.6, "much": 0.0}),
        Row({}, {"none": Parameter("zero", "probability", 0.0, 0.0, 0.2), "some": 0.3}),
    ]
    support = network(Table(("age", "sex"), rows)).model.support[5:].reshape(3, 2, 3)
    assert support[:, 1].tolist() == [[True, False, False]] * 3
    assert support[0, 0].tolist() == [True, True, False]
    # A value of 0 with a range may become positive.
    assert support[1, 0].tolist() == [True, True, True]


def test_rounding_leaves_no_dust_in_the_rest() -> None:
    rows = [Row({}, {"none": 0.7, "some": 0.2, "much": 0.1})]
    assert network(Table(("age",), rows)).table("child")[0].tolist() == [0.7, 0.2, 0.1]
    four = Variable("child", ("a", "b", "c", "d"))
    model = network(Table((), [Row({}, {"a": 0.7, "b": 0.2, "c": 0.1})]), four).model
    assert model.support[5:].tolist() == [True, True, True, False]


def test_draws_above_one_are_normalised() -> None:
    high = Parameter("high", "probability", 0.5, 0.3, 0.9)
    net = network(Table((), [Row({}, {"some": high, "much": 0.4})]))
    tables = net.expansion.tables(np.array([[0.5], [0.8]]))[:, 5:]
    assert tables[0] == pytest.approx([0.1, 0.5, 0.4])
    assert tables[1] == pytest.approx([0.0, 0.8 / 1.2, 0.4 / 1.2])


def test_array() -> None:
    array = np.arange(1.0, 19.0).reshape(3, 2, 3)
    array /= array.sum(-1, keepdims=True)
    net = network(Table(("age", "sex"), array=array))
    assert np.array_equal(net.table("child"), array)
    flat = network(Table(("age", "sex"), array=array.reshape(6, 3)))
    assert flat == net
    assert not net.mechanisms["child"].array.flags.writeable


def test_rows_nearly_one_are_left_normalised_or_warned_about() -> None:
    exact = [0.1 + 5e-10, 0.2, 0.7]
    assert network(Table(array=exact)).table("child").tolist() == exact
    rounded = network(Table(array=[0.1 + 5e-7, 0.2, 0.7])).table("child")
    assert rounded.sum() == pytest.approx(1, abs=1e-15)
    with pytest.warns(UserWarning, match=r"'child': 1 rows do not sum to 1.*sex = male"):
        sloppy = network(Table(("sex",), array=[[0.1, 0.2, 0.7], [0.1, 0.2, 0.705]]))
    assert sloppy.table("child").sum(-1) == pytest.approx([1, 1], abs=1e-15)


@pytest.mark.parametrize(
    ("array", "message"),
    [
        ([0.1, 0.2, 0.72], "sums to 1.02"),
        ([0.5, -0.1, 0.6], "state 'some' is .*-0.1.*not a probability"),
        ([0.5, 1.1, 0.6], "not a probability"),
        ([0.5, float("nan"), 0.5], "not a probability"),
        ([0.5, float("inf"), 0.5], "not a probability"),
        ([0.5, 0.5], r"shape \(2,\), expected \(3,\)"),
        ([[0.5, 0.5], [1.0]], "regular"),
        (["a", "b", "c"], "regular"),
    ],
)
def test_bad_arrays_are_refused(array: object, message: str) -> None:
    with pytest.raises(InvalidNetwork, match=message):
        network(Table(array=array))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([Row({}, {"none": 0.6, "some": 0.5})], "sum to 1.1, above 1"),
        ([Row({}, {"none": 0.6})], "some, much are not stated"),
        ([Row({}, {"none": 0.6, "some": 0.2, "much": 0.1})], "sum to 0.9, not 1"),
        ([Row({"age": "young"}, {"none": 1.0})], "no row of its table holds for age = middle"),
        ([Row({}, {"none": 1.0}), Row({"age": "old"}, {"none": 1.0})], "row 2 .* never be reached"),
        ([Row({}, {"none": Parameter("r", "odds_ratio", 2.0), "some": 0.1})], "no probability"),
    ],
)
def test_bad_rows_are_refused(rows: list[Row], message: str) -> None:
    with pytest.raises(InvalidNetwork, match=message):
        network(Table(("age",), rows))


@pytest.mark.parametrize(
    ("parents", "row", "message"),
    [
        (
            ("agee",),
            Row({}, {"none": 1.0}),
            "parent of 'child' is called 'agee'; did you mean 'age'",
        ),
        (("age",), Row({"sex": "male"}, {"none": 1.0}), "parent of 'child' is called 'sex'"),
        (("age",), Row({"age": "yung"}, {"none": 1.0}), "did you mean 'young'"),
        (("age",), Row({}, {"nune": 1.0}), "did you mean 'none'"),
    ],
)
def test_unknown_names(parents: tuple[str, ...], row: Row, message: str) -> None:
    with pytest.raises(UnknownName, match=message):
        network(Table(parents, [row]))


def test_a_table_is_rows_or_an_array() -> None:
    with pytest.raises(InvalidNetwork, match="either"):
        Table(("age",))
    with pytest.raises(InvalidNetwork, match="listed twice"):
        Table(("age", "age"), array=[1.0])
    with pytest.raises(InvalidNetwork, match="number"):
        Row({}, {"none": True})


def test_deterministic() -> None:
    rules = Deterministic(
        ("age", "sex"),
        [({"age": "old", "sex": "male"}, "much"), Rule({"age": "old"}, "some")],  # type: ignore[list-item]
        default="none",
    )
    table = network(rules).table("child")
    assert table.argmax(-1).tolist() == [[0, 0], [0, 0], [1, 2]]
    assert network(rules).model.support[5:].sum() == 6


def test_deterministic_must_cover_everything() -> None:
    with pytest.raises(InvalidNetwork, match="no rule holds for age = young"):
        network(Deterministic(("age",), [Rule({"age": "old"}, "some")]))
    with pytest.raises(UnknownName):
        network(Deterministic(("age",), [], default="nothing"))


def test_a_dense_table_too_large_is_refused_before_it_is_built() -> None:
    variables = [Variable(f"x{i}", ("a", "b")) for i in range(41)]
    mechanisms = {v.name: Table(array=[0.5, 0.5]) for v in variables[:-1]}
    last = Table(tuple(mechanisms), [Row({}, {"b": 0.5})])
    with pytest.raises(TooLarge) as caught:
        Network(variables, {**mechanisms, "x40": last})
    assert caught.value.entries >= 2**40
