"""Scoring a file of cases: blocks, both forms, plain cells, all or nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import etiograph as eg
from etiograph.commands import score as scoring
from etiograph.commands.score_files import plain_cell

STATES = {"cause": ["no", "yes"], "sign": ["absent", "present"]}
PARENTS = {"cause": [], "sign": ["cause"]}
TABLES = {"cause": np.array([0.9, 0.1]), "sign": np.array([[1.0, 0.0], [0.25, 0.75]])}


@pytest.fixture(scope="module")
def network() -> eg.Network:
    return eg.Network.from_tables(STATES, PARENTS, TABLES)


def cases(rows: int) -> pd.DataFrame:
    return pd.DataFrame({"sign": ["present", "absent", None] * (rows // 3), "row": range(rows)})


# P(yes | absent) = 0.025 / 0.925
EXPECTED = [1.0, 0.025 / 0.925, 0.1]


@pytest.mark.parametrize("read_as", [".csv", ".parquet"])
@pytest.mark.parametrize("write_as", [".csv", ".parquet"])
def test_blocks_make_no_difference(
    network: eg.Network,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    read_as: str,
    write_as: str,
) -> None:
    monkeypatch.setattr(scoring, "BLOCK", 7)
    table, out = tmp_path / f"t{read_as}", tmp_path / f"o{write_as}"
    frame = cases(30)
    frame.to_csv(table, index=False) if read_as == ".csv" else frame.to_parquet(table)
    done: list[int] = []
    counts = scoring.score(
        network, table, out, variables=["cause"], keep=["row"], progress=done.append
    )
    assert (counts.rows, counts.impossible) == (30, 0)
    assert done == [7, 7, 7, 7, 2]
    scored = pd.read_csv(out) if write_as == ".csv" else pd.read_parquet(out)
    assert scored["row"].astype(int).tolist() == list(range(30))
    assert scored["cause=yes"].tolist() == pytest.approx(EXPECTED * 10, abs=1e-12)


def test_impossible_rows_stay_empty(network: eg.Network, tmp_path: Path) -> None:
    table, out = tmp_path / "t.csv", tmp_path / "o.csv"
    table.write_text("cause,sign\nno,present\nyes,present\n", encoding="utf-8")
    assert scoring.score(network, table, out, variables=["cause"]) == scoring.Counts(
        2, 1, themselves=("cause",)
    )
    scored = pd.read_csv(out)
    assert scored["cause=yes"].isna().tolist() == [True, False]
    assert scored["log_evidence"].tolist() == pytest.approx([-np.inf, np.log(0.075)])


def test_nothing_is_left_after_a_refusal(network: eg.Network, tmp_path: Path) -> None:
    table, out = tmp_path / "t.csv", tmp_path / "o.csv"
    table.write_text("sign\n" + "present\n" * 5000 + "presnt\n", encoding="utf-8")
    with pytest.raises(eg.UnknownName, match="present") as refused:
        scoring.score(network, table, out)
    assert refused.value.__notes__ == ["in row 5001 of t.csv (line 5002), column 'sign'"]
    assert list(tmp_path.iterdir()) == [table]


@pytest.mark.parametrize(
    ("name", "content"),
    [("t.csv", b""), ("t.csv", b"\xff\xfe\x00"), ("t.parquet", b"no"), ("t.xls", b"")],
)
def test_unreadable_tables(network: eg.Network, tmp_path: Path, name: str, content: bytes) -> None:
    table = tmp_path / name
    table.write_bytes(content)
    with pytest.raises(eg.EtiographError):
        scoring.score(network, table, tmp_path / "o.csv")


def test_a_column_to_keep_that_is_not_there(network: eg.Network, tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text("sign,row\npresent,1\n", encoding="utf-8")
    with pytest.raises(eg.UnknownName, match="did you mean 'row'"):
        scoring.score(network, table, tmp_path / "o.csv", keep=["rows"])


def test_unknown_variable_asked(network: eg.Network, tmp_path: Path) -> None:
    with pytest.raises(eg.UnknownName, match="did you mean 'cause'"):
        scoring.score(network, tmp_path / "t.csv", tmp_path / "o.csv", variables=["caus"])


@pytest.mark.parametrize(
    "cell",
    ["=1", "=1+1", "+a", "-a", "-1+1", "-2+3+cmd|' /C calc'!A0", "@a", "\tx", "\rx", "+1 or 2"],
)
def test_cells_that_a_spreadsheet_would_run(cell: str) -> None:
    assert plain_cell(cell) == "'" + cell


@pytest.mark.parametrize(
    "cell",
    ["a=1", "", -1.5, None, 3, "-1.5", "+2", "-.5", "-1e-5", "-1,5", "-1.234,5", "-5 %", "-", "--"],
)
def test_other_cells_are_left_alone(cell: object) -> None:
    assert plain_cell(cell) is cell
