from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import etiograph as eg
from etiograph.decision.next_test import next_tests
from etiograph.network.mechanism import Table
from etiograph.network.network import Network
from etiograph.network.noisy import NoisyLink, NoisyOr
from etiograph.network.parameter import Parameter
from etiograph.network.reading import LevelShift, Reading
from etiograph.network.variable import Variable
from etiograph.uncertainty.acted import acted


def bits(*p: float) -> float:
    return -sum(x * np.log2(x) for x in p if x > 0)


def disease_and_test(sensitivity: float = 0.8, specificity: float = 0.9) -> Network:
    return Network.from_tables(
        {"d": ("absent", "present"), "t": ("negative", "positive")},
        {"t": ("d",)},
        {"d": [0.5, 0.5], "t": [[specificity, 1 - specificity], [1 - sensitivity, sensitivity]]},
    )


def test_perfect_test_is_worth_the_whole_entropy() -> None:
    found = next_tests(disease_and_test(1.0, 1.0), {}, "d")
    assert found.entropy == pytest.approx(1.0)
    assert found.tests[0].gain == pytest.approx(1.0)


def test_gain_by_hand() -> None:
    found = next_tests(disease_and_test(), {}, "d", {"t": 4.0})
    (test,) = found.tests
    p = 0.45
    after = p * bits(0.4 / 0.45, 0.05 / 0.45) + 0.55 * bits(0.1 / 0.55, 0.45 / 0.55)
    assert test.gain == pytest.approx(1.0 - after)
    assert test.per_cost == pytest.approx(test.gain / 4)
    assert test.p_results == pytest.approx({"negative": 0.55, "positive": 0.45})


def test_useless_test_gains_nothing() -> None:
    found = next_tests(disease_and_test(0.3, 0.7), {}, "d")
    assert found.tests[0].gain == pytest.approx(0.0, abs=1e-12)


def test_gain_equals_enumeration(small, brute) -> None:
    known = {"cramps": "present"}
    found = next_tests(small, known, "depletion", candidates=["twitching"])
    before, _ = brute(small, known, {"depletion": "present"})
    expected = 0.0
    for state in ("absent", "present"):
        p, _ = brute(small, known, {"twitching": state})
        after, _ = brute(small, {**known, "twitching": state}, {"depletion": "present"})
        expected += p * bits(after, 1 - after)
    assert found.tests[0].gain == pytest.approx(bits(before, 1 - before) - expected)


@settings(max_examples=25)
@given(st.integers(0, 10_000))
def test_gains_are_never_negative_and_pairs_gain_at_least_the_better(seed: int) -> None:
    rng = np.random.default_rng(seed)
    binary = ("absent", "present")
    net = Network.from_tables(
        dict.fromkeys("abcd", binary),
        {"c": ("a", "b"), "d": ("a", "c")},
        {
            "a": rng.dirichlet([1, 1]),
            "b": rng.dirichlet([1, 1]),
            "c": rng.dirichlet([1, 1], size=(2, 2)),
            "d": rng.dirichlet([1, 1], size=(2, 2)),
        },
    )
    found = next_tests(net, {}, "a")
    gains = {t.names[0]: t.gain for t in found.tests}
    assert min(gains.values()) >= 0.0
    assert max(gains.values()) <= found.entropy + 1e-12
    for pair in found.pairs:
        assert pair.gain >= max(gains[n] for n in pair.names) - 1e-9


def reading_network(shift: float, sd: float = 1.0) -> Network:
    variables = [Variable("d", ("absent", "present")), Variable("x", ("low", "high"))]
    reading = Reading(
        ("d",), "mmol/L", "normal", Parameter("x.mean", "mean", 0.0), Parameter("x.sd", "sd", sd),
        (LevelShift("d", {"present": Parameter("x.d", "difference", shift)}),), (-50, 50),
        cutpoints=(0.5 * shift,), bins=("low", "high"),
    )  # fmt: skip
    return Network(variables, {"d": Table(array=np.array([0.5, 0.5])), "x": reading})


def test_reading_by_quadrature_equals_a_fine_sum() -> None:
    found = next_tests(reading_network(1.5), {}, "d")
    y = np.linspace(-9, 11, 200_001)
    a, b = (0.5 * np.exp(-0.5 * (y - m) ** 2) / np.sqrt(2 * np.pi) for m in (0.0, 1.5))
    p = a / (a + b)
    h = -(p * np.log2(p) + (1 - p) * np.log2(1 - p))
    expected = 1.0 - np.sum((a + b) * h) * (y[1] - y[0])
    assert found.tests[0].gain == pytest.approx(expected, abs=2e-4)
    # The value says more than the bin it falls in.
    binned = 1.0 - bits(0.7734, 1 - 0.7734)
    assert found.tests[0].gain > binned


def test_pairs_of_readings_and_no_change() -> None:
    same = next_tests(reading_network(0.0), {}, "d")
    assert same.tests[0].gain == pytest.approx(0.0, abs=1e-12)


def test_xor_pair_beats_both() -> None:
    """Neither half of an exclusive or says anything; both together say all."""
    net = Network.from_tables(
        {"a": ("0", "1"), "b": ("0", "1"), "y": ("0", "1")},
        {"y": ("a", "b")},
        {"a": [0.5, 0.5], "b": [0.5, 0.5], "y": [[[1, 0], [0, 1]], [[0, 1], [1, 0]]]},
    )
    found = next_tests(net, {}, "y")
    assert [t.gain for t in found.tests] == pytest.approx([0.0, 0.0], abs=1e-12)
    assert found.pairs[0].gain == pytest.approx(1.0)
    assert found.pairs[0].beats_both


def test_all_causes_and_top_cause(small, brute) -> None:
    known = {"cramps": "present"}
    found = next_tests(small, known)
    assert {t.names[0] for t in found.tests} == {"twitching", "numbness", "diuretic"}
    numb = next(t for t in found.tests if t.names == ("numbness",))
    p, _ = brute(small, known, {"numbness": "present"})
    assert numb.p_new_top == pytest.approx(p)
    assert numb.cost == 2.0
    assert found.entropy > 0


def test_interval_of_the_gain(small) -> None:
    found = next_tests(small, {"cramps": "present"}, "depletion", draws=100, seed=1)
    twitch = next(t for t in found.tests if t.names == ("twitching",))
    assert 0.0 <= twitch.low < twitch.gain < twitch.high


def test_gain_about_a_changed_world_equals_its_definition(small) -> None:
    """Tests are done now; what they tell is about the answer had things been otherwise."""
    from etiograph.query.change import do
    from etiograph.query.imagine import after, had

    for ask, kind, known in (
        (had, "had", {"cramps": "present", "diuretic": "thiazide"}),
        (after, "after", {"cramps": "present", "diuretic": "thiazide"}),
        (do, "do", {"numbness": "absent"}),
    ):
        change = {"diuretic": "none"}
        found = next_tests(
            small, known, "cramps", candidates=["twitching"], changes=change, kind=kind
        )
        now = ask(small, known, change)["cramps"]["present"]
        if kind == "do":
            chance = ask(small, known, change)["twitching"]
        else:
            chance = small.case(known).posterior()["twitching"]
        gain = bits(now, 1 - now)
        for state, p in chance.items():
            then = ask(small, {**known, "twitching": state}, change)["cramps"]["present"]
            gain -= p * bits(then, 1 - then)
        assert found.entropy == pytest.approx(bits(now, 1 - now))
        assert found.tests[0].gain == pytest.approx(gain, abs=1e-12)


def test_what_is_changed_is_not_asked(small) -> None:
    found = next_tests(small, {}, "cramps", changes={"diuretic": "none"}, kind="do")
    assert "diuretic" not in {t.names[0] for t in found.tests}


def test_red_flags_come_first() -> None:
    """Asked before any gain is counted: what would be urgent, and only where one answer decides."""
    import etiograph as eg

    net = eg.load("leg_cramps")
    known = {"leg_cramps": "present"}
    found = next_tests(net, known, "magnesium_depletion", candidates=["diabetes"], pairs=False)
    assert "cold_pale_leg" in found.first
    for name in found.first:
        states = net.variable(name).states
        now = {flag.id for flag in net.case(known).red_flags()}
        fired = [f for s in states for f in net.case({**known, name: s}).red_flags()]
        assert any(f.level in ("emergency", "urgent") and f.id not in now for f in fired)
    # A sign that only rules read, in a case as well.
    asked = net.case(known, cold_pale_leg="absent").next_tests("statin", candidates=["diabetes"])
    assert "cold_pale_leg" not in asked.first
    assert not any(net.variable(name).role == "test" for name in found.first)


def test_rows_by_event_and_rows_by_result_agree() -> None:
    """Many tests are asked by Bayes' rule from the causes, one test from its own results."""
    net = eg.load("leg_cramps_small")
    case = net.case(age="65_and_over", leg_cramps="present", diuretic="thiazide")
    for target in (None, "magnesium_depletion"):
        together = case.next_tests(target, pairs=False).tests
        assert len(together) > 6
        for test in together:
            (alone,) = case.next_tests(target, candidates=list(test.names), pairs=False).tests
            assert test.gain == pytest.approx(alone.gain, abs=1e-12)
            assert test.change_of_top == pytest.approx(alone.change_of_top, abs=1e-12)
            assert test.p_new_top == pytest.approx(alone.p_new_top, abs=1e-12)


@pytest.mark.parametrize("name", ["small", "leg_cramps"])
def test_gain_about_what_acted_is_the_entropy_that_each_result_leaves(name, small) -> None:
    """The same by asking anew with every result of every test, and of one pair."""
    net, known = small, {"cramps": "present", "diuretic": "thiazide"}
    asked = ["twitching", "numbness"]
    if name == "leg_cramps":
        net, known = eg.load(name), {"leg_cramps": "present", "age": "65_and_over", "sex": "male"}
        asked = ["diuretic", "unaccustomed_exercise", "warm_up_around_exercise", "night_waking"]
    found = next_tests(net, known, candidates=asked, acted=True)
    own = acted(net, known)

    def doubt(given: dict[str, str]) -> float:
        p = acted(net, given)
        return sum(bits(p[cause], 1 - p[cause]) for cause in own)

    def left(names: tuple[str, ...]) -> float:
        total = 0.0
        for states in product(*(net.variables[n].states for n in names)):
            given = dict(known)
            p = 1.0
            for n, s in zip(names, states, strict=True):
                p *= net.case(given).posterior()[n][s]
                given[n] = s
                if p == 0.0:
                    break
            if p > 0.0:
                total += p * doubt(given)
        return total

    assert found.entropy == pytest.approx(doubt(known), abs=1e-9)
    assert {t.names[0] for t in found.tests} == set(asked)
    for test in found.tests:
        assert test.gain == pytest.approx(doubt(known) - left(test.names), abs=1e-9)
    pair = found.pairs[0]
    assert pair.gain == pytest.approx(doubt(known) - left(pair.names), abs=1e-9)
    ranged = next_tests(net, known, candidates=asked, acted=True, draws=60, pairs=False)
    assert ranged.tests[0].low <= ranged.tests[0].gain <= ranged.tests[0].high


def test_a_common_habit_is_no_news_of_what_acted() -> None:
    """Asked whether it is there it tells a bit about itself, and little about the outcome."""
    net = Network(
        [
            Variable("habit", ("no", "yes"), role="habit"),
            Variable("disease", ("absent", "present"), role="condition", observable=False),
            Variable("sign", ("absent", "present"), role="finding"),
            Variable("y", ("absent", "present"), role="outcome"),
        ],
        {
            "habit": Table(array=np.array([0.5, 0.5])),
            "disease": Table(array=np.array([0.7, 0.3])),
            "sign": Table(("disease",), array=np.array([[0.9, 0.1], [0.2, 0.8]])),
            "y": NoisyOr(
                leak=0.1,
                links=(
                    NoisyLink.of("habit", {"yes": 0.001}),
                    NoisyLink.of("disease", {"present": 0.8}),
                ),
            ),
        },
        about={"target": "y", "causes": ["habit", "disease"]},
    )
    there = next_tests(net, {"y": "present"}, acted=False)
    behind = next_tests(net, {"y": "present"})
    assert [t.names[0] for t in there.tests] == ["habit", "sign"]
    assert [t.names[0] for t in behind.tests] == ["sign", "habit"]
    assert behind.target == "what is behind y"
    assert next_tests(net, {}, acted=True).target == "all causes"
