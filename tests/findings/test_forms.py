"""Random tables in every form give equal answers; broken ones are told by row and column."""

from __future__ import annotations

import csv
import gzip
import io
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

import etiograph as eg
from etiograph.findings.content import FileContent
from etiograph.network.mechanism import Table
from etiograph.network.network import Network
from etiograph.network.reading import LevelShift, Reading
from etiograph.network.variable import Variable


def equal(one: Any, other: Any) -> bool:
    """Equal but for rounding: the same rows may be answered by another program the second time."""
    return bool(np.allclose(one, other, rtol=0, atol=1e-12, equal_nan=True))


ODD = "caf\u00e9, \u201cau lait\u201d; [x] = |<0.70"


@pytest.fixture(scope="module")
def network() -> Network:
    """States of every awkward sort, and a reading in two units."""
    shift = LevelShift("root", {"1": -0.1})
    return Network(
        [
            Variable("root", ("0", "1")),
            Variable("none", ("None", "NA", "n/a", "nan")),
            Variable("truth", ("True", "False")),
            Variable(ODD, ('"', "a,b", " x ", "\u00e9")),
            Variable("mg", ("normal", "low", "high")),
        ],
        {
            "root": Table(array=[0.7, 0.3]),
            "none": Table(("root",), array=[[0.1, 0.2, 0.3, 0.4], [0.4, 0.3, 0.2, 0.1]]),
            "truth": Table(("root",), array=[[0.1, 0.9], [0.6, 0.4]]),
            ODD: Table(("root",), array=[[0.25, 0.25, 0.25, 0.25], [0.1, 0.1, 0.2, 0.6]]),
            "mg": Reading(
                unit="mmol/L", mean=0.85, sd=0.065, shifts=[shift], plausible=(0.1, 5.0),
                units={"mg/dL": 0.4114}, cutpoints=(0.7, 1.0), bins=("low", "normal", "high"),
            ),
        },
    )  # fmt: skip


CELLS: dict[str, list[Any]] = {
    "root": [None, "0", "1"],
    "none": [None, "None", "NA", "n/a", "nan"],
    "truth": [None, "True", "False"],
    ODD: [None, '"', "a,b", " x ", "\u00e9", "e\u0301"],
    "mg": [
        None,
        "low",
        "normal",
        "0.62 mmol/L",
        "1.6 mg/dL",
        "0.75",
        "8e-1",
        "0,8",
        "<0.65 mmol/L",
        ">0.9",
    ],
}


@st.composite
def tables(draw: st.DrawFn) -> dict[str, list[str | None]]:
    names = draw(st.lists(st.sampled_from(sorted(CELLS)), min_size=1, unique=True))
    rows = draw(st.integers(1, 6))
    return {
        n: draw(st.lists(st.sampled_from(CELLS[n]), min_size=rows, max_size=rows)) for n in names
    }


def delimited(columns: dict[str, list[str | None]], separator: str, end: str) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator=end)
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
    return out.getvalue()


def forms(columns: dict[str, list[str | None]], folder: Path) -> dict[str, Any]:
    frame = pd.DataFrame(columns, dtype=object)
    arrow = pa.table({n: pa.array(c, pa.string()) for n, c in columns.items()})
    pq.write_table(arrow, folder / "t.parquet", row_group_size=2)
    found: dict[str, Any] = {
        "rows": frame.to_dict("records"),
        "pandas": frame,
        "pandas NaN": frame.where(frame.notna(), np.nan),
        "pandas strings": frame.astype("string"),
        "pandas categories": frame.astype("category"),
        "pandas Arrow": arrow.to_pandas(types_mapper=pd.ArrowDtype),
        "arrow": arrow,
        "polars": pl.DataFrame(arrow),
        "parquet": folder / "t.parquet",
    }
    for name, separator, end, mark in (
        ("comma", ",", "\n", b""),
        ("semicolon", ";", "\r\n", b"\xef\xbb\xbf"),
        ("tab", "\t", "\n", b""),
    ):
        content = mark + delimited(columns, separator, end).encode()
        (folder / f"{name}.csv").write_bytes(content)
        (folder / f"{name}.csv.gz").write_bytes(gzip.compress(content))
        found |= {name: folder / f"{name}.csv", f"{name} gz": str(folder / f"{name}.csv.gz")}
    for name, file in [(n, p) for n, p in found.items() if isinstance(p, str | Path)]:
        found[f"{name} in memory"] = FileContent(Path(file).name, Path(file).read_bytes())
    return found


def typed(columns: dict[str, list[str | None]]) -> dict[str, Any]:
    """What is a number or a boolean as one, whichever the column allows."""
    result: dict[str, Any] = dict(columns)
    for name, read in (("root", float), ("truth", lambda cell: cell == "True")):
        if name in columns:
            result[name] = [None if cell is None else read(cell) for cell in columns[name]]
    return result


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(columns=tables())
def test_every_form_gives_the_same(network: Network, columns: dict[str, Any]) -> None:
    want = network.posteriors(columns)
    for row in range(len(want.log_evidence)):
        cells = pd.Series({n: c[row] for n, c in columns.items()}, dtype=object)
        alone = network.case(cells).posterior()
        assert want.log_evidence[row] == pytest.approx(alone.log_evidence, abs=1e-12)
        for name in network.variables:
            assert want[name][row].tolist() == pytest.approx(alone.array(name).tolist(), abs=1e-12)
    with tempfile.TemporaryDirectory() as folder:
        for form, table in {**forms(columns, Path(folder)), "typed": typed(columns)}.items():
            found = network.posteriors(table)
            assert equal(found.marginals, want.marginals), form
            assert equal(found.log_evidence, want.log_evidence), form


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(columns=tables(), data=st.data())
def test_every_broken_table_is_told_by_row_and_column(
    network: Network, columns: dict[str, Any], data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(sorted(columns)))
    row = data.draw(st.integers(0, len(columns[name]) - 1))
    broken = {n: list(c) for n, c in columns.items()}
    broken[name][row] = "no such state"
    with tempfile.TemporaryDirectory() as folder:
        for form, table in forms(broken, Path(folder)).items():
            with pytest.raises(eg.EtiographError) as refused:
                network.posteriors(table)
            (note,) = refused.value.__notes__
            assert note.startswith(f"in row {row + 1} of "), form
            assert note.endswith(f", column {name!r}"), form
            passed = network.posteriors(table, on_error="skip")
            assert [(f.row, f.column) for f in passed.faults] == [(row + 1, name)], form
            rest = [i for i in range(len(passed.log_evidence)) if i != row]
            if rest:
                whole = network.posteriors({n: [c[i] for i in rest] for n, c in broken.items()})
                assert equal(passed.marginals[rest], whole.marginals), form


def test_an_index_called_like_a_variable_is_no_finding_without_a_word() -> None:
    """pandas takes a first column for the index in many ways; what stands there was passed over."""
    asia = eg.load("asia")
    frame = pd.DataFrame({"smoking": ["yes", "no"], "x_ray": ["abnormal", "normal"], "id": [1, 2]})
    plain = asia.posteriors(frame, keep=["id"])["lung_cancer"]
    for wrong in (frame.set_index("smoking"), frame.set_index(["smoking", "id"])):
        with pytest.raises(eg.InvalidFinding, match="index of the table is called 'smoking'"):
            asia.posteriors(wrong.drop(columns="id", errors="ignore"))
    for right in (
        frame.set_index("id"),
        frame.set_index("smoking", drop=False).drop(columns="id"),
        frame.set_index("smoking").drop(columns="id").reset_index(),
    ):
        assert equal(asia.posteriors(right)["lung_cancer"], plain)
