"""An exact answer shown step by step: tables multiplied, a variable summed out, until one is left.

The engine does the same in one sweep over a clique tree. Here nothing is clever, so that every number
can be followed to the numbers it came from (Zhang & Poole 1994; Koller & Friedman 2009, chapter 9).
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from etiograph.errors import ImpossibleFindings, TooLarge
from etiograph.network.event import Event
from etiograph.network.model import FloatArray
from etiograph.network.value import value_type
from etiograph.query.graphs import ancestral
from etiograph.query.structure import dag

if TYPE_CHECKING:
    from etiograph.network.network import Network

MOST_ENTRIES = 64
"""Of a table that a student can follow."""
MOST_VARIABLES = 12


@value_type
@dataclass(frozen=True, slots=True)
class Factor:
    """One table.

    Attributes
    ----------
    number : int
        Its place among all tables: first those of the network, then one a step.
    scope : tuple of str
        The variables of its axes.
    table : ndarray
        One axis a variable.
    source : str
        ``P(rain | cloudy)`` for a table of the network, "" for one that a step made.
    """

    number: int
    scope: tuple[str, ...]
    table: FloatArray
    source: str = ""


@value_type
@dataclass(frozen=True, slots=True)
class Summed:
    """One step: a product of tables, then a sum over one variable.

    Attributes
    ----------
    variable : str
        What is summed out.
    inputs : tuple of int
        Numbers of the tables that speak of it.
    product : Factor
        Their product; its scope is a clique.
    result : Factor
        The product summed over the variable; its scope is what the clique passes on.
    """

    variable: str
    inputs: tuple[int, ...]
    product: Factor
    result: Factor


@value_type
@dataclass(frozen=True, slots=True)
class Elimination:
    """All steps to one answer.

    Attributes
    ----------
    target : str
    findings : mapping of str to str
    factors : tuple of Factor
        The tables at the start, the rows that the findings rule out left away, and those of the steps.
    steps : tuple of Summed
    last : Factor
        The product of what is left, over the target alone: P(target, findings).
    p_findings : float
        Its sum.
    answer : mapping of str to float
        P(target | findings): the last table divided by its sum.
    """

    target: str
    findings: Mapping[str, str]
    factors: tuple[Factor, ...]
    steps: tuple[Summed, ...]
    last: Factor
    p_findings: float
    answer: Mapping[str, float]

    @property
    def edges(self) -> tuple[tuple[int, int], ...]:
        """Which clique passes its sum to which: places among the steps, ``len(steps)`` for the last table."""
        made = {step.result.number: k for k, step in enumerate(self.steps)}
        users = {n: k for k, step in enumerate(self.steps) for n in step.inputs if n in made}
        return tuple((made[n], users.get(n, len(self.steps))) for n in made)

    def terms(self, network: Network, factor: Factor, states: Sequence[int]) -> tuple[float, ...]:
        """What a number of a product is the product of, or a number of a sum the sum of.

        Parameters
        ----------
        network : Network
        factor : Factor
            A product or a result of a step, or the last table.
        states : sequence of int
            One a variable of its scope.
        """
        at = dict(zip(factor.scope, states, strict=True))
        for step in self.steps:
            if factor is step.result:
                axis = step.product.scope.index(step.variable)
                place = [at.get(name, slice(None)) for name in step.product.scope]
                assert place[axis] == slice(None)
                return tuple(np.atleast_1d(step.product.table[tuple(place)]).tolist())
            if factor is step.product:
                return self._factors_at(step.inputs, at)
        used = {n for step in self.steps for n in step.inputs}
        rest = [f.number for f in self.factors if f.number not in used]
        return self._factors_at(rest, at)

    def _factors_at(self, numbers: Sequence[int], at: Mapping[str, int]) -> tuple[float, ...]:
        chosen = [self.factors[n] for n in numbers]
        return tuple(float(f.table[tuple(at[name] for name in f.scope)]) for f in chosen)


def eliminate(
    network: Network,
    target: str,
    findings: Mapping[str, str] | None = None,
    order: Sequence[str] | None = None,
) -> Elimination:
    """P(target | findings), with every table on the way.

    Parameters
    ----------
    network : Network
    target : str
        A variable.
    findings : mapping of str to str, optional
        States.
    order : sequence of str, optional
        In which the others are summed out; by default the one that makes the smallest table next.

    Raises
    ------
    TooLarge
        More than 12 variables matter, or a table would have more than 64 entries: too much to follow.
    ImpossibleFindings, UnknownName
    """
    known = {
        name: Event.parse(network, (name, s)).states[0] for name, s in (findings or {}).items()
    }
    name = Event.parse(network, target).variable
    if name in known:
        raise ImpossibleFindings(f"{name!r} is known: there is nothing to work out", (name,))
    needed = ancestral(dag(network), {name, *known})
    if len(needed) > MOST_VARIABLES:
        raise TooLarge(
            f"{len(needed)} variables matter for {name!r}, at most {MOST_VARIABLES} can be followed",
            len(needed),
        )
    factors = [
        _restricted(network, k, v, known)
        for k, v in enumerate(n for n in network.order if n in needed)
    ]
    cards = {n: network.variables[n].card for n in needed}
    live, steps = list(factors), []
    waiting = [n for n in network.order if n in needed and n != name and n not in known]
    queue = [n for n in order if n in waiting] if order is not None else []
    while waiting:
        v = queue.pop(0) if queue else min(waiting, key=lambda n: (_size(live, n, cards), n))
        waiting.remove(v)
        mine = [f for f in live if v in f.scope]
        scope = tuple(n for n in network.order if any(n in f.scope for f in mine))
        _refuse_large(scope, cards)
        whole = Factor(len(factors), scope, _product(mine, scope, cards))
        rest = tuple(n for n in scope if n != v)
        table = whole.table.sum(axis=scope.index(v))
        result = Factor(len(factors), rest, _fixed(table))
        factors.append(result)
        steps.append(Summed(v, tuple(f.number for f in mine), whole, result))
        live = [f for f in live if v not in f.scope] + [result]
    last = Factor(len(factors), (name,), _product(live, (name,), cards))
    total = float(last.table.sum())
    if not total > 0:
        raise ImpossibleFindings("these findings cannot all be true", tuple(known))
    states = network.variables[name].states
    answer = dict(zip(states, (last.table / total).tolist(), strict=True))
    return Elimination(name, known, tuple(factors), tuple(steps), last, total, answer)


def _restricted(network: Network, number: int, name: str, known: Mapping[str, str]) -> Factor:
    """The table of a variable, only the rows that the findings leave."""
    scope = (*network.parents(name), name)
    cards = {n: network.variables[n].card for n in scope}
    free = tuple(n for n in scope if n not in known)
    _refuse_large(free, cards)
    at = tuple(network.variables[n].index(known[n]) if n in known else slice(None) for n in scope)
    *causes, own = (network.variables[n].label for n in scope)
    given = f" | {', '.join(causes)}" if causes else ""
    return Factor(number, free, _fixed(network.table(name)[at]), f"P({own}{given})")


def _fixed(table: FloatArray) -> FloatArray:
    """A copy that nobody changes; a single number keeps no axis."""
    out = np.array(table, dtype=np.float64)
    out.flags.writeable = False
    return out


def _size(live: Sequence[Factor], name: str, cards: Mapping[str, int]) -> int:
    return prod(cards[n] for n in {n for f in live if name in f.scope for n in f.scope})


def _refuse_large(scope: Sequence[str], cards: Mapping[str, int]) -> None:
    entries = prod(cards[n] for n in scope)
    if entries > MOST_ENTRIES:
        raise TooLarge(
            f"a table over {', '.join(scope)} has {entries} numbers, at most {MOST_ENTRIES} can be followed",
            entries,
        )


def _product(
    factors: Sequence[Factor], scope: tuple[str, ...], cards: Mapping[str, int]
) -> FloatArray:
    out = np.ones([cards[n] for n in scope])
    for states in product(*(range(cards[n]) for n in scope)):
        at = dict(zip(scope, states, strict=True))
        for factor in factors:
            out[states] *= factor.table[tuple(at[n] for n in factor.scope)]
    return _fixed(out)


# -- the tree -------------------------------------------------------------------------------------

WIDTH, HEIGHT, APART = 220, 46, 34


def tree_svg(network: Network, found: Elimination, lit: int = -1) -> str:
    """The cliques and what they pass on, from the first step on the left to the answer on the right."""
    label = {n: network.variables[n].label for n in network.variables}
    last = len(found.steps)
    depth = {last: 0}
    for k, user in reversed(found.edges):
        depth[k] = depth[user] + 1
    rows: dict[int, list[int]] = {}
    for k in range(last, -1, -1):
        rows.setdefault(depth[k], []).append(k)
    deepest = max(rows)
    step = WIDTH + 110
    where = {
        k: ((deepest - d) * step + 8.0, 8.0 + row * (HEIGHT + APART))
        for d, row_of in rows.items()
        for row, k in enumerate(row_of)
    }
    width = deepest * step + WIDTH + 16
    height = max(map(len, rows.values())) * (HEIGHT + APART)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        'font-family="sans-serif" font-size="12"><title>Tree of cliques</title>'
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>'
    ]
    for k, user in found.edges:
        x, y = where[k][0] + WIDTH, where[k][1] + HEIGHT / 2
        to_x, to_y = where[user][0], where[user][1] + HEIGHT / 2
        passed = ", ".join(label[n] for n in found.steps[k].result.scope) or "a number"
        parts.append(f'<path d="M{x} {y}L{to_x} {to_y}" stroke="#8593a6"/>')
        parts.append(
            f'<text x="{(x + to_x) / 2}" y="{(y + to_y) / 2 - 4}" text-anchor="middle" fill="#3b4658" '
            f'font-size="11">{html.escape(passed[:22])}</text>'
        )
    for k, (x, y) in where.items():
        scope = found.last.scope if k == last else found.steps[k].product.scope
        told = "answer" if k == last else f"{k + 1}. sum out {label[found.steps[k].variable]}"
        stroke = ("#0b5cad", 2.5) if k == lit else ("#8593a6", 1.0)
        parts.append(
            f'<g><title>{html.escape(", ".join(label[n] for n in scope))}</title><rect x="{x}" y="{y}" '
            f'width="{WIDTH}" height="{HEIGHT}" rx="5" fill="#ffffff" stroke="{stroke[0]}" '
            f'stroke-width="{stroke[1]}"/><text x="{x + 8}" y="{y + 18}" fill="#0b1220">'
            f'{html.escape(_short(", ".join(label[n] for n in scope)))}</text><text x="{x + 8}" y="{y + 36}" '
            f'fill="#3b4658">{html.escape(_short(told))}</text></g>'
        )
    return "".join([*parts, "</svg>"])


def _short(text: str, letters: int = 32) -> str:
    return text if len(text) <= letters else f"{text[: letters - 1]}…"
