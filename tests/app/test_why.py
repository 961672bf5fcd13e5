"""The path that is lit on Why: the shortest ways that are open given what is known."""

from __future__ import annotations

import pytest
from tests.app.reading import diagram, turn

import etiograph as eg
from explorer import why

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
    app.get_by_key("why-cause").set_value("low_salt=present").run()
    assert sorted(diagram(app, "diagram-why")["lit"]) == ["low_salt", "tablet"]


def test_the_first_cause_explained_is_the_first_one_of_the_ranking(open_app):
    app = open_app("leg_cramps_small", "leg_cramps_small~0~leg_cramps.present~diuretic.thiazide")
    turn(app, "why")
    assert app.session_state["why-cause"].startswith("magnesium_depletion")
