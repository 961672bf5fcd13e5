"""Priors, own cases: the file, its faults, what it moved and contradicts, what is taken, how good the network is."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from tests.app.reading import turn

import etiograph as eg
from etiograph.decision.cohort_words import conflict_words, judged_words, update_words
from etiograph.findings.content import FileContent
from etiograph.formats import reads
from etiograph.formats.native import edited
from etiograph.network.cohort import learned as book
from etiograph.progress import Begun
from explorer import cohort, jobs, texts
from explorer.jobs import Job, Stage
from explorer.markup import md
from explorer.works import Choices

pytestmark = pytest.mark.filterwarnings("ignore")  # Streamlit's own, under test

CLINIC = Path(__file__).parent / "networks" / "clinic.toml"
PLANTED = "low_salt.leak"


@pytest.fixture(scope="module")
def clinic():
    return eg.load(CLINIC)


@pytest.fixture(scope="module")
def people(clinic):
    """Of a clinic where one number is far from what is stated."""
    frame = clinic.with_parameters({PLANTED: 0.35}).sample(240, 3)
    return frame.drop(columns=["serum_salt"]).assign(ward="7 b")


def csv(frame) -> bytes:
    return frame.to_csv(index=False).encode()


@pytest.fixture
def quick(monkeypatch):
    """Jobs in a thread: what they bring is the same, and no process has to start."""
    monkeypatch.setattr(jobs, "_started", jobs.threaded)


@pytest.fixture
def page(open_app, networks):
    """The page on the small clinic, own cases chosen."""

    def open_(network=networks / "clinic.toml", link=""):
        app = turn(open_app(network, link), "priors")
        return app.get_by_key("priors-way").set_value("cases").run()

    return open_


def give(app, data, name="own.csv"):
    app.get_by_key("cohort-upload-0").set_value((name, data, "")).run()
    assert not app.exception
    return app


def work(app, key):
    """Start a job and see it through."""
    app.button(key=key).click().run()
    assert not app.exception
    job = app.session_state[cohort.JOB]
    assert [b.key for b in app.button if b.key == "cohort-stop"]
    assert job.wait() is Stage.DONE, job.words
    app.run()
    assert not app.exception
    assert not app.error
    assert cohort.JOB not in app.session_state
    return app


def said(app) -> str:
    return "\n".join(h.value for h in app.html)


def numbers(app):
    return dict(app.session_state["history"].present.numbers)


def test_from_a_file_to_taken_numbers_and_back(quick, page, clinic, people):
    app = give(page(link="clinic~0~swelling.both_legs"), csv(people))
    assert texts.cohort_file("own.csv", len(csv(people)), 240, 7, 1) in said(app)
    assert texts.cohort_unused(("ward",), tuple(clinic.variables)) in said(app)
    app.get_by_key("cohort-name").set_value("ward 7").run()
    app.get_by_key("cohort-date").set_value("2026-05").run()
    work(app, "cohort-learn")
    found = app.session_state[cohort.RESULTS][-1].update
    assert found.prior.digest() == clinic.digest()
    assert update_words(clinic, found) in said(app)
    first, *_ = [t.key for t in app.toggle if str(t.key).startswith("cohort-take.")]
    assert first == f"cohort-take.{PLANTED}"  # what is contradicted comes first
    conflict = found.conflicts()[0]
    assert conflict_words(conflict) in said(app)
    assert numbers(app) == {}
    app.toggle(key=first).set_value(True).run()
    moved = found.network.parameters[PLANTED]
    assert numbers(app) == {PLANTED: (moved.value, moved.low, moved.high)}
    assert texts.numbers_changed(1) in said(app)  # the strip
    assert "swelling.both_legs" in app.query_params["case"]
    assert app.toggle(key=first).value
    app.button(key="undo").click().run()
    assert numbers(app) == {}
    assert not app.toggle(key=first).value
    app.button(key="redo").click().run()
    app.button(key="cohort-take-all").click().run()
    assert set(numbers(app)) == {m.name for m in found.numbers if m.informed}
    app.toggle(key=first).set_value(False).run()
    assert PLANTED not in numbers(app)
    assert app.button(key="cohort-take-agreed").disabled  # all of them are
    app.button(key="cohort-leave-all").click().run()
    assert numbers(app) == {}
    app.button(key="cohort-take-agreed").click().run()
    assert set(numbers(app)) == {m.name for m in found.numbers if m.informed} - {PLANTED}
    app.toggle(key="cohort-table").set_value(True).run()
    assert len(app.dataframe[0].value) == len(found.numbers)
    assert not app.exception


def test_the_new_model_file_has_the_book(quick, page, clinic, people):
    app = give(page(), csv(people))
    app.get_by_key("cohort-name").set_value("ward 7").run()
    app.get_by_key("cohort-date").set_value("2026-05").run()
    work(app, "cohort-learn")
    app.toggle(key=f"cohort-take.{PLANTED}").set_value(True).run()
    assert [b for b in app.get("download_button") if b.key == "download-learned"]
    changed = clinic.with_parameters(
        {
            name: replace(clinic.parameters[name], value=value, low=low, high=high)
            for name, (value, low, high) in numbers(app).items()
        }
    )
    written = edited(CLINIC.read_text(), cohort.booked(changed, app.session_state[cohort.RESULTS]))
    network = reads(written, "new.toml")
    number = network.parameters[PLANTED]
    assert number.evidence == ("ward 7",)
    assert number.note.startswith(
        "Updated by ward 7 (n = 240, 2026-05); before: 0.05 (0.02 to 0.1)."
    )
    assert "Invented." in number.note
    (entry,) = book(network)
    assert (entry.cohort, entry.n, entry.date) == ("ward 7", 240, "2026-05")
    assert entry.before == {PLANTED: (0.05, 0.02, 0.1)}  # of the numbers that were taken, no others
    same = [n for n in clinic.parameters if n != PLANTED]
    assert all(network.parameters[n] == clinic.parameters[n] for n in same)
    # Learned again from the same file, it starts from what is stated, not from what the file taught.
    work(app, "cohort-learn")
    again = app.session_state[cohort.RESULTS]
    assert len(again) == 1
    assert again[0].update.prior.digest() == clinic.digest()


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.csv", b"", ["a.csv"]),
        ("a.csv", b"tablet,cramps\n", [texts.COHORT_NO_ROWS]),
        ("a.csv", b"x,y\n1,2\n", ["no column is called as a variable", "'x', 'y'"]),
        ("a.csv", b"tablet,tablet\nyes,no\n", ["columns 1, 2", "'tablet'"]),
        ("a.parquet", b"PAR1 nothing", ["a.parquet"]),
        ("a.csv", b"PK\x03\x04 a spreadsheet", ["save the table as CSV"]),
    ],
)
def test_a_file_that_is_no_table_is_refused_and_nothing_lost(page, people, name, data, words):
    app = page(link="clinic~0~tablet.yes")
    give(app, data, name)
    assert app.error[0].value
    for each in words:
        assert md(each) in app.error[0].value
    assert "tablet.yes" in app.query_params["case"]
    assert not [b for b in app.button if b.key == "cohort-learn"]
    give(app, csv(people))
    assert not app.error
    assert app.button(key="cohort-learn")


def test_cells_that_cannot_be_read_are_named_and_may_be_left_out(quick, page, people):
    frame = people.astype(object)
    frame.loc[4, "tablet"] = "sometimes"
    frame.loc[9, "swelling"] = "legs"
    frame.loc[11, "tablet"] = "NA"
    app = give(page(), csv(frame))
    (warning,) = [w.value for w in app.warning]
    for part in ("Row 5 of own.csv", "'tablet'", "Row 10 of own.csv", "'swelling'"):
        assert md(part) in warning
    assert md("Row 12") not in warning  # a mark for "not known"
    assert not [b for b in app.button if b.key == "cohort-learn"]
    app.toggle(key=cohort.SKIP).set_value(True).run()
    work(app, "cohort-learn")
    assert app.session_state[cohort.RESULTS][-1].update.cases == 238
    app.get_by_key(cohort.MARKS).set_value("").run()
    assert md("Row 12 of own.csv") in app.warning[0].value


def test_a_job_can_be_stopped_and_nothing_is_changed(page, people):
    app = give(page(), csv(people))
    app.button(key="cohort-learn").click().run()
    job = app.session_state[cohort.JOB]
    app.button(key="cohort-stop").click().run()
    assert job.stage is Stage.STOPPED
    app.run()
    assert not app.exception
    assert cohort.JOB not in app.session_state
    assert app.button(key="cohort-learn")
    assert cohort.RESULTS not in app.session_state


def test_only_people_who_came_for_it_are_said_to_be_alike(quick, page, clinic):
    frame = clinic.sample(400, 5)
    frame = frame[frame["cramps"] == "present"].drop(columns=["serum_salt"])
    app = give(page(), csv(frame))
    (doubt,) = [w for w in app.warning if w.title == texts.COHORT_DOUBTS]
    assert "All rows that say it have cramps = present" in doubt.value
    assert "--given" not in doubt.value  # it is said on the page
    app.get_by_key("cohort-given").set_value([("cramps", "present")]).run()
    work(app, "cohort-learn")
    learned = app.session_state[cohort.RESULTS][-1]
    assert learned.choices.given == (("cramps", "present"),)
    direct = clinic.update(frame, given={"cramps": "present"}, draws=1000)
    for one, other in zip(learned.update.numbers, direct.numbers, strict=True):
        assert one.value == pytest.approx(other.value, abs=1e-6)


def test_what_the_library_says_of_a_file_is_said_before_it_is_learned_from(clinic, people):
    """Cases of a name that the book knows, and a column that may be in another unit."""
    taught = clinic.update(people, keep=["ward"], cohort="ward 7", draws=100).network
    salt = people.assign(serum_salt=[f"{170 + k % 9} mmol/L" for k in range(len(people))])
    file = FileContent("own.csv", csv(salt[:200]))
    table = cohort.read(taught, file, texts.COHORT_MARKS, skip=False)
    met, unit = cohort.doubts(taught, table, Choices(name="ward 7"), None)
    assert met.startswith("The book of this network names cases called 'ward 7' already")
    assert unit.startswith("Column 'serum_salt': half of its values")
    assert unit.endswith("unit?")
    again = cohort.read(taught, FileContent("own.csv", csv(people)), "", skip=False)
    (refused,) = cohort.doubts(taught, again, Choices(name="ward 7"), None)
    assert "must not be counted twice" in refused


def test_a_plain_network_gets_ranges_and_keeps_the_case(quick, page):
    app = page("sprinkler", "sprinkler~0~wet_grass.yes")
    table = eg.load("sprinkler").sample(200, 1)
    data = io.BytesIO()
    table.to_parquet(data)
    give(app, data.getvalue(), "own.parquet")
    app.get_by_key("cohort-worth").set_value(50).run()
    work(app, "cohort-learn")
    found = app.session_state[cohort.RESULTS][-1].update
    assert found.prior == eg.load("sprinkler").with_table_parameters(50)
    assert "wet_grass.yes" in app.query_params["case"]
    app.button(key="cohort-take-all").click().run()
    assert set(numbers(app)) == {m.name for m in found.numbers if m.informed}
    turn(app, "explore")
    assert not app.exception


def test_numbers_without_ranges_cannot_be_moved_but_judged(page):
    app = page("leg_cramps_small")
    table = eg.load("leg_cramps_small").sample(60, 1)[["leg_cramps", "age"]]
    give(app, csv(table))
    assert texts.COHORT_NO_RANGES in [i.value for i in app.info]
    app.get_by_key("cohort-question").set_value("judged").run()
    assert app.button(key="judge-go")


def test_how_good_it_is_in_words_and_tables(quick, page, clinic, people):
    app = give(page(), csv(people))
    app.get_by_key("cohort-question").set_value("judged").run()
    app.get_by_key("judge-by").set_value(["sex"]).run()
    work(app, "judge-go")
    direct = eg.validate(clinic, people, "cramps=present", by="sex", keep=("ward",))
    first, *rest = judged_words(clinic, direct)
    assert first in said(app)
    for line in rest:
        assert any(md(line) in m.value for m in app.markdown), line
    assert any("Only" in line and "Vergouwe" in line for line in rest)  # it is honest about few
    for kind in texts.JUDGE_CHARTS:
        app.toggle(key=f"judge-table-{kind}").set_value(True).run()
    tables = [d.value for d in app.dataframe]
    assert [len(t) for t in tables[:3]] == [
        len(direct.calibration), len(direct.roc), len(direct.decision),
    ]  # fmt: skip
    assert tables[3]["AUC"].round(3).tolist() == [
        round(g["auc"].value, 3) for g in direct.groups.values()
    ]
    app.get_by_key("judge-out").set_value(["swelling"]).run()
    assert first not in said(app)  # another question: its answer is not that of the one before
    assert not app.exception


def test_a_network_that_learned_from_the_cases_is_not_judged_on_them_without_a_word(
    quick, page, people
):
    app = give(page(), csv(people))
    work(app, "cohort-learn")
    app.button(key="cohort-take-all").click().run()
    app.get_by_key("cohort-question").set_value("judged").run()
    assert texts.JUDGE_SEEN in [w.value for w in app.warning]
    app.toggle(key="judge-anew").set_value(True).run()
    assert texts.JUDGE_SEEN not in [w.value for w in app.warning]
    work(app, "judge-go")
    assert texts.JUDGE_NETWORK_ANEW in said(app)


def test_a_question_that_has_no_answer_says_why(page, people):
    app = give(page(), csv(people.head(12)))
    app.get_by_key("cohort-question").set_value("judged").run()
    app.button(key="judge-go").click().run()
    assert app.session_state[cohort.JOB].wait() is Stage.REFUSED
    app.run()
    assert "too few cases" in app.error[0].value
    assert not app.exception


def test_the_file_stays_over_pages_and_is_gone_when_it_is_put_away(page, people):
    app = give(page(), csv(people))
    turn(app, "explore")
    turn(app, "priors")
    app.get_by_key("priors-way").set_value("cases").run()
    assert app.button(key="cohort-learn")
    app.button(key="cohort-drop").click().run()
    assert cohort.FILE not in app.session_state
    assert not [b for b in app.button if b.key == "cohort-learn"]
    assert not app.exception


def test_a_job_that_fails_says_so_and_one_that_is_dropped_ends():
    job = Job("numbers", "no network", None, None, None)
    assert job.wait() is Stage.FAILED
    other = Job("numbers", "no network", None, None, None)
    end = other._end
    del other
    assert end is None or not end.alive


def test_what_a_job_is_at_is_said_in_words_with_its_end() -> None:
    for begun, words in (
        (None, "Getting ready (3 s)"),
        (Begun("check: draw", 3, 400), "Checking that against the exact answer, 3 of 400 (3 s)"),
        (Begun("maximum: step", 7), "Looking for the numbers that fit best (3 s)"),
        (Begun("part", 2, 5), "Learning again, part 2 of 5 (3 s)"),
    ):
        assert texts.cohort_at(begun, 3) == words
