"""The numbers behind an answer, against the same network with those numbers changed."""

from __future__ import annotations

from pathlib import Path

import pytest

import etiograph as eg
from etiograph.errors import InvalidFinding
from etiograph.uncertainty.acted import acted
from etiograph.uncertainty.grounds import grounds

CLINIC = Path(__file__).parents[1] / "app" / "networks" / "clinic.toml"


@pytest.fixture(scope="module")
def clinic():
    return eg.load(CLINIC)


def first_by_part(network, findings, cause):
    """Whether no other cause had a part more often."""
    shares = acted(network, findings)
    return shares[cause] >= max(shares.values())


def test_ends_and_turns_of_what_had_a_part_are_those_of_changed_networks(clinic):
    findings = {"cramps": "present", "pregnancy": "late", "tablet": "yes"}
    shares, turned = acted(clinic, findings), 0
    for cause in shares:
        found = grounds(clinic, findings, cause, acted=True, top=20)
        assert found.answer == pytest.approx(shares[cause], abs=1e-12)
        assert found.first is first_by_part(clinic, findings, cause)
        for ground in found.numbers:
            number = ground.parameter
            for end, at in ((number.low, ground.at_low), (number.high, ground.at_high)):
                other = clinic.with_parameters({number.name: end})
                assert at == pytest.approx(acted(other, findings)[cause], abs=1e-12)
                if ground.turn is None:
                    assert first_by_part(other, findings, cause) is found.first
            if ground.turn is not None:
                turned += 1
                back = 1e-6 * (number.value - ground.turn)
                for value, first in (
                    (ground.turn, not found.first),
                    (ground.turn + back, found.first),
                ):
                    other = clinic.with_parameters({number.name: value})
                    assert first_by_part(other, findings, cause) is first
    assert turned > 0


def test_ends_and_turns_of_what_is_there_are_those_of_changed_networks(clinic):
    findings = {"cramps": "present"}
    found = grounds(clinic, findings, "low_salt", top=20)
    assert found.answer == pytest.approx(
        clinic.case(findings).posterior()["low_salt"]["present"], abs=1e-12
    )
    for ground in found.numbers:
        for end, at in (
            (ground.parameter.low, ground.at_low),
            (ground.parameter.high, ground.at_high),
        ):
            other = clinic.with_parameters({ground.parameter.name: end}).case(findings)
            assert at == pytest.approx(other.posterior()["low_salt"]["present"], abs=1e-12)


def test_strength_comes_first_and_what_is_entered_has_no_frequency(clinic):
    roles = [g.role for g in grounds(clinic, {"cramps": "present"}, "low_salt", acted=True).numbers]
    assert roles[0] == "strength"
    assert "prior" in roles
    assert roles == sorted(roles, key=("strength", "prior", "other").index)
    known = {"cramps": "present", "low_salt": "present"}
    entered = grounds(clinic, known, "low_salt", acted=True, top=20)
    assert entered.numbers[0].role == "strength"
    assert "prior" not in [g.role for g in entered.numbers]


def test_what_is_no_question_is_refused(clinic):
    with pytest.raises(InvalidFinding, match="acted is no question here"):
        grounds(clinic, {}, "low_salt", acted=True)
    with pytest.raises(InvalidFinding, match="acted is no question here"):
        grounds(clinic, {"cramps": "present"}, "tablet", acted=True)
    with pytest.raises(InvalidFinding):
        grounds(clinic, {"tablet": "yes"}, "tablet")
