"""Compare: scenarios beside each other say what the library says, in every kind of question."""

from __future__ import annotations

import re

import pytest
from tests.app.reading import chips, diagram, table, turn

import etiograph as eg
from explorer import texts

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
    assert not compare.exception
    before, after = worlds(net, kind, {"tablet": "no"})
    rows = shown(compare)
    for label, name in LABELS.items():
        assert rows[label] == [of_100(before, name), of_100(after, name)], label
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
        assert shown(app)[label] == [of_100(before, name), of_100(after, name)], label
    assert diagram(app, "diagram-compare")["cut"] == ["tablet"]


def test_do_against_a_finding_says_what_to_ask_instead(compare):
    compare.get_by_key("researcher").set_value(True).run()
    compare.get_by_key("compare-mode").set_value("do").run()
    assert not compare.exception
    assert "use had" in compare.error[0].value


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
