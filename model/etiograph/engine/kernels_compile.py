"""The two passes that turn a tree of tables into the arrays of a program, compiled.

The first finds the cells of each table that can be positive; the second lays out where each of these
reads.
"""

# mypy: disable-error-code="no-untyped-def,no-any-return,untyped-decorator,no-untyped-call"
from __future__ import annotations

import numpy as np
from numba import njit

from etiograph.engine.kernels_layout import (
    cells_of,
    child_tables,
    factor_tables,
    halves_of,
    longest_of,
    parted,
    places,
    slot_tables,
)
from etiograph.engine.lanes import item
from etiograph.engine.layout import (
    AXES,
    AXES_END,
    CELLS,
    CHILDREN,
    CHILDREN_END,
    FACTORS,
    FACTORS_END,
    HAS_SIGNS,
    N_LIVE,
    N_LIVE_STATES,
    N_SEPARATOR_AXES,
    RUN_AXES,
    SLOTS,
    SLOTS_END,
    STATES,
)
from etiograph.engine.program import (
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


@njit(cache=True, nogil=True)
def _may_be_zero(layout, i, zeros):
    """Whether something that a factor can read may be 0, by the number of zeros up to each entry."""
    domain, dims, states, factor_axis = (
        layout.domain,
        layout.dims,
        layout.states,
        layout.factor_axis,
    )
    start = layout.factor_start[i]
    if start < 0:
        return True
    low = high = start
    total = 1
    for a in range(factor_axis[i], factor_axis[i + 1]):
        v, step = layout.factor_variable[a], layout.factor_step[a]
        low += step * states[domain[v]]
        high += step * states[domain[v] + dims[v] - 1]
        total *= dims[v]
    if zeros[high + 1] == zeros[low]:
        return False
    for c in range(total):
        at = start
        for a in range(factor_axis[i], factor_axis[i + 1]):
            v = layout.factor_variable[a]
            at += layout.factor_step[a] * states[domain[v] + c % dims[v]]
            c //= dims[v]
        if zeros[at + 1] > zeros[at]:
            return True
    return False


@njit(cache=True, nogil=True)
def _collect(layout, node, masks, below):
    """Note which states of the separator are live, and how many cells and states are."""
    nodes = layout.nodes
    first = nodes[node, AXES]
    end = first + nodes[node, N_SEPARATOR_AXES]
    n_separator = cells_of(layout, first, end)
    rest = cells_of(layout, end, nodes[node, AXES_END])
    c = nodes[node, CELLS]
    cells = 0
    live = 0
    for s in range(nodes[node, STATES], nodes[node, STATES] + n_separator):
        count = 0
        for j in range(rest):
            count += item(masks, c + j)
        c += rest
        below[s] = 1 if count else 0
        cells += count
        live += 1 if count else 0
    nodes[node, N_LIVE] = cells
    nodes[node, N_LIVE_STATES] = live


@njit(cache=True, nogil=True)
def supports(layout, support, masks, below):
    """Which entries of each table can be positive: supports collected upward, then pushed down.

    ``masks`` is filled with one number a cell, ``below`` with one a state of each separator. Returns
    False where some table has no such entry.
    """
    nodes, children, factor_start, constants = (
        layout.nodes,
        layout.children,
        layout.factor_start,
        layout.constants,
    )
    zeros = np.zeros(support.size + 1, dtype=np.int64)
    for t in range(support.size):
        zeros[t + 1] = zeros[t] + (0 if support[t] else 1)
    strides = np.zeros(layout.dims.size, dtype=np.int64)
    longest = longest_of(layout)
    outer, inner = np.empty(longest, dtype=np.int64), np.empty(longest, dtype=np.int64)
    for node in range(nodes.shape[0]):
        split, n_inner = halves_of(layout, node)
        n_outer = cells_of(layout, nodes[node, AXES], split)
        first = nodes[node, CELLS]
        for c in range(first, first + n_outer * n_inner):
            masks[c] = 1
        for i in range(nodes[node, FACTORS], nodes[node, FACTORS_END]):
            if not _may_be_zero(layout, i, zeros):
                continue
            factor_tables(layout, node, i, split, strides, outer, inner)
            start = factor_start[i]
            c = first
            for o in range(n_outer):
                for j in range(n_inner):
                    if start >= 0:
                        masks[c] &= item(support, start + item(outer, o) + item(inner, j))
                    else:
                        at = -1 - start + item(outer, o) + item(inner, j)
                        masks[c] &= item(constants, at) != 0.0
                    c += 1
        for i in range(nodes[node, CHILDREN], nodes[node, CHILDREN_END]):
            child = children[i]
            n_states = child_tables(layout, node, child, split, strides, outer, inner)
            if nodes[child, N_LIVE_STATES] == n_states:
                continue
            live = nodes[child, STATES]
            c = first
            for o in range(n_outer):
                for j in range(n_inner):
                    masks[c] &= item(below, live + item(outer, o) + item(inner, j))
                    c += 1
        _collect(layout, node, masks, below)
        if not nodes[node, N_LIVE]:
            return False
    for node in range(nodes.shape[0] - 1, -1, -1):
        split, n_inner = halves_of(layout, node)
        n_outer = cells_of(layout, nodes[node, AXES], split)
        if nodes[node, N_LIVE] == n_outer * n_inner:
            continue
        for i in range(nodes[node, CHILDREN], nodes[node, CHILDREN_END]):
            child = children[i]
            n_states = child_tables(layout, node, child, split, strides, outer, inner)
            live = nodes[child, STATES]
            for s in range(live, live + n_states):
                below[s] = 0
            c = nodes[node, CELLS]
            for o in range(n_outer):
                for j in range(n_inner):
                    if masks[c]:
                        below[live + outer[o] + inner[j]] = 1
                    c += 1
            # Cells of the child lie separator state by separator state.
            rest = cells_of(layout, nodes[child, AXES], nodes[child, AXES_END]) // n_states
            c = nodes[child, CELLS]
            for s in range(live, live + n_states):
                for _ in range(rest):
                    masks[c] &= below[s]
                    c += 1
            _collect(layout, child, masks, below)
    return True


@njit(cache=True, nogil=True)
def lay_out(layout, masks, below, offsets, rows, cells, inputs, segments, starts, coefficient):
    """Fill the arrays of a :class:`~etiograph.engine.program.Program`.

    ``below`` becomes the place of each live separator state's message. ``starts`` is empty where
    nothing is maximised.
    """
    nodes, children, factor_start = layout.nodes, layout.children, layout.factor_start
    slots, constants = layout.slots, layout.constants
    strides = np.zeros(layout.dims.size, dtype=np.int64)
    longest = longest_of(layout)
    outer, inner = np.empty(longest, dtype=np.int64), np.empty(longest, dtype=np.int64)
    cell, segment, entry = 0, 0, 0
    message = offsets[offsets.size - 1]
    for node in range(nodes.shape[0]):
        split, n_inner = halves_of(layout, node)
        n_outer = cells_of(layout, nodes[node, AXES], split)
        n = nodes[node, N_LIVE]
        rows[node, N_ENTRIES], rows[node, INDEX], rows[node, SEGMENT] = n, cell, segment
        rows[node, N_SEPARATOR], rows[node, MESSAGE] = nodes[node, N_LIVE_STATES], message
        rows[node, FIRST_ENTRY] = entry
        rows[node, SIGNED] = nodes[node, HAS_SIGNS]
        _live(layout, node, masks, cells, entry, below, message, segments, segment)
        if starts.size:
            _runs(layout, node, cells, starts, entry)
        for i in range(nodes[node, CHILDREN], nodes[node, CHILDREN_END]):
            n_states = child_tables(layout, node, children[i], split, strides, outer, inner)
            live = nodes[children[i], STATES]
            every = nodes[children[i], N_LIVE_STATES] == n_states
            start = rows[children[i], MESSAGE] if every else live
            places(n_outer, n_inner, cells, entry, n, outer, inner, start, inputs, cell)
            if not every:
                for e in range(cell, cell + n):
                    inputs[e] = below[inputs[e]]
            cell += n
            rows[node, N_INPUTS] += 1
        for i in range(nodes[node, SLOTS], nodes[node, SLOTS_END]):
            slot_tables(layout, node, slots[i], split, strides, outer, inner)
            start = offsets[slots[i]]
            places(n_outer, n_inner, cells, entry, n, outer, inner, start, inputs, cell)
            cell += n
            rows[node, N_INPUTS] += 1
        for i in range(nodes[node, FACTORS], nodes[node, FACTORS_END]):
            start = -1 - factor_start[i]
            if start < 0:
                rows[node, N_FACTORS] += 1
                continue
            factor_tables(layout, node, i, split, strides, outer, inner)
            for e in range(entry, entry + n):
                o, j = parted(item(cells, e), n_inner)
                coefficient[e] *= constants[start + item(outer, o) + item(inner, j)]
        segment += nodes[node, N_LIVE_STATES] + 1
        message += nodes[node, N_LIVE_STATES]
        entry += n


@njit(cache=True, nogil=True)
def _live(layout, node, masks, cells, entry, below, message, segments, segment):
    """The live cells of a table, and where each live state of the separator begins."""
    nodes = layout.nodes
    first = nodes[node, AXES]
    end = first + nodes[node, N_SEPARATOR_AXES]
    rest = cells_of(layout, end, nodes[node, AXES_END])
    state = nodes[node, STATES]
    m = nodes[node, CELLS]
    e, c = entry, 0
    for s in range(state, state + cells_of(layout, first, end)):
        if below[s]:
            below[s] = message
            segments[segment] = e - entry
            message += 1
            segment += 1
        for _ in range(rest):
            if masks[m + c]:
                cells[e] = c
                e += 1
            c += 1
    segments[segment] = e - entry


@njit(cache=True, nogil=True)
def _runs(layout, node, cells, starts, entry):
    """Mark the entries that begin a new state of the separator and the maximised axes."""
    nodes = layout.nodes
    inner = cells_of(layout, nodes[node, AXES] + nodes[node, RUN_AXES], nodes[node, AXES_END])
    last = -1
    for e in range(entry, entry + nodes[node, N_LIVE]):
        run = cells[e] // inner
        starts[e] = run != last
        last = run
