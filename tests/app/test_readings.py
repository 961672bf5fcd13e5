"""Measured values in their fields, as a doctor types them."""

from __future__ import annotations

import pytest
from tests.app.reading import chips, typed

from explorer import texts

pytestmark = pytest.mark.filterwarnings("ignore")  # Streamlit's own, under test


def entered(app):
    return dict(app.session_state["history"].present.findings)


def test_a_value_that_was_refused_is_read_anew_in_the_unit_that_is_chosen(open_app):
    app = typed(open_app("leg_cramps"), "serum calcium")
    app.get_by_key("w.serum_calcium").set_value("2,3").run()
    app.get_by_key("w.serum_calcium").set_value("11.6").run()
    assert app.get_by_key("w.serum_calcium").value == "11.6"  # as it was typed
    assert "mg/dL" in app.error[0].value
    still = texts.still_entered("Serum calcium, adjusted: 2.3 mmol/L")
    assert any(still in h.value for h in app.html)
    offered = [b.key for b in app.button if b.key and b.key.startswith("read-in.")]
    assert offered == ["read-in.serum_calcium.mg/dL"]
    app.get_by_key("u.serum_calcium").set_value("mg/dL").run()
    assert entered(app) == {"serum_calcium": "11.6 mg/dL"}
    app.button(key="undo").click().run()
    app.get_by_key("w.serum_calcium").set_value("11.6").run()
    app.button(key=offered[0]).click().run()
    assert entered(app) == {"serum_calcium": "11.6 mg/dL"}
    assert not app.error
    app.get_by_key("u.serum_calcium").set_value("mmol/L").run()  # what is entered is converted
    assert entered(app)["serum_calcium"].startswith("2.89")
    app.button(key="undo").click().run()
    app.button(key="undo").click().run()
    assert entered(app) == {"serum_calcium": "2.3 mmol/L"}


@pytest.mark.parametrize(
    ("typing", "value"),
    [("0,01", "0.01 mIU/L"), ("<0.1", "<0.1 mIU/L"), ("Low", "low"), ("2.1 mU/L.", "2.1 mU/L")],
)
def test_a_value_as_it_is_said(open_app, typing, value):
    app = typed(open_app("leg_cramps"), "TSH")
    app.get_by_key("w.tsh").set_value(typing).run()
    assert entered(app) == {"tsh": value}


@pytest.mark.parametrize(
    ("typing", "words"),
    [
        ("1,000", "may mean 1 or 1000"),
        ("5 mmol/L", "No unit of TSH"),
        ("about 3", "TSH: 'about 3' is neither"),
    ],
)
def test_what_cannot_be_used_is_said_with_the_name_on_the_page(open_app, typing, words):
    app = typed(open_app("leg_cramps"), "TSH")
    app.get_by_key("w.tsh").set_value(typing).run()
    assert words in app.error[0].value.replace("\\", "")
    assert "'tsh'" not in app.error[0].value
    assert app.error[0].value.endswith(texts.NOT_USED)
    assert app.get_by_key("w.tsh").value == typing
    assert not chips(app)
    assert not any(
        (b.key or "").startswith("read-in.") for b in app.button
    )  # no unit would mend it
    app.button(key="search-end").click().run()  # nothing is left over
    app = typed(app, "TSH")
    app.get_by_key("w.tsh").set_value("").run()
    assert not app.error
