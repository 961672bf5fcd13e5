"""What each result of a question or test would mean, against single posteriors and the rules."""

from __future__ import annotations

import pytest

import etiograph as eg
from etiograph.decision.consequences import (
    condition,
    consequence_words,
    consequences,
    telling,
)
from etiograph.decision.red_flags import PRESSING, red_flags
from etiograph.errors import ImpossibleFindings
from etiograph.network.event import Event

FOUND = {"leg_cramps": "present", "diuretic": "thiazide", "age": "65_and_over"}


@pytest.mark.parametrize("name", ["asia", "sprinkler", "monty_hall", "simpson"])
def test_every_result_is_a_posterior(name: str) -> None:
    net = eg.load(name)
    case = net.case()
    found = consequences(net, {}, dict.fromkeys(net.variables))
    for asked, results in found.items():
        variable = net.variables[asked]
        assert [each.state for each in results] == list(variable.states)
        now = case.posterior()
        for each in results:
            assert each.p == pytest.approx(now[asked][each.state], abs=1e-12)
            if each.event is None or each.p == 0.0:
                continue
            with_it = net.case({asked: each.state}).posterior()
            states, about = each.event.states, each.event.variable
            assert each.before == pytest.approx(sum(now[about][s] for s in states), abs=1e-12)
            assert each.after == pytest.approx(sum(with_it[about][s] for s in states), abs=1e-12)


def test_it_is_about_the_cause_that_moves_most() -> None:
    net = eg.load("asia")
    (ill, well) = consequences(net, {"dyspnoea": "present"}, {"x_ray": None})["x_ray"]
    assert ill.event == well.event
    assert ill.event is not None
    moves = {}
    for cause in ("bronchitis", "lung_cancer", "tuberculosis"):
        now = net.case(dyspnoea="present").posterior()
        for state in net.variables["x_ray"].states:
            then = net.case(dyspnoea="present", x_ray=state).posterior()
            step = abs(then[cause]["present"] - now[cause]["present"])
            moves[cause] = moves.get(cause, 0.0) + now["x_ray"][state] * step
    assert ill.event.variable == max(moves, key=lambda each: moves[each])
    asked = consequences(net, {}, {"x_ray": Event.parse(net, "bronchitis")})["x_ray"]
    assert asked[0].event == Event.parse(net, "bronchitis")


def test_a_result_that_sets_off_a_warning_says_so() -> None:
    net = eg.load("leg_cramps")
    steps = net.case(FOUND).next_steps()
    asked = {step.names[0]: condition(net, step.of) for step in steps.rule_out if step.names}
    asked |= dict.fromkeys(steps.danger_signs)
    found = consequences(net, FOUND, asked)
    assert set(found) == set(asked)
    before = {flag.id for flag in red_flags(net, FOUND)}
    for name, results in found.items():
        for each in results:
            fired = red_flags(net, {**FOUND, name: each.state})
            pressing = {f.id for f in fired if f.level in PRESSING} - before
            assert {flag.id for flag in each.flags} == pressing
    for sign in steps.danger_signs:  # one answer to each would set off a pressing rule
        assert any(each.flags for each in found[sign])
        assert "warning" in consequence_words(net, found[sign])


def test_in_words() -> None:
    net = eg.load("asia")
    about = {"x_ray": Event.parse(net, "lung_cancer")}
    results = consequences(net, {"dyspnoea": "present"}, about)["x_ray"]
    said = consequence_words(net, results)
    assert said.startswith("If normal (")
    assert "lung cancer" in said
    assert "of 100, now 10." in said
    with pytest.raises(ImpossibleFindings):
        consequences(net, {"lung_cancer": "present", "tuberculosis_or_cancer": "absent"}, about)


def test_of_a_panel_the_reading_speaks_that_measures_what_the_panel_is_about():
    states = dict.fromkeys(
        ("sodium", "potassium", "serum_sodium", "serum_potassium"), ("no", "low")
    )
    tables = {"sodium": [0.9, 0.1], "potassium": [0.8, 0.2]}
    tables |= {f"serum_{name}": [[0.9, 0.1], [0.1, 0.9]] for name in tables}
    parents = {f"serum_{name}": [name] for name in ("sodium", "potassium")}
    net = eg.Network.from_tables(states, parents, tables)
    panel = ("serum_potassium", "serum_sodium")
    assert telling(net, panel, Event.parse(net, "sodium")) == "serum_sodium"
    assert telling(net, panel, Event.parse(net, "serum_sodium")) == "serum_potassium"
    assert telling(net, panel, None) == "serum_potassium"
