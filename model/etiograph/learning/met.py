"""Whether a network has learned from the same cases before: each may be counted once.

Cases are told by their name and number, and by a mark of what their rows say, whatever the file, the order
of its rows and columns, and the network's numbers. The mark is 32 bits of a sum over all rows, and is kept
only of tables with many different rows: fewer are counts, which other people may have as well, and a mark
of them could be found by trying.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from etiograph.errors import InvalidNetwork
from etiograph.learning.note import Note
from etiograph.network.cohort import learned

if TYPE_CHECKING:
    from etiograph.findings.cases import Cases, Column
    from etiograph.network.network import Network

FloatArray = NDArray[np.float64]
Words = NDArray[np.uint64]

DIFFERENT = 20
"""Different rows from which a table has a mark."""
BYTES = 4
"""Of a mark: it tells cases from others, and next to nothing of them."""
DIGITS = 10
"""Digits by which a measured value is told: the last ones hang on the unit it was written in."""
WEIGHT = 1e6
"""Parts of a case in which weights are counted, so that their sum has no rounding."""


@dataclass(frozen=True, slots=True)
class Trace:
    """What rows say, summed: the same for the same rows in any order and in any parts.

    Attributes
    ----------
    sums : tuple of int
        Two sums over the cases, modulo 2^64.
    """

    sums: tuple[int, int] = (0, 0)

    @classmethod
    def of(cls, cases: Cases, weights: FloatArray | None = None) -> Trace:
        """Of a table that was read; ``weights`` (B,) say how often each row counts."""
        read = cases.where >= 0
        each = np.ones(len(cases.where)) if weights is None else weights
        parts = np.rint(WEIGHT * each[read]).astype(np.uint64)
        counts = np.zeros(cases.n_rows, dtype=np.uint64)
        np.add.at(counts, cases.where[read], parts)
        rows = np.zeros((2, cases.n_rows), dtype=np.uint64)
        for column in cases.columns:
            rows += _tokens(column)[:, column.codes]
        whole = (_mixed(rows) * counts).sum(axis=1, dtype=np.uint64)
        return cls((int(whole[0]), int(whole[1])))

    def __add__(self, other: Trace) -> Trace:
        first, second = ((a + b) % 2**64 for a, b in zip(self.sums, other.sums, strict=True))
        return Trace((first, second))

    def mark(self, different: int) -> str:
        """The mark of so many different rows, in hexadecimal; empty where these are too few."""
        if different < DIFFERENT:
            return ""
        whole = b"".join(each.to_bytes(8, "little") for each in self.sums)
        return blake2b(whole, digest_size=BYTES).hexdigest()


def _tokens(column: Column) -> Words:
    """Two numbers (2, codes + 1) for each different cell of a column, 0 where it says nothing."""
    size = len(column.values)
    out = np.zeros((2, size), dtype=np.uint64)
    for code in range(size):
        value = float(column.values[code])
        own = [table[code] for _, table in column.tables]
        if value == value:
            said = f"={value:.{DIGITS}g}".encode()
        elif code in column.limits:
            said = str(column.limits[code]).encode()
        elif all((each == 1.0).all() for each in own):
            continue
        else:
            said = b"".join((each / max(each.max(), 1e-300)).tobytes() for each in own)
        token = blake2b(column.name.encode() + b"\0" + said, digest_size=16).digest()
        out[:, code] = np.frombuffer(token, dtype="<u8")
    return out


def _mixed(x: Words) -> Words:
    """Numbers (2, rows) whose sums tell which went together (splitmix64; Steele, Lea & Flood 2014)."""
    x = x ^ (x[::-1] >> np.uint64(32))
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        x = (x ^ (x >> np.uint64(shift))) * np.uint64(factor)
    return np.asarray(x ^ (x >> np.uint64(31)), dtype=np.uint64)


def counted_before(network: Network, cohort: str, n: float, mark: str) -> Note | None:
    """Why cases by that name, that number and that mark must not be learned from; None if they may be."""
    book = learned(network)
    for each in book:
        if mark and each.mark == mark:
            return Note(
                f"these cases are those of {each}, from which this network has already learned: they must "
                "not be counted twice."
            )
    for each in reversed(book):
        if (each.cohort, each.n) == (cohort, n):
            return Note(
                f"this network has already learned from {each}: the same cases must not be counted twice. "
                "If these are others, give them a name of their own.",
                'cohort="..."',
                "--cohort NAME",
            )
    return None


def met_before(network: Network, cohort: str, n: float, mark: str) -> tuple[Note, ...]:
    """What the book of a network says of cases by that name.

    Raises
    ------
    InvalidNetwork
        They were learned from before.
    """
    again = counted_before(network, cohort, n, mark)
    if again is not None:
        raise InvalidNetwork(str(again))
    before = [each for each in learned(network) if each.cohort == cohort]
    if not before:
        return ()
    said = (
        f"the book of this network names cases called {cohort!r} already ({before[-1]}): if some of them are "
        "among these, they are counted twice."
    )
    return (Note(said),)
