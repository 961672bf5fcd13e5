"""How several answers run together along one number: what a reader sees who drags it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from etiograph.errors import InvalidFinding
from etiograph.network.event import Asked, Event
from etiograph.network.value import value_type
from etiograph.uncertainty.curves import number_range
from etiograph.uncertainty.firing import with_firing
from etiograph.uncertainty.rows import FloatArray, require_open
from etiograph.uncertainty.slopes import Slopes

if TYPE_CHECKING:
    from etiograph.network.network import Network


@value_type
@dataclass(frozen=True, slots=True)
class Courses:
    """Answers along one number.

    Attributes
    ----------
    parameter : str
    events : tuple of Event
    x : ndarray (M,)
        Values of the number, over its range.
    answers : ndarray (M, E)
        NaN where a value makes the findings impossible.
    """

    parameter: str
    events: tuple[Event, ...]
    x: FloatArray
    answers: FloatArray


def courses(
    network: Network,
    findings: Mapping[str, object],
    causes: Sequence[Asked],
    of: str,
    *,
    acted: bool = False,
    points: int = 33,
) -> Courses:
    """Several answers as functions of one number, exact at each point.

    Parameters
    ----------
    network : Network
    findings : mapping of str to finding
    causes : sequence of str or Event
    of : str
        A parameter.
    acted : bool
        How often each cause had a part in the outcome found, instead of how probable it is.
    points : int

    Raises
    ------
    UnknownName, InvalidFinding, ImpossibleFindings
    """
    events = tuple(Event.parse(network, cause, None) for cause in causes)
    asked, solved = events, network
    if acted:
        split = with_firing(network, findings, [event.variable for event in events])
        if split is None:
            raise InvalidFinding("which of these causes acted is no question here")
        solved = split[0]
        asked = tuple(Event.of(solved.variables[name]) for name in split[1])
    else:
        for event in events:
            require_open(event, findings)
    x = np.linspace(*number_range(network, of), points)
    column = list(solved.parameters).index(of)
    answers = Slopes.of(solved, findings, asked).answers([{column: float(v)} for v in x])
    return Courses(of, events, x, answers)
