"""Where printed answers go."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console


def console() -> Console:
    """Standard output; plain text when it is not a terminal."""
    from rich.console import Console

    return Console(highlight=False, markup=False)
