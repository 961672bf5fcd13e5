"""Where the cells of a table read: look-up tables over the axes of a layout, compiled.

A tree comes as flat arrays, one tuple (see :class:`~etiograph.engine.layout.Layout`). A place that is a
sum over axes is two look-ups in short tables, one for the outer axes and one for the inner ones,
however many axes there are.
"""

# mypy: disable-error-code="no-untyped-def,no-any-return,untyped-decorator,no-untyped-call"
from __future__ import annotations

import numpy as np
from numba import njit

from etiograph.engine.lanes import item
from etiograph.engine.layout import AXES, AXES_END, N_SEPARATOR_AXES


@njit(cache=True, nogil=True)
def _grow(layout, first, end, strides, local, table):
    """Places of all states of some axes: a sum of steps, the last axis fastest."""
    axes, domain, dims, states = layout.axes, layout.domain, layout.dims, layout.states
    table[0] = 0
    size = 1
    for a in range(end - 1, first - 1, -1):
        v = axes[a]
        for s in range(dims[v] - 1, -1, -1):
            step = strides[v] * (s if local else states[domain[v] + s])
            for i in range(size):
                table[s * size + i] = table[i] + step
        size *= dims[v]


@njit(cache=True, nogil=True)
def cells_of(layout, first, end):
    """Number of states of some axes together."""
    total = 1
    for a in range(first, end):
        total *= layout.dims[layout.axes[a]]
    return total


@njit(cache=True, nogil=True)
def halves_of(layout, node):
    """Where to part the axes of a table so that both halves are small: (axis, inner states)."""
    nodes = layout.nodes
    first, split = nodes[node, AXES], nodes[node, AXES_END]
    total = cells_of(layout, first, split)
    inner = 1
    while split > first and inner * inner < total:
        split -= 1
        inner *= layout.dims[layout.axes[split]]
    return split, inner


@njit(cache=True, nogil=True)
def longest_of(layout):
    """Length of the longest look-up table."""
    longest = 1
    for node in range(layout.nodes.shape[0]):
        _, inner = halves_of(layout, node)
        cells = cells_of(layout, layout.nodes[node, AXES], layout.nodes[node, AXES_END])
        longest = max(longest, inner, cells // inner if inner else 0)
    return longest


@njit(cache=True, nogil=True)
def factor_tables(layout, node, i, split, strides, outer, inner):
    """Fill both look-up tables of a factor."""
    nodes, factor_axis, variables, steps = (
        layout.nodes,
        layout.factor_axis,
        layout.factor_variable,
        layout.factor_step,
    )
    for a in range(nodes[node, AXES], nodes[node, AXES_END]):
        strides[layout.axes[a]] = 0
    for a in range(factor_axis[i], factor_axis[i + 1]):
        strides[variables[a]] = steps[a]
    _grow(layout, nodes[node, AXES], split, strides, False, outer)
    _grow(layout, split, nodes[node, AXES_END], strides, False, inner)


@njit(cache=True, nogil=True)
def child_tables(layout, node, child, split, strides, outer, inner):
    """Fill both look-up tables of a message: the state of the child's separator."""
    nodes, axes, dims = layout.nodes, layout.axes, layout.dims
    for a in range(nodes[node, AXES], nodes[node, AXES_END]):
        strides[axes[a]] = 0
    size = 1
    first = nodes[child, AXES]
    for a in range(first + nodes[child, N_SEPARATOR_AXES] - 1, first - 1, -1):
        strides[axes[a]] = size
        size *= dims[axes[a]]
    _grow(layout, nodes[node, AXES], split, strides, True, outer)
    _grow(layout, split, nodes[node, AXES_END], strides, True, inner)
    return size


@njit(cache=True, nogil=True)
def slot_tables(layout, node, v, split, strides, outer, inner):
    """Fill both look-up tables of a likelihood: the state of the variable."""
    nodes = layout.nodes
    for a in range(nodes[node, AXES], nodes[node, AXES_END]):
        strides[layout.axes[a]] = 0
    strides[v] = 1
    _grow(layout, nodes[node, AXES], split, strides, False, outer)
    _grow(layout, split, nodes[node, AXES_END], strides, False, inner)


@njit(cache=True, nogil=True)
def sides_of(layout, node, split, strides):
    """Whether a factor stands on axes of the outer half of a table, and of the inner half."""
    above, below = False, False
    for a in range(layout.nodes[node, AXES], layout.nodes[node, AXES_END]):
        if strides[layout.axes[a]]:
            above = above or a < split
            below = below or a >= split
    return above, below


@njit(cache=True, nogil=True, error_model="numpy")
def parted(cell, n_inner):
    """The outer and the inner states that a cell of a table stands for."""
    c, width = np.uint32(cell), np.uint32(n_inner)  # divides twice as fast as 64 bits
    o = c // width
    return o, c - o * width


@njit(cache=True, nogil=True)
def places(n_outer, n_inner, cells, entry, n, outer, inner, start, out, to):
    """start + outer + inner place of every entry of a table, into ``out`` from ``to`` on."""
    if n == n_outer * n_inner:  # all its cells are live
        e = to
        for o in range(n_outer):
            first = start + item(outer, o)
            for j in range(n_inner):
                out[e] = first + item(inner, j)
                e += 1
        return
    for e in range(n):
        o, j = parted(item(cells, entry + e), n_inner)
        out[to + e] = start + item(outer, o) + item(inner, j)
