"""The two passes that turn a tree of tables into the arrays of a program, compiled.

A tree comes as flat arrays, one tuple (see :class:`~etiograph.engine.layout.Layout`). A place that is a
sum over axes is two look-ups in short tables, one for the outer axes and one for the inner ones,
however many axes there are.
"""

# mypy: disable-error-code="no-untyped-def,no-any-return,untyped-decorator,no-untyped-call"
from __future__ import annotations

import numpy as np
from numba import njit

from etiograph.engine.lanes import item
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

# Columns of the nodes of a layout.
(
    AXES, AXES_END, N_SEPARATOR_AXES, CHILDREN, CHILDREN_END, FACTORS, FACTORS_END, CELLS, STATES,
    N_LIVE, N_LIVE_STATES, SLOTS, SLOTS_END, HAS_SIGNS, RUN_AXES,
) = range(15)  # fmt: skip


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
def longest_of(layout):
    """Length of the longest look-up table."""
    longest = 1
    for node in range(layout.nodes.shape[0]):
        _, inner = halves_of(layout, node)
        cells = cells_of(layout, layout.nodes[node, AXES], layout.nodes[node, AXES_END])
        longest = max(longest, inner, cells // inner if inner else 0)
    return longest


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
def _places(n_outer, n_inner, cells, entry, n, outer, inner, start, out, to):
    """start + outer + inner place of every entry of a table, into ``out`` from ``to`` on."""
    if n == n_outer * n_inner:  # all its cells are live
        e = to
        for o in range(n_outer):
            first = start + item(outer, o)
            for j in range(n_inner):
                out[e] = first + item(inner, j)
                e += 1
        return
    o, bound = 0, n_inner
    for e in range(n):
        c = item(cells, entry + e)
        while c >= bound:
            o += 1
            bound += n_inner
        out[to + e] = start + item(outer, o) + item(inner, c - bound + n_inner)


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
            _places(n_outer, n_inner, cells, entry, n, outer, inner, start, inputs, cell)
            if not every:
                for e in range(cell, cell + n):
                    inputs[e] = below[inputs[e]]
            cell += n
            rows[node, N_INPUTS] += 1
        for i in range(nodes[node, SLOTS], nodes[node, SLOTS_END]):
            slot_tables(layout, node, slots[i], split, strides, outer, inner)
            start = offsets[slots[i]]
            _places(n_outer, n_inner, cells, entry, n, outer, inner, start, inputs, cell)
            cell += n
            rows[node, N_INPUTS] += 1
        for i in range(nodes[node, FACTORS], nodes[node, FACTORS_END]):
            start = -1 - factor_start[i]
            if start < 0:
                rows[node, N_FACTORS] += 1
                continue
            factor_tables(layout, node, i, split, strides, outer, inner)
            o, bound = 0, n_inner
            for e in range(entry, entry + n):
                c = item(cells, e)
                while c >= bound:
                    o += 1
                    bound += n_inner
                coefficient[e] *= constants[start + outer[o] + inner[c - bound + n_inner]]
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


@njit(cache=True, nogil=True)
def factor_entries(layout, rows, cells, factors):
    """The entry of ``T`` each factor reads, for each table factor by factor."""
    nodes = layout.nodes
    strides = np.zeros(layout.dims.size, dtype=np.int64)
    longest = longest_of(layout)
    outer, inner = np.empty(longest, dtype=np.int64), np.empty(longest, dtype=np.int64)
    at = 0
    for node in range(nodes.shape[0]):
        split, n_inner = halves_of(layout, node)
        n, entry = rows[node, N_ENTRIES], rows[node, FIRST_ENTRY]
        for i in range(nodes[node, FACTORS], nodes[node, FACTORS_END]):
            start = layout.factor_start[i]
            if start >= 0:
                factor_tables(layout, node, i, split, strides, outer, inner)
                n_outer = cells_of(layout, nodes[node, AXES], split)
                _places(n_outer, n_inner, cells, entry, n, outer, inner, start, factors, at)
                at += n


@njit(cache=True, nogil=True)
def add_counts(layout, rows, cells, expected, out):
    """Add what stands for each entry to the entry of ``T`` that each of its factors reads."""
    nodes = layout.nodes
    strides = np.zeros(layout.dims.size, dtype=np.int64)
    longest = longest_of(layout)
    outer, inner = np.empty(longest, dtype=np.int64), np.empty(longest, dtype=np.int64)
    for node in range(nodes.shape[0]):
        split, n_inner = halves_of(layout, node)
        first = rows[node, FIRST_ENTRY]
        end = first + rows[node, N_ENTRIES]
        for i in range(nodes[node, FACTORS], nodes[node, FACTORS_END]):
            start = layout.factor_start[i]
            if start < 0:
                continue
            factor_tables(layout, node, i, split, strides, outer, inner)
            o, bound = 0, n_inner
            for e in range(first, end):
                c = item(cells, e)
                while c >= bound:
                    o += 1
                    bound += n_inner
                out[start + item(outer, o) + item(inner, c - bound + n_inner)] += expected[e]


@njit(cache=True, nogil=True)
def least_of(layout, i, tables):
    """Size of the smallest number but 0 that a factor can read, 1 where none is below."""
    domain, states = layout.domain, layout.states
    total = 1
    for a in range(layout.factor_axis[i], layout.factor_axis[i + 1]):
        total *= layout.dims[layout.factor_variable[a]]
    least = 1.0
    for c in range(total):
        at = layout.factor_start[i]
        for a in range(layout.factor_axis[i], layout.factor_axis[i + 1]):
            v = layout.factor_variable[a]
            at += layout.factor_step[a] * states[domain[v] + c % layout.dims[v]]
            c //= layout.dims[v]
        if tables[at] != 0.0:
            least = min(least, abs(tables[at]))
    return least


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
def _any_risky(numbers, first, end, tiny):
    """Whether ordinary doubles might lose one of some numbers further on."""
    lost = False
    for e in range(first, end):
        lost |= numbers[e] != 0.0 and abs(numbers[e]) < tiny
    return lost


@njit(cache=True, nogil=True, error_model="numpy")
def products(layout, rows, cells, coefficient, tables, tiny, base):
    """Product of the factors at every entry; whether ordinary doubles might lose one of them.

    Factors that stand on one half of the axes alone are multiplied there first. Where not even the
    smallest numbers of all factors together come near the limit, no product is looked at.
    """
    nodes = layout.nodes
    strides = np.zeros(layout.dims.size, dtype=np.int64)
    longest = longest_of(layout)
    outer, inner = np.empty(longest, dtype=np.int64), np.empty(longest, dtype=np.int64)
    across, along = np.empty(longest), np.empty(longest)
    lost = False
    for node in range(nodes.shape[0]):
        split, n_inner = halves_of(layout, node)
        n_outer = cells_of(layout, nodes[node, AXES], split)
        first = rows[node, FIRST_ENTRY]
        end = first + rows[node, N_ENTRIES]
        full = end - first == n_outer * n_inner  # all its cells are live
        across[:n_outer] = 1.0
        along[:n_inner] = 1.0
        least = 1.0
        for i in range(nodes[node, FACTORS], nodes[node, FACTORS_END]):
            start = layout.factor_start[i]
            if start < 0:
                continue
            own = least_of(layout, i, tables)
            lost |= own < tiny
            least *= own
            factor_tables(layout, node, i, split, strides, outer, inner)
            above, below = sides_of(layout, node, split, strides)
            if not below:
                for o in range(n_outer):
                    across[o] *= tables[start + outer[o]]
                # Looked at after every factor: the next one might take it to 0.
                lost |= least < tiny and _any_risky(across, 0, n_outer, tiny)
            elif not above:
                for j in range(n_inner):
                    along[j] *= tables[start + inner[j]]
                lost |= least < tiny and _any_risky(along, 0, n_inner, tiny)
        if full:
            for o in range(n_outer):
                x, e = item(across, o), first + o * n_inner
                for j in range(n_inner):
                    base[e + j] = item(coefficient, e + j) * (x * item(along, j))
        else:
            o, bound = 0, n_inner
            for e in range(first, end):
                c = item(cells, e)
                while c >= bound:
                    o += 1
                    bound += n_inner
                number = item(across, o) * item(along, c - bound + n_inner)
                base[e] = item(coefficient, e) * number
        lost |= least < tiny and _any_risky(base, first, end, tiny)
        for i in range(nodes[node, FACTORS], nodes[node, FACTORS_END]):
            start = layout.factor_start[i]
            if start < 0:
                continue
            factor_tables(layout, node, i, split, strides, outer, inner)
            above, below = sides_of(layout, node, split, strides)
            if not (above and below):
                continue
            if full:
                for o in range(n_outer):
                    at, e = start + item(outer, o), first + o * n_inner
                    for j in range(n_inner):
                        base[e + j] *= item(tables, at + item(inner, j))
            else:
                o, bound = 0, n_inner
                for e in range(first, end):
                    c = item(cells, e)
                    while c >= bound:
                        o += 1
                        bound += n_inner
                    base[e] *= item(
                        tables, start + item(outer, o) + item(inner, c - bound + n_inner)
                    )
            lost |= least < tiny and _any_risky(base, first, end, tiny)
    return lost
