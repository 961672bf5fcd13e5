"""A place in a page whose HTML is drawn more than once in a run."""

from __future__ import annotations

from streamlit.delta_generator import DeltaGenerator


class Place:
    """Where some HTML stands that is drawn again in the same run.

    Not `st.empty`: that takes away what stands there before there is something new, and what is below
    jumps up and down.
    """

    def __init__(self, container: DeltaGenerator) -> None:
        self._container = container
        self._drawn: DeltaGenerator | None = None

    def html(self, body: str) -> None:
        """Draw, in place of what was drawn."""
        self._drawn = (self._drawn or self._container).html(body)
