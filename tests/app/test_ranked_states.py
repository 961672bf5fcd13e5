"""Only states that can produce the outcome are listed as its possible causes."""

from __future__ import annotations

import etiograph as eg
from explorer import labels


def test_a_state_without_a_link_is_no_possible_cause() -> None:
    net = eg.load("leg_cramps")
    states: dict[str, set[str]] = {}
    for row in labels.cause_rows(net):
        states.setdefault(row.name, set()).add(row.state)
    assert states["kidney_disease"] == {"dialysis"}  # earlier stages have no link of their own
    assert states["potassium_level"] == {"low"}
    assert states["calcium_level"] == {"low", "high"}
