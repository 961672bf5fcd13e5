"""Presenter view."""

from __future__ import annotations

PRESENT = "Presenter view"
PRESENT_HELP = "Large type for a projector. Page Down and Page Up, or a presenter's remote, go to the next and the last page."
PRESENT_NEXT, PRESENT_BACK = "Next", "Back"


def present_place(number: int, count: int, title: str) -> str:
    """Where one is."""
    return f"{number} of {count}: {title}"
