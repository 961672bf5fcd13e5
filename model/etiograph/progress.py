"""What long work says of itself while it is done: what is counted, which of it has begun, and the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Begun:
    """A piece of work that has begun.

    Attributes
    ----------
    noun : str
        What it is: ``check: draw``.
    number : int
        Which of them, from 1; 0 where they are not counted.
    end : int or None
        How many there will be at most, where that is known.
    """

    noun: str
    number: int = 0
    end: int | None = None

    def __str__(self) -> str:
        """``check: draw 3 of 400``."""
        if not self.number:
            return self.noun
        return f"{self.noun} {self.number:,}" + ("" if self.end is None else f" of {self.end:,}")


Progress = Callable[[Begun], None]


def silent(begun: Begun) -> None:
    """Nobody is told."""
