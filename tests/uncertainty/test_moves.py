"""Tables of which only what moved is computed anew equal those computed whole."""

from __future__ import annotations

import numpy as np
import pytest

import etiograph as eg
from etiograph.network.parameter import sample_parameters
from etiograph.uncertainty.moves import Within, ends, entering


@pytest.fixture(scope="module", params=["small", "leg_cramps"])
def network(request, small):
    return small if request.param == "small" else eg.load("leg_cramps")


def test_rows_that_differ_in_a_few_places(network) -> None:
    rng = np.random.default_rng(4)
    places = entering(network)
    drawn = sample_parameters(network.parameters, 30, rng)
    rows = np.where(rng.random(drawn.shape) < 0.1, drawn, places.stated)
    near = places.tables(rows, places.stated, places.numbers)
    assert np.array_equal(near.index, network.expansion.tables(rows).index)
    assert near.values == pytest.approx(network.expansion.tables(rows).values, abs=1e-15)


def test_moves_of_one_number_from_anywhere(network) -> None:
    rng = np.random.default_rng(5)
    places = entering(network)
    at, other = sample_parameters(network.parameters, 2, rng)
    columns = np.flatnonzero(places.block_of >= 0)
    columns = np.sort(rng.choice(columns, min(len(columns), 100), replace=False))
    found = Within.of(places, at, [{int(c): float(other[c])} for c in columns])
    rows = np.tile(at, (len(columns), 1))
    rows[np.arange(len(columns)), columns] = other[columns]
    whole = network.expansion.tables(np.concatenate([at[None], rows])).values
    changed = np.zeros((len(whole), len(columns)))
    changed[found.number, found.move] = found.change
    assert changed == pytest.approx(whole[:, 1:] - whole[:, :1], abs=1e-12)


def test_ends_are_those_of_every_range(network) -> None:
    names = list(network.parameters)
    found = ends(network)
    told = list(zip(found.columns.tolist(), found.values.tolist(), strict=True))
    assert told == [
        (names.index(p.name), end)
        for p in network.priors.values()
        if p.uncertain
        for end in (p.low, p.high)
    ]


def test_several_numbers_of_one_block_move_together(network) -> None:
    rng = np.random.default_rng(6)
    places = entering(network)
    at, other = sample_parameters(network.parameters, 2, rng)
    moves = []
    for block in range(len(places.blocks)):
        columns = np.flatnonzero(places.block_of == block)
        if len(columns) > 1:
            moves.append({int(c): float(other[c]) for c in columns})
    found = Within.of(places, at, moves)
    rows = np.tile(at, (1 + len(moves), 1))
    for row, move in zip(rows[1:], moves, strict=True):
        row[list(move)] = list(move.values())
    whole = network.expansion.tables(rows).values
    changed = np.zeros((len(whole), len(moves)))
    changed[found.number, found.move] = found.change
    assert moves
    assert changed == pytest.approx(whole[:, 1:] - whole[:, :1], abs=1e-12)
