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
from etiograph.findings.table import read_cases
from etiograph.learning.objective import Cohort, Objective
from etiograph.learning.scale import Scale
from etiograph.learning.spread import Spread
from etiograph.learning.update import update

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


def test_sums_over_rows_are_the_same(here, monkeypatch) -> None:
    monkeypatch.setattr("etiograph.learning.spread.ROWS", 16)
    net = eg.load(SMALL)
    table = people(60, 2).assign(cause="yes")
    cohort = Cohort.of(read_cases(net, table), None, {"cause": "yes"})
    scale = Scale.of(net)
    alone = Objective.of(cohort, scale)
    eta = np.random.default_rng(3).normal(0, 0.5, len(scale))
    with workers(here) as client:
        spread = Spread.over(client, cohort, scale)
        assert len(spread.parts) > 2
        assert spread.log_likelihood(eta) == pytest.approx(alone.log_likelihood(eta), rel=1e-12)
        for got, expected in zip(spread.gradient(eta), alone.gradient(eta), strict=True):
            assert got == pytest.approx(expected, rel=1e-11, abs=1e-11)
        found, whole = spread.information(eta), alone.information(eta)
        assert found == pytest.approx(whole, rel=1e-10, abs=1e-10)


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

    time.sleep(0.05)
    return shared * item, os.getpid()


@pytest.mark.long  # three processes are started, and one is killed
def test_a_worker_that_is_killed_changes_nothing(tmp_path) -> None:
    with workers("dask", 3) as client:
        pids = list(client.run(os.getpid).values())
        found = in_order(client, _slow, 3, ((i, i) for i in range(200)))
        taken = []
        for label, (value, _) in found:
            taken.append((label, value))
            if label == 40:
                os.kill(pids[0], signal.SIGKILL)
        assert taken == [(i, 3 * i) for i in range(200)]
    net, table = eg.load(SMALL), people(300, 4)
    alone = update(net, table, draws=200)
    spread = update(net, table, draws=200, on="dask")
    assert spread.draws == pytest.approx(alone.draws, rel=1e-9)
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
