"""Which warnings are shown: one about a finding does not stand beside a more urgent one about it."""

from __future__ import annotations

from itertools import product

import etiograph as eg
from etiograph.decision.red_flags import Flag, Standing, red_flags, shown
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


BINARY = ("no", "yes")


def ruled(*rules):
    """Five variables without arrows, and some rules on them."""
    names_ = "abcde"
    net = Network.from_tables(dict.fromkeys(names_, BINARY), {}, {n: [0.5, 0.5] for n in names_})
    said = [{"level": "see", "message": rule["id"], **rule} for rule in rules]
    return Network(net.variables, net.mechanisms, {}, said, {})


def fired(net, findings, changes=None):
    return [each.id for each in red_flags(net, findings, changes)]


NESTED = {
    "a": "yes",
    "any": [{"b": "yes"}, {"c": "yes", "not": {"d": "yes"}}],
    "all": [{"any": [{"e": "yes"}, {"b": "no"}]}],
}


def meets(condition, case):
    """A condition straight from its definition; what is not known meets nothing but 'not'."""
    for name, wanted in condition.items():
        if name == "not":
            ok = not meets(wanted, case)
        elif name == "all":
            ok = all(meets(each, case) for each in wanted)
        elif name == "any":
            ok = any(meets(each, case) for each in wanted)
        else:
            ok = case.get(name) == wanted
        if not ok:
            return False
    return True


def test_nested_conditions_over_every_case_known_in_part():
    net = ruled({"id": "r", "when": NESTED})
    for states in product((None, *BINARY), repeat=5):
        case = {n: s for n, s in zip("abcde", states, strict=True) if s is not None}
        assert (fired(net, case) == ["r"]) == meets(NESTED, case), case


def test_what_is_not_there_is_not_named_as_a_reason():
    net = ruled({"id": "r", "when": {"a": "yes", "not": {"b": "yes"}}})
    assert red_flags(net, {"a": "yes", "b": "no"})[0].because == ("a: yes",)


def test_a_rule_that_fires_silences_others_even_if_it_is_silenced_itself():
    first = {"id": "first", "when": {"a": "yes"}, "silences": ["second"]}
    second = {"id": "second", "when": {"b": "yes"}, "silences": ["third"]}
    third = {"id": "third", "when": {"c": "yes"}}
    net = ruled(first, second, third)
    assert fired(net, {"b": "yes", "c": "yes"}) == ["second"]
    assert fired(net, {"a": "yes", "b": "yes", "c": "yes"}) == ["first"]
    assert fired(net, {"a": "yes", "c": "yes"}) == ["first", "third"]
    assert fired(net, {"c": "yes"}) == ["third"]


def test_one_more_finding_is_the_case_with_it():
    rules = (
        {"id": "nested", "when": NESTED},
        {"id": "first", "when": {"a": "yes", "not": {"e": "yes"}}, "silences": ["second"]},
        {"id": "second", "when": {"b": "yes"}, "silences": ["third"]},
        {"id": "third", "when": {"c": "yes"}},
        {"id": "change", "level": "caution", "change": {"d": "yes"}, "when": {"c": "yes"}},
    )
    net = ruled(*rules)
    for states in product((None, *BINARY), repeat=5):
        case = {n: s for n, s in zip("abcde", states, strict=True) if s is not None}
        for changes in ({}, {"d": "yes"}):
            standing = Standing.of(net, case, changes)
            for name, state in product("ace", BINARY):
                told = standing.with_finding(name, state)
                assert told.flags == red_flags(net, {**case, name: state}, changes)


def test_a_caution_sees_what_else_is_changed():
    rule = {"id": "r", "level": "caution", "change": {"a": "yes"}, "when": {"b": "yes"}}
    net = ruled(rule)
    assert fired(net, {"b": "yes"}, {"a": "yes"}) == ["r"]
    assert fired(net, {}, {"a": "yes", "b": "yes"}) == ["r"]
    assert fired(net, {"b": "yes"}, {"a": "yes", "b": "no"}) == ["r"]  # was so until now
    assert fired(net, {}, {"a": "yes", "b": "no"}) == []
    assert fired(net, {}, {"b": "yes"}) == []


def test_what_a_rule_says_of_its_own_change_is_what_was_found():
    swap = {"id": "swap", "level": "caution", "change": {"a": "yes"}, "when": {"a": "no"}}
    net = ruled(swap)
    assert fired(net, {"a": "no"}, {"a": "yes"}) == ["swap"]
    assert fired(net, {}, {"a": "yes"}) == []


def test_a_rule_without_a_change_reads_findings_alone():
    net = ruled({"id": "r", "when": {"a": "yes"}})
    assert fired(net, {}, {"a": "yes"}) == []


def test_a_measured_value_is_told_without_an_exponent_and_without_a_unit_that_is_none():
    findings = {"creatine_kinase": "12000 U/L", "dark_urine": "present", "statin": "yes"}
    network = eg.load("leg_cramps")
    said = {each for flag in red_flags(network, findings) for each in flag.because}
    assert "creatine kinase (CK) 12000 U/L" in said
    flags = red_flags(network, {"ankle_brachial_index": "0.4 ratio"})
    assert {each for flag in flags for each in flag.because} == {"ankle-brachial index 0.4"}


def test_a_warning_names_a_value_as_it_was_given():
    """Not in another unit, which the reader would have to find in the record."""
    for given, said in (
        ("11.6 mg/dL", "serum calcium, adjusted 11.6 mg/dL"),
        ("2.9 mmol/l", "serum calcium, adjusted 2.9 mmol/L"),
        (eg.measured(2.9), "serum calcium, adjusted 2.9 mmol/L"),
    ):
        flags = red_flags(eg.load("leg_cramps"), {"serum_calcium": given})
        assert said in {each for fired in flags for each in fired.because}
