from __future__ import annotations

import pytest

from etiograph.errors import InvalidNetwork
from etiograph.network.ranged import ranged_text, read_ranged, reread_ranged


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("0.3", (0.3, None, None)),
        ("0,3", (0.3, None, None)),
        (" .5 ", (0.5, None, None)),
        ("1e-3", (0.001, None, None)),
        ("0.3 (0.2 to 0.4)", (0.3, 0.2, 0.4)),
        ("0.3 (0.2-0.4)", (0.3, 0.2, 0.4)),
        ("0.3 0.2\u20130.4", (0.3, 0.2, 0.4)),
        ("0.3 [0.2; 0.4]", (0.3, 0.2, 0.4)),
        ("0,3 (0,2 to 0,4)", (0.3, 0.2, 0.4)),
        ("30 %", (0.3, None, None)),
        ("30% (20-40%)", (0.3, 0.2, 0.4)),
        ("30 (20 to 40 %)", (0.3, 0.2, 0.4)),
        ("-1.5 (-2 to -1)", (-1.5, -2.0, -1.0)),
    ],
)
def test_a_number_is_read_as_people_write_it(text, read):
    assert read_ranged(text) == read


@pytest.mark.parametrize(
    "text", ["", "often", "0.3 (0.2)", "1/3", "0.3.4", "0.1 0.2 0.3 0.4", "nan"]
)
def test_what_is_no_number_is_refused(text):
    with pytest.raises(InvalidNetwork, match="is no number; write"):
        read_ranged(text)


def test_the_text_of_a_number_reads_back():
    for ranged in ((0.3, None, None), (0.164826, 0.07, 0.27), (2.1, 1.0, 4.6)):
        assert read_ranged(ranged_text(*ranged)) == ranged


def test_a_text_left_alone_is_the_same_number_to_the_bit():
    third = (1 / 3, None, None)
    assert read_ranged(ranged_text(*third)) != third
    assert reread_ranged(ranged_text(*third), third) == third
    assert reread_ranged("0.5", third) == (0.5, None, None)


def test_a_number_shown_in_fewer_digits_is_kept_to_the_bit_where_only_its_range_is_changed():
    present = (0.1636842, 0.07, 0.27)
    assert ranged_text(*present, digits=3) == "0.164 (0.07 to 0.27)"
    assert ranged_text(1234.5, digits=3) == "1234"
    assert reread_ranged("0.164 (0.07 to 0.27)", present) == present
    assert reread_ranged("0,164 (0,08 to 0.27)", present) == (0.1636842, 0.08, 0.27)
    assert reread_ranged("0.2 (0.07 to 0.27)", present) == (0.2, 0.07, 0.27)
    assert reread_ranged("16.4 %", present) == (0.164, None, None)
