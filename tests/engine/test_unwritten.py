"""log P from a tree without a program: against summing the joint, and given up where digits go."""

from __future__ import annotations

import numpy as np
import pytest

from etiograph.engine import decompose
from etiograph.engine.propagate import evidence
from etiograph.engine.unwritten import log_evidence
from etiograph.network.model import Accumulation, Conditional, Link, Model, step_matrices


@pytest.mark.parametrize("signed", [False, True], ids=["chain", "multiplicative"])
def test_random_models_against_the_joint(
    random_model, random_rows, joint_of, answers_of, signed: bool, monkeypatch
) -> None:
    if signed:
        monkeypatch.setattr(decompose, "CHEAP", 0.0)
        monkeypatch.setattr(decompose, "CHAIN_AT_MOST", 0.0)
    rng = np.random.default_rng(31 + signed)
    answered = asked = 0
    for _ in range(60):
        model = random_model(rng, p_accumulation=0.7)
        joint = joint_of(model)
        for row in random_rows(rng, model, 3):
            want = answers_of(model, joint, row)[0]
            found = log_evidence(model, row, model.tables)
            asked += want > -np.inf
            if found is not None:
                answered += 1
                assert found == pytest.approx(want, rel=1e-12, abs=1e-11)
            assert evidence(model, row, once=True)[0] == pytest.approx(want, rel=1e-12, abs=1e-11)
    assert answered > 0.8 * asked


def rare(strength: float) -> Model:
    """Thirteen causes of one effect, each there in half of all people, and a sign of the effect.

    So many that the sum of both signs is the form it takes.
    """
    n = 13
    coin = np.full(2, 0.5)
    link = step_matrices(np.array([[1.0, 0.0], [1.0 - strength, strength]]))
    tables = np.concatenate([coin, link.ravel(), [0.5, 0.5, 0.1, 0.9]])
    links = tuple(Link((v,), 2) for v in range(n))
    families = (
        *(Conditional(v, (), 0) for v in range(n)),
        Accumulation(n, links, ((0, 1), (1, 1))),
        Conditional(n + 1, (n,), 10),
    )
    names = tuple(f"v{v}" for v in range(n + 2))
    return Model(names, (2,) * (n + 2), families, n + 2, tables, tables > 0)


@pytest.mark.parametrize("strength", [0.3, 1e-3, 1e-9])
def test_a_rare_effect_loses_no_digit(strength: float, monkeypatch) -> None:
    """P(effect) = 1 - (1 - strength / 2)^13: 1 less nearly 1 where it is rare."""
    monkeypatch.setattr(decompose, "CHEAP", 0.0)
    monkeypatch.setattr(decompose, "CHAIN_AT_MOST", 0.0)
    model = rare(strength)
    p = -np.expm1(13 * np.log1p(-strength / 2))
    row = np.ones(model.n_states)
    row[model.offsets[13]] = 0.0
    assert evidence(model, row, once=True)[0] == pytest.approx(np.log(p), abs=1e-12)
    assert (log_evidence(model, row, model.tables) is None) == (strength < 1e-5)
    # What is seen of its sign does not hang on the effect, and no small sum does harm.
    row = np.ones(model.n_states)
    row[model.offsets[14]] = 0.0
    want = np.log(0.5 * (1.0 - p) + 0.9 * p)
    assert log_evidence(model, row, model.tables) == pytest.approx(want, abs=1e-12)
