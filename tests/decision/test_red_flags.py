"""Which warnings are shown: one about a finding does not stand beside a more urgent one about it."""

from __future__ import annotations

from etiograph.decision.red_flags import Flag, red_flags, shown
from etiograph.network.network import Network

LEG, BREATH, BABY = "leg: swollen", "breath: short", "pregnancy: third trimester"


def flag(name, level, *because):
    return Flag(name, level, name, "expert", because)


def ids(*flags):
    return [each.id for each in shown(flags)]


def test_a_visit_is_folded_under_a_more_urgent_sign_of_the_same_finding():
    now, visit = flag("now", "urgent", LEG), flag("visit", "see", LEG)
    assert ids(now, visit) == ["now"]
    assert ids(visit) == ["visit"]


def test_what_rests_on_another_finding_as_well_stays():
    now, both = flag("now", "urgent", LEG), flag("both", "see", LEG, BREATH)
    assert ids(now, both) == ["now", "both"]


def test_a_pressing_sign_that_names_more_stands_for_one_that_names_less():
    call = flag("call", "emergency", BREATH, LEG)
    one, two = flag("one", "urgent", LEG), flag("two", "urgent", LEG, BABY)
    assert ids(one, two) == ["two"]
    assert ids(call, one, two) == ["call", "two"]


def test_of_two_with_the_same_findings_both_are_shown():
    assert ids(flag("a", "urgent", LEG), flag("b", "urgent", LEG)) == ["a", "b"]


def test_cautions_and_visits_are_never_folded_among_themselves():
    change = "change: vitamin D to over 4000 IU"
    few, many = flag("few", "caution", change), flag("many", "caution", change, LEG)
    assert ids(few, many) == ["few", "many"]
    assert ids(flag("few", "see", LEG), flag("many", "see", LEG, BREATH)) == ["few", "many"]


def test_a_rule_names_every_finding_that_sets_it_off():
    rule = {"id": "r", "level": "urgent", "message": "m", "any": [{"a": "yes"}, {"b": "yes"}]}
    states = {"a": ("no", "yes"), "b": ("no", "yes")}
    net = Network.from_tables(states, {}, {"a": [0.5, 0.5], "b": [0.5, 0.5]})
    net = Network(net.variables, net.mechanisms, {}, [rule], {})
    assert red_flags(net, {"a": "yes", "b": "yes"})[0].because == ("a: yes", "b: yes")
    assert red_flags(net, {"a": "no", "b": "yes"})[0].because == ("b: yes",)
