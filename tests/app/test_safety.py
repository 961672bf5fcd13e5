"""Findings stay in the session: not in logs, not in files, not in another session."""

from __future__ import annotations

import logging

import pytest

from explorer import frame, order

CANARY = "canary-finding-7f3a"


def _log_of(error):
    record = logging.LogRecord(
        "streamlit.error_util", logging.ERROR, "x.py", 1, "Uncaught app execution", (), None
    )
    record.exc_info = (type(error), error, error.__traceback__)
    assert frame._WithoutValues().filter(record)
    return logging.Formatter("%(message)s").format(record)


def test_an_error_is_logged_without_its_words():
    try:
        raise ValueError(f"cannot use {CANARY}")
    except ValueError as error:
        text = _log_of(error)
    assert CANARY not in text
    assert text.startswith("ValueError at test_safety.py:")


def test_the_filter_is_put_once_where_streamlit_writes():
    frame.keep_findings_out_of_logs()
    frame.keep_findings_out_of_logs()
    filters = logging.getLogger(frame.LOGGER).filters
    assert sum(isinstance(each, frame._WithoutValues) for each in filters) == 1


def test_rows_keep_their_places_until_one_has_a_larger_number():
    assert order.steady((), {"a": 0.1, "b": 0.3}) == ("b", "a")
    assert order.steady(("a", "b"), {"a": 0.496, "b": 0.504}) == ("a", "b")
    assert order.steady(("a", "b"), {"a": 0.001, "b": 0.009}) == ("a", "b")
    assert order.steady(("a", "b"), {"a": 0.009, "b": 0.010}) == ("b", "a")
    assert order.steady(("a", "b"), {"a": 0.45, "b": 0.462}) == ("b", "a")
    assert order.steady(("a", "gone"), {"a": 0.2, "new": 0.4}) == ("new", "a")


@pytest.mark.parametrize("seed", range(20))
def test_no_row_stands_below_one_with_a_smaller_number(seed):
    import random

    rng = random.Random(seed)
    p = {str(k): rng.random() for k in range(12)}
    shown = list(p)
    rng.shuffle(shown)
    rows = order.steady(shown, p)
    for k, upper in enumerate(rows):
        for lower in rows[k + 1 :]:
            assert round(100 * p[lower]) <= round(100 * p[upper])
