"""G8: a network carried to a clinic where things are more common and a test is of another quality."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from benchmarks.learned import TARGETS, clinic_and_update, cohort, told

import etiograph as eg

SMALL = Path(__file__).parent / "small.toml"


def test_three_hundred_people_carry_a_network_to_a_clinic() -> None:
    published = eg.load(SMALL)
    own = published.with_parameters({"cause": 0.62, "level.mean": 5.5, "level.sd": 1.1})
    rng = np.random.default_rng(1)
    may_differ = ["cause", "level.mean", "level.sd"]
    up = published.update(cohort(own, 300, rng), may_differ=may_differ, draws=200)
    people = own.sample(1500, rng, measured=True)
    before, after, best = (
        told(net, people, "cause", "yes") for net in (published, up.network, own)
    )
    assert best["log_score"] - before["log_score"] > 0.05
    assert best["log_score"] - after["log_score"] < 0.01
    assert 0.9 < after["slope"] / best["slope"] < 1.1


@pytest.mark.long  # a minute and more
def test_twenty_clinics() -> None:
    """On average: the slope in one clinic moves by more than a tenth with who the 300 people are."""
    slopes, losses = [], []
    for seed in range(20):
        _, updated, own = clinic_and_update(seed)
        people = own.sample(4_000, np.random.default_rng([seed, 1]), measured=True)
        for target, state in TARGETS:
            new, best = told(updated, people, target, state), told(own, people, target, state)
            slopes.append(new["slope"] / best["slope"])
            losses.append(best["log_score"] - new["log_score"])
    assert 0.9 < np.mean(slopes) < 1.1
    assert np.mean(losses) < 0.01
