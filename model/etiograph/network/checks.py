"""Checks and small readers that the mechanisms share: numbers, names, conditions on parents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import prod

import numpy as np
from numpy.typing import NDArray

from etiograph.errors import InvalidNetwork, TooLarge, UnknownName
from etiograph.network.blocks import joint_shape
from etiograph.network.frozen import FrozenMap, clean_name, duplicates
from etiograph.network.parameter import Number, Parameter
from etiograph.network.variable import Variable

Variables = Mapping[str, Variable]
When = Mapping[str, tuple[str, ...]]
IntArray = NDArray[np.intp]

MAX_NAMED = 2**20
"""Combinations of states of the parents that the conditions of one mechanism may name."""
SUM_EXACT = 1e-9
"""Rows this near to 1 are left as they are."""


def number(value: object, what: str) -> Number:
    """Return a parameter, or a finite constant."""
    if isinstance(value, Parameter):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float | np.floating | np.integer):
        raise InvalidNetwork(f"{what}: expected a number or a parameter, found {value!r}")
    result = float(value)
    if not np.isfinite(result):
        raise InvalidNetwork(f"{what}: {value!r} is not a finite number")
    return result


def numbers(values: Mapping[str, object], what: str) -> FrozenMap[str, Number]:
    """Freeze a mapping of state to number."""
    if not isinstance(values, Mapping):
        raise InvalidNetwork(f"{what}: expected a mapping of states to numbers, found {values!r}")
    return FrozenMap(
        {clean_name(s, f"{what}: a state"): number(v, what) for s, v in values.items()}
    )


def name_tuple(names: str | Iterable[str], what: str) -> tuple[str, ...]:
    """Return names as a clean tuple; one name may stand alone."""
    listed = (names,) if isinstance(names, str) else tuple(names)
    result = tuple(clean_name(n, what) for n in listed)
    if twice := duplicates(result):
        raise InvalidNetwork(f"{what}: {twice[0]!r} is listed twice")
    return result


def condition(when: Mapping[str, str | Iterable[str]]) -> FrozenMap[str, tuple[str, ...]]:
    """Freeze a condition: parent to the states it may be in."""
    return FrozenMap({clean_name(p, "a parent"): name_tuple(s, "a state") for p, s in when.items()})


def require_probability(value: Number, what: str) -> None:
    """Refuse what is not a probability."""
    if isinstance(value, Parameter):
        if value.kind != "probability":
            raise InvalidNetwork(
                f"{what}: parameter {value.name!r} is no probability ({value.kind})"
            )
    elif not 0.0 <= value <= 1.0:
        raise InvalidNetwork(f"{what}: {value:g} is not a probability (0 to 1)")


def known_parents(parents: Sequence[str], child: Variable, variables: Variables) -> None:
    """Refuse unknown or repeated parents."""
    if twice := duplicates(parents):
        raise InvalidNetwork(f"variable {child.name!r}: parent {twice[0]!r} is listed twice")
    for parent in parents:
        if parent not in variables:
            raise UnknownName(parent, f"parent of {child.name!r}", variables)


def matched(
    conditions: Sequence[When],
    parents: Sequence[str],
    variables: Variables,
    child: str,
    declared: Sequence[str] | None = None,
) -> IntArray:
    """Find the first condition that holds for each combination of the parents' states.

    Parameters
    ----------
    conditions : sequence of When
        A parent that is not named may be in any state.
    parents : sequence of str
        The axes of the result.
    variables : mapping
        All variables.
    child : str
        For messages.
    declared : sequence of str, optional
        The parents a condition may name; default ``parents``.

    Returns
    -------
    ndarray of int (parents...,)
        Position of the condition, -1 where none holds; read-only, it takes only the room of the
        parents that some condition names.

    Raises
    ------
    UnknownName
        A condition names something that is no parent, or no state of it.
    InvalidNetwork
        A condition can never be reached.
    TooLarge
        Before anything is allocated.
    """
    allowed = tuple(parents) if declared is None else tuple(declared)
    shape = joint_shape(parents, variables)
    named = {parent for when in conditions for parent in when}
    for when in conditions:
        for parent in when:
            if parent not in allowed:
                raise UnknownName(parent, f"parent of {child!r}", allowed)
    # A parent that no condition names takes no room: the result is stretched over its states.
    room = tuple(k if p in named else 1 for p, k in zip(parents, shape, strict=True))
    if (entries := prod(room)) > MAX_NAMED:
        raise TooLarge(
            f"variable {child!r}: its conditions name parents with {entries:,} combinations of states; "
            f"at most {MAX_NAMED:,} are read. State it as a noisy-OR, or with fewer parents.",
            entries,
            entries * 8,
        )
    result = np.full(room, -1, dtype=np.intp)
    for r in range(len(conditions) - 1, -1, -1):
        when = conditions[r]
        chosen = [
            [variables[p].index(s) for s in when[p]] if p in when else range(k)
            for p, k in zip(parents, room, strict=True)
        ]
        result[np.ix_(*chosen)] = r
    reached = np.zeros(len(conditions) + 1, dtype=np.bool_)
    reached[result] = True  # -1 stands last
    if not reached[:-1].all():
        r = int(np.argmin(reached[:-1]))
        raise InvalidNetwork(
            f"variable {child!r}: row {r + 1} ({in_words(conditions[r])}) can never be reached; "
            "the rows before it hold in all its cases"
        )
    return np.broadcast_to(result, shape)


def in_words(when: When) -> str:
    """Return a condition as text."""
    return ", ".join(f"{p} = {' or '.join(s)}" for p, s in when.items()) or "always"


def combination(parents: Sequence[str], variables: Variables, at: Sequence[int]) -> str:
    """Return one combination of parent states as text."""
    pairs = zip(parents, at, strict=True)
    return in_words({p: (variables[p].states[int(i)],) for p, i in pairs})


def _require_variable(variable: object, what: str) -> None:
    if not isinstance(variable, Variable):
        raise TypeError(f"a {what} must be a Variable, not {type(variable).__name__} {variable!r}")


def by_name(
    variables: Mapping[str, Variable] | Iterable[Variable], what: str
) -> FrozenMap[str, Variable]:
    """Return variables by name, refused if one is there twice."""
    if isinstance(variables, Mapping):
        for key, variable in variables.items():
            _require_variable(variable, what)
            if clean_name(key, f"the name of a {what}") != variable.name:
                raise InvalidNetwork(f"{what} {variable.name!r} stands under the name {key!r}")
        listed = list(variables.values())
    else:
        listed = list(variables)
        for variable in listed:
            _require_variable(variable, what)
    if twice := duplicates(v.name for v in listed):
        raise InvalidNetwork(f"{what} {twice[0]!r} is there twice")
    return FrozenMap({v.name: v for v in listed})
