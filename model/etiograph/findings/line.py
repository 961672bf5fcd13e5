"""One line as it is said at the bedside, ``82 f furosemide K 3,1``, read as findings to confirm.

Names are those of the network (label, name, synonyms), of states that only one variable has, and of
medicines by the ATC groups that the model file states. Nothing is guessed: what is not understood, or
could be several things, is handed back with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from etiograph.errors import EtiographError
from etiograph.findings.fhir.codes import Codes
from etiograph.findings.line_values import DOSE, Values
from etiograph.findings.line_walk import FILLERS, Said, beginning, named_so
from etiograph.findings.medicines import ATC, UNCERTAIN
from etiograph.findings.speech import (
    BEFORE,
    BEHIND_NOT,
    BUT,
    DENIED,
    NOT,
    OR,
    PAST,
    YEARS,
    dose,
    dosed,
    tells_doses,
    which,
)
from etiograph.findings.text import read_words
from etiograph.findings.vocabulary import (
    SIDES,
    names_of,
    parts_of,
    spoken,
    state_in_name,
    state_of,
)
from etiograph.network.finding import understood
from etiograph.network.quantity import read_quantity
from etiograph.network.value import value_type

if TYPE_CHECKING:
    from etiograph.network.network import Network
    from etiograph.network.variable import Variable

NUMBER = "no number is asked for here: say whether it is there, or which"
_WORDS = re.compile(r"[^\s;]+|;")
_SIGN = re.compile(r"([<>≤≥])\s+(?=\d)")
_APART = re.compile(r"(?<=[^\d\s]),(?=\S)|,(?=[^\d\s])")


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
        a decimal comma. A number is an age at the beginning, beside a sex or before "years old"; else
        it belongs to the word before it.

    Examples
    --------
    >>> import etiograph as eg
    >>> read_line(eg.load("leg_cramps"), "82 f furosemide K 3,1").findings
    {'age': '65_and_over', 'sex': 'female', 'diuretic': 'loop', 'serum_potassium': '3.1 mmol/L'}
    """
    names = names_of(network)
    words, ends = _words(text, names)
    reader = _LineReader(network, words, ends, names)
    reader.read()
    rest = tuple(NotRead(reader.text(one.start, one.end), one.why) for one in reader.rest)
    return Line(tuple(reader.said.values()), rest)


def _words(text: str, names: Collection[str]) -> tuple[list[str], dict[int, str]]:
    """The words of a line, and at which of them a comma or a semicolon stands behind."""
    words: list[str] = []
    ends: dict[int, str] = {}
    for raw in _WORDS.findall(_APART.sub(", ", _SIGN.sub(r"\1", text))):
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
    return _beside_each_other(words, ends, names)


def _beside_each_other(
    words: list[str], ends: dict[int, str], names: Collection[str]
) -> tuple[list[str], dict[int, str]]:
    """Names whose words stand apart: ``swollen right leg`` is a right swollen leg, ``swollen warm calf`` both."""
    out: list[str] = []
    stops: dict[int, str] = {}
    place = 0
    while place < len(words):
        last = _other_half(words, ends, names, place)
        told = words[place:last]
        out += [word for word in told if word.casefold() in SIDES]
        for word in told:
            if spoken(f"{word} {words[last]}") in names:
                out += [word, words[last]]
            elif word.casefold() not in SIDES:
                out.append(word)
        if last == place:
            out.append(words[place])
        if last in ends:
            stops[len(out) - 1] = ends[last]
        place = last + 1
    return out, stops


def _other_half(
    words: list[str], ends: Mapping[int, str], names: Collection[str], place: int
) -> int:
    """Where the second word of a name stands whose first one is here, with others between; else here."""
    for last in range(place + 2, min(place + 4, len(words))):
        between = words[place + 1 : last]
        if any(k in ends for k in range(place, last)) or not all(w.isalpha() for w in between):
            break
        pairs = [f"{words[place]} {between[0]}", " ".join(words[place : last + 1]), *between]
        if any(spoken(said) in names or spoken(said) in ATC for said in pairs):
            break
        if spoken(f"{words[place]} {words[last]}") in names:
            return last
    return place


def medicine(network: Network, name: str) -> tuple[str, ...]:
    """The variables that ask about a medicine, by its name or how that begins (three letters or more).

    None where it is unknown or not asked about. By a beginning, of the medicines that begin so.
    """
    told = spoken(name)
    named = (told,) if told in ATC else beginning(told)
    codes = Codes.of(network)
    return tuple(dict.fromkeys(one.variable for n in named for one in codes.find("ATC", ATC[n])))


@dataclass(slots=True)
class _LineReader(Values):
    """Goes along the words, the longest name first."""

    # -- along the words ------------------------------------------------------------------------

    def read(self) -> None:
        place = 0
        while place < len(self.words):
            word = self.words[place].casefold()
            if word in BUT:
                self.denied = False
            before = place
            filler = word in FILLERS and not self.name_at(place)[0]
            place += 1 if filler else self._next(place)
            if any(self.ends.get(k) == ";" for k in range(before, place)):
                self.denied = False
            if any(k in self.ends for k in range(before, place)):
                self.turned = None

    def _next(self, place: int) -> int:
        """Read what stands here; how many words that takes."""
        word = self.word(place)
        if word in NOT or (word in OR and self.denied):
            return self._negated(place)
        given = dose(self.words[place:])
        if given is not None and given.unit and given.unit != "units":
            return sum(self.unknown(place + k) for k in range(given.words))
        turn = BEFORE.get(word)
        length, phrase = self.name_at(place)
        if turn and not length:
            if self.turned is None:
                self.turned = (place, turn)
            elif self.turned[1] == PAST:
                self.turned = (self.turned[0], turn)
            return self.unknown(place)
        if length:
            return self._finding(place, place, length, phrase, negated=False)
        return self.person(place) or self._pair(place) or self._span(place)

    def _span(self, place: int) -> int:
        """What is not understood; the years of a time are no age."""
        of_years = self.word(place).isdigit() and self.word(place + 1) in YEARS
        return sum(self.unknown(place + k) for k in range(1 + of_years))

    def _negated(self, place: int) -> int:
        """``no``, and what it denies; where that is not understood, it may deny what comes after it."""
        start = place + 1
        while self.word(start) in BEHIND_NOT and not self.name_at(start)[0]:
            start += 1
        length, phrase = self.name_at(start)
        if length:
            return self._finding(place, start, length, phrase, negated=True)
        past = next((k for k in (start, start + 1) if BEFORE.get(self.word(k)) == PAST), None)
        if past is not None:  # no history of
            start = past + 1
            while self.word(start) in BEHIND_NOT and not self.name_at(start)[0]:
                start += 1
            length, phrase = self.name_at(start)
            if length:
                return self._finding(place, start, length, phrase, negated=True)
        self.turned = (place, "say what of it is not so")
        return self.unknown(place)

    def _finding(self, place: int, start: int, length: int, phrase: str, *, negated: bool) -> int:
        """What is known by a name, from a negation before it on."""
        self.begin, count = place, len(self.rest)
        code = ATC.get(phrase) or (named_so(phrase) if length == 1 else None)
        if phrase in UNCERTAIN and not self.is_dosed(start + length):
            self.left(start, start + length, f"may be {' or '.join(UNCERTAIN[phrase])}")
            taken = length
        elif groups := self.groups(phrase):
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
        open_ = self._asked(start) or self.came_with(start) in self.names.get(phrase, ())
        self.denied = negated or (self.denied and open_)
        return start - place + taken

    def _asked(self, start: int) -> bool:
        """Whether what stands here was handed back, because it may be denied, too."""
        return bool(self.rest) and self.rest[-1].start <= start and self.rest[-1].why == DENIED

    # -- findings -------------------------------------------------------------------------------

    def _named(self, start: int, length: int, phrase: str, negated: bool) -> int:
        """A variable by its name: with a number, a state, a negation, or as what is there."""
        found, after = self.names[phrase], start + length
        measured = [name for name in found if self.reading(name) is not None]
        others = [name for name in found if name not in measured]
        if negated and (said := self._denied_value(start, length, found)):
            return said
        given = dose(self.words[after:]) if others else None
        if measured and not (given and given.unit and self.no_unit(measured[0], given.unit)):
            taken = self.measured(start, after, measured[0])
            if taken:
                return length + taken
        for name in () if negated else (*others, *measured):
            taken = self._with_state(start, length, self.variable(name))
            if taken:
                return taken
        found = others or found
        if len(found) > 1:
            labels = " or ".join(self.variable(name).label or name for name in found)
            return self.left(start, after, f"may be {labels}")
        variable = self.variable(found[0])
        taken = 0 if negated else self.numbered(start, length, phrase, variable)
        if taken:
            return taken
        if not others:
            named = None if negated else state_in_name(variable, phrase)
            if named is not None:
                return length + self.inferred(start, after, variable.name, named, negated=False)
            return self.left(start, after, "no value")
        return self._there(start, length, phrase, variable, negated)

    def _denied_value(self, start: int, length: int, found: Sequence[str]) -> int:
        """``not K low``: what it is instead has to be said; 0 where no value or state is said."""
        after = start + length
        if after - 1 in self.ends or after >= len(self.words):
            return 0
        number = any(self.reading(n) for n in found) and read_quantity(self.word(after))
        if number or any(state_of(self.variable(n), self.word(after)) for n in found):
            self.left(start, after + 1, "say what it is instead")
            return length + 1
        return 0

    def _with_state(self, start: int, length: int, variable: Variable) -> int:
        """``K low``, ``low K``, ``CKD 3``: a state behind the name or before it; words taken from the name on."""
        after = start + length
        for further in range(min(4, len(self.words) - after), 0, -1):
            if any(self.ends.get(k) == ";" for k in range(after - 1, after + further - 1)):
                continue
            text = self.text(after, after + further)
            state = None if text.casefold() in NOT else state_of(variable, text)
            if state is not None:
                self.enter(start, after + further, variable.name, state)
                return length + further + self.with_dose(variable, after + further)
        taken, staged = self.stage(variable, after)
        if staged is not None:
            self.enter(start, after + taken, variable.name, staged)
            return length + taken
        before = self.word(start - 1)
        state = state_of(variable, before) if before and before not in NOT else None
        if state is not None and self.rest and self.rest[-1].end == start:
            if self.turned is not None:  # no left leg swelling
                first, why = self.turned
                self.rest.pop()
                self.turned = None
                return self.left(first, after, why) - (start - first)
            self.taken_back(start, 1)
            self.enter(start - 1, after, variable.name, state)
            return length
        return 0

    def _there(
        self, start: int, length: int, phrase: str, variable: Variable, negated: bool
    ) -> int:
        """What is there, or not; where it can be there in several ways, that has to be said."""
        after = start + length
        taken, given = self.dose_behind(variable, after)
        end = after + taken
        if variable.named_usual is None and not variable.usual_is_nothing and not given:
            return self.left(start, after, which(variable, variable.states))
        if negated:
            self.inferred(self.begin, end, variable.name, variable.usual, negated=True)
            return length + taken
        if given is not None and tells_doses(variable):
            state = dosed(variable, given)
            if state is None:
                return self.left(start, end, which(variable, variable.states))
            self.enter(start, end, variable.name, state)
            return length + taken
        if not taken and self.is_number(after):
            return self.left(start, after + 1, NUMBER)
        state = state_in_name(variable, phrase)
        if len(variable.unusual) == 1 or state is not None:
            value = state or variable.unusual[0]
            more = self.inferred(start, after, variable.name, value, negated=False)
            if taken:
                self.left(after, end, DOSE)
            return length + max(taken, more)
        return self.left(start, end, which(variable, variable.unusual))

    def _stated(
        self, start: int, length: int, found: Sequence[tuple[str, str]], negated: bool
    ) -> int:
        """A state that only one variable has, such as cirrhosis."""
        name, state = found[0]
        variable, end = self.variable(name), start + length
        if not negated:
            more = self.inferred(start, end, name, state, negated=False)
            again, phrase = self.name_at(end)  # a loop diuretic
            if not more and again and phrase in (spoken(name), spoken(variable.label)):
                more = again
            more = more or self.with_name(variable, start, end)
            return length + (more or self.with_dose(variable, end))
        if variable.card == 2:
            other = next(s for s in variable.states if s != state)
            self.enter(self.begin, end, name, other)
        else:
            self.left(self.begin, end, f"what instead? {which(variable, variable.states)}")
        return length

    # -- medicines ------------------------------------------------------------------------------

    def _of_groups(self, start: int, length: int, groups: tuple[str, ...]) -> int:
        """``BP tablets``: one of several medicines, some of which are asked about."""
        labels = [self.variable(name).label or name for name in self.codes.within("ATC", groups)]
        said = (
            f"may be {', '.join(labels)} or another"
            if labels
            else "a kind this network does not ask about"
        )
        return self.left(start, start + length, f"{said}: name the medicine")

    def _medicine(self, start: int, length: int, code: str, negated: bool) -> int:
        """A medicine by its ATC group."""
        after = start + length
        coded = self.codes.find("ATC", code)
        if not coded:
            given = dose(self.words[after:]) if after - 1 not in self.ends else None
            end = after + (given.words if given else 0)
            return self.left(start, end, "a medicine this network does not ask about")
        for one in coded:
            variable = self.variable(one.variable)
            taken, given = self.dose_behind(variable, after)
            end = after + taken
            state = dosed(variable, given) if given and tells_doses(variable) else None
            if (
                negated
                and len(variable.unusual) == 1
                and spoken(self.text(start, after)) == spoken(variable.label)
            ):
                self.enter(self.begin, after, one.variable, variable.usual)
            elif negated:
                self.left(start, end, f"another {variable.label or one.variable} may be taken")
            elif state is not None:
                self.enter(start, end, one.variable, state)
            elif len(one.states) == 1:
                more = self.inferred(start, after, one.variable, one.states[0], negated=False)
                if taken:
                    self.left(after, end, DOSE)
                taken = max(taken, more)
            else:
                said = which(variable, one.states or variable.unusual)
                self.left(start, end, f"{variable.label}: {said}")
        return length + taken

    # -- numbers --------------------------------------------------------------------------------

    # -- the person -----------------------------------------------------------------------------

    def _pair(self, place: int) -> int:
        """``name=state``, as on the command line."""
        if "=" not in self.words[place].strip("="):
            return 0
        try:
            for name, value in read_words(self.network, [self.words[place]]).items():
                understood(self.network, name, value)
                self.enter(place, place + 1, name, str(value))
        except EtiographError as error:
            return self.left(place, place + 1, str(error))
        return 1
