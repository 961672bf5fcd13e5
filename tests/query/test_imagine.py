"""had and after on whole networks: readings, draws, what is worked out when, mistakes."""

from __future__ import annotations

import numpy as np
import pytest

from etiograph.engine import enumerate as brute
from etiograph.errors import ImpossibleFindings, InvalidChange, UnknownName
from etiograph.network.expand import with_values
from etiograph.network.finding import likelihood, not_
from etiograph.network.likelihoods import likelihood_row
from etiograph.network.mechanism import Table
from etiograph.network.network import Network
from etiograph.network.noisy import NoisyLink, NoisyOr
from etiograph.network.parameter import Parameter, sample_parameters
from etiograph.network.reading import LevelShift, Reading
from etiograph.network.variable import Variable
from etiograph.query.change import do
from etiograph.query.imagine import after, had
from etiograph.query.posterior import posterior
from etiograph.query.reread import settle
from etiograph.query.worlds import World, orders, recurring, world
from etiograph.uncertainty.rows import finding_row, solve


def binary(name: str, **options) -> Variable:
    return Variable(name, ("absent", "present"), **options)


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


# -- draws of the numbers of a reading ----------------------------------------------------------------


@pytest.fixture
def uncertain() -> Network:
    """A medicine, what it does to the body, and two readings whose numbers all have a range."""

    def number(name: str, kind: str, value: float, low: float, high: float) -> Parameter:
        return Parameter(name, kind, value, low, high, grade="D")

    def serum(name: str, shift: float) -> Reading:
        return Reading(
            unit="mmol/L",
            mean=number(f"{name}.mean", "mean", 0.85, 0.80, 0.90),
            sd=number(f"{name}.sd", "sd", 0.06, 0.03, 0.12),
            shifts=(
                LevelShift(
                    "depletion",
                    {"present": number(f"{name}.shift", "difference", shift, -0.25, -0.05)},
                ),
            ),
            plausible=(0.1, 3.0),
            cutpoints=(0.75, 1.0),
        )

    bins = ("low", "normal", "high")
    return Network(
        [
            binary("medicine"),
            binary("depletion"),
            binary("cramps", recurring=True),
            Variable("serum", bins),
            Variable("later", bins, recurring=True),
        ],
        {
            "medicine": Table((), array=[0.6, 0.4]),
            "depletion": NoisyOr(
                leak=number("leak", "probability", 0.1, 0.02, 0.3),
                links=(NoisyLink.of("medicine", {"present": 0.6}),),
            ),
            "cramps": NoisyOr(leak=0.2, links=(NoisyLink.of("depletion", {"present": 0.5}),)),
            "serum": serum("serum", -0.15),
            "later": serum("later", -0.10),
        },
    )


@pytest.mark.parametrize("kind", ["see", "do", "had", "after"])
def test_every_draw_moves_the_readings_own_numbers(uncertain, kind):
    """Mean, sd and shift of a measured value by draw, against each draw as a network of its own."""
    model = uncertain.model
    changes = {} if kind == "see" else {"medicine": "absent"}
    found = {"serum": "0.72 mmol/L", "later": "0.81 mmol/L", "cramps": "present"}
    rng = np.random.default_rng(3)
    draws = sample_parameters(tuple(uncertain.parameters.values()), 12, rng)
    through = world(uncertain, kind, changes)
    rows = finding_row(uncertain, found, draws)
    answers = solve(uncertain, rows, draws, through)
    settle(uncertain, found, through, rows, answers.marginals, draws)
    seen = set()
    for n, draw in enumerate(draws):
        own = with_values(uncertain, draw)
        row = likelihood_row(own, found)
        truth = brute.counterfactual(
            own.model,
            row,
            {} if kind == "see" else {model.index["medicine"]: 0},
            fresh=recurring(own) if kind == "after" else (),
            orders=orders(own),
        )
        if kind == "do":
            truth = brute.posterior(own.model, np.where(np.arange(model.n_states) == 1, 0, row))
            # A change at a root is seen there; only its own probability is left out.
            log_p = truth.log_evidence[0] - np.log(own.table("medicine")[0])
            want = truth.marginals[0].copy()
        else:
            log_p, want = truth.log_evidence, truth.marginals()
        assert answers.log_evidence[n] == pytest.approx(log_p, abs=1e-11)
        ask = {"see": posterior, "do": lambda w, f: do(w, f, changes)}.get(
            kind, lambda w, f: {"had": had, "after": after}[kind](w, f, changes)
        )
        alone = ask(own, found)
        for name in uncertain.variables:
            i = model.index[name]
            slots = slice(model.offsets[i], model.offsets[i] + model.cards[i])
            got = answers.marginals[n, slots]
            np.testing.assert_allclose(got, alone.array(name), atol=1e-12)
            if name not in ("serum", "later"):
                np.testing.assert_allclose(got, want[slots], atol=1e-12)
        seen.add(round(float(answers.log_evidence[n]), 6))
    assert len(seen) == 12


def test_intervals_of_an_imagined_world_hold_its_posterior(uncertain):
    found = {"serum": "0.72 mmol/L", "cramps": "present"}
    case = uncertain.case(found).had(medicine="absent")
    intervals, alone = case.intervals(200, seed=1), case.posterior()
    for name in uncertain.variables:
        for state, p in alone[name].items():
            assert intervals.answers[name][state].point == pytest.approx(p, abs=1e-12)


# -- what is worked out when --------------------------------------------------------------------------


def test_one_variable_asked_is_one_variable_worked_out(random_network, monkeypatch):
    """The first answer comes from a twin for its target alone, and is the one of all answers."""
    rng = np.random.default_rng(8)
    asked: list[bool] = []
    whole = World.changed
    monkeypatch.setattr(World, "changed", lambda *a: asked.append(True) or whole(*a))
    compared = 0
    while compared < 40:
        network = random_network(rng)
        root, last = next(iter(network.variables)), list(network.variables)[-1]
        imagined = had(network, {}, {root: network.variables[root].states[0]})
        asked.clear()
        first = imagined.array(last).copy()
        imagined.effect(last)
        assert not asked
        together = imagined.marginals
        assert imagined.marginals is together
        assert len(asked) == 1
        np.testing.assert_allclose(imagined.array(last), first, atol=1e-12)
        compared += 1
