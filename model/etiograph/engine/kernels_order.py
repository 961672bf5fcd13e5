"""The search for an elimination order, compiled: greedy runs over rows of 64-bit words.

A graph is an array ``(n, words)`` of uint64: bit u of row v says that u and v are neighbours. The
rules are those of :mod:`~etiograph.engine.order`; the random numbers are a generator of our own, so
that a plan is the same on every machine and with every version of numba.
"""

# mypy: disable-error-code="no-untyped-def,no-any-return,untyped-decorator,no-untyped-call"
from __future__ import annotations

import numpy as np
from numba import njit

from etiograph.engine.costs import NOISE
from etiograph.engine.lanes import lowest, ones

N_RULES = 6
"""Fill edges; size of the clique; weighted fill; and three products of these, as logarithms."""
PLAIN = 3
"""Rules that run once each without noise."""
TINY = 1e-9
"""Keeps the logarithm of a rating finite."""
SIMPLICIAL = 1e9
"""A vertex whose neighbours all know one another goes first: nothing is lost by that."""

ONE = np.uint64(1)
SIX = np.uint64(6)
LAST = np.uint64(63)


# Whole arrays are handed on, never rows of them: a view costs more than what is done with it here.
@njit(cache=True, nogil=True)
def _members(graph, v, out):
    """The neighbours of a vertex into ``out``; how many there are."""
    count = 0
    for w in range(graph.shape[1]):
        rest = graph[v, w]
        while rest:
            out[count] = lowest(rest) + 64 * w
            count += 1
            rest &= rest - ONE
    return count


@njit(cache=True, nogil=True)
def _rate(graph, logs, v, rule, near):
    """How dear it is to take a vertex out now, by a rule."""
    words = graph.shape[1]
    weighs = rule == 2 or rule >= 4
    fill = 0
    weighted = 0.0
    size = logs[v]
    for i in range(_members(graph, v, near)):
        u = near[i]
        size += logs[u]
        first = u >> 6
        above = ~((ONE << np.uint64(u & 63)) | ((ONE << np.uint64(u & 63)) - ONE))
        for w in range(first, words):
            missing = graph[v, w] & ~graph[u, w]
            if w == first:
                missing &= above
            if missing:
                fill += ones(missing)
                while weighs and missing:
                    weighted += logs[u] * logs[lowest(missing) + 64 * w]
                    missing &= missing - ONE
    if fill == 0:
        return size - SIMPLICIAL
    if rule == 0:
        return fill + 1e-3 * size
    if rule == 1:
        return size
    if rule == 2:
        return weighted + 1e-3 * size
    if rule == 3:
        return np.log2(fill + TINY) + size
    if rule == 4:
        return np.log2(weighted + TINY) + size
    return np.log2(weighted + TINY) + 0.5 * size


@njit(cache=True, nogil=True)
def _eliminate(graph, v, near, touched):
    """Join the neighbours of a vertex and take it out; marks those that look different now."""
    words = graph.shape[1]
    count = _members(graph, v, near)
    out = ~(ONE << np.uint64(v & 63))
    for w in range(words):
        touched[w] = graph[v, w]
    for i in range(count):
        graph[near[i], v >> 6] &= out
    for i in range(count):
        u = near[i]
        own = ONE << np.uint64(u & 63)
        first = u >> 6
        for w in range(first, words):
            missing = graph[v, w] & ~graph[u, w]
            if w == first:
                missing &= ~(own | (own - ONE))
            while missing:
                b = lowest(missing)
                other = b + 64 * w
                # Whoever knows both sees one missing edge less.
                for x in range(words):
                    touched[x] |= graph[u, x] & graph[other, x]
                graph[u, w] |= ONE << np.uint64(b)
                graph[other, first] |= own
                missing &= missing - ONE
    return count


@njit(cache=True, nogil=True)
def _random(state):
    """The next number in [0, 1) (splitmix64; Steele, Lea & Flood 2014)."""
    state[0] += np.uint64(0x9E3779B97F4A7C15)
    x = state[0]
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return ((x ^ (x >> np.uint64(31))) >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@njit(cache=True, nogil=True)
def _greedy(start, logs, first, rule, noise, give_up, order):
    """One run into ``order``: what it costs, or infinity once that is too much.

    ``first`` has the ratings of all vertices by each rule, ``noise`` the state of the random numbers;
    0 for a run without any.
    """
    n, words = start.shape
    graph = np.empty((n, words), dtype=np.uint64)
    ratings = np.empty(n)
    near = np.empty(n, dtype=np.int64)
    touched = np.empty(words, dtype=np.uint64)
    separators = np.empty((n, words), dtype=np.uint64)
    sizes = np.empty(n, dtype=np.int64)
    orphans = np.empty(n, dtype=np.int64)
    n_orphans = 0
    for v in range(n):
        ratings[v] = first[rule, v]
        if noise[0]:
            ratings[v] = _with_noise(ratings[v], noise)
        for w in range(words):
            graph[v, w] = start[v, w]
    total = 0.0
    for step in range(n):
        v = 0
        for u in range(1, n):
            if ratings[u] < ratings[v]:
                v = u
        order[step] = v
        ratings[v] = np.inf
        # Where an earlier one sends on this whole clique, it is part of that one.
        count = _eliminate(graph, v, near, touched)
        size = logs[v]
        for i in range(count):
            size += logs[near[i]]
        part = False
        left = 0
        for i in range(n_orphans):
            w = orphans[i]
            if separators[w, v >> 6] >> np.uint64(v & 63) & ONE:
                part = part or sizes[w] == count + 1
            else:
                orphans[left] = w
                left += 1
        n_orphans = left
        if not part:
            total += np.exp2(size)
            if total > give_up:
                return np.inf
        for w in range(words):
            separators[v, w] = graph[v, w]
        sizes[v] = count
        orphans[n_orphans] = v
        n_orphans += 1
        for w in range(words):
            rest = touched[w]
            while rest:
                u = lowest(rest) + 64 * w
                rest &= rest - ONE
                if ratings[u] < np.inf:
                    ratings[u] = _rate(graph, logs, u, rule, near)
                    if noise[0]:
                        ratings[u] = _with_noise(ratings[u], noise)
    return total


@njit(cache=True, nogil=True)
def _with_noise(rating, noise):
    if rating < -0.5 * SIMPLICIAL:
        return rating
    return rating + _random(noise) * NOISE * abs(rating)


@njit(cache=True, nogil=True)
def search(graph, logs, fewest, most, a_run, hopeless):
    """The best order of all vertices: (order, sum of the sizes of its maximal cliques).

    Noisy runs follow the plain ones: ``fewest``, and one more for every ``a_run`` entries that the
    best of those costs, up to ``most``; none where it costs more than ``hopeless``.
    """
    n = graph.shape[0]
    best = np.empty(n, dtype=np.int64)
    for v in range(n):
        best[v] = v
    cost = np.inf if n else 0.0
    order = np.empty(n, dtype=np.int64)
    near = np.empty(n, dtype=np.int64)
    ratings = np.empty((N_RULES, n))
    noise = np.zeros(1, dtype=np.uint64)
    run, rated, runs = 0, 0, PLAIN
    while run < runs:
        rule = run if run < PLAIN else (run - PLAIN) % N_RULES
        if rule == rated:
            for v in range(n):
                ratings[rule, v] = _rate(graph, logs, v, rule, near)
            rated += 1
        found = _greedy(graph, logs, ratings, rule, noise, cost, order)
        if found < cost:
            cost = found
            for v in range(n):
                best[v] = order[v]
        if cost > hopeless:
            break
        run += 1
        if run == PLAIN:
            noise[0] = np.uint64(n + 1)
            runs += max(fewest, min(most, fewest + int(cost / a_run)))
    return best, cost
