from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st

from etiograph.errors import ImpossibleFindings
from etiograph.uncertainty.intervals import intervals
from etiograph.uncertainty.summary import (
    importance,
    rank_shares,
    rivals,
    summarise,
    verdict,
    weighted_quantiles,
)

FOUND = {"cramps": "present", "twitching": "present"}


def test_weights_are_proportional_to_p_findings() -> None:
    weights = importance(np.log([0.1, 0.3, 0.6]))
    assert weights == pytest.approx([0.1, 0.3, 0.6])
    assert importance(np.log([0.1, 0.3]), weighted=False) == pytest.approx([0.5, 0.5])


def test_weights_survive_underflow_and_impossible_draws() -> None:
    weights = importance(np.array([-46051.7, -46051.7 + np.log(3.0), -np.inf]))
    assert weights == pytest.approx([0.25, 0.75, 0.0])


def test_weights_are_flattened_until_fifty_draws_count() -> None:
    logs = np.concatenate([[-np.inf], -3.0 * np.arange(400.0) ** 0.8])
    assert (np.exp(logs[1:]).sum()) ** 2 / (np.exp(logs[1:]) ** 2).sum() < 2
    weights = importance(logs - 1e5)
    assert weights.sum() == pytest.approx(1.0)
    assert 1 / (weights**2).sum() == pytest.approx(50.0, rel=1e-3)
    assert weights[0] == 0.0
    # One power for all: the logarithms of the weights are those of P(findings), times a number.
    power = np.log(weights[2] / weights[1]) / (logs[2] - logs[1])
    assert 0 < power < 1
    assert np.log(weights[1:] / weights[1]) == pytest.approx(power * (logs[1:] - logs[1]))


def test_findings_that_no_draw_allows_are_refused() -> None:
    with pytest.raises(ImpossibleFindings, match="none of the 3 draws"):
        importance(np.full(3, -np.inf))


@pytest.mark.parametrize(("draws", "least"), [(40, 10), (1_000, 50), (4_000, 200)])
def test_of_few_draws_a_quarter_and_of_many_a_twentieth_count(draws: int, least: int) -> None:
    weights = importance(np.concatenate([[0.0], np.linspace(-30.0, -40.0, draws - 1)]))
    assert 1 / (weights**2).sum() == pytest.approx(least, rel=1e-3)


def test_weights_worth_enough_stay_as_they_are() -> None:
    logs = np.log(np.linspace(0.01, 1.0, 100))
    assert importance(logs) == pytest.approx(np.exp(logs) / np.exp(logs).sum(), rel=1e-12)


def test_equal_weights_give_the_ordinary_quantiles() -> None:
    x = np.random.default_rng(1).normal(size=(500, 3))
    levels = np.array([0.05, 0.25, 0.5, 0.95])
    ours = weighted_quantiles(x, np.full(500, 1 / 500), levels)
    assert ours == pytest.approx(np.quantile(x, levels, axis=0, method="hazen"))


@given(st.lists(st.integers(1, 5), min_size=2, max_size=8))
def test_a_weight_counts_as_so_many_copies(copies: list[int]) -> None:
    values = np.linspace(0.0, 1.0, len(copies))
    weights = np.array(copies) / sum(copies)
    level = np.array([0.5])
    ours = weighted_quantiles(values[:, None], weights, level)[0, 0]
    copied = np.repeat(values, copies)
    assert copied[0] <= ours <= copied[-1]
    # Between the neighbours of the median of the copies.
    middle = np.quantile(copied, 0.5, method="inverted_cdf")
    assert abs(ours - middle) <= 1.0 / (len(copies) - 1) + 1e-12


def test_mean_and_its_error() -> None:
    x = np.array([[0.0], [1.0], [1.0], [0.0]])
    found = summarise(np.array([0.4]), x, np.full(4, 0.25))
    assert found["mean"][0] == pytest.approx(0.5)
    assert found["mc_error"][0] == pytest.approx(0.25)


def test_rank_shares_by_hand() -> None:
    p = np.array([[0.5, 0.3, 0.2], [0.4, 0.5, 0.1], [0.6, 0.1, 0.3]])
    first, top3 = rank_shares(p, np.array([0.5, 0.3, 0.2]))
    assert first == pytest.approx([0.7, 0.3, 0.0])
    assert top3 == pytest.approx(0.5)


def test_verdict_names_what_cannot_be_separated() -> None:
    labels = {"a": "low potassium", "b": "nerve damage", "c": "idiopathic"}
    close = verdict(labels, {"a": 0.6, "b": 0.38, "c": 0.02}, 0.4)
    assert close == (
        "Over the ranges of the numbers the first is low potassium in 60 of 100 runs and nerve damage "
        "in 38."
    )
    assert rivals({"a": 0.6, "b": 0.38, "c": 0.02}) == ("a",)
    assert rivals({"a": 0.45, "b": 0.45, "c": 0.1}) == ("a", "b")
    assert rivals({"a": 0.38, "b": 0.6, "c": 0.02}) == ("b", "a")
    firm = verdict(labels, {"a": 0.97, "b": 0.02, "c": 0.01}, 0.9)
    assert firm == "Over the ranges of the numbers low potassium comes first in 97 of 100 runs."
    assert rivals({"a": 0.97, "b": 0.02, "c": 0.01}) == ("a",)
    assert rivals({}) == ()


def test_point_is_the_exact_posterior(small, brute) -> None:
    found = intervals(small, FOUND, draws=200, seed=3)
    exact, _ = brute(small, FOUND, {"depletion": "present"})
    assert found["depletion"]["present"].point == pytest.approx(exact, abs=1e-12)
    assert found["cramps"]["present"].point == 1.0


def test_draws_are_answers_of_whole_networks(small, brute) -> None:
    """Weighted mean over draws equals the same sum over networks built one by one."""
    from etiograph.network.expand import with_values
    from etiograph.network.parameter import sample_parameters

    found = intervals(small, FOUND, draws=12, seed=5)
    rows = sample_parameters(small.parameters, 12, np.random.default_rng(5))
    pairs = [brute(with_values(small, row), FOUND, {"depletion": "present"}) for row in rows]
    p = np.array([a for a, _ in pairs])
    w = np.array([b for _, b in pairs])
    assert found["depletion"]["present"].mean == pytest.approx((w @ p) / w.sum(), abs=1e-12)
    assert found.ess == pytest.approx(w.sum() ** 2 / (w**2).sum())


def test_interval_orders_and_reports(small) -> None:
    found = intervals(small, FOUND, draws=400, seed=1)
    cell = found["depletion"]["present"]
    assert 0 <= cell.low <= cell.low50 <= cell.median <= cell.high50 <= cell.high <= 1
    assert cell.mc_error < cell.width / 5
    assert 0 < found.ess <= 400
    assert sum(found.p_first.values()) == pytest.approx(1.0)
    assert [event.variable for event in found.causes] == ["depletion", "neuropathy"]
    assert found.verdict.endswith(".")
    frame = found.to_frame()
    assert len(frame) == sum(v.card for v in small.variables.values())


def test_same_seed_same_answer_and_unweighted_differs(small) -> None:
    one = intervals(small, FOUND, draws=100, seed=7)
    assert one == intervals(small, FOUND, draws=100, seed=7)
    plain = intervals(small, FOUND, draws=100, seed=7, weighted=False)
    assert plain.ess == pytest.approx(100)
    assert plain["depletion"]["present"].mean != one["depletion"]["present"].mean


def test_works_in_a_changed_world(small, brute) -> None:
    done = intervals(small, {}, draws=50, changes={"depletion": "absent"}, kind="do")
    assert done["depletion"]["present"].high == 0.0
    had = intervals(small, FOUND, draws=50, changes={"depletion": "absent"}, kind="had")
    assert had["cramps"]["present"].point < 1.0


def test_impossible_findings_are_refused(small) -> None:
    certain = small.with_parameters({"neuropathy": 0.0, "numbness.absent": 0.0})
    with pytest.raises(ImpossibleFindings) as caught:
        intervals(certain, {"numbness": "present", "twitching": "present"}, draws=10)
    assert caught.value.conflict == ("numbness",)


KINDS = ("see", "do", "had", "after")


def coverage(small, kind: str, worlds: int, draws: int) -> float:
    """Share of worlds, drawn from the ranges, whose true answer lies in the 90 % interval.

    The case is drawn from the world as well, so that weighting by P(findings | draw) is what makes
    the interval the right one (simulation-based calibration, Talts et al. 2018). Under ``do`` it is
    drawn from the changed world, under ``had`` and ``after`` from the actual one.
    """
    from etiograph.network.parameter import sample_parameters
    from etiograph.uncertainty.rows import finding_row, seen_through, solve

    rng = np.random.default_rng(20)
    rows = sample_parameters(small.parameters, worlds, rng)
    changes = {} if kind == "see" else {"diuretic": "thiazide"}
    through = seen_through(small, {}, kind, changes)
    signs = [
        {"cramps": c, "twitching": t} for c in ("absent", "present") for t in ("absent", "present")
    ]
    seen = [solve(small, finding_row(small, s), rows, through) for s in signs]
    chance = np.exp(np.stack([answers.log_evidence for answers in seen], axis=1))
    assert chance.sum(axis=1) == pytest.approx(1.0)
    picked = [int(rng.choice(4, p=p / p.sum())) for p in chance]
    found = [
        intervals(small, s, draws=draws, seed=k, changes=changes, kind=kind)["depletion"]["present"]
        for k, s in enumerate(signs)
    ]
    slot = small.model.offsets[small.model.index["depletion"]] + 1
    truth = [seen[k].marginals[world, slot] for world, k in enumerate(picked)]
    inside = [found[k].low <= p <= found[k].high for p, k in zip(truth, picked, strict=True)]
    return float(np.mean(inside))


@pytest.mark.parametrize("kind", KINDS)
def test_coverage_by_simulation(small, kind: str) -> None:
    """N12: 90 % intervals hold the truth in about 90 of 100 worlds (fixed seed, +- 4 sd)."""
    share = coverage(small, kind, worlds=400, draws=3000)
    assert abs(share - 0.9) < 4 * np.sqrt(0.9 * 0.1 / 400)


@pytest.mark.long
@pytest.mark.parametrize("kind", KINDS)
def test_coverage_by_simulation_long(small, kind: str) -> None:
    share = coverage(small, kind, worlds=4000, draws=20000)
    print(f"coverage {kind}: {share:.4f}")
    assert abs(share - 0.9) < 3 * np.sqrt(0.9 * 0.1 / 4000)


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        ("see", {"leg_cramps": "present", "diabetes": "present"}),
        ("do", {"leg_cramps": "present", "diabetes": "present"}),
        ("after", {"depletion": "present"}),
        pytest.param("after", {"leg_cramps": "present"}, marks=pytest.mark.long),
    ],
)
def test_causes_alone_have_the_same_intervals(small, kind: str, found: dict[str, str]) -> None:
    import etiograph

    net, also = (small, "twitching")
    if "leg_cramps" in found:
        net, also = etiograph.load("leg_cramps"), "night_waking"
    changes = {} if kind == "see" else {"diuretic": "none"}
    whole = intervals(net, found, draws=30, changes=changes, kind=kind)
    alone = intervals(
        net, found, draws=30, changes=changes, kind=kind, causes_only=True, also=[also]
    )
    assert also in alone.answers
    assert list(alone.causes) == list(whole.causes)
    for name, cell in alone.causes.items():
        other = whole.causes[name]
        assert (cell.low, cell.point, cell.high) == pytest.approx(
            (other.low, other.point, other.high), rel=1e-10
        )
    assert set(alone.answers) < set(whole.answers)
