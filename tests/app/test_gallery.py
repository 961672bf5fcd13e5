"""The gallery, and the pages shown to an audience."""

from __future__ import annotations

import pytest
from tests.app.reading import turn

import etiograph as eg
from etiograph.resources import lessons, networks
from explorer import texts

pytestmark = pytest.mark.filterwarnings("ignore")  # Streamlit's own, under test


def test_every_network_and_lesson_has_picture_sentence_and_link(open_app):
    app = turn(open_app("sprinkler"), "gallery")
    assert not app.exception
    cards = [h.value for h in app.html if "eg-card" in h.value and "<style>" not in h.value]
    assert len(cards) == len(networks()) + len(lessons())
    for card in cards:
        assert "data:image/svg+xml;base64," in card
        assert "<p></p>" not in card
    links = " ".join(cards)
    for name in networks():
        assert f"case={name}~{eg.load(name).digest()[:8]}" in links.replace("%7E", "~")
    for name in lessons():
        assert f"lesson={name}" in links


def test_a_network_opens_from_the_gallery_and_its_link_opens_it_again(open_app):
    app = turn(open_app("sprinkler"), "gallery")
    app = app.get_by_key("gallery.network.asia").click().run()
    assert not app.exception
    link = "".join(app.query_params["case"])
    assert link == f"asia~{eg.load('asia').digest()[:8]}"
    again = open_app("sprinkler", link)
    assert "Asia" in " ".join(h.value for h in again.html if "eg-title" in h.value)
    assert not again.warning


def test_the_next_page_by_one_key(open_app):
    app = open_app("sprinkler")
    app = app.get_by_key("present").set_value(True).run()
    pages = []
    for _ in range(3):
        app = app.get_by_key("present-next").click().run()
        assert not app.exception
        pages.append(app.session_state["page"])
    assert pages == [texts.PAGE_COMPARE, texts.PAGE_WHY, texts.PAGE_CHECKS]
    assert app.get_by_key("present-back").click().run().session_state["page"] == texts.PAGE_WHY
