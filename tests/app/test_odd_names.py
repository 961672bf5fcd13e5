"""Files with odd names, with "True" before "False", and of a single variable, on every page."""

from __future__ import annotations

import pytest
from tests.app.reading import VIEWS, ranked, turn

import etiograph as eg
from etiograph import formats
from etiograph.network.network import Network

pytestmark = pytest.mark.filterwarnings("ignore")  # Streamlit's own, under test

ODD = {"a=b": ("c=d", "e|f"), "a": ("b", "c=d|e"), "one": ("only",), "x|y": ("1", "None")}
SINGLE = {"flu": ("True", "False")}
CONSTANT = {"one": ("only",)}


def odd() -> Network:
    third = [[[0.9, 0.1], [0.6, 0.4]]]
    return Network.from_tables(
        ODD,
        {"x|y": ("one", "a=b"), "a": ("x|y",)},
        {"a=b": [0.8, 0.2], "one": [1.0], "x|y": third, "a": [[0.5, 0.5], [0.1, 0.9]]},
    )


def single(states) -> Network:
    (own,) = states.values()
    return Network.from_tables(states, {}, {"".join(states): [1.0 / len(own)] * len(own)})


@pytest.mark.parametrize("view", [None, *VIEWS])
@pytest.mark.parametrize("net", [odd(), single(SINGLE), single(CONSTANT)], ids=["odd", "1", "0"])
def test_every_page_shows_them(open_app, tmp_path, net, view):
    formats.write(net, tmp_path / "odd.toml")
    app = open_app(tmp_path / "odd.toml")
    if view is not None:
        turn(app, view)
    assert not app.exception
    assert not app.error


def test_an_odd_state_travels_in_a_link(open_app, tmp_path):
    from explorer import cases

    net = odd()
    formats.write(net, tmp_path / "odd.toml")
    known = cases.CaseValue((("a", "c=d|e"), ("one", "only")), (("a=b", "e|f"),))
    link = cases.encode(cases.Link("odd", net.digest()[:8], known))
    assert cases.decode(link).case == known
    app = open_app(tmp_path / "odd.toml", link)
    assert not app.exception
    assert app.session_state["history"].present == known
    want = net.case({"a": "c=d|e"}).posterior()["a=b"]["e|f"]
    first = ranked(app)
    assert any("A=b" in label for label in first)
    assert 0 < want < 1
    turn(app, "why")
    assert not app.exception


def test_true_before_false_is_no_cause(open_app, networks):
    app = open_app(networks / "true_before_false.bif")
    assert list(ranked(app)) == ["Flu", "None of these"]
    app = open_app(networks / "equals_sign_in_a_name.bif")
    assert not app.exception
    assert list(ranked(app)) == ["BMI >= 30", "None of these"]


def test_the_explorer_ranks_what_the_library_ranks(plain_files):
    from etiograph.query.causes import causes
    from explorer import labels

    for name in ("asia", "alarm"):
        net = eg.load(plain_files[name])
        assert {(row.name, row.state) for row in labels.cause_rows(net)} == {
            (cause.variable, state) for cause in causes(net) for state in cause.states
        }
