from __future__ import annotations

import numpy as np
import pytest

from etiograph.errors import InvalidNetwork, TooLarge
from etiograph.formats.pgmpy import from_pgmpy, to_pgmpy
from etiograph.network.network import Network
from etiograph.network.noisy import NoisyLink, NoisyOr
from etiograph.network.variable import Variable

pytest.importorskip("pgmpy")


# pgmpy warns of its own future on import.
pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")


def network() -> Network:
    rng = np.random.default_rng(5)
    states = {
        "a": ("x", "y"),
        "b": ("low", "mid", "high"),
        "c": ("1", "0"),
        "d e": ("q", "r", "s", "t"),
    }
    parents = {"c": ("b", "a"), "d e": ("c", "b")}
    tables = {
        name: rng.dirichlet(np.ones(len(s)), [len(states[p]) for p in parents.get(name, ())])
        for name, s in states.items()
    }
    return Network.from_tables(states, parents, tables)


def test_orientation_by_pgmpys_own_lookup() -> None:
    net = network()
    cpd = to_pgmpy(net).get_cpds("c")
    for i, b in enumerate(net.variables["b"].states):
        for j, a in enumerate(net.variables["a"].states):
            for k, c in enumerate(net.variables["c"].states):
                assert cpd.get_value(c=c, b=b, a=a) == net.table("c")[i, j, k]


def test_there_and_back() -> None:
    net = network()
    again = from_pgmpy(to_pgmpy(net))
    assert list(again.variables) == list(net.variables)
    for name, variable in net.variables.items():
        assert again.variables[name].states == variable.states
        assert again.parents(name) == net.parents(name)
        np.testing.assert_array_equal(again.table(name), net.table(name))


def test_pgmpy_answers_as_the_product_of_the_tables() -> None:
    from pgmpy.inference import VariableElimination

    net = network()
    p_a, p_b, p_c = net.table("a"), net.table("b"), net.table("c")
    expected = np.einsum("a,b,bac->c", p_a, p_b, p_c)
    found = VariableElimination(to_pgmpy(net)).query(["c"], show_progress=False)
    assert list(found.state_names["c"]) == ["1", "0"]
    np.testing.assert_allclose(found.values, expected, rtol=0, atol=1e-12)


def test_parents_states_in_another_order_are_aligned() -> None:
    from pgmpy.factors.discrete import TabularCPD
    from pgmpy.models import DiscreteBayesianNetwork

    model = DiscreteBayesianNetwork([("p", "c")])
    model.add_cpds(
        TabularCPD("p", 2, [[0.3], [0.7]], state_names={"p": ["no", "yes"]}),
        TabularCPD(
            "c",
            2,
            [[0.9, 0.2], [0.1, 0.8]],
            ["p"],
            [2],
            state_names={"c": ["off", "on"], "p": ["yes", "no"]},
        ),
    )
    np.testing.assert_array_equal(from_pgmpy(model).table("c"), [[0.2, 0.8], [0.9, 0.1]])
    model.get_cpds("c").state_names["p"] = ["yes", "maybe"]
    with pytest.raises(InvalidNetwork, match="other states of 'p'"):
        from_pgmpy(model)


def test_a_missing_table_is_refused() -> None:
    model = to_pgmpy(network())
    model.remove_cpds("c")
    with pytest.raises(InvalidNetwork, match="'c' has no table"):
        from_pgmpy(model)


def test_noisy_or_is_expanded_up_to_a_limit() -> None:
    def star(n: int) -> Network:
        names = [f"x{i}" for i in range(n)]
        root = Network.from_tables({"r": ("no", "yes")}, {}, {"r": [0.5, 0.5]}).mechanisms["r"]
        variables = [Variable(name, ("no", "yes")) for name in (*names, "y")]
        links = tuple(NoisyLink.of(name, {"yes": 0.1}) for name in names)
        return Network(variables, dict.fromkeys(names, root) | {"y": NoisyOr((), 0.2, links)})

    cpd = to_pgmpy(star(2)).get_cpds("y")
    np.testing.assert_allclose(cpd.get_values()[1], [0.2, 0.28, 0.28, 0.352], rtol=1e-14)
    with pytest.raises(TooLarge):
        to_pgmpy(star(21))


def test_whoever_disagrees_with_itself_is_named() -> None:
    """Three names for two numbers: told of the parent, not of the child whose table is right."""
    from pgmpy.factors.discrete import TabularCPD
    from pgmpy.models import DiscreteBayesianNetwork

    model = DiscreteBayesianNetwork([("p", "c")])
    cpd = TabularCPD("p", 2, [[0.3], [0.7]], state_names={"p": ["no", "yes"]})
    child = TabularCPD(
        "c", 2, [[0.9, 0.2], [0.1, 0.8]], evidence=["p"], evidence_card=[2],
        state_names={"c": ["off", "on"], "p": ["no", "yes"]},
    )  # fmt: skip
    model.add_cpds(cpd, child)
    cpd.state_names["p"] = ["no", "yes", "maybe"]
    with pytest.raises(InvalidNetwork, match="'p' has 3 states, and 2 numbers"):
        from_pgmpy(model)
    cpd.state_names["p"] = ["no", "yes"]
    child.state_names["p"] = ["no", "yes", "maybe"]
    with pytest.raises(
        InvalidNetwork, match=r"'c': its table lists 3 states of 'p'.* columns for 2"
    ):
        from_pgmpy(model)
