"""Tables and pictures to take away."""

from __future__ import annotations

EXPORT_TITLE = "Tables and pictures of this page"
EXPORT_WHAT = "What to take away"
EXPORT_ANSWERS = "All probabilities"
EXPORT_RANGES = "Possible causes with their ranges"
EXPORT_CHANGED = "All probabilities after the change"
EXPORT_DIFFERENCE = "What the change makes of the outcome"
EXPORT_WHY = "What speaks for and against"
EXPORT_TORNADO = "Which numbers matter most"
EXPORT_DIAGRAM = "Diagram"
EXPORT_NUMBERS = "Numbers of this variable"
EXPORT_TABLE = "Whole table of this variable"
EXPORT_ALL = "All numbers of the network"


def export_of(title: str, scenario: str) -> str:
    """What is taken away of one scenario of several."""
    return f"{title}: {scenario}" if scenario else title
