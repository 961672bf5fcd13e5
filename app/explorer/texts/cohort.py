"""A reader's own cases: the file, what it says of the numbers, how good the network is on it."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from etiograph.progress import Begun

from .wording import joined

PRIORS_WAY = "What to do with the numbers"
PRIORS_WAYS = {"one": "Look at one number", "cases": "Use your own cases"}
COHORT_INTRO = (
    "Bring a table of your own people, one row a person, one column a finding. It is read in memory on the "
    "machine that runs this page: it is never written to disk, and is in no link and no log. It is gone "
    "when you close the page or put it away."
)
COHORT_FILE = "Table of cases (CSV or Parquet)"
COHORT_FILE_HELP = (
    "The first line names the columns: names of variables as in the model file. A cell is the name of a "
    "state, or a measured value such as 0.62 mmol/L; an empty cell means: not known. At most 20 MB."
)
COHORT_DROP = "Put the file away"
COHORT_REFUSED = "This file can't be used. Nothing was changed."
COHORT_NO_ROWS = "The table has a header, but no rows."
COHORT_MARKS = "NA, ?"
COHORT_MARKS_LABEL = "Cells that mean: not known"
COHORT_MARKS_HELP = "Beside the empty cell, with commas between them. A mark that is the name of a state stays that."
COHORT_GIVEN = "These people all have ..."
COHORT_GIVEN_HELP = (
    "What brought people into the table. A clinic for leg cramps sees only people who cramp: say so here, "
    "and they are compared with other people who cramp, not with everybody."
)
COHORT_GIVEN_HINT = "Nothing: they came as they are"
COHORT_NAME = "What to call these cases"
COHORT_NAME_HELP = (
    "The new model file says of each number which cases moved it. Give no names of persons."
)
COHORT_NAME_START = "own cases"
COHORT_DATE = "When they were seen"
COHORT_DATE_HINT = "for example 2026-05"
COHORT_ONLY = "Only these may move"
COHORT_ONLY_HINT = "All numbers that have a range"
COHORT_ONLY_HELP = "Variables whose numbers the cases may move. The fewer, the quicker."
COHORT_WORTH = "How many cases its own tables count as"
COHORT_WORTH_HELP = (
    "This network states its numbers without ranges. They are taken as if each row of each table had been "
    "counted from so many cases: the more, the less your own cases move them."
)
COHORT_NO_RANGES = (
    "The numbers of this network have no ranges, and it is not made of plain tables alone. So nothing says how "
    "far cases may move them. Give its numbers ranges in the model file first. How good the network is on "
    "your cases can be asked all the same."
)
COHORT_QUESTION = "What to ask of these cases"
COHORT_QUESTIONS = {
    "numbers": "What they say of the numbers",
    "judged": "How good is it on these cases",
}
COHORT_SKIP = "Go on without the rows that can't be read"
COHORT_LEARN = "Learn from these cases"
COHORT_AGAIN = "Learn again"
COHORT_STOP = "Stop"
COHORT_DOUBTS = "Look at this before you believe the numbers"
COHORT_WAITING = "Waiting: others are at work on this machine."
COHORT_STARTING = "Getting ready"
COHORT_STOPPED = "Stopped. Nothing was changed."
BROKEN_TITLE = "Something went wrong"
COHORT_FAILED = "Something went wrong on our side, and there is no result. Nothing was changed."
COHORT_ASKED_REFUSED = "There is no answer to this. Nothing was changed."
COHORT_NOT_ALONE = (
    "This can't be taken alone, because the numbers of a row must add up to 1: take all of them."
)
COHORT_PRIOR, COHORT_POSTERIOR = "as stated", "with your cases"
COHORT_SCALE = "the line is the range, each on a scale of its own"
COHORT_CONFLICTS = "What they contradict"
COHORT_MOVED = "What they moved"
COHORT_TAKE = "Take"
COHORT_TAKE_ALL, COHORT_TAKE_AGREED, COHORT_LEAVE_ALL = (
    "Take all",
    "Take all but what they contradict",
    "Leave all",
)
COHORT_SHOWN = 12
COHORT_TABLE = "Show as table"
COHORT_COLUMNS = (
    "Number",
    "Stated",
    "Stated range",
    "With your cases",
    "Range with your cases",
    "From your cases",
    "Off by (standard errors)",
    "p",
    "Grade",
    "Sources",
    "Name in the file",
)
COHORT_TABLE_ALT = "Every number before and after your cases, with the conflict of each"
COHORT_SOURCES = "Which sources they speak against"
COHORT_SOURCE_COLUMNS = ("Source", "Numbers", "Spoken of", "Chi squared", "p", "Furthest off")
COHORT_DOWNLOAD = "Download the new model file"
COHORT_DOWNLOAD_HELP = (
    "With the numbers you took. Each says which cases moved it, how many, when, and what it was before. "
    "Nothing about single people is in it."
)
COHORT_CSV = "Download this table"
COHORT_NOTHING_TAKEN = "Take numbers, then download the model file with them."
COHORT_HOLES = (
    "Empty cells are taken to be empty by chance. A test that was done because something was suspected needs a "
    "variable that says it was done."
)
COHORT_QUICK = "This takes some seconds."
COHORT_SLOW = (
    "This is much to work out: expect minutes. You can go on elsewhere meanwhile, and stop it."
)
COHORT_VERY_SLOW = (
    "This is very much to work out: expect many minutes, on a small machine an hour. Name the variables whose "
    "numbers may move, or bring fewer rows, and it will be quicker."
)
PHASES = {
    "curvature": "Looking at how much the cases tell",
    "maximum": "Looking for the numbers that fit best",
    "information": "Working out how sure they are",
    "maximum: step": "Looking for the numbers that fit best",
    "information: direction": "Working out how sure they are",
    "check: draw": "Checking that against the exact answer",
    "chains: gradient": "Following the exact slope, which takes longer",
    "turn": "Looking for the numbers that fit best",
    "part": "Learning again, part",
    "ranges": "Working out how sure they are",
    "intervals": "Working out how sure the scores are",
}

JUDGE_TARGET = "What should be told"
JUDGE_TARGET_HELP = "The network is not told this column, and is asked about it in each row."
JUDGE_OUT = "Not told beside it"
JUDGE_OUT_HINT = "Nothing else"
JUDGE_OUT_HELP = "Columns that are only known together with it, or follow from it: with them the question would be too easy."
JUDGE_BY = "Also apart by"
JUDGE_BY_HINT = "No subgroups"
JUDGE_ANEW = "Learn from the other cases first (in 5 parts)"
JUDGE_ANEW_HELP = (
    "Off: the network as it now stands. On: for each fifth of the cases it learns from the other four fifths "
    "and is asked about those it has not seen. Takes about five times as long as learning once."
)
JUDGE_GO = "Work it out"
JUDGE_NONE = "No column of this table has a state in at least 20 rows and another in others, so nothing can be judged."
JUDGE_SEEN = (
    "You took numbers that were learned from these same cases. On cases a network has learned from it looks better "
    "than it is: leave them, or switch on learning from the other cases."
)
JUDGE_CHARTS = {
    "calibration": "Calibration: does it happen as often as it says?",
    "roc": "ROC curve: how well does it tell apart?",
    "decision": "Decision curve: is acting on it worth more than acting on all, or on nobody?",
}
JUDGE_CALIBRATION_COLUMNS = ("Said", "Was so", "95 % from", "95 % to", "Cases")
JUDGE_ROC_COLUMNS = ("Threshold", "Found, of those with it", "False alarms, of those without it")
JUDGE_DECISION_COLUMNS = (
    "Act from",
    "By the network",
    "95 % from",
    "95 % to",
    "Everybody",
    "Nobody",
)
JUDGE_GROUP_COLUMNS = (
    "Group",
    "Cases",
    "With it",
    "Said on average",
    "AUC",
    "95 % from",
    "95 % to",
)
JUDGE_GROUPS = "Apart by group"
JUDGE_CSV = "Download all scores"
JUDGE_NETWORK = "Judged: the network with the numbers as they now stand."
JUDGE_NETWORK_ANEW = (
    "Judged out of fold: each part of the cases by what the other four parts taught."
)


def cohort_file(name: str, size: int, rows: int, used: int, unused: int) -> str:
    """A file in one line."""
    shown = f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{max(1, round(size / 1e3))} kB"
    others = f", {unused} not" if unused else ""
    row = "row" if rows == 1 else "rows"
    column = "column is a variable" if used == 1 else "columns are variables"
    return f"{name}: {shown}, {rows:,} {row}; {used} {column} of this network{others}."


def cohort_unused(names: Sequence[str], known: Sequence[str]) -> str:
    """Columns that are not used, each with the variable it may have meant."""
    parts = []
    for name in names[:12]:
        near = get_close_matches(name, known, 1, 0.8)
        parts.append(f"{name} (did you mean {near[0]}?)" if near else name)
    more = [f"{len(names) - 12} more"] if len(names) > 12 else []
    return f"Not used, because no variable is called so: {joined(parts + more)}."


def cohort_no_column(names: Sequence[str], known: Sequence[str]) -> str:
    """A table that has nothing to do with the network."""
    some = ", ".join(repr(n) for n in names[:6]) or "none"
    return (
        f"no column is called as a variable of this network. The columns: {some}. Variables are called, for "
        f"example, {', '.join(known[:6])}."
    )


def cohort_too_long(rows: int, most: int) -> str:
    """More rows than are taken here."""
    return (
        f"{rows:,} rows; here at most {most:,} are taken. The command line (etiograph update, etiograph "
        "validate) takes more."
    )


def cohort_faults(rows: int) -> str:
    """That cells can't be read."""
    return f"{rows:,} row{'s have' if rows != 1 else ' has'} a cell that can't be read."


def cohort_fault(where: str, why: str) -> str:
    """One cell that can't be read."""
    return f"{where[:1].upper()}{where[1:]}: {why}"


def cohort_before(before: str, now: str) -> str:
    """A number before and after."""
    return f"{before} stated, {now} with your cases"


def cohort_range(value: float, low: float | None, high: float | None) -> str:
    """A value with its range."""
    ends = "" if low is None or high is None else f" ({low:.3g} to {high:.3g})"
    return f"{value:.3g}{ends}"


def cohort_all(count: int) -> str:
    """The switch to all numbers."""
    return f"Show all {count} numbers"


def cohort_silent(count: int) -> str:
    """Numbers of which the cases say nothing."""
    if count == 1:
        return "Of one more number the cases say next to nothing; it stays as it is."
    return f"Of {count} more numbers the cases say next to nothing; they stay as they are."


def cohort_taken(taken: int, of: int) -> str:
    """How many numbers were taken."""
    return f"You took {taken} of {of}."


def cohort_at(begun: Begun | None, seconds: int) -> str:
    """What a job is at, how much of it is done, and for how long."""
    what = COHORT_STARTING if begun is None else PHASES.get(begun.noun, str(begun))
    if begun is not None and begun.noun in PHASES and begun.end:
        what += f"{'' if begun.noun == 'part' else ','} {begun.number:,} of {begun.end:,}"
    spent = f"{seconds} s" if seconds < 90 else f"{seconds // 60} min"
    return f"{what} ({spent})"


def judge_used(unknown: int, impossible: int) -> str:
    """Rows that could not be used to judge; empty if there are none."""
    parts = []
    if unknown:
        parts.append(f"{unknown:,} rows do not say it")
    if impossible:
        parts.append(f"{impossible:,} can't be by this network")
    return f"{joined(parts)}; they are not used." if parts else ""
