"""Random models and a dense oracle for the engine's tests."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from etiograph.network.model import (
    Accumulation,
    Conditional,
    Link,
    Model,
    maximum_join,
    step_matrices,
)

Generator = Callable[..., Model]


def _rows(rng: np.random.Generator, shape: tuple[int, ...], kind: str) -> np.ndarray:
    """Distributions over the last axis: smooth, with zeros, or near-deterministic."""
    p = rng.dirichlet(np.ones(shape[-1]), size=shape[:-1])
    if kind == "zeros":
        p = p * (rng.random(shape) > 0.3)
        p[..., 0] += p.sum(axis=-1) == 0
    elif kind == "sharp":
        p = p**12 + 1e-14
    return p / p.sum(axis=-1, keepdims=True)


def _random_model(
    rng: np.random.Generator,
    n_min: int = 3,
    n_max: int = 8,
    most_cards: int = 5,
    p_accumulation: float = 0.35,
    width: int = 3,
) -> Model:
    n = int(rng.integers(n_min, n_max + 1))
    cards = [int(c) for c in rng.integers(2, most_cards + 1, n)]
    style = rng.choice(["random", "chain", "apart"], p=[0.8, 0.1, 0.1])
    families: list[Conditional | Accumulation] = []
    numbers: list[np.ndarray] = []
    start = 0

    def put(block: np.ndarray) -> int:
        nonlocal start
        numbers.append(block.ravel())
        start += block.size
        return start - block.size

    for v in range(n):
        kind = str(rng.choice(["smooth", "zeros", "sharp"], p=[0.5, 0.35, 0.15]))
        count = int(rng.integers(0, min(v, width) + 1))
        if style == "chain":
            parents = (v - 1,) if v else ()
        elif style == "apart":
            parents = ()
        else:
            parents = tuple(int(p) for p in rng.choice(v, count, replace=False)) if count else ()
        k = cards[v]
        if rng.random() < p_accumulation:
            groups: list[tuple[int, ...]] = [(), *((p,) for p in parents)]
            if len(parents) > 2 and rng.random() < 0.5:
                groups = [(), parents[:2], *((p,) for p in parents[2:])]
            links = tuple(
                Link(g, put(step_matrices(_rows(rng, (*(cards[p] for p in g), k), kind))))
                for g in groups
            )
            families.append(Accumulation(v, links, maximum_join(k)))
        else:
            shape = (*(cards[p] for p in parents), k)
            families.append(Conditional(v, parents, put(_rows(rng, shape, kind))))
    tables = np.concatenate(numbers)
    names = tuple(f"v{i}" for i in range(n))
    return Model(names, tuple(cards), tuple(families), n, tables, tables > 0)


def _joint(model: Model, tables: np.ndarray | None = None) -> np.ndarray:
    """The whole joint distribution, one axis a variable."""
    from etiograph.engine.enumerate import family_table

    n = len(model.cards)
    joint = np.ones(model.cards)
    for v in range(n):
        scope = [*model.parents(v), v]
        table = np.asarray(family_table(model, v, tables))
        axes = sorted(range(len(scope)), key=lambda a: scope[a])
        shape = [model.cards[u] if u in scope else 1 for u in range(n)]
        joint = joint * table.transpose(axes).reshape(shape)
    return joint


def _answers(model: Model, joint: np.ndarray, row: np.ndarray) -> tuple[float, np.ndarray]:
    """log P and marginals of one row, by summing the joint."""
    n = len(model.cards)
    weighted = joint
    for v in range(n):
        likelihood = row[model.offsets[v] : model.offsets[v] + model.cards[v]]
        weighted = weighted * likelihood.reshape([-1 if u == v else 1 for u in range(n)])
    total = weighted.sum()
    if total == 0:
        return -math.inf, np.zeros(model.n_states)
    sums = [weighted.sum(axis=tuple(u for u in range(n) if u != v)) for v in range(n)]
    return math.log(total), np.concatenate(sums) / total


def _random_rows(
    rng: np.random.Generator, model: Model, count: int, p_hard: float = 0.3, p_soft: float = 0.15
) -> np.ndarray:
    rows = np.ones((count, model.n_states))
    for row in rows:
        for v, card in enumerate(model.cards):
            slots = slice(model.offsets[v], model.offsets[v] + card)
            u = rng.random()
            if u < p_hard:
                row[slots] = np.eye(card)[rng.integers(card)]
            elif u < p_hard + p_soft:
                row[slots] = rng.random(card) * rng.choice([1.0, 50.0])
                row[slots][rng.integers(card)] *= rng.integers(2)
    return rows


@pytest.fixture(scope="session")
def random_model() -> Generator:
    """A small random model of tables and accumulations."""
    return _random_model


@pytest.fixture(scope="session")
def random_rows() -> Callable[..., np.ndarray]:
    """Rows of hard and soft findings."""
    return _random_rows


@pytest.fixture(scope="session")
def joint_of() -> Callable[..., np.ndarray]:
    """The joint distribution of a model."""
    return _joint


@pytest.fixture(scope="session")
def answers_of() -> Callable[..., tuple[float, np.ndarray]]:
    """log P and marginals by summing a joint."""
    return _answers
