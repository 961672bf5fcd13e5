"""What every page shares: name, toolbar, sharing, notices, pages, example patients, changed numbers."""

from __future__ import annotations

from .wording import at_line

NAME = "etiograph"
DISCLAIMER = "For research and teaching. Not a medical device; not validated for patient care."
PAGE_EXPLORE = "Explore"
MORE = "More"


def more_pages(here: str) -> str:
    """The button before the pages that are not in the bar; with the open one, if it is one of them."""
    return f"{MORE}: {here}" if here else MORE


HELP_EXPLORE = "Enter what is known and read the possible causes beside it."
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
OPEN_FILE = "Open a file"
UNDO, REDO, RESET, SHARE = "Undo", "Redo", "Reset", "Share"
RESET_HELP = "Clear everything (Undo brings it back)"
AS_CODE = "The same on the command line and in Python:"
SHARE_TITLE = "Link to this case"
SHARE_NOTE = (
    "The link holds everything you entered. Anyone who has the link can read it, so share it with care. "
    "It opens on any computer that runs this explorer. To copy it, use the sign at its upper right."
)
SHARE_EMPTY = (
    "Nothing is entered yet. Once it is, a link, a report and a file of the case appear here."
)
REPORT_FILE = "Report (HTML, prints well)"
PAGE_FILE = "One page (HTML, one sheet of A4)"
PATIENT_FILE = "For the patient (HTML, one sheet of A4)"
CASE_FILE = "Case (JSON)"
UPLOAD = "Open a case, a patient's record or a network"
UPLOAD_HELP = (
    "A case that was taken away here; a patient's record in FHIR R4, as JSON; or a network: a model file, or a file of "
    "GeNIe, Hugin, Netica, OpenMarkov, or in BIF or UAI. What it is, is told from its content."
)
UPLOAD_REFUSED = "The file could not be opened"
UPLOAD_NOT_CASE = "This is no case file of the explorer."
RECORD_REFUSED = "The patient's record could not be read. Nothing was taken from it."
RECORD_TITLE = "Patient's record"
RECORD_DAY = "The day the person is looked at"
RECORD_DAY_HELP = "Results of the 90 days before it count, and the age is that of this day."
RECORD_USED = "Where the findings come from"
RECORD_BY_HAND = "The record narrows these, but leaves several states: enter them by hand"
RECORD_UNUSED = "In the record and not used"


def record_read(findings: int, unused: int) -> str:
    """What came of a record."""
    return (
        f"Findings taken from the record: {findings}. Entries that were not used: {unused}; what was not "
        "recognised is not absent. Which, and why: Share, below Open a file. The record stays in this session."
    )


def record_more(lines: int) -> str:
    """That the list is longer."""
    return f"... and {lines} more"


UPLOAD_OTHER = "The case belongs to a network that is not open here. Open that network first."
CASE_NOTICE = "For research and teaching. Not a medical device; not validated for patient care."
RESEARCHER = "Researcher view"
RESEARCHER_HELP = "More detail: numbers not rounded, names in the model file, the question do( )"
# Notices
LINK_UNREADABLE = "The link could not be read. Nothing was taken from it."
LINK_OTHER_NETWORK = "The link is for a network that is not open here. Nothing was taken from it."


def link_own_network(name: str) -> str:
    """That a link belongs to a file, which has to be opened first."""
    return (
        f'The link belongs to the network "{name}" from somebody\'s own file, which is not open here. Open '
        "that file first (Share, Open a file), then the link again. Nothing was taken from it."
    )


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


def kept_case(number: int, findings: int) -> str:
    """A case put aside; it has no name, so that nobody can be recognised by it."""
    return f"Kept case {number} ({findings} {'finding' if findings == 1 else 'findings'})"


def unknown_name(name: str) -> str:
    """A finding this network does not have."""
    return f"This network has no finding called “{name}”. It was left out."


def unknown_value(label: str, value: str) -> str:
    """A value a finding does not have."""
    return f"“{value}” is no possible value of {label}. It was left out."


# Pages
PAGE_COMPARE, PAGE_WHY, PAGE_PRIORS = "Compare", "Why", "Priors"
PAGE_LEARN, PAGE_ABOUT = "Learn", "About"
HELP_COMPARE = "What a change would do, beside no change."
HELP_WHY = "Which findings speak for and against a possible cause, and what to ask next."
HELP_PRIORS = "Every number of the network, its source, and what follows if it were otherwise."
HELP_LEARN = "Short lessons: act first, then see why."
HELP_ABOUT = "What this network is, what it rests on and what it can't do."
# Numbers that are changed, on every page
CHANGED_SEE = "See"
CHANGED_UNDO = "Undo all"
CHANGED_SEE_HELP = "Go to the page Priors, which lists what is changed"
SHARE_NUMBERS = (
    "Numbers are changed. This link finds them as long as this server runs; opened elsewhere, link and "
    "case file show the published network, not the changed numbers. The report lists the changes; the changed network can be "
    "downloaded on the page Priors."
)


SHARE_OWN = (
    "This network is from a file. The link opens it while this explorer runs and others have not pushed it "
    "out of memory; elsewhere, open the file of the network first."
)


def changed_copy(name: str, numbers: int, others: bool) -> str:
    """That the open file is a changed copy of a bundled network."""
    count = f"{numbers} number{'s differ' if numbers != 1 else ' differs'}" if numbers else ""
    more = "other parts differ" if others else ""
    what = " and ".join(filter(None, (count, more)))
    return (
        f"A changed copy of {name}: {what}. These results are not those of the published network."
    )


def numbers_changed(count: int) -> str:
    """That what is shown does not come from the published network."""
    return f"Numbers changed: {count}. These results are not those of the published network."


def as_code_of(file: str) -> str:
    """Which file has to be taken away first."""
    return f"First take the network away as {file} on the page Model: as it stands it is in no other file."
