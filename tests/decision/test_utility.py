from __future__ import annotations

import numpy as np
import pytest

from etiograph.decision.utility import decide
from etiograph.errors import InvalidFinding, UnknownName
from etiograph.network.network import Network

UTILITY = {"treat": {"absent": 0.8, "present": 0.9}, "wait": {"absent": 1.0, "present": 0.2}}


@pytest.fixture
def net() -> Network:
    return Network.from_tables(
        {"d": ("absent", "present"), "t": ("negative", "positive")},
        {"t": ("d",)},
        {"d": [0.7, 0.3], "t": [[0.9, 0.1], [0.2, 0.8]]},
    )


def test_by_hand(net) -> None:
    found = decide(net, {}, "d", UTILITY, ["t"])
    assert found.expected == pytest.approx({"treat": 0.83, "wait": 0.76})
    # positive (0.31): treat, 0.07*0.8 + 0.24*0.9; negative (0.69): wait, 0.63 + 0.06*0.2
    after = 0.07 * 0.8 + 0.24 * 0.9 + 0.63 * 1.0 + 0.06 * 0.2
    assert found.value_of_test["t"] == pytest.approx(after - 0.83)
    assert found.perfect == pytest.approx(0.7 * 1.0 + 0.3 * 0.9 - 0.83)
    assert found.best == "test: t"


def test_a_dear_test_is_not_worth_it(net) -> None:
    found = decide(net, {}, "d", UTILITY, {"t": 0.5})
    assert found.best == "treat"
    assert found.net_of_test["t"] < 0


def test_a_test_that_cannot_change_the_action_is_worth_nothing(net) -> None:
    always = {"treat": {"absent": 1.0, "present": 1.0}, "wait": {"absent": 0.0, "present": 0.0}}
    found = decide(net, {}, "d", always, ["t"])
    assert found.value_of_test["t"] == 0.0
    assert found.perfect == 0.0


def test_mistakes(net) -> None:
    with pytest.raises(UnknownName):
        decide(net, {}, "d", {"treat": {"absnt": 1.0, "present": 0.0}})
    with pytest.raises(InvalidFinding):
        decide(net, {}, "d", {"treat": {"present": 0.0}})


@pytest.mark.parametrize("seed", range(8))
def test_value_of_a_test_equals_enumeration(seed: int) -> None:
    """The best action after each result, weighed by the result; never negative, never above perfect."""
    rng = np.random.default_rng(seed)
    net = Network.from_tables(
        {"d": ("a", "b", "c"), "t": ("low", "mid", "high"), "s": ("no", "yes")},
        {"t": ("d",), "s": ("d",)},
        {
            "d": rng.dirichlet([1, 1, 1]),
            "t": rng.dirichlet([1, 1, 1], size=3),
            "s": rng.dirichlet([1, 1], size=3),
        },
    )
    gains = {name: dict(zip("abc", rng.random(3).tolist(), strict=True)) for name in "xyz"}
    found = decide(net, {"s": "yes"}, "d", gains, ["t"])

    def best(p) -> float:
        return max(sum(p[state] * u for state, u in row.items()) for row in gains.values())

    now = net.case(s="yes").posterior()
    after = sum(
        now["t"][result] * best(net.case(s="yes", t=result).posterior()["d"])
        for result in ("low", "mid", "high")
    )
    assert max(found.expected.values()) == pytest.approx(best(now["d"]), abs=1e-12)
    assert found.value_of_test["t"] == pytest.approx(max(0.0, after - best(now["d"])), abs=1e-12)
    assert 0.0 <= found.value_of_test["t"] <= found.perfect + 1e-12
