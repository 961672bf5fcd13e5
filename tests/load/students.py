"""A class under load: students who join with the code and answer a lesson, over Streamlit's own protocol."""

from __future__ import annotations

import asyncio
import random
import re
import time
from dataclasses import dataclass

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from tests.load.sessions import BROKEN, LIMIT, kind

CODE, SECRET, LESSON = "CRAMPS", "secret", "base_rates"  # the first on the teacher's list
ENVIRONMENT = {"ETIOGRAPH_CLASS": CODE, "ETIOGRAPH_CLASS_TEACHER": SECRET}
WHOLE = ForwardMsg.ScriptFinishedStatus.FINISHED_SUCCESSFULLY
QUESTION = re.compile(rf"-learn\.{LESSON}\.(\d+)$")


def _whole(message):
    """Not the end of a part that runs by itself, nor of a run that makes way for another."""
    return ForwardMsg.FromString(message).script_finished == WHOLE


@dataclass
class Answered:
    """One answer: seconds until the page said right or wrong."""

    verdict: float = 0.0
    error: str = ""


class Student:
    """One visitor of a class: joins, waits for the lesson, answers what is asked."""

    def __init__(self, port, query="page=learn"):
        self.port, self.query = port, query
        self.widgets = {}  # element id by the end of it, the key
        self.options = {}  # of questions
        self.values = {}  # of widgets that hold something
        self.run = asyncio.Event()
        self.said, self.verdicts, self.awaited = 0.0, 0, 0  # verdicts are drawn from the top
        self.graded = asyncio.Event()
        self.looking = {}  # parts that run by themselves, and how often

    async def open(self):
        """Connect and wait for the first page."""
        self.socket = await websockets.connect(
            f"ws://127.0.0.1:{self.port}/_stcore/stream",
            subprotocols=["streamlit"],
            origin=f"http://127.0.0.1:{self.port}",
            max_size=None,
        )
        self.reader = asyncio.create_task(self._read())
        self.looker = asyncio.create_task(self._look())
        await self._send()

    async def close(self):
        """Leave."""
        for task in (self.reader, self.looker):
            task.cancel()
        await asyncio.gather(self.reader, self.looker, return_exceptions=True)
        await self.socket.close()

    async def join(self, name):
        """Type code and name, press the button."""
        self._hold("class-code", "string_value", CODE)
        self._hold("class-name", "string_value", name)
        await self._send(("class-enter", "trigger_value", True))

    async def press(self, key):
        """Press a button."""
        await self._send((key, "trigger_value", True))

    def questions(self):
        """Steps of the questions on the page, first to last."""
        return sorted(int(found[1]) for own in self.options if (found := QUESTION.search(own)))

    async def answer(self, step, place):
        """Choose an answer; how long it took until it was graded."""
        key = f"learn.{LESSON}.{step}"
        self._hold(key, "string_value", self.options[self._id(key)][place])
        self.said, self.verdicts = 0.0, 0
        self.awaited = self.questions().index(step) + 1
        self.graded.clear()
        began, found = time.perf_counter(), Answered()
        try:
            await self._send(until=self.graded)
            found.verdict = self.said - began
        except TimeoutError:
            found.error = "no answer"
        if self.reader.done():
            found.error = f"closed: {self.reader.exception()!r}"
        return found

    def _hold(self, key, kind_, value):
        self.values[self._id(key)] = (kind_, value)

    def _id(self, key):
        return next(i for end, i in self.widgets.items() if end.endswith(f"-{key}"))

    async def _send(self, trigger=None, until=None):
        message = BackMsg()
        message.rerun_script.query_string = self.query
        rows = dict(self.values)
        if trigger is not None:
            rows[self._id(trigger[0])] = trigger[1:]
        for name, (field, value) in rows.items():
            state = message.rerun_script.widget_states.widgets.add()
            state.id = name
            setattr(state, field, value)
        self.run.clear()
        await self.socket.send(message.SerializeToString())
        await asyncio.wait_for((until or self.run).wait(), LIMIT)

    async def _look(self):
        """Asks for the parts that run by themselves, as a browser does."""
        while True:
            await asyncio.sleep(min(self.looking.values(), default=3.0))
            for fragment in list(self.looking)[-1:]:
                message = BackMsg()
                message.rerun_script.query_string = self.query
                message.rerun_script.fragment_id = fragment
                message.rerun_script.is_auto_rerun = True
                await self.socket.send(message.SerializeToString())

    async def _read(self):
        try:
            while True:
                message = await self.socket.recv()
                what = kind(message)
                if what == "delta":
                    self._take(message)
                elif what == "page_info_changed":
                    self.query = ForwardMsg.FromString(message).page_info_changed.query_string
                elif what == "auto_rerun":
                    told = ForwardMsg.FromString(message).auto_rerun
                    self.looking[told.fragment_id] = told.interval
                elif what == "script_finished" and _whole(message):
                    self.run.set()
        finally:
            self.run.set()
            self.graded.set()

    def _take(self, message):
        if b"eg-verdict" in message:
            self.verdicts += 1
            if self.verdicts == self.awaited:
                self.said = time.perf_counter()
                self.graded.set()
        if BROKEN in message:
            raise RuntimeError("broken")
        if b"-class-" in message or b"-learn." in message:
            element = ForwardMsg.FromString(message).delta.new_element
            what = element.WhichOneof("type")
            own = getattr(getattr(element, what), "id", "") if what else ""
            if own:
                self.widgets[own] = own
            if what == "radio":
                self.options[own] = list(element.radio.options)


async def attend(port, seed, think, everybody, found):
    """One student: joins, waits for all, answers every question, at random and then again."""
    rng = random.Random(seed)
    student = Student(port)
    await student.open()
    await student.join(f"student {seed}")
    await everybody.wait()
    while not student.questions():  # the page goes on by itself
        await asyncio.sleep(0.2)
    done = set()
    for _ in range(12):
        await asyncio.sleep(rng.expovariate(1 / think))
        steps = student.questions()
        step = next((k for k in steps if k not in done), rng.choice(steps))
        done.add(step)
        found.append(await student.answer(step, rng.randrange(3)))
    await student.close()


async def teach(port, everybody, students):
    """The teacher: sets the lesson when all are in; then keeps the page open."""
    teacher = Student(port, f"page=learn&teacher={SECRET}")
    await teacher.open()
    await everybody.wait()
    await teacher.press("class-set-lesson")
    return teacher


async def lesson(port, students, think):
    """A class that answers; every answer, and what went wrong."""
    everybody, found = asyncio.Barrier(students + 1), []
    attending = [attend(port, seed, think, everybody, found) for seed in range(students)]
    outcome = await asyncio.gather(
        teach(port, everybody, students), *attending, return_exceptions=True
    )
    failed = [repr(each) for each in outcome if isinstance(each, BaseException)]
    if isinstance(outcome[0], Student):
        await outcome[0].close()
    return found, failed + [one.error for one in found if one.error]
