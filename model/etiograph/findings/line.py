"""One line as it is said at the bedside, ``82 f furosemide K 3,1``, read as findings to confirm.

Names are those of the network (label, name, synonyms), of states that only one variable has, and of
medicines by the ATC groups that the model file states. Nothing is guessed: what is not understood, or
could be several things, is handed back with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from etiograph.errors import EtiographError
from etiograph.findings.fhir.codes import Codes
from etiograph.findings.medicines import ATC
from etiograph.findings.text import read_words
from etiograph.findings.vocabulary import (
    OLDEST,
    age_state,
    listed,
    named_age,
    names_of,
    parts_of,
    spoken,
    state_of,
    states_of,
)
from etiograph.network.finding import measured_text, understood
from etiograph.network.quantity import read_quantity
from etiograph.network.reading import Reading
from etiograph.network.value import value_type

if TYPE_CHECKING:
    from etiograph.network.network import Network
    from etiograph.network.variable import Variable

LONGEST = 6
"""Words of the longest name that is looked for."""
BEGINNING = 3
"""Letters of the shortest beginning that a medicine is looked for by."""
UNKNOWN = "not understood"
NOT = frozenset({"no", "not", "without", "denies", "never", "kein", "keine", "ohne"})
OR = frozenset({"or", "nor", "oder"})
SEX = {"f": "female", "w": "female", "woman": "female", "m": "male", "man": "male"}
YEARS = frozenset({"y", "yo", "y/o", "yr", "yrs", "year", "years", "old", "years-old"})
NO_AGE = frozenset({"day", "days", "week", "weeks", "month", "months", "hours", "minutes", "min", "mg",
                    "mcg", "µg", "g", "ml", "iu", "units", "x", "times", "tablets", "%"})  # fmt: skip
"""What a number before it is no age for: ``cramps for 3 weeks``."""
FILLERS = frozenset(
    {"+", "&", "and", "with", "has", "takes", "on", "a", "the", "of", "in", "-", "/", "aged", "for"}
)
_WORDS = re.compile(r"[^\s;]+")
_AGED = re.compile(r"(\d{1,3})(f|m|w|y|yo)?")
_STAGE = re.compile(r"(\d)[ab]?", re.IGNORECASE)
WHOLE = 6
"""Letters from which the beginning of one medicine's name is taken for it: a name in another language."""


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


@value_type
@dataclass(frozen=True, slots=True)
class NotRead:
    """Words of a line that are no finding, and why."""

    text: str
    why: str


@value_type
@dataclass(frozen=True, slots=True)
class Line:
    """What a line says, and what of it was not understood, both in the order of the line."""

    said: tuple[Said, ...]
    rest: tuple[NotRead, ...]

    @property
    def findings(self) -> dict[str, str]:
        """The findings by name."""
        return {one.name: one.value for one in self.said}


def read_line(network: Network, text: str) -> Line:
    """Read a line of words into findings.

    Parameters
    ----------
    network : Network
    text : str
        Words, numbers and units, with spaces, semicolons or commas between; a comma inside a number is
        a decimal comma. A number that stands alone is an age.

    Examples
    --------
    >>> import etiograph as eg
    >>> read_line(eg.load("leg_cramps"), "82 f furosemide K 3,1").findings
    {'age': '65_and_over', 'sex': 'female', 'diuretic': 'loop', 'serum_potassium': '3.1 mmol/L'}
    """
    words = [word.strip(",") for word in _WORDS.findall(text)]
    names = names_of(network)
    reader = _Reader(network, [part for word in words if word for part in parts_of(word, names)])
    reader.read()
    return Line(tuple(reader.said.values()), tuple(reader.rest))


def medicine(network: Network, name: str) -> tuple[str, ...]:
    """The variables that ask about a medicine, by its name or how that begins (three letters or more).

    None where it is unknown or not asked about. By a beginning, of the medicines that begin so.
    """
    told = spoken(name)
    named = (told,) if told in ATC else _beginning(told)
    codes = Codes.of(network)
    return tuple(dict.fromkeys(one.variable for n in named for one in codes.find("ATC", ATC[n])))


def _named_so(told: str) -> str | None:
    """The code of the one medicine whose name begins with nearly all of its letters."""
    if len(told) < WHOLE:
        return None
    codes = {ATC[name] for name in _beginning(told) if len(name) - len(told) <= 2}
    return codes.pop() if len(codes) == 1 else None


def _beginning(told: str) -> tuple[str, ...]:
    return tuple(n for n in ATC if n.startswith(told)) if len(told) >= BEGINNING else ()


@dataclass(slots=True)
class _Reader:
    """Goes along the words, the longest name first."""

    network: Network
    words: list[str]
    said: dict[str, Said] = field(default_factory=dict)
    rest: list[NotRead] = field(default_factory=list)
    names: dict[str, list[str]] = field(init=False)
    states: dict[str, list[tuple[str, str]]] = field(init=False)
    codes: Codes = field(init=False)
    denied: bool = False  # whether the last finding was said not to be so
    unknown: int = -1  # the place behind the last word that was not understood

    def __post_init__(self) -> None:
        self.names, self.states = names_of(self.network), states_of(self.network)
        self.codes = Codes.of(self.network)
        self.names |= self._main_word()

    def _main_word(self) -> dict[str, list[str]]:
        """The last word of what a network of people is about stands for it: ``cramps``, leg cramps."""
        about = self.network.about
        target = str(about.get("target") or "")
        of_people = about.get("population") and not about.get("cases")
        if target not in self.network.variables or not of_people:
            return {}
        last = spoken(self.network.variables[target].label or target).split()[-1]
        words = {last, last.removesuffix("s")} - self.names.keys() - self.states.keys()
        return {word: [target] for word in words}

    def read(self) -> None:
        place = 0
        while place < len(self.words):
            alone = self.words[place].casefold() in FILLERS
            place += 1 if alone else self._next(place)

    def _next(self, place: int) -> int:
        """Read what stands here; how many words that takes."""
        word = self.words[place].casefold()
        negated = word in NOT or (word in OR and self.denied)
        negated = self.denied = negated and place + 1 < len(self.words)
        start = place + negated
        for length in range(min(LONGEST, len(self.words) - start), 0, -1):
            phrase = spoken(" ".join(self.words[start : start + length]))
            code = ATC.get(phrase) or (_named_so(phrase) if length == 1 else None)
            if code and (phrase not in self.names or self.codes.find("ATC", code)):
                taken = self._medicine(start, length, code, negated)
            elif phrase in self.names:
                taken = self._named(start, length, self.names[phrase], negated)
            elif phrase in self.states:
                taken = self._stated(start, length, self.states[phrase], negated)
            else:
                continue
            return negated + taken
        return (
            self._of_unknown(place)
            or self._person(place)
            or self._pair(place)
            or self._unknown(place)
        )

    def _unknown(self, place: int) -> int:
        if self.words[place].casefold() not in NO_AGE:
            self.unknown = place + 1
        return self._left(place, 1, UNKNOWN)

    def _of_unknown(self, place: int) -> int:
        """A number behind a name that is not understood belongs to it and is no age."""
        if self.unknown != place or read_quantity(self.words[place]) is None:
            return 0
        before = self.rest.pop()
        self.rest.append(NotRead(f"{before.text} {self.words[place]}", before.why))
        return 1

    def _text(self, start: int, length: int) -> str:
        return " ".join(self.words[start : start + length])

    def _left(self, start: int, length: int, why: str) -> int:
        self.rest.append(NotRead(self._text(start, length), why))
        return length

    def _enter(self, text: str, name: str, value: str) -> None:
        earlier = self.said.get(name)
        if earlier is None or earlier.value == value:
            self.said[name] = Said(text, name, value)
            return
        both = self.codes.together(name)
        usual = self._variable(name).usual
        if both is not None and usual not in (value, earlier.value):
            self.said[name] = Said(f"{earlier.text}, {text}", name, both)
        else:
            label = self._variable(name).label or name
            self.rest.append(NotRead(text, f"{label} was said before, otherwise"))

    def _variable(self, name: str) -> Variable:
        return self.network.variable(name)

    def _named(self, start: int, length: int, found: Sequence[str], negated: bool) -> int:
        """A variable by its name: with a number, a state, a negation, or as what is there."""
        after = start + length
        measured = [name for name in found if self._reading(name) is not None]
        if measured and after < len(self.words):
            taken = self._number(start, after, measured[0])
            if taken:
                self._say_it_once(start, self._variable(measured[0]))
                return length + taken
        usual = [name for name in found if name not in measured]
        found = usual or found
        if len(found) > 1:
            labels = " or ".join(self._variable(name).label or name for name in found)
            return self._left(start, length, f"may be {labels}")
        variable = self._variable(found[0])
        if named_age(variable) and after < len(self.words) and self.words[after][0].isdigit():
            taken = self._person(after)
            if taken:
                return length + taken
        for further in range(min(4, len(self.words) - after), 0, -1):
            state = state_of(variable, self._text(after, further))
            if state is not None:
                self._enter(self._text(start, length + further), variable.name, state)
                return length + further
        staged = self._stage(variable, after)
        if staged is not None:
            self._enter(self._text(start, length + 1), variable.name, staged)
            return length + 1
        before = state_of(variable, self.words[start - 1]) if start else None
        if before is not None and self.rest and self.rest[-1].text == self.words[start - 1]:
            self.rest.pop()
            self._enter(self._text(start - 1, length + 1), variable.name, before)
            return length
        if measured:
            return self._left(start, length, "no value")
        return self._there(start, length, variable, negated)

    def _stage(self, variable: Variable, place: int) -> str | None:
        """The one state in whose name a number stands that is said behind a variable: ``CKD 3``."""
        found = _STAGE.fullmatch(self.words[place]) if place < len(self.words) else None
        if found is None or variable.card == 2:
            return None
        labels = dict(variable.state_labels)
        named = [
            state
            for state in variable.states
            if found[1] in re.findall(r"\d+", labels.get(state, state))
        ]
        return named[0] if len(named) == 1 else None

    def _say_it_once(self, start: int, variable: Variable) -> None:
        """``low Mg 0.55``: the word before says what the number says."""
        before = self.words[start - 1] if start else ""
        said = self.rest and self.rest[-1].text == before
        if said and state_of(variable, before) is not None:
            self.rest.pop()

    def _there(self, start: int, length: int, variable: Variable, negated: bool) -> int:
        """What is there, or not; where it can be there in several ways, that has to be said."""
        text = self._text(start - negated, length + negated)
        if variable.named_usual is None and not variable.usual_is_nothing:
            return self._left(start, length, f"which: {listed(variable, variable.states)}?")
        if negated:
            self._enter(text, variable.name, variable.usual)
        elif len(variable.unusual) == 1:
            self._enter(text, variable.name, variable.unusual[0])
        else:
            return self._left(start, length, f"which: {listed(variable, variable.unusual)}?")
        return length

    def _stated(
        self, start: int, length: int, found: Sequence[tuple[str, str]], negated: bool
    ) -> int:
        """A state that only one variable has, such as cirrhosis."""
        name, state = found[0]
        variable, text = self._variable(name), self._text(start, length)
        if not negated:
            self._enter(text, name, state)
        elif variable.card == 2:
            self._enter(f"no {text}", name, next(s for s in variable.states if s != state))
        else:
            self._left(start, length, "what instead?")
        return length

    def _medicine(self, start: int, length: int, code: str, negated: bool) -> int:
        """A medicine by its ATC group."""
        text = self._text(start, length)
        coded = self.codes.find("ATC", code)
        if not coded:
            return self._left(start, length, "a medicine this network does not ask about")
        for one in coded:
            variable = self._variable(one.variable)
            if negated:
                self._left(start, length, f"another {variable.label or one.variable} may be taken")
            elif len(one.states) == 1:
                self._enter(text, one.variable, one.states[0])
            else:
                said = listed(variable, one.states or variable.unusual)
                self._left(start, length, f"{variable.label}: which: {said}?")
        return length

    def _reading(self, name: str) -> Reading | None:
        mechanism = self.network.mechanisms.get(name)
        return mechanism if isinstance(mechanism, Reading) else None

    def _number(self, start: int, after: int, name: str) -> int:
        """A measured value behind a name, with its unit where one is said; words taken, 0 if none is."""
        reading, variable = self._reading(name), self._variable(name)
        assert reading is not None
        here = self.words[after].lstrip("=:")
        if read_quantity(here) is None:
            return 0
        for taken in (2, 1):
            text = " ".join([here, *self.words[after + 1 : after + taken]])
            if taken == 2 and after + 1 >= len(self.words):
                continue
            try:
                found = measured_text(text, variable, reading, reading.unit)
                spelled = reading.spelled(found.unit or reading.unit, name)
                value = f"{found.side}{found.value:.10g} {spelled}".strip()
                understood(self.network, name, value)
            except EtiographError as error:
                if taken == 1:
                    why = str(error).partition(": ")[2] or str(error)
                    self._left(start, after + 1 - start, why)
                    return 1
                continue
            self._enter(self._text(start, after + taken - start), name, value)
            return taken
        return 0

    def _person(self, place: int) -> int:
        """Age and sex: ``82``, ``82f``, ``82 years old``, ``f``."""
        word = self.words[place].casefold()
        aged = _AGED.fullmatch(word)
        years = self._by_states(named_age)
        sex = self._by_states(lambda v: {"female", "male"} <= {s.casefold() for s in v.states})
        told = SEX.get(word, word)
        if sex is not None and told in ("female", "male"):
            self._enter(word, sex.name, next(s for s in sex.states if s.casefold() == told))
            return 1
        if aged is None or years is None or int(aged[1]) > OLDEST:
            return 0
        if place + 1 < len(self.words) and self.words[place + 1].casefold() in NO_AGE:
            return 0
        state = age_state(years, float(aged[1]))
        if state is None:
            return 0
        taken = 1
        while place + taken < len(self.words) and self.words[place + taken].casefold() in YEARS:
            taken += 1
        self._enter(self._text(place, taken), years.name, state)
        if sex is not None and aged[2] in SEX:
            told = SEX[aged[2]]
            self._enter(word, sex.name, next(s for s in sex.states if s.casefold() == told))
        return taken

    def _by_states(self, wanted: Callable[[Variable], bool]) -> Variable | None:
        found = [v for v in self.network.variables.values() if wanted(v)]
        return found[0] if len(found) == 1 else None

    def _pair(self, place: int) -> int:
        """``name=state``, as on the command line."""
        if "=" not in self.words[place]:
            return 0
        try:
            for name, value in read_words(self.network, [self.words[place]]).items():
                understood(self.network, name, value)
                self._enter(self.words[place], name, str(value))
        except EtiographError as error:
            return self._left(place, 1, str(error))
        return 1
