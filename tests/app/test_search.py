"""What a search finds, what comes first, and how measured values are shown."""

from __future__ import annotations

import pytest
from tests.app.reading import offered, turn, typed

import etiograph as eg
from etiograph.decision.speaking import cases
from explorer import labels, texts

pytestmark = pytest.mark.filterwarnings("ignore")  # Streamlit's own, outside a session


@pytest.fixture(scope="module")
def net():
    return eg.load("leg_cramps")


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("hypokalaemia", "serum_potassium"),
        ("hypokalemia", "serum_potassium"),
        ("Hyponatremia", "serum_sodium"),
        ("hypercalcemia", "serum_calcium"),
        ("HCTZ", "diuretic"),
        ("furosemide", "diuretic"),
        ("furo", "diuretic"),
        ("simva", "statin"),
        ("pantop", "acid_suppressant"),
        ("LABA", "long_acting_beta_agonist"),
        ("formoterol", "long_acting_beta_agonist"),
        ("PPI", "acid_suppressant"),
        ("ABI", "ankle_brachial_index"),
        ("edema", "leg_swelling"),
        ("diarrhea", "chronic_diarrhoea"),
        ("blood potassium", "potassium_level"),
        ("tetany", "tetany"),
    ],
)
def test_a_search_leads_to_what_is_meant(net, query, first):
    assert labels.search(net, query)[0] == first


@pytest.mark.parametrize("query", ["PPI", "ABI", "HCTZ", "LABA"])
def test_an_abbreviation_is_not_found_inside_words(net, query):
    assert len(labels.search(net, query)) == 1


@pytest.mark.parametrize("query", ["salbutamol", "warfarin", "insulin"])
def test_what_the_network_does_not_have_is_not_found(net, query):
    assert labels.search(net, query) == ()


def test_a_body_state_points_to_the_reading_that_measures_it(net):
    assert labels.measured_by(net, "potassium_level") == ("serum_potassium",)
    assert labels.measured_by(net, "magnesium_depletion") == ("serum_magnesium",)
    assert labels.measured_by(net, "thyroid_function") == ("tsh",)
    for none in ("diabetes", "serum_potassium", "peripheral_artery_disease", "age"):
        assert labels.measured_by(net, none) == ()


def test_the_pointer_stands_beneath_the_row(open_app):
    app = open_app("leg_cramps")
    typed(app, "hypokalaemia")
    said = texts.have_value(["Serum potassium"], "Blood tests")
    assert said == "Have a value? Enter it under Blood tests: serum potassium."
    assert sum(said in each.value for each in app.html) == 1


def test_limits_have_the_digits_of_the_value():
    three = ("Low", "Normal", "High")
    assert texts.cutpoints(three, (0.7, 1.0), "mmol/L") == (
        "low < 0.70 · normal 0.70 to 1.00 · high ≥ 1.00 mmol/L"
    )
    assert texts.cutpoints(three[:2], (135.0,), "mmol/L") == "low < 135 · normal ≥ 135 mmol/L"
    assert texts.cutpoints(three[:2], (0.91,), "") == "low < 0.91 · normal ≥ 0.91"


def test_a_ratio_has_no_unit(net):
    assert labels.show(net, "ankle_brachial_index", "1.3 ratio") == "Ankle-brachial index: 1.3"
    assert labels.show(net, "serum_potassium", "3.1 mmol/L") == "Serum potassium: 3.1 mmol/L"
    assert labels.unit_shown("ratio") == ""


def test_chronic_liver_disease_is_not_called_chronic_twice(net):
    assert labels.describe(net, "liver_disease", "chronic") == (
        "Chronic liver disease: without cirrhosis"
    )


def test_a_network_that_is_not_about_people_does_not_speak_of_people(net, networks, open_app):
    assert cases(net) == ""
    assert cases(eg.load("sprinkler")) == "mornings"
    assert cases(eg.load(networks / "plain.bif")) == "cases"
    app = open_app(networks / "plain.bif", "plain~0~wet.yes")
    page = " ".join(each.value for each in app.html if "<style>" not in each.value)
    assert "In 100 cases like this" in page
    assert "people like this, " not in page
    assert texts.SEVERAL not in page
    assert texts.TELLING not in page  # nothing is left for the groups
    assert "potassium" not in offered(app)["words"]["hint"]
    app.switch_page("views/about.py").run()
    assert app.warning[-1].value == texts.SILENT
    assert not any(texts.NOT_STATED in each.value for each in (*app.html, *app.markdown))
    for name in ("", "compare", "why"):
        shown = turn(app, name) if name else app
        if name == "compare":
            shown = shown.get_by_key("change-pick").set_value("rain").run()
        page = " ".join(each.value for each in shown.html if "<style>" not in each.value)
        assert "people" not in page
        assert "person" not in page


def test_a_test_without_a_price_is_no_question():
    assert texts.cost(1.0, "", "", True) == "one test"
    assert texts.cost(1.0, "", "") == "one question"
