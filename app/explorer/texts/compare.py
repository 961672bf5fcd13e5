"""Compare: changes, scenarios, differences."""

from __future__ import annotations

from .wording import change, lower_first, people

_CHANGE = "Choose a change to see what it might do."
COMPARE_NOTHING = {
    "after": _CHANGE,
    "had": _CHANGE,
    "see": "Choose a finding that is not known yet to see what it would tell.",
    "do": _CHANGE,
}
CHANGE_WHAT = {
    "after": "What to change",
    "had": "What to imagine otherwise",
    "see": "What to suppose",
    "do": "What to set",
}
_PICK = "Choose something that can be changed"
CHANGE_PICK = {"after": _PICK, "had": _PICK, "see": "Choose an unknown finding", "do": _PICK}
CHANGE_MORE = "Add another"
CHANGE_AWAY = "Take this away"
COMPARE_MODES = {
    "after": "Suppose we change it from now on",
    "had": "Had it been otherwise",
    "see": "Suppose we observe it",
    "do": "do( )",
}
COMPARE_ICONS = {
    "after": ":material/edit:",
    "had": ":material/history:",
    "see": ":material/visibility:",
    "do": ":material/science:",
}
COMPARE_HELP = {
    "after": (
        "The same person from now on. What lasts stays as it is, what comes and goes may come and go again. "
        "Many people get better without any change, so the change always stands beside no change."
    ),
    "had": "Looking back at the same person: what would be found today, had this been otherwise?",
    "see": "Nothing is changed. We learn something new about the person, and the numbers follow.",
    "do": "The whole population after the change, with the findings seen in the changed world.",
}
COMPARE_LEFT = {
    "after": "no change",
    "had": "as it is",
    "see": "what is known",
    "do": "before",
}
COMPARE_THEN = {"see": "With the observation", "do": "After do( )"}
COLUMN_WHAT = "Of 100 people like this, how many have"
COMPARE_CAPTION = "Scenarios side by side"
SCENARIO_KEEP = "Keep this and add another"
SCENARIO_KEEP_HELP = (
    "Keeps this scenario as a column (up to three), so that others can stand beside it."
)
SCENARIO_FORGET = "Take this scenario away"
CUT_NOTE = "Dashed arrows no longer act: the change decides, not the usual causes."
COMPARE_SAME = "What is chosen is so already, so nothing changes."


def difference(name: str, words: str) -> str:
    """What one change does to the outcome; it is named where there are several."""
    return f"{name}: {words}" if name else words


def differences(outcome: str, lines: list[str]) -> str:
    """How sure it is what the changes do."""
    return f"Difference in {lower_first(outcome)}, with its 90 % range: {'; '.join(lines)}."


def changed(p: float, first: float, unclear: bool) -> str:
    """What a scenario has more or less than the first; `unclear` if that may be nothing."""
    said = change(p, first)
    return f"{said}, perhaps no change" if said and unclear else said


def compare_headline(label: str, first: float, second: float, mode: str) -> str:
    """The one sentence above a comparison."""
    what, left, right = lower_first(label), people(first), people(second)
    if mode == "after":
        return (
            f"From now on, of 100 people like this, {left} have {what} if nothing changes "
            f"and {right} with the change."
        )
    if mode == "had":
        return f"Of 100 people like this, {left} have {what}. Had it been otherwise: {right}."
    return f"Of 100 people like this, {left} have {what}. {COMPARE_THEN[mode]}: {right}."


def ahead(horizon: str) -> str:
    """How far ahead the numbers look."""
    return f"From now on: over the next {horizon}."


def compare_largest(label: str, first: float, second: float, mode: str) -> str:
    """The same where the outcome is known: the possible cause that changes most."""
    what, left, right = lower_first(label), people(first), people(second)
    then = lower_first(COMPARE_THEN[mode])
    if change(second, first) == "":
        return f"No possible cause changes by as much as 1 of 100 people like this {then}."
    return f"The largest change is in {what}: {left} of 100 people like this have it now, {right} {then}."


def as_now(label: str, entered: str) -> str:
    """Something in the list of what can be changed, as it is now."""
    return f"{label} (now {lower_first(entered)})"


def change_known(what: str, entered: str) -> str:
    """A change that can't be supposed to be observed."""
    return f"Left out here: “{what}”. It is known already: “{entered}”."


def change_unfit(what: str) -> str:
    """A supposition that is no change."""
    return f"Left out here: “{what}”. That is nothing one can change."


def take_back(entered: str) -> str:
    """A button that takes a finding back."""
    return f"Take back: {entered}"


def do_contradicted(entered: str) -> str:
    """Why do( ) has no answer, and what has."""
    return (
        f"“{entered}” is entered, and do( ) asks of a world where it is otherwise. Take it back, or use "
        f"“{COMPARE_MODES['had']}”."
    )


def not_covered(group: str) -> str:
    """One group a network does not describe."""
    return lower_first(group)


def numbers_of(count: int, total: int) -> str:
    """How many of all numbers have a grade."""
    return f"{count} of {total}"
