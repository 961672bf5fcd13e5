"""How the parts of any network are named, grouped and entered. No Streamlit here.

Everything comes from the model file; a plain file (BIF) without labels, roles or groups gets sensible ones.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from etiograph.decision.words import named_by
from etiograph.errors import Implausible
from etiograph.network.event import ADJECTIVES
from etiograph.network.reading import DIMENSIONLESS
from etiograph.query.causes import CAUSE_ROLES, causes

from . import texts
from .cases import Pairs, ordered
from .kept import kept

if TYPE_CHECKING:
    from etiograph import Network
    from etiograph.findings.line import Line
    from etiograph.network.finding import Measured
    from etiograph.network.variable import Variable

INPUT_ROLES = ("background", "habit", "remedy", "medicine", "outcome", "finding", "test", "flag")
Key = tuple[str, str]  # a variable, and the state a row is about; "" where it is about several


def title(variable: Variable) -> str:
    """Label of a variable, first letter large."""
    text = variable.label or variable.name.replace("_", " ")
    return text[:1].upper() + text[1:]


def state_title(variable: Variable, state: str) -> str:
    """Label of a state, first letter large."""
    text = dict(variable.state_labels).get(state) or state.replace("_", " ")
    return text[:1].upper() + text[1:]


def reference(variable: Variable) -> str:
    """The state that means nothing unusual."""
    return variable.usual


def notable(variable: Variable) -> tuple[str, ...]:
    """Every state but the usual one; of a variable with one state only, that one."""
    return variable.unusual or variable.states


def options(variable: Variable) -> tuple[str, ...]:
    """States in the order a reader chooses from: yes before no, several from low to high."""
    if len(variable.states) == 2 and variable.named_usual:
        return (*notable(variable), reference(variable))
    return variable.order or variable.states


@dataclass(frozen=True, slots=True)
class Row:
    """One possible cause: a variable in one of its states."""

    name: str
    state: str
    label: str
    help: str = ""

    @property
    def key(self) -> Key:
        """What tells it from other rows."""
        return self.name, self.state


def describe(network: Network, name: str, state: str) -> str:
    """Name of a state of a variable in one phrase: ``Magnesium depletion``, ``Low potassium``."""
    variable = everything(network)[name]
    shown = state_title(variable, state)
    if state.casefold() in ADJECTIVES:
        return f"{shown} {texts.lower_first(title(variable)).removesuffix(' level')}"
    if len(variable.states) == 2 and variable.named_usual:
        return title(variable)
    return f"{title(variable)}: {texts.lower_first(shown)}"


@kept
def everything(network: Network) -> dict[str, Variable]:
    """Variables and red-flag-only findings by name."""
    return {**network.variables, **network.flags}


def target(network: Network) -> str | None:
    """The outcome the network is about, if it says so."""
    name = network.about.get("target")
    return name if name in network.variables else None


@kept
def cause_names(network: Network) -> tuple[str, ...]:
    """Variables ranked as possible causes, by the library's rule."""
    return tuple(dict.fromkeys(cause.variable for cause in causes(network)))


def baseline(network: Network, findings: Pairs) -> Pairs:
    """Of the findings those that the baseline shares, as age and sex."""
    named = network.about.get("baseline", ())
    return tuple((name, value) for name, value in findings if name in named)


def titles(network: Network, findings: Pairs) -> list[str]:
    """What findings are about, by name."""
    return [title(everything(network)[name]) for name, _ in findings]


def in_order(network: Network, findings: Pairs) -> Pairs:
    """What the engine sees of some findings, in network order; the last of a variable counts."""
    return ordered(dict(findings), network.variables)


@kept
def cause_rows(network: Network) -> tuple[Row, ...]:
    """One row for each cause and each of the states in which it is one."""
    variables = network.variables
    return tuple(
        Row(name, state, describe(network, name, state), variables[name].definition)
        for cause in causes(network)
        for name in (cause.variable,)
        for state in cause.states
        if state != variables[name].usual or cause.states == (state,)
    )


def state_rows(network: Network) -> tuple[Row, ...]:
    """Rows of the body states and conditions that are not ranked as possible causes."""
    ranked = cause_names(network)
    return tuple(
        Row(name, state, describe(network, name, state), variable.definition)
        for name, variable in network.variables.items()
        if variable.role in CAUSE_ROLES and name not in ranked
        for state in notable(variable)
    )


@kept
def input_names(network: Network) -> tuple[str, ...]:
    """What a reader may enter: observable variables and red flags; causes only where roles are missing."""
    plain = all(v.role == "variable" for v in network.variables.values())
    return tuple(
        name
        for name, v in everything(network).items()
        if v.observable and (plain or v.group or v.role in INPUT_ROLES)
    )


@kept
def groups(network: Network) -> dict[str, tuple[str, ...]]:
    """Names to enter by group: warning signs first, then in the order the model file states."""
    order = [str(g) for g in network.about.get("groups") or ()]
    found: dict[str, list[str]] = {g: [] for g in order}
    for name in input_names(network):
        found.setdefault(group_of(network, name), []).append(name)
    warning = [g for g, names in found.items() if set(names) & network.flags.keys()]
    return {
        group: tuple(found[group]) for group in dict.fromkeys([*warning, *found]) if found[group]
    }


def group_of(network: Network, name: str) -> str:
    """Group of a variable; if its file names none, by its role or its place in the network."""
    variable = everything(network)[name]
    if variable.group:
        return variable.group
    if variable.role != "variable":
        return texts.ROLE_GROUPS.get(variable.role, texts.OTHER_GROUP)
    if not network.children(name):
        return texts.GROUP_SIGNS
    return texts.GROUP_BETWEEN if network.parents(name) else texts.GROUP_STARTS


SHORT = 5  # letters of an abbreviation; at most so many are looked for at the start of words only


def matches(variable: Variable, query: str) -> bool:
    """Whether every word of a search is in the label, name, definition, a synonym or a code.

    An abbreviation (PPI, ABI) only at the start of a word: inside words it would be found by chance.
    """
    codes = " ".join(" ".join(pair) for pair in variable.codes)
    name = variable.name.replace("_", " ")
    parts = (variable.name, name, variable.label, variable.definition, *variable.synonyms, codes)
    where = " ".join(parts).casefold()
    return all(_within(word, where) for word in query.split())


def _within(word: str, where: str) -> bool:
    if word.isupper() and len(word) <= SHORT:
        return re.search(rf"(?<![^\W_]){re.escape(word.casefold())}", where) is not None
    return word.casefold() in where


def search(network: Network, query: str) -> tuple[str, ...]:
    """What a reader may enter that matches a search: of this very name first, then measured values."""
    variables = everything(network)
    found = [name for name in input_names(network) if matches(variables[name], query)]
    asked = query.strip().casefold()

    def place(name: str) -> tuple[bool, bool]:
        return title(variables[name]).casefold() != asked, reading(network, name) is None

    return tuple(sorted(found, key=place)) or _medicine(network, asked)


MEANT = 5
"""Findings that are offered for words that were not understood, at most."""


@kept
def meant(network: Network, words: str) -> tuple[str, ...]:
    """What a reader may enter that words of a line that are no finding may have meant."""
    from etiograph.findings.alike import alike

    there = input_names(network)
    return search(network, words) or tuple(n for n in alike(network, words) if n in there)


def says_more(read: Line) -> bool:
    """Whether a line says more than the names of what it is about: a number, or a medicine by its name."""
    from etiograph.findings.medicines import ATC

    words = [word for one in read.said for word in one.text.casefold().split()]
    return any(word[:1].isdigit() or word in ATC for word in words)


def explained(read: Line) -> bool:
    """Whether more can be said of a line that holds no finding than that it is not understood."""
    from etiograph.findings.line_walk import UNKNOWN

    return any(each.why != UNKNOWN for each in read.rest)


def _medicine(network: Network, asked: str) -> tuple[str, ...]:
    """Where a medicine is entered that is known by its name, not by the network's."""
    from etiograph.findings.line import medicine

    return tuple(name for name in medicine(network, asked) if name in input_names(network))


@kept
def line(network: Network, query: str) -> Line:
    """Several findings typed at once, as the library reads them; only what can be entered here."""
    from etiograph.findings.line import read_line

    return read_line(network, query)


def measured_by(network: Network, name: str) -> tuple[str, ...]:
    """The readings that measure a body state: its value is better entered there than as a state.

    Readings that depend on it and share a word with it; others (phosphate, for the parathyroid glands)
    tell of it without being its value.
    """
    variable = network.variables[name]
    if reading(network, name) is not None or variable.role != "body":
        return ()
    own = _words(variable.label)
    return tuple(
        child
        for child in network.children(name)
        if reading(network, child) is not None and child in input_names(network)
        if own
        & _words(" ".join((network.variables[child].label, *network.variables[child].synonyms)))
    )


def _words(text: str) -> set[str]:
    return set(re.findall(r"[^\W_]{3,}", text.casefold()))


def example(network: Network) -> str:
    """A name to search for, from the network itself: of what is measured, else of what is entered."""
    names = input_names(network)
    measured = [name for name in names if reading(network, name) is not None]
    return next((title(everything(network)[name]) for name in measured or names), "")


def reading(network: Network, name: str) -> Any | None:
    """The mechanism of a measured variable, None for any other."""
    mechanism = network.mechanisms.get(name)
    return mechanism if mechanism is not None and mechanism.kind == "reading" else None


def units(mechanism: Any) -> tuple[str, ...]:
    """Units a reading may be entered in, the model's own first."""
    return (mechanism.unit, *(u for u in dict(mechanism.units) if u != mechanism.unit))


def quantity(network: Network, name: str, value: str) -> Measured | None:
    """What a finding says of a measured value, as the library reads it; None if it names a state."""
    from etiograph.network.finding import measured_text

    mechanism, variable = reading(network, name), everything(network)[name]
    if mechanism is None or value in variable.states:
        return None
    return measured_text(value, variable, mechanism)


def with_unit(network: Network, name: str, typed: str, unit: str) -> str:
    """What was typed as a finding: a bare number in the chosen unit, a state by its label; else as it stands."""
    from etiograph.errors import EtiographError
    from etiograph.findings.vocabulary import state_of
    from etiograph.network.finding import measured_text
    from etiograph.network.quantity import read_quantity

    mechanism, variable = reading(network, name), everything(network)[name]
    typed = typed.strip().rstrip(".,;")
    state = state_of(variable, typed)
    if not typed or mechanism is None or state is not None:
        return state or typed
    try:
        found = measured_text(typed, variable, mechanism, unit)
        spelled = mechanism.spelled(found.unit or unit, name)
    except EtiographError:
        bare = read_quantity(typed)
        return f"{typed} {unit}" if bare and not bare.unit else typed
    return f"{found.number} {spelled}".strip()


def fitting_units(network: Network, name: str, typed: str) -> tuple[str, ...]:
    """Units in which a bare number that was typed would be possible; none if it is not one bare number."""
    from etiograph.network.quantity import read_quantity

    mechanism, found = reading(network, name), read_quantity(typed)
    if mechanism is None or found is None or found.unit or len(found.values) > 1:
        return ()
    return tuple(mechanism.units_for(found.values[0]))


def refusal(network: Network, name: str, value: str) -> str | None:
    """Why a finding can't be used, in words; None if it can. What can be is the library's to say."""
    from etiograph.errors import EtiographError
    from etiograph.network.finding import understood

    variable = everything(network).get(name)
    if variable is None:
        return texts.unknown_name(name)
    try:
        understood(network, name, value)
    except Implausible as error:
        found, mechanism = quantity(network, name, value), reading(network, name)
        others = mechanism.units_for(found.value) if found and mechanism else ()
        return texts.implausible(title(variable), value, error.limits, error.unit, others)
    except EtiographError as error:
        if reading(network, name) is None:
            return texts.unknown_value(title(variable), value)
        said = str(error).replace(repr(name), title(variable), 1)
        return f"{said[:1].upper()}{said[1:]}. {texts.NOT_USED}"
    return None


def show(network: Network, name: str, value: str) -> str:
    """A finding as a reader sees it: ``Age: 65 and over``."""
    variable = everything(network)[name]
    if value in variable.states:
        said = texts.lower_first(state_title(variable, value))
        if named_by(title(variable), said):
            return title(variable)
        return f"{title(variable)}: {said}"
    return f"{title(variable)}: {without_unit(network, name, value)}"


def unit_shown(unit: str) -> str:
    """A unit as it is shown: what only says that there is none is left out."""
    return "" if unit in DIMENSIONLESS else unit


def without_unit(network: Network, name: str, value: str) -> str:
    """A measured value as it is shown: ``1.3``, not ``1.3 ratio``."""
    found = quantity(network, name, value)
    return found.number if found and not unit_shown(found.unit or "") else value


def file_name(text: str) -> str:
    """A name that is safe for a file: letters, digits, dashes and underscores."""
    kept = "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "-" for c in text)
    return kept.strip("-")[:60] or "etiograph"
