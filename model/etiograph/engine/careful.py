"""One row in extended range: every number a double and an exponent of its own.

Thousands of findings that pull in opposite directions make messages whose entries differ by more
than a double can hold, although the answer is ordinary. The sweeps are those of ``kernels.py``; only
the arithmetic differs (mantissa in [0.5, 1), exponent as a 64-bit integer), so no digit is lost.
"""

# mypy: disable-error-code="untyped-decorator"
from __future__ import annotations

import math

import numpy as np
from numba import njit

from etiograph.engine.layout import LongArray
from etiograph.engine.program import (
    FIRST_ENTRY,
    INDEX,
    MESSAGE,
    N_ENTRIES,
    N_INPUTS,
    N_SEPARATOR,
    SEGMENT,
    Program,
)
from etiograph.network.model import FloatArray

LOWEST = -(1 << 62)


def extended_base(program: Program, tables: FloatArray) -> tuple[FloatArray, LongArray]:
    """As :meth:`Program.base`, each product a number of ordinary size and a power of 2."""
    base, exponents = np.frexp(program.coefficient.astype(np.float64))
    powers = exponents.astype(np.int64)
    first = program.nodes[:, FIRST_ENTRY]
    for node, index in enumerate(program.table_index):
        own = slice(first[node], first[node] + index.shape[1])
        for row in index:
            part, power = np.frexp(tables[row])
            base[own], shift = np.frexp(base[own] * part)
            powers[own] += power + shift
    return base, powers


@njit(cache=True, nogil=True)
def _add(x, ex, y, ey):
    """x 2^ex + y 2^ey, normalised."""
    if x == 0.0:
        return y, ey
    if y == 0.0:
        return x, ex
    if ex < ey:
        x, ex, y, ey = y, ey, x, ex
    shift = ex - ey
    total = x + math.ldexp(y, -shift) if shift < 1100 else x
    f, e = math.frexp(total)
    return f, ex + e


@njit(cache=True, nogil=True)
def _product(factor, exponent, m, e_m, inputs, i0, n, entry, k, skip):
    """factor 2^exponent times the k inputs of an entry, without input ``skip``."""
    f, e = math.frexp(factor)
    exponent += e
    for j in range(k):
        if j == skip:
            continue
        slot = inputs[i0 + j * n + entry]
        f, e = math.frexp(f * m[slot])
        exponent += e + e_m[slot]
    return f, exponent


@njit(cache=True, nogil=True)
def careful_one(
    nodes,
    inputs,
    segments,
    base,
    e_base,
    free,
    fixed_slots,
    likelihood,
    m,
    marginals,
    slopes,
    shares,
):
    """All marginals of one row, log P, and of every entry d log P / d base and P(entry | row).

    Entries are base 2^e_base; ``m`` is scratch.
    """
    size = m.size
    e_m = np.zeros(size, dtype=np.int64)
    d = np.zeros(size)
    e_d = np.zeros(size, dtype=np.int64)
    f_p, e_p = 0.5, 1
    for slot in fixed_slots:
        f_p, e = math.frexp(f_p * likelihood[slot])
        e_p += e
    for v in range(free.shape[0]):
        for s in range(free[v, 0], free[v, 0] + free[v, 1]):
            f, e = math.frexp(likelihood[s])
            m[s], e_m[s] = f, e
    for node in range(nodes.shape[0]):
        n, k, i0 = nodes[node, N_ENTRIES], nodes[node, N_INPUTS], nodes[node, INDEX]
        s0, m0, first = nodes[node, SEGMENT], nodes[node, MESSAGE], nodes[node, FIRST_ENTRY]
        top = LOWEST
        for s in range(nodes[node, N_SEPARATOR]):
            total, exponent = 0.0, 0
            for entry in range(segments[s0 + s], segments[s0 + s + 1]):
                f, e = _product(
                    base[first + entry], e_base[first + entry], m, e_m, inputs, i0, n, entry, k, -1
                )
                total, exponent = _add(total, exponent, f, e)
            m[m0 + s], e_m[m0 + s] = total, exponent
            if total > 0.0 and exponent > top:
                top = exponent
        if top == LOWEST:
            return -np.inf
        e_p += top
        for s in range(nodes[node, N_SEPARATOR]):
            e_m[m0 + s] -= top
    f_p, e_p = _roots(nodes, m, e_m, inputs, f_p, e_p)
    if f_p == 0.0:
        return -np.inf
    for node in range(nodes.shape[0] - 1, -1, -1):
        n, k, i0 = nodes[node, N_ENTRIES], nodes[node, N_INPUTS], nodes[node, INDEX]
        s0, m0, first = nodes[node, SEGMENT], nodes[node, MESSAGE], nodes[node, FIRST_ENTRY]
        root = True
        for s in range(nodes[node, N_SEPARATOR]):
            root = root and d[m0 + s] == 0.0
        for s in range(nodes[node, N_SEPARATOR]):
            above, e_above = (0.5, 1) if root else (d[m0 + s], e_d[m0 + s])
            if above == 0.0:
                continue
            for entry in range(segments[s0 + s], segments[s0 + s + 1]):
                b, e_b = base[first + entry], e_base[first + entry]
                for j in range(k):
                    f, e = _product(b * above, e_b + e_above, m, e_m, inputs, i0, n, entry, k, j)
                    slot = inputs[i0 + j * n + entry]
                    d[slot], e_d[slot] = _add(d[slot], e_d[slot], f, e)
        _slopes(nodes[node], inputs, segments, base, e_base, m, e_m, d, e_d, root, slopes, shares)
    for slot in fixed_slots:
        marginals[slot] = 1.0
    for v in range(free.shape[0]):
        begin, end = free[v, 0], free[v, 0] + free[v, 1]
        top = LOWEST
        for s in range(begin, end):
            f, e = math.frexp(m[s] * d[s])
            d[s], e_d[s] = f, e + e_m[s] + e_d[s]
            if f > 0.0 and e_d[s] > top:
                top = e_d[s]
        total = 0.0
        for s in range(begin, end):
            shift = top - e_d[s]
            marginals[s] = math.ldexp(d[s], -shift) if d[s] > 0.0 and shift < 1100 else 0.0
            total += marginals[s]
        for s in range(begin, end):
            marginals[s] /= total
    return math.log(f_p) + e_p * math.log(2.0)


@njit(cache=True, nogil=True)
def _slopes(row, inputs, segments, base, e_base, m, e_m, d, e_d, root, slopes, shares):
    """d log P / d base of the entries of one table, and the share of P that each has."""
    n, k, i0 = row[N_ENTRIES], row[N_INPUTS], row[INDEX]
    s0, m0, first = row[SEGMENT], row[MESSAGE], row[FIRST_ENTRY]
    exponents = np.zeros(n, dtype=np.int64)
    powers = np.zeros(n, dtype=np.int64)
    total, e_total = 0.0, 0
    for s in range(row[N_SEPARATOR]):
        above, e_above = (0.5, 1) if root else (d[m0 + s], e_d[m0 + s])
        for entry in range(segments[s0 + s], segments[s0 + s + 1]):
            f, e = _product(above, e_above, m, e_m, inputs, i0, n, entry, k, -1)
            slopes[first + entry], exponents[entry] = f, e
            f, e_b = math.frexp(f * base[first + entry])
            shares[first + entry], powers[entry] = f, e + e_b + e_base[first + entry]
            total, e_total = _add(total, e_total, f, powers[entry])
    for entry in range(n):
        shift = max(powers[entry] - e_total, -3000)
        shares[first + entry] = math.ldexp(shares[first + entry] / total, shift)
        shift = max(min(exponents[entry] - e_total, 3000), -3000)
        slopes[first + entry] = math.ldexp(slopes[first + entry] / total, shift)


@njit(cache=True, nogil=True)
def _roots(nodes, m, e_m, inputs, f_p, e_p):
    """Multiply P by what the roots, whose messages nobody reads, are left with."""
    read = np.zeros(m.size, dtype=np.bool_)
    for i in inputs:
        read[i] = True
    for node in range(nodes.shape[0]):
        m0 = nodes[node, MESSAGE]
        if nodes[node, N_SEPARATOR] == 1 and not read[m0]:
            f_p, e = math.frexp(f_p * m[m0])
            e_p += e + e_m[m0]
    return f_p, e_p
