"""What words around a finding say of it: that it is not so, not certain, over, or someone else's; how
much of it, how long, which stage. The words of a language, of no network."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from etiograph.findings.vocabulary import listed
from etiograph.network.quantity import read_quantity

if TYPE_CHECKING:
    from etiograph.network.variable import Variable

NOT = frozenset({"no", "not", "without", "denies", "denied", "never", "nil", "neither", "kein", "keine", "ohne"})  # fmt: skip
LISTS = frozenset({"denies", "denied", "neither"})
"""Of these, what begins a list of what is not so."""
BEHIND_NOT = frozenset(
    {"a", "an", "any", "the", "known", "on", "taking", "takes", "of", "for", "have"}
)
"""What may stand between a ``no`` and what is not so."""
OR = frozenset({"or", "nor", "oder"})
BUT = frozenset({"but", "with", "has", "takes", "on", "however", "yes", "+"})
"""What ends what a ``no`` denies."""
SUSPECTED = "suspected, or known?"
PAST = "now, or in the past?"
ANOTHER = "is that about this person?"
NOT_TAKEN = "is it taken now?"
DENIED = "not there either? say no before it, or put a semicolon"
BEFORE: dict[str, str] = {
    **dict.fromkeys(("?", "possible", "possibly", "probable", "probably", "query", "suspect", "suspected",
                     "suspicion", "exclude", "r/o", "consider", "maybe", "likely", "unlikely", "risk",
                     "check", "vs", "ddx", "verdacht"), SUSPECTED),
    **dict.fromkeys(("history", "hx", "h/o", "pmh", "past", "previous", "previously", "prior", "former",
                     "formerly", "ex", "resolved", "had", "used"), PAST),
    **dict.fromkeys(("family", "fh", "fhx", "mother", "father", "brother", "sister", "son", "daughter",
                     "wife", "husband"), ANOTHER),
    **dict.fromkeys(("stop", "stopped", "off", "ceased", "discontinued", "allergic", "allergy", "intolerant",
                     "intolerance", "declined", "declines", "refuses", "refused", "start", "could",
                     "should", "instead"), NOT_TAKEN),
}  # fmt: skip
"""Words before a finding by which it may not be so, and what is to be said instead."""
AFTER: dict[str, str] = {
    **dict.fromkeys(("?", "excluded", "unlikely", "likely", "possible", "suspected", "risk"), SUSPECTED),
    **dict.fromkeys(("ago", "previously", "resolved", "formerly"), PAST),
    **dict.fromkeys(("stopped", "ceased", "discontinued", "allergy", "intolerance", "declined"), NOT_TAKEN),
}  # fmt: skip
AFTER_TWO = {"ruled out": SUSPECTED, "last year": PAST, "in childhood": PAST}
SINCE = frozenset({"since", "for", "started", "began", "begun", "new", "seit", "worse", "every"})
"""What follows is how long it has been so."""
FAR = 4
"""Words behind a finding in which it may be taken back."""
YEARS = frozenset({"y", "yo", "y/o", "yr", "yrs", "year", "years", "old", "years-old", "yrs-old"})
SEX = {"f": "female", "w": "female", "woman": "female", "lady": "female", "m": "male", "man": "male",
       "gentleman": "male", "female": "female", "male": "male"}  # fmt: skip
LETTERS = frozenset({"f", "w", "m"})
TIMES = frozenset({"day", "days", "week", "weeks", "wk", "wks", "month", "months", "hour", "hours",
                   "minutes", "min", "x", "times", "pack", "cigarettes", "units"})  # fmt: skip
DOSES = frozenset({"mg", "mcg", "µg", "μg", "ug", "g", "ml", "iu", "ie", "units", "tablet", "tablets", "tab", "tabs", "puffs"})  # fmt: skip
DAILY = {"od": 1, "daily": 1, "day": 1, "d": 1, "/day": 1, "/d": 1, "nocte": 1, "mane": 1,
         "bd": 2, "bid": 2, "tds": 3, "tid": 3, "qds": 4, "qid": 4}  # fmt: skip
"""How often a day."""
SELDOM = frozenset({"week", "weekly", "month", "monthly", "prn", "fortnightly", "/week", "/month"})
VERBS = frozenset({"is", "was", "of", "at", "level", "=", ":", "result", "came", "back"})
"""What may stand between a test and its value."""
GFR = frozenset({"egfr", "gfr"})
_WEEKS = re.compile(r"(\d{1,2})(?:\+[0-6])?(?:/40|w|wk|weeks)?")
_AMOUNT = re.compile(r"(\d+(?:[.,]\d+)?)([a-zµμ]+)?(/\w+)?")
_OFTEN = re.compile(
    rf"(?:(?:once|twice|x|1x|2x) )?(?:(?:a|per|every) )?(?:{'|'.join(sorted(map(re.escape, DAILY.keys() | SELDOM), key=len)[::-1])})(?= |$)"
)
_YEAR = re.compile(r"(19|20)\d\d")
_NUMBERS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "eight": 8, "twelve": 12}
LONGEST_PREGNANCY = 44


@dataclass(frozen=True, slots=True)
class Dose:
    """An amount that is taken: how many words it is, how much, in what, and how often a day (0: seldom)."""

    words: int
    amount: float
    unit: str
    often: int = 1


def is_year(word: str) -> bool:
    """Whether a word is a year of the calendar."""
    return _YEAR.fullmatch(word) is not None


def dose(words: Sequence[str]) -> Dose | None:
    """The dose that words begin with: ``25 mg``, ``2.5mg bd``, ``10000 IU a day``, ``40``; None if none."""
    told = [word.casefold() for word in words[:6]]
    found = _AMOUNT.fullmatch(told[0]) if told else None
    if found is None or (found[2] and found[2] not in DOSES):
        return None
    unit, taken = found[2] or "", 1
    after = told[1] if len(told) > 1 else ""
    if not unit and after in DOSES:
        unit, taken = after, 2
    if not unit and (after in YEARS or after in SEX or after in TIMES or after == "%"):
        return None
    often = DAILY.get(found[3] or "", 1) if found[3] != "/week" else 0
    rest = " ".join(told[taken:])
    behind = _OFTEN.match(rest)
    if behind:
        taken += len(behind[0].split())
        words_ = behind[0].split()
        often = 0 if set(words_) & SELDOM else 2 if "twice" in words_ else DAILY.get(words_[-1], 1)
    return Dose(taken, float(found[1].replace(",", ".")), unit, often)


def dosed(variable: Variable, given: Dose) -> str | None:
    """The one state whose limits, as its label gives them in this unit a day, hold a dose."""
    amount = given.amount * given.often
    found = [
        s for s in variable.states if _holds(variable.state_label(s).casefold(), given.unit, amount)
    ]
    return found[0] if len(found) == 1 and given.often else None


def tells_doses(variable: Variable) -> bool:
    """Whether the states of a variable are doses."""
    return any(set(variable.state_label(s).casefold().split()) & DOSES for s in variable.states)


def _holds(label: str, unit: str, amount: float) -> bool:
    numbers = [float(n) for n in re.findall(r"\d+(?:\.\d+)?", label)]
    if not unit or unit not in label.split():
        return False
    if len(numbers) == 2:
        return numbers[0] <= amount <= numbers[1]
    if len(numbers) != 1:
        return False
    if re.search(r"under|below|less than|<", label):
        return amount < numbers[0]
    if re.search(r"up to|≤", label):
        return 0.0 < amount <= numbers[0]
    return bool(re.search(r"over|above|more than|>", label)) and amount > numbers[0]


def weeks(words: Sequence[str]) -> tuple[int, int] | None:
    """Weeks that words begin with, ``34 weeks``, ``34+2``, ``34/40``: words taken and weeks."""
    found = _WEEKS.fullmatch(words[0].casefold()) if words else None
    if found is None:
        return None
    spelled = not words[0].isdigit() and words[0] != found[1]
    after = words[1].casefold() if len(words) > 1 else ""
    if after in ("week", "weeks", "wk", "wks"):
        return 2, int(found[1])
    return (1, int(found[1])) if spelled else None


def in_pregnancy(variable: Variable, name: str, number: int) -> str | None:
    """The state of a week of pregnancy, or after birth where the name says so.

    The third trimester begins with 28 weeks, the second with 14 (American College of Obstetricians and
    Gynecologists, Methods for estimating the due date, 2017).
    """
    labels = {s: variable.state_label(s).casefold().replace("_", " ") for s in variable.states}
    if is_after_birth(name):
        return _alone(s for s, label in labels.items() if _weeks_after(label) >= number)
    if not 0 < number <= LONGEST_PREGNANCY:
        return None
    trimester = "first" if number < 14 else "second" if number < 28 else "third"
    return _alone(s for s, label in labels.items() if "trimester" in label and trimester in label)


def is_after_birth(name: str) -> bool:
    return name.startswith(("post", "puerper")) or "after" in name


def tells_weeks(variable: Variable) -> bool:
    """Whether the states of a variable are times of a pregnancy."""
    return any("trimester" in s for s in variable.states)


def _weeks_after(label: str) -> int:
    found = re.search(r"(\w+) weeks after", label)
    return (
        0 if found is None else int(found[1]) if found[1].isdigit() else _NUMBERS.get(found[1], 0)
    )


def _alone(states: object) -> str | None:
    found = list(states)  # type: ignore[call-overload]
    return found[0] if len(found) == 1 else None


def kidney_stage(text: str) -> int | None:
    """The stage, 1 to 5, of a filtration rate in ml/min/1.73 m2; None if the text does not settle it.

    KDIGO 2012: 90, 60, 30 and 15 part them; 3a and 3b are one here.
    """
    found = read_quantity(text)
    if found is None or found.unit:
        return None
    value, cuts = found.values[0], (90.0, 60.0, 30.0, 15.0)
    if found.side == ">" and value < 90.0:
        return 2 if value >= 60.0 else None
    if found.side == "<" and value > 15.0:
        return None
    if found.side == "<":
        return 5
    return 1 + sum(value < cut for cut in cuts) if 0.0 < value <= 200.0 else None


def which(variable: Variable, states: Sequence[str]) -> str:
    return f"which: {listed(variable, states)}?"
