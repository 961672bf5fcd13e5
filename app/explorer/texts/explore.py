"""Explore: findings, results, warnings, diagram, what to ask next."""

from __future__ import annotations

from etiograph.decision import words
from etiograph.network.quantity import figures

from .why import parts_of_doubt
from .wording import in_brackets, joined, lower_first, people

# Findings
KNOWN = "What is known"
KNOWN_HINT = (
    "Choose what you know and leave out the rest: not entered means unknown, not absent. A second click takes "
    "a choice back. Several at once: type them in one line."
)
TELLING = "These tell most"
TELLING_NOTE = "The findings that tell most about the causes. All others are in the groups below."
SEARCH = "Type a finding, or several in one line"
ENTRY = {
    "clear": "Clear the field",
    "list": "What may be meant",
    "count": "{} suggestions",
    "entered": "Entered: {}",
    "unasked": "{}: a medicine this network does not ask about",
}
SEARCH_END = "Show all findings again"
NO_MATCH = "Nothing in this network matches your search. Try a shorter word."
ENTERED = "Entered"
NOT_USED = "It was not used."
NOT_MEASURED = "not measured"
UNIT = "Unit"
LINE = "What was understood"
LINE_READ = "Understood: click what is wrong to leave it out, then enter the rest."
LINE_ENTER = "Enter these"
LINE_MEANT = "Is it one of these?"
LINE_PUT_AWAY = "Leave it out"


def known_as(count: int) -> str:
    """Before what is entered: how many findings that are."""
    return f"{count} entered (× takes one back):"


def not_read(text: str, why: str) -> str:
    """Words of a line that are no finding."""
    return f'Not entered: "{text}" ({why}).'


# Results
WORKING = "Working it out"
CAUSES = "Possible causes"
OF_100 = "of 100"
COLUMN_CAUSE = "Possible cause"
COLUMN_BAR = "How many of 100"
COLUMN_CHANGE = "Last step"
LEGEND_NOW = "with what is entered"
LEGEND_BASE = "before anything is entered"
LEGEND_RANGE = "90 % range"
SEVERAL = "A person can have several of these at once, so the numbers do not add up to 100."
NOT_SEEN = (
    "The ranges show how far the numbers may be off. They cannot show a cause or a link that is "
    "missing from the network."
)
RANGES_COMING = "Working out how sure this is ..."
RANGES_NONE = (
    "This network states its numbers without ranges, so it cannot be said how sure this is."
)
RANGES_FAILED = "How sure this is could not be worked out for this case."
NONE_OF_THESE = "None of these"
DOCK_NEEDED = "How many would not have it without each cause"
DOCK_START = "Enter findings, or try an example."
DOCK_JUMP = "Show the possible causes ↕"
BROKEN = (
    "Something went wrong on this page. What you entered is still here: take back the last step (Undo), or "
    "go to another page."
)
START = "Nothing is entered yet. The bars show everybody"
IMPOSSIBLE_TITLE = "These findings cannot all be true together"
IMPOSSIBLE_TEXT = "In this network no one can have all of these at once, so there is no answer to show. Take back one of them:"
IMPOSSIBLE_BARS = "No answer while the findings contradict each other."
UNANSWERED_TITLE = "This case could not be worked out"
VIEW = "Which question the bars answer"
VIEW_SHORT = "Show:"
TRY = "Try an example:"
VIEWS = {"behind": "Had a part", "present": "Present", "needed": "Needed"}
COLUMN_BEHIND, COLUMN_PRESENT = "had a part", "present"
IS_ENTERED = "entered"
IDIOPATHIC = "No known cause (idiopathic)"
# Red flags
FLAGS_TITLE = "Warning signs come first"
FLAG_SOURCE = "Source"


def headline(
    label: str, p: float, low: float | None = None, high: float | None = None, takes: bool = False
) -> str:
    """The one sentence above the bars; a medicine is taken."""
    number = people(p)
    one, many = ("takes", "take") if takes else ("has", "have")
    verb = one if number in ("about 1", "fewer than 1") else many
    return f"Of 100 people like this, {number} {verb} {lower_first(label)}{in_brackets(low, high)}."


def close_headline(shown: list[tuple[str, float, float | None, float | None]]) -> str:
    """Above bars of which none is first for certain; `shown` are label, number and range of the first ones."""
    parts = [
        f"{people(p)} have {lower_first(label)}{in_brackets(low, high)}"
        for label, p, low, high in shown
    ]
    return f"No cause stands out. Of 100 people like this, {joined(parts)}."


def nothing_to_explain(outcome: str) -> str:
    """Above the bars of a person who does not have what the network is about."""
    return f"{outcome}: not there, so there is nothing to explain. The bars show how common each possible cause is."


def how_sure(verdict: str, draws: int) -> str:
    """What the ranges allow to be said of the order; with `draws`, from how many runs."""
    return f"{verdict} ({draws} runs.)" if draws else verdict


def all_causes(count: int) -> str:
    """Switch from the first few possible causes to all."""
    return f"Show all {count} possible causes"


def none_label(outcome: str | None) -> str:
    """The row for what no named cause explains."""
    return NONE_OF_THESE if outcome is None else IDIOPATHIC


def none_under(outcome: str | None) -> str:
    """Of whom that row speaks."""
    if outcome is None:
        return "has none of the possible causes"
    return f"of those with {lower_first(outcome)}: no named cause took part"


def ask_help(share: float, cost: str) -> str:
    """Why a question is worth asking."""
    return f"Would remove {parts_of_doubt(share)} of the doubt about the causes; {cost}."


def entered(count: int) -> str:
    """Heading of the list of what is entered."""
    return "1 finding entered" if count == 1 else f"{count} findings entered"


def falls_in(value: str, state: str, ranges: str) -> str:
    """Which state a measured value falls in."""
    return f"{value}: {lower_first(state)}. {ranges}"


def cutpoints(states: tuple[str, ...], cuts: tuple[float, ...], unit: str) -> str:
    """The limits between the states of a measured variable: ``low < 0.70 · high ≥ 0.70 mmol/L``."""
    if not cuts:
        return ""
    small = min(map(abs, cuts))
    digits = 2 if small < 10 else 1 if small < 100 else 0
    at = [f"{cut:.{digits}f}" for cut in cuts]
    names = [lower_first(state) for state in states]
    between = [f"{n} {a} to {b}" for n, a, b in zip(names[1:], at, at[1:], strict=False)]
    parts = [f"{names[0]} < {at[0]}", *between, f"{names[-1]} ≥ {at[-1]}"]
    return f"{' · '.join(parts)} {unit}".strip()


def have_value(readings: list[str], group: str) -> str:
    """Beneath a body state that can be measured."""
    return f"Have a value? Enter it under {group}: {', '.join(map(lower_first, readings))}."


def search_hint(name: str) -> str:
    """What stands in the empty field of findings."""
    return f"Such as {lower_first(name)}" if name else SEARCH


def type_value(units: tuple[str, ...]) -> str:
    """Beside the name of what is measured, while it is typed."""
    shown = " or ".join(filter(None, units))
    return f"type the value, in {shown}" if shown else "type the value"


def implausible(
    label: str, value: str, bounds: tuple[float, float], unit: str, others: tuple[str, ...] = ()
) -> str:
    """A number outside the physical range, and the units in which it would not be."""
    low, high = bounds
    asked = f" Is it in {' or '.join(others)}? Then choose that unit." if others else ""
    return (
        f"{label}: {value} is outside what is possible ({figures(low)} to {figures(high)} {unit}). "
        f"{NOT_USED}"
        f"{asked}"
    )


def read_in(unit: str) -> str:
    """A button that reads what was typed in another unit."""
    return f"Read it in {unit}"


def still_entered(finding: str) -> str:
    """Under an entry that was not used, where another stands."""
    return f"Still entered: {lower_first(finding)}."


def nodes_and_arrows(nodes: int, arrows: int) -> str:
    """Size of a network."""
    return f"{nodes} variables, {arrows} arrows"


# Diagram
DIAGRAM_TITLE = "Diagram: how the causes hang together"
DIAGRAM_WORDS = {
    "tools": "Size and parts of the diagram",
    "fit": "Fit",
    "nearer": "Zoom in",
    "farther": "Zoom out",
    "table": "Show as table",
    "vector": "Save SVG",
    "pixels": "Save PNG",
    "save": "Save the diagram as a picture",
    "unfold": "Show in full:",
    "more": "more",
    "only": "Only its causes",
    "all": "Show all",
    "close": "Close",
    "hint": "Point at a box to see what it would change; choose it to enter a finding. Arrow keys move between boxes.",
    "fixed": "Point at a box to see its arrows. Arrow keys move between boxes.",
    "preview": "Dashed: what would follow (grey: not worked out) from",
    "columns": ["Variable", "of 100", "before"],
    "key": ["✓ entered", "✎ changed", "◎ main question", "fill: how many of 100", "▏before"],
}
KINDS = {
    "implied": "worked out",
    "observed": "entered",
    "changed": "changed",
    "target": "main question",
}


def any_of(title: str) -> str:
    """A variable in any state but its usual one: ``Diuretic: any``."""
    return f"{title}: any"


def boxes_note(outcome: str, there: bool | None, known: bool) -> str:
    """Of whom the boxes of the diagram speak; `there` is None where the outcome is not entered."""
    who = "people like this" if known else "people"
    what = lower_first(outcome)
    if not outcome or there is False:
        return f"Boxes: how many of 100 {who} have it."
    if there:
        return f"Boxes: how many of 100 {who} have it - not how often it had a part in the {what}."
    return (
        f"Boxes: how many of 100 {who} have it, with or without {what} - not how often it had a part "
        f"in the {what}, as in the table."
    )


DIAGRAM_AROUND = "Draw what lies around"


def diagram_around(shown: int, count: int) -> str:
    """How much of a large network is drawn."""
    return (
        f"{shown} of {count} variables are drawn, those nearest to it. Choose another to move on."
    )


def node_text(label: str, p: float | None, kind: str) -> str:
    """A node read aloud."""
    number = "" if p is None or kind in ("observed", "changed") else f", {people(p)} of 100"
    return f"{label}{number}, {KINDS[kind]}"


def because(findings: tuple[str, ...]) -> str:
    """What set off a warning."""
    return f"Because of: {'; '.join(findings)}"


def act_first(outcome: str) -> str:
    """Above the numbers while a pressing warning stands."""
    return words.act_first(lower_first(outcome))


def behind_headline(
    label: str,
    outcome: str,
    p: float,
    low: float | None = None,
    high: float | None = None,
) -> str:
    """The one sentence above the bars of the causes behind an outcome."""
    return (
        f"Of the named causes, {lower_first(label)} most often had a part in {lower_first(outcome)}: "
        f"in {people(p)} of 100 people like this{in_brackets(low, high)}."
    )


def close_behind_headline(
    outcome: str, shown: list[tuple[str, float, float | None, float | None]]
) -> str:
    """The same where none is first for certain; `shown` are label, number and range of the first ones."""
    parts = [
        f"{lower_first(label)} {'had a part in ' + lower_first(outcome) + ' ' if k == 0 else ''}in "
        f"{people(p)}{' of 100 people like this' if k == 0 else ''}{in_brackets(low, high)}"
        for k, (label, p, low, high) in enumerate(shown)
    ]
    sentence = joined(parts)
    return f"No named cause stands out. {sentence[:1].upper()}{sentence[1:]}."


def start_head(outcome: str) -> str:
    """The sentence above the bars of an empty case; of people with the outcome, if one is named."""
    return f"{START} with {lower_first(outcome)}." if outcome else f"{START} the network describes."


def view_note(view: str, outcome: str) -> str:
    """What the bars mean, beside the choice."""
    return {
        "behind": f"How often each had a part in {lower_first(outcome)}",
        "present": "How often each is there, whether it had a part or not",
        "needed": f"How often there would be no {lower_first(outcome)} without it",
    }[view]


def behind_note(outcome: str) -> str:
    """What the two numbers of a row mean."""
    return (
        f"Of 100 people like this with {lower_first(outcome)}. Had a part: the cause helped to bring it on. "
        "Present: the person has the cause, whether it had a part or not. Several can act in one person, so "
        "the numbers do not add up to 100."
    )


def assumes(outcome: str) -> str:
    """The outcome is not entered, and the bars are about people who have it."""
    return words.assumes_words(lower_first(outcome))


def enter(outcome: str) -> str:
    """A button that enters the outcome."""
    return f"Enter: {lower_first(outcome)}"


def none_line(outcome: str, p: float) -> str:
    """How often nothing with a name acted, where the bars are about presence."""
    return f"No known cause had a part in {people(p)} of 100 people like this with {lower_first(outcome)}."


def base(shared: list[str], outcome: str = "") -> str:
    """What the ticks mean: everybody, or everybody who shares what is named, such as age and sex.

    With an outcome, everybody who has it, too.
    """
    same = joined([lower_first(label) for label in shared])
    if not outcome:
        return f"with {same} alone" if shared else LEGEND_BASE
    everybody = f"in everybody with {lower_first(outcome)}"
    return f"{everybody} and the same {same}" if shared else everybody


def chain(first: str = "", last: str = "") -> str:
    """Why two ways of counting differ; of a cause that works by way of another, where there is one."""
    if not first:
        return (
            "Had a part counts the last step only: what one cause does by way of another counts under the other. "
            "Needed counts the whole chain."
        )
    first, last = lower_first(first), lower_first(last)
    return (
        f"Had a part counts the last step only: what {first} does by way of {last} counts under {last}. "
        "Needed counts the whole chain."
    )


NEEDED_NO_RANGES = "How sure these numbers are is not worked out."


def needed_sentence(outcome: str) -> str:
    """What the bars mean when they show without which cause there would be no outcome."""
    return f"Of 100 people like this: how many would not have {lower_first(outcome)} without this cause."


SEVERAL_CASES = "Several can be so at once, so the numbers do not add up to 100."
NONE_UNDER_CASES = "none of the possible causes"


def nothing_elsewhere(examples: bool) -> str:
    """That nothing is entered, and where that is done."""
    more = ", or open an example patient above" if examples else ""
    return f"Nothing is entered yet. Enter findings on the page Explore{more}."
