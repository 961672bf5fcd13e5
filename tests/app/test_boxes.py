"""What the boxes of the diagram say, of whom, and in which order their states are offered."""

from __future__ import annotations

import pytest
from tests.app.reading import diagram

import etiograph as eg
from etiograph.decision.speaking import said_of
from explorer import answers, graph, labels, texts

pytestmark = pytest.mark.filterwarnings("ignore")  # Streamlit's own, under test

OLD = (("age", "65_and_over"),)


@pytest.fixture(scope="module")
def leg_cramps():
    return eg.load("leg_cramps")


def said(net, name, findings=()):
    now = answers.posterior(net, findings)
    return graph.described(net, name, graph.spoken(net, name, now).states)


def test_a_box_speaks_of_the_most_probable_state_or_of_any_but_the_usual_one(leg_cramps):
    assert said(leg_cramps, "age") == "Age: under 50"  # no state of age means nothing unusual
    assert said(leg_cramps, "sex", (("pregnancy", "third_trimester"),)) == "Sex: female"
    assert said(leg_cramps, "calcium_absorption") == "Poor calcium absorption"
    assert said(leg_cramps, "pregnancy", OLD) == "Pregnancy or recent birth: any"
    assert said(leg_cramps, "diuretic") == "Diuretic: any"
    assert said(leg_cramps, "potassium_level") == "Low blood potassium"
    assert said(leg_cramps, "leg_cramps") == "Leg cramps"
    cramps = (("leg_cramps", "present"),)
    assert said(leg_cramps, "cramp_frequency", cramps).startswith("Frequency of cramps: up to 3")


def test_the_number_of_a_box_is_that_of_the_table(leg_cramps):
    now = answers.posterior(leg_cramps, (("leg_cramps", "present"),))
    spoken = graph.spoken(leg_cramps, "diuretic", now)
    assert graph._chance(now, spoken) == pytest.approx(1 - now.p["diuretic"]["none"], abs=1e-4)


def test_a_preview_of_any_state_is_turned_round(open_app, networks):
    app = open_app(networks / "clinic.toml", "clinic~0~cramps.present")
    waiting = diagram(app, "previews")
    assert waiting["previews"] is None  # nobody is at the diagram
    app.session_state[graph.LOOKED_AT] = waiting["token"]
    found = diagram(app.run(), "previews")["previews"]["sex"]["female"]
    place = [node["id"] for node in diagram(app)["nodes"]].index("pregnancy")
    case = eg.load(networks / "clinic.toml").case({"cramps": "present", "sex": "female"})
    p = case.posterior()["pregnancy"]["none"]
    assert found[str(place)] == pytest.approx(1 - p, abs=1e-3)


def test_a_box_that_is_chosen_tells_of_all_its_states(open_app, networks):
    app = open_app(networks / "clinic.toml", "clinic~0~cramps.present")
    sent, case = diagram(app), eg.load(networks / "clinic.toml").case(cramps="present")
    beliefs = case.posterior()
    for name, variable in case.network.variables.items():
        options = labels.options(variable)
        assert sent["states"][name] == [labels.state_title(variable, s) for s in options]
        assert sent["marks"][name]["each"] == [texts.share(beliefs[name][s]) for s in options]


def test_states_are_offered_in_one_order_everywhere(leg_cramps):
    assert labels.options(leg_cramps.variables["potassium_level"]) == ("low", "normal", "high")
    assert labels.options(leg_cramps.variables["diabetes"]) == ("present", "absent")
    for name, choices in graph._choices(leg_cramps).items():
        assert tuple(c["state"] for c in choices) == labels.options(leg_cramps.variables[name])
        assert sum(c["usual"] for c in choices) == 1


def test_a_box_is_told_the_longest_it_may_say(leg_cramps):
    for name in leg_cramps.variables:
        worked, entered = graph.longest(leg_cramps, name)
        for state in leg_cramps.variables[name].states:
            assert len(labels.describe(leg_cramps, name, state)) <= len(worked)
            assert len(labels.show(leg_cramps, name, state)) <= len(entered)


@pytest.mark.parametrize(
    ("link", "there", "known"),
    [
        ("", None, False),
        ("clinic~0~tablet.yes", None, True),
        ("clinic~0~cramps.present", True, True),
        ("clinic~0~cramps.absent", False, True),
    ],
)
def test_the_diagram_says_of_whom_it_speaks(open_app, networks, link, there, known):
    app = open_app(networks / "clinic.toml", link)
    said = texts.boxes_note("Cramps", there, known)
    assert any(said in html.value for html in app.html)
    assert ("not how often it had a part in the cramps" in said) == (there is not False)


def test_without_causes_that_act_one_by_one_the_boxes_need_no_contrast(open_app, networks):
    app = open_app(networks / "plain.bif")
    said = said_of("cases", texts.boxes_note("", None, False))
    assert any(said in html.value for html in app.html)
