"""Lesson files: read and refused with file and line, their keys worked out, their numbers the engine's."""

from __future__ import annotations

import re
from itertools import combinations, permutations

import pytest

import etiograph as eg
from etiograph.engine.enumerate import posterior as enumerated
from etiograph.network.event import Event
from etiograph.network.likelihoods import encode
from etiograph.resources import lessons
from etiograph.teaching.lesson import HOLE, LEVELS, in_order, pose, rendered
from etiograph.teaching.lesson_check import check_lesson
from etiograph.teaching.lesson_file import TYPED, read_lesson, reads_lesson
from etiograph.teaching.posed import grade
from etiograph.teaching.question import ask, read_question

GOOD = """format = 1
title = "Wet grass"
network = "sprinkler"
level = "first steps"
minutes = 5

[[step]]
read = "It rains on {P(rain=yes)} mornings."

[[step]]
guess = "direction"
text = "The sprinkler runs. Rain is ..."
first = ["rain before", "P(rain=yes)"]
second = ["rain now", "P(rain=yes | sprinkler=on)"]
higher = "No: {P(rain=yes | sprinkler=on)}."

[[step]]
guess = "number"
text = "How often does it rain under clouds?"
ask = "P(rain=yes | cloudy=yes)"
wrong = [{text = "forgot the clouds", ask = "P(rain=yes)", why = "That is without the clouds."}]

[[step]]
guess = "set"
text = "What makes the comparison fair?"
ask = "adjustment(sprinkler, wet_grass)"
options = [{text = "clouds", ask = "cloudy"}, {text = "rain", ask = "rain"}]
else = "One of them is enough."

[[step]]
guess = "order"
text = "Which is most common?"
options = [{text = "clouds", ask = "P(cloudy=yes)"}, {text = "wet", ask = "P(wet_grass=yes)"}]
"""


def steps(text=GOOD):
    lesson = reads_lesson(text, "wet.toml", "wet")
    return eg.load("sprinkler"), lesson


def test_a_lesson_is_read_and_its_keys_are_worked_out():
    network, lesson = steps()
    assert (lesson.name, lesson.title, lesson.minutes) == ("wet", "Wet grass", 5)
    assert rendered(network, lesson.steps[0].text) == "It rains on 50 of 100 mornings."
    direction, number, chosen, order = (pose(network, s) for s in lesson.guesses)
    assert direction.key == "lower"
    assert grade(direction, 1).right
    verdict = grade(direction, 0)
    assert not verdict.right
    assert verdict.reason == "No: 30 of 100."
    assert number.key == "about 80 of 100"
    assert grade(number, 78.0).right
    assert grade(number, 52.0).reason == "That is without the clouds."
    assert grade(number, 5.0).reason.startswith("That is too low.")
    assert chosen.key == "clouds; or rain"
    assert grade(chosen, frozenset({0})).right
    assert grade(chosen, {0, 1}).reason == "One of them is enough."
    assert order.key == "wet, then clouds"
    assert grade(order, (1, 0)).right
    assert not grade(order, (0, 1)).right


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("format = 1", "format = 2", 1, "format 2"),
        ("level = ", "levle = ", 4, "did you mean 'level'"),
        ('"first steps"', '"easy"', 4, "no level is called 'easy'"),
        ("minutes = 5", "minutes = true", 5, "a whole number"),
        ("minutes = 5", "minutes = 500", 5, "between 1 and 60"),
        ("{P(rain=yes)} mornings", "50 of 100 mornings", 8, "is typed"),
        ("{P(rain=yes)} mornings", "50 % of mornings", 8, "is typed"),
        ("{P(rain=yes)} mornings", "<b>many</b> mornings", 8, "no HTML"),
        ("{P(rain=yes)} mornings", "many mornings. " * 40, 8, "make two steps"),
        ('read = "It', 'look = "a"\nread = "It', 7, "a step has one of"),
        ('guess = "direction"', 'guess = "diretcion"', 11, "did you mean 'direction'"),
        ('["rain before", "P(rain=yes)"]', '"P(rain=yes)"', 13, "is a list"),
        ('first = ["rain before", "P(rain=yes)"]\n', "", 10, "'first' is missing"),
        ('"rain before", ', "", 13, "give a label and a question"),
        ("higher = ", "heigher = ", 15, "did you mean 'higher'"),
        (', {text = "rain", ask = "rain"}]', "]", 27, "at least two options"),
        (
            'guess = "order"',
            'right = "biggest"\nguess = "order"',
            31,
            "there are: largest, smallest",
        ),
        ("minutes = 5", "minutes = = 5", 5, "no TOML"),
    ],
)
def test_a_bad_file_is_refused_with_its_line(old, new, line, said):
    assert old in GOOD
    with pytest.raises(eg.EtiographError, match=re.escape(said)) as caught:
        reads_lesson(GOOD.replace(old, new, 1), "wet.toml")
    assert caught.value.line == line
    assert str(caught.value).startswith(f"wet.toml:{line}:")


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ('network = "sprinkler"', 'network = "sprinklr"', 3, "sprinkler"),
        ('P(rain=yes | sprinkler=on)"]', 'P(rian=yes)"]', 14, "did you mean 'rain'"),
        ("{P(rain=yes)}", "{P(rain=maybe)}", 8, "maybe"),
        ("{P(rain=yes)}", "{P(rain=yes); thirds}", 8, "is no form of a number"),
        ('P(rain=yes | sprinkler=on)"]', 'P(rain=yes | sprinkler=onn)"]', 14, "did you mean 'on'"),
        ('ask = "cloudy"', 'ask = "clouds"', 27, "cloudy"),
        ('P(wet_grass=yes)"}]', 'P(cloudy=no)"}]', 31, "two answers lie too close"),
        ('ask = "P(rain=yes)", why', 'ask = "P(rain=yes | cloudy=yes)", why', 19, "too near"),
    ],
)
def test_a_lesson_that_cannot_be_taught_is_refused_with_its_line(tmp_path, old, new, line, said):
    assert old in GOOD
    file = tmp_path / "wet.toml"
    file.write_text(GOOD.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(eg.EtiographError, match=re.escape(said)) as caught:
        check_lesson(file)
    assert abs(caught.value.line - line) <= 2, caught.value.line


def test_a_lesson_may_be_on_a_network_beside_it(tmp_path):
    file = tmp_path / "wet.toml"
    file.write_text(GOOD.replace('"sprinkler"', '"mine.bif"', 1), encoding="utf-8")
    from etiograph import formats

    formats.write(eg.load("sprinkler"), tmp_path / "mine.bif")
    assert len(check_lesson(file).keys) == 4


# -- the lessons that come with it ----------------------------------------------------------------

KEYS = {
    "base_rates": ["lower", "higher"],
    "several_tests": [
        "about 10 of 100",
        "people with both, then people with an abnormal X-ray, then people short of breath",
    ],
    "explaining_away": ["higher", "lower"],
    "what_tells_of_what": ["lower", "about the same", "lower"],
    "simpson": ["lower", "higher", "higher", "higher"],
    "supplement": ["higher", "about the same"],
    "only_sufferers": [
        "higher",
        "lower",
        "patients without a sick nerve and without low magnesium",
    ],
    "front_door": ["higher", "lower", "tar"],
    "see_do_imagine": ["lower", "about the same", "lower"],
    "present_is_not_responsible": [
        "lower",
        "lower",
        "the tendency is there, then the tendency acted, then without the tendency, no cramps",
    ],
    "what_to_test_next": ["the X-ray", "to ask about smoking", "higher"],
    "how_sure": [
        "about 27 of 100",
        "how much diabetes raises the risk of low magnesium",
        "higher",
    ],
}


@pytest.mark.parametrize("name", lessons())
def test_every_bundled_lesson_can_be_taught_and_its_keys_are_the_known_ones(name):
    checked = check_lesson(lessons()[name])
    *told, last = checked.keys
    assert [key.key for key in told] == KEYS[name]
    assert last.step == len(checked.lesson.steps)  # an exercise with a key of its own at the end
    assert last.key


@pytest.mark.parametrize("name", lessons())
def test_every_bundled_lesson_is_whole(name):
    lesson = read_lesson(lessons()[name])
    assert lesson.level in LEVELS
    assert 5 <= lesson.minutes <= 12
    assert lesson.aim
    assert lesson.before
    assert lesson.misconceptions
    assert set(lesson.needs) <= set(lessons())
    assert [step.kind for step in lesson.steps[-2:]] == ["try", "exercise"]
    for step in lesson.guesses:
        if step.answer == "direction":  # each wrong answer has its reason
            right = pose(eg.load(lesson.network), step).key
            assert set(step.wrong) == {"higher", "lower", "about the same"} - {right}
            assert all(step.wrong.values())


def test_the_shelf_goes_from_easy_to_hard_and_nothing_stands_before_what_it_needs():
    shelf = [lesson.name for lesson in in_order([read_lesson(p) for p in lessons().values()])]
    assert shelf[:3] == ["base_rates", "explaining_away", "several_tests"]
    for lesson in (read_lesson(lessons()[name]) for name in shelf):
        assert all(shelf.index(need) < shelf.index(lesson.name) for need in lesson.needs)


def wrong_answers(posed):
    """Every answer but the right ones; of a number, every whole one."""
    places = range(len(posed.options))
    answers = {
        "choice": places,
        "number": range(101),
        "set": [frozenset(c) for k in range(len(places) + 1) for c in combinations(places, k)],
        "order": permutations(places),
    }
    return [given for given in answers[posed.form] if not grade(posed, given).right]


@pytest.mark.parametrize("name", lessons())
def test_every_wrong_answer_of_a_bundled_lesson_gets_its_reason(name):
    """Never only that it is wrong, or too high."""
    lesson = read_lesson(lessons()[name])
    network = eg.load(lesson.network)
    for step in lesson.guesses:
        posed = pose(network, step)
        for given in wrong_answers(posed):
            said = re.sub(r"^That is too (high|low)\.", "", grade(posed, given).reason)
            assert len(said) > 20, (step.text, given)


def texts_of(lesson):
    for step in lesson.steps:
        yield from (step.text, *step.wrong.values(), *step.labels)
        for choice in step.choices:
            yield from (choice.text, choice.why)
    yield from (lesson.title, lesson.aim, lesson.before, *lesson.misconceptions)


@pytest.mark.parametrize("name", lessons())
def test_no_number_of_a_bundled_lesson_is_typed(name):
    """What is left besides questions to the engine are ages, years and the hundred that is counted out of."""
    allowed = {"65", "100", "1986", "10,000"}
    for text in texts_of(read_lesson(lessons()[name])):
        left = HOLE.sub("", text)
        assert not TYPED.search(left)
        assert set(re.findall(r"\d[\d,]*\d|\d", left)) <= allowed, text


NO_CHANCES = "what_to_test_next"  # bits only
SMALL = ("asia", "sprinkler", "simpson", "front_door")


@pytest.mark.parametrize(
    "name",
    sorted(
        n for n in lessons().keys() - {NO_CHANCES} if read_lesson(lessons()[n]).network in SMALL
    ),
)
def test_probabilities_of_a_lesson_are_those_of_enumeration(name):
    lesson = read_lesson(lessons()[name])
    network = eg.load(lesson.network)
    holes = [hole.partition(";")[0] for text in texts_of(lesson) for hole in HOLE.findall(text)]
    asked = [*holes, *(a for s in lesson.guesses for a in (*s.asks, *(c.ask for c in s.choices)))]
    count = 0
    for text in asked:
        if not text.startswith("P("):
            continue
        q = read_question(network, text)
        if q.kind != "see":
            continue
        event = Event.parse(network, q.terms[0])
        row = encode(network, q.findings)[0]
        brute = enumerated(network.model, row).marginals[0][event.slots(network)].sum()
        assert ask(network, q) == pytest.approx(brute, abs=1e-12)
        count += 1
    assert count
