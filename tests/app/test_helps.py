"""What could help: the section on Explore says what the library says, cautions with their change."""

from __future__ import annotations

import re

import pytest
from tests.app.reading import table

import etiograph as eg
from etiograph.decision.intervention_words import change_words
from etiograph.resources import networks as bundled
from explorer import charts, labels, texts
from explorer.markup import esc

pytestmark = pytest.mark.filterwarnings("ignore")  # Streamlit's own, under test

FINDINGS = {"cramps": "present", "tablet": "yes"}
LINK = "clinic~00000000~cramps.present~tablet.yes"
EMERGENCY = (
    "leg_cramps~0~leg_cramps.present~leg_swelling.one_leg~breathlessness_or_chest_pain.present"
)


def opened(app):
    """The page with the section open."""
    app.session_state["helps"] = True
    return app.run()


def test_every_change_that_helps_with_its_range(open_app, networks):
    app = opened(open_app(networks / "clinic.toml", LINK))
    assert not app.exception
    net = eg.load(networks / "clinic.toml")
    case = net.case(FINDINGS)
    found = case.what_helps()
    rows = {row[0]: row[2:] for row in table(app, "eg-helps")[1:] if len(row) > 2}
    assert list(rows) == [change_words(net, each) for each in (*found.helping(), *found.harming())]
    for each in (*found.helping(), *found.harming()):
        number, span = rows[change_words(net, each)]
        with_it, without = round(100 * each.p), round(100 * (each.p - each.difference))
        shown = (with_it - without) / 100 or each.difference  # as the two numbers stand on Compare
        assert number == texts.fewer(shown)
        sides = case.after({each.variable: each.state}).contrast(found.event, draws=120)
        assert span == texts.fewer_range(sides.difference.low, sides.difference.high)


def test_an_emergency_comes_first(open_app):
    app = opened(open_app("leg_cramps", EMERGENCY))
    page = " ".join(each.value for each in app.html)
    assert '"eg-rank eg-helps"' not in page
    assert texts.WARNING_FIRST in page


@pytest.mark.parametrize("name", sorted(set(bundled()) - {"leg_cramps", "leg_cramps_small"}))
def test_teaching_networks_too(open_app, name):
    app = opened(open_app(name))
    assert not app.exception
    page = " ".join(each.value for each in app.html)
    assert texts.BROKEN not in page
    if name == "monty_hall":  # nothing in it is said to be for changing
        assert texts.HELPS_UNSTATED in page
    else:
        assert '"eg-rank eg-helps"' in page or texts.HELPS_NONE in page


def test_nothing_is_advised_where_the_network_does_not_say_what_can_be_changed(open_app, networks):
    app = opened(open_app(networks / "plain.bif"))
    page = " ".join(each.value for each in app.html)
    assert texts.HELPS_UNSTATED in page
    assert '"eg-rank eg-helps"' not in page


def test_a_reader_picks_the_outcome_where_the_network_names_none(open_app, networks, tmp_path):
    text = (networks / "clinic.toml").read_text()
    own = tmp_path / "own.toml"
    own.write_text(re.sub(r"(?m)^target = .*\n", "", text))
    net = eg.load(own)
    assert labels.target(net) is None
    app = opened(open_app(own))
    pick = app.get_by_key("helps-outcome")
    able = [name for name in net.variables if net.parents(name)]
    assert len(pick.options) == len(able)
    app = pick.set_value(able[0]).run()
    assert not app.exception


def test_a_caution_stands_in_the_row_of_its_change():
    flag = charts.Flag("caution", "Stop <slowly>.", "expert")
    shown = charts.changes(
        [charts.Change("Stop: drug", -0.13, (-0.2, 0.01), (flag,)), charts.Change("Walk", -0.02)],
        [charts.Change("Salt", 0.04)],
        {},
        ranges=True,
    )
    first, second, worse, last = shown.split("<tbody")[1:]
    assert esc("Stop <slowly>.") in first
    assert "Stop: drug" in first
    assert "eg-flag" not in second + worse + last
    assert texts.HELPS_WORSE in worse


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (-0.142, -0.019, "2 to 14 fewer"),
        (-0.04, 0.03, "4 fewer to 3 more"),
        (-0.04, 0.0, "0 to 4 fewer"),
        (0.01, 0.05, "1 to 5 more"),
        (-0.051, -0.049, "5 fewer"),
    ],
)
def test_ranges_in_words(low, high, said):
    assert texts.fewer_range(low, high) == said


def test_a_caution_of_several_changes_is_said_once_and_then_named():
    flag = charts.Flag("caution", "Potassium is low. Ask first.", "expert")
    rows = [charts.Change(name, -0.1, None, (flag,)) for name in ("Stop", "Change")]
    page = charts.changes(rows, [], {}, ranges=False)
    assert page.count("Ask first.") == 1
    assert page.index("Ask first.") < page.index("Potassium is low: as above.")
    assert page.count('class="eg-flag eg-caution"') == 2
