"""The network as a value: checks, edits, identity, structure."""

from __future__ import annotations

import pickle
import subprocess
import sys
from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from etiograph.errors import InvalidFinding, InvalidNetwork, TooLarge, UnknownName
from etiograph.network.mechanism import Row, Table
from etiograph.network.network import Network
from etiograph.network.noisy import NoisyLink, NoisyOr
from etiograph.network.parameter import Parameter
from etiograph.network.variable import Variable

BINARY = ("no", "yes")
STATES = {"grass": BINARY, "rain": BINARY, "sprinkler": BINARY, "season": ("dry", "wet")}
PARENTS = {"grass": ("sprinkler", "rain"), "rain": ("season",), "sprinkler": ("season",)}
TABLES = {
    "season": [0.6, 0.4],
    "rain": [[0.9, 0.1], [0.3, 0.7]],
    "sprinkler": [[0.4, 0.6], [0.9, 0.1]],
    "grass": [[[1.0, 0.0], [0.1, 0.9]], [[0.2, 0.8], [0.01, 0.99]]],
}


def sprinkler(**metadata: object) -> Network:
    return Network.from_tables(STATES, PARENTS, TABLES, **metadata)


def noisy() -> Network:
    strength = Parameter("y.x", "probability", 0.3, 0.1, 0.5, grade="C", evidence=("E1",))
    return Network(
        [Variable("x", BINARY), Variable("y", BINARY)],
        {
            "x": Table(rows=[Row({}, {"yes": Parameter("x", "probability", 0.2)})]),
            "y": NoisyOr(
                leak=Parameter("y.leak", "probability", 0.1, 0.05, 0.2),
                links=[NoisyLink.of("x", {"yes": strength})],
            ),
        },
    )


def test_from_tables() -> None:
    net = sprinkler(about={"name": "sprinkler", "causes": ["rain"]})
    assert tuple(net.variables) == ("grass", "rain", "sprinkler", "season")
    assert net.parents("grass") == ("sprinkler", "rain")
    assert net.children("season") == ("rain", "sprinkler")
    assert net.order == ("season", "rain", "sprinkler", "grass")
    assert net.table("grass").shape == (2, 2, 2)
    assert np.array_equal(net.table("grass"), np.array(TABLES["grass"]))
    assert net.about["causes"] == ("rain",)
    assert dict(net.parameters) == {}
    assert repr(net) == "<Network 'sprinkler', 4 variables, 4 arrows>"
    graph = net.graph()
    assert list(graph.nodes) == list(net.variables)
    assert set(graph.edges) == {
        ("season", "rain"), ("season", "sprinkler"), ("rain", "grass"), ("sprinkler", "grass"),
    }  # fmt: skip


def test_nothing_can_be_changed() -> None:
    net = sprinkler(about={"name": "s"})
    with pytest.raises(FrozenInstanceError):
        net.about = {}  # type: ignore[misc]
    with pytest.raises(TypeError):
        net.variables["x"] = Variable("x", BINARY)  # type: ignore[index]
    with pytest.raises(TypeError):
        net.about["name"] = "t"  # type: ignore[index]
    with pytest.raises(ValueError, match="read-only"):
        net.model.tables[0] = 1.0
    tables = {k: np.array(v) for k, v in TABLES.items()}
    own = Network.from_tables(STATES, PARENTS, tables)
    tables["season"][0] = 0.0
    assert own.table("season")[0] == 0.6


def test_parameters_in_declared_order() -> None:
    net = noisy()
    assert list(net.parameters) == ["x", "y.leak", "y.x"]
    assert net.parameter_values().tolist() == [0.2, 0.1, 0.3]
    assert net.parameters["y.x"].evidence == ("E1",)


def test_with_parameters() -> None:
    net = noisy()
    other = net.with_parameters({"y.x": 0.4, "y.leak": 0.5})
    assert net.parameters["y.x"].value == 0.3
    assert other.parameters["y.x"].low == 0.1
    assert other.parameters["y.leak"].low is None
    assert other.table("y")[1, 1] == pytest.approx(1 - 0.5 * 0.6)
    assert other.model.key == net.model.key
    whole = Parameter("y.x", "probability", 0.6, 0.5, 0.7)
    assert net.with_parameters({"y.x": whole}).parameters["y.x"] == whole
    with pytest.raises(UnknownName, match=r"did you mean 'y\.leak'"):
        net.with_parameters({"y.leek": 0.1})
    with pytest.raises(InvalidNetwork, match="not a probability"):
        net.with_parameters({"y.x": 1.5})
    with pytest.raises(InvalidNetwork, match="cannot be exchanged"):
        net.with_parameters({"y.leak": whole})


def test_one_name_is_one_parameter() -> None:
    shared = Parameter("p", "probability", 0.2, 0.1, 0.3)
    variables = [Variable("a", BINARY), Variable("b", BINARY)]
    rows = [Row({}, {"yes": shared})]
    net = Network(variables, {"a": Table(rows=rows), "b": Table(rows=rows)})
    assert list(net.parameters) == ["p"]
    assert net.with_parameters({"p": 0.25}).table("b").tolist() == [0.75, 0.25]
    other = [Row({}, {"yes": Parameter("p", "probability", 0.3)})]
    with pytest.raises(InvalidNetwork, match="'p' is stated twice"):
        Network(variables, {"a": Table(rows=rows), "b": Table(rows=other)})


def test_digest_is_of_the_content() -> None:
    net = sprinkler()
    assert net.digest() == sprinkler().digest()
    assert len(net.digest()) == 64
    changed = {**TABLES, "season": [0.6 - 1e-16 * 2, 0.4]}
    others = [
        sprinkler(about={"name": "x"}),
        sprinkler(rules=({"id": "r"},)),
        sprinkler(flags=[Variable("cold_leg", BINARY)]),
        Network.from_tables(STATES, PARENTS, changed),
        Network.from_tables({**STATES, "season": ("dry", "rainy")}, PARENTS, TABLES),
        noisy(),
        noisy().with_parameters({"x": 0.25}),
    ]
    assert len({net.digest(), *(o.digest() for o in others)}) == 1 + len(others)
    assert net == sprinkler()
    assert hash(net) == hash(sprinkler())
    assert net != others[0]
    assert net != "net"


def test_digest_is_the_same_in_another_process() -> None:
    code = (
        "from etiograph.network.network import Network\n"
        "print(Network.from_tables({'a': ['x', 'y']}, {}, {'a': [0.2, 0.8]}).digest())"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    here = Network.from_tables({"a": ["x", "y"]}, {}, {"a": [0.2, 0.8]}).digest()
    assert run.stdout.strip() == here


def test_pickling() -> None:
    net = noisy()
    net.expansion.tables(net.parameter_values()[None])
    again = pickle.loads(pickle.dumps(net))
    assert again == net
    assert again.model.key == net.model.key


def test_cycles_are_printed() -> None:
    parents = {"a": ("c",), "b": ("a",), "c": ("b",), "d": ("c",)}
    states = dict.fromkeys("abcd", BINARY)
    tables = dict.fromkeys("abcd", [[0.5, 0.5]] * 2)
    with pytest.raises(
        InvalidNetwork, match=r"cycle: (a -> b -> c -> a|b -> c -> a -> b|c -> a -> b -> c)"
    ):
        Network.from_tables(states, parents, tables)
    with pytest.raises(InvalidNetwork, match="cycle: a -> a"):
        Network.from_tables({"a": BINARY}, {"a": ("a",)}, {"a": [[0.5, 0.5]] * 2})


@pytest.mark.parametrize(
    ("states", "parents", "tables", "error", "message"),
    [
        ({"a": BINARY}, {}, {}, InvalidNetwork, "'a' has no table"),
        ({"a": BINARY}, {}, {"a": [0.5, 0.5], "b": [1.0]}, UnknownName, "variable is called 'b'"),
        ({"ab": BINARY}, {"abc": ()}, {"ab": [0.5, 0.5]}, UnknownName, "did you mean 'ab'"),
        (
            {"a": BINARY},
            {"a": ("b",)},
            {"a": [0.5, 0.5]},
            UnknownName,
            "parent of 'a' is called 'b'",
        ),
        ({"a": ("x", "x")}, {}, {"a": [0.5, 0.5]}, InvalidNetwork, "listed twice"),
        ({"a": BINARY}, {}, {"a": [0.5, 0.6]}, InvalidNetwork, "sums to 1.1"),
        ({"a\x00": BINARY}, {}, {"a\x00": [0.5, 0.5]}, InvalidNetwork, "control characters"),
    ],
)
def test_refused(
    states: dict[str, tuple[str, ...]],
    parents: dict[str, tuple[str, ...]],
    tables: dict[str, list[float]],
    error: type[Exception],
    message: str,
) -> None:
    with pytest.raises(error, match=message):
        Network.from_tables(states, parents, tables)


def test_variables_and_mechanisms_must_agree() -> None:
    a, root = Variable("a", BINARY), Table(array=[0.5, 0.5])
    with pytest.raises(InvalidNetwork, match="'a' is there twice"):
        Network([a, a], {"a": root})
    with pytest.raises(InvalidNetwork, match="under the name 'b'"):
        Network({"b": a}, {"a": root})
    with pytest.raises(UnknownName, match="variable is called 'b'"):
        Network([a], {"a": root, "b": root})
    with pytest.raises(InvalidNetwork, match="both a variable and a flag"):
        Network([a], {"a": root}, flags=[a])
    assert Network([], {}).model.n_entries == 0


def test_unknown_variables_get_the_nearest() -> None:
    net = sprinkler(flags=[Variable("cold_leg", BINARY)])
    for ask in (net.parents, net.children, net.table, net.variable):
        with pytest.raises(UnknownName, match="no variable is called 'rian'; did you mean 'rain'"):
            ask("rian")
    assert net.variable("cold_leg").states == BINARY


def test_full_tables_are_limited() -> None:
    names = [f"x{i}" for i in range(20)]
    roots = {n: Table(array=[0.5, 0.5]) for n in names}
    links = [NoisyLink.of(n, {"yes": 0.1}) for n in names]
    variables = [Variable(n, BINARY) for n in (*names, "y", "z")]
    net = Network(variables, {**roots, "y": NoisyOr(links=links), "z": NoisyOr(links=links[1:])})
    with pytest.raises(TooLarge) as caught:
        net.table("y")
    assert (caught.value.entries, caught.value.bytes) == (2**21, 2**24)
    assert net.table("z").size == 2**20


def test_hidden_names_never_collide() -> None:
    preventer = NoisyOr(leak=0.2, preventers=[NoisyLink.of("y~causes", {"yes": 0.5})])
    net = Network(
        [Variable("y~causes", BINARY), Variable("y", BINARY)],
        {"y~causes": Table(array=[0.5, 0.5]), "y": preventer},
    )
    assert len(set(net.model.names)) == 4
    assert net.table("y")[:, 1] == pytest.approx([0.2, 0.1])


def test_findings_given_twice() -> None:
    with pytest.raises(InvalidFinding, match="'rain' is given twice"):
        sprinkler().case({"rain": "yes"}, rain="no")
