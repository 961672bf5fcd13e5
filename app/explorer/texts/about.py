"""About: facts, limits, grades and sources."""

from __future__ import annotations

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
FACT_SEARCH, FACT_VALIDATED = "Last literature search", "How it was tested"
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
