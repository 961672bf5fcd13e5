"""A stretch of time reads as it is written."""

from __future__ import annotations

import pytest

from etiograph.errors import InvalidNetwork
from etiograph.network.duration import Duration, duration


@pytest.mark.parametrize(
    ("text", "days", "said"),
    [
        ("3 months", 91.3125, "3 months"),
        ("1 week", 7, "1 week"),
        (" 1.5 years ", 547.875, "1.5 years"),
    ],
)
def test_a_duration_is_read(text: str, days: float, said: str) -> None:
    found = duration(text, "horizon")
    assert found.days == pytest.approx(days)
    assert str(found) == said


@pytest.mark.parametrize("text", ["", "soon", "months", "-1 day", "3 fortnights", 3, "0 days"])
def test_what_is_no_duration_is_refused(text: object) -> None:
    with pytest.raises(InvalidNetwork, match=r"horizon: .* no stretch of time"):
        duration(text, "horizon")


def test_a_month_is_a_twelfth_of_a_year() -> None:
    assert Duration(12, "month").days == Duration(1, "year").days
