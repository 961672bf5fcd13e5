"""Where the outcome is found, the first list a reader sees ranks what is behind it."""

from __future__ import annotations

import pytest
from tests.app.reading import table, turn

import etiograph as eg
from explorer import behind, labels, late, texts

pytestmark = pytest.mark.filterwarnings("ignore")  # Streamlit's own, under test


def acted_by_hand(net, findings, cause, strength):
    """P(the link of a cause fired | findings): it was there, and fired, whatever the others did."""
    # The link having fired is enough for cramps: P(fired | cause, cramps) = strength / P(cramps | cause).
    given = {k: v for k, v in findings.items() if k != "cramps"} | {cause: "present"}
    p_cramps = net.case(given).posterior()["cramps"]["present"]
    return net.case(findings).posterior()[cause]["present"] * strength / p_cramps


def test_causes_are_ranked_by_what_is_behind_the_outcome_once_it_is_found(open_app, networks):
    net = eg.load(networks / "clinic.toml")
    findings = {"cramps": "present", "tablet": "yes"}
    app = open_app(networks / "clinic.toml", "clinic~0~cramps.present~tablet.yes")
    rows = table(app)
    assert rows[0][2] == texts.COLUMN_BEHIND
    assert rows[0][-2] == texts.COLUMN_PRESENT
    shown = {row[0]: row for row in rows[1:]}
    posterior = net.case(findings).posterior()
    for name, label, strength in (("low_salt", "Low salt", 0.6), ("stasis", "Venous stasis", 0.4)):
        right = acted_by_hand(net, findings, name, strength)
        assert shown[label][2] == texts.share(right)
        assert shown[label][-2] == texts.share(posterior[name]["present"])
    assert list(shown)[:2] == ["Low salt", "Venous stasis"]


def test_the_list_is_about_people_with_the_outcome_until_it_is_ruled_out(open_app, networks):
    app = open_app(networks / "clinic.toml")
    assert table(app)[0][2] == texts.COLUMN_BEHIND
    assert any("everybody with cramps." in html.value for html in app.html)
    app = open_app(networks / "clinic.toml", "clinic~0~tablet.yes")
    shown = {row[0]: row for row in table(app)[1:]}
    net = eg.load(networks / "clinic.toml")
    found = {"tablet": "yes", "cramps": "present"}
    for name, label in (("low_salt", "Low salt"), ("stasis", "Venous stasis")):
        assert shown[label][-2] == texts.share(net.case(found).posterior()[name]["present"])
    app = open_app(networks / "clinic.toml", "clinic~0~cramps.absent~tablet.yes")
    assert table(app)[0][2] == texts.OF_100


def test_a_reader_who_chose_a_question_keeps_it(open_app, networks):
    app = open_app(networks / "clinic.toml", "clinic~0~cramps.present")
    app.get_by_key("view").set_value("present").run()
    app.get_by_key("w.tablet").set_value("yes").run()
    assert table(app)[0][2] == texts.OF_100


def test_a_common_state_without_much_effect_is_not_near_the_top():
    net = eg.load("leg_cramps")
    findings = labels.in_order(
        net,
        (
            ("leg_cramps", "present"),
            ("diuretic", "thiazide"),
            ("statin", "yes"),
            ("age", "65_and_over"),
        ),
    )
    bars = behind.bars(net, findings, None, {})
    order = [name for name, _ in sorted(bars, key=lambda key: -bars[key].p)]
    assert order[0] == "diuretic"
    assert bars["diuretic", ""].label == "Diuretic (thiazide)"
    assert bars["diuretic", ""].second == texts.IS_ENTERED
    assert "cramp_tendency" not in bars  # it stands for what has no name


@pytest.mark.parametrize("found", [(), (("leg_cramps", "present"),)])
def test_the_report_ranks_the_same_causes_as_the_page(found):
    net = eg.load("leg_cramps_small")
    findings = labels.in_order(net, (("diuretic", "thiazide"), *found))
    bars = behind.bars(net, findings, None, {})
    page = sorted((-bar.p, name) for (name, _), bar in bars.items())
    made = net.case(dict(findings)).report(draws=5)
    rows = [(row.variable, row.behind) for row in made.causes]
    assert [name for name, _ in rows[:5]] == [name for _, name in page[:5]]
    for (_, p), (minus, _) in zip(rows[:5], page[:5], strict=True):
        assert p == pytest.approx(-minus)


def test_without_the_outcome_there_is_nothing_behind_it(networks):
    net = eg.load(networks / "clinic.toml")
    assert behind.with_outcome(net, (("cramps", "absent"),)) is None
    assert behind.bars(net, (("cramps", "absent"),), None, {}) == {}
    assert behind.found(net, (("cramps", "present"),))
    assert not behind.found(net, ())


def test_numbers_are_not_rounded_for_researchers_only(open_app, networks):
    net = eg.load(networks / "clinic.toml")
    app = open_app(networks / "clinic.toml", "clinic~0~tablet.yes")
    app.get_by_key("view").set_value("present").run()
    right = net.case({"tablet": "yes"}).posterior()["low_salt"]["present"]
    assert {row[0]: row[2] for row in table(app)}["Low salt"].isdigit()
    app.get_by_key("researcher").set_value(True).run()
    assert {row[0]: row[2] for row in table(app)}["Low salt"] == f"{100 * right:.2f}"


def test_why_keeps_what_is_there_apart_from_what_is_behind_it(open_app, networks):
    app = turn(open_app(networks / "clinic.toml", "clinic~0~cramps.present~tablet.yes"), "why")
    assert any("had a part in cramps:" in h.value for h in app.html)
    app = turn(open_app(networks / "clinic.toml", "clinic~0~tablet.yes"), "why")
    assert not any("behind cramps:" in h.value for h in app.html)


def test_needed_names_causes_as_the_list_of_what_is_behind_does(open_app):
    link = "leg_cramps_small~0~leg_cramps.present~diuretic.thiazide"
    app = open_app("leg_cramps_small", link)
    first = {row[0] for row in table(app)[1:]}
    app.get_by_key("view").set_value("needed").run()
    needed = [row[0] for row in table(app)[1:]]
    assert "Diuretic (thiazide)" in needed
    assert set(needed) - {texts.IDIOPATHIC} <= first
    assert needed[-1] == texts.IDIOPATHIC


def test_headline_and_verdict_never_name_different_causes_as_the_first(open_app, networks):
    """Where nearly all runs agree, one cause is named; else it is said that none stands out."""
    net = eg.load(networks / "clinic.toml")
    for known in ({"tablet": "yes"}, {"swelling": "both_legs"}, {"tablet": "yes", "sex": "male"}):
        findings = labels.in_order(net, tuple({**known, "cramps": "present"}.items()))
        link = "~".join(f"{name}.{state}" for name, state in findings)
        app = open_app(networks / "clinic.toml", f"clinic~0~{link}")
        head = next(h.value for h in app.html if "eg-headline" in h.value)
        found = late.ranges(net, findings, behind=True)
        assert ("stands out" in head) == (len(found.rivals) > 1)
        if len(found.rivals) == 1:
            what = behind.label(net, behind.events(net)[found.rivals[0]], findings)
            assert texts.lower_first(what) in head


def test_an_outcome_that_is_not_entered_is_assumed_and_one_click_enters_it(open_app, networks):
    app = open_app(networks / "clinic.toml", "clinic~0~tablet.yes")
    said = [h.value for h in app.html]
    assert any(texts.assumes("Cramps") in h for h in said)
    app.get_by_key("enter-outcome").click().run()
    assert ("cramps", "present") in app.session_state["history"].present.findings
    assert not any(texts.assumes("Cramps") in h.value for h in app.html)


def test_presence_is_about_all_and_what_acted_about_those_with_the_outcome(open_app, networks):
    app = open_app(networks / "clinic.toml", "clinic~0~cramps.present~tablet.yes")
    assert table(app)[-1][0].startswith(texts.IDIOPATHIC)
    app.get_by_key("view").set_value("present").run()
    assert not any(row[0].startswith(texts.IDIOPATHIC) for row in table(app))
    assert any("No known cause had a part in" in h.value for h in app.html)


def test_no_outcome_nothing_to_explain(open_app, networks):
    app = open_app(networks / "clinic.toml", "clinic~0~cramps.absent~tablet.yes")
    assert any(texts.nothing_to_explain("Cramps") in h.value for h in app.html)


def test_what_the_ticks_mean_names_what_they_share(open_app):
    """Ticks are of people of the same age and sex: of everybody they would stand elsewhere."""
    app = open_app("leg_cramps")
    text = "".join(h.value for h in app.html)
    assert "in everybody with leg cramps<" in text
    app.get_by_key("w.age").set_value("65_and_over").run()
    text = "".join(h.value for h in app.html)
    assert "in everybody with leg cramps and the same age<" in text
    assert "; in everybody with leg cramps and the same age about 13 of 100." in text
    assert "before anything is entered" not in text
