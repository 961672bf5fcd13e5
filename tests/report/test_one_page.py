"""The report on one sheet: the danger first and in full, everything else cut to what there is room for."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

import etiograph as eg
from etiograph.errors import InvalidFinding
from etiograph.report.one_page import CAUSES

DANGER = {
    "leg_cramps": "present",
    "leg_swelling": "one_leg",
    "breathlessness_or_chest_pain": "present",
    "diuretic": "thiazide",
}


@pytest.fixture(scope="module")
def made():
    case = eg.load("leg_cramps").case(DANGER)
    return case.report(draws=20, scenarios=[{"diuretic": "none"}])


@pytest.mark.parametrize("form", ["to_page", "to_patient"])
def test_the_danger_comes_first_and_in_full(made, form) -> None:
    page = getattr(made, form)("28 November 2026", "http://127.0.0.1:1/?case=x")
    assert made.flags
    places = [page.index(flag.message.split(".")[0]) for flag in made.flags[:1]]
    assert max(places) < page.index("What is known" if form == "to_page" else "What you have told")
    assert page.index("28 November 2026") < min(places)
    assert "http://127.0.0.1:1/?case=x" in page
    assert made.digest in page
    assert "Not a medical device" in page
    assert not re.search(r"<script|<img|<link", page)


def test_what_is_changed_stands_on_it_with_its_caution(made) -> None:
    page = made.to_page()
    assert "What if" in page
    assert any("Caution" in line for line in made.scenarios)
    for line in made.scenarios[:2]:
        assert line.split('"')[0] in page


def test_what_has_no_room_is_counted(made) -> None:
    many = replace(
        made,
        findings=tuple(f"a finding that is number {k}" for k in range(300)),
        next=tuple(f"Ask: a question that is number {k}." for k in range(80)),
    )
    for page in (many.to_page(), many.to_patient()):
        (left,) = re.findall(r"(\d+) more findings in the full report", page)
        shown = page.count("a finding that is number")
        assert shown + int(left) == 300
        assert shown >= 4
    assert 3 <= made.to_page().count('<th scope="row">') <= CAUSES


def test_no_caution_is_parted_from_its_change(made) -> None:
    """What is said of a change is one line, so that it is on the sheet with its cautions or not at all."""
    twice = replace(made, scenarios=(*made.scenarios, *made.scenarios) * 6)
    for page in (twice.to_page(), twice.to_patient()):
        for item in re.findall("<li>(.*?)</li>", page):
            if item.startswith("Over the next") and "with &quot;" in item:
                assert "Caution" in item


def test_a_patient_is_told_in_plain_words(made) -> None:
    page = made.to_patient()
    assert "Do this first" in page
    assert "of 100 people like you" in page
    assert "digest" in page
    assert "odds" not in page.lower()
    with pytest.raises(InvalidFinding):
        eg.load("sprinkler").case(wet_grass="yes").report(draws=5).to_patient()


def test_a_patient_reads_what_the_numbers_are_of() -> None:
    """That many take a tablet does not blame it: what had a part, or else that it is only how common."""
    net = eg.load("leg_cramps_small")
    page = net.case({"diuretic": "thiazide"}).report(draws=5).to_patient()
    assert "What may have a part in it" in page
    assert "In people with leg cramps. Not entered: leg cramps." in page
    page = net.case({"diuretic": "thiazide", "leg_cramps": "absent"}).report(draws=5).to_patient()
    assert "What may have a part in it" not in page
    assert "How common some causes are" in page
    assert "not how often it had a part in leg cramps" in page


def test_a_patient_is_told_what_to_say_at_the_visit() -> None:
    case = eg.load("leg_cramps").case(leg_cramps="present", serum_potassium="3.1 mmol/L")
    made = case.report(draws=5)
    assert made.next[0].startswith("Rule out now: ")
    page = made.to_patient()
    assert "Rule out now" not in page
    assert f"First to be ruled out: {made.next[0].removeprefix('Rule out now: ')}" in page
    assert "Say at once if you have or take one of these: cold, pale leg" in page


def test_what_could_help_is_in_the_report_where_it_is_asked_for() -> None:
    case = eg.load("leg_cramps_small").case(leg_cramps="present", diuretic="thiazide")
    assert case.report(draws=5).helps == ()
    report = case.report(draws=5, helps=True)
    assert report.helps[0].startswith("Over the next" if case.network.horizon else "From now on")
    for page in (report.to_page(), report.to_text(), report.to_html()):
        assert "What could help" in page
