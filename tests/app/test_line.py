"""A line typed into the search: what is understood is confirmed, and nothing else is entered."""

from __future__ import annotations

from html import unescape

import pytest
from tests.app.reading import chips, typed

from explorer import texts

pytestmark = pytest.mark.filterwarnings("ignore")  # Streamlit's own, under test

LINE = "82 f furosemide omeprazole K 3,1 creatinine 120"


def test_a_line_is_confirmed_before_it_is_entered_as_one_step(open_app):
    app = open_app("leg_cramps")
    typed(app, LINE)
    assert not app.exception
    assert not chips(app)
    assert any(texts.LINE_READ in h.value for h in app.html)
    assert any("creatinine 120" in h.value and "not understood" in h.value for h in app.html)
    app.button(key="line-enter").click().run()
    entered = dict(app.session_state["history"].present.findings)
    assert entered == {
        "age": "65_and_over",
        "sex": "female",
        "diuretic": "loop",
        "acid_suppressant": "long_term",
        "serum_potassium": "3.1 mmol/L",
    }
    app.button(key="undo").click().run()
    assert not chips(app)


def test_a_medicine_is_found_where_its_class_is_entered(open_app):
    app = open_app("leg_cramps")
    typed(app, "lasix")
    assert app.get_by_key("w.diuretic")


@pytest.mark.parametrize(
    ("query", "entered"), [("lasix", {"diuretic": "loop"}), ("age 82", {"age": "65_and_over"})]
)
def test_a_medicine_and_an_age_are_offered_as_what_they_mean(open_app, query, entered):
    app = open_app("leg_cramps")
    typed(app, query)
    app.button(key="line-enter").click().run()
    assert dict(app.session_state["history"].present.findings) == entered


def test_the_last_word_of_a_line_may_be_unfinished(open_app):
    app = open_app("leg_cramps")
    typed(app, "82 f furo")
    assert app.get_by_key("w.diuretic")
    assert app.button(key="line-enter")


def test_what_was_not_understood_stays_until_it_is_put_away(open_app):
    """A swollen, warm calf is what matters most: its words are not dropped when the rest is entered."""
    app = open_app("leg_cramps")
    typed(app, "m 55 swollen warm calf cramps")
    assert app.get_by_key("w.leg_swelling")  # offered at once
    app.button(key="line-enter").click().run()
    assert any('Not entered: "swollen calf" (which: ' in unescape(h.value) for h in app.html)
    app.button(key="unread.leg_swelling").click().run()
    assert "unread-away" in [b.key for b in app.button]  # the rest of it stays in sight
    assert app.session_state["search"] == "Leg swelling"
    app.get_by_key("w.leg_swelling").set_value("one_leg").run()
    app.button(key="search-end").click().run()
    assert "unread.leg_swelling" not in [b.key for b in app.button]  # it is entered
    app.button(key="unread-away").click().run()
    assert not any("swollen calf" in h.value for h in app.html)
    assert len(chips(app)) == 5  # the warm skin was read


def test_a_reset_lets_go_of_what_was_not_understood(open_app):
    app = open_app("leg_cramps")
    typed(app, "82 f odd thighs")
    app.button(key="line-enter").click().run()
    assert any("odd thighs" in h.value for h in app.html)
    app.button(key="reset").click().run()
    assert not any("odd thighs" in h.value for h in app.html)
