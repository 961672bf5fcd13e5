"""A look at a table before anything is learned from it: the same in pieces, and said without options."""

from __future__ import annotations

from pathlib import Path

import numpy as np

import etiograph as eg
from etiograph.findings.contract import Contract
from etiograph.findings.table import read_cases
from etiograph.learning import glance
from etiograph.learning.cohort import Cohort
from etiograph.learning.glance import Glance

SMALL = Path(__file__).parent / "small.toml"


def test_a_table_is_looked_at_some_rows_at_a_time(monkeypatch):
    """What is seen of pieces is what is seen of the whole: known states and measured values."""
    net = eg.load(SMALL)
    frame = net.sample(300, 2).astype(object)
    frame["cause"] = "yes"
    frame["level"] = [f"{11 + k % 9 / 10} mmol/L" if k % 2 else None for k in range(300)]
    cases = read_cases(net, frame, Contract())
    whole = Glance.of(Cohort.of(cases))
    monkeypatch.setattr(glance, "BLOCK", 7)
    found = Glance.of_cases(cases)
    np.testing.assert_array_equal(found.known, whole.known)
    assert found.values.keys() == whole.values.keys() == {"level"}
    for own, other in zip(found.values["level"], whole.values["level"], strict=True):
        np.testing.assert_array_equal(np.sort(own), np.sort(other))
    alike, unit = glance.doubts(net, found)
    assert alike.words.endswith("how common it is among them.")
    assert unit.words.endswith("Are they in another unit?")
    assert str(alike).endswith('To say so: given={"cause": "yes"} (--given cause=yes).')
    assert unit.for_command.endswith("To say so: --unit level=UNIT.")
