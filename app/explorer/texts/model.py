"""Model: the network itself, seen and changed."""

from __future__ import annotations

from .wording import joined, lower_first

PAGE_MODEL = "Model"
HELP_MODEL = "See and change the network itself: variables, arrows and tables."
MODEL_INTRO = (
    "This is the network itself. Change a number, a table, an arrow or a variable and see at once "
    "what follows. Undo takes any step back. The file it came from is never touched: take the changed "
    "network away as a file of its own."
)
MODEL_PICK = "Variable to look at"
MODEL_STATES = "It can be"
MODEL_ARROWS_IN = "What acts on it"
MODEL_ARROWS_OUT = "What it acts on"
MODEL_NONE = "nothing in this network"
MODEL_REMOVE_ARROW = "Take this arrow away"
MODEL_REMOVE = "Remove this variable"
MODEL_REMOVE_HELP = "Takes the variable and all its arrows away. Undo brings it back."
MODEL_NUMBERS = "Its numbers"
MODEL_NUMBERS_NOTE = (
    "A number from 0 to 1, or in percent. Its range stands in brackets: 0.3 (0.2 to 0.4). "
    "The first state has what the others leave."
)
MODEL_OTHER_NUMBERS_NOTE = "Its range stands in brackets: 0.3 (0.2 to 0.4)."
MODEL_NO_NUMBERS = "It follows from the others by a rule. There is no number to change."
MODEL_USE = "Use these numbers"
MODEL_ROWS = "Rows of the table"
MODEL_ALWAYS = "In all"
MODEL_ELSE = "In all other cases"
MODEL_ADD_ARROW = "Add an arrow into it"
MODEL_PARENT = "From"
MODEL_HOW = "How does it act?"
MODEL_ALONE = "By itself, whatever the others do"
MODEL_ROWWISE = "Together with the others: one row for each combination"
MODEL_SIDE = "Which way?"
MODEL_SIDES = {"lowering": "It lowers", "raising": "It raises"}
MODEL_ARROW = "Add the arrow"
MODEL_ROWS_GROW = (
    "The table gets a row for each of its states. At first all rows say what they say now."
)
MODEL_STRENGTH_HINT = "0.2 (0.1 to 0.4); empty for no effect yet"
MODEL_ADD_VARIABLE = "Add a variable"
MODEL_NAME = "What it is called"
MODEL_NAME_HINT = "Wet grass"
MODEL_STATE_LIST = "What it can be, the usual state first"
MODEL_STATE_HINT = "no, yes"
MODEL_COMMON = "How common the second state is"
MODEL_COMMON_HINT = "0.3 (0.2 to 0.4); empty for equal chances"
MODEL_GROUP = "Group in the list of findings"
MODEL_ROLE = "What kind of thing it is"
MODEL_ROLES = {
    "variable": "not said",
    "background": "background, such as age",
    "habit": "habit",
    "remedy": "remedy or supplement",
    "medicine": "medicine",
    "body": "state of the body",
    "condition": "condition or disease",
    "outcome": "outcome",
    "finding": "finding",
    "test": "test",
}
MODEL_ADD = "Add the variable"
MODEL_QUESTION = "What the network is asked"
MODEL_QUESTION_NOTE = (
    "The outcome is what the table of causes is about. Choose no causes to let the arrows decide. "
    "Both are kept in the file."
)
MODEL_TARGET = "Outcome"
MODEL_NO_TARGET = "none"
MODEL_CAUSES = "Possible causes"
MODEL_ASK = "Ask this"
MODEL_NEW = "Start a new network"
MODEL_NEW_NOTE = "A new network begins with one variable. Yours stays on this page until you open another; take it away as a file."
MODEL_NEW_NAME = "Name of the network"
MODEL_NEW_FIRST = "Its first variable"
MODEL_BEGIN = "Begin"
MODEL_DEFAULT_STATES = "no, yes"
MODEL_PICTURE = "The network as a picture"
MODEL_PICTURE_NOTE = "The variable that you look at is lit."
MODEL_FOLLOWS = "What follows for this case"
MODEL_FOLLOWS_NONE = "Nothing is changed yet. What a change does is shown here."
MODEL_ONLY_NEW = (
    "Some of these were no possible causes before your changes, so only your network is shown."
)
MODEL_JUDGED = "Judged again"
MODEL_JUDGING = "The example patients and the published numbers are asked again ..."
MODEL_JUDGED_MORE = "Patient by patient"
MODEL_STATISTICS = "Published numbers"
MODEL_DIFFERENT = "What differs from the file"
MODEL_SINCE = "What is new since you began it"
MODEL_HEADS = ("in the file", "now")
MODEL_DOWNLOAD = "Download this network"
MODEL_DOWNLOAD_HELP = (
    "A model file. Where the network came from one, all lines you did not change stay as they were."
)
MODEL_BACK = "Undo all changes"
MODEL_CHANGED = "You changed this network."
MODEL_SHARE = (
    "The network is changed. This link finds it as long as this server runs. To open it elsewhere, take "
    "the changed network away on the page Model and open that file first."
)
MODEL_SEE = "See what differs"
MODEL_EMPTY_NAME = "Give it a name."
MODEL_TOO_LARGE = "This table is too large to be shown row by row."
MODEL_ABOUT = "Numbers about"
MODEL_REST = "what has no named cause"
MODEL_SHOWN = 24  # rows of a table on one page
MODEL_LISTED = 12  # numbers of other kinds that are shown at once


def model_role(role: str, group: str) -> str:
    """What kind of thing a variable is, and where it is found."""
    said = MODEL_ROLES.get(role, role)
    return f"{said}, under {group}" if group else said


def model_strength(cause: str, effect: str) -> str:
    """The field for the strength of a cause."""
    return f"How often {lower_first(cause)} alone brings on {lower_first(effect)}"


def model_where(conditions: list[str]) -> str:
    """Where a row holds."""
    return joined(conditions)


def model_either(states: list[str]) -> str:
    """A state out of several."""
    return " or ".join(states)


def model_chance(state: str) -> str:
    """The field for the chance of a state."""
    return f"Chance of {lower_first(state)}"


def model_rows(first: int, last: int, of: int) -> str:
    """A page of a long table."""
    return f"rows {first} to {last} of {of}"


def model_kind(kind: str) -> str:
    """How a variable comes about."""
    kinds = {
        "table": "A table says how likely each state is in each case.",
        "noisy_or": "Each cause can bring it on by itself; no named cause is needed.",
        "noisy_max": "Each cause can bring it on by itself; the strongest effect counts.",
        "opposing": "Some causes lower it and some raise it, each by itself.",
        "logit": "Each cause multiplies its odds.",
        "cumulative_logit": "Each cause shifts it up or down its scale.",
        "deterministic": "It follows from the others by a rule.",
        "reading": "A measured number, spread around a level that the others set.",
    }
    return kinds.get(kind, "")
