"""Checks: published statistics and expected cases beside the answers of the network."""

from __future__ import annotations

PAGE_CHECKS = "Checks"
HELP_CHECKS = "What the network says beside what was published and what is expected."
CHECKS_INTRO = (
    "A network is only as good as what it gets right. Here it is asked what studies have measured, and what "
    "clinicians expect of made-up patients. Numbers changed on Priors count here, too."
)
CHECKS_WORKING = "Asking the network ..."
CHECKS_OWN = (
    "This network came as a single file, without a folder, so there is nothing to hold it against. Put its "
    "checks beside the file and start the explorer on it: etiograph explore my_network.toml"
)
CHECKS_NONE = "Nothing stands beside the file of this network that it could be held against."
CHECKS_HOW = "How to add checks"
CHECKS_HOW_FIGURES = (
    "Beside the model file, write checks.toml with one entry for each published figure:"
)
CHECKS_HOW_CASES = "Expected cases go into vignettes.toml:"
CHECKS_HOW_COMMAND = "The same on the command line:"
CHECKS_COMMAND = "etiograph check my_network.toml --against evidence"
CHECKS_FILE = """\
[[checks]]
id = "smokers"
statistic = "probability"          # or mean, odds_ratio, risk_ratio, difference
of = {lung_cancer = "present"}     # what is asked
given = {smoking = "yes"}          # of whom
value = 0.10
low = 0.08                         # the range that the study gives
high = 0.12
evidence = ["E001"]                # rows of evidence.csv, where the source is named
set = false                        # true if a number of the model was taken from it
"""
CASES_FILE = """\
[[cases]]
id = "t01"
title = "A smoker who coughs"
findings = {smoking = "yes", dyspnoea = "present"}
expect.above_baseline = ["lung_cancer"]
"""
CHECKS_STATISTICS = "Published figures"
CHECKS_NOTE = (
    "Predicted: no number of the network was taken from that study, so only these test it. Set: a number "
    "was taken from it. Missed ones stand first."
)
CHECKS_CASES = "Expected cases"
CHECKS_CASES_NOTE = (
    "Made-up patients. What should come out was written down before the network was asked."
)
CHECKS_HEADS = ("Published", "Study", "Network", "Result")
CHECKS_ASKED = "Asked"
CHECKS_MET, CHECKS_MISSED = "met", "missed"
CHECKS_PREDICTED, CHECKS_SET = "predicted", "set"
CASE_MET, CASE_MISSED = "as expected", "not as expected"
CASES_HEADS = ("Case", "Result", "Why")
TO = "to"


CHECKS_MARKS = "*†‡§¶"


def checks_said(number: int, sentence: str) -> str:
    """A sentence that many rows share, once, behind its mark."""
    return f"{CHECKS_MARKS[number]} {sentence}"


def checks_see(number: int) -> str:
    """The mark behind a range that such a sentence is about."""
    return CHECKS_MARKS[number]


def checks_count(inside: int, total: int, is_set: bool) -> str:
    """How many published figures of one kind are met; empty where there is none."""
    if not total:
        return ""
    kind = "that were used to set it" if is_set else "that it was not told"
    return f"{inside} of {total} figures {kind} are met."


def cases_count(met: int, total: int) -> str:
    """How many cases come out as expected."""
    return f"{met} of {total} cases come out as expected."
