"""A case, as its questions see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from etiograph.errors import InvalidChange

if TYPE_CHECKING:
    from etiograph.case import Case
    from etiograph.network.network import Network

States = str | Sequence[str] | None
"""The states that make an event; None: every state but the usual one."""


class AskedCase:
    """What the questions of a case have in common."""

    __slots__ = ()

    @property
    def _case(self) -> Case:
        return cast("Case", self)

    @property
    def _world(self) -> Network:
        """The network in which the findings are read: after surgery, for a case of ``do``.

        Raises
        ------
        InvalidChange
            For ``had`` and ``after``, which no single network describes.
        """
        case = self._case
        if case.kind in ("had", "after"):
            raise InvalidChange(
                f"this question is not answered under '{case.kind}', which speaks of two worlds: ask "
                "it of the case as it is seen, or under 'do'"
            )
        if case.kind == "see":
            return case.network
        from etiograph.query.change import changed_network

        return changed_network(case.network, case.changes, case.evidence)

    def _seen(self, question: str) -> Network:
        """The network of a case that is only seen; another one is refused."""
        case = self._case
        if case.kind != "see":
            raise InvalidChange(
                f"{question} is not answered under '{case.kind}': ask it of the case before the change"
            )
        return case.network

    def _beside(self, cause: str, outcome: Any) -> Mapping[str, Any]:
        """The findings on everything else than a cause and its outcome."""
        from etiograph.network.event import Event

        case = self._case
        asked = (cause, Event.parse(case.network, outcome).variable)
        return {name: value for name, value in case.evidence.items() if name not in asked}
