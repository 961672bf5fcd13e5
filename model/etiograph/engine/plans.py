"""Which program serves which rows: what is worth slicing out, and the programs by what is known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from etiograph.engine.compile import compile_pattern
from etiograph.engine.decompose import star_graph
from etiograph.engine.order import FEWEST_RUNS, bits, elimination_order
from etiograph.engine.program import Program
from etiograph.network.model import BoolArray, FloatArray, Model
from etiograph.store import STORE

SMALL_NETWORK = 4_000
"""Table entries below which slicing out known states is not worth another program."""
SHARE_WORTH_SLICING = 0.05
"""Share of the table entries that must go when a variable is known, for another program."""


@dataclass(frozen=True, slots=True)
class Core:
    """What a model's tables cost.

    Attributes
    ----------
    variables : tuple of int
        Those that are worth slicing out when known, dearest first.
    members : ndarray of bool (cliques, vertices)
        The cliques of the star graph.
    log_cards : ndarray (vertices,)
        Log of the number of states of each vertex.
    """

    variables: tuple[int, ...]
    members: BoolArray
    log_cards: FloatArray


def core_variables(model: Model) -> Core:
    """Variables whose known states are sliced out of the tables; by the structure alone."""
    return STORE.get(("core", model.key), lambda: _core(model))


def _core(model: Model) -> Core:
    graph, cards, vertices = star_graph(model, {}, model.cards)
    # Programs are compiled by orders of their own: this one only has to rank the variables.
    order, cost = elimination_order(graph, cards, vertices, restarts=FEWEST_RUNS)
    members = np.zeros((len(order), len(cards)), dtype=np.bool_)
    for clique, v in zip(members, order, strict=True):
        near = graph[v]
        clique[[v, *bits(near)]] = True
        for u in bits(near):
            graph[u] = (graph[u] | near) & ~((1 << u) | (1 << v))
    log_cards = np.log(np.asarray(cards, dtype=np.float64))
    worth: list[int] = []
    if cost >= SMALL_NETWORK:
        saving = (np.exp(members @ log_cards) @ members) * (1 - 1 / np.asarray(cards))
        own = saving[: len(model.cards)]
        worth = [v for v in np.argsort(-own, kind="stable").tolist()
                 if own[v] > SHARE_WORTH_SLICING * cost]  # fmt: skip
    return Core(tuple(worth), members, log_cards)


def program_for(
    model: Model,
    known: Mapping[int, int] | None = None,
    limit: int | None = None,
    *,
    signs: bool = True,
) -> Program | None:
    """The program that serves rows in which ``known`` holds; None if that is impossible.

    Raises
    ------
    TooLarge
        If exact inference needs more than ``limit`` bytes; nothing of that size is allocated.
    """
    states = dict(known or {})
    key = ("program", model.key, tuple(sorted(states.items())), signs)
    return STORE.get(key, lambda: compile_pattern(model, states, limit=limit, signs=signs))


def numbers_for(
    model: Model, row: FloatArray, known: Mapping[int, int] | None, limit: int | None
) -> tuple[Program, FloatArray, bool] | None:
    """The program for one row, and a model's own numbers in it (see :meth:`Program.base`).

    It is for the states known of the variables worth slicing; None where these are impossible.
    """
    core = core_variables(model).variables
    if core and known is None:
        known = hard_states(model, row)
    pattern = tuple([known.get(v, -1) for v in core]) if known else ()

    def build() -> tuple[Program, FloatArray, bool] | None:
        states = {v: s for v, s in zip(core, pattern, strict=False) if s >= 0}
        program = program_for(model, states, limit)
        return None if program is None else (program, *program.base(model.tables))

    return STORE.get(("numbers", model, pattern), build)


def estimate(model: Model, known: Iterable[int] = ()) -> float:
    """Table entries that a program may need with some variables known, without compiling it.

    By the elimination order of the whole model, without what the program saves on numbers that are
    always 0: rough, but quick and the same on every machine.
    """
    core = core_variables(model)
    left = core.log_cards.copy()
    left[list(known)] = 0.0
    return float(np.exp(core.members @ left).sum())


def hard_states(model: Model, rows: FloatArray) -> dict[int, int]:
    """Variables of which a row, or all rows together, leave one state possible."""
    possible: BoolArray = np.any(np.atleast_2d(rows) > 0, axis=0)
    counts = np.add.reduceat(possible, model.offsets)
    found = {}
    for v in np.flatnonzero(counts == 1):
        begin = model.offsets[v]
        if model.cards[v] > 1:
            found[int(v)] = int(np.argmax(possible[begin : begin + model.cards[v]]))
    return found
