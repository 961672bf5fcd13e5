"""Rules on findings that come before any probability; no evidence argues them away.

A rule is data of the model file: a level, a condition, a message and its source. Rules about a change
(cautions) look at what is to be changed as well. Nothing here asks the engine, so a rule fires on
findings that contradict each other, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any

import numpy as np

from etiograph.errors import InvalidNetwork
from etiograph.network.finding import understood

if TYPE_CHECKING:
    from etiograph.network.finding import Parsed
    from etiograph.network.network import Network

LEVELS = ("emergency", "urgent", "see", "caution")
"""Most pressing first."""


@dataclass(frozen=True, slots=True)
class Flag:
    """A rule that fired.

    Attributes
    ----------
    id : str
        Of the rule.
    level : str
        One of ``LEVELS``.
    message : str
        What to do, in plain words.
    source : str
        "expert", or evidence ids.
    because : tuple of str
        The findings and changes that set it off, in words.
    """

    id: str
    level: str
    message: str
    source: str
    because: tuple[str, ...]


def red_flags(
    network: Network,
    findings: Mapping[str, object],
    changes: Mapping[str, object] | None = None,
) -> tuple[Flag, ...]:
    """Return the rules that fire, the most pressing first, else in the order of the file.

    Parameters
    ----------
    network : Network
    findings : mapping
        As everywhere; flags too. An uncertain finding counts as the states it most supports.
    changes : mapping, optional
        What is to be changed. A caution is silent where the finding says it is so already.

    Raises
    ------
    UnknownName, InvalidFinding
        A finding that cannot be understood.
    """
    seen = {name: understood(network, name, value) for name, value in findings.items()}
    known = {name: parsed for name, parsed in seen.items() if parsed is not None}
    fired: list[Flag] = []
    for rule in network.rules:
        because = _because(network, rule, known, changes or {})
        if because:
            source = rule.get("source") or ", ".join(rule.get("evidence", ()))
            fired.append(Flag(rule["id"], rule["level"], rule["message"], source, because))
    return tuple(sorted(fired, key=lambda flag: LEVELS.index(flag.level)))


def _because(
    network: Network, rule: Mapping[str, Any], known: Mapping[str, Parsed], changes: Mapping[str, Any]
) -> tuple[str, ...]:
    """Return what set a rule off, nothing if it is silent."""
    if rule.get("level") not in LEVELS:
        raise InvalidNetwork(f"rule {rule.get('id')!r}: level must be one of {', '.join(LEVELS)}")
    said: list[str] = []
    for name, state in rule.get("change", {}).items():
        wanted = (state,) if isinstance(state, str) else tuple(state)
        if changes.get(name) not in wanted or _holds(known.get(name), (changes[name],)):
            return ()
        said.append(f"change: {_label(network, name)} to {_words(changes[name])}")
    conditions = list(rule.get("any", ()))
    if "when" in rule:
        conditions = [{**rule["when"], **each} for each in conditions] or [rule["when"]]
    for condition in conditions:
        if all(_meets(known.get(name), wanted) for name, wanted in condition.items()):
            return (*said, *(_said(known[name], wanted, network) for name, wanted in condition.items()))
    return () if conditions else tuple(said)


def _meets(parsed: Parsed | None, wanted: Any) -> bool:
    """Whether the findings on one variable meet a condition: states, or limits of a value."""
    if isinstance(wanted, Mapping):
        below, above = wanted.get("below", -inf), wanted.get("above", inf)
        return parsed is not None and any(x < below or x > above for x in parsed.values)
    return _holds(parsed, (wanted,) if isinstance(wanted, str) else tuple(wanted))


def _holds(parsed: Parsed | None, wanted: tuple[Any, ...]) -> bool:
    """Whether the states that the findings most support are all among those wanted."""
    if parsed is None or parsed.values:
        return False
    top = parsed.weights.max()
    best = [s for s, w in zip(parsed.variable.states, parsed.weights, strict=True) if w == top]
    return bool(top > 0.0) and set(best) <= set(wanted)


def _said(parsed: Parsed, wanted: Any, network: Network) -> str:
    """Put the finding that met a condition into words."""
    label = _label(network, parsed.variable.name)
    if isinstance(wanted, Mapping):
        unit = getattr(network.mechanisms[parsed.variable.name], "unit", "")
        below, above = wanted.get("below", -inf), wanted.get("above", inf)
        value = next(x for x in parsed.values if x < below or x > above)
        return f"{label} {value:.4g} {unit}".strip()
    states = np.flatnonzero(parsed.weights == parsed.weights.max())
    return f"{label}: {' or '.join(_state(parsed, int(i)) for i in states)}"


def _state(parsed: Parsed, i: int) -> str:
    state = parsed.variable.states[i]
    return dict(parsed.variable.state_labels).get(state) or _words(state)


def _label(network: Network, name: str) -> str:
    return network.variable(name).label or _words(name)


def _words(name: object) -> str:
    return str(name).replace("_", " ")
