"""Case: the front door. What it keeps, what it refuses, which layer it calls."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

import etiograph as eg
from etiograph.errors import InvalidChange, InvalidFinding, UnknownName
from etiograph.network.mechanism import Table
from etiograph.network.noisy import NoisyLink, NoisyOr

# rain -> sprinkler, (rain, sprinkler) -> wet
STATES = {"rain": ["no", "yes"], "sprinkler": ["no", "yes"], "wet": ["absent", "present"]}
PARENTS = {"rain": [], "sprinkler": ["rain"], "wet": ["rain", "sprinkler"]}
TABLES = {
    "rain": np.array([0.8, 0.2]),
    "sprinkler": np.array([[0.6, 0.4], [0.99, 0.01]]),
    "wet": np.array([[[1.0, 0.0], [0.1, 0.9]], [[0.2, 0.8], [0.01, 0.99]]]),
}
P_WET = 0.8 * 0.4 * 0.9 + 0.2 * (0.99 * 0.8 + 0.01 * 0.99)


@pytest.fixture(scope="module")
def network() -> eg.Network:
    flood = eg.Variable("flood", ("absent", "present"), role="flag")
    return eg.Network.from_tables(STATES, PARENTS, TABLES, flags=[flood])


def test_posterior_by_hand(network: eg.Network) -> None:
    posterior = network.case(wet="present").posterior()
    p_both = 0.2 * (0.99 * 0.8 + 0.01 * 0.99)
    assert posterior["rain"]["yes"] == pytest.approx(p_both / P_WET, abs=1e-14)
    assert posterior.log_evidence == pytest.approx(np.log(P_WET), abs=1e-14)


def test_a_mapping_and_keywords_are_the_same(network: eg.Network) -> None:
    assert network.case({"wet": "present"}) == network.case(wet="present")


def test_case_is_a_value(network: eg.Network) -> None:
    case = network.case(wet="present")
    with pytest.raises(dataclasses.FrozenInstanceError):
        case.kind = "do"  # type: ignore[misc]
    more = case.with_findings(rain="no")
    assert dict(case.findings) == {"wet": "present"}
    assert dict(more.findings) == {"wet": "present", "rain": "no"}
    assert more.without("rain") == case


def test_later_changes_to_the_given_mapping_do_not_reach_the_case(network: eg.Network) -> None:
    given = {"wet": "present"}
    case = eg.Case(network, given)
    given["rain"] = "no"
    assert dict(case.findings) == {"wet": "present"}


def test_unknown_variable_is_refused_at_once(network: eg.Network) -> None:
    with pytest.raises(UnknownName, match="did you mean 'sprinkler'"):
        network.case(sprinklr="yes")


def test_red_flag_findings_do_not_reach_the_engine(network: eg.Network) -> None:
    case = network.case(wet="present", flood="present")
    assert case.flags == {"flood": "present"}
    assert dict(case.evidence) == {"wet": "present"}
    plain = network.case(wet="present").posterior()
    assert case.posterior()["rain"]["yes"] == plain["rain"]["yes"]


def test_do_and_see_differ_above_the_change(network: eg.Network) -> None:
    seen = network.case(sprinkler="yes").posterior()
    done = network.case().do(sprinkler="yes").posterior()
    assert seen["rain"]["yes"] == pytest.approx(0.2 * 0.01 / (0.2 * 0.01 + 0.8 * 0.4), abs=1e-14)
    assert done["rain"]["yes"] == pytest.approx(0.2, abs=1e-14)
    assert done["wet"]["present"] == pytest.approx(0.8 * 0.9 + 0.2 * 0.99, abs=1e-14)


def test_had_keeps_what_is_known_of_the_cause(network: eg.Network) -> None:
    case = network.case(wet="present", sprinkler="yes", rain="no")
    imagined = case.had(sprinkler="no").posterior()
    assert imagined["wet"]["present"] == pytest.approx(0.0, abs=1e-14)
    assert imagined["rain"]["yes"] == pytest.approx(0.0, abs=1e-14)


def test_changes_of_one_kind_add_up(network: eg.Network) -> None:
    case = network.case().do(rain="no").do(sprinkler="yes")
    assert dict(case.changes) == {"rain": "no", "sprinkler": "yes"}
    assert case.posterior()["wet"]["present"] == pytest.approx(0.9, abs=1e-14)


def test_kinds_of_change_do_not_mix(network: eg.Network) -> None:
    with pytest.raises(InvalidChange, match="cannot be put on top of"):
        network.case().do(rain="no").had(sprinkler="yes")


def test_unknown_change(network: eg.Network) -> None:
    with pytest.raises(UnknownName, match="did you mean 'rain'"):
        network.case().do(ran="no").posterior()


def test_a_finding_against_a_change_is_refused(network: eg.Network) -> None:
    case = network.case(rain="yes").do(rain="no")
    with pytest.raises(InvalidChange, match="had"):
        case.posterior()
    with pytest.raises(InvalidChange, match="had"):
        case.most_probable()


def test_questions_under_do_are_asked_of_the_changed_network(network: eg.Network) -> None:
    changed = network.case().do(sprinkler="yes")
    joint = changed.joint("rain", "wet").table
    assert joint[1, 1] == pytest.approx(0.2 * 0.99, abs=1e-14)


def test_attribution_under_do_is_that_of_the_changed_world() -> None:
    """Two causes tossed apart; one is taken away from all."""
    links = [NoisyLink.of(cause, {"yes": p}) for cause, p in (("one", 0.5), ("two", 0.4))]
    states = ("no", "yes")
    net = eg.Network(
        [eg.Variable(name, states) for name in ("one", "two", "effect")],
        {
            "one": Table((), array=[0.5, 0.5]),
            "two": Table((), array=[0.5, 0.5]),
            "effect": NoisyOr(leak=0.1, links=links),
        },
    )
    case = net.case(effect="yes")
    found = case.do(one="no").attribution("effect")
    p = 1 - 0.9 * 0.8
    assert found["one"].fired == pytest.approx(0.0, abs=1e-14)
    assert found["two"].fired == pytest.approx(0.2 / p, abs=1e-14)
    with pytest.raises(InvalidChange, match="speaks of two worlds"):
        case.had(one="no").attribution("effect")


def test_questions_that_no_single_network_answers(network: eg.Network) -> None:
    case = network.case(wet="present").had(sprinkler="no")
    with pytest.raises(InvalidChange, match="under 'had'"):
        case.joint("rain", "wet")


def test_effect_and_causation_are_asked_of_people_like_this(network: eg.Network) -> None:
    case = network.case(wet="present", sprinkler="yes", rain="no", flood="present")
    effect = case.effect("sprinkler", "wet")
    assert (effect.p_from, effect.p_to) == pytest.approx((0.0, 0.9), abs=1e-14)
    caused = case.causation("sprinkler", "wet")
    # Without rain nothing but the sprinkler wets: it was needed, and it suffices in 0.9.
    assert (caused.exposed, caused.unexposed) == ("yes", "no")
    assert case.with_findings(sprinkler="no").causation("sprinkler", "wet") == caused
    assert caused.necessity == pytest.approx(1.0, abs=1e-14)
    assert caused.sufficiency == pytest.approx(0.9, abs=1e-14)
    assert caused.bounds is not None
    assert caused.bounds.necessity == pytest.approx((1.0, 1.0), abs=1e-9)


def test_an_effect_among_people_chosen_by_its_results_is_refused(network: eg.Network) -> None:
    with pytest.raises(InvalidFinding, match="chosen by what it changes"):
        network.case(wet="present").effect("rain", "sprinkler")
    with pytest.raises(InvalidChange, match="effect is not answered under 'do'"):
        network.case().do(rain="yes").effect("sprinkler", "wet")
