"""The process beside the server says what the server would, and its end is no error."""

from __future__ import annotations

import pytest

import etiograph as eg
from explorer import late, parts
from explorer.beside import Beside, Says, TooLong, at_most

FINDINGS = (("cramps", "present"), ("tablet", "yes"))


class _GivenUp(Exception):
    """Nobody waits any more."""


@pytest.fixture
def net(networks):
    """A small network."""
    return eg.load(networks / "clinic.toml")


@pytest.fixture
def beside():
    """The process, started."""
    found = Beside()
    found.start()
    yield found
    found.close()


def test_every_part_is_the_same_as_here(net, beside, networks):
    events = (("cramps", "present"),)
    shown = tuple(eg.Event.parse(net, *pair) for pair in events)
    given = {
        "ranges": (FINDINGS[:1], False),
        "rarity": (FINDINGS,),
        "contrasts": (FINDINGS, (("tablet", "no"),), "after", events),
        "next_tests": (FINDINGS[:1], None),
        "next_steps": (FINDINGS[:1],),
        "previews": (FINDINGS[:1], (("tablet", "yes"), ("swelling", "present")), shown),
        "judged": (str(networks / "clinic.toml"),),
        "what_helps": (FINDINGS, "cramps"),
        "checked": (str(networks / "clinic.toml"),),
        "consequences": (FINDINGS[:1], (("serum_salt", ""),)),
    }
    assert given.keys() == parts.PARTS.keys()
    for name, arguments in given.items():
        assert repr(beside.ask(name, net, arguments)) == repr(parts.PARTS[name](net, *arguments))


def test_a_changed_network_is_another_one(net, beside):
    name = next(name for name, one in net.parameters.items() if one.low is not None)
    other = net.with_parameters({name: net.parameters[name].low})
    before = beside.ask("ranges", net, (FINDINGS[:1], False))
    assert beside.ask("ranges", other, (FINDINGS[:1], False)) == parts.ranges(
        other, FINDINGS[:1], False
    )
    assert beside.ask("ranges", net, (FINDINGS[:1], False)) == before


def test_who_gave_up_leaves_nothing_to_the_next(net, beside):
    def gone():
        raise _GivenUp

    with pytest.raises(_GivenUp):  # the process is still starting: nothing can have come yet
        beside.ask("ranges", net, (FINDINGS[:1], False), gone)
    assert beside.ask("ranges", net, (FINDINGS, False)) == parts.ranges(net, FINDINGS, False)


def test_an_error_or_an_end_is_told_and_the_next_question_is_answered(net, beside):
    asked = (FINDINGS[:1], False)
    assert beside.ask("ranges", net, ()) is Says.FAILED
    assert beside.ask("ranges", net, asked) == parts.ranges(net, *asked)
    beside._process.kill()
    beside._process.wait()
    assert beside.ask("ranges", net, asked) is Says.FAILED
    assert beside.ask("ranges", net, asked) == parts.ranges(net, *asked)


def test_without_a_process_nothing_is_asked_of_one(net):
    beside = Beside()
    assert beside.ask("ranges", net, (FINDINGS[:1], False)) is Says.FAILED
    beside.start()
    process = beside._process
    beside.close()
    assert process.poll() is not None
    assert beside.ask("ranges", net, (FINDINGS[:1], False)) is Says.FAILED


def test_what_takes_too_long_is_given_up_and_said_to_be_missing(net, monkeypatch):
    """Four readings can cost minutes of sums without a lost digit: others must not wait for these."""

    def endless():
        with at_most(0.02):
            while True:
                pass

    with pytest.raises(TooLong):
        endless()
    with at_most(0.0):
        assert sum(range(100_000))  # no time is left over for what comes next

    class Slow:
        def ask(self, *_given):
            return Says.TOO_LONG

    monkeypatch.setattr(late, "_beside", Slow)
    assert late._worked_out("ranges", net, FINDINGS, False) == parts.Uncertain({}, "")
    assert parts.ABSENT.keys() <= parts.PARTS.keys()
