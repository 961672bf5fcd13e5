from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import etiograph as eg
from etiograph.errors import InvalidFinding, InvalidNetwork, UnknownName
from etiograph.network.network import Network
from etiograph.uncertainty.curves import (
    entry_functions,
    sensitivity_function,
    straight_share,
    two_way,
)

FOUND = {"cramps": "present", "twitching": "present"}
OF = {"depletion": "present"}


@pytest.mark.parametrize(
    "name", ["depletion.none", "diuretic", "cramps.leak", "cramps.depletion", "twitching.absent"]
)
def test_probability_is_a_ratio_of_linear_functions(small, brute, name: str) -> None:
    found = sensitivity_function(small, FOUND, "depletion", None, name)
    assert found.coefficients is not None
    for i in (0, 7, 20, 32):
        exact, _ = brute(small.with_parameters({name: float(found.x[i])}), FOUND, OF)
        assert found.y[i] == pytest.approx(exact, abs=1e-12)
        assert found(found.x[i]) == pytest.approx(exact, abs=1e-12)


def test_odds_ratio_bends_along_the_line(small, brute) -> None:
    found = sensitivity_function(small, FOUND, "depletion", None, "cramps.neuropathy")
    assert found.coefficients is None
    for i in (0, 5, 16, 32):
        value = float(found.x[i])
        exact, _ = brute(small.with_parameters({"cramps.neuropathy": value}), FOUND, OF)
        assert found.y[i] == pytest.approx(exact, abs=1e-12)


def test_hand_worked_prevalence(small) -> None:
    """P(d | +) = s x / (s x + (1 - c)(1 - x)) for prevalence x."""
    from etiograph.network.mechanism import Row, Table
    from etiograph.network.network import Network
    from etiograph.network.parameter import Parameter
    from etiograph.network.variable import Variable

    net = Network(
        [Variable("d", ("absent", "present")), Variable("t", ("negative", "positive"))],
        {
            "d": Table(rows=(Row({}, {"present": Parameter("x", "probability", 0.1, 0.01, 0.5)}),)),
            "t": Table(("d",), array=np.array([[0.9, 0.1], [0.2, 0.8]])),
        },
    )
    found = sensitivity_function(net, {"t": "positive"}, "d", None, "x")
    assert found.coefficients is not None
    a, b, c, d = np.array(found.coefficients) / found.coefficients[3]
    assert [a, b, c, d] == pytest.approx([8.0, 0.0, 7.0, 1.0], abs=1e-9)
    assert found(0.3) == pytest.approx(0.24 / 0.31)


def test_straight_share() -> None:
    line = np.array([[0.0, 1.0], [0.25, 0.75], [1.0, 0.0]])
    assert straight_share(line) == pytest.approx([0.0, 0.25, 1.0])
    assert straight_share(np.array([[0.0, 1.0], [0.5, 0.9], [1.0, 0.0]])) is None
    assert straight_share(np.ones((4, 2))) == pytest.approx(np.zeros(4))


def test_two_way_grid_equals_recomputation(small, brute) -> None:
    grid = two_way(small, FOUND, "depletion", None, "depletion.none", "cramps.neuropathy", points=4)
    assert grid.answer.shape == (4, 4)
    values = {"depletion.none": float(grid.x[1]), "cramps.neuropathy": float(grid.y[2])}
    exact, _ = brute(small.with_parameters(values), FOUND, OF)
    assert grid.answer[2, 1] == pytest.approx(exact, abs=1e-12)
    assert len(grid.to_frame()) == 16


def test_unknown_parameter(small) -> None:
    with pytest.raises(UnknownName):
        sensitivity_function(small, FOUND, "depletion", None, "depletion.nome")


# -- entries of tables, for networks without parameters ---------------------------------------------


def three_states() -> Network:
    return Network.from_tables(
        {"d": ("none", "mild", "severe"), "t": ("negative", "positive")},
        {"t": ("d",)},
        {"d": [0.7, 0.2, 0.1], "t": [[0.9, 0.1], [0.5, 0.5], [0.2, 0.8]]},
    )


def test_entry_by_hand() -> None:
    """P(severe | +) as severe = x: none and mild share 1 - x as 7 to 2, so
    P(+) = 0.8 x + (7/9 0.1 + 2/9 0.5)(1 - x) = 0.8 x + 1.7/9 (1 - x)."""
    found = sensitivity_function(three_states(), {"t": "positive"}, "d", "severe", "d=severe")
    assert found.coefficients is not None
    a, b, c, d = np.array(found.coefficients) / (found.coefficients[3] / (1.7 / 9))
    assert [a, b, c, d] == pytest.approx([0.8, 0.0, 0.8 - 1.7 / 9, 1.7 / 9], abs=1e-12)
    assert found(0.1) == pytest.approx(0.08 / 0.25)
    assert found.slope == pytest.approx(0.8 * (1.7 / 9) / 0.25**2)
    # Odds 1/9 from half to double: 1/19 to 2/11.
    assert found.swing == pytest.approx(found(2 / 11) - found(1 / 19))


def test_entry_of_a_conditional_row_by_hand() -> None:
    """Sensitivity for severe disease, x: P(severe | +) = 0.1 x / (0.07 + 0.1 + 0.1 x)."""
    name = "t=positive | d=severe"
    found = sensitivity_function(three_states(), {"t": "positive"}, "d", "severe", name)
    assert found.value == 0.8
    for x in (0.0, 0.3, 1.0):
        assert found(x) == pytest.approx(0.1 * x / (0.17 + 0.1 * x), abs=1e-12)


def random_network(seed: int) -> tuple[Network, dict[str, np.ndarray], dict[str, tuple[str, ...]]]:
    rng = np.random.default_rng(seed)
    parents = {"c": ("a", "b"), "d": ("c",), "e": ("b", "d")}
    cards = {n: int(rng.integers(2, 4)) for n in "abcde"}
    tables = {
        n: rng.dirichlet(np.ones(cards[n]), size=[cards[p] for p in parents.get(n, ())])
        for n in cards
    }
    return network_of(tables, parents), tables, parents


def network_of(tables: dict[str, np.ndarray], parents: dict[str, tuple[str, ...]]) -> Network:
    states = {n: tuple(f"s{i}" for i in range(t.shape[-1])) for n, t in tables.items()}
    return Network.from_tables(states, parents, tables)


@settings(max_examples=25)
@given(st.integers(0, 10_000))
def test_every_entry_equals_recomputation(seed: int) -> None:
    """Brute force: the row rewritten, the network built again and summed over all its worlds."""
    net, tables, parents = random_network(seed)
    known = {"e": "s0", "a": "s1"}
    found = entry_functions(net, known, "c", "s0", points=5)
    assert len(found) == sum(t.size for t in tables.values())
    rng = np.random.default_rng(seed)
    for curve in rng.choice(np.array(found, dtype=object), 6):
        head, _, tail = curve.name.partition(" | ")
        variable, _, state = head.partition("=s")
        at = tuple(int(part.partition("=s")[2]) for part in tail.split(", ") if part)
        x = float(rng.uniform(0.02, 0.98))
        changed = {n: t.copy() for n, t in tables.items()}
        row = changed[variable][at]
        rest = np.arange(len(row)) != int(state)
        row[rest] *= (1 - x) / (1 - row[int(state)])
        row[int(state)] = x
        again = network_of(changed, parents)
        assert curve(x) == pytest.approx(exact(again, known, "c", "s0"), abs=1e-12)
        assert curve(curve.value) == pytest.approx(exact(net, known, "c", "s0"), abs=1e-12)


def test_two_entries_and_a_grid() -> None:
    net, tables, parents = random_network(4)
    known = {"e": "s0"}
    grid = two_way(net, known, "a", "s0", "c=s0 | a=s0, b=s1", "b=s0", points=5)
    changed = {n: t.copy() for n, t in tables.items()}
    row = changed["c"][0, 1]
    row[1:] *= (1 - grid.x[1]) / (1 - row[0])
    row[0] = grid.x[1]
    rest = changed["b"]
    rest[1:] *= (1 - grid.y[3]) / (1 - rest[0])
    rest[0] = grid.y[3]
    again = network_of(changed, parents)
    assert grid.answer[3, 1] == pytest.approx(exact(again, known, "a", "s0"), abs=1e-12)


def test_a_parameter_against_an_entry(small, brute) -> None:
    grid = two_way(
        small, FOUND, "depletion", None, "depletion.none", "twitching=present | depletion=present"
    )
    i = int(np.argmin(abs(grid.x - 0.1)))
    exact_one, _ = brute(small.with_parameters({"depletion.none": float(grid.x[i])}), FOUND, OF)
    curve = sensitivity_function(
        small.with_parameters({"depletion.none": float(grid.x[i])}),
        FOUND, "depletion", None, "twitching=present | depletion=present",
    )  # fmt: skip
    assert grid.answer[:, i] == pytest.approx([curve(y) for y in grid.y], abs=1e-12)
    assert curve(0.6) == pytest.approx(exact_one, abs=1e-12)


def test_asia_has_no_parameters_and_yet_a_tornado_of_entries() -> None:
    asia = eg.load("asia")
    found = entry_functions(asia, {"x_ray": "abnormal"}, "lung_cancer")
    assert found[0].swing > 0.1
    swings = [f.swing for f in found]
    assert swings == sorted(swings, reverse=True)
    assert not any(
        f.name.startswith("tuberculosis_or_cancer=") for f in found
    )  # 0 and 1 are structure


def exact(net: Network, known: dict[str, str], variable: str, state: str) -> float:
    from etiograph.engine.enumerate import posterior
    from etiograph.network.likelihoods import likelihood_row

    marginals = posterior(net.model, likelihood_row(net, known)).marginals[0]
    start = net.model.offsets[net.model.index[variable]]
    return float(marginals[start + net.variables[variable].index(state)])


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("d=worse", UnknownName),
        ("x=positive", UnknownName),
        ("t=positive", InvalidFinding),
        ("t=positive | d", InvalidFinding),
        ("t=positive | t=positive", UnknownName),
    ],
)
def test_names_of_entries_are_checked(name, error) -> None:
    with pytest.raises(error):
        sensitivity_function(three_states(), {}, "d", "severe", name)


def test_structure_does_not_move() -> None:
    with pytest.raises(InvalidNetwork, match="structure"):
        sensitivity_function(
            eg.load("asia"),
            {},
            "lung_cancer",
            None,
            "tuberculosis_or_cancer=present | tuberculosis=present, lung_cancer=absent",
        )
    net = three_states()
    with pytest.raises(InvalidFinding, match="one row"):
        two_way(net, {}, "d", "severe", "d=none", "d=mild")


def test_a_noisy_or_has_no_table_of_its_own(small) -> None:
    with pytest.raises(InvalidNetwork, match="parameters"):
        sensitivity_function(small, {}, "depletion", None, "cramps=present | depletion=present")


@pytest.mark.parametrize("p_sign", [1e-9, 0.0])
def test_an_entry_that_all_but_rules_the_findings_out(p_sign: float) -> None:
    """c: a 1/3, b 2/3, z 1e-9; P(sign) = .25, p_sign, .9. At c=b of 1 the sign is almost impossible."""
    z, p_b = 1e-9, 2 / 3
    net = Network.from_tables(
        {"c": ("a", "b", "z"), "s": ("no", "yes"), "e": ("no", "yes")},
        {"s": ("c",), "e": ("c",)},
        {
            "c": [1 - p_b - z, p_b, z],
            "s": [[0.75, 0.25], [1 - p_sign, p_sign], [0.1, 0.9]],
            "e": [[0.5, 0.5], [0.75, 0.25], [0.0, 1.0]],
        },
    )
    curve = sensitivity_function(net, {"s": "yes"}, "e", "yes", "c=b", 3)
    # At x the others have 1 - x of their proportions among themselves.
    p_e, p_ye = (1 - p_b - z) * 0.25 + z * 0.9, (1 - p_b - z) * 0.25 * 0.5 + z * 0.9
    share = 0.5 / (1 - p_b)
    at_half = (p_ye * share + 0.5 * p_sign * 0.25) / (p_e * share + 0.5 * p_sign)
    assert curve.y[0] == pytest.approx(p_ye / p_e, abs=1e-12)
    assert curve.y[1] == pytest.approx(at_half, abs=1e-12)
    assert curve(0.5) == pytest.approx(at_half, abs=1e-12)
    if p_sign:
        assert curve.y[2] == pytest.approx(0.25, abs=1e-12)  # all are in b
        assert curve(1.0) == pytest.approx(0.25, abs=1e-12)
    else:
        assert np.isnan(curve(1.0))  # there the findings are impossible
    assert np.isfinite([curve.slope, curve.swing]).all()
