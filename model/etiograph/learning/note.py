"""What is to be said before results are believed, apart from how one answers it in code or in a command."""

from __future__ import annotations

from dataclasses import dataclass

from etiograph.network.value import value_type


@value_type
@dataclass(frozen=True, slots=True)
class Note:
    """A sentence or two about a table of cases or a network.

    Attributes
    ----------
    words : str
        What is to be said, for every reader.
    python, option : str
        How what it asks is said to a method, ``given={"sign": "present"}``, and to a command, ``--given
        sign=present``; empty where nothing is to be said.
    """

    words: str
    python: str = ""
    option: str = ""

    def __str__(self) -> str:
        """For who may use both."""
        return (
            f"{self.words} To say so: {self.python} ({self.option})." if self.python else self.words
        )

    @property
    def for_command(self) -> str:
        """For who typed a command."""
        return f"{self.words} To say so: {self.option}." if self.option else self.words
