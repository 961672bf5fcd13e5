"""The researcher's session runs from the doubt to the decision, and says what it found."""

from __future__ import annotations

import pytest
from tests.notebooks.conftest import run


def test_the_session_runs_from_doubt_to_decision(capsys):
    scope, _ = run("tuning_priors")
    said = capsys.readouterr().out
    net, curve, tuned = scope["net"], scope["curve"], scope["tuned"]
    # The curve passes through the network's own answer and through those of changed networks.
    case, doubted = scope["case"], scope["doubted"]
    answer = case.posterior()["magnesium_depletion"]["present"]
    assert curve(curve.value) == pytest.approx(answer, abs=0.01)
    for x, y in zip(curve.x, curve.y, strict=True):
        changed = net.with_parameters({doubted: float(x)}).case(dict(case.findings)).posterior()
        assert changed["magnesium_depletion"]["present"] == pytest.approx(y, abs=1e-10)
    # Before the fit a belief fails, after it all hold, and the kept network says so too.
    held = [
        b.low - 0.002 <= p <= b.high + 0.002
        for b, p in zip(tuned.beliefs, tuned.before, strict=True)
    ]
    assert not all(held)
    assert all(tuned.met)
    assert 0.0 < tuned.distance < 2.5
    for belief, after in zip(tuned.beliefs, tuned.after, strict=True):
        p = scope["read"].case(belief.given).posterior()[belief.of]["present"]
        assert p == pytest.approx(after, abs=1e-9)
    assert scope["read"].digest() == tuned.network.digest() != net.digest()
    assert scope["decision"] in said
    assert "serum magnesium" in said.lower()
