"""Scoring a file of cases: blocks, both forms, plain cells, all or nothing."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import etiograph as eg
from etiograph.commands import score as scoring
from etiograph.commands.score_files import plain_cell
from etiograph.findings.contract import Contract

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


# -- what is kept, and what is written ------------------------------------------------------------


def run(network: eg.Network, table: Path, out: Path, **options: Any) -> list[list[str]]:
    scoring.score(network, table, out, variables=["cause"], **options)
    with out.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_kept_columns_come_out_as_they_went_in(network: eg.Network, tmp_path: Path) -> None:
    table, out = tmp_path / "t.csv", tmp_path / "o.csv"
    table.write_text(
        "sign,delta,site,code\npresent,-1.5,NA,007\nabsent,+2,Lyon,=1+1\n,,None,1e5\n"
        ',-3 %,"a, ""b""\nc",1.0\n',
        encoding="utf-8",
    )
    rows = run(network, table, out, keep=["delta", "site", "code"])
    assert [row[:3] for row in rows] == [
        ["delta", "site", "code"],
        ["-1.5", "NA", "007"],
        ["+2", "Lyon", "'=1+1"],
        ["", "None", "1e5"],
        ["-3 %", 'a, "b"\nc', "1.0"],
    ]
    parquet = tmp_path / "o.parquet"
    scoring.score(network, table, parquet, variables=["cause"], keep=["delta", "site", "code"])
    assert pq.read_table(parquet)["code"].to_pylist() == ["007", "=1+1", "1e5", "1.0"]
    rest = Contract(leave_out=("delta", "code"))
    again = run(network, table, tmp_path / "2.csv", keep=["site"], contract=rest)
    assert [row[0] for row in again] == ["site", "NA", "Lyon", "None", 'a, "b"\nc']


KEPT = {
    "int": pa.array([1, None, -3], pa.int16()),
    "float": pa.array([-1.5, None, 0.1]),
    "narrow": pa.array([-1.5, None, 0.1], pa.float32()),
    "bool": pa.array([True, None, False]),
    "text": pa.array(["=1+1", None, "007"]),
    "large": pa.array(["a", None, "b"], pa.large_string()),
    "coded": pa.array(["x", None, "x"]).dictionary_encode(),
    "when": pa.array([0, None, 10**9], pa.timestamp("s")),
    "nanoseconds": pa.array([1, None, 10**18], pa.timestamp("ns", "UTC")),
    "day": pa.array([0, None, 365], pa.date32()),
    "money": pa.array([Decimal("-1.50"), None, Decimal("2.25")], pa.decimal128(9, 2)),
    "list": pa.array([[1, 2], None, []]),
    "record": pa.array([{"a": 1}, None, {"a": None}]),
    "bytes": pa.array([b"\xff", None, b"a"]),
    "empty": pa.array([None, None, None]),
    "no text": pa.array([None, None, None], pa.string()),
}


@pytest.mark.parametrize("rows", [0, 3, 9])
def test_kept_columns_of_parquet_keep_their_type(
    network: eg.Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    monkeypatch.setattr(scoring, "BLOCK", 2)  # "empty" is empty throughout a block, as others are
    whole = pa.table({"sign": pa.array(["present", None, "absent"]), **KEPT})
    whole = pa.concat_tables([whole] * 3).slice(0, rows)
    table, out = tmp_path / "t.parquet", tmp_path / "o.parquet"
    pq.write_table(whole, table)
    counts = scoring.score(network, table, out, variables=["cause"], keep=list(KEPT))
    assert (counts.rows, counts.impossible) == (rows, 0)
    scored, came = pq.read_table(out), pq.read_table(table)
    for name in KEPT:
        assert scored.schema.field(name).type == came.schema.field(name).type
        assert scored[name].to_pylist() == came[name].to_pylist()
    assert scored.column_names == [*KEPT, "cause=no", "cause=yes", "log_evidence"]
    text = run(network, table, tmp_path / "o.csv", keep=list(KEPT))
    assert len(text) == rows + 1
    if rows:
        assert text[1][:9] == ["1", "-1.5", "-1.5", "True", "'=1+1", "a", "x", "1970-01-01 00:00:00",
                               "1970-01-01 00:00:00.000000001+00:00"]  # fmt: skip
        assert text[1][9:14] == ["1970-01-01", "-1.50", "[1, 2]", '{"a": 1}', r"b'\xff'"]
        assert text[2][:16] == [""] * 16
        assert text[3][2] == "0.1"


def test_a_file_of_no_rows(network: eg.Network, tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text("sign,row\n", encoding="utf-8")
    for name in ("o.csv", "o.parquet"):
        scoring.score(network, table, tmp_path / name, variables=["cause"], keep=["row"])
    assert (tmp_path / "o.csv").read_text(
        encoding="utf-8"
    ) == "row,cause=no,cause=yes,log_evidence\n"
    assert pq.read_table(tmp_path / "o.parquet").num_rows == 0


def test_a_kept_column_called_like_an_answer(network: eg.Network, tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text("sign,cause=no\npresent,1\n", encoding="utf-8")
    with pytest.raises(eg.InvalidFinding, match="'cause=no'"):
        scoring.score(network, table, tmp_path / "o.csv", keep=["cause=no"])


def test_the_output_does_not_take_the_place_of_the_table(
    network: eg.Network, tmp_path: Path
) -> None:
    table = tmp_path / "t.csv"
    table.write_text("sign\npresent\n", encoding="utf-8")
    with pytest.raises(eg.UnreadableFile, match="place of the table"):
        scoring.score(network, table, tmp_path / "." / "t.csv")
    with pytest.raises(eg.UnreadableFile, match="cannot be written"):
        scoring.score(network, table, tmp_path / "no folder" / "o.csv")
    with pytest.raises(eg.UnreadableFile, match="cannot be written"):
        scoring.score(network, table, tmp_path / "no folder" / "o.csv", resume=True)
    assert [path.name for path in tmp_path.iterdir()] == ["t.csv"]


# -- rows passed over -----------------------------------------------------------------------------


@pytest.mark.parametrize("form", [".csv", ".parquet"])
def test_one_bad_cell_does_not_lose_the_rest(
    network: eg.Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    monkeypatch.setattr(scoring, "BLOCK", 2)
    frame = pd.DataFrame({"sign": ["present", "=odd", "absent", None, "odd"], "row": list("abcde")})
    table, out = tmp_path / f"t{form}", tmp_path / "o.csv"
    frame.to_csv(table, index=False) if form == ".csv" else frame.to_parquet(table)
    about = Contract(on_error="skip")
    counts = scoring.score(network, table, out, variables=["cause"], keep=["row"], contract=about)
    assert counts == scoring.Counts(5, 0, 2)
    scored = pd.read_csv(out)
    assert scored["row"].tolist() == list("abcde")
    assert scored["cause=yes"].isna().tolist() == [False, True, False, False, True]
    assert scored["log_evidence"].isna().tolist() == [False, True, False, False, True]
    with (tmp_path / "o.errors.csv").open(encoding="utf-8", newline="") as file:
        said = list(csv.DictReader(file))
    assert [(line["row"], line["column"], line["cell"]) for line in said] == [
        ("2", "sign", "'=odd"),
        ("5", "sign", "odd"),
    ]
    assert all("no state of 'sign'" in line["what is wrong"] for line in said)
    assert f"row 2 of t{form}" in said[0]["where"]


def test_a_row_of_another_length_is_passed_over(network: eg.Network, tmp_path: Path) -> None:
    table, out = tmp_path / "t.csv", tmp_path / "o.csv"
    table.write_text("sign,row\npresent,a\nabsent,b,\nabsent,c\n", encoding="utf-8")
    about = Contract(on_error="skip")
    rows = run(network, table, out, keep=["row"], contract=about)
    assert [row[0] for row in rows] == ["row", "a", "", "c"]
    assert rows[2] == ["", "", "", ""]


# -- stopped, and gone on with ----------------------------------------------------------------------


def same(one: Path, other: Path) -> None:
    """Equal but for rounding: the same rows may be answered by another program the second time."""
    read = pd.read_csv if one.suffix == ".csv" else pd.read_parquet
    pd.testing.assert_frame_equal(read(one), read(other), rtol=0, atol=1e-12)


class Stop(Exception):
    pass


def stopped(after: int) -> Any:
    done: list[int] = []

    def progress(rows: int) -> None:
        done.append(rows)
        if len(done) == after:
            raise Stop

    return progress


@pytest.mark.parametrize("form", [".csv", ".parquet"])
def test_a_stopped_run_is_resumed(
    network: eg.Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    monkeypatch.setattr(scoring, "BLOCK", 7)
    table, out, want = tmp_path / "t.csv", tmp_path / f"o{form}", tmp_path / f"w{form}"
    frame = cases(60)
    frame.loc[[3, 40], "sign"] = "odd"
    frame.to_csv(table, index=False)
    asked: dict[str, Any] = {
        "variables": ["cause"], "keep": ["row"], "contract": Contract(on_error="skip")
    }  # fmt: skip
    whole = scoring.score(network, table, want, **asked)
    with pytest.raises(Stop):
        scoring.score(network, table, out, **asked, resume=True, progress=stopped(5))
    assert not out.exists()
    worked: list[int] = []
    answer = scoring.RowQuestion.answer
    monkeypatch.setattr(
        scoring.RowQuestion,
        "answer",
        lambda self, block: worked.append(block.before) or answer(self, block),
    )
    assert scoring.score(network, table, out, **asked, resume=True) == whole
    assert worked == [35, 42, 49, 56]
    same(out, want)
    errors = (tmp_path / f"{p.stem}.errors.csv" for p in (out, want))
    assert len({path.read_bytes() for path in errors}) == 1
    names = {out.name, want.name, "t.csv", "o.errors.csv", "w.errors.csv"}
    assert {path.name for path in tmp_path.iterdir()} == names


def test_what_was_kept_of_another_question_is_thrown_away(
    network: eg.Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scoring, "BLOCK", 7)
    table, out = tmp_path / "t.csv", tmp_path / "o.csv"
    cases(30).to_csv(table, index=False)
    asked: dict[str, Any] = {"variables": ["cause"], "keep": ["row"]}
    with pytest.raises(Stop):
        scoring.score(network, table, out, **asked, resume=True, progress=stopped(2))
    (part,) = tmp_path.glob(".o.csv.parts/000000000000007.arrow")
    part.write_bytes(part.read_bytes()[:50])  # torn
    changed = network.from_tables(STATES, PARENTS, {**TABLES, "cause": np.array([0.5, 0.5])})
    scoring.score(changed, table, out, **asked, resume=True)
    afresh = tmp_path / "f.csv"
    scoring.score(changed, table, afresh, **asked)
    same(out, afresh)


def test_nothing_is_left_of_a_stopped_run(network: eg.Network, tmp_path: Path) -> None:
    table, out = tmp_path / "t.csv", tmp_path / "o.csv"
    cases(30).to_csv(table, index=False)
    with pytest.raises(Stop):
        scoring.score(network, table, out, keep=["row"], progress=stopped(1))
    assert list(tmp_path.iterdir()) == [table]


def test_times_outside_the_calendar_of_python_are_kept(network: eg.Network, tmp_path: Path) -> None:
    table, out = tmp_path / "t.parquet", tmp_path / "o.csv"
    far = pa.array([2**60, 0], pa.timestamp("ms"))
    pq.write_table(pa.table({"sign": ["present", "absent"], "far": far}), table)
    assert run(network, table, out, keep=["far"])[2][0].startswith("1970-01-01 00:00:00")
    pq.write_table(pa.table({"sign": far}), table)
    with pytest.raises(eg.EtiographError) as refused:
        scoring.score(network, table, out)
    assert "row 1 of t.parquet" in refused.value.__notes__[0]


@pytest.mark.parametrize("encoding", ["base64", "idna", "undefined", "utf-7", "utf-16", "ascii"])
def test_encodings_that_do_not_fit(network: eg.Network, tmp_path: Path, encoding: str) -> None:
    table = tmp_path / "t.csv"
    table.write_bytes(b"sign\npresent\xff\n+3\n" + b"-." * 40)
    with pytest.raises(eg.EtiographError):
        scoring.score(network, table, tmp_path / "o.csv", encoding=encoding)
    assert list(tmp_path.iterdir()) == [table]
