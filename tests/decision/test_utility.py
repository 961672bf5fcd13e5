from __future__ import annotations

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
