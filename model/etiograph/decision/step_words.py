"""What to rule out, to ask and to test next, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from etiograph.decision.rounding import ends, people, percent
from etiograph.decision.words import joined, upper
from etiograph.errors import EtiographError
from etiograph.network.event import Event

if TYPE_CHECKING:
    from etiograph.decision.next_steps import NextStep, NextSteps
    from etiograph.decision.next_test import NextTest, NextTests
    from etiograph.network.network import Network

DANGER = "Ask because of danger, if not asked yet: "
"""How the line begins that names what to ask because of danger."""
WORTH = 0.01
"""Part of the doubt that a test must be expected to remove to be named."""


def next_words(network: Network, found: NextTests, top: int = 3) -> tuple[str, ...]:
    """What to rule out, to ask and to test next; questions and tests apart, the best first."""
    lines = []
    about = doubt_about(network, found)
    if found.first:
        named = "; ".join(network.variable(name).label for name in found.first)
        lines.append(f"First rule out: {named}.")
    useful = [t for t in found.tests if t.gain >= WORTH * found.entropy > 0.0]
    if not useful:
        return (*lines, f"Nothing that is left to ask would tell much about {about}.")
    for start, tests in zip(("Ask", "Test"), apart(network, useful), strict=True):
        lines += [f"{start}: {_test_words(network, test, found, about)}" for test in tests[:top]]
    best = [p for p in found.pairs if p.beats_both and p.gain >= WORTH * found.entropy]
    if best:
        lines.append(f"Worth doing together: {test_label(network, best[0])}.")
    return tuple(lines)


def steps_words(network: Network, found: NextSteps, top: int = 3) -> tuple[str, ...]:
    """What to rule out now, to ask and to test, each line with its reason."""
    lines = [f"Rule out now: {step_words(step)}" for step in found.rule_out]
    if found.danger_signs:
        lines.append(danger_words(network, found))
    lines += [f"Ask: {step_words(step)}" for step in found.ask[:top]]
    lines += [f"Test: {step_words(step)}" for step in found.test[:top]]
    return tuple(lines) or ("Nothing that is left to ask would tell much.",)


def danger_words(network: Network, found: NextSteps) -> str:
    """What to ask because of danger: signs, and what brings danger, as a medicine does."""
    named = "; ".join(network.variable(name).label for name in found.danger_signs)
    return f"{DANGER}{named}."


def step_words(step: NextStep) -> str:
    """A step and why it is taken."""
    return f"{upper(step.label)} ({step.why})." if step.why else f"{upper(step.label)}."


def apart(network: Network, tests: Sequence[NextTest]) -> tuple[list[NextTest], list[NextTest]]:
    """Questions, and what takes a test, each in the order given."""
    asked: list[NextTest] = []
    done: list[NextTest] = []
    for test in tests:
        (done if network.variables[test.names[0]].role == "test" else asked).append(test)
    return asked, done


def doubt_about(network: Network, found: NextTests) -> str:
    """What the doubt is about that the tests remove."""
    if found.target == "all causes":
        return "which causes are there"
    begin, behind, name = found.target.partition("what is behind ")
    if behind and not begin:
        return f"{behind}{network.variables[name].label}"
    if found.target in network.variables:
        return network.variables[found.target].label
    try:
        return Event.parse(network, found.target).label(network)
    except EtiographError:  # several, as they are called
        return found.target


def _test_words(network: Network, test: NextTest, found: NextTests, about: str) -> str:
    takes = [text.partition(";")[0] for text in (test.burden, test.turnaround) if text]
    effort = f" ({', '.join(takes)})" if takes else ""
    return (
        f"{test_label(network, test)}{effort} removes {_part_of(test, found)} of the doubt "
        f"about {about}{_chance(test)}."
    )


def test_label(network: Network, test: NextTest) -> str:
    """The name of a test or pair."""
    return joined([network.variables[name].label for name in test.names])


def _part_of(test: NextTest, found: NextTests) -> str:
    """The part of the doubt a test removes, with its range where it has been asked for."""
    share, low, high = (x / found.entropy for x in (test.gain, test.low, test.high))
    if low != low:
        return f"about {max(1, round(100 * share))} %"
    return f"about {percent(share)} ({ends(low, high)})"


def _chance(test: NextTest) -> str:
    if test.p_new_top < 0.01:
        return ""
    return f"; {people(test.p_new_top)} results put another cause first"
