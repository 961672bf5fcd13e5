"""What is expected of cases, and a network held against all that stands beside its file."""

from __future__ import annotations

import pytest

import etiograph as eg
from etiograph.curation.checked import checked
from etiograph.curation.expectations import judge, read_expectations
from etiograph.curation.published import read_checks
from etiograph.curation.statistics import compare
from etiograph.errors import InvalidNetwork, UnreadableFile
from etiograph.resources import data_folder, network_path

CASES = """\
causes = ["tuberculosis", "lung_cancer", "bronchitis"]
[[cases]]
id = "right"
title = "A smoker who coughs"
findings = {smoking = "yes", dyspnoea = "present"}
expect.first = ["bronchitis", "lung_cancer"]
expect.above_baseline = ["lung_cancer"]
expect.below = ["visit_to_asia"]
expect.ranges = {bronchitis = [0.7, 0.95]}
[[cases]]
id = "wrong"
findings = {smoking = "yes", dyspnoea = "present"}
expect.first = ["tuberculosis"]
expect.above_baseline = ["smoking=no"]
expect.below = ["lung_cancer"]
expect.ranges = {bronchitis = [0.0, 0.1]}
expect.rules = ["none_of_ours"]
[[cases]]
id = "impossible"
findings = {lung_cancer = "present", tuberculosis_or_cancer = "absent"}
expect.impossible = true
[[cases]]
id = "refused"
findings = {smoking = "perhaps"}
expect.error = "UnknownName"
[[cases]]
id = "answered"
findings = {smoking = "yes"}
expect.impossible = true
[[cases]]
id = "of others"
findings = {smoking = "yes"}
"""


@pytest.fixture
def judged(tmp_path):
    path = tmp_path / "vignettes.toml"
    path.write_text(CASES)
    return {each.case.id: each for each in judge(eg.load("asia"), read_expectations(path))}


def test_what_comes_out_as_expected(judged):
    assert [name for name, each in judged.items() if each.met] == ["right", "impossible", "refused"]
    assert "of others" not in judged  # it says nothing of what is expected


def test_every_difference_is_named(judged):
    kinds = [line.partition(":")[0].partition(" ")[0] for line in judged["wrong"].failures]
    assert kinds == ["first", "above_baseline", "below", "range", "rule"]
    assert judged["answered"].failures == ("answered, ImpossibleFindings expected",)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("cases = 3", InvalidNetwork),
        ("[[cases]]\nexpect = 3\nfindings = {}", InvalidNetwork),
        ("[[cases]]\nexpect.first = []", InvalidNetwork),
        ("cases = ", UnreadableFile),
    ],
)
def test_a_bad_file_is_refused(tmp_path, text, error):
    path = tmp_path / "vignettes.toml"
    path.write_text(text)
    with pytest.raises(error):
        read_expectations(path)


def test_all_that_stands_beside_a_file():
    net, folder = eg.load("leg_cramps"), data_folder() / "leg_cramps"
    found = checked(net, "leg_cramps")
    rows = compare(net, read_checks(net, folder / "checks.toml"))
    assert found.statistics == rows
    assert len(found.cases) == 60
    frame = found.to_frame()
    assert list(frame.network) == [row.answer for row in rows]
    assert frame.sources[0] == "E113"
    inside, total = found.count(False)
    assert 0 < inside <= total


def test_nothing_beside_a_file(tmp_path):
    (tmp_path / "asia.toml").write_text(network_path("asia").read_text())
    found = checked(eg.load("asia"), tmp_path / "asia.toml")
    assert (found.statistics, found.cases) == ((), ())
    assert found.to_frame().empty
