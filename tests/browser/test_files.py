"""Files taken away and opened again: what is read back is what was there."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests.browser.steps import (
    chip,
    choose,
    close,
    give,
    now,
    press,
    ready,
    saved,
    share,
    step,
    turn,
    widget,
)
from tests.findings.fhir_records import bundle, observation, patient

import etiograph
from etiograph import formats, resources
from etiograph.formats.native import edited
from explorer import answers, files, texts

CLINIC = Path(__file__).resolve().parents[1] / "app" / "networks" / "clinic.toml"
LINK = "?case=clinic~0~sex.male~tablet.yes~serum_salt.131-20mmol-2FL~tablet..no"
FINDINGS = (("sex", "male"), ("tablet", "yes"), ("serum_salt", "131 mmol/L"))


def test_report_and_case_hold_what_was_entered_and_the_case_opens_elsewhere(open_page, tmp_path):
    page = open_page(query=LINK)
    share(page)
    report = saved(page, "download-report", tmp_path)
    case = saved(page, "download-case", tmp_path)
    assert (report.name, case.name) == ("clinic-report.html", "clinic-case.json")
    net = etiograph.load(CLINIC)
    whatif = ((("tablet", "no"),),)
    assert report.read_text("utf-8") == answers.report(net, FINDINGS, "html", net, scenarios=whatif)
    assert "The water tablet is stopped only after asking" in report.read_text("utf-8")
    link = files.read_case(case.read_text("utf-8"))
    assert (link.network, link.digest, link.own) == ("clinic", net.digest(), "")
    assert (link.case.findings, link.case.changes) == (FINDINGS, (("tablet", "no"),))
    other = open_page()
    give(other, case)
    for finding, words in (("sex", "Sex: male"), ("serum_salt", "Serum salt: 131 mmol/L")):
        expect(chip(other, finding)).to_have_accessible_name(words)
    expect(other).to_have_url(re.compile(r"~sex\.male~tablet\.yes~serum_salt.*~tablet\.\.no$"))
    expect(other.locator(".eg-rank")).to_have_count(1)
    assert now(other, "Low salt").inner_text() == now(page, "Low salt").inner_text()


def test_a_patients_record_opens_with_where_each_finding_came_from(open_page, tmp_path):
    code = {"coding": [{"system": "urn:etiograph:clinic", "code": "serum_salt"}]}
    result = observation("", 131.2, id="lab-7", code=code, effectiveDateTime=str(date.today()))
    urine = {**result, "id": "lab-8", "status": "preliminary"}
    file = tmp_path / "record.json"
    file.write_text(json.dumps(bundle(patient(), result, urine)), encoding="utf-8")
    page = open_page(query=LINK)
    box = give(page, file)
    expect(chip(page, "serum_salt")).to_have_accessible_name("Serum salt: 131.2 mmol/L")
    expect(chip(page, "tablet")).to_have_count(0)  # another person's
    expect(box).to_contain_text("serum_salt = 131.2 mmol/L: Observation/lab-7")
    expect(box).to_contain_text("has the status 'preliminary'")
    expect(page).not_to_have_url(re.compile("lab-7"))
    report = saved(page, "download-report", tmp_path).read_text("utf-8")
    assert "Observation/lab-7" in report
    assert "status &#x27;preliminary&#x27;" in report


BAD = {
    "states.bif": (b"network x {\n}\nvariable a {\n type discrete [ 3 ] { y, n };\n}\n", ":4: "),
    "part.toml": (b'format = 1\n[about]\nname = "x"\n[variables.a]\nstates = ["a", "b"]\n', ":4: "),
    "bytes.toml": (b"format = 1\n\xff", ":2: "),
    "torn.json": (b'{"format": "etiograph case 1",\n', "line 2"),
}


def test_a_bad_file_is_refused_with_its_line_and_the_case_stays(open_page, tmp_path):
    page = open_page(query="?case=clinic~0~sex.male")
    for name, (content, where) in BAD.items():
        path = tmp_path / name
        path.write_bytes(content)
        box = give(page, path)
        expect(box.get_by_role("alert")).to_contain_text(where)
        if path.suffix != ".json":
            with pytest.raises(etiograph.EtiographError) as refused:
                formats.read(path)
            said = str(refused.value).replace(str(path), name)
            expect(box.get_by_role("alert")).to_contain_text(said)
        expect(chip(page, "sex")).to_be_visible()
    close(page)
    press(page, "chip.sex")
    expect(page).not_to_have_url(re.compile("case="))


def test_a_network_of_the_readers_own_opens_in_both_formats(open_page, tmp_path):
    asia = etiograph.load("asia")
    for suffix in ("toml", "bif"):
        path = tmp_path / f"asia.{suffix}"
        formats.write(asia, path)
        page = open_page(query="?case=clinic~0~sex.male")
        give(page, path)
        # Our BIF carries in comments what the format has no place for: the title, too.
        expect(page.locator(".eg-title")).to_contain_text("Asia: a chest clinic")
        # Its key, so that a reload finds it again; nothing of the case before.
        expect(page).to_have_url(re.compile(r"case=asia\.[0-9a-f]{32}~[0-9a-f]{8}$"))
        right = f"{100 * asia.case().posterior()['bronchitis']['present']:.0f}"
        expect(now(page, "Bronchitis")).to_have_text(right)


def test_the_changed_network_comes_back_with_the_numbers_that_were_set(open_page, tmp_path):
    page = open_page(start="Priors", query="?case=clinic~0~swelling.both_legs")
    with step(page, "Priors"):
        search = widget(page, "prior-search").get_by_role("textbox")
        search.fill("stasis.leak")
        search.press("Enter")
    for field, number in (("Value", "0.3"), ("Low", "0.2"), ("High", "0.45")):
        with step(page, "Priors"):
            box = page.get_by_role("spinbutton", name=field, exact=True)
            box.fill(number)
            box.press("Enter")
    press(page, "prior-apply", "Priors")
    edited = page.get_by_role("paragraph").filter(has_text=" in the file, now ")
    expect(edited).to_have_text(
        re.compile(r": 0.1 \(0.05 to 0.2\) in the file, now 0.3 \(0.2 to 0.45\)$")
    )
    path = saved(page, "download-network", tmp_path)
    assert path.name == "clinic-changed.toml"
    read, original = formats.read(path), etiograph.load(CLINIC)
    number = read.parameters["stasis.leak"]
    assert (number.value, number.low, number.high) == (0.3, 0.2, 0.45)
    for name, parameter in original.parameters.items():
        if name != "stasis.leak":
            assert read.parameters[name] == parameter
    header = page.get_by_role("rowheader", name="Venous stasis", exact=True)
    cells = page.locator(".eg-compare tbody tr", has=header).locator(".eg-num")
    for cell, net in zip(cells.all(), (original, read), strict=True):
        p = net.case({"swelling": "both_legs"}).posterior()["stasis"]["present"]
        expect(cell).to_have_text(re.compile(f"^{100 * p:.0f}[0-9]+ to [0-9]+(up [0-9]+)?$"))
    # In a session of its own the file gives what the edits gave.
    turn(page, "Explore")
    other = open_page()
    give(other, path)
    close(other)
    choose(other, "swelling", "Both legs")
    expect(now(other, "Venous stasis")).to_have_text(now(page, "Venous stasis").inner_text())


def test_a_file_is_opened_from_the_menu_of_cases_too(open_page):
    page = open_page()
    widget(page, "cases").get_by_role("button").click()
    with step(page):
        page.get_by_role("option", name=texts.OPEN_FILE).or_(
            page.get_by_role("menuitem", name=texts.OPEN_FILE)
        ).click()
    expect(page.locator("input[type=file]")).to_have_count(1)


def test_a_changed_network_saved_and_opened_again_says_that_it_is_one(open_page, tmp_path):
    """One line differs from the published file, and every page says so by what the file states."""
    shipped = (resources.network_path("sprinkler")).read_text("utf-8")
    net = etiograph.load("sprinkler")
    name = next(iter(net.parameters))
    value = round(net.parameters[name].value * 0.9, 6)
    changed = tmp_path / "mine.toml"
    changed.write_text(edited(shipped, net.with_parameters({name: value})), "utf-8")
    page = open_page("sprinkler")
    give(page, changed)
    strip = page.locator(".eg-changed")
    expect(strip).to_contain_text("A changed copy of sprinkler")
    expect(strip).to_contain_text("1 number differs")
    page.reload()
    ready(page)
    expect(strip).to_contain_text("1 number differs")
    address = page.url.partition("?")[2]
    other = open_page("sprinkler", query=f"?{address}")
    expect(other.locator(".eg-changed")).to_contain_text("1 number differs")
    plain = open_page("sprinkler")
    expect(plain.locator(".eg-changed")).to_have_count(0)


def test_a_link_to_a_file_that_is_not_here_says_so_and_takes_nothing(open_page):
    page = open_page(query="?case=asia.0123456789abcdef~0~smoke.yes")
    expect(page.get_by_role("alert")).to_contain_text("somebody's own file")
    expect(page.locator(".eg-title")).to_contain_text("invented clinic")


def test_a_case_can_be_copied_as_a_command_and_as_python(open_page):
    page = open_page(query="?case=clinic~0~sex.female~tablet.yes")
    box = share(page)
    expect(box).to_contain_text("sex=female tablet=yes")
    expect(box).to_contain_text("import etiograph as eg")
