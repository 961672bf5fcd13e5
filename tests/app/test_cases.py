"""The case as a value, its history, and its form in a link."""

from __future__ import annotations

from urllib.parse import quote_plus

from hypothesis import given, strategies as st

from explorer.cases import MAX_LINK, MAX_STEPS, CaseValue, History, Link, decode, encode, ordered

names = st.text(min_size=1, max_size=12)
pairs = st.dictionaries(names, names, max_size=6).map(lambda d: tuple(d.items()))


@given(names, names, pairs, pairs)
def test_link_holds_any_names(network, digest, findings, changes):
    link = Link(network, digest, CaseValue(findings, changes))
    assert decode(encode(link)) == (link if link.case else None)


def test_link_is_readable_and_needs_no_escaping():
    case = CaseValue((("diuretic", "thiazide"), ("serum_magnesium", "0.62 mmol/L")))
    text = encode(Link("leg_cramps", "1a2b3c4d", case))
    assert text == "leg_cramps~1a2b3c4d~diuretic.thiazide~serum_magnesium.0.62-20mmol-2FL"
    assert quote_plus(text) == text


def test_a_change_is_no_finding():
    link = Link("n", "d", CaseValue((("a", "x"),), (("a", "y"),)))
    assert encode(link) == "n~d~a.x~a..y"
    assert decode("n~d~a.x~a..y") == link


def test_negative_numbers_and_leading_points():
    case = CaseValue((("t", "-0.5 C"), ("u", ".5")))
    assert decode(encode(Link("n", "d", case))).case == case


def test_what_is_no_link_is_refused():
    assert decode("") is None
    assert decode("leg_cramps") is None
    assert decode("a~b~c.-FF") is None  # bytes that are no text
    assert decode("x~y~" + "a" * MAX_LINK) is None


def test_finding_is_set_replaced_and_taken_back():
    case = CaseValue().with_finding("a", "x").with_finding("b", "y").with_finding("a", "z")
    assert case.findings == (("a", "z"), ("b", "y"))
    assert case.value("a") == "z"
    assert case.with_finding("a", None).findings == (("b", "y"),)
    assert case.value("c") is None
    assert not CaseValue()
    assert CaseValue().with_change("a", "x")


def test_undo_and_redo_walk_the_steps():
    one, two = CaseValue((("a", "x"),)), CaseValue((("a", "y"),))
    history = History().to(one).to(two)
    assert history.undo().present == one
    assert history.undo().undo().present == CaseValue()
    assert history.undo().redo() == history
    assert history.redo() == history
    assert History().undo() == History()


def test_a_new_step_forgets_what_was_undone_and_the_same_step_is_none():
    one, two = CaseValue((("a", "x"),)), CaseValue((("a", "y"),))
    assert History().to(one).undo().to(two).future == ()
    assert History().to(one).to(one) == History().to(one)


def test_history_is_bounded():
    history = History()
    for k in range(MAX_STEPS + 50):
        history = history.to(CaseValue((("a", str(k)),)))
    assert len(history.past) == MAX_STEPS


def test_findings_in_a_fixed_order():
    assert ordered({"b": "1", "a": "2", "z": "3"}, ("a", "b")) == (("a", "2"), ("b", "1"))
