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
_ION = re.compile(r"([A-Za-z]{1,2})\d?\++")  # K+, Ca2+, Mg++
_STAGED = re.compile(r"([A-Za-z]{3,})(\d)([ab])?")  # CKD4, CKD3b


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
    return " ".join(text.casefold().replace("_", " ").strip("=:.").split())


def parts_of(word: str, names: Collection[str]) -> tuple[str, ...]:
    """A word as it is looked up: ``K+`` as K, ``CKD4`` as CKD and 4."""
    ion, staged = _ION.fullmatch(word), _STAGED.fullmatch(word)
    if spoken(word) in names:
        return (word,)
    if ion and spoken(ion[1]) in names:
        return (ion[1],)
    if staged and spoken(staged[1]) in names:
        return (staged[1], word[len(staged[1]) :])
    return (word,)


def _observables(network: Network) -> Iterator[Variable]:
    """Variables and flags of which something can be said."""
    for variable in (*network.variables.values(), *network.flags.values()):
        if variable.observable:
            yield variable


def names_of(network: Network) -> dict[str, list[str]]:
    """What a variable may be called, in lower case -> names of the variables."""
    found: dict[str, list[str]] = {}
    for variable in _observables(network):
        for word in dict.fromkeys(
            spoken(word) for word in (variable.name, variable.label, *variable.synonyms) if word
        ):
            found.setdefault(word, []).append(variable.name)
    return {word: _meant(network, word, names) for word, names in found.items()}


def _meant(network: Network, word: str, names: list[str]) -> list[str]:
    """Of variables called the same, the one whose own name or label it is."""
    exact = [
        name for name in names if word in (spoken(name), spoken(network.variable(name).label or ""))
    ]
    return exact or names


def states_of(network: Network) -> dict[str, list[tuple[str, str]]]:
    """States that say of which variable they are: what only one variable can be."""
    found: dict[str, list[tuple[str, str]]] = {}
    for variable in _observables(network):
        for state in variable.states:
            for word in {spoken(state), spoken(variable.state_label(state))}:
                if word not in PLAIN and not re.search(r"\d", word):
                    found.setdefault(word, []).append((variable.name, state))
    return {word: pairs for word, pairs in found.items() if len(pairs) == 1}


def state_of(variable: Variable, text: str) -> str | None:
    """The state that is called so."""
    told = spoken(text)
    labels = {s: spoken(variable.state_label(s)) for s in variable.states}
    found = [s for s in variable.states if told in (spoken(s), labels[s])]
    return found[0] if len(found) == 1 else None


def listed(variable: Variable, states: Sequence[str]) -> str:
    return ", ".join(variable.state_label(state) for state in states)
