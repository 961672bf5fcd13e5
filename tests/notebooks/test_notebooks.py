"""The notebooks: they run, they say what their text says, and their outputs are stored."""

from __future__ import annotations

import pytest
from tests.notebooks.conftest import FOLDER, cells, run

NAMES = sorted(path.stem for path in FOLDER.glob("*.ipynb"))
LARGEST = 310_000
"""Bytes of a notebook with its pictures."""


def outputs(name: str) -> list[dict]:
    return [o for c in cells(name) if c["cell_type"] == "code" for o in c["outputs"]]


@pytest.mark.parametrize("name", NAMES)
def test_outputs_and_pictures_are_stored(name):
    found = outputs(name)
    assert not [o for o in found if o["output_type"] == "error"]
    kinds = {kind for o in found for kind in o.get("data", {})}
    assert kinds & {"image/svg+xml", "image/png"}
    assert (FOLDER / f"{name}.ipynb").stat().st_size < LARGEST
    run_all = [c["execution_count"] for c in cells(name) if c["cell_type"] == "code"]
    assert run_all == list(range(1, len(run_all) + 1))  # from top to bottom, once
    warned = [o for o in found if o.get("name") == "stderr"]
    assert not warned


@pytest.mark.parametrize("name", NAMES)
def test_nothing_stored_names_a_place_on_a_machine(name):
    text = (FOLDER / f"{name}.ipynb").read_text(encoding="utf-8")
    for place in (*(f"/{top}/" for top in ("home", "root", "tmp", "work")), "site-packages"):
        assert place not in text, place


@pytest.mark.parametrize("name", NAMES)
def test_readme_and_site_lead_to_it(name, root):
    assert f"notebooks/{name}.ipynb" in (root / "README.md").read_text(encoding="utf-8")
    assert f"notebooks/{name}.md" in (root / "mkdocs.yml").read_text(encoding="utf-8")


def test_a_clinician_is_led_from_findings_to_a_report(capsys):
    scope, ends = run("clinician")
    said = capsys.readouterr().out
    assert "SEE A PROFESSIONAL" in said
    assert "see: Low potassium" in said
    # What its text claims: the order is open, magnesium does next to nothing, the thiazide does something.
    assert "not settled" in scope["sure"].verdict
    stop, give = scope["stop"].difference, scope["give"].difference
    assert stop.high < 0
    assert stop.point < 3 * give.point < 0
    assert scope["why"].after > scope["why"].before
    assert sum(hasattr(end, "to_dict") for end in ends) >= 4


def test_a_teacher_gets_the_numbers_worked_by_hand(capsys):
    scope, _ = run("teacher")
    said = capsys.readouterr().out
    assert scope["seen"] == pytest.approx({"no": 0.264, "yes": 0.356}, abs=1e-12)
    assert scope["done"] == pytest.approx({"no": 0.36, "yes": 0.26}, abs=1e-12)
    had = 7 / 11 / 2 + 4 / 11 * 5 / 6  # P(no stress | no coffee, headache) = 7/11
    assert scope["imagined"]["headache"]["yes"] == pytest.approx(had, abs=1e-12)
    assert [sorted(each) for each in scope["net"].adjustment_sets("coffee", "headache")] == [
        ["stress"]
    ]
    # On the leg-cramp network the four questions have four answers, in the order the text says.
    answers = list(scope["answers"].values())
    taker, other, all_take, nobody, imagined, after, unchanged = answers
    assert taker - other > 0.03
    assert -0.02 < all_take - nobody < 0
    assert all_take < taker < after < unchanged < imagined
    assert "had" in scope["refusal"]
    assert len(scope["made"]) == 3
    assert "Keys" in said or "Answers" in said


def test_a_method_developer_measures_a_method_against_the_truth(capsys):
    scope, _ = run("method_developer")
    errors = scope["errors"].groupby("samples")["error"].median()
    assert errors[10_000] < errors[100]
    assert scope["off"].max() < 1e-12
    card = scope["card"]
    outcomes = {s.question.name: s.outcome for s in card.scores}
    assert outcomes["ordinary findings"] in ("right", "rounded")
    assert outcomes["do"] == "not offered"
    assert outcomes["2,000 weak findings (underflow)"] != "right"
    assert 0 < scope["cell"].low < scope["cell"].point < scope["cell"].high < 1
    assert "19 of 19" in capsys.readouterr().out


@pytest.mark.long  # updates and folds: half a minute
def test_a_clinic_finds_what_was_changed_before_anything_else():
    scope, _ = run("learning_from_a_clinic")
    first = [number.name for number in scope["up"].conflicts()]
    assert set(first) == set(scope["TRUTH"])
    assert scope["gain"].mean() > 3 * scope["error"]
    as_is, folded = scope["as_is"], scope["folded"]
    assert folded["brier"].value < as_is["brier"].value
    assert 0 < folded["intercept"].value < as_is["intercept"].value
    assert scope["wrong"].loc["low", "low"] > 0.2
    right = scope["right"].loc["low"]
    assert right["low"] < 0.2 < right["high"]


@pytest.mark.long
@pytest.mark.parametrize("name", NAMES)
def test_what_is_stored_is_what_a_fresh_run_says(name):
    import importlib.util

    spec = importlib.util.spec_from_file_location("run_notebooks", FOLDER / "run.py")
    assert spec is not None
    assert spec.loader is not None
    runner = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(runner)
    fresh = [o for c in runner.run(FOLDER / f"{name}.ipynb")["cells"] for o in c.get("outputs", ())]

    def texts(found):
        return [o.get("text") or o.get("data", {}).get("text/plain") for o in found]

    joined = [t if isinstance(t, str) or t is None else "".join(t) for t in texts(outputs(name))]
    assert joined == texts(fresh)
