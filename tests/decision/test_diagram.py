"""The layered layout: columns, crossings, static SVG."""

from __future__ import annotations

import re
from itertools import combinations
from types import SimpleNamespace
from xml.etree import ElementTree as ET

import numpy as np
import pytest

import etiograph as eg
from etiograph.decision import diagram
from etiograph.resources import load, networks


def network_of(parents, roles=None):
    """Only what the layout asks of a network."""
    variables = {
        n: SimpleNamespace(label="", role=(roles or {}).get(n, "variable")) for n in parents
    }
    return SimpleNamespace(variables=variables, order=tuple(parents), parents=parents.__getitem__)


def random_dag(n, seed):
    rng = np.random.default_rng(seed)
    return {
        f"v{i}": tuple(f"v{j}" for j in range(i) if rng.random() < min(0.5, 2.0 / n))
        for i in range(n)
    }


def test_plain_network_flows_left_to_right():
    net = network_of({"a": (), "b": ("a",), "c": ("a", "b"), "d": ("c",)})
    boxes = diagram.layout(net).boxes
    assert [boxes[n].column for n in "abcd"] == [0, 1, 2, 3]


def test_root_stands_next_to_its_first_effect():
    net = network_of({"a": (), "b": ("a",), "root": (), "c": ("b", "root")})
    assert diagram.layout(net).boxes["root"].column == 1


def test_roles_give_columns_and_unused_columns_vanish():
    roles = {"age": "background", "stasis": "condition", "swelling": "finding"}
    net = network_of({"age": (), "stasis": ("age",), "swelling": ("stasis",)}, roles)
    boxes = diagram.layout(net).boxes
    assert [boxes[n].column for n in ("age", "stasis", "swelling")] == [0, 1, 2]


@pytest.mark.parametrize("name", [n for n in networks() if n != "leg_cramps"])
def test_no_effect_stands_beside_or_before_its_parents(name):
    net = load(name)
    boxes = diagram.layout(net).boxes
    beside = [
        (p, n) for n in net.order for p in net.parents(n) if boxes[p].column >= boxes[n].column
    ]
    assert beside == []


def test_roles_stay_where_layers_by_depth_would_not_fit_a_screen():
    net = load("leg_cramps")
    boxes = diagram.layout(net).boxes
    assert {box.column for box in boxes.values()} == set(range(len(diagram.COLUMNS)))
    # A part of it, as lessons draw it, is by depth again.
    part = diagram.ancestors(net, "magnesium_depletion")
    boxes = diagram.layout(net, part).boxes
    assert all(boxes[p].column < boxes[n].column for n in part for p in net.parents(n))


@pytest.mark.parametrize("seed", range(8))
def test_crossings_counts_every_crossing_pair(seed):
    rng = np.random.default_rng(seed)
    upper, lower = [f"u{i}" for i in range(7)], [f"l{i}" for i in range(8)]
    edges = {u: [w for w in lower if rng.random() < 0.4] for u in upper}
    drawn = [(upper.index(u), lower.index(w)) for u in upper for w in edges[u]]
    expected = sum((a - c) * (b - d) < 0 for (a, b), (c, d) in combinations(drawn, 2))
    assert diagram.crossings(upper, lower, edges) == expected


@pytest.mark.parametrize("seed", range(5))
def test_boxes_never_overlap_and_stay_inside(seed):
    placed = diagram.layout(network_of(random_dag(60, seed)))
    boxes = list(placed.boxes.values())
    for a, b in combinations(boxes, 2):
        apart = abs(a.x - b.x) >= diagram.NODE_WIDTH or abs(a.y - b.y) >= diagram.NODE_HEIGHT
        assert apart, (a, b)
    assert all(0 <= b.x <= placed.width - diagram.NODE_WIDTH for b in boxes)
    assert all(0 <= b.y <= placed.height - diagram.NODE_HEIGHT for b in boxes)


def test_order_is_better_than_the_order_of_the_file():
    # Two columns written the wrong way round: no crossing is needed.
    parents = {f"a{i}": () for i in range(6)} | {f"b{i}": (f"a{5 - i}",) for i in range(6)}
    assert diagram.layout(network_of(parents)).crossings == 0


def test_layout_is_the_same_every_time():
    net = network_of(random_dag(40, 1))
    assert diagram.layout(net) == diagram.layout(net)


def test_part_of_a_network():
    net = network_of({"a": (), "b": ("a",), "c": (), "d": ("b", "c"), "e": ("d",)})
    assert diagram.ancestors(net, "b") == {"a", "b"}
    assert set(diagram.layout(net, diagram.ancestors(net, "d")).boxes) == {"a", "b", "c", "d"}


def test_svg_is_well_formed_and_escapes_names():
    net = network_of(
        {"<script>alert(1)</script>": (), 'b" onload="x': ("<script>alert(1)</script>",)}
    )
    text = diagram.svg(net, title="<b>&")
    tree = ET.fromstring(text)
    names = {element.tag.rpartition("}")[2] for element in tree.iter()}
    assert names == {"svg", "title", "defs", "marker", "path", "rect", "g", "text"}
    assert not any(a.startswith("on") for element in tree.iter() for a in element.attrib)


def test_svg_shows_state_by_sign_and_border():
    net = network_of({"a": (), "b": ("a",)})
    marks = {
        "a": diagram.Mark("Age", kind="changed"),
        "b": diagram.Mark("Swelling", 0.4, 0.1, "observed"),
    }
    text = diagram.svg(net, marks, cut=("b",))
    assert "✎ Age" in text
    assert "✓ Swelling" in text
    assert "stroke-dasharray" in text


def test_no_label_is_cut_and_its_box_holds_it():
    long = "cramps began or grew worse after a supplement was started"
    net = network_of({"a": (), "b": (), "c": ("a",), "d": ("b",)})
    text = diagram.svg(net, {"a": diagram.Mark(long, 0.2, 0.1, "observed")})
    group = next(
        g for g in ET.fromstring(text) if g.find("{*}title") is not None and g[0].text == long
    )
    written = [line.text for line in group.findall("{*}text")]
    assert " ".join(written) == f"✓ {long}"
    assert max(map(len, written)) <= diagram.LETTERS
    (ground, *_), lines = group.findall("{*}rect"), group.findall("{*}text")
    top, height = float(ground.get("y")), float(ground.get("height"))
    assert all(top < float(line.get("y")) < top + height for line in lines)


def test_higher_boxes_do_not_overlap_and_stay_inside():
    net = network_of(random_dag(60, 3))
    lines = {name: 1 + place % 4 for place, name in enumerate(net.order)}
    placed = diagram.layout(net, lines=lines)
    for a, b in combinations(placed.boxes.values(), 2):
        assert a.column != b.column or a.y + a.height <= b.y or b.y + b.height <= a.y
    assert all(0 <= b.y <= placed.height - b.height for b in placed.boxes.values())


def test_empty_network():
    assert diagram.layout(network_of({})).boxes == {}


def points(path):
    """Points along the curves and straight lines of an arrow."""
    numbers = [
        (command, [float(n) for n in rest.split()])
        for command, rest in re.findall(r"([MCL])([^MCL]*)", path)
    ]
    at = None
    for command, given in numbers:
        ends = list(zip(given[::2], given[1::2], strict=True))
        if command == "C":
            for t in np.linspace(0, 1, 30):
                weights = ((1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t * t, t**3)
                curve = zip(weights, (at, *ends), strict=True)
                yield tuple(np.sum([[w * x, w * y] for w, (x, y) in curve], axis=0))
        at = ends[-1]
        yield at


@pytest.mark.parametrize("name", ["sprinkler", "asia", "front_door", "simpson", "m_bias"])
def test_a_small_diagram_has_no_arrow_backwards_or_behind_a_box(name):
    placed = diagram.layout(eg.load(name))
    for arrow in placed.arrows:
        assert placed.boxes[arrow.source].column < placed.boxes[arrow.target].column
        others = [b for n, b in placed.boxes.items() if n not in (arrow.source, arrow.target)]
        for x, y in points(arrow.path):
            for box in others:
                inside = box.x < x < box.x + diagram.NODE_WIDTH
                assert not (inside and box.y < y < box.y + box.height), (arrow, box)
