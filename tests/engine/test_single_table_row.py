"""One row of tables is a row like any other."""

from __future__ import annotations

import numpy as np
import pytest

from etiograph.engine.propagate import propagate
from etiograph.network.network import Network


def test_one_row_of_tables_equals_the_same_row_twice() -> None:
    net = Network.from_tables(
        {"a": ("0", "1"), "b": ("0", "1")},
        {"b": ("a",)},
        {"a": [0.3, 0.7], "b": [[0.9, 0.1], [0.2, 0.8]]},
    )
    model = net.model
    row = np.array([[1.0, 1.0, 0.0, 1.0]])
    for count in (1, 2):
        found = propagate(model, row, model.tables[None].repeat(count, axis=0))
        assert np.exp(found.log_evidence) == pytest.approx(0.03 + 0.56)
        assert found.marginals[0, 1] == pytest.approx(0.56 / 0.59)
