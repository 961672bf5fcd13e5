"""The sweeps, compiled with numba. Nothing else in the package is jitted.

Two sweeps over the nodes of a :class:`~etiograph.engine.compile.Program` (Shafer & Shenoy 1990):
upward, each table is multiplied by its inputs and summed into one message; downward, the same
product without one input, times the message from above, is added to that input's slot. Products are
computed anew rather than stored, and no message is ever divided. Every message is scaled to a
maximum of 1 and the logs of the scales add up to log P.

``_one`` serves a single row; ``_block`` serves ``LANES`` rows at once, the row being the innermost
axis of every array. ``careful_one`` does the same with a separate exponent for each number, for rows
in which ordinary doubles would underflow (both others report such rows).
"""

# mypy: disable-error-code="untyped-decorator"
from __future__ import annotations

import numpy as np
from numba import njit

from .compile import (
    FIRST_ENTRY,
    INDEX,
    MESSAGE,
    N_ENTRIES,
    N_INPUTS,
    N_MESSAGES,
    N_SEPARATOR,
    SEGMENT,
    SIGNED,
)
from .lanes import LANES, add, larger, load, mul, scale, smaller_positive, splat, store

SMALL = 1e-75
"""A scaled number below this may lose digits further on: the row is computed again, carefully."""
CANCELLED = 1e-4
"""A signed sum below this share of its terms has lost too many digits: likewise."""


@njit(cache=True, nogil=True, error_model="numpy")
def _up_one(nodes, inputs, segments, base, m):
    """Upward sweep of one row: log of the product of all scales, and whether digits are at risk."""
    log_scale = 0.0
    scale = 1.0
    risky = False
    suspect = False
    for node in range(nodes.shape[0]):
        n = nodes[node, N_ENTRIES]
        k = nodes[node, N_INPUTS]
        i0 = nodes[node, INDEX]
        s0 = nodes[node, SEGMENT]
        m0 = nodes[node, MESSAGE]
        first = nodes[node, FIRST_ENTRY]
        top = 0.0
        low = 1e300
        for s in range(nodes[node, N_SEPARATOR]):
            total = 0.0
            begin = segments[s0 + s]
            end = segments[s0 + s + 1]
            if nodes[node, SIGNED]:
                size = 0.0
                for e in range(begin, end):
                    term = base[first + e]
                    for j in range(k):
                        term *= m[inputs[i0 + j * n + e]]
                    total += term
                    size += abs(term)
                if total != 0.0 and abs(total) < CANCELLED * size:
                    suspect = True
            elif k == 0:
                for e in range(begin, end):
                    total += base[first + e]
            elif k == 1:
                for e in range(begin, end):
                    total += base[first + e] * m[inputs[i0 + e]]
            elif k == 2:
                for e in range(begin, end):
                    total += base[first + e] * m[inputs[i0 + e]] * m[inputs[i0 + n + e]]
            elif k == 3:
                for e in range(begin, end):
                    total += (
                        base[first + e]
                        * m[inputs[i0 + e]]
                        * m[inputs[i0 + n + e]]
                        * m[inputs[i0 + 2 * n + e]]
                    )
            else:
                for e in range(begin, end):
                    term = base[first + e]
                    for j in range(k):
                        term *= m[inputs[i0 + j * n + e]]
                    total += term
            m[m0 + s] = total
            if total > top:
                top = total
            if 0.0 < total < low:
                low = total
        if top == 0.0:
            return -np.inf, risky, suspect
        if low < SMALL * top:
            risky = True
        inverse = 1.0 / top
        for s in range(nodes[node, N_SEPARATOR]):
            m[m0 + s] *= inverse
        scale *= top
        if scale < 1e-100 or scale > 1e100:
            log_scale += np.log(scale)
            scale = 1.0
    return log_scale + np.log(scale), risky, suspect


@njit(cache=True, nogil=True, error_model="numpy")
def _down_one(nodes, inputs, segments, base, m, d):
    """Downward sweep of one row into ``d``, which holds zeros on entry."""
    risky = False
    for node in range(nodes.shape[0] - 1, -1, -1):
        n = nodes[node, N_ENTRIES]
        k = nodes[node, N_INPUTS]
        out = nodes[node, N_MESSAGES]
        i0 = nodes[node, INDEX]
        s0 = nodes[node, SEGMENT]
        m0 = nodes[node, MESSAGE]
        first = nodes[node, FIRST_ENTRY]
        n_separator = nodes[node, N_SEPARATOR]
        top = 0.0
        low = 1e300
        for s in range(n_separator):
            x = d[m0 + s]
            if x > top:
                top = x
            if 0.0 < x < low:
                low = x
        root = top == 0.0
        if not root and low < SMALL * top:
            risky = True
        inverse = 1.0 if root else 1.0 / top
        if nodes[node, SIGNED]:
            # What a rounding of the terms can do to the answers: sum of sizes over size of sum.
            net = 0.0
            gross = 0.0
            for s in range(n_separator):
                above = 1.0 if root else d[m0 + s] * inverse
                for e in range(segments[s0 + s], segments[s0 + s + 1]):
                    term = base[first + e] * above
                    for j in range(k):
                        term *= m[inputs[i0 + j * n + e]]
                    net += term
                    gross += abs(term)
            if abs(net) < CANCELLED * gross:
                risky = True
        for s in range(n_separator):
            above = 1.0 if root else d[m0 + s] * inverse
            if above == 0.0:
                continue
            begin = segments[s0 + s]
            end = segments[s0 + s + 1]
            if k == 1 and out == 1:
                for e in range(begin, end):
                    d[inputs[i0 + e]] += base[first + e] * above
            elif k == 2 and out == 2:
                for e in range(begin, end):
                    a = inputs[i0 + e]
                    b = inputs[i0 + n + e]
                    t = base[first + e] * above
                    d[a] += t * m[b]
                    d[b] += t * m[a]
            elif k == 3 and out == 3:
                for e in range(begin, end):
                    a = inputs[i0 + e]
                    b = inputs[i0 + n + e]
                    c = inputs[i0 + 2 * n + e]
                    t = base[first + e] * above
                    ta = t * m[a]
                    mc = m[c]
                    d[a] += t * m[b] * mc
                    d[b] += ta * mc
                    d[c] += ta * m[b]
            else:
                for e in range(begin, end):
                    t = base[first + e] * above
                    for j in range(out, k):
                        t *= m[inputs[i0 + j * n + e]]
                    for j in range(out):
                        term = t
                        for i in range(out):
                            if i != j:
                                term *= m[inputs[i0 + i * n + e]]
                        d[inputs[i0 + j * n + e]] += term
    return risky


@njit(cache=True, nogil=True, error_model="numpy")
def _load_one(free, fixed_slots, likelihood, m):
    """Scaled likelihoods into the first slots: log of the scales, -inf where nothing is possible."""
    log_scale = 0.0
    risky = False
    for slot in fixed_slots:
        x = likelihood[slot]
        if x != 1.0:
            if x <= 0.0:
                return -np.inf, risky
            log_scale += np.log(x)
    for v in range(free.shape[0]):
        offset = free[v, 0]
        top = 0.0
        low = 1e300
        for s in range(offset, offset + free[v, 1]):
            x = likelihood[s]
            m[s] = x
            if x > top:
                top = x
            if 0.0 < x < low:
                low = x
        if top != 1.0:
            if top == 0.0:
                return -np.inf, risky
            for s in range(offset, offset + free[v, 1]):
                m[s] /= top
            log_scale += np.log(top)
        if low < SMALL * top:
            risky = True
    return log_scale, risky


@njit(cache=True, nogil=True, error_model="numpy")
def _normalise(free, fixed_slots, m, d, marginals):
    """Posterior of each variable from its likelihood and what reaches it from elsewhere."""
    for slot in fixed_slots:
        marginals[slot] = 1.0
    for v in range(free.shape[0]):
        offset = free[v, 0]
        total = 0.0
        for s in range(offset, offset + free[v, 1]):
            # A signed sum that should be 0 may come out a rounding below it.
            x = max(m[s] * d[s], 0.0)
            marginals[s] = x
            total += x
        if total > 0.0:
            for s in range(offset, offset + free[v, 1]):
                marginals[s] /= total


@njit(cache=True, nogil=True, error_model="numpy")
def one(nodes, inputs, segments, base, free, fixed_slots, likelihood, m, d, marginals):
    """All marginals of one row. Returns (log P, whether digits are at risk)."""
    loaded, risky = _load_one(free, fixed_slots, likelihood, m)
    if loaded == -np.inf:
        return loaded, False
    log_p, r, suspect = _up_one(nodes, inputs, segments, base, m)
    risky = risky or r
    if marginals.size == 0:
        risky = risky or suspect
    elif log_p > -np.inf:
        d[:] = 0.0
        r = _down_one(nodes, inputs, segments, base, m, d)
        risky = risky or r
        _normalise(free, fixed_slots, m, d, marginals)
    return loaded + log_p, risky


@njit(cache=True, nogil=True, error_model="numpy")
def entry_slopes(nodes, inputs, segments, base, m, d, slopes):
    """d log P / d base of every table entry, from the messages that ``one`` left in ``m``, ``d``.

    The sum over a table of entry times what it is multiplied with is P up to a scale, so the slope
    is that factor over the sum (Darwiche 2003), whatever the scales are.
    """
    for node in range(nodes.shape[0]):
        n = nodes[node, N_ENTRIES]
        i0 = nodes[node, INDEX]
        s0 = nodes[node, SEGMENT]
        m0 = nodes[node, MESSAGE]
        first = nodes[node, FIRST_ENTRY]
        root = True
        for s in range(nodes[node, N_SEPARATOR]):
            root = root and d[m0 + s] == 0.0
        total = 0.0
        for s in range(nodes[node, N_SEPARATOR]):
            for e in range(segments[s0 + s], segments[s0 + s + 1]):
                rest = 1.0 if root else d[m0 + s]
                for j in range(nodes[node, N_INPUTS]):
                    rest *= m[inputs[i0 + j * n + e]]
                slopes[first + e] = rest
                total += base[first + e] * rest
        for e in range(first, first + n):
            slopes[e] /= total


@njit(cache=True, nogil=True, error_model="numpy")
def bound_one(nodes, inputs, segments, starts, base, free, fixed_slots, likelihood, m):
    """Log of an upper bound on the largest P(row, states of the maximised variables).

    In each table sums are taken over runs of entries (``starts`` says where a run begins) and the
    largest run counts. A sum that is taken before a maximum it should follow can only be larger
    (Park & Darwiche 2003), and where no sum comes first the bound is exact.
    """
    log_p, _ = _load_one(free, fixed_slots, likelihood, m)
    if log_p == -np.inf:
        return log_p
    for node in range(nodes.shape[0]):
        n = nodes[node, N_ENTRIES]
        i0 = nodes[node, INDEX]
        s0 = nodes[node, SEGMENT]
        m0 = nodes[node, MESSAGE]
        first = nodes[node, FIRST_ENTRY]
        top = 0.0
        for s in range(nodes[node, N_SEPARATOR]):
            best = 0.0
            total = 0.0
            for e in range(segments[s0 + s], segments[s0 + s + 1]):
                if starts[first + e]:
                    best = max(best, total)
                    total = 0.0
                term = base[first + e]
                for j in range(nodes[node, N_INPUTS]):
                    term *= m[inputs[i0 + j * n + e]]
                total += term
            m[m0 + s] = max(best, total)
            top = max(top, m[m0 + s])
        if top == 0.0:
            return -np.inf
        log_p += np.log(top)
        for s in range(nodes[node, N_SEPARATOR]):
            m[m0 + s] /= top
    return log_p


@njit(cache=True, nogil=True, error_model="numpy")
def _up_block(nodes, inputs, segments, base, m, log_p, risky, suspect):
    """Upward sweep of a block of rows; adds to ``log_p``, sets ``risky``."""
    bounds = np.empty((2, LANES))
    scales = np.ones((1, LANES))
    for node in range(nodes.shape[0]):
        n = nodes[node, N_ENTRIES]
        k = nodes[node, N_INPUTS]
        i0 = nodes[node, INDEX]
        i1 = i0 + n
        i2 = i1 + n
        s0 = nodes[node, SEGMENT]
        m0 = nodes[node, MESSAGE]
        first = nodes[node, FIRST_ENTRY]
        n_separator = nodes[node, N_SEPARATOR]
        top = splat(0.0)
        low = splat(1e300)
        for s in range(n_separator):
            total = splat(0.0)
            begin = segments[s0 + s]
            end = segments[s0 + s + 1]
            if nodes[node, SIGNED]:
                size = splat(0.0)
                for e in range(begin, end):
                    x = splat(base[first + e])
                    for j in range(k):
                        x = mul(x, load(m, inputs[i0 + j * n + e]))
                    total = add(total, x)
                    size = add(size, larger(x, scale(x, -1.0)))
                store(bounds, 0, larger(total, scale(total, -1.0)))
                store(bounds, 1, size)
                for lane in range(LANES):
                    if 0.0 < bounds[0, lane] < CANCELLED * bounds[1, lane]:
                        suspect[lane] = True
            elif k == 0:
                for e in range(begin, end):
                    total = add(total, splat(base[first + e]))
            elif k == 1:
                for e in range(begin, end):
                    total = add(total, scale(load(m, inputs[i0 + e]), base[first + e]))
            elif k == 2:
                for e in range(begin, end):
                    x = scale(load(m, inputs[i0 + e]), base[first + e])
                    total = add(total, mul(x, load(m, inputs[i1 + e])))
            elif k == 3:
                for e in range(begin, end):
                    x = scale(load(m, inputs[i0 + e]), base[first + e])
                    y = mul(load(m, inputs[i1 + e]), load(m, inputs[i2 + e]))
                    total = add(total, mul(x, y))
            else:
                for e in range(begin, end):
                    x = splat(base[first + e])
                    for j in range(k):
                        x = mul(x, load(m, inputs[i0 + j * n + e]))
                    total = add(total, x)
            store(m, m0 + s, total)
            top = larger(top, total)
            low = smaller_positive(low, total)
        store(bounds, 0, top)
        store(bounds, 1, low)
        extreme = False
        for x in range(LANES):
            if bounds[0, x] == 0.0:
                log_p[x] = -np.inf
                bounds[0, x] = 1.0
            if bounds[1, x] < SMALL * bounds[0, x]:
                risky[x] = True
            scales[0, x] *= bounds[0, x]
            extreme = extreme or scales[0, x] < 1e-100 or scales[0, x] > 1e100
            bounds[0, x] = 1.0 / bounds[0, x]
        inverse = load(bounds, 0)
        for s in range(n_separator):
            store(m, m0 + s, mul(load(m, m0 + s), inverse))
        if extreme:
            for x in range(LANES):
                log_p[x] += np.log(scales[0, x])
                scales[0, x] = 1.0
    for x in range(LANES):
        log_p[x] += np.log(scales[0, x])


@njit(cache=True, nogil=True, error_model="numpy")
def _down_block(nodes, inputs, segments, base, m, d, risky):
    """Downward sweep of a block of rows into ``d``, which holds zeros on entry."""
    bounds = np.empty((2, LANES))
    signed = np.empty((2, LANES))
    for node in range(nodes.shape[0] - 1, -1, -1):
        n = nodes[node, N_ENTRIES]
        k = nodes[node, N_INPUTS]
        out = nodes[node, N_MESSAGES]
        i0 = nodes[node, INDEX]
        i1 = i0 + n
        i2 = i1 + n
        s0 = nodes[node, SEGMENT]
        m0 = nodes[node, MESSAGE]
        first = nodes[node, FIRST_ENTRY]
        n_separator = nodes[node, N_SEPARATOR]
        top = splat(0.0)
        low = splat(1e300)
        for s in range(n_separator):
            x = load(d, m0 + s)
            top = larger(top, x)
            low = smaller_positive(low, x)
        store(bounds, 0, top)
        store(bounds, 1, low)
        root = True
        for x in range(LANES):
            if bounds[0, x] > 0.0:
                root = False
                if bounds[1, x] < SMALL * bounds[0, x]:
                    risky[x] = True
                bounds[0, x] = 1.0 / bounds[0, x]
        inverse = load(bounds, 0)
        if nodes[node, SIGNED]:
            net = splat(0.0)
            gross = splat(0.0)
            for s in range(n_separator):
                above = splat(1.0) if root else mul(load(d, m0 + s), inverse)
                for e in range(segments[s0 + s], segments[s0 + s + 1]):
                    term = scale(above, base[first + e])
                    for c in range(k):
                        term = mul(term, load(m, inputs[i0 + c * n + e]))
                    net = add(net, term)
                    gross = add(gross, larger(term, scale(term, -1.0)))
            store(signed, 0, net)
            store(signed, 1, gross)
            for x in range(LANES):
                if abs(signed[0, x]) < CANCELLED * signed[1, x]:
                    risky[x] = True
        for s in range(n_separator):
            above = splat(1.0) if root else mul(load(d, m0 + s), inverse)
            begin = segments[s0 + s]
            end = segments[s0 + s + 1]
            if k == 1 and out == 1:
                for e in range(begin, end):
                    i = inputs[i0 + e]
                    store(d, i, add(load(d, i), scale(above, base[first + e])))
            elif k == 2 and out == 2:
                for e in range(begin, end):
                    i = inputs[i0 + e]
                    j = inputs[i1 + e]
                    t = scale(above, base[first + e])
                    store(d, i, add(load(d, i), mul(t, load(m, j))))
                    store(d, j, add(load(d, j), mul(t, load(m, i))))
            elif k == 3 and out == 3:
                for e in range(begin, end):
                    i = inputs[i0 + e]
                    j = inputs[i1 + e]
                    h = inputs[i2 + e]
                    t = scale(above, base[first + e])
                    p = mul(t, load(m, i))
                    r = load(m, h)
                    store(d, i, add(load(d, i), mul(mul(t, load(m, j)), r)))
                    store(d, j, add(load(d, j), mul(p, r)))
                    store(d, h, add(load(d, h), mul(p, load(m, j))))
            else:
                for e in range(begin, end):
                    t = scale(above, base[first + e])
                    for c in range(out, k):
                        t = mul(t, load(m, inputs[i0 + c * n + e]))
                    for c in range(out):
                        term = t
                        for g in range(out):
                            if g != c:
                                term = mul(term, load(m, inputs[i0 + g * n + e]))
                        i = inputs[i0 + c * n + e]
                        store(d, i, add(load(d, i), term))


@njit(cache=True, nogil=True, error_model="numpy")
def _load_block(free, fixed_slots, likelihoods, first, m, log_p, risky):
    last = likelihoods.shape[0] - 1
    for x in range(LANES):
        row = min(first + x, last)
        log_p[x] = 0.0
        risky[x] = False
        for slot in fixed_slots:
            y = likelihoods[row, slot]
            if y != 1.0:
                log_p[x] += np.log(y) if y > 0.0 else -np.inf
        for v in range(free.shape[0]):
            offset = free[v, 0]
            top = 0.0
            low = 1e300
            for s in range(offset, offset + free[v, 1]):
                y = likelihoods[row, s]
                m[s, x] = y
                if y > top:
                    top = y
                if 0.0 < y < low:
                    low = y
            if top != 1.0:
                if top == 0.0:
                    log_p[x] = -np.inf
                else:
                    for s in range(offset, offset + free[v, 1]):
                        m[s, x] /= top
                    log_p[x] += np.log(top)
            if low < SMALL * top:
                risky[x] = True


@njit(cache=True, nogil=True, error_model="numpy")
def _store_block(free, fixed_slots, m, d, log_p, first, marginals):
    inverse = np.empty(LANES)
    count = min(LANES, marginals.shape[0] - first)
    for v in range(free.shape[0]):
        offset = free[v, 0]
        end = offset + free[v, 1]
        inverse[:] = 0.0
        for s in range(offset, end):
            for x in range(LANES):
                y = max(d[s, x] * m[s, x], 0.0)
                d[s, x] = y
                inverse[x] += y
        for x in range(LANES):
            inverse[x] = 1.0 / inverse[x] if inverse[x] > 0.0 and log_p[x] > -np.inf else 0.0
        for x in range(count):
            for s in range(offset, end):
                marginals[first + x, s] = d[s, x] * inverse[x]
    for x in range(count):
        if log_p[x] > -np.inf:
            for slot in fixed_slots:
                marginals[first + x, slot] = 1.0


@njit(cache=True, nogil=True, error_model="numpy")
def block(
    nodes,
    inputs,
    segments,
    base,
    free,
    fixed_slots,
    likelihoods,
    tables,
    table_start,
    first,
    end,
    log_evidence,
    marginals,
    at_risk,
):
    """Rows ``first`` to ``end``, ``LANES`` at a time, into the outputs.

    ``tables`` has one row (nothing is read from it) or as many rows as ``likelihoods``; its entries
    go behind the messages, from ``table_start`` on. ``marginals`` may be empty: log P alone.
    """
    size = table_start + (tables.shape[1] if tables.shape[0] > 1 else 0)
    m = np.zeros((size, LANES))
    wanted = marginals.size > 0
    d = np.zeros((table_start if wanted else 0, LANES))
    log_p = np.empty(LANES)
    risky = np.zeros(LANES, dtype=np.bool_)
    suspect = np.zeros(LANES, dtype=np.bool_)
    while first < end:
        _load_block(free, fixed_slots, likelihoods, first, m, log_p, risky)
        if tables.shape[0] > 1:
            last = tables.shape[0] - 1
            for x in range(LANES):
                row = min(first + x, last)
                for t in range(tables.shape[1]):
                    m[table_start + t, x] = tables[row, t]
        suspect[:] = False
        _up_block(nodes, inputs, segments, base, m, log_p, risky, suspect)
        if wanted:
            d[:] = 0.0
            _down_block(nodes, inputs, segments, base, m, d, risky)
            _store_block(free, fixed_slots, m, d, log_p, first, marginals)
        for x in range(min(LANES, end - first)):
            log_evidence[first + x] = log_p[x]
            at_risk[first + x] = risky[x] or (suspect[x] and not wanted)
        first += LANES
