"""The full conditional table of a variable, hidden variables summed out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from etiograph.network.model import Accumulation, Model

FloatArray = NDArray[np.float64]

# The stubs know only the form with a subscript string, which ends at 52 axes.
_einsum: Any = np.einsum


def full_table(model: Model, child: int, parents: Sequence[int]) -> FloatArray:
    """Multiply a variable's family out.

    Parameters
    ----------
    model : Model
    child : int
        The variable.
    parents : sequence of int
        Its parents in the network: the axes of the result.

    Returns
    -------
    ndarray (parents..., states)
    """
    table, axes = _multiplied(model, child)
    for parent in parents:
        if parent not in axes:
            # A parent that no number depends on.
            table = np.broadcast_to(table, (model.cards[parent], *table.shape))
            axes = (parent, *axes)
    order = [axes.index(p) for p in parents]
    return np.ascontiguousarray(table.transpose(*order, len(axes)))


def _multiplied(model: Model, child: int) -> tuple[FloatArray, tuple[int, ...]]:
    """Return P(child | parents in the network) and its parents in order of use."""
    family = model.families[child]
    k = model.cards[child]
    if isinstance(family, Accumulation):
        table: FloatArray = np.eye(k)[0]
        axes: tuple[int, ...] = ()
        for link in family.links:
            steps = _block(model, link.start, link.parents, k, k)
            table, axes = _step(table, axes, steps, link.parents)
        return table, axes
    table, axes = _block(model, family.start, family.parents, k), family.parents
    for hidden in [p for p in family.parents if p >= model.n_network]:
        inner, inner_axes = _multiplied(model, hidden)
        at = axes.index(hidden)
        rest = axes[:at] + axes[at + 1 :]
        joint = tuple(dict.fromkeys((*rest, *inner_axes)))
        label = _labels((*joint, hidden), end=2)
        table = _einsum(
            table,
            [label[a] for a in axes] + [0],
            inner,
            [label[a] for a in inner_axes] + [label[hidden]],
            [label[a] for a in joint] + [0],
        )
        axes = joint
    return table, axes


def _step(
    table: FloatArray, axes: tuple[int, ...], steps: FloatArray, parents: tuple[int, ...]
) -> tuple[FloatArray, tuple[int, ...]]:
    """Take one more step of an accumulation."""
    joint = tuple(dict.fromkeys((*axes, *parents)))
    label = _labels(joint, end=2)
    product = _einsum(
        table,
        [label[a] for a in axes] + [0],
        steps,
        [label[a] for a in parents] + [0, 1],
        [label[a] for a in joint] + [1],
    )
    return product, joint


def _labels(axes: Sequence[int], end: int) -> dict[int, int]:
    """Number axes from ``end``, as einsum wants them."""
    return {axis: end + i for i, axis in enumerate(axes)}


def _block(model: Model, start: int, parents: Sequence[int], *last: int) -> FloatArray:
    shape = (*(model.cards[p] for p in parents), *last)
    size = int(np.prod(shape))
    return model.tables[start : start + size].reshape(shape)
