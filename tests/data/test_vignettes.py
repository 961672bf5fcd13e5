"""Sixty clinical cases with the answer fixed before the network computed (data/leg_cramps).

A case with the key `disagrees` keeps its expectation: the test then asserts that the network still
answers otherwise, so that a repaired disagreement is noticed, and the list is counted below.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from functools import cache

import pytest

import etiograph as eg
from etiograph.curation.expectations import judge, read_expectations
from etiograph.resources import data_folder

FILE = data_folder() / "leg_cramps" / "vignettes.toml"
CONTENT = tomllib.loads(FILE.read_text(encoding="utf-8"))
CASES = {case["id"]: case for case in CONTENT["cases"]}


@cache
def judged():
    """Each case, judged."""
    found = judge(eg.load("leg_cramps"), read_expectations(FILE))
    return {each.case.id: each for each in found}


def test_there_are_sixty_cases_of_four_kinds():
    counts = Counter(case["kind"] for case in CONTENT["cases"])
    assert counts == {"typical": 20, "atypical": 20, "red_flag": 10, "contradictory": 10}
    assert len(CASES) == 60
    assert all(case["title"] and case["reasoning"] and case["expect"] for case in CASES.values())


@pytest.mark.parametrize("case_id", CASES)
def test_case(case_id):
    found, case = judged()[case_id], CASES[case_id]
    assert found.case.findings == case["findings"]
    if "disagrees" in case:
        assert case["disagrees"]
        assert not found.met, "the network now agrees: take the key `disagrees` out"
    else:
        assert found.met, f"{case['title']}: " + "; ".join(found.failures)


def test_disagreements_are_few_and_listed():
    listed = [case["id"] for case in CASES.values() if "disagrees" in case]
    assert listed == DISAGREEMENTS


DISAGREEMENTS: list[str] = []
"""Ids in file order; each is explained in the file and in data/leg_cramps/README.md."""
