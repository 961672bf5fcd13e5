"""Priors: numbers, ranges, sources, what follows from a change."""

from __future__ import annotations

from .about import GRADES
from .wording import Stated, lower_first

PRIORS_INTRO = (
    "Every number of this network with its range, grade and source. Change one and see what follows. "
    "Your changes stay in this session; the file on disk is never touched."
)
PRIORS_SEARCH = "Search numbers"
PRIORS_SEARCH_HINT = "Name, grade (A to D) or source"
PRIORS_PICK = "Number to look at"
PRIORS_NONE = (
    "This network states its numbers without ranges or sources, so there is nothing to tune here. "
    "Its tables can be changed on the page Model (under More)."
)
PRIORS_VALUE, PRIORS_LOW, PRIORS_HIGH = "Value", "Low", "High"
PRIORS_APPLY, PRIORS_RESET, PRIORS_RESET_ALL = (
    "Use these",
    "Back to the file",
    "Undo all changes of numbers",
)
PRIORS_EFFECT = "What follows for the possible causes"
PRIORS_EFFECT_LEFT, PRIORS_EFFECT_RIGHT = "as in the file", "with your numbers"
PRIORS_DIFFERENT = "What differs from the file"
PRIORS_SAME = "Nothing differs from the file."
PRIORS_DOWNLOAD = "Download the changed network"
PRIORS_COLUMNS = (
    "Number",
    "Value",
    "Low",
    "High",
    "Grade",
    "Sources",
    "Kind",
    "Name in the file",
)
PRIORS_TORNADO = "Which numbers matter most"
PRIORS_EFFECT_NONE = "Change a number and see here what it does."
AS_TABLE = "Show as table"
PRIORS_TABLE = "All numbers as a table"
PRIORS_TABLE_ALT = "Every number of the network with range, grade and sources"
DISTRIBUTION_X = "Value: the higher the curve, the more it is believed"
KIND_WORDS = {
    "probability": "probability",
    "odds_ratio": "odds ratio",
    "risk_ratio": "risk ratio",
    "mean": "mean",
    "sd": "spread (standard deviation)",
    "difference": "difference",
    "ratio": "ratio",
}
MEANS_READING = {
    "mean": "What {} measures on average in people in whom nothing raises or lowers it.",
    "sd": "How far {} varies from person to person: one standard deviation.",
    "error": "How far one reading of {} is off: one standard deviation.",
}
MEANS_WAYS = {
    "raising": "How often {1} is raised by {0} alone.",
    "lowering": "How often {1} is lowered by {0} alone.",
}
MEANS = {
    "odds_ratio": "With {1}, the odds of {0} are this many times as high as without.",
    "risk_ratio": "With {1}, the risk of {0} is this many times as high as without.",
    "difference": "With {1}, {0} shifts by this much.",
    "ratio": "With {1}, {0} is this many times what it is without.",
}
PRIORS_WHY = "Why this value"
PRIORS_SOURCES = "Sources"
PRIORS_UNDO = "As it is in the file again"
PRIORS_MARKS = ("low", "value", "high")


def means_alone(cause: str, effect: str) -> str:
    """Strength of a cause that acts by itself."""
    return f"How often {cause} alone brings on {effect}."


def means_leak(effect: str, where: str) -> str:
    """What happens without any of the causes that have a name."""
    place = f", in people {where}" if where else ""
    return f"Chance of {effect} without any cause named here{place}."


def means_leak_way(what: str, *, raised: bool) -> str:
    """What is raised or lowered without any of the causes that have a name."""
    return f"How often {what} is {'raised' if raised else 'lowered'} without any cause named here."


def means_baseline(event: str) -> str:
    """Where a regression begins."""
    return f"Chance of {event} where nothing named here raises or lowers it."


def means_found(event: str, where: str) -> str:
    """A share of people."""
    place = f" in people {where}" if where else " among all people it describes"
    return f"Chance of {event}{place}."


def of_age(age: str) -> str:
    """Which people: by their age."""
    return f"aged {age}"


def whose(what: str, state: str) -> str:
    """Which people: by what everybody has one of."""
    return f"whose {what} is {state}"


def those_with(what: str) -> str:
    """Which people: by what they have."""
    return f"with {what}"


def without(what: str) -> str:
    """Which people: by what they have not."""
    return f"without {what}"


def figure(value: str, low: str, high: str, unit: str) -> str:
    """What a source found: ``77 %``, ``0.36 (0.22 to 0.5), risk difference``; empty if no number."""
    try:
        numbers = [float(each) for each in (value, low, high) if each]
    except ValueError:
        return ", ".join(filter(None, (value, unit)))
    if not value:
        return ""
    part = unit == "proportion"
    shown = [f"{100 * x:.3g} %" if part else f"{x:.4g}" for x in numbers]
    ends = f" ({shown[1]} to {shown[2]})" if len(shown) == 3 else ""
    named = f" {unit}" if unit not in ("proportion", "none", "null", "") else ""
    return f"{shown[0]}{ends}{named}"


def quantile(percent: int) -> str:
    """One row of what is believed of a number."""
    return "half of the belief lies below" if percent == 50 else f"{percent} of 100 lie below"


def tornado_note(cause: str) -> str:
    """Which answer the numbers are weighed by."""
    return (
        f"How far each number, moved within its range, changes how many have {lower_first(cause)}."
    )


TORNADO_SHOW = "Show these numbers"
TORNADO_NO_RANGES = "The numbers of this network state no ranges, so none can be moved within one."
TORNADO_NONE = "No single number moves it by 1 of 100 or more within its range."


def tornado_behind(cause: str, outcome: str) -> str:
    """The same where the table above shows which cause is behind the outcome."""
    return (
        f"How far each number, moved within its range, changes how often {lower_first(cause)} had a part in "
        f"{lower_first(outcome)}."
    )


def compared_behind(outcome: str) -> str:
    """Heading of how often each cause is behind an outcome, before and after."""
    return f"Of 100 people like this, in how many it had a part in {lower_first(outcome)}"


def people_asked(number: str) -> str:
    """Size of a study."""
    return f"{number} people" if number.isdigit() else number


def grade_short(grade: str) -> str:
    """Grade of a number in a row."""
    return f"grade {grade}"


def grade_of(grade: str) -> str:
    """Grade of a source with what it means."""
    words = GRADES.get(grade, "")
    return f"Grade {grade}: {words}." if words else f"Grade {grade}."


def distribution_alt(name: str, low: float, high: float) -> str:
    """The curve of a number in words."""
    return (
        f"How much each value of {name} is believed: most of it between {low:.3g} and {high:.3g}."
    )


def number_facts(kind: str, grade: str, sourced: bool, held: float) -> str:
    """Kind, grade and range of a number in one line."""
    sources = "" if sourced else "no source; "
    graded = f"grade {grade}: {GRADES[grade]}" if grade else GRADES[""]
    return (
        f"{KIND_WORDS.get(kind, kind).capitalize()}; {graded}; {sources}"
        f"it is taken to lie in the range with a chance of {100 * held:.3g} of 100."
    )


def number_drawn(low: float, high: float) -> str:
    """The range a number from other people is drawn from."""
    return (
        "It was measured in other people. Such studies differ by more than their own ranges say, so it is taken "
        f"to lie anywhere from {low:.3g} to {high:.3g}."
    )


def edited_line(name: str, before: Stated, after: Stated) -> str:
    """One number that differs from the file."""
    ranges = [
        f" ({low:.4g} to {high:.4g})" if low is not None and high is not None else ""
        for _, low, high in (before, after)
    ]
    same = before[1:] == after[1:]
    was, now = ("", "") if same else ranges
    return f"{name}: {before[0]:.4g}{was} in the file, now {after[0]:.4g}{now}"


def number_outside(low: float, high: float) -> str:
    """A value that contradicts its range."""
    return f"The value must lie between low ({low:.4g}) and high ({high:.4g})."


NUMBER_MISSING = "Enter a value."
NUMBER_HALF_RANGE = "A range needs both low and high. Leave both empty for none."
NUMBER_NO_PROBABILITY = "A probability lies between 0 and 1; so must its low and high."
NUMBER_NOT_POSITIVE = "Value, low and high must be above 0."
NUMBER_TURNED = "Low must not be above high."

# Fit a belief
FIT_SHOW = "Fit a belief: which numbers would give the answer you expect?"
FIT_WHAT = "Possible cause (now, of 100 people like this)"
FIT_BELIEF = "You expect, of 100"
FIT_DO = "Find the smallest change"
FIT_USE = "Use these numbers"
FIT_STANDS = "The numbers already say so: nothing has to move."
FIT_NOTHING = "No number that may move makes a difference to this."
FIT_FAILED = "This can't be worked out here."


def fit_alone(number: str) -> str:
    """Only the number that is looked at may move."""
    return f"Move one number only: {lower_first(number)}"


def fit_result(p: float, *, met: bool) -> str:
    """Whether what is believed comes out."""
    shown = f"{100 * p:.3g}"
    if met:
        return f"It comes to {shown} of 100 if these numbers move so far, each within its range:"
    return (
        f"Within their ranges the numbers reach {shown} of 100 and no further: the belief and the "
        "published ranges contradict each other. So far they would have to move:"
    )


def fit_line(number: str, before: float, after: float, sds: float) -> str:
    """One number that moves; how far, measured by how sure it is."""
    return f"{number}: {before:.3g} → {after:.3g} ({abs(sds):.1f} standard deviations)"


def fit_more(count: int) -> str:
    """Lines that are not shown."""
    return f"and {count} more"


# Leave one study out
STUDY_SHOW = "Leave one study out: what rests on it?"
STUDY_WHICH = "Study to leave out"
STUDY_HEADS = ("with it", "without it")


def study_named(name: str, who: str, alone: int, count: int) -> str:
    """A source in a list."""
    numbers = "its only number" if count == 1 else f"{alone} of its {count} numbers"
    rests = f"nothing rests on it alone ({count})" if not alone else f"alone for {numbers}"
    return f"{who} ({name}): {rests}" if who else f"{name}: {rests}"


def study_note(alone: int, shared: int) -> str:
    """What leaving a study out means."""
    kept = f" {shared} more {'is' if shared == 1 else 'are'} supported by others, too, and stay{'s' if shared == 1 else ''}."
    if not alone:
        return f"Nothing rests on this study alone: others support all its {shared} numbers."
    one = alone == 1
    return (
        f"{alone} number{'' if one else 's'} rest{'s' if one else ''} on this study alone. Without it "
        f"{'it is a guess' if one else 'they are guesses'}: the value stays, the range reaches twice as far (in log "
        f"odds for a chance, in logs for a ratio).{kept if shared else ''}"
    )


# Two numbers
MAP_SHOW = "Two numbers at once, as a map"
MAP_SECOND = "The other number"


def map_note(cause: str) -> str:
    """What the colours mean."""
    return (
        f"How many of 100 people like this have {lower_first(cause)}, over the ranges of two numbers; the cross is where "
        "they stand."
    )


# A number that is dragged
DIAL = "Drag to see what follows"
DIAL_ACTED = "had a part, of 100"
DIAL_THERE = "present, of 100"
