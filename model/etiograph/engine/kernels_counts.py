"""Expected counts: how often each table entry is where the rows are, summed over rows.

The sweeps of ``kernels_block.py``, ``LANES`` rows at once. An entry times all its inputs, times the
message from above, is P(that combination of states, row) up to a scale of its node, and these add up
to P(row) over the node (Lauritzen 1995). A row whose digits are at risk adds nothing here: it is
reported, and worked out alone.
"""

# mypy: disable-error-code="no-untyped-def,untyped-decorator"
from __future__ import annotations

import numpy as np
from numba import njit

from etiograph.engine.kernels_block import (
    load_rows,
    mark,
    posteriors,
    product_of,
    up,
    weigh,
)
from etiograph.engine.lanes import (
    LANES,
    add,
    add_product,
    add_to,
    any_less,
    item,
    lane_sum,
    larger,
    load,
    mul,
    reciprocal,
    scale,
    size,
    splat,
    store,
)
from etiograph.engine.precision import CANCELLED, HUGE
from etiograph.engine.program import (
    DOWN,
    FIRST_ENTRY,
    INDEX,
    MESSAGE,
    N_ENTRIES,
    N_INPUTS,
    N_SEPARATOR,
    SEGMENT,
    SHIFT,
    SIGNED,
)


@njit(cache=True, nogil=True, error_model="numpy")
def _down_and_count(
    nodes, inputs, shifts, segments, numbers, m, sizes, inverses, d, active, weight, risky, scratch,
    counts,
):  # fmt: skip
    """The downward sweep of ``kernels_block.py``, adding to ``counts`` on the way.

    ``active`` is 1 in lanes that are swept and 0 in the others, ``weight`` what each counts.
    """
    for node in range(nodes.shape[0] - 1, -1, -1):
        n = nodes[node, N_ENTRIES]
        k = nodes[node, N_INPUTS]
        i0 = nodes[node, INDEX]
        i1 = i0 + n
        s0 = nodes[node, SEGMENT]
        m0 = nodes[node, MESSAGE]
        d0 = nodes[node, DOWN]
        q0 = nodes[node, SHIFT]
        si = shifts[q0] if k > 0 else 0
        sj = shifts[q0 + 1] if k > 1 else 0
        first = nodes[node, FIRST_ENTRY]
        n_separator = nodes[node, N_SEPARATOR]
        root = n_separator == 1 and not any_less(splat(0.0), load(d, d0))
        if root:
            store(d, d0, load(active, 0))
        inverse = load(inverses, node)
        top = splat(0.0)
        net = splat(0.0)
        gross = splat(0.0)
        for s in range(n_separator):
            above = load(d, d0 + s)
            top = larger(top, mul(above, inverse))
            net = add_product(net, above, load(m, m0 + s))
            if nodes[node, SIGNED]:
                gross = add_product(gross, size(above), load(sizes, m0 + s))
        mark(risky, scratch, splat(HUGE), top)
        if nodes[node, SIGNED]:
            mark(risky, scratch, size(net), scale(gross, CANCELLED))
        share = mul(load(weight, 0), reciprocal(net))  # what the products of a node add up to
        for s in range(n_separator):
            above = mul(load(d, d0 + s), inverse)
            store(d, d0 + s, splat(0.0))
            counted = mul(above, share)
            begin = item(segments, s0 + s)
            end = item(segments, s0 + s + 1)
            if k == 0:
                for e in range(begin, end):
                    add_to(counts, first + e, lane_sum(weigh(counted, numbers, first + e)))
            elif k == 1:
                for e in range(begin, end):
                    i = item(inputs, i0 + e)
                    store(d, i + si, add(load(d, i + si), weigh(above, numbers, first + e)))
                    x = mul(weigh(counted, numbers, first + e), load(m, i))
                    add_to(counts, first + e, lane_sum(x))
            elif k == 2:
                for e in range(begin, end):
                    i = item(inputs, i0 + e)
                    j = item(inputs, i1 + e)
                    t = weigh(above, numbers, first + e)
                    p = load(m, i)
                    r = load(m, j)
                    store(d, i + si, add_product(load(d, i + si), t, r))
                    store(d, j + sj, add_product(load(d, j + sj), t, p))
                    x = mul(weigh(counted, numbers, first + e), mul(p, r))
                    add_to(counts, first + e, lane_sum(x))
            else:
                for e in range(begin, end):
                    t = weigh(above, numbers, first + e)
                    for j in range(k):
                        i = item(inputs, i0 + j * n + e) + shifts[q0 + j]
                        others = product_of(m, inputs, i0, n, e, k, j)
                        store(d, i, add_product(load(d, i), t, others))
                    every = product_of(m, inputs, i0, n, e, k, -1)
                    x = mul(weigh(counted, numbers, first + e), every)
                    add_to(counts, first + e, lane_sum(x))


@njit(cache=True, nogil=True, error_model="numpy")
def count_block(
    nodes,
    inputs,
    shifts,
    segments,
    numbers,
    free,
    fixed_slots,
    likelihoods,
    weights,
    n_buffer,
    n_down,
    first,
    end,
    log_evidence,
    marginals,
    at_risk,
    counts,
):
    """Rows ``first`` to ``end``, ``LANES`` at a time: all that ``block`` gives, and expected counts.

    Those of all rows that are not at risk, times their weights, are added to ``counts (entries,)``.
    ``at_risk`` says on entry which rows have numbers that are small already.
    """
    wanted = marginals.size > 0
    signed = False
    for node in range(nodes.shape[0]):
        signed = signed or nodes[node, SIGNED] != 0
    n_slots = likelihoods.shape[1]
    m = np.zeros((n_buffer, LANES))
    d = np.zeros((n_down, LANES))
    sizes = np.zeros((n_buffer if signed else 0, LANES))
    inverses = np.zeros((nodes.shape[0], LANES))
    log_p = np.empty(LANES)
    small, risky = np.zeros((2, LANES), dtype=np.bool_)
    scratch = np.empty((2, LANES))
    active = np.empty((1, LANES))
    weight = np.empty((1, LANES))
    own = np.zeros(counts.size)
    while first < end:
        risky[:] = False
        for x in range(LANES):
            small[x] = at_risk[min(first + x, end - 1)]
        load_rows(free, fixed_slots, likelihoods, first, m, log_p, small, scratch)
        up(nodes, inputs, segments, numbers, m, sizes, inverses, log_p, small, risky, scratch)
        again = True
        while again:
            for x in range(LANES):
                swept = first + x < end and not risky[x] and log_p[x] > -np.inf
                active[0, x] = 1.0 if swept else 0.0
                weight[0, x] = weights[first + x] if swept else 0.0
            own[:] = 0.0
            _down_and_count(
                nodes, inputs, shifts, segments, numbers, m, sizes, inverses, d, active, weight,
                risky, scratch, own,
            )  # fmt: skip
            again = False
            for x in range(LANES):
                again = again or (active[0, x] > 0.0 and risky[x])
            if wanted and not again:
                posteriors(free, fixed_slots, m, d, log_p, first, marginals, risky, scratch)
                for x in range(LANES):
                    again = again or (active[0, x] > 0.0 and risky[x])
            else:
                for s in range(n_slots):
                    store(d, s, splat(0.0))
        for e in range(counts.size):
            counts[e] += own[e]
        for x in range(min(LANES, end - first)):
            log_evidence[first + x] = log_p[x]
            at_risk[first + x] = risky[x]
        first += LANES
