"""How answers depend on single published numbers, from two sweeps a question.

P(findings) takes exactly one entry of each table in every world, so it is linear in the entries of
one table together, however many of them move (Castillo, Gutierrez & Hadi 1997; Coupe & van der Gaag
2002). A number that enters one table therefore needs no propagation of its own at any of its values:
the slopes at the stated ones say it all. Numbers that enter several tables, or the density of a
measured value, are asked row by row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from etiograph.engine.ancestral import ancestors, ancestral, informative
from etiograph.engine.derivatives import derivatives
from etiograph.network.event import Event
from etiograph.network.model import Conditional, Model
from etiograph.network.parameter import Parameter
from etiograph.network.reading import Reading
from etiograph.uncertainty.moves import Entering, Move, Within, entering
from etiograph.uncertainty.rows import FloatArray, finding_row, require_possible, solve

if TYPE_CHECKING:
    from etiograph.network.network import Network

LOST = 1e-4
"""Below this share of its stated value a probability has lost too many digits to be read off."""


@dataclass(frozen=True, eq=False, slots=True)
class Slopes:
    """P(findings) and P(findings, event) of some events, and their slopes in every table entry.

    Attributes
    ----------
    network : Network
    findings : mapping of str to finding
    events : tuple of Event
    at : ndarray (P,)
        Values of the parameters at which the slopes are taken.
    log_p : ndarray (1 + E,)
        Log of P(findings), then of P(findings and each event), at those values.
    slopes : ndarray (1 + E, T)
        Of those logs, in every entry.
    places : Entering
        Where the parameters enter.
    numbers : ndarray (K,)
        The distinct numbers of the tables, at those values.
    by_number : ndarray (1 + E, K)
        The slopes, of all entries that take the same number together.
    readable : ndarray of bool (P,)
        Parameters whose moves can be read off: those that enter one block, and no density of a
        measured value.
    upstream : ndarray of bool (P,)
        Parameters of tables upstream of a finding or an event: the tables of no other can matter.
    """

    network: Network
    findings: Mapping[str, object]
    events: tuple[Event, ...]
    at: FloatArray
    log_p: FloatArray
    slopes: FloatArray
    places: Entering
    numbers: FloatArray
    by_number: FloatArray
    readable: NDArray[np.bool_]
    upstream: NDArray[np.bool_]

    @classmethod
    def of(
        cls,
        network: Network,
        findings: Mapping[str, object],
        events: Sequence[Event],
        at: FloatArray | None = None,
    ) -> Slopes:
        """One question for the findings and one for each event; at the stated values or others.

        Raises
        ------
        ImpossibleFindings
        """
        places = entering(network)
        values = places.stated if at is None else at
        numbers = (
            places.numbers if at is None else network.expansion.tables(values[None]).values[:, 0]
        )
        row = finding_row(network, findings, values[None])
        rows = [row, *(e.added(network.model, row) for e in events)]
        tables = network.model.tables if at is None else numbers[places.index]
        log_p, slopes = np.zeros(len(rows)), np.zeros((len(rows), len(tables)))
        for k, one in enumerate(rows):
            # What lies below all that is asked has no slope: it sums to 1.
            asked = informative(network.model, one)
            if not asked:
                continue
            needed = ancestral(network.model, asked)
            found = derivatives(needed.model, one[:, needed.slots], tables)
            log_p[k], slopes[k] = found.log_evidence[0], found.slopes[0]
        require_possible(network, log_p[:1], findings)
        measured = _measured(network, findings)
        by_number = [np.bincount(places.index, own, len(numbers)) for own in slopes]
        return cls(
            network,
            findings,
            tuple(events),
            values,
            log_p,
            slopes,
            places,
            numbers,
            np.stack(by_number).astype(np.float64),
            np.asarray((places.block_of >= 0) & ~measured, dtype=np.bool_),
            _upstream(network.model, np.concatenate(rows), places),
        )

    @property
    def p(self) -> FloatArray:
        """P(event | findings) at those values, (E,)."""
        return np.asarray(np.exp(self.log_p[1:] - self.log_p[0]))

    def answers(self, moves: Sequence[Move]) -> FloatArray:
        """P(event | findings) after each move, (M, E); NaN where the findings become impossible.

        Moves of numbers that enter one table are read off the slopes; the others are rows.
        """
        out = np.full((len(moves), len(self.events)), np.nan)
        within = [k for k, move in enumerate(moves) if self._readable(move)]
        out[within] = self._read(Within.of(self.places, self.at, [moves[k] for k in within]))
        rest = np.flatnonzero(np.isnan(out).any(axis=1))
        if rest.size:
            out[rest] = self._by_rows([moves[k] for k in rest.tolist()])
        return out

    def _readable(self, move: Move) -> bool:
        """Whether P(findings) is linear along it: all that moves enters the same one block."""
        columns = list(move)
        block = self.places.block_of[columns]
        return bool((block == block[0]).all() and self.readable[columns].all())

    def along(self, moves: Within) -> FloatArray:
        """The same for moves of one number each, prepared once for many questions."""
        out = self._read(moves)
        rest = np.flatnonzero(np.isnan(out).any(axis=1))
        if rest.size:
            columns, values = moves.columns[rest].tolist(), moves.values[rest].tolist()
            out[rest] = self._by_rows([{c: x} for c, x in zip(columns, values, strict=True)])
        return out

    def _read(self, moves: Within) -> FloatArray:
        """Answers read off the slopes, (M, E); NaN where they do not tell or lose digits."""
        count = len(moves.columns)
        grown = np.stack(
            [
                1.0 + np.bincount(moves.move, own[moves.number] * moves.change, count)
                for own in self.by_number
            ]
        )
        possible = np.isfinite(self.log_p)
        sound = possible[:, None] & (grown > LOST) & self.readable[moves.columns]
        with np.errstate(divide="ignore", invalid="ignore"):
            p = np.exp(self.log_p[1:, None] - self.log_p[0]) * grown[1:] / grown[0]
        out = np.where(sound[1:] & sound[:1], p, np.nan)
        still = self.readable[moves.columns] & ~self.upstream[moves.columns]
        return np.where(still, self.p[:, None], out).T

    def _by_rows(self, moves: Sequence[Move]) -> FloatArray:
        rows = np.tile(self.at, (len(moves), 1))
        for k, move in enumerate(moves):
            rows[k, list(move)] = list(move.values())
        likelihoods = finding_row(self.network, self.findings, rows)
        moved = np.unique([column for move in moves for column in move])
        # A number of the density of a measured value alone changes no table that matters: they stay
        # as they are where the slopes are taken, which need not be the stated numbers.
        still = np.array_equal(self.at, self.places.stated) and not self.upstream[moved].any()
        tables = None if still else self.places.tables(rows, self.at, self.numbers)
        wanted = [e.variable for e in self.events]
        found = solve(self.network, likelihoods, tables, wanted=wanted)
        p = np.stack([found.p(e.slots(self.network)) for e in self.events], axis=1)
        return np.where(np.isfinite(found.log_evidence)[:, None], p, np.nan)


def _measured(network: Network, findings: Mapping[str, object]) -> NDArray[np.bool_]:
    """The parameters of readings among the findings: a measured value reads them directly."""
    mechanisms = [network.mechanisms.get(name) for name in findings]
    names = {
        n.name
        for mechanism in mechanisms
        if isinstance(mechanism, Reading)
        for n in mechanism.inputs
        if isinstance(n, Parameter)
    }
    return np.array([name in names for name in network.parameters], dtype=np.bool_)


def _upstream(model: Model, rows: FloatArray, places: Entering) -> NDArray[np.bool_]:
    """The parameters of all variables that are, or are upstream of, one that some row speaks of."""
    first = {
        start
        for v in ancestors(model, informative(model, rows))
        for f in (model.families[v],)
        for start in ([f.start] if isinstance(f, Conditional) else [x.start for x in f.links])
    }
    found = np.zeros(len(places.stated), dtype=np.bool_)
    for block in places.blocks:
        if block.entry in first:
            found[block.columns[block.columns >= 0]] = True
    return found
