"""The sweeps of ``kernels.py`` for ``LANES`` rows at once, the row innermost in every array.

Two specialisations come of one source. Where all rows share the numbers of the tables, ``numbers``
is the product of them at every entry, ``(entries,)``. Where each row has its own, it is a
:class:`~etiograph.engine.by_row.Cells` tuple: the distinct products are made first, one vector each,
and an entry says which of them it takes.

A message is scaled only when it leaves a wide range, and the logs of the scales add up to log P.

What is too small for a double is lost, of a sum at most some 1e-300. That is seen in an answer only
where what comes from above is larger than ``HUGE``, or where nothing else is left: such rows are
reported, like those of which a signed sum cancels.
"""

# mypy: disable-error-code="no-untyped-def,untyped-decorator"
from __future__ import annotations

import numpy as np
from numba import njit, types
from numba.extending import overload

from etiograph.engine.lanes import (
    LANES,
    add,
    add_product,
    any_less,
    item,
    larger,
    load,
    mul,
    reciprocal,
    scale,
    size,
    smaller_positive,
    splat,
    store,
)
from etiograph.engine.precision import CANCELLED, HIGH, HUGE, LOW, NO_UNDERFLOW, SMALL
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


def weigh(v, numbers, e):
    """v times the number of entry e."""
    raise NotImplementedError


@overload(weigh, inline="always")
def _weigh(v, numbers, e):
    if isinstance(numbers, types.Array):
        return lambda v, numbers, e: scale(v, item(numbers, e))
    return lambda v, numbers, e: mul(v, load(numbers[0], item(numbers[1], e)))


def prepare(numbers, first, small, scratch):
    """Whatever the numbers of the entries need before the rows from ``first`` on are swept."""
    raise NotImplementedError


@overload(prepare)
def _prepare(numbers, first, small, scratch):
    if isinstance(numbers, types.Array):
        return lambda numbers, first, small, scratch: None

    def multiply(numbers, first, small, scratch):
        products, _, constants, left, right, values = numbers
        last = values.shape[1] - 1
        for i in range(values.shape[0]):
            for x in range(LANES):
                products[constants.size + i, x] = values[i, min(first + x, last)]
        for u in range(constants.size):
            store(products, u, splat(constants[u]))
        low = splat(1e300)
        made = constants.size + values.shape[0]
        for u in range(left.size):
            product = mul(load(products, item(left, u)), load(products, item(right, u)))
            store(products, made + u, product)
            low = smaller_positive(low, size(product))
        mark(small, scratch, low, splat(SMALL))

    return multiply


@njit(cache=True, nogil=True, error_model="numpy")
def mark(flags, scratch, a, b):
    """Flag the lanes in which a is below b."""
    if any_less(a, b):
        store(scratch, 0, a)
        store(scratch, 1, b)
        for x in range(LANES):
            if scratch[0, x] < scratch[1, x]:
                flags[x] = True


@njit(cache=True, nogil=True, error_model="numpy")
def _outside(v, low, high):
    return any_less(v, splat(low)) or any_less(splat(high), v)


@njit(cache=True, nogil=True, error_model="numpy")
def _add_logs(log_p, scratch, v):
    store(scratch, 0, v)
    for x in range(LANES):
        log_p[x] += np.log(scratch[0, x])


@njit(cache=True, nogil=True, error_model="numpy")
def product_of(m, inputs, i0, n, e, k, skip):
    """Product of the inputs of an entry, without one."""
    product = splat(1.0)
    for j in range(k):
        if j != skip:
            product = mul(product, load(m, item(inputs, i0 + j * n + e)))
    return product


@njit(cache=True, nogil=True, error_model="numpy")
def up(nodes, inputs, segments, numbers, m, sizes, inverses, log_p, small, risky, scratch):
    """Upward sweep; adds to ``log_p``.

    ``sizes``, where there are signs, gets the sum of the sizes of each message's terms; ``inverses``,
    unless it is empty, what each node's message was multiplied by. ``small`` is set where more may have
    been lost than a sweep down can see, ``risky`` where nothing is left and something should be.
    """
    scales = splat(1.0)
    before = log_p.copy() if sizes.shape[0] else log_p
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
        signed = nodes[node, SIGNED] != 0
        top = splat(0.0)
        low = splat(1e300)
        for s in range(n_separator):
            total = splat(0.0)
            begin = item(segments, s0 + s)
            end = item(segments, s0 + s + 1)
            if signed:
                gross = splat(0.0)
                for e in range(begin, end):
                    x = weigh(product_of(m, inputs, i0, n, e, k, -1), numbers, first + e)
                    total = add(total, x)
                    gross = add(gross, size(x))
                store(sizes, m0 + s, gross)
            elif k == 0:
                for e in range(begin, end):
                    total = add(total, weigh(splat(1.0), numbers, first + e))
            elif k == 1:
                for e in range(begin, end):
                    total = add(total, weigh(load(m, item(inputs, i0 + e)), numbers, first + e))
            elif k == 2:
                for e in range(begin, end):
                    x = weigh(load(m, item(inputs, i0 + e)), numbers, first + e)
                    total = add_product(total, x, load(m, item(inputs, i1 + e)))
            elif k == 3:
                for e in range(begin, end):
                    x = weigh(load(m, item(inputs, i0 + e)), numbers, first + e)
                    y = mul(load(m, item(inputs, i1 + e)), load(m, item(inputs, i2 + e)))
                    total = add_product(total, x, y)
            else:
                for e in range(begin, end):
                    x = product_of(m, inputs, i0, n, e, k, -1)
                    total = add(total, weigh(x, numbers, first + e))
            store(m, m0 + s, total)
            top = larger(top, total)
            low = smaller_positive(low, total)
        mark(small, scratch, low, scale(top, SMALL))
        if inverses.shape[0]:
            store(inverses, node, splat(1.0))
        # A message of one number, as every root sends, goes into the scale altogether.
        if n_separator == 1 or _outside(top, LOW, HIGH):
            inverse = reciprocal(top)
            if inverses.shape[0]:
                store(inverses, node, inverse)
            for s in range(n_separator):
                store(m, m0 + s, mul(load(m, m0 + s), inverse))
                if signed:  # what cancelled to nothing keeps a size by which it is known
                    of_sizes = larger(inverse, splat(NO_UNDERFLOW))
                    store(sizes, m0 + s, mul(load(sizes, m0 + s), of_sizes))
            if _outside(top, 1e-100, 1e100):
                mark(risky, scratch, smaller_positive(splat(1.0), top), splat(NO_UNDERFLOW))
                _add_logs(log_p, scratch, top)
            else:
                scales = mul(scales, top)
                if _outside(scales, 1e-150, 1e150):
                    _add_logs(log_p, scratch, scales)
                    scales = splat(1.0)
    _add_logs(log_p, scratch, scales)
    for x in range(LANES):
        risky[x] |= small[x] and log_p[x] == -np.inf
    if sizes.shape[0]:
        _vanished(nodes, m, sizes, before, log_p, risky)


@njit(cache=True, nogil=True, error_model="numpy")
def _vanished(nodes, m, sizes, before, log_p, flags):
    """Flag lanes in which nothing is left, if some signed sum is small against its terms."""
    for x in range(LANES):
        if log_p[x] > -np.inf or before[x] == -np.inf:
            continue
        for node in range(nodes.shape[0]):
            if nodes[node, SIGNED]:
                for i in range(
                    nodes[node, MESSAGE], nodes[node, MESSAGE] + nodes[node, N_SEPARATOR]
                ):
                    if abs(m[i, x]) < CANCELLED * sizes[i, x]:
                        flags[x] = True


@njit(cache=True, nogil=True, error_model="numpy")
def _cancelled(nodes, m, sizes, flags, scratch):
    """Flag lanes in which some signed message is small against its terms."""
    for node in range(nodes.shape[0]):
        if nodes[node, SIGNED]:
            m0 = nodes[node, MESSAGE]
            for i in range(m0, m0 + nodes[node, N_SEPARATOR]):
                # A sum that is 0 altogether is a zero of the model.
                net = smaller_positive(splat(1e300), size(load(m, i)))
                mark(flags, scratch, net, scale(load(sizes, i), CANCELLED))


@njit(cache=True, nogil=True, error_model="numpy")
def _down(nodes, inputs, shifts, segments, numbers, m, sizes, inverses, d, risky, scratch):
    """Downward sweep into ``d``, which holds zeros on entry; what is read there is zeroed again.

    By the scales of the upward sweep, a message from above times the one it answers adds up to 1.
    """
    for node in range(nodes.shape[0] - 1, -1, -1):
        n = nodes[node, N_ENTRIES]
        k = nodes[node, N_INPUTS]
        i0 = nodes[node, INDEX]
        i1 = i0 + n
        i2 = i1 + n
        s0 = nodes[node, SEGMENT]
        m0 = nodes[node, MESSAGE]
        d0 = nodes[node, DOWN]
        q0 = nodes[node, SHIFT]
        # From a message to its answer, for the first three inputs.
        si = shifts[q0] if k > 0 else 0
        sj = shifts[q0 + 1] if k > 1 else 0
        sh = shifts[q0 + 2] if k > 2 else 0
        first = nodes[node, FIRST_ENTRY]
        n_separator = nodes[node, N_SEPARATOR]
        inverse = load(inverses, node)
        top = splat(0.0)
        # What a rounding of the terms can do to the answers: sum of sizes over size of sum.
        net = splat(0.0)
        gross = splat(0.0)
        for s in range(n_separator):
            above = load(d, d0 + s)
            store(d, d0 + s, splat(0.0))
            if n_separator == 1 and not any_less(splat(0.0), above):
                above = splat(1.0)  # a root
            above = mul(above, inverse)
            top = larger(top, above)
            if nodes[node, SIGNED]:
                net = add_product(net, above, load(m, m0 + s))
                gross = add_product(gross, size(above), load(sizes, m0 + s))
            begin = item(segments, s0 + s)
            end = item(segments, s0 + s + 1)
            if k == 1:
                for e in range(begin, end):
                    i = item(inputs, i0 + e)
                    store(d, i + si, add(load(d, i + si), weigh(above, numbers, first + e)))
            elif k == 2:
                for e in range(begin, end):
                    i = item(inputs, i0 + e)
                    j = item(inputs, i1 + e)
                    t = weigh(above, numbers, first + e)
                    store(d, i + si, add_product(load(d, i + si), t, load(m, j)))
                    store(d, j + sj, add_product(load(d, j + sj), t, load(m, i)))
            elif k == 3:
                for e in range(begin, end):
                    i = item(inputs, i0 + e)
                    j = item(inputs, i1 + e)
                    h = item(inputs, i2 + e)
                    t = weigh(above, numbers, first + e)
                    p = mul(t, load(m, i))
                    r = load(m, h)
                    store(d, i + si, add_product(load(d, i + si), mul(t, load(m, j)), r))
                    store(d, j + sj, add_product(load(d, j + sj), p, r))
                    store(d, h + sh, add_product(load(d, h + sh), p, load(m, j)))
            elif k > 3:
                for e in range(begin, end):
                    t = weigh(above, numbers, first + e)
                    for j in range(k):
                        i = item(inputs, i0 + j * n + e) + shifts[q0 + j]
                        others = product_of(m, inputs, i0, n, e, k, j)
                        store(d, i, add_product(load(d, i), t, others))
        mark(risky, scratch, splat(HUGE), top)
        if nodes[node, SIGNED]:
            mark(risky, scratch, size(net), scale(gross, CANCELLED))


@njit(cache=True, nogil=True, error_model="numpy")
def load_rows(free, fixed_slots, likelihoods, first, m, log_p, small, scratch):
    """Likelihoods of a block of rows, the largest of each variable brought to 1."""
    last = likelihoods.shape[0] - 1
    for x in range(LANES):
        row = min(first + x, last)
        log_p[x] = 0.0
        for s in range(likelihoods.shape[1]):
            m[s, x] = likelihoods[row, s]
    one = splat(1.0)
    for slot in fixed_slots:
        v = load(m, slot)
        if any_less(v, one) or any_less(one, v):
            _add_logs(log_p, scratch, v)
    for v in range(free.shape[0]):
        offset = free[v, 0]
        end = offset + free[v, 1]
        top = splat(0.0)
        low = splat(1e300)
        for s in range(offset, end):
            y = load(m, s)
            top = larger(top, y)
            low = smaller_positive(low, y)
        mark(small, scratch, low, scale(top, SMALL))
        if any_less(top, one) or any_less(one, top):
            inverse = reciprocal(top)
            for s in range(offset, end):
                store(m, s, mul(load(m, s), inverse))
            _add_logs(log_p, scratch, top)


@njit(cache=True, nogil=True, error_model="numpy")
def posteriors(free, fixed_slots, m, d, log_p, first, marginals, risky, scratch):
    """Posterior of each variable from its likelihood and what reaches it; ``d`` is zeroed again."""
    count = min(LANES, marginals.shape[0] - first)
    for x in range(LANES):
        scratch[0, x] = 1.0 if log_p[x] > -np.inf else 0.0
    possible = load(scratch, 0)
    zero = splat(0.0)
    for v in range(free.shape[0]):
        offset = free[v, 0]
        end = offset + free[v, 1]
        total = zero
        top = zero
        for s in range(offset, end):
            # A signed sum that should be 0 may come out a rounding below it.
            x = load(d, s)
            top = larger(top, x)
            y = larger(mul(x, load(m, s)), zero)
            store(d, s, y)
            total = add(total, y)
        mark(risky, scratch, splat(HUGE), top)
        mark(risky, scratch, total, scale(possible, 0.5))
        inverse = mul(reciprocal(total), possible)
        for s in range(offset, end):
            store(d, s, mul(load(d, s), inverse))
    for slot in fixed_slots:
        store(d, slot, possible)
    for x in range(count):
        for s in range(marginals.shape[1]):
            marginals[first + x, s] = d[s, x]
    for s in range(marginals.shape[1]):
        store(d, s, zero)


@njit(cache=True, nogil=True, error_model="numpy")
def block(
    nodes,
    inputs,
    shifts,
    segments,
    numbers,
    free,
    fixed_slots,
    likelihoods,
    n_buffer,
    n_down,
    first,
    end,
    log_evidence,
    marginals,
    at_risk,
):
    """Rows ``first`` to ``end``, ``LANES`` at a time, into the outputs.

    A single row of ``likelihoods`` stands for all. ``marginals`` may be empty: log P alone. ``at_risk``
    says on entry which rows have numbers that are small already.
    """
    wanted = marginals.size > 0
    signed = False
    for node in range(nodes.shape[0]):
        signed = signed or nodes[node, SIGNED] != 0
    m = np.zeros((n_buffer, LANES))
    d = np.zeros((n_down if wanted else 0, LANES))
    sizes = np.zeros((n_buffer if signed else 0, LANES))
    inverses = np.zeros((nodes.shape[0] if wanted else 0, LANES))
    log_p = np.empty(LANES)
    small, risky = np.zeros((2, LANES), dtype=np.bool_)
    scratch = np.empty((2, LANES))
    while first < end:
        risky[:] = False
        for x in range(LANES):
            small[x] = at_risk[min(first + x, end - 1)]
        load_rows(free, fixed_slots, likelihoods, first, m, log_p, small, scratch)
        prepare(numbers, first, small, scratch)
        up(nodes, inputs, segments, numbers, m, sizes, inverses, log_p, small, risky, scratch)
        if wanted:
            _down(nodes, inputs, shifts, segments, numbers, m, sizes, inverses, d, risky, scratch)
            posteriors(free, fixed_slots, m, d, log_p, first, marginals, risky, scratch)
        else:
            risky |= small
            if signed:
                _cancelled(nodes, m, sizes, risky, scratch)
        for x in range(min(LANES, end - first)):
            log_evidence[first + x] = log_p[x]
            at_risk[first + x] = risky[x]
        first += LANES
