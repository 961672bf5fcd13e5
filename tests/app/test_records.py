"""A patient's record opened from a file: findings, where each came from, and what was not used."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from tests.findings.fhir_records import bundle, condition, observation, patient, request

from etiograph.formats.text import MAX_BYTES

CANARY = "Canary-Family"


def html(app):
    return "\n".join(part.value for part in app.html)


def lately(days=3):
    return str(date.today() - timedelta(days=days))


def written(**more):
    who = patient(birthDate="1950-03-04", gender="female", name=[{"family": CANARY}])
    return bundle(
        who,
        observation(effectiveDateTime=more.get("on", lately())),
        condition("77386006", onsetDateTime=lately(60), recordedDate=lately(60)),
        request("C03AA03", authoredOn=lately()),
        observation("2823-3", 3.1, effectiveDateTime="2010-01-01"),
        {"resourceType": "Claim", "id": "<b>x</b>"},
    )


@pytest.fixture
def opened(open_app):
    """The explorer with the box of files open."""
    app = open_app("leg_cramps")
    app.session_state["share"] = True
    return app.run()


def given(app, whole, name="record.json"):
    content = whole if isinstance(whole, bytes) else json.dumps(whole).encode()
    return app.get_by_key("upload").set_value((name, content, "application/json")).run()


def findings(app):
    return dict(app.session_state["history"].present.findings)


def test_findings_with_where_they_came_from(opened):
    app = given(opened, written())
    assert not app.exception
    assert findings(app) == {
        "age": "65_and_over",
        "sex": "female",
        "diuretic": "thiazide",
        "serum_magnesium": "0.62 mmol/L",
    }
    page = html(app)
    assert "serum_magnesium = 0.62 mmol/L: Observation/o-2601-3" in page
    assert "is older than 90 days" in page
    assert "Claim/&lt;b&gt;x&lt;/b&gt;: resources of this type are not read" in page
    assert "pregnancy = not none or first_six_weeks_after_birth" in page  # to be entered by hand
    assert "Findings taken from the record: 4" in app.warning[0].value.replace("\\", "")
    assert CANARY not in page
    assert "1950" not in page


def test_it_is_a_case_of_its_own_and_can_be_undone(opened):
    opened.session_state["history"] = opened.session_state["history"].to(
        type(opened.session_state["history"].present)((("cold_feet", "present"),))
    )
    app = given(opened.run(), written())
    assert "cold_feet" not in findings(app)
    app.button(key="undo").click().run()
    assert findings(app) == {"cold_feet": "present"}


def test_another_day_reads_it_again(opened):
    app = given(opened, written(on="2020-05-01"))
    assert "serum_magnesium" not in findings(app)
    app.date_input(key="record-day").set_value(date(2020, 6, 1)).run()
    assert not app.exception
    assert findings(app)["serum_magnesium"] == "0.62 mmol/L"
    assert app.date_input(key="record-day").value == date(2020, 6, 1)


def test_a_line_each(opened):
    lines = "\n".join(
        json.dumps(r) for r in (patient(gender="male"), observation(effectiveDateTime=lately()))
    )
    app = given(opened, lines.encode(), "record.ndjson")
    assert set(findings(app)) == {"sex", "serum_magnesium"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"resourceType": "Patient", "id": 1, "id": 2}', "stands twice"),
        (b'{"resourceType": "Patient"', "no JSON"),
        (b'{"resourceType": "Bundle", "type": "history"}', "is not read"),
        (json.dumps(bundle(patient(), {**patient(), "id": "q"})).encode(), "2 patients"),
        (b'{"resourceType": "' + b"x" * MAX_BYTES + b'"}', "larger than the limit"),
    ],
)
def test_a_bad_one_leaves_everything_as_it_is(opened, content, said):
    app = given(opened, written())
    before = findings(app)
    app = given(app, content, "bad.json")
    assert not app.exception
    assert said in app.error[0].value.replace("\\", "")
    assert findings(app) == before


def test_another_session_sees_nothing_of_it(opened, open_app):
    given(opened, written())
    other = open_app("leg_cramps")
    other.session_state["share"] = True
    other = other.run()
    assert "Observation/o-2601-3" not in html(other)
    assert findings(other) == {}
