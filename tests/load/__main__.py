"""Load on the explorer: sessions that click, each thinking in between. Prints what the server took.

    python -m tests.load                                # 20 sessions, 30 s
    python -m tests.load --sessions 50 --seconds 600
    python -m tests.load memory --cases 10000           # distinct cases one after the other
    python -m tests.load class --sessions 50            # a class of 50 that does a lesson
    python -m tests.load clicks                         # 30 clicks in Chromium, alone on the machine
    python -m tests.load instant --sessions 3           # all click at the same instant
    python -m tests.load first                          # the first page in Chromium, of a cold server and of a warm one

Times are from the click on the socket to the new ranking (answer) and to the last of the late parts
(all), for the steps whose visitor did not move on before. Visitors think from the answer on. The
script that clicks shares the machine with the server and is counted with it. The processor time of
the server stands beside them, because other work on the machine does not change it.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.load import students
from tests.load.clicks import clicks, first_pages
from tests.load.sessions import Session
from tests.serving import Server

from etiograph import load as load_network

TOGETHER = 6  # visitors of the walk through many cases
MEASURED = 6  # one step in so many is a measured value
STAYS = 200  # steps after which one of them leaves


def values(network):
    """Measured values as a doctor types them, one beyond the usual at either end of each reading."""
    found = []
    for name, reading in load_network(network).mechanisms.items():
        if reading.kind == "reading":
            low, high = reading.plausible
            ends = max(0.75 * reading.cutpoints[0], low), min(1.3 * reading.cutpoints[-1], high)
            found += [f"{name} {value:.3g} {reading.unit}" for value in ends]
    return found


class Visitor:
    """Chooses findings at random; takes back one that contradicts what is known, as a reader would.

    One step in `MEASURED` is a measured value, typed in, where the network has some.
    """

    def __init__(self, session, rng, measured=()):
        self.session, self.rng, self.measured = session, rng, measured
        self.back = None  # the finding to take back

    async def step(self):
        """One click, answered."""
        if self.back is None and self.measured and self.rng.random() < 1 / MEASURED:
            return await self.session.measure(self.rng.choice(self.measured))
        if self.back is not None:
            name, option = self.back, ""
        else:
            name = self.rng.choice(sorted(self.session.choices))
            option = self.rng.choice(self.session.choices[name][1])
        step = await self.session.choose(name, option)
        self.back = name if step.impossible and option else None
        return step


async def visit(port, seed, seconds, think, steps, everybody, measured):
    """One visitor: opens the page, waits for the others, clicks every `think` seconds."""
    rng = random.Random(seed)
    session = Session(port)
    await session.open()
    await everybody.wait()
    end = time.perf_counter() + seconds
    await asyncio.sleep(rng.random() * think)
    visitor = Visitor(session, rng, measured)
    while time.perf_counter() < end:
        steps.append(await visitor.step())
        await asyncio.sleep(rng.expovariate(1 / think) if think else 0)
    await session.close()


def percentiles(values):
    """Median and 95th percentile in milliseconds."""
    if len(values) < 2:
        return "no steps"
    cuts = statistics.quantiles(values, n=20)
    return f"p50 {1000 * cuts[9]:.0f} ms, p95 {1000 * cuts[18]:.0f} ms"


async def load(server, sessions, seconds, think):
    """Many visitors at once; what every click took."""
    steps = []
    measured = values(server.network)
    everybody = asyncio.Barrier(sessions)
    visits = [
        visit(server.port, seed, seconds, think, steps, everybody, measured)
        for seed in range(sessions)
    ]
    outcome = await asyncio.gather(*visits, return_exceptions=True)
    failed = [repr(each) for each in outcome if isinstance(each, BaseException)]
    return steps, failed + [step.error for step in steps if step.error]


async def instant(server, sessions, rounds=20):
    """Visitors that all click at the same instant, again and again; what every click took."""
    rng, steps = random.Random(0), []
    there = [Session(server.port) for _ in range(sessions)]
    for session in there:
        await session.open()
    visitors = [Visitor(session, rng) for session in there]
    for _ in range(rounds):
        steps += await asyncio.gather(*(visitor.step() for visitor in visitors))
        for session in there:
            await session.settled()
    for session in there:
        await session.close()
    return steps


async def memory(server, cases, every):
    """A few visitors through distinct cases, each with its late parts; memory of the server as it goes.

    More than one, so that one has its late parts worked out while others wait before theirs begin.
    """
    seen, rows = set(), []
    await asyncio.gather(
        *(wander(server, seed, cases, every, seen, rows) for seed in range(TOGETHER))
    )
    return rows


async def wander(server, seed, cases, every, seen, rows):
    """One of them; leaves and comes back as another after a while."""
    rng = random.Random(seed)
    while len(seen) < cases:
        session = Session(server.port)
        await session.open()
        visitor = Visitor(session, rng)
        for _ in range(STAYS):
            step = await visitor.step()
            await session.settled()
            if step.impossible or session.query in seen or len(seen) == cases:
                continue
            seen.add(session.query)
            if len(seen) % every == 0:
                held = server.megabytes()
                rows.append((len(seen), sum(held)))
                each = " + ".join(f"{one:.0f}" for one in held)
                print(f"{len(seen):>6} cases  {sum(held):.0f} MB ({each})", flush=True)
        await session.close()


def main():
    """Start a server, put load on it, print, stop it."""
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument(
        "what",
        nargs="?",
        choices=("load", "memory", "clicks", "class", "instant", "first"),
        default="load",
    )
    ask.add_argument("--network", default="leg_cramps")
    ask.add_argument("--sessions", type=int, default=20)
    ask.add_argument("--seconds", type=float, default=30.0)
    ask.add_argument("--think", type=float, default=3.0)
    ask.add_argument("--cases", type=int, default=10_000)
    given = ask.parse_args()
    if given.what == "class":
        class_(given.network, given.sessions, given.think)
        return
    with tempfile.TemporaryDirectory() as folder:
        server = Server(given.network, Path(folder) / "log.txt").wait()
        try:
            if given.what == "first":
                cold, *later = first_pages(server.url, 6)
                print(f"first   {cold / 1000:.1f} s complete, of a server just started")
                print(
                    f"        {statistics.median(later) / 1000:.1f} s of a warm one, {max(later) / 1000:.1f} at most"
                )
                return
            asyncio.run(warm(server))
            before = server.cpu_seconds()
            if given.what == "clicks":
                found, unchanged = clicks(server.url, 30)
                print(
                    f"click   {percentiles([one / 1000 for one in found])} to another number drawn"
                )
                print(f"clicks  {len(found)} timed, {unchanged} changed no number, 10 before")
                return
            if given.what == "instant":
                steps = asyncio.run(instant(server, given.sessions))
                print(f"{given.sessions} at the same instant")
                print(f"answer  {percentiles([step.answer for step in steps if step.answer])}")
                return
            if given.what == "memory":
                rows = asyncio.run(memory(server, given.cases, max(given.cases // 20, 50)))
                print(f"grew by {rows[-1][1] - rows[0][1]:.0f} MB from case {rows[0][0]} on")
                return
            steps, errors = asyncio.run(load(server, given.sessions, given.seconds, given.think))
            used = [now - then for now, then in zip(server.cpu_seconds(), before, strict=True)]
        finally:
            server.stop()
    print(f"{given.sessions} sessions, {given.seconds:.0f} s, {given.think:.0f} s think time")
    contrary = sum(step.impossible for step in steps)
    print(
        f"steps   {len(steps)}, errors {len(errors)} {errors[:3] or ''}, {contrary} contradictions"
    )
    print(f"answer  {percentiles([step.answer for step in steps if step.answer])}")
    whole = [step.all for step in steps if step.all]
    print(f"all     {percentiles(whole)} ({len(steps) - len(whole)} steps overtaken by the next)")
    own, beside = (1000 * each / max(len(steps), 1) for each in (used[0], sum(used[1:])))
    print(f"server  {own + beside:.0f} ms processor time a step: {own:.0f} pages and answers, "
          f"{beside:.0f} late parts")  # fmt: skip


def class_(network, sessions, think):
    """A class that answers a lesson together; prints how long until an answer was graded."""
    with tempfile.TemporaryDirectory() as folder:
        server = Server(network, Path(folder) / "log.txt", students.ENVIRONMENT).wait()
        try:
            found, errors = asyncio.run(students.lesson(server.port, sessions, think))
            used = sum(server.cpu_seconds())
            held = sum(server.megabytes())
        finally:
            server.stop()
        written = sorted(p.name for p in Path(folder).iterdir())
    print(f"{sessions} students, {think:.0f} s think time; written: {', '.join(written)}")
    print(f"answers {len(found)}, errors {len(errors)} {errors[:3] or ''}")
    print(f"graded  {percentiles([one.verdict for one in found if not one.error])}")
    print(f"server  {used:.0f} s processor time in all, {held:.0f} MB")


async def warm(server):
    """The first visitor waits for the network to be read and compiled; that is no load."""
    session = Session(server.port)
    await session.open()
    for name in sorted(session.choices)[:3]:
        await session.choose(name, session.choices[name][1][0])
        await session.settled()
    await session.close()


if __name__ == "__main__":
    main()
