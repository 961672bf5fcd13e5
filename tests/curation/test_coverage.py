"""The network's own interval of a published statistic, worked out by hand from the draws."""

from __future__ import annotations

import numpy as np
import pytest
from tests.texts import ACHES

from etiograph.curation import agreement
from etiograph.curation.coverage import DRAWS, Span, held, spans
from etiograph.curation.statistics import Check, Compared, questions
from etiograph.formats import reads
from etiograph.network.parameter import parameter_draws

MEN = '{ value = 0.5, low = 0.3, high = 0.7, grade = "D", note = "Made up." }'


def check(name: str, statistic: str, value: float, **asked: dict[str, object]) -> Check:
    return Check(
        id=name, statistic=statistic, variable="ache", weights={"present": 1.0},
        given=asked.get("given", {}), do=asked.get("do", {}), against=asked.get("against", {}),
        value=value, low=0.0, high=1.0, evidence=("E1",), is_set=False,
    )  # fmt: skip


def test_intervals_are_those_of_the_draws_by_hand():
    network = reads(ACHES.replace("SOURCED", MEN), "aches.toml")
    (male,) = parameter_draws(tuple(network.parameters.values()), DRAWS, 0).T
    # P(ache | do(drug)) - P(ache | do(no drug)) = (1 - m) 0.2 + m 0.3
    effect = check("effect", "difference", 0.25, do={"drug": "yes"}, against={"drug": "no"})
    # P(ache | drug) = ((1 - m) 0.2 0.3 + m 0.6 0.5) / ((1 - m) 0.2 + m 0.6)
    given = check("given", "probability", 0.9, given={"drug": {"yes": 1.0}})
    found = spans(network, (effect, given))
    by_hand = {
        "effect": 0.2 + 0.1 * male,
        "given": (0.06 * (1 - male) + 0.3 * male) / (0.2 * (1 - male) + 0.6 * male),
    }
    for name, values in by_hand.items():
        low, high = np.quantile(values, (0.05, 0.95))
        assert (found[name].low, found[name].high) == pytest.approx((low, high), abs=1e-12)
    assert held((effect, given), found) == (1, 2)


def test_a_line_says_what_its_interval_holds():
    checks = [check(f"c{i}", "probability", value) for i, value in enumerate((0.1, 0.3))]
    (question,) = questions([Compared(each, 0.12) for each in checks])
    known = {each.id: Span(0.05, 0.2) for each in checks}
    assert agreement.own(question, known) == "5 % to 20 %, 1 of 2"
    assert agreement.own(question, {}) == ""
    assert agreement.truth([Compared(each, 0.12) for each in checks], known) == (
        "of the 90 % intervals of the network itself 1 of 2 (50 %) hold the published figure "
        "that they predict"
    )
