"""The small edition is what the command makes of the full network, and tells the same story."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import etiograph as eg
from etiograph.commands import cli
from etiograph.curation.projection_report import BEGIN, END
from etiograph.decision.red_flags import shown

DATA = Path(__file__).parents[2] / "data" / "leg_cramps_small"


def call(*words: object) -> Result:
    return CliRunner().invoke(cli.app, [str(word) for word in words])


@pytest.fixture(scope="module")
def full() -> eg.Network:
    return eg.load("leg_cramps")


@pytest.fixture(scope="module")
def small() -> eg.Network:
    return eg.load("leg_cramps_small")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, str]:
    """What the command of the README writes and prints."""
    folder = tmp_path_factory.mktemp("small")
    out, readme = folder / "model.toml", folder / "README.md"
    shutil.copy(DATA / "README.md", readme)
    said = call("project", "leg_cramps", DATA / "skeleton.toml", "-o", out, "--into", readme)
    assert said.exit_code == 0, said.output
    return out, readme, said.stdout


@pytest.mark.slow
def test_made_again_it_is_the_same(made: tuple[Path, Path, str], small: eg.Network) -> None:
    again = eg.load(made[0])
    # Names, states, notes (with the digest of the full network), warnings: all but the numbers' last digits.
    assert again.variables == small.variables
    assert (again.flags, again.rules, again.about) == (small.flags, small.rules, small.about)
    assert list(again.parameters) == list(small.parameters)
    for name, parameter in again.parameters.items():
        assert parameter.value == pytest.approx(small.parameters[name].value, abs=1e-12), name
        assert parameter.note == small.parameters[name].note
    for name in small.variables:
        assert again.parents(name) == small.parents(name)


@pytest.mark.slow
def test_readme_holds_what_is_printed(made: tuple[Path, Path, str]) -> None:
    text = (DATA / "README.md").read_text(encoding="utf-8")
    inside = text.partition(BEGIN)[2].partition(END)[0].strip("\n")
    assert inside == made[2].strip("\n")
    assert made[1].read_text(encoding="utf-8") == text


def test_it_is_computed_from_the_network_beside_it(full: eg.Network, small: eg.Network) -> None:
    origin = f"computed from leg_cramps {full.about['version']}, digest {full.digest()[:12]}"
    assert {p.note for p in small.parameters.values()} == {origin}
    assert full.digest() in small.about["source"]


def test_what_it_holds(small: eg.Network) -> None:
    assert small.about["name"] == "leg_cramps_small"
    assert 15 <= len(small.variables) <= 18
    assert small.about["target"] == "leg_cramps"
    assert {v.group for v in small.variables.values()} <= set(small.about["groups"])
    assert small.variables["calcium_supplement"].states == ("no", "yes")
    assert small.mechanisms["leg_cramps"].kind == "noisy_or"
    assert "calcium_supplement" not in small.parents("leg_cramps")
    rows = (DATA.parent / "leg_cramps" / "evidence.csv").read_text(encoding="utf-8").splitlines()
    known = {row["id"] for row in csv.DictReader(rows)}
    assert {e for rule in small.rules for e in rule.get("evidence", ())} <= known


@pytest.mark.parametrize(
    ("finding", "cause", "state"),
    [
        ({"serum_magnesium": "0.62 mmol/L"}, "magnesium_depletion", "present"),
        ({"serum_magnesium": "1.5 mg/dL"}, "magnesium_depletion", "present"),
        ({"serum_potassium": "3.2 mEq/L"}, "potassium_level", "low"),
        ({"vitamin_d_25oh": "35 nmol/L"}, "vitamin_d_status", "deficient"),
        ({"numbness_or_stabbing_pain": "present"}, "peripheral_neuropathy", "present"),
        ({"skin_change": "present"}, "poor_circulation", "venous"),
        ({"diuretic": "thiazide"}, "magnesium_depletion", "present"),
        ({"diuretic": "thiazide"}, "potassium_level", "low"),
    ],
)
def test_what_speaks_for_what(
    small: eg.Network, finding: dict[str, str], cause: str, state: str
) -> None:
    before, after = small.case().posterior(), small.case(finding).posterior()
    assert after[cause][state] > 1.1 * before[cause][state]


def test_marginals_are_those_of_the_full_network(full: eg.Network, small: eg.Network) -> None:
    """Parents that depend on one another only through what is left out cost next to nothing.

    serum_magnesium, a mixture in the full network (excess in 1 %), is one normal here; the liver, which
    brings cramps and low magnesium alike, is summed out.
    """
    large, little = full.case().posterior(), small.case().posterior()
    for name in small.variables:
        near = 0.004 if name == "serum_magnesium" else 2e-4
        for state, p in little[name].items():
            if state in large[name]:
                assert p == pytest.approx(large[name][state], abs=near), (name, state)


def test_blamed_supplement(small: eg.Network) -> None:
    """Lesson 1: takers cramp more often, taking it changes next to nothing."""

    def cramps(case: eg.Case) -> float:
        return case.posterior()["leg_cramps"]["present"]

    seen = cramps(small.case(calcium_supplement="yes")) - cramps(
        small.case(calcium_supplement="no")
    )
    do = [cramps(small.case().do(calcium_supplement=s)) for s in ("no", "yes")]
    assert seen > 0.03
    assert abs(do[1] - do[0]) < 0.003


def test_explaining_away(small: eg.Network) -> None:
    """Lesson 2."""
    cramps = {"leg_cramps": "present", "diabetes": "present"}
    first = small.case(cramps).posterior()["peripheral_neuropathy"]["present"]
    second = small.case({**cramps, "serum_magnesium": "0.62 mmol/L"}).posterior()
    assert second["peripheral_neuropathy"]["present"] < first


def test_potassium_leaves_the_circulation(small: eg.Network) -> None:
    """Lesson 3."""
    before, after = small.case().posterior(), small.case(serum_potassium="2.9 mmol/L").posterior()
    assert after["potassium_level"]["low"] > 0.9
    assert after["poor_circulation"]["venous"] == pytest.approx(
        before["poor_circulation"]["venous"], abs=0.02
    )


@pytest.mark.slow
def test_loop_diuretic_looks_a_little_too_bad(full: eg.Network, small: eg.Network) -> None:
    """What the README says of a left-out common cause."""
    effect = [
        net.case().do(diuretic="loop").posterior()["leg_cramps"]["present"] for net in (full, small)
    ]
    assert effect[0] < effect[1] < effect[0] + 0.02


def test_warnings_still_come(small: eg.Network) -> None:
    urgent = shown(small.case(serum_potassium="2.8 mmol/L").red_flags())
    assert [flag.level for flag in urgent] == ["urgent"]
    assert small.case(breathlessness_or_chest_pain="present").red_flags()
    assert any(f.level == "caution" for f in small.case().do(diuretic="none").red_flags())


def test_on_the_command_line() -> None:
    asked = call("ask", "leg_cramps_small", "leg_cramps=present", "diuretic=thiazide", "--why")
    assert asked.exit_code == 0, asked.output
    assert "magnesium depletion" in asked.output
    assert call("check", "leg_cramps_small").exit_code == 0
