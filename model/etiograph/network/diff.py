"""What differs between two networks: variables, states, arrows, mechanisms, numbers, rules, texts.

Numbers are told apart by their names where both networks state a variable's mechanism in one form; where
they do not (a noisy-OR here, a plain table there), the probabilities that follow are compared instead.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from etiograph.errors import TooLarge
from etiograph.network.checks import combination
from etiograph.network.frozen import duplicates
from etiograph.network.mechanism import Mechanism, Table
from etiograph.network.parameter import Parameter
from etiograph.network.value import same, value_type

if TYPE_CHECKING:
    from etiograph.network.network import Network
    from etiograph.network.variable import Variable

SUBJECTS = ("variables", "states", "arrows", "mechanisms", "numbers", "rules", "texts", "about")
"""What an edit is about, in the order of reading."""
STATES = ("states", "order")
TEXTS = (
    "label",
    "definition",
    "group",
    "synonyms",
    "codes",
    "state_labels",
    "burden",
    "turnaround",
)
"""Fields of a variable that tell its states, and those that only its reader sees."""
ROUNDING = 1e-9
"""Probabilities nearer to each other than this differ by rounding only."""
MAX_COMPARED = 2**20
"""Entries of the largest two tables that are compared one by one."""
CELLS = 200
"""Cells of one table that are listed, the largest differences first."""
NAMED = ("id", "solve", "parent")
"""Keys that name an item of a list."""


def _how(before: object, after: object) -> str:
    return "added" if before is None else "removed" if after is None else "changed"


@value_type
@dataclass(frozen=True, slots=True)
class Edit:
    """One thing that differs and is no number of a mechanism.

    Attributes
    ----------
    subject : str
        One of :data:`SUBJECTS`.
    name : str
        Of the variable, the arrow (``cause -> effect``), the rule or the key; "" for the whole.
    field : str
        Which of its fields, dotted; "" where all of it is new or gone.
    before, after : object
        None where it is not there.
    """

    subject: str
    name: str
    field: str = ""
    before: Any = None
    after: Any = None

    @property
    def how(self) -> str:
        """``added``, ``removed`` or ``changed``."""
        return "changed" if self.field else _how(self.before, self.after)


@value_type
@dataclass(frozen=True, slots=True)
class NumberEdit:
    """A number with a name that differs.

    Attributes
    ----------
    name : str
    variable : str
        Whose mechanism it belongs to.
    before, after : Parameter or None
        None where it is not there.
    """

    name: str
    variable: str
    before: Parameter | None
    after: Parameter | None

    @property
    def how(self) -> str:
        """``added``, ``removed`` or ``changed``."""
        return _how(self.before, self.after)

    @property
    def fields(self) -> tuple[str, ...]:
        """Fields of the parameter that differ; () where it is new or gone."""
        if self.before is None or self.after is None:
            return ()
        names = (field.name for field in fields(Parameter))
        return tuple(n for n in names if getattr(self.before, n) != getattr(self.after, n))

    @property
    def sources(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Sources that came in, and those that went out."""
        old = self.before.evidence if self.before else ()
        new = self.after.evidence if self.after else ()
        return tuple(e for e in new if e not in old), tuple(e for e in old if e not in new)


@value_type
@dataclass(frozen=True, slots=True)
class Cell:
    """One probability of a table: where it stands, and what it is in both networks."""

    given: str
    state: str
    before: float
    after: float


@value_type
@dataclass(frozen=True, slots=True)
class TableEdit:
    """A table whose probabilities are compared one by one, as they have no names in common.

    Attributes
    ----------
    name : str
        The variable.
    before, after : str
        In which form they are stated: "noisy_or", "table of 4 rows", "table".
    rows, of : int
        Rows that differ by more than rounding, and all rows; 0 of 0 where nothing was compared.
    largest : float
        Largest difference of two probabilities.
    cells : tuple of Cell
        The :data:`CELLS` that differ most.
    unlike : str
        Why they cannot be compared; "" where they were.
    """

    name: str
    before: str
    after: str
    rows: int = 0
    of: int = 0
    largest: float = 0.0
    cells: tuple[Cell, ...] = ()
    unlike: str = ""


@value_type
@dataclass(frozen=True, slots=True)
class Difference:
    """All that differs between two networks; false if they are equal.

    Attributes
    ----------
    edits : tuple of Edit
        In the order of :data:`SUBJECTS`.
    numbers : tuple of NumberEdit
        In the order of the second network, those that are gone last.
    tables : tuple of TableEdit
    """

    edits: tuple[Edit, ...] = ()
    numbers: tuple[NumberEdit, ...] = ()
    tables: tuple[TableEdit, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.edits or self.numbers or self.tables)

    @property
    def numbers_only(self) -> bool:
        """Whether all that differs is the content of numbers that both networks have."""
        return not self.edits and not self.tables and all(n.how == "changed" for n in self.numbers)


def difference(before: Network, after: Network) -> Difference:
    """What differs between two networks.

    Parameters
    ----------
    before, after : Network
        The same but for the order in which things stand differ in that order.
    """
    if before == after:
        return Difference()
    edits = [
        *_variables(before.variables, after.variables),
        *_variables(before.flags, after.flags, "red flag"),
        *_arrows(before, after),
    ]
    tables = []
    alike: set[str] = set()
    """Variables of both networks whose numbers go by the same names."""
    for name in before.mechanisms:
        if name not in after.mechanisms:
            continue
        old, new = before.mechanisms[name], after.mechanisms[name]
        if old.parents != new.parents and set(old.parents) == set(new.parents):
            edits.append(Edit("mechanisms", name, "parents", old.parents, new.parents))
        if _form(old) == _form(new) != "table" and _same_rows(old, new):
            alike.add(name)
            edits += _mechanism(before, after, name)
        elif old != new or before.variables[name].states != after.variables[name].states:
            tables.append(_table(before, after, name))
    edits += _items("rules", _by_id(before.rules), _by_id(after.rules))
    edits += _items("about", before.about, after.about)
    found = Difference(
        tuple(sorted(edits, key=lambda edit: SUBJECTS.index(edit.subject))),
        tuple(_numbers(before, after, alike)),
        tuple(t for t in tables if t.largest or t.unlike or t.before != t.after),
    )
    # Whatever else tells two networks apart is the order, or the type, of what they state.
    return found or Difference((Edit("about", "", "order"),))


# -- structure ------------------------------------------------------------------------------------


def _variables(
    before: Mapping[str, Variable], after: Mapping[str, Variable], what: str = ""
) -> Iterator[Edit]:
    """Variables that come, go or change; ``what`` they are called if not variables."""
    for name, variable in before.items():
        if name not in after:
            yield Edit("variables", name, before=what or variable.states)
            continue
        other = after[name]
        if variable == other:
            continue
        for field in fields(variable):
            subject = (
                "states"
                if field.name in STATES
                else "texts"
                if field.name in TEXTS
                else "variables"
            )
            old, new = getattr(variable, field.name), getattr(other, field.name)
            for path, x, y in _unlike(old, new, (field.name,)):
                yield Edit(subject, name, ".".join(path), x, y)
    for name, variable in after.items():
        if name not in before:
            yield Edit("variables", name, after=what or variable.states)
    yield from _order("variables", what and "red flags", tuple(before), tuple(after))


def _order(subject: str, name: str, before: Sequence[str], after: Sequence[str]) -> Iterator[Edit]:
    """That what both have stands in another order."""
    old, new = [n for n in before if n in after], [n for n in after if n in before]
    if old != new:
        moved = next(i for i, (x, y) in enumerate(zip(old, new, strict=True)) if x != y)
        yield Edit(subject, name, "order", old[moved], new[moved])


def _arrows(before: Network, after: Network) -> Iterator[Edit]:
    old, new = (
        {(p, name): True for name, m in network.mechanisms.items() for p in m.parents}
        for network in (before, after)
    )
    for cause, effect in {**old, **new}:
        there = (cause, effect) in old or None, (cause, effect) in new or None
        if there[0] != there[1]:
            yield Edit("arrows", f"{cause} -> {effect}", "", *there)


def _items(subject: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Edit]:
    """Rules by their ids, or what is said of the whole by its keys."""
    for name in {**before, **after}:
        old, new = before.get(name), after.get(name)
        if old is None or new is None:
            yield Edit(subject, name, "", old, new)
            continue
        for path, x, y in _unlike(old, new, ()):
            yield Edit(subject, name, ".".join(path), x, y)
    yield from _order(subject, "", tuple(before), tuple(after))


def _by_id(rules: Sequence[Any]) -> Mapping[str, Any]:
    keyed = _keyed(tuple(rules))
    return {str(i): rule for i, rule in enumerate(rules)} if keyed is None else keyed


def _mechanism(before: Network, after: Network, name: str) -> Iterator[Edit]:
    """What differs in a mechanism of one form beside its numbers and its parents."""
    old, new = before.mechanisms[name], after.mechanisms[name]
    if old == new:
        return
    shared = {p: None for p in old.parents if p in new.parents}
    named = before.parameters.keys() & after.parameters.keys()
    for path, x, y in _unlike(old, new, ()):
        if path[-1] != "parents" and not _told(x, y, shared, named):
            yield Edit("mechanisms", name, ".".join(path), x, y)


def _told(before: Any, after: Any, shared: Collection[str], named: Collection[str]) -> bool:
    """Whether a difference inside a mechanism is told already, among the arrows or the numbers."""
    there = [value for value in (before, after) if value is not None]
    if len(there) == 1:
        # A cause that comes or goes is an arrow that does.
        causes = getattr(there[0], "parents", None) or getattr(there[0], "parent", None) or ()
        causes = (causes,) if isinstance(causes, str) else causes
        if any(cause not in shared for cause in causes):
            return True
    return all(isinstance(v, Parameter) for v in there) and not all(v.name in named for v in there)


def _unlike(
    before: Any, after: Any, path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], Any, Any]]:
    """Where two values differ, by path; of two parameters only their names count."""
    if isinstance(before, Parameter) and isinstance(after, Parameter):
        if before.name != after.name:
            yield path, before, after
    elif is_dataclass(before) and type(before) is type(after):
        for field in fields(before):
            if field.repr:  # else it follows from the rest
                old, new = getattr(before, field.name), getattr(after, field.name)
                yield from _unlike(old, new, (*path, field.name))
    elif isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in {**before, **after}:
            yield from _unlike(before.get(key), after.get(key), (*path, str(key)))
        for edit in _order("", "", tuple(before), tuple(after)):
            yield (*path, "order"), edit.before, edit.after
    elif isinstance(before, tuple) and isinstance(after, tuple):
        old_items, new_items = _keyed(before), _keyed(after)
        if old_items is not None and new_items is not None and (old_items or new_items):
            yield from _unlike(old_items, new_items, path)
        elif not same(before, after):
            yield path, before, after
    elif not same(before, after) and not isinstance(before, np.ndarray):
        yield path, before, after


def _keyed(items: tuple[Any, ...]) -> dict[str, Any] | None:
    """Items of a list by what names each of them; None if that does not tell them apart."""
    keys = [_key(item) for item in items]
    if any(key is None for key in keys) or duplicates([str(key) for key in keys]):
        return None
    return dict(zip(map(str, keys), items, strict=True))


def _key(item: Any) -> str | None:
    if isinstance(item, Mapping):
        return next((str(item[key]) for key in NAMED if key in item), None)
    if is_dataclass(item):
        parents = getattr(item, "parents", None) or getattr(item, "parent", None)
        when = getattr(item, "when", {})
        said = [f"{name}={'|'.join(states)}" for name, states in when.items()]
        named = (parents,) if isinstance(parents, str) else tuple(parents or ())
        return " and ".join((*named, *said)) or "always"
    return None


# -- numbers --------------------------------------------------------------------------------------


def _owners(network: Network) -> dict[str, str]:
    """Parameter to the first variable that uses it."""
    found: dict[str, str] = {}
    for name, mechanism in network.mechanisms.items():
        share = network.variables[name].persistence
        own = (share,) if isinstance(share, Parameter) else ()
        for parameter in (*mechanism.parameters, *own):
            found.setdefault(parameter.name, name)
    return found


def _numbers(before: Network, after: Network, alike: set[str]) -> Iterator[NumberEdit]:
    """Numbers that differ; of a mechanism in another form only those that both networks name."""
    old, new = before.parameters, after.parameters
    owners = {**_owners(before), **_owners(after)}
    for name in (*new, *(n for n in old if n not in new)):
        was, now, variable = old.get(name), new.get(name), owners[name]
        if was == now:
            continue
        both = variable in before.variables and variable in after.variables
        named = variable in alike or not both or name == f"{variable}.persistence"
        if (was is not None and now is not None) or named:
            yield NumberEdit(name, variable, was, now)


def _form(mechanism: Mechanism) -> str:
    """In which form a mechanism is stated: two of one form can be compared number by number."""
    if isinstance(mechanism, Table) and mechanism.array is None:
        return "table of rows"
    return mechanism.kind


def _same_rows(old: Mechanism, new: Mechanism) -> bool:
    """Whether the rows of two tables can go by the same names, which are those of the parents' states."""
    return not isinstance(old, Table) or set(old.parents) == set(new.parents)


def _table(before: Network, after: Network, name: str) -> TableEdit:
    """Two tables side by side, rows and states matched by name; over the parents of either."""
    found = TableEdit(name, _stated(before.mechanisms[name]), _stated(after.mechanisms[name]))
    parents = tuple(dict.fromkeys((*before.parents(name), *after.parents(name))))
    axes, variables = (*parents, name), {**after.variables, **before.variables}
    for each in axes:
        named = [set(n.variables[each].states) for n in (before, after) if each in n.variables]
        if named[0] != named[-1]:
            unlike = "its states differ" if each == name else f"the states of {each} differ"
            return replace(found, unlike=unlike)
    if prod(variables[each].card for each in axes) > MAX_COMPARED:
        return replace(found, unlike="the full table is too large")
    states = [variables[each].states for each in axes]
    try:
        old, new = np.broadcast_arrays(
            _aligned(before, name, axes, states), _aligned(after, name, axes, states)
        )
    except TooLarge:
        return replace(found, unlike="the full table is too large")
    apart = np.abs(old - new)
    rows = int((apart.max(axis=-1) > ROUNDING).sum())
    cells = []
    for at in np.argsort(-apart, axis=None)[:CELLS]:
        where = np.unravel_index(int(at), apart.shape)
        if apart[where] <= ROUNDING:
            break
        given = combination(parents, variables, [int(i) for i in where[:-1]])
        state = variables[name].states[int(where[-1])]
        cells.append(Cell(given, state, float(old[where]), float(new[where])))
    count = int(np.prod(apart.shape[:-1]))
    largest = float(apart.max())
    return replace(found, rows=rows, of=count, largest=largest, cells=tuple(cells))


def _stated(mechanism: Mechanism) -> str:
    """The form of a mechanism, and how many numbers with names it has."""
    numbers = len(mechanism.parameters)
    return _form(mechanism) + (f", {numbers} numbers" if numbers else "")


def _aligned(
    network: Network, name: str, axes: Sequence[str], states: Sequence[Sequence[str]]
) -> NDArray[np.float64]:
    """The table of a variable with its parents and all states in another order.

    An axis of one, where another network has a parent that this one has not.
    """
    own = (*network.parents(name), name)
    table = np.transpose(network.table(name), [own.index(each) for each in axes if each in own])
    missing = tuple(k for k, each in enumerate(axes) if each not in own)
    index = [
        [network.variables[each].index(s) for s in named] if each in own else [0]
        for each, named in zip(axes, states, strict=True)
    ]
    return np.expand_dims(table, missing)[np.ix_(*index)]
