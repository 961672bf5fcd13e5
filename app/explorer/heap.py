"""Garbage collection: Streamlit goes through every object there is after every run of a script.

With programs, answers and sessions kept in memory that takes longer than an answer does. What is
there when a run begins has mostly come to stay, so it is left out ("frozen") from then on; now and
then everything is gone through after all, so that nothing dead is kept for long.
"""

from __future__ import annotations

import gc
import threading
import time

import streamlit as st

from . import memory

WHOLE = 120.0  # seconds from one collection of everything to the next


class Heap:
    """Which objects the collector of garbage goes through, for all sessions."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._whole_at = 0.0

    def keep(self, now: float) -> None:
        """Freeze what is there; first collect everything if that was long ago.

        Parameters
        ----------
        now : float
            Seconds on a clock that only goes forward.
        """
        with self._lock:
            if now >= self._whole_at:
                gc.unfreeze()
                gc.collect()
                memory.give_back()
                self._whole_at = now + WHOLE
            gc.freeze()


@st.cache_resource(show_spinner=False)
def _heap() -> Heap:
    return Heap()


def keep_what_stays() -> None:
    """At the beginning of a run: what is there already is not gone through after it."""
    _heap().keep(time.monotonic())
