"""Parameters and the distributions their ranges imply."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st

from etiograph.errors import InvalidNetwork, UnknownName
from etiograph.network.parameter import Parameter, sample_parameters


@pytest.mark.parametrize("coverage", [0.5, 0.9, 0.95])
@pytest.mark.parametrize(
    ("kind", "value", "low", "high", "name"),
    [
        ("probability", 0.3, 0.2, 0.45, "beta"),
        ("probability", 0.001, 0.0001, 0.02, "beta"),
        ("probability", 0.98, 0.9, 0.999, "beta"),
        ("odds_ratio", 2.1, 1.0, 4.6, "log-normal"),
        ("risk_ratio", 0.7, 0.5, 0.9, "log-normal"),
        ("ratio", 1.5, 1.2, 2.0, "log-normal"),
        ("sd", 0.3, 0.2, 0.5, "log-normal"),
        ("mean", 4.2, 4.1, 4.4, "normal"),
        ("difference", -0.1, -0.3, 0.05, "normal"),
    ],
)
def test_range_is_the_central_interval(
    kind: str, value: float, low: float, high: float, name: str, coverage: float
) -> None:
    distribution = Parameter("p", kind, value, low, high, coverage).distribution
    tail = (1 - coverage) / 2
    assert distribution.name == name
    assert distribution.ppf([tail, 1 - tail]) == pytest.approx([low, high], rel=1e-8)


@given(
    st.tuples(*[st.floats(1e-5, 1 - 1e-5)] * 2).filter(lambda x: abs(x[0] - x[1]) > 1e-6),
)
def test_any_range_has_its_beta(ends: tuple[float, float]) -> None:
    low, high = sorted(ends)
    distribution = Parameter("p", "probability", (low + high) / 2, low, high).distribution
    assert distribution.ppf([0.025, 0.975]) == pytest.approx([low, high], rel=1e-7, abs=1e-12)


@pytest.mark.parametrize(
    ("value", "low", "high", "q", "at"),
    [
        (0.1, 0.0, 0.3, [0.5, 0.975], [0.1, 0.3]),
        (0.9, 0.7, 1.0, [0.025, 0.5], [0.7, 0.9]),
        (0.0, 0.0, 0.3, [0.975], [0.3]),
        (1.0, 0.7, 1.0, [0.025], [0.7]),
    ],
)
def test_range_ending_at_0_or_1_takes_the_value_as_median(
    value: float, low: float, high: float, q: list[float], at: list[float]
) -> None:
    distribution = Parameter("p", "probability", value, low, high).distribution
    assert distribution.ppf(q) == pytest.approx(at, rel=1e-8)


@pytest.mark.parametrize(
    ("value", "low", "high", "at"),
    [
        (0.3, 0.0, 0.35, (0.15 * 0.35, 0.35)),  # as a median: 0.25 to 0.35
        (0.35, 0.0, 0.35, (0.15 * 0.35, 0.35)),
        (0.6, 0.55, 1.0, (0.55, 1 - 0.15 * 0.45)),
        (0.55, 0.55, 1.0, (0.55, 1 - 0.15 * 0.45)),
    ],
)
def test_a_range_from_0_or_to_1_is_used_however_close_the_value_is_to_the_other_end(
    value: float, low: float, high: float, at: tuple[float, float]
) -> None:
    distribution = Parameter("p", "probability", value, low, high).distribution
    assert distribution.ppf([0.025, 0.975]) == pytest.approx(at, rel=1e-8)


@given(st.floats(0.01, 0.98), st.floats(0.01, 1.0))
def test_a_range_from_0_is_used_whatever_the_value(high: float, share: float) -> None:
    value = share * high
    below = Parameter("p", "probability", value, 0.0, high).distribution
    above = Parameter("p", "probability", 1.0 - value, 1.0 - high, 1.0).distribution
    first, last = below.ppf([0.025, 0.975])
    assert first <= 0.15 * high * (1 + 1e-6)
    assert last == pytest.approx(high, rel=1e-6)
    assert above.ppf([0.025, 0.975]) == pytest.approx([1.0 - last, 1.0 - first], rel=1e-6, abs=1e-9)


@pytest.mark.parametrize(
    ("low", "high", "held"),
    [(0.0, 0.35, 0.95), (0.1, 0.35, 0.9), (0.1, 1.0, 0.95), (0.0, 1.0, 1.0)],
)
def test_how_much_lies_in_the_range(low: float, high: float, held: float) -> None:
    from scipy import stats

    number = Parameter("p", "probability", 0.3, low, high, 0.9)
    believed = stats.beta(number.distribution.a, number.distribution.b)
    assert number.held == pytest.approx(held, abs=1e-12)
    assert believed.cdf(high) - believed.cdf(low) == pytest.approx(held, abs=1e-9)


def test_only_the_value_known() -> None:
    assert Parameter("p", "probability", 0.3, 0.0, 1.0).distribution.mean == pytest.approx(0.3)


def test_no_range_is_a_point() -> None:
    distribution = Parameter("p", "probability", 0.3).distribution
    assert distribution.ppf([0.0, 0.5, 1.0]).tolist() == [0.3] * 3
    assert distribution.pdf([0.3, 0.4]).tolist() == [np.inf, 0.0]
    assert distribution.describe() == "fixed at 0.3"


@pytest.mark.parametrize(
    ("kind", "value", "low", "high"),
    [("probability", 0.3, 0.2, 0.5), ("odds_ratio", 2, 1, 4), ("mean", 4, 3, 5)],
)
def test_density_integrates_to_the_coverage(
    kind: str, value: float, low: float, high: float
) -> None:
    distribution = Parameter("p", kind, value, low, high, 0.9).distribution
    x = np.linspace(low, high, 20_001)
    assert np.trapezoid(distribution.pdf(x), x) == pytest.approx(0.9, rel=1e-6)
    assert np.all(distribution.pdf([-1.0]) >= 0)


def test_draws_follow_the_distributions_in_the_columns_order() -> None:
    parameters = {
        p.name: p
        for p in (
            Parameter("a", "probability", 0.3, 0.2, 0.5),
            Parameter("b", "odds_ratio", 2.0, 1.0, 4.0),
            Parameter("c", "mean", 4.0, 3.0, 5.0),
            Parameter("d", "probability", 0.25),
        )
    }
    draws = sample_parameters(parameters, 20_000, np.random.default_rng(1))
    assert draws.shape == (20_000, 4)
    assert np.all(draws[:, 3] == 0.25)
    for j, parameter in enumerate(list(parameters.values())[:3]):
        inside = np.mean((draws[:, j] > parameter.low) & (draws[:, j] < parameter.high))
        # Five standard errors of a share of 0.95.
        assert abs(inside - 0.95) < 5 * np.sqrt(0.95 * 0.05 / 20_000)
    again = sample_parameters(list(parameters.values()), 20_000, np.random.default_rng(1))
    assert np.array_equal(draws, again)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"value": 1.2}, "not a probability"),
        ({"value": float("nan")}, "not a finite number"),
        ({"value": 10**400}, "not a finite number"),
        ({"value": "0.3"}, "must be a number"),
        ({"value": True}, "must be a number"),
        ({"value": None}, "no value"),
        ({"low": 0.1}, "both low and high"),
        ({"low": 0.4, "high": 0.5}, "not between"),
        ({"coverage": 1.0}, "coverage"),
        ({"baseline": 1.0}, "baseline"),
        ({"kind": "odds_ratio", "value": 0.0}, "must be above 0"),
        ({"kind": "odds_ratio", "low": 0.0, "high": 1.0}, "must be above 0"),
        ({"name": "a\x07b"}, "control characters"),
        ({"name": " "}, "empty"),
    ],
)
def test_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(InvalidNetwork, match=message):
        Parameter(**{"name": "p", "kind": "probability", "value": 0.3, **change})  # type: ignore[arg-type]


def test_unknown_kind_and_grade_get_the_nearest() -> None:
    with pytest.raises(UnknownName, match="did you mean 'odds_ratio'"):
        Parameter("p", "odds-ratio", 2.0)
    with pytest.raises(UnknownName, match="grade"):
        Parameter("p", "probability", 0.2, grade="E")


def test_another_value_keeps_or_drops_the_range() -> None:
    parameter = Parameter("p", "probability", 0.3, 0.2, 0.4)
    assert (parameter.at(0.25).low, parameter.at(0.25).value) == (0.2, 0.25)
    assert parameter.at(0.5).low is None
