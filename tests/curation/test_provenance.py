"""What `etiograph check` says of numbers and the rows they cite: broken copies, one for each rule."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

import etiograph as eg
from etiograph.commands import cli
from etiograph.curation import provenance, published
from etiograph.resources import data_folder

FILES = ("model.toml", "evidence.csv", "checks.toml")
NETWORK = """
format = 1
[about]
name = "ache"
[variables.drug]
states = ["no", "yes"]
[variables.drug.mechanism]
kind = "table"
rows = [{p = {yes = {value = 0.5, low = 0.4, high = 0.6, grade = "B", evidence = ["E1"], note = "Half."}}}]
[variables.ache]
states = ["absent", "present"]
[variables.ache.mechanism]
kind = "noisy_or"
leak = {value = 0.1, low = 0.05, high = 0.2, grade = "D", note = "Guessed."}
[[variables.ache.mechanism.links]]
parent = "drug"
strength.yes = {value = 2.0, low = 1.0, high = 4.0, kind = "odds_ratio", baseline = 0.1, grade = "C", evidence = ["E2"], note = "Cohort."}
[variables.level]
states = ["low", "high"]
[variables.level.mechanism]
kind = "reading"
parents = ["ache"]
unit = "mmol/L"
units = {"mg/dL" = 0.5}
plausible = [0.0, 100.0]
cutpoints = [5.0]
bins = ["low", "high"]
mean = {value = 4.0, low = 3.0, high = 5.0, grade = "A", evidence = ["E3"], note = "Mean."}
sd = {value = 1.0, low = 0.5, high = 2.0, grade = "D", note = "Guessed."}
[[variables.level.mechanism.shifts]]
parent = "ache"
shift.present = {value = 1.0, low = 0.5, high = 2.0, grade = "C", evidence = ["E4"], note = "Ten cases."}
[[rules]]
id = "see"
level = "see"
when = {ache = "present"}
message = "See somebody."
evidence = ["E1"]
"""
HEAD = "id,quantity,value,ci_low,ci_high,unit,kind,grade,note\n"
ROWS = {
    "E1": "Use,0.5,0.4,0.6,proportion,prevalence,B,",
    "E2": "Effect,2.2,,,odds ratio,OR,B,",
    "E3": "Level,8,6,10,mg/dL,reference_range,A,",
    "E4": "Shift,0.9,,,mmol/L difference,trial_effect,B,",
    "E5": "Nothing seen,,,,none,none_found,D,Contradicts E2: no effect",
}
CHECKS = """
[[checks]]
id = "use"
statistic = "probability"
of = {drug = "yes"}
value = 0.5
low = 0.45
high = 0.55
evidence = ["E1"]
set = true
"""


def write(folder: Path, old: str = "", new: str = "", **rows: str) -> Path:
    """A small network with its rows, something in either replaced."""
    (folder / "model.toml").write_text(NETWORK.replace(old, new) if old else NETWORK, "utf-8")
    text = "".join(f"{e},{row}\n" for e, row in {**ROWS, **rows}.items())
    (folder / "evidence.csv").write_text(HEAD + text, "utf-8")
    (folder / "checks.toml").write_text(CHECKS, "utf-8")
    return folder / "model.toml"


def check(path: Path | str) -> tuple[int, str]:
    done = CliRunner().invoke(cli.app, ["check", str(path)])
    return done.exit_code, done.stderr


def line_of(path: Path, part: str) -> int:
    (line,) = [i for i, text in enumerate(path.read_text("utf-8").splitlines(), 1) if part in text]
    return line


def test_the_whole_file_passes_and_is_warned_of_the_row_against_it(tmp_path: Path) -> None:
    path = write(tmp_path)
    assert check(path) == (
        0,
        f"warning: {path}:{line_of(path, 'strength.yes')}: ache.drug: "
        "E5, which no number cites, contradicts E2: Nothing seen\n",
    )


@pytest.mark.parametrize(
    ("name", "rule", "old", "new", "said"),
    [
        ("drug", "unknown", '["E1"], note', '["E9"], note', "unknown evidence 'E9'"),
        ("rule see", "unknown", 'evidence = ["E1"]\n', 'evidence = ["E8"]\n', "'E8'"),
        ("drug", "missing", 'grade = "B"', 'grade = ""', "grade missing"),
        ("drug", "missing", "low = 0.4, high = 0.6, ", "", "no range"),
        ("drug", "missing", 'note = "Half."', 'note = " "', "no note"),
        ("drug", "grade", '["E1"], note', "[], note", "graded B without a row"),
        ("ache.drug", "grade", 'grade = "C", evidence = ["E2"]',
         'grade = "D", evidence = ["E2"]', "graded D (a guess) but cites E2"),
        ("ache.drug", "grade", 'grade = "C", evidence = ["E2"]',
         'grade = "B", evidence = ["E5"]', "hold no better than grade D"),
        ("ache.drug", "range", "value = 2.0, low = 1.0", "value = 1.2, low = 1.0",
         "value 1.2 is outside the range of E2 (1.65 to 2.75)"),
        # 2.9 mmol/L is 5.8 mg/dL
        ("level", "range", "value = 4.0, low = 3.0", "value = 2.9, low = 2.0",
         "value 2.9 is outside the range of E3 (3 to 5)"),
        ("level.ache", "range", "value = 1.0, low = 0.5, high = 2.0, grade = \"C\"",
         "value = 1.5, low = 0.5, high = 2.0, grade = \"C\"", "outside the range of E4"),
        ("ache.drug", "unit", 'evidence = ["E2"]', 'evidence = ["E4"]',
         "an odds ratio does not follow from E4 (mmol/L difference)"),
        ("level.ache", "unit", 'evidence = ["E4"]', 'evidence = ["E2"]',
         "a difference in mmol/L does not follow from E2 (odds ratio)"),
    ],
)  # fmt: skip
def test_each_rule_has_a_broken_copy(
    tmp_path: Path, name: str, rule: str, old: str, new: str, said: str
) -> None:
    path = write(tmp_path, old, new)
    network = eg.load(path)
    known = published.evidence_beside(network, path)
    found = [c for c in provenance.violations(network, known) if c.name.startswith(name)]
    assert [c.rule for c in found] == [rule], found
    code, error = check(path)
    assert code == 2
    assert said in error
    marks = {"rule see": 'message = "See', "ache.drug": "strength.yes", "drug": "rows = ["}
    if name in ("ache.drug", "drug"):
        assert f"{path}:{line_of(path, marks[name])}: {found[0].name}: " in error


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('note = "Cohort."', 'note = "Half of E2, which is of inpatients."'),
        ('note = "Cohort."', 'note = "2.2, pulled towards no effect."'),
    ],
)
def test_a_note_that_says_why_is_heard(tmp_path: Path, old: str, new: str) -> None:
    path = write(tmp_path, old, new)
    path.write_text(path.read_text("utf-8").replace("value = 2.0", "value = 1.2"), "utf-8")
    assert check(path)[0] == 0


def test_a_guess_in_view_of_rows_says_that_it_is_one(tmp_path: Path) -> None:
    path = write(tmp_path, 'grade = "C", evidence = ["E2"], note = "Cohort."',
                 'grade = "D", evidence = ["E2"], note = "Guessed."')  # fmt: skip
    assert check(path)[0] == 0


def test_a_row_may_be_set_only_if_a_number_cites_it(tmp_path: Path) -> None:
    path = write(tmp_path)
    (tmp_path / "checks.toml").write_text(CHECKS.replace("true", "false"), "utf-8")
    code, error = check(path)
    assert code == 2
    assert "statistic use: set = false, but drug" in error
    assert "cites E1" in error


def test_unused_evidence_against_a_set_value_is_a_warning(tmp_path: Path) -> None:
    path = write(tmp_path, E6="Use again,0.8,,,proportion,prevalence,B,")
    more = CHECKS.replace('"use"', '"again"').replace('"E1"', '"E6"').replace("true", "false")
    more = more.replace("0.55", "0.9").replace("0.45", "0.7").replace("value = 0.5", "value = 0.8")
    (tmp_path / "checks.toml").write_text(CHECKS + more, "utf-8")
    code, error = check(path)
    assert code == 0
    assert f"warning: {path}:{line_of(path, 'rows = [')}: drug: E6, which no" in error
    assert "says 0.7 to 0.9 (probability of yes); the numbers give 0.5" in error


def test_a_table_is_found_beside_the_file_or_by_its_name(tmp_path: Path) -> None:
    path = write(tmp_path)
    (tmp_path / "evidence.csv").rename(tmp_path / "rows.csv")
    assert check(path) == (0, "")  # promises no sources
    path.write_text(NETWORK.replace('"ache"\n', '"ache"\nevidence = "rows.csv"\n', 1), "utf-8")
    assert "warning" in check(path)[1]
    path.write_text(NETWORK.replace('"ache"\n', '"ache"\nevidence = "no.csv"\n', 1), "utf-8")
    assert check(path)[0] == 2


# -- the leg-cramp network -----------------------------------------------------------------------


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for name in FILES:
        shutil.copy(data_folder() / "leg_cramps" / name, tmp_path / name)
    return tmp_path / "model.toml"


def test_the_shipped_file_passes() -> None:
    code, error = check("leg_cramps")
    assert code == 0, error
    assert all(line.startswith("warning: ") for line in error.splitlines())


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('evidence = ["E614"]', 'evidence = ["E999"]', "unknown evidence 'E999'"),
        ('grade = "B", evidence = ["E870"]', 'evidence = ["E870"]', "grade missing"),
        ('value = 1.9, low = 1.3, high = 2.6, grade = "B", evidence = ["E870"], note = "2.0 (1.5 to 2.6) in the same survey, not adjusted for age."',
         'value = 3.9, low = 1.5, high = 4.4, grade = "B", evidence = ["E870"], note = "US adults."',
         "value 3.9 is outside the range of E870 (1.507 to 2.594)"),
        ('evidence = ["E614"]', 'evidence = ["E564"]', "does not follow from E564 (mmol/L)"),
        ('grade = "B", evidence = ["E870"]', 'grade = "D", evidence = ["E870"]', "a guess"),
    ],
)  # fmt: skip
def test_a_broken_copy_is_refused_with_its_line(copy: Path, old: str, new: str, said: str) -> None:
    text = copy.read_text("utf-8")
    assert text.count(old) == 1
    line = text[: text.index(old)].count("\n") + 1
    copy.write_text(text.replace(old, new), "utf-8")
    code, error = check(copy)
    assert code == 2
    (found,) = [part for part in error.splitlines() if said in part]
    assert f"{copy}:{line}: " in found


def test_a_value_that_unused_evidence_contradicts_is_warned_of(copy: Path) -> None:
    text = copy.read_text("utf-8")
    old = "value = 0.181" if "value = 0.181" in text else "p.present = {value = 0.051, low = 0.04"
    copy.write_text(text.replace(old, "p.present = {value = 0.041, low = 0.04"), "utf-8")
    code, error = check(copy)
    assert code == 0
    assert "heavy_alcohol_use: E631, which no number cites, says 0.047 to 0.059" in error


def test_every_row_is_read_once() -> None:
    with (data_folder() / "leg_cramps" / "evidence.csv").open(encoding="utf-8", newline="") as file:
        ids = [row["id"] for row in csv.DictReader(file)]
    assert len(ids) == len(set(ids)) == 867
