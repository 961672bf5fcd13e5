"""One line as it is said at the bedside: what is read, what is handed back, and that nothing is guessed."""

from __future__ import annotations

import pickle

import pytest

import etiograph as eg
from etiograph.findings.line import medicine, read_line
from etiograph.findings.medicines import ATC
from etiograph.findings.vocabulary import age_state
from etiograph.network.finding import understood
from etiograph.network.network import Network


@pytest.fixture(scope="module")
def cramps():
    return eg.load("leg_cramps")


@pytest.mark.parametrize(
    ("text", "findings"),
    [
        (
            "82 f furosemide omeprazole K 3,1",
            {
                "age": "65_and_over",
                "sex": "female",
                "diuretic": "loop",
                "acid_suppressant": "long_term",
                "serum_potassium": "3.1 mmol/L",
            },
        ),
        (
            "45yo man, no diabetes; night cramps, cirrhosis",
            {
                "age": "under_50",
                "sex": "male",
                "diabetes": "absent",
                "leg_cramps": "present",
                "liver_disease": "cirrhosis",
            },
        ),
        ("Lasix + spironolactone", {"diuretic": "combination"}),
        (
            "Ca 9.8 mg/dl TSH <0,01 mIU/L",
            {"serum_calcium": "9.8 mg/dL", "tsh": "<0.01 mIU/L"},
        ),
        ("magnesium Mg 0.6", {"magnesium_supplement": "yes", "serum_magnesium": "0.6 mmol/L"}),
        ("no smoker or diabetes", {"smoking": "absent", "diabetes": "absent"}),
        (
            "leg_swelling one leg diuretic=thiazide",
            {"leg_swelling": "one_leg", "diuretic": "thiazide"},
        ),
        (
            "f 77 torasemid cramps K+ 2.9 low Mg 0.6 CKD4",
            {
                "sex": "female",
                "age": "65_and_over",
                "diuretic": "loop",
                "leg_cramps": "present",
                "serum_potassium": "2.9 mmol/L",
                "serum_magnesium": "0.6 mmol/L",
                "kidney_disease": "stage_3_or_4",
            },
        ),
        ("no cramps, CKD 3b", {"leg_cramps": "absent", "kidney_disease": "stage_3_or_4"}),
        ("", {}),
    ],
)
def test_what_a_line_says(cramps, text, findings) -> None:
    read = read_line(cramps, text)
    assert read.findings == findings
    assert read.rest == ()
    for name, value in read.findings.items():
        understood(cramps, name, value)
    assert pickle.loads(pickle.dumps(read)) == read


@pytest.mark.parametrize(
    ("text", "left", "why"),
    [
        ("creatinine 120", "creatinine 120", "not understood"),
        ("insulin", "insulin", "does not ask about"),
        ("pregnant", "pregnant", "which: first or second trimester, third trimester"),
        ("K", "K", "no value"),
        ("K 310", "K 310", "outside"),
        ("furosemide diuretic=none", "diuretic=none", "said before, otherwise"),
        ("no furosemide", "furosemide", "another diuretic may be taken"),
        ("hello world", "hello", "not understood"),
    ],
)
def test_what_is_not_understood_is_handed_back_with_the_reason(cramps, text, left, why) -> None:
    rest = read_line(cramps, text).rest
    assert rest
    assert rest[0].text == left
    assert why in rest[0].why


def test_a_number_behind_a_word_that_is_not_known_is_no_age(cramps) -> None:
    assert read_line(cramps, "haemoglobin 62").findings == {}
    assert read_line(cramps, "62").findings == {"age": "50_to_64"}
    assert read_line(cramps, "130").findings == {}


@pytest.mark.parametrize("years", range(0, 121, 5))
def test_every_age_is_in_one_state(cramps, years) -> None:
    variable = cramps.variables["age"]
    right = "under_50" if years < 50 else "50_to_64" if years < 65 else "65_and_over"
    assert age_state(variable, years) == right


def test_ages_in_other_spellings() -> None:
    states = ("<18", "18-64", "65+")
    net = Network.from_tables({"age": states}, {}, {"age": [0.2, 0.5, 0.3]})
    for years, state in ((3, "<18"), (18, "18-64"), (64, "18-64"), (65, "65+")):
        assert read_line(net, str(years)).findings == {"age": state}


def test_medicines_are_found_by_the_groups_of_the_model_file(cramps) -> None:
    assert medicine(cramps, "Lasix") == ("diuretic",)
    assert medicine(cramps, "atorvastatin") == ("statin",)
    assert medicine(cramps, "insulin") == medicine(cramps, "water") == ()
    for name in ATC:
        for found in medicine(cramps, name):
            assert cramps.variables[found].role == "medicine"


def test_a_number_before_a_time_or_a_dose_is_no_age(cramps) -> None:
    read = read_line(cramps, "cramps for 3 weeks 82 f 20 mg furosemide")
    assert read.findings["age"] == "65_and_over"
    assert "3" in " ".join(each.text for each in read.rest)


def test_the_last_word_of_a_name_stands_for_it_only_in_a_network_about_people() -> None:
    assert read_line(eg.load("sprinkler"), "grass").findings == {}
