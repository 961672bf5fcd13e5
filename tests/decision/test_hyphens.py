"""Where long words are broken."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from etiograph.decision.diagram import wrapped
from etiograph.decision.hyphens import LEAST, SOFT, broken, soft, syllables


@pytest.mark.parametrize(
    "word",
    [
        "hy-po-thy-roi-dism",
        "hyper-cal-cae-mia",
        "breath-less-ness",
        "in-suf-fi-cient",
        "sup-ple-men-ta-tion",
        "con-sti-pa-tion",
        "unac-cus-tomed",
        "over-ac-tive",
        "neigh-bour-hood",
        "cramps",
    ],
)
def test_words_break_between_syllables(word):
    assert "-".join(syllables(word.replace("-", ""))) == word


@given(st.text(st.characters(categories=["L", "N", "P", "Zs"]), max_size=40))
def test_nothing_is_lost_or_added_but_places_to_break(text):
    assert soft(text).replace(SOFT, "") == text.replace(SOFT, "")
    assert SOFT not in text or SOFT in soft(text)


@given(st.from_regex(r"[a-z]{1,40}", fullmatch=True), st.integers(12, 25))
def test_pieces_of_a_word_make_the_word_and_carry_their_hyphens(word, letters):
    pieces = broken(word, letters)
    assert "".join(piece.removesuffix("-") for piece in pieces) == word
    assert all(piece.endswith("-") for piece in pieces[:-1])
    assert all(len(syllable) >= 2 for syllable in syllables(word)) or len(word) < LEAST


def test_a_long_word_of_a_box_breaks_at_a_syllable_and_not_where_the_room_ends():
    lines = wrapped("Pseudohypoparathyroidismlike", 16)
    assert "".join(line.removesuffix("-") for line in lines) == "Pseudohypoparathyroidismlike"
    assert all(line.endswith("-") for line in lines[:-1])
    assert max(map(len, lines)) <= 16
