"""G1: the gradient of the objective against differences, every kind of mechanism and finding."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import etiograph as eg
from etiograph.engine.propagate import evidence
from etiograph.findings.table import read_cases
from etiograph.learning.cohort import Cohort
from etiograph.learning.objective import Objective
from etiograph.learning.scale import Scale
from etiograph.network.likelihoods import likelihood_row

CLINIC = Path(__file__).parent / "clinic.toml"


@pytest.fixture(scope="module")
def clinic() -> eg.Network:
    return eg.load(CLINIC)


def random_table(net: eg.Network, rng: np.random.Generator, n: int) -> pd.DataFrame:
    """Drawn states with holes, some measured values, some findings that only exclude a state."""
    frame = net.sample(n, rng).drop(columns=["magnesium"]).astype(object)
    for name, middle, spread in (("serum_magnesium", 0.8, 0.1), ("hormone", 50.0, 20.0)):
        unit = net.mechanisms[name].unit
        values = np.abs(rng.normal(middle, spread, n)) + spread
        use = rng.random(n) < 0.5
        frame.loc[use, name] = [f"{x:.3f} {unit}" for x in values[use]]
    frame.loc[rng.random(n) < 0.1, "swelling"] = eg.not_("none")
    soft = rng.random(n) < 0.1
    frame.loc[soft, "nerve"] = eg.likelihood(absent=0.3, present=1.7)
    for name in frame:
        frame.loc[rng.random(n) < 0.3, name] = None
    return frame


def objective(net: eg.Network, table: pd.DataFrame, **options: object) -> Objective:
    return Objective.of(Cohort.of(read_cases(net, table), **options), Scale.of(net))


def differences(f, at: np.ndarray, h: float = 1e-5) -> np.ndarray:
    steps = np.eye(len(at)) * h
    return np.array([(f(at + s) - f(at - s)) / (2 * h) for s in steps])


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("given", [None, {"cramps": "present"}], ids=["all", "sufferers"])
def test_gradient_is_that_of_the_log_likelihood(clinic, seed, given) -> None:
    rng = np.random.default_rng(seed)
    table = random_table(clinic, rng, 25)
    if given:
        table["cramps"] = "present"
    f = objective(clinic, table, weights=rng.random(25) * 2, given=given)
    eta = f.scale.start() + rng.normal(0, 0.2, len(f.scale))
    value, gradient = f.gradient(eta)
    assert value == pytest.approx(f.log_likelihood(eta), rel=1e-12, abs=1e-9)
    expected = differences(f.log_likelihood, eta)
    assert gradient == pytest.approx(expected, rel=1e-6, abs=1e-6 * max(1, abs(expected).max()))


def test_on_its_scale_a_prior_is_the_standard_normal() -> None:
    """Numbers at z have as much of their prior below them as z has of the standard normal."""
    from scipy.stats import norm

    net = eg.load(CLINIC)
    scale = Scale.of(net)
    z = np.linspace(-6.0, 4.0, 11)
    values = scale.value(np.repeat(z[:, None], len(scale), axis=1))
    for k, name in enumerate(scale.names):
        expected = net.priors[name].distribution.ppf(norm.cdf(z))
        assert values[:, k] == pytest.approx(expected, rel=1e-9)
    assert scale.value(scale.start()) == pytest.approx(scale.stated[scale.columns], rel=1e-9)


@pytest.mark.parametrize("a", [0.05, 0.7, 3.0, 2000.0])
@pytest.mark.parametrize("b", [0.08, 1.0, 40.0])
def test_numbers_far_out_stay_probabilities_and_slopes_are_theirs(a, b) -> None:
    from etiograph.learning.scale import FAR, quantile

    z = np.concatenate([np.linspace(-FAR - 20, FAR + 20, 91), [-FAR, FAR]])
    value, slope = quantile(z, np.full(len(z), a), np.full(len(z), b))
    assert ((value >= 0.0) & (value <= 1.0)).all()
    assert (np.diff(value[:91]) >= 0.0).all()
    steps = [quantile(z + h, np.full(len(z), a), np.full(len(z), b))[0] for h in (1e-6, -1e-6)]
    clear = (value > 1e-280) & (1.0 - value > 1e-3)
    expected = (steps[0] - steps[1]) / 2e-6
    # Differences have the digits that are left of the number itself.
    near = 1e-6 * expected + 1e-9 * value
    assert (np.abs(slope - expected) <= near)[clear].all()


def test_scores_of_rows_add_up_to_the_gradient(clinic) -> None:
    rng = np.random.default_rng(7)
    table = random_table(clinic, rng, 40)
    table["cramps"] = "present"
    f = objective(clinic, table, given={"cramps": "present"})
    eta = f.scale.start() + rng.normal(0, 0.1, len(f.scale))
    total = np.zeros(len(f.scale))
    for weights, scores in f.scores(eta):
        total += weights @ scores
    assert total == pytest.approx(f.gradient(eta)[1], rel=1e-8, abs=1e-8)


def test_the_log_likelihood_is_that_of_the_network_with_these_numbers(clinic) -> None:
    rng = np.random.default_rng(3)
    table = random_table(clinic, rng, 12)
    f = objective(clinic, table)
    eta = f.scale.start() + rng.normal(0, 0.3, len(f.scale))
    values = dict(zip(f.scale.names, f.scale.value(eta).tolist(), strict=True))
    moved = clinic.with_parameters(values)
    expected = 0.0
    for record in table.to_dict("records"):
        findings = {name: cell for name, cell in record.items() if cell is not None}
        expected += float(evidence(moved.model, likelihood_row(moved, findings)[None])[0])
    assert f.log_likelihood(eta) == pytest.approx(expected, rel=1e-11)


def test_equal_rows_are_worked_out_once_and_weights_count(clinic) -> None:
    table = pd.DataFrame({"cramps": ["present"] * 5 + ["absent"] * 3, "age": ["old"] * 8})
    cohort = Cohort.of(read_cases(clinic, table))
    assert (len(cohort), cohort.n) == (2, 8.0)
    assert sorted(cohort.weights.tolist()) == [3.0, 5.0]
    f = Objective.of(cohort, Scale.of(clinic))
    weighted = Cohort.of(read_cases(clinic, table.iloc[[0, 7]]), weights=np.array([5.0, 3.0]))
    g = Objective.of(weighted, Scale.of(clinic))
    eta = f.scale.start()
    assert f.log_likelihood(eta) == pytest.approx(g.log_likelihood(eta), rel=1e-12)


@pytest.mark.parametrize("weights", [[1.0], [1.0, -1.0], [1.0, np.nan]])
def test_weights_that_are_none_are_refused(clinic, weights) -> None:
    cases = read_cases(clinic, pd.DataFrame({"age": ["old", "young"]}))
    with pytest.raises(eg.InvalidFinding, match="weights must be 2 numbers"):
        Cohort.of(cases, weights=np.array(weights))


def test_a_cohort_that_cannot_be_says_so() -> None:
    net = eg.Network.from_tables(
        {"a": ["no", "yes"], "b": ["no", "yes"]},
        {"a": [], "b": ["a"]},
        {"a": np.array([0.5, 0.5]), "b": np.array([[1.0, 0.0], [0.5, 0.5]])},
    )
    f = objective(net, pd.DataFrame({"a": ["no", "no"], "b": ["yes", "yes"]}))
    with pytest.raises(eg.ImpossibleFindings, match="2 of 2 cases cannot be"):
        f.gradient(f.scale.start())
