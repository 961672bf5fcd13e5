"""An event as the part of a sentence it has to be: who has it, that it is so, in how many it is.

Names come from the network, and nobody says which of them are nouns. So a rule decides. Where a file says
whom it is about, or calls a state "present", what is there or not is named by a noun: *with lung cancer*,
*have lung cancer*. Everything else is told by variable and state: *whose X-ray is abnormal*, *where HR is
HIGH*, which is right for any name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from etiograph.decision.speaking import CASES, cases
from etiograph.network.variable import Variable

if TYPE_CHECKING:
    from etiograph.network.event import Event
    from etiograph.network.network import Network

SINGULAR = ("ss", "is", "us", "diabetes", "ascites", "herpes", "measles", "rabies", "rickets")
"""Ends of words in s that are no plurals."""
HABITS = ("habit", "background")
COUNTED = (
    "diuretic",
    "inhaler",
    "inhibitor",
    "soak",
    "statin",
    "supplement",
    "suppressant",
    "tablet",
)
"""Words that take an article."""
HEAD = re.compile(r" (?:of|by|in|with|to|from|after|before|on|at|that|broken|growing) | \(")
"""Where the noun of a label ends and more is said of it: ``sleep | broken by the legs``."""


@dataclass(frozen=True)
class Phrases:
    """Words for the events of one network.

    Attributes
    ----------
    network : Network
    """

    network: Network

    @property
    def who(self) -> str:
        """ "people", or the cases the network speaks of."""
        return cases(self.network) or "people"

    @property
    def it(self) -> str:
        """One of them."""
        return "person" if self.who == "people" else self.who.removesuffix("s")

    @property
    def whom(self) -> str:
        """The word that stands for them: "whom" or "which"."""
        return "whom" if self.who == "people" else "which"

    @property
    def stated(self) -> bool:
        """Whether the file says of whom it speaks; else its labels are taken for names."""
        return cases(self.network) != CASES

    # -- names ------------------------------------------------------------------------------------

    def title(self, name: str) -> str:
        """A variable as subject or object: ``lung cancer``, ``the sprinkler``, ``HR``."""
        variable = self.network.variables[name]
        person = self.who == "people" and variable.role == "background"  # age, not the age
        return variable.label if person or self._noun(variable) else self._the(variable)

    def titles(self, names: list[str]) -> str:
        """Several of them; "nothing" for none."""
        told = [self.title(name) for name in names]
        return " and ".join(filter(None, [", ".join(told[:-1]), *told[-1:]])) or "nothing"

    def short(self, event: Event) -> str:
        """In a table or a list: ``lung cancer``, ``no lung cancer``, ``X-ray: abnormal``."""
        noun, negative = self._thing(event)
        if noun:
            return f"no {noun}" if negative else noun
        return f"{self.network.variables[event.variable].label}: {self._states(event)}"

    def fact(self, event: Event) -> str:
        """As subject or object: ``rain``, ``the sprinkler being on``."""
        noun, negative = self._thing(event)
        if noun:
            return self._some(event, noun, negative)
        subject, told = self._is(event, False)
        return f"{subject} being {told}"

    def _noun(self, variable: Variable) -> str:
        """Name of what is there or not; empty where the label may be no noun."""
        if not variable.usual_is_nothing or not (self.stated or "present" in variable.states):
            return ""
        return variable.label

    def _one(self, event: Event, noun: str) -> str:
        """The noun with an article, if it takes one: ``a habit of smoking``, ``a diuretic (loop)``."""
        role = self.network.variables[event.variable].role
        if role in HABITS and noun.endswith("ing") and " " not in noun:
            return f"a habit of {noun}"
        if HEAD.split(noun)[0].split()[-1] in COUNTED:
            return f"{'an' if noun[0] in 'aeiouAEIO' else 'a'} {noun}"
        return noun

    def _some(self, event: Event, noun: str, no: bool) -> str:
        return f"no {noun}" if no else self._one(event, noun)

    def _thing(self, event: Event) -> tuple[str, bool]:
        """The noun of an event, and whether it says that this is not there."""
        variable = self.network.variables[event.variable]
        noun = self._noun(variable)
        if not noun or set(event.states) in ({variable.usual}, set(variable.unusual)):
            return noun, event.states == (variable.usual,)
        if variable.usual in event.states:
            return "", False
        return f"{noun} ({self._states(event)})", False

    def _states(self, event: Event) -> str:
        variable = self.network.variables[event.variable]
        return " or ".join(variable.state_label(state) for state in event.states)

    def _is(self, event: Event, but: bool) -> tuple[str, str]:
        """Subject and what is said of it: ``the sprinkler``, ``not on``."""
        variable = self.network.variables[event.variable]
        return self._the(variable), f"{'not ' if but else ''}{self._states(event)}"

    def _the(self, variable: Variable) -> str:
        """With an article, unless the label is a name (``HR``) or may be no noun."""
        label = variable.label
        noun = self.stated and (label[:1].islower() or label[1:2] == "-")
        return f"the {label}" if noun else label

    # -- parts of a sentence; `but` turns each into its opposite ----------------------------------

    def having(self, event: Event, but: bool = False) -> str:
        """After "people": ``with lung cancer``, ``without it``, ``whose X-ray is abnormal``."""
        noun, negative = self._thing(event)
        if noun:
            return f"{'without' if but != negative else 'with'} {self._one(event, noun)}"
        subject, told = self._is(event, but)
        if self.who == "people":
            return f"whose {self.network.variables[event.variable].label} is {told}"
        return f"where {subject} is {told}"

    def so(self, event: Event, but: bool = False) -> str:
        """A sentence: ``there is no rain``, ``the sprinkler is on``."""
        noun, negative = self._thing(event)
        if noun:
            return f"there {_verb(noun)} {self._some(event, noun, but != negative)}"
        subject, told = self._is(event, but)
        return f"{subject} is {told}"

    def whether(self, event: Event, but: bool = False) -> str:
        """As a question: ``is there rain``, ``is the sprinkler on``."""
        noun, negative = self._thing(event)
        if noun:
            return f"{_verb(noun)} there {self._some(event, noun, but != negative)}"
        subject, told = self._is(event, but)
        return f"is {subject} {told}"

    def would(self, event: Event, but: bool = False) -> str:
        """As a question of another world: ``would there be rain``, ``would the sprinkler be on``."""
        noun, negative = self._thing(event)
        if noun:
            return f"would there be {self._some(event, noun, but != negative)}"
        subject, told = self._is(event, but)
        return f"would {subject} be {told}"

    def had(self, event: Event) -> str:
        """As a condition of another world: ``had there been no rain``, ``had the sprinkler been on``."""
        noun, negative = self._thing(event)
        if noun:
            return f"had there been {self._some(event, noun, negative)}"
        subject, told = self._is(event, False)
        return f"had {subject} been {told}"

    def count(self, number: str, event: Event, *, whose: str = "", but: bool = False) -> str:
        """How many have it: ``6 of 100 people have lung cancer``, ``in 30 of 100 the sprinkler is on``."""
        noun, negative = self._thing(event)
        told = f"{number} {whose}".rstrip()
        if noun and self.who == "people":
            return f"{told} {'do not have' if but != negative else 'have'} {self._one(event, noun)}"
        return f"in {told} {self.so(event, but)}"

    def many(self, event: Event, but: bool = False) -> str:
        """The question for their number: ``how many have lung cancer``, ``in how many is there rain``."""
        noun, negative = self._thing(event)
        if noun and self.who == "people":
            return (
                f"how many {'do not have' if but != negative else 'have'} {self._one(event, noun)}"
            )
        return f"in how many {self.whether(event, but)}"


def _verb(noun: str) -> str:
    """The verb that goes with a noun: ``are`` after ``there`` for leg cramps."""
    last = HEAD.split(noun)[0].split()[-1]
    return "are" if last.endswith("s") and not last.endswith(SINGULAR) else "is"
