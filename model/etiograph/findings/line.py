"""One line as it is said at the bedside, ``82 f furosemide K 3,1``, read as findings to confirm.

Names are those of the network (label, name, synonyms), of states that only one variable has, and of
medicines by the ATC groups that the model file states. Nothing is guessed: what is not understood, or
could be several things, is handed back with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from math import log
from typing import TYPE_CHECKING

from etiograph.errors import EtiographError, UnknownUnit
from etiograph.findings.fhir.codes import Codes
from etiograph.findings.medicines import ATC, GROUPS, UNCERTAIN
from etiograph.findings.speech import (
    AFTER,
    AFTER_TWO,
    BEFORE,
    BEHIND_NOT,
    BUT,
    DENIED,
    DOSES,
    FAR,
    GFR,
    LETTERS,
    NOT,
    OR,
    PAST,
    SEX,
    SINCE,
    TIMES,
    VERBS,
    YEARS,
    Dose,
    dose,
    dosed,
    in_pregnancy,
    is_year,
    kidney_stage,
    tells_doses,
    tells_weeks,
    weeks,
    which,
)
from etiograph.findings.text import read_words
from etiograph.findings.vocabulary import (
    OLDEST,
    age_state,
    named_age,
    names_of,
    parts_of,
    spoken,
    state_in_name,
    state_of,
    states_of,
)
from etiograph.network.finding import measured_text, understood
from etiograph.network.parameter import value_of
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
DOSE = "the dose is not asked about"
NUMBER = "no number is asked for here: say whether it is there, or which"
FILLERS = frozenset(
    {"+", "&", "and", "with", "has", "takes", "on", "a", "an", "the", "of", "in", "-", "/", "aged", "for",
     "but", "is", "drinks", "taking", "uses", "plus", ":", "="}
)  # fmt: skip
_WORDS = re.compile(r"[^\s;]+|;")
_APART = re.compile(r"(?<=[^\d\s]),(?=\S)|,(?=[^\d\s])")
_AGED = re.compile(r"(\d{1,3})(?:-?(f|m|w|yof|yom|yow|years?|yrs?|yo|y/o|y)(?:-?olds?)?)?")
_STAGE = re.compile(r"(\d)[ab]?", re.IGNORECASE)
_NUMBER = re.compile(r"[<>~]?\d\S*")
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
    names = names_of(network)
    words, ends = _words(text, names)
    reader = _Reader(network, words, ends, names)
    reader.read()
    rest = tuple(NotRead(reader.text(one.start, one.end), one.why) for one in reader.rest)
    return Line(tuple(reader.said.values()), rest)


def _words(text: str, names: Collection[str]) -> tuple[list[str], dict[int, str]]:
    """The words of a line, and at which of them a comma or a semicolon stands behind."""
    words: list[str] = []
    ends: dict[int, str] = {}
    for raw in _WORDS.findall(_APART.sub(", ", text)):
        word = raw.strip(",;")
        asked = word.startswith("?"), word.endswith("?")
        word = word.strip("?!")
        word = word if word.endswith("..") else word.rstrip(".")
        words += ["?"] if asked[0] else []
        known = [part for part in word.split("/") if spoken(part) in names or spoken(part) in ATC]
        both = len(known) > 1 and "/".join(known) == word  # HCTZ/lisinopril
        words += [p for w in (known if both else [word]) if w for p in parts_of(w, names)]
        words += ["?"] if asked[1] and not (asked[0] and not word) else []
        stop = raw.rstrip("?!").endswith(".") and word.casefold() != "approx"
        if words and (raw == ";" or stop or raw.endswith(",")):
            ends[len(words) - 1] = "," if raw.endswith(",") else ";"
    return words, ends


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
class _Left:
    """A run of words that are no finding, and why."""

    start: int
    end: int
    why: str


@dataclass(slots=True)
class _Reader:
    """Goes along the words, the longest name first."""

    network: Network
    words: list[str]
    ends: Mapping[int, str]
    names: dict[str, list[str]]
    said: dict[str, Said] = field(default_factory=dict)
    rest: list[_Left] = field(default_factory=list)
    states: dict[str, list[tuple[str, str]]] = field(init=False)
    codes: Codes = field(init=False)
    begin: int = 0  # the first word of the finding that is read
    denied: bool = False  # whether the last finding was said not to be so
    turned: tuple[int, str] | None = None  # where a word stands by which what follows may not be so

    def __post_init__(self) -> None:
        self.states = states_of(self.network)
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

    # -- along the words ------------------------------------------------------------------------

    def read(self) -> None:
        place = 0
        while place < len(self.words):
            word = self.words[place].casefold()
            if word in BUT:
                self.denied = False
            before = place
            filler = word in FILLERS and not self._name_at(place)[0]
            place += 1 if filler else self._next(place)
            if any(self.ends.get(k) == ";" for k in range(before, place)):
                self.denied = False
            if any(k in self.ends for k in range(before, place)):
                self.turned = None

    def text(self, start: int, end: int) -> str:
        """Words of the line."""
        return " ".join(self.words[start:end])

    def _word(self, place: int) -> str:
        return self.words[place].casefold() if 0 <= place < len(self.words) else ""

    def _name_at(self, place: int) -> tuple[int, str]:
        """How many words here are the longest name that is known, and that name."""
        for length in range(min(LONGEST, len(self.words) - place), 0, -1):
            if any(self.ends.get(k) == ";" for k in range(place, place + length - 1)):
                continue
            phrase = spoken(self.text(place, place + length))
            known = phrase in self.names or phrase in self.states or phrase in ATC
            if known or self._groups(phrase) or phrase in UNCERTAIN:
                return length, phrase
            if length == 1 and _named_so(phrase):
                return length, phrase
        return 0, ""

    def _next(self, place: int) -> int:
        """Read what stands here; how many words that takes."""
        word = self._word(place)
        if word in NOT or (word in OR and self.denied):
            return self._negated(place)
        given = dose(self.words[place:])
        if given is not None and given.unit and given.unit != "units":
            return sum(self._unknown(place + k) for k in range(given.words))
        turn = BEFORE.get(word)
        length, phrase = self._name_at(place)
        if turn and not length:
            if self.turned is None:
                self.turned = (place, turn)
            elif self.turned[1] == PAST:
                self.turned = (self.turned[0], turn)
            return self._unknown(place)
        if length:
            return self._finding(place, place, length, phrase, negated=False)
        return self._person(place) or self._pair(place) or self._span(place)

    def _span(self, place: int) -> int:
        """What is not understood; the years of a time are no age."""
        of_years = self._word(place).isdigit() and self._word(place + 1) in YEARS
        return sum(self._unknown(place + k) for k in range(1 + of_years))

    def _negated(self, place: int) -> int:
        """``no``, and what it denies; where that is not understood, it may deny what comes after it."""
        start = place + 1
        while self._word(start) in BEHIND_NOT and not self._name_at(start)[0]:
            start += 1
        length, phrase = self._name_at(start)
        if length:
            return self._finding(place, start, length, phrase, negated=True)
        past = next((k for k in (start, start + 1) if BEFORE.get(self._word(k)) == PAST), None)
        if past is not None:  # no history of
            start = past + 1
            while self._word(start) in BEHIND_NOT and not self._name_at(start)[0]:
                start += 1
            length, phrase = self._name_at(start)
            if length:
                return self._finding(place, start, length, phrase, negated=True)
        self.turned = (place, "say what of it is not so")
        return self._unknown(place)

    def _finding(self, place: int, start: int, length: int, phrase: str, *, negated: bool) -> int:
        """What is known by a name, from a negation before it on."""
        self.begin, count = place, len(self.rest)
        code = ATC.get(phrase) or (_named_so(phrase) if length == 1 else None)
        if phrase in UNCERTAIN and not self._is_dosed(start + length):
            self._left(start, start + length, f"may be {' or '.join(UNCERTAIN[phrase])}")
            taken = length
        elif groups := self._groups(phrase):
            taken = self._of_groups(start, length, groups)
        elif phrase in UNCERTAIN:
            taken = self._medicine(start, length, ATC[UNCERTAIN[phrase][0]], negated)
        elif code and (phrase not in self.names or self.codes.find("ATC", code)):
            taken = self._medicine(start, length, code, negated)
        elif phrase in self.names:
            taken = self._named(start, length, phrase, negated)
        else:
            taken = self._stated(start, length, self.states[phrase], negated)
        for one in self.rest[count:] if negated else ():
            one.start = place if one.start == start else one.start
        self.denied = negated or (self.denied and self._asked(start))
        return start - place + taken

    def _asked(self, start: int) -> bool:
        """Whether what stands here was handed back, because it may be denied, too."""
        return bool(self.rest) and self.rest[-1].start <= start and self.rest[-1].why == DENIED

    # -- what is not understood -----------------------------------------------------------------

    def _unknown(self, place: int) -> int:
        end = place + 1
        last = self.rest[-1] if self.rest else None
        between = range(last.end, place) if last else range(0)
        near = (
            last is not None
            and last.why == UNKNOWN
            and all(self._word(k) in FILLERS for k in between)
            and not any(k in self.ends for k in range(last.end - 1, place))
        )
        if last is not None and near:
            last.end = end
        else:
            start = place
            while start and self._loose(start - 1):
                start -= 1
            self.rest.append(_Left(start, end, UNKNOWN))
        return 1

    def _loose(self, place: int) -> bool:
        """Whether a word belongs to what follows it: ``for 3 weeks``."""
        return self._word(place) in ("for", "drinks", "in") and place not in self.ends

    def _left(self, start: int, end: int, why: str) -> int:
        self.rest.append(_Left(start, end, why))
        return end - start

    def _taken_back(self, start: int, count: int) -> None:
        """Words at the end of what was not understood, that are understood now."""
        last = self.rest[-1] if self.rest else None
        if last is not None and last.end == start:
            last.end -= count
            if last.end <= last.start or all(
                self._word(k) in FILLERS for k in range(last.start, last.end)
            ):
                self.rest.pop()

    # -- findings -------------------------------------------------------------------------------

    def _enter(self, start: int, end: int, name: str, value: str) -> None:
        text = self.text(start, end)
        earlier = self.said.get(name)
        if earlier is None or earlier.value == value:
            told = text if earlier is None else f"{earlier.text}, {text}"
            self.said[name] = Said(told, name, value)
            return
        both = self.codes.together(name)
        usual = self._variable(name).usual
        if both is not None and usual not in (value, earlier.value):
            self.said[name] = Said(f"{earlier.text}, {text}", name, both)
        else:
            label = self._variable(name).label or name
            self._left(start, end, f"{label} was said before, otherwise")

    def _inferred(self, start: int, end: int, name: str, value: str, *, negated: bool) -> int:
        """Enter what is there by its name alone, unless words around it say that it may not be so."""
        why, first, last = "", start, end
        if self.turned is not None:
            first, why = self.turned
        elif self._word(start - 1) not in SINCE and (behind := self._turned_behind(end)):
            last, why = behind
        if why == PAST and not negated:
            earlier = self._earlier(start, end)
            if earlier is not None:
                name, value, why = earlier.name, earlier.unusual[0], ""
            elif name in self.network.variables and value in dict(self._variable(name).lasting):
                why = ""
        elif not why and self.denied and not negated and self._word(start - 1) not in OR:
            why = DENIED
        if why:
            if first < start and self.rest and self.rest[-1].start >= first:
                first = self.rest.pop().start
            self._left(first, last, why)
        else:
            if first < start and self.rest and self.rest[-1].end > first:
                self.rest.pop()
            self._enter(first, last, name, value)
        self.turned = None
        return last - end

    def _earlier(self, start: int, end: int) -> Variable | None:
        """The variable that asks whether something was so before: ``previous DVT``."""
        for before in ("previous", "past", "history of"):
            found = self.names.get(spoken(f"{before} {self.text(start, end)}"), ())
            if len(found) == 1 and self._variable(found[0]).card == 2:
                return self._variable(found[0])
        return None

    def _turned_behind(self, end: int) -> tuple[int, str] | None:
        """The end of words behind a finding by which it may not be so, and what is to be said."""
        for k in range(end, min(end + FAR, len(self.words))):
            word = self._word(k)
            if k - 1 in self.ends or word in SINCE or (k > end and self._name_at(k)[0]):
                return None
            two = f"{word} {self._word(k + 1)}"
            if two in AFTER_TWO:
                return k + 2, AFTER_TWO[two]
            if word in AFTER:
                return k + 1, AFTER[word]
            if is_year(word):
                return k + 1, PAST
        return None

    def _variable(self, name: str) -> Variable:
        return self.network.variable(name)

    def _named(self, start: int, length: int, phrase: str, negated: bool) -> int:
        """A variable by its name: with a number, a state, a negation, or as what is there."""
        found, after = self.names[phrase], start + length
        measured = [name for name in found if self._reading(name) is not None]
        others = [name for name in found if name not in measured]
        if negated and (said := self._denied_value(start, length, found)):
            return said
        given = dose(self.words[after:]) if others else None
        if measured and not (given and given.unit and self._no_unit(measured[0], given.unit)):
            taken = self._measured(start, after, measured[0])
            if taken:
                return length + taken
        for name in () if negated else (*others, *measured):
            taken = self._with_state(start, length, self._variable(name))
            if taken:
                return taken
        found = others or found
        if len(found) > 1:
            labels = " or ".join(self._variable(name).label or name for name in found)
            return self._left(start, after, f"may be {labels}")
        variable = self._variable(found[0])
        taken = 0 if negated else self._numbered(start, length, phrase, variable)
        if taken:
            return taken
        if not others:
            named = None if negated else state_in_name(variable, phrase)
            if named is not None:
                return length + self._inferred(start, after, variable.name, named, negated=False)
            return self._left(start, after, "no value")
        return self._there(start, length, phrase, variable, negated)

    def _denied_value(self, start: int, length: int, found: Sequence[str]) -> int:
        """``not K low``: what it is instead has to be said; 0 where no value or state is said."""
        after = start + length
        if after - 1 in self.ends or after >= len(self.words):
            return 0
        number = any(self._reading(n) for n in found) and read_quantity(self._word(after))
        if number or any(state_of(self._variable(n), self._word(after)) for n in found):
            self._left(start, after + 1, "say what it is instead")
            return length + 1
        return 0

    def _no_unit(self, name: str, unit: str) -> bool:
        reading = self._reading(name)
        assert reading is not None
        try:
            reading.spelled(unit, name)
        except EtiographError:
            return True
        return False

    def _with_state(self, start: int, length: int, variable: Variable) -> int:
        """``K low``, ``low K``, ``CKD 3``: a state behind the name or before it; words taken from the name on."""
        after = start + length
        for further in range(min(4, len(self.words) - after), 0, -1):
            if any(self.ends.get(k) == ";" for k in range(after - 1, after + further - 1)):
                continue
            text = self.text(after, after + further)
            state = None if text.casefold() in NOT else state_of(variable, text)
            if state is not None:
                self._enter(start, after + further, variable.name, state)
                return length + further + self._with_dose(variable, after + further)
        taken, staged = self._stage(variable, after)
        if staged is not None:
            self._enter(start, after + taken, variable.name, staged)
            return length + taken
        before = self._word(start - 1)
        state = state_of(variable, before) if before and before not in NOT else None
        if state is not None and self.rest and self.rest[-1].end == start:
            self._taken_back(start, 1)
            self._enter(start - 1, after, variable.name, state)
            return length
        return 0

    def _numbered(self, start: int, length: int, phrase: str, variable: Variable) -> int:
        """A name with a number that is no measured value: an age, weeks, a filtration rate; 0 if none."""
        after = start + length
        if named_age(variable) and self._word(after)[:1].isdigit():
            taken = self._person(after)
            return length + taken if taken else 0
        if phrase in GFR:
            return self._of_kidney(start, after, variable)
        if tells_weeks(variable):
            behind = weeks(self.words[after : after + 2])
            before = next(
                (
                    w
                    for k in (2, 1)
                    if k <= start and (w := weeks(self.words[start - k : start])) and w[0] == k
                ),
                None,
            )
            told = behind or before
            if told is not None:
                first, last = (start, after + told[0]) if behind else (start - told[0], after)
                if not behind:
                    self._taken_back(start, told[0])
                state = in_pregnancy(variable, phrase, told[1])
                if state is None:
                    self._left(first, last, which(variable, variable.states))
                else:
                    self._enter(first, last, variable.name, state)
                return last - start
        return 0

    def _of_kidney(self, start: int, after: int, variable: Variable) -> int:
        """A filtration rate, as the stage of kidney disease that it is."""
        at = after + (self._word(after) in VERBS)
        number = self._word(at)
        if read_quantity(number) is None:
            return self._left(start, after, "no value")
        end, stage = at + 1, kidney_stage(number)
        while end < len(self.words) and re.match(r"/?(ml/|1[.,]73|m2|m²|min)", self._word(end)):
            end += 1
        state = self._of_stage(variable, str(stage)) if stage else None
        if state is not None:
            self._enter(start, end, variable.name, state)
        elif stage in (1, 2):
            label = variable.label or variable.name
            self._left(start, end, f"not low: alone it neither shows nor excludes {label}")
        else:
            told = f"stage {stage} of kidney disease; " if stage else ""
            self._left(start, end, told + which(variable, variable.states))
        return end - start

    def _stage(self, variable: Variable, place: int) -> tuple[int, str | None]:
        """The one state in whose name a number stands that is said behind a variable: ``CKD 3``."""
        at = place + (self._word(place) in ("stage", "grade"))
        found = _STAGE.fullmatch(self._word(at))
        return at + 1 - place, None if found is None else self._of_stage(variable, found[1])

    def _of_stage(self, variable: Variable, number: str) -> str | None:
        if variable.card == 2 or tells_doses(variable) or tells_weeks(variable):
            return None
        labels = dict(variable.state_labels)
        named = [s for s in variable.states if number in re.findall(r"\d+", labels.get(s, s))]
        return named[0] if len(named) == 1 else None

    def _there(
        self, start: int, length: int, phrase: str, variable: Variable, negated: bool
    ) -> int:
        """What is there, or not; where it can be there in several ways, that has to be said."""
        after = start + length
        taken, given = self._dose_behind(variable, after)
        end = after + taken
        if variable.named_usual is None and not variable.usual_is_nothing and not given:
            return self._left(start, after, which(variable, variable.states))
        if negated:
            self._inferred(self.begin, end, variable.name, variable.usual, negated=True)
            return length + taken
        if given is not None and tells_doses(variable):
            state = dosed(variable, given)
            if state is None:
                return self._left(start, end, which(variable, variable.states))
            self._enter(start, end, variable.name, state)
            return length + taken
        if not taken and self._is_number(after):
            return self._left(start, after + 1, NUMBER)
        state = state_in_name(variable, phrase)
        if len(variable.unusual) == 1 or state is not None:
            value = state or variable.unusual[0]
            more = self._inferred(start, after, variable.name, value, negated=False)
            if taken:
                self._left(after, end, DOSE)
            return length + max(taken, more)
        return self._left(start, end, which(variable, variable.unusual))

    def _is_number(self, place: int) -> bool:
        """Whether a number stands here that belongs to the word before it."""
        if place - 1 in self.ends or _NUMBER.fullmatch(self._word(place)) is None:
            return False
        after = self._word(place + 1)
        known = after in SEX.keys() | YEARS | TIMES | {"a", "per"} or is_year(self._word(place))
        known = known or "/d" in self._word(place)
        return (
            not known
            and weeks(self.words[place : place + 2]) is None
            and not _aged(self._word(place))
        )

    def _dose_behind(self, variable: Variable, place: int) -> tuple[int, Dose | None]:
        """The dose behind a medicine, and how many words it takes."""
        given = dose(self.words[place:]) if variable.role == "medicine" else None
        if given is None or place - 1 in self.ends:
            return 0, None
        return given.words, given

    def _with_dose(self, variable: Variable, place: int) -> int:
        """Say of a dose that it is not asked about; the words it takes."""
        taken, _ = self._dose_behind(variable, place)
        return self._left(place, place + taken, DOSE) if taken else 0

    def _is_dosed(self, place: int) -> bool:
        given = dose(self.words[place:])
        return given is not None and bool(given.unit)

    def _stated(
        self, start: int, length: int, found: Sequence[tuple[str, str]], negated: bool
    ) -> int:
        """A state that only one variable has, such as cirrhosis."""
        name, state = found[0]
        variable, end = self._variable(name), start + length
        if not negated:
            more = self._inferred(start, end, name, state, negated=False)
            again, phrase = self._name_at(end)  # a loop diuretic
            if not more and again and phrase in (spoken(name), spoken(variable.label)):
                more = again
            return length + (more or self._with_dose(variable, end))
        if variable.card == 2:
            other = next(s for s in variable.states if s != state)
            self._enter(self.begin, end, name, other)
        else:
            self._left(self.begin, end, f"what instead? {which(variable, variable.states)}")
        return length

    # -- medicines ------------------------------------------------------------------------------

    def _groups(self, phrase: str) -> tuple[str, ...]:
        return GROUPS.get(phrase) or GROUPS.get(phrase.removesuffix("s")) or ()

    def _of_groups(self, start: int, length: int, groups: tuple[str, ...]) -> int:
        """``BP tablets``: one of several medicines, some of which are asked about."""
        labels = [self._variable(name).label or name for name in self.codes.within("ATC", groups)]
        said = (
            f"may be {', '.join(labels)} or another"
            if labels
            else "a kind this network does not ask about"
        )
        return self._left(start, start + length, f"{said}: name the medicine")

    def _medicine(self, start: int, length: int, code: str, negated: bool) -> int:
        """A medicine by its ATC group."""
        after = start + length
        coded = self.codes.find("ATC", code)
        if not coded:
            given = dose(self.words[after:]) if after - 1 not in self.ends else None
            end = after + (given.words if given else 0)
            return self._left(start, end, "a medicine this network does not ask about")
        for one in coded:
            variable = self._variable(one.variable)
            taken, given = self._dose_behind(variable, after)
            end = after + taken
            state = dosed(variable, given) if given and tells_doses(variable) else None
            if (
                negated
                and len(variable.unusual) == 1
                and spoken(self.text(start, after)) == spoken(variable.label)
            ):
                self._enter(self.begin, after, one.variable, variable.usual)
            elif negated:
                self._left(start, end, f"another {variable.label or one.variable} may be taken")
            elif state is not None:
                self._enter(start, end, one.variable, state)
            elif len(one.states) == 1:
                more = self._inferred(start, after, one.variable, one.states[0], negated=False)
                if taken:
                    self._left(after, end, DOSE)
                taken = max(taken, more)
            else:
                said = which(variable, one.states or variable.unusual)
                self._left(start, end, f"{variable.label}: {said}")
        return length + taken

    # -- numbers --------------------------------------------------------------------------------

    def _reading(self, name: str) -> Reading | None:
        mechanism = self.network.mechanisms.get(name)
        return mechanism if isinstance(mechanism, Reading) else None

    def _measured(self, start: int, after: int, name: str) -> int:
        """A measured value behind a name, with words such as "is" between; words taken, 0 if none is."""
        at = after
        while self._word(at) in VERBS and at - after < 2:
            at += 1
        if at >= len(self.words) or any(k in self.ends for k in range(after - 1, at)):
            return 0
        taken = self._number(start, at, name)
        if taken:
            before = self._word(start - 1)
            if before and state_of(self._variable(name), before) is not None:
                self._taken_back(start, 1)  # "low Mg 0.55": the number says it
            self.turned = None
            return at - after + taken
        return 0

    def _number(self, start: int, at: int, name: str) -> int:
        reading, variable = self._reading(name), self._variable(name)
        assert reading is not None
        here = self.words[at].lstrip("=:")
        if read_quantity(here) is None or is_year(here):
            return 0
        for taken in (2, 1):
            text = " ".join([here, *self.words[at + 1 : at + taken]])
            if taken == 2 and (at + 1 >= len(self.words) or at in self.ends):
                continue
            try:
                found = measured_text(text, variable, reading, reading.unit)
                spelled = reading.spelled(found.unit or reading.unit, name)
                value = f"{found.side}{found.value:.10g} {spelled}".strip()
                understood(self.network, name, value)
            except EtiographError as error:
                if taken == 1:
                    self._left(start, at + 1, _refused(reading, here, error))
                    return 1
                continue
            bare = not read_quantity(text) or not read_quantity(text).unit  # type: ignore[union-attr]
            other = other_unit(reading, variable, found.value) if bare and not found.side else None
            if other is not None:
                self._left(start, at + taken, other)
            else:
                self._enter(start, at + taken, name, value)
            return taken
        return 0

    # -- the person -----------------------------------------------------------------------------

    def _person(self, place: int) -> int:
        """Age and sex: ``82``, ``82f``, ``82 years old``, ``f 82``, ``woman``."""
        word = self._word(place)
        years = self._by_states(named_age)
        sex = self._by_states(lambda v: {"female", "male"} <= {s.casefold() for s in v.states})
        if sex is not None and word in SEX and (word not in LETTERS or self._beside_age(place)):
            self._enter(place, place + 1, sex.name, _of_sex(sex, SEX[word]))
            return 1
        aged = _AGED.fullmatch(word)
        if aged is None or years is None or int(aged[1]) > OLDEST or not self._is_age(place, aged):
            return 0
        state = age_state(years, float(aged[1]))
        if state is None:
            return 0
        taken = 1
        while place + taken < len(self.words) and self._word(place + taken) in YEARS:
            taken += 1
        self._enter(place, place + taken, years.name, state)
        letter = (aged[2] or "")[-1:]
        if sex is not None and letter in LETTERS:
            self._enter(place, place + 1, sex.name, _of_sex(sex, SEX[letter]))
        return taken

    def _is_age(self, place: int, aged: re.Match[str]) -> bool:
        """Whether a number is said of a person, and not of the word before it."""
        before, after = self._word(place - 1), self._word(place + 1)
        told = (aged[2] or "").rstrip("s")
        beside = place - 1 not in self.ends and (before in SEX or before in ("age", "aged"))
        spoken_for = beside or (after in SEX and place not in self.ends)
        if spoken_for or told[-1:] in LETTERS or told in ("yo", "y/o") or after in ("yo", "y/o"):
            return True
        if told or after in YEARS:  # 72 years old; 20 years of something is no age
            old = (
                "old" in (self._word(place + 2), self._word(place + 3))
                or "old" in self.words[place]
            )
            last = place + (after in YEARS)
            ends = last in self.ends or last + 1 >= len(self.words) or self._word(last + 1) in SEX
            return old or after == "old" or (place == 0 and ends)
        if place in self.ends or not after:
            return place == 0
        return place == 0 and len(aged[1]) > 1 and after not in TIMES | DOSES | {"%"}

    def _beside_age(self, place: int) -> bool:
        before, after = self._word(place - 1), self._word(place + 1)
        near = before in YEARS or _AGED.fullmatch(before) or _AGED.fullmatch(after)
        return bool(near) or len(self.words) == 1

    def _by_states(self, wanted: Callable[[Variable], bool]) -> Variable | None:
        found = [v for v in self.network.variables.values() if wanted(v)]
        return found[0] if len(found) == 1 else None

    def _pair(self, place: int) -> int:
        """``name=state``, as on the command line."""
        if "=" not in self.words[place].strip("="):
            return 0
        try:
            for name, value in read_words(self.network, [self.words[place]]).items():
                understood(self.network, name, value)
                self._enter(place, place + 1, name, str(value))
        except EtiographError as error:
            return self._left(place, place + 1, str(error))
        return 1


def _aged(word: str) -> bool:
    found = _AGED.fullmatch(word)
    return found is not None and found[2] is not None


def _of_sex(sex: Variable, told: str) -> str:
    return next(s for s in sex.states if s.casefold() == told)


def _refused(reading: Reading, text: str, error: EtiographError) -> str:
    """Why a number is no value of a reading, and in which other units it would be one."""
    found = read_quantity(text)
    others = [u for u in reading.units_for(found.values[0]) if u != reading.unit] if found else []
    if isinstance(error, UnknownUnit):
        return f"a unit that is not known here; units: {', '.join((reading.unit, *reading.units))}"
    why = str(error).partition(": ")[2] or str(error)
    if others and found and not found.unit:
        return f"{why.partition(';')[0]}; in {' or '.join(others)}? then write the unit"
    return why


def other_unit(reading: Reading, variable: Variable, value: float) -> str | None:
    """What is asked of a number without a unit that fits another unit better, and means another state there.

    It fits where it lies no further than four standard deviations from the mean without any cause.
    """

    def far(canonical: float) -> float:
        scale = log if reading.distribution == "lognormal" else float
        return abs(scale(canonical) - scale(float(value_of(reading.mean)))) / float(
            value_of(reading.sd)
        )

    state = reading.bin_of(value, variable)
    for unit in reading.units_for(value):
        canonical = reading.converted(value, unit, reading.unit, variable.name)
        there = reading.bin_of(canonical, variable)
        if there != state and far(canonical) < min(far(value), 4.0):
            labels = variable.state_label(state), variable.state_label(there)
            return f"{reading.unit} ({labels[0]}) or {unit} ({labels[1]})? write the unit"
    return None
