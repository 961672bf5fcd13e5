"""Laws that do, had and after obey on every network."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from etiograph.errors import ImpossibleFindings
from etiograph.network.network import Network
from etiograph.query.change import do
from etiograph.query.imagine import after, had
from etiograph.query.posterior import posterior
from etiograph.query.worlds import recurring


@pytest.fixture(scope="module")
def many(
    random_network, random_findings, random_changes
) -> list[tuple[Network, dict[str, object], dict[str, str]]]:
    rng = np.random.default_rng(44)
    out = []
    for _ in range(60):
        network = random_network(rng)
        out.append((network, random_findings(rng, network), random_changes(rng, network)))
    return out


def test_had_without_findings_is_do(many):
    for network, _, changes in many:
        np.testing.assert_allclose(
            had(network, {}, changes).marginals[: sum(v.card for v in network.variables.values())],
            do(network, {}, changes).marginals[: sum(v.card for v in network.variables.values())],
            atol=1e-12,
        )


def test_had_what_was_changes_nothing(many):
    """Consistency: where the change is what was found, the counterfactual is the posterior."""
    for network, found, changes in many:
        seen = {**{n: f for n, f in found.items() if n not in changes}, **changes}
        try:
            now = posterior(network, seen)
        except ImpossibleFindings:
            continue
        np.testing.assert_allclose(had(network, seen, changes).marginals, now.marginals, atol=1e-12)


def test_an_empty_change_changes_nothing(many):
    for network, found, _ in many:
        now = posterior(network, found).marginals
        np.testing.assert_allclose(had(network, found, {}).marginals, now, atol=1e-12)
        np.testing.assert_allclose(do(network, found, {}).marginals, now, atol=1e-12)


def test_composition_a_variable_set_to_what_it_would_be_changes_nothing_else(many):
    """Pearl (2009), 7.19: if W would be w under do(x), then Y under do(x, w) is Y under do(x)."""
    for network, found, changes in many:
        got = had(network, found, changes)
        for name, variable in network.variables.items():
            if name in changes:
                continue
            certain = [s for s in variable.states if got[name][s] > 1 - 1e-12]
            if certain:
                further = had(network, found, {**changes, name: certain[0]})
                for other in network.variables:
                    np.testing.assert_allclose(further.array(other), got.array(other), atol=1e-9)


def test_do_on_a_root_is_to_see_it(many):
    for network, found, _ in many:
        root = next(n for n in network.variables if not network.parents(n))
        if root in found:
            continue
        state = network.variables[root].states[0]
        try:
            seen = posterior(network, {**found, root: state})
        except ImpossibleFindings:
            continue
        np.testing.assert_allclose(
            do(network, found, {root: state}).marginals, seen.marginals, atol=1e-12
        )


def test_a_soft_change_is_the_mixture_of_hard_ones(many):
    for network, found, changes in many:
        name, _ = next(iter(changes.items()))
        states = network.variables[name].states
        p = dict(zip(states, np.full(len(states), 1 / len(states)).tolist(), strict=True))
        parts = [had(network, found, {name: s}).marginals for s in states]
        np.testing.assert_allclose(
            had(network, found, {name: p}).marginals, np.mean(parts, axis=0), atol=1e-12
        )


def test_after_without_recurrence_is_had(many):
    for network, found, changes in many:
        if not recurring(network):
            np.testing.assert_allclose(
                after(network, found, changes).marginals,
                had(network, found, changes).marginals,
                atol=1e-12,
            )
            np.testing.assert_allclose(
                after(network, found).marginals, posterior(network, found).marginals, atol=1e-12
            )


def test_after_with_everything_recurring_forgets_the_findings(many):
    for network, found, changes in many:
        always = Network(
            [replace(v, recurring=True) for v in network.variables.values()], network.mechanisms
        )
        got = after(always, found, changes)
        want = do(always, {}, changes)
        for name in network.variables:
            np.testing.assert_allclose(got.array(name), want.array(name), atol=1e-12)


def test_after_keeps_what_lasts(many):
    """With only sinks recurring, a sink's forecast is do() given the posterior of its parents."""
    for network, found, _ in many:
        sinks = [n for n in network.variables if not network.children(n)]
        lasting = Network(
            [replace(v, recurring=v.name in sinks) for v in network.variables.values()],
            network.mechanisms,
        )
        got = after(lasting, found)
        now = posterior(lasting, found)
        for name in network.variables:
            if name not in sinks:
                np.testing.assert_allclose(got.array(name), now.array(name), atol=1e-12)
