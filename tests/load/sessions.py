"""A session of the explorer without a browser: speaks Streamlit's own protocol over a websocket."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

ANSWER = "eg-rank"  # the table of possible causes


@dataclass(frozen=True)
class Step:
    """What one click took: until the new ranking was sent, until the script had ended."""

    answer: float
    script: float
    messages: int
    error: str = ""


class Session:
    """One visitor. After `open`, `choices` holds every finding on the screen with its options."""

    def __init__(self, port, query=""):
        self.port = port
        self.query = query
        self.choices = {}
        self.texts = []

    async def open(self):
        """Connect and wait for the first page."""
        self.socket = await websockets.connect(
            f"ws://127.0.0.1:{self.port}/_stcore/stream",
            subprotocols=["streamlit"],
            origin=f"http://127.0.0.1:{self.port}",
            max_size=None,
        )
        return await self._run()

    async def close(self):
        """Leave."""
        await self.socket.close()

    async def choose(self, name, option):
        """Click an option of a finding; an empty option takes it back."""
        widget = self.choices[name][0]
        return await self._run((widget, [option] if option else []))

    async def _run(self, click=None):
        message = BackMsg()
        message.rerun_script.query_string = self.query
        if click is not None:
            state = message.rerun_script.widget_states.widgets.add()
            state.id = click[0]
            state.string_array_value.data.extend(click[1])
        started = time.perf_counter()
        await self.socket.send(message.SerializeToString())
        answer, error, count = 0.0, "", 0
        self.texts = []
        while True:
            data = await asyncio.wait_for(self.socket.recv(), 60)
            count += 1
            forward = ForwardMsg.FromString(data)
            kind = forward.WhichOneof("type")
            if kind == "script_finished":
                return Step(answer, time.perf_counter() - started, count, error)
            if kind == "page_info_changed":
                self.query = forward.page_info_changed.query_string
            if kind != "delta":
                continue
            element = forward.delta.new_element
            what = element.WhichOneof("type")
            if what == "button_group":
                self._note(element.button_group)
            elif what == "exception":
                error = "exception"
            elif what == "html":
                self.texts.append(element.html.body)
                if ANSWER in element.html.body and not answer:
                    answer = time.perf_counter() - started

    def _note(self, group):
        name = group.id.rpartition("-w.")[2]
        if name != group.id:
            self.choices[name] = (group.id, [option.content for option in group.options])
