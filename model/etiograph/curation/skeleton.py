"""A skeleton: variables, states and arrows of a small network, drawn by hand over a full one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from etiograph.errors import InvalidNetwork, UnknownName
from etiograph.network.closure import closure
from etiograph.network.frozen import FrozenMap
from etiograph.network.mechanism import Deterministic
from etiograph.network.reading import Reading

if TYPE_CHECKING:
    from etiograph.network.network import Network

KINDS = ("table", "noisy_or")
FIELDS = ("states", "kind", "parents", "leak", "acts")


@dataclass(frozen=True, slots=True)
class Kept:
    """One variable of a skeleton.

    Attributes
    ----------
    name : str
        Its name, in the full network as well.
    groups : mapping of str to tuple of str
        Each of its states, and the states of the full network it stands for.
    parents : tuple of str
        Its parents in the small network.
    kind : str
        "table" or "noisy_or". What is a reading in the full network stays one.
    leak : tuple of str
        Parents on which the leak of a noisy-OR depends; the others are links.
    acts : mapping of str to tuple of str
        Parent to the states in which it can produce the child; without it all but the first.
    text : mapping
        What is said about it otherwise than in the full network: label, definition.
    """

    name: str
    groups: Mapping[str, tuple[str, ...]]
    parents: tuple[str, ...] = ()
    kind: str = "table"
    leak: tuple[str, ...] = ()
    acts: Mapping[str, tuple[str, ...]] = FrozenMap()
    text: Mapping[str, str] = FrozenMap()

    @property
    def states(self) -> tuple[str, ...]:
        """States in the small network."""
        return tuple(self.groups)


@dataclass(frozen=True, slots=True)
class Skeleton:
    """Variables and arrows of a small network, what is said about it, and how it is compared."""

    about: Mapping[str, Any]
    kept: Mapping[str, Kept]
    compare: Mapping[str, Any]


def read_skeleton(text: str, name: str, full: Network) -> Skeleton:
    """A skeleton from the text of its file, checked against the full network.

    Raises
    ------
    UnreadableFile, UnknownName
        No TOML, or a name the full network does not have.
    InvalidNetwork
        States that are not taken over once each, or an arrow that stands for none of the full network.
    """
    from etiograph.formats.native.toml_text import read_toml

    data = read_toml(text, name)
    if unknown := data.keys() - {"about", "variables", "compare"}:
        raise InvalidNetwork(f"{name}: a skeleton has no {min(unknown)!r}")
    for key, value in data.items():
        if not isinstance(value, dict):
            raise InvalidNetwork(f"{name}: {key!r} must be a table, found {value!r:.40}")
    for key, value in data.get("variables", {}).items():
        _check_kinds(f"{name}: {key!r}", value)
    kept = {n: _kept(n, given, full) for n, given in data.get("variables", {}).items()}
    for child in kept.values():
        above = _ancestors(full, child.name)
        for parent in child.parents:
            if parent not in kept:
                raise InvalidNetwork(f"{name}: {parent!r} points to {child.name!r} but is not kept")
            for state in child.acts.get(parent, ()):
                if state not in kept[parent].states[1:]:
                    raise UnknownName(state, f"state of {parent!r} to act", kept[parent].states[1:])
            if not above & set(stands_for(full, parent)):
                raise InvalidNetwork(
                    f"{name}: {parent!r} is no cause of {child.name!r} in the full network"
                )
    return Skeleton(data.get("about", {}), kept, data.get("compare", {}))


def _check_kinds(where: str, given: object) -> None:
    """Refuse what is written as another kind of value than its field takes."""
    if not isinstance(given, dict):
        raise InvalidNetwork(f"{where} must be a table, found {given!r:.40}")
    for field in ("states", "acts"):
        listed = given.get(field, {})
        if not isinstance(listed, dict) or not all(map(_is_names, listed.values())):
            raise InvalidNetwork(f"{where}: {field} must be a table of lists of names")
    for field in ("parents", "leak"):
        if not _is_names(given.get(field, [])):
            raise InvalidNetwork(f"{where}: {field} must be a list of names")
    if not isinstance(given.get("kind", ""), str):
        raise InvalidNetwork(f"{where}: kind must be a text")


def _is_names(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _kept(name: str, given: Mapping[str, Any], full: Network) -> Kept:
    variable = full.variable(name)
    if name not in full.variables:
        raise InvalidNetwork(f"{name!r} only raises a flag: flags come along by themselves")
    stated = given.get("states", {state: [state] for state in variable.states})
    groups = {state: tuple(members) for state, members in stated.items()}
    members = [m for states in groups.values() for m in states]
    for member in members:
        variable.index(member)
    if sorted(members) != sorted(variable.states):
        raise InvalidNetwork(f"{name!r}: each state of the full network is taken over once")
    reading = isinstance(full.mechanisms[name], Reading)
    kind, parents = given.get("kind", "table"), tuple(given.get("parents", ()))
    leak = tuple(given.get("leak", ()))
    if kind not in KINDS or (kind != "table" and (reading or len(groups) != 2)):
        raise InvalidNetwork(f"{name!r}: kind is 'table', or 'noisy_or' for two states")
    acts = {parent: tuple(acting) for parent, acting in given.get("acts", {}).items()}
    if ((leak or acts) and kind != "noisy_or") or not {*leak, *acts} <= set(parents):
        raise InvalidNetwork(f"{name!r}: the leak and links of a noisy-OR depend on parents of it")
    if reading and ("states" in given or not parents):
        raise InvalidNetwork(f"{name!r}: a reading keeps its states and has a parent")
    texts = {key: given[key] for key in ("label", "definition") if key in given}
    if unknown := given.keys() - {*FIELDS, *texts}:
        raise InvalidNetwork(f"{name!r}: a skeleton has no {min(unknown)!r}")
    return Kept(name, groups, parents, kind, leak, acts, texts)


def stands_for(full: Network, name: str) -> tuple[str, ...]:
    """The variables that act in its place: the parents of a summary that has no children of its own.

    A deterministic variable only names what its parents are; in the small network it takes their place.
    """
    if isinstance(full.mechanisms[name], Deterministic) and not full.children(name):
        return full.parents(name)
    return (name,)


def _ancestors(full: Network, name: str) -> set[str]:
    return closure(full.parents(name), full.parents)
