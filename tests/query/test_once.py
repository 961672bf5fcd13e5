"""A case beside its baseline: the same numbers as asked one by one."""

from __future__ import annotations

import numpy as np
import pytest

import etiograph as eg
from etiograph.query.once import with_baseline


def test_equals_two_ordinary_answers() -> None:
    network = eg.load("asia")
    findings = {"x_ray": network.variables["x_ray"].states[-1], "smoking": eg.unknown}
    known, baseline = with_baseline(network, findings)
    for found, expected in (
        (known, network.case(findings).posterior()),
        (baseline, network.case().posterior()),
    ):
        assert found.log_evidence == pytest.approx(expected.log_evidence, abs=1e-12)
        np.testing.assert_allclose(found.marginals, expected.marginals, rtol=0, atol=1e-12)


def test_impossible_findings_are_named() -> None:
    network = eg.Network.from_tables(
        {"a": ["no", "yes"], "b": ["no", "yes"]},
        {"b": ["a"]},
        {"a": [0.5, 0.5], "b": [[1.0, 0.0], [0.5, 0.5]]},
    )
    with pytest.raises(eg.ImpossibleFindings) as refused:
        with_baseline(network, {"a": "no", "b": "yes"})
    assert set(refused.value.conflict) == {"a", "b"}


def test_the_bundled_network_to_the_last_digits() -> None:
    """Noisy-ORs, readings and zeros, with the causes of cost known."""
    network = eg.load("leg_cramps")
    findings = {
        "age": "65_and_over",
        "sex": "male",
        "diuretic": "thiazide",
        "kidney_disease": "none",
        "diabetes": "absent",
        "leg_cramps": "present",
        "serum_magnesium": "0.62 mmol/L",
    }
    known, baseline = with_baseline(network, findings)
    expected = network.case(findings).posterior()
    assert known.log_evidence == pytest.approx(expected.log_evidence, abs=1e-10)
    n = sum(v.card for v in network.variables.values())
    np.testing.assert_allclose(known.marginals[:n], expected.marginals[:n], rtol=0, atol=1e-10)
    assert baseline.log_evidence == pytest.approx(0.0, abs=1e-12)
