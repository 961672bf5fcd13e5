"""A session of the explorer without a browser: speaks Streamlit's own protocol over a websocket.

It shares the machine with the server it measures, so it reads no more of a message than it must:
which kind it is, and of the page only what it looks for.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import websockets
from streamlit.components.v2.bidi_component.main import _make_trigger_id
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "app"))

from explorer import texts

ANSWER = b'<table class="eg-rank eg-ranked">'  # the table of possible causes
IMPOSSIBLE = texts.IMPOSSIBLE_BARS.encode()
ENTRY = b"-line-enter"  # the end of the id of the button that enters a typed line
BROKEN = texts.BROKEN.encode()
LIMIT = 60  # seconds after which a step counts as failed
FIELDS = {field.number: field.name for field in ForwardMsg.DESCRIPTOR.fields}


def kind(message):
    """Which of its kinds a message in protobuf's wire format is: the last field but hash and metadata."""
    at, found = 0, ""
    while at < len(message):
        key, at = varint(message, at)
        found = FIELDS[key >> 3] if key >> 3 > 2 else found
        length, at = varint(message, at)
        at += length if key & 7 == 2 else 0
    return found


def varint(message, at):
    """The number at a place of a message in protobuf's wire format, and the place behind it."""
    value = shift = 0
    while True:
        byte = message[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at


@dataclass
class Step:
    """What one click took, in seconds: until the new ranking was there, until all was; 0 if never.

    `impossible` if the findings contradict each other: there is a ranking without numbers.
    """

    clicked: float
    answer: float = 0.0
    all: float = 0.0
    error: str = ""
    impossible: bool = False


class Session:
    """One visitor. After `open`, `choices` holds every finding on the screen with its options.

    Messages are read as they come; a click does not wait for the late parts of the last one, as no
    reader would.
    """

    def __init__(self, port, query=""):
        self.port = port
        self.query = query
        self.choices = {}
        self.field = self.entry = None  # ids of the field of findings and of what enters a line
        self.opening = True

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
        self.opening = False
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

    async def measure(self, text):
        """Type a measured value and enter what was understood; the second is the step."""
        await self._run(typed=text)
        await self.settled()
        if self.entry is None:
            raise RuntimeError(f"{text!r} was not understood")
        pressed, self.entry = self.entry, None
        return await self._run(pressed=pressed)

    async def settled(self):
        """Until the late parts are there, too."""
        await asyncio.wait_for(self.done.wait(), LIMIT)

    async def _run(self, click=None, typed=None, pressed=None):
        message = BackMsg()
        message.rerun_script.query_string = self.query
        if typed is not None:
            state = message.rerun_script.widget_states.widgets.add()
            event = {"event": "typed", "value": {"text": typed}}
            state.id, state.json_value = self.field, "{}"
            state = message.rerun_script.widget_states.widgets.add()
            state.id = _make_trigger_id(self.field, "events")
            state.json_trigger_value = json.dumps([event])
        if pressed is not None:
            state = message.rerun_script.widget_states.widgets.add()
            state.id, state.trigger_value = pressed, True
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
                self._take(await self.socket.recv())
        finally:
            self.answered.set()
            self.done.set()

    def _take(self, message):
        now = time.perf_counter()
        what = kind(message)
        if what == "delta":
            if self.step is not None:
                self._show(message, now)
        elif what == "new_session":  # a run begins: that of the oldest click not yet begun
            self.step = self.asked.pop(0) if self.asked else self.step
        elif what == "page_info_changed":
            self.query = ForwardMsg.FromString(message).page_info_changed.query_string
        elif what == "script_finished" and not self.asked:
            self.step.all = now - self.step.clicked
            self.answered.set()
            self.done.set()

    def _show(self, message, now):
        if not self.step.answer and ANSWER in message and not self.asked:
            self.step.answer = now - self.step.clicked
            self.step.impossible = IMPOSSIBLE in message
            self.answered.set()
        elif BROKEN in message:
            self.step.error = "broken"
        elif (self.opening and (b"-w." in message or b"-entry" in message)) or ENTRY in message:
            self._note(ForwardMsg.FromString(message).delta.new_element)

    def _note(self, element):
        what = element.WhichOneof("type")
        if what == "bidi_component" and element.bidi_component.id.endswith("-entry"):
            self.field = element.bidi_component.id
        elif what == "button" and element.button.id.encode().endswith(ENTRY):
            self.entry = element.button.id
        elif what == "button_group":
            group = element.button_group
            name = group.id.rpartition("-w.")[2]
            if name != group.id:
                self.choices[name] = (group.id, [option.content for option in group.options])
