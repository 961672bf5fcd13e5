"""The sweeps over one row with twice the digits: every number a double and what it was rounded by.

A signed sum that loses five of sixteen digits loses them of 32 here, in a tenth of the time that another
program without signs takes to be written. Sums and products of such pairs are those of Dekker (1971)
and Knuth (1997), the error of a product by one fused multiplication. The products of the numbers of the
tables are made as the sweep comes to each table, and scales are powers of 2, so that they round nothing.
"""

# mypy: disable-error-code="no-untyped-def,no-any-return,untyped-decorator,no-untyped-call"
from __future__ import annotations

import math

import numpy as np
from numba import njit

from etiograph.engine.kernels_layout import factor_tables, halves_of, longest_of, parted
from etiograph.engine.lanes import fused, item
from etiograph.engine.layout import FACTORS, FACTORS_END
from etiograph.engine.precision import CANCELLED_TWICE, HUGE, NO_UNDERFLOW, SMALL
from etiograph.engine.program import (
    FIRST_ENTRY,
    INDEX,
    MESSAGE,
    N_ENTRIES,
    N_INPUTS,
    N_SEPARATOR,
    SEGMENT,
    SIGNED,
)


@njit(cache=True, nogil=True, error_model="numpy")
def _add(a, a_low, b, b_low):
    """The sum of two pairs, right to what the sizes of both are rounded by twice."""
    total = a + b
    part = total - a
    low = ((a - (total - part)) + (b - part)) + (a_low + b_low)
    high = total + low
    return high, low - (high - total)


@njit(cache=True, nogil=True, error_model="numpy")
def _times(a, a_low, b, b_low):
    """The product of two pairs."""
    total = a * b
    low = fused(a, b, -total) + fused(a, b_low, a_low * b)
    high = total + low
    return high, low - (high - total)


@njit(cache=True, nogil=True, error_model="numpy")
def _numbers(
    layout, rows, node, cells, coefficient, tables, lows, strides, outer, inner, b, b_low
):  # fmt: skip
    """The products of the numbers of a table at its entries, into ``b`` and ``b_low``."""
    first, n = rows[node, FIRST_ENTRY], rows[node, N_ENTRIES]
    split, n_inner = halves_of(layout, node)
    for e in range(n):
        b[e] = coefficient[first + e]
        b_low[e] = 0.0
    for i in range(layout.nodes[node, FACTORS], layout.nodes[node, FACTORS_END]):
        start = layout.factor_start[i]
        if start >= 0:
            factor_tables(layout, node, i, split, strides, outer, inner)
            for e in range(n):
                o, j = parted(item(cells, first + e), n_inner)
                at = start + item(outer, o) + item(inner, j)
                x, x_low = item(tables, at), item(lows, at)
                b[e], b_low[e] = _times(b[e], b_low[e], x, x_low)


@njit(cache=True, nogil=True, error_model="numpy")
def _product(x, x_low, m, m_low, inputs, i0, n, e, k, skip):
    """x times the inputs of an entry, without one."""
    for j in range(k):
        if j != skip:
            i = item(inputs, i0 + j * n + e)
            x, x_low = _times(x, x_low, item(m, i), item(m_low, i))
    return x, x_low


@njit(cache=True, nogil=True, error_model="numpy")
def _add_at(d, d_low, i, x, x_low):
    """Add a pair to the one at a place."""
    at = np.uint64(i)
    d[at], d_low[at] = _add(d[at], d_low[at], x, x_low)


@njit(cache=True, nogil=True, error_model="numpy")
def twice_one(
    layout, nodes, inputs, segments, cells, coefficient, tables, lows, tiny, free, fixed_slots,
    likelihood, m, marginals, slopes,
):  # fmt: skip
    """All marginals of one row, and d log P / d base of every entry unless ``slopes`` is empty.

    ``lows (T,)`` is what the numbers of the tables were rounded by, ``m`` scratch, ``tiny`` as in ``kernels.one``. Returns (log P, whether digits are at risk).
    """
    m_low, d, d_low = np.zeros(m.size), np.zeros(m.size), np.zeros(m.size)
    sizes = np.empty(m.size)
    inverses = np.empty(nodes.shape[0])
    longest = longest_of(layout)
    strides = np.zeros(layout.dims.size, dtype=np.int64)
    outer, inner = np.empty(longest, dtype=np.int64), np.empty(longest, dtype=np.int64)
    b, b_low = np.empty((2, nodes[:, N_ENTRIES].max()))
    small = tiny
    vanished = False
    log_p = 0.0
    power = 0
    for slot in fixed_slots:
        if likelihood[slot] <= 0.0:
            return -np.inf, False
        log_p += math.log(likelihood[slot])
    for v in range(free.shape[0]):
        begin, end = free[v, 0], free[v, 0] + free[v, 1]
        top, low = 0.0, 1e300
        for s in range(begin, end):
            top = max(top, likelihood[s])
            if likelihood[s] > 0.0:
                low = min(low, likelihood[s])
        if top == 0.0:
            return -np.inf, False
        small = small or low < SMALL * top
        _, shift = math.frexp(top)
        power += shift
        for s in range(begin, end):
            m[s] = math.ldexp(likelihood[s], -shift)
    for node in range(nodes.shape[0]):
        n, k, i0 = nodes[node, N_ENTRIES], nodes[node, N_INPUTS], nodes[node, INDEX]
        s0, m0, first = nodes[node, SEGMENT], nodes[node, MESSAGE], nodes[node, FIRST_ENTRY]
        _numbers(
            layout, nodes, node, cells, coefficient, tables, lows, strides, outer, inner, b, b_low
        )  # fmt: skip
        top, low = 0.0, 1e300
        for s in range(nodes[node, N_SEPARATOR]):
            total, rest, size = 0.0, 0.0, 0.0
            for e in range(item(segments, s0 + s), item(segments, s0 + s + 1)):
                x, x_low = item(b, e), item(b_low, e)
                x, x_low = _product(x, x_low, m, m_low, inputs, i0, n, e, k, -1)
                total, rest = _add(total, rest, x, x_low)
                size += abs(x)
            m[m0 + s], m_low[m0 + s], sizes[m0 + s] = total, rest, size
            vanished = vanished or (
                nodes[node, SIGNED] != 0 and abs(total) < CANCELLED_TWICE * size
            )
            top = max(top, total)
            if total > 0.0:
                low = min(low, total)
        if top < NO_UNDERFLOW:
            return -np.inf, small or vanished or top > 0.0
        small = small or low < SMALL * top
        _, shift = math.frexp(top)
        power += shift
        inverse = inverses[node] = math.ldexp(1.0, -shift)
        for s in range(nodes[node, N_SEPARATOR]):
            m[m0 + s] *= inverse
            m_low[m0 + s] *= inverse
            sizes[m0 + s] *= inverse
    risky = False
    for node in range(nodes.shape[0] - 1, -1, -1):
        n, k, i0 = nodes[node, N_ENTRIES], nodes[node, N_INPUTS], nodes[node, INDEX]
        s0, m0, first = nodes[node, SEGMENT], nodes[node, MESSAGE], nodes[node, FIRST_ENTRY]
        root = True
        for s in range(nodes[node, N_SEPARATOR]):
            root = root and d[m0 + s] == 0.0
        if root:  # whose message nobody reads
            d[m0] = 1.0
            log_p += math.log(m[m0])
        net, rest, gross = 0.0, 0.0, 0.0
        for s in range(nodes[node, N_SEPARATOR]):
            x, x_low = _times(d[m0 + s], d_low[m0 + s], m[m0 + s], m_low[m0 + s])
            net, rest = _add(net, rest, x, x_low)
            gross += abs(d[m0 + s]) * sizes[m0 + s]
            risky = risky or d[m0 + s] * inverses[node] > HUGE
        risky = risky or not net > CANCELLED_TWICE * gross
        _numbers(
            layout, nodes, node, cells, coefficient, tables, lows, strides, outer, inner, b, b_low
        )  # fmt: skip
        for s in range(nodes[node, N_SEPARATOR]):
            above, above_low = d[m0 + s] * inverses[node], d_low[m0 + s] * inverses[node]
            for e in range(item(segments, s0 + s), item(segments, s0 + s + 1)):
                x, x_low = item(b, e), item(b_low, e)
                t, t_low = _times(x, x_low, above, above_low)
                if k == 1:
                    _add_at(d, d_low, item(inputs, i0 + e), t, t_low)
                elif k == 2:
                    i, j = item(inputs, i0 + e), item(inputs, i0 + n + e)
                    x, x_low = _times(t, t_low, item(m, j), item(m_low, j))
                    _add_at(d, d_low, i, x, x_low)
                    x, x_low = _times(t, t_low, item(m, i), item(m_low, i))
                    _add_at(d, d_low, j, x, x_low)
                else:
                    for j in range(k):
                        x, x_low = _product(t, t_low, m, m_low, inputs, i0, n, e, k, j)
                        _add_at(d, d_low, item(inputs, i0 + j * n + e), x, x_low)
                if slopes.size > 0:
                    x, _ = _product(above, above_low, m, m_low, inputs, i0, n, e, k, -1)
                    slopes[first + e] = x / net
    for slot in fixed_slots:
        marginals[slot] = 1.0
    for v in range(free.shape[0]):
        begin, end = free[v, 0], free[v, 0] + free[v, 1]
        total = 0.0
        for s in range(begin, end):
            x, _ = _times(m[s], m_low[s], d[s], d_low[s])
            marginals[s] = max(x, 0.0)
            total += marginals[s]
            risky = risky or d[s] > HUGE
        risky = risky or not total > 0.25  # as much as the message of the root, from 0.5 to 1
        for s in range(begin, end):
            marginals[s] /= total
    return log_p + power * math.log(2.0), risky
