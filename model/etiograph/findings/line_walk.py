"""What a reader of a line knows at each word: names, what is entered so far, what is left, and how sure it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from etiograph.findings.fhir.codes import Codes
from etiograph.findings.medicines import ATC, GROUPS, UNCERTAIN
from etiograph.findings.speech import (
    AFTER,
    AFTER_TWO,
    DENIED,
    FAR,
    LISTS,
    NOT,
    OR,
    PAST,
    SINCE,
    is_year,
)
from etiograph.findings.vocabulary import spoken, states_of
from etiograph.network.reading import Reading
from etiograph.network.value import value_type

if TYPE_CHECKING:
    from etiograph.network.network import Network
    from etiograph.network.variable import Variable


LONGEST = 6
"""Words of the longest name that is looked for."""
BEGINNING = 3
"""Letters of the shortest beginning that a medicine is looked for by."""
WHOLE = 6
"""Letters from which the beginning of one medicine's name is taken for it: a name in another language."""
UNKNOWN = "not understood"
FILLERS = frozenset(
    {"+", "&", "and", "with", "has", "takes", "on", "a", "an", "the", "of", "in", "-", "/", "aged", "for",
     "but", "is", "drinks", "taking", "uses", "plus", ":", "="}
)  # fmt: skip


@value_type
@dataclass(frozen=True, slots=True)
class Said:
    """One finding of a line.

    Attributes
    ----------
    text : str
        The words it was read from.
    name, value : str
        Variable, and its state or a measured value with its unit.
    """

    text: str
    name: str
    value: str


@dataclass(slots=True)
class Left:
    """A run of words that are no finding, and why."""

    start: int
    end: int
    why: str


def beginning(told: str) -> tuple[str, ...]:
    return tuple(n for n in ATC if n.startswith(told)) if len(told) >= BEGINNING else ()


def named_so(told: str) -> str | None:
    """The code of the one medicine whose name begins with nearly all of its letters."""
    if len(told) < WHOLE:
        return None
    codes = {ATC[name] for name in beginning(told) if len(name) - len(told) <= 2}
    return codes.pop() if len(codes) == 1 else None


@dataclass(slots=True)
class Walk:
    """A place in a line, and what was made of the words before it."""

    network: Network
    words: list[str]
    ends: Mapping[int, str]
    names: dict[str, list[str]]
    said: dict[str, Said] = field(default_factory=dict)
    rest: list[Left] = field(default_factory=list)
    states: dict[str, list[tuple[str, str]]] = field(init=False)
    codes: Codes = field(init=False)
    begin: int = 0  # the first word of the finding that is read
    denied: bool = False  # whether the last finding was said not to be so
    turned: tuple[int, str] | None = None  # where a word stands by which what follows may not be so

    def __post_init__(self) -> None:
        self.states = states_of(self.network)
        self.codes = Codes.of(self.network)
        self.names |= self._main_word()

    def _asked_about(self) -> str:
        """The outcome of a network about people who have it: what they came with; else nothing."""
        about = self.network.about
        target = str(about.get("target") or "")
        of_people = about.get("population") and not about.get("cases")
        return target if target in self.network.variables and of_people else ""

    def _main_word(self) -> dict[str, list[str]]:
        """The last word of what a network of people is about stands for it: ``cramps``, leg cramps."""
        target = self._asked_about()
        if not target:
            return {}
        last = spoken(self.network.variables[target].label or target).split()[-1]
        words = {last, last.removesuffix("s")} - self.names.keys() - self.states.keys()
        return {word: [target] for word in words}

    def text(self, start: int, end: int) -> str:
        """Words of the line."""
        return " ".join(self.words[start:end])

    def word(self, place: int) -> str:
        return self.words[place].casefold() if 0 <= place < len(self.words) else ""

    def name_at(self, place: int) -> tuple[int, str]:
        """How many words here are the longest name that is known, and that name."""
        for length in range(min(LONGEST, len(self.words) - place), 0, -1):
            if any(self.ends.get(k) == ";" for k in range(place, place + length - 1)):
                continue
            phrase = spoken(self.text(place, place + length))
            known = phrase in self.names or phrase in self.states or phrase in ATC
            if known or self.groups(phrase) or phrase in UNCERTAIN:
                return length, phrase
            if length == 1 and named_so(phrase):
                return length, phrase
        return 0, ""

    def groups(self, phrase: str) -> tuple[str, ...]:
        return GROUPS.get(phrase) or GROUPS.get(phrase.removesuffix("s")) or ()

    def variable(self, name: str) -> Variable:
        return self.network.variable(name)

    def reading(self, name: str) -> Reading | None:
        mechanism = self.network.mechanisms.get(name)
        return mechanism if isinstance(mechanism, Reading) else None

    def unknown(self, place: int) -> int:
        end = place + 1
        last = self.rest[-1] if self.rest else None
        between = range(last.end, place) if last else range(0)
        near = (
            last is not None
            and last.why == UNKNOWN
            and all(self.word(k) in FILLERS for k in between)
            and not any(k in self.ends for k in range(last.end - 1, place))
        )
        if last is not None and near:
            last.end = end
        else:
            start = place
            while start and self._loose(start - 1):
                start -= 1
            self.rest.append(Left(start, end, UNKNOWN))
        return 1

    def _loose(self, place: int) -> bool:
        """Whether a word belongs to what follows it: ``for 3 weeks``."""
        return self.word(place) in ("for", "drinks", "in") and place not in self.ends

    def left(self, start: int, end: int, why: str) -> int:
        self.rest.append(Left(start, end, why))
        return end - start

    def taken_back(self, start: int, count: int) -> None:
        """Words at the end of what was not understood, that are understood now."""
        last = self.rest[-1] if self.rest else None
        if last is not None and last.end == start:
            last.end -= count
            if last.end <= last.start or all(
                self.word(k) in FILLERS for k in range(last.start, last.end)
            ):
                self.rest.pop()

    def with_name(self, variable: Variable, start: int, end: int) -> int:
        """``one leg is swollen``: words of a name beside a state belong to it; words taken behind it."""
        names = [name for name, of in self.names.items() if variable.name in of]
        own = {word for name in names for word in name.split()} - FILLERS
        last = self.rest[-1] if self.rest else None
        if last is not None and last.end == start and last.why == UNKNOWN:
            while last.end > last.start and self.word(last.end - 1) in own:
                self.taken_back(last.end, 1)
        taken = 0
        for place in range(end, len(self.words)):
            if place - 1 in self.ends or self.name_at(place)[0]:
                break
            if self.word(place) in own:
                taken = place + 1 - end
            elif self.word(place) not in FILLERS:
                break
        return taken

    def enter(self, start: int, end: int, name: str, value: str) -> None:
        text = self.text(start, end)
        earlier = self.said.get(name)
        if earlier is None or earlier.value == value:
            told = text if earlier is None else f"{earlier.text}, {text}"
            self.said[name] = Said(told, name, value)
            return
        both = self.codes.together(name)
        usual = self.variable(name).usual
        if both is not None and usual not in (value, earlier.value):
            self.said[name] = Said(f"{earlier.text}, {text}", name, both)
        else:
            label = self.variable(name).label or name
            self.left(start, end, f"{label} was said before, otherwise")

    def inferred(self, start: int, end: int, name: str, value: str, *, negated: bool) -> int:
        """Enter what is there by its name alone, unless words around it say that it may not be so."""
        why, first, last = "", start, end
        if self.turned is not None:
            first, why = self.turned
        elif self.word(start - 1) not in SINCE and (behind := self._turned_behind(end)):
            last, why = behind
        if why == PAST and not negated:
            earlier = self._earlier(start, end)
            if earlier is not None:
                name, value, why = earlier.name, earlier.unusual[0], ""
            elif name in self.network.variables and value in dict(self.variable(name).lasting):
                why = ""
        elif not why and self.denied and not negated and self.word(start - 1) not in OR:
            why = "" if name == self.came_with(start) else DENIED
        if why:
            if first < start and self.rest and self.rest[-1].start >= first:
                first = self.rest.pop().start
            self.left(first, last, why)
        else:
            if first < start and self.rest and self.rest[-1].end > first:
                self.rest.pop()
            self.enter(first, last, name, value)
        self.turned = None
        return last - end

    def came_with(self, start: int) -> str:
        """``no diabetes, cramps``: behind one ``no`` and a comma, what the person came with is there.

        Not behind a list, nor behind ``denies``, which lists: there it may be one of what is not so.
        """
        if start - 1 not in self.ends:
            return ""
        no = next((k for k in range(start - 1, -1, -1) if self.word(k) in NOT), 0)
        listed = self.word(no) in LISTS or any(k in self.ends for k in range(no, start - 1))
        return "" if listed else self._asked_about()

    def _earlier(self, start: int, end: int) -> Variable | None:
        """The variable that asks whether something was so before: ``previous DVT``."""
        for before in ("previous", "past", "history of"):
            found = self.names.get(spoken(f"{before} {self.text(start, end)}"), ())
            if len(found) == 1 and self.variable(found[0]).card == 2:
                return self.variable(found[0])
        return None

    def _turned_behind(self, end: int) -> tuple[int, str] | None:
        """The end of words behind a finding by which it may not be so, and what is to be said."""
        for k in range(end, min(end + FAR, len(self.words))):
            word = self.word(k)
            if k - 1 in self.ends or word in SINCE or (k > end and self.name_at(k)[0]):
                return None
            two = f"{word} {self.word(k + 1)}"
            if two in AFTER_TWO:
                return k + 2, AFTER_TWO[two]
            if word in AFTER:
                return k + 1, AFTER[word]
            if is_year(word):
                return k + 1, PAST
        return None
