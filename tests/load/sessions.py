"""A session of the explorer without a browser: speaks Streamlit's own protocol over a websocket."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

ANSWER = "eg-rank"  # the table of possible causes
LIMIT = 60  # seconds after which a step counts as failed


@dataclass
class Step:
    """What one click took, in seconds: until the new ranking was there, until all was; 0 if never."""

    clicked: float
    answer: float = 0.0
    all: float = 0.0
    error: str = ""


class Session:
    """One visitor. After `open`, `choices` holds every finding on the screen with its options.

    Messages are read as they come; a click does not wait for the late parts of the last one, as no
    reader would.
    """

    def __init__(self, port, query=""):
        self.port = port
        self.query = query
        self.choices = {}
        self.texts = []

    async def open(self):
        """Connect and wait until the first page is all there."""
        self.socket = await websockets.connect(
            f"ws://127.0.0.1:{self.port}/_stcore/stream",
            subprotocols=["streamlit"],
            origin=f"http://127.0.0.1:{self.port}",
            max_size=None,
        )
        self.asked = []  # steps whose run has not begun
        self.step = None  # the step whose run is on
        self.reader = asyncio.create_task(self._read())
        step = await self._run()
        await self.settled()
        return step

    async def close(self):
        """Leave."""
        self.reader.cancel()
        await asyncio.gather(self.reader, return_exceptions=True)
        await self.socket.close()

    async def choose(self, name, option):
        """Click an option of a finding and wait for the answer; an empty option takes it back."""
        widget = self.choices[name][0]
        return await self._run((widget, [option] if option else []))

    async def settled(self):
        """Until the late parts are there, too."""
        await asyncio.wait_for(self.done.wait(), LIMIT)

    async def _run(self, click=None):
        message = BackMsg()
        message.rerun_script.query_string = self.query
        if click is not None:
            state = message.rerun_script.widget_states.widgets.add()
            state.id = click[0]
            state.string_array_value.data.extend(click[1])
        step = Step(time.perf_counter())
        self.asked.append(step)
        self.answered, self.done = asyncio.Event(), asyncio.Event()
        await self.socket.send(message.SerializeToString())
        try:
            await asyncio.wait_for(self.answered.wait(), LIMIT)
        except TimeoutError:
            step.error = "no answer"
        if self.reader.done():
            step.error = f"closed: {self.reader.exception()!r}"
        return step

    async def _read(self):
        try:
            while True:
                self._take(ForwardMsg.FromString(await self.socket.recv()))
        finally:
            self.answered.set()
            self.done.set()

    def _take(self, forward):
        now = time.perf_counter()
        kind = forward.WhichOneof("type")
        if kind == "new_session":  # a run begins: that of the oldest click not yet begun
            self.step = self.asked.pop(0) if self.asked else self.step
            self.texts = []
        elif kind == "page_info_changed":
            self.query = forward.page_info_changed.query_string
        elif kind == "script_finished" and not self.asked:
            self.step.all = now - self.step.clicked
            self.answered.set()
            self.done.set()
        elif kind == "delta" and self.step is not None:
            self._show(forward.delta.new_element, now)

    def _show(self, element, now):
        what = element.WhichOneof("type")
        if what == "button_group":
            self._note(element.button_group)
        elif what == "exception":
            self.step.error = "exception"
        elif what == "html":
            self.texts.append(element.html.body)
            if ANSWER in element.html.body and not self.step.answer and not self.asked:
                self.step.answer = now - self.step.clicked
                self.answered.set()

    def _note(self, group):
        name = group.id.rpartition("-w.")[2]
        if name != group.id:
            self.choices[name] = (group.id, [option.content for option in group.options])
