"""What comes before the numbers: the warning, what to rule out, and whether the network fits at all."""

from __future__ import annotations

import pytest
from tests.app.reading import turn

import etiograph as eg
from etiograph.decision.red_flags import danger_signs
from explorer import answers, charts, first, labels, late, parts, texts

pytestmark = pytest.mark.filterwarnings("ignore")  # Streamlit's own, under test

SWOLLEN = "leg_cramps~0~leg_cramps.present~pregnancy.third_trimester~leg_swelling.one_leg"
BREATHLESS = f"{SWOLLEN}~breathlessness_or_chest_pain.present"
LATE = "leg_cramps~0~leg_cramps.present~pregnancy.third_trimester~age.under_50"
THIAZIDE = "leg_cramps~0~leg_cramps.present~diuretic.thiazide~age.50_to_64"
ODD = "does not go with the rest"


def html(app):
    return " ".join(each.value for each in app.html)


def buttons(app, start):
    return [button for button in app.button if (button.key or "").startswith(start)]


def test_one_swollen_leg_in_pregnancy_is_one_warning_and_the_numbers_come_second(open_app):
    app = open_app("leg_cramps", SWOLLEN)
    for view in ("explore", "why"):
        page = html(app if view == "explore" else turn(app, view))
        assert page.count('<li class="eg-flag') == 1
        assert "mostly harmless" not in page
        assert "deserves a visit" not in page
        act = texts.act_first("Leg cramps")
        assert page.index(act) < page.index("eg-headline")
        assert ODD not in page  # one late pregnancy, one swollen leg: a clot explains it


def test_an_emergency_is_seen_to_before_anything_is_asked(open_app):
    app = open_app("leg_cramps", BREATHLESS)
    for view in ("explore", "why"):
        page = html(app if view == "explore" else turn(app, view))
        assert texts.FLAG_LEVELS["emergency"] in page
        assert texts.lower_first(texts.WARNING_FIRST) in page.replace("Act on", "act on")
        assert not buttons(app, "ask.")
        assert not buttons(app, "why.first")


def test_danger_is_ruled_out_first_then_questions_and_tests_apart(open_app):
    app = open_app("leg_cramps", THIAZIDE)
    net = eg.load("leg_cramps")
    assert 'class="eg-act"' not in html(app)
    found = {"leg_cramps": "present", "diuretic": "thiazide", "age": "50_to_64"}
    steps = net.case(found).next_steps()
    asked_first = [*(step.name for step in steps.rule_out), *steps.danger_signs]
    keys = [button.key.removeprefix("ask.first.") for button in buttons(app, "ask.first.")]
    assert keys == asked_first
    assert set(danger_signs(net, found)) <= {*asked_first, *(step.name for step in steps.ask)}
    asked = [b.key.removeprefix("ask.") for b in buttons(app, "ask.")
             if not b.key.startswith("ask.first.")]  # fmt: skip
    roles = [net.variables[name].role if name in net.variables else "test" for name in asked]
    assert roles[-1] == "test"
    assert roles[0] != "test"
    assert sorted(roles, key=lambda role: role == "test") == roles


def test_a_few_danger_signs_stand_in_sight_and_the_others_are_counted(open_app):
    """Those that would be an emergency, or are dangerous in this person, stand before the others."""
    for app, few in ((open_app("leg_cramps", THIAZIDE), 4), (open_app("leg_cramps", LATE), 6)):
        for key in ("ask", "why"):
            app = app if key == "ask" else turn(app, "why")
            page = [b.key for b in buttons(app, f"{key}.first.")]
            (box,) = [p for p in app.get("popover") if "to ask about" in p.proto.popover.label]
            behind = [b.key for b in box.button]
            assert page == [*page[:few], *behind]
            assert texts.more_signs(len(behind), others=True) == box.proto.popover.label
            for sign in ("cold_pale_leg", "bladder_or_saddle_symptoms"):
                assert f"{key}.first.{sign}" in page[:few]
    assert (first.in_sight(0, 2), first.in_sight(3, 9), first.in_sight(7, 3)) == (3, 3, 0)
    assert texts.more_signs(1, others=False) == "1 to ask about"


def test_a_panel_is_named_without_what_is_in_it_and_known_of_it(open_app):
    case = "leg_cramps~0~serum_calcium.2.9-20mmol-2FL~vitamin_d_25oh.15.5-20ng-2FmL"
    app = open_app("leg_cramps", case)
    (panel,) = [b for b in app.button if b.key == "ask.first.bone"]
    assert "known" not in panel.label
    assert ":" not in panel.label


def test_the_bar_of_a_narrow_screen_counts_the_warnings_it_does_not_say():
    signs = [charts.Flag("see", text, "expert") for text in ("One.", "Two.", "Three.")]
    assert "One. <em>And 2 more warnings.</em>" in charts.dock("Answer.", signs)
    assert "more" not in charts.dock("Answer.", signs[:1])


def test_a_danger_sign_that_is_known_is_not_asked_again(open_app, networks):
    """Signs that only the rules read, too; and what they point to is asked."""
    app = open_app("leg_cramps", f"{THIAZIDE}~confusion_or_fits.present")
    found = {"leg_cramps": "present", "diuretic": "thiazide", "age": "50_to_64"}
    steps = eg.load("leg_cramps").case(found, confusion_or_fits="present").next_steps()
    asked_first = [*(step.name for step in steps.rule_out), *steps.danger_signs]
    assert "confusion_or_fits" not in asked_first
    for view, key in (("explore", "ask.first."), ("why", "why.first.")):
        page = app if view == "explore" else turn(app, view)
        assert [button.key.removeprefix(key) for button in buttons(page, key)] == asked_first
    app = open_app(networks / "clinic.toml", "clinic~0~cramps.present~cold_pale_leg.absent")
    assert "ask.first.cold_pale_leg" not in {button.key for button in app.button}


def test_a_button_on_why_opens_the_row_of_the_finding_on_explore(open_app):
    app = turn(open_app("leg_cramps", THIAZIDE), "why")
    button = buttons(app, "why.first.")[-1]
    name = button.key.removeprefix("why.first.")
    button.click().run()
    assert app.session_state["page"] == texts.PAGE_EXPLORE
    assert app.session_state["search"] == button.label
    shown = [w.key for w in (*app.button_group,) if w.key.startswith("w.")]
    assert shown[0] == f"w.{name}"


def test_the_report_has_the_ranges_of_the_screen(open_app):
    net = eg.load("leg_cramps")
    findings = (("leg_cramps", "present"), ("diuretic", "thiazide"))
    screen = late.ranges(net, labels.in_order(net, findings), behind=True)
    read = answers.report(net, findings, "json", net)
    import json

    made = json.loads(read)
    assert made["draws"] == screen.draws
    assert screen.verdict in made["summary"]
    for row in made["causes"]:
        name = row["name"].partition("=")[0]
        if name in screen.behind:
            assert (row["behind_low"], row["behind_high"]) == pytest.approx(screen.behind[name])


def test_warnings_of_a_level_share_a_box():
    fired = [
        charts.Flag("see", "One.", "expert", ("a: yes",)),
        charts.Flag("urgent", "Two.", "E1, E2", ("b: yes",)),
        charts.Flag("see", "Three.", "expert", ("c: yes",)),
    ]
    page = charts.flags(fired)
    assert page.count('<li class="eg-flag') == 2
    assert page.index("Two.") < page.index("One.") < page.index("Three.")
    assert "Because of: a: yes." in page
    assert page.count("expert opinion") == 1  # said once for both
    assert page.count(texts.FLAG_LEVELS["see"]) == 1


def test_a_network_that_is_too_large_is_not_compared_with_simulated_cases(monkeypatch):
    net = eg.load("asia")
    monkeypatch.setattr(parts, "RARITY", 0.0)
    assert parts.rarity(net, (("smoking", "yes"), ("x_ray", "abnormal"))) == ""
