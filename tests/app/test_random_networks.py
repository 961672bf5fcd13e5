"""Small random networks of every mechanism, with hard names, a finding and a change, on every page."""

from __future__ import annotations

import pytest
from tests.app.reading import VIEWS, turn
from tests.odd_networks import drawn_findings
from tests.test_every_question import made

from etiograph import formats
from explorer import cases

pytestmark = pytest.mark.filterwarnings("ignore")  # Streamlit's own, under test
READINGS = (
    "0,62",
    "<0.01",
    "14\u00b2",
    "1e999 mmol/L",
    ">150 mmol/L",
    "\0",
    "<b>",
    "=1+1",
    "1" * 5000,
)


@pytest.mark.parametrize("seed", range(5))
def test_every_page(open_app, tmp_path, seed):
    rng, net = made(seed)
    formats.write(net, tmp_path / "odd.toml")
    found = {n: f for n, f in drawn_findings(rng, net).items() if isinstance(f, str)}
    changed = str(rng.choice(list(net.variables)))
    change = ((changed, net.variables[changed].states[-1]),)
    known = cases.CaseValue(tuple(found.items()), change)
    app = open_app(tmp_path / "odd.toml", cases.encode(cases.Link("odd", net.digest()[:8], known)))
    assert not app.exception
    assert not app.error
    for view in VIEWS:
        turn(app, view)


def test_readings_as_nobody_types_them(open_app, networks):
    app = open_app(networks / "clinic.toml")
    for text in READINGS:
        app.text_input(key="w.serum_salt").set_value(text).run()
        assert not app.exception, text
