"""Pages run from the entry script, on small networks: what they show, and that nothing breaks."""

from __future__ import annotations

import json

import pytest
from tests.app.reading import VIEWS, chips

import etiograph as eg
from etiograph import formats
from explorer import files, labels, texts
from explorer.cases import CaseValue, Link

pytestmark = pytest.mark.filterwarnings("ignore")  # Streamlit's own, under test

CASE = "clinic~00000000~cramps.present~tablet.yes"


@pytest.mark.parametrize("view", VIEWS)
def test_every_page_of_a_case(open_app, networks, view):
    app = open_app(networks / "clinic.toml", CASE)
    if view != "explore":
        app.switch_page(f"views/{view}.py").run()
    assert not app.exception
    assert not app.error


@pytest.mark.parametrize("view", VIEWS)
def test_every_page_of_a_plain_network_without_findings(open_app, networks, view):
    app = open_app(networks / "plain.bif")
    if view != "explore":
        app.switch_page(f"views/{view}.py").run()
    assert not app.exception
    assert not app.error


def test_choose_undo_redo_reset(open_app, networks):
    app = open_app(networks / "clinic.toml")
    app.get_by_key("w.sex").set_value("male").run()
    assert chips(app) == ["Sex\\: male"]
    assert app.query_params["case"].endswith("~sex.male")
    app.button(key="undo").click().run()
    assert chips(app) == []
    assert "case" not in app.query_params
    app.button(key="redo").click().run()
    assert chips(app) == ["Sex\\: male"]
    app.button(key="reset").click().run()
    assert chips(app) == []
    app.button(key="undo").click().run()
    assert chips(app) == ["Sex\\: male"]


def test_a_click_that_brings_an_older_address_loses_nothing_and_back_still_goes_back(
    open_app, networks
):
    """A browser sends the address it has: right after a step that is the one from before it."""
    app = open_app(networks / "clinic.toml")
    app.get_by_key("w.sex").set_value("male").run()
    older = app.query_params["case"]
    app.get_by_key("w.tablet").set_value("yes").run()
    for key, value in (("researcher", True), ("diagram-on", False)):
        app.query_params["case"] = older
        app.get_by_key(key).set_value(value).run()
        assert chips(app) == ["Sex\\: male", "Water tablet\\: yes"], key
        assert app.query_params["case"].endswith("~tablet.yes")
    app.query_params["case"] = older  # Back: no widget has changed
    app.run()
    assert chips(app) == ["Sex\\: male"]


def test_red_flag_comes_even_when_findings_contradict(open_app, networks):
    app = open_app(
        networks / "clinic.toml", "clinic~0~sex.male~pregnancy.late~cold_pale_leg.present"
    )
    assert any("needs help today" in page.value for page in app.html)
    assert {"conflict.sex", "conflict.pregnancy"} <= {button.key for button in app.button}


def test_a_link_never_opens_a_path(open_app, networks):
    app = open_app(networks / "clinic.toml", "-2Fetc-2Fpasswd~0~a.b")
    assert not app.exception
    assert any("not open here" in w.value for w in app.warning)


def test_reading_is_measured_not_binned_and_refused_outside_what_is_possible(networks):
    net = eg.load(networks / "clinic.toml")
    assert labels.refusal(net, "serum_salt", "131 mmol/L") is None
    assert "outside what is possible" in labels.refusal(net, "serum_salt", "13100 mmol/L")
    assert labels.refusal(net, "serum_salt", "131 furlongs")
    assert labels.refusal(net, "serum_salt", "nan mmol/L")
    assert labels.refusal(net, "serum_salt", "131")
    for text in ("131mmol/l", "131,0 mmol/L", "<131 MMOL/L"):
        assert labels.refusal(net, "serum_salt", text) is None
    assert labels.quantity(net, "serum_salt", "131,5 mmol/l") == eg.measured(131.5, "mmol/l")
    assert labels.quantity(net, "serum_salt", "low") is None


def test_any_network_has_groups_causes_and_inputs(networks):
    net = eg.load(networks / "plain.bif")
    assert [row.label for row in labels.cause_rows(net)] == ["Rain"]
    assert labels.groups(net) == {"Starting points": ("rain",), "Signs and results": ("wet",)}


def test_case_file_round_trip_and_refusal(networks):
    net = eg.load(networks / "clinic.toml")
    case = CaseValue((("sex", "male"),), (("tablet", "no"),))
    text = files.case_json(net, "clinic", case)
    assert files.read_case(text) == Link("clinic", net.digest(), case)
    for bad in (
        "[]",
        "{}",
        "x",
        json.dumps({"format": files.FORMAT, "findings": {"a": 1}}),
        "[" * 99999,
    ):
        with pytest.raises(ValueError, match=r".+"):
            files.read_case(bad)


@pytest.mark.parametrize(
    ("text", "meant", "said"),
    [
        ("format = 1\na = = 2", texts.unreadable(2), "no TOML"),
        ("network x {", texts.unreadable(1), "mine"),
        (
            'format = 1\n[variables.a]\nstates = ["x", "y"]\nmechanism.kind = "table"\n'
            "mechanism.rows = [{p = {x = 0.5, y = 0.9}}]",
            texts.no_network(5),
            "sum",
        ),
    ],
)
def test_a_file_that_is_no_network_is_refused_in_words_with_the_readers_own(text, meant, said):
    with pytest.raises(eg.EtiographError) as caught:
        formats.reads(text, "mine")
    first, second = files.in_words(caught.value)
    assert first == meant
    assert second == str(caught.value)
    assert said in second


@pytest.mark.parametrize("network", texts.EXAMPLE_PATIENTS)
def test_example_patients_are_known_in_full_to_their_network(network):
    net = eg.load(network)
    for title, findings in texts.EXAMPLE_PATIENTS[network]:
        refused = [labels.refusal(net, name, value) for name, value in findings.items()]
        assert not any(refused), (title, refused)
