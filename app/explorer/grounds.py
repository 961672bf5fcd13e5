"""The numbers behind an answer: what makes a cause come to so many of 100, and what would turn it."""

from __future__ import annotations

import streamlit as st

from etiograph import Network
from etiograph.query.links import stand_ins
from etiograph.uncertainty.grounds import Ground

from . import answers, behind, charts, labels, late, sources, texts
from .cases import Pairs
from .meaning import named


def show(network: Network, row: labels.Row, findings: Pairs) -> None:
    """Strength and frequency of a cause, and what else moves its answer, each with range and source."""
    acted = _acts(network, row, findings)
    if not network.has_ranges or (row.name in dict(findings) and not acted):
        return
    with late.turn():
        found = answers.grounds(network, findings, row.name, row.state, acted=acted)
    if found is None or not found.numbers:
        return
    numbers = [
        charts.Swing(
            named(network, ground.parameter.name),
            ground.at_low,
            ground.at_high,
            found.answer,
            ground.parameter.grade,
            tuple(sources.listed(ground.parameter.evidence)),
            _stated(ground),
            _turn(row, found.first, ground),
        )
        for ground in found.numbers
    ]
    st.subheader(texts.WHY_NUMBERS, anchor=False)
    stands = (
        "" if any(n.turn for n in numbers) else charts.note(texts.WHY_NUMBERS_STAND, small=True)
    )
    st.html(
        charts.note(texts.WHY_NUMBERS_NOTE) + charts.tornado(numbers, texts.WHY_NUMBERS) + stands
    )


def _acts(network: Network, row: labels.Row, findings: Pairs) -> bool:
    """Whether the question is how often it had a part, as in the table of causes."""
    if not behind.found(network, findings) or row.name in stand_ins(network):
        return False
    return answers.acts(network, findings) and row.name in answers.behind(network, findings).causes


def _stated(ground: Ground) -> str:
    number = ground.parameter
    assert number.low is not None
    assert number.high is not None
    return texts.number_stated(ground.role, number.value, number.low, number.high)


def _turn(row: labels.Row, first: bool, ground: Ground) -> str:
    if ground.turn is None:
        return ""
    return texts.number_turn(row.label, first, ground.turn, ground.parameter.value)
