"""One line as it is said at the bedside: what is read, what is handed back, and that nothing is guessed."""

from __future__ import annotations

import pickle
import random

import pytest

import etiograph as eg
from etiograph.findings.alike import alike
from etiograph.findings.line import medicine, read_line
from etiograph.findings.medicines import ATC
from etiograph.findings.speech import kidney_stage
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
        ("34 weeks pregnant", {"pregnancy": "third_trimester"}),
        ("27/40 pregnant", {"pregnancy": "first_or_second_trimester"}),
        ("2 weeks post partum", {"pregnancy": "first_six_weeks_after_birth"}),
        ("HbA1c 7.2%", {"hba1c": "7.2 %"}),
        ("HbA1c 55 mmol/mol", {"hba1c": "55 mmol/mol"}),
        ("eGFR 38 ml/min", {"kidney_disease": "stage_3_or_4"}),
        ("CKD stage 3", {"kidney_disease": "stage_3_or_4"}),
        ("haemodialysis", {"kidney_disease": "dialysis"}),
        ("vit D 10000 IU", {"vitamin_d_dose": "over_4000_iu"}),
        ("vit D 400 IU bd", {"vitamin_d_dose": "up_to_4000_iu"}),
        ("vit D 12 ng/ml", {"vitamin_d_25oh": "12 ng/mL"}),
        ("B6 200 mg", {"vitamin_b6_dose": "over_100_mg"}),
        ("PTH 120 pg/ml", {"parathyroid_hormone": "120 pg/mL"}),
        ("potassium is 2.6", {"serum_potassium": "2.6 mmol/L"}),
        ("K2.6,Na=128", {"serum_potassium": "2.6 mmol/L", "serum_sodium": "128 mmol/L"}),
        ("low potassium, Mg raised", {"serum_potassium": "low", "serum_magnesium": "high"}),
        ("hypokalaemia", {"potassium_level": "low"}),
        ("72-year-old woman on a statin", {"age": "65_and_over", "sex": "female", "statin": "yes"}),
        ("no history of diabetes", {"diabetes": "absent"}),
        ("not on any diuretic; no statins", {"diuretic": "none", "statin": "no"}),
        ("hx of DVT", {"previous_thrombosis": "present"}),
        ("DVT last year", {"previous_thrombosis": "present"}),
        ("drinks a bottle of wine a day", {"heavy_alcohol_use": "present"}),
        ("loop diuretic", {"diuretic": "loop"}),
        (
            "leg swelling one leg, red and warm; palpitations",
            {
                "leg_swelling": "one_leg",
                "warmth_or_redness": "present",
                "palpitations_or_fainting": "present",
            },
        ),
        ("67/M", {"age": "65_and_over", "sex": "male"}),
        ("HCTZ/lisinopril", {"diuretic": "thiazide", "ace_inhibitor_or_arb": "yes"}),
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
        ("no furosemide", "no furosemide", "another diuretic may be taken"),
        ("hello world", "hello world", "not understood"),
        ("eGFR 72", "eGFR 72", "neither shows nor excludes"),
        ("GFR 12", "GFR 12", "stage 5 of kidney disease; which"),
        ("HCT", "HCT", "hydrochlorothiazide or haematocrit"),
        ("HCT 25 mg", "25 mg", "the dose is not asked about"),
        ("BP tablets", "BP tablets", "may be diuretic, ACE inhibitor or ARB or another"),
        ("vit D 20000 IU weekly", "vit D 20000 IU weekly", "which: none, up to 4000 IU"),
        ("A1c 6.1", "A1c 6.1", "in %? then write the unit"),
        ("Mg 1.5", "Mg 1.5", "mmol/L (high) or mg/dL (low)?"),
        ("B12 180", "B12 180", "not understood"),
        ("cramps for 3 weeks at night", "for 3 weeks at night", "not understood"),
        ("quinine 200 mg", "200 mg", "the dose is not asked about"),
        ("CK 12,000", "CK 12,000", "may mean 12 or 12000: write it without a comma"),
        ("furosemide 40 ramipril 5", "40", "the dose is not asked about"),
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


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("? DVT", "suspected"),
        ("DVT excluded", "suspected"),
        ("mother had DVT", "about this person"),
        ("family history of varicose veins", "about this person"),
        ("hx of diabetes", "in the past"),
        ("stopped furosemide", "taken now"),
        ("allergic to omeprazole", "taken now"),
        ("no better since statin", "what of it is not so"),
        ("temperature 37", "no number is asked for"),
        ("smoked for 40 years", "not understood"),
        ("20 years of marriage", "not understood"),
        ("3 falls this year", "not understood"),
        ("ramipril, 72", "not understood"),
        ("not K low", "what it is instead"),
        ("no K 3.1", "what it is instead"),
    ],
)
def test_what_may_not_be_so_is_asked_and_never_entered(cramps, text, why) -> None:
    read = read_line(cramps, text)
    assert set(read.findings) <= {"ace_inhibitor_or_arb"}
    assert any(why in each.why for each in read.rest)


def test_a_bare_finding_behind_one_that_is_denied_is_asked_about(cramps) -> None:
    for text in ("no fever, chest pain", "denies fever, chest pain", "no fever and chest pain"):
        read = read_line(cramps, text)
        assert read.findings == {"fever": "absent"}
        assert read.rest[0].why.startswith("not there either?")
    for text in ("no fever; chest pain", "no fever but chest pain", "chest pain, no fever"):
        assert read_line(cramps, text).findings == {
            "fever": "absent",
            "breathlessness_or_chest_pain": "present",
        }


def test_what_a_person_came_with_is_there_behind_one_denial_and_a_comma(cramps) -> None:
    for text in ("no diabetes, cramps", "not diabetic, leg cramps"):
        read = read_line(cramps, text)
        assert read.findings == {"diabetes": "absent", "leg_cramps": "present"}
        assert not read.rest
    for text in ("denies fever, cramps", "no fever, diabetes, cramps", "no fever and cramps"):
        read = read_line(cramps, text)
        assert read.findings == {"fever": "absent"}
        assert (read.rest[-1].text, read.rest[-1].why[:16]) == ("cramps", "not there either")
    after = read_line(cramps, "no fever, cramps, chest pain")  # that may be denied, too
    assert after.findings == {"fever": "absent", "leg_cramps": "present"}
    assert [each.text for each in after.rest] == ["chest pain"]


def test_a_word_of_a_name_beside_its_state_is_understood(cramps) -> None:
    for text in ("one leg swollen", "one leg is swollen", "swollen one leg", "swollen, one leg"):
        read = read_line(cramps, text)
        assert read.findings == {"leg_swelling": "one_leg"}
        assert not read.rest, text
    assert [each.text for each in read_line(cramps, "one leg pain").rest] == ["pain"]


@pytest.mark.parametrize(
    ("text", "stage"),
    [(">90", 1), ("90", 1), ("89", 2), (">60", 2), ("60", 2), ("59", 3), ("30", 3), ("29", 4),
     ("15", 4), ("14", 5), ("<15", 5), ("<60", None), (">30", None), ("0", None), ("x", None)],
)  # fmt: skip
def test_stages_of_a_filtration_rate(text, stage) -> None:
    assert kidney_stage(text) == stage


def test_nothing_said_in_any_order_raises_or_is_lost(cramps) -> None:
    words = (
        *[
            "no",
            "?",
            "K",
            "3.1",
            ",",
            ";",
            "82",
            "f",
            "years",
            "mg",
            "40",
            "pregnant",
            "34",
            "weeks",
            "furosemide",
            "vit",
            "D",
            "IU",
        ],
        "DVT ago",
    )
    rng = random.Random(1)
    for _ in range(300):
        text = " ".join(rng.choices(words, k=7))
        read = read_line(cramps, text)
        for name, value in read.findings.items():
            understood(cramps, name, value)
        told = " ".join(one.text for one in (*read.said, *read.rest)).replace(",", "")
        for word in text.replace(",", "").replace(";", "").split():
            assert word in told.split(), (text, read)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("22 m marathon yesterday, cramps", "overdrinking_in_long_exercise"),  # run, not drunk
        ("68 m calf pain when walking, cramps", "leg_movement"),  # a complaint, not a remedy
    ],
)
def test_a_word_says_no_more_than_it_means(cramps, line, name):
    assert name not in read_line(cramps, line).findings


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("swollen warm", ("warmth_or_redness", "leg_swelling")),
        ("claudication", ("pain_on_walking", "peripheral_artery_disease")),
        ("numb saddle", ("bladder_or_saddle_symptoms", "numbness_or_stabbing_pain")),
        ("cold foot pale", ("cold_pale_leg",)),
        ("nothing like it", ()),
        ("since 3 weeks", ()),
    ],
)
def test_words_that_are_no_finding_bring_to_mind_what_is_named_alike(cramps, words, first):
    found = alike(cramps, words)
    assert set(found[: len(first)]) == set(first)
    assert bool(found) == bool(first)


@pytest.mark.parametrize(
    ("text", "findings", "left"),
    [
        ("one calf swollen", {"leg_swelling": "one_leg"}, []),
        ("unilateral calf swelling, warm calf",
         {"leg_swelling": "one_leg", "warmth_or_redness": "present"}, []),
        ("swollen right leg", {"leg_swelling": "one_leg"}, []),
        ("bilateral leg swelling", {"leg_swelling": "both_legs"}, []),
        ("no swollen or red leg", {"leg_swelling": "absent", "warmth_or_redness": "absent"}, []),
        ("swollen warm calf", {"warmth_or_redness": "present"}, ["swollen calf"]),
        ("no left leg swelling", {}, ["no left leg swelling"]),
        ("no low K, cramps", {"leg_cramps": "present"}, ["no low K"]),
        ("TSH < 0.1 mIU/L, K > 6", {"tsh": "<0.1 mIU/L", "serum_potassium": ">6 mmol/L"}, []),
        ("cramps in both calves", {"leg_cramps": "present"}, []),
        ("pain in the calf on walking", {"pain_on_walking": "present"}, []),
        ("vitamin D low B12 low", {"vitamin_d_25oh": "deficient"}, ["B12 low"]),
    ],
)  # fmt: skip
def test_one_leg_or_both_and_words_of_a_name_apart(text, findings, left):
    """A doctor's sentence about a leg is no less urgent for the order of its words."""
    line = read_line(eg.load("leg_cramps"), text)
    assert line.findings == findings
    assert [one.text for one in line.rest] == left
