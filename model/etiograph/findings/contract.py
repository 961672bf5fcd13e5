"""What the caller says of a table of cases, and what each of its columns then is."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from etiograph.errors import InvalidFinding, UnknownName
from etiograph.findings.cell import spellings
from etiograph.findings.columns import Columns, name_of
from etiograph.network.frozen import duplicates
from etiograph.network.reading import Reading

if TYPE_CHECKING:
    from etiograph.network.network import Network

Marks = Sequence[object] | str | Mapping[str, Sequence[object] | str]
OnError = Literal["raise", "skip"]
_LONGEST = 1000
"""Characters of a heading that may hold a unit."""
_WITH_UNIT = re.compile(r"(.*?)\s*\[([^\[\]]+)\]\s*", re.S)


@dataclass(frozen=True, slots=True)
class Contract:
    """What the caller says of a table.

    Attributes
    ----------
    missing : sequence of cells, or mapping of column to such a sequence
        What stands for "not known" beside the empty cell, None and NaN; also where it is the name
        of a state, as the caller says so.
    units : mapping of str to str
        Unit of the bare numbers of a column; otherwise the reading's canonical unit.
    codes : mapping of str to mapping of cell to finding
        What the cells of a column stand for, as ``{"smoking": {1: "yes", 2: "no"}}``; other cells are
        read as usual.
    leave_out : collection of str
        Columns that are variables but no findings here, such as the target of a cohort.
    keep : collection of str
        Columns that are no findings at all and may be called anything.
    on_error : {"raise", "skip"}
        A cell or row that cannot be read ends everything, or its row alone is passed over.
    """

    missing: Marks = ()
    units: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, Mapping[Any, Any]] = field(default_factory=dict)
    leave_out: Collection[str] = ()
    keep: Collection[str] = ()
    on_error: OnError = "raise"

    def __post_init__(self) -> None:
        for name in ("leave_out", "keep"):
            given = getattr(self, name)
            listed = (given,) if isinstance(given, str) else tuple(given)
            object.__setattr__(self, name, tuple(name_of(n) for n in listed))
        for name in ("units", "codes"):
            given = {name_of(n): v for n, v in (getattr(self, name) or {}).items()}
            object.__setattr__(self, name, given)
        if self.on_error not in ("raise", "skip"):
            raise UnknownName(self.on_error, "way with errors (on_error)", ("raise", "skip"))

    def known(self, network: Network, heading: str) -> bool:
        """Whether a column may be called so."""
        places = (network.variables, network.flags, self.keep, self.leave_out)
        return any(name in place for name in names_of(heading) for place in places)

    def marks(self, column: str) -> frozenset[str]:
        """What stands for "not known" in a column, in all its spellings."""
        given = self.missing
        if isinstance(given, Mapping):
            given = {name_of(n): v for n, v in given.items()}.get(column, ())
        listed = (given,) if isinstance(given, str) or not isinstance(given, Collection) else given
        return frozenset(text for mark in listed for text in spellings(mark))


Target = tuple[str, str | None, str | None]
"""The heading of a column, the variable it is (None: not a finding), and the unit of its numbers."""


def targets_of(network: Network, block: Columns, contract: Contract) -> list[Target]:
    """What each column of a table is.

    Raises
    ------
    UnknownName
        It is neither a variable nor kept; or something is said of a column that is not there.
    InvalidFinding
        Two columns are one variable.
    """
    for name in contract.keep:
        if name not in block.names:
            raise UnknownName(name, "column of the table", block.names)
    targets = []
    for heading in block.names:
        try:
            targets.append(_target(network, heading, contract))
        except UnknownName as error:
            strange = [h for h in block.names if h and not contract.known(network, h)]
            if heading in strange[:1] and strange[1:]:
                are = "is" if len(strange) == 2 else "are"
                error.add_note(f"nor {are} {', '.join(map(repr, strange[1:]))[:500]}")
            raise
    variables = [name for _, name, _ in targets if name]
    if twins := duplicates(variables):
        both = [heading for heading, name, _ in targets if name == twins[0]]
        raise InvalidFinding(f"columns {' and '.join(map(repr, both))} are the same variable")
    known = {*block.names, *variables, *network.variables, *network.flags}
    spoken = {*contract.leave_out, *contract.units, *contract.codes}
    if isinstance(contract.missing, Mapping):
        spoken |= {name_of(n) for n in contract.missing}
    for name in sorted(spoken - known):
        raise UnknownName(name, "column of the table", block.names)
    return targets


def names_of(heading: str) -> tuple[str, ...]:
    """What a column may be called: its heading, and the heading without the unit it states."""
    split = _with_unit(heading)
    return (heading, split[1]) if split else (heading,)


def _with_unit(heading: str) -> re.Match[str] | None:
    return _WITH_UNIT.fullmatch(heading) if len(heading) <= _LONGEST else None


def _target(network: Network, heading: str, contract: Contract) -> Target:
    if heading in contract.keep or heading in contract.leave_out:
        return heading, None, None
    if not heading:  # a comma at the end of the header: nothing may stand below it
        return heading, "", None
    name, unit = heading, None
    if heading not in network.variables and heading not in network.flags:
        split = _with_unit(heading)
        if split is None or split[1] not in network.variables:
            known = (*network.variables, *network.flags)
            error = UnknownName(heading, "variable", known)
            error.add_note(
                "name a column of the table that is no finding: keep=[COLUMN] (--keep COLUMN)"
            )
            raise error
        name, unit = split[1], split[2].strip()
        if name in contract.leave_out:
            return heading, None, None
    given = contract.units.get(heading, contract.units.get(name))
    if given is not None and unit is not None and given != unit:
        raise InvalidFinding(f"column {heading!r} is said to be in {given!r}")
    unit = given if unit is None else unit
    if unit is not None:
        mechanism = network.mechanisms.get(name)
        if not isinstance(mechanism, Reading):
            raise InvalidFinding(f"{name!r} is not a reading: its cells have no unit ({unit!r})")
        mechanism.factor(unit, name)
    return heading, name, unit
