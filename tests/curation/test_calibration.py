"""Calibration: numbers solved so that stated probabilities come out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

import etiograph as eg
from etiograph.commands import cli
from etiograph.conformance.cases import done, seen
from etiograph.curation.calibration import DIGITS, TOLERANCE, Probabilities, calibrate, targets_of
from etiograph.errors import ImpossibleFindings, InvalidNetwork
from etiograph.formats.native import edited, loads_native

SHIPPED = Path(__file__).parents[2] / "data" / "leg_cramps" / "model.toml"

# P(pain) = 1 - (1 - leak)(1 - 0.5 * 0.4) = 1 - 0.8 (1 - leak): for 0.36 the leak is 0.2.
TWO = """format = 1  # first line

[variables.strain]
states = ["no", "yes"]
mechanism.kind = "table"
mechanism.rows = [{p = {yes = 0.4}}]  # two in five

[variables.pain]
states = ["absent", "present"]
[variables.pain.mechanism]
kind = "noisy_or"
# the leak is solved
leak = {value = 0.05, low = 0.0, high = 0.5, grade = "D", note = "guessed"}  # see the end
links = [{parent = "strain", strength = {yes = 0.5}}]

[[calibration]]
solve = "pain.leak"
of = {pain = "present"}
value = 0.36
"""


def call(*words: object) -> Result:
    return CliRunner().invoke(cli.app, [str(word) for word in words])


def with_targets(text: str, *targets: str) -> str:
    return text.partition("[[calibration]]")[0] + "".join(
        f"[[calibration]]\n{t}\n" for t in targets
    )


def test_worked_by_hand() -> None:
    network, (solved,) = calibrate(loads_native(TWO))
    assert solved.before == pytest.approx(1 - 0.95 * 0.8, abs=1e-12)
    assert solved.new == 0.2
    assert solved.after == pytest.approx(0.36, abs=1e-12)
    assert network.parameters["pain.leak"].value == 0.2
    assert network.parameters["pain.leak"].low == 0.0
    assert solved.met


def test_after_a_finding() -> None:
    """P(strain | pain) = 0.4 (1 - 0.5 * 0.95) / P(pain): solved for the share of strain."""
    target = 'solve = "strain"\nof = {strain = "yes"}\ngiven = {pain = "present"}\nvalue = 0.5'
    network, (solved,) = calibrate(loads_native(with_targets(TWO, target)))
    # p (1 - 0.95 / 2) = (1 - p) 0.05, so p = 0.05 / 0.575.
    assert solved.new == pytest.approx(0.05 / 0.575, rel=1e-5)
    assert seen(network, {"pain": "present"}, "strain")[1] == pytest.approx(0.5, abs=1e-5)


def test_change_from_outside() -> None:
    """P(pain | do(strain = yes)) = 1 - (1 - leak) / 2: for 0.7 the leak is 0.4."""
    target = 'solve = "pain.leak"\nof = {pain = "present"}\ndo = {strain = "yes"}\nvalue = 0.7'
    network, (solved,) = calibrate(loads_native(with_targets(TWO, target)))
    assert solved.new == pytest.approx(0.4, abs=1e-6)
    assert done(network, {}, {"strain": "yes"}, "pain")[1] == pytest.approx(0.7, abs=1e-6)


COUPLED = """format = 1
[variables.a]
states = ["absent", "present"]
mechanism.kind = "noisy_or"
mechanism.leak = {value = 0.3, low = 0.01, high = 0.9}
[variables.b]
states = ["absent", "present"]
[variables.b.mechanism]
kind = "noisy_or"
leak = {value = 0.1, low = 0.001, high = 0.6}
links = [{parent = "a", strength = {present = {value = 0.5, low = 0.1, high = 0.95}}}]
[variables.c]
states = ["absent", "present"]
[variables.c.mechanism]
kind = "logit"
baseline = {present = 0.2}
[[variables.c.mechanism.effects]]
parent = "a"
odds_ratio = {present = 2.0}
[[variables.c.mechanism.effects]]
parent = "b"
odds_ratio = {present = {value = 1.0, low = 0.2, high = 20.0}}

[[calibration]]
solve = "a.leak"
of = {a = "present"}
given = {b = "present", c = "present"}
value = 0.7
[[calibration]]
solve = "b.leak"
of = {b = "present"}
value = 0.3
[[calibration]]
solve = "b.a"
of = {b = "present"}
given = {a = "present", c = ["absent", "present"]}
value = 0.7
[[calibration]]
solve = "c.b"
of = {c = "present", b = "present"}
given = {a = "absent"}
value = 0.07
"""


def test_several_that_move_one_another() -> None:
    """Four numbers, one of them an odds ratio; every target moves with every number."""
    network, solved = calibrate(loads_native(COUPLED))
    assert all(one.met for one in solved)
    assert seen(network, {"b": "present", "c": "present"}, "a")[1] == pytest.approx(0.7, abs=1e-5)
    assert seen(network, {}, "b")[1] == pytest.approx(0.3, abs=1e-5)
    assert seen(network, {"a": "present"}, "b")[1] == pytest.approx(0.7, abs=1e-5)
    both = (
        seen(network, {"a": "absent"}, "b")[1]
        * seen(network, {"a": "absent", "b": "present"}, "c")[1]
    )
    assert both == pytest.approx(0.07, abs=1e-5)
    again, _ = calibrate(network)
    assert again is network


@pytest.mark.parametrize("seed", range(6))
def test_brings_back_random_numbers(seed: int) -> None:
    """Targets are what the numbers give; from any other start the numbers are found again."""
    rng = np.random.default_rng(seed)
    network = loads_native(COUPLED)
    names = [t.parameter for t in targets_of(network)]
    inside = [
        (p.low or 0.0) + rng.uniform(0.2, 0.8) * ((p.high or 1.0) - (p.low or 0.0))
        for p in map(network.parameters.__getitem__, names)
    ]
    truth = network.with_parameters(dict(zip(names, inside, strict=True)))
    found = Probabilities(truth, targets_of(truth))(truth.parameter_values()[None])[0]
    stated = [
        {**item, "value": float(p)}
        for item, p in zip(network.about["calibration"], found, strict=True)
    ]
    start = eg.Network(network.variables, network.mechanisms, about={"calibration": stated})
    _, solved = calibrate(start)
    assert [one.after for one in solved] == pytest.approx(found.tolist(), abs=1e-5)
    for one, value in zip(solved, inside, strict=True):
        assert one.new == pytest.approx(value, rel=1e-3), one.old.name


def test_out_of_range_is_said_and_the_others_are_met() -> None:
    text = COUPLED.replace("value = 0.3\n[[", "value = 0.999\n[[")
    network, solved = calibrate(loads_native(text))
    assert [one.met for one in solved] == [True, False, True, True]
    assert solved[1].new == 0.6
    assert "b.leak (0.001 to 0.6)" in solved[1].complaint
    assert "upper end" in solved[1].complaint
    assert network.parameters["b.leak"].value == 0.6


def test_a_number_that_does_nothing() -> None:
    target = 'solve = "pain.leak"\nof = {strain = "yes"}\nvalue = 0.6'
    _, (solved,) = calibrate(loads_native(with_targets(TWO, target)))
    assert not solved.met
    assert solved.after == pytest.approx(0.4)
    assert solved.new == 0.05
    assert "pain.leak does not lead there" in solved.complaint


@pytest.mark.parametrize(
    ("targets", "said"),
    [
        ((), "states no targets"),
        (("solve = 'pain.leak'\nof = {pain = 'present'}\nvalue = 1.5",), "no probability"),
        (("solve = 'pain.leak'\nof = {}\nvalue = 0.5",), "no probability"),
        (("solve = 'pain.leak'\nof = {pain = 'present'}\nvalue = 0.5",) * 2, "two targets"),
        (
            (
                "solve = 'pain.leak'\nof = {pain = 'present'}\ndo = {strain = ['no', 'yes']}\nvalue = 0.5",
            ),
            "set to one state",
        ),
    ],
    ids=["none", "above 1", "of nothing", "twice", "soft do"],
)
def test_refused(targets: tuple[str, ...], said: str) -> None:
    with pytest.raises(InvalidNetwork, match=said):
        calibrate(loads_native(with_targets(TWO, *targets)))


def test_impossible_group() -> None:
    target = 'solve = "pain.leak"\nof = {pain = "present"}\ngiven = {strain = "yes"}\nvalue = 0.5'
    text = with_targets(TWO, target).replace("{yes = 0.4}", "{yes = 0.0}")
    with pytest.raises(ImpossibleFindings, match="this group is impossible"):
        calibrate(loads_native(text))


# -- the command ----------------------------------------------------------------------------------


def test_command_keeps_comments(tmp_path: Path) -> None:
    path, out = tmp_path / "two.toml", tmp_path / "out.toml"
    path.write_text(TWO, encoding="utf-8")
    said = call("calibrate", path, "-o", out)
    assert said.exit_code == 0, said.output
    assert out.read_text(encoding="utf-8") == TWO.replace("value = 0.05", "value = 0.2")
    assert path.read_text(encoding="utf-8") == TWO
    for cell in ("0.3600", "0.2400", "pain.leak", "0.05", "0.2", "yes"):
        assert cell in said.output


def test_command_without_output_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "two.toml"
    path.write_text(TWO, encoding="utf-8")
    assert call("calibrate", path).exit_code == 0
    assert [p.name for p in tmp_path.iterdir()] == ["two.toml"]
    assert path.read_text(encoding="utf-8") == TWO


def test_command_that_cannot(tmp_path: Path) -> None:
    path, out = tmp_path / "two.toml", tmp_path / "out.toml"
    path.write_text(TWO.replace("high = 0.5", "high = 0.1"), encoding="utf-8")
    said = call("calibrate", path, "-o", out)
    assert said.exit_code == 1
    # 1 - 0.9 * 0.8
    assert "not met: pain = present: wanted 0.36, nearest 0.28 at the upper end" in " ".join(
        said.output.split()
    )
    assert not out.exists()


def test_command_without_targets() -> None:
    said = call("calibrate", "sprinkler")
    assert said.exit_code == 2
    assert "states no targets" in said.output


# -- the shipped network --------------------------------------------------------------------------


def test_shipped_file_is_calibrated(tmp_path: Path) -> None:
    """Running the command changes nothing."""
    out = tmp_path / "model.toml"
    said = call("calibrate", "leg_cramps", "-o", out)
    assert said.exit_code == 0, said.output
    assert out.read_text(encoding="utf-8") == SHIPPED.read_text(encoding="utf-8")


def test_shipped_leak_is_brought_back(tmp_path: Path) -> None:
    """One leak moved: only its line changes, back to what it was to the rounding of the file."""
    name = "leg_cramps.leak.65_and_over.female"
    text = SHIPPED.read_text(encoding="utf-8")
    network = loads_native(text)
    stated = network.parameters[name]
    assert stated.low is not None
    moved, out = tmp_path / "moved.toml", tmp_path / "out.toml"
    away = edited(text, network.with_parameters({name: (stated.low + stated.value) / 2}))
    moved.write_text(away, encoding="utf-8")
    said = call("calibrate", moved, "-o", out)
    assert said.exit_code == 0, said.output
    before, after = (p.read_text(encoding="utf-8").splitlines() for p in (moved, out))
    changed = [(a, b) for a, b in zip(before, after, strict=True) if a != b]
    ((was, now),) = changed
    solved = eg.load(out).parameters[name]
    assert solved.value == pytest.approx(stated.value, abs=2 * TOLERANCE)
    assert was.replace(repr((stated.low + stated.value) / 2), repr(solved.value)) == now
    assert (solved.low, solved.high, solved.note) == (stated.low, stated.high, stated.note)
    assert float(f"{solved.value:.{DIGITS}g}") == solved.value
