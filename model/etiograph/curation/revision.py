"""Two versions of a network: what differs, and what that means for cases and published statistics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from etiograph.curation.published import CHECKS_FILE, evidence_beside, read_checks
from etiograph.curation.revision_cases import CaseEdit, compare_cases
from etiograph.curation.statistics import Check, Compared, compare, refuse
from etiograph.curation.vignettes import CASES_FILE, Vignette, read_vignettes
from etiograph.errors import ImpossibleFindings, InvalidNetwork, UnknownName
from etiograph.network.answer import Result, preformatted
from etiograph.network.diff import Difference, Edit, difference
from etiograph.network.frozen import FrozenMap
from etiograph.network.value import value_type

if TYPE_CHECKING:
    import pandas as pd

    from etiograph.network.network import Network

Evidence = Mapping[str, Mapping[str, str]]
NOTHING_KNOWN = Vignette("nothing known", "Before any finding")
"""Asked where no cases are given."""


@value_type
@dataclass(frozen=True, slots=True)
class StatisticEdit:
    """One published statistic that a network met and the other does not, or that only one is held against.

    Attributes
    ----------
    id : str
    before, after : Compared or None
        With the answer of each network; None where it is not asked, or cannot be.
    """

    id: str
    before: Compared | None
    after: Compared | None

    @property
    def came_in(self) -> bool:
        """Whether only the second network's answer lies in the published range."""
        return bool(self.after and self.after.inside and self.before and not self.before.inside)

    @property
    def went_out(self) -> bool:
        """Whether only the first network's answer lies in the published range."""
        return bool(self.before and self.before.inside and self.after and not self.after.inside)


@value_type
@dataclass(frozen=True, slots=True)
class Revision(Result):
    """Two networks side by side; false if they, their sources and their statistics are the same.

    Attributes
    ----------
    before, after : str
        What the networks are called: name, version and digest.
    network : Network
        The second one, in whose words things are said; ``original`` the first.
    difference : Difference
        What the networks state.
    sources : tuple of Edit
        Rows of the evidence tables.
    asked : int
        How many cases both were asked about.
    cases : tuple of CaseEdit
        Those on which they differ.
    statistics : tuple of StatisticEdit
    """

    before: str
    after: str
    network: Network
    original: Network
    difference: Difference
    sources: tuple[Edit, ...] = ()
    asked: int = 0
    cases: tuple[CaseEdit, ...] = ()
    statistics: tuple[StatisticEdit, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.difference or self.sources or self.cases or self.statistics)

    @property
    def comparable(self) -> bool:
        """Whether the two share a variable: else nothing can be asked of both."""
        return bool(set(self.original.variables) & set(self.network.variables))

    def to_text(self, most: int = 25) -> str:
        """As plain text, at most so many lines a section."""
        from etiograph.curation.revision_report import text

        return text(self, most)

    def to_html(self) -> str:
        """As one page without any outside file."""
        from etiograph.curation.revision_report import page

        return page(self)

    def to_json(self) -> str:
        """As JSON text, everything in it."""
        from etiograph.curation.revision_report import to_json

        return to_json(self)

    def to_frame(self) -> pd.DataFrame:
        """One row a thing that differs in what the networks state, numbers last."""
        import pandas as pd

        edits = [(e.how, e.subject, e.name, e.field, e.before, e.after)
                 for e in (*self.difference.edits, *self.sources)]  # fmt: skip
        numbers = [(e.how, "numbers", e.name, ", ".join(e.fields), e.before, e.after)
                   for e in self.difference.numbers]  # fmt: skip
        columns = ["how", "subject", "name", "field", "before", "after"]
        return pd.DataFrame([*edits, *numbers], columns=columns)

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain data."""
        from etiograph.curation.revision_report import to_dict

        return to_dict(self)

    def _repr_html_(self) -> str:
        return preformatted(self.to_text())


Cases = str | Path | Sequence[Vignette | Mapping[str, Any]] | None


def diff(
    before: Network | str | Path, after: Network | str | Path, cases: Cases = None
) -> Revision:
    """What differs between two networks, and what it means.

    Parameters
    ----------
    before, after : Network, str or Path
        Networks, names of bundled ones, or files of any format. Beside a model file its table of
        evidence, its published statistics (``checks.toml``) and its ``vignettes.toml`` are compared or
        asked, too.
    cases : path, or sequence of Vignette or of mappings of findings, optional
        The cases both are asked about; default: those beside the files, else one of whom nothing is
        known. ``()``: none.

    Raises
    ------
    UnreadableFile, UnknownName, InvalidNetwork
        A file cannot be read.
    """
    first, second = _Side.of(before), _Side.of(after)
    asked = _vignettes(cases, first, second)
    found = difference(first.network, second.network)
    return Revision(
        before=called(first.network, first.name),
        after=called(second.network, second.name),
        network=second.network,
        original=first.network,
        difference=found,
        sources=tuple(_rows(first.evidence, second.evidence)),
        asked=len(asked),
        cases=compare_cases(first.network, second.network, asked) if found else (),
        statistics=_statistics(first, second),
    )


@dataclass(frozen=True, slots=True)
class Yardstick:
    """A network with its cases and published statistics, asked once, to hold other networks against.

    Attributes
    ----------
    side : _Side
        The network and what stands beside its file.
    cases : tuple of Vignette
    """

    side: _Side
    cases: tuple[Vignette, ...]
    _answers: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)
    _values: dict[str, Compared] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, given: Network | str | Path) -> Yardstick:
        """Of a network, the name of a bundled one or a file; see :func:`diff`."""
        side = _Side.of(given)
        return cls(side, _vignettes(None, side))

    def judged(self, network: Network) -> Revision:
        """What differs in another network, and what that means for the cases and statistics."""
        found, side = difference(self.side.network, network), _Side(network, "")
        if found and not self._values:
            self._values.update(_compared(self.side.network, self.side.checks))
        return Revision(
            before=called(self.side.network, self.side.name),
            after=called(network),
            network=network,
            original=self.side.network,
            difference=found,
            asked=len(self.cases),
            cases=compare_cases(self.side.network, network, self.cases, self._answers)
            if found
            else (),
            statistics=_statistics(self.side, side, self._values),
        )


@dataclass(frozen=True, slots=True)
class _Side:
    """A network with what stands beside its file."""

    network: Network
    name: str
    folder: Path | None = None
    evidence: Evidence = FrozenMap()  # noqa: RUF009 - immutable
    checks: tuple[Check, ...] = ()

    @classmethod
    def of(cls, given: Network | str | Path) -> _Side:
        from etiograph.network.network import Network
        from etiograph.resources import load, model_path

        if isinstance(given, Network):
            return cls(given, "")
        if not isinstance(given, str | Path):
            raise TypeError(f"a network must be a Network, a name or a path, not {given!r}")
        path, network = model_path(given), load(given)
        beside = path.parent / CHECKS_FILE
        # A file of another program may stand in any folder: what lies there is not of it.
        own = path.suffix == ".toml"
        return cls(
            network,
            path.name,
            path.parent if own else None,
            evidence_beside(network, path) if own else {},
            read_checks(network, beside) if own and beside.is_file() else (),
        )


def called(network: Network, file: str = "") -> str:
    """Name and version of a network, else the file it is from, with the start of its digest."""
    about = network.about
    name = " ".join(str(about.get(key) or "") for key in ("name", "version")).strip()
    said = f"{name} ({file})" if name and file else name or file or "a network"
    return f"{said}, digest {network.digest()[:12]}"


def _vignettes(cases: Cases, *sides: _Side) -> tuple[Vignette, ...]:
    if cases is None:
        found = [s.folder / CASES_FILE for s in sides if s.folder]
        beside = next((path for path in reversed(found) if path.is_file()), None)
        return (NOTHING_KNOWN,) if beside is None else (NOTHING_KNOWN, *read_vignettes(beside))
    if isinstance(cases, str | Path):
        return read_vignettes(Path(cases))
    given: list[Vignette] = []
    for i, case in enumerate(cases, 1):
        if not isinstance(case, Vignette | Mapping):
            raise TypeError(f"a case must be a Vignette or a mapping of findings, not {case!r}")
        vignette = case if isinstance(case, Vignette) else Vignette(str(i), "", FrozenMap(case))
        given.append(vignette)
    return tuple(given)


def _rows(before: Evidence, after: Evidence) -> list[Edit]:
    """Rows of two evidence tables that differ, by id and column."""
    if not before or not after:
        return []
    edits = []
    for name in {**before, **after}:
        old, new = before.get(name), after.get(name)
        if old is None or new is None:
            edits.append(Edit("sources", name, "", _said(old), _said(new)))
            continue
        for column in {**old, **new}:
            if (x := old.get(column, "")) != (y := new.get(column, "")):
                edits.append(Edit("sources", name, column, x, y))
    return edits


def _said(row: Mapping[str, str] | None) -> str | None:
    return None if row is None else row.get("quantity") or "a row"


# -- published statistics -------------------------------------------------------------------------


def _statistics(
    before: _Side, after: _Side, known: Mapping[str, Compared] | None = None
) -> tuple[StatisticEdit, ...]:
    """Published statistics that came in, went out, or are held against one of the networks only."""
    if before.network == after.network and before.checks == after.checks:
        return ()
    # A network without a file of its own is held against that of the other.
    old = known or _compared(before.network, before.checks or after.checks)
    asked = after.checks or before.checks
    same = _untouched(before.network, after.network, asked) & old.keys() if known else set()
    new = {name: old[name] for name in old if name in same}
    new |= _compared(after.network, [check for check in asked if check.id not in same])
    edits = []
    for name in {**old, **new}:
        edit = StatisticEdit(name, old.get(name), new.get(name))
        if edit.came_in or edit.went_out or edit.before is None or edit.after is None:
            edits.append(edit)
    return tuple(edits)


def _untouched(before: Network, after: Network, checks: Sequence[Check]) -> set[str]:
    """Statistics whose answer can't differ: nothing they speak of, or that acts on it, is other than it was."""
    from etiograph.engine.ancestral import ancestors

    def same(name: str) -> bool:
        return (
            before.variables.get(name) == after.variables[name]
            and before.mechanisms[name] == after.mechanisms[name]
        )

    model = after.model
    other = {model.index[name] for name in after.variables if not same(name)}
    found = set()
    for check in checks:
        names = (check.variable, *check.given, *check.do, *check.against)
        if _askable(after, check) and not other & ancestors(
            model, map(model.index.__getitem__, names)
        ):
            found.add(check.id)
    return found


def _compared(network: Network, checks: Sequence[Check]) -> dict[str, Compared]:
    """The network's value of each statistic it can be asked."""
    askable = [check for check in checks if _askable(network, check)]
    try:
        return {row.check.id: row for row in compare(network, askable)}
    except ImpossibleFindings:
        pass
    found = {}
    for check in askable:
        with suppress(ImpossibleFindings):  # a group that this network excludes
            found[check.id] = compare(network, (check,))[0]
    return found


def _askable(network: Network, check: Check) -> bool:
    """Whether a network has all that a statistic speaks of."""
    try:
        refuse(network, check)
    except (UnknownName, InvalidNetwork):
        return False
    return all(
        name in network.variables
        for name in (check.variable, *check.given, *check.do, *check.against)
    )
