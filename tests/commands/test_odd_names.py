"""Names and states of any letters, and variables of one state, through the whole command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from etiograph import formats, load
from etiograph.commands import cli
from etiograph.network.network import Network

NAMES = [
    ("BMI >= 30", ("False", "True"), "cramps", ("no", "yes")),
    ("a=b", ("c=d", "e|f"), "a", ("b", "c=d|e|f")),
    ("x!", ("absent", "present"), "x|y", ("1", "None")),
    ("caf\u00e9 \u6c34", ('"no"', "<yes>"), "0", ("true", "false")),
    ("~level", ("no", "a~b"), "p.q", ("u.v", "w")),
]


def odd(cause, states, effect, ends, kind: str) -> Network:
    """A cause and its effect, 0.2 and 0.1 or 0.4 of the second states, and something constant."""
    return Network.from_tables(
        {cause: states, effect: ends, "one": ("only",)},
        {effect: (cause, "one")},
        {cause: [0.8, 0.2], effect: [[[0.9, 0.1]], [[0.6, 0.4]]], "one": [1.0]},
        about={"target": effect, "causes": [cause]} if kind == "stated" else {},
    )


@pytest.fixture(params=NAMES, ids=lambda names: names[0])
def names(request):
    return request.param


@pytest.mark.parametrize("kind", ["plain", "stated"])
def test_every_command_takes_them(names, kind: str, tmp_path: Path) -> None:
    cause, states, effect, ends = names
    net = odd(*names, kind)
    file = tmp_path / "odd.toml"
    formats.write(net, file)
    assert load(file) == net
    found = f"{effect}={ends[1]}"

    def call(*words: object) -> str:
        done = CliRunner().invoke(cli.app, [str(word) for word in words])
        assert done.exit_code == 0, (done.output, done.exception)
        return done.output

    # P(cause | effect) = 0.2 0.4 / (0.2 0.4 + 0.8 0.1) = 1/2, whichever state is the usual one
    (row,) = json.loads(call("ask", file, found, "--json"))["rows"]
    assert row["variable"] == cause
    assert row["p"] == pytest.approx(0.5)
    said = call("ask", file, found, "--why", "--next", "--intervals", "--tornado")
    assert cause.replace("_", " ") in said
    assert cause.casefold() in call("report", file, found).casefold()
    for kind_ in ("--do", "--had", "--after"):
        changed = json.loads(call("ask", file, "--json", kind_, f"{cause}={states[1]}"))
        assert changed["changes"] == {cause: states[1]}
        said = call("report", file, found, kind_, f"{cause}={states[0]}")
        assert cause.casefold() in said.casefold()
    call("ask", file, found, "one=only", "--why", "--next")


def test_effects_and_questions_of_the_library_take_them(names) -> None:
    cause, states, effect, ends = names
    net = odd(*names, "stated")
    case = net.case({effect: ends[1]})
    got = net.effect(cause, (effect, ends[1]), *states)
    assert (got.p_from, got.p_to) == (pytest.approx(0.1), pytest.approx(0.4))
    assert case.explain((cause, states[1])).after == pytest.approx(0.5)
    assert case.explain(f"{cause}={states[1]}").after == pytest.approx(0.5)
    (test,) = net.case().next_tests([(cause, states[1])], candidates=[effect]).tests
    assert test.gain > 0
    assert case.next_tests(f"{cause}={states[1]}").tests == (
        case.next_tests((cause,), candidates=["one"]).tests
    )
    assert case.attribution(effect, ends[1]).causes[0].cause == cause
    assert case.intervals(10).causes[cause].point == pytest.approx(0.5)
    with_entry = f"{effect}={ends[1]} | {cause}={states[1]}, one=only"
    (first, *_) = case.sensitivities((cause, states[1]))
    assert first.x.size
    assert case.sensitivity((cause, states[1]), of=with_entry).name == with_entry
