from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from etiograph import load
from etiograph.decision.references import references
from etiograph.errors import ImpossibleFindings
from etiograph.network.network import Network
from etiograph.query.attribution import attribution
from etiograph.query.imagine import had
from etiograph.report.html import esc
from etiograph.report.report import report
from etiograph.uncertainty.acted import acted

FOUND = {"cramps": "present", "twitching": "present"}


@pytest.fixture(scope="module")
def made(small):
    return report(small, FOUND, draws=200)


class Page(HTMLParser):
    """Balanced tags, and whatever points outside."""

    VOID = ("meta", "link", "img", "br")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.outside: list[str] = []
        self.scripts = 0

    def handle_starttag(self, tag, attrs) -> None:
        self.scripts += tag == "script"
        self.outside += [v for k, v in attrs if k in ("href", "src", "action")]
        assert not any(k.startswith("on") for k, _ in attrs)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs) -> None:
        pass

    def handle_endtag(self, tag) -> None:
        assert self.open.pop() == tag


def test_says_what_it_takes_to_repeat_it(made, small) -> None:
    assert made.digest == small.digest()
    for text in (made.to_text(), made.to_html(), made.to_json()):
        assert small.digest() in text
        assert "Not a medical device" in text
        assert "etiograph" in text
    assert "How it was tested: not yet" in made.to_text()


def test_causes_are_ranked_with_range_and_baseline(made, brute, small) -> None:
    p, _ = brute(small, FOUND, {"depletion": "present"})
    first = made.causes[0]
    assert first.name == "depletion"
    assert first.p == pytest.approx(p)
    assert first.baseline == pytest.approx(brute(small, {}, {"depletion": "present"})[0])
    assert first.low < first.p < first.high


def test_where_the_outcome_is_found_causes_are_ranked_by_what_acted(made, small) -> None:
    whole = attribution(small, FOUND, "cramps", needed=False)
    assert [row.name for row in made.causes] == ["depletion", "neuropathy"]
    for row in made.causes:
        assert row.behind == pytest.approx(whole[row.name].fired)
        assert row.behind_low < row.behind < row.behind_high
    assert made.summary[0].startswith("Magnesium depletion: has a part in the cramps of about ")
    assert made.summary[-1].startswith("No known cause has a part in the cramps of ")
    known = report(small, {**FOUND, "depletion": "present"}, draws=50)
    row = next(row for row in known.causes if row.name == "depletion")
    assert (row.p, row.low, row.high) == (1.0, 1.0, 1.0)
    assert "Magnesium depletion" in known.to_text()
    seen = report(small, {"twitching": "present", "cramps": "absent"}, draws=50)
    assert all(row.behind is None for row in seen.causes)
    assert "had a part  " not in seen.to_text()


def test_json_is_json(made) -> None:
    read = json.loads(made.to_json())
    assert read["given"] == {"cramps": "present", "twitching": "present"}
    assert read["causes"][0]["name"] == "depletion"
    assert read["next"]


def test_page_stands_alone(made) -> None:
    page = Page()
    html = made.to_html()
    page.feed(html)
    assert page.open == []
    assert page.outside == []
    assert page.scripts == 0
    assert "@media print" in html
    assert re.search(r'lang="en"', html)


def test_text_from_the_model_file_cannot_inject() -> None:
    evil = '<img src=x onerror="alert(1)">&\x07'
    net = Network.from_tables(
        {"d": ("absent", "present"), "t": ("absent", "present")},
        {"t": ("d",)},
        {"d": [0.9, 0.1], "t": [[0.8, 0.2], [0.3, 0.7]]},
        about={"title": evil, "name": evil, "weaknesses": [evil], "causes": ["d"]},
    )
    html = report(net, {"t": "present"}, draws=10).to_html()
    assert "<img" not in html
    assert "\x07" not in html
    assert "&lt;img src=x onerror=&quot;alert(1)&quot;&gt;&amp;" in html


def test_esc() -> None:
    assert esc("a<b>'\"&\x00") == "a&lt;b&gt;&#x27;&quot;&amp;"


def test_changed_world_is_said_to_be_one(small) -> None:
    made = report(small, FOUND, {"depletion": "absent"}, "had", draws=50)
    text = made.to_text()
    assert "had this been otherwise" in text
    assert made.causes[0].name == "neuropathy"
    # The outcome with the change, as it is, and the difference; reasons and tests about that.
    p = had(small, FOUND, {"depletion": "absent"})["cramps"]["present"]
    assert f"{round(100 * p)} in 100" in made.why[0]
    assert "As it is: all of 100 people like this." in text
    assert "The difference: " in text
    assert made.next
    assert made.turns == ()


def test_from_now_on_is_compared_with_no_change(small) -> None:
    made = report(small, FOUND, {"diuretic": "none"}, "after", draws=50)
    assert made.summary[0].startswith('From now on with "Diuretic: none": cramps in ')
    assert made.summary[1].startswith("With no change: ")
    baseline = report(small, FOUND, {}, "after", draws=50)
    assert baseline.summary[0].startswith("From now on, with no change: cramps in ")


def test_under_do_a_found_outcome_is_no_question(small) -> None:
    made = report(small, FOUND, {"diuretic": "none"}, "do", draws=50)
    assert made.summary[0].startswith('If this is set from outside, "Diuretic: none": ')
    assert "magnesium depletion" in made.summary[0]
    open_one = report(small, {"twitching": "present"}, {"diuretic": "none"}, "do", draws=50)
    assert "cramps in about" in open_one.summary[0]


def test_a_cause_that_is_there_need_not_be_behind_it(made, small) -> None:
    """P(its link fired | cramps): the part of the noisy-OR's mass in which the link fires."""
    from etiograph.query.attribution import attribution

    shares = {s.cause: s.fired for s in attribution(small, FOUND, "cramps").causes}
    for cause in made.causes:
        assert cause.behind == pytest.approx(shares[cause.name])
        assert cause.behind < cause.p
    assert "Had a part" in made.to_html()
    absent = report(small, {"cramps": "absent", "twitching": "present"}, draws=20)
    assert all(cause.behind is None for cause in absent.causes)
    assert absent.lead()[0].endswith("not how often it had a part in cramps.")


def test_where_the_outcome_is_not_entered_causes_are_ranked_in_people_who_have_it(small) -> None:
    """As on the page Explore; what is entered stays what is entered."""
    open_ = report(small, {"twitching": "present"}, draws=20)
    found = report(small, FOUND, draws=20)
    assert open_.causes == found.causes
    assert open_.summary[0] == found.summary[0]
    assert open_.lead() == ("In people with cramps. Not entered: cramps.",)
    assert found.lead() == ()
    assert open_.findings == tuple(line for line in found.findings if "ramps" not in line)
    assert "In people with cramps. Not entered: cramps." in open_.to_text()


ALONE = """format = 1
about = {name = "two", title = "Two", target = "cramps", causes = ["a"]}
[variables.a]
states = ["absent", "present"]
role = "condition"
mechanism = {kind = "table", rows = [{p = {present = 0.1}}]}
[variables.b]
states = ["absent", "present"]
role = "condition"
mechanism = {kind = "table", rows = [{p = {present = 0.1}}]}
[variables.cramps]
states = ["absent", "present"]
role = "outcome"
[variables.cramps.mechanism]
kind = "noisy_or"
links = [{parent = "a", strength = {present = 0.3}}, {parent = "b", strength = {present = 0.3}}]
"""


def test_where_nobody_like_this_can_have_the_outcome_nothing_is_asked_of_who_has_it(
    tmp_path,
) -> None:
    path = tmp_path / "two.toml"
    path.write_text(ALONE)
    two = load(path)
    none = report(two, {"a": "absent", "b": "absent"}, draws=5)
    assert (none.causes, none.lead()) == ((), ())
    made = report(two, {}, draws=5)
    assert made.lead() == ("In cases with cramps. Not entered: cramps.",)
    # P(a's link fired | cramps) = 0.03 / (1 - 0.97^2)
    assert made.causes[0].behind == pytest.approx(0.03 / (1.0 - 0.97**2))


def test_causes_stand_before_the_reasons(made) -> None:
    for text in (made.to_text(), made.to_html()):
        assert text.index("In short") < text.index("Possible causes") < text.index("Why")
    assert max(len(line) for line in made.to_text().splitlines()) <= 100


def test_network_without_causes_or_parameters() -> None:
    net = Network.from_tables(
        {"rain": ("no", "yes"), "wet": ("no", "yes")},
        {"wet": ("rain",)},
        {"rain": [0.8, 0.2], "wet": [[0.9, 0.1], [0.1, 0.9]]},
    )
    made = report(net, {"wet": "yes"}, draws=10)
    assert made.causes[0].name == "rain"
    assert made.causes[0].p == pytest.approx(0.18 / 0.26)
    assert made.to_text()


def test_impossible_findings_make_no_report() -> None:
    net = Network.from_tables(
        {"a": ("no", "yes"), "b": ("no", "yes")},
        {"b": ("a",)},
        {"a": [0.5, 0.5], "b": [[1.0, 0.0], [0.0, 1.0]]},
    )
    with pytest.raises(ImpossibleFindings) as caught:
        report(net, {"a": "yes", "b": "no"})
    assert set(caught.value.conflict) == {"a", "b"}


SWOLLEN = {"leg_cramps": "present", "pregnancy": "third_trimester", "leg_swelling": "one_leg"}
ROWS = {
    "E507": {
        "first_author": "Smith A",
        "year": "2015",
        "quantity": "Clots",
        "doi_or_pmid": "24716782",
    },
    "E1": {"first_author": "Nobody", "url_read": "javascript:alert(1)"},
}


@pytest.fixture(scope="module")
def pregnant():
    return report(load("leg_cramps"), SWOLLEN, draws=20, evidence=ROWS)


def test_warnings_are_said_once_with_what_set_them_off(pregnant) -> None:
    assert [flag.level for flag in pregnant.flags] == ["urgent"]
    html, text = pregnant.to_html(), pregnant.to_text()
    for said in (html, text):
        assert "Because of: pregnancy or recent birth: third trimester; leg swelling" in said
        assert "statement" not in said
        assert "mostly harmless" not in said
    assert "!! URGENT: " in text
    assert '<div class="flag urgent"' in html


def test_sources_are_listed_with_author_year_and_address(pregnant) -> None:
    assert pregnant.references[0].line() == "E507: Smith A 2015. Clots"
    line = "https://pubmed.ncbi.nlm.nih.gov/24716782/"
    assert f'<a href="{line}"' in pregnant.to_html()
    assert line in pregnant.to_text()
    assert "Sources behind the first answer" not in pregnant.to_text()
    assert references(["E1", "none"], ROWS)[0].address == ""


def test_columns_are_those_of_the_screen(pregnant) -> None:
    assert pregnant.columns() == ("had a part", "90 % range", "present", "in everybody")
    first = pregnant.causes[0]
    assert first.name == "pregnancy"
    assert pregnant.cells(first)[2] == "entered"
    net = load("leg_cramps")
    alike = {n: v for n, v in SWOLLEN.items() if n in net.about["baseline"]}
    assert ("of whom no more is known than" in pregnant.legend()[0]) == bool(alike)
    everybody = acted(net, {**alike, "leg_cramps": "present"})
    assert first.behind_baseline == pytest.approx(everybody["pregnancy"])
    assert not any("%" in cell for row in pregnant.causes for cell in pregnant.cells(row))


def test_what_would_turn_the_numbers_is_for_researchers(pregnant, small) -> None:
    assert pregnant.turns == ()
    assert report(small, FOUND, draws=20, detail=True).turns


def test_in_an_emergency_nothing_is_asked_first() -> None:
    found = {**SWOLLEN, "breathlessness_or_chest_pain": "present"}
    made = report(load("leg_cramps"), found, draws=20)
    assert [flag.level for flag in made.flags] == ["emergency"]
    assert made.next == ("Act on the warning first. What to ask next comes after it.",)
    urgent = replace(made, flags=(replace(made.flags[0], level="urgent"),))
    act = "Act on the warning first. The numbers are about leg cramps, not about the danger it warns of."
    for each in (made, urgent):
        assert each.lead() == (act,)
        assert act in each.to_page()
    assert replace(made, flags=(replace(made.flags[0], level="see"),)).lead() == ()


def test_one_number_of_runs(pregnant) -> None:
    assert "ranges from 20 runs over the ranges of the numbers" in " ".join(
        pregnant.to_text().split()
    )


def test_changed_numbers_stand_above_everything_else(small) -> None:
    edited = small.with_parameters({"cramps.depletion": 0.6})
    found = report(edited, FOUND, draws=50, original=small)
    (one,) = found.changed
    assert (one.name, one.before, one.after) == ("cramps.depletion", 0.5, 0.6)
    line = "Chance of cramps (magnesium depletion): 0.5 (0.3 to 0.7) -> 0.6 (0.3 to 0.7)"
    for text in (found.to_text(), found.to_html()):
        head = text.partition("What is known")[0]
        assert "Numbers changed: 1. These results are not those of the published network." in head
        assert line.replace(">", "&gt;" if "<main>" in text else ">") in head
    said = json.loads(found.to_json())
    assert said["changed"][0]["name"] == "cramps.depletion"
    assert said["published"] == small.digest()
    assert small.digest() in found.to_text()
    assert edited.digest() in found.to_text()
    rest = found.to_text().replace("the published network", "").replace("as published", "")
    assert "published" not in rest


def test_many_changed_numbers_are_a_section_of_their_own(small) -> None:
    names = [n for n, p in small.parameters.items() if p.kind == "probability"][:6]
    edited = small.with_parameters({n: small.parameters[n].high for n in names})
    found = report(edited, FOUND, draws=50, original=small)
    assert len(found.box()) == 1
    section = dict(found.sections())["Changed numbers"]
    assert len(section) == len(names)
    assert all(line in " ".join(found.to_text().split()) for line in section)


def test_a_network_as_published_has_no_such_box(small, made) -> None:
    same = report(small, FOUND, draws=200, original=small)
    # Beside one of now: a program that is kept by then may end in another last digit.
    assert same == report(small, FOUND, draws=200)
    assert "changed" not in made.to_html().partition("<main>")[2]


def test_a_report_of_an_edited_network_says_so():
    from etiograph.network.edits import RemoveArrow, corrected

    net = load("sprinkler")
    edited = corrected(net, [RemoveArrow("rain", "wet_grass")])
    written = edited.case(wet_grass="yes").report(draws=20, original=net)
    for said in (written.to_text(), written.to_html()):
        assert "Variables, arrows or tables of this network are not as published." in said
        assert net.digest() in " ".join(said.split())
    same = net.case(wet_grass="yes").report(draws=20, original=net)
    assert "not as published" not in same.to_text()
