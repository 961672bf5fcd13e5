"""The card of a network says what the file says, and "not done" of all else."""

from __future__ import annotations

import json
import re

from tests.conftest import cramp_network
from typer.testing import CliRunner

import etiograph as eg
from etiograph.commands.cli import app
from etiograph.curation.card import NOT_DONE, NOT_STATED, card
from etiograph.network.network import Network

ITEMS = range(1, 28)
"""Of TRIPOD+AI: none is passed over."""


def texts(made) -> dict[str, str]:
    return {item.number: item.text for item in made.items}


def test_a_bare_network_has_nothing_to_say_and_says_so():
    net = Network.from_tables({"a": ("no", "yes")}, {}, {"a": [0.5, 0.5]})
    said = texts(card(net))
    assert said["3a"] == said["6"] == said["8"] == said["26"] == NOT_STATED
    assert said["23a"] == said["14"] == said["24"] == NOT_DONE
    assert said["22"].startswith("1 variables, 0 arrows, 0 named numbers")
    assert "Fairness" in card(net).undone
    assert {int(re.match(r"\d+", n)[0]) for n in said} == set(ITEMS)


def test_what_the_file_states_is_told():
    net = eg.load("leg_cramps")
    said = texts(card(net))
    assert said["3a"].startswith(str(net.about["purpose"])[:40])
    assert str(net.about["exclusions"][0]) in said["6b"]
    assert said["22"].startswith(f"{len(net.variables)} variables")
    assert net.digest()[:12] in card(net).markdown()


def test_numbers_that_cases_moved_are_booked():
    net = cramp_network()
    name = list(net.variables)[-1]
    state = net.variables[name].states[-1]
    moved = net.update({name: [state] * 200}, draws=50, cohort="ward 7", date="2026-11").network
    said = texts(card(moved))
    assert "ward 7 (n = 200" in said["24"]
    assert said["17"] == NOT_STATED
    assert texts(card(net))["24"] == NOT_DONE


def test_the_command(tmp_path):
    run = CliRunner().invoke(app, ["card", "sprinkler"])
    assert run.exit_code == 0
    assert run.output.startswith("# Model card: ")
    out = tmp_path / "card.json"
    run = CliRunner().invoke(app, ["card", "sprinkler", "--json", "-o", str(out)])
    assert "Fairness" in run.output
    assert json.loads(out.read_text())["items"][0]["item"] == "1"
    assert CliRunner().invoke(app, ["card", "nothing"]).exit_code != 0
