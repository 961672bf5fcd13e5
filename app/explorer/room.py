"""The room of a class: who is in it, what is asked, what was answered. In memory alone, gone with the server.

One process serves the room. Nothing here knows of pages; `classroom` draws it.
"""

from __future__ import annotations

import hmac
import os
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from etiograph.teaching.posed import Given

if TYPE_CHECKING:
    import pandas as pd

CODE = "ETIOGRAPH_CLASS"  # set by `etiograph explore --class`: what students type to join
TEACHER = "ETIOGRAPH_CLASS_TEACHER"  # and the secret in the teacher's own link
ADDRESS = "ETIOGRAPH_CLASS_ADDRESS"  # and where students open the page
MOST_SEATS = 200
MOST_TRIES = 200  # wrong codes in a minute, from all visitors together
MOST_ANSWERS = 20  # to one question: nobody fills the memory by clicking
LONGEST_NAME = 24


@dataclass(frozen=True, slots=True)
class Task:
    """What the teacher sets: a lesson, or an exercise of a kind with a seed on a network; by number."""

    number: int = 0
    lesson: str = ""
    kind: str = ""
    seed: int = 1
    network: str = ""

    @property
    def name(self) -> str:
        """As results name it."""
        told = self.lesson or f"{self.kind} {self.network} seed {self.seed}"
        return f"{self.number}. {told}" if self.number else ""


@dataclass(frozen=True, slots=True)
class Row:
    """One answer of one student."""

    pseudonym: str
    task: str
    question: int  # as the page counts them, from 1
    answer: str
    right: bool
    seconds: float


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the room is with one question: who answered it, and what they said at the first go."""

    answered: int
    right: int
    wrong: tuple[tuple[str, int], ...]  # wrong first answers, the commonest first


@dataclass
class Seat:
    """One student: a pseudonym of their choice, and a key that brings them back after a lost connection."""

    pseudonym: str
    key: str
    answers: dict[tuple[str, int], list[Row]] = field(default_factory=dict)
    given: dict[tuple[str, int], tuple[Given, ...]] = field(default_factory=dict)


class Refused(Exception):
    """Joining did not work; the text is for the student."""


class Room:
    """All of one class. Every method may be called from any session at once."""

    def __init__(
        self, code: str, teacher: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._code, self._teacher, self._clock = code, teacher, clock
        self._lock = threading.Lock()
        self._seats: dict[str, Seat] = {}
        self._task = Task()
        self._began = clock()
        self._tries: list[float] = []
        self._version = 0

    # -- who is here ------------------------------------------------------------------------------

    def is_teacher(self, secret: str) -> bool:
        """Whether this is the secret of the teacher's link."""
        return bool(self._teacher) and hmac.compare_digest(secret.encode(), self._teacher.encode())

    def join(self, code: str, pseudonym: str) -> str:
        """Take a seat; the key that brings one back to it.

        Raises
        ------
        Refused
            Wrong code, too many wrong codes, no name, a name that is taken, or a full room.
        """
        name = " ".join("".join(c for c in pseudonym if c.isprintable()).split())[:LONGEST_NAME]
        with self._lock:
            now = self._clock()
            self._tries = [t for t in self._tries if now - t < 60.0]
            if len(self._tries) >= MOST_TRIES:
                raise Refused("wait")
            if not hmac.compare_digest(code.strip().upper().encode(), self._code.encode()):
                self._tries.append(now)
                raise Refused("code")
            if not name:
                raise Refused("name")
            if any(seat.pseudonym.casefold() == name.casefold() for seat in self._seats.values()):
                raise Refused("taken")
            if len(self._seats) >= MOST_SEATS:
                raise Refused("full")
            key = secrets.token_urlsafe(16)
            self._seats[key] = Seat(name, key)
            self._version += 1
            return key

    def pseudonym(self, key: str) -> str | None:
        """Who sits there; None where nobody does."""
        with self._lock:
            seat = self._seats.get(key)
            return None if seat is None else seat.pseudonym

    @property
    def code(self) -> str:
        """What students type to join."""
        return self._code

    def __len__(self) -> int:
        """How many students joined."""
        with self._lock:
            return len(self._seats)

    # -- what is asked ----------------------------------------------------------------------------

    @property
    def task(self) -> Task:
        """What is set now; number 0 before anything is."""
        with self._lock:
            return self._task

    @property
    def version(self) -> int:
        """Moves with everything the teacher's page shows."""
        with self._lock:
            return self._version

    def set_task(self, task: Task) -> None:
        """Set a lesson or an exercise for everybody."""
        with self._lock:
            self._task = replace(task, number=self._task.number + 1)
            self._began = self._clock()
            self._version += 1

    # -- what was answered ------------------------------------------------------------------------

    def note(
        self, key: str, step: int, question: int, given: Given, answer: str, right: bool
    ) -> None:
        """Note an answer to a step of the present task, in words too; from nobody's seat it is dropped."""
        with self._lock:
            seat = self._seats.get(key)
            if seat is None or not self._task.number:
                return
            seconds = self._clock() - self._began
            row = Row(seat.pseudonym, self._task.name, question, answer, right, round(seconds, 1))
            rows = seat.answers.setdefault((self._task.name, question), [])
            if len(rows) < MOST_ANSWERS:
                rows.append(row)
                place = (self._task.name, step)
                seat.given[place] = (*seat.given.get(place, ()), given)
            self._version += 1

    def given(self, key: str) -> dict[int, tuple[Given, ...]]:
        """What a seat answered to the present task by step, for a page that comes back."""
        with self._lock:
            seat = self._seats.get(key)
            if seat is None:
                return {}
            return {k: every for (task, k), every in seat.given.items() if task == self._task.name}

    def results(self) -> tuple[Row, ...]:
        """Every answer, by seat and question, in the order given."""
        with self._lock:
            seats = list(self._seats.values())
            return tuple(row for s in seats for rows in s.answers.values() for row in rows)

    def progress(self) -> dict[int, Standing]:
        """Of each question of the present task: how many answered, and how at the first go."""
        with self._lock:
            firsts: dict[int, list[Row]] = {}
            for seat in self._seats.values():
                for (task, question), rows in seat.answers.items():
                    if task == self._task.name:
                        firsts.setdefault(question, []).append(rows[0])
        return {
            question: Standing(
                len(rows),
                sum(row.right for row in rows),
                tuple(Counter(row.answer for row in rows if not row.right).most_common()),
            )
            for question, rows in sorted(firsts.items())
        }


def table_of(rows: tuple[Row, ...]) -> pd.DataFrame:
    """Results, one answer a row."""
    import pandas as pd

    columns = ["pseudonym", "task", "question", "answer", "right", "seconds"]
    cells = [
        (r.pseudonym, r.task, r.question, r.answer, "yes" if r.right else "no", r.seconds)
        for r in rows
    ]
    return pd.DataFrame(cells, columns=columns)


_room: list[Room] = []
_making = threading.Lock()


def room() -> Room | None:
    """The one room of this server; None where it was not started for a class."""
    code = os.environ.get(CODE, "")
    if not code:
        return None
    with _making:
        if not _room:
            _room.append(Room(code, os.environ.get(TEACHER, "")))
        return _room[0]
