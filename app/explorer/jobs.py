"""Long work for one session, in a process of its own, so that it can be watched and stopped.

The process is given what it works on over a pipe, says over the pipe what it is at, and hands back the
result. It writes nothing anywhere and ends when its job is stopped, the session goes or the server ends.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable
from contextlib import suppress
from enum import Enum
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from typing import Any

import etiograph as eg
from etiograph.progress import Begun

from .beside import POLITE, launched

AT_ONCE = 2  # jobs that run at the same time, of all sessions; the others wait their turn


class Stage(Enum):
    """How far a job is."""

    WAITING = "for a place"
    RUNNING = "at work"
    DONE = "with a result"
    REFUSED = "by the library, in its own words"
    FAILED = "by a fault of ours"
    STOPPED = "by the reader"


class Stopped(Exception):
    """The reader has stopped it."""


class Job:
    """A piece of work of :data:`works.WORKS`; `look` at it, `stop` it.

    Attributes
    ----------
    stage : Stage
    said : Begun or None
        What it is at.
    result : object
        Of a job that is done.
    words : str
        Why the library refused.
    """

    def __init__(self, work: str, *given: Any) -> None:
        self.work, self.stage = work, Stage.WAITING
        self.said: Begun | None = None
        self.words = ""
        self.result: Any = None
        self._given: tuple[Any, ...] = given
        self._line: Connection | None = None
        self._end: weakref.finalize[..., Any] | None = None
        self.begun = time.monotonic()
        PLACES.take(self)
        self.look()

    @property
    def over(self) -> bool:
        """Whether nothing more comes."""
        return self.stage not in (Stage.WAITING, Stage.RUNNING)

    @property
    def seconds(self) -> int:
        """For how long it has been at work."""
        return int(time.monotonic() - self.begun)

    def look(self) -> Stage:
        """Begin if there is a place now, and take what has come; returns at once."""
        if self.stage is Stage.WAITING and PLACES.has(self):
            self._begin()
        while self.stage is Stage.RUNNING and self._line is not None:
            try:
                if not self._line.poll():
                    break
                what, told = self._line.recv()
            except (EOFError, OSError):
                self._finish(Stage.FAILED)
                break
            if what == "at":
                self.said = told
            elif what == "done":
                self.result = told
                self._finish(Stage.DONE)
            else:
                self.words = told
                self._finish(Stage.REFUSED if what == "refused" else Stage.FAILED)
        return self.stage

    def wait(self, seconds: float = 600.0) -> Stage:
        """Look until it is over, at most so long."""
        end = time.monotonic() + seconds
        while not self.over and time.monotonic() < end:
            self.look()
            if self._line is not None:
                self._line.poll(0.5)
            else:
                time.sleep(0.05)
        return self.stage

    def stop(self) -> None:
        """End it now."""
        if not self.over:
            self._finish(Stage.STOPPED)

    def _begin(self) -> None:
        self.stage, self.begun = Stage.RUNNING, time.monotonic()
        line, end = _started()
        self._line = line
        self._end = weakref.finalize(self, end)  # a session that goes takes its job along
        # A large table goes through the pipe only as fast as the other side reads.
        message, self._given = (self.work, self._given), ()
        threading.Thread(target=_sent, args=(line, message), daemon=True).start()

    def _finish(self, stage: Stage) -> None:
        self.stage, self._line, self._given = stage, None, ()
        if self._end is not None:
            self._end()
        PLACES.leave(self)


class _Places:
    """Who is at work, and who waits, first come first served."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._lock = threading.Lock()
        self._line: list[weakref.ref[Job]] = []

    def take(self, job: Job) -> None:
        with self._lock:
            self._line.append(weakref.ref(job))

    def has(self, job: Job) -> bool:
        with self._lock:
            self._line = [each for each in self._line if each() is not None]
            return job in [each() for each in self._line[: self._count]]

    def leave(self, job: Job) -> None:
        with self._lock:
            self._line = [each for each in self._line if each() not in (None, job)]


PLACES = _Places(AT_ONCE)


def _sent(line: Connection, message: tuple[Any, ...]) -> None:
    with suppress(OSError, ValueError):  # given up meanwhile
        line.send(message)


def _started() -> tuple[Connection, Callable[[], None]]:
    """Our end of the pipe to somebody who works, and how to end them."""
    if os.name != "posix":  # a pipe can't be handed to a process so
        return threaded()
    process, line = launched("explorer.jobs")
    return line, _Killed(process, line)


def threaded() -> tuple[Connection, Callable[[], None]]:
    """The same without a process: it ends only where it says what it is at."""
    ours, theirs = Pipe()
    given_up = threading.Event()
    threading.Thread(target=serve, args=(theirs, given_up.is_set), daemon=True).start()
    return ours, given_up.set


class _Killed:
    """Ends a process and forgets it."""

    def __init__(self, process: subprocess.Popen[bytes], line: Connection) -> None:
        self.process, self.line = process, line

    def __call__(self) -> None:
        self.line.close()
        self.process.kill()
        self.process.wait()


def serve(line: Connection, given_up: Callable[[], bool] = lambda: False) -> None:
    """Do the one piece of work that comes, and say what becomes of it."""
    with suppress(EOFError, OSError):
        work, given = line.recv()
        said = _done(line, work, given, given_up)
        if said:
            line.send(said)


def _done(
    line: Connection, work: str, given: tuple[Any, ...], given_up: Callable[[], bool]
) -> tuple[str, Any] | None:
    from explorer.works import WORKS

    def at(what: Begun) -> None:
        if given_up():
            raise Stopped
        line.send(("at", what))

    try:
        return "done", WORKS[work](*given, at)
    except eg.EtiographError as error:
        return "refused", "\n".join([str(error), *getattr(error, "__notes__", ())])
    except Stopped:
        return None
    except OSError:  # nobody listens any more
        raise
    except Exception as error:
        return "failed", type(error).__name__


def main(line: Connection) -> None:
    """The process: one piece of work, and the end as soon as the other side has gone, whatever it is at."""
    ours, theirs = Pipe()
    threading.Thread(target=serve, args=(theirs,), daemon=True).start()
    with suppress(EOFError, OSError):
        ours.send(line.recv())
        while True:
            for ready in wait([line, ours]):
                if ready is line:
                    line.recv()  # nothing more is said to us: this is the end
                else:
                    line.send(ours.recv())


if __name__ == "__main__":
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it ends with the server
    if hasattr(os, "nice"):
        os.nice(POLITE)
    from explorer import jobs  # by its own name, so that what it sends is known by it there

    jobs.main(Connection(int(sys.argv[1])))
