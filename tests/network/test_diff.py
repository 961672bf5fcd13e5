"""What differs between two networks: everything that can differ is told, and told where it stands."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import etiograph as eg
from etiograph.formats import reads
from etiograph.network.diff import Cell, Difference, Edit, difference
from etiograph.network.network import Network
from etiograph.network.parameter import Parameter
from etiograph.resources import networks

TEXT = """
format = 1
[about]
name = "small"
target = "cramps"
horizon = "3 months"

[variables.tablet]
states = ["no", "yes"]
role = "medicine"
label = "water tablet"
mechanism = {kind = "table", rows = [{p = {yes = {value = 0.2, low = 0.1, high = 0.3, grade = "B", evidence = ["E1"]}}}]}

[variables.salt]
states = ["low", "normal", "high"]
order = ["low", "normal", "high"]
mechanism.kind = "opposing"
mechanism.lowering = {leak = 0.1, links = [{parent = "tablet", strength = {yes = 0.3}}]}
mechanism.raising = {leak = 0.05}

[variables.cramps]
states = ["absent", "present"]
recurring = true
mechanism.kind = "noisy_or"
mechanism.leak = 0.1
mechanism.links = [
  {parent = "tablet", strength = {yes = {value = 0.2, low = 0.1, high = 0.4, note = "guessed"}}},
  {parent = "salt", strength = {low = 0.5}},
]

[variables.serum]
states = ["low", "fine"]
mechanism = {kind = "reading", unit = "mmol/L", parents = ["salt"], mean = 140.0, sd = 3.0, cutpoints = [135.0], shifts = [{parent = "salt", shift = {low = -12.0}}]}

[flags.fainting]

[[rules]]
id = "faint"
level = "urgent"
when = {fainting = "present"}
message = "See somebody today."
source = "expert"

[[rules]]
id = "stop"
level = "see"
when = {tablet = "yes", cramps = "present"}
message = "Ask about the tablet."
source = "expert"
"""
NET = reads(TEXT, "small.toml")

EDITED = [
    ('role = "medicine"', 'role = "remedy"', ("variables", "tablet", "role", "medicine", "remedy")),
    ("recurring = true", "recurring = false", ("variables", "cramps", "recurring", True, False)),
    ('"water tablet"', '"diuretic"', ("texts", "tablet", "label", "water tablet", "diuretic")),
    (
        'order = ["low", "normal", "high"]',
        'order = ["high", "normal", "low"]',
        ("states", "salt", "order", ("low", "normal", "high"), ("high", "normal", "low")),
    ),
    ('name = "small"', 'name = "other"', ("about", "name", "", "small", "other")),
    ('horizon = "3 months"', "", ("about", "horizon", "", "3 months", None)),
    ("cutpoints = [135.0]", "cutpoints = [136.0]",
     ("mechanisms", "serum", "cutpoints", (135.0,), (136.0,))),
    ('"mmol/L"', '"mEq/L"', ("mechanisms", "serum", "unit", "mmol/L", "mEq/L")),
    ("See somebody today.", "Wait.",
     ("rules", "faint", "message", "See somebody today.", "Wait.")),
    ('when = {fainting = "present"}', 'when = {fainting = "absent"}',
     ("rules", "faint", "when.fainting", "present", "absent")),
    ('source = "expert"\n\n', 'source = "expert"\nsilences = ["stop"]\n\n',
     ("rules", "faint", "silences", None, ("stop",))),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "told"), EDITED)
def test_an_edit_of_the_file_is_the_one_edit_told(old, new, told):
    assert old in TEXT
    other = reads(TEXT.replace(old, new, 1), "small.toml")
    assert difference(NET, other) == Difference((Edit(*told),))
    subject, name, field, before, after = told
    assert difference(other, NET).edits == (Edit(subject, name, field, after, before),)


def test_equal_networks_do_not_differ():
    assert not difference(NET, reads(TEXT, "small.toml"))
    assert difference(NET, NET) == Difference()


def test_a_number_with_its_range_grade_and_sources():
    other = reads(
        TEXT.replace('value = 0.2, low = 0.1, high = 0.3, grade = "B", evidence = ["E1"]',
                     'value = 0.25, low = 0.1, high = 0.35, grade = "A", evidence = ["E2"]'), "x.toml"
    )  # fmt: skip
    found = difference(NET, other)
    assert found.numbers_only
    (edit,) = found.numbers
    assert (edit.name, edit.variable, edit.how) == ("tablet", "tablet", "changed")
    assert edit.fields == ("value", "high", "grade", "evidence")
    assert edit.sources == (("E2",), ("E1",))
    assert (edit.before.value, edit.after.value) == (0.2, 0.25)


def test_a_variable_an_arrow_and_their_numbers_come_and_go():
    more = TEXT.replace(
        "[variables.serum]",
        '[variables.cold]\nstates = ["absent", "present"]\nmechanism = {kind = "table", rows = [{p = {present = 0.3}}]}\n\n'
        "[variables.serum]",
    ).replace(
        "strength = {low = 0.5}},\n",
        'strength = {low = 0.5}},\n  {parent = "cold", strength = {present = 0.1}},\n',
    )
    other = reads(more, "more.toml")
    found = difference(NET, other)
    assert [(e.subject, e.name, e.how) for e in found.edits] == [
        ("variables", "cold", "added"),
        ("arrows", "cold -> cramps", "added"),
    ]
    assert [(n.name, n.variable, n.how) for n in found.numbers] == [
        ("cramps.cold", "cramps", "added"),
        ("cold", "cold", "added"),
    ]
    back = difference(other, NET)
    assert [(e.name, e.how) for e in back.edits] == [
        ("cold", "removed"),
        ("cold -> cramps", "removed"),
    ]
    assert {n.how for n in back.numbers} == {"removed"}


def test_a_rule_that_is_new_one_that_is_gone_and_their_order():
    first, second = NET.rules
    new = {**first, "id": "other"}
    other = Network(NET.variables, NET.mechanisms, NET.flags, (second, new), NET.about)
    told = [(e.subject, e.name, e.how) for e in difference(NET, other).edits]
    assert told == [("rules", "faint", "removed"), ("rules", "other", "added")]
    turned = Network(NET.variables, NET.mechanisms, NET.flags, (second, first), NET.about)
    assert difference(NET, turned).edits == (Edit("rules", "", "order", "faint", "stop"),)


def test_a_state_that_is_new_is_told_with_the_numbers_it_brings():
    more = TEXT.replace('states = ["no", "yes"]', 'states = ["no", "yes", "much"]').replace(
        "p = {yes = {", "p = {much = 0.05, yes = {"
    )
    found = difference(NET, reads(more, "x.toml"))
    assert found.edits[0] == Edit(
        "states", "tablet", "states", ("no", "yes"), ("no", "yes", "much")
    )
    assert ("tablet.much", "added") in [(n.name, n.how) for n in found.numbers]


def test_a_mechanism_in_another_form_is_compared_by_its_probabilities():
    table = NET.table("cramps")
    states = {n: v.states for n, v in NET.variables.items()}
    plain = {n: NET.table(n) for n in NET.variables}
    parents = {n: NET.parents(n) for n in NET.variables}
    bare = Network.from_tables(states, parents, plain)
    same = {t.name: t for t in difference(NET, bare).tables}
    assert (same["cramps"].before, same["cramps"].after) == ("noisy_or, 3 numbers", "table")
    assert same["cramps"].rows == 0
    assert same["cramps"].of == 6
    assert same["cramps"].largest < 1e-12
    moved = table.copy()
    moved[1, 2] = (0.5, 0.5)
    other = Network.from_tables(states, parents, {**plain, "cramps": moved})
    told = next(t for t in difference(NET, other).tables if t.name == "cramps")
    assert (told.rows, told.of) == (1, 6)
    assert told.cells[0] == Cell(
        "tablet = yes, salt = high", "absent", pytest.approx(float(table[1, 2, 0])), 0.5
    )
    # Two plain tables have no form to tell.
    assert [t.name for t in difference(bare, other).tables] == ["cramps"]


def test_states_and_parents_are_matched_by_name_not_by_place():
    rng = np.random.default_rng(3)
    p = rng.dirichlet(np.ones(3), size=(2, 3))
    roots = {"a": rng.dirichlet(np.ones(2)), "b": rng.dirichlet(np.ones(3))}
    states = {"a": ("x", "y"), "b": ("r", "s", "t"), "c": ("u", "v", "w")}
    one = Network.from_tables(states, {"c": ("a", "b")}, {**roots, "c": p})
    turned = {"a": ("y", "x"), "b": states["b"], "c": ("w", "u", "v")}
    two = Network.from_tables(
        turned,
        {"c": ("b", "a")},
        {"a": roots["a"][::-1], "b": roots["b"], "c": p[::-1].transpose(1, 0, 2)[:, :, [2, 0, 1]]},
    )
    found = difference(one, two)
    assert not found.tables
    assert {(e.subject, e.name) for e in found.edits} == {
        ("states", "a"), ("states", "c"), ("mechanisms", "c"),
    }  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_two_networks_differ_exactly_if_something_is_told(data):
    name = data.draw(st.sampled_from(sorted(networks())))
    net = eg.load(name)
    chosen = data.draw(st.sampled_from(sorted(net.parameters)))
    was = net.parameters[chosen]
    field, value = data.draw(
        st.sampled_from(
            [
                ("note", "other"),
                ("grade", "A"),
                ("evidence", ("X",)),
                ("coverage", 0.9),
                ("unit", "u"),
            ]
        )
    )
    now: Parameter = replace(was, **{field: value})
    other = net.with_parameters({chosen: now})
    found = difference(net, other)
    assert bool(found) == (net != other) == (was != now)
    if found:
        assert [n.name for n in found.numbers] == [chosen]
        assert found.numbers[0].fields == (field,)
        assert found.numbers_only


@pytest.mark.parametrize("name", sorted(networks()))
def test_every_network_differs_from_one_without_its_last_variable(name):
    net = eg.load(name)
    last = next(n for n in reversed(net.order) if not net.children(n))
    variables = {n: v for n, v in net.variables.items() if n != last}
    mechanisms = {n: m for n, m in net.mechanisms.items() if n != last}
    found = difference(net, Network(variables, mechanisms))
    gone = {e.name for e in found.edits if e.subject == "variables" and e.how == "removed"}
    assert gone == {last, *net.flags}
    arrows = {e.name for e in found.edits if e.subject == "arrows"}
    assert arrows == {f"{p} -> {last}" for p in net.parents(last)}


def test_what_stands_in_another_order_differs_in_that():
    turned = Network(
        dict(reversed(NET.variables.items())), NET.mechanisms, NET.flags, NET.rules, NET.about
    )
    (edit,) = difference(NET, turned).edits
    assert (edit.subject, edit.field) == ("variables", "order")


def test_a_table_with_another_parent_is_compared_row_by_row():
    from etiograph.network.edits import AddArrow, AddVariable, RemoveArrow, SetRow, corrected

    net = eg.load("sprinkler")
    hose = (
        AddVariable("hose", ("no", "yes")),
        AddArrow("hose", "wet_grass"),
        SetRow("wet_grass", 1, (("yes", (0.7, None, None)),)),
    )
    (table,) = difference(net, corrected(net, hose)).tables
    assert (table.name, table.rows, table.of) == ("wet_grass", 1, 8)
    (first, _) = table.cells
    assert first.given == "sprinkler = off, rain = no, hose = yes"
    moved = {c.state: (c.before, c.after) for c in table.cells}
    assert moved["yes"] == (0.0, 0.7)
    assert moved["no"] == pytest.approx((1.0, 0.3), abs=1e-12)
    less = difference(net, corrected(net, [RemoveArrow("cloudy", "rain")]))
    assert [e.name for e in less.edits] == ["cloudy -> rain"]
    assert [(t.name, t.rows, t.of) for t in less.tables] == [("rain", 1, 2)]
    assert not less.numbers
