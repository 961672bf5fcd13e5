"""The codes of a network's variables, and which of them a resource bears.

A code stands in the model file as a pair. The first part names the code system and, if need be, what
the code says:

====================================  ============================================================
``SNOMED CT``                         the variable is there
``SNOMED CT kind``                    it is there, in one of its kinds: without this kind it may still be
``SNOMED CT:low``                     it is in this state; several are joined by ``|``
``SNOMED CT:low within 3 months``     only if that is not longer ago
``ATC:long_term for 1 year``          only if it began at least so long ago
``SNOMED CT answer:present``          only as the answer to a question that bears another code
``FHIR:female``                       what the Patient resource says: ``gender female``, ``age 50-64``;
                                      or ``several medicines``: two of its states by medicines at once
====================================  ============================================================
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from etiograph.errors import InvalidNetwork
from etiograph.findings.fhir.bundle import objects
from etiograph.findings.fhir.record import shown
from etiograph.network.duration import duration

if TYPE_CHECKING:
    from etiograph.network.network import Network
    from etiograph.network.variable import Variable

SYSTEMS = {
    "http://loinc.org": "LOINC",
    "urn:oid:2.16.840.1.113883.6.1": "LOINC",
    "http://snomed.info/sct": "SNOMED CT",
    "urn:oid:2.16.840.1.113883.6.96": "SNOMED CT",
    "http://www.whocc.no/atc": "ATC",
    "urn:oid:2.16.840.1.113883.6.73": "ATC",
    "http://fhir.de/CodeSystem/bfarm/atc": "ATC",
    "http://fhir.de/CodeSystem/dimdi/atc": "ATC",
    "http://www.nlm.nih.gov/research/umls/rxnorm": "RxNorm",
    "urn:oid:2.16.840.1.113883.6.88": "RxNorm",
}
"""Addresses of code systems, and what a model file calls them."""
NAMES = frozenset(SYSTEMS.values())
OWN = "urn:etiograph:"
"""With the network's name behind it: the system in which variables and states are their own codes."""
PATIENT = "FHIR"
SEVERAL = "several medicines"
_ATC_LEVELS = (7, 5, 4, 3, 1)
_KEY = re.compile(
    r"(?P<system>https?://\S+?|urn:\S+|[^:]+?)(?P<mark> answer| kind)?(?::(?P<states>.+?))?"
    r"(?: (?P<limit>for|within) (?P<time>[\d.]+ \w+))?",
    re.S,
)


@dataclass(frozen=True, slots=True)
class Coded:
    """What a code says.

    Attributes
    ----------
    variable, system, code : str
    states : tuple of str
        The states the variable is in one of; () where the code does not say which.
    stated : bool
        Whether the model file names them.
    kind : bool
        Whether it is one kind of several.
    since, within : float or None
        Days ago by which it must have begun; within which it must have been seen.
    """

    variable: str
    system: str
    code: str
    states: tuple[str, ...]
    stated: bool = False
    kind: bool = False
    since: float | None = None
    within: float | None = None


@dataclass(slots=True)
class Codes:
    """All codes of a network."""

    network: Network
    questions: dict[tuple[str, str], list[Coded]] = field(default_factory=dict)
    answers: dict[tuple[str, str], list[Coded]] = field(default_factory=dict)

    @classmethod
    def of(cls, network: Network) -> Codes:
        """Collect the codes.

        Raises
        ------
        InvalidNetwork
            A code that names a state the variable does not have, or a time that is none.
        """
        codes = cls(network)
        own = OWN + str(network.about.get("name", ""))
        for variable in (*network.variables.values(), *network.flags.values()):
            codes.questions[own, variable.name] = [
                Coded(variable.name, own, variable.name, _claimed(variable))
            ]
            for key, code in variable.codes:
                coded, answer = _read(variable, key, code)
                place = (coded.system, coded.code)
                (codes.answers if answer else codes.questions).setdefault(place, []).append(coded)
        return codes

    def patient(self) -> Iterator[Coded]:
        """What the Patient resource may say."""
        for (system, _), coded in self.questions.items():
            if system == PATIENT:
                yield from coded

    def opposite(self, coded: Coded) -> tuple[str, ...] | None:
        """The states if what a code names is not there; None where that leaves other kinds of it.

        Who has no type 2 diabetes may have diabetes.
        """
        if coded.kind:
            return None
        states = self.network.variable(coded.variable).states
        return tuple(state for state in states if state not in coded.states)

    def together(self, variable: str) -> str | None:
        """The state that medicines of two states at once make, where the network has one."""
        said = [c for c in self.questions.get((PATIENT, SEVERAL), []) if c.variable == variable]
        return said[0].states[0] if said else None

    def within(self, system: str, groups: Sequence[str]) -> tuple[str, ...]:
        """The variables with a code that begins with one of these."""
        found = (
            one.variable
            for (own, code), coded in self.questions.items()
            if own == system and code.startswith(tuple(groups))
            for one in coded
        )
        return tuple(dict.fromkeys(found))

    def find(self, system: str, code: str) -> list[Coded]:
        """What a code says, of medicines also by the group that it belongs to."""
        if system == PATIENT:
            return []
        if system != "ATC":
            return self.questions.get((system, code), [])
        for level in _ATC_LEVELS:
            if len(code) >= level and (found := self.questions.get((system, code[:level]))):
                return found
        return []


def _read(variable: Variable, key: str, code: str) -> tuple[Coded, bool]:
    found = _KEY.fullmatch(key)
    where = f"variable {variable.name!r}, code {key!r}"
    if found is None:
        raise InvalidNetwork(f"{where}: no code system")
    named = tuple(filter(None, (found["states"] or "").split("|")))
    for state in named:
        if state not in variable.states:
            raise InvalidNetwork(f"{where}: {state!r} is none of its states")
    days = duration(found["time"], where).days if found["time"] else None
    coded = Coded(
        variable.name,
        SYSTEMS.get(found["system"], found["system"]),
        code,
        named or _claimed(variable),
        bool(named),
        found["mark"] == " kind",
        days if found["limit"] == "for" else None,
        days if found["limit"] == "within" else None,
    )
    return coded, found["mark"] == " answer"


def _claimed(variable: Variable) -> tuple[str, ...]:
    """The states of a variable of which only is known that it is there; () if that says too little."""
    if variable.usual_is_nothing or (variable.card == 2 and variable.named_usual is not None):
        return variable.unusual
    return ()


def codings(value: object) -> list[Mapping[str, Any]]:
    """The codings of a codeable concept; none if it is none."""
    return objects(value.get("coding")) if isinstance(value, Mapping) else []


@dataclass(frozen=True, slots=True)
class Named:
    """What the codes of one concept say together.

    Attributes
    ----------
    text : str
        Code and display text, for the reader.
    coded : Coded or None
    why : str
        Where there is none, why.
    """

    text: str
    coded: Coded | None
    why: str = ""


def concept(codes: Codes, value: object) -> Named:
    """What a codeable concept is in the network."""
    if not isinstance(value, Mapping):
        return Named("", None, "has no code")
    text = shown(value.get("text") or "")
    pairs, shown_codes = [], []
    for coding in codings(value):
        system, code = coding.get("system"), coding.get("code")
        if isinstance(system, str) and isinstance(code, str) and system and code:
            name = SYSTEMS.get(system, system)
            pairs.append((name, code))
            display = shown(coding.get("display") or text)
            shown_codes.append(" ".join(filter(None, (shown(name), shown(code), display))))
    if not pairs:
        said = f" ({text!r} is only a text)" if text else ""
        return Named(text, None, f"has no code with a code system{said}")
    matches = [(n, coded) for n, pair in enumerate(pairs) for coded in codes.find(*pair)]
    if not matches:
        known = [t for t, (name, _) in zip(shown_codes, pairs, strict=True) if name in NAMES]
        return Named((known or shown_codes)[0], None, "no variable of the network has this code")
    label = shown_codes[matches[0][0]]
    joined = together([coded for _, coded in matches])
    if joined is None:
        return Named(label, None, "its codes say different things")
    return Named(label, joined)


def together(coded: list[Coded]) -> Coded | None:
    """What codes of one thing say together, None if they contradict each other."""
    first = coded[0]
    claims = [set(c.states) for c in coded if c.states]
    states = set.intersection(*claims) if claims else set()
    if any(c.variable != first.variable for c in coded) or (claims and not states):
        return None
    narrow = min(coded, key=lambda c: len(c.states) or 99)
    ordered = tuple(s for s in narrow.states if s in states)
    since = max((c.since for c in coded if c.since is not None), default=None)
    within = min((c.within for c in coded if c.within is not None), default=None)
    stated, kind = any(c.stated for c in coded), all(c.kind for c in coded)
    return Coded(first.variable, narrow.system, narrow.code, ordered, stated, kind, since, within)


def status(value: object, systems: tuple[str, ...]) -> str | None:
    """The code of a status that is a codeable concept of these systems; None if it is another."""
    found = {str(c.get("code")) for c in codings(value) if c.get("system") in systems}
    return found.pop() if len(found) == 1 else None


def first_code(value: Any) -> str:
    """A code to show of a concept that is not asked about."""
    if not isinstance(value, Mapping):
        return ""
    coding = next(iter(codings(value)), {})
    return shown(value.get("text") or coding.get("display") or coding.get("code") or "")
