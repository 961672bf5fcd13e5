"""Bars as HTML: what they say, and that names stay names."""

from __future__ import annotations

from html.parser import HTMLParser

from explorer import charts, texts
from explorer.markup import esc, md

EVIL = "<img src=x onerror=alert(1)>\"'&"


class Tags(HTMLParser):
    """Collects tags and attributes."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.text = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]

    def handle_data(self, data):
        self.text.append(data)


def test_ranking_says_numbers_changes_and_ranges():
    bars = [charts.Bar("Low potassium", 0.312, 0.1, before=0.19, low=0.2, high=0.45)]
    text = " ".join(Tags(charts.ranking(bars, "Possible causes")).text)
    assert "31" in text
    assert "up 12" in text
    assert "20 to 45" in text
    assert "Low potassium: about 31 of 100; before anything is entered about 10 of 100." in text


def test_no_number_without_an_answer():
    page = charts.ranking([charts.Bar("A", None, 0.2)], "c")
    assert "eg-fill" not in page.replace("eg-key-fill", "")
    assert "–" in page


def test_names_are_escaped():
    flag = charts.Flag("urgent", EVIL, EVIL)
    for page in (
        charts.ranking([charts.Bar(EVIL, 0.5, 0.1, help=EVIL)], EVIL),
        charts.flags([flag]),
        charts.headline(EVIL),
        charts.note(EVIL),
    ):
        parsed = Tags(page)
        assert "img" not in parsed.tags
        assert not any(name.startswith("on") for name in parsed.attributes)
        assert any(EVIL in text for text in parsed.text)


def test_scale_grows_in_steps():
    assert charts.scale([charts.Bar("a", 0.04, 0.01)]) == 0.25
    assert charts.scale([charts.Bar("a", 0.04, 0.3)]) == 0.5
    ranged = charts.Bar("a", 0.2, 0.1, low=0.1, high=0.7)
    assert charts.scale([ranged]) == 0.25  # a range comes later and moves no bar
    assert charts.scale([ranged], 0.5) == 0.5
    assert charts.scale([]) == 1.0


def test_warning_signs_carry_word_and_source():
    text = " ".join(Tags(charts.flags([charts.Flag("urgent", "See today.", "E213")])).text)
    assert "Urgent" in text
    assert "See today." in text
    assert "E213" in text


def test_numbers_in_words():
    assert texts.share(0.004) == "<1"
    assert texts.share(0.996) == ">99"
    assert texts.share(0.0) == "0"
    assert texts.share(1.0) == "100"
    assert texts.headline("Low potassium", 0.31) == (
        "Of 100 people like this, about 31 have low potassium."
    )
    assert texts.headline("TSH raised", 0.004, 0.0, 0.02) == (
        "Of 100 people like this, fewer than 1 has TSH raised (0 to 2)."
    )
    assert texts.change(0.31, 0.31) == ""
    assert texts.change(0.28, 0.31) == "down 3"


def test_markdown_and_html_escapes():
    assert esc("<a b='c'>&") == "&lt;a b=&#x27;c&#x27;&gt;&amp;"
    assert md("*x* [l](u) :red[y] $z$\n# h") == ("\\*x\\* \\[l\\](u) \\:red\\[y\\] \\$z\\$ \\# h")


def test_a_number_reads_the_same_whatever_its_range():
    wide = charts.Bar("wide", 0.47, base=0.2, low=0.1, high=0.9)
    shown = charts.ranking([wide], "x")
    assert ">47</td>" in shown
    assert "about 47 of 100" in shown
    assert texts.headline("wide", 0.47, 0.1, 0.9).startswith("Of 100 people like this, about 47 ")


def test_the_axis_is_that_of_the_named_causes_and_the_column_of_steps_is_always_there():
    rare, none = charts.Bar("rare", 0.03), charts.Bar("none", 0.7, last=True)
    shown = charts.ranking([rare, none], "x", steps=True)
    assert charts.scale([rare, none]) == 0.25
    assert shown.count("eg-fill eg-off") == 1  # the other runs off the axis, with a mark
    assert ">70</td>" in shown
    assert texts.COLUMN_CHANGE in shown


def test_where_none_is_first_for_certain_the_headline_says_so():
    two = [("Diuretic (thiazide)", 0.2, 0.0, 0.32), ("Low potassium", 0.18, 0.04, 0.45)]
    assert texts.close_behind_headline("Leg cramps", two) == (
        "No named cause stands out. Diuretic (thiazide) had a part in leg cramps in about 20 of 100 people "
        "like this (0 to 32) and low potassium in about 18 (4 to 45)."
    )
    assert texts.close_headline(two[:1]) == (
        "No cause stands out. Of 100 people like this, about 20 have diuretic (thiazide) (0 to 32)."
    )
