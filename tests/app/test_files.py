"""Open a file: whatever format of network is read, the explorer opens it, and a case is told from a network."""

from __future__ import annotations

import gzip
import warnings

import pytest
from tests.app.reading import given

import etiograph as eg
from etiograph.formats.registry import FORMATS, readable
from explorer import files

pytestmark = pytest.mark.filterwarnings("ignore")  # Streamlit's own, under test

WRITTEN = [form for form in FORMATS if form.writer]


def test_every_format_that_is_read_can_be_opened(open_app):
    net = eg.load("sprinkler")
    app = open_app("asia")
    for form in WRITTEN:
        content = form.write(net).encode()
        for name, data in (
            (f"mine{form.suffixes[0]}", content),
            (f"mine{form.suffixes[0]}.gz", gzip.compress(content)),
        ):
            given(app, name, data)
            assert not app.exception
            assert not app.error, name
            assert app.session_state["uploaded"].network == net
            assert app.session_state["uploaded"].name == "mine"


def test_the_dialogue_takes_what_the_registry_reads():
    assert set(readable()) == {s for form in FORMATS if form.reader for s in form.suffixes} | {
        ".gz"
    }


def test_a_case_is_told_from_a_network_by_what_it_says(open_app):
    net = eg.load("sprinkler")
    app = open_app("sprinkler")
    case = files.CaseValue((("rain", "yes"),), ())
    given(app, "odd.toml", files.case_json(net, "sprinkler", case).encode())
    assert not app.error
    assert app.session_state["history"].present.findings == (("rain", "yes"),)
    before = app.session_state["uploaded"]
    for name, data in (("x.json", b'{"a": 1}'), ("x.bif", b"nothing"), ("x.xdsl", b"<smile>")):
        given(app, name, data)
        assert len(app.error) == 1
        assert app.session_state["uploaded"] is before


def test_pgmx_is_opened(open_app):
    from tests.commands.test_cli import PGMX

    app = open_app("asia")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        given(app, "n.pgmx", PGMX.encode())
    assert not app.error
    assert list(app.session_state["uploaded"].network.variables) == ["a"]
