"""Gallery: the bundled networks and lessons."""

from __future__ import annotations

PAGE_GALLERY = "Gallery"
HELP_GALLERY = "All networks and lessons that come with this explorer, each with a picture."
GALLERY_INTRO = (
    "Pick a network to ask, or a lesson to learn from. Open starts it here. The name is a link: copy it, or "
    "open it in a tab of its own."
)
GALLERY_NETWORKS, GALLERY_LESSONS = "Networks", "Lessons"
GALLERY_OPEN = "Open"


def gallery_alt(title: str) -> str:
    """What a picture shows, for those who cannot see it."""
    return f"Diagram: {title}"


def gallery_size(variables: int, arrows: int) -> str:
    """How large a network is."""
    return f"{variables} variables, {arrows} arrows"


def gallery_lesson(level: str, minutes: int) -> str:
    """Who a lesson is for, and how long it takes."""
    return f"{level.capitalize()}, about {minutes} minutes"


def first_sentence(text: str) -> str:
    """The first sentence of a purpose or an aim."""
    head, stop, _ = text.partition(". ")
    return f"{head}." if stop else text
