"""What the READMEs say in figures of the leg-cramp network is what it has."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

import pytest

import etiograph as eg
from etiograph.curation import agreement, published, statistics
from etiograph.formats.native import save_native

ROOT = Path(__file__).parents[2]
DATA = ROOT / "data" / "leg_cramps"


@cache
def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@cache
def compared() -> tuple[statistics.Compared, ...]:
    net = eg.load("leg_cramps")
    return statistics.compare(net, published.read_checks(net, DATA / "checks.toml"))


def test_the_table_is_the_one_the_command_writes() -> None:
    net = eg.load("leg_cramps")
    known = published.read_evidence(DATA / "evidence.csv")
    shown = text(DATA / "README.md").partition(agreement.BEGIN)[2].partition(agreement.END)[0]
    aside = statistics.compare(net, published.read_checks(net, DATA / "held_out.toml"))
    assert shown.strip() == agreement.markdown(net, compared(), known, aside).strip()


def test_counts_of_variables_and_numbers() -> None:
    net = eg.load("leg_cramps")
    said = f"{len(net.variables)} variables, {len(net.parameters)} numbers"
    assert said in text(DATA / "README.md")
    small = text(ROOT / "data" / "leg_cramps_small" / "README.md")
    assert f"of the {len(net.variables)} variables" in small


def test_the_share_of_predicted_questions_met() -> None:
    inside, total = statistics.count_inside(statistics.questions(compared()), is_set=False)
    each, figures = statistics.count_inside(compared(), is_set=False)
    prose = " ".join(text(DATA / "README.md").split())
    assert (
        f"**{inside} of {total} predicted questions are met ({100 * inside / total:.0f} %)**"
        in prose
    )
    assert f"it is {agreement.share(each, figures)}" in prose
    said = (
        f"Of {total} questions on which statistics were published that no number of the leg-cramp "
        f"network cites, it meets {inside} ({100 * inside / total:.0f} %); "
        f"figure by figure {each} of {figures}."
    )
    assert said in " ".join(text(ROOT / "README.md").split())


def test_the_bar_for_predicted_questions() -> None:
    inside, total = statistics.count_inside(statistics.questions(compared()), is_set=False)
    assert total >= 25
    assert inside >= 0.85 * total


def test_every_predicted_question_not_met_is_explained() -> None:
    prose = text(DATA / "README.md").partition(agreement.BEGIN)[0]
    table = re.findall(r"^\| (E\d{3}(?:, E\d{3})*) \|", prose, flags=re.MULTILINE)
    explained = {e for cell in table for e in cell.split(", ")}
    asked = [q for q in statistics.questions(compared()) if not q.inside and not q.is_set]
    assert explained == {check.evidence[0] for question in asked for check in question.checks}


def test_two_people_can_disagree_about_a_number(tmp_path: Path) -> None:
    """The example of the README: one line of a copy, another answer, and comments survive a save."""
    source = text(DATA / "model.toml")
    old, new = re.findall(r"s/(strength\.thiazide = .*?)/(.*?)/'", text(DATA / "README.md"))[0]
    assert source.count(old) == 1
    mine = tmp_path / "mine.toml"
    mine.write_text(source.replace(old, new), encoding="utf-8")
    person = {"diuretic": "thiazide", "leg_cramps": "present", "age": "65_and_over"}

    def depleted(net: eg.Network) -> str:
        p = net.case(person).posterior()["magnesium_depletion"]["present"]
        return f"{100 * p:.0f} %"

    theirs, own = depleted(eg.load("leg_cramps")), depleted(eg.load(mine))
    prose = " ".join(text(DATA / "README.md").split())
    assert f"{own} of such cramping people are short of magnesium instead of {theirs}" in prose
    name = "magnesium_depletion.diuretic.thiazide"
    saved = tmp_path / "saved.toml"
    again = eg.load(mine).with_parameters({name: 2.0})
    save_native(again, saved, mine.read_text(encoding="utf-8"))
    before, after = (p.read_text(encoding="utf-8").splitlines() for p in (mine, saved))
    changed = [i for i, (a, b) in enumerate(zip(before, after, strict=True)) if a != b]
    assert len(changed) == 1
    assert "strength.thiazide = {value = 2.0, low = 1.5" in after[changed[0]]
    assert eg.load(saved).digest() == again.digest()


@pytest.mark.long
def test_of_the_five_numbers_that_move_a_typical_answer_most_guesses_are_those_named() -> None:
    """Nothing is published for them; another guess among the five is a fault of the network."""
    net, vignettes = eg.load("leg_cramps"), tomllib.loads(text(DATA / "vignettes.toml"))
    findings = {case["id"]: case["findings"] for case in vignettes["cases"]}
    asked = {
        "t01": "magnesium_depletion", "t03": "liver_disease", "t04": "venous_stasis",
        "t05": "peripheral_neuropathy", "t06": "lumbar_nerve_compression",
        "t07": "arterial_insufficiency",
    }  # fmt: skip
    guesses = set()
    for case_id, cause in asked.items():
        case, acted = net.case(findings[case_id]), "leg_cramps" in findings[case_id]
        bars = case.tornado(cause, groups=False, acted=acted).bars
        guesses |= {bar.name for bar in bars[:5] if bar.grade == "D"}
    assert guesses == {
        "leg_cramps.sodium_level", "leg_movement", "cold_feet.leak", "cold_feet.arterial_insufficiency",
    }  # fmt: skip


def test_the_weaknesses_are_those_of_the_model_file() -> None:
    """What the explorer shows beside the answer and what the README lists are one list."""
    part = text(DATA / "README.md").partition("## Known weaknesses")[2].partition("\n## ")[0]
    listed = [" ".join(item.split()) for item in part.strip().removeprefix("- ").split("\n- ")]
    assert listed == list(eg.load("leg_cramps").about["weaknesses"])
