"""The book of a network: which cohorts moved its numbers, and what these were before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from etiograph.errors import InvalidFinding
from etiograph.network.value import value_type

if TYPE_CHECKING:
    from etiograph.network.network import Network

BOOK = "learned"
"""Under which key of ``about`` it stands."""
SECTIONS = ("calibration", "next_steps", "between_sources")
"""Keys of ``about`` that are sections of a model file, behind those of its ``[about]``."""


@value_type
@dataclass(frozen=True, slots=True)
class Learned:
    """What one cohort changed.

    Attributes
    ----------
    cohort : str
        What it is called among the evidence.
    n : float
        Cases, weights counted.
    how : str
        ``update`` or ``fit``.
    date : str
        When it was seen; empty if not said.
    given : mapping of str to str
        How its people came into the table.
    before : mapping of str to tuple of float
        Value, or value, low and high, of each number it moved, as they were.
    mark : str
        By which its rows are known again under another name; empty of few different rows
        (:mod:`etiograph.learning.met`).
    """

    cohort: str
    n: float
    how: str
    date: str
    given: Mapping[str, str]
    before: Mapping[str, tuple[float, ...]]
    mark: str = ""

    def __str__(self) -> str:
        when = f", {self.date}" if self.date else ""
        return f"{self.cohort} (n = {self.n:g}{when})"

    def record(self) -> dict[str, Any]:
        """As plain data, without what is empty."""
        whole = {
            "cohort": self.cohort, "n": float(self.n), "how": self.how, "date": self.date,
            "given": dict(self.given), "before": {k: list(v) for k, v in self.before.items()},
            "mark": self.mark,
        }  # fmt: skip
        return {key: value for key, value in whole.items() if value not in ("", {})}


def checked_name(network: Network, cohort: object) -> None:
    """Refuse a name by which a cohort could not be told among the evidence.

    Raises
    ------
    TypeError
        It is no text.
    InvalidFinding
        It is empty, has more than one line, or is that of a source that the network cites.
    """
    if not isinstance(cohort, str):
        raise TypeError(f"cohort must be a text, not {cohort!r}")
    if not cohort.strip() or not cohort.isprintable():
        raise InvalidFinding(f"cohort must be a name of one line, not {cohort[:200]!r}")
    cited = {source for number in network.parameters.values() for source in number.evidence}
    if cohort in cited - {each.cohort for each in learned(network)}:
        raise InvalidFinding(
            f"this network cites a source that is called {cohort!r}: give the cohort a name of its own "
            "(cohort=, --cohort)"
        )


def learned(network: Network) -> tuple[Learned, ...]:
    """What cohorts changed in a network, the first of them first."""
    return tuple(
        Learned(
            each["cohort"], each["n"], each["how"], each.get("date", ""), each.get("given", {}),
            {name: tuple(x) for name, x in each.get("before", {}).items()}, each.get("mark", ""),
        )
        for each in network.about.get(BOOK, ())
    )  # fmt: skip


def entered(network: Network, entry: Learned) -> Network:
    """The network with one more entry in its book."""
    book = [*network.about.get(BOOK, ()), entry.record()]
    # As a model file has it: what has a section of its own stands behind.
    sections = {key: value for key, value in network.about.items() if key in SECTIONS}
    rest = {key: value for key, value in network.about.items() if key not in SECTIONS}
    about = {**rest, BOOK: book, **sections}
    kind = type(network)
    return kind(network.variables, network.mechanisms, network.flags, network.rules, about)
