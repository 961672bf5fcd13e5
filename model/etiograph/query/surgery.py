"""A model changed without touching its numbers: families replaced, variables and blocks added.

A changed model keeps the variables and the vector ``T`` of the original at the front and adds its
own behind. Every added block is a function of the original vector, row by row, so that a draw of
the parameters passes through surgery and twins as it passes through the network itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from etiograph.errors import TooLarge
from etiograph.network.model import (
    BoolArray,
    Conditional,
    Family,
    FloatArray,
    Model,
    TableRows,
    Tables,
)
from etiograph.store import STORE

Block = Callable[[Any], FloatArray]
"""(B, T of the original), an array or TableRows -> (B, anything of the block's size)."""

MAX_ENTRIES = 2**24
"""Entries of a changed model before :class:`TooLarge` is raised (128 MiB a row)."""


@dataclass(frozen=True, eq=False, slots=True)
class Extension:
    """A changed model and how its numbers follow from those of the original.

    Attributes
    ----------
    model : Model
        The changed model. Its first variables are those of the original, in place.
    blocks : tuple of functions
        Each makes one added block from rows of the original vector.
    original : Model
        The original that ``model`` has its own numbers from.
    """

    model: Model
    blocks: tuple[Block, ...]
    original: Model

    def tables(self, rows: Tables) -> Tables:
        """(B, T of the original) -> (B, T of the changed model)."""
        added = [block(rows).reshape(len(rows), -1) for block in self.blocks]
        if isinstance(rows, TableRows):
            return rows.extended(added)
        return np.concatenate([rows, *added], axis=1)

    def stated(self, original: Model) -> FloatArray:
        """The changed model's vector (T,) at an original's stated numbers; kept."""
        if original is self.original:
            return self.model.tables
        found: FloatArray = STORE.get(
            ("stated", self, original), lambda: np.asarray(self.tables(original.tables[None])[0])
        )
        return found


@dataclass(slots=True)
class ModelDraft:
    """A changed model being written; :meth:`finish` freezes it."""

    original: Model
    names: list[str] = field(init=False)
    cards: list[int] = field(init=False)
    families: list[Family] = field(init=False)
    blocks: list[Block] = field(default_factory=list)
    supports: list[BoolArray] = field(init=False)
    size: int = field(init=False)

    def __post_init__(self) -> None:
        self.names = list(self.original.names)
        self.cards = list(self.original.cards)
        self.families = list(self.original.families)
        self.supports = [self.original.support]
        self.size = self.original.n_entries

    def add_block(
        self, shape: tuple[int, ...], block: Block, support: Callable[[], BoolArray]
    ) -> int:
        """Add a block of numbers; its start in the new vector. Refused before it is allocated."""
        entries = 1
        for axis in shape:
            entries *= axis
        if self.size + entries > MAX_ENTRIES:
            total = self.size + entries
            raise TooLarge(
                f"the changed model needs {total:,} table entries, at most {MAX_ENTRIES:,}",
                total,
                total * 8,
            )
        start, self.size = self.size, self.size + entries
        self.blocks.append(block)
        self.supports.append(np.asarray(support(), dtype=np.bool_).reshape(-1))
        return start

    def add_constant(self, values: FloatArray, support: BoolArray | None = None) -> int:
        """Add a block that is the same in every row."""
        flat = np.asarray(values, dtype=np.float64).reshape(1, -1)
        possible = flat[0] > 0 if support is None else support
        return self.add_block(
            (flat.size,),
            lambda rows: np.broadcast_to(flat, (len(rows), flat.size)),
            lambda: possible,
        )

    def add_variable(self, name: str, card: int) -> int:
        """Add a variable whose family is set next."""
        self.names.append(name)
        self.cards.append(card)
        return len(self.names) - 1

    def finish(self) -> Extension:
        """The changed model."""
        stated = self.original.tables[None]
        tables = np.concatenate(
            [stated, *(block(stated).reshape(1, -1) for block in self.blocks)], axis=1
        )[0]
        model = Model(
            names=tuple(self.names),
            cards=tuple(self.cards),
            families=tuple(self.families),
            n_network=self.original.n_network,
            tables=tables,
            support=np.concatenate(self.supports),
        )
        return Extension(model, tuple(self.blocks), self.original)


def intervene(model: Model, changes: Mapping[int, FloatArray]) -> Extension:
    """Replace the family of each changed variable by a distribution that has no parents.

    The truncated factorisation (Pearl 2009, equation 3.10): a hard change is a point mass, a soft
    one any distribution. The structure depends only on *which* variables are changed, so that a
    compiled program serves every value.

    Parameters
    ----------
    model : Model
        What is changed.
    changes : mapping of variable to ndarray (k,)
        Its new distribution.
    """
    key = (model.key, tuple((i, tuple(map(float, p))) for i, p in sorted(changes.items())))

    def build() -> Extension:
        draft = ModelDraft(model)
        for i, p in sorted(changes.items()):
            start = draft.add_constant(p, np.ones(model.cards[i], dtype=np.bool_))
            draft.families[i] = Conditional(i, (), start)
        return draft.finish()

    return STORE.get(("surgery", key), build)
