"""Files of delimited text: no column is shifted, no cell guessed at, what is wrong is named."""

from __future__ import annotations

import csv
import gzip
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import etiograph as eg
from etiograph.findings.delimited import LONGEST_CELL, LONGEST_LINE
from etiograph.findings.files import blocks, whole


def equal(one: Any, other: Any) -> bool:
    """Equal but for rounding: the same rows may be answered by another program the second time."""
    return bool(np.allclose(one, other, rtol=0, atol=1e-12, equal_nan=True))


def told(error: BaseException) -> str:
    return " ".join([str(error), *getattr(error, "__notes__", ())])


@pytest.fixture(scope="module")
def asia() -> eg.Network:
    return eg.load("asia")


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return tmp_path / "cases.csv"


def test_rows_that_all_end_in_a_comma_are_no_shift(asia: eg.Network, table: Path) -> None:
    table.write_text("smoking,x_ray,\nyes,normal,\nno,abnormal,\n", encoding="utf-8")
    found = asia.posteriors(table, of=["lung_cancer"])["lung_cancer"]
    for row, (smoking, x_ray) in zip(found, [("yes", "normal"), ("no", "abnormal")], strict=True):
        want = asia.case(smoking=smoking, x_ray=x_ray).posterior()["lung_cancer"]
        assert row.tolist() == pytest.approx(list(want.values()), abs=1e-12)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("smoking,x_ray\nyes,normal,\n", "row 1 of cases.csv (line 2)"),
        ("smoking,x_ray\nyes,normal,\n", "3 cells where the header has 2: the row ends in a sep"),
        ("smoking,x_ray\nyes,normal\nno\n", "1 cells where the header has 2"),
        ("smoking,x_ray\nyes,normal\nno\n", "row 2 of cases.csv (line 3)"),
        ("smoking,x_ray\nyes,normal\n\nno,normal\n", "an empty line (in row 2 of"),
        ("smoking,x_ray,\nyes,normal,\nyes,normal,1\n", "'1' stands in a column without a name"),
        ("smoking,x_ray,\nyes,normal,\nyes,normal,1\n", "row 2 of cases.csv (line 3), column ''"),
        ("smoking,x_ray,,\n", "without a name"),
        ("smoking,smoking\n", "columns 1, 2 of the table are all called 'smoking'"),
        ('"smoking\n', "never closed"),
        ('smoking\n"yes"no\n', "after a closing quotation mark"),
        ('smoking\n"yes\n', "never closed"),
        ("smoking;x_ray\nyes,normal\n", "1 cells where the header has 2"),
        ("smoking\nyes\0\n", "zero bytes"),
        ("smoking\n" + "a" * (LONGEST_CELL + 1) + "\n", f"over {LONGEST_CELL:,} characters"),
        ("smoking\n" + "a" * LONGEST_LINE, "a line of over"),
        ("", "no header"),
        ("\n\n", "no header"),
        ('smoking\n"a\nb\nc"\n', "row 1 of cases.csv (line 2)"),
        ('smoking\n"yes"\n"a\nb"\n', "row 2 of cases.csv (line 3)"),
        ('smoking\n"yes"\n"a\nb"\nno\n', "row 2 of cases.csv (line 3)"),
    ],
    ids=lambda text: text[:30],
)
def test_wrong_tables(asia: eg.Network, table: Path, text: str, said: str) -> None:
    table.write_text(text, encoding="utf-8", newline="")
    with pytest.raises(eg.EtiographError) as refused:
        asia.posteriors(table)
    note = "".join(f" ({n})" for n in getattr(refused.value, "__notes__", ()))
    assert said in f"{refused.value}{note}"
    assert "cases.csv" in f"{refused.value}{note}" or "table" in said or "without a name" in said


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("smoking\nyes\n".encode("utf-16"), "UTF-16"),
        ("smoking\nyes\n".encode("utf-16-be"), "zero bytes"),
        ("smoking\nyes\n".encode("utf-32"), "UTF-32"),
        ("smoking\nyes\ncaf\u00e9\n".encode("latin-1"), "cases.csv:3: not utf-8: byte 0xe9"),
        ("smoking\nyes\ncaf\u00e9\n".encode("latin-1"), "Latin-1"),
        (gzip.compress(b"smoking\nyes\n" * 999, mtime=0)[:60], "unpacked"),
        (gzip.compress(b"smoking\nyes\n", mtime=0)[:12] + b"\xff" * 20, "cases.csv"),
        (
            gzip.compress("smoking\ncaf\u00e9\n".encode("latin-1"), mtime=0),
            "cases.csv:2: not utf-8",
        ),
        (b"PK\x03\x04 and so on", "spreadsheet"),
        (b"PAR1 and so on", "Parquet"),
        (bytes(range(256)), "cases.csv"),
        (zlib.compress(b"smoking\n"), "cases.csv"),
    ],
)
def test_other_encodings_and_files_are_named(
    asia: eg.Network, table: Path, content: bytes, said: str
) -> None:
    table.write_bytes(content)
    with pytest.raises(eg.UnreadableFile) as refused:
        asia.posteriors(table)
    assert said in told(refused.value)


def test_an_encoding_may_be_named(table: Path) -> None:
    table.write_bytes("id;caf\u00e9\n1;oui\n".encode("latin-1"))
    read = whole(table, encoding="latin-1")
    assert read.names == ("id", "caf\u00e9")
    with pytest.raises(eg.UnreadableFile, match="no encoding is called 'klingon'"):
        whole(table, encoding="klingon")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", [True, False])
def test_line_ends(table: Path, end: str, last: bool) -> None:
    text = end.join(["a,b", "1,2", '3,"4\n5"']) + (end if last else "")
    table.write_bytes(text.encode())
    assert whole(table).cells == (("1", "3"), ("2", "4\n5"))


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ('a\n"x ""y"" z"\n', (('x "y" z',),)),
        ('a\n5" of rain\n', (('5" of rain',),)),
        ("a;b\n1,5;2\n", (("1,5",), ("2",))),
        ('"a;b",c\n1,2\n', (("1",), ("2",))),
        ("a\tb,c\n1\t2\n", (("1",), ("2",))),
        ("a\n\n\nx\n", (("", "", "x"),)),
        ("a,b\n1,2\n\n\n", (("1",), ("2",))),
        ("a,b\n,\n", (("",), ("",))),
        ("a,b\n", ((), ())),
        ("a\n None \n", ((" None ",),)),
        ('a\n1,5\n;\n"x,\ny"\n', (("1,5", ";", "x,\ny"),)),
    ],
)
def test_cells_are_text_as_it_stands(table: Path, text: str, cells: Any) -> None:
    table.write_text(text, encoding="utf-8", newline="")
    known = {"a", "b,c"}.__contains__
    assert whole(table, known=known).cells == cells


def test_blocks_are_the_whole_in_pieces(table: Path) -> None:
    rows = "".join(f"{i},x\n" if i % 7 else f"{i}\n" for i in range(1, 30))
    table.write_text("a,b\n" + rows, encoding="utf-8")
    parts = [part for part, _ in blocks(table, block=8)]
    assert [part.count for part in parts] == [8, 8, 8, 5]
    assert [part.before for part in parts] == [0, 8, 16, 24]
    wrong = [part.before + row + 1 for part in parts for row in part.broken]
    assert wrong == [7, 14, 21, 28]
    assert [parts[1].place(row) for row in parts[1].broken] == ["row 14 of cases.csv (line 15)"]
    together, one = whole(table, block=8), whole(table)
    assert together.cells == tuple(list(c) for c in one.cells)
    assert together.broken == one.broken
    shares = [share for _, share in blocks(table, block=8)]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_rows_of_another_length_are_passed_over_alone(asia: eg.Network, table: Path) -> None:
    table.write_text("smoking,x_ray\nyes,normal,\nno,abnormal\n\nyes\n", encoding="utf-8")
    found = asia.posteriors(table, on_error="skip")
    assert [f.row for f in found.faults] == [1, 3, 4]
    assert found.possible.tolist() == [False, True, False, False]
    want = asia.posteriors({"smoking": ["no"], "x_ray": ["abnormal"]}).marginals[0]
    assert equal(found.marginals[1], want)


def test_a_folder_and_nothing_at_all(asia: eg.Network, tmp_path: Path) -> None:
    for path, said in ((tmp_path, "a folder"), (tmp_path / "none.csv", "no such file")):
        with pytest.raises(eg.UnreadableFile, match=said):
            asia.posteriors(path)


@pytest.mark.parametrize(
    ("header", "separator"),
    [
        ("a,b", "\t"),
        ("d;e,f", "\t"),
        ('"a;b",c', ","),
        ("a,b;c", ";"),
        ("x,y;z", ","),
        ("x;y", ";"),
    ],
)
def test_the_separator_is_the_one_that_makes_sense(
    table: Path, header: str, separator: str
) -> None:
    table.write_text(header + "\n", encoding="utf-8")
    known = {"a,b", "d;e,f", "a;b", "c"}.__contains__
    want = tuple(next(csv.reader([header], delimiter=separator)))
    assert whole(table, known=known).names == want
