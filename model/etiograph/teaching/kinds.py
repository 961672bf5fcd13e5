"""The kinds of exercise there are: what each is called, when it does not apply, how one is made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from etiograph.teaching import (
    kinds_arrows,
    kinds_chance,
    kinds_change,
    kinds_doubt,
    kinds_numbers,
    kinds_rivals,
    kinds_table,
    kinds_turned,
)
from etiograph.teaching.tutor import Attempt, Tutor


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of exercise.

    Attributes
    ----------
    title, aim : str
        What it is called, what it trains.
    attempt : callable
        A draft from one random choice of variables; None where that choice gives none.
    unfit : callable
        Why it does not apply to a network, seen before any attempt; empty where it may.
    none : str
        Why, where no attempt succeeded.
    cheap : bool
        Whether an attempt asks the engine nothing or once, so that a large network allows as many.
    """

    title: str
    aim: str
    attempt: Callable[[Tutor], Attempt | None]
    unfit: Callable[[Tutor], str]
    none: str
    cheap: bool = False


KINDS = {
    "base_rate": Kind(
        "How common is it anyway?", "the predictive value of a finding",
        kinds_chance.base_rate, kinds_chance.no_arrows,
        "turning the question around changes no answer in it by much",
    ),
    "explaining_away": Kind(
        "Rival causes", "how causes of one effect move each other",
        kinds_rivals.explaining_away, kinds_rivals.no_rivals,
        "no two causes of one effect move each other enough to be told",
    ),
    "separation": Kind(
        "What tells of what", "which finding opens or shuts a way",
        kinds_arrows.separation, kinds_arrows.few_variables,
        "no choice of variables has exactly one right answer within a diagram that can be read", True,
    ),
    "adjustment": Kind(
        "A fair comparison", "the smallest set to hold fixed",
        kinds_arrows.adjustment, kinds_arrows.few_variables,
        "no cause and outcome have a right set and two wrong ones within a diagram that can be read", True,
    ),
    "see_or_do": Kind(
        "See or do", "how far a plain comparison misleads",
        kinds_change.see_or_do, kinds_chance.no_arrows,
        "no plain comparison in it misleads by much, where one variable that can be seen sets it right",
    ),
    "had": Kind(
        "Had it been otherwise", "what would have been in this very case",
        kinds_change.had, kinds_chance.no_arrows,
        "no cause and effect of two states have answers far enough apart",
    ),
    "responsibility": Kind(
        "There, acted, needed", "present is not responsible",
        kinds_doubt.responsibility, kinds_rivals.no_rivals,
        "in how many a cause is there, acts and is needed lie too close together",
    ),
    "simpson": Kind(
        "Turned over", "which of two comparisons to act on",
        kinds_turned.simpson, kinds_turned.turned_over,
        kinds_turned.NOT_TURNED,
    ),
    "next_test": Kind(
        "What to ask next", "which finding is expected to tell most",
        kinds_doubt.next_test, kinds_arrows.few_three,
        "no finding tells clearly more than the others",
    ),
    "elimination": Kind(
        "Sum it out", "one step of elimination by hand",
        kinds_table.elimination, kinds_table.no_tables,
        "no table gives answers far enough apart", True,
    ),
    "sensitivity": Kind(
        "Which number matters", "what an answer hangs on",
        kinds_numbers.sensitivity, kinds_numbers.no_ranges,
        "no number moves an answer clearly more than the others",
    ),
}  # fmt: skip
"""By the name they go by on the command line."""
