"""The path that is lit on Why: the shortest ways that are open given what is known."""

from __future__ import annotations

import pytest
from tests.app.reading import diagram, ranked, turn

import etiograph as eg
from explorer import texts, why

pytestmark = pytest.mark.filterwarnings("ignore")  # Streamlit's own, under test


@pytest.fixture(scope="module")
def asia():
    return eg.load("asia")


def shortest(net, start, goal, *known):
    return why.shortest(net, start, goal, frozenset({start, *known}))


def test_a_way_along_the_arrows(asia):
    assert shortest(asia, "visit_to_asia", "tuberculosis") == {"visit_to_asia", "tuberculosis"}
    lit = shortest(asia, "x_ray", "lung_cancer")
    assert {"x_ray", "lung_cancer"} <= lit
    assert "bronchitis" not in lit
    assert "smoking" not in lit


def test_a_way_through_a_common_cause_is_shut_once_that_is_known(asia):
    assert shortest(asia, "lung_cancer", "bronchitis") == {"lung_cancer", "smoking", "bronchitis"}
    assert shortest(asia, "lung_cancer", "bronchitis", "smoking") == set()


def test_a_meeting_of_arrows_opens_when_something_after_it_is_known(asia):
    assert shortest(asia, "visit_to_asia", "lung_cancer") == set()
    lit = shortest(asia, "visit_to_asia", "lung_cancer", "x_ray")
    assert {"visit_to_asia", "tuberculosis", "lung_cancer"} <= lit
    assert "dyspnoea" not in lit


def test_the_diagram_on_why_lights_the_path_only(open_app, networks):
    app = turn(open_app(networks / "clinic.toml", "clinic~0~tablet.yes~sex.male"), "why")
    app.get_by_key("why-cause").set_value(("low_salt", "present")).run()
    assert sorted(diagram(app, "diagram-why")["lit"]) == ["low_salt", "tablet"]


def test_the_first_cause_explained_is_the_first_one_of_the_ranking(open_app):
    app = open_app("leg_cramps_small", "leg_cramps_small~0~leg_cramps.present~diuretic.thiazide")
    assert next(iter(ranked(app))) == "Diuretic (thiazide)"
    turn(app, "why")
    assert app.session_state["why-cause"] == ("diuretic", "thiazide")


def test_an_entered_cause_that_leads_is_said_to_be_entered(open_app):
    link = "leg_cramps~0~leg_cramps.present~pregnancy.third_trimester~leg_swelling.one_leg"
    app = open_app("leg_cramps", link)
    top = next(iter(ranked(app)))
    turn(app, "why")
    assert app.session_state["why-cause"] == ("pregnancy", "third_trimester")
    said = "".join(h.value for h in app.html)
    assert texts.why_entered(top) in said
    # Nothing argues about it, but numbers do: how strong it is, from where to where, and what would turn it.
    [numbers] = [h.value for h in app.html if '<table class="eg-rank eg-ask eg-swings' in h.value]
    number = eg.load("leg_cramps").priors["leg_cramps.pregnancy.third_trimester"]
    assert texts.number_stated("strength", number.value, number.low, number.high) in numbers
    assert f"grade {number.grade}" in numbers
    assert number.evidence[0] in numbers
    assert any("It had a part in leg cramps in about " in m.value for m in app.markdown)
    turned = [m.value for m in app.markdown if "Without the pregnancy" in m.value]
    assert turned[0].endswith("would come first.")
    options = app.get_by_key("why-cause").options
    assert "Deep vein thrombosis" in options  # a state, though no cause of cramps itself
    assert sorted(diagram(app, "diagram-why")["lit"]) == ["leg_cramps", "pregnancy"]
    app.button(key="why-next").click().run()
    assert not app.exception
    assert app.session_state["why-cause"][0] != "pregnancy"
    assert any("eg-weights" in h.value for h in app.html)
    app.get_by_key("why-cause").set_value(("deep_vein_thrombosis", "present")).run()
    assert not app.exception
    assert not app.error


def test_what_is_explained_follows_the_ranking_until_the_reader_picks(open_app, networks):
    app = turn(open_app(networks / "clinic.toml", "clinic~0~cramps.present~tablet.yes"), "why")
    assert app.session_state["why-cause"] == ("low_salt", "present")
    app.query_params["case"] = "clinic~0~cramps.present~pregnancy.late"
    app.run()
    assert app.session_state["why-cause"] == ("stasis", "present")
    app.get_by_key("why-cause").set_value(("low_salt", "present")).run()
    app.query_params["case"] = "clinic~0~cramps.present~pregnancy.late~swelling.one_leg"
    app.run()
    assert app.session_state["why-cause"] == ("low_salt", "present")
