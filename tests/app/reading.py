"""What a page shows, read from its elements."""

from __future__ import annotations

import json
from html.parser import HTMLParser

VIEWS = ("explore", "compare", "why", "priors", "model", "checks", "learn", "gallery", "about")


class _Rows(HTMLParser):
    """Rows of the tables of one class: a list of cell texts each, heads of columns first."""

    def __init__(self, text, kind):
        super().__init__()
        self.kind, self.rows, self.inside, self.cell = kind, [], False, False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        classes = (dict(attrs).get("class") or "").split()
        if tag == "table":
            self.inside = self.kind in classes
        elif self.inside and tag == "tr":
            self.rows.append([])
        elif self.inside and tag in ("th", "td"):
            self.rows[-1].append("")
            self.cell = True
        elif tag == "small":
            self.cell = False

    def handle_endtag(self, tag):
        if tag in ("th", "td"):
            self.cell = False

    def handle_data(self, data):
        if self.inside and self.cell:
            self.rows[-1][-1] += data


def table(app, kind="eg-rank"):
    """Rows of the first table of a class on the page."""
    text = next(h.value for h in app.html if f'"{kind}' in h.value or f" {kind}" in h.value)
    return [[cell.strip() for cell in row] for row in _Rows(text, kind).rows]


def ranked(app):
    """Possible cause -> number shown, in the order of the page."""
    return {row[0]: row[2] for row in table(app)[1:]}


def chips(app):
    """What is entered, as the page says it."""
    return [b.label for b in app.button if (b.key or "").startswith("chip.")]


def diagram(app, key="diagram"):
    """What the page hands to a diagram."""
    found = next(e for e in app.get("bidi_component") if e.key == key)
    return json.loads(found.proto.bytes)


def turn(app, view):
    """Go to a page; nothing may go wrong on it."""
    app.switch_page(f"views/{view}.py").run()
    assert not app.exception
    assert not app.error
    return app


def given(app, name, content):
    """Hand a file to the explorer."""
    app.session_state["share"] = True  # the box that holds the dialogue
    app.run()
    return app.get_by_key("upload").set_value((name, content, "application/octet-stream")).run()


def typed(app, text):
    """Type into the field of findings what the server has to read; empty shows all findings again."""
    app.session_state["search"] = text
    return app.run()


def offered(app):
    """What the page hands to the field of findings."""
    return json.loads(next(e for e in app.get("bidi_component") if e.key == "entry").proto.json)
