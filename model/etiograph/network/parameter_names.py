"""What a parameter is called: the child, then what tells it from the child's other numbers.

``leg_cramps.leak.65_and_over.female``, ``leg_cramps.magnesium_depletion``,
``calcium_level.raising.diuretic.thiazide``. The state of a binary variable that is not its reference state
is left out of the names of links, effects and shifts: ``diabetes`` stands for ``diabetes.present``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from etiograph.network.variable import Variable

When = Mapping[str, Sequence[str]]


def state_label(variable: Variable | None, state: str) -> str:
    """A state in a name: empty for the second state of a binary variable."""
    if variable is not None and len(variable.states) == 2 and state == variable.states[1]:
        return ""
    return state


def dotted(*parts: str) -> str:
    """The parts that are not empty, joined."""
    return ".".join(part for part in parts if part)


def row_labels(whens: Iterable[When], parents: Sequence[str], *, named: bool = False) -> list[str]:
    """A label for each row of a table or leak: the states of its parents, in the parents' order.

    Where two rows would have one label (``yes`` of two different parents), or if ``named``, the label
    names the parents: ``smoking=yes``.
    """
    ordered = [_in_order(when, parents) for when in whens]
    short = [dotted(*("|".join(states) for _, states in when)) for when in ordered]
    full = [dotted(*(f"{p}={'|'.join(states)}" for p, states in when)) for when in ordered]
    counts = Counter(short)
    return [f if named or counts[s] > 1 else s for s, f in zip(short, full, strict=True)]


def link_labels(
    whens: Sequence[When], parents: Sequence[str], variables: Mapping[str, Variable]
) -> list[str]:
    """A label for each strength of a link: its parent and state, or all its parents with theirs."""
    if len(parents) != 1:
        joined = ".".join(parents)
        return [label or joined for label in row_labels(whens, parents, named=True)]
    parent = parents[0]
    labels = []
    for when in whens:
        states = when.get(parent, ())
        one = (
            state_label(variables.get(parent), states[0]) if len(states) == 1 else "|".join(states)
        )
        labels.append(dotted(parent, one))
    return labels


def _in_order(when: When, parents: Sequence[str]) -> list[tuple[str, Sequence[str]]]:
    known = [(p, when[p]) for p in parents if p in when]
    return known + [(p, states) for p, states in when.items() if p not in parents]
