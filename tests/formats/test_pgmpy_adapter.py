from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from etiograph.errors import ImpossibleFindings, InvalidNetwork, TooLarge, UnknownName
from etiograph.formats.bif import load_bif
from etiograph.formats.pgmpy import Inference, from_pgmpy, to_pgmpy
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


def shipped(name: str) -> Network:
    spec = importlib.util.find_spec("pgmpy")
    assert spec is not None
    assert spec.origin is not None
    return load_bif(Path(spec.origin).parent / "utils" / "example_models" / f"{name}.bif.gz")


SMALL = ["asia", "cancer", "earthquake", "survey", "sachs", "child", "alarm"]
LARGER = ["insurance", "hailfinder", "win95pts", "hepar2", "water"]
"""pgmpy answers these in minutes; the others of its networks it does not."""


@pytest.mark.parametrize(
    "name", [*SMALL, *(pytest.param(name, marks=pytest.mark.long) for name in LARGER)]
)
def test_inference_answers_as_pgmpy_does(name: str) -> None:
    from pgmpy.inference import VariableElimination

    net = shipped(name)
    model = to_pgmpy(net)
    ours, theirs = Inference(model), VariableElimination(model)
    rng = np.random.default_rng(7)
    drawn = net.sample(3, rng)
    for _, row in drawn.iterrows():
        chosen = rng.permutation(list(net.variables))
        evidence = {str(v): row[v] for v in chosen[:2]}
        others = [str(v) for v in chosen[2:14]]  # its way is one query a variable
        each = ours.query(others, evidence, joint=False)
        for v in others:
            assert each[v].state_names == {v: list(net.variables[v].states)}
            expected = theirs.query([v], evidence, show_progress=False).values
            # Rows of the files sum to 1 within 1e-9 only, and pgmpy leaves out other variables.
            np.testing.assert_allclose(each[v].values, expected, rtol=0, atol=2e-9)
        pair = ours.query(others[:2], evidence)
        joint = theirs.query(others[:2], evidence, show_progress=False)
        axes = [joint.variables.index(v) for v in pair.variables]
        np.testing.assert_allclose(pair.values, joint.values.transpose(axes), rtol=0, atol=2e-9)
        best = theirs.map_query(others[:2], evidence, show_progress=False)
        again = ours.map_query(others[:2], evidence)
        assert set(again) == set(best)
        assert pair.get_value(**again) == pytest.approx(pair.get_value(**best), abs=1e-12)
        assert ours.max_marginal(others[:2], evidence) == pytest.approx(pair.values.max())


def test_inference_virtual_evidence_and_states_that_are_no_text() -> None:
    from pgmpy.factors.discrete import TabularCPD
    from pgmpy.inference import VariableElimination
    from pgmpy.models import DiscreteBayesianNetwork

    model = DiscreteBayesianNetwork([("p", "c")])
    model.add_cpds(
        TabularCPD("p", 2, [[0.3], [0.7]], state_names={"p": [0, 1]}),
        TabularCPD(
            "c",
            2,
            [[0.9, 0.2], [0.1, 0.8]],
            ["p"],
            [2],
            state_names={"c": [False, True], "p": [0, 1]},
        ),
    )
    seen = [TabularCPD("c", 2, [[0.2], [0.8]], state_names={"c": [False, True]})]
    ours = Inference(model)
    expected = VariableElimination(model).query(["p"], virtual_evidence=seen, show_progress=False)
    found = ours.query(["p"], virtual_evidence=seen)
    np.testing.assert_allclose(found.values, expected.values, rtol=0, atol=1e-12)
    # Two of one variable multiply; by hand 0.3 (0.9 0.04 + 0.1 0.64) : 0.7 (0.2 0.04 + 0.8 0.64).
    twice = ours.query(["p"], virtual_evidence=seen * 2).values
    np.testing.assert_allclose(twice, np.array([0.03, 0.364]) / 0.394, rtol=0, atol=1e-12)
    assert ours.map_query(["c"], {"p": 1}) == {"c": True}
    assert ours.map_query() == {"p": 1, "c": True}
    assert ours.max_marginal() == pytest.approx(0.56)
    with pytest.raises(UnknownName, match="state of 'p'"):
        ours.query(["c"], {"p": 2})
    with pytest.raises(ValueError, match="both variables and evidence"):
        ours.query(["p"], {"p": 1})


def test_a_factor_is_its_callers_own() -> None:
    ours = Inference(to_pgmpy(shipped("asia")))
    first = ours.query(["lung"], {"smoke": "yes"})
    before = first.values.copy()
    first.values[:] = 0.0
    first.state_names.clear()
    first.variables.append("other")
    again = ours.query(["lung"], {"smoke": "yes"})
    np.testing.assert_array_equal(again.values, before)
    assert again.variables == ["lung"]
    assert again.state_names == {"lung": ["yes", "no"]}


MORE = ["andes", "pathfinder", "munin1", "mildew", "barley", "diabetes", "pigs", "link"]


@pytest.mark.parametrize(
    "name",
    ["asia", "child", "alarm", "insurance", "hailfinder"]
    + [pytest.param(name, marks=pytest.mark.long) for name in (*LARGER, *MORE)],
)
def test_inference_refuses_a_row_that_no_table_allows(name: str) -> None:
    net = shipped(name)
    zero = [
        (child, at)
        for child in net.variables
        if net.parents(child)
        for at in np.argwhere(net.table(child) == 0.0)[:2].tolist()
    ]
    assert zero
    ours = Inference(net)
    for child, at in zero[:: max(1, len(zero) // 8)]:
        around = (*net.parents(child), child)
        evidence = {v: net.variables[v].states[k] for v, k in zip(around, at, strict=True)}
        asked = next(v for v in net.variables if v not in evidence)
        with pytest.raises(ImpossibleFindings) as caught:
            ours.query([asked], evidence)
        assert set(caught.value.conflict) <= set(evidence)


def test_inference_refuses_what_is_impossible() -> None:
    net = shipped("asia")
    with pytest.raises(ImpossibleFindings) as caught:
        Inference(to_pgmpy(net)).query(["smoke"], {"either": "no", "lung": "yes"})
    assert set(caught.value.conflict) == {"either", "lung"}


def test_inference_predicts_what_is_missing() -> None:
    import pandas as pd

    net = shipped("cancer")
    model = to_pgmpy(net)
    data = pd.DataFrame(
        {"Smoker": ["True", None, "False"], "Xray": ["positive", "negative", "positive"]},
        index=[5, 3, 9],
    )
    found = Inference(model).predict(data)
    assert list(found.index) == [5, 3, 9]
    assert set(found.columns) == set(net.variables)
    assert found["Xray"].tolist() == ["positive", "negative", "positive"]
    assert not found.isna().any().any()
    theirs = model.predict(data.iloc[[0]], n_jobs=1)
    assert found.iloc[0].to_dict() == theirs.iloc[0].to_dict()
