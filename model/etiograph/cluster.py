"""Work spread over the workers of a Dask cluster: one network to each, blocks of rows in their order.

A worker that dies loses nothing: what it had is asked of another. Which worker answered makes no
difference to an answer, as every block is the same work wherever it is done.
"""

from __future__ import annotations

import logging
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from etiograph.errors import InvalidFinding, UnknownName

if TYPE_CHECKING:
    from distributed import Client, Future

T = TypeVar("T")
THREADS = "ETIOGRAPH_THREADS"
AHEAD = 3
"""Blocks a worker that are read before the first is answered: memory stays that of so many."""


@contextmanager
def workers(on: str | Client | None, count: int | None = None) -> Iterator[Client | None]:
    """The cluster that ``--on`` names, for as long as it is used; None for this process.

    Parameters
    ----------
    on : str or Client, optional
        ``dask``: one worker a core of this machine; ``dask=ADDRESS``: a cluster that runs; or one that
        is in use already, and goes on.
    count : int, optional
        Workers, where they are started here.

    Raises
    ------
    UnknownName
        Any other word.
    InvalidFinding
        Dask is not installed, or nothing answers at the address.
    """
    if on is None:
        yield None
        return
    if not isinstance(on, str):
        if hasattr(on, "scheduler_info"):
            yield on
            return
        raise TypeError(f"on must be a text, not {on!r}")
    word, _, address = on.partition("=")
    if word != "dask" or on.endswith("="):
        raise UnknownName(on, "place to work on", ("dask", "dask=ADDRESS"))
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        raise InvalidFinding("this needs Dask: pip install 'etiograph[scale]'") from None
    if address:
        try:
            client = Client(address, timeout="10s")
        except (
            Exception
        ) as error:  # what answers there may be anything: its bytes are read as sizes
            said = str(error) or type(error).__name__
            raise InvalidFinding(f"no Dask cluster answers at {address!r}: {said}") from None
        with client:
            client.run(_one_thread)
            yield client
        return
    # Dask gives each worker one thread, but knows nothing of ours.
    with (
        LocalCluster(
            n_workers=count or os.cpu_count() or 1,
            threads_per_worker=1,
            env={THREADS: "1"},
            dashboard_address=None,
            silence_logs=logging.CRITICAL,  # what fails there is raised here
        ) as cluster,
        Client(cluster) as client,
    ):
        yield client


def _one_thread() -> None:
    """Have the package use one thread in this process; before it is imported there."""
    os.environ.setdefault(THREADS, "1")


def to_workers(client: Client, value: object) -> Future[Any]:
    """A value that is sent once, and from worker to worker, for as long as what is returned lives.

    It is the answer to a task, not scattered: of what was scattered the cluster soon keeps one copy, and
    nobody can make it again where the worker dies that has it.
    """
    return client.submit(_itself, value, pure=False)


def _itself(value: object) -> object:
    return value


def in_order(
    client: Client | None,
    work: Callable[..., Any],
    shared: object,
    items: Iterable[tuple[T, Any]],
) -> Iterator[tuple[T, Any]]:
    """``work(shared, item)`` for every item, in their order; each comes with a label.

    ``shared`` goes to every worker once, and no more items are read than workers can be kept busy
    with. Without a client all is done here.
    """
    if client is None:
        yield from ((label, work(shared, item)) for label, item in items)
        return
    fixed = to_workers(client, shared)
    most = AHEAD * max(1, len(client.nthreads()))
    waiting: deque[tuple[T, Any]] = deque()
    for label, item in items:
        waiting.append((label, client.submit(work, fixed, item, pure=False)))
        if len(waiting) >= most:
            label, found = waiting.popleft()
            yield label, found.result()
    while waiting:
        label, found = waiting.popleft()
        yield label, found.result()
