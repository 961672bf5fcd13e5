"""What is entered stays in the session: a value nobody else knows is looked for in all the server wrote."""

from __future__ import annotations

import json
import random
import time
from contextlib import suppress
from datetime import date

from playwright.sync_api import expect
from tests.browser.conftest import CLINIC, ROOT
from tests.browser.steps import (
    chip,
    close,
    give,
    own_cases,
    press,
    ready,
    saved,
    share,
    step,
    turn,
    widget,
    work,
)
from tests.findings.fhir_records import bundle, observation, patient
from tests.serving import Server


def test_findings_are_in_no_log_and_in_no_file(open_page, tmp_path):
    value = f"{random.Random(time.time_ns()).randrange(10**6 + 1, 10**7, 2)}"  # of this run only; no last 0
    reading, name = f"131.{value}", f"canary{value}"
    place = tmp_path / "server"
    folders = {key: place / key.lower() for key in ("HOME", "TMPDIR", "XDG_CACHE_HOME", "cwd")}
    for folder in folders.values():
        folder.mkdir(parents=True)
    started = time.time()
    environment = {key: str(folder) for key, folder in folders.items() if key != "cwd"}
    server = Server(CLINIC, folders["cwd"] / "log.txt", environment)
    try:
        server.wait()
        page = open_page(server=server, query=f"?case=clinic~0~{name}.yes~tablet.{name}")
        with step(page):
            number = page.get_by_role("textbox", name="Serum salt", exact=True)
            number.fill(reading)
            number.press("Enter")
        expect(chip(page, "serum_salt")).to_have_accessible_name(f"Serum salt: {reading} mmol/L")
        page.reload()  # the address, with the finding in it, as a request
        ready(page)
        expect(chip(page, "serum_salt")).to_be_visible()
        case = {"format": "etiograph case 1", "network": name, "digest": "", "findings": {}}
        for file, content in ((f"{name}.json", json.dumps(case)), (f"{name}.toml", name)):
            (tmp_path / file).write_text(content)
            expect(give(page, tmp_path / file).get_by_role("alert")).to_be_visible()
        record = tmp_path / f"record-{name}.json"
        record.write_text(json.dumps(bundle(patient(name=name), result(name, float(reading)))))
        expect(give(page, record)).to_contain_text(f"Observation/{name}")
        share(page)
        assert reading in saved(page, "download-report", tmp_path).read_text("utf-8")
        assert reading in saved(page, "download-case", tmp_path).read_text("utf-8")
        close(page)
        for view in ("Compare", "Why", "Priors"):
            turn(page, view)
        cases = tmp_path / f"cases-{name}.csv"
        rows = "".join(
            f"yes,{'present' if k % 2 else 'absent'},{reading},{name}\n" for k in range(40)
        )
        cases.write_text(f"tablet,cramps,serum_salt,{name}\n{rows}")
        own_cases(page, cases)
        expect(
            page.get_by_text(f"Not used, because no variable is called so: {name}")
        ).to_be_visible()
        work(page, "cohort-learn", "cohort-take")
        with step(page, "Priors"):
            widget(page, "cohort-question").get_by_role("radio", name="How good is it").click()
        work(page, "judge-go", "judge-csv")
        press(page, "reset", "Priors")
        page.close()  # before the server: a page that loses it complains
    finally:
        server.stop()
    looked = written_since(started, [place, ROOT / "app", ROOT / "model", ROOT / "data"])
    assert any(b"127.0.0.1" in content for content in looked.values())  # the log is among them
    for secret in (value, name, "serum_salt", "Serum salt"):
        holding = [path for path, content in looked.items() if secret.encode() in content]
        assert [path for path in holding if path.is_relative_to(place)] == [], secret
        assert secret not in (value, name) or holding == []


def result(own, value):
    """A result in the network's own code."""
    code = {"coding": [{"system": "urn:etiograph:clinic", "code": "serum_salt"}]}
    today = str(date.today())
    return observation("", value, id=own, code=code, effectiveDateTime=today)


def written_since(started, folders):
    """Every file below some folders that was written after a moment, with what it holds."""
    found = {}
    for folder in folders:
        for path in folder.rglob("*"):
            with suppress(FileNotFoundError):  # gone meanwhile: another test's
                if path.is_file() and path.stat().st_mtime >= started - 1:
                    found[path] = path.read_bytes()
    return found
