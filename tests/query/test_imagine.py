"""do, had and after on whole networks: textbook examples, hand-worked numbers, laws."""

from __future__ import annotations

import numpy as np
import pytest

from etiograph.engine import enumerate as brute
from etiograph.errors import ImpossibleFindings, InvalidChange, TooLarge, UnknownName
from etiograph.network.finding import likelihood, likelihood_row, not_
from etiograph.network.mechanism import Deterministic, Rule, Table
from etiograph.network.network import Network
from etiograph.network.noisy import MaxLink, NoisyLink, NoisyMax, NoisyOr, Opposing
from etiograph.network.reading import LevelShift, Reading
from etiograph.network.variable import Variable
from etiograph.query.change import attributable_fraction, do, effect
from etiograph.query.imagine import after, had
from etiograph.query.posterior import posterior
from etiograph.query.worlds import orders, recurring, world


def binary(name: str, **options) -> Variable:
    return Variable(name, ("absent", "present"), **options)


def random_network(rng: np.random.Generator) -> Network:
    """Tables, noisy-ORs with leak and preventers, noisy-MAX, opposing causes, rules."""
    n = int(rng.integers(2, 5))
    variables: list[Variable] = []
    mechanisms = {}
    for i in range(n):
        name = f"v{i}"
        chosen = [v for v in variables if rng.random() < 0.6][:3]
        parents = tuple(v.name for v in chosen)
        kind = rng.choice(["table", "or", "prevented", "max", "opposing", "rule"])
        options = {"recurring": bool(rng.random() < 0.3)}
        if not parents:
            kind = "table"
        if kind in ("or", "prevented"):
            variable = binary(name, **options)
            strong = [
                NoisyLink.of(v.name, {s: float(rng.random()) for s in v.states[1:]}) for v in chosen
            ]
            cut = len(strong) - 1 if kind == "prevented" and len(strong) > 1 else len(strong)
            leak = float(rng.choice([0.0, rng.random() / 3]))
            mechanisms[name] = NoisyOr(leak=leak, links=strong[:cut], preventers=strong[cut:])
        elif kind == "max":
            variable = Variable(name, ("none", "some", "much"), **options)
            links = tuple(
                MaxLink.of(v.name, {s: dict(zip(("none", "some", "much"), row, strict=True))})
                for v in chosen
                for s, row in [(v.states[-1], rng.dirichlet(np.ones(3)).tolist())]
            )
            mechanisms[name] = NoisyMax(leak={"some": 0.1, "much": 0.05}, links=links)
        elif kind == "opposing":
            variable = Variable(
                name, ("normal", "low", "high"), order=("low", "normal", "high"), **options
            )
            first = NoisyLink.of(parents[0], {chosen[0].states[-1]: float(rng.random())})
            last = NoisyLink.of(parents[-1], {chosen[-1].states[-1]: float(rng.random())})
            mechanisms[name] = Opposing(
                NoisyOr(leak=0.1, links=(first,)), NoisyOr(leak=0.05, links=(last,))
            )
        elif kind == "rule":
            variable = binary(name, **options)
            when = {parents[0]: (chosen[0].states[-1],)}
            mechanisms[name] = Deterministic(parents, (Rule(when, "present"),), "absent")
        else:
            k = int(rng.integers(2, 4))
            states = tuple("abc"[:k])
            order = tuple(rng.permutation(states)) if rng.random() < 0.4 else ()
            variable = Variable(name, states, order=order, **options)
            shape = tuple(v.card for v in chosen)
            array = rng.dirichlet(np.ones(k), size=shape)
            mechanisms[name] = Table(parents, array=array)
        variables.append(variable)
    return Network(variables, mechanisms)


def random_findings(rng: np.random.Generator, network: Network) -> dict[str, object]:
    states, p = brute.worlds(network.model)
    drawn = states[rng.choice(len(p), p=p / p.sum())]
    found: dict[str, object] = {}
    for i, (name, variable) in enumerate(network.variables.items()):
        draw = rng.random()
        if draw < 0.35:
            found[name] = variable.states[drawn[i]]
        elif draw < 0.45:
            found[name] = likelihood({s: float(rng.random() * 4) for s in variable.states})
        elif draw < 0.5 and variable.card > 2:
            found[name] = not_(variable.states[(drawn[i] + 1) % variable.card])
    return found


def random_changes(rng: np.random.Generator, network: Network) -> dict[str, str]:
    names = list(network.variables)
    chosen = rng.choice(names, int(rng.integers(1, min(3, len(names) + 1))), replace=False)
    return {str(n): str(rng.choice(network.variables[n].states)) for n in chosen}


def test_n8_had_and_after_against_enumeration_through_the_engine():
    rng = np.random.default_rng(42)
    compared = 0
    while compared < 150:
        network = random_network(rng)
        found, changes = random_findings(rng, network), random_changes(rng, network)
        kind, ask = (("had", had), ("after", after))[compared % 2]
        model = network.model
        try:
            truth = brute.counterfactual(
                model,
                likelihood_row(network, found),
                {model.index[n]: network.variables[n].index(s) for n, s in changes.items()},
                fresh=recurring(network) if kind == "after" else (),
                orders=orders(network),
                limit=2**17,
            )
        except TooLarge:
            continue
        got = ask(network, found, changes)
        assert got.log_evidence == pytest.approx(truth.log_evidence, abs=1e-11)
        np.testing.assert_allclose(got.marginals, truth.marginals(), atol=1e-12)
        np.testing.assert_allclose(got.actual.marginals, truth.marginals(False), atol=1e-12)
        name = str(rng.choice(list(network.variables)))
        np.testing.assert_allclose(got.joint(name), truth.joint(model.index[name]), atol=1e-12)
        compared += 1


def test_n8_do_against_enumeration_through_the_engine():
    rng = np.random.default_rng(43)
    compared = 0
    while compared < 200:
        network = random_network(rng)
        found, changes = random_findings(rng, network), random_changes(rng, network)
        model = network.model
        target = str(rng.choice(list(changes)))
        soft = compared % 3 == 0
        asked: dict[str, object] = dict(changes)
        if soft:
            p = rng.dirichlet(np.ones(network.variables[target].card))
            asked[target] = dict(zip(network.variables[target].states, p.tolist(), strict=True))
        row = likelihood_row(network, found)
        # Truncated factorisation: worlds of the product with the changed families left out.
        grid = np.indices(model.cards).reshape(len(model.cards), -1)
        weight = np.ones(grid.shape[1])
        for i, name in enumerate(model.names):
            if name in asked:
                value = asked[name]
                states = network.variables[name].states
                new = [value.get(s, 0) if isinstance(value, dict) else s == value for s in states]
                weight *= np.array(new, dtype=float)[grid[i]]
            else:
                table = brute.family_table(model, i)
                weight *= table[(*(grid[q] for q in model.parents(i)), grid[i])]
            weight *= row[model.offsets[i] + grid[i]]
        if any(n in found for n in changes):
            compared += 1
            continue
        if weight.sum() == 0:
            with pytest.raises(ImpossibleFindings):
                do(network, found, asked)
            compared += 1
            continue
        got = do(network, found, asked)
        assert np.exp(got.log_evidence) == pytest.approx(weight.sum(), abs=1e-12)
        for i, offset in enumerate(model.offsets):
            want = np.bincount(grid[i], weights=weight, minlength=model.cards[i]) / weight.sum()
            np.testing.assert_allclose(
                got.marginals[offset : offset + model.cards[i]], want, atol=1e-12
            )
        compared += 1


# -- laws -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def many() -> list[tuple[Network, dict[str, object], dict[str, str]]]:
    rng = np.random.default_rng(44)
    out = []
    for _ in range(60):
        network = random_network(rng)
        out.append((network, random_findings(rng, network), random_changes(rng, network)))
    return out


def test_had_without_findings_is_do(many):
    for network, _, changes in many:
        np.testing.assert_allclose(
            had(network, {}, changes).marginals[: sum(v.card for v in network.variables.values())],
            do(network, {}, changes).marginals[: sum(v.card for v in network.variables.values())],
            atol=1e-12,
        )


def test_had_what_was_changes_nothing(many):
    """Consistency: where the change is what was found, the counterfactual is the posterior."""
    for network, found, changes in many:
        seen = {**{n: f for n, f in found.items() if n not in changes}, **changes}
        try:
            now = posterior(network, seen)
        except ImpossibleFindings:
            continue
        np.testing.assert_allclose(had(network, seen, changes).marginals, now.marginals, atol=1e-12)


def test_an_empty_change_changes_nothing(many):
    for network, found, _ in many:
        now = posterior(network, found).marginals
        np.testing.assert_allclose(had(network, found, {}).marginals, now, atol=1e-12)
        np.testing.assert_allclose(do(network, found, {}).marginals, now, atol=1e-12)


def test_composition_a_variable_set_to_what_it_would_be_changes_nothing_else(many):
    """Pearl (2009), 7.19: if W would be w under do(x), then Y under do(x, w) is Y under do(x)."""
    for network, found, changes in many:
        got = had(network, found, changes)
        for name, variable in network.variables.items():
            if name in changes:
                continue
            certain = [s for s in variable.states if got[name][s] > 1 - 1e-12]
            if certain:
                further = had(network, found, {**changes, name: certain[0]})
                for other in network.variables:
                    np.testing.assert_allclose(further.array(other), got.array(other), atol=1e-9)


def test_do_on_a_root_is_to_see_it(many):
    for network, found, _ in many:
        root = next(n for n in network.variables if not network.parents(n))
        if root in found:
            continue
        state = network.variables[root].states[0]
        try:
            seen = posterior(network, {**found, root: state})
        except ImpossibleFindings:
            continue
        np.testing.assert_allclose(
            do(network, found, {root: state}).marginals, seen.marginals, atol=1e-12
        )


def test_a_soft_change_is_the_mixture_of_hard_ones(many):
    for network, found, changes in many:
        name, _ = next(iter(changes.items()))
        states = network.variables[name].states
        p = dict(zip(states, np.full(len(states), 1 / len(states)).tolist(), strict=True))
        parts = [had(network, found, {name: s}).marginals for s in states]
        np.testing.assert_allclose(
            had(network, found, {name: p}).marginals, np.mean(parts, axis=0), atol=1e-12
        )


def test_after_without_recurrence_is_had(many):
    for network, found, changes in many:
        if not recurring(network):
            np.testing.assert_allclose(
                after(network, found, changes).marginals,
                had(network, found, changes).marginals,
                atol=1e-12,
            )
            np.testing.assert_allclose(
                after(network, found).marginals, posterior(network, found).marginals, atol=1e-12
            )


def test_after_with_everything_recurring_forgets_the_findings(many):
    from dataclasses import replace

    for network, found, changes in many:
        always = Network(
            [replace(v, recurring=True) for v in network.variables.values()], network.mechanisms
        )
        got = after(always, found, changes)
        want = do(always, {}, changes)
        for name in network.variables:
            np.testing.assert_allclose(got.array(name), want.array(name), atol=1e-12)


def test_after_keeps_what_lasts(many):
    """With only sinks recurring, a sink's forecast is do() given the posterior of its parents."""
    from dataclasses import replace

    for network, found, _ in many:
        sinks = [n for n in network.variables if not network.children(n)]
        lasting = Network(
            [replace(v, recurring=v.name in sinks) for v in network.variables.values()],
            network.mechanisms,
        )
        got = after(lasting, found)
        now = posterior(lasting, found)
        for name in network.variables:
            if name not in sinks:
                np.testing.assert_allclose(got.array(name), now.array(name), atol=1e-12)


# -- textbook -------------------------------------------------------------------------------------


@pytest.fixture
def firing_squad() -> Network:
    """Pearl (2009), section 7.1.2: court order, captain, riflemen A and B, prisoner's death."""
    p = 0.7
    states = dict.fromkeys(("u", "c", "a", "b", "d"), ("no", "yes"))
    copy = np.eye(2)
    either = np.array([[[1, 0], [0, 1]], [[0, 1], [0, 1]]])
    return Network.from_tables(
        states,
        {"c": ("u",), "a": ("c",), "b": ("c",), "d": ("a", "b")},
        {"u": [1 - p, p], "c": copy, "a": copy, "b": copy, "d": either},
    )


def test_firing_squad(firing_squad):
    # S1: if A did not shoot, the prisoner is alive.
    assert posterior(firing_squad, {"a": "no"})["d"]["yes"] == pytest.approx(0, abs=1e-15)
    # S4: A decides to shoot: the prisoner dies, and B's part is left as it was.
    done = do(firing_squad, {}, {"a": "yes"})
    assert done["d"]["yes"] == pytest.approx(1)
    assert done["b"]["yes"] == pytest.approx(0.7)
    # S5: the prisoner is dead: he would be dead even had A not shot.
    assert had(firing_squad, {"d": "yes"}, {"a": "no"})["d"]["yes"] == pytest.approx(1)


def test_nervous_rifleman():
    """Pearl (2009), section 7.1.2: A may shoot out of nerves, q; P(alive had A not shot | dead)."""
    p, q = 0.6, 0.2
    net = Network.from_tables(
        dict.fromkeys(("u", "w", "a", "b", "d"), ("no", "yes")),
        {"a": ("u", "w"), "b": ("u",), "d": ("a", "b")},
        {
            "u": [1 - p, p],
            "w": [1 - q, q],
            "a": [[[1, 0], [0, 1]], [[0, 1], [0, 1]]],
            "b": np.eye(2),
            "d": [[[1, 0], [0, 1]], [[0, 1], [0, 1]]],
        },
    )
    want = q * (1 - p) / (1 - (1 - q) * (1 - p))
    got = had(net, {"d": "yes"}, {"a": "no"})
    assert got["d"]["no"] == pytest.approx(want, abs=1e-14)
    contrast = got.effect("d", "yes")
    assert (contrast.actual, contrast.prevented) == pytest.approx((1, want))
    assert contrast.caused == pytest.approx(0)
    assert contrast.needed == pytest.approx(want)


@pytest.fixture
def remedy() -> Network:
    """A noisy-OR worked on paper in the tests below."""
    variables = [binary("diuretic"), binary("depletion"), binary("cramps", recurring=True)]
    return Network(
        variables,
        {
            "diuretic": Table((), array=[0.5, 0.5]),
            "depletion": NoisyOr(leak=0.2, links=(NoisyLink.of("diuretic", {"present": 0.5}),)),
            "cramps": NoisyOr(
                leak=0.1,
                links=(
                    NoisyLink.of("depletion", {"present": 0.5}),
                    NoisyLink.of("diuretic", {"present": 0.2}),
                ),
            ),
        },
    )


def test_a_noisy_or_worked_on_paper(remedy):
    """P(cramps without the diuretic | diuretic and cramps).

    With the diuretic: P(depletion) = 1 - 0.8 * 0.5 = 0.6, of which 0.2 by the leak.
    P(no cramps) = 0.9 * 0.8 * (0.4 + 0.6 * 0.5) = 0.504, so P(cramps) = 0.496.
    Without it, depletion only by the leak. Cramps in both worlds: leak (0.1), or no leak and the
    depletion of the leak firing: 0.1 + 0.9 * 0.2 * 0.5 = 0.19.
    """
    found = {"diuretic": "present", "cramps": "present"}
    got = had(remedy, found, {"diuretic": "absent"})
    assert got["cramps"]["present"] == pytest.approx(0.19 / 0.496, abs=1e-15)
    # Depletion without the diuretic: the leak of 0.2 given cramps: 0.2 * (1 - 0.9 * 0.8 * 0.5).
    assert got["depletion"]["present"] == pytest.approx(0.2 * 0.64 / 0.496, abs=1e-15)
    assert got.effect("cramps").needed == pytest.approx(1 - 0.19 / 0.496)


def test_see_do_had_and_after_differ_and_each_is_right(remedy):
    found = {"diuretic": "present", "cramps": "present"}
    see = posterior(remedy, {"diuretic": "absent"})["cramps"]["present"]
    assert see == pytest.approx(1 - 0.9 * (1 - 0.2 * 0.5))
    # Afterwards: depletion has lost what the diuretic did, cramps are drawn afresh.
    p_depleted = 0.2 * 0.64 / 0.496
    stopped = after(remedy, found, {"diuretic": "absent"})
    assert stopped["cramps"]["present"] == pytest.approx(1 - 0.9 * (1 - p_depleted * 0.5))
    # Nothing changed: P(depletion | found) = 0.6 * (1 - 0.9 * 0.8 * 0.5) / 0.496.
    p_now = 0.6 * 0.64 / 0.496
    as_before = after(remedy, found)
    assert as_before["cramps"]["present"] == pytest.approx(1 - 0.9 * 0.8 * (1 - p_now * 0.5))
    contrast = stopped.effect("cramps")
    assert contrast.actual == pytest.approx(1)
    assert contrast.unchanged == pytest.approx(as_before["cramps"]["present"])
    assert contrast.difference == pytest.approx(
        stopped["cramps"]["present"] - as_before["cramps"]["present"]
    )
    with pytest.raises(InvalidChange, match=r"had\(\)"):
        do(remedy, found, {"diuretic": "absent"})


def test_simpson():
    """A treatment that helps men and women and seems to harm everyone (Pearl 2009, section 6.1)."""
    net = Network.from_tables(
        {"sex": ("male", "female"), "drug": ("no", "yes"), "recovery": ("no", "yes")},
        {"drug": ("sex",), "recovery": ("sex", "drug")},
        {
            "sex": [0.5, 0.5],
            "drug": [[0.25, 0.75], [0.75, 0.25]],
            "recovery": [[[0.3, 0.7], [0.4, 0.6]], [[0.7, 0.3], [0.8, 0.2]]],
        },
    )
    seen = [posterior(net, {"drug": s})["recovery"]["yes"] for s in ("no", "yes")]
    assert seen == pytest.approx([0.4, 0.5])
    got = effect(net, "drug", ("recovery", "yes"), "no", "yes")
    assert (got.p_from, got.p_to) == pytest.approx((0.5, 0.4))
    assert got.risk_difference == pytest.approx(-0.1)
    assert got.number_needed == pytest.approx(10)
    for sex in ("male", "female"):
        within = effect(net, "drug", ("recovery", "yes"), "no", "yes", given={"sex": sex})
        assert within.risk_difference == pytest.approx(-0.1)


def test_front_door_smoking_tar_cancer():
    """Pearl (2009), section 3.3.2: the front-door formula from the observed table gives do()."""
    rng = np.random.default_rng(5)
    net = Network.from_tables(
        dict.fromkeys(("u", "smoking", "tar", "cancer"), ("no", "yes")),
        {"smoking": ("u",), "tar": ("smoking",), "cancer": ("tar", "u")},
        {
            "u": [0.4, 0.6],
            "smoking": rng.dirichlet([1, 1], 2),
            "tar": rng.dirichlet([1, 1], 2),
            "cancer": rng.dirichlet([1, 1], (2, 2)),
        },
    )
    yes = "yes"
    for x in ("no", "yes"):
        total = 0.0
        for t in ("no", "yes"):
            inner = sum(
                posterior(net, {"smoking": s, "tar": t})["cancer"][yes]
                * posterior(net, {})["smoking"][s]
                for s in ("no", "yes")
            )
            total += posterior(net, {"smoking": x})["tar"][t] * inner
        assert do(net, {}, {"smoking": x})["cancer"][yes] == pytest.approx(total, abs=1e-12)


# -- average effects --------------------------------------------------------------------------------


def test_natural_effects_against_the_mediation_formula():
    """Pearl (2001), equation 8: no confounding, one mediator."""
    rng = np.random.default_rng(6)
    for _ in range(20):
        net = Network.from_tables(
            {"x": ("no", "yes"), "m": ("a", "b", "c"), "y": ("no", "yes")},
            {"m": ("x",), "y": ("x", "m")},
            {
                "x": [0.3, 0.7],
                "m": rng.dirichlet(np.ones(3), 2),
                "y": rng.dirichlet(np.ones(2), (2, 3)),
            },
        )
        m, y = net.table("m"), net.table("y")[..., 1]
        got = effect(net, "x", ("y", "yes"))
        assert got.mediators == ("m",)
        assert got.natural_direct == pytest.approx(m[0] @ (y[1] - y[0]), abs=1e-13)
        assert got.natural_indirect == pytest.approx((m[1] - m[0]) @ y[0], abs=1e-13)
        back = effect(net, "x", ("y", "yes"), "yes", "no")
        total = got.natural_direct - back.natural_indirect
        assert got.risk_difference == pytest.approx(total, abs=1e-13)
        held = effect(net, "x", ("y", "yes"), holding={"m": "b"})
        assert held.risk_difference == pytest.approx(y[1, 1] - y[0, 1], abs=1e-13)
        assert not got.hangs_on_coupling


def test_a_recanting_witness_is_reported():
    net = Network.from_tables(
        dict.fromkeys("xwmy", ("no", "yes")),
        {"w": ("x",), "m": ("w",), "y": ("w", "m", "x")},
        {
            "x": [0.5, 0.5],
            "w": [[0.8, 0.2], [0.3, 0.7]],
            "m": [[0.6, 0.4], [0.1, 0.9]],
            "y": np.random.default_rng(7).dirichlet([1, 1], (2, 2, 2)),
        },
    )
    assert effect(net, "x", "y", mediators=["m"]).hangs_on_coupling
    assert not effect(net, "x", "y", mediators=["m", "w"]).hangs_on_coupling


def test_attributable_fraction_is_levins_without_confounding():
    """Levin (1953): p (RR - 1) / (1 + p (RR - 1))."""
    net = Network.from_tables(
        {"x": ("no", "yes"), "y": ("no", "yes")},
        {"y": ("x",)},
        {"x": [0.8, 0.2], "y": [[0.9, 0.1], [0.6, 0.4]]},
    )
    want = 0.2 * 3 / (1 + 0.2 * 3)
    assert attributable_fraction(net, "x", "y") == pytest.approx(want)
    got = effect(net, "x", "y")
    assert got.attributable_fraction == pytest.approx(want)
    assert got.risk_ratio == pytest.approx(4)


def test_effects_refuse_people_chosen_by_the_effect(remedy):
    from etiograph.errors import InvalidFinding

    with pytest.raises(InvalidFinding, match="depletion"):
        effect(remedy, "diuretic", "cramps", given={"depletion": "present"})


# -- readings ---------------------------------------------------------------------------------------


def test_a_measured_value_keeps_its_deviation_when_the_level_moves():
    net = Network(
        [binary("depletion"), Variable("serum", ("low", "normal", "high"))],
        {
            "depletion": Table((), array=[0.7, 0.3]),
            "serum": Reading(
                unit="mmol/L",
                mean=0.85,
                sd=0.05,
                shifts=(LevelShift("depletion", {"present": -0.15}),),
                plausible=(0.1, 3.0),
                cutpoints=(0.75, 1.0),
            ),
        },
    )
    found = {"serum": "0.72 mmol/L", "depletion": "present"}
    cured = had(net, found, {"depletion": "absent"})
    assert cured.actual["serum"]["low"] == 1.0
    # 0.72 + 0.15 = 0.87: normal, with certainty.
    assert cured["serum"] == pytest.approx({"low": 0, "normal": 1, "high": 0})
    unsure = had(net, {"serum": "0.72 mmol/L"}, {"depletion": "absent"})
    p = posterior(net, {"serum": "0.72 mmol/L"})["depletion"]["present"]
    assert unsure["serum"]["normal"] == pytest.approx(p)
    same = had(net, {"serum": "0.72 mmol/L"}, {})
    assert same["serum"]["low"] == 1.0


# -- mistakes ---------------------------------------------------------------------------------------


def test_mistaken_changes_are_named(remedy):
    with pytest.raises(UnknownName, match="did you mean 'diuretic'"):
        had(remedy, {}, {"diuretc": "absent"})
    with pytest.raises(UnknownName):
        had(remedy, {}, {"diuretic": "absnt"})
    with pytest.raises(InvalidChange, match="sum to"):
        do(remedy, {}, {"diuretic": {"absent": 0.5, "present": 0.2}})
    with pytest.raises(InvalidChange, match="not in 0 to 1"):
        do(remedy, {}, {"diuretic": {"absent": 1.5, "present": -0.5}})
    with pytest.raises(InvalidChange, match="must be set to one of its states"):
        do(remedy, {}, {"diuretic": 1})
    with pytest.raises(InvalidChange, match="had"):
        do(remedy, {"diuretic": not_("absent")}, {"diuretic": "absent"})


def test_impossible_findings_are_named(firing_squad):
    with pytest.raises(ImpossibleFindings) as refused:
        had(firing_squad, {"u": "yes", "c": "no", "d": "no"}, {"a": "yes"})
    assert set(refused.value.conflict) == {"u", "c"}
    # Possible as things are, impossible once A is made to shoot.
    with pytest.raises(ImpossibleFindings) as refused:
        do(firing_squad, {"u": "no", "d": "no"}, {"a": "yes"})
    assert refused.value.conflict == ("d",)


def test_a_soft_finding_on_the_changed_variable_is_read_in_the_changed_world(remedy):
    soft = {"diuretic": likelihood(absent=1, present=3)}
    got = do(remedy, soft, {"diuretic": "present"})
    assert np.exp(got.log_evidence) == pytest.approx(3)


def test_draws_of_the_parameters_flow_through_every_kind(remedy):
    rows = np.repeat(remedy.model.tables[None], 5, axis=0)
    row = likelihood_row(remedy, {"cramps": "present"})
    for kind in ("see", "do", "had", "after"):
        asked = world(remedy, kind, {} if kind == "see" else {"diuretic": "absent"})
        one, many = asked.solve(row), asked.solve(row, rows)
        assert many.marginals.shape == (5, remedy.model.n_states)
        np.testing.assert_allclose(many.marginals, np.repeat(one.marginals, 5, axis=0), atol=1e-14)
        np.testing.assert_allclose(many.log_evidence, one.log_evidence[0], atol=1e-14)
