"""What a clinician expects of made-up cases, held against what a network answers.

The cases stand in ``vignettes.toml`` beside the model file. A case says what is known and, under
``expect``, what has to come out; whatever is expected was written before the network was asked.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from etiograph import errors
from etiograph.decision.red_flags import red_flags
from etiograph.errors import EtiographError, ImpossibleFindings, InvalidNetwork, UnreadableFile
from etiograph.network.event import Event
from etiograph.network.frozen import FrozenMap
from etiograph.network.value import value_type
from etiograph.query.posterior import Posterior, posterior

if TYPE_CHECKING:
    from etiograph.network.network import Network

KNOWN = ("age", "sex")
"""With the outcome, what the person has in common with whom a case is compared with."""


@value_type
@dataclass(frozen=True, slots=True)
class ExpectedCase:
    """One case: what is known, and what is expected.

    Attributes
    ----------
    id, title, kind : str
    findings : mapping of str to finding
    expect : mapping
        ``first`` (causes in this order), ``above_baseline`` and ``below`` (causes more or less probable
        than in a person of the same age and sex), ``ranges`` (cause to two probabilities), ``rules`` (ids
        that must fire), ``impossible`` (the findings exclude one another), ``error`` (name of the refusal).
    causes : tuple of str
        Among which ``first`` ranks.
    reasoning, disagrees : str
        Why it is expected; why the network answers otherwise, where that is known.
    """

    id: str
    title: str
    kind: str
    findings: Mapping[str, Any]
    expect: Mapping[str, Any]
    causes: tuple[str, ...] = ()
    reasoning: str = ""
    disagrees: str = ""


@value_type
@dataclass(frozen=True, slots=True)
class Judged:
    """A case and in what the network's answer differs from what was expected; () where it does not."""

    case: ExpectedCase
    failures: tuple[str, ...]

    @property
    def met(self) -> bool:
        """Whether all that was expected came out."""
        return not self.failures


def read_expectations(path: Path) -> tuple[ExpectedCase, ...]:
    """The cases of a file that say what is expected.

    Raises
    ------
    UnreadableFile
        There is no such file, or it is not TOML.
    InvalidNetwork
        A case is not well formed.
    """
    from etiograph.formats.text import check_file, read_text

    check_file(path, "there is no such file of cases")
    try:
        content = tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise UnreadableFile(str(error), path=str(path)) from None
    causes = tuple(str(name) for name in content.get("causes", ()))
    entries = content.get("cases", [])
    if not isinstance(entries, list) or not all(isinstance(each, dict) for each in entries):
        raise InvalidNetwork(f"{path.name}: a file of cases holds [[cases]]")
    found = []
    for number, entry in enumerate(entries, 1):
        name, expect = str(entry.get("id", number)), entry.get("expect")
        if expect is None:
            continue
        if not isinstance(expect, dict) or not isinstance(entry.get("findings"), dict):
            raise InvalidNetwork(f"{path.name}: case {name!r} needs tables 'findings' and 'expect'")
        found.append(
            ExpectedCase(
                id=name,
                title=str(entry.get("title", "")),
                kind=str(entry.get("kind", "")),
                findings=FrozenMap(entry["findings"]),
                expect=FrozenMap(expect),
                causes=causes,
                reasoning=str(entry.get("reasoning", "")),
                disagrees=str(entry.get("disagrees", "")),
            )
        )
    return tuple(found)


def judge(network: Network, cases: Sequence[ExpectedCase]) -> tuple[Judged, ...]:
    """Hold what is expected of each case against what the network says."""
    return tuple(Judged(case, tuple(_failures(network, case))) for case in cases)


def _failures(network: Network, case: ExpectedCase) -> list[str]:
    """Everything in which the answer differs from what was expected."""
    expect = case.expect
    refused = "ImpossibleFindings" if expect.get("impossible") else str(expect.get("error", ""))
    try:
        found = posterior(network, network.case(dict(case.findings)).evidence)
    except EtiographError as error:
        if refused and isinstance(error, getattr(errors, refused, ())):
            named = error.conflict if isinstance(error, ImpossibleFindings) else ("",)
            return [] if named else ["conflict: no findings are named"]
        return [f"{type(error).__name__}: {error}"]
    if refused:
        return [f"answered, {refused} expected"]
    return [
        *_ranking(network, case, found),
        *_moves(network, case, found),
        *_ranges(network, case, found),
        *_rules(network, case),
    ]


def _ranking(network: Network, case: ExpectedCase, found: Posterior) -> list[str]:
    first = list(case.expect.get("first", ()))
    ranked = sorted(case.causes or first, key=lambda cause: -_p(network, found, cause))
    if ranked[: len(first)] == first:
        return []
    top = ", ".join(f"{cause} {_p(network, found, cause):.3f}" for cause in ranked[:4])
    return [f"first: {top}"]


def _moves(network: Network, case: ExpectedCase, found: Posterior) -> list[str]:
    """Causes that should be more, or less, probable than in somebody of whom less is known."""
    asked = [
        (key, name) for key in ("above_baseline", "below") for name in case.expect.get(key, ())
    ]
    if not asked:
        return []
    shared = (*KNOWN, str(network.about.get("target", "")))
    base = posterior(network, {n: v for n, v in case.findings.items() if n in shared})
    failures = []
    for key, name in asked:
        now, before = _p(network, found, name), _p(network, base, name)
        if (now <= before) if key == "above_baseline" else (now >= before):
            failures.append(f"{key}: {name} {now:.4f} against {before:.4f}")
    return failures


def _ranges(network: Network, case: ExpectedCase, found: Posterior) -> list[str]:
    return [
        f"range: {name} {_p(network, found, name):.4f} not in {low} to {high}"
        for name, (low, high) in case.expect.get("ranges", {}).items()
        if not low <= _p(network, found, name) <= high
    ]


def _rules(network: Network, case: ExpectedCase) -> list[str]:
    fired = {flag.id for flag in red_flags(network, case.findings)}
    return [
        f"rule {rule} did not fire" for rule in case.expect.get("rules", ()) if rule not in fired
    ]


def _p(network: Network, found: Posterior, cause: str) -> float:
    """P(cause): ``variable=state``, or a name alone for being there at all."""
    event = Event.parse(network, cause)
    return float(sum(found[event.variable][state] for state in event.states))
