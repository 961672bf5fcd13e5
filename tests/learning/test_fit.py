"""Plain tables learned: counted in closed form, by EM with holes, against brute force and pyAgrum."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from benchmarks import networks

import etiograph as eg
from etiograph.engine.enumerate import family_table
from etiograph.engine.propagate import evidence
from etiograph.findings.table import read_cases
from etiograph.learning.cohort import Cohort
from etiograph.learning.expectation import known_states
from etiograph.network.mechanism import Row, Table

LONG = "ETIOGRAPH_LONG" in os.environ
PEERS = ("asia", "survey", "cancer", "earthquake") + (
    ("sachs", "child", "insurance", "alarm", "hepar2", "win95pts", "water", "hailfinder")
    if LONG
    else ()
)


def plain(seed: int = 0) -> eg.Network:
    """Four variables with two, two, three and two states, one of them with two parents."""
    rng = np.random.default_rng(seed)
    return eg.Network.from_tables(
        {"a": ("no", "yes"), "b": ("no", "yes"), "c": ("x", "y", "z"), "d": ("no", "yes")},
        {"b": ("a",), "c": ("a", "b"), "d": ("c",)},
        {
            "a": rng.dirichlet([3, 3]),
            "b": rng.dirichlet([3, 3], 2),
            "c": rng.dirichlet([2, 2, 2], (2, 2)),
            "d": rng.dirichlet([3, 3], 3),
        },
    )


def with_holes(frame: pd.DataFrame, rng: np.random.Generator, share: float = 0.2) -> pd.DataFrame:
    holes = frame.astype(object)
    for name in holes:
        holes.loc[rng.random(len(holes)) < share, name] = None
    return holes


def log_likelihood(network: eg.Network, table: pd.DataFrame) -> float:
    cohort = Cohort.of(read_cases(network, table))
    return float(cohort.weights @ evidence(network.model, cohort.rows))


def test_complete_cases_are_counted_and_the_posterior_is_dirichlet() -> None:
    net = plain()
    table = net.sample(300, 1)
    prior = 0.7
    fit = net.fit(table, prior=prior)
    assert fit.passes == 1
    assert fit.converged
    counts = pd.crosstab([table["a"], table["b"]], table["c"], dropna=False)
    expected = counts.to_numpy(dtype=float).reshape(2, 2, 3) + prior
    assert fit.alpha["c"] == pytest.approx(expected, rel=1e-12)
    table_c = fit.network.table("c")
    assert table_c == pytest.approx(expected / expected.sum(-1, keepdims=True), rel=1e-12)
    # The range of a number is the central interval of its marginal.
    from scipy.stats import beta

    name = next(p for p in fit.network.parameters if p.startswith("c.no.yes"))
    number = fit.network.parameters[name]
    state = ("x", "y", "z").index(name.rpartition(".")[2])
    a, whole = expected[0, 1, state], expected[0, 1].sum()
    assert number.low == pytest.approx(beta(a, whole - a).ppf(0.025), rel=1e-9)
    assert number.high == pytest.approx(beta(a, whole - a).ppf(0.975), rel=1e-9)
    assert number.value == pytest.approx(a / whole, rel=1e-12)
    assert number.evidence == ("cohort",)
    assert number.note == "Fitted to cohort (n = 300)."
    assert fit.log_likelihood == pytest.approx(log_likelihood(fit.network, table), rel=1e-12)


def test_draws_are_of_the_dirichlet_posterior() -> None:
    net = plain()
    fit = net.fit(net.sample(60, 1))
    draws = fit.draws(40_000, seed=3)
    names = list(fit.network.parameters)
    assert draws.shape == (40_000, len(names))
    own = [n for n in names if n.startswith("c.yes.no.")]
    assert len(own) == 2
    states = [("x", "y", "z").index(n.rpartition(".")[2]) for n in own]
    alpha = fit.alpha["c"][1, 0]
    whole = alpha.sum()
    mean = alpha / whole
    columns = draws[:, [names.index(n) for n in own]]
    assert columns.mean(axis=0) == pytest.approx(mean[states], abs=0.005)
    covariance = np.cov(columns.T)
    exact = (np.diag(mean) - np.outer(mean, mean)) / (whole + 1)
    assert covariance == pytest.approx(exact[np.ix_(states, states)], abs=5e-4)
    assert covariance[0, 1] < 0


@pytest.mark.parametrize("seed", range(5))
def test_em_ends_at_the_maximum(seed) -> None:
    """No small change of any row makes the cases more probable; all starts end alike."""
    rng = np.random.default_rng(seed)
    net = plain(seed)
    table = with_holes(net.sample(150, rng), rng)
    weights = rng.integers(1, 4, 150).astype(float)
    fit = net.fit(table, prior=0.5, weights=weights)
    assert fit.converged
    cohort = Cohort.of(read_cases(net, table), weights)

    def objective(tables: dict[str, np.ndarray]) -> float:
        at = eg.Network.from_tables(
            {n: v.states for n, v in net.variables.items()},
            {n: net.parents(n) for n in net.variables},
            tables,
        )
        total = float(cohort.weights @ evidence(at.model, cohort.rows))
        return total + sum(0.5 * np.log(t).sum() for t in tables.values())

    best = {n: fit.network.table(n) for n in net.variables}
    top = objective(best)
    for name, table_of in best.items():
        for _ in range(4):
            step = rng.normal(0, 1e-3, table_of.shape)
            moved = table_of * np.exp(step)
            moved /= moved.sum(-1, keepdims=True)
            assert objective({**best, name: moved}) < top + 1e-9
    other = plain(seed + 50).fit(table, prior=0.5, weights=weights)
    assert other.log_likelihood == pytest.approx(fit.log_likelihood, abs=1e-4)


def test_what_holes_take_away_is_taken_from_the_ranges() -> None:
    net = plain(2)
    rng = np.random.default_rng(0)
    table = net.sample(400, rng)
    whole = net.fit(table)
    third = with_holes(table, rng, 0.4)
    fewer = net.fit(third)
    for name in net.variables:
        size, cut = whole.alpha[name].sum(-1), fewer.alpha[name].sum(-1)
        prior = net.variables[name].card
        assert (cut >= prior).all()
        assert cut.sum() < 0.9 * size.sum()
    # A root of which no more is known than in some rows is worth about these rows.
    only = table.astype(object)
    only.loc[100:, :] = None
    assert net.fit(only).alpha["a"].sum() == pytest.approx(102, rel=1e-9)


def test_intervals_of_fits_with_holes_hold_the_truth() -> None:
    net = plain(4)
    rng = np.random.default_rng(5)
    held, n = 0, 0
    for _ in range(30):
        fit = net.fit(with_holes(net.sample(150, rng), rng, 0.3))
        for name, alpha in fit.alpha.items():
            truth = net.table(name)
            mean = alpha / alpha.sum(-1, keepdims=True)
            sd = np.sqrt(mean * (1 - mean) / (alpha.sum(-1, keepdims=True) + 1))
            held += int((np.abs(truth - mean) < 1.645 * sd).sum())
            n += truth.size
    # Numbers of one run depend on each other: as if there were a third as many.
    assert abs(held / n - 0.9) < 3.5 * np.sqrt(0.9 * 0.1 / (n / 3))


def test_without_a_prior_there_is_no_range() -> None:
    net = plain()
    fit = net.fit(net.sample(50, 1), prior=0)
    assert not fit.alpha
    assert not fit.network.has_ranges
    assert fit.network.table("a") == pytest.approx(
        net.sample(50, 1)["a"].value_counts(normalize=True)[["no", "yes"]].to_numpy()
    )


def test_the_own_tables_can_be_the_prior() -> None:
    net = plain()
    prior = {name: 40 * net.table(name) for name in net.variables}
    table = pd.DataFrame({"a": ["yes"] * 10})
    fit = net.fit(table, prior=prior)
    assert fit.network.table("c") == pytest.approx(net.table("c"), abs=1e-4)
    p = net.table("a")[1]
    assert fit.network.table("a")[1] == pytest.approx((40 * p + 10) / 50, rel=1e-9)


def test_zeros_are_kept_or_learned() -> None:
    net = eg.Network.from_tables(
        {"a": ("no", "yes"), "b": ("no", "yes")},
        {"b": ("a",)},
        {"a": [0.5, 0.5], "b": [[1.0, 0.0], [0.2, 0.8]]},
    )
    good = pd.DataFrame({"a": ["no", "yes", "yes"], "b": ["no", "yes", None]})
    kept = net.fit(good)
    assert kept.network.table("b")[0].tolist() == [1.0, 0.0]
    bad = pd.DataFrame({"a": ["no", "no"], "b": ["yes", "no"]})
    with pytest.raises(eg.ImpossibleFindings, match=r"1 of 2 cases cannot be.*zeros='learn'"):
        net.fit(bad)
    assert net.fit(bad, zeros="learn").network.table("b")[0] == pytest.approx([0.5, 0.5])


def test_a_table_stated_in_rows_is_learned_row_by_row() -> None:
    net = plain()
    rows = (Row({"a": "yes"}, {"y": 0.2, "z": 0.3}), Row({}, {"y": 0.5, "z": 0.2}))
    mechanisms = {**net.mechanisms, "c": Table(("a", "b"), rows)}
    net = eg.Network(net.variables, mechanisms)
    table = net.sample(80, 3)
    fit = net.fit(table, prior=1.0)
    counts = pd.crosstab(table["a"], table["c"], dropna=False).to_numpy(float)
    assert fit.alpha["c"] == pytest.approx(counts[::-1] + 1.0, rel=1e-12)
    assert len(fit.network.mechanisms["c"].rows) == 2


def test_ranges_for_a_network_that_came_without() -> None:
    asia = networks.load("asia")
    given = asia.with_table_parameters(200, sources=["L88"])
    assert given.has_ranges
    for name in asia.variables:
        assert given.table(name) == pytest.approx(asia.table(name), abs=1e-15)
    number = given.parameters["smoke"]
    from scipy.stats import beta

    assert (number.low, number.high) == pytest.approx(beta(100, 100).interval(0.95))
    assert (number.grade, number.evidence) == ("D", ("L88",))
    rare = given.parameters["asia"]  # P(no) = 0.99: counted two of 200
    assert rare.low < 0.99 < rare.high < 1.0
    case = given.case(xray="yes", dysp="yes")
    assert case.intervals(draws=50)["tub"]["yes"].high > 0
    assert len(case.tornado("tub", "yes").bars) > 3
    up = given.update(asia.sample(200, 1), draws=100)
    assert any(m.informed for m in up.numbers)
    tighter = asia.with_table_parameters(2000).parameters["smoke"]
    assert tighter.high - tighter.low < 0.4 * (number.high - number.low)


def test_a_fitted_network_is_saved_and_read(tmp_path) -> None:
    from etiograph.formats import write

    net = plain()
    fit = net.fit(with_holes(net.sample(100, 2), np.random.default_rng(1)), cohort="ward 7")
    write(fit.network, tmp_path / "fitted.toml")
    again = eg.load(tmp_path / "fitted.toml")
    assert list(again.parameters) == list(fit.network.parameters)
    for name, number in fit.network.parameters.items():
        read = again.parameters[name]
        assert (read.value, read.low, read.high) == (number.value, number.low, number.high)
        assert read.evidence == ("ward 7",)


def test_what_cannot_be_fitted_says_why() -> None:
    net = plain()
    table = pd.DataFrame({"a": ["yes", "no"]})
    with pytest.raises(eg.InvalidNetwork, match=r"is no plain table \(noisy_or\).*update"):
        eg.load(Path(__file__).parent / "small.toml").fit({"cause": ["yes"]})
    with pytest.raises(eg.InvalidNetwork, match="says nothing"):
        net.fit(pd.DataFrame({"a": [None, None]}))
    with pytest.raises(eg.UnknownName, match="did you mean 'a'"):
        net.fit(pd.DataFrame({"aa": ["yes"]}))
    with pytest.raises(eg.InvalidFinding, match="prior: of 'a' must be numbers"):
        net.fit(table, prior={"a": [1.0, -1.0]})
    with pytest.raises(eg.InvalidFinding, match="at least 0"):
        net.fit(table, prior=-1)
    with pytest.raises(eg.UnknownName, match="way with zeros"):
        net.fit(table, zeros="drop")
    with pytest.raises(eg.UnknownName, match="variable"):
        net.fit(table, variables=["q"])


@pytest.fixture(scope="module")
def pyagrum():
    """A function from a task to the tables of pyAgrum's EM."""
    script = Path(__file__).with_name("pyagrum_em.py")
    process = subprocess.Popen(
        [sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )

    def ask(task):
        process.stdin.write(json.dumps(task) + "\n")
        process.stdin.flush()
        return json.loads(process.stdout.readline())

    yield ask
    process.stdin.close()
    process.wait(timeout=60)
    process.stdout.close()


def task(cohort: Cohort, start: eg.Network) -> dict[str, object]:
    """What pyAgrum is told: the network with its tables, the rows."""
    model = start.model
    states = known_states(model, cohort.rows).repeat(cohort.weights.astype(int), axis=0)
    variables = range(len(model.cards))
    return {
        "cards": list(model.cards),
        "parents": [list(model.parents(v)) for v in variables],
        "tables": [np.asarray(family_table(model, v)).ravel().tolist() for v in variables],
        "rows": states.tolist(),
    }


@pytest.mark.parametrize("name", ["asia", "survey", "cancer", "earthquake"])
def test_em_ends_where_pyagrum_ends(name, pyagrum) -> None:
    """G2: log likelihood of both ends, worked out by one engine."""
    net = networks.load(name)
    rng = np.random.default_rng(7)
    table = with_holes(net.sample(300, rng), rng)
    fit = net.fit(table, prior=0)
    model = net.model
    cohort = Cohort.of(read_cases(net, table))
    told = pyagrum({**task(cohort, net), "epsilon": 1e-9})
    tables = model.tables.copy()
    for v, flat in enumerate(told["tables"]):
        tables[model.families[v].start : model.families[v].start + len(flat)] = flat
    theirs = float(cohort.weights @ evidence(model, cohort.rows, tables))
    assert fit.log_likelihood >= theirs - 1e-6 * abs(theirs)
    assert fit.log_likelihood == pytest.approx(theirs, rel=1e-6)


@pytest.mark.parametrize("name", PEERS)
def test_where_em_ends_pyagrum_counts_what_is_there(name, pyagrum) -> None:
    """G2 on larger networks, of which a hundred cases do not show every row: one case is added to each number.

    pyAgrum's own search ends at the first turn that makes the cases less probable, though more so with
    what is added; its inference counts the cases by our end instead, and another turn moves nothing.
    """
    net = networks.load(name)
    rng = np.random.default_rng(7)
    table = with_holes(net.sample(100, rng), rng)
    mixed = {v: 0.99 * net.table(v) + 0.01 / net.variables[v].card for v in net.variables}
    states = {v: net.variables[v].states for v in net.variables}
    start = eg.Network.from_tables(states, {v: net.parents(v) for v in net.variables}, mixed)
    fit = start.fit(table, prior=1.0)
    assert fit.converged
    cohort = Cohort.of(read_cases(start, table))
    told = pyagrum({**task(cohort, fit.network), "count": True})
    assert fit.log_likelihood == pytest.approx(told["log_likelihood"], rel=1e-9)
    for variable, flat in zip(start.variables, told["counts"], strict=True):
        found = fit.network.table(variable)
        counts = np.reshape(flat, found.shape) + 1.0
        assert found == pytest.approx(counts / counts.sum(-1, keepdims=True), abs=1e-5)


def test_what_no_case_speaks_of_stays_as_it_is() -> None:
    # A table without a cell hangs on the prior alone: the search would make it uniform without a word.
    asia = eg.load("asia")
    table = asia.sample(400, 1)[["smoking", "dyspnoea", "bronchitis"]]
    fit = asia.fit(table)
    assert fit.kept == tuple(n for n in asia.variables if n not in ("smoking", "bronchitis") and
                             not isinstance(asia.mechanisms[n], eg.Deterministic))  # fmt: skip
    for name in fit.kept:
        assert fit.network.table(name) == pytest.approx(asia.table(name), abs=1e-15)
    assert set(fit.alpha) == {"smoking", "bronchitis"}
    counted = (table["smoking"] == "yes").sum()
    assert fit.network.table("smoking")[1] == pytest.approx((counted + 1) / 402, abs=1e-12)
    named = asia.fit(table, variables=["visit_to_asia"])
    assert named.kept == ()
    assert set(named.alpha) == {"visit_to_asia"}
    with pytest.raises(eg.InvalidNetwork, match="of no variable together with all its parents"):
        asia.fit(table[["dyspnoea"]])
    prior = {name: 50 * asia.table(name) for name in (*fit.kept, *fit.alpha)}
    assert asia.fit(table, prior=prior).kept == ()  # a prior of its own says what to learn from
