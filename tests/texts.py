"""Files, as text, that tests of several folders read."""

DRUG_AND_SALT = """\
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
"""
"""A drug, a salt and its level in blood; rules are added behind."""
LESSON = """format = 1
title = "Mine"
network = "mine.bif"
level = "first steps"
minutes = 5
[[step]]
guess = "direction"
text = "Under clouds, rain is ..."
first = ["rain", "P(rain=yes)"]
second = ["rain under clouds", "P(rain=yes | cloudy=yes)"]
"""
"""A lesson about ``mine.bif``, which is the sprinkler."""
ACHES = """
format = 1

[about]
name = "aches"
evidence = "evidence.csv"

[variables.sex]
states = ["female", "male"]
mechanism.kind = "table"
mechanism.rows = [{ p = { male = SOURCED } }]

[variables.drug]
states = ["no", "yes"]
mechanism.kind = "table"
mechanism.parents = ["sex"]
mechanism.array = [[0.8, 0.2], [0.4, 0.6]]

[variables.ache]
states = ["absent", "present"]
mechanism.kind = "table"
mechanism.parents = ["sex", "drug"]
mechanism.array = [[[0.9, 0.1], [0.7, 0.3]], [[0.8, 0.2], [0.5, 0.5]]]
"""
"""Sex confounds drug and ache; ``SOURCED`` is how many are men."""
