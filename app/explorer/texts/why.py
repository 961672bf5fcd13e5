"""Why: weights, what is behind the outcome, what would turn it."""

from __future__ import annotations

from .wording import in_brackets, lower_first, people

WHY_PICK = "What to explain"
WHY_NOTHING = "Enter at least one finding on the page Explore; then this page shows what speaks for and against."
WHY_KNOWN = "The causes named here are all entered, so none is left to explain."
WHY_WEIGHTS = "What speaks for and against"
WHY_CAPTION = "Weight of each finding"
WHY_FOR, WHY_AGAINST = "speaks for it", "speaks against it"
WHY_STEPS = "by way of"
WHY_SENTENCES = "To bear in mind"
WHY_SAID = ("For: ", "Against: ")  # beginnings of sentences that say what the bars say
WHY_NUMBERS = "The numbers behind it"
WHY_NUMBERS_NOTE = (
    "How far the answer moves when one number goes from one end of its range to the other; the diamond is "
    "where it stands now."
)
WHY_NUMBERS_STAND = "None of these numbers, moved within its range, changes whether it comes first."
WHY_ROLES = {
    "strength": "How strongly it acts",
    "prior": "Bears on how common it is",
    "other": "Bears on it, too",
}
WHY_IN_PLACE = "Why?"
WHY_ROW_HELP = "Choose a row to see why"
WHY_PAGE = "The path in the diagram, and what to ask next"
WHY_PATH = "The path from the findings"
WHY_PATH_NOTE = "Lit: the findings that make a difference, the cause, and what lies between them."
ASK_NEXT = "Ask next"
ASK_NEXT_NOTE = (
    "Sorted by how much an answer would tell about the possible causes for what it costs."
)
ASK_COLUMNS = ("Doubt removed", "Effort")
ASK, TEST = "Ask", "Test"
RULE_OUT = "First rule out"
STEPS_NOTE = (
    "First what does harm if it is missed. Then what to ask and to test: first what is expected to avoid most "
    "harm and to tell most, for what it costs. Harms and costs are judgements, stated in the model file."
)
STEP_COLUMNS = ("Why", "Worth", "Cost")
RULE_OUT_HELP = "Can mean danger, and nobody has asked about it yet. Opens its row."
ASK_NONE = "Nothing that is left to ask would tell much."


def more_signs(count: int, others: bool) -> str:
    """How many things to ask because of danger stand behind a button, beside others in sight."""
    return f"{'and ' if others else ''}{count} {'more ' if others else ''}to ask about"


def more_warnings(count: int) -> str:
    """How many warnings there are beside the one that is said."""
    return f"And {count} more warning{'s' * (count > 1)}."


def step_help(why: str, cost: float) -> str:
    """Why a step is worth taking, and what it costs."""
    return f"{why[:1].upper()}{why[1:]}; cost {cost:g}." if why else f"Cost {cost:g}."


def cost(value: float, burden: str, turnaround: str, test: bool = False) -> str:
    """What a test costs: burden and time in words if stated."""
    words = [w for w in (burden, turnaround) if w]
    if words:
        return ", ".join(words)
    if value > 1:
        return f"cost {value:g}"
    return "one test" if test else "one question"


def parts_of_doubt(share: float) -> str:
    """How much of what is not known an answer would settle."""
    if share < 0.01:
        return "less than 1 %"
    return f"about {round(100 * share)} %"


def why_behind(outcome: str, p: float, low: float | None, high: float | None) -> str:
    """How often the explained cause is behind the outcome, beside how often it is there."""
    return (
        f"That it is there does not mean that it had a part in {lower_first(outcome)}: "
        f"it had a part in {people(p)} of 100 people like this{in_brackets(low, high)}."
    )


def why_entered(label: str) -> str:
    """Nothing is weighed where the cause is known."""
    return f"{label} is entered, so nothing argues for or against it."


def why_behind_entered(outcome: str, p: float, low: float | None, high: float | None) -> str:
    """How often an entered cause is behind the outcome."""
    return (
        f"It had a part in {lower_first(outcome)} in {people(p)} of 100 people "
        f"like this{in_brackets(low, high)}."
    )


def why_common(label: str, p: float) -> str:
    """How often a cause is there in everybody."""
    return f"{label}: {people(p)} of 100 people."


def number_stated(role: str, value: float, low: float, high: float) -> str:
    """What is stated of a number: its part, value and range."""
    return f"{WHY_ROLES[role]}: {value:.3g} ({low:.3g} to {high:.3g})"


def number_turn(cause: str, first: bool, turn: float, value: float) -> str:
    """From where on a number would change which cause comes first."""
    side = "Below" if turn < value else "Above"
    would = "would no longer come first" if first else "would come first"
    return f"{side} {turn:.3g} {lower_first(cause)} {would}."


def why_next(label: str) -> str:
    """The next cause that is still open."""
    return f"Explain the next one: {lower_first(label)}"
