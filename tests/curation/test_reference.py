"""docs/model_file.md is the page that the command writes, and it speaks of all that stands beside a model file."""

from __future__ import annotations

import csv
import tomllib
from pathlib import Path

import pytest

from etiograph.curation.keys import CHECKS, EVIDENCE, NEEDED
from etiograph.curation.published import read_checks
from etiograph.curation.reference import page
from etiograph.errors import InvalidNetwork, UnknownName
from etiograph.resources import data_folder, load

ROOT = Path(__file__).parents[2]


def test_the_page_is_up_to_date() -> None:
    assert (ROOT / "docs" / "model_file.md").read_text(encoding="utf-8") == page()


def test_every_column_of_the_bundled_evidence_is_described() -> None:
    for path in data_folder().glob("**/evidence.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            assert set(next(csv.reader(file))) == set(EVIDENCE)


def test_every_key_of_the_bundled_statistics_is_described() -> None:
    data = tomllib.loads((data_folder() / "leg_cramps" / "checks.toml").read_text(encoding="utf-8"))
    assert {key for check in data["checks"] for key in check} == set(CHECKS)


CHECK = {
    "id": "'s'", "statistic": "'probability'", "of": "{rain = 'yes'}", "value": "0.2", "low": "0.1",
    "high": "0.3", "evidence": "[]", "set": "false",
}  # fmt: skip


def written(path: Path, entry: dict[str, str]) -> Path:
    lines = ["[[checks]]", *(f"{key} = {value}" for key, value in entry.items())]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_what_is_needed_and_what_is_not_known(tmp_path: Path) -> None:
    net = load("sprinkler")
    assert len(read_checks(net, written(tmp_path / "c.toml", CHECK))) == 1
    assert set(CHECK) == set(NEEDED)
    for name in NEEDED:
        rest = {key: value for key, value in CHECK.items() if key != name}
        with pytest.raises(InvalidNetwork, match=name):
            read_checks(net, written(tmp_path / "c.toml", rest))
    with pytest.raises(UnknownName, match="evidence"):
        read_checks(net, written(tmp_path / "c.toml", {**CHECK, "evidenc": "[]"}))
