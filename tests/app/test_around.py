"""A network too large for one screen is drawn around a variable that a reader chooses."""

from __future__ import annotations

from itertools import pairwise

import pytest
from tests.app.reading import diagram

import etiograph as eg
from etiograph.formats.native import dumps_native
from explorer import graph, texts

pytestmark = pytest.mark.filterwarnings("ignore")  # Streamlit's own, under test

MOST, AROUND = 20, 8  # in place of the explorer's own: the page has no other way for more
COUNT = MOST + 1


@pytest.fixture
def chain(tmp_path, monkeypatch):
    """A chain of variables, one more than can be drawn."""
    monkeypatch.setattr(graph, "MAX_NODES", MOST)
    monkeypatch.setattr(graph, "AROUND", AROUND)
    names = [f"v{i}" for i in range(COUNT)]
    net = eg.Network.from_tables(
        dict.fromkeys(names, ("no", "yes")),
        {b: (a,) for a, b in pairwise(names)},
        {n: [0.5, 0.5] if n == "v0" else [[0.9, 0.1], [0.2, 0.8]] for n in names},
        about={"name": "chain", "target": "v12"},
    )
    path = tmp_path / "chain.toml"
    path.write_text(dumps_native(net))
    return path


def drawn(app):
    return {node["id"] for node in diagram(app)["nodes"]}


def test_what_lies_around_is_drawn(open_app, chain):
    app = open_app(chain)
    assert not app.exception
    first = drawn(app)
    assert len(first) == AROUND
    assert {"v9", "v12", "v15"} <= first  # as many on either side
    assert any(texts.diagram_around(AROUND, COUNT) in h.value for h in app.html)
    key = diagram(app)["key"]
    app.get_by_key("around.diagram").set_value("v0").run()
    assert drawn(app) == {f"v{i}" for i in range(AROUND)}
    assert diagram(app)["key"] != key  # the picture is another one
