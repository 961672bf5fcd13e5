"""The sweeps over one row, compiled with numba. Only the kernels of the engine are jitted.

Two sweeps over the nodes of a :class:`~etiograph.engine.program.Program` (Shafer & Shenoy 1990):
upward, each table is multiplied by its inputs and summed into one message; downward, the same
product without one input, times the message from above, is added to that input's slot. Products are
computed anew rather than stored, and no message is ever divided. Every message is scaled to a
maximum of 1 and the logs of the scales add up to log P.

``one`` serves a single row, ``block`` in ``kernels_block.py`` many at once. ``careful_one`` does the
same with a separate exponent for each number, for rows in which ordinary doubles would underflow
(both others report such rows).
"""

# mypy: disable-error-code="untyped-decorator"
from __future__ import annotations

import numpy as np
from numba import njit

from etiograph.engine.lanes import add_to, item
from etiograph.engine.precision import CANCELLED, HUGE, NO_UNDERFLOW, SMALL
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
def message(m, inputs, i):
    """What input i brings."""
    return item(m, item(inputs, i))


@njit(cache=True, nogil=True, error_model="numpy")
def _up_one(nodes, inputs, segments, base, m, sizes, inverses):
    """Upward sweep of one row: log of the product of all scales, and what may have been lost.

    ``sizes``, where there are signs, gets the sum of the sizes of each message's terms, ``inverses`` what
    each node's message was multiplied by. Next come whether there are numbers so small that more may be
    lost than a sweep down can see, whether a signed sum is small against its terms, and whether nothing is
    left because of that: a sum that is 0 altogether is taken for a zero of the model elsewhere.
    """
    log_scale = 0.0
    scale = 1.0
    small = False
    suspect = False
    vanished = False
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
            begin = item(segments, s0 + s)
            end = item(segments, s0 + s + 1)
            if nodes[node, SIGNED]:
                size = 0.0
                for e in range(begin, end):
                    term = item(base, first + e)
                    for j in range(k):
                        term *= message(m, inputs, i0 + j * n + e)
                    total += term
                    size += abs(term)
                sizes[m0 + s] = size
                if abs(total) < CANCELLED * size:
                    vanished = True
                    suspect = suspect or total != 0.0
            elif k == 0:
                for e in range(begin, end):
                    total += item(base, first + e)
            elif k == 1:
                for e in range(begin, end):
                    total += item(base, first + e) * message(m, inputs, i0 + e)
            elif k == 2:
                for e in range(begin, end):
                    total += (
                        item(base, first + e)
                        * message(m, inputs, i0 + e)
                        * message(m, inputs, i0 + n + e)
                    )
            elif k == 3:
                for e in range(begin, end):
                    total += (
                        item(base, first + e)
                        * message(m, inputs, i0 + e)
                        * message(m, inputs, i0 + n + e)
                        * message(m, inputs, i0 + 2 * n + e)
                    )
            else:
                for e in range(begin, end):
                    term = item(base, first + e)
                    for j in range(k):
                        term *= message(m, inputs, i0 + j * n + e)
                    total += term
            m[m0 + s] = total
            if total > top:
                top = total
            if 0.0 < total < low:
                low = total
        if top == 0.0:
            return -np.inf, small, suspect, vanished
        if low < SMALL * top:
            small = True
        if top < NO_UNDERFLOW:
            return -np.inf, True, suspect, True
        inverse = 1.0 / top
        inverses[node] = inverse
        for s in range(nodes[node, N_SEPARATOR]):
            m[m0 + s] *= inverse
            if nodes[node, SIGNED]:
                sizes[m0 + s] *= inverse
        scale *= top
        if scale < 1e-100 or scale > 1e100:
            log_scale += np.log(scale)
            scale = 1.0
    return log_scale + np.log(scale), small, suspect, False


@njit(cache=True, nogil=True, error_model="numpy")
def _down_one(nodes, inputs, segments, base, m, sizes, inverses, d):
    """Downward sweep of one row into ``d``, which holds zeros on entry: whether digits are at risk.

    By the scales of the upward sweep, a message from above times the one it answers adds up to 1.
    """
    risky = False
    for node in range(nodes.shape[0] - 1, -1, -1):
        n = nodes[node, N_ENTRIES]
        k = nodes[node, N_INPUTS]
        i0 = nodes[node, INDEX]
        s0 = nodes[node, SEGMENT]
        m0 = nodes[node, MESSAGE]
        first = nodes[node, FIRST_ENTRY]
        n_separator = nodes[node, N_SEPARATOR]
        inverse = inverses[node]
        root = True
        for s in range(n_separator):
            root = root and d[m0 + s] == 0.0
        if root:
            d[m0] = 1.0
        # What a rounding of the terms can do to the answers: sum of sizes over size of sum.
        net = 0.0
        gross = 0.0
        for s in range(n_separator):
            above = d[m0 + s]
            if above * inverse > HUGE:
                risky = True
            if nodes[node, SIGNED]:
                net += above * m[m0 + s]
                gross += abs(above) * sizes[m0 + s]
        if abs(net) < CANCELLED * gross:
            risky = True
        for s in range(n_separator):
            above = d[m0 + s] * inverse
            if above == 0.0:
                continue
            begin = item(segments, s0 + s)
            end = item(segments, s0 + s + 1)
            if k == 1:
                for e in range(begin, end):
                    add_to(d, item(inputs, i0 + e), item(base, first + e) * above)
            elif k == 2:
                for e in range(begin, end):
                    a = item(inputs, i0 + e)
                    b = item(inputs, i0 + n + e)
                    t = item(base, first + e) * above
                    add_to(d, a, t * item(m, b))
                    add_to(d, b, t * item(m, a))
            elif k == 3:
                for e in range(begin, end):
                    a = item(inputs, i0 + e)
                    b = item(inputs, i0 + n + e)
                    c = item(inputs, i0 + 2 * n + e)
                    t = item(base, first + e) * above
                    ta = t * item(m, a)
                    mc = item(m, c)
                    add_to(d, a, t * item(m, b) * mc)
                    add_to(d, b, ta * mc)
                    add_to(d, c, ta * item(m, b))
            else:
                for e in range(begin, end):
                    t = item(base, first + e) * above
                    for j in range(k):
                        term = t
                        for i in range(k):
                            if i != j:
                                term *= message(m, inputs, i0 + i * n + e)
                        add_to(d, item(inputs, i0 + j * n + e), term)
    return risky


@njit(cache=True, nogil=True, error_model="numpy")
def _load_one(free, fixed_slots, likelihood, m):
    """Scaled likelihoods into the first slots: log of the scales, -inf where nothing is possible.

    Also whether some are so small that more may be lost than a sweep down can see.
    """
    log_scale = 0.0
    small = False
    for slot in fixed_slots:
        x = likelihood[slot]
        if x != 1.0:
            if x <= 0.0:
                return -np.inf, small
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
                return -np.inf, small
            for s in range(offset, offset + free[v, 1]):
                m[s] /= top
            log_scale += np.log(top)
        if low < SMALL * top:
            small = True
    return log_scale, small


@njit(cache=True, nogil=True, error_model="numpy")
def _normalise(free, fixed_slots, m, d, marginals):
    """Posterior of each variable from its likelihood and what reaches it: whether digits are at risk."""
    risky = False
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
            if d[s] > HUGE:
                risky = True
        if not total > 0.5:  # they add up to 1
            risky = True
        if total > 0.0:
            for s in range(offset, offset + free[v, 1]):
                marginals[s] /= total
    return risky


@njit(cache=True, nogil=True, error_model="numpy")
def one(nodes, inputs, segments, base, tiny, free, fixed_slots, likelihood, m, d, marginals):
    """All marginals of one row. Returns (log P, whether digits are at risk).

    ``tiny`` says whether ``base`` has numbers that are small already. ``marginals`` may be empty.
    """
    loaded, small = _load_one(free, fixed_slots, likelihood, m)
    if loaded == -np.inf:
        return loaded, False
    signed = False
    for node in range(nodes.shape[0]):
        signed = signed or nodes[node, SIGNED] != 0
    sizes = np.empty(m.size if signed else 0)
    inverses = np.empty(nodes.shape[0])
    log_p, s, suspect, risky = _up_one(nodes, inputs, segments, base, m, sizes, inverses)
    small = small or s or tiny
    if log_p == -np.inf:
        risky = risky or small
    elif marginals.size == 0:
        risky = small or suspect
    else:
        d[:] = 0.0
        r = _down_one(nodes, inputs, segments, base, m, sizes, inverses, d)
        risky = _normalise(free, fixed_slots, m, d, marginals) or r
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
                    rest *= message(m, inputs, i0 + j * n + e)
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
                    term *= message(m, inputs, i0 + j * n + e)
                total += term
            m[m0 + s] = max(best, total)
            top = max(top, m[m0 + s])
        if top == 0.0:
            return -np.inf
        log_p += np.log(top)
        for s in range(nodes[node, N_SEPARATOR]):
            m[m0 + s] /= top
    return log_p
