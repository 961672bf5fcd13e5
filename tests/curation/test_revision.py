"""Two versions of a network: what a difference means for cases, rules and published statistics."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

import etiograph as eg
from etiograph.curation.revision import Revision, Yardstick, diff
from etiograph.curation.revision_cases import compare_cases
from etiograph.curation.vignettes import Vignette, read_vignettes
from etiograph.errors import InvalidNetwork, UnreadableFile
from etiograph.formats import write

# P(cramps) = 1 - 0.9 (1 - 0.4 cold) (1 - s salt): the causes can be ranked by hand.
MODEL = """
format = 1
[about]
name = "clinic"
version = "{version}"
target = "cramps"
causes = ["cold", "salt"]

[variables.cold]
states = ["no", "yes"]
label = "cold nights"
mechanism = {{kind = "table", rows = [{{p = {{yes = 0.3}}}}]}}

[variables.salt]
states = ["no", "yes"]
label = "low salt"
mechanism = {{kind = "table", rows = [{{p = {{yes = {salt}}}}}]}}

[variables.cramps]
states = ["no", "yes"]
mechanism.kind = "noisy_or"
mechanism.leak = 0.1
mechanism.links = [
  {{parent = "cold", strength = {{yes = {{value = 0.4, low = 0.2, high = 0.6, evidence = ["E1"]}}}}}},
  {{parent = "salt", strength = {{yes = 0.4}}}},
]

[flags.fainting]
{rules}
"""
RULE = """
[[rules]]
id = "faint"
level = "urgent"
when = {fainting = "present"}
message = "See somebody today."
source = "expert"
"""
CASES = """
[[cases]]
id = "c1"
title = "Cramps at night"
findings = {cramps = "yes"}
expect = "whatever else it says"

[[cases]]
id = "c2"
findings = {cold = "no", salt = "no"}

[[cases]]
id = "c3"
title = "Fainted"
findings = {fainting = "present"}

[[cases]]
id = "c4"
findings = {cramps = "yes"}
after = {cold = "no"}
"""
CHECKS = """
[[checks]]
id = "s1"
statistic = "probability"
of = {salt = "yes"}
value = 0.25
low = 0.2
high = 0.3
evidence = ["E1"]
set = false

[[checks]]
id = "s2"
statistic = "probability"
of = {salt = "yes"}
value = 0.45
low = 0.4
high = 0.6
evidence = ["E2"]
set = false
"""
EVIDENCE = "id,quantity,value\nE1,cramps of the cold,{value}\nE2,low salt,0.45\n"


def model(salt: float = 0.25, version: str = "1", rules: str = RULE) -> str:
    return MODEL.format(salt=salt, version=version, rules=rules)


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Two versions of a network, each with what stands beside it."""
    for name, text, value in (("one", model(), "0.4"), ("two", model(0.5, "2", ""), "0.5")):
        (tmp_path / name).mkdir()
        for file, content in (
            ("model.toml", text),
            ("checks.toml", CHECKS),
            ("vignettes.toml", CASES),
            ("evidence.csv", EVIDENCE.format(value=value)),
        ):
            (tmp_path / name / file).write_text(content, encoding="utf-8")
    return tmp_path / "one" / "model.toml", tmp_path / "two" / "model.toml"


def test_what_moved_changed_places_fired_and_came_in(folders):
    found = diff(*folders)
    assert found
    assert found.asked == 5  # with the one of whom nothing is known
    by_id = {case.id: case for case in found.cases}
    assert set(by_id) == {"nothing known", "c1", "c3", "c4"}  # everything is known of c2
    one, two = (eg.load(path) for path in folders)
    for network, side in ((one, "before"), (two, "after")):
        p = network.case(cramps="yes").posterior()
        acted = network.case(cramps="yes").attribution("cramps")
        for answer in by_id["c1"].answers:
            assert getattr(answer, side) == pytest.approx(p[answer.name]["yes"], abs=1e-12)
            fired = next(c.fired for c in acted.causes if c.cause == answer.name)
            assert getattr(answer, f"behind_{side}") == pytest.approx(fired, abs=1e-12)
    places = {a.name: (a.place_before, a.place_after) for a in by_id["c1"].answers}
    assert places == {"cold": (1, 2), "salt": (2, 1)}
    changed = two.case(cramps="yes").after(cold="no").posterior()
    moved = {a.name: a.after for a in by_id["c4"].answers}
    assert moved["cramps"] == pytest.approx(changed["cramps"]["yes"], abs=1e-12)
    assert by_id["c3"].silent == (("urgent", "See somebody today."),)
    assert by_id["c3"].fires == ()
    assert [(s.id, s.came_in, s.went_out) for s in found.statistics] == [
        ("s1", False, True),
        ("s2", True, False),
    ]
    assert [(e.name, e.field, e.before, e.after) for e in found.sources] == [
        ("E1", "value", "0.4", "0.5")
    ]


def test_it_is_said_in_words_and_as_json_and_as_a_page(folders):
    found = diff(*folders)
    text = found.to_text()
    for said in (
        "Different: 1 number, 1 source, 1 rule, 1 statement about the whole.",
        "Chance of low salt: 0.25 -> 0.5",
        "low salt: behind it 35 % -> 55 %, there 46 % -> 72 %; place 2 -> 1",
        "Rule no longer fires: Urgent: See somebody today.",
        "Gone: faint: Urgent: See somebody today.",
        "Went out: s1, salt = yes (published 20 % to 30 %): 25 % -> 50 %",
        "Came in: s2",
        "1 of 5: the same answers and warnings",
    ):
        assert said in " ".join(text.split()), said
    assert max(map(len, text.splitlines())) <= 100
    page = found.to_html()
    assert page.count("<section>") == len(re.findall(r"^\S.*\n  ", text, flags=re.MULTILINE))
    assert "<script" not in page
    data = json.loads(found.to_json())
    assert data["equal"] is False
    assert [n["name"] for n in data["numbers"]] == ["salt"]
    assert data["numbers"][0]["after"]["value"] == 0.5
    assert [s["went_out"] for s in data["statistics"]] == [True, False]


def test_what_a_model_file_says_is_never_markup(folders):
    path = folders[1]
    path.write_text(
        model(0.5).replace('label = "low salt"', 'label = "<b onclick=x>low</b>"'), encoding="utf-8"
    )
    assert "<b onclick" not in diff(*folders).to_html()


def test_a_yardstick_says_of_each_network_what_a_comparison_would(folders):
    old, new = folders
    measure = Yardstick.of(old)
    other = eg.load(new)
    some = eg.load(old).with_parameters({"cramps.cold": 0.1})
    for network in (other, some, eg.load(old), other):
        judged = measure.judged(network)
        expected = diff(old, network)
        for part in ("difference", "asked", "cases", "statistics"):
            assert getattr(judged, part) == getattr(expected, part)


def test_equal_networks_ask_no_case(folders):
    one, _ = folders
    found = diff(one, one)
    assert not found
    assert found.to_text().endswith(
        "They are equal: they say the same, word by word and number by number.\n"
    )
    assert json.loads(found.to_json())["equal"] is True


def test_only_the_evidence_differs(folders):
    one, two = folders
    two.write_text(model(), encoding="utf-8")
    found = diff(one, two)
    assert found
    assert not found.difference
    assert found.cases == ()
    assert "The networks are equal" not in found.to_text() or found.sources


def test_a_bif_beside_the_model_it_was_made_from(folders, tmp_path):
    one, _ = folders
    write(eg.load(one), tmp_path / "same.bif")
    assert not diff(one, tmp_path / "same.bif").difference
    lines = (tmp_path / "same.bif").read_text(encoding="utf-8").splitlines()
    bare = tmp_path / "bare.bif"
    bare.write_text("\n".join(x for x in lines if not x.startswith("//")), encoding="utf-8")
    found = diff(one, bare)
    assert all(not t.unlike and t.rows == 0 for t in found.difference.tables)
    assert "Stated in another form, with the same probabilities" in found.to_text()


def test_a_case_that_one_network_cannot_be_asked_or_excludes():
    one = eg.Network.from_tables({"a": ("x", "y")}, {}, {"a": [0.5, 0.5]})
    two = eg.Network.from_tables({"a": ("x", "y")}, {}, {"a": [1.0, 0.0]})
    three = eg.Network.from_tables({"b": ("x", "y")}, {}, {"b": [0.5, 0.5]})
    case = Vignette("1", findings={"a": "y"})
    (edit,) = compare_cases(one, two, (case,))
    assert edit.problem_before == ""
    assert edit.problem_after == "these findings cannot all be true: a=y"
    (edit,) = compare_cases(three, one, (case,))
    assert "no variable is called 'a'" in edit.problem_before
    assert compare_cases(two, two, (case,)) == ()


@pytest.mark.parametrize("seed", range(4))
def test_answers_on_many_cases_are_those_of_each_alone(seed):
    rng = np.random.default_rng(seed)
    net = eg.load("leg_cramps_small")
    names = [n for n in net.variables if net.mechanisms[n].kind != "reading"]
    moved = {
        n: float(p.value * 0.8) for n, p in net.parameters.items() if n.startswith("leg_cramps.")
    }
    other = net.with_parameters(moved)
    people = net.sample(5, rng)
    cases = []
    for i, row in people.iterrows():
        known = rng.choice(names, size=int(rng.integers(1, 6)), replace=False)
        cases.append(Vignette(str(i), findings={n: str(row[n]) for n in known}))
    for edit in compare_cases(net, other, cases):
        findings = next(c.findings for c in cases if c.id == edit.id)
        for network, side in ((net, "before"), (other, "after")):
            post = network.case(findings).posterior()
            for answer in edit.answers:
                name, _, state = answer.name.partition("=")
                states = state.split("|") if state else network.variables[name].unusual
                expected = sum(post[name][s] for s in states)
                assert getattr(answer, side) == pytest.approx(expected, abs=1e-12)


def test_after_an_update_prior_and_posterior_stand_side_by_side():
    net = eg.load(Path(__file__).parents[1] / "learning" / "small.toml")
    rng = np.random.default_rng(1)
    table = {"cause": rng.choice(["yes", "no"], size=60, p=[0.7, 0.3]).tolist()}
    update = net.update(table, cohort="clinic 7", date="2026", draws=200)
    found = diff(update.prior, update.network, ())
    informed = {m.name: m for m in update.numbers if m.informed}
    assert {n.name for n in found.difference.numbers} == set(informed)
    for edit in found.difference.numbers:
        moved = informed[edit.name]
        assert edit.before == moved.before
        assert edit.after.value == pytest.approx(moved.value, rel=1e-5)
        assert edit.sources == (("clinic 7",), ())
        assert "before:" in edit.after.note
    assert "sources + clinic 7" in " ".join(found.to_text().split())


def test_a_case_saved_in_the_explorer(tmp_path):
    path = tmp_path / "case.json"
    path.write_text('{"format": "etiograph case 1", "findings": {"a": "x"}, "changes": {"b": "y"}}')
    (case,) = read_vignettes(path)
    assert (case.id, case.kind, dict(case.findings), dict(case.changes)) == (
        "case", "after", {"a": "x"}, {"b": "y"},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("cases = 1", UnreadableFile),
        ("[[cases]]\nid = 'x'", InvalidNetwork),
        ("[[cases]]\nfindings = {}\ndo = {a='x'}\nhad = {a='y'}", InvalidNetwork),
        ("[[cases]]\nfindings = {}\ndo = 1", InvalidNetwork),
        ("[[cases", UnreadableFile),
        ('{"findings": 1}', UnreadableFile),
        ("{", UnreadableFile),
    ],
)
def test_a_file_that_holds_no_cases(tmp_path, text, error):
    path = tmp_path / "cases.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(error):
        read_vignettes(path)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(UnreadableFile):
        read_vignettes(tmp_path / "nowhere.toml")


def test_what_is_no_network_and_no_case():
    net = eg.load("sprinkler")
    with pytest.raises(TypeError, match="a network must be"):
        diff(net, 3)
    with pytest.raises(TypeError, match="a case must be"):
        diff(net, net, [3])
    assert isinstance(eg.diff(net, net), Revision)
