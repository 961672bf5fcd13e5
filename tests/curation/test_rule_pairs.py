"""Pairs of rules and cautions: a small network by hand, and the table of the leg-cramp network."""

from __future__ import annotations

import pytest
from tests.texts import DRUG_AND_SALT

import etiograph as eg
from etiograph.curation.rule_pairs import BEGIN, END, Pair, markdown, pairs
from etiograph.formats.native import loads_native
from etiograph.resources import data_folder

RULES = """\
[[rules]]
id = "low"
level = "urgent"
when = {level = {below = 3.0}}
message = "Stop the drug."
silences = ["keep"]
[[rules]]
id = "hot"
level = "see"
when = {fever = "present"}
message = "See."
[[rules]]
id = "keep"
level = "caution"
change = {drug = "no"}
message = "Keep the drug."
[[rules]]
id = "high"
level = "caution"
change = {drug = "yes"}
when = {level = {above = 5.0}}
message = "The level is high."
"""


def test_pairs_by_hand():
    assert pairs(loads_native(DRUG_AND_SALT + RULES)) == (
        Pair("low", "keep", together=False, related=False),
        Pair("hot", "keep", together=True, related=False),
        Pair("hot", "high", together=True, related=False),
        # "low" and "high" look at one level that cannot be in both bands.
    )


@pytest.mark.slow
def test_the_table_of_the_leg_cramp_network_is_the_one_in_its_readme():
    text = (data_folder() / "leg_cramps" / "README.md").read_text(encoding="utf-8")
    inside = text.partition(BEGIN)[2].partition(END)[0].strip("\n")
    assert inside == markdown(eg.load("leg_cramps"))
