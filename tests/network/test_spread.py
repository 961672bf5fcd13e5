"""The spread between sources: what it does to a range, and what is refused."""

from __future__ import annotations

from math import exp, log

import pytest

import etiograph as eg
from etiograph.errors import InvalidNetwork, UnknownName
from etiograph.formats.native import save_native
from etiograph.network.parameter import Parameter
from etiograph.network.spread import Spread

Z = 1.959963984540054


def share(**more: object) -> Parameter:
    fields = {"value": 0.2, "low": 0.1, "high": 0.4, "grade": "B", **more}
    return Parameter("p", "probability", **fields)  # type: ignore[arg-type]


def logit(p: float) -> float:
    return log(p / (1 - p))


def test_hand_worked_share() -> None:
    # The odds are 1/9, 1/4 and 2/3. With z sd = log 1.5 the ends stand log(9/4) and log(8/3) off, and the
    # middle moves by -sd^2 / 2 (1 - 2 * 0.2).
    sd = log(1.5) / Z
    made = Spread(("B",), probability=sd).widened(share())
    below = (log(9 / 4) ** 2 + log(1.5) ** 2) ** 0.5 + 0.3 * sd**2
    above = (log(8 / 3) ** 2 + log(1.5) ** 2) ** 0.5 - 0.3 * sd**2
    assert made.low == pytest.approx(1 / (1 + 4 * exp(below)), rel=1e-12)
    assert made.high == pytest.approx(1 / (1 + 4 * exp(-above)), rel=1e-12)
    assert (made.value, made.coverage, made.grade) == (0.2, 0.95, "B")


def test_hand_worked_ratio() -> None:
    number = Parameter("r", "odds_ratio", 2.0, 1.0, 4.0, grade="C")
    sd = log(2.0) / Z
    made = Spread(("B", "C"), ratio=sd).widened(number)
    assert made.low == pytest.approx(2.0 * 2 ** -(2**0.5) * exp(-0.5 * sd**2), rel=1e-12)
    assert made.high == pytest.approx(2.0 * 2 ** (2**0.5) * exp(-0.5 * sd**2), rel=1e-12)


@pytest.mark.parametrize("value", [0.01, 0.2, 0.5, 0.9])
def test_the_spread_alone_keeps_the_mean(value: float) -> None:
    made = Spread(("B",), probability=0.5).widened(share(value=value, low=value, high=value))
    assert made.distribution.mean == pytest.approx(value, rel=0.12)  # 1.28 if the middle stayed
    ratio = Parameter("r", "odds_ratio", 2.0, 2.0, 2.0, grade="C")
    assert Spread(("C",), ratio=0.5).widened(ratio).distribution.mean == pytest.approx(2.0)


def test_a_range_without_width_gets_the_whole_spread() -> None:
    made = Spread(("B",), probability=0.5).widened(share(low=0.2, high=0.2))
    assert made.low is not None
    assert made.high is not None
    assert logit(made.high) - logit(made.low) == pytest.approx(2 * Z * 0.5)
    assert logit(0.2) - 0.5 * (logit(made.high) + logit(made.low)) == pytest.approx(0.125 * 0.6)


def test_a_wide_range_hardly_moves() -> None:
    made = Spread(("B",), probability=0.2).widened(share(value=0.02, low=0.001, high=0.4))
    assert made.low == pytest.approx(0.00096, abs=1e-5)
    assert made.high == pytest.approx(0.4007, abs=1e-4)


@pytest.mark.parametrize(
    "number",
    [
        share(grade="A"),
        share(grade="D"),
        share(local=True),
        share(low=None, high=None),
        share(value=0.0, low=0.0, high=0.4),
        Parameter("m", "mean", 4.0, 3.8, 4.2, grade="B"),
        Parameter("r", "odds_ratio", 2.0, 1.0, 4.0, grade="B"),
    ],
)
def test_what_stays(number: Parameter) -> None:
    assert Spread(("B",), probability=0.5).widened(number) is number


def test_an_end_that_says_no_effect_at_all_stays() -> None:
    made = Spread(("B",), probability=0.5).widened(share(low=0.0))
    assert made.low == 0.0
    assert made.high is not None
    assert made.high > 0.4


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"grades": (), "ratio": 0.1}, "at least one"),
        ({"grades": ("B", "B"), "ratio": 0.1}, "each grade once"),
        ({"grades": ("B",)}, "must be above 0"),
        ({"grades": ("B",), "ratio": -0.1}, "0 or more"),
        ({"grades": ("B",), "ratio": 0.1, "questions": (("E1",),)}, "two rows or more"),
        ({"grades": ("B",), "ratio": 0.1, "questions": (("E1", "E1"),)}, "two rows or more"),
    ],
)
def test_refused(fields: dict[str, object], said: str) -> None:
    with pytest.raises(InvalidNetwork, match=said):
        Spread(**fields)  # type: ignore[arg-type]


def test_an_unknown_grade_is_named() -> None:
    with pytest.raises(UnknownName, match="grade of between_sources"):
        Spread(("E",), ratio=0.1)


FILE = """
format = 1
[between_sources]
grades = ["B"]
probability = 0.5
[variables.rain]
states = ["no", "yes"]
mechanism = {kind = "table", rows = [{p = {yes = {name = "rain.yes", value = 0.2, low = 0.15, high = 0.26, GRADE}}}]}
"""


def rain(tmp_path, grade: str) -> eg.Network:
    path = tmp_path / "rain.toml"
    path.write_text(FILE.replace("GRADE", grade), encoding="utf-8")
    return eg.load(str(path))


def test_from_a_file_to_the_interval_of_an_answer(tmp_path) -> None:
    carried = rain(tmp_path, 'grade = "B"')
    own = rain(tmp_path, 'grade = "B", local = true')
    assert own.priors["rain.yes"] == own.parameters["rain.yes"]
    assert carried.parameters["rain.yes"].high == 0.26
    wide, narrow = (net.case().intervals(draws=4000)["rain"]["yes"] for net in (carried, own))
    assert wide.point == narrow.point == pytest.approx(0.2)
    expected = carried.priors["rain.yes"].distribution.ppf([0.05, 0.95])
    assert wide.low == pytest.approx(expected[0], abs=0.01)
    assert wide.high == pytest.approx(expected[1], abs=0.01)
    assert wide.high - wide.low > 2 * (narrow.high - narrow.low)


def test_the_tornado_reaches_as_far(tmp_path) -> None:
    net = rain(tmp_path, 'grade = "B"')
    (bar,) = net.case().tornado("rain", "yes").bars
    prior = net.priors["rain.yes"]
    assert (bar.low, bar.high) == (prior.low, prior.high)


def test_saved_as_it_was_stated(tmp_path) -> None:
    net = rain(tmp_path, 'grade = "B", local = true')
    save_native(net, tmp_path / "again.toml")
    again = eg.load(str(tmp_path / "again.toml"))
    assert again == net
    assert again.spread == Spread(("B",), probability=0.5)
    assert again.parameters["rain.yes"].local


def test_a_bad_statement_is_refused_at_its_line(tmp_path) -> None:
    path = tmp_path / "rain.toml"
    path.write_text(FILE.replace("0.5", "-0.5").replace("GRADE", 'grade = "B"'), encoding="utf-8")
    with pytest.raises(InvalidNetwork, match=r"rain\.toml:3: .*0 or more"):
        eg.load(str(path))
