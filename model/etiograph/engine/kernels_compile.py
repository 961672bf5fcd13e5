"""The two passes that turn a tree of tables into the arrays of a program, compiled.

A tree comes as flat arrays, one tuple (see :class:`~etiograph.engine.layout.Layout`): nodes with their
axes, separator first; what enters each; factors with the step of each of their axes. A place that is a
sum over axes is two look-ups in short tables, one for the outer axes and one for the inner ones,
however many axes there are.
"""

# mypy: disable-error-code="no-untyped-def,no-any-return,untyped-decorator,no-untyped-call"
from __future__ import annotations

import numpy as np
from numba import njit

from etiograph.engine.program import (
    FACTOR,
    FIRST_ENTRY,
    INDEX,
    MESSAGE,
    N_ENTRIES,
    N_FACTORS,
    N_INPUTS,
    N_SEPARATOR,
    SEGMENT,
    SIGNED,
)

# Columns of the nodes of a layout.
(
    AXES, AXES_END, N_SEPARATOR_AXES, CHILDREN, CHILDREN_END, FACTORS, FACTORS_END, CELLS, STATES,
    N_LIVE, N_LIVE_STATES, SLOTS, SLOTS_END, HAS_SIGNS, RUN_AXES,
) = range(15)  # fmt: skip


@njit(cache=True, nogil=True)
def _grow(table, dims, first, end, strides, axes, domain, states, local):
    """Places of all states of the axes ``first`` to ``end``: a sum of steps, the last axis fastest."""
    table[0] = 0
    size = 1
    for a in range(end - 1, first - 1, -1):
        stride = strides[a]
        for s in range(dims[a] - 1, -1, -1):
            step = stride * (s if local else states[domain[axes[a]] + s])
            for i in range(size):
                table[s * size + i] = table[i] + step
        size *= dims[a]
    return size


@njit(cache=True, nogil=True)
def _split(dims):
    """Where to part the axes so that both halves are small: (axis, outer states, inner states)."""
    total = 1
    for d in dims:
        total *= d
    split, inner = dims.size, 1
    while split > 0 and inner * inner < total:
        split -= 1
        inner *= dims[split]
    return split, total // max(inner, 1), inner


@njit(cache=True, nogil=True)
def _spots(scope, variables, steps, dims, domain, states, local, split, outer, inner, strides):
    """Fill both look-up tables of an input that steps along some variables."""
    strides[: scope.size] = 0
    for i in range(variables.size):
        for a in range(scope.size):
            if scope[a] == variables[i]:
                strides[a] = steps[i]
    _grow(outer, dims, 0, split, strides, scope, domain, states, local)
    _grow(inner, dims, split, scope.size, strides, scope, domain, states, local)


@njit(cache=True, nogil=True)
def _separator_steps(dims, steps):
    """Steps of the axes of a separator laid out with the last one fastest."""
    size = 1
    for a in range(dims.size - 1, -1, -1):
        steps[a] = size
        size *= dims[a]


@njit(cache=True, nogil=True)
def _no_zero(zeros, start, variables, steps, domain, states, dims_of):
    """Whether nothing that a factor can read is 0, by the zeros up to each entry."""
    low, high = start, start
    for i in range(variables.size):
        v = variables[i]
        if dims_of[v] == 0:
            return True
        low += steps[i] * states[domain[v]]
        high += steps[i] * states[domain[v] + dims_of[v] - 1]
    return zeros[high + 1] == zeros[low]


@njit(cache=True, nogil=True)
def supports(layout, support, masks, below):
    """Which entries of each table can be positive: supports collected upward, then pushed down.

    ``masks`` is filled with one number a cell, ``below`` with one a state of each separator. Returns
    False where some table has no such entry.
    """
    (nodes, axes, domain, dims_of, states, children, factor_start, factor_axis,
     factor_variable, factor_step, constants, _) = layout  # fmt: skip
    zeros = np.zeros(support.size + 1, dtype=np.int64)
    for t in range(support.size):
        zeros[t + 1] = zeros[t] + (0 if support[t] else 1)
    longest = 1
    for node in range(nodes.shape[0]):
        longest = max(longest, nodes[node, AXES_END] - nodes[node, AXES])
    strides = np.zeros(longest + 1, dtype=np.int64)
    steps = np.zeros(longest + 1, dtype=np.int64)
    for node in range(nodes.shape[0]):
        scope = axes[nodes[node, AXES] : nodes[node, AXES_END]]
        dims = dims_of[scope]
        split, n_outer, n_inner = _split(dims)
        outer, inner = np.empty(n_outer, dtype=np.int64), np.empty(n_inner, dtype=np.int64)
        mask = masks[nodes[node, CELLS] : nodes[node, CELLS] + n_outer * n_inner]
        mask[:] = True
        for i in range(nodes[node, FACTORS], nodes[node, FACTORS_END]):
            variables = factor_variable[factor_axis[i] : factor_axis[i + 1]]
            step = factor_step[factor_axis[i] : factor_axis[i + 1]]
            start = factor_start[i]
            if start >= 0 and _no_zero(zeros, start, variables, step, domain, states, dims_of):
                continue
            _spots(
                scope, variables, step, dims, domain, states, False, split, outer, inner, strides
            )
            for o in range(n_outer):
                row = mask[o * n_inner : (o + 1) * n_inner]
                if start >= 0:
                    for j in range(n_inner):
                        row[j] &= support[start + outer[o] + inner[j]]
                else:
                    for j in range(n_inner):
                        row[j] &= constants[-1 - start + outer[o] + inner[j]] != 0.0
        for i in range(nodes[node, CHILDREN], nodes[node, CHILDREN_END]):
            child = children[i]
            shared = axes[nodes[child, AXES] : nodes[child, AXES] + nodes[child, N_SEPARATOR_AXES]]
            _separator_steps(dims_of[shared], steps)
            _spots(scope, shared, steps, dims, domain, states, True, split, outer, inner, strides)
            live = below[nodes[child, STATES] :]
            for o in range(n_outer):
                row = mask[o * n_inner : (o + 1) * n_inner]
                for j in range(n_inner):
                    row[j] &= live[outer[o] + inner[j]] != 0
        _collect(nodes[node], dims, mask, below)
    for node in range(nodes.shape[0] - 1, -1, -1):
        scope = axes[nodes[node, AXES] : nodes[node, AXES_END]]
        dims = dims_of[scope]
        split, n_outer, n_inner = _split(dims)
        outer, inner = np.empty(n_outer, dtype=np.int64), np.empty(n_inner, dtype=np.int64)
        mask = masks[nodes[node, CELLS] : nodes[node, CELLS] + n_outer * n_inner]
        for i in range(nodes[node, CHILDREN], nodes[node, CHILDREN_END]):
            child = children[i]
            shared = axes[nodes[child, AXES] : nodes[child, AXES] + nodes[child, N_SEPARATOR_AXES]]
            _separator_steps(dims_of[shared], steps)
            _spots(scope, shared, steps, dims, domain, states, True, split, outer, inner, strides)
            live = below[nodes[child, STATES] :]
            n_live = 1
            for v in shared:
                n_live *= dims_of[v]
            live[:n_live] = 0
            for o in range(n_outer):
                row = mask[o * n_inner : (o + 1) * n_inner]
                for j in range(n_inner):
                    if row[j]:
                        live[outer[o] + inner[j]] = 1
            # Cells of the child lie separator state by separator state.
            total = 1
            for v in axes[nodes[child, AXES] : nodes[child, AXES_END]]:
                total *= dims_of[v]
            rest = total // n_live
            for s in range(n_live):
                if not live[s]:
                    begin = nodes[child, CELLS] + s * rest
                    masks[begin : begin + rest] = False
    possible = True
    for node in range(nodes.shape[0]):
        scope = axes[nodes[node, AXES] : nodes[node, AXES_END]]
        dims = dims_of[scope]
        size = 1
        for d in dims:
            size *= d
        mask = masks[nodes[node, CELLS] : nodes[node, CELLS] + size]
        n_live, n_states = _collect(nodes[node], dims, mask, below)
        nodes[node, N_LIVE] = n_live
        nodes[node, N_LIVE_STATES] = n_states
        possible = possible and n_live > 0
    return possible


@njit(cache=True, nogil=True)
def _collect(node, dims, mask, below):
    """Which states of the separator are live; how many cells and states are."""
    n_separator = 1
    for a in range(node[N_SEPARATOR_AXES]):
        n_separator *= dims[a]
    rest = mask.size // n_separator
    cells = 0
    live = 0
    for s in range(n_separator):
        count = 0
        for c in range(s * rest, (s + 1) * rest):
            count += mask[c]
        below[node[STATES] + s] = 1 if count else 0
        cells += count
        live += count > 0
    return cells, live


@njit(cache=True, nogil=True)
def lay_out(layout, masks, below, offsets, rows, spots, inputs, factor_index, segments, starts,
            coefficient):  # fmt: skip
    """Fill the arrays of a :class:`~etiograph.engine.program.Program`.

    ``below`` becomes the place of each live separator state's message. ``spots`` is scratch, two rows
    as long as the largest table has entries. ``starts`` is empty where nothing is maximised.
    """
    (nodes, axes, domain, dims_of, states, children, factor_start, factor_axis,
     factor_variable, factor_step, constants, slots) = layout  # fmt: skip
    longest = 1
    for node in range(nodes.shape[0]):
        longest = max(longest, nodes[node, AXES_END] - nodes[node, AXES])
    strides = np.zeros(longest + 1, dtype=np.int64)
    steps = np.zeros(longest + 1, dtype=np.int64)
    one = np.ones(1, dtype=np.int64)
    cell, segment, entry, factor = 0, 0, 0, 0
    message = offsets[offsets.size - 1]
    for node in range(nodes.shape[0]):
        scope = axes[nodes[node, AXES] : nodes[node, AXES_END]]
        dims = dims_of[scope]
        split, n_outer, n_inner = _split(dims)
        outer, inner = np.empty(n_outer, dtype=np.int64), np.empty(n_inner, dtype=np.int64)
        n = nodes[node, N_LIVE]
        n_children = nodes[node, CHILDREN_END] - nodes[node, CHILDREN]
        n_slots = nodes[node, SLOTS_END] - nodes[node, SLOTS]
        rows[node, N_ENTRIES], rows[node, N_INPUTS] = n, n_children + n_slots
        rows[node, INDEX], rows[node, SEGMENT] = cell, segment
        rows[node, N_SEPARATOR], rows[node, MESSAGE] = nodes[node, N_LIVE_STATES], message
        rows[node, FIRST_ENTRY], rows[node, FACTOR] = entry, factor
        rows[node, SIGNED] = nodes[node, HAS_SIGNS]
        _live(nodes[node], dims, masks, n_outer, n_inner, spots, below, message, segments[segment:])
        if starts.size:
            _runs(dims, nodes[node, RUN_AXES], n_inner, spots, n, starts[entry:])
        for i in range(nodes[node, CHILDREN], nodes[node, CHILDREN_END]):
            child = children[i]
            shared = axes[nodes[child, AXES] : nodes[child, AXES] + nodes[child, N_SEPARATOR_AXES]]
            _separator_steps(dims_of[shared], steps)
            _spots(scope, shared, steps, dims, domain, states, True, split, outer, inner, strides)
            places = below[nodes[child, STATES] :]
            for e in range(n):
                inputs[cell + e] = places[outer[spots[0, e]] + inner[spots[1, e]]]
            cell += n
        for i in range(nodes[node, SLOTS], nodes[node, SLOTS_END]):
            own = slots[i : i + 1]
            _spots(scope, own, one, dims, domain, states, False, split, outer, inner, strides)
            _positions(offsets[slots[i]], outer, inner, spots, n, inputs[cell:])
            cell += n
        rows[node, N_FACTORS] = 0
        for i in range(nodes[node, FACTORS], nodes[node, FACTORS_END]):
            variables = factor_variable[factor_axis[i] : factor_axis[i + 1]]
            step = factor_step[factor_axis[i] : factor_axis[i + 1]]
            start = factor_start[i]
            _spots(
                scope, variables, step, dims, domain, states, False, split, outer, inner, strides
            )
            if start >= 0:
                _positions(start, outer, inner, spots, n, factor_index[factor:])
                factor += n
                rows[node, N_FACTORS] += 1
            else:
                for e in range(n):
                    coefficient[entry + e] *= constants[
                        -1 - start + outer[spots[0, e]] + inner[spots[1, e]]
                    ]
        segment += nodes[node, N_LIVE_STATES] + 1
        message += nodes[node, N_LIVE_STATES]
        entry += n


@njit(cache=True, nogil=True)
def _positions(start, outer, inner, spots, n, out):
    for e in range(n):
        out[e] = start + outer[spots[0, e]] + inner[spots[1, e]]


@njit(cache=True, nogil=True)
def _live(node, dims, masks, n_outer, n_inner, spots, below, message, segments):
    """The live cells of a table, and where each live state of the separator begins."""
    n_separator = 1
    for a in range(node[N_SEPARATOR_AXES]):
        n_separator *= dims[a]
    rest = n_outer * n_inner // n_separator
    mask = masks[node[CELLS] : node[CELLS] + n_outer * n_inner]
    e = 0
    for o in range(n_outer):
        for j in range(n_inner):
            if mask[o * n_inner + j]:
                spots[0, e] = o
                spots[1, e] = j
                e += 1
    live = 0
    e = 0
    for s in range(n_separator):
        if below[node[STATES] + s]:
            segments[live] = e
            below[node[STATES] + s] = message + live
            live += 1
            for c in range(s * rest, (s + 1) * rest):
                e += mask[c]
    segments[live] = e


@njit(cache=True, nogil=True)
def _runs(dims, n_axes, n_inner, spots, n, starts):
    """Entries that begin a new state of the first axes."""
    inner = 1
    for a in range(n_axes, dims.size):
        inner *= dims[a]
    last = -1
    for e in range(n):
        run = (spots[0, e] * n_inner + spots[1, e]) // inner
        starts[e] = run != last
        last = run


@njit(cache=True, nogil=True, error_model="numpy")
def products(nodes, factors, coefficient, tables, tiny, base):
    """Product of the factors at every entry; whether ordinary doubles might lose one of them."""
    lost = False
    for e in range(base.size):
        base[e] = coefficient[e]
    for node in range(nodes.shape[0]):
        first, n = nodes[node, FIRST_ENTRY], nodes[node, N_ENTRIES]
        at = nodes[node, FACTOR]
        for _ in range(nodes[node, N_FACTORS]):
            for e in range(n):
                number = tables[factors[at + e]]
                product = base[first + e] * number
                base[first + e] = product
                # Looked at after every factor: the next one might take it to 0.
                lost |= (product != 0.0 and abs(product) < tiny) or 0.0 < number < tiny
            at += n
    return lost
