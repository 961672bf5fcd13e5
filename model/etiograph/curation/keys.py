"""What the tables beside a model file hold: the columns of the evidence, the keys of statistics and cases."""

from __future__ import annotations

from collections.abc import Mapping

from etiograph.formats.native.keys import Key

EVIDENCE: Mapping[str, Key] = {
    "id": Key("Its name, which numbers and rules cite. The one column that is needed.", "E110"),
    "topic": Key("What it is about.", "diuretics"),
    "quantity": Key("What was measured, in words.", "Cramp prevalence (adjusted)"),
    "population": Key("In whom.", "Primary care attenders >=60 y"),
    "value": Key("What was found.", "0.46"),
    "ci_low": Key("Lower end of its interval.", "0.38", "a quarter below the value"),
    "ci_high": Key("Upper end of its interval.", "0.53", "a quarter above the value"),
    "unit": Key(
        "`proportion`, the name of a ratio, or the unit of the value.",
        "proportion",
    ),
    "kind": Key("What kind of figure it is; `none_found` where nothing was.", "prevalence"),
    "design": Key("Of the study.", "cross-sectional"),
    "n": Key("How many people.", "516"),
    "year": Key("Of publication.", "2016"),
    "first_author": Key("Family name and initials.", "Maisonneuve H"),
    "doi_or_pmid": Key("Where it is published; reports link to it.", "10.1186/s12875-016-0509-9"),
    "url_read": Key("The page that was read.", "https://doi.org/10.1186/s12875-016-0509-9"),
    "grade": Key("A to D, as of a number.", "B"),
    "note": Key("What a reader should know of it.", "by questionnaire"),
}
"""Columns of the evidence table."""
NUMBERS = ("value", "ci_low", "ci_high", "n", "year")
"""Columns that hold numbers."""

CHECKS: Mapping[str, Key] = {
    "id": Key("Its name.", '"c_127"'),
    "statistic": Key("What was published.", '"probability"'),
    "of": Key(
        "The variable and its state, or states, or for a mean the number each state stands for; of a measured test its name alone.",
        '{leg_cramps = "present"}',
    ),
    "value": Key("The published value.", "0.46"),
    "low": Key("Lower end of its range.", "0.38"),
    "high": Key("Upper end of its range.", "0.53"),
    "evidence": Key("Rows of the evidence table; the first is the statistic itself.", '["E001"]'),
    "set": Key("Whether a number of the model cites the row: then agreement is no test.", "false"),
    "given": Key("Of whom: states, or shares of states.", '{age = "65_and_over"}', "everybody"),
    "do": Key("What is set from outside.", '{diuretic = "none"}', "nothing"),
    "against": Key(
        "What is otherwise in the group compared with; goes with ratios and differences.",
        '{age = "under_50"}',
        "none",
    ),
    "note": Key("For people.", '"adjusted for age"'),
}
"""Keys of a published statistic."""
NEEDED = ("id", "statistic", "of", "value", "low", "high", "evidence", "set")

VIGNETTES: Mapping[str, Key] = {
    "findings": Key("What is known.", '{age = "under_50", leg_cramps = "present"}'),
    "id": Key("Its name.", '"t01"', "its number"),
    "title": Key("In a few words.", '"Thiazide, low magnesium"'),
    "do": Key("A change in whose world the findings are seen.", '{diuretic = "none"}', "none"),
    "had": Key("What is imagined otherwise.", '{diuretic = "none"}', "none"),
    "after": Key("What is changed from now on.", '{diuretic = "none"}', "none"),
}
"""Keys of a case that ``etiograph diff`` asks about; others are left alone."""

KINDS = {
    **dict.fromkeys(("value", "low", "high"), "number"),
    **dict.fromkeys(("given", "do", "against", "findings", "had", "after", "of"), "table"),
    "evidence": "list of text",
    "set": "true or false",
}
"""The type of a key where it is no text."""
