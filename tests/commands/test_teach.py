"""Lessons and exercises on the command line: sheets with keys, refusals in a few words."""

from __future__ import annotations

import re

import pytest
from tests.texts import LESSON
from typer.testing import CliRunner

import etiograph as eg
from etiograph import formats
from etiograph.commands.cli import app
from etiograph.resources import lessons


def run(*words):
    return CliRunner().invoke(app, list(words))


def test_lesson_check_prints_every_key():
    done = run("lesson", "check", "base_rates")
    assert done.exit_code == 0
    assert "right: lower" in done.stdout
    assert " 98.0 of 100  abnormal X-ray" in done.stdout


def test_lesson_check_says_file_and_line(tmp_path):
    file = tmp_path / "mine.toml"
    text = lessons()["base_rates"].read_text("utf-8")
    file.write_text(text.replace("tuberculosis=present", "tuberculosis=presnt", 1), "utf-8")
    done = run("lesson", "check", str(file))
    assert done.exit_code == 2
    line = text[: text.index("tuberculosis=present")].count("\n") + 1
    assert f"mine.toml:{line}: " in done.stderr
    assert "did you mean 'present'" in done.stderr


def test_lesson_check_of_an_unknown_lesson_names_the_nearest():
    done = run("lesson", "check", "base_rate")
    assert done.exit_code == 2
    assert "did you mean 'base_rates'" in done.stderr


@pytest.mark.parametrize("name", ["base_rates", "front_door", "several_tests"])
def test_a_lesson_sheet_has_aim_misconceptions_and_answers(name):
    done = run("lesson", "sheet", name)
    assert done.exit_code == 0
    for head in ("For the teacher", "## Aim", "know before", "get wrong", "Questions and answers"):
        assert head in done.stdout
    assert "Right: " in done.stdout
    assert "The exercise at the end" in done.stdout


def test_a_sheet_of_exercises_has_its_keys_on_a_page_of_their_own(tmp_path):
    out = tmp_path / "sheet.html"
    done = run("exercises", "asia", "--seed", "7", "-n", "12", "-o", str(out))
    assert done.exit_code == 0
    assert "left out: no exercise of kind 'sensitivity'" in done.stderr
    page = out.read_text("utf-8")
    asked, hints, keys = re.split(r'<section class="new-page">', page)
    assert asked.count('<ol class="options">') == 12
    assert len(re.findall(r"<h3>\d+\. [A-D]: ", keys)) == 12
    assert not re.search(r"<h3>\d+\. [A-D]: ", asked + hints)
    assert "break-before: page" in page
    assert "<script" not in page
    assert "seed 7" in keys


def test_the_same_seed_gives_the_same_sheet():
    first, same, other = (run("exercises", "asia", "-n", "4", "--seed", s).stdout for s in "778")
    assert first == same
    assert first != other


def test_any_format_that_is_read_gives_exercises(tmp_path):
    for name in ("mine.bif", "mine.xdsl", "mine.net", "mine.uai"):
        formats.write(eg.load("asia"), tmp_path / name)
        done = run("exercises", str(tmp_path / name), "--kinds", "base_rate,elimination", "-n", "4")
        assert done.exit_code == 0, done.stderr
        assert done.stdout.count("\nA. ") == 4


def test_markdown_has_tables_and_letters():
    text = run("exercises", "asia", "--kinds", "elimination", "-n", "1").stdout
    assert "| --- |" in text
    assert "\nA. " in text
    assert "\n---\n\n## Keys" in text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("asia", "--kinds", "base_rat"), "did you mean 'base_rate'"),
        (("asia", "--kinds", "sensitivity"), "no number in it states a range"),
        (("asia", "-o", "sheet.pdf"), "use .html, .md"),
        (("asai",), "did you mean 'asia'"),
    ],
)
def test_what_cannot_be_made_is_refused_in_a_few_words(words, said):
    done = run("exercises", *words)
    assert done.exit_code == 2
    assert said in re.sub(r"[│\s]+", " ", done.output)
    assert "Traceback" not in done.output


def test_names_of_a_network_are_escaped_in_a_sheet(tmp_path):
    out = tmp_path / "asia.toml"
    formats.write(eg.load("asia"), out)
    text = out.read_text("utf-8").replace('title = "Asia: a chest clinic"', 'title = "<img src=x>"')
    out.write_text(text, "utf-8")
    sheet = tmp_path / "sheet.html"
    assert run("exercises", str(out), "-n", "1", "-o", str(sheet)).exit_code == 0
    assert "<img" not in sheet.read_text("utf-8")


# -- a class ---------------------------------------------------------------------------------------


@pytest.fixture
def started(monkeypatch):
    """What `explore` would start: the command and what the server is told."""
    from etiograph.commands import explore

    found = []
    monkeypatch.setattr(
        explore, "become", lambda command, environment: found.append((command, environment))
    )
    return found


def test_without_class_only_this_machine_is_bound(started):
    assert run("explore", "sprinkler").exit_code == 0
    ((command, environment),) = started
    assert [w for w in command if w.startswith("--server.address")] == [
        "--server.address=127.0.0.1"
    ]
    assert "ETIOGRAPH_CLASS" not in environment


def test_a_class_binds_the_address_that_is_named_and_says_so(started):
    done = run("explore", "--class", "--address", "192.168.1.20", "--port", "9000")
    assert done.exit_code == 0
    ((command, environment),) = started
    assert "--server.address=192.168.1.20" in command
    assert "--server.headless=true" in command
    code, secret = environment["ETIOGRAPH_CLASS"], environment["ETIOGRAPH_CLASS_TEACHER"]
    assert f"http://192.168.1.20:9000/   code {code}" in done.stdout
    assert f"?teacher={secret}" in done.stdout
    assert "on 192.168.1.20 only" in done.stdout
    assert "not encrypted" in done.stdout


def test_a_class_takes_lessons_and_a_network_of_the_teachers_own(started, tmp_path):
    lesson, network = tmp_path / "wet.toml", tmp_path / "mine.bif"
    lesson.write_text(LESSON, "utf-8")
    formats.write(eg.load("sprinkler"), network)
    assert run("explore", str(network), "--class", "--lesson", str(lesson)).exit_code == 0
    ((_, environment),) = started
    assert environment["ETIOGRAPH_CLASS_LESSONS"] == str(lesson)
    assert environment["ETIOGRAPH_NETWORK"] == str(network)


def test_a_lesson_that_cannot_be_taught_opens_no_class(started, tmp_path):
    lesson = tmp_path / "wet.toml"
    lesson.write_text(
        LESSON.replace("mine.bif", "sprinkler").replace("P(rain=yes |", "P(rian=yes |")
    )
    done = run("explore", "--class", "--lesson", str(lesson))
    assert done.exit_code == 2
    assert "wet.toml:10: " in done.stderr
    assert "did you mean 'rain'" in done.stderr
    twice = [tmp_path / "a" / "wet.toml", tmp_path / "b" / "wet.toml"]
    assert (
        "two lessons are called wet.toml"
        in run(
            "explore", "--class", *(word for each in twice for word in ("--lesson", str(each)))
        ).stderr
    )
    assert "add --class" in run("explore", "--lesson", str(lesson)).stderr
    assert started == []


def test_a_class_on_this_machine_is_the_default(started):
    assert run("explore", "--class").exit_code == 0
    assert "--server.address=127.0.0.1" in started[0][0]


@pytest.mark.parametrize(
    "words",
    [
        ("--class", "--address", "0.0.0.0"),
        ("--class", "--address", "::"),
        ("--class", "--address", "my-laptop"),
        ("--address", "192.168.1.20"),
    ],
)
def test_an_address_that_is_not_one_is_refused(started, words):
    assert run("explore", *words).exit_code == 2
    assert started == []
