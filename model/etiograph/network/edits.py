"""Edits of a network: values that each make one valid network of another.

A draft is a network and the edits made of it; taking one back leaves the edits before it. Whatever is no
network is refused by the same errors as in a file::

    corrected(network, [AddVariable("rain", ("no", "yes")), AddArrow("rain", "wet_grass")])
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from etiograph.errors import InvalidNetwork, UnknownName
from etiograph.network.arrows import guess, with_parent, without_parent
from etiograph.network.blocks import FloatArray
from etiograph.network.frozen import FrozenMap
from etiograph.network.mechanism import Mechanism, Row, Table
from etiograph.network.network import Network
from etiograph.network.parameter import Number, Parameter
from etiograph.network.parameter_names import dotted, row_labels, state_label
from etiograph.network.ranged import Ranged
from etiograph.network.variable import Variable

MAX_LISTED = 512
"""Rows of a table of constants that can be edited one by one."""


class NetworkEdit(Protocol):
    """What makes another network of one."""

    def applied(self, network: Network) -> Network:
        """The network after the edit; refused with an error where that is none."""
        ...


def corrected(network: Network, edits: Iterable[NetworkEdit]) -> Network:
    """The network after some edits, one after the other.

    Raises
    ------
    InvalidNetwork, UnknownName
        What an edit makes is no network: a cycle, a name that is taken or not known, a range that does
        not hold its value, a row that does not sum to 1.
    """
    for edit in edits:
        network = edit.applied(network)
    return network


# -- numbers --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SetNumbers:
    """Other values, and ranges, of numbers with names; together, as those of a row must sum to 1.

    Attributes
    ----------
    numbers : tuple of (str, (value, low, high))
        Names as in ``network.parameters``; of a range both ends or neither.
    """

    numbers: tuple[tuple[str, Ranged], ...]

    def applied(self, network: Network) -> Network:
        """The network with those numbers."""
        changed = {}
        for name, (value, low, high) in self.numbers:
            if name not in network.parameters:
                raise UnknownName(name, "parameter", network.parameters)
            changed[name] = replace(network.parameters[name], value=value, low=low, high=high)
        return network.with_parameters(changed)


@dataclass(frozen=True, slots=True)
class SetRow:
    """Another row of a table: the probability of each state that is stated, one may have the rest.

    Attributes
    ----------
    variable : str
    row : int
        Its place in :func:`table_rows`, from 0.
    p : tuple of (str, (value, low, high))
        A state's probability with its range.
    """

    variable: str
    row: int
    p: tuple[tuple[str, Ranged], ...]

    def applied(self, network: Network) -> Network:
        """The network with that row; the other rows stay as they are."""
        child = network.variable(self.variable)
        rows, mechanism = list(table_rows(network, child.name)), network.mechanisms[child.name]
        assert isinstance(mechanism, Table)
        if not 0 <= self.row < len(rows):
            raise InvalidNetwork(
                f"variable {child.name!r} has {len(rows)} rows, no row {self.row + 1}"
            )
        old = rows[self.row]
        if mechanism.array is not None and all(low is None for _, (_, low, _) in self.p):
            array = self._in_array(child, mechanism.array)
            return _with_mechanism(network, child.name, Table(mechanism.parents, array=array))
        label = row_labels([row.when for row in rows], mechanism.parents)[self.row]
        numbers = {
            state: _restated(
                ranged, old.p.get(state), dotted(child.name, label, state_label(child, state))
            )
            for state, ranged in self.p
        }
        rows[self.row] = Row(old.when, numbers)
        return _with_mechanism(network, child.name, Table(mechanism.parents, tuple(rows)))

    def _in_array(self, child: Variable, array: FloatArray) -> FloatArray:
        """The array with one line exchanged; constants stay constants where no range is stated."""
        stated = {child.index(state): value for state, (value, _, _) in self.p}
        unstated = [i for i in range(child.card) if i not in stated]
        if len(unstated) == 1:
            stated[unstated[0]] = max(0.0, 1.0 - sum(stated.values()))
        lines = array.reshape(-1, child.card).copy()
        lines[self.row] = [stated.get(i, 0.0) for i in range(child.card)]
        return lines.reshape(array.shape)


def _restated(ranged: Ranged, old: Number | None, name: str) -> Number:
    """A number of a row at another value; what is said of where it comes from stays."""
    value, low, high = ranged
    if isinstance(old, Parameter):
        return replace(old, value=value, low=low, high=high)
    if low is None and high is None and value in (0.0, 1.0):
        return value  # part of the structure, as in a model file
    if old is not None and low is None and high is None and value == old:
        return old
    return guess(name, ranged)


def table_rows(network: Network, name: str) -> tuple[Row, ...]:
    """The rows of a variable's table, first one that holds wins; of an array, one a combination.

    Raises
    ------
    InvalidNetwork
        It is no table, or one of too many rows.
    """
    child = network.variable(name)
    mechanism = network.mechanisms[child.name]
    if not isinstance(mechanism, Table):
        raise InvalidNetwork(f"variable {child.name!r} is no table but a {mechanism.kind}")
    if mechanism.array is None:
        return mechanism.rows
    from itertools import product

    parents = [network.variables[p] for p in mechanism.parents]
    flat = mechanism.array.reshape(-1, child.card)
    if len(flat) > MAX_LISTED:
        raise InvalidNetwork(
            f"the table of {child.name!r} has {len(flat):,} rows; at most {MAX_LISTED} are edited one by one"
        )
    rows = [
        Row(
            {p.name: (s,) for p, s in zip(parents, states, strict=True)},
            dict(zip(child.states, map(float, line), strict=True)),
        )
        for states, line in zip(product(*(p.states for p in parents)), flat, strict=True)
    ]
    return tuple(rows)


# -- variables ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AddVariable:
    """A variable more, without parents yet.

    Attributes
    ----------
    name : str
    states : tuple of str
        The first is the usual one.
    p : tuple of (str, (value, low, high))
        The chance of states other than the first; without any, all states are as likely.
    label, group, definition : str
    role : str
    """

    name: str
    states: tuple[str, ...]
    p: tuple[tuple[str, Ranged], ...] = ()
    label: str = ""
    group: str = ""
    definition: str = ""
    role: str = "variable"

    def applied(self, network: Network) -> Network:
        """The network with that variable, the last one."""
        added = Variable(
            self.name, tuple(self.states), self.role, self.label, self.definition, self.group
        )
        if added.name in network.variables or added.name in network.flags:
            raise InvalidNetwork(f"there is a variable called {added.name!r} already")
        about = dict(network.about)
        groups = tuple(about.get("groups") or ())
        if groups and added.group and added.group not in groups:
            about["groups"] = (*groups, added.group)
        even: Ranged = (1.0 / added.card, None, None)
        given = dict(self.p) or dict.fromkeys(added.states[1:], even)
        numbers: dict[str, Number] = {
            state: guess(dotted(added.name, state_label(added, state)), ranged)
            for state, ranged in given.items()
        }
        if not numbers:  # one state only
            numbers = {added.states[0]: 1.0}
        return Network(
            {**network.variables, added.name: added},
            {**network.mechanisms, added.name: Table(rows=(Row({}, numbers),))},
            network.flags,
            network.rules,
            about,
        )


@dataclass(frozen=True, slots=True)
class RemoveVariable:
    """A variable less, and its arrows with it (see :class:`RemoveArrow`)."""

    name: str

    def applied(self, network: Network) -> Network:
        """The network without it.

        Raises
        ------
        InvalidNetwork
            It is the last one, or a rule or a next step of the model file speaks of it.
        """
        gone = network.variable(self.name)
        if gone.name in network.flags:
            raise InvalidNetwork(f"{gone.name!r} is a red flag, not a variable")
        if len(network.variables) == 1:
            raise InvalidNetwork(f"{gone.name!r} is the only variable; a network needs one")
        for key, said in (("rule", network.rules), ("next step", network.about.get("next_steps"))):
            if speaking := _speaking(said, gone.name):
                raise InvalidNetwork(
                    f"{gone.name!r} cannot be removed: {key} {speaking!r} of the model file speaks of it"
                )
        mechanisms: dict[str, Mechanism] = {}
        for name, mechanism in network.mechanisms.items():
            if name == gone.name:
                continue
            if gone.name in mechanism.parents:
                child = network.variables[name]
                mechanism = without_parent(mechanism, child, gone, network.variables)
            mechanisms[name] = mechanism
        variables = {n: v for n, v in network.variables.items() if n != gone.name}
        return _checked(network, variables, mechanisms, _about_without(network.about, gone.name))


def _speaking(said: Any, name: str) -> str:
    """The id of the item in plain data that names a variable; "" if none does."""
    if isinstance(said, Mapping):
        for key, value in said.items():
            found = name if key == name else _speaking(value, name)
            if found:
                return str(said.get("id", found))
    elif isinstance(said, tuple | list):
        return next(filter(None, (_speaking(each, name) for each in said)), "")
    return name if said == name else ""


def _about_without(about: Mapping[str, Any], name: str) -> dict[str, Any]:
    """What is said of the whole, without a variable: no target, no cause, nothing to calibrate by it."""
    left = dict(about)
    if left.get("target") == name:
        del left["target"]
    if "causes" in left:
        left["causes"] = tuple(cause for cause in left["causes"] if cause != name)
    if "forbidden" in left:
        left["forbidden"] = {n: rows for n, rows in left["forbidden"].items() if n != name}
    if "calibration" in left:
        left["calibration"] = tuple(c for c in left["calibration"] if not _speaking(c, name))
    return left


# -- arrows ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AddArrow:
    """An arrow from a cause to an effect (see :func:`etiograph.network.arrows.with_parent`).

    Attributes
    ----------
    parent, child : str
    strengths : tuple of (str, (value, low, high))
        State of the parent to the chance that it brings the effect about by itself; () for a table that
        grows by the states of the parent.
    side : {"", "lowering", "raising"}
        Of an effect with opposing causes.
    """

    parent: str
    child: str
    strengths: tuple[tuple[str, Ranged], ...] = ()
    side: str = ""

    def applied(self, network: Network) -> Network:
        """The network with that arrow; a cycle is refused, and printed."""
        parent, child = _ends(network, self.parent, self.child)
        mechanism = network.mechanisms[child.name]
        new = with_parent(
            mechanism, child, parent, network.variables, dict(self.strengths), self.side
        )
        return _with_mechanism(network, child.name, new)


@dataclass(frozen=True, slots=True)
class RemoveArrow:
    """An arrow less (see :func:`etiograph.network.arrows.without_parent`)."""

    parent: str
    child: str

    def applied(self, network: Network) -> Network:
        """The network without that arrow."""
        parent, child = _ends(network, self.parent, self.child)
        mechanism = network.mechanisms[child.name]
        new = without_parent(mechanism, child, parent, network.variables)
        return _with_mechanism(network, child.name, new)


def _ends(network: Network, *names: str) -> list[Variable]:
    """The two ends of an arrow."""
    for name in names:
        if name not in network.variables:
            raise UnknownName(name, "variable", network.variables)
    return [network.variables[name] for name in names]


def _with_mechanism(network: Network, name: str, mechanism: Mechanism) -> Network:
    """The network with one mechanism exchanged."""
    old = network.mechanisms[name]
    about = network.about
    if mechanism.parents != old.parents and name in about.get("forbidden", {}):
        raise InvalidNetwork(
            f"variable {name!r}: the model file says which of its rows are never met, by its parents; "
            "its arrows are changed there"
        )
    return _checked(network, network.variables, {**network.mechanisms, name: mechanism}, about)


def _checked(
    network: Network,
    variables: Mapping[str, Variable],
    mechanisms: Mapping[str, Mechanism],
    about: Mapping[str, Any],
) -> Network:
    """A network whose list of numbers to calibrate holds only those that are still there."""
    made = Network(variables, mechanisms, network.flags, network.rules, about)
    solved = about.get("calibration", ())
    left = tuple(each for each in solved if each["solve"] in made.parameters)
    if len(left) == len(solved):
        return made
    return Network(
        variables, mechanisms, network.flags, network.rules, {**about, "calibration": left}
    )


# -- what is asked --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SetQuestion:
    """Which outcome the network is about, and which variables are its possible causes.

    Attributes
    ----------
    target : str
        "" for none.
    causes : tuple of str
        () leaves the choice to the rule for causes (see ``etiograph.query.causes``).
    """

    target: str = ""
    causes: tuple[str, ...] = ()

    def applied(self, network: Network) -> Network:
        """The network with that question."""
        for name in (*filter(None, (self.target,)), *self.causes):
            if name not in network.variables:
                raise UnknownName(name, "variable", network.variables)
        if self.target in self.causes:
            raise InvalidNetwork(f"{self.target!r} cannot be a cause of itself")
        asked = {"target": self.target, "causes": tuple(self.causes)}
        about = {k: v for k, v in ({**network.about, **asked}).items() if k not in asked or v}
        return Network(network.variables, network.mechanisms, network.flags, network.rules, about)


def name_of(label: str) -> str:
    """The name of a variable, state or network that goes by a label: words joined by ``_``, in small letters.

    Raises
    ------
    InvalidNetwork
        The label has no letters.
    """
    name = "_".join("".join(c if c.isalnum() else " " for c in label).split()).casefold()
    if not name:
        raise InvalidNetwork("a name needs letters or figures")
    return name


def start(title: str, first: AddVariable) -> Network:
    """A network from nothing: what it is called and its first variable."""
    name = name_of(title)
    about = {"name": name} if title == name else {"name": name, "title": title}
    return first.applied(Network({}, {}, about=FrozenMap(about)))
