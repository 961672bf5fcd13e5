"""Compare: scenarios beside each other say what the library says, in every kind of question."""

from __future__ import annotations

import re

import pytest
from tests.app.reading import chips, diagram, table, turn

import etiograph as eg
from explorer import answers, compare as page, labels, texts
from explorer.markup import esc, md

pytestmark = pytest.mark.filterwarnings("ignore")  # Streamlit's own, under test

FINDINGS = {"cramps": "present", "tablet": "yes"}
LABELS = {"Cramps": "cramps", "Low salt": "low_salt", "Venous stasis": "stasis"}
LINK = "clinic~00000000~cramps.present~tablet.yes"


def shown(app):
    """Row of the comparison -> its numbers of 100."""
    return {row[0]: row[2:] for row in table(app, "eg-compare")[1:]}


def of_100(posterior, name, state="present"):
    return texts.share(posterior[name][state])


def worlds(network, kind, changes):
    """Answers of the library: without and with a change."""
    case = network.case(FINDINGS)
    if kind == "see":
        return case.posterior(), network.case({**FINDINGS, **changes}).posterior()
    before = case.after({}) if kind == "after" else case
    return before.posterior(), getattr(case, kind)(changes).posterior()


@pytest.fixture
def compare(open_app, networks):
    """The page, with a case and the change of the tablet chosen from the list."""
    app = turn(open_app(networks / "clinic.toml", LINK), "compare")
    return app.get_by_key("change-pick").set_value("tablet").run()


def test_a_change_stands_beside_no_change(compare, networks):
    net = eg.load(networks / "clinic.toml")
    before, after = worlds(net, "after", {"tablet": "no"})
    assert compare.get_by_key("c.tablet").value == "no"  # otherwise than it is
    assert table(compare, "eg-compare")[0][2:] == [texts.COMPARE_LEFT["after"], "Water tablet: no"]
    for label, name in (("Cramps", "cramps"), ("Low salt", "low_salt")):
        assert shown(compare)[label] == [of_100(before, name), of_100(after, name)]
    assert of_100(before, "cramps") not in ("0", "100")  # cramps come and go, change or none
    assert of_100(before, "low_salt") != of_100(after, "low_salt")
    heads = [h.value for h in compare.html if "eg-headline" in h.value]
    sentence = texts.compare_headline(
        "Cramps", before["cramps"]["present"], after["cramps"]["present"], "after"
    )
    assert sentence in heads[0]


@pytest.mark.parametrize("kind", ["after", "had", "see"])
def test_every_question_has_the_answer_of_the_library(compare, networks, kind):
    net = eg.load(networks / "clinic.toml")
    compare.get_by_key("compare-mode").set_value(kind).run()
    changes = {"tablet": "no"}
    if kind == "see":
        compare.get_by_key("change-pick").set_value("swelling").run()
        changes = {"swelling": "both_legs"}
    assert not compare.exception
    before, after = worlds(net, kind, changes)
    rows = shown(compare)
    if kind == "see":
        assert rows.pop("Cramps", None) is None  # they are known, with and without
    for label in rows:
        name = LABELS.get(label)
        if name:
            assert rows[label] == [of_100(before, name), of_100(after, name)], label
    assert {"Low salt", "Venous stasis"} <= rows.keys()
    assert any(texts.COMPARE_HELP[kind] in h.value for h in compare.html)
    if kind == "see":
        assert not compare.get("bidi_component")  # nothing is cut where nothing is changed
    else:
        assert diagram(compare, "diagram-compare")["cut"] == ["tablet"]
        assert texts.CUT_NOTE in "".join(h.value for h in compare.html)


def test_do_belongs_to_the_researcher_view(open_app, networks):
    app = turn(open_app(networks / "clinic.toml", "clinic~0~cramps.present~tablet..yes"), "compare")
    assert len(app.get_by_key("compare-mode").options) == 3
    app.get_by_key("researcher").set_value(True).run()
    assert len(app.get_by_key("compare-mode").options) == 4
    app.get_by_key("compare-mode").set_value("do").run()
    case = eg.load(networks / "clinic.toml").case(cramps="present")
    before, after = case.posterior(), case.do(tablet="yes").posterior()
    for label, name in LABELS.items():
        if name != "cramps":  # found in both worlds
            assert shown(app)[label] == [of_100(before, name), of_100(after, name)], label
    assert "Cramps" not in shown(app)
    assert diagram(app, "diagram-compare")["cut"] == ["tablet"]


def test_do_against_a_finding_offers_two_ways_out(compare):
    compare.get_by_key("researcher").set_value(True).run()
    compare.get_by_key("compare-mode").set_value("do").run()
    assert not compare.exception
    assert compare.error[0].value == md(texts.do_contradicted("Water tablet: yes"))
    compare.button(key="do-had.tablet").click().run()
    assert not compare.error
    assert compare.get_by_key("compare-mode").value == "had"
    compare.get_by_key("compare-mode").set_value("do").run()
    compare.button(key="do-back.tablet").click().run()
    assert not compare.error
    assert "Low salt" in shown(compare)


def test_what_is_known_can_not_be_supposed_to_be_otherwise(compare):
    compare.get_by_key("compare-mode").set_value("see").run()
    said = "".join(h.value for h in compare.html)
    assert esc(texts.change_known("Water tablet: no", "Water tablet: yes")) in said
    assert "eg-compare" not in said.partition("</style>")[2]  # nothing is left to compare
    assert next(s.value for s in compare.subheader) == texts.CHANGE_WHAT["see"]
    free = compare.get_by_key("change-pick").options
    assert "Water tablet" not in free
    assert "Swelling" in free
    compare.get_by_key("change-pick").set_value("sex").run()
    assert "c.tablet" not in [e.key for e in compare.get("button_group")]
    compare.get_by_key("compare-mode").set_value("after").run()
    said = "".join(h.value for h in compare.html)
    assert esc(texts.change_unfit("Sex: male")) in said
    assert table(compare, "eg-compare")[0][3] == "Water tablet: no"


def test_where_the_outcome_is_known_the_headline_is_about_the_largest_change(compare, networks):
    compare.get_by_key("compare-mode").set_value("see").run()
    compare.get_by_key("change-pick").set_value("swelling").run()
    before, after = worlds(eg.load(networks / "clinic.toml"), "see", {"swelling": "both_legs"})
    p = [float(world["stasis"]["present"]) for world in (before, after)]
    sentence = texts.compare_largest("Venous stasis", *p, "see")
    assert any(sentence in h.value for h in compare.html)
    assert f"Difference in {texts.lower_first('Venous stasis')}" in "".join(
        h.value for h in compare.html
    )


def test_a_change_stays_when_it_is_confirmed_and_goes_by_its_chip(compare):
    assert compare.get_by_key("c.tablet").proto.required
    assert compare.get_by_key("change-pick").placeholder == texts.CHANGE_MORE
    compare.get_by_key("c.tablet").set_value("no").run()
    assert table(compare, "eg-compare")[0][3] == "Water tablet: no"
    assert compare.button(key="change-chip.tablet").label == "Water tablet\\: no"
    compare.button(key="change-chip.tablet").click().run()
    assert compare.query_params["case"].endswith("~tablet.yes")
    assert compare.get_by_key("change-pick").placeholder == texts.CHANGE_PICK["after"]


def test_medicines_entered_for_the_person_come_first(open_app):
    app = open_app("leg_cramps", "leg_cramps~0~statin.yes~diuretic.thiazide~low_sun_exposure.no")
    turn(app, "compare")
    options = app.get_by_key("change-pick").options
    assert set(options[:2]) == {"Diuretic (now thiazide)", "Statin (now yes)"}


def test_what_follows_from_the_outcome_has_no_row_beside_it(open_app):
    net = eg.load("leg_cramps")
    assert {"improved_after_4_weeks", "cramp_frequency"} <= page.descendants(net, "leg_cramps")
    case = net.case(leg_cramps="present", diuretic="thiazide", serum_magnesium="0.62 mmol/L")
    worlds = [
        answers.Answer(
            p={n: {s: float(b[n][s]) for s in v.states} for n, v in net.variables.items()}
        )
        for b in (case.after({}).posterior(), case.after(diuretic="none").posterior())
    ]
    found = page.rows(net, worlds, {"diuretic"}, ())
    assert found[0].name == "leg_cramps"
    below = page.descendants(net, "leg_cramps")
    assert not below & {row.name for row in found}
    causes = {row.name for row in labels.cause_rows(net)}
    sides = [row.name in causes for row in found[1:]]
    assert sides == sorted(sides, reverse=True)  # causes, then signs
    assert not all(sides)
    if_set = page.rows(net, worlds, {"leg_cramps"}, ())
    assert below & {
        row.name for row in if_set
    }  # what the outcome brings about is then the question


def test_three_scenarios_side_by_side_and_one_taken_away(open_app, plain_files):
    net = eg.load(plain_files["asia"])
    app = turn(open_app(plain_files["asia"], "asia~0~dyspnoea.present~smoking.yes"), "compare")
    sets = ({"smoking": "no"}, {"bronchitis": "absent"}, {"smoking": "no", "bronchitis": "absent"})
    for changes in sets:
        for name, value in changes.items():
            app.get_by_key("change-pick").set_value(name).run()
            app.get_by_key(f"c.{name}").set_value(value).run()
        if changes is not sets[-1]:
            app.button(key="scenario-keep").click().run()
    names = ["Smoking: no", "Bronchitis: absent", "Smoking: no; Bronchitis: absent"]
    assert table(app, "eg-compare")[0][2:] == [texts.COMPARE_LEFT["after"], *names]
    case = net.case(dyspnoea="present", smoking="yes")
    right = [case.after(changes).posterior() for changes in ({}, *sets)]
    for label, name in (("Lung cancer", "lung_cancer"), ("Tuberculosis", "tuberculosis")):
        assert shown(app)[label] == [of_100(p, name) for p in right]
    app.button(key="scenario.0").click().run()
    assert table(app, "eg-compare")[0][2:] == [texts.COMPARE_LEFT["after"], *names[1:]]
    assert not app.exception


def test_the_change_is_part_of_the_case(compare):
    assert re.search(r"~tablet\.yes~tablet\.\.no$", compare.query_params["case"])
    compare.button(key="undo").click().run()
    assert compare.query_params["case"].endswith("~tablet.yes")
    assert not [e for e in compare.get("button_group") if e.key == "c.tablet"]
    compare.get_by_key("change-pick").set_value("tablet").run()
    compare.get_by_key("c.tablet").set_value("yes").run()
    assert texts.COMPARE_SAME in "".join(h.value for h in compare.html)


def test_cases_kept_aside_are_taken_up_again(open_app, networks):
    app = open_app(networks / "clinic.toml", LINK)
    keep, first = texts.KEEP_CASE, texts.kept_case(1, 2)
    menu = app.get_by_key("cases")
    assert first not in menu.options
    menu.set_value(keep).run()
    app.button(key="reset").click().run()
    assert chips(app) == []
    app.get_by_key("cases").set_value(first).run()
    assert chips(app) == ["Cramps\\: present", "Water tablet\\: yes"]
