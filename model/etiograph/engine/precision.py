"""How small a number may be, and how far a sum may cancel, before digits are lost.

A double has 16 digits and goes down to 2e-308; answers are right to 1e-12. All bounds follow from that:
what they do not allow is computed again, by another arithmetic (:mod:`~etiograph.engine.doubt`).
"""

from __future__ import annotations

NO_UNDERFLOW = 1e-300
"""A product whose factors together cannot be smaller is not lost on the way, whatever their order."""

SMALL = 1e-75
"""A number of the tables, or a scaled one of a message, below this may lose digits further on.

The fourth root of ``NO_UNDERFLOW``: an entry and its three inputs are multiplied.
"""

CANCELLED = 5e-4
"""A signed sum below this share of its terms has lost too many digits: more than three of 16.

With a fifth of it one of two million rows of random networks was off by 1.2e-12; with twice as much five
times as many rows of the leg-cramp network are asked again, whose ordinary answers are right to 6e-13.
"""

LOW, HIGH = 1e-30, 1e30
"""Upward messages of a block whose largest number lies between these are left as they are."""

HUGE = 1e200
"""Downward, message times message from above adds up to 1: only zeros upward allow more than this."""

LEAST = LOW
"""P(row), of the most it could be, above which traces cannot be seen in an answer."""

TRACE = LEAST * LEAST
"""Share of a variable's largest likelihood below which a state is a trace: of ``LEAST``, 1e-30."""

NUDGE = 1e-9
"""Added, as a share of its terms, to a sum of both signs that came out small: a million roundings."""

ROUNDINGS = 100
"""Roundings that P may be off by for such sums."""
