"""What may be entered of each variable, and the words it is found by while somebody types.

The names are those by which a line is read (`findings/line.py`), so that what is offered for a word is
what the word is read as.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from etiograph.findings.fhir.codes import Codes
from etiograph.findings.medicines import ATC
from etiograph.findings.vocabulary import observables, spoken, state_in_name, states_of, words_of
from etiograph.network.value import value_type

if TYPE_CHECKING:
    from etiograph.network.network import Network

Words = dict[str, str]  # as it is looked up -> as it is written


@value_type
@dataclass(frozen=True, slots=True)
class Offer:
    """A variable of which something may be entered.

    Attributes
    ----------
    name : str
        The variable.
    words : tuple of str
        What it is called: its label first, then its synonyms.
    states : tuple of (str, tuple of str)
        Its states, each with the words that say this state alone: ``loop``, furosemide.
    alone : str
        The state that its name alone says is there; empty if that has to be said.
    """

    name: str
    words: tuple[str, ...]
    states: tuple[tuple[str, tuple[str, ...]], ...]
    alone: str


def offers(network: Network) -> tuple[Offer, ...]:
    """What may be entered, in the order of the network.

    Examples
    --------
    >>> import etiograph as eg
    >>> diuretic = next(o for o in offers(eg.load("leg_cramps")) if o.name == "diuretic")
    >>> "lasix" in dict(diuretic.states)["loop"]
    True
    """
    codes = Codes.of(network)
    said: dict[tuple[str, str], Words] = {}
    for word, ((name, state),) in states_of(network).items():
        said.setdefault((name, state), {})[word] = word
    for medicine, code in ATC.items():
        for coded in codes.find("ATC", code):
            state = coded.states[0] if len(coded.states) == 1 else ""
            said.setdefault((coded.variable, state), {})[medicine] = medicine
    found = []
    for variable in observables(network):
        own = {spoken(word): word for word in reversed(words_of(variable))}
        for looked, word in own.items():
            told = state_in_name(variable, looked)
            if told is not None:
                said.setdefault((variable.name, told), {})[looked] = word
        label = variable.label or variable.name.replace("_", " ")
        of_state = tuple(
            (state, tuple(w for k, w in of.items() if k != spoken(label)))
            for state in variable.states
            for of in (said.get((variable.name, state), {}),)
        )
        elsewhere = {spoken(word) for _, words in of_state for word in words}
        plain = {**said.get((variable.name, ""), {}), **own}
        words = [word for looked, word in reversed(plain.items()) if looked not in elsewhere]
        alone = variable.unusual if variable.usual_is_nothing or variable.named_usual else ()
        measured = network.mechanisms.get(variable.name)
        one = len(alone) == 1 and (measured is None or measured.kind != "reading")
        found.append(
            Offer(
                variable.name,
                tuple(dict.fromkeys([label, *words])),
                of_state,
                alone[0] if one else "",
            )
        )
    return tuple(found)


def unasked(network: Network) -> tuple[str, ...]:
    """Medicines that are known by name and that a network does not ask about."""
    codes, asked = Codes.of(network), {w for o in offers(network) for w in map(spoken, o.words)}
    return tuple(n for n, code in ATC.items() if not codes.find("ATC", code) and n not in asked)
