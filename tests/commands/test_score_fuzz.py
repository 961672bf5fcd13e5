"""No table, however broken, ends ``score`` in an exception that is not ours, or leaves half a file."""

from __future__ import annotations

import gzip
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

import etiograph as eg
from etiograph.commands import score as scoring
from etiograph.findings.contract import Contract

PLAIN = b"smoking,x_ray,id\nyes,normal,1\nno,abnormal,2\n,,\n"
HOSTILE = (
    b"\0", b"\xff", b"\xfe", b'"', b",", b";", b"\t", b"\r", b"\n", b"\r\n", b"\xef\xbb\xbf",
    "\u00e9".encode(), "\u00e9".encode("latin-1"), b"\x1f\x8b", b"PAR1", b"PK\x03\x04", b"nan", b"NaN",
    b"1e999", b"-1", b"[mg/dL]", b"smoking", b"'", b"=1+1", b"\xed\xa0\x80", b"\xf4\x90\x80\x80",
    b"\xe2\x80\xa8", b"\x1a", b"\x0c", b"x" * 200_000,
)  # fmt: skip


@pytest.fixture(scope="module")
def asia() -> eg.Network:
    return eg.load("asia")


def attempt(network: eg.Network, name: str, content: bytes, skip: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        table, out = Path(folder) / name, Path(folder) / "out.parquet"
        table.write_bytes(content)
        about = Contract(on_error="skip" if skip else "raise", keep=())
        errors = "out.errors.csv" if skip else ""
        try:
            scoring.score(network, table, out, variables=["lung_cancer"], contract=about)
        except eg.EtiographError:
            left = {name}
        else:
            left = {name, "out.parquet", errors} - {""}
        assert {path.name for path in Path(folder).iterdir()} == left


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    pieces=st.lists(
        st.tuples(st.integers(0, len(PLAIN)), st.sampled_from(HOSTILE), st.integers(0, 5)),
        max_size=4,
    ),
    pack=st.booleans(),
    cut=st.integers(0, 80),
    skip=st.booleans(),
)
def test_mutated_text(
    asia: eg.Network, pieces: list[tuple[int, bytes, int]], pack: bool, cut: int, skip: bool
) -> None:
    content = PLAIN.replace(b",id", b"").replace(b",1", b"").replace(b",2", b"")
    for at, piece, gone in pieces:
        content = content[:at] + piece + content[at + gone :]
    content = gzip.compress(content) if pack else content
    attempt(asia, "t.csv", content[: len(content) - cut] if cut < 20 else content, skip)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    at=st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 255)), max_size=6),
    cut=st.integers(0, 3000),
    skip=st.booleans(),
)
def test_mutated_parquet(
    asia: eg.Network, parquet: bytes, at: list[tuple[int, int]], cut: int, skip: bool
) -> None:
    content = bytearray(parquet)
    for place, byte in at:
        content[place % len(content)] = byte
    attempt(asia, "t.parquet", bytes(content[: len(content) - cut] if cut < 500 else content), skip)


@pytest.fixture(scope="module")
def parquet(asia: eg.Network, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("parquet") / "t.parquet"
    asia.sample(50, np.random.default_rng(0))[["smoking", "x_ray"]].to_parquet(path)
    return path.read_bytes()


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(content=st.binary(max_size=300), name=st.sampled_from(["t.csv", "t.parquet", "t.csv.gz"]))
def test_garbage(asia: eg.Network, content: bytes, name: str) -> None:
    attempt(asia, name, content, skip=False)


@pytest.mark.parametrize(
    "cells",
    [
        [b"yes", b"no"],
        [pd.Timestamp(0), None],
        [["yes"], ["no", None]],
        [{"no": 1.0, "yes": 2.0}, None],
        [{"no": -1.0, "yes": 2.0}, None],
        [[["yes"]], None],
        [1e308, -0.0],
        [2**63 - 1, -1],
        [pd.Timedelta(1), None],
    ],
    ids=str,
)
def test_columns_of_any_type(asia: eg.Network, tmp_path: Path, cells: list[object]) -> None:
    table = tmp_path / "t.parquet"
    pd.DataFrame({"smoking": cells}).to_parquet(table)
    for skip in (False, True):
        attempt(asia, "t.parquet", table.read_bytes(), skip)
