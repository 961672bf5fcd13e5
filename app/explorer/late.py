"""When what comes after the answer is worked out: one part at a time, for who still waits for it.

A session that has moved on gives its part up. What the parts are is in `parts`; where they are worked
out, in `beside`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from typing import Any

import streamlit as st

import etiograph as eg

from . import memory, parts
from .beside import PATIENCE, Beside, Says
from .cases import Pairs
from .kept import kept
from .parts import Uncertain

AT_ONCE = 2  # sessions answered at the same time: where the engine counts, another one can draw
LATE = 2  # whose late parts are worked out and drawn: while those of one are drawn, the process has others
DRAWN = 0.03  # seconds after which the browser is at it: it gathers what comes for a hundredth
SETTLED = 0.2  # seconds in which the browser, often on the same machine, can draw the answer


class Turns:
    """Lets a few through at a time, who came first before who came later."""

    def __init__(self, places: int) -> None:
        self._places = places
        self._lock = threading.Lock()
        self._line: list[threading.Event] = []  # the first few have their turn

    @contextmanager
    def turn(self, still: Callable[[], object]) -> Iterator[None]:
        """Wait for the others; `still` is called every now and then, and ends the wait by an error."""
        mine = threading.Event()
        with self._lock:
            self._line.append(mine)
            self._call()
        try:
            while not mine.wait(PATIENCE):
                still()
            still()
            yield
        finally:
            with self._lock:
                self._line.remove(mine)
                self._call()

    def _call(self) -> None:
        for one in self._line[: self._places]:
            one.set()


@st.cache_resource(show_spinner=False)
def _turns(what: str, places: int) -> Turns:
    return Turns(places)


@st.cache_resource(show_spinner=False)
def _beside() -> Beside:
    return Beside()


@asynccontextmanager
async def prepared(_app: Any) -> AsyncIterator[None]:
    """While the server runs, there is a process that works out late parts; both keep within bounds."""
    memory.bound(memory.ANSWERS)
    _beside().start()
    try:
        yield
    finally:
        _beside().close()


def answering() -> AbstractContextManager[None]:
    """A place among the sessions that are answered right now.

    Of many clicks at once the first are answered while the last still wait. All at the same time,
    taking turns by the millisecond, they would all be as late as the last.
    """
    return _turns("answers", AT_ONCE).turn(_moved_on)


def drawing() -> AbstractContextManager[None]:
    """A place among the sessions whose page is drawn around the answer: answers come before that."""
    return _turns("drawing", 1).turn(_moved_on)


def let_draw() -> None:
    """Give the browser a moment with the answer before it is sent the rest of the page.

    It draws what it has been sent so far in one go, and so much later the more that is.
    """
    if st.runtime.exists():
        time.sleep(DRAWN)
        _moved_on()


def turn() -> AbstractContextManager[None]:
    """Wait for the late parts of others. The run ends here if its session has a newer step."""
    return _turns("late parts", LATE).turn(_moved_on)


def settle() -> None:
    """Wait until the answer may be on the screen. Who clicks on meanwhile has no late parts at all."""
    if st.runtime.exists():
        end = time.monotonic() + SETTLED
        while time.monotonic() < end:
            time.sleep(PATIENCE)
            _moved_on()


def _moved_on() -> None:
    st.session_state.get("history")  # Streamlit ends a run where it reads the session


def _worked_out(part: str, network: eg.Network, *given: Any) -> Any:
    """A part, from the process beside; from here, where there is none or it can't."""
    found = _beside().ask(part, network, given, _moved_on)
    if found is Says.TOO_LONG:
        return parts.ABSENT[part]
    return parts.PARTS[part](network, *given) if found is Says.FAILED else found


@kept
def ranges(network: eg.Network, findings: Pairs, *, behind: bool = False) -> Uncertain:
    """How far the ranges of the published numbers let every answer move."""
    if not network.has_ranges:
        return Uncertain({}, "")
    found: Uncertain = _worked_out("ranges", network, findings, behind)
    return found


@kept
def rarity(network: eg.Network, findings: Pairs) -> str:
    """Which finding does not go with the others, in words; empty where all do."""
    found: str = _worked_out("rarity", network, findings)
    return found


@kept
def contrasts(
    network: eg.Network, findings: Pairs, changes: Pairs, kind: str, events: Pairs
) -> tuple[Any, ...]:
    """Events without and with a change, and the difference, each with its range; none if there are none."""
    if not network.has_ranges:
        return ()
    found: tuple[Any, ...] = _worked_out("contrasts", network, findings, changes, kind, events)
    return found


@kept
def next_tests(network: eg.Network, findings: Pairs, target: str | None = None) -> Any:
    """What to ask next, about `target` or about all possible causes that are still open."""
    if target is None and findings == parts.start(network):
        return parts.at_start(network)  # the findings that tell most stand on the page already
    return _worked_out("next_tests", network, findings, target)


@kept
def next_steps(network: eg.Network, findings: Pairs) -> Any:
    """What to rule out now, to ask and to test, in a network that states what harms if missed."""
    return _worked_out("next_steps", network, findings)


@kept
def what_helps(network: eg.Network, findings: Pairs, outcome: str) -> Any:
    """Every change by its effect on an outcome; why not, in words, where that can't be said."""
    return _worked_out("what_helps", network, findings, outcome)


@kept
def consequences(network: eg.Network, findings: Pairs, asked: Pairs) -> dict[str, str]:
    """What each result of some questions and tests would mean, in words."""
    found: dict[str, str] = _worked_out("consequences", network, findings, asked)
    return found


@kept
def checked(network: eg.Network, reference: str) -> Any:
    """The network beside what stands with a file; why not, in words, where that can't be said."""
    return _worked_out("checked", network, reference)


@kept
def previews(
    network: eg.Network, findings: Pairs, asked: Pairs, shown: tuple[eg.Event, ...]
) -> parts.Previews:
    """What each of the findings `asked` would do to the events `shown`."""
    found: parts.Previews = _worked_out("previews", network, findings, asked, shown)
    return found


@kept
def judged(network: eg.Network, reference: str) -> Any:
    """What differs from the file of the open network, with its cases and published statistics judged again."""
    return _worked_out("judged", network, reference)
