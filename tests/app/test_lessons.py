"""The Learn page: a shelf, lessons from files, answers with their reasons, progress in the link."""

from __future__ import annotations

from html import escape

import pytest
from tests.app.reading import diagram, turn

from etiograph.resources import lessons
from etiograph.teaching.exercise import exercise
from etiograph.teaching.kinds import KINDS
from explorer import learn, progress, texts
from explorer.cases import decode

pytestmark = pytest.mark.filterwarnings("ignore")  # Streamlit's own, under test


def opened(open_app, networks, name):
    app = turn(open_app(networks / "clinic.toml"), "learn")
    return app.button(key=f"open.{name}").click().run()


def answer(app, name, step, given):
    app.get_by_key(f"learn.{name}.{step}").set_value(given).run()
    assert not app.exception
    return app


def html(app):
    return "\n".join(h.value for h in app.html)


def test_the_shelf_shows_every_lesson_with_time_and_what_comes_before(open_app, networks):
    app = turn(open_app(networks / "clinic.toml"), "learn")
    assert {b.key for b in app.button if b.key.startswith("open.")} == {
        f"open.{name}" for name in lessons()
    }
    assert "5 minutes; after: How common is it anyway?" in html(app)


@pytest.mark.parametrize("name", lessons())
def test_every_lesson_opens_and_shows_its_first_question_only(open_app, networks, name):
    app = opened(open_app, networks, name)
    assert not app.exception
    asked = learn.guesses(learn.bundled(name))
    assert texts.question_of(1, len(asked)) in html(app)
    assert texts.question_of(2, len(asked)) not in html(app)
    assert texts.LEARN_WAIT in html(app)
    assert not app.get("link_button")


def test_a_wrong_answer_gets_the_reason_of_its_mistake(open_app, networks):
    app = opened(open_app, networks, "explaining_away")
    answer(app, "explaining_away", 2, 1)
    assert "Not quite. Lung cancer makes an abnormal X-ray more common" in html(app)
    answer(app, "explaining_away", 2, 0)
    assert "Right: higher." in html(app)
    answer(app, "explaining_away", 3, 0)
    assert "Not quite. More bad news does not make everything more likely." in html(app)


def test_a_lesson_ends_with_the_score_of_first_answers_and_a_case(open_app, networks):
    app = opened(open_app, networks, "explaining_away")
    answer(app, "explaining_away", 2, 1)
    answer(app, "explaining_away", 2, 0)
    answer(app, "explaining_away", 3, 1)
    answer(app, "explaining_away", 6, 1)
    assert texts.learn_score(2, 3) in html(app)
    assert [i.proto.title for i in app.info] == [texts.LEARN_WHY]
    (link,) = app.get("link_button")
    seen = decode(link.proto.url.partition("=")[2])
    assert (seen.network, seen.case.findings) == ("asia", (("x_ray", "abnormal"),))
    app.button(key="learn-again").click().run()
    assert not app.info
    assert texts.question_of(1, 3) in html(app)
    app.button(key="lesson-shelf").click().run()
    assert app.button(key="open.explaining_away")


def test_progress_is_in_the_link_and_a_link_opens_it(open_app, networks):
    app = opened(open_app, networks, "explaining_away")
    answer(app, "explaining_away", 2, 0)
    assert app.query_params["lesson"] == "explaining_away~2.c0"
    other = open_app(networks / "clinic.toml")
    other.query_params["lesson"] = "explaining_away~2.c0"
    turn(other, "learn")
    assert "Right: higher." in html(other)
    assert texts.question_of(2, 3) in html(other)


@pytest.mark.parametrize(
    "given",
    [{2: (0,)}, {3: (23.5,), 4: (frozenset({0, 2}),)}, {5: ((2, 0, 1),)}, {1: (frozenset(),)}, {}],
)
def test_progress_goes_into_a_link_and_comes_back(given):
    assert progress.decode(progress.encode("simpson", given)) == ("simpson", given)


@pytest.mark.parametrize(
    "address",
    ["", "..~1.c0", "simpson~x.c0", "simpson~1.c1-2", "simpson~1.zz", "simpson~1.", "~~~"],
)
def test_what_a_link_says_that_is_no_answer_is_left_out(address):
    name, answers = progress.decode(address)
    assert name in ("", "simpson")
    assert answers == {}


def test_answers_of_another_version_of_a_lesson_are_not_graded(open_app, networks):
    app = open_app(networks / "clinic.toml")
    app.query_params["lesson"] = "explaining_away~2.c9~3.s1"
    turn(app, "learn")
    assert not app.exception
    assert "Right" not in html(app)


def test_the_second_number_is_shown_after_the_guess_only(open_app, networks):
    app = opened(open_app, networks, "see_do_imagine")
    (rows,) = [h.value for h in app.html if "<table" in h.value]
    assert rows.count('class="eg-fill"') == 1
    assert ">?</td>" in rows
    answer(app, "see_do_imagine", 1, 1)
    first, second = (h.value for h in app.html if "<table" in h.value)
    assert first.count('class="eg-fill"') == 2
    assert ">?</td>" in second


def test_the_diagram_shows_the_world_of_the_question(open_app, networks):
    app = opened(open_app, networks, "supplement")
    shown = diagram(app, "diagram-learn")
    drawn = learn.bundled("supplement").steps[1].draw
    assert {node["id"] for node in shown["nodes"]} == set(drawn)
    assert shown["cut"] == []
    answer(app, "supplement", 2, 0)
    answer(app, "supplement", 3, 0)
    assert diagram(app, "diagram-learn")["cut"] == ["magnesium_supplement"]


def right_answer(posed):
    if posed.form == "choice":
        return next(k for k, option in enumerate(posed.options) if option.right)
    if posed.form == "number":
        return round(posed.number.value, 1)
    return posed.sets[0] if posed.form == "set" else posed.order


@pytest.mark.parametrize("name", lessons())
def test_a_link_with_every_answer_shows_the_whole_lesson(open_app, networks, name):
    lesson = learn.bundled(name)
    network = learn.answers.network(lesson.network)
    asked = learn.guesses(lesson)
    known = {k: (right_answer(learn.posed(network, lesson.steps[k])),) for k in asked}
    app = open_app(networks / "clinic.toml")
    app.query_params["lesson"] = progress.encode(name, known)
    turn(app, "learn")
    assert not app.exception
    assert not app.error
    assert texts.learn_score(len(asked), len(asked)) in html(app)


def test_sets_and_orders_are_handed_in(open_app, networks):
    app = opened(open_app, networks, "several_tests")
    answer(app, "several_tests", 2, 81.0)
    assert "The question is the other way around." in html(app)
    answer(app, "several_tests", 2, 10.0)
    app.get_by_key("learn.several_tests.4").set_value([2, 0, 1]).run()
    app.button(key="learn.several_tests.4.check").click().run()
    assert "Right: people with both, then" in html(app)
    assert not app.exception


LESSON = """format = 1
title = "Mine"
network = "NETWORK"
level = "first steps"
minutes = 5
[[step]]
guess = "direction"
text = "With the tablet, cramps are ..."
first = ["without", "P(CRAMPS=present)"]
second = ["the same", "P(CRAMPS=present)"]
"""


def given(app, text):
    return (
        app.get_by_key("lesson-upload").set_value(("mine.toml", text.encode(), "text/plain")).run()
    )


def test_a_lesson_from_a_file_opens_on_the_network_that_is_open(open_app, networks):
    app = turn(open_app("sprinkler"), "learn")
    given(app, LESSON.replace("NETWORK", "sprinkler").replace("CRAMPS=present", "rain=yes"))
    assert not app.exception
    assert ">Mine</h2>" in html(app)
    assert "lesson" not in app.query_params
    answer(app, "mine.toml", 0, 2)
    assert "Right: about the same." in html(app)


@pytest.mark.parametrize(
    ("asked", "right"),
    [
        ('guess = "set"\nask = "adjustment(sprinkler, wet_grass)"\noptions = '
         '[{text = "clouds", ask = "cloudy"}, {text = "rain", ask = "rain"}]', [0]),
        ('guess = "order"\noptions = '
         '[{text = "clouds", ask = "P(cloudy=yes)"}, {text = "wet", ask = "P(wet_grass=yes)"}]', [1, 0]),
    ],
)  # fmt: skip
def test_what_was_gathered_can_be_started_again(open_app, asked, right):
    app = turn(open_app("sprinkler"), "learn")
    given(app, f'{LESSON.replace("NETWORK", "sprinkler").partition("guess")[0]}{asked}\ntext = "?"')
    answer(app, "mine.toml", 0, right)
    app.button(key="learn.mine.toml.0.check").click().run()
    assert "Right: " in html(app)
    app.button(key="learn-again").click().run()
    assert not app.exception
    assert not app.error
    assert "Right: " not in html(app)
    assert app.get_by_key("learn.mine.toml.0").value == []


def test_a_bad_lesson_from_a_file_is_refused_with_its_line(open_app, networks):
    app = turn(open_app("sprinkler"), "learn")
    given(app, LESSON.replace("minutes", "minuts"))
    assert "mine.toml:5" in app.error[0].value.replace("\\", "")
    assert app.button(key="open.simpson")


@pytest.mark.parametrize("view", ["learn", "about"])
def test_pages_that_show_no_case_have_no_tools_for_it(open_app, networks, view):
    app = turn(open_app(networks / "clinic.toml", "clinic~0~tablet.yes"), view)
    assert not {"undo", "redo", "reset"} & {button.key for button in app.button}
    titled = next(h.value for h in app.html if "<h1" in h.value)
    assert (texts.LEARN_TITLE in titled) == (view == "learn")
    turn(app, "explore")
    assert app.button(key="undo")


# -- exercises -------------------------------------------------------------------------------------


def practised(open_app, network, kind):
    app = turn(open_app(network), "learn")
    return app.get_by_key("practice-kind").set_value(kind).run()


@pytest.mark.parametrize("kind", KINDS)
def test_an_exercise_of_each_kind_on_the_network_at_hand(open_app, kind):
    network = {"sensitivity": "leg_cramps", "simpson": "simpson", "see_or_do": "leg_cramps_small"}
    name = network.get(kind, "asia")
    app = practised(open_app, name, kind)
    assert not app.exception
    one = exercise(learn.answers.network(name), kind, 1)
    (asked,) = [r for r in app.radio if r.key.startswith("practice.")]
    wrong = next(k for k, o in enumerate(one.posed.options) if not o.right)
    asked.set_value(wrong).run()
    assert escape(one.posed.options[wrong].reason) in html(app)
    right = next(k for k, o in enumerate(one.posed.options) if o.right)
    app.radio(key=asked.key).set_value(right).run()
    assert "Right: " in html(app)
    app.button(key="practice-next").click().run()
    assert not app.exception
    assert "Right: " not in html(app)


def test_a_kind_that_does_not_apply_says_why(open_app):
    app = practised(open_app, "asia", "sensitivity")
    assert "no number in it states a range" in app.info[0].value


def test_the_exercise_at_the_end_of_a_lesson_counts(open_app, networks):
    app = opened(open_app, networks, "explaining_away")
    answer(app, "explaining_away", 2, 0)
    answer(app, "explaining_away", 3, 1)
    assert "at the first go" not in html(app)
    one = learn.made(learn.answers.network("asia"), learn.bundled("explaining_away").steps[-1])
    right = next(k for k, o in enumerate(one.posed.options) if o.right)
    answer(app, "explaining_away", 6, right)
    assert texts.learn_score(3, 3) in html(app)


def test_an_exact_answer_is_shown_step_by_step(open_app):
    app = turn(open_app("sprinkler", "sprinkler~0~wet_grass.yes"), "learn")
    app.get_by_key("stepwise-on").set_value(True).run()
    app.get_by_key("stepwise-of").set_value("rain").run()
    assert not app.exception
    assert "Step 1: " in html(app)
    assert "Tree of cliques" in html(app)
    app.get_by_key("stepwise-step").set_value(3).run()
    assert "Together 0.6471" in html(app)
    assert "yes 70.8 of 100" in html(app)


def test_what_cannot_be_followed_step_by_step_says_why(open_app):
    app = turn(open_app("leg_cramps"), "learn")
    app.get_by_key("stepwise-on").set_value(True).run()
    app.get_by_key("stepwise-of").set_value("leg_cramps").run()
    assert "can be followed" in app.info[0].value
