"""Rules on findings that come before any probability; no evidence argues them away.

A rule is data of the model file: a level, a condition on all that is known of a case, a message and its
source. Rules about a change (cautions) look at what is to be changed as well. A rule may silence others,
as one that calls for stopping a tablet silences the one against stopping it. Nothing here asks the
engine, so a rule fires on findings that contradict each other, too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import TYPE_CHECKING, Any

from etiograph.errors import InvalidNetwork
from etiograph.network.answer import Result
from etiograph.network.finding import understood
from etiograph.network.likelihoods import allowed_states
from etiograph.network.reading import Reading
from etiograph.network.rules import LEVELS, WORDS, Band, Condition, Rule, conditions, names
from etiograph.network.value import value_type
from etiograph.store import STORE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from etiograph.network.finding import Parsed
    from etiograph.network.network import Network

PRESSING = LEVELS[:2]
"""Levels that are asked for before anything else."""
NOT_ASKED = ("test", "body", "condition")
"""Roles of what nobody can tell by being asked."""


@value_type
@dataclass(frozen=True, slots=True)
class Flag(Result):
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
        All findings and changes that set it off, in words.
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
    """Return the rules that fire and that no other one silences.

    The most pressing come first, else they stand in the order of the file.

    Parameters
    ----------
    network : Network
    findings : mapping
        As everywhere; flags too. An uncertain finding counts as the states it most supports.
    changes : mapping, optional
        What is to be changed. A caution is silent where the finding says it is so already; of the
        other changes its conditions see both what was found and what it becomes.

    Raises
    ------
    UnknownName, InvalidFinding
        A finding that cannot be understood.
    """
    return Standing.of(network, findings, changes).flags


@dataclass(frozen=True, slots=True)
class Standing:
    """Which rules fire in one case, ready to be asked what one more finding would do.

    Attributes
    ----------
    network : Network
    known : mapping of str to Parsed
        The findings that say something.
    changes : mapping
        What is to be changed.
    fired : tuple
        Of every rule, in the order of the file, what set it off; None if it is silent.
    """

    network: Network
    known: Mapping[str, Parsed]
    changes: Mapping[str, object]
    fired: tuple[tuple[str, ...] | None, ...]

    @classmethod
    def of(
        cls,
        network: Network,
        findings: Mapping[str, object],
        changes: Mapping[str, object] | None = None,
    ) -> Standing:
        """All rules looked at.

        Raises
        ------
        UnknownName, InvalidFinding
            A finding that cannot be understood.
        """
        known, changed = _known(network, findings), changes or {}
        return cls(
            network,
            known,
            changed,
            tuple(_fired(network, rule, known, changed) for rule in network.rules),
        )

    @property
    def flags(self) -> tuple[Flag, ...]:
        """The rules that fire and that no other one silences, the most pressing first."""
        heard: list[Flag] = []
        silenced: set[str] = set()
        for rule, because in zip(self.network.rules, self.fired, strict=True):
            if because is None:
                continue
            source = rule.get("source") or ", ".join(rule.get("evidence", ()))
            heard.append(Flag(rule["id"], rule["level"], rule["message"], source, because))
            # Also by a rule that is silenced itself: what must not be said is not said again for it.
            silenced.update(rule.get("silences", ()))
        said = (flag for flag in heard if flag.id not in silenced)
        return tuple(sorted(said, key=lambda flag: LEVELS.index(flag.level)))

    def with_finding(self, name: str, value: object) -> Standing:
        """The same case with one more finding, or another one of `name`: rules about it are looked at."""
        parsed = understood(self.network, name, value)
        known = {each: seen for each, seen in self.known.items() if each != name}
        if parsed is not None:
            known[name] = parsed
        fired = list(self.fired)
        about: Sequence[int] = _spoken_of(self.network).get(name, ())
        if name in self.changes:  # a caution is silent where it is so already
            about = range(len(fired))
        for place in about:
            fired[place] = _fired(self.network, self.network.rules[place], known, self.changes)
        return replace(self, known=known, fired=tuple(fired))


def shown(flags: Sequence[Flag]) -> tuple[Flag, ...]:
    """Return the flags to show: none that says again, or less urgently, what another one says.

    A flag is folded under a more urgent one that is set off by all its findings, and among pressing
    ones under a flag of its level that is set off by these and more. So no "deserves a visit" stands
    beside "needs to be seen today" about the same leg. `red_flags` itself keeps all of them.
    """
    return tuple(flag for flag in flags if not any(_covers(other, flag) for other in flags))


def added_by(
    network: Network, findings: Mapping[str, object], changes: Mapping[str, str]
) -> tuple[Flag, ...]:
    """Warnings that stand only because of a change."""
    before = {flag.id for flag in red_flags(network, findings)}
    return tuple(
        flag for flag in shown(red_flags(network, findings, changes)) if flag.id not in before
    )


def by_level(flags: Sequence[Any]) -> dict[str, list[Any]]:
    """Flags by their level, the most pressing level first; each only has to have a `level`."""
    return {
        level: [flag for flag in flags if flag.level == level]
        for level in sorted({flag.level for flag in flags}, key=LEVELS.index)
    }


def _covers(other: Flag, flag: Flag) -> bool:
    """Whether `other` says all that matters of what set `flag` off."""
    findings, more = set(flag.because), set(other.because)
    if LEVELS.index(other.level) < LEVELS.index(flag.level):
        return findings <= more
    return other.level == flag.level and flag.level in PRESSING and findings < more


def danger_signs(
    network: Network,
    findings: Mapping[str, object],
    changes: Mapping[str, object] | None = None,
) -> dict[str, bool]:
    """Findings not yet known, one answer to which would set off another pressing rule, the first to ask first.

    The most pressing come first; of one level those that are dangerous because of what else is known
    (fever in a swollen leg) before those that are dangerous in everybody; else the order of the rules.
    Tests, and what only a test or a diagnosis tells, are left out: they are not asked, nor is what no
    longer can be (a pregnancy in a man).

    Returns
    -------
    dict of str to bool
        Name to whether it is among the foremost: an emergency, or dangerous because of what is known.
    """
    standing = Standing.of(network, findings, changes)
    fired = {flag.id for flag in standing.flags}
    known, changed = standing.known, changes or {}
    found: dict[str, tuple[int, bool]] = {}
    for name, places in _spoken_of(network).items():
        variable = network.variable(name)
        if name in findings or variable.role in NOT_ASKED or name in changed:
            continue
        silent = [
            rule for rule in map(network.rules.__getitem__, places) if rule["id"] not in fired
        ]
        pressing = [rule for rule in silent if rule["level"] in PRESSING]
        for state in _may_be(network, name, known) if pressing else ():
            parsed = understood(network, name, state)
            assert parsed is not None
            for rule in pressing:
                if _fired(network, rule, {**known, name: parsed}, changed) is not None:
                    in_all = _fired(network, rule, {name: parsed}, {}) is not None
                    urgency = LEVELS.index(rule["level"]), in_all
                    found[name] = min(urgency, found.get(name, urgency))
    ordered = sorted(found, key=lambda name: found[name])
    return {name: found[name][0] == 0 or not found[name][1] for name in ordered}


def _may_be(network: Network, name: str, known: Mapping[str, Parsed]) -> tuple[str, ...]:
    """The states of a variable that its known parents do not exclude; no engine is asked."""
    states = network.variable(name).states
    if name in network.flags:
        return states

    def build() -> NDArray[np.bool_] | None:
        table = network.table(name)
        return None if (table > 0.0).all() else table > 0.0

    open_ = STORE.get(("states parents exclude", network.digest(), name), build)
    if open_ is None:
        return states
    for axis, parent in enumerate(network.parents(name)):
        parsed = known.get(parent)
        if parsed is not None and parsed.weights.any():
            open_ = open_.compress(parsed.weights > 0.0, axis=axis)
    left = open_.reshape(-1, len(states)).sum(axis=0).tolist()
    return tuple(state for state, may in zip(states, left, strict=True) if may)


def _spoken_of(network: Network) -> dict[str, tuple[int, ...]]:
    """The findings that conditions look at, in their order, and the places of the rules that do."""

    def build() -> dict[str, tuple[int, ...]]:
        found: dict[str, list[int]] = {}
        for place, rule in enumerate(network.rules):
            for name in names(rule):
                found.setdefault(name, []).append(place)
        return {name: tuple(places) for name, places in found.items()}

    return STORE.get(("rules by finding", network.digest()), build)


def fires(
    network: Network,
    rules: Sequence[Rule],
    findings: Mapping[str, object],
    changes: Mapping[str, object] | None = None,
) -> bool:
    """Whether all these rules fire, whatever silences them."""
    known = _known(network, findings)
    return all(_fired(network, rule, known, changes or {}) is not None for rule in rules)


def _known(network: Network, findings: Mapping[str, object]) -> dict[str, Parsed]:
    """The findings that say something, understood."""
    seen = {name: understood(network, name, value) for name, value in findings.items()}
    return {name: parsed for name, parsed in seen.items() if parsed is not None}


def _fired(
    network: Network, rule: Rule, known: Mapping[str, Parsed], changes: Mapping[str, Any]
) -> tuple[str, ...] | None:
    """Return what set a rule off, None if it is silent."""
    if rule.get("level") not in LEVELS:
        raise InvalidNetwork(f"rule {rule.get('id')!r}: level must be one of {', '.join(LEVELS)}")
    said: list[str] = []
    for name, state in rule.get("change", {}).items():
        wanted = (state,) if isinstance(state, str) else tuple(state)
        if changes.get(name) not in wanted or _meets(network, known.get(name), changes[name]):
            return None
        said.append(f"change: {_label(network, name)} to {_words(changes[name])}")
    asked = conditions(rule)
    # What else is changed counts as it was and as it becomes: two changes can harm only together.
    others = {n: s for n, s in changes.items() if n not in rule["change"]} if said else {}
    met = [words for each in asked if (words := _met(network, each, known, others)) is not None]
    if asked and not met:
        return None
    return tuple(dict.fromkeys([*said, *(each for words in met for each in words)]))


def _met(
    network: Network,
    condition: Condition,
    known: Mapping[str, Parsed],
    changes: Mapping[str, Any],
) -> tuple[str, ...] | None:
    """What meets a condition, in words; None if it is not met. ``not`` is met by what is unknown, too."""
    said: list[str] = []
    for name, wanted in condition.items():
        if name == "not":
            if _met(network, wanted, known, changes) is not None:
                return None
            continue
        if name in WORDS:
            tried = [_met(network, each, known, changes) for each in wanted]
            held = [each for each in tried if each is not None]
            if len(held) < (1 if name == "any" else len(tried)):
                return None
            said += [words for each in held for words in each]
        elif _meets(network, known.get(name), wanted):
            said.append(_said(network, known[name], wanted))
        elif name in changes and changes[name] in ({wanted} if isinstance(wanted, str) else wanted):
            said.append(f"change: {_label(network, name)} to {_words(changes[name])}")
        else:
            return None
    return tuple(said)


def _meets(network: Network, parsed: Parsed | None, wanted: Any) -> bool:
    """Whether the findings on one variable meet a condition: states, or limits of a value."""
    if parsed is None:
        return False
    if isinstance(wanted, Mapping):
        reading = _reading(network, parsed)
        band = Band.of(wanted)
        if parsed.values or parsed.limits:
            return bool(_values_within(parsed, band))
        edges = (-inf, *reading.cutpoints, inf)
        bins = reading.bins_of(parsed.variable)
        at = [bins.index(state) for state in _states(network, parsed)]
        return all(band.covers(edges[i], edges[i + 1]) for i in at)
    allowed = {wanted} if isinstance(wanted, str) else set(wanted)
    return set(_states(network, parsed)) <= allowed


def _values_within(parsed: Parsed, band: Band) -> list[str]:
    """The measured values in a band, and those that surely lie in it, as they were given."""
    found = [parsed.given[x, ""] for x in parsed.values if band.holds(x)]
    return found + [
        parsed.given[x, side]
        for x, side in parsed.limits
        if (band.covers(-inf, x) if side == "<" else band.high == inf and x >= band.low)
    ]


def _reading(network: Network, parsed: Parsed) -> Reading:
    reading = network.mechanisms.get(parsed.variable.name)
    if not isinstance(reading, Reading):
        raise InvalidNetwork(f"a rule compares {parsed.variable.name!r}, which is no reading")
    return reading


def _states(network: Network, parsed: Parsed) -> tuple[str, ...]:
    """Return the states that the findings most support; of a measured value its bin."""
    reading = network.mechanisms.get(parsed.variable.name)
    if parsed.values and isinstance(reading, Reading):
        return tuple(reading.bin_of(x, parsed.variable) for x in parsed.values)
    weights = parsed.weights
    if parsed.limits and isinstance(reading, Reading):
        weights = allowed_states(reading, parsed, parsed.variable)
    top = weights.max()
    pairs = zip(parsed.variable.states, weights, strict=True)
    return tuple(state for state, weight in pairs if weight == top)


def _said(network: Network, parsed: Parsed, wanted: Any) -> str:
    """Put the finding that met a condition into words."""
    label = _label(network, parsed.variable.name)
    if isinstance(wanted, Mapping) and (parsed.values or parsed.limits):
        return f"{label} {_values_within(parsed, Band.of(wanted))[0]}"
    return f"{label}: {' or '.join(_state(parsed, s) for s in _states(network, parsed))}"


def _state(parsed: Parsed, state: str) -> str:
    return dict(parsed.variable.state_labels).get(state) or _words(state)


def _label(network: Network, name: str) -> str:
    return network.variable(name).label or _words(name)


def _words(name: object) -> str:
    return str(name).replace("_", " ")
