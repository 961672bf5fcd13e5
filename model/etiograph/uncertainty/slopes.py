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

from etiograph.engine.derivatives import derivatives
from etiograph.network.model import Conditional, Model
from etiograph.network.parameter import Number, Parameter, value_of
from etiograph.network.reading import Reading
from etiograph.query.relevant import ancestors, informative
from etiograph.uncertainty.rows import (
    Event,
    FloatArray,
    finding_row,
    masked,
    require_possible,
    solve,
    stated,
    table_rows,
)

if TYPE_CHECKING:
    from etiograph.network.network import Network

LOST = 1e-4
"""Below this share of its stated value a probability has lost too many digits to be read off."""

Move = Mapping[int, float]
"""New values of some parameters, by their number."""


@dataclass(frozen=True, slots=True)
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
    blocks : mapping of parameter number to set of int
        The blocks of entries that each parameter enters.
    measured : set of int
        Parameters of the density of a measured value.
    starts : ndarray of int
        First table entry of every block.
    upstream : set of int
        Blocks of the tables upstream of a finding or an event: no other can matter.
    columns : mapping of parameter to its number
    """

    network: Network
    findings: Mapping[str, object]
    events: tuple[Event, ...]
    at: FloatArray
    log_p: FloatArray
    slopes: FloatArray
    blocks: Mapping[int, frozenset[int]]
    measured: frozenset[int]
    starts: NDArray[np.int64]
    upstream: frozenset[int]
    columns: Mapping[str, int]

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
        values = stated(network) if at is None else at
        row = finding_row(network, findings, values[None])
        rows = [row, *(masked(network, row, e) for e in events)]
        together = np.concatenate(rows)
        tables = None if at is None else table_rows(network)(values[None])[0]
        found = derivatives(network.model, together, tables)
        require_possible(network, found.log_evidence[:1], findings)
        sizes = [block.index.size for block in network.expansion.blocks]
        starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        return cls(
            network,
            findings,
            tuple(events),
            values,
            found.log_evidence,
            found.slopes,
            _blocks(network),
            _measured(network, findings),
            starts,
            _upstream(network.model, together, starts),
            {name: i for i, name in enumerate(network.parameters)},
        )

    @property
    def p(self) -> FloatArray:
        """P(event | findings) at those values, (E,)."""
        return np.asarray(np.exp(self.log_p[1:] - self.log_p[0]))

    def answers(self, moves: Sequence[Move]) -> FloatArray:
        """P(event | findings) after each move, (M, E); NaN where the findings become impossible.

        Moves of one number that enters one table are read off the slopes; the others are rows.
        """
        out = np.full((len(moves), len(self.events)), np.nan)
        for block, members in self._by_block(moves).items():
            out[members] = self._along(block, [moves[k] for k in members])
        rest = np.flatnonzero(np.isnan(out).any(axis=1)).tolist()
        if rest:
            out[rest] = self._by_rows([moves[k] for k in rest])
        return out

    def _by_block(self, moves: Sequence[Move]) -> dict[int, list[int]]:
        """The moves of a single number that enters a single block, by block."""
        found: dict[int, list[int]] = {}
        for k, move in enumerate(moves):
            if len(move) == 1:
                (column,) = move
                if column not in self.measured and len(self.blocks.get(column, ())) == 1:
                    (number,) = self.blocks[column]
                    found.setdefault(number, []).append(k)
        return found

    def _along(self, number: int, moves: Sequence[Move]) -> FloatArray:
        """Answers of moves inside one block, (M, E); NaN where digits would be lost."""
        block = self.network.expansion.blocks[number]
        own = self.slopes[:, self.starts[number] : self.starts[number + 1]]
        possible = np.isfinite(self.log_p)
        if number not in self.upstream and possible.all():
            return np.tile(self.p, (len(moves), 1))
        assert callable(block.values)
        distinct = block.values(self._inputs(block.inputs, moves))
        weight = np.stack([np.bincount(block.index, row, len(distinct)) for row in own])
        grown = 1.0 + weight @ (distinct[:, 1:] - distinct[:, :1])
        sound = possible[:, None] & (grown > LOST)
        with np.errstate(divide="ignore", invalid="ignore"):
            p = np.exp(self.log_p[1:, None] - self.log_p[0]) * grown[1:] / grown[0]
        return np.where(sound[1:] & sound[:1], p, np.nan).T

    def _inputs(self, inputs: Sequence[Number], moves: Sequence[Move]) -> FloatArray:
        """The numbers of a block (m, 1 + M): as they are, then after each move."""
        place: dict[int, list[int]] = {}
        base = np.empty(len(inputs))
        for i, n in enumerate(inputs):
            column = self.columns[n.name] if isinstance(n, Parameter) else None
            base[i] = value_of(n) if column is None else self.at[column]
            if column is not None:
                place.setdefault(column, []).append(i)
        values = base[:, None].repeat(1 + len(moves), axis=1)
        for m, move in enumerate(moves, 1):
            for column, value in move.items():
                values[place[column], m] = value
        return values

    def _by_rows(self, moves: Sequence[Move]) -> FloatArray:
        rows = np.tile(self.at, (len(moves), 1))
        for k, move in enumerate(moves):
            rows[k, list(move)] = list(move.values())
        likelihoods = finding_row(self.network, self.findings, rows)
        entered = {b for move in moves for column in move for b in self.blocks.get(column, ())}
        # A number of the density of a measured value alone changes no table that matters.
        tables = rows if entered & self.upstream else None
        wanted = [e.variable for e in self.events]
        found = solve(self.network, likelihoods, tables, wanted=wanted)
        p = np.stack([found.p(e.slots(self.network)) for e in self.events], axis=1)
        return np.where(np.isfinite(found.log_evidence)[:, None], p, np.nan)


def _blocks(network: Network) -> dict[int, frozenset[int]]:
    """The blocks of entries that each parameter enters."""
    column = {name: i for i, name in enumerate(network.parameters)}
    found: dict[int, set[int]] = {}
    for number, block in enumerate(network.expansion.blocks):
        for n in block.inputs:
            if isinstance(n, Parameter):
                found.setdefault(column[n.name], set()).add(number)
    return {i: frozenset(numbers) for i, numbers in found.items()}


def _measured(network: Network, findings: Mapping[str, object]) -> frozenset[int]:
    """The parameters of readings among the findings: a measured value reads them directly."""
    column = {name: i for i, name in enumerate(network.parameters)}
    mechanisms = [network.mechanisms.get(name) for name in findings]
    return frozenset(
        column[n.name]
        for mechanism in mechanisms
        if isinstance(mechanism, Reading)
        for n in mechanism.inputs
        if isinstance(n, Parameter)
    )


def _upstream(model: Model, rows: FloatArray, starts: NDArray[np.int64]) -> frozenset[int]:
    """The blocks of all variables that are, or are upstream of, one that some row speaks of."""
    seen = ancestors(model, informative(model, rows))
    first = [
        s
        for v in seen
        for f in (model.families[v],)
        for s in ([f.start] if isinstance(f, Conditional) else [x.start for x in f.links])
    ]
    return frozenset(np.searchsorted(starts, first).tolist())
