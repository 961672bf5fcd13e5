"""Programs of single rows, all cut from one tree: compiled and run in one go.

A row leaves some states of each variable possible. Of a tree of tables for the whole model only the
cells over these states are laid out, by the passes of ``kernels_compile.py``; each row is then swept
alone, by those of ``kernels.py``.
"""

# mypy: disable-error-code="no-untyped-def,no-any-return,untyped-decorator,no-untyped-call"
from __future__ import annotations

import numpy as np
from numba import njit

from etiograph.engine.kernels import entry_slopes, one
from etiograph.engine.kernels_compile import lay_out, supports
from etiograph.engine.kernels_numbers import factor_entries
from etiograph.engine.layout import (
    AXES,
    AXES_END,
    CELLS,
    N_LIVE,
    N_LIVE_STATES,
    N_SEPARATOR_AXES,
    STATES,
    Layout,
)
from etiograph.engine.program import (
    FIRST_ENTRY,
    N_ENTRIES,
    N_FACTORS,
)

IMPOSSIBLE, TOO_LARGE = -1, -2
"""Instead of a number of entries: a row that cannot be, and one whose tables are too large."""


@njit(cache=True, nogil=True)
def read_rows(rows, offsets, cards, soft, silent, said):
    """Into ``said`` (rows, variables): the one state a row leaves possible, or ``soft`` or ``silent``.

    A variable of one state is known without being spoken of.
    """
    for b in range(rows.shape[0]):
        for v in range(offsets.shape[0]):
            possible = 0
            certain = 0
            state = 0
            for s in range(cards[v]):
                x = rows[b, offsets[v] + s]
                if x > 0.0:
                    possible += 1
                    state = s
                if x == 1.0:
                    certain += 1
            if possible == 1:
                said[b, v] = state
            elif certain == cards[v]:
                said[b, v] = silent
            else:
                said[b, v] = soft


@njit(cache=True, nogil=True)
def _narrow(scopes, first_of, starts, support, cards, open_states):
    """Close the states that the zeros of the dense families leave no room for.

    ``scopes[first_of[f]:first_of[f + 1]]`` are parents and child of a family, ``starts[f]`` its first
    entry. Returns False where a variable has no state left.
    """
    place = np.zeros(64, dtype=np.int64)
    seen = np.zeros((64, open_states.shape[1]), dtype=np.bool_)
    changed = True
    while changed:
        changed = False
        for f in range(starts.size):
            first = first_of[f]
            n = first_of[f + 1] - first
            place[:n] = 0
            seen[:n] = False
            at = starts[f]
            running = True
            while running:
                if support[at]:
                    possible = True
                    for a in range(n):
                        possible = possible and open_states[scopes[first + a], place[a]]
                    if possible:
                        for a in range(n):
                            seen[a, place[a]] = True
                at += 1
                a = n - 1
                while a >= 0:
                    place[a] += 1
                    if place[a] < cards[scopes[first + a]]:
                        break
                    place[a] = 0
                    a -= 1
                running = a >= 0
            for a in range(n):
                v = scopes[first + a]
                left = False
                for s in range(cards[v]):
                    if open_states[v, s] and not seen[a, s]:
                        open_states[v, s] = False
                        changed = True
                    left = left or open_states[v, s]
                if not left:
                    return False
    return True


@njit(cache=True, nogil=True)
def _sizes(layout, nodes):
    """Say where the cells and the states of each table begin; how many there are of both."""
    cells = 0
    states = 0
    for node in range(nodes.shape[0]):
        nodes[node, CELLS], nodes[node, STATES] = cells, states
        size = 1
        first, split = nodes[node, AXES], nodes[node, AXES] + nodes[node, N_SEPARATOR_AXES]
        for a in range(first, split):
            size *= layout.dims[layout.axes[a]]
        states += size
        for a in range(split, nodes[node, AXES_END]):
            size *= layout.dims[layout.axes[a]]
        cells += size
    return cells, states


@njit(cache=True, nogil=True)
def _longer(array, size):
    """The array, or one with its numbers and room for ``size``."""
    if size <= array.size:
        return array
    out = np.zeros(max(size, 2 * array.size), dtype=array.dtype)
    out[: array.size] = array
    return out


@njit(cache=True, nogil=True)
def cut_rows(layout, families, hubs, support, cards, offsets, rows, n_inputs, n_factors, most):
    """The programs of some rows (b, S), one after the other.

    ``families`` are those with zeros, as ``_narrow`` takes them; ``hubs`` says of each hub its variable
    in the layout, its child, and which of its states stand for which of the child's. Returns nodes
    (b, nodes, 11), where the parts of each row begin (b + 1, 3), inputs, factors, segments,
    coefficients, and the entries of each row (b,).
    """
    n_rows, n_nodes, n_variables = rows.shape[0], layout.nodes.shape[0], cards.size
    nodes = np.zeros((n_rows, n_nodes, 11), dtype=np.int64)
    begins = np.zeros((n_rows + 1, 4), dtype=np.int64)
    entries = np.zeros(n_rows, dtype=np.int64)
    inputs = np.zeros(1024, dtype=np.int32)
    factors = np.zeros(1024, dtype=np.int32)
    segments = np.zeros(1024, dtype=np.int32)
    coefficient = np.zeros(1024, dtype=np.int8)
    whole = np.zeros(1024)
    cells = np.zeros(1024, dtype=np.int32)
    no_starts = np.zeros(0, dtype=np.bool_)
    dims = layout.dims.copy()
    states = layout.states.copy()
    open_states = np.zeros((n_variables, cards.max()), dtype=np.bool_)
    scopes, first_of, starts = families
    hub_of, child_of, stands = hubs
    for r in range(n_rows):
        begins[r + 1] = begins[r]
        open_states[:] = False
        for v in range(n_variables):
            for s in range(cards[v]):
                open_states[v, s] = rows[r, offsets[v] + s] > 0.0
        possible = True
        for v in range(n_variables):
            possible = possible and open_states[v].any()
        if not (possible and _narrow(scopes, first_of, starts, support, cards, open_states)):
            entries[r] = IMPOSSIBLE
            continue
        for v in range(n_variables):
            n = 0
            for s in range(cards[v]):
                if open_states[v, s]:
                    states[layout.domain[v] + n] = s
                    n += 1
            dims[v] = n
        for h in range(hub_of.size):
            v, child = hub_of[h], child_of[h]
            n = 0
            for s in range(cards[child]):
                used = False
                for y in range(cards[child]):
                    used = used or (open_states[child, y] and stands[h, y, s])
                if used:
                    states[layout.domain[v] + n] = s
                    n += 1
            dims[v] = n
        own = Layout(
            layout.nodes.copy(), layout.axes, layout.domain, dims, states, layout.children,
            layout.factor_start, layout.factor_axis, layout.factor_variable, layout.factor_step,
            layout.constants, layout.slots,
        )  # fmt: skip
        n_cells, n_states = _sizes(own, own.nodes)
        if n_cells > most:
            entries[r] = TOO_LARGE
            continue
        masks = np.empty(n_cells, dtype=np.uint8)
        below = np.empty(n_states, dtype=np.int32)
        if not supports(own, support, masks, below):
            entries[r] = IMPOSSIBLE
            continue
        live = 0
        n_in = 0
        n_read = 0
        n_segments = n_nodes
        for node in range(n_nodes):
            n = own.nodes[node, N_LIVE]
            live += n
            n_in += n * n_inputs[node]
            n_read += n * n_factors[node]
            n_segments += own.nodes[node, N_LIVE_STATES]
        i, f, g, c = begins[r]
        inputs = _longer(inputs, i + n_in)
        factors = _longer(factors, f + n_read)
        segments = _longer(segments, g + n_segments)
        coefficient = _longer(coefficient, c + live)
        cells = _longer(cells, live)
        whole = _longer(whole, live)
        whole[:live] = 1.0
        lay_out(
            own, masks, below, offsets, nodes[r], cells, inputs[i : i + n_in],
            segments[g : g + n_segments], no_starts, whole[:live],
        )  # fmt: skip
        for e in range(live):
            coefficient[c + e] = np.int8(whole[e])
        factor_entries(own, nodes[r], cells, factors[f : f + n_read])
        entries[r] = live
        begins[r + 1] += np.array([n_in, n_read, n_segments, live])
    i, f, g, c = begins[n_rows]
    return (
        nodes, begins, inputs[:i].copy(), factors[:f].copy(), segments[:g].copy(),
        coefficient[:c].copy(), entries,
    )  # fmt: skip


@njit(cache=True, nogil=True, error_model="numpy")
def _numbers(nodes, factors, coefficient, tables, tiny, base):
    """Product of the factors at every entry; whether ordinary doubles might lose one of them."""
    lost = False
    at = 0
    for node in range(nodes.shape[0]):
        n = nodes[node, N_ENTRIES]
        first = nodes[node, FIRST_ENTRY]
        for e in range(first, first + n):
            base[e] = coefficient[e]
        for _ in range(nodes[node, N_FACTORS]):
            for e in range(n):
                number = tables[factors[at + e]]
                x = base[first + e] * number
                lost |= (number != 0.0 and abs(number) < tiny) or (x != 0.0 and abs(x) < tiny)
                base[first + e] = x
            at += n
    return lost


@njit(cache=True, nogil=True, error_model="numpy")
def run_rows(
    programs, free, tables, tiny, rows, weights, first, end, log_evidence, marginals, at_risk,
    counts, index, by_number,
):  # fmt: skip
    """Sweep rows ``first`` to ``end``, each through its own program.

    ``marginals`` (b, S), ``counts`` (T,) and ``by_number`` (b, K) may be empty. The first gets
    posteriors, the second expected counts of all rows together, times their weights, the third the
    slopes of log P in the distinct numbers, of which ``index`` says where each entry of T finds its
    own. A row at risk adds nothing to either; log P of one whose tables are too large is NaN.
    """
    nodes, begins, inputs, factors, segments, coefficient, entries = programs
    wanted = marginals.size > 0
    counting = counts.size > 0 or by_number.size > 0
    n_states = rows.shape[1]
    longest = 0
    n_buffer = 0
    for r in range(first, end):
        longest = max(longest, entries[r])
        n_buffer = max(n_buffer, begins[r + 1, 2] - begins[r, 2])
    base = np.empty(longest)
    slopes = np.empty(longest)
    m = np.empty(n_states + n_buffer)
    d = np.empty(n_states + n_buffer)
    own = np.zeros(n_states if counting else 0)
    no_slots = np.zeros(0, dtype=np.int64)
    for r in range(first, end):
        at_risk[r] = entries[r] == TOO_LARGE
        log_evidence[r] = np.nan if at_risk[r] else -np.inf
        if entries[r] < 0:
            continue
        i, f, g, c = begins[r]
        read = factors[f : begins[r + 1, 1]]
        tree = nodes[r]
        here = base[: entries[r]]
        lost = _numbers(tree, read, coefficient[c : begins[r + 1, 3]], tables, tiny, here)
        ins, segs = inputs[i : begins[r + 1, 0]], segments[g : begins[r + 1, 2]]
        answers = marginals[r] if wanted else own
        log_p, risky = one(tree, ins, segs, here, lost, free, no_slots, rows[r], m, d, answers)
        log_evidence[r], at_risk[r] = log_p, risky
        if risky or not counting or log_p == -np.inf:
            continue
        entry_slopes(tree, ins, segs, here, m, d, slopes)
        at = 0
        for node in range(tree.shape[0]):
            n = tree[node, N_ENTRIES]
            begin = tree[node, FIRST_ENTRY]
            for _ in range(tree[node, N_FACTORS]):
                for e in range(n):
                    share = slopes[begin + e] * here[begin + e]
                    t = read[at + e]
                    if counts.size > 0:
                        counts[t] += weights[r] * share
                    if by_number.size > 0 and share != 0.0:
                        by_number[r, index[t]] += share / tables[t]
                at += n
