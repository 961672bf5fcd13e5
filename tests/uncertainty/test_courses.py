"""Several answers along one number, against networks with that number changed."""

from __future__ import annotations

from pathlib import Path

import pytest

import etiograph as eg
from etiograph.errors import InvalidFinding
from etiograph.uncertainty.acted import acted
from etiograph.uncertainty.courses import courses

CLINIC = Path(__file__).parents[1] / "app" / "networks" / "clinic.toml"
CAUSES = ("low_salt", "stasis")


@pytest.mark.parametrize("number", ["cramps.low_salt", "low_salt.tablet", "stasis.leak"])
def test_answers_along_a_number_are_those_of_changed_networks(number):
    net, findings = eg.load(CLINIC), {"cramps": "present", "tablet": "yes"}
    number = next(n for n in net.parameters if n.startswith(number))
    there = courses(net, findings, CAUSES, number, points=5)
    part = courses(net, findings, CAUSES, number, acted=True, points=5)
    stated = net.parameters[number]
    assert (there.x[0], there.x[-1]) == (stated.low, stated.high)
    for k, x in enumerate(there.x.tolist()):
        other = net.with_parameters({number: x})
        beliefs, shares = other.case(findings).posterior(), acted(other, findings)
        for e, cause in enumerate(CAUSES):
            assert there.answers[k, e] == pytest.approx(beliefs[cause]["present"], abs=1e-12)
            assert part.answers[k, e] == pytest.approx(shares[cause], abs=1e-12)


def test_what_is_no_question_is_refused():
    net = eg.load(CLINIC)
    with pytest.raises(InvalidFinding, match="acted is no question"):
        courses(net, {}, CAUSES, "stasis.leak", acted=True)
    with pytest.raises(InvalidFinding):
        courses(net, {"tablet": "yes"}, ("tablet",), "stasis.leak")
