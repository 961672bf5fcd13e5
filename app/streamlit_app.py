"""Entry of the explorer: the server. Start it with ``etiograph explore``; the pages are `explorer/`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

import streamlit as st
from starlette.middleware import Middleware
from starlette.responses import RedirectResponse

HERE = Path(__file__).resolve().parent
if str(HERE) not in sys.path:
    sys.path.insert(0, str(HERE))

from explorer import late  # noqa: E402  the folder must be on the path first

PAGES = {f"/{path.stem}" for path in (HERE / "explorer" / "views").glob("[!_]*.py")}


class PagesByName:
    """Opens ``/why?case=...`` as ``/?page=why&case=...``.

    The browser's side of Streamlit takes the folder of an opened address for the server's root and asks
    there first, which fails; from the root it asks only what exists, and turns to the page itself.
    """

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Redirect an opened page; hand everything else on."""
        if scope["type"] == "http" and scope["path"].rstrip("/") in PAGES:
            query = scope["query_string"].decode("latin-1")
            page = quote(scope["path"].strip("/"))
            answer = RedirectResponse(f"/?page={page}{'&' if query else ''}{query}", 307)
            await answer(scope, receive, send)
        else:
            await self.app(scope, receive, send)


app = st.App(
    HERE / "explorer" / "script.py", middleware=[Middleware(PagesByName)], lifespan=late.prepared
)
