"""A network as a small picture: every variable and arrow once, inside the picture, escaped."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

import etiograph as eg
from etiograph.decision.thumbnail import HEIGHT, TARGET, WIDTH, thumbnail


@pytest.mark.parametrize("name", ["sprinkler", "asia", "simpson", "leg_cramps_small"])
def test_every_variable_and_arrow_inside_the_picture(name):
    network = eg.load(name)
    tree = ET.fromstring(thumbnail(network, title="a < b"))
    boxes = [el.attrib for el in tree if el.tag.endswith("rect")]
    lines = [el for el in tree if el.tag.endswith("path") and el.attrib["fill"] == "none"]
    assert len(boxes) == len(network.variables)
    assert len(lines) == sum(len(network.parents(n)) for n in network.variables)
    for box in boxes:
        x, y, w, h = (float(box[k]) for k in ("x", "y", "width", "height"))
        assert x >= 0 and y >= 0 and x + w <= WIDTH and y + h <= HEIGHT  # noqa: PT018
    assert sum(box["fill"] == TARGET for box in boxes) == ("target" in network.about)
    # Filled to the edges, also where the diagram is flat.
    ends = [float(box["x"]) for box in boxes] + [float(b["x"]) + float(b["width"]) for b in boxes]
    assert max(ends) - min(ends) > 0.9 * WIDTH


def test_one_variable_alone():
    network = eg.Network.from_tables({"a": ["no", "yes"]}, {}, {"a": [0.5, 0.5]})
    assert len(re.findall("<rect", thumbnail(network))) == 1
