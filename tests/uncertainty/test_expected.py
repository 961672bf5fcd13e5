"""The expected reading of a test: by hand, against sampled people, in every world, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

import etiograph as eg
from etiograph.curation.coverage import spans
from etiograph.curation.published import read_checks
from etiograph.curation.statistics import compare
from etiograph.errors import InvalidFinding, InvalidNetwork, UnknownName, UnknownUnit
from etiograph.formats.native import loads_native
from etiograph.network.network import Network
from etiograph.network.parameter import parameter_draws

SIMPLE = """
format = 1
[variables.loss]
states = ["no", "yes"]
mechanism = {kind = "table", rows = [{p.yes = {value = 0.25, low = 0.1, high = 0.4}}]}
[variables.salt]
states = ["low", "normal"]
[variables.salt.mechanism]
kind = "reading"
unit = "mmol/L"
units = {"mg/dL" = 0.5}
distribution = "DISTRIBUTION"
mean = 4.0
sd = 0.5
cutpoints = [3.5]
plausible = [0.1, 50.0]
shifts = [{parent = "loss", shift = {yes = SHIFT}}]
"""


def simple(distribution: str = "normal", shift: float = -1.0) -> Network:
    return loads_native(SIMPLE.replace("DISTRIBUTION", distribution).replace("SHIFT", str(shift)))


def test_by_hand() -> None:
    net = simple()
    found = net.case().expected("salt", draws=400)
    assert found.mean.point == pytest.approx(0.75 * 4.0 + 0.25 * 3.0, abs=1e-12)
    # The mean moves with the share of those who lose alone: 4 - p.
    losing = parameter_draws(tuple(net.priors.values()), 400, 0)[:, 0]
    ends = np.quantile(4.0 - losing, (0.05, 0.95))
    assert (found.mean.low, found.mean.high) == pytest.approx(ends, abs=0.01)
    other = simple().case().expected("salt", "mg/dl", draws=10)
    assert (other.mean.point, other.unit) == (pytest.approx(7.5, abs=1e-12), "mg/dL")
    known = simple().case(loss="yes").expected("salt", draws=10)
    assert known.mean.point == pytest.approx(3.0, abs=1e-12)
    assert (known.low, known.high) == pytest.approx((3.0 - 0.8224268, 3.0 + 0.8224268), abs=1e-6)
    factors = simple("lognormal", 0.5).case(loss="yes").expected("salt", draws=10)
    assert factors.mean.point == pytest.approx(2.0 * np.exp(0.125), rel=1e-12)


@pytest.mark.parametrize("name", ["serum_potassium", "tsh", "parathyroid_hormone"])
def test_as_people_who_are_drawn(name: str) -> None:
    net = eg.load("leg_cramps")
    findings = {"age": "65_and_over", "diuretic": "thiazide"}
    found = net.case(findings).expected(name, draws=8)
    people = net.sample(4000, 3, given=findings, measured=True)[name].to_numpy(float)
    error = people.std() / np.sqrt(len(people))
    assert found.mean.point == pytest.approx(people.mean(), abs=4 * error)
    assert np.mean(people < found.low) == pytest.approx(0.05, abs=0.015)
    assert np.mean(people > found.high) == pytest.approx(0.05, abs=0.015)


def test_in_every_world() -> None:
    case = simple().case()
    told = [getattr(case, kind)(loss="yes").expected("salt", draws=8) for kind in
            ("do", "had", "after")]  # fmt: skip
    assert [each.mean.point for each in told] == pytest.approx([3.0] * 3, abs=1e-12)


def test_what_cannot_be_asked_is_refused() -> None:
    case = eg.load("leg_cramps").case(serum_potassium="3.3 mmol/L")
    with pytest.raises(InvalidFinding, match="is a finding"):
        case.expected("serum_potassium")
    with pytest.raises(InvalidFinding, match="set from outside"):
        simple().case().do(salt="low").expected("salt")
    with pytest.raises(InvalidFinding, match="not measured"):
        case.expected("diuretic")
    with pytest.raises(UnknownName, match="serum_sodium"):
        case.expected("serum_sodum")
    with pytest.raises(UnknownUnit):
        case.expected("serum_sodium", "g")


def test_without_ranges_no_interval_is_told() -> None:
    text = SIMPLE.replace("{value = 0.25, low = 0.1, high = 0.4}", "0.25")
    net = loads_native(text.replace("DISTRIBUTION", "normal").replace("SHIFT", "-1.0"))
    found = net.case().expected("salt")
    assert np.isnan(found.mean.low)
    assert found.sentence == "3.75 mmol/L on average, nine in ten people 2.57 to 4.75"


CHECK = """
[[checks]]
id = "c"
statistic = "STATISTIC"
of = "salt"
do = {loss = "yes"}
AGAINST
value = 0.5
low = -9.0
high = 9.0
evidence = ["E1"]
set = false
"""


def test_published_means_are_asked(tmp_path) -> None:
    net = simple()

    def asked(statistic: str, against: str) -> tuple[float, float, float]:
        path = tmp_path / "checks.toml"
        path.write_text(CHECK.replace("STATISTIC", statistic).replace("AGAINST", against))
        (row,) = compare(net, checks := read_checks(net, path))
        span = spans(net, checks)["c"]
        return row.answer, span.low, span.high

    assert asked("mean", "") == pytest.approx((3.0, 3.0, 3.0), abs=1e-12)
    against = 'against = {loss = "no"}'
    assert asked("difference", against) == pytest.approx((-1.0, -1.0, -1.0), abs=1e-12)
    with pytest.raises(InvalidNetwork, match="'mean' or 'difference'"):
        asked("odds_ratio", against)
