"""What could help: by hand, against single contrasts, and which changes are offered with which cautions.

Against brute force on random networks: `tests/test_every_answer.py`.
"""

from __future__ import annotations

import pytest

import etiograph as eg
from etiograph.decision.intervention_words import change_words, effect_words, helps_words
from etiograph.decision.interventions import Intervention, offered, outcome_of, what_helps
from etiograph.decision.red_flags import red_flags
from etiograph.errors import ImpossibleFindings, InvalidChange
from etiograph.formats.native.model_file import loads_native
from etiograph.network.event import Event
from etiograph.network.network import Network

MODEL = """\
format = 1
[about]
target = "cramps"
[variables.drug]
states = ["no", "yes"]
role = "medicine"
mechanism = {kind = "table", array = [0.5, 0.5]}
[variables.salt]
states = ["none", "some", "much"]
role = "habit"
mechanism = {kind = "table", array = [0.6, 0.3, 0.1]}
[variables.scar]
states = ["absent", "present"]
role = "condition"
lasting = ["present"]
mechanism = {kind = "table", array = [0.9, 0.1]}
[variables.deficit]
states = ["absent", "present"]
role = "body"
mechanism = {kind = "table", parents = ["salt"], array = [[0.9, 0.1], [0.7, 0.3], [0.5, 0.5]]}
[variables.cramps]
states = ["absent", "present"]
role = "outcome"
recurring = true
mechanism.kind = "noisy_or"
mechanism.leak = {value = 0.1}
mechanism.links = [
  {parent = "drug", strength = {yes = {value = 0.5, low = 0.3, high = 0.7, grade = "D", note = "made up"}}},
  {parent = "deficit", strength = {present = 0.4}},
  {parent = "scar", strength = {present = 0.2}},
]
[variables.aside]
states = ["no", "yes"]
role = "habit"
mechanism = {kind = "table", array = [0.5, 0.5]}
[[rules]]
id = "slowly"
level = "caution"
change = {drug = "no"}
message = "Stop slowly."
source = "expert"
"""


@pytest.fixture(scope="module")
def cramps() -> Network:
    return loads_native(MODEL)


def test_by_hand(cramps: Network) -> None:
    """With the drug, no deficit and no scar: 1 - 0.9 x 0.5; without the drug only the leak is left."""
    found = what_helps(
        cramps, {"drug": "yes", "salt": "none", "deficit": "absent", "scar": "absent"}
    )
    assert found.p == pytest.approx(0.55, abs=1e-12)
    first = found.changes[0]
    assert (first.variable, first.state, first.found) == ("drug", "no", "yes")
    assert first.p == pytest.approx(0.1, abs=1e-12)
    assert first.difference == pytest.approx(-0.45, abs=1e-12)
    assert [flag.message for flag in first.cautions] == ["Stop slowly."]
    # More salt brings the deficit to 0.3 or 0.5 of those in whom it would be: quantiles 0.9 and 0.7, 0.5.
    p = {(c.variable, c.state): c.p for c in found.changes}
    assert p["salt", "some"] == pytest.approx(1 - 0.45 * (1 - 0.4 * 2 / 9), abs=1e-12)
    assert p["salt", "much"] == pytest.approx(1 - 0.45 * (1 - 0.4 * 4 / 9), abs=1e-12)


def test_what_is_offered(cramps: Network) -> None:
    """What does not act, what is so already, what never heals, and one kind of several unknown: not."""
    cramped = Event.parse(cramps, "cramps")
    assert offered(cramps, {}, cramped) == (
        ("drug", "no"),
        ("drug", "yes"),
        ("salt", "none"),
        ("deficit", "absent"),
    )
    assert offered(cramps, {"drug": "no", "salt": "some", "deficit": "absent"}, cramped) == (
        ("drug", "yes"),
        ("salt", "none"),
        ("salt", "much"),
    )


@pytest.mark.parametrize("name", ["leg_cramps_small", "asia"])
def test_intervals_are_those_of_single_contrasts(name: str) -> None:
    net = eg.load(name)
    outcome = str(net.about.get("target") or "dyspnoea")
    case = net.case({outcome: "present"})
    found = case.what_helps(outcome, draws=30, seed=2)
    for each in found.changes[:4]:
        one = case.after({each.variable: each.state}).contrast(outcome, draws=30, seed=2)
        assert each.p == pytest.approx(one.changed.point, abs=1e-12)
        assert each.difference == pytest.approx(one.difference.point, abs=1e-12)
        ends = (one.difference.low, one.difference.high)
        if net.has_ranges:
            assert (each.low, each.high) == pytest.approx(ends, abs=1e-12)
        else:
            assert each.low is None


def test_cautions_stay_with_their_change() -> None:
    net = eg.load("leg_cramps")
    findings = {"leg_cramps": "present", "diuretic": "thiazide"}
    pairs = (("diuretic", "none"), ("statin", "no"), ("low_fluid_intake", "no"))
    found = what_helps(net, findings, among=pairs)
    assert {(c.variable, c.state) for c in found.changes} == set(pairs)
    before = {flag.id for flag in red_flags(net, findings)}
    for each in found.changes:
        with_it = red_flags(net, findings, {each.variable: each.state})
        assert {flag.id for flag in each.cautions} == {f.id for f in with_it} - before
    assert any(each.cautions for each in found.changes)
    assert "diuretic" in found.to_frame().cautions[0]


def test_the_outcome_of_a_network_that_names_none() -> None:
    sprinkler = eg.load("sprinkler")
    assert str(outcome_of(sprinkler, {})) == "wet_grass=yes"
    half = {"a": [0.5, 0.5], "b": [[0.9, 0.1], [0.2, 0.8]], "c": [[0.9, 0.1], [0.4, 0.6]]}
    states = dict.fromkeys("abcd", ("no", "yes"))
    parents = {"b": ("a",), "c": ("b",), "d": ("a",)}
    plain = Network.from_tables(states, parents, {**half, "d": [[0.7, 0.3], [0.1, 0.9]]})
    assert str(outcome_of(plain, {})) == "c=yes"  # on it most else acts
    assert str(outcome_of(plain, {"d": "yes"})) == "d=yes"  # it was found
    assert (
        str(outcome_of(plain, {"d": "no", "a": "yes"})) == "c=yes"
    )  # found as usual; acted on by none
    # Rain or sprinkler on a wet lawn: without rain only the sprinkler wets it.
    first = sprinkler.case(wet_grass="yes").what_helps().changes[0]
    assert (first.variable, first.state) == ("rain", "no")
    had = sprinkler.case(wet_grass="yes").after(rain="no").posterior()
    assert first.p == pytest.approx(had["wet_grass"]["yes"], abs=1e-12)


def test_what_cannot_be_answered_is_said() -> None:
    with pytest.raises(ImpossibleFindings):
        eg.load("asia").case(lung_cancer="present", tuberculosis_or_cancer="absent").what_helps()
    with pytest.raises(InvalidChange):
        eg.load("asia").case(dyspnoea="present").do(smoking="no").what_helps()


def test_in_words(cramps: Network) -> None:
    found = what_helps(cramps, {"drug": "yes", "salt": "some"}, draws=200)
    said = {change_words(cramps, c) for c in found.changes}
    assert said == {
        "Stop: drug",
        "Stop: salt (some)",
        "Change: salt (some) to much",
        "Put right: deficit",
    }
    first, second, *_ = helps_words(cramps, found)
    assert first.startswith("From now on with no change: cramps in about 61 of 100")
    assert second.startswith("About 39 fewer of 100 (")
    assert second.endswith("). Stop: drug. Caution: Stop slowly.")
    change = Intervention("drug", "no", "yes", False, 0.3, -0.02, -0.04, 0.03)
    assert effect_words(change) == "about 2 fewer of 100 (4 fewer to 3 more)"
    assert (
        effect_words(Intervention("drug", "no", "", False, 0.3, 0.001)) == "no visible difference"
    )
    nothing = what_helps(cramps, {"drug": "yes"}, among=[("drug", "yes")])
    assert helps_words(cramps, nothing)[1] == "No single change would make it visibly less: cramps."


LITTLE_SUN = """
format = 1
[about]
target = "cramps"
[variables.little_sun]
states = ["no", "yes"]
role = "habit"
mechanism = {kind = "table", array = [0.5, 0.5]}
[variables.cramps]
states = ["absent", "present"]
role = "outcome"
recurring = true
mechanism = {kind = "table", parents = ["little_sun"], array = [[0.6, 0.4], [0.8, 0.2]]}
"""


def test_no_habit_is_taken_up_as_a_remedy() -> None:
    """Little sun would help where there is too much vitamin D: that is no advice. Leaving it stays told."""
    network = loads_native(LITTLE_SUN)
    assert what_helps(network, {"little_sun": "no"}).changes == ()
    left = what_helps(network, {"little_sun": "yes"}).changes
    assert [(each.variable, each.state) for each in left] == [("little_sun", "no")]
    asked = what_helps(network, {"little_sun": "no"}, among=["little_sun=yes"]).changes
    assert [each.state for each in asked] == ["yes"]


def test_a_kind_that_is_not_known_is_not_changed_for_another() -> None:
    # On some diuretic, not known which: to start a loop diuretic was offered, held against an average of all.
    network = eg.load("leg_cramps")
    person = {"age": "65_and_over", "sex": "female", "leg_cramps": "present"}
    some = network.case({**person, "diuretic": eg.not_("none")}).what_helps()
    assert [each.state for each in some.changes if each.variable == "diuretic"] == ["none"]
    loop = network.case({**person, "diuretic": "loop"}).what_helps()
    assert len([each for each in loop.changes if each.variable == "diuretic"]) > 1


def test_what_all_but_one_state_leaves_is_what_was_found() -> None:
    network = eg.load("leg_cramps")
    said = network.case(leg_cramps="present", statin="yes").what_helps()
    left = network.case(leg_cramps="present", statin=eg.not_("no")).what_helps()
    assert left.changes == said.changes
