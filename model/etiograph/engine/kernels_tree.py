"""log P of one row from a tree of tables as it is, for a question that is asked once.

A program says of every entry where its numbers and messages stand. To write it takes many times as
long as to go through it once; here the cells of a table are gone through in two nested loops instead,
over the states of its outer axes and of its inner ones, and what stands on one of them alone is
multiplied there first.
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
    sides_of,
    slot_tables,
)
from etiograph.engine.kernels_numbers import least_of
from etiograph.engine.lanes import item
from etiograph.engine.layout import (
    AXES,
    CHILDREN,
    CHILDREN_END,
    FACTORS,
    FACTORS_END,
    HAS_SIGNS,
    N_SEPARATOR_AXES,
    SLOTS,
    SLOTS_END,
    STATES,
)
from etiograph.engine.precision import CANCELLED, NO_UNDERFLOW, SMALL


@njit(cache=True, nogil=True, error_model="numpy")
def _least_positive(numbers, first, end):
    """The smallest of some numbers above 0; 1 where there is none below."""
    least = 1.0
    for i in range(first, end):
        if numbers[i] > 0.0:
            least = min(least, numbers[i])
    return least


@njit(cache=True, nogil=True, error_model="numpy")
def _scaled(numbers, first, end):
    """Bring the largest of a message to 1: its log, and whether digits may be lost further on."""
    top, low, below = 0.0, 1e300, False
    for i in range(first, end):
        top = max(top, numbers[i])
        below = below or numbers[i] < 0.0
        if numbers[i] > 0.0:
            low = min(low, numbers[i])
    if top == 0.0:
        return -np.inf, below
    for i in range(first, end):
        numbers[i] /= top
    return np.log(top), low < top * SMALL


@njit(cache=True, nogil=True, error_model="numpy")
def sweep_up(layout, offsets, tables, row, nudge):
    """log P; whether digits were lost; whether some sum of both signs came out small.

    ``row`` holds the likelihoods, the largest of each variable 1. To a sum that came out small against
    its terms ``nudge`` times their size is added: how far log P moves by that says what the roundings
    of such sums did to it.
    """
    nodes = layout.nodes
    # One array for all that is multiplied: numbers, constants, likelihoods, messages.
    constants_at = tables.size
    row_at = constants_at + layout.constants.size
    messages_at = row_at + row.size
    states = 0
    most = 1
    for node in range(nodes.shape[0]):
        first = nodes[node, AXES]
        end = nodes[node, STATES] + cells_of(layout, first, first + nodes[node, N_SEPARATOR_AXES])
        states = max(states, end)
        inputs = nodes[node, FACTORS_END] - nodes[node, FACTORS]
        inputs += nodes[node, CHILDREN_END] - nodes[node, CHILDREN]
        most = max(most, inputs + nodes[node, SLOTS_END] - nodes[node, SLOTS])
    numbers = np.zeros(messages_at + states)
    numbers[:constants_at] = tables
    numbers[constants_at:row_at] = layout.constants
    numbers[row_at:messages_at] = row
    strides = np.zeros(layout.dims.size, dtype=np.int64)
    longest = longest_of(layout)
    outer = np.empty((most, longest), dtype=np.int64)
    inner = np.empty((most, longest), dtype=np.int64)
    starts = np.empty(most, dtype=np.int64)
    across, along, cells = np.empty(longest), np.empty(longest), np.empty(longest)
    gross = np.empty(states)
    log_p = 0.0
    suspect = False
    vanished = False
    for node in range(nodes.shape[0]):
        split, n_inner = halves_of(layout, node)
        n_outer = cells_of(layout, nodes[node, AXES], split)
        across[:n_outer] = 1.0
        along[:n_inner] = 1.0
        least = 1.0
        k = 0
        factors = nodes[node, FACTORS_END] - nodes[node, FACTORS]
        children = nodes[node, CHILDREN_END] - nodes[node, CHILDREN]
        slots = nodes[node, SLOTS_END] - nodes[node, SLOTS]
        for n in range(factors + children + slots):
            if n < factors:
                i = nodes[node, FACTORS] + n
                start = layout.factor_start[i]
                factor_tables(layout, node, i, split, strides, outer[k], inner[k])
                if start < 0:
                    start = constants_at - 1 - start
                else:
                    least *= least_of(layout, i, tables)
            elif n < factors + children:
                child = layout.children[nodes[node, CHILDREN] + n - factors]
                size = child_tables(layout, node, child, split, strides, outer[k], inner[k])
                start = messages_at + nodes[child, STATES]
                least *= _least_positive(numbers, start, start + size)
            else:
                v = layout.slots[nodes[node, SLOTS] + n - factors - children]
                slot_tables(layout, node, v, split, strides, outer[k], inner[k])
                start = row_at + offsets[v]
                least *= _least_positive(numbers, start, row_at + offsets[v + 1])
            above, below = sides_of(layout, node, split, strides)
            if not below:
                for o in range(n_outer):
                    across[o] *= item(numbers, start + outer[k, o])
            elif not above:
                for j in range(n_inner):
                    along[j] *= item(numbers, start + inner[k, j])
            else:
                starts[k] = start
                k += 1
        if least < NO_UNDERFLOW:
            return log_p, True, suspect
        to = messages_at + nodes[node, STATES]
        separator_end = nodes[node, AXES] + nodes[node, N_SEPARATOR_AXES]
        n_separator = cells_of(layout, nodes[node, AXES], separator_end)
        # States of the separator in a row of inner cells, and what each is summed over there.
        within = cells_of(layout, split, separator_end) if separator_end > split else 1
        rest = n_inner // within
        signed = nodes[node, HAS_SIGNS] != 0
        gross[:n_separator] = 0.0
        for o in range(n_outer):
            x = across[o]
            if x == 0.0:
                continue
            for j in range(n_inner):
                cells[j] = x * along[j]
            for q in range(k):
                start = starts[q] + outer[q, o]
                for j in range(n_inner):
                    cells[j] *= item(numbers, start + inner[q, j])
            s = o * within if separator_end > split else o * n_separator // n_outer
            for w in range(within):
                total = 0.0
                for j in range(w * rest, (w + 1) * rest):
                    total += cells[j]
                numbers[to + s + w] += total
                if signed:
                    for j in range(w * rest, (w + 1) * rest):
                        gross[s + w] += abs(cells[j])
        if signed:
            for s in range(n_separator):
                if abs(numbers[to + s]) < CANCELLED * gross[s]:
                    vanished = True
                    # A sum that is 0 altogether is a zero of the model, unless nothing else is left.
                    if numbers[to + s] != 0.0:
                        suspect = True
                        numbers[to + s] += nudge * gross[s]
        scale, risky = _scaled(numbers, to, to + n_separator)
        log_p += scale
        if scale == -np.inf:
            return log_p, risky or vanished, suspect
        if risky:
            return log_p, risky, suspect
    return log_p, False, suspect
