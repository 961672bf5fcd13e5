"""Which program serves which rows: what is worth slicing out, and the programs made so far."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

import numpy as np

from etiograph.engine.compile import compile_pattern
from etiograph.engine.decompose import star_graph
from etiograph.engine.order import bits, elimination_order
from etiograph.engine.program import Program
from etiograph.network.model import BoolArray, FloatArray, Model
from etiograph.threads import lock

SMALL_NETWORK = 4_000
"""Table entries below which slicing out known states is not worth another program."""
SHARE_WORTH_SLICING = 0.05
ESTIMATES = 4096
"""Estimates of sizes that are kept."""
COMPILING = 8_000_000
"""Table entries that could be gone through in the time a small program takes to compile, about."""

AN_ENTRY = 25
"""And how many more for each entry of the program."""

SHARED = 100_000
"""Estimated table entries down to which a program that many patterns share slices states out."""

AT_ONCE = 800_000
"""Estimated table entries up to which a few rows take the program for nothing known, which all share."""

A_FEW = 4
"""Rows that are a few."""

MEMORY = 2**28
"""Bytes that the programs kept may take together."""

PROGRAMS = 1024
"""Programs kept at most."""

Pattern = tuple[tuple[int, int], ...]
Key = tuple[str, Pattern, bool]


class Missing(Enum):
    """No program yet: None says that a pattern is impossible."""

    MISSING = 0


MISSING = Missing.MISSING


class ProgramCache:
    """The most recent programs, by model and pattern: so many at most, and so many bytes."""

    def __init__(self, capacity: int = PROGRAMS, memory: int = MEMORY) -> None:
        self._programs: OrderedDict[Key, Program | None] = OrderedDict()
        self._of_model: dict[tuple[str, bool], dict[Pattern, Program]] = {}
        self._memory = memory
        self._bytes = 0
        self._spent: dict[Key, float] = {}
        self._capacity = capacity
        self._lock = lock()

    def get(
        self,
        model: Model,
        known: Mapping[int, int],
        limit: int | None,
        signs: bool = True,
        rows: int = 0,
    ) -> Program | None:
        """The program for a pattern, compiled on first use.

        Few ``rows`` take what there is that leaves some of the known states open, until one made for
        them would have saved what compiling it takes: then one for the dearest of the known states,
        which other patterns share, and when that does not pay any more one of their own.
        """
        exact = tuple(sorted(known.items()))
        there = self._find((model.key, exact, signs))
        if there is not MISSING:
            return there
        if rows:
            key = (model.key, exact, signs)
            serving = self._wider(key)
            if serving is not None and self._still_pays(model, key, serving, rows):
                return serving[1]
            for shared in _tiers(model, known, rows):
                if shared == exact or rows * estimate(model, dict(shared)) > 4 * COMPILING:
                    continue
                narrower = serving is not None and set(serving[0]).issuperset(shared)
                if not narrower and self._find((model.key, shared, signs)) is MISSING:
                    with self._lock:
                        self._spent.pop(key, None)
                    return self._make(model, (model.key, shared, signs), limit)
        return self._make(model, (model.key, exact, signs), limit)

    def _still_pays(
        self, model: Model, key: Key, serving: tuple[Pattern, Program], rows: int
    ) -> bool:
        """Whether a pattern is still served by a program not made for it; counts what that costs."""
        own = estimate(model, dict(key[1]))
        saves = max(0.0, 1.0 - own / estimate(model, dict(serving[0])))
        with self._lock:
            spent = self._spent.get(key, 0.0) + saves * rows * serving[1].entries
            if spent > COMPILING + AN_ENTRY * own:
                return False
            if len(self._spent) > 8 * self._capacity:
                self._spent.clear()
            self._spent[key] = spent
            return True

    def _find(self, key: Key) -> Program | Missing | None:
        with self._lock:
            if key in self._programs:
                self._programs.move_to_end(key)
                return self._programs[key]
        return MISSING

    def _make(self, model: Model, key: Key, limit: int | None) -> Program | None:
        program = compile_pattern(model, dict(key[1]), limit=limit, signs=key[2])
        with self._lock:
            self._drop(key)
            self._spent.pop(key, None)
            self._programs[key] = program
            if program is not None:
                self._bytes += program.held
                self._of_model.setdefault((key[0], key[2]), {})[key[1]] = program
            while len(self._programs) > self._capacity or (
                self._bytes > self._memory and len(self._programs) > 1
            ):
                self._drop(next(iter(self._programs)))
        return program

    def _drop(self, key: Key) -> None:
        program = self._programs.pop(key, None)
        if program is not None:
            self._bytes -= program.held
            own = self._of_model[key[0], key[2]]
            del own[key[1]]
            if not own:
                del self._of_model[key[0], key[2]]

    def _wider(self, key: Key) -> tuple[Pattern, Program] | None:
        """The smallest program that serves a pattern without being made for it, and its own pattern."""
        known = set(key[1])
        with self._lock:
            made = self._of_model.get((key[0], key[2]), {})
            fits = [
                (pattern, program) for pattern, program in made.items() if known.issuperset(pattern)
            ]
            found = min(fits, key=lambda pair: pair[1].entries, default=None)
            if found is not None:
                self._programs.move_to_end((key[0], found[0], key[2]))
            return found


@dataclass(frozen=True, slots=True)
class Core:
    """Variables that are worth slicing out when known, dearest first, and a good star order."""

    variables: tuple[int, ...]
    entries: float
    star_order: tuple[int, ...]


_programs = ProgramCache()


@lru_cache(maxsize=64)
def _core(model_key: str, model: _ByKey) -> Core:
    """Which variables carry the cost of the clique tree (by the model's star graph)."""
    m = model.model
    n = len(m.cards)
    graph, cards, vertices = star_graph(m, {}, m.cards)
    order, cost = elimination_order(graph, cards, vertices)
    if cost < SMALL_NETWORK:
        return Core((), cost, tuple(order))
    saving = [0.0] * len(cards)
    for v in order:
        near = graph[v]
        size = float(cards[v])
        for u in bits(near):
            size *= cards[u]
            graph[u] = (graph[u] | near) & ~((1 << u) | (1 << v))
        for u in (v, *bits(near)):
            saving[u] += size * (1 - 1 / cards[u])
    worth = [v for v in range(n) if saving[v] > SHARE_WORTH_SLICING * cost]
    worth.sort(key=lambda v: (-saving[v], v))
    return Core(tuple(worth), cost, tuple(order))


class _ByKey:
    """A model that compares by structure, so that caches hold for every value of its numbers."""

    __slots__ = ("model",)

    def __init__(self, model: Model) -> None:
        self.model = model

    def __hash__(self) -> int:
        return hash(self.model.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ByKey) and other.model.key == self.model.key


def core_variables(model: Model) -> Core:
    """Variables whose known states are sliced out of the tables; cached by structure."""
    return _core(model.key, _ByKey(model))


def program_for(
    model: Model,
    known: Mapping[int, int] | None = None,
    limit: int | None = None,
    *,
    signs: bool = True,
    rows: int = 0,
) -> Program | None:
    """The program that serves rows in which ``known`` holds; None if that is impossible.

    With ``rows``, how many there are, it may be one that was made for less than what is known.

    Raises
    ------
    TooLarge
        If exact inference needs more than ``limit`` bytes; nothing of that size is allocated.
    """
    return _programs.get(model, known or {}, limit, signs, rows)


_estimates: dict[tuple[str, frozenset[int]], float] = {}


@lru_cache(maxsize=256)
def _cliques(model_key: str, model: _ByKey) -> tuple[BoolArray, FloatArray]:
    """Members of every clique that the star order makes, (cliques, vertices); log of the cards."""
    graph, cards, _ = star_graph(model.model, {}, model.model.cards)
    order = core_variables(model.model).star_order
    members = np.zeros((len(order), len(cards)), dtype=np.bool_)
    for clique, v in zip(members, order, strict=True):
        near = graph[v]
        clique[[v, *bits(near)]] = True
        for u in bits(near):
            graph[u] = (graph[u] | near) & ~((1 << u) | (1 << v))
    return members, np.log(np.asarray(cards, dtype=np.float64))


def estimate(model: Model, known: Iterable[int] = ()) -> float:
    """Table entries that a program may need with some variables known, without compiling it.

    By the elimination order of the whole model, without what the program saves on numbers that are
    always 0: rough, but quick and the same on every machine.
    """
    key = (model.key, frozenset(known))
    found = _estimates.get(key)
    if found is None:
        members, log_cards = _cliques(model.key, _ByKey(model))
        left = log_cards.copy()
        left[list(key[1])] = 0.0
        found = float(np.exp(members @ left).sum())
        if len(_estimates) > ESTIMATES:
            _estimates.clear()
        _estimates[key] = found
    return found


def _tiers(model: Model, known: Mapping[int, int], rows: int) -> dict[Pattern, None]:
    """Patterns of programs that others share, the most shared one first."""
    tiers: dict[Pattern, None] = {}
    if rows <= A_FEW and estimate(model) <= AT_ONCE:
        tiers[()] = None
    tiers[_dearest(model, known)] = None
    return tiers


def _dearest(model: Model, known: Mapping[int, int]) -> Pattern:
    """The dearest of some known states, as many as make a program of moderate size."""
    chosen: dict[int, int] = {}
    for v in core_variables(model).variables:
        if estimate(model, chosen) <= SHARED:
            break
        if v in known:
            chosen[v] = known[v]
    return tuple(sorted(chosen.items()))


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
