"""What of a network's numbers is not as published: a result of other numbers must say so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from etiograph.decision.words import parameter_words, upper
from etiograph.network.value import value_type

if TYPE_CHECKING:
    from etiograph.network.network import Network
    from etiograph.network.parameter import Parameter

LISTED = 5
"""Changes listed in the box at the head of a report; more are a section of their own."""


@value_type
@dataclass(frozen=True, slots=True)
class ChangedNumber:
    """One number that is not as published.

    Attributes
    ----------
    name, words : str
        As in the model file, and in words.
    before, after : float
    before_low, before_high, after_low, after_high : float or None
        The ranges.
    """

    name: str
    words: str
    before: float
    after: float
    before_low: float | None = None
    before_high: float | None = None
    after_low: float | None = None
    after_high: float | None = None

    def line(self) -> str:
        """``Chance of leg cramps (magnesium depletion): 0.2 (0 to 0.48) -> 0.4 (0 to 0.48)``."""
        before = _stated(self.before, self.before_low, self.before_high)
        after = _stated(self.after, self.after_low, self.after_high)
        return f"{self.words}: {before} -> {after}"


def _stated(value: float, low: float | None, high: float | None) -> str:
    return (
        f"{value:.4g}" if low is None or high is None else f"{value:.4g} ({low:.4g} to {high:.4g})"
    )


def changed_numbers(network: Network, original: Network) -> tuple[ChangedNumber, ...]:
    """The numbers of a network that differ from those of the original, in the order of the network.

    Parameters
    ----------
    network : Network
        With changed numbers, as :meth:`Network.with_parameters` makes it.
    original : Network
        As published.
    """
    return tuple(
        _changed(network, original.parameters[name], now)
        for name, now in network.parameters.items()
        if name in original.parameters and original.parameters[name] != now
    )


def _changed(network: Network, before: Parameter, now: Parameter) -> ChangedNumber:
    return ChangedNumber(
        now.name,
        upper(parameter_words(network, now.name)),
        before.value,
        now.value,
        before.low,
        before.high,
        now.low,
        now.high,
    )


def changed_words(changed: tuple[ChangedNumber, ...]) -> str:
    """The one sentence above everything else."""
    return f"Numbers changed: {len(changed)}. These results are not those of the published network."
