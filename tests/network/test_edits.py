"""Edits: each makes a valid network, and says of the rest what was said before."""

from __future__ import annotations

import difflib

import numpy as np
import pytest
from tests.mechanisms import random_network

import etiograph as eg
from etiograph.errors import InvalidNetwork, UnknownName
from etiograph.formats.native import dumps_native, edited, loads_native
from etiograph.network.edits import (
    AddArrow,
    AddVariable,
    RemoveArrow,
    RemoveVariable,
    SetNumbers,
    SetQuestion,
    SetRow,
    corrected,
    start,
    table_rows,
)
from etiograph.resources import model_path

YES = ("no", "yes")
SPRINKLER = (
    AddVariable("sprinkler", ("off", "on")),
    AddVariable("rain", YES),
    AddVariable("wet_grass", YES),
    AddArrow("cloudy", "sprinkler"),
    AddArrow("cloudy", "rain"),
    AddArrow("sprinkler", "wet_grass"),
    AddArrow("rain", "wet_grass"),
    SetRow("sprinkler", 0, (("on", (0.5, None, None)),)),
    SetRow("sprinkler", 1, (("on", (0.1, None, None)),)),
    SetRow("rain", 0, (("yes", (0.2, None, None)),)),
    SetRow("rain", 1, (("yes", (0.8, None, None)),)),
    SetRow("wet_grass", 0, (("yes", (0.0, None, None)),)),
    SetRow("wet_grass", 1, (("yes", (0.9, None, None)),)),
    SetRow("wet_grass", 2, (("yes", (0.9, None, None)),)),
    SetRow("wet_grass", 3, (("yes", (0.99, 0.9, 1.0)),)),
    SetQuestion("wet_grass", ("sprinkler", "rain")),
)


@pytest.fixture(scope="module")
def sprinkler():
    return eg.load("sprinkler")


@pytest.fixture(scope="module")
def leg_cramps():
    return eg.load("leg_cramps")


def lines(name: str, network) -> list[str]:
    """What differs between the file of a bundled network and that of an edited one."""
    text = model_path(name).read_text()
    new = edited(text, network)
    assert loads_native(new) == network
    found = difflib.unified_diff(text.splitlines(), new.splitlines(), lineterm="", n=0)
    return [line for line in found if line[:3] not in ("---", "+++") and line[0] in "+-"]


def test_sprinkler_is_built_from_nothing(sprinkler):
    begun = start("sprinkler", AddVariable("cloudy", YES, (("yes", (0.5, 0.4, 0.6)),)))
    built = corrected(begun, SPRINKLER)
    for name in sprinkler.variables:
        assert built.parents(name) == sprinkler.parents(name)
        np.testing.assert_allclose(built.table(name), sprinkler.table(name), rtol=0, atol=1e-12)
    assert (built.about["target"], built.about["causes"]) == ("wet_grass", ("sprinkler", "rain"))
    wet = {"wet_grass": "yes"}
    mine, theirs = (net.case(wet).posterior() for net in (built, sprinkler))
    assert mine["rain"]["yes"] == pytest.approx(theirs["rain"]["yes"], abs=1e-12)
    assert loads_native(dumps_native(built)) == built
    assert built.parameters["wet_grass.on.yes"].high == 1.0


def test_taking_an_edit_back_is_leaving_it_out(sprinkler):
    begun = start("sprinkler", AddVariable("cloudy", YES))
    drafts = [corrected(begun, SPRINKLER[:n]) for n in range(len(SPRINKLER) + 1)]
    # Each is another network, but for the row that says what the first guess, 0.5, said.
    assert len({draft.digest() for draft in drafts}) == len(SPRINKLER)
    assert corrected(drafts[5], SPRINKLER[5:]) == drafts[-1]


def test_an_arrow_into_a_table_changes_nothing_before_its_rows_do(sprinkler):
    hose = (AddVariable("hose", YES), AddArrow("hose", "wet_grass"))
    more = corrected(sprinkler, hose)
    assert more.parents("wet_grass") == ("sprinkler", "rain", "hose")
    for state in (0, 1):
        np.testing.assert_array_equal(
            more.table("wet_grass")[:, :, state], sprinkler.table("wet_grass")
        )
    assert len(more.parameters) == len(sprinkler.parameters) + 3  # each row has numbers of its own
    gone = corrected(more, [RemoveArrow("hose", "wet_grass"), RemoveVariable("hose")])
    assert gone == sprinkler


def test_an_arrow_of_a_cause_has_a_strength_and_its_range():
    base = start("net", AddVariable("wet", YES, (("yes", (0.1, 0.05, 0.2)),)))
    rain = AddVariable("rain", YES, (("yes", (0.3, None, None)),))
    net = corrected(base, [rain, AddArrow("rain", "wet", (("yes", (0.8, 0.7, 0.9)),))])
    # By hand: the leak, and what rain brings about by itself.
    assert net.table("wet")[:, 1] == pytest.approx([0.1, 1 - 0.9 * 0.2], abs=1e-12)
    leak, strength = net.parameters["wet.leak"], net.parameters["wet.rain"]
    assert (leak.value, leak.low, leak.high) == (0.1, 0.05, 0.2)
    assert (strength.low, strength.high, strength.grade) == (0.7, 0.9, "D")
    hose = corrected(net, [AddVariable("hose", YES), AddArrow("hose", "wet")])
    np.testing.assert_array_equal(hose.table("wet")[:, 0], net.table("wet"))
    np.testing.assert_array_equal(hose.table("wet")[:, 1], net.table("wet"))


def test_a_row_may_have_ranges_and_keeps_its_sources(leg_cramps):
    rows = table_rows(leg_cramps, "age")
    old = rows[0].p["50_to_64"]
    p = (("50_to_64", (0.3, 0.2, 0.4)), ("65_and_over", (0.2, 0.1, 0.3)))
    new = corrected(leg_cramps, [SetRow("age", 0, p)])
    number = new.parameters[old.name]
    assert (number.value, number.low, number.high) == (0.3, 0.2, 0.4)
    assert (number.note, number.grade) == (old.note, old.grade)


def test_a_table_of_constants_gets_ranges_where_they_are_stated():
    net = eg.Network.from_tables(
        {"a": YES, "b": ("x", "y", "z")},
        {"b": ("a",)},
        {"a": [0.5, 0.5], "b": [[0.2, 0.3, 0.5], [0.1, 0.1, 0.8]]},
    )
    plain = corrected(net, [SetRow("b", 1, (("x", (0.3, None, None)), ("y", (0.3, None, None))))])
    assert not plain.parameters
    np.testing.assert_allclose(plain.table("b")[1], [0.3, 0.3, 0.4], atol=1e-12)
    ranged = corrected(net, [SetRow("b", 1, (("x", (0.3, 0.2, 0.4)), ("y", (0.3, None, None))))])
    assert ranged.parameters["b.yes.x"].high == 0.4
    np.testing.assert_allclose(ranged.table("b"), plain.table("b"), atol=1e-12)
    np.testing.assert_allclose(ranged.table("b")[0], net.table("b")[0], atol=0)


def test_a_file_differs_in_the_lines_of_the_edit_only(leg_cramps):
    edits = (
        SetNumbers((("leg_cramps.magnesium_depletion", (0.3, 0.1, 0.5)),)),
        AddVariable("new_drug", ("none", "taken"), (("taken", (0.1, 0.05, 0.2)),), role="medicine"),
        AddArrow("new_drug", "leg_cramps", (("taken", (0.2, 0.1, 0.4)),)),
        AddArrow("new_drug", "potassium_level", (("taken", (0.1, 0.0, 0.3)),), "lowering"),
        RemoveArrow("sodium_level", "leg_cramps"),
    )
    found = lines("leg_cramps", corrected(leg_cramps, edits))
    less = [line for line in found if line.startswith("-")]
    assert len(less) <= 6  # the number, and the lines of the arrow that is gone
    assert len(found) - len(less) <= 18  # the number, two arrows, a variable
    asked = lines("sprinkler", corrected(eg.load("sprinkler"), [SetQuestion("rain", ("cloudy",))]))
    assert len(asked) == 4


def test_what_is_no_network_is_refused(sprinkler, leg_cramps):
    refused = {
        r"form a cycle: cloudy -> rain -> cloudy|cycle": AddArrow("rain", "cloudy"),
        "'rain' is already a parent": AddArrow("rain", "wet_grass"),
        "called 'rain' already": AddVariable("rain", YES),
        "listed twice": AddVariable("x", ("a", "a")),
        "not between": SetNumbers((("cloudy", (0.5, 0.6, 0.7)),)),
        "not a probability": SetNumbers((("cloudy", (1.5, None, None)),)),
        "above 1": SetRow("cloudy", 0, (("no", (0.7, None, None)), ("yes", (0.7, None, None)))),
        "no row 9": SetRow("cloudy", 8, (("yes", (0.7, None, None)),)),
        "no arrow from 'rain' to 'sprinkler'": RemoveArrow("rain", "sprinkler"),
        "cannot act one by one": AddArrow("cloudy", "wet_grass", (("yes", (0.5, None, None)),)),
        "cause of itself": SetQuestion("rain", ("rain",)),
    }
    for message, edit in refused.items():
        with pytest.raises(InvalidNetwork, match=message):
            corrected(sprinkler, [edit])
    for edit in (
        SetNumbers((("rian", (0.5, None, None)),)),
        AddArrow("rian", "rain"),
        SetQuestion("rian"),
    ):
        with pytest.raises(UnknownName, match=r"no (variable|parameter) is called 'rian'"):
            corrected(sprinkler, [edit])
    with pytest.raises(InvalidNetwork, match="lowering or raising"):
        corrected(leg_cramps, [AddArrow("age", "potassium_level")])
    with pytest.raises(InvalidNetwork, match="only variable"):
        corrected(start("x", AddVariable("a", YES)), [RemoveVariable("a")])
    with pytest.raises(InvalidNetwork, match="of the model file speaks of it"):
        corrected(leg_cramps, [RemoveVariable("potassium_level")])


def test_a_variable_goes_with_all_that_is_said_of_it(sprinkler):
    less = corrected(sprinkler, [RemoveVariable("rain")])
    assert less.about["causes"] == ("sprinkler",)
    # Without rain, the grass is as it was where rain is "no".
    np.testing.assert_array_equal(less.table("wet_grass"), sprinkler.table("wet_grass")[:, 0])
    assert loads_native(dumps_native(less)) == less
    no_target = corrected(sprinkler, [RemoveVariable("wet_grass")])
    assert "target" not in no_target.about


@pytest.mark.parametrize("seed", range(6))
def test_every_arrow_of_a_random_network_can_go_and_its_file_be_read(seed):
    network = random_network(np.random.default_rng(seed))
    text = dumps_native(network)
    for child in network.variables:
        for parent in network.parents(child):
            if network.mechanisms[child].kind == "reading" and len(network.parents(child)) == 1:
                continue  # of what it is a reading
            less = corrected(network, [RemoveArrow(parent, child)])
            assert parent not in less.parents(child)
            usual = network.variables[parent].index(network.variables[parent].usual)
            axis = network.parents(child).index(parent)
            if network.mechanisms[child].kind in ("table", "deterministic"):
                np.testing.assert_allclose(
                    less.table(child), network.table(child).take(usual, axis=axis), atol=1e-12
                )
            assert loads_native(edited(text, less)) == less
