"""What variables, states and ages are called in speech, from the names in a network."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from etiograph.network.network import Network
    from etiograph.network.variable import Variable

OLDEST = 120
PLAIN = frozenset({"present", "absent", "yes", "no", "none", "normal", "low", "high", "positive",
                   "negative", "true", "false", "other"})  # fmt: skip
"""States that say nothing without the name of a variable."""
_ORDINALS = {"1st": "first", "2nd": "second", "3rd": "third"}
LOW = frozenset(
    {"low", "lowered", "decreased", "reduced", "underactive", "suppressed", "deficient"}
)
HIGH = frozenset({"high", "raised", "elevated", "increased", "overactive", "excessive"})
_SIGNS = {"+ve": "positive", "pos": "positive", "-ve": "negative", "neg": "negative"}
_ION = re.compile(r"([A-Za-z]{1,2})\d?\++")  # K+, Ca2+, Mg++
_STAGED = re.compile(r"([A-Za-z]{3,})(\d)([ab])?")  # CKD4, CKD3b
_VALUED = re.compile(
    r"([A-Za-z][A-Za-z0-9]*?)([=:]|(?=[<>]))?([<>]?=?\d+(?:[.,]\d+)?.*)"
)  # K3.1, Na=128
_SEXED = re.compile(r"([fmw])(\d{2})|(\d{2})/([fmw])", re.IGNORECASE)  # f82, 82/f
_EITHER = re.compile(r"(\w+) or (\w+) (\w+)")
_ABBREVIATED = re.compile(r"(.+\S) \(([^()]+)\)")  # creatine kinase (CK)


SIDES = {
    **dict.fromkeys(("one", "left", "right", "unilateral", "one-sided", "single"), "one"),
    **dict.fromkeys(("both", "bilateral", "two-sided"), "both"),
}
"""How many of two legs are told of, by the word that a state's label begins with."""


def age_state(variable: Variable, years: float) -> str | None:
    """The state of an age: ``under_50``, ``50_to_64``, ``65_and_over``, ``<50``, ``80+``."""
    for state in variable.states:
        low, high = _ages(state)
        if low is not None and low <= years <= high:
            return state
    return None


def _ages(state: str) -> tuple[float | None, float]:
    numbers = [float(n) for n in re.findall(r"\d+", state)]
    told = state.casefold()
    if len(numbers) == 2:
        return numbers[0], numbers[1] + 0.999
    if len(numbers) != 1:
        return None, 0.0
    if re.search(r"under|below|<|younger", told):
        return 0.0, numbers[0] - 0.001
    if re.search(r"over|above|>|≥|\+|older|more", told):
        return numbers[0], float(OLDEST)
    return None, 0.0


def named_age(variable: Variable) -> bool:
    told = {variable.name.casefold(), variable.label.casefold()}
    return "age" in told and any(_ages(state)[0] is not None for state in variable.states)


def spoken(text: str) -> str:
    """A name or phrase as it is looked up."""
    plain = text.casefold().replace("_", " ").replace(",", "").strip("=:.")
    return " ".join(_ORDINALS.get(word, word) for word in plain.split())


def parts_of(word: str, names: Collection[str]) -> tuple[str, ...]:
    """A word as it is looked up: ``K+`` as K, ``CKD4`` as CKD and 4."""
    if spoken(word) in names:
        return (word,)
    ion, staged, valued = (each.fullmatch(word) for each in (_ION, _STAGED, _VALUED))
    if sexed := _SEXED.fullmatch(word):
        return tuple(filter(None, sexed.groups()))
    if ion and spoken(ion[1]) in names:
        return (ion[1],)
    if staged and spoken(staged[1]) in names:
        return (staged[1], word[len(staged[1]) :])
    # K2 is a vitamin, too: a short name is apart from its number, or the number is no small one.
    apart = valued and (valued[2] is not None or len(re.findall(r"[\d.,]", valued[3])) > 1)
    if valued and apart and spoken(valued[1]) in names:
        return (valued[1], valued[3])
    return (word,)


def observables(network: Network) -> Iterator[Variable]:
    """Variables and flags of which something can be said."""
    for variable in (*network.variables.values(), *network.flags.values()):
        if variable.observable:
            yield variable


def words_of(variable: Variable) -> tuple[str, ...]:
    """What a variable is called by its label and its synonyms, as the file writes it."""
    return tuple(filter(None, (*_labels(variable.label), *variable.synonyms)))


def names_of(network: Network) -> dict[str, list[str]]:
    """What a variable may be called, in lower case -> names of the variables."""
    found: dict[str, list[str]] = {}
    for variable in observables(network):
        words = (variable.name, *words_of(variable))
        for word in dict.fromkeys(spoken(word) for word in words):
            found.setdefault(word, []).append(variable.name)
    meant = {word: _meant(network, word, names) for word, names in found.items()}
    return {_plural(word): names for word, names in meant.items()} | meant


def _plural(word: str) -> str:
    """Diuretic, diuretics; what ends in s without it."""
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "is", "us")) else f"{word}s"


def _labels(label: str) -> tuple[str, ...]:
    """A label, and apart from it what it gives in brackets."""
    found = _ABBREVIATED.fullmatch(label)
    return (label, found[1], found[2]) if found else (label,)


def _meant(network: Network, word: str, names: list[str]) -> list[str]:
    """Of variables called the same, the one whose own name or label it is, and what measures it."""
    exact = [
        name for name in names if word in (spoken(name), spoken(network.variable(name).label or ""))
    ]
    if not exact:
        return names
    measured = (name for name in names if network.mechanisms.get(name) is not None)
    return [*exact, *(n for n in measured if n not in exact and _measures(network, n))]


def _measures(network: Network, name: str) -> bool:
    return network.mechanisms[name].kind == "reading"


def states_of(network: Network) -> dict[str, list[tuple[str, str]]]:
    """States that say of which variable they are: what only one variable can be."""
    found: dict[str, list[tuple[str, str]]] = {}
    for variable in observables(network):
        for state in variable.states:
            told = {spoken(state), spoken(variable.state_label(state))}
            for word in told | {each for text in told for each in _each_of(text)}:
                if word not in PLAIN and word not in SIDES and not re.search(r"\d", word):
                    found.setdefault(word, []).append((variable.name, state))
    return {word: pairs for word, pairs in found.items() if len(pairs) == 1}


def _each_of(text: str) -> tuple[str, ...]:
    """First or second trimester: the first trimester, the second trimester."""
    found = _EITHER.fullmatch(text)
    return (f"{found[1]} {found[3]}", f"{found[2]} {found[3]}") if found else ()


def state_of(variable: Variable, text: str) -> str | None:
    """The state that is called so, or in another word for low and high."""
    told = spoken(text)
    told = _SIGNS.get(told, told)
    labels = {s: spoken(variable.state_label(s)) for s in variable.states}
    found = [
        s for s in variable.states if told in (spoken(s), labels[s], *_each_of(labels[s]))
    ] or next((_levels(variable, alike) for alike in (LOW, HIGH) if told in alike), [])
    if not found and told in SIDES:
        found = [s for s in variable.states if labels[s].startswith(f"{SIDES[told]} ")]
    return found[0] if len(found) == 1 else None


def _levels(variable: Variable, alike: Collection[str]) -> list[str]:
    return [s for s in variable.states if s.casefold() in alike]


def state_in_name(variable: Variable, name: str) -> str | None:
    """The state that a name says: hypokalaemia is a low potassium, haemodialysis is dialysis."""
    named = [
        s
        for s in variable.unusual
        if s.casefold() not in PLAIN and spoken(s) in name and len(s) > 4
    ]
    if len(named) == 1:
        return named[0]
    if variable.card == 2:
        return None
    for beginning, alike in (("hypo", LOW), ("hyper", HIGH)):
        if any(word.startswith(beginning) for word in name.split()):
            found = _levels(variable, alike)
            return found[0] if len(found) == 1 else None
    return None


def listed(variable: Variable, states: Sequence[str]) -> str:
    return ", ".join(variable.state_label(state) for state in states)
