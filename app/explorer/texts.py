"""Every word the explorer says. Plain English; numbers as natural frequencies."""

from __future__ import annotations

import re

from etiograph.decision.words import (
    FLAG_LEVELS as FLAG_LEVELS,
    WARNING_FIRST as WARNING_FIRST,
    count,
)

Stated = tuple[float, float | None, float | None]  # value, low, high

NAME = "etiograph"
DISCLAIMER = "For research and teaching. Not a medical device; not validated for patient care."
PAGE_EXPLORE = "Explore"
HELP_EXPLORE = "Enter what is known of a person and read the possible causes beside it."

# Groups of a network that names none
GROUP_STARTS = "Starting points"
GROUP_BETWEEN = "In between"
GROUP_SIGNS = "Signs and results"
OTHER_GROUP = "Other"
ROLE_GROUPS = {
    "background": "History",
    "habit": "Habits",
    "remedy": "Remedies",
    "medicine": "Medicines and supplements",
    "body": "Body states",
    "condition": "Known conditions",
    "outcome": "Main complaint",
    "finding": "Symptoms and signs",
    "test": "Tests",
    "flag": "Warning signs",
}

# Toolbar
CASES = "Cases"
KEEP_CASE = "Keep this case aside"
UNDO, REDO, RESET, SHARE = "Undo", "Redo", "Reset", "Share"
RESET_HELP = "Clear everything (Undo brings it back)"
SHARE_TITLE = "Link to this case"
SHARE_NOTE = (
    "The link holds everything you entered. Anyone who has the link can read it, so share it with care. "
    "It opens on any computer that runs this explorer. To copy it, use the sign at its upper right."
)
SHARE_EMPTY = (
    "Nothing is entered yet. Once it is, a link, a report and a file of the case appear here."
)
REPORT_FILE = "Report (HTML, prints well)"
CASE_FILE = "Case (JSON)"
UPLOAD = "Open a case (.json) or a network (.toml, .bif)"
UPLOAD_REFUSED = "The file could not be opened"
UPLOAD_NOT_CASE = "This is no case file of the explorer."
UPLOAD_OTHER = "The case belongs to a network that is not open here. Open that network first."
CASE_NOTICE = "For research and teaching. Not a medical device; not validated for patient care."
RESEARCHER = "Researcher view"
RESEARCHER_HELP = "More detail: numbers not rounded, names in the model file, the question do( )"

# Findings
KNOWN = "What is known"
KNOWN_HINT = "Choose what you know and leave out the rest: not entered means unknown, not absent. A second click takes a choice back."
TELLING = "These tell most"
TELLING_NOTE = "The findings that tell most about the causes. All others are in the groups below."
SEARCH = "Search findings"
SEARCH_END = "Show all findings again"
NO_MATCH = "Nothing in this network matches your search. Try a shorter word."
ENTERED = "Entered"
NOT_MEASURED = "not measured"
UNIT = "Unit"
NOTHING_ELSEWHERE = (
    "Nothing is entered yet. Enter findings on the page Explore, or open an example patient above."
)

# Results
WORKING = "Working it out"
CAUSES = "Possible causes"
OF_100 = "of 100"
COLUMN_CAUSE = "Possible cause"
COLUMN_BAR = "How many of 100 people like this have it"
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
KNOWN_AS = "Entered (× takes it back):"
DOCK_NEEDED = "How many would not have it without each cause"
DOCK_START = "Enter findings, or try an example."
DOCK_JUMP = "Show the possible causes ↕"
BROKEN = (
    "Something went wrong on this page. What you entered is still here: take back the last step (Undo), or "
    "go to another page."
)
UNDER_ONE = "<1"
OVER_99 = ">99"
START = "Nothing is entered yet. The bars show everybody"
IMPOSSIBLE_TITLE = "These findings cannot all be true together"
IMPOSSIBLE_TEXT = "In this network no one can have all of these at once, so there is no answer to show. Take back one of them:"
IMPOSSIBLE_BARS = "No answer while the findings contradict each other."
UNANSWERED_TITLE = "This case could not be worked out"

VIEW = "Which question the bars answer"
VIEW_SHORT = "Show:"
TRY = "Try an example:"
VIEWS = {"behind": "Behind it", "present": "Present", "needed": "Needed"}
COLUMN_BEHIND, COLUMN_PRESENT = "behind it", "present"
IS_ENTERED = "entered"
IDIOPATHIC = "No known cause (idiopathic)"

# Red flags
FLAGS_TITLE = "Warning signs come first"
FLAG_SOURCE = "Source"

# Notices
LINK_UNREADABLE = "The link could not be read. Nothing was taken from it."
LINK_OTHER_NETWORK = "The link is for a network that is not open here. Nothing was taken from it."
LINK_OTHER_VERSION = "The link was made with another version of this network. The numbers may differ from those seen then."
NO_NETWORK = "The network could not be opened"

EXAMPLE_PATIENTS = {
    "leg_cramps": (
        (
            "Thiazide and low magnesium",
            {
                "leg_cramps": "present",
                "age": "65_and_over",
                "sex": "female",
                "hypertension": "present",
                "diuretic": "thiazide",
                "serum_magnesium": "0.62 mmol/L",
            },
        ),
        (
            "Late pregnancy",
            {
                "leg_cramps": "present",
                "age": "under_50",
                "sex": "female",
                "pregnancy": "third_trimester",
                "leg_swelling": "both_legs",
                "night_waking": "present",
            },
        ),
        (
            "Diabetes and numb feet",
            {
                "leg_cramps": "present",
                "age": "50_to_64",
                "sex": "male",
                "diabetes": "present",
                "numbness_or_stabbing_pain": "present",
                "vitamin_b6_dose": "over_100_mg",
            },
        ),
    ),
    "asia": (
        ("Smoker with breathlessness", {"smoking": "yes", "dyspnoea": "present"}),
        ("Back from Asia, shadow on the X-ray", {"visit_to_asia": "yes", "x_ray": "abnormal"}),
        (
            "Known bronchitis, clear X-ray",
            {"bronchitis": "present", "dyspnoea": "present", "x_ray": "normal"},
        ),
    ),
}


def unreadable(line: int | None) -> str:
    """A file that breaks the rules of its format."""
    return f"This is not a readable network file{at_line(line)}."


def no_network(line: int | None) -> str:
    """A file that can be read, but does not state a whole network."""
    return f"This file can be read, but it states no valid network{at_line(line)}."


def at_line(line: int | None) -> str:
    """Where in a file."""
    return "" if line is None else f" (line {line})"


def share(p: float) -> str:
    """A probability as a number of 100 people, for a column headed "of 100"."""
    short = {"none": "0", "all": "100", "less than 1": UNDER_ONE, "more than 99": OVER_99}
    number = count(min(max(p, 0.0), 1.0))
    return short.get(number, number)


def people(p: float) -> str:
    """A probability in a sentence: ``about 31``, ``fewer than 1``."""
    number = count(min(max(p, 0.0), 1.0))
    if number.isdigit():
        return f"about {number}"
    return "fewer than 1" if number == "less than 1" else number


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


def in_brackets(low: float | None, high: float | None) -> str:
    """A range behind its number, if there is one."""
    return "" if low is None or high is None else f" ({interval(low, high)})"


def joined(parts: list[str]) -> str:
    """``a, b and c``."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def nothing_to_explain(outcome: str) -> str:
    """Above the bars of a person who does not have what the network is about."""
    return f"{outcome}: not there, so there is nothing to explain. The bars show how common each possible cause is."


def how_sure(verdict: str, draws: int) -> str:
    """What the ranges allow to be said of the order; with `draws`, from how many runs."""
    return f"{verdict} ({draws} runs.)" if draws else verdict


def lower_first(label: str) -> str:
    """A label inside a sentence; an abbreviation or a name keeps its capitals."""
    return (
        label
        if label[1:2].isupper() or label[1:2].isdigit() or label[1:2] == " "
        else label[:1].lower() + label[1:]
    )


def change(now: float, before: float) -> str:
    """What the last step did to a number of 100: ``up 12``, ``down 3``, empty if nothing visible."""
    step = round(100 * now) - round(100 * before)
    return "" if step == 0 else f"up {step}" if step > 0 else f"down {-step}"


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


def kept_case(number: int, findings: int) -> str:
    """A case put aside; it has no name, so that nobody can be recognised by it."""
    return f"Kept case {number} ({findings} {'finding' if findings == 1 else 'findings'})"


def ask_help(share: float, cost: str) -> str:
    """Why a question is worth asking."""
    return f"Would remove {parts_of_doubt(share)} of the doubt about the causes; {cost}."


def entered(count: int) -> str:
    """Heading of the list of what is entered."""
    return "1 finding entered" if count == 1 else f"{count} findings entered"


def falls_in(value: str, state: str, ranges: str) -> str:
    """Which state a measured value falls in."""
    return f"{value}: {state.lower()}. {ranges}"


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
    """What stands in the empty search box."""
    return f"Search by name, for example {lower_first(name)}" if name else SEARCH


def unknown_name(name: str) -> str:
    """A finding this network does not have."""
    return f"This network has no finding called “{name}”. It was left out."


def unknown_value(label: str, value: str) -> str:
    """A value a finding does not have."""
    return f"“{value}” is no possible value of {label}. It was left out."


def implausible(label: str, value: str, bounds: tuple[float, float], unit: str) -> str:
    """A number outside the physical range."""
    low, high = bounds
    return f"{label}: {value} is outside what is possible ({low:.4g} to {high:.4g} {unit}). It was not used."


def bar_text(label: str, now: float, base: float | None) -> str:
    """A row of the ranking read aloud."""
    if base is None:
        return f"{label}: {people(now)} of 100."
    return f"{label}: {people(now)} of 100; before anything is entered {people(base)} of 100."


def nodes_and_arrows(nodes: int, arrows: int) -> str:
    """Size of a network."""
    return f"{nodes} variables, {arrows} arrows"


def interval(low: float, high: float) -> str:
    """A range of numbers of 100."""
    return f"{share(low)} to {share(high)}"


def exact(p: float) -> str:
    """A number of 100 people as it was worked out, for researchers."""
    return f"{100 * p:.2f}"


def exact_interval(low: float, high: float) -> str:
    """A range as it was worked out."""
    return f"{exact(low)} to {exact(high)}"


# Diagram
DIAGRAM_TITLE = "Diagram: how the causes hang together"
DIAGRAM_WORDS = {
    "tools": "Size and parts of the diagram",
    "fit": "Fit",
    "nearer": "Zoom in",
    "farther": "Zoom out",
    "table": "Show as table",
    "unfold": "Show in full:",
    "more": "more",
    "only": "Only its causes",
    "all": "Show all",
    "close": "Close",
    "hint": "Rest on a box to see what it would do, choose it to enter a finding. Arrow keys move between boxes.",
    "fixed": "Rest on a box to see its arrows. Arrow keys move between boxes.",
    "preview": "Dashed: what would follow from",
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
        return f"Boxes: how many of 100 {who} have it - not how often it is behind the {what}."
    return (
        f"Boxes: how many of 100 {who} have it, with or without {what} - not how often it is behind "
        f"the {what}, as in the table."
    )


def diagram_too_large(count: int, limit: int) -> str:
    """Instead of a diagram nobody could read."""
    return f"This network has {count} variables. A diagram is drawn for up to {limit}."


def node_text(label: str, p: float | None, kind: str) -> str:
    """A node read aloud."""
    number = "" if p is None or kind in ("observed", "changed") else f", {people(p)} of 100"
    return f"{label}{number}, {KINDS[kind]}"


def because(findings: tuple[str, ...]) -> str:
    """What set off a warning."""
    return f"Because of: {'; '.join(findings)}"


def act_first(outcome: str) -> str:
    """Above the numbers while a pressing warning stands."""
    if not outcome:
        return "Act on the warning first. The bars say nothing about it."
    return (
        f"Act on the warning first. The bars are about {lower_first(outcome)}, "
        "not about the danger it warns of."
    )


def behind_headline(
    label: str,
    outcome: str,
    p: float,
    low: float | None = None,
    high: float | None = None,
) -> str:
    """The one sentence above the bars of the causes behind an outcome."""
    return (
        f"Of the named causes, {lower_first(label)} is most often behind {lower_first(outcome)}: "
        f"in {people(p)} of 100 people like this{in_brackets(low, high)}."
    )


def close_behind_headline(
    outcome: str, shown: list[tuple[str, float, float | None, float | None]]
) -> str:
    """The same where none is first for certain; `shown` are label, number and range of the first ones."""
    parts = [
        f"{lower_first(label)} {'is behind ' + lower_first(outcome) + ' ' if k == 0 else ''}in "
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
        f"Of 100 people like this with {lower_first(outcome)}. Behind it: the cause had a part in bringing it on. "
        "Present: the person has the cause, whether it had a part or not. Several can act in one person, so "
        "the numbers do not add up to 100."
    )


def assumes(outcome: str) -> str:
    """The outcome is not entered, and the bars are about people who have it."""
    name = lower_first(outcome)
    return f"Not entered: {name}. The bars are about people with {name}."


def enter(outcome: str) -> str:
    """A button that enters the outcome."""
    return f"Enter: {lower_first(outcome)}"


def none_line(outcome: str, p: float) -> str:
    """How often nothing with a name acted, where the bars are about presence."""
    return f"No known cause had a part in {people(p)} of 100 people like this with {lower_first(outcome)}."


def base_behind(outcome: str) -> str:
    """What the ticks mean there."""
    return f"in everybody with {lower_first(outcome)}"


def chain(first: str = "", last: str = "") -> str:
    """Why two ways of counting differ; of a cause that works by way of another, where there is one."""
    if not first:
        return (
            "Behind it counts the last step only: what one cause does by way of another counts under the other. "
            "Needed counts the whole chain."
        )
    first, last = lower_first(first), lower_first(last)
    return (
        f"Behind it counts the last step only: what {first} does by way of {last} counts under {last}. "
        "Needed counts the whole chain."
    )


NEEDED_NO_RANGES = "How sure these numbers are is not worked out."


def needed_sentence(outcome: str) -> str:
    """What the bars mean when they show without which cause there would be no outcome."""
    return f"Of 100 people like this: how many would not have {lower_first(outcome)} without this cause."


CASE_WORD = "cases"


def of_cases(sentence: str, cases: str) -> str:
    """A sentence on people, said of `cases` where a network is not about people."""
    if not cases:
        return sentence
    said = sentence.replace("Of 100 people like this", f"In 100 {cases} like this")
    said = said.replace("people like this", f"{cases} like this")
    said = said.replace("everybody the network describes", f"all {cases} the network describes")
    return re.sub(" (has|have) ", " with ", said)


SEVERAL_CASES = "Several can be so at once, so the numbers do not add up to 100."
NONE_UNDER_CASES = "none of the possible causes"


# Pages
PAGE_COMPARE, PAGE_WHY, PAGE_PRIORS = "Compare", "Why", "Priors"
PAGE_LEARN, PAGE_ABOUT = "Learn", "About"
HELP_COMPARE = "What a change would do for this person, beside no change."
HELP_WHY = "Which findings speak for and against a possible cause, and what to ask next."
HELP_PRIORS = "Every number of the network, its source, and what follows if it were otherwise."
HELP_LEARN = "Short lessons: act first, then see why."
HELP_ABOUT = "What this network is, what it rests on and what it can't do."

# About
USE_WHEN, NOT_WHEN, EVIDENCE, LIMITS = "Use it when", "Do not use it when", "Evidence", "Limits"
USE_POINTS = (
    "you want to see which causes fit a set of findings, and how sure one can be",
    "you want to explore what a change might do",
    "you teach or study how findings and causes hang together",
)
NOT_POINTS = (
    "a person needs care now: warning signs come before any number",
    "you need a diagnosis or a treatment plan: this is no medical device",
)
NOT_PEOPLE = "the person belongs to a group it does not cover"
FACT_PURPOSE, FACT_USERS, FACT_POPULATION = "Purpose", "Made for", "Describes"
FACT_VERSION, FACT_DIGEST, FACT_SIZE = "Version", "Digest", "Size"
FACT_SEARCH, FACT_VALIDATED = "Last literature search", "Validated on"
FACT_SOFTWARE = "Software"
NOT_STATED = "not stated in the model file"
SILENT = "This file states nothing about itself: neither what it is for nor whether it was tested."
GRADES = {
    "A": "measured in the people it describes",
    "B": "measured in other people",
    "C": "small or indirect studies",
    "D": "expert guess",
    "": "not graded",
}
SOURCES_TITLE = "Sources"
SOURCES_COLUMNS = (
    "Id",
    "Author",
    "Year",
    "What was asked, of whom",
    "Found",
    "Grade",
    "Numbers",
    "Link",
)
SOURCES_OPEN = "read"
SOURCES_ALT = "Every source of this network with what it found, its grade and a link"
SOURCES_DOWNLOAD = "Download the sources (CSV)"


def weak_numbers(weak: int, total: int) -> str:
    """How much of a network rests on little."""
    return f"{weak} of {total} numbers are indirect or guessed (grade C or D)."


def sources_note(count: int) -> str:
    """How many sources there are, and how to use the table."""
    return (
        f"This network rests on {count} sources. Click a heading to sort; the magnifying glass at the upper "
        "right of the table searches it. Numbers: how many numbers of the network rest on the source."
    )


GRADES_TITLE = "Where the numbers come from"

# Compare
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
    return f"{said}, or none" if said and unclear else said


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


# Why
WHY_PICK = "What to explain"
WHY_NOTHING = "Enter at least one finding on the page Explore; then this page shows what speaks for and against."
WHY_KNOWN = "The causes named here are all entered, so none is left to explain."
WHY_WEIGHTS = "What speaks for and against"
WHY_CAPTION = "Weight of each finding"
WHY_FOR, WHY_AGAINST = "speaks for it", "speaks against it"
WHY_STEPS = "by way of"
WHY_SENTENCES = "To bear in mind"
WHY_SAID = ("For: ", "Against: ")  # beginnings of sentences that say what the bars say
WHY_PATH = "The path from the findings"
WHY_PATH_NOTE = "Lit: the findings that make a difference, the cause, and what lies between them."
ASK_NEXT = "Ask next"
ASK_NEXT_NOTE = (
    "Sorted by how much an answer would tell about the possible causes for what it costs."
)
ASK_COLUMNS = ("Doubt removed", "Effort")
ASK, TEST = "Ask", "Test"
RULE_OUT = "First rule out"
RULE_OUT_HELP = "A danger sign that nobody has asked about yet. Opens its row."
ASK_NONE = "Nothing that is left to ask would tell much."


def cost(value: float, burden: str, turnaround: str, test: bool = False) -> str:
    """What a test costs: burden and time in words if stated."""
    words = [w for w in (burden, turnaround) if w]
    if words:
        return ", ".join(words)
    if value > 1:
        return f"cost {value:g}"
    return "one test" if test else "one question"


def sentence(note: str) -> str:
    """A note of the model file as a sentence."""
    text = note.strip()
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '?', '!')) else '.'}"


def parts_of_doubt(share: float) -> str:
    """How much of what is not known an answer would settle."""
    if share < 0.01:
        return "less than 1 %"
    return f"about {round(100 * share)} %"


def why_behind(outcome: str, p: float, low: float | None, high: float | None) -> str:
    """How often the explained cause is behind the outcome, beside how often it is there."""
    return (
        f"That it is there does not mean that it is behind {lower_first(outcome)}: "
        f"it had a part in {people(p)} of 100 people like this{in_brackets(low, high)}."
    )


def why_entered(label: str) -> str:
    """Nothing is weighed where the cause is known."""
    return f"{label} is entered, so nothing argues for or against it."


def why_behind_entered(outcome: str, p: float, low: float | None, high: float | None) -> str:
    """How often an entered cause is behind the outcome."""
    return (
        f"It is behind {lower_first(outcome)} in {people(p)} of 100 people "
        f"like this{in_brackets(low, high)}."
    )


def why_next(label: str) -> str:
    """The next cause that is still open."""
    return f"Explain the next one: {lower_first(label)}"


# Priors
PRIORS_INTRO = (
    "Every number of this network with its range, grade and source. Change one and see what follows. "
    "Your changes stay in this session; the file on disk is never touched."
)
PRIORS_SEARCH = "Search numbers"
PRIORS_SEARCH_HINT = "Part of a name, a grade (A to D) or a source, for example magnesium or E110"
PRIORS_PICK = "Number to look at"
PRIORS_NONE = (
    "This network states its numbers without ranges or sources, so there is nothing to tune here."
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
PRIORS_EFFECT_NONE = "Change a number on the left and see here what it does."
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
}
MEANS_WAYS = {
    "raising": "How often {1} is raised by {0} alone.",
    "lowering": "How often {1} is lowered by {0} alone.",
}
MEANS = {
    "odds_ratio": "How many times as high the odds of {} are with {} as without.",
    "risk_ratio": "How many times as high the risk of {} is with {} as without.",
    "difference": "By how much {} shifts with {}.",
    "ratio": "How many times {} is what it is elsewhere, with {}.",
}
PRIORS_WHY = "Why this value"
PRIORS_SOURCES = "Sources"
PRIORS_UNDO = "As it is in the file again"
PRIORS_MARKS = ("low", "value", "high")
PRIORS_MEANING = "What it says"


def means_alone(cause: str, effect: str) -> str:
    """Strength of a cause that acts by itself."""
    return f"How often {cause} alone brings on {effect}."


def means_leak(effect: str, where: str) -> str:
    """What happens without any of the causes that have a name."""
    place = f", in people with {where}" if where else ""
    return f"How often {effect} comes about without any cause named here{place}."


def means_found(event: str, where: str) -> str:
    """A share of people."""
    place = f" in people with {where}" if where else " among all people it describes"
    return f"How common {event} is{place}."


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
    return f"How far each number, within its range, moves how many have {lower_first(cause)}."


TORNADO_SHOW = "Show these numbers"
TORNADO_NO_RANGES = "The numbers of this network state no ranges, so none can be moved within one."
TORNADO_NONE = "No single number moves it by 1 of 100 or more within its range."


def tornado_behind(cause: str, outcome: str) -> str:
    """The same where the table above shows which cause is behind the outcome."""
    return (
        f"How far each number, within its range, moves in how many {lower_first(cause)} is behind "
        f"{lower_first(outcome)}."
    )


def compared_behind(outcome: str) -> str:
    """Heading of how often each cause is behind an outcome, before and after."""
    return f"Of 100 people like this, in how many it is behind {lower_first(outcome)}"


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


def number_facts(kind: str, grade: str, sourced: bool, coverage: float) -> str:
    """Kind, grade and range of a number in one line."""
    sources = "" if sourced else "no source; "
    graded = f"grade {grade}: {GRADES[grade]}" if grade else GRADES[""]
    return (
        f"{KIND_WORDS.get(kind, kind).capitalize()}; {graded}; {sources}"
        f"the range covers {100 * coverage:.0f} of 100."
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

# Numbers that are changed, on every page
CHANGED_SEE = "See"
CHANGED_UNDO = "Undo all"
CHANGED_SEE_HELP = "Go to the page Priors, which lists what is changed"
SHARE_NUMBERS = (
    "Numbers are changed. Link and case file hold the findings only, not the changed numbers: opened "
    "elsewhere, they show the published network. The report lists the changes; the changed network can be "
    "downloaded on the page Priors."
)


def numbers_changed(count: int) -> str:
    """That what is shown does not come from the published network."""
    return f"Numbers changed: {count}. These results are not those of the published network."


# Learn
LEARN_PICK = "Lesson"
LEARN_NOTE = "Guess first. The answer is worked out by the network, not written down here."
LEARN_OPTIONS = {"more": "Higher", "less": "Lower", "same": "About the same"}
LEARN_RIGHT, LEARN_WRONG = "Right", "Not quite"
LEARN_AGAIN = "Start again"
LEARN_PICTURE = "The network of this lesson"
LEARN_MISSING = "This lesson needs a network that is not installed:"
LEARN_CAPTION = "The two numbers compared"
LEARN_TITLE = "Short lessons"
LEARN_WAIT = "It opens when the one before it is answered."


def question_of(number: int, total: int, done: bool = False) -> str:
    """Where a student is."""
    return f"Question {number} of {total}{' ✓ done' if done else ''}"


def capital(label: str) -> str:
    """A label at the beginning of a row."""
    return label[:1].upper() + label[1:]


def graded(guess: str, right: str) -> str:
    """What the network says to a guess; the bars beside it show both numbers."""
    said = LEARN_OPTIONS[guess].lower()
    if guess == right:
        return f"{LEARN_RIGHT}: it is {said}."
    return f"{LEARN_WRONG}: it is not {said} but {LEARN_OPTIONS[right].lower()}."


def learn_score(right: int, total: int) -> str:
    """How many guesses were right, above the reason."""
    return f"{right} of {total} right. Why?"


def learn_world(label: str, cut: bool) -> str:
    """Of which row of a question the diagram speaks."""
    return f"It shows: {label}.{' Dashed arrows no longer act.' if cut else ''}"


LESSON_SUPPLEMENT = "The blamed supplement"
LESSON_SUPPLEMENT_STORY = (
    "People of 65 and over often take magnesium. Many of those who take it have cramps. "
    "Does the supplement bring on the cramps, or do the cramps bring people to the supplement?"
)
LESSON_SUPPLEMENT_SEE = "Look at two groups: those who take magnesium and those who do not. Among those who take it, the share with cramps is ..."
LESSON_SUPPLEMENT_DO = "Now give magnesium to everybody, and in another world to nobody. With magnesium, the share with cramps is ..."
LESSON_SUPPLEMENT_WHY = (
    "People take magnesium because they have had cramps for years, or take a diuretic. These lead to the supplement and to cramps, so the "
    "two go together without one causing the other. Setting the supplement from outside cuts the arrows into it, "
    "and what is left is its own small effect: that is P(cramps | do(supplement))."
)
LESSON_WORLDS = "See, do, imagine"
LESSON_WORLDS_STORY = (
    "A sprinkler runs more often under a clear sky. Sprinkler and rain both wet the grass. "
    "To see the sprinkler run, to switch it on, and to imagine it off: these are three different questions."
)
LESSON_WORLDS_SEE = (
    "You see that the sprinkler is running. Compared with before, the chance of a cloudy sky is ..."
)
LESSON_WORLDS_DO = (
    "You switch the sprinkler on yourself. Compared with before, the chance of a cloudy sky is ..."
)
LESSON_WORLDS_HAD = "The sprinkler is on and the grass is wet. Had the sprinkler been off, the chance of wet grass would be ..."
LESSON_WORLDS_WHY = (
    "Seeing tells about causes: a running sprinkler speaks for a clear sky, P(clouds | sprinkler). Doing cuts the arrow from the sky to the "
    "sprinkler, so nothing is learnt about the sky, P(clouds | do(sprinkler)). Imagining keeps what is known of this very lawn, "
    "here that it may have rained, and changes one thing only."
)
LESSON_OPEN = "Open this case on a page of its own"
LESSON_BASE = "How common is it anyway?"
LESSON_BASE_STORY = (
    "In a chest clinic an X-ray is abnormal in nearly all people with tuberculosis. "
    "A person has an abnormal X-ray. How likely is tuberculosis?"
)
LESSON_BASE_TURN = (
    "98 of 100 people with tuberculosis have an abnormal X-ray. Compared with that, the share with tuberculosis "
    "among 100 people with an abnormal X-ray is ..."
)
LESSON_BASE_VISIT = "Now the person has also been to a place where tuberculosis is common. Compared with the X-ray alone, tuberculosis is ..."
LESSON_BASE_WHY = (
    "Tuberculosis is rare here: 1 of 100 people. Most abnormal X-rays come from something more common. P(X-ray | tuberculosis) is not "
    "P(tuberculosis | X-ray): odds after = odds before x how much the finding speaks for it."
)
LESSON_AWAY = "One cause explains it"
LESSON_AWAY_STORY = "Lung cancer and tuberculosis have nothing to do with each other in this network, but both show on an X-ray."
LESSON_AWAY_FIRST = "The X-ray is abnormal. Compared with before, lung cancer is ..."
LESSON_AWAY_THEN = "Now it turns out that the person has tuberculosis. Compared with the abnormal X-ray alone, lung cancer is ..."
LESSON_AWAY_WHY = (
    "The X-ray asks for a cause. Tuberculosis is enough of one, so nothing is left that speaks for cancer: it is back to what it "
    "was before the X-ray, P(cancer | X-ray, tuberculosis) = P(cancer). This is called explaining away."
)
LESSON_SIMPSON = "Better overall, worse in each group"
LESSON_SIMPSON_STORY = (
    "Kidney stones were removed by puncture through the skin or by open surgery. Large stones are harder to treat, and were mostly given open surgery. "
    "The figures are those of a well known study (Charig 1986)."
)
LESSON_SIMPSON_ALL = "Among all people, success after open surgery, compared with puncture, is ..."
LESSON_SIMPSON_SMALL = "Among people with small stones only, success after open surgery is ..."
LESSON_SIMPSON_LARGE = "Among people with large stones only, success after open surgery is ..."
LESSON_SIMPSON_DO = "If everybody were given open surgery, compared with everybody given puncture, success would be ..."
LESSON_SIMPSON_WHY = (
    "The size of the stone leads to the treatment and to success, so the plain comparison sets hard cases beside easy ones. "
    "Compare like with like, then average over all people: P(success | do(treatment)). This is Simpson's paradox."
)
LESSON_TELLS = "What tells of what"
LESSON_TELLS_STORY = (
    "Clouds bring rain and keep the sprinkler off. Sprinkler and rain both wet the grass. Does a running sprinkler tell "
    "anything about rain? That depends on what is known already."
)
LESSON_TELLS_OPEN = (
    "Nothing is known. You see the sprinkler running. Compared with before, rain is ..."
)
LESSON_TELLS_SHUT = "You know that it is cloudy. Then you see the sprinkler running. Compared with knowing the clouds alone, rain is ..."
LESSON_TELLS_MEET = "You know that it is cloudy and that the grass is wet. Then you see the sprinkler running. Rain is ..."
LESSON_TELLS_WHY = (
    "A common cause links its effects until it is known; then the way between them is shut: "
    "P(rain | clouds, sprinkler) = P(rain | clouds). A common effect does the opposite: its causes "
    "tell nothing of each other until it, or something after it, is known. This is d-separation."
)
TB_XRAY = "abnormal X-ray in those with tuberculosis"
XRAY_TB = "tuberculosis in those with an abnormal X-ray"
TB_VISIT = "tuberculosis with an abnormal X-ray and the visit"
CANCER_BEFORE = "lung cancer before the X-ray"
CANCER_XRAY = "lung cancer with an abnormal X-ray"
CANCER_AWAY = "lung cancer with an abnormal X-ray and tuberculosis"
PUNCTURE, SURGERY = "success after puncture", "success after open surgery"
DO_PUNCTURE = "success if everybody had a puncture"
DO_SURGERY = "success if everybody had open surgery"
RAIN_BEFORE, RAIN_ON = "rain before anything is seen", "rain when the sprinkler runs"
RAIN_CLOUDS = "rain when it is cloudy"
RAIN_CLOUDS_ON = "rain when it is cloudy and the sprinkler runs"
RAIN_WET = "rain when it is cloudy and the grass is wet"
RAIN_WET_ON = "rain when it is cloudy, the grass is wet and the sprinkler runs"
SEE_TAKES, SEE_NOT = "cramps in those who take it", "cramps in those who do not take it"
DO_TAKES, DO_NOT = "cramps if everybody takes it", "cramps if nobody takes it"
CLOUDS_BEFORE = "clouds before anything is seen"
CLOUDS_SEEN, CLOUDS_DONE = "clouds when you see it run", "clouds when you switch it on"
WET_IS, WET_HAD = "wet grass as it is", "wet grass had it been off"
