"""The commands that read a table of cases, together: the same options, the same words for what is wrong."""

from __future__ import annotations

import inspect
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.commands.test_cli import call

import etiograph as eg
from etiograph.commands import cohort, learn, score_command, table_options
from etiograph.commands.cli import app

COMMANDS = {
    "score": score_command.score, "update": learn.update, "fit": cohort.fit,
    "validate": cohort.validate, "criticise": cohort.criticise, "compare": cohort.compare,
}  # fmt: skip
OPTIONS = {
    "missing": table_options.Missing, "unit": table_options.Unit, "code": table_options.Code,
    "sep": table_options.Sep, "encoding": table_options.Encoding, "on": table_options.On,
    "on_error": table_options.OnError, "leave_out": table_options.LeaveOut,
}  # fmt: skip
"""What every one of them has, and where it is said what it means."""
SOME = {"given": ("update", "validate", "compare"), "weights": ("update", "fit")}
"""What those have that learn from cases, where learning can heed it."""


@pytest.mark.parametrize("name", COMMANDS)
def test_each_has_the_same_options_said_in_one_place(name: str) -> None:
    own = inspect.signature(COMMANDS[name], eval_str=True).parameters
    for option, owner in OPTIONS.items():
        assert own[option].annotation == owner, option
    for option, those in SOME.items():
        assert (option in own) == (name in those), option
    assert "keep" in own


def test_no_other_command_reads_a_table() -> None:
    reading = {
        (command.name or command.callback.__name__)
        for command in app.registered_commands
        if "on_error" in inspect.signature(command.callback).parameters
    }
    assert reading == set(COMMANDS)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("family")
    eg.load("sprinkler").with_table_parameters(50).save(folder / "net.toml")
    eg.load("sprinkler").with_table_parameters(20).save(folder / "other.toml")
    people = eg.load("sprinkler").sample(90, np.random.default_rng(1)).astype(object)
    people["id"] = range(90)
    people.to_csv(folder / "good.csv", index=False)
    people.loc[4, "rain"] = "perhaps"
    people.loc[7, ["rain", "sprinkler"]] = ["?", "maybe"]
    people.to_csv(folder / "bad.csv", index=False)
    return folder


ASKED = {
    "score": ("score", "net.toml", "TABLE"),
    "update": ("update", "net.toml", "TABLE", "--parameter", "cloudy", "--draws", "100"),
    "fit": ("fit", "net.toml", "TABLE"),
    "validate": ("validate", "net.toml", "TABLE", "--target", "wet_grass", "--boot", "0"),
    "criticise": ("criticise", "net.toml", "TABLE", "--draws", "3"),
    "compare": ("compare", "net.toml", "other.toml", "TABLE", "--folds", "0"),
}
KIND = {"update": "toml", "fit": "toml"}


def run(name: str, folder: Path, table: str, *more: object):
    words = [folder / w if w.endswith(".toml") else w for w in ASKED[name]]
    words = [folder / table if w == "TABLE" else w for w in words]
    return call(*words, "--keep", "id", *more)


@pytest.mark.parametrize("name", COMMANDS)
def test_rows_that_cannot_be_read_are_listed_alike(name: str, folder: Path, tmp_path: Path) -> None:
    out = tmp_path / f"out.{KIND.get(name, 'csv')}"
    stopped = run(name, folder, "bad.csv", "-o", out)
    assert stopped.exit_code == 2
    assert "in row 5 of bad.csv (line 6), column 'rain'" in stopped.output
    assert "nor can be read" in stopped.output
    assert not out.exists()
    done = run(name, folder, "bad.csv", "-o", out, "--on-error", "skip")
    assert done.exit_code == 0, done.output
    errors = tmp_path / "out.errors.csv"
    what = "left empty" if name == "score" else "not used"
    said = f"2 rows could not be read; they are {what}, and listed in"
    assert said in done.output
    found = pd.read_csv(errors)
    assert list(found.columns) == ["row", "where", "column", "cell", "what is wrong"]
    assert found["row"].tolist() == [5, 8, 8]
    assert set(found["column"]) == {"rain", "sprinkler"}
    if name != "score":
        told = run(name, folder, "bad.csv", "--on-error", "skip").output
        assert "2 rows could not be read; they are not used\n" in told
        assert "row 5 of bad.csv (line 6), column 'rain': " in told
    assert run(name, folder, "good.csv", "-o", out, "--on-error", "skip").exit_code == 0
    assert errors.read_text().count("\n") == 1


@pytest.mark.parametrize("name", COMMANDS)
def test_what_cannot_be_written_is_said_before_the_work(
    name: str, folder: Path, tmp_path: Path
) -> None:
    kind = KIND.get(name, "csv")
    for place, said in (
        (tmp_path / "no" / f"out.{kind}", "there is no folder"),
        (tmp_path / "out.xlsx", "xlsx"),
    ):
        done = run(name, folder, "good.csv", "-o", place)
        assert done.exit_code == 2
        assert said in done.output
        assert not list(tmp_path.iterdir())
    if kind == "csv":
        before = (folder / "good.csv").read_bytes()
        done = run(name, folder, "good.csv", "-o", folder / "good.csv")
        assert "would take the place of the table" in done.output
        assert (folder / "good.csv").read_bytes() == before


def test_a_column_says_how_often_a_row_counts(folder: Path, tmp_path: Path) -> None:
    people = pd.read_csv(folder / "good.csv").drop(columns="id")
    counted = people.value_counts().rename("often").reset_index()
    counted.to_csv(tmp_path / "counted.csv", index=False)
    net = eg.load(folder / "net.toml")
    done = call("fit", folder / "net.toml", tmp_path / "counted.csv", "--weights", "often")
    assert done.exit_code == 0, done.output
    assert "90 cases (counted)" in done.output
    whole, short = net.fit(people), net.fit(counted, weights="often")
    for name, alpha in whole.alpha.items():
        assert short.alpha[name] == pytest.approx(alpha, rel=1e-12)
    by_array = net.update(counted.drop(columns="often"), weights=counted["often"], draws=100)
    assert net.update(counted, weights="often", draws=100).network == by_array.network
    counted["often"] = counted["often"].astype(object)
    counted.loc[1, "often"] = "twice"
    with pytest.raises(
        eg.InvalidFinding, match="number of at least 0, and this is 'twice'"
    ) as told:
        net.fit(counted, weights="often")
    assert "row 2 of the table" in told.value.__notes__[0]
    assert net.fit(counted, weights="often", on_error="skip").passed_over == 1
    with pytest.raises(eg.UnknownName, match="column of the table"):
        net.fit(counted, weights="oftn")
