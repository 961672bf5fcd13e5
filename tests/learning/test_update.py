"""Ranges moved by tables: closed forms, coverage by simulation, planted conflicts, selected cohorts."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from benchmarks.learned import named_by_chance, planted
from typer.testing import CliRunner

import etiograph as eg
from etiograph.commands.cli import app
from etiograph.curation.card import card
from etiograph.decision.cohort_words import method_words
from etiograph.formats import reads
from etiograph.formats.native import save_native
from etiograph.learning.chain import Chain, _begun, _enough, _State, _widths
from etiograph.learning.conflict import moved
from etiograph.learning.importance import bent, fit_pareto, smoothed
from etiograph.learning.laplace import _climb
from etiograph.learning.posterior import Posterior
from etiograph.learning.scale import Scale
from etiograph.network.cohort import Learned, entered, learned
from etiograph.network.parameter import sample_parameters
from etiograph.progress import Begun

SMALL = Path(__file__).parent / "small.toml"
EDGE = """
format = 1
about.name = "edge"

[variables.cause]
states = ["no", "yes"]
mechanism.kind = "table"
mechanism.rows = [{p = {yes = 0.5}}]

[variables.sign]
states = ["no", "yes"]
mechanism.kind = "noisy_or"
mechanism.leak = 0.1
mechanism.links = [{parent = "cause", strength = {yes = {value = 1.3, low = 0.8, high = 2.0, kind = "odds_ratio", baseline = 0.1, grade = "D"}}}]
"""
LONG = "ETIOGRAPH_LONG" in os.environ


@pytest.fixture(scope="module")
def small() -> eg.Network:
    return eg.load(SMALL)


def cohort(
    net: eg.Network, n: int, rng: np.random.Generator, holes: float = 0.3, measured: bool = True
) -> pd.DataFrame:
    """People of a network with measured levels, and cells taken away at random."""
    frame = net.sample(n, rng).astype(object)
    if measured and "level" in frame:
        of = {name: p.value for name, p in net.parameters.items()}
        mean = of["level.mean"] + of["level.cause"] * (frame["cause"] == "yes")
        frame["level"] = [
            f"{x:.4f} mmol/L"
            for x in np.clip(rng.normal(mean.to_numpy(float), of["level.sd"]), 0, 12)
        ]
    for name in frame:
        frame.loc[rng.random(n) < holes, name] = None
    return frame


def at(net: eg.Network, values: np.ndarray) -> eg.Network:
    return net.with_parameters(dict(zip(net.parameters, values.tolist(), strict=True)))


def test_cases_that_contradict_what_is_given_of_all(small: eg.Network) -> None:
    table = pd.DataFrame({"sign": ["present", "absent", "absent"]})
    with pytest.raises(
        eg.ImpossibleFindings, match="2 of 3 cases contradict what is said to be given"
    ) as told:
        small.update(table, given={"sign": "present"}, parameters=["cause"], draws=100)
    (note,) = told.value.__notes__  # it named other findings of the row, which can all be true
    assert note.endswith("; of the first, 'sign' is not as given")


def test_counting_is_the_closed_form() -> None:
    """Complete data on one Beta: its posterior is Beta(a + k, b + n - k)."""
    net = eg.load(SMALL)
    yes, no = 37, 63
    table = pd.DataFrame({"cause": ["yes"] * yes + ["no"] * no})
    up = net.update(table, draws=4000, parameters=["cause"])
    prior = net.parameters["cause"].distribution
    from scipy.stats import beta

    exact = beta(prior.a + yes, prior.b + no)
    (moved,) = up.numbers
    assert moved.value == pytest.approx(exact.median(), abs=4 * exact.std() * 1.25 / np.sqrt(4000))
    for found, q in ((moved.low, 0.025), (moved.high, 0.975)):
        error = np.sqrt(q * (1 - q) / 4000) / exact.pdf(exact.ppf(q))
        assert found == pytest.approx(exact.ppf(q), abs=5 * error)
    assert up.diagnostics.pareto_k < 0.5
    from scipy.special import betaln

    exact_marginal = betaln(prior.a + yes, prior.b + no) - betaln(prior.a, prior.b)
    assert up.log_marginal == pytest.approx(exact_marginal, abs=1e-3)


def test_the_marginal_of_measured_values_is_the_closed_form(small) -> None:
    """One normal mean: the values are normal together."""
    from scipy.stats import multivariate_normal

    x = np.random.default_rng(0).normal(5.2, 0.8, 50)
    up = small.update({"level": x.tolist(), "cause": ["no"] * 50}, parameters=["level.mean"])
    prior, of = small.priors["level.mean"].distribution, small.parameters
    spread = of["level.sd"].value ** 2 * np.eye(50) + prior.b**2
    whole = multivariate_normal(np.full(50, prior.a), spread).logpdf(x)
    assert up.log_marginal == pytest.approx(whole + 50 * np.log(1 - of["cause"].value), abs=1e-6)


def test_a_few_draws_that_were_compared_correct_all(small, monkeypatch) -> None:
    """Of many rows few draws are compared; the others stood where the approximation had them."""
    table = pd.DataFrame({"cause": ["yes"] * 3 + ["no"]})
    whole = small.update(table, draws=20_000, parameters=["cause"])
    from scipy.stats import beta

    prior = small.priors["cause"].distribution
    exact = beta(prior.a + 3, prior.b + 1)
    monkeypatch.setattr("etiograph.learning.posterior.CHECKED_ROWS", 2 * 1500)
    up = small.update(table, draws=20_000, parameters=["cause"])
    assert (up.diagnostics.checked, whole.diagnostics.checked) == (1500, 20_000)
    column = list(small.parameters).index("cause")
    for each in (whole, up):
        draws = each.draws[:, column]
        assert draws.mean() == pytest.approx(exact.mean(), abs=0.03 * exact.std())
        for q in (0.025, 0.975):
            assert np.quantile(draws, q) == pytest.approx(exact.ppf(q), abs=0.08 * exact.std())


def test_bent_draws_have_the_moments_of_their_target() -> None:
    rng = np.random.default_rng(7)
    z = rng.standard_normal((40_000, 1))
    mean, sd, skew = 0.3, 0.8, 0.4
    # A gamma distribution, moved and stretched.
    from scipy.stats import gamma, norm

    shape = 4.0 / skew**2
    target = gamma(shape, loc=mean - sd * np.sqrt(shape), scale=sd / np.sqrt(shape))
    logs = target.logpdf(z[:, 0]) - norm.logpdf(z[:, 0])
    found = smoothed(logs[:4000])
    assert found.log_mean == pytest.approx(0.0, abs=0.05)
    own = bent(z, found.weights)[:, 0]
    assert own.mean() == pytest.approx(mean, abs=0.02)
    assert own.std() == pytest.approx(sd, abs=0.03)
    assert np.mean((own - own.mean()) ** 3) / own.std() ** 3 == pytest.approx(skew, abs=0.15)
    assert (np.argsort(own) == np.argsort(z[:, 0])).all()


def test_a_maximum_on_an_edge_is_told_and_left_to_chains() -> None:
    """An odds ratio below 1 counts as 1: cases that speak for less put the maximum on the edge.

    There the slope jumps. Differences of it were taken for a curvature: of a distribution so narrow that
    chains by it stood still, and the update was refused.
    """
    net = reads(EDGE, "edge.toml")
    some = ["no"] * 190 + ["yes"] * 10
    up = net.update({"cause": ["yes"] * 200 + ["no"] * 200, "sign": some * 2}, draws=1000)
    assert up.diagnostics.slope > 0.5
    assert up.diagnostics.method == "chain"
    assert np.isnan(up.log_marginal)
    prior = net.priors["sign.cause"].distribution
    eta = np.linspace(-6.0, 6.0, 4001)
    ratio = np.exp(prior.a + prior.b * eta)
    strength = np.clip(0.1 * (ratio - 1.0) / (0.9 + 0.1 * ratio), 0.0, 1.0)
    p = 1.0 - 0.9 * (1.0 - strength)
    logs = 10 * np.log(p) + 190 * np.log(1.0 - p) - 0.5 * eta**2
    whole = np.cumsum(np.exp(logs - logs.max()))
    exact = ratio[np.searchsorted(whole / whole[-1], (0.025, 0.5, 0.975))]
    (number,) = up.numbers
    wide = exact[2] - exact[0]
    found = (number.low, number.value, number.high)
    assert found == pytest.approx(exact, abs=0.12 * wide)


def test_a_search_does_not_go_to_and_fro_over_an_edge() -> None:
    """A roof: at its ridge the slope jumps from 0.3 to -0.3, and is never small."""
    asked = []

    def roof(x: np.ndarray) -> tuple[float, np.ndarray]:
        asked.append(x)
        steep = np.array([-0.3 * np.sign(x[0] - 1.3), 0.0])
        return -0.3 * abs(x[0] - 1.3) - 0.5 * x[1] ** 2, steep - np.array([0.0, x[1]])

    top = _climb(roof, np.array([4.0, 2.0]), np.eye(2), 1e-3)
    assert top == pytest.approx([1.3, 0.0], abs=1e-3)
    assert len(asked) < 40  # 59 without an end of its own


def test_what_the_data_say_nothing_of_stays_as_it_was(small) -> None:
    up = small.update(pd.DataFrame({"cause": ["yes", "no", "no"] * 20}), draws=400)
    silent = {m.name for m in up.numbers if not m.informed}
    assert silent == {"sign.leak", "sign.cause", "level.mean", "level.sd", "level.cause"}
    for name in silent:
        assert up.network.parameters[name] == small.parameters[name]
    more = pd.DataFrame({"cause": ["yes", "no", "no"] * 20, "sign": "present", "level": 4.0})
    assert small.update(more, draws=400, leave_out=["sign", "level"]).numbers == up.numbers
    frame = up.to_frame().set_index("name")
    assert frame.loc["level.sd", "learned"] < 0.02
    assert np.isnan(frame.loc["level.sd", "z"])


@pytest.mark.parametrize("name", ["leg_cramps", "leg_cramps_small", "asia"])
def test_a_bundled_network_that_learned_is_saved_read_and_checked(name: str, tmp_path) -> None:
    net = eg.load(name)
    number = next(iter(net.parameters.values()))
    entry = Learned("mine", 3.0, "update", "", {}, {number.name: (number.value,)})
    moved = net.with_parameters({number.name: replace(number, evidence=(*number.evidence, "mine"))})
    mine = entered(moved, entry)
    path = tmp_path / "model.toml"
    mine.save(path)
    assert eg.load(path).digest() == mine.digest() != net.digest()
    assert CliRunner().invoke(app, ["check", str(path)]).exit_code == 0
    for beside in (eg.resources.data_folder() / name).glob("*.csv"):
        (tmp_path / beside.name).write_bytes(beside.read_bytes())
    told = CliRunner().invoke(app, ["check", str(path)])
    assert told.exit_code == 0, told.output


def test_the_book_is_kept_and_nothing_of_persons(small, tmp_path) -> None:
    table = cohort(small, 200, np.random.default_rng(1))
    up = small.update(table, cohort="ward 7", date="2026-05-01", draws=400)
    number = up.network.parameters["cause"]
    assert number.evidence == ("E1", "ward 7")
    assert number.note.startswith(
        "Updated by ward 7 (n = 200, 2026-05-01); before: 0.3 (0.15 to 0.5)."
    )
    assert number.low < number.value < number.high
    (entry,) = learned(up.network)
    assert (entry.cohort, entry.n, entry.how) == ("ward 7", 200.0, "update")
    assert entry.date == "2026-05-01"
    assert entry.before["cause"] == (0.3, 0.15, 0.5)
    assert entry.before.keys() == {m.name for m in up.numbers if m.informed}
    save_native(up.network, tmp_path / "mine.toml")
    assert learned(eg.load(tmp_path / "mine.toml")) == (entry,)
    assert "numbers were moved by ward 7 (n = 200, 2026-05-01)." in str(card(up.network).to_dict())
    assert up.network.parameters.keys() == small.parameters.keys()
    assert up.draws.shape == (400, len(small.parameters))
    for column, name in enumerate(small.parameters):  # the draws are of the same posterior
        moved = next(m for m in up.numbers if m.name == name)
        assert moved.low < np.median(up.draws[:, column]) < moved.high


@pytest.mark.parametrize(
    "runs", [pytest.param(24), pytest.param(500, marks=pytest.mark.long)], ids=["push", "long"]
)
def test_intervals_hold_the_truth(small, runs) -> None:
    """Simulation-based calibration (Talts et al. 2018): truths drawn from the ranges."""
    rng = np.random.default_rng(20)
    truths = sample_parameters(small.parameters, runs, rng)
    held = np.zeros((runs, len(small.parameters)))
    ranks = np.zeros_like(held)
    for k, truth in enumerate(truths):
        up = small.update(cohort(at(small, truth), 150, rng), draws=400, seed=k)
        low, high = np.quantile(up.draws, (0.05, 0.95), axis=0)
        held[k] = (low <= truth) & (truth <= high)
        ranks[k] = (up.draws < truth).mean(axis=0)
    share, n = held.mean(), held.size
    # Numbers of one run depend on each other: as if there were half as many.
    error = np.sqrt(0.9 * 0.1 / (n / 2))
    assert abs(share - 0.9) < 3.5 * error
    assert abs(ranks.mean() - 0.5) < 3.5 / np.sqrt(12 * n / 2)
    if runs >= 500:
        assert 0.87 <= share <= 0.93
        assert (np.abs(held.mean(axis=0) - 0.9) < 0.05).all()


@pytest.mark.parametrize(
    "runs", [pytest.param(6), pytest.param(400, marks=pytest.mark.long)], ids=["push", "long"]
)
def test_a_planted_conflict_is_named_and_none_where_there_is_none(runs) -> None:
    """G5, with enough people to tell; how many a smaller cohort names: docs/how_wrong.md."""
    named, due = planted("level.mean", 2000, runs, 0)
    assert due >= 0.95 * runs
    assert named >= 0.9 * runs
    stated, of_ranges = named_by_chance(2000, runs)
    assert stated <= 0.05 * runs
    assert of_ranges <= 0.05 * runs + 3.5 * np.sqrt(0.05 * 0.95 * runs)


@pytest.mark.long  # a minute and more
def test_a_planted_conflict_is_named_with_its_source(small) -> None:
    rng = np.random.default_rng(4)
    off = small.with_parameters({"level.mean": eg.Parameter("level.mean", "mean", 6.0)})
    for seed in range(3):
        up = small.update(cohort(off, 400, rng), draws=300, seed=seed)
        assert up.conflicts()[0].name == "level.mean"
        assert up.conflicts()[0].z > 3
        assert up.by_source().iloc[0]["source"] == "E4"


def test_a_clinic_of_sufferers_gives_the_numbers_of_everybody(small) -> None:
    """Only people with the sign come: said, the numbers are right; unsaid, they are off."""
    rng = np.random.default_rng(8)
    people = small.sample(6000, rng)
    clinic = people[people["sign"] == "present"].drop(columns=["level"])
    right = small.update(clinic, given={"sign": "present"}, draws=300)
    wrong = small.update(clinic, draws=300)
    cause = {m.name: m for m in right.numbers}["cause"]
    assert cause.low <= 0.3 <= cause.high
    assert not {m.name for m in right.conflicts()}
    assert {m.name: m for m in wrong.numbers}["sign.leak"].low > 0.3
    assert "sign.leak" in {m.name for m in wrong.conflicts()}


def test_an_independent_chain_agrees(small) -> None:
    """The approximation, our chain, and a plain random walk over the log likelihood (G6)."""
    from etiograph.findings.table import read_cases
    from etiograph.learning.cohort import Cohort
    from etiograph.learning.objective import Objective

    rng = np.random.default_rng(2)
    table = cohort(small, 60, rng, measured=False)
    only = ["cause", "sign.leak", "sign.cause"]
    near = small.update(table, draws=2000, parameters=only)
    ran = small.update(table, draws=800, parameters=only, method="chain")
    assert ran.diagnostics.method == "chain"
    f = Objective.of(Cohort.of(read_cases(small, table)), Scale.of(small, only))
    eta, steps = f.scale.start(), np.array([0.35, 0.35, 0.5])
    now, path = f.log_posterior(eta), []
    for _ in range(4000):
        there = eta + steps * rng.standard_normal(3)
        value = f.log_posterior(there)
        if np.log(rng.random()) < value - now:
            eta, now = there, value
        path.append(eta)
    walked = f.scale.value(np.array(path[500:]))
    columns = [list(small.parameters).index(name) for name in only]
    spread = walked.std(axis=0)
    for draws in (near.draws[:, columns], ran.draws[:, columns]):
        assert draws.mean(axis=0) == pytest.approx(walked.mean(axis=0), abs=0.25 * spread.max())
        assert draws.std(axis=0) == pytest.approx(spread, rel=0.25)


@pytest.mark.long  # five seconds
def test_many_directions_are_left_to_a_chain_which_says_the_same(small, monkeypatch) -> None:
    """Without the observed information, as where there are too many directions for it."""
    table = cohort(small, 60, np.random.default_rng(9))
    near = {m.name: m for m in small.update(table, draws=400).numbers}
    monkeypatch.setattr("etiograph.learning.laplace.MANY", 0)
    up = small.update(table, draws=120)
    assert up.diagnostics.method == "chain"
    assert up.diagnostics.gradients < 1000
    assert up.draws.shape == (120, len(small.parameters))
    assert not up.untold
    for each in up.numbers:
        wide = near[each.name].high - near[each.name].low
        for end in ("low", "value", "high"):  # some 60 independent draws, corrected by their slopes
            assert getattr(each, end) == pytest.approx(
                getattr(near[each.name], end), abs=0.12 * wide
            )


def test_a_number_about_which_chains_disagree_stays_as_published(small, monkeypatch) -> None:
    """And it alone: the others are given, the book does not name it, its draws are those of its prior."""
    agreed = np.array([True, True, False, True, True, True])
    monkeypatch.setattr(Chain, "mixed", property(lambda _: agreed))
    monkeypatch.setattr("etiograph.learning.chain.FEWEST", 60)
    monkeypatch.setattr("etiograph.learning.chain.ROWS", 0)
    table = cohort(small, 60, np.random.default_rng(9))
    up = small.update(table, draws=400, method="chain", cohort="ward 7")
    (left,) = up.untold
    place = list(small.parameters).index(left.name)
    assert left == up.numbers[2]
    assert (left.low, left.value, left.high) == (
        left.before.low,
        left.before.value,
        left.before.high,
    )
    assert not left.informed
    assert up.network.parameters[left.name] == small.parameters[left.name]
    (entry,) = learned(up.network)
    assert left.name not in entry.before
    assert len(entry.before) >= 3
    assert up.to_frame().set_index("name")["told"].eq(False).sum() == 1
    assert "stays as published: one number." in method_words(up)
    prior = sample_parameters(small.parameters, 4000, np.random.default_rng(1))[:, place]
    assert np.median(up.draws[:, place]) == pytest.approx(np.median(prior), abs=0.3 * prior.std())
    agreed[:] = False
    with pytest.raises(eg.InvalidNetwork, match="of none of these numbers can be told reliably"):
        small.update(table, draws=120, method="chain")


def test_a_chain_does_not_begin_where_a_row_can_hardly_be() -> None:
    """A drop far beyond what a normal distribution has so far out: drawn in until it has no more."""

    def wall(z: np.ndarray) -> tuple[float, np.ndarray]:
        steep = -1e4 * max(0.0, z[0] - 1.0) ** 2
        slope = -z - 2e4 * max(0.0, z[0] - 1.0) * np.eye(len(z))[0]
        return float(steep - 0.5 * z @ z), slope

    z = np.zeros(50)
    z[0] = 3.0
    begun = _begun(wall, z, 0.0)
    assert 0.5 <= begun.z[0] <= 1.0
    assert _begun(wall, -z, 0.0).z[0] == -3.0


def test_chains_end_when_they_tell_enough() -> None:
    of = {"rhat": np.ones(4), "allowed": 1.05}
    for error, ends in (
        ([0.01, 0.01, 0.01, 0.09], True),
        ([0.01, 0.01, 0.01, 0.21], False),  # one number is told badly
        ([0.06, 0.06, 0.06, 0.06], False),  # all are told roughly
    ):
        few = np.zeros((8, 4))
        told = Chain(
            few, few[0], few[0], of["rhat"], np.array(error), 0.8, few[0], 300, of["allowed"]
        )
        assert told.sure is ends
    apart = replace(told, error=np.full(4, 0.01), rhat=np.array([1.0, 1.2, 1.0, 1.0]))
    assert not apart.sure


def test_chains_do_not_wait_for_a_few_numbers_they_are_stuck_about() -> None:
    """Two of 632 kept chains going for another 600 gradients, and were left as published all the same."""
    few, error, rhat = np.zeros((8, 100)), np.full(100, 0.02), np.ones(100)
    sure = Chain(few, few[0], few[0], rhat, error, 0.8, few[0], 300, 1.05)
    stuck, other, many = rhat.copy(), rhat.copy(), rhat.copy()
    stuck[:2], other[2:4], many[:5] = 1.4, 1.4, 1.4
    two, two_others, five = (replace(sure, rhat=each) for each in (stuck, other, many))
    assert _enough([sure])
    assert _enough([five, two, two, two])
    assert not _enough([two, two])
    assert not _enough([two, two_others, two])  # they are getting somewhere
    assert not _enough([five, five, five])
    rough = replace(two, error=np.where(np.arange(100) == 50, 0.24, 0.02))
    assert not _enough([two, two, rough])


def test_a_chain_learns_how_wide_each_number_is() -> None:
    """A normal distribution whose first number is narrower, whose last is wider than was thought."""
    rng = np.random.default_rng(3)
    wide = np.array([0.6, 1.0, 1.7])
    places = 4.0 + wide * rng.standard_normal((40, 3))
    steps = [(x, -(x - 4.0) / wide**2) for x in places]  # the covariance was thought to be 1
    assert _widths(steps) == pytest.approx(wide, rel=1e-12)
    root = np.linalg.cholesky(np.array([[1.0, 0.5, 0.2], [0.5, 1.0, 0.0], [0.2, 0.0, 1.0]]))
    z, slope = rng.standard_normal((2, 3))
    other = wide[:, None] * root
    moved = _State(z, 0.0, root.T @ slope).on(root, other)
    assert other @ moved.z == pytest.approx(root @ z, rel=1e-12)
    assert moved.slope == pytest.approx(other.T @ slope, rel=1e-12)


def test_draws_of_a_posterior_carry_what_goes_with_what(small) -> None:
    """Only the sum of two causes is known: one by one their ranges say too little."""
    from etiograph.network.parameter import parameter_draws

    table = pd.DataFrame({"sign": ["present"] * 400 + ["absent"] * 600})
    up = small.update(table, draws=600)
    case = up.network.case()
    alone = case.intervals(draws=600)["sign"]["present"]
    together = case.intervals(drawn=up.draws)["sign"]["present"]
    assert together.high - together.low < 0.6 * (alone.high - alone.low)
    assert together.low < 0.4 < together.high
    own = parameter_draws(tuple(small.parameters.values()), 50, 3)
    told = small.case(sign="present")
    assert told.intervals(drawn=own)["cause"] == told.intervals(draws=50, seed=3)["cause"]
    with pytest.raises(eg.InvalidFinding, match="a column for each of the 6 parameters"):
        told.intervals(drawn=own[:, :2])
    with pytest.raises(TypeError, match="array of numbers"):
        told.intervals(drawn=[1.0])


def test_what_is_given_may_be_the_level_that_a_value_is_of(small) -> None:
    """It was taken for a cell with a value and a state."""
    clinic = eg.load(SMALL.parent / "clinic.toml")
    table = {"serum_magnesium": ["0.6 mmol/L", "0.7 mmol/L"] * 10}
    only = {"parameters": ["serum_magnesium.mean", "serum_magnesium.magnesium"], "draws": 100}
    up = clinic.update(table, given={"magnesium": "low"}, **only)
    own = clinic.update({**table, "magnesium": ["low"] * 20}, given={"magnesium": "low"}, **only)
    assert up.network.parameters == own.network.parameters
    assert up.numbers[1].informed


def test_numbers_that_may_differ_are_given_more_room(small) -> None:
    table = cohort(small, 80, np.random.default_rng(5))
    plain = {m.name: m for m in small.update(table, draws=400).numbers}
    wide = {m.name: m for m in small.update(table, draws=400, may_differ=["cause"]).numbers}
    assert wide["cause"].high - wide["cause"].low > plain["cause"].high - plain["cause"].low
    with pytest.raises(eg.UnknownName, match="did you mean 'cause'"):
        small.update(table, may_differ=["cuase"])


def test_what_cannot_be_learned_says_why(small) -> None:
    asia = eg.load("asia").with_table_parameters(50)
    bare = eg.Network.from_tables({"a": ["no", "yes"]}, {"a": []}, {"a": np.array([0.5, 0.5])})
    with pytest.raises(eg.InvalidNetwork, match="no number of this network has a range"):
        bare.update(pd.DataFrame({"a": ["yes"]}))
    with pytest.raises(eg.InvalidNetwork, match="says nothing"):
        small.update(pd.DataFrame({"cause": [None, None]}))
    with pytest.raises(eg.UnknownName, match="method of an update"):
        small.update(pd.DataFrame({"cause": ["yes"]}), method="magic")
    with pytest.raises(eg.UnknownName, match="no variable is called 'pain'; there are: cause"):
        small.update(pd.DataFrame({"pain": ["yes"], "cause": ["no"]}))
    never = {"lung_cancer": ["present"] * 3, "tuberculosis_or_cancer": ["absent"] * 3}
    with pytest.raises(eg.ImpossibleFindings, match=r"3 of 3 cases cannot be.*leave them out"):
        asia.update(never)


def test_a_number_that_moved_without_narrowing_is_told(small) -> None:
    """Levels of 9 where 5 is published: their mean leaves its range, which becomes no narrower."""
    rng = np.random.default_rng(1)
    table = small.sample(60, rng)
    table["level"] = [f"{x:.1f}" for x in rng.normal(9.0, 0.5, 60)]
    found = {m.name: m for m in small.update(table, draws=200).numbers}
    mean = found["level.mean"]
    assert mean.learned < 0.02
    assert mean.informed
    assert mean.low > mean.before.high
    assert mean.z == mean.shift > 3.0
    assert mean.p < 0.01


def test_conflict_is_that_of_the_cavity(small) -> None:
    """(m_data - m_prior) / sqrt(v_data + v_prior) in standard deviations of the prior."""
    up = small.update(pd.DataFrame({"cause": ["yes"] * 37 + ["no"] * 13}), draws=4000)
    cause = next(m for m in up.numbers if m.name == "cause")
    column = list(small.parameters).index("cause")
    spread = Scale.of(small, ["cause"])
    grid = np.linspace(-9, 9, 4001)
    eta = np.interp(up.draws[:, column], spread.value(grid[:, None])[:, 0], grid)
    precision = 1.0 / eta.var() - 1.0
    data = eta.mean() / eta.var() / precision
    assert cause.z == pytest.approx(data / np.sqrt(1.0 / precision + 1.0), rel=0.1)
    assert cause.shift == pytest.approx(eta.mean(), abs=0.05)


def test_what_chance_does_to_draws_is_no_conflict(small) -> None:
    """Where next to nothing is learned, draws tell the narrowing badly, and chains the mean."""
    scale = Scale.of(small, None, {})
    n = len(scale)
    share, shift = np.full(n, 0.03), np.full(n, 0.5)
    draws = Posterior(
        np.zeros((400, n)), np.full(400, 1 / 400), shift, np.full(n, 0.9999), np.ones(n, bool)
    )
    for number in moved(small, scale, draws, share, share):
        assert number.z == pytest.approx(0.5 / np.sqrt(0.03))  # not 0.5 / sqrt(0.0001) = 50
    chains = replace(draws, error=np.full(n, 0.2))
    for number in moved(small, scale, chains, share, share):
        assert number.z == pytest.approx((0.5 - 2 * 0.2) / np.sqrt(0.03))
    # A likelihood that rises nearly straight: its curvature is small, the scores of its rows are not.
    for number in moved(small, scale, draws, share, np.full(n, 0.25)):
        assert number.z == pytest.approx(0.5 / np.sqrt(0.25))
        assert number.learned == pytest.approx(0.03)
    lost = replace(draws, error=np.full(n, 0.3))
    assert all(number.z == 0.0 for number in moved(small, scale, lost, share, share))


def test_the_prior_that_was_used_is_shown_beside_the_stated_one(small) -> None:
    table = pd.DataFrame({"cause": ["yes", "no", "no"] * 20})
    frame = small.update(table, draws=200).to_frame().set_index("name")
    used, stated = frame[["used_low", "used_high"]], frame[["prior_low", "prior_high"]]
    np.testing.assert_allclose(used.to_numpy(), stated.to_numpy(), rtol=0.05)
    wide = small.update(table, draws=200, may_differ={"sign": 3.0}).to_frame().set_index("name")
    changed = wide.index[wide["used_low"] != frame["used_low"]].tolist()
    assert changed == ["sign.leak", "sign.cause"]  # all numbers of a variable that is named
    assert wide.loc["sign.leak", "used_high"] > 1.5 * wide.loc["sign.leak", "prior_high"]
    assert wide.loc["sign.leak", "prior_high"] == 0.2


def test_a_table_of_sufferers_alone_is_told(small) -> None:
    table = pd.DataFrame({"cause": ["yes", "no"] * 20, "sign": "present"})
    (note,) = small.update(table, draws=100).notes
    assert "all rows that say it have sign = present" in note.words
    assert "--given sign=present" in str(note)
    assert small.update(table, draws=100, given={"sign": "present"}).notes == ()
    assert small.update(table[:2], draws=100).notes == ()  # two may be so by chance


def test_a_column_far_from_where_it_is_expected_is_told(small) -> None:
    rng = np.random.default_rng(2)
    level = rng.normal(4.8, 0.8, 30)
    assert small.update({"level": level.tolist()}, draws=100).notes == ()
    (note,) = small.update({"level": (2.4 * level).clip(0, 12).tolist()}, draws=100).notes
    assert "column 'level': half of its values are 11" in note.words
    assert "--unit level=UNIT" in note.for_command


def test_a_network_too_large_for_a_look_at_the_table_is_learned_all_the_same(
    small, monkeypatch
) -> None:
    def refuses(*arguments: object) -> None:
        raise eg.TooLarge("too large with nothing known")

    table = pd.DataFrame({"cause": ["yes"] * 40})
    assert small.update(table, draws=100).notes
    monkeypatch.setattr("etiograph.learning.glance.propagate_one", refuses)
    assert small.update(table, draws=100).notes == ()


def test_a_cohort_is_learned_from_once(small) -> None:
    table = pd.DataFrame({"cause": ["yes", "no", "no"] * 20})
    up = small.update(table, draws=100, cohort="ward 7")
    with pytest.raises(eg.InvalidNetwork, match=r"already learned from ward 7 \(n = 60\)"):
        up.network.update(table, draws=100, cohort="ward 7")
    assert up.network.update(table, draws=100, cohort="ward 8").notes == ()
    (note,) = up.network.update(table[:50], draws=100, cohort="ward 7").notes
    assert "names cases called 'ward 7' already" in note.words


def test_the_same_cases_are_known_by_any_name(small, tmp_path) -> None:
    """Another file, other order of rows and columns, values as numbers, a network whose numbers moved."""
    table = cohort(small, 120, np.random.default_rng(6))
    up = small.update(table, draws=100, cohort="ward 7")
    (entry,) = learned(up.network)
    assert len(entry.mark) == 8
    other = table.sample(frac=1.0, random_state=1)[["sign", "level", "cause"]]
    other["level"] = [None if pd.isna(v) else float(v.split()[0]) for v in other["level"]]
    other["remark"] = "copied"
    for file in (tmp_path / "copy.csv", tmp_path / "copy.parquet"):
        other.to_csv(file, index=False) if file.suffix == ".csv" else other.to_parquet(file)
        with pytest.raises(eg.InvalidNetwork, match=r"these cases are those of ward 7 \(n = 120\)"):
            up.network.update(file, draws=100, cohort="ward 8", keep=["remark"])
    twice = pd.concat([table, table.assign(cause=None)])
    for changed in (table[1:], twice, table.assign(cause=table["cause"].to_numpy()[::-1])):
        assert not up.network.update(changed, draws=100, cohort="ward 8").notes


def test_the_mark_of_cases_is_a_sum_over_them(small) -> None:
    """By parts, by weights, by what goes with what; of few different rows there is none."""
    from etiograph.findings.table import read_cases
    from etiograph.learning.met import DIFFERENT, Trace

    table = cohort(small, 60, np.random.default_rng(7))
    whole = Trace.of(read_cases(small, table))
    first, rest = (Trace.of(read_cases(small, part)) for part in (table[:23], table[23:]))
    assert first + rest == rest + first == whole
    weights = np.random.default_rng(1).integers(0, 4, 60)
    repeated = table.loc[table.index.repeat(weights)]
    assert Trace.of(read_cases(small, table), weights.astype(float)) == Trace.of(
        read_cases(small, repeated)
    )
    crossed = pd.DataFrame({"cause": ["yes", "no"], "sign": ["present", "absent"]})
    uncrossed = crossed.assign(cause=["no", "yes"])
    assert Trace.of(read_cases(small, crossed)) != Trace.of(read_cases(small, uncrossed))
    assert whole.mark(DIFFERENT - 1) == ""
    assert whole.mark(DIFFERENT) != (first + first).mark(DIFFERENT)


def test_a_cohort_has_a_name_by_which_it_is_told(small) -> None:
    table = pd.DataFrame({"cause": ["yes", "no", "no"] * 20})
    for name, why in (("", "a name of one line"), ("a\nb", "one line"), ("E1", "cites a source")):
        with pytest.raises(eg.InvalidFinding, match=why):
            small.update(table, draws=100, cohort=name)
        if name != "E1":
            with pytest.raises(eg.InvalidFinding, match=why):
                eg.load("asia").fit({"smoking": ["yes"]}, cohort=name)
    with pytest.raises(TypeError, match="cohort must be a text"):
        small.update(table, draws=100, cohort=7)


def test_rows_that_cannot_be_are_named() -> None:
    asia = eg.load("asia").with_table_parameters(50)
    table = {"lung_cancer": ["absent", "present"], "tuberculosis_or_cancer": ["absent", "absent"]}
    for weights in (None, np.array([2.0, 1.0])):
        with pytest.raises(eg.ImpossibleFindings) as caught:
            asia.update(table, weights=weights)
        (note,) = caught.value.__notes__
        assert note.startswith(
            "row 2 of the table; of the first, these findings cannot all be true"
        )
        assert "lung_cancer=present, tuberculosis_or_cancer=absent" in note


@pytest.mark.parametrize(
    ("method", "work"), [("laplace", "check: draw"), ("chain", "chains: gradient")]
)
def test_what_is_being_done_has_an_end(small, method, work) -> None:
    """Numbers with a noun: who shows them makes a bar of them."""
    from etiograph.learning.update import update

    told: list[Begun] = []
    table = pd.DataFrame({"cause": ["yes", "no", "no"] * 20})
    update(small, table, method=method, draws=100, parameters=["cause"], progress=told.append)
    steps = [begun for begun in told if begun.noun == work]
    assert steps[0].number == 1
    (end,) = {begun.end for begun in steps}
    assert max(begun.number for begun in steps) <= end
    assert str(steps[0]) == f"{work} 1 of {end:,}"
    assert {str(begun) for begun in told if begun.end is None} >= {"curvature", "maximum: step 1"}


def test_advice_does_not_go_round_in_circles() -> None:
    net, table = eg.load("leg_cramps_small"), {"leg_cramps": ["present"] * 3}
    with pytest.raises(eg.InvalidNetwork, match=r"state the ranges of its numbers first"):
        net.update(table)
    with pytest.raises(eg.InvalidNetwork, match=r"this network has to state first"):
        net.fit(table)


def test_pareto_smoothing_knows_good_weights_from_bad() -> None:
    rng = np.random.default_rng(0)
    x = np.sort(0.5 * (rng.random(4000) ** -0.4 - 1) / 0.4)
    k, _ = fit_pareto(x)
    assert k == pytest.approx(0.4, abs=0.08)
    z = rng.standard_normal(4000)
    assert smoothed(-0.5 * (z * 0.9) ** 2 + 0.5 * z**2 - 0.5 * z**2).pareto_k < 0.7
    wide = smoothed(-0.5 * (z / 3) ** 2 + 0.5 * z**2)  # a target three times as wide
    assert wide.pareto_k > 0.7
    assert wide.weights.sum() == pytest.approx(1.0)
    assert smoothed(np.zeros(100)).ess == pytest.approx(100.0)
    rounding = smoothed(1e-14 * rng.standard_normal(400))  # overflowed
    assert rounding.pareto_k == -np.inf
    assert rounding.ess == pytest.approx(400.0)


def test_the_command_line_writes_a_network_that_loads(small, tmp_path) -> None:
    table = tmp_path / "clinic.csv"
    cohort(small, 120, np.random.default_rng(3)).to_csv(table, index=False)
    out = tmp_path / "mine.toml"
    words = [
        "update",
        str(SMALL),
        str(table),
        "-o",
        str(out),
        "--cohort",
        "ward 7",
        "--draws",
        "400",
        "--numbers",
        str(tmp_path / "numbers.csv"),
    ]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    assert "120 cases inform" in done.output
    read = eg.load(out)
    assert "ward 7" in read.parameters["cause"].evidence
    text = out.read_text("utf-8")
    assert text.startswith("# Four variables")  # comments stay
    told = pd.read_csv(tmp_path / "numbers.csv").set_index("name")
    assert list(told.index) == list(small.parameters)
    assert told.loc["cause", ["prior_low", "prior_value", "prior_high"]].tolist() == [
        0.15,
        0.3,
        0.5,
    ]
    assert told.loc["cause", "value"] == pytest.approx(read.parameters["cause"].value, rel=1e-5)
    assert {"learned", "z", "p", "grade", "evidence"} <= set(told.columns)
    for path in (table, tmp_path / "numbers.txt", tmp_path / "nowhere" / "numbers.csv"):
        refused = CliRunner().invoke(app, [*words[:3], "--numbers", str(path)])
        assert refused.exit_code == 2
        assert "Traceback" not in refused.output
    wrong = CliRunner().invoke(app, [*words[:2], str(table), "--given", "cuase=yes"])
    assert wrong.exit_code == 2
    assert "did you mean 'cause'" in wrong.output
