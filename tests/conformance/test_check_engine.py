"""Q1: the conformance suite passes a right engine and finds what is wrong with a wrong one."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from etiograph.commands import cli
from etiograph.conformance import cases as check_cases
from etiograph.conformance.check_engine import (
    BEGIN,
    END,
    OUTCOMES,
    Etiograph,
    adaptor,
    check_engine,
    side_by_side,
)
from etiograph.conformance.elsewhere import MODULES
from etiograph.errors import ImpossibleFindings, NotInstalled

# Worked on paper, so that the suite's own truths are checked too.
ODDS_ORDER = 0.7 / (1 - 0.3 * 0.8)
BY_HAND = {
    "ordinary findings": 0.32 * (0.49 * 0.9 + 0.51 * 0.05)
    / (0.32 * (0.49 * 0.9 + 0.51 * 0.05) + 0.12 * (0.845 * 0.9 + 0.155 * 0.05)),
    "200 weak findings (underflow)": 3 / 7 / (3 / 7 + 0.99**200),
    "several soft findings on one variable": 0.2 * (0.7 * 0.48 + 0.3 * 0.18)
    / (0.2 * (0.7 * 0.48 + 0.3 * 0.18) + 0.8 * (0.1 * 0.48 + 0.9 * 0.18)),
    "likelihood ratio above 1": 0.2 * 3.1 / (0.2 * 3.1 + 0.8 * 1.3),
    "do": 0.6 * (0.7 * 0.8 + 0.3 * 0.95) + 0.4 * (0.7 * 0.4 + 0.3 * 0.7),
    "do, finding on another cause": 0.6 * 0.95 + 0.4 * 0.7,
    "do, finding downstream": 0.703 * 0.9 / (0.703 * 0.9 + 0.297 * 0.05),
    "two related do-targets": 0.3,
    "ancestor under do": 0.4,
    "counterfactual, noise written as roots": ODDS_ORDER,
    "counterfactual, noise dependent after the findings": 1.0,
    "counterfactual on a noisy-OR": (1 - 0.9 * 0.8) / (1 - 0.9 * 0.4 * 0.8),
    "counterfactual on a table (monotone coupling)": 0.1 / 0.5,
}  # fmt: skip


class Wrong(Etiograph):
    """Answers the impossible, drops findings under do, offers no counterfactual, dies of softness."""

    name = "wrong"

    def posterior(self, network, findings, target):
        if any(not isinstance(found, str) for found in findings.values()):
            raise ValueError("soft")
        try:
            return super().posterior(network, findings, target)
        except ImpossibleFindings:
            if target == "source":
                return (float("nan"), float("nan"))
            return (0.8, 0.2)

    def do(self, network, findings, changes, target):
        return super().do(network, {}, changes, target)

    def had(self, network, findings, changes, target):
        raise NotImplementedError("no twin networks")


def test_ours_is_right_throughout():
    card = check_engine(Etiograph())
    assert card.passed, str(card)
    assert len(card.scores) == 19


def test_the_truths_are_those_worked_on_paper():
    truths = {q.name: q.truth for q in check_cases.questions()}
    for name, expected in BY_HAND.items():
        assert truths[name][-1] == pytest.approx(expected, abs=1e-12), name


def test_every_truth_is_a_distribution():
    for q in check_cases.questions():
        if q.truth is not None:
            assert np.sum(q.truth) == pytest.approx(1.0, abs=1e-12)
            assert len(q.truth) == q.network.variables[q.target].card


def test_a_wrong_engine_fails_where_it_is_wrong():
    card = check_engine(Wrong())
    by_outcome = {
        outcome: {s.question.name for s in card.scores if s.outcome == outcome}
        for outcome in OUTCOMES
    }
    assert by_outcome["undefined"] == {"impossible findings"}
    assert by_outcome["wrong"] == {
        "impossible findings, d-separated from the query",
        "impossible findings, query cut off by a finding",
        "do, finding on another cause",
        "do, finding downstream",
        "ancestor under do, finding downstream",
    }
    assert by_outcome["refused"] == {
        "several soft findings on one variable",
        "likelihood ratio above 1",
    }
    assert by_outcome["not offered"] == {
        s.question.name for s in card.scores if s.question.kind == "had"
    }
    assert not card.passed
    text = str(card)
    assert "truth 0.15, 0.85" in text
    assert "no twin networks" in text


def test_nan_is_never_right():
    class Undefined(Wrong):
        def posterior(self, network, findings, target):
            return (float("nan"), float("nan"))

    card = check_engine(Undefined())
    assert all(s.outcome == "undefined" for s in card.scores if s.question.kind == "see")


def test_single_precision_is_neither_right_nor_wrong():
    class Single(Etiograph):
        name = "single"

        def posterior(self, network, findings, target):
            exact = super().posterior(network, findings, target)
            return [float(np.float32(p)) for p in exact]

    card = check_engine(Single(), asked=[q for q in check_cases.questions() if q.kind == "see"])
    assert {s.outcome for s in card.scores} == {"right", "rounded"}
    assert card.faults == 0
    assert not card.passed


# -- engines in a process of their own ---------------------------------------------------------------


def program(folder: Path, text: str) -> str:
    """A Python that says what `text` prints, whatever it is asked to run."""
    path = folder / "python"
    path.write_text(
        f"#!{sys.executable}\nimport sys, json\ntask = json.loads(sys.stdin.readline())\n{text}\n"
    )
    path.chmod(0o755)
    return str(path)


def test_what_another_process_says_is_told_apart(tmp_path):
    ask = (
        "kind = task['kind']\n"
        "said = {'name': {'answer': 'other 2.0'}, 'do': {'not_offered': 'no do'},"
        " 'had': {'refused': 'ValueError: twins'}}\n"
        "if kind == 'see' and task['target'] == 'apart': sys.exit(3)\n"
        "print('noise'); print('answer:' + json.dumps(said.get(kind, {'impossible': 'none'})))"
    )
    card = check_engine(adaptor(f"nbn@{program(tmp_path, ask)}"))
    assert card.engine == "other 2.0"
    told = {s.question.name: (s.outcome, s.detail) for s in card.scores}
    assert told["impossible findings"] == ("right", "")
    assert told["ordinary findings"] == ("refused", "called impossible")
    assert told["impossible findings, d-separated from the query"] == (
        "refused", "RuntimeError: the process ended without an answer",
    )  # fmt: skip
    assert told["do"] == ("not offered", "no do")
    assert told["counterfactual on a noisy-OR"] == ("refused", "RuntimeError: ValueError: twins")


def test_a_python_without_the_engine_is_refused_by_name(tmp_path):
    for python in (str(tmp_path / "nowhere"), program(tmp_path, "raise SystemExit(1)")):
        with pytest.raises(NotInstalled, match="nbn is not installed"):
            check_engine(adaptor(f"nbn@{python}"))


def test_an_engine_of_doubles_is_asked_as_it_is(tmp_path):
    """The conversation itself: soft findings, order of parents, what a program raises."""
    from io import StringIO

    from etiograph.conformance.programs import answering

    def see(task):
        assert answering.in_order(task) == ["a", "b"]
        return answering.positions(task, task["findings"]).values()

    lines = [
        {"kind": "name"},
        {
            "kind": "see",
            "states": {"b": ["x", "y"]},
            "parents": {"b": ["a"], "a": []},
            "findings": {"b": "y"},
        },
        {
            "kind": "see",
            "states": {},
            "parents": {"b": ["a"], "a": []},
            "findings": {"b": [{"x": 1}]},
        },
        {"kind": "do"},
        {"kind": "had"},
    ]

    def impossible(task):
        raise answering.Impossible("P = 0")

    stdin, stdout = sys.stdin, sys.stdout
    sys.stdin, sys.stdout = StringIO("\n".join(map(json.dumps, lines))), StringIO()
    try:
        answering.serve(lambda: "e 1", see=see, do=impossible, had=answering.not_offered("no"))
        said = sys.stdout.getvalue().splitlines()
    finally:
        sys.stdin, sys.stdout = stdin, stdout
    assert [json.loads(line.removeprefix(answering.MARK)) for line in said] == [
        {"answer": "e 1"}, {"answer": [1.0]}, {"not_offered": "no soft finding, as on b"},
        {"impossible": "P = 0"}, {"not_offered": "no"},
    ]  # fmt: skip


def test_cards_side_by_side():
    questions = [q for q in check_cases.questions() if q.name in ("do", "soft change")]
    cards = [check_engine(engine, asked=questions) for engine in (Etiograph(), Wrong())]
    table = side_by_side(cards)
    assert "| do | right | right |" in table
    assert table.splitlines()[-1] == "| **right** | **2 of 2** | **2 of 2** |"


# -- the command -----------------------------------------------------------------------------------


def published(root: Path) -> dict[str, list[str]]:
    """The table of docs/measured.md: engine to its outcomes, in order."""
    text = (root / "docs" / "measured.md").read_text(encoding="utf-8")
    table = text.partition(BEGIN)[2].partition(END)[0].strip().splitlines()
    head, _, *rows = [line.strip("| ").split(" | ") for line in table]
    return {name: [row[n] for row in rows[:-1]] for n, name in enumerate(head) if n or name}


def test_the_page_shows_these_questions_and_our_answers(root):
    columns = published(root)
    names = [q.name for q in check_cases.questions()]
    assert columns["question"] == names
    assert columns[Etiograph().name] == ["right"] * len(names)


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["pgmpy", *(pytest.param(name, marks=pytest.mark.long) for name in MODULES)]
)
def test_the_page_shows_what_the_others_answer(name, root):
    pytest.importorskip(MODULES.get(name, name))
    card = check_engine(adaptor(name))
    columns = published(root)
    if card.engine not in columns:
        pytest.skip(f"the page shows another version than {card.engine}")
    assert [score.outcome for score in card.scores] == columns[card.engine]


def run(*words):
    return CliRunner().invoke(cli.app, ["check-engine", *words])


def test_the_command_prints_our_card():
    done = run()
    assert done.exit_code == 0, done.output
    assert done.output.startswith(f"{Etiograph().name}: 19 right, 0 rounded, 0 wrong")


@pytest.fixture
def own_adaptor(tmp_path, monkeypatch):
    """A module of somebody's own in the folder where the command is run."""
    (tmp_path / "my_engine.py").write_text(
        "from etiograph.conformance.check_engine import Etiograph\n"
        "class Mine(Etiograph):\n"
        "    name = 'mine 1.0'\n"
        "    def had(self, network, findings, changes, target):\n"
        "        raise NotImplementedError('no twin networks')\n"
        "class Careless(Mine):\n"
        "    name = 'careless 1.0'\n"
        "    def posterior(self, network, findings, target):\n"
        "        return (0.8, 0.2)\n"
        "careless = Careless()\n",
        encoding="utf-8",
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    yield tmp_path
    sys.modules.pop("my_engine", None)


def test_somebodys_own_adaptor(own_adaptor):
    done = run("my_engine:Mine")
    assert done.exit_code == 0, done.output
    assert done.output.startswith(
        "mine 1.0: 15 right, 0 rounded, 0 wrong, 0 undefined, 0 refused, 4 not"
    )
    done = run("my_engine:careless")
    assert done.exit_code == 1
    assert "wrong        ordinary findings" in done.output
    done = run("my_engine:Mime")
    assert done.exit_code == 2
    assert "did you mean 'Mine'" in done.output


def test_the_table_goes_between_the_marks(own_adaptor):
    notes = own_adaptor / "notes.md"
    notes.write_text(f"Before\n{BEGIN}\nold\n{END}\nafter\n", encoding="utf-8")
    done = run("ours", "my_engine:Mine", "--into", str(notes))
    assert done.exit_code == 0, done.output
    text = notes.read_text(encoding="utf-8")
    assert text.startswith(f"Before\n{BEGIN}\n| question | {Etiograph().name} | mine 1.0 |\n")
    assert text.endswith(f"| **19 of 19** | **15 of 19** |\n{END}\nafter\n")
    notes.write_text("no marks\n", encoding="utf-8")
    assert run("--into", str(notes)).exit_code == 2


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("pgmpi", "no engine is called 'pgmpi'; did you mean 'pgmpy'?"),
        ("nowhere_at_all:Engine", "there is no module 'nowhere_at_all'"),
    ],
)
def test_an_engine_that_is_not_there(name, said):
    done = run(name)
    assert done.exit_code == 2
    assert said in done.output


@pytest.mark.parametrize("name", ["pgmpy", "pyagrum", "nbn"])
def test_a_library_that_is_not_installed_is_refused_politely(name, monkeypatch):
    monkeypatch.setattr("etiograph.conformance.check_engine.find_spec", lambda _: None)
    done = run(name)
    assert done.exit_code == 2
    assert done.output.strip() == (
        f"etiograph: {name} is not installed here, so it cannot be asked"
    )
