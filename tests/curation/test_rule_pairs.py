"""Pairs of rules and cautions: a small network by hand, and the table of the leg-cramp network."""

from __future__ import annotations

import pytest

import etiograph as eg
from etiograph.curation.rule_pairs import BEGIN, END, Pair, markdown, pairs
from etiograph.formats.native import loads_native
from etiograph.resources import data_folder

MODEL = """\
format = 1
[variables.drug]
states = ["no", "yes"]
mechanism = {kind = "table", array = [0.9, 0.1]}
[variables.salt]
states = ["normal", "low"]
mechanism = {kind = "table", array = [0.9, 0.1]}
[variables.level]
states = ["low", "normal"]
mechanism = {kind = "reading", parents = ["salt"], unit = "mmol/L", mean = 4.0, sd = 0.3, plausible = [1.0, 9.0], bins = ["low", "normal"], cutpoints = [3.5], shifts = [{parent = "salt", shift = {low = -0.8}}]}
[flags.fever]
label = "fever"
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
    assert pairs(loads_native(MODEL)) == (
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
