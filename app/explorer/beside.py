"""A process beside the server that works out the late parts, so that answers never wait for one.

Python lets one thread of a process run at a time. A late part is long, and in the server every answer
that is worked out meanwhile would take turns with it; here it takes what answers leave of the machine.
The process is asked over a pipe, one part at a time, keeps no results, writes nothing anywhere, and
ends with the server. Where there is none, parts are worked out in the server.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import etiograph as eg

from . import memory

APP = Path(__file__).resolve().parents[1]
PATIENCE = 0.05  # seconds between two looks at whether who asked still waits
NETWORKS = 8  # latest networks known to the process
TIDY = 30.0  # seconds from one giving back of memory to the next
LONGEST = 12.0  # processor seconds after which a part that can be done without is given up
POLITE = 10  # how far the process stands back for others on the machine


class Says(Enum):
    """What comes back in place of a result."""

    UNKNOWN = "a network that was not sent"
    FAILED = "an error"
    TOO_LONG = "it would take too long, and others wait"


class TooLong(BaseException):  # nothing on its way takes it for an error of its own
    """A part has had its time."""


def launched(module: str) -> tuple[subprocess.Popen[bytes], Connection]:
    """Start a module of ours as a process; the process, and our end of a pipe to it."""
    ours, theirs = Pipe()
    search = [str(APP), *filter(None, sys.path)]
    process = subprocess.Popen(  # noqa: S603  ourselves
        [sys.executable, "-m", module, str(theirs.fileno())],
        pass_fds=[theirs.fileno()],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,  # an error's words may hold findings
        env=os.environ | {"PYTHONPATH": os.pathsep.join(search)},
    )
    theirs.close()
    return process, ours


class Beside:
    """The process, from the side of the server: there from `start` to `close`, and started again if it ends."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._line: Connection | None = None
        self._number = 0
        self._wanted = False

    def start(self) -> None:
        """Start the process; it takes seconds to be ready, and questions wait for that."""
        with self._lock:
            self._wanted = os.name == "posix"  # elsewhere a pipe can't be handed over so
            self._connect()

    def _connect(self) -> Connection | None:
        if self._line is not None or not self._wanted:
            return self._line
        self._process, ours = launched("explorer.beside")
        self._line = ours
        return ours

    def ask(
        self,
        part: str,
        network: eg.Network,
        given: tuple[Any, ...],
        still: Callable[[], object] = lambda: None,
    ) -> Any:
        """A part of `parts.PARTS`, worked out by the process; `Says.FAILED` where it can't or is not there.

        Parameters
        ----------
        part : str
            Its name.
        network : Network
            What it is about.
        given : tuple
            What it takes beside the network.
        still : callable
            Called every now and then meanwhile; it raises an error if nobody waits any more.
        """
        with self._lock:
            try:
                line = self._connect()
                if line is None:
                    return Says.FAILED
                found = self._asked(line, (part, network.digest(), None, given), still)
                if found is Says.UNKNOWN:
                    found = self._asked(line, (part, network.digest(), network, given), still)
            except (OSError, EOFError):  # the process has ended
                self._drop()
                return Says.FAILED
            return found

    def _asked(
        self, line: Connection, question: tuple[Any, ...], still: Callable[[], object]
    ) -> Any:
        self._number += 1
        line.send((self._number, *question))
        while True:
            while not line.poll(PATIENCE):
                still()
            number, found = line.recv()
            if number == self._number:  # else of a question that was given up
                return found

    def _drop(self) -> None:
        if self._line is not None:
            self._line.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._line = self._process = None

    def close(self) -> None:
        """End the process, for good."""
        with self._lock:
            self._wanted = False
            self._drop()


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Give up what is worked out here after so many seconds of the processor; 0 for never.

    Raises
    ------
    TooLong
        Between two steps of the work, when its time is over.
    """

    def over(_signal: int, _frame: object) -> None:
        raise TooLong

    signal.signal(signal.SIGPROF, over)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0.0)


def serve(line: Connection) -> None:
    """Answer what comes until the other side has gone."""
    from explorer.parts import ABSENT, PARTS

    memory.bound(memory.LATE)
    networks: OrderedDict[str, eg.Network] = OrderedDict()
    tidy_at = time.monotonic() + TIDY
    while True:
        try:
            asked = line.poll(TIDY)
            if not asked or time.monotonic() >= tidy_at:
                memory.give_back()
                tidy_at = time.monotonic() + TIDY
            if not asked:
                continue
            number, part, digest, network, given = line.recv()
            while line.poll():  # only the latest is waited for
                number, part, digest, network, given = line.recv()
        except (EOFError, OSError):
            return
        if network is not None:
            networks[digest] = network
        if digest not in networks:
            line.send((number, Says.UNKNOWN))
            continue
        networks.move_to_end(digest)
        while len(networks) > NETWORKS:
            networks.popitem(last=False)
        try:
            with at_most(LONGEST if part in ABSENT else 0.0):
                found = PARTS[part](networks[digest], *given)
        except TooLong:
            found = Says.TOO_LONG
        except Exception:  # the server tries it again, and has the error where it belongs
            found = Says.FAILED
        line.send((number, found))


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it ends with the server
    if hasattr(os, "nice"):
        os.nice(POLITE)
    from explorer import beside  # by its own name, so that what it sends is known by it there

    beside.serve(Connection(int(sys.argv[1])))
