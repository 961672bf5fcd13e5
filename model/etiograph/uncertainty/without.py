"""Leave one study out: the network as it would be if a source did not exist.

What a number would then be is not known. A number that another source supports stays as it is; one that
only this source supports keeps its value as a guess, grade D, with a range that is twice as wide to
each side, on the scale of its kind: log odds of a probability, log of a ratio.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import exp, log
from typing import TYPE_CHECKING

from etiograph.errors import UnknownName
from etiograph.network.parameter import POSITIVE, Parameter
from etiograph.network.value import value_type

if TYPE_CHECKING:
    from etiograph.network.network import Network

FACTOR = 2.0
"""How many times as far from the value the ends of a range are that nothing supports any more."""


@value_type
@dataclass(frozen=True, slots=True)
class Without:
    """A network without one source.

    Attributes
    ----------
    source : str
    network : Network
    widened : tuple of str
        Numbers that nothing supports any more, in the order of the network.
    supported : tuple of str
        Numbers of this source that others support, too: unchanged.
    """

    source: str
    network: Network
    widened: tuple[str, ...]
    supported: tuple[str, ...]


def without_source(network: Network, source: str) -> Without:
    """The network without a source.

    Parameters
    ----------
    network : Network
    source : str
        An id that numbers of the network name as their evidence.

    Raises
    ------
    UnknownName
        No number has this source.
    """
    own = [p for p in network.parameters.values() if source in p.evidence]
    if not own:
        known = sorted({each for p in network.parameters.values() for each in p.evidence})
        raise UnknownName(source, "source", known)
    alone = [p for p in own if set(p.evidence) == {source}]
    changed = network.with_parameters({p.name: wider(network.priors[p.name]) for p in alone})
    supported = tuple(p.name for p in own if set(p.evidence) != {source})
    return Without(source, changed, tuple(p.name for p in alone), supported)


def wider(parameter: Parameter, factor: float = FACTOR) -> Parameter:
    """A number as a guess: its ends `factor` times as far away, no source, grade D.

    One without a range is part of the structure and stays certain.
    """
    guess = replace(parameter, grade="D", evidence=())
    if parameter.low is None or parameter.high is None:
        return guess
    low, high = (_away(parameter, end, factor) for end in (parameter.low, parameter.high))
    return replace(guess, low=min(low, parameter.value), high=max(high, parameter.value))


def _away(parameter: Parameter, end: float, factor: float) -> float:
    """An end of the range, so many times as far from the value."""
    value = parameter.value
    if parameter.kind in POSITIVE:
        return float(value * (end / value) ** factor)
    if parameter.kind != "probability":
        return value + factor * (end - value)
    if end in (0.0, 1.0):
        return end
    if value in (0.0, 1.0):  # no odds to start from
        return min(max(value + factor * (end - value), 0.0), 1.0)
    odds = _logit(value) + factor * (_logit(end) - _logit(value))
    return 1.0 / (1.0 + exp(-odds))


def _logit(p: float) -> float:
    return log(p / (1.0 - p))
