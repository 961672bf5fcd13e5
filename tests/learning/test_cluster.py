"""Tables on a Dask cluster: the same answers, byte for byte for scores, whatever becomes of a worker."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from distributed import LocalCluster

import etiograph as eg
from etiograph.cluster import in_order, workers
from etiograph.commands import score as scoring
from etiograph.findings.contract import Contract
from etiograph.learning.fit import fit
from etiograph.learning.partition import cases_of
from etiograph.learning.scale import Scale
from etiograph.learning.update import update
from etiograph.progress import Begun

SMALL = Path(__file__).parent / "small.toml"


def people(n: int, seed: int) -> pd.DataFrame:
    frame = eg.load(SMALL).sample(n, np.random.default_rng(seed), measured=True).astype(object)
    return frame.mask(np.random.default_rng(seed + 1).random(frame.shape) < 0.3)


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch):
    """A cluster of two workers in this process: an address to work at."""
    monkeypatch.setenv("ETIOGRAPH_THREADS", "1")
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=False, dashboard_address=None
    ) as cluster:
        yield f"dask={cluster.scheduler_address}"


def test_scores_are_the_same_byte_for_byte(here, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(scoring, "BLOCK", 16)
    table, alone, spread = (tmp_path / n for n in ("in.csv", "alone.csv", "spread.csv"))
    people(100, 1).to_csv(table, index=False)
    net = eg.load(SMALL)
    asked = {"variables": ["cause"]}
    first = scoring.score(net, table, alone, **asked)
    shares: list[float] = []
    again = scoring.score(net, table, spread, on=here, resume=True, share=shares.append, **asked)
    assert spread.read_bytes() == alone.read_bytes()
    assert again == first
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_sums_over_rows_are_the_same(here, tmp_path, monkeypatch) -> None:
    """Blocks of a file, equal rows of two of them put together, in parts that are summed apart."""
    monkeypatch.setattr("etiograph.learning.partition.BLOCK", 15)
    monkeypatch.setattr("etiograph.learning.partition.LANES", 2)
    monkeypatch.setattr("etiograph.learning.partition.WEIGHED", 5)
    net = eg.load(SMALL)
    table = people(60, 2).assign(cause="yes", often=np.arange(60) % 3).astype(object)
    table["level"] = [
        None if pd.isna(v) else round(float(str(v).split()[0])) for v in table["level"]
    ]
    table.loc[7, "sign"] = "typo"
    table.loc[[3, 50], "often"] = ["twice", -1]
    table.to_csv(tmp_path / "in.csv", index=False)
    asked = (net, tmp_path / "in.csv", Contract(on_error="skip"), "often", {"cause": "yes"})
    scale = Scale.of(net)
    eta = np.random.default_rng(3).normal(0, 0.5, len(scale))
    gathered = cases_of(None, *asked)
    alone = gathered.objective(scale)
    with workers(here) as client:
        parts = cases_of(client, *asked)
        spread = parts.objective(scale)
        assert [f.row for f in parts.faults] == [f.row for f in gathered.faults] == [4, 8, 51]
        assert (parts.n, parts.found, parts.length) == (gathered.n, gathered.found, 60)
        assert spread.n_rows == alone.n_rows < 40
        assert parts.trace == gathered.trace
        assert parts.mark == gathered.mark
        assert len(spread.parts) > 2
        assert spread.log_likelihood(eta) == pytest.approx(alone.log_likelihood(eta), rel=1e-12)
        for got, expected in zip(spread.gradient(eta), alone.gradient(eta), strict=True):
            assert got == pytest.approx(expected, rel=1e-11, abs=1e-11)
        found, whole = spread.information(eta), alone.information(eta)
        assert found == pytest.approx(whole, rel=1e-10, abs=1e-10)


def test_a_fit_is_the_same_and_reads_a_file_block_by_block(here, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("etiograph.learning.partition.BLOCK", 30)
    monkeypatch.setattr("etiograph.learning.partition.LANES", 2)
    monkeypatch.setattr("etiograph.learning.em.TURNS", 3)
    monkeypatch.setattr("etiograph.learning.partition.ROWS", 20)
    net = eg.load("sprinkler")
    rng = np.random.default_rng(5)
    whole = net.sample(100, rng)
    holes = whole.astype(object).mask(rng.random(whole.shape) < 0.2)
    whole.to_csv(tmp_path / "in.csv", index=False)
    weights = rng.integers(0, 3, 100).astype(float)
    with workers(here) as client:
        for table, options in (
            (tmp_path / "in.csv", {}),
            (holes, {"weights": weights, "zeros": "learn"}),
        ):
            alone, spread = net.fit(table, **options), net.fit(table, on=client, **options)
            assert spread.passes == alone.passes
            assert spread.cases == alone.cases
            assert spread.log_likelihood == pytest.approx(alone.log_likelihood, rel=1e-12)
            assert spread.alpha.keys() == alone.alpha.keys()
            for name, alpha in alone.alpha.items():
                assert spread.alpha[name] == pytest.approx(alpha, rel=1e-9)
        monkeypatch.setattr("etiograph.learning.partition.ROWS", 1000)
        parts = cases_of(client, net, holes, Contract())
        assert parts.n == 100
        # Four blocks, two in each lane: equal rows are one.
        together = [
            holes.iloc[[*range(i, i + 30), *range(i + 60, min(i + 90, 100))]] for i in (0, 30)
        ]
        sizes = [len(t.drop_duplicates()) for t in together]
        assert [len(part.result().cohort) for part in parts.parts] == sizes
        assert net.fit(whole, on=here).passes == net.fit(whole).passes  # a cluster that it leaves
        with pytest.raises(eg.InvalidFinding, match="weights must be 100 numbers"):
            net.fit(whole, weights=weights[:50], on=client)
        wrong = whole.assign(rain=["maybe" if i == 70 else "yes" for i in range(100)])
        with pytest.raises(eg.UnknownName) as told:
            net.fit(wrong, on=client)
        assert told.value.__notes__ == ["in row 71 of the table (labelled 70), column 'rain'"]


def test_cases_that_cannot_be_are_counted_over_all_parts(here, monkeypatch) -> None:
    monkeypatch.setattr("etiograph.learning.partition.BLOCK", 3)
    asia = eg.load("asia").with_table_parameters(50)
    never = {
        "lung_cancer": ["present"] * 5,
        "tuberculosis_or_cancer": ["absent", "present"] * 2 + ["absent"],
    }
    for on in (None, here):
        with pytest.raises(eg.ImpossibleFindings, match="3 of 5 cases cannot be"):
            asia.update(never, on=on)
        with pytest.raises(eg.ImpossibleFindings, match="3 of 5 cases contradict what is said"):
            asia.update(never, given={"tuberculosis_or_cancer": "present"}, on=on)


def test_a_validation_and_a_comparison_are_the_same(here, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("etiograph.learning.source.BLOCK", 16)
    net = eg.load("sprinkler")
    people = net.sample(120, 6, missing=0.1).astype(object).assign(ward=["b", "a", None] * 40)
    people.loc[70, "rain"] = "typo"
    table = tmp_path / "in.csv"
    people.to_csv(table, index=False)
    said = {"keep": ["ward"], "on_error": "skip"}
    with workers(here) as client:
        for folds in (None, 2):
            asked = {"folds": folds, "boot": 20, "by": ["ward", "rain"], "on_error": "skip"}
            alone = eg.validate(net, table, "wet_grass", **asked)
            spread = eg.validate(net, table, "wet_grass", on=client, **asked)
            assert (spread.rows == alone.rows).all()
            assert (spread.unknown, spread.passed_over) == (alone.unknown, 1)
            assert list(spread.groups) == list(alone.groups)
            assert [g.cases for g in spread.groups.values()] == [
                g.cases for g in alone.groups.values()
            ]
            assert spread.p == pytest.approx(alone.p, rel=1e-12)
            assert spread["auc"].low == pytest.approx(alone["auc"].low, rel=1e-12)
        other = net.with_table_parameters(50)
        alone, spread = (
            eg.compare([net, other], table, folds=None, on=on, **said) for on in (None, client)
        )
        assert spread.scores == pytest.approx(alone.scores, rel=1e-12)
        assert spread.passed_over == 1
        assert spread.cases == 119
        alone, spread = (net.criticise(table, draws=9, on=on, **said) for on in (None, client))
        assert spread.tests == alone.tests


def test_a_place_that_is_none_says_so() -> None:
    for word in ("spark", "dask="):
        with pytest.raises(eg.UnknownName, match="place to work on"), workers(word):
            pass
    with pytest.raises(TypeError, match="on must be a text"), workers(3):
        pass
    with workers(None) as client:
        assert client is None


def _slow(shared: int, item: int) -> tuple[int, int]:
    import time

    time.sleep(0.1)
    return shared * item, os.getpid()


@pytest.mark.long  # three processes are started, and two are killed
def test_a_worker_that_is_killed_changes_nothing(tmp_path) -> None:
    with workers("dask", 3) as client:
        pids = list(client.run(os.getpid).values())
        found = in_order(client, _slow, 3, ((i, i) for i in range(200)))
        taken = []
        for label, (value, _) in found:
            taken.append((label, value))
            # By then the cluster has taken away all copies but one of what all tasks share.
            if label in (100, 130):
                os.kill(pids[label == 130], signal.SIGKILL)
        assert taken == [(i, 3 * i) for i in range(200)]
    net, table = eg.load(SMALL), people(300, 4)
    alone = update(net, table, draws=200)
    spread = update(net, table, draws=200, on="dask")
    assert spread.draws == pytest.approx(alone.draws, rel=1e-9)
    plain = eg.load("asia")
    cases = plain.sample(3000, 8, missing=0.2)
    assert plain.fit(cases, on="dask").log_likelihood == pytest.approx(
        plain.fit(cases).log_likelihood, rel=1e-12
    )
    table.to_csv(tmp_path / "in.csv", index=False)
    for name, on in (("alone", None), ("spread", "dask")):
        scoring.score(net, tmp_path / "in.csv", tmp_path / f"{name}.csv", on=on)
    assert (tmp_path / "alone.csv").read_bytes() == (tmp_path / "spread.csv").read_bytes()


def test_what_answers_and_is_no_cluster_is_refused_in_words() -> None:
    """Its bytes are read as the size of a message, which no memory holds."""
    import socketserver
    import threading

    class Web(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n" * 4)

    with socketserver.TCPServer(("127.0.0.1", 0), Web) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"tcp://127.0.0.1:{server.server_address[1]}"
        with (
            pytest.raises(eg.InvalidFinding, match="no Dask cluster answers at"),
            workers(f"dask={address}"),
        ):
            pass
        server.shutdown()


@pytest.mark.long  # three processes are started, and one is killed
def test_a_fit_goes_on_when_a_worker_is_killed() -> None:
    """In the middle of the search: the rows it had are read again from what was sent."""
    net = eg.load("asia")
    table = net.sample(40_000, 9, missing=0.3)
    alone = net.fit(table)
    with workers("dask", 3) as client:
        pids, turns = list(client.run(os.getpid).values()), []

        def told(begun: Begun) -> None:
            turns.append(str(begun))
            if turns[-1] == "turn 2":
                os.kill(pids[0], signal.SIGKILL)

        spread = fit(net, table, on=client, progress=told)
    assert "turn 3" in turns
    assert spread.passes == alone.passes
    # Sums differ in their last digits, and each turn starts from where the last one led.
    assert spread.log_likelihood == pytest.approx(alone.log_likelihood, rel=1e-10)
    for name, alpha in alone.alpha.items():
        assert spread.alpha[name] == pytest.approx(alpha, rel=1e-6)
