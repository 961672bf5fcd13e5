from __future__ import annotations

import pickle
from contextlib import suppress
from copy import deepcopy

import pytest
from hypothesis import given, strategies as st

from etiograph.errors import InvalidChange, InvalidFinding, UnknownName
from etiograph.network.event import ByEvent, Event, two_states
from etiograph.network.network import Network
from etiograph.network.variable import Variable

PIECES = st.text(alphabet="ab=|~ .,!<\"'é水1", min_size=1, max_size=5)


def named(states) -> Network:
    tables = {name: [1.0 / len(own)] * len(own) for name, own in states.items()}
    return Network.from_tables(states, {}, tables)


ODD = named(
    {
        "BMI >= 30": ("False", "True"),
        "plain": ("no", "a|b", "a", "b", "c=d"),
        "one": ("only",),
        "level": ("low", "normal", "high"),
    }
)


@pytest.mark.parametrize(
    ("states", "usual"),
    [
        (("True", "False"), "False"),
        (("TRUE", "FALSE"), "FALSE"),
        (("Yes", "No"), "No"),
        (("present", "absent"), "absent"),
        (("POSITIVE", "Negative"), "Negative"),
        (("LOW", "NORMAL", "HIGH"), "NORMAL"),
        (("1", "0"), "0"),
        (("on", "off"), "off"),
        (("t", "f"), "f"),
        (("Y", "N"), "N"),
        (("m", "f"), "m"),  # sex, not true and false
        (("Mild", "None", "Severe"), "None"),
        (("left", "right"), "left"),
        (("only",), "only"),
    ],
)
def test_the_usual_state_is_found_by_its_name_in_any_case(states, usual) -> None:
    variable = Variable("v", states)
    assert variable.usual == usual
    assert variable.unusual == tuple(s for s in states if s != usual)
    assert Event.of(variable).states == (variable.unusual or states)


@pytest.mark.parametrize(
    ("text", "variable", "states"),
    [
        ("BMI >= 30", "BMI >= 30", ("True",)),
        ("BMI >= 30=True", "BMI >= 30", ("True",)),
        ("BMI >= 30 = False", "BMI >= 30", ("False",)),
        ("plain=a|b", "plain", ("a|b",)),
        ("plain=a|b|b", "plain", ("a|b", "b")),
        ("plain=b|a", "plain", ("a", "b")),
        ("plain=c=d|no", "plain", ("no", "c=d")),
        ("one", "one", ("only",)),
        ("level", "level", ("low", "high")),
        (("plain", "a|b"), "plain", ("a|b",)),
        (("plain", ["b", "a"]), "plain", ("a", "b")),
    ],
)
def test_text_is_read_by_the_names_of_the_network(text, variable, states) -> None:
    event = Event.parse(ODD, text)
    assert (event.variable, event.states) == (variable, states)
    assert event.indices == tuple(ODD.variables[variable].index(s) for s in states)
    assert Event.parse(ODD, event) == event == deepcopy(event) == pickle.loads(pickle.dumps(event))


def test_what_is_no_event_is_refused() -> None:
    for text in ("BMI", "BMI >= 3=True", "", "=", None, 3, ("plain",)):
        with pytest.raises(UnknownName, match="variable"):
            Event.parse(ODD, text)
    for text in ("BMI >= 30=true", "plain=a|x", ("plain", "x")):
        with pytest.raises(UnknownName, match="state of"):
            Event.parse(ODD, text)
    with pytest.raises(InvalidFinding, match="at least one state"):
        Event.parse(ODD, "plain", ())
    twice = named({"a": ("b=c", "d"), "a=b": ("c", "d")})
    with pytest.raises(InvalidFinding, match="can mean"):
        Event.parse(twice, "a=b=c")


@given(st.dictionaries(PIECES, st.lists(PIECES, min_size=1, max_size=3), min_size=1, max_size=4))
def test_an_event_is_never_lost_in_its_name(drawn) -> None:
    """What is read back from a name is the event itself, or the text says that it means two things."""
    states = {
        name.strip(): tuple(dict.fromkeys(s.strip() for s in own if s.strip()))
        for name, own in drawn.items()
        if name.strip()
    }
    states = {name: own for name, own in states.items() if own}
    if not states:
        return
    net = named(states)
    for name, variable in net.variables.items():
        for own in (variable.states, variable.states[:1], variable.unusual or variable.states):
            event = Event.parse(net, name, own)
            text = event.name(net)
            with suppress(InvalidFinding):  # the text means two things, and says so
                again = Event.parse(net, text)
                assert again == event or text in net.variables or "|" in "".join(own)


def test_names_and_labels_say_the_state_where_it_needs_saying() -> None:
    assert Event.parse(ODD, "BMI >= 30").name(ODD) == "BMI >= 30"
    assert Event.parse(ODD, "BMI >= 30=False").name(ODD) == "BMI >= 30=False"
    assert Event.parse(ODD, "level=low").name(ODD) == "level=low"
    assert Event.parse(ODD, "level=low").label(ODD) == "low level"
    assert Event.parse(ODD, "plain=a|b|b").label(ODD) == "plain: a|b or b"
    # Of three states "present" alone is not the same as any but "absent".
    three = named({"v": ("absent", "possible", "present")})
    assert Event.parse(three, "v", "present").name(three) == "v=present"


def test_cells_are_found_by_event_by_name_and_by_states() -> None:
    low, high = Event.parse(ODD, "level=low"), Event.parse(ODD, "level=high")
    big = Event.parse(ODD, "BMI >= 30")
    cells = ByEvent({low: 1, high: 2, big: 3})
    assert cells[low] == cells["level=low"] == 1
    assert cells["BMI >= 30"] == cells["BMI >= 30=True"] == 3
    assert "level" not in cells  # of which of the two?
    assert cells.get("elsewhere") is None
    assert list(cells) == [low, high, big]
    assert pickle.loads(pickle.dumps(cells)) == deepcopy(cells) == cells


def test_two_states_of_one_are_refused_plainly() -> None:
    with pytest.raises(InvalidChange, match="one state, 'only'"):
        two_states(ODD, "one")
    assert two_states(ODD, "BMI >= 30") == ("False", "True")
