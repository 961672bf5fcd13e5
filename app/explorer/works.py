"""What a job may do: update a network by a reader's own cases, and judge it on them. No Streamlit here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import etiograph as eg
from etiograph.findings.columns import Columns, columns_of
from etiograph.findings.content import FileContent
from etiograph.findings.contract import Contract
from etiograph.learning.effort import plain
from etiograph.learning.table_update import seen_before, update_tables
from etiograph.learning.update import Update, update
from etiograph.learning.validation import Validation
from etiograph.progress import Progress

from .cases import Pairs

DRAWS = 1000
FOLDS = 5


@dataclass(frozen=True, slots=True)
class Reading:
    """How a table is read: marks of "not known" by column, columns that are not used, rows left out."""

    missing: tuple[tuple[str, tuple[str, ...]], ...] = ()
    keep: tuple[str, ...] = ()
    without: tuple[int, ...] = ()

    def contract(self, **more: Any) -> Contract:
        """The same, for the library."""
        return Contract(dict(self.missing), keep=self.keep, **more)

    def block(self, network: eg.Network, content: FileContent) -> Columns:
        """The rows that are used."""
        said = self.contract()
        block = columns_of(content, lambda heading: said.known(network, heading))
        return block.without(self.without) if self.without else block

    @property
    def said(self) -> dict[str, Any]:
        """As arguments of the library."""
        return {"missing": dict(self.missing), "keep": self.keep}


@dataclass(frozen=True, slots=True)
class Choices:
    """What the reader says of the cases: what all have, what they are called, when they were seen.

    `worth` is the number of cases that each row of a plain network's tables counts as, `only` the
    variables whose numbers may move (none: all).
    """

    given: Pairs = ()
    name: str = ""
    date: str = ""
    worth: int = 100
    only: tuple[str, ...] = ()


def numbers(
    network: eg.Network, content: FileContent, reading: Reading, choices: Choices, at: Progress
) -> Update:
    """The update of a network, without its draws."""
    block = reading.block(network, content)
    said = {**reading.said, "cohort": choices.name, "date": choices.date, "draws": DRAWS}
    if plain(network):
        found = update_tables(network, block, choices.worth, progress=at, **said)
    else:
        names = moving(network, choices.only)
        given = dict(choices.given) or None
        found = update(network, block, given=given, parameters=names, progress=at, **said)
    return found.without_draws()


def moving(network: eg.Network, only: tuple[str, ...]) -> tuple[str, ...] | None:
    """The parameters of some variables; None for all."""
    if not only:
        return None
    return tuple(name for name in network.parameters if name.split(".")[0] in only)


@dataclass(frozen=True, slots=True)
class Question:
    """What a network is judged by: the target, columns left out, subgroups, and whether it learns anew."""

    target: str
    leave_out: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    anew: bool = False


def judged(
    network: eg.Network,
    content: FileContent,
    reading: Reading,
    choices: Choices,
    question: Question,
    at: Progress,
) -> Validation:
    """How good the network is on the cases."""
    options: dict[str, Any] = {}
    if question.anew and plain(network):
        options = {"prior": seen_before(network, choices.worth)}
    elif question.anew:
        options = {
            "parameters": moving(network, choices.only),
            "given": dict(choices.given) or None,
        }
    return eg.validate(
        network,
        reading.block(network, content),
        question.target,
        leave_out=question.leave_out,
        by=question.by or None,
        folds=FOLDS if question.anew else None,
        options=options,
        progress=at,
        **reading.said,
    )


WORKS: dict[str, Callable[..., Any]] = {"numbers": numbers, "judged": judged}
