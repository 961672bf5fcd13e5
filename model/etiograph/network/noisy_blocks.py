"""The numbers of noisy-OR and noisy-MAX: from stated ratios to strengths, from strengths to steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from etiograph.errors import InvalidNetwork
from etiograph.network.blocks import Block, FloatArray
from etiograph.network.checks import Variables, matched, require_probability
from etiograph.network.model import step_matrices
from etiograph.network.parameter import Number, Parameter
from etiograph.network.variable import Variable

if TYPE_CHECKING:
    from etiograph.network.mechanism import Row
    from etiograph.network.noisy import NoisyLink

STRENGTHS = ("probability", "odds_ratio", "risk_ratio")


def strengths(
    given: Sequence[Number], prevents: Sequence[bool]
) -> Callable[[FloatArray], FloatArray] | None:
    """Return the function from stated numbers to link strengths, (m, B) -> (m, B).

    With baseline ``b`` and ratio ``r`` the definitions in :class:`NoisyLink` come to, for an odds
    ratio, ``b (r - 1) / (1 - b + b r)`` (cause) and ``(1 - b)(1 - r) / (1 - b + b r)`` (preventer);
    for a risk ratio ``b (r - 1) / (1 - b)`` and ``1 - r``; all kept within 0 and 1. None if all are
    probabilities already.
    """
    kinds = [n.kind if isinstance(n, Parameter) else "probability" for n in given]
    if all(kind == "probability" for kind in kinds):
        return None
    chosen = np.array([j for j, kind in enumerate(kinds) if kind != "probability"], dtype=np.intp)
    ratios = [n for n in given if isinstance(n, Parameter) and n.kind != "probability"]
    b = np.array([n.baseline or 0.0 for n in ratios])[:, None]
    odds = np.array([n.kind == "odds_ratio" for n in ratios])[:, None]
    stops = np.asarray(prevents, dtype=np.bool_)[chosen][:, None]

    def convert(values: FloatArray) -> FloatArray:
        result = values.copy()
        r = values[chosen]
        change = np.where(stops, 1.0 - r, r - 1.0)
        scale = np.where(stops, 1.0 - b, b) / (1.0 - b + b * r)
        scale = np.where(odds, scale, np.where(stops, 1.0, b / (1.0 - b)))
        result[chosen] = np.clip(change * scale, 0.0, 1.0)
        return result

    return convert


def require_strength(value: Number, where: str, prevents: bool) -> None:
    """Refuse what is no strength of a link."""
    if not isinstance(value, Parameter) or value.kind == "probability":
        require_probability(value, where)
        return
    if value.kind not in STRENGTHS:
        raise InvalidNetwork(
            f"{where}: parameter {value.name!r} of kind {value.kind} is no strength of a link "
            f"({', '.join(STRENGTHS)})"
        )
    if not value.baseline and not (prevents and value.kind == "risk_ratio"):
        raise InvalidNetwork(
            f"{where}: parameter {value.name!r} is a ratio and needs a baseline above 0, the "
            "probability it is taken against"
        )


def rows_of(link: NoisyLink, variables: Variables, child: str) -> np.ndarray[Any, Any]:
    """Which row holds for each combination of the link's parents and modifiers."""
    whens = [r.when for r in link.rows]
    return matched(whens, link.all_parents, variables, child, link.parents)


def or_block(link: NoisyLink, variables: Variables, child: str, prevents: bool) -> Block:
    """Return the step matrices ``[[1 - p, p], [0, 1]]`` of one link."""
    rates = [r.p for r in link.rows]
    # The strength of "no row holds" stands last: position -1.
    row_of = rows_of(link, variables, child)
    given: list[Number] = list(rates)
    weaker: list[tuple[np.ndarray[Any, Any], int]] = []
    for modifier, shares in link.less_with.items():
        position = np.full(variables[modifier].card, -1, dtype=np.intp)
        for state, share in shares.items():
            position[variables[modifier].index(state)] = len(given)
            given.append(share)
        shape = [1] * row_of.ndim
        axis = link.all_parents.index(modifier)
        shape[axis] = position.size
        weaker.append((np.broadcast_to(position.reshape(shape), row_of.shape).reshape(-1), axis))
    convert = strengths(given, [prevents] * len(rates) + [True] * (len(given) - len(rates)))
    flat = row_of.reshape(-1)
    if not weaker:
        # Few distinct strengths over many combinations: compute each once.
        rows, at = np.unique(flat, return_inverse=True)
    else:
        rows, at = flat, np.arange(flat.size)

    def compute(values: FloatArray) -> FloatArray:
        stated = values if convert is None else convert(values)
        stated = np.concatenate([stated, np.zeros((1, values.shape[1]))])
        p = stated[rows]
        for position, _ in weaker:
            p = p * (1.0 - stated[position])
        ends = np.zeros((2, values.shape[1]))
        ends[1] = 1.0
        return np.concatenate([p, 1.0 - p, ends])

    count = rows.size
    index = np.stack([at + count, at, np.full_like(at, 2 * count), np.full_like(at, 2 * count + 1)])
    return Block(compute, np.ascontiguousarray(index.T).reshape(-1).astype(np.intp), tuple(given))


def max_block(rows: Sequence[Row], child: Variable, row_of: np.ndarray[Any, Any]) -> Block:
    """Return the step matrices of one link of a noisy-MAX."""
    k = child.card
    inputs = tuple(p for row in rows for p in row.p.values())
    at = [r * k + child.index(s) for r, row in enumerate(rows) for s in row.p]
    position = np.array(at, dtype=np.intp)

    def compute(values: FloatArray) -> FloatArray:
        draws = values.shape[1]
        # One row more than there are: the contribution where no row holds.
        cells = np.zeros(((len(rows) + 1) * k, draws))
        cells[position] = values
        share = cells.reshape(len(rows) + 1, k, draws)
        above = share[:, 1:].sum(axis=1)
        share[:, 1:] /= np.maximum(above, 1.0)[:, None]
        share[:, 0] = np.maximum(1.0 - above, 0.0)
        steps = step_matrices(share.transpose(0, 2, 1))
        return np.ascontiguousarray(steps.transpose(0, 2, 3, 1)).reshape(-1, draws)

    chosen = np.where(row_of < 0, len(rows), row_of)[:, None]
    index = (chosen * (k * k) + np.arange(k * k)).reshape(-1)
    return Block(compute, index, inputs)
