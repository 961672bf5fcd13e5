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
from etiograph.network.event import Event
from etiograph.network.variable import Variable

if TYPE_CHECKING:
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
WORDS = 5
"""A longer name is put in quotation marks."""
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
        if self._noun(variable):
            return quoted(variable.label)
        return variable.label if person else self._the(variable)

    def titles(self, names: list[str]) -> str:
        """Several of them; "nothing" for none."""
        told = [self.title(name) for name in names]
        return " and ".join(filter(None, [", ".join(told[:-1]), *told[-1:]])) or "nothing"

    def agree(self, name: str, one: str, many: str) -> str:
        """The verb that goes with a variable as subject: rain *does*, clouds *do*."""
        return many if is_plural(self.network.variables[name].label) else one

    def decide(self, name: str) -> str:
        """After "you cannot": ``decide who has lung cancer``, ``decide what the stone size is``."""
        variable = self.network.variables[name]
        if not self._noun(variable) and variable.card > 2:
            return f"decide what {self._the(variable)} {self.agree(name, 'is', 'are')}"
        event = Event.of(variable)
        told = self._predicate(event, False, True)
        return f"decide {f'who {told}' if told else f'whether {self.so(event)}'}"

    def verb(self, event: Event, one: str, many: str) -> str:
        """The verb that goes with an event as subject: rain *has*, leg cramps *have*."""
        noun, negative = self._thing(event)
        return many if noun and not negative and is_plural(noun) else one

    def short(self, event: Event) -> str:
        """In a table or a list: ``lung cancer``, ``no lung cancer``, ``X-ray: abnormal``."""
        noun, negative = self._thing(event)
        if noun:
            return f"no {noun}" if negative else noun
        return f"{self.network.variables[event.variable].label}: {self._states(event)}"

    def fact(self, event: Event) -> str:
        """As subject or object: ``rain``, ``an abnormal X-ray``, ``the sprinkler being on``."""
        noun, negative = self._thing(event)
        if noun:
            return self._some(event, noun, negative)
        if self._personal(event):
            return f"being {self._object(event)}"
        variable, told = self.network.variables[event.variable], self._states(event)
        if variable.role == "test" and self.stated and told.isalpha():
            return f"{_article(told)} {told} {self._the(variable).removeprefix('the ')}"
        return f"{self._the(variable)} being {told}"

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
        if HEAD.split(noun)[0].split()[-1].rstrip(",") in COUNTED or noun == "SSRI":
            return f"{_article(noun)} {quoted(noun)}"
        return quoted(noun)

    def _some(self, event: Event, noun: str, no: bool) -> str:
        return f"no {quoted(noun)}" if no else self._one(event, noun)

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
        told = " or ".join(variable.state_label(state) for state in event.states)
        return told.replace(" and over", " or over") if self._personal(event) else told

    def _is(self, event: Event, but: bool) -> tuple[str, str]:
        """Subject, and what is said of it: ``the sprinkler``, ``is not on``."""
        variable = self.network.variables[event.variable]
        be = "are" if self.stated and is_plural(variable.label) else "is"
        rest = [state for state in variable.states if state not in event.states]
        if but and len(rest) == 1:  # off, not: not on
            return self._the(variable), f"{be} {variable.state_label(rest[0])}"
        return self._the(variable), f"{be} {'not ' if but else ''}{self._states(event)}"

    def _the(self, variable: Variable) -> str:
        """With an article, unless the label is a name (``HR``) or may be no noun."""
        label = variable.label
        if self.stated and variable.role == "test" and label[:1].isdigit():
            return f"the {label} test"
        noun = self.stated and (label[:1].islower() or label[1:2] == "-")
        return f"the {label}" if noun else label

    # -- what is said of people -------------------------------------------------------------------

    def _personal(self, event: Event) -> bool:
        """Whether it says what people are: 65 or over, female."""
        variable = self.network.variables[event.variable]
        return self.who == "people" and variable.label in ("age", "sex")

    def _verb(self, event: Event) -> str:
        """What people do with it: they *have* an illness, *take* a medicine, *are* 65 or over."""
        if self._personal(event):
            return "are"
        noun, _ = self._thing(event)
        if not noun or self.who != "people":
            return ""
        role = self.network.variables[event.variable].role
        if role == "medicine":
            return "use" if "inhaler" in noun else "take"
        return "have"

    def _object(self, event: Event) -> str:
        """What stands after that verb: ``lung cancer``, ``50 to 64 years old``."""
        if self._personal(event):
            variable = self.network.variables[event.variable]
            if len(event.states) > 1 and set(event.states) == set(variable.unusual):
                return f"not {variable.state_label(variable.usual)}"
            told = self._states(event)
            return f"{told} years old" if re.fullmatch(r"\d+ to \d+", told) else told
        return self._one(event, self._thing(event)[0])

    def _predicate(self, event: Event, but: bool, one: bool = False) -> str:
        """``have lung cancer``, ``do not take a diuretic``, ``is 65 or over``; empty where there is none."""
        verb = self._verb(event)
        if not verb:
            return ""
        no = but != (verb != "are" and self._thing(event)[1])
        if verb == "are":
            told = f"{'is' if one else 'are'}{' not' if no else ''}"
        elif no:
            told = f"{'does' if one else 'do'} not {verb}"
        else:
            told = {"have": "has"}.get(verb, f"{verb}s") if one else verb
        return f"{told} {self._object(event)}"

    # -- parts of a sentence; `but` turns each into its opposite ----------------------------------

    def having(self, event: Event, but: bool = False) -> str:
        """After "people": ``with lung cancer``, ``who take a diuretic``, ``whose X-ray is abnormal``."""
        if self._verb(event) in ("are", "take", "use"):
            return f"who {self._predicate(event, but)}"
        noun, negative = self._thing(event)
        if noun:
            return f"{'without' if but != negative else 'with'} {self._one(event, noun)}"
        subject, told = self._is(event, but)
        if self.who == "people":
            return f"whose {subject.removeprefix('the ')} {told}"
        return f"where {subject} {told}"

    def both(self, *events: Event) -> str:
        """After "people", several at once: ``with A and with B``, ``who are 65 or over and who have B``."""
        told = [self.having(event) for event in events]
        if all(each.startswith("with") for each in told):
            return " and ".join(told)
        if self.who != "people":
            return f"where {' and '.join(map(self.so, events))}"
        each = (self._predicate(event, False) for event in events)
        return " and ".join(
            f"who {predicate}" if predicate else having
            for predicate, having in zip(each, told, strict=True)
        )

    def beside(self, event: Event) -> str:
        """What is so as well: ``with rain``, ``if the sprinkler is on``."""
        noun, _ = self._thing(event)
        return (
            self.having(event)
            if noun and self._verb(event) not in ("take", "use")
            else f"if {self.so(event)}"
        )

    def so(self, event: Event, but: bool = False) -> str:
        """A sentence: ``there is no rain``, ``the sprinkler is on``, ``a diuretic is taken``."""
        noun, negative = self._thing(event)
        if noun:
            some = self._some(event, noun, but != negative)
            if self._verb(event) in ("take", "use"):
                return f"{some} is {'used' if self._verb(event) == 'use' else 'taken'}"
            return f"there {_verb(noun)} {some}"
        return " ".join(self._is(event, but))

    def whether(self, event: Event, but: bool = False) -> str:
        """As a question: ``is there rain``, ``is the sprinkler on``."""
        noun, negative = self._thing(event)
        if noun:
            return f"{_verb(noun)} there {self._some(event, noun, but != negative)}"
        subject, told = self._is(event, but)
        be, rest = told.split(" ", 1)
        return f"{be} {subject} {rest}"

    def even(self, event: Event) -> str:
        """With something that was not so: ``without rain``, ``had the sprinkler been off``."""
        noun, negative = self._thing(event)
        if noun:
            return f"{'without' if negative else 'with'} {self._one(event, noun)}"
        return (
            f"if {self._the(self.network.variables[event.variable])} had been {self._states(event)}"
        )

    def because(self, event: Event) -> str:
        """A reason: ``because of rain``, ``because the sprinkler is on``."""
        noun, negative = self._thing(event)
        if noun:
            return f"because of {self._some(event, noun, negative)}"
        return f"because {self.so(event)}"

    def would(self, number: str, event: Event, but: bool = False) -> str:
        """How many it would be so with: ``5 would have lung cancer``, ``in 5 there would be no rain``."""
        told, no = self._would(event, but)
        if self._verb(event):
            return f"{number} would {'not ' if no else ''}{told}"
        noun, _ = self._thing(event)
        if noun:
            return f"in {number} there would be {'no ' if no else ''}{told}"
        subject = self._the(self.network.variables[event.variable])
        return f"in {number} {subject} would {'not ' if no else ''}be {told}"

    def how_many_would(self, event: Event, but: bool = False, whose: str = "of them") -> str:
        """``how many of them would have lung cancer``, ``in how many of them would there NOT be rain``."""
        told, no = self._would(event, but)
        negation = "NOT " if no else ""
        if self._verb(event):
            return f"how many {whose} would {negation}{told}"
        noun, _ = self._thing(event)
        if noun:
            return f"in how many {whose} would there {negation}be {told}"
        subject = self._the(self.network.variables[event.variable])
        return f"in how many {whose} would {subject} {negation}be {told}"

    def _would(self, event: Event, but: bool) -> tuple[str, bool]:
        """What stands after "would", and whether it is denied."""
        verb = self._verb(event)
        noun, negative = self._thing(event)
        if verb:
            return f"{'be' if verb == 'are' else verb} {self._object(event)}", but != negative
        return (self._one(event, noun) if noun else self._states(event)), but != negative

    def count(self, number: str, event: Event, *, whose: str = "", but: bool = False) -> str:
        """How many have it: ``6 of 100 people have lung cancer``, ``in 30 of 100 the sprinkler is on``."""
        told = f"{number} {whose}".rstrip()
        if predicate := self._predicate(event, but, number.split(" ")[0] == "1"):
            return f"{told} {predicate}"
        return f"in {told} {self.so(event, but)}"

    def many(self, event: Event, but: bool = False, how: str = "how many") -> str:
        """The question for their number: ``how many have lung cancer``, ``in how many is there rain``."""
        if predicate := self._predicate(event, but):
            return f"{how} {predicate}"
        return f"in {how} {self.whether(event, but)}"


def quoted(noun: str) -> str:
    """A name that would be misread in a sentence, in quotation marks: "tuberculosis or cancer"."""
    name = noun.split(" (")[0]
    long = len(name.split()) > WORDS or re.search(r",| or | and ", name)
    return f'"{name}"{noun[len(name) :]}' if long else noun


def is_plural(label: str) -> bool:
    """Whether a label is a plural, by the end of its noun: leg cramps, not diabetes."""
    last = HEAD.split(label)[0].split(",")[0].split()[-1]
    return last.endswith("s") and last[:-1].islower() and not last.endswith(SINGULAR)


def _article(noun: str) -> str:
    return "an" if noun[0] in "aeiouAEIO" or noun == "SSRI" else "a"


def _verb(noun: str) -> str:
    """The verb that goes with a noun: ``are`` after ``there`` for leg cramps."""
    return "are" if is_plural(noun) else "is"
