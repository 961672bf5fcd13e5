"""Next steps: values against enumeration by hand, panels, and what a doctor would ask of twenty patients."""

from __future__ import annotations

import tomllib
from functools import cache

import pytest

import etiograph as eg
from etiograph.decision.next_steps import next_steps, states_harms
from etiograph.errors import EtiographError
from etiograph.formats.native.model_file import dumps_native, loads_native
from etiograph.resources import data_folder

MODEL = """\
format = 1
[variables.clot]
states = ["absent", "present"]
mechanism = {kind = "table", array = [0.8, 0.2]}
role = "condition"
[variables.sign]
states = ["absent", "present"]
role = "finding"
mechanism = {kind = "table", parents = ["clot"], array = [[0.7, 0.3], [0.2, 0.8]]}
[variables.scan]
role = "test"
states = ["negative", "positive"]
cost = 40.0
mechanism = {kind = "table", parents = ["clot"], array = [[0.95, 0.05], [0.1, 0.9]]}
[variables.assay]
role = "test"
states = ["negative", "positive"]
cost = 10.0
mechanism = {kind = "table", parents = ["clot"], array = [[0.4, 0.6], [0.05, 0.95]]}
[flags.breathless]
label = "breathless"
[next_steps]
question = 2.0
information = 0.5
[[next_steps.panels]]
id = "blood"
label = "blood"
readings = ["assay"]
money = 6.0
burden = 3.0
time = 1.0
[[next_steps.harms]]
id = "clot"
label = "a clot"
of = {clot = "present"}
missed = 100.0
needless = 10.0
ask = ["breathless", "sign"]
test = ["scan"]
[[next_steps.harms]]
id = "other"
p = 0.5
missed = 3.0
needless = 1.0
when = {sign = "present"}
"""


def by_hand(prior: float, given_absent: list[float], given_present: list[float]):
    """Harm avoided and information of a finding with these rows, from their definitions."""
    missed, needless = 100.0, 10.0
    now = min(prior * missed, (1 - prior) * needless)
    after = square = 0.0
    for absent, present in zip(given_absent, given_present, strict=True):
        p_result = (1 - prior) * absent + prior * present
        p = prior * present / p_result
        after += p_result * min(p * missed, (1 - p) * needless)
        square += p_result * (p - prior) ** 2
    return now - after, 0.5 * missed * square


def steps(**findings):
    return next_steps(loads_native(MODEL), findings)


def test_values_by_hand():
    found = steps()
    by_name = {step.name: step for step in (*found.rule_out, *found.ask, *found.test)}
    for name, rows in {
        "sign": ([0.7, 0.3], [0.2, 0.8]),
        "scan": ([0.95, 0.05], [0.1, 0.9]),
        "blood": ([0.4, 0.6], [0.05, 0.95]),
    }.items():
        avoided, information = by_hand(0.2, *rows)
        assert by_name[name].harm_avoided == pytest.approx(avoided, abs=1e-12)
        assert by_name[name].information == pytest.approx(information, abs=1e-12)
    assert by_name["sign"].cost == 2.0
    assert by_name["blood"].cost == 10.0
    assert "assay" not in by_name


def test_values_are_of_the_case():
    prior = 0.2 * 0.8 / (0.2 * 0.8 + 0.8 * 0.3)
    found = steps(sign="present")
    scan = next(step for step in found.rule_out if step.name == "scan")
    avoided, information = by_hand(prior, [0.95, 0.05], [0.1, 0.9])
    assert scan.harm_avoided == pytest.approx(avoided, abs=1e-12)
    assert scan.information == pytest.approx(information, abs=1e-12)


def test_what_is_likely_enough_to_act_on_is_ruled_out_first():
    found = steps()  # 0.2 is above 10 / 110
    assert [step.name for step in found.rule_out] == ["breathless", "scan"]
    assert not found.rule_out[0].is_test
    assert [step.name for step in steps(breathless="absent").rule_out] == ["sign", "scan"]
    low = steps(sign="absent", scan="negative", assay="negative")
    assert low.rule_out == ()
    harms = {harm.id: harm for harm in low.harms}
    assert not harms["clot"].named
    assert not harms["other"].named


def test_a_harm_without_a_variable_is_named_where_it_is_suspected():
    harms = {harm.id: harm for harm in steps(sign="present").harms}
    assert harms["other"].named
    assert harms["other"].p == 0.5


def test_a_question_about_the_condition_itself_is_not_worth_its_own_harm():
    text = MODEL.replace('role = "condition"', 'role = "background"')
    found = next_steps(loads_native(text), {})
    assert "clot" not in {step.name for step in (*found.ask, *found.rule_out)}


def test_what_is_done_is_not_asked_again():
    found = steps(sign="present", scan="negative", assay="positive")
    assert {step.name for step in (*found.ask, *found.test)} == set()


def test_it_is_read_and_written():
    net = loads_native(MODEL)
    assert loads_native(dumps_native(net)) == net
    assert states_harms(net)
    assert not states_harms(eg.load("asia"))


REFUSED = [
    ('of = {clot = "present"}', 'of = {clod = "present"}'),
    ('readings = ["assay"]', 'readings = ["essay"]'),
    ('test = ["scan"]', 'test = ["skan"]'),
    ('ask = ["breathless", "sign"]', 'ask = ["breathles"]'),
    ('id = "blood"', 'id = "assay"'),
    ('id = "other"', 'id = "clot"'),
    ("p = 0.5\n", ""),
    ("p = 0.5\n", "p = 1.5\n"),
    ("missed = 3.0", "missed = 0.0"),
    ("money = 6.0\nburden = 3.0\ntime = 1.0\n", ""),
    ("question = 2.0", "question = 0.0"),
    ('when = {sign = "present"}', 'when = {sing = "present"}'),
    ('readings = ["assay"]\n', ""),
]


@pytest.mark.parametrize(("old", "new"), REFUSED)
def test_what_means_nothing_is_refused_at_its_line(old, new):
    assert old in MODEL
    with pytest.raises(EtiographError) as error:
        loads_native(MODEL.replace(old, new))
    assert error.value.line


PATIENTS = tomllib.loads(
    (data_folder() / "leg_cramps" / "next_steps.toml").read_text(encoding="utf-8")
)["patients"]


@cache
def first_steps(number: int) -> tuple[list[str], list[str]]:
    """The questions and tests of a patient in the order in which they are offered."""
    found = next_steps(eg.load("leg_cramps"), PATIENTS[number]["findings"])
    asked = [step.name for step in (*found.rule_out, *found.ask) if not step.is_test]
    tested = [step.name for step in (*found.rule_out, *found.test) if step.is_test]
    return asked, tested


def right(number: int, within: int) -> tuple[bool, bool]:
    patient = PATIENTS[number]
    asked, tested = first_steps(number)
    return (
        not set(patient["question"]).isdisjoint(asked[:within]),
        not patient["test"] or not set(patient["test"]).isdisjoint(tested[:within]),
    )


def test_twenty_patients_get_the_question_and_the_test_that_a_doctor_would_choose():
    assert len(PATIENTS) == 20
    both = [p["id"] for i, p in enumerate(PATIENTS) if all(right(i, 1))]
    assert len(both) >= 16, both
    for part in (0, 1):
        assert sum(right(i, 3)[part] for i in range(20)) >= 19


def test_an_inhaler_is_never_the_first_question():
    for number in range(20):
        asked, _ = first_steps(number)
        assert "long_acting_beta_agonist" not in asked[:3]


def test_a_panel_is_not_asked_for_what_its_reading_has_told(tmp_path):
    path = tmp_path / "net.toml"
    path.write_text(MODEL.replace('test = ["scan"]', 'test = ["blood", "scan"]'))
    net = eg.load(path)
    assert [step.name for step in next_steps(net, {}).rule_out][-1] == "blood"
    known = next_steps(net, {"assay": "positive"})
    assert [step.name for step in known.rule_out][-1] == "scan"


def test_questions_cost_at_least_a_seventh_of_a_blood_test():
    found = next_steps(eg.load("leg_cramps"), {"leg_cramps": "present"})
    salts = next(step for step in (*found.rule_out, *found.test) if step.name == "salts")
    assert all(step.cost >= salts.cost / 7 for step in found.ask)


def test_candidates_are_weighed_as_among_all():
    net = eg.load("leg_cramps")
    found = {"leg_cramps": "present", "age": "65_and_over"}
    every = net.case(found).next_steps()
    asked = ("serum_magnesium", "tsh", "back_pain_radiating_to_leg", "d_dimer")
    some = net.case(found).next_steps(asked)
    panels = {p["id"]: p["readings"] for p in net.about["next_steps"]["panels"] if "readings" in p}
    whole = {step.name: step for step in (*every.rule_out, *every.ask, *every.test)}
    weighed = [step for step in (*some.ask, *some.test) if step.names]
    assert {n for step in weighed for n in step.names} <= set(asked)
    alike = [step for step in weighed if set(step.names) == set(panels.get(step.name, step.names))]
    assert alike
    for step in alike:
        assert step.harm_avoided == pytest.approx(whole[step.name].harm_avoided, abs=1e-12)
        assert step.information == pytest.approx(whole[step.name].information, abs=1e-12)
    assert [(harm.id, harm.named) for harm in some.harms] == [
        (harm.id, harm.named) for harm in every.harms
    ]


@pytest.mark.parametrize(
    ("findings", "sign"),
    [
        ({"serum_sodium": "116 mmol/L"}, "confusion_or_fits"),
        ({"serum_calcium": "3.3 mmol/L"}, "confusion_or_fits"),
        ({"deep_vein_thrombosis": "present"}, "breathlessness_or_chest_pain"),
    ],
)
def test_danger_signs_of_what_is_there_are_asked_and_no_test_for_it(findings, sign):
    found = next_steps(eg.load("leg_cramps"), {"leg_cramps": "present", **findings})
    assert found.rule_out[0].name == sign
    assert all(harm.present != harm.named for harm in found.harms if harm.present)


def test_what_is_given_for_one_disease_alone_tells_what_that_does_not():
    """Metformin speaks for diabetes, which can be asked; a diuretic has more than one reason."""
    net, found = eg.load("leg_cramps"), {"leg_cramps": "present", "age": "50_to_64"}
    steps = {step.name: step for step in next_steps(net, found).ask}
    assert "metformin" not in steps or steps["metformin"].per_cost < steps["diabetes"].per_cost / 4
    assert steps["diuretic"].per_cost > steps["diabetes"].per_cost / 4


def test_a_panel_says_which_of_its_readings_are_known():
    net = eg.load("leg_cramps")
    steps = net.case(leg_cramps="present", serum_potassium="3.4 mmol/L").next_steps()
    (salts,) = [step for step in (*steps.rule_out, *steps.test) if step.name == "salts"]
    assert salts.label.endswith("with kidneys (known: serum potassium)")


@pytest.mark.parametrize("sign", ["palpitations_or_fainting", "rapid_weakness"])
def test_what_is_called_urgent_because_of_salts_has_them_ruled_out_first(sign):
    steps = eg.load("leg_cramps").case({"leg_cramps": "present", sign: "present"}).next_steps()
    assert [step.name for step in steps.rule_out if step.is_test][:1] == ["salts"]
