from __future__ import annotations

from math import log10

import numpy as np
import pytest

from etiograph.decision.explain import CERTAIN, explain
from etiograph.errors import InvalidFinding
from etiograph.network.network import Network
from etiograph.uncertainty.acted import acted

FOUND = {"diuretic": "thiazide", "cramps": "present", "twitching": "present", "numbness": "absent"}


def decibans(p: float) -> float:
    return 10 * log10(p / (1 - p))


def test_one_finding_by_hand() -> None:
    """Prevalence 0.1, sensitivity 0.8, specificity 0.9: LR+ 8 = 9.03 decibans, posterior 8/17."""
    net = Network.from_tables(
        {"d": ("absent", "present"), "t": ("negative", "positive")},
        {"t": ("d",)},
        {"d": [0.9, 0.1], "t": [[0.9, 0.1], [0.2, 0.8]]},
    )
    found = explain(net, {"t": "positive"}, "d")
    (weight,) = found.weights
    assert weight.weight == weight.alone == pytest.approx(10 * log10(8))
    assert weight.share == pytest.approx(10 * log10(8))
    assert weight.factor == pytest.approx(8)
    assert found.after == pytest.approx(8 / 17)
    assert found.before == weight.without == pytest.approx(0.1)
    assert found.conflict == pytest.approx(0.0, abs=1e-9)


def test_weights_equal_enumeration_and_shares_add_up(small, brute) -> None:
    found = explain(small, FOUND, "depletion", "present")
    of = {"depletion": "present"}
    whole, p_all = brute(small, FOUND, of)
    assert found.after == pytest.approx(whole, abs=1e-12)
    assert found.before == pytest.approx(brute(small, {}, of)[0])
    assert sum(w.share for w in found.weights) == pytest.approx(found.total)
    assert found.total == pytest.approx(decibans(whole) - decibans(found.before))
    singles = 1.0
    for w in found.weights:
        rest = {k: v for k, v in FOUND.items() if k != w.finding}
        without, p_rest = brute(small, rest, of)
        alone, p_alone = brute(small, {w.finding: FOUND[w.finding]}, of)
        assert w.without == pytest.approx(without)
        assert w.weight == pytest.approx(decibans(whole) - decibans(without))
        assert w.alone == pytest.approx(decibans(alone) - decibans(found.before))
        assert w.conflict == pytest.approx(10 * log10(p_alone * p_rest / p_all))
        singles *= p_alone
    assert found.conflict == pytest.approx(10 * log10(singles / p_all))


def test_contrast_is_the_log_ratio_of_the_two(small, brute) -> None:
    found = explain(small, FOUND, "depletion", against="neuropathy")
    a, _ = brute(small, FOUND, {"depletion": "present"})
    b, _ = brute(small, FOUND, {"neuropathy": "present"})
    a0, _ = brute(small, {}, {"depletion": "present"})
    b0, _ = brute(small, {}, {"neuropathy": "present"})
    assert found.total == pytest.approx(10 * log10(a / b) - 10 * log10(a0 / b0))
    assert sum(w.share for w in found.weights) == pytest.approx(found.total)


def test_reversals_really_reverse(small, brute) -> None:
    known = {"twitching": "present", "numbness": "absent"}
    found = explain(small, known, "depletion")
    assert found.top_cause.variable == "depletion"
    assert not found.acted
    assert found.reversals
    for turn in found.reversals:
        other = {**known, turn.finding: turn.state}
        a, _ = brute(small, other, {"depletion": "present"})
        b, _ = brute(small, other, {"neuropathy": "present"})
        assert b > a
        assert turn.top_cause.variable == "neuropathy"
        assert turn.probability == pytest.approx(b)


def test_where_the_outcome_is_found_a_reversal_puts_another_cause_behind_it(small) -> None:
    known = {"cramps": "present", "numbness": "absent"}
    found = explain(small, known, "depletion")
    assert found.acted
    assert found.top_cause.variable == "depletion"
    (turn,) = found.reversals  # not that there might be no cramps
    before, after = acted(small, known), acted(small, {**known, turn.finding: turn.state})
    assert max(before, key=before.__getitem__) == "depletion"
    assert max(after, key=after.__getitem__) == turn.top_cause.variable == "neuropathy"
    assert turn.probability == pytest.approx(after["neuropathy"], abs=1e-12)


def test_body_states_between_finding_and_target(small) -> None:
    found = explain(small, {"twitching": "present"}, "cramps")
    (weight,) = found.weights
    assert [s.variable for s in weight.through] == ["depletion"]
    assert weight.through[0].after > weight.through[0].before


def test_certainty_is_capped_not_nan() -> None:
    net = Network.from_tables(
        {"d": ("absent", "present"), "t": ("negative", "positive")},
        {"t": ("d",)},
        {"d": [0.9, 0.1], "t": [[1.0, 0.0], [0.2, 0.8]]},
    )
    found = explain(net, {"t": "positive"}, "d")
    assert found.after == 1.0
    assert found.weights[0].weight > CERTAIN - 20
    assert np.isfinite(found.weights[0].share)


def test_many_findings_are_sampled_with_an_error() -> None:
    rng = np.random.default_rng(2)
    names = [f"f{i}" for i in range(14)]
    states = {"d": ("absent", "present"), **dict.fromkeys(names, ("no", "yes"))}
    tables = {"d": [0.7, 0.3]}
    for n in names:
        a, b = rng.uniform(0.1, 0.9, 2)
        tables[n] = [[1 - a, a], [1 - b, b]]
    net = Network.from_tables(states, dict.fromkeys(names, ("d",)), tables)
    found = explain(net, dict.fromkeys(names, "yes"), "d")
    # Findings independent given d: every order gives the same weight, its own likelihood ratio.
    for w in found.weights:
        (_, a), (_, b) = tables[w.finding]
        assert w.share == pytest.approx(10 * log10(b / a))
        assert w.error == pytest.approx(0.0, abs=1e-9)


def test_nothing_known_is_no_error(small) -> None:
    found = explain(small, {}, "depletion")
    assert found.weights == ()
    assert found.total == 0.0
    assert found.to_frame().empty


def test_a_finding_is_no_question(small) -> None:
    with pytest.raises(InvalidFinding):
        explain(small, {"depletion": "present"}, "depletion")


def test_context_comes_first(small, brute) -> None:
    found = explain(small, FOUND, "depletion", context=["diuretic", "numbness"])
    of = {"depletion": "present"}
    first, _ = brute(small, {"diuretic": "thiazide", "numbness": "absent"}, of)
    shares = {w.finding: w.share for w in found.weights}
    assert set(found.context) == {"diuretic", "numbness"}
    assert found.given_context == pytest.approx(first)
    assert shares["diuretic"] + shares["numbness"] == pytest.approx(
        decibans(first) - decibans(found.before)
    )
    assert sum(shares.values()) == pytest.approx(found.total)
    cramps = next(w for w in found.weights if w.finding == "cramps")
    one, _ = brute(small, {"diuretic": "thiazide", "numbness": "absent", "cramps": "present"}, of)
    assert cramps.alone == pytest.approx(decibans(one) - decibans(first))


def test_reversals_say_how_likely_they_were(small, brute) -> None:
    known = {"cramps": "present", "numbness": "absent"}
    (turn,) = explain(small, known, "depletion").reversals
    assert turn.chance == pytest.approx(
        brute(small, {"cramps": "present"}, {"numbness": "present"})[0]
    )


def test_odds_keep_their_digits_next_to_certainty() -> None:
    """LR 10^6 twice on odds of 1: 120 decibans, though 1 - P is 1e-12."""
    net = Network.from_tables(
        {"d": ("absent", "present"), "t": ("-", "+"), "u": ("-", "+")},
        {"t": ("d",), "u": ("d",)},
        {
            "d": [0.5, 0.5],
            "t": [[1 - 1e-6, 1e-6], [0.0, 1.0]],
            "u": [[1 - 1e-6, 1e-6], [0.0, 1.0]],
        },
    )
    found = explain(net, {"t": "+", "u": "+"}, "d")
    assert found.total == pytest.approx(120.0, abs=1e-8)
    assert [w.share for w in found.weights] == pytest.approx([60.0, 60.0], abs=1e-8)


def test_asked_of_a_changed_world(small, brute) -> None:
    """Under do the ledger is that of the cut network; under had it ends at the imagined answer."""
    from etiograph.query.change import do
    from etiograph.query.imagine import had

    seen = {"twitching": "present", "numbness": "absent"}
    under = {"depletion": "absent"}
    done = explain(small, seen, "cramps", changes=under, kind="do")
    assert done.after == pytest.approx(do(small, seen, under)["cramps"]["present"])
    imagined = explain(small, {**seen, "cramps": "present"}, "cramps", changes=under, kind="had")
    answer = had(small, {**seen, "cramps": "present"}, under)["cramps"]["present"]
    assert imagined.after == pytest.approx(answer)
    for w in imagined.weights:
        rest = {k: v for k, v in {**seen, "cramps": "present"}.items() if k != w.finding}
        assert w.without == pytest.approx(had(small, rest, under)["cramps"]["present"])
    assert sum(w.share for w in imagined.weights) == pytest.approx(imagined.total)
