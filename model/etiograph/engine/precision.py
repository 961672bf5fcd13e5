"""How small a number may be, and how far a sum may cancel, before digits are lost.

A double has 16 digits and goes down to 2e-308; answers are right to 1e-12. All bounds follow from that:
what they do not allow is computed again, by another arithmetic (:mod:`~etiograph.engine.doubt`).
"""

from __future__ import annotations

NO_UNDERFLOW = 1e-300
"""A product whose factors together cannot be smaller is not lost on the way, whatever their order."""

SMALL = 1e-75
"""Where no number of the tables, and none of a message against its largest, is smaller, nothing is lost.

The fourth root of ``NO_UNDERFLOW``: an entry and its three inputs are multiplied. Where some are, a sum
may have lost ``NO_UNDERFLOW``, which a sweep down sees: it says what the sum is worth (``HUGE``).
"""

CANCELLED = 5e-4
"""A signed sum below this share of its terms has lost too many digits: more than three of 16.

With a fifth of it one of two million rows of random networks was off by 1.2e-12; with twice as much five
times as many rows of the leg-cramp network are asked again, whose ordinary answers are right to 6e-13.
"""

CANCELLED_TWICE = 1e-17
"""The same where sums have twice the digits."""

ROUNDED = 1e-14
"""How far the steps of a link may be from adding up to 1 by rounding."""

LOW, HIGH = 1e-30, 1e3
"""Upward messages of a block whose largest number lies between these are left as they are.

A product that was lost may still be multiplied by others: a few of at most ``HIGH`` do not matter.
"""

HUGE = 1e200
"""A message from above is what a number of the one it answers is worth, P(row) being 1.

Up to here not even ten million terms of which each lost 1e-308, times a dozen numbers of ``HIGH``, are
worth more than 1e-50.
"""

NUDGE = 1e-9
"""Added, as a share of its terms, to a sum of both signs that came out small: a million roundings."""

ROUNDINGS = 100
"""Roundings that P may be off by for such sums."""
