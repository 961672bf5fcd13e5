"""Readings of a level that defines its state: density, bins, repeats, against direct integration."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from scipy import integrate, stats

import etiograph as eg
from etiograph.decision.outcomes import outcome
from etiograph.errors import InvalidNetwork
from etiograph.formats.native import dumps_native, loads_native
from etiograph.network.network import Network
from etiograph.network.normal import NormalLevels
from etiograph.network.truncated import TruncatedLevels, log_mass
from etiograph.query.imagine import after, had
from etiograph.query.posterior import posterior
from etiograph.uncertainty.intervals import intervals

FILE = """
format = 1
[variables.potassium]
states = ["normal", "low", "high"]
order = ["low", "normal", "high"]
mechanism = {kind = "table", rows = [{p = {low = 0.02, high = 0.01}}]}
[variables.tablet]
states = ["no", "yes"]
mechanism = {kind = "table", rows = [{p.yes = 0.1}]}
[variables.serum]
states = ["low", "normal", "high"]
[variables.serum.mechanism]
kind = "reading"
unit = "mmol/L"
mean = 4.2
sd = {value = 0.25, low = 0.2, high = 0.3}
error = {value = 0.17, low = 0.14, high = 0.2}
defines = {parent = "potassium", limits = [3.5, 5.0]}
plausible = [1.0, 12.0]
cutpoints = [3.5, 5.0]
shifts = [
  {parent = "potassium", shift = {low = -1.0, high = 1.2}},
  {parent = "tablet", when = {potassium = "normal"}, shift = {yes = 0.1}},
]
"""
INF = float("inf")


@pytest.fixture
def net() -> Network:
    return loads_native(FILE)


def levels(m: float, s: float, e: float, low: float, high: float) -> TruncatedLevels:
    return TruncatedLevels(
        np.array([[m]]), np.array([s]), np.array([e]), np.array([[low]]), np.array([[high]])
    )


def direct(m: float, s: float, low: float, high: float, weight: object) -> float:
    """The mean of a function of the level over its truncated distribution, in fine pieces."""
    level = stats.norm(m, s)
    ends = np.linspace(max(low, m - 12 * s), min(high, m + 12 * s), 200)
    parts = (
        integrate.fixed_quad(lambda x: level.pdf(x) * weight(x), a, b, n=20)[0]  # type: ignore[operator]
        for a, b in pairwise(ends)
    )
    return float(sum(parts)) / float(
        np.exp(log_mass(np.array((low - m) / s), np.array((high - m) / s)))
    )


CASES = [
    (4.2, 0.25, 0.17, 3.5, 5.0, 3.45),
    (3.2, 0.25, 0.17, -INF, 3.5, 3.3),
    (5.4, 0.25, 0.17, 5.0, INF, 4.9),
    (0.0, 1.0, 3.0, -1.0, 0.5, 2.0),
    (0.0, 3.0, 0.05, -1.0, 8.0, -0.97),
    (2.0, 1.0, 0.3, -INF, INF, 1.0),
]


@pytest.mark.parametrize(("m", "s", "e", "low", "high", "r"), CASES)
def test_density_and_bins_against_direct_integration(
    m: float, s: float, e: float, low: float, high: float, r: float
) -> None:
    found = levels(m, s, e, low, high)
    want = direct(m, s, low, high, lambda x: stats.norm.pdf(r, x, e))
    assert np.exp(found.log_density(np.array([r]))[0, 0]) == pytest.approx(want, rel=1e-11)
    below = direct(m, s, low, high, lambda x: stats.norm.cdf((r - x) / e))
    assert found.below(r)[0, 0] == pytest.approx(below, abs=1e-12)
    twice = direct(m, s, low, high, lambda x: stats.norm.pdf(r, x, e) * stats.norm.pdf(r + e, x, e))
    density = np.exp(found.log_density(np.array([r, r + e]))[0, 0])
    assert density == pytest.approx(twice, rel=1e-11)
    apart = np.array([r, r + e])
    each = [found.log_density(np.array([x])) for x in apart]
    np.testing.assert_allclose(found.log_densities(apart), each, rtol=1e-13)


def test_the_mass_far_out_keeps_its_digits() -> None:
    low, high = np.array([5.0, 29.0, 40.0, -41.0]), np.array([6.0, INF, 41.0, -40.0])
    want = [
        np.log(stats.norm.sf(5.0) - stats.norm.sf(6.0)),
        stats.norm.logsf(29.0),
        stats.norm.logsf(40.0),
        stats.norm.logsf(40.0),
    ]
    np.testing.assert_allclose(log_mass(low, high), want, rtol=1e-9)
    out = np.array([30.1, 33.0, 60.0, 1e4])
    np.testing.assert_allclose(log_mass(out, np.full(4, INF)), stats.norm.logsf(out), rtol=1e-14)


@pytest.mark.parametrize(("m", "s", "e", "low", "high", "r"), CASES)
def test_slopes_of_the_density_against_differences(
    m: float, s: float, e: float, low: float, high: float, r: float
) -> None:
    """In mean, sd and error; far out, too. Without limits there is the normal distribution's closed form."""
    for at in (r, r + 6.0 * e, r - 6.0 * e):
        values = np.array([at])
        slopes = [own[0, 0] for own in levels(m, s, e, low, high).log_density_slopes(values)]
        for k, slope in enumerate(slopes):
            estimates = []
            for h in (1e-3 * min(s, e), 5e-4 * min(s, e)):
                both = [np.array([m, s, e]) + sign * h * np.eye(3)[k] for sign in (1, -1)]
                up, down = (levels(*own, low, high).log_density(values)[0, 0] for own in both)
                estimates.append((up - down) / (2.0 * h))
            found = (4.0 * estimates[1] - estimates[0]) / 3.0  # Richardson 1911
            assert slope == pytest.approx(found, rel=1e-7, abs=1e-7)
    values = np.array([r, r + 1.0])
    free = levels(m, s, e, -INF, INF).log_density_slopes(values)
    plain = NormalLevels(np.array([[m]]), np.hypot([s], [e])).log_density_slopes(values)
    assert free[0] == pytest.approx(plain[0], rel=1e-12)
    assert free[1] == pytest.approx(plain[1] * s / np.hypot(s, e), rel=1e-9, abs=1e-12)


def test_a_reading_means_what_its_level_is(net: Network) -> None:
    """By hand: priors 0.02 and 0.01, densities by direct integration."""
    weight = {"low": 0.02, "normal": 0.97, "high": 0.01}
    place = {"low": (3.2, -INF, 3.5), "high": (5.4, 5.0, INF)}
    r = 3.3

    def density(m: float, low: float, high: float) -> float:
        return direct(m, 0.25, low, high, lambda x: stats.norm.pdf(r, x, 0.17))

    p = {s: weight[s] * density(*place[s]) for s in place}
    p["normal"] = 0.97 * (0.9 * density(4.2, 3.5, 5.0) + 0.1 * density(4.3, 3.5, 5.0))
    total = sum(p.values())
    found = posterior(net, {"serum": "3.3 mmol/L"})["potassium"]
    assert found == pytest.approx({s: x / total for s, x in p.items()}, rel=1e-10)


def test_the_likelihood_ratio_is_monotone(net: Network) -> None:
    reading = net.mechanisms["serum"]
    value = np.linspace(1.0, 9.0, 400)
    logs = np.stack([reading.log_density(v)[:, 0] for v in value])  # type: ignore[attr-defined]
    normal, low, high = logs[:, 0], logs[:, 2], logs[:, 4]
    assert (np.diff(low - normal) <= 1e-9).all()
    assert (np.diff(high - normal) >= -1e-9).all()


def test_a_second_reading_counts(net: Network) -> None:
    once = posterior(net, {"serum": "3.3 mmol/L"})["potassium"]["low"]
    twice = posterior(net, {"serum": ["3.3 mmol/L", "3.3 mmol/L"]})["potassium"]["low"]
    assert twice > once
    back = posterior(net, {"serum": ["3.3 mmol/L", "3.9 mmol/L"]})["potassium"]["low"]
    assert back < 0.5 < once


def test_bins_are_those_of_many_readings(net: Network) -> None:
    rng = np.random.default_rng(3)
    n = 400_000
    level = stats.truncnorm.rvs(-14 / 5, 16 / 5, 4.2, 0.25, n, random_state=rng)
    read = level + 0.17 * rng.standard_normal(n)
    share = posterior(net, {"potassium": "normal", "tablet": "no"})["serum"]
    assert share["low"] == pytest.approx((read < 3.5).mean(), abs=4 * np.sqrt(0.01 / n))


def test_a_level_that_moves_is_read_anew_and_one_that_stays_keeps_its_value(net: Network) -> None:
    known = {"serum": "3.3 mmol/L", "potassium": "low"}
    moved = had(net, known, {"potassium": "normal"})["serum"]
    fresh = posterior(net, {"potassium": "normal"})["serum"]
    assert moved == pytest.approx(fresh, abs=1e-12)
    assert after(net, {"serum": "3.3 mmol/L"})["serum"]["low"] == pytest.approx(1.0)


def test_the_file_keeps_it_and_draws_reach_it(net: Network) -> None:
    assert loads_native(dumps_native(net)) == net
    known = {"serum": "3.3 mmol/L"}
    found = intervals(net, known, 300, 0, ranked=["potassium=low"])
    point = posterior(net, known)["potassium"]["low"]
    assert found.causes["potassium=low"].low < point < found.causes["potassium=low"].high


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("limits = [3.5, 5.0]", "limits = [3.5]", "3 states of 'potassium' need 2 limits"),
        ("limits = [3.5, 5.0]", "limits = [5.0, 3.5]", "must ascend"),
        ('parent = "potassium", limits', 'parent = "age", limits', "which must shift it"),
        ("error = {value = 0.17, low = 0.14, high = 0.2}", "", "needs an error"),
        ("low = -1.0, high", "normal = 0.1, low = -1.0, high", "reference state"),
        ('defines = {parent = "potassium", limits = [3.5, 5.0]}', "", "belong to 'defines'"),
    ],
)
def test_mistakes_are_named(old: str, new: str, said: str) -> None:
    assert FILE.count(old) == 1
    with pytest.raises(InvalidNetwork, match=said):
        loads_native(FILE.replace(old, new))


@pytest.mark.parametrize("mean", [5.0, 11.5, 50.0, 400.0, -9.5, -50.0])
def test_limits_far_from_the_mean_against_quadrature(mean: float) -> None:
    """Of a level many sds outside its limits all lies close to the nearer one."""
    low, high = np.array([-np.inf, 0.0, 2.0]), np.array([0.0, 2.0, np.inf])
    levels = TruncatedLevels(
        np.full((3, 1), mean), np.array([1.0]), np.array([0.3]), low[:, None], high[:, None]
    )
    for found, a, b in zip(levels.below(1.0)[:, 0], low, high, strict=True):
        near = min(max(mean, a), b)
        first = max(a, near - (60.0 / (mean - b) if mean > b else 12.0))
        last = min(b, near + (60.0 / (a - mean) if mean < a else 12.0))

        def density(x: float, near: float = near) -> float:
            return float(np.exp(-0.5 * (x - near) * (x + near - 2.0 * mean)))

        whole = integrate.quad(density, first, last, limit=500, epsabs=0)[0]
        share = integrate.quad(
            lambda x: density(x) * stats.norm.cdf((1.0 - x) / 0.3), first, last, limit=500, epsabs=0
        )[0]
        assert found == pytest.approx(share / whole, abs=1e-8)


@pytest.mark.parametrize(
    ("m", "s", "low", "high"),
    [(4.2, 0.2, 3.5, 5.0), (3.4, 0.2, -INF, 3.5), (5.4, 0.5, 5.0, INF), (4.2, 0.2, -INF, 3.5)],
)
def test_means_against_direct_integration(m: float, s: float, low: float, high: float) -> None:
    own = levels(m, s, 0.17, low, high)
    assert own.means().item() == pytest.approx(direct(m, s, low, high, lambda x: x), rel=1e-10)
    # A log-normal reading is e to the level and the error.
    each = direct(m, s, low, high, np.exp) * np.exp(0.5 * 0.17**2)
    assert own.means_of_exp().item() == pytest.approx(each, rel=1e-10)


def test_a_level_far_within_a_tail_has_its_mean_at_the_limit() -> None:
    # 1 / z beyond the limit, in sds, for large z (the asymptotic mean of an exponential tail).
    own = levels(0.0, 1.0, 0.1, 40.0, INF)
    assert own.means().item() == pytest.approx(40.0 + 1 / 40.0, abs=1e-4)


@pytest.mark.parametrize("sd", [0.05, 0.4, 3.0])
@pytest.mark.parametrize("error", [0.001, 0.2, 2.0])
def test_the_grid_of_readings_integrates_their_densities(sd: float, error: float) -> None:
    ends = [(4.0, 3.5, 5.0), (3.0, -np.inf, 3.5), (9.0, -np.inf, 3.5), (5.5, 5.0, np.inf),
            (4.0, -np.inf, np.inf), (20.0, 5.0, np.inf)]  # fmt: skip
    mean, low, high = (np.array(column)[:, None] for column in zip(*ends, strict=True))
    every = TruncatedLevels(mean, np.array([sd]), np.array([error]), low, high)
    readings, weights = every.grid()
    density = np.exp(every.log_densities(readings)[:, :, 0])
    np.testing.assert_allclose(weights @ density, 1.0, atol=1e-9)
    np.testing.assert_allclose((weights * readings) @ density, every.means()[:, 0], atol=1e-8)


def test_results_of_many_levels_share_their_readings() -> None:
    # A level with its shifts has 120 states in the leg-cramp network: readings of its own for each were 66 MB.
    network = eg.load("leg_cramps")
    results = outcome(network, "serum_potassium")
    assert results.weight.shape[0] < 2000
    np.testing.assert_allclose(results.weight.sum(axis=0), 1.0, atol=1e-12)
