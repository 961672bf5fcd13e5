"""Of which states of a variable a box of a diagram speaks, where it has room for one number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from etiograph.network.event import ADJECTIVES

if TYPE_CHECKING:
    from etiograph.network.variable import Variable


def spoken_states(variable: Variable, p: Mapping[str, float] | None) -> tuple[str, ...]:
    """The states a box speaks of: one, or all but the usual one (which diuretic is taken, if any).

    Of yes and no, yes. Else the most probable state; where that is the usual one, any other, as in the
    table of causes. A level may be unusual to both sides: there, the more probable of them.

    Parameters
    ----------
    variable : Variable
    p : mapping of str to float, or None
        Probability of each of its states; None where there is no answer.
    """
    unusual = variable.unusual
    if p is None or not unusual:
        return unusual[:1] or variable.states
    if len(unusual) == 1 and (variable.named_usual or unusual[0] in ADJECTIVES):
        return unusual
    if not variable.named_usual:
        return (max(variable.states, key=p.__getitem__),)
    likely = max(unusual, key=p.__getitem__)
    if variable.usual_is_level or p[likely] > p[variable.usual]:
        return (likely,)
    return unusual
