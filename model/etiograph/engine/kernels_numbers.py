"""Between the numbers of a model's tables and the entries of a program, compiled.

Forth, the product of the numbers that each entry takes; back, what stands for the entries added up
at the numbers.
"""

# mypy: disable-error-code="no-untyped-def,no-any-return,untyped-decorator,no-untyped-call"
from __future__ import annotations

import numpy as np
from numba import njit

from etiograph.engine.kernels_layout import (
    cells_of,
    factor_tables,
    halves_of,
    longest_of,
    parted,
    places,
    sides_of,
)
from etiograph.engine.lanes import item
from etiograph.engine.layout import AXES, FACTORS, FACTORS_END
from etiograph.engine.program import (
    FIRST_ENTRY,
    N_ENTRIES,
)


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
                places(n_outer, n_inner, cells, entry, n, outer, inner, start, factors, at)
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
            for e in range(first, end):
                o, j = parted(item(cells, e), n_inner)
                out[start + item(outer, o) + item(inner, j)] += expected[e]


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
            for e in range(first, end):
                o, j = parted(item(cells, e), n_inner)
                base[e] = item(coefficient, e) * (item(across, o) * item(along, j))
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
                for e in range(first, end):
                    o, j = parted(item(cells, e), n_inner)
                    base[e] *= item(tables, start + item(outer, o) + item(inner, j))
            lost |= least < tiny and _any_risky(base, first, end, tiny)
    return lost
