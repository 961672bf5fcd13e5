"""Which program serves which rows: what is worth slicing out, and the programs by what is known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from etiograph.engine.compile import compile_pattern
from etiograph.engine.costs import (
    A_PROGRAM,
    A_SWEEP,
    CHEAP,
    FEWEST_RUNS,
    SHARE_WORTH_SLICING,
)
from etiograph.engine.decompose import hubs, star_graph
from etiograph.engine.live import narrow
from etiograph.engine.order import bits, elimination_order
from etiograph.engine.program import Program
from etiograph.errors import TooLarge
from etiograph.network.model import BoolArray, FloatArray, Model
from etiograph.store import STORE


@dataclass(frozen=True, slots=True)
class Core:
    """What a model's tables cost.

    Attributes
    ----------
    variables : tuple of int
        Those that are worth slicing out when known, dearest first.
    lowest : tuple of int
        Those that are worth it in their lowest state alone, which unties what their links join.
    members : ndarray of bool (cliques, vertices)
        The cliques of the star graph.
    log_cards : ndarray (vertices,)
        Log of the number of states of each vertex.
    cost : float
        Table entries of a program for nothing known, before what is always 0 is dropped.
    """

    variables: tuple[int, ...]
    lowest: tuple[int, ...]
    members: BoolArray
    log_cards: FloatArray
    cost: float

    def worth(self, states: Mapping[int, int]) -> dict[int, int]:
        """Those of the known states that are worth slicing out."""
        found = {v: states[v] for v in self.variables if v in states}
        return found | {v: 0 for v in self.lowest if states.get(v) == 0}


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
    lowest: list[int] = []
    if cost >= CHEAP:
        sizes = np.exp(members @ log_cards)
        saving = (sizes @ members) * (1 - 1 / np.asarray(cards))
        own = saving[: len(model.cards)]
        worth = [v for v in np.argsort(-own, kind="stable").tolist()
                 if own[v] > SHARE_WORTH_SLICING * cost]  # fmt: skip
        for child, hub in hubs(model).items():
            logs = members[:, [child, hub]] * log_cards[[child, hub]]
            untied = float(sizes @ (1 - np.exp(-logs.sum(axis=1))))
            if child not in worth and untied > SHARE_WORTH_SLICING * cost:
                lowest.append(child)
    return Core(tuple(worth), tuple(lowest), members, log_cards, cost)


def worth_slicing(model: Model, states: Mapping[int, int]) -> dict[int, int]:
    """What is known and worth slicing out, and what follows from it by the zeros of the tables.

    That both worlds of a twin are without an effect is said of its two variables; what it unties is
    the accumulation of the pair, a variable of which no row speaks.
    """
    core = core_variables(model)
    worth = core.worth(states)
    if all(v in states for v in core.lowest):
        return worth

    def follows() -> dict[int, int]:
        domains = narrow(model, states)
        return {v: int(d[0]) for v, d in enumerate(domains) if len(d) == 1}

    key = ("follows", model.key, tuple(states.items()))
    return worth | core.worth(STORE.get(key, follows))


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

    It is for the states known of the variables worth slicing, or for all rows; None where these are
    impossible.
    """
    core = core_variables(model)
    if known is None and (core.variables or core.lowest):
        known = hard_states(model, row)
    states = core.worth(known) if known else {}
    if states and _by_whole(model, core, states, limit):
        states = {}

    def build() -> tuple[Program, FloatArray, bool] | None:
        program = program_for(model, states, limit)
        return None if program is None else (program, *program.base(model.tables))

    return STORE.get(("numbers", model, tuple(states.items())), build)


def _by_whole(model: Model, core: Core, states: Mapping[int, int], limit: int | None) -> bool:
    """Whether a row goes through the program for nothing known, not through that of its own pattern.

    Most patterns are asked once, and to compile one takes longer than some sweeps through everything: that
    is done when they have taken as long. The very first is compiled: there is no other program yet.
    """
    if core.cost > A_PROGRAM or ("numbers", model, tuple(states.items())) in STORE:
        return False
    asked: list[int] = STORE.get(("pattern", model.key, tuple(states.items())), lambda: [0])
    asked[0] += 1
    first = ("patterns", model.key)
    if first not in STORE:
        STORE.get(first, lambda: True)
        return False
    try:
        whole = program_for(model, {}, limit)
    except TooLarge:
        return False
    return whole is not None and asked[0] * A_SWEEP * whole.entries <= A_PROGRAM


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
