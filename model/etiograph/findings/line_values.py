"""Numbers of a line: measured values, ages, doses, weeks and stages."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING

from etiograph.errors import EtiographError, UnknownUnit
from etiograph.findings.line_walk import Walk
from etiograph.findings.medicines import ATC
from etiograph.findings.speech import (
    DOSES,
    GFR,
    LETTERS,
    SEX,
    TIMES,
    VERBS,
    YEARS,
    Dose,
    dose,
    in_pregnancy,
    is_year,
    kidney_stage,
    tells_doses,
    tells_weeks,
    weeks,
    which,
)
from etiograph.findings.vocabulary import (
    OLDEST,
    age_state,
    named_age,
    spoken,
    state_of,
    words_of,
)
from etiograph.network.finding import measured_text, understood
from etiograph.network.parameter import value_of
from etiograph.network.quantity import read_quantity
from etiograph.network.reading import Reading

if TYPE_CHECKING:
    from etiograph.network.variable import Variable


DOSE = "the dose is not asked about"
_AGED = re.compile(r"(\d{1,3})(?:-?(f|m|w|yof|yom|yow|years?|yrs?|yo|y/o|y)(?:-?olds?)?)?")
_STAGE = re.compile(r"(\d)[ab]?", re.IGNORECASE)
_NUMBER = re.compile(r"[<>~]?\d\S*")


@dataclass(slots=True)
class Values(Walk):
    """Reads what has a number."""

    def _by_states(self, wanted: Callable[[Variable], bool]) -> Variable | None:
        found = [v for v in self.network.variables.values() if wanted(v)]
        return found[0] if len(found) == 1 else None

    def person(self, place: int) -> int:
        """Age and sex: ``82``, ``82f``, ``82 years old``, ``f 82``, ``woman``."""
        word = self.word(place)
        years = self._by_states(named_age)
        sex = self._by_states(lambda v: {"female", "male"} <= {s.casefold() for s in v.states})
        if sex is not None and word in SEX and (word not in LETTERS or self._beside_age(place)):
            self.enter(place, place + 1, sex.name, _of_sex(sex, SEX[word]))
            return 1
        aged = _AGED.fullmatch(word)
        if aged is None or years is None or int(aged[1]) > OLDEST or not self._is_age(place, aged):
            return 0
        state = age_state(years, float(aged[1]))
        if state is None:
            return 0
        taken = 1
        while place + taken < len(self.words) and self.word(place + taken) in YEARS:
            taken += 1
        self.enter(place, place + taken, years.name, state)
        letter = (aged[2] or "")[-1:]
        if sex is not None and letter in LETTERS:
            self.enter(place, place + 1, sex.name, _of_sex(sex, SEX[letter]))
        return taken

    def _is_age(self, place: int, aged: re.Match[str]) -> bool:
        """Whether a number is said of a person, and not of the word before it."""
        before, after = self.word(place - 1), self.word(place + 1)
        told = (aged[2] or "").rstrip("s")
        beside = place - 1 not in self.ends and (before in SEX or before in ("age", "aged"))
        spoken_for = beside or (after in SEX and place not in self.ends)
        if spoken_for or told[-1:] in LETTERS or told in ("yo", "y/o") or after in ("yo", "y/o"):
            return True
        if told or after in YEARS:  # 72 years old; 20 years of something is no age
            old = (
                "old" in (self.word(place + 2), self.word(place + 3)) or "old" in self.words[place]
            )
            last = place + (after in YEARS)
            ends = last in self.ends or last + 1 >= len(self.words) or self.word(last + 1) in SEX
            return old or after == "old" or (place == 0 and ends)
        if place in self.ends or not after:
            return place == 0
        return place == 0 and len(aged[1]) > 1 and after not in TIMES | DOSES | {"%"}

    def _beside_age(self, place: int) -> bool:
        before, after = self.word(place - 1), self.word(place + 1)
        near = before in YEARS or _AGED.fullmatch(before) or _AGED.fullmatch(after)
        return bool(near) or len(self.words) == 1

    def measured(self, start: int, after: int, name: str) -> int:
        """A measured value behind a name, with words such as "is" between; words taken, 0 if none is."""
        at = after
        while self.word(at) in VERBS and at - after < 2:
            at += 1
        if at >= len(self.words) or any(k in self.ends for k in range(after - 1, at)):
            return 0
        taken = self._number(start, at, name)
        if taken:
            before = self.word(start - 1)
            if before and state_of(self.variable(name), before) is not None:
                self.taken_back(start, 1)  # "low Mg 0.55": the number says it
            self.turned = None
            return at - after + taken
        return 0

    def _number(self, start: int, at: int, name: str) -> int:
        reading, variable = self.reading(name), self.variable(name)
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
                    self.left(start, at + 1, _refused(reading, here, error))
                    return 1
                continue
            bare = not read_quantity(text) or not read_quantity(text).unit  # type: ignore[union-attr]
            other = other_unit(reading, variable, found.value) if bare and not found.side else None
            if other is not None:
                self.left(start, at + taken, other)
            else:
                self.enter(start, at + taken, name, value)
            return taken
        return 0

    def no_unit(self, name: str, unit: str) -> bool:
        reading = self.reading(name)
        assert reading is not None
        try:
            reading.spelled(unit, name)
        except EtiographError:
            return True
        return False

    def numbered(self, start: int, length: int, phrase: str, variable: Variable) -> int:
        """A name with a number that is no measured value: an age, weeks, a filtration rate; 0 if none."""
        after = start + length
        if named_age(variable) and self.word(after)[:1].isdigit():
            taken = self.person(after)
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
                    self.taken_back(start, told[0])
                state = in_pregnancy(variable, phrase, told[1])
                if state is None:
                    self.left(first, last, which(variable, variable.states))
                else:
                    self.enter(first, last, variable.name, state)
                return last - start
        return 0

    def _of_kidney(self, start: int, after: int, variable: Variable) -> int:
        """A filtration rate, as the stage of kidney disease that it is."""
        at = after + (self.word(after) in VERBS)
        number = self.word(at)
        if read_quantity(number) is None:
            return self.left(start, after, "no value")
        end, stage = at + 1, kidney_stage(number)
        while end < len(self.words) and re.match(r"/?(ml/|1[.,]73|m2|m²|min)", self.word(end)):
            end += 1
        state = self._of_stage(variable, str(stage)) if stage else None
        if state is not None:
            self.enter(start, end, variable.name, state)
        elif stage in (1, 2):
            label = variable.label or variable.name
            self.left(start, end, f"not low: alone it neither shows nor excludes {label}")
        else:
            told = f"stage {stage} of kidney disease; " if stage else ""
            self.left(start, end, told + which(variable, variable.states))
        return end - start

    def stage(self, variable: Variable, place: int) -> tuple[int, str | None]:
        """The one state in whose name a number stands that is said behind a variable: ``CKD 3``."""
        at = place + (self.word(place) in ("stage", "grade"))
        found = _STAGE.fullmatch(self.word(at))
        return at + 1 - place, None if found is None else self._of_stage(variable, found[1])

    def _of_stage(self, variable: Variable, number: str) -> str | None:
        if variable.card == 2 or tells_doses(variable) or tells_weeks(variable):
            return None
        labels = dict(variable.state_labels)
        named = [s for s in variable.states if number in re.findall(r"\d+", labels.get(s, s))]
        return named[0] if len(named) == 1 else None

    def is_number(self, place: int) -> bool:
        """Whether a number stands here that belongs to the word before it."""
        if place - 1 in self.ends or _NUMBER.fullmatch(self.word(place)) is None:
            return False
        after = self.word(place + 1)
        known = after in SEX.keys() | YEARS | TIMES | {"a", "per"} or is_year(self.word(place))
        known = known or "/d" in self.word(place)
        return (
            not known
            and weeks(self.words[place : place + 2]) is None
            and not _aged(self.word(place))
        )

    def dose_behind(self, variable: Variable, place: int) -> tuple[int, Dose | None]:
        """The dose behind a medicine, and how many words it takes."""
        taken = variable.role == "medicine" or any(spoken(w) in ATC for w in words_of(variable))
        given = dose(self.words[place:]) if taken else None
        if given is None or place - 1 in self.ends:
            return 0, None
        return given.words, given

    def with_dose(self, variable: Variable, place: int) -> int:
        """Say of a dose that it is not asked about; the words it takes."""
        taken, _ = self.dose_behind(variable, place)
        return self.left(place, place + taken, DOSE) if taken else 0

    def is_dosed(self, place: int) -> bool:
        given = dose(self.words[place:])
        return given is not None and bool(given.unit)


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
    if found and len(found.values) > 1:  # a comma that may part thousands
        return f"{why.partition(';')[0]}: write it without a comma"
    if others and found and not found.unit:
        return f"{why.partition(';')[0]}; in {' or '.join(others)}? then write the unit"
    return why


def other_unit(reading: Reading, variable: Variable, value: float) -> str | None:
    """What is asked of a number without a unit that fits another unit better, and means another state there.

    It fits where it lies no further than four standard deviations from the mean without any cause.
    """

    def far(canonical: float) -> float:
        scale = log if reading.lognormal else float
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
