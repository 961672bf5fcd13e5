"""A network without one of its sources."""

from __future__ import annotations

import numpy as np
import pytest

import etiograph as eg
from etiograph.errors import UnknownName
from etiograph.network.parameter import Parameter
from etiograph.uncertainty.without import wider, without_source


@pytest.mark.parametrize(
    ("kind", "value", "low", "high", "ends"),
    [
        ("probability", 0.5, 0.2, 0.8, (1 / 17, 16 / 17)),  # odds 1/4 and 4 become 1/16 and 16
        ("probability", 0.1, 0.0, 0.25, (0.0, 0.5)),  # odds 1/9 to 1/3 become 1/9 to 1
        ("probability", 0.0, 0.0, 0.2, (0.0, 0.4)),
        ("probability", 1.0, 0.9, 1.0, (0.8, 1.0)),
        ("odds_ratio", 2.0, 1.0, 6.0, (0.5, 18.0)),
        ("sd", 2.0, 2.0, 4.0, (2.0, 8.0)),
        ("difference", -1.0, -2.0, 1.0, (-3.0, 3.0)),
        ("mean", 4.0, 3.5, 4.5, (3.0, 5.0)),
    ],
)
def test_a_guess_reaches_twice_as_far_on_the_scale_of_its_kind(kind, value, low, high, ends):
    guess = wider(Parameter("p", kind, value, low, high, grade="B", evidence=("E1",)))
    assert (guess.low, guess.high) == pytest.approx(ends, abs=1e-12)
    assert (guess.value, guess.grade, guess.evidence) == (value, "D", ())


def test_what_has_no_range_stays_certain():
    assert not wider(Parameter("p", "probability", 0.3, evidence=("E1",))).uncertain


def test_numbers_that_others_support_stay():
    net = eg.load("leg_cramps")
    for source in ("E001", "E387"):
        found = without_source(net, source)
        for name, before in net.parameters.items():
            after = found.network.parameters[name]
            if source not in before.evidence or len(before.evidence) > 1:
                assert after == before
            else:
                assert name in found.widened
                assert after == wider(net.priors[name])
        own = {n for n, p in net.parameters.items() if source in p.evidence}
        assert own == {*found.widened, *found.supported}
        assert np.array_equal(found.network.model.tables, net.model.tables)  # values stay


def test_a_source_nobody_names_is_refused():
    with pytest.raises(UnknownName, match="no source is called 'E01'"):
        without_source(eg.load("leg_cramps"), "E01")
