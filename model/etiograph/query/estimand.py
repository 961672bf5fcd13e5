"""Estimands: the effect of a change as a formula of what is observed, in words, LaTeX and numbers.

The formula of the general case is built from c-factors (Tian & Pearl 2002; Huang & Valtorta 2006):
the effect is a sum of products of factors, each of which follows from the factor of the whole group
of variables that share unseen causes with it, or from nothing that is observed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter

import numpy as np
from numpy.typing import NDArray

from etiograph.network.value import value_type
from etiograph.query.graphs import Dag, Skeleton, ancestral, component, pieces

FloatArray = NDArray[np.float64]
Named = tuple[tuple[str, ...], FloatArray]
"""An array and the variable of each of its axes."""


@value_type
@dataclass(frozen=True, slots=True)
class Term:
    """P(of | given), read off what is observed."""

    of: tuple[str, ...]
    given: tuple[str, ...] = ()


@value_type
@dataclass(frozen=True, slots=True)
class Product:
    """All factors, multiplied."""

    factors: tuple[Estimand, ...]


@value_type
@dataclass(frozen=True, slots=True)
class Ratio:
    """One estimand divided by another."""

    top: Estimand
    bottom: Estimand


@value_type
@dataclass(frozen=True, slots=True)
class Sum:
    """An estimand summed over all states of some variables."""

    over: tuple[str, ...]
    inside: Estimand


Estimand = Term | Product | Ratio | Sum


# -- from a graph ---------------------------------------------------------------------------------


def adjusted(x: str, y: str, sets: Collection[str]) -> Estimand:
    """Adjustment for a back-door set (Pearl 2009, equation 3.19)."""
    z = tuple(sorted(sets))
    return _summed(z, _times([Term((y,), (x, *z)), *([Term(z)] if z else [])]))


def by_front_door(x: str, y: str, sets: Collection[str]) -> Estimand:
    """The front-door formula (Pearl 2009, equation 3.29)."""
    z = tuple(sorted(sets))
    back = Sum((x,), Product((Term((y,), (*z, x)), Term((x,)))))
    return Sum(z, Product((Term(z, (x,)), back)))


def by_factors(arrows: Dag, ties: Skeleton, x: str, y: str) -> Estimand | None:
    """P(y | do(x)) by c-factors; None where it cannot be computed.

    Parameters
    ----------
    arrows, ties : mapping
        The observed variables: their parents, and those with which they share an unseen cause.
    x, y : str
        Cause and outcome.
    """
    order = tuple(TopologicalSorter(arrows).static_order())
    upstream = ancestral(arrows, {y})
    own = {a: arrows[a] for a in order if a in upstream}
    near = {a: ties[a] & upstream for a in own}
    needed = ancestral({a: tuple(p for p in own[a] if p != x) for a in own if a != x}, {y})
    factors = []
    for piece in pieces(near, needed):
        whole = component(near, min(piece), ())
        start = _times([_given_before(own, near, v) for v in own if v in whole])
        factor = _narrowed(own, near, piece, whole, start)
        if factor is None:
            return None
        factors.append(factor)
    return _summed(tuple(v for v in own if v in needed and v != y), _times(factors))


def _given_before(arrows: Dag, near: Skeleton, v: str) -> Estimand:
    """P(v | what comes before it and is not screened off): the group of v so far, and its parents."""
    names = list(arrows)
    early = set(names[: names.index(v) + 1])
    group = component({a: near[a] & early for a in early}, v, ())
    screen = (group | {p for a in group for p in arrows[a]}) - {v}
    return Term((v,), tuple(a for a in names if a in screen))


def _narrowed(
    arrows: Dag, near: Skeleton, piece: set[str], whole: set[str], known: Estimand
) -> Estimand | None:
    """The factor of a piece from the known factor of a whole that holds it (Tian & Pearl 2002)."""
    if piece == whole:
        return known
    inside = {a: tuple(p for p in arrows[a] if p in whole) for a in arrows if a in whole}
    upstream = ancestral(inside, piece)
    smaller = _summed(tuple(a for a in inside if a not in upstream), known)
    if upstream == piece:
        return smaller
    if upstream == whole:
        return None
    names = [a for a in inside if a in upstream]
    group = component({a: near[a] & upstream for a in names}, min(piece), ())
    factors = []
    for i, v in enumerate(names):
        if v not in group:
            continue
        top = _summed(tuple(names[i + 1 :]), smaller)
        factors.append(Ratio(top, _summed(tuple(names[i:]), smaller)) if i else top)
    return _narrowed(arrows, near, piece, group, _times(factors))


def _summed(over: tuple[str, ...], inside: Estimand) -> Estimand:
    if not over:
        return inside
    if isinstance(inside, Sum):
        return Sum((*over, *inside.over), inside.inside)
    return Sum(over, inside)


def _times(factors: Iterable[Estimand]) -> Estimand:
    flat: list[Estimand] = []
    for factor in factors:
        flat.extend(factor.factors if isinstance(factor, Product) else (factor,))
    return flat[0] if len(flat) == 1 else Product(tuple(flat))


# -- in words and signs ---------------------------------------------------------------------------


def free(estimand: Estimand) -> frozenset[str]:
    """The variables whose states the value hangs on."""
    if isinstance(estimand, Term):
        return frozenset((*estimand.of, *estimand.given))
    if isinstance(estimand, Sum):
        return free(estimand.inside) - set(estimand.over)
    inside = estimand.factors if isinstance(estimand, Product) else (estimand.top, estimand.bottom)
    return frozenset().union(*(free(factor) for factor in inside))


def text(estimand: Estimand, outer: Collection[str] = (), *, latex: bool = False) -> str:
    """The formula in one line; a summed variable that stands outside the sum, too, gets a prime.

    Parameters
    ----------
    estimand : Estimand
    outer : collection of str
        The variables that are named outside: cause and outcome.
    latex : bool
        In LaTeX instead of plain text.
    """
    return _EstimandText(latex).write(estimand, {name: name for name in outer})


class _EstimandText:
    def __init__(self, latex: bool) -> None:
        self.latex = latex

    def write(self, estimand: Estimand, names: Mapping[str, str]) -> str:
        if isinstance(estimand, Term):
            of, given = (self._list(group, names) for group in (estimand.of, estimand.given))
            bar = r" \mid " if self.latex else " | "
            return f"P({of}{bar}{given})" if given else f"P({of})"
        if isinstance(estimand, Product):
            each = [
                self._bracketed(f, names, last=f is estimand.factors[-1]) for f in estimand.factors
            ]
            return (r"\, " if self.latex else " ").join(each)
        if isinstance(estimand, Ratio):
            top, bottom = (self.write(e, names) for e in (estimand.top, estimand.bottom))
            return rf"\frac{{{top}}}{{{bottom}}}" if self.latex else f"[{top}] / [{bottom}]"
        taken = set(names.values())
        own = dict(names)
        for name in estimand.over:
            own[name] = name
            while own[name] in taken:
                own[name] += "'"
        inside = self.write(estimand.inside, own)
        over = self._list(estimand.over, own)
        return rf"\sum_{{{over}}} {inside}" if self.latex else f"sum over {over} of {inside}"

    def _bracketed(self, factor: Estimand, names: Mapping[str, str], *, last: bool) -> str:
        said = self.write(factor, names)
        if not isinstance(factor, Sum) or (last and self.latex):
            return said
        return rf"\Bigl({said}\Bigr)" if self.latex else f"({said})"

    def _list(self, group: tuple[str, ...], names: Mapping[str, str]) -> str:
        shown = [names.get(name, name) for name in group]
        return ", ".join(latex_name(name) for name in shown) if self.latex else ", ".join(shown)


SPECIAL = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}


def latex_name(name: str) -> str:
    """A name upright in LaTeX, primes kept."""
    bare = name.rstrip("'")
    safe = "".join(SPECIAL.get(c, f"\\{c}" if c in "_&%$#{}" else c) for c in bare)
    return rf"\mathrm{{{safe}}}" + "'" * (len(name) - len(bare))


# -- in numbers -----------------------------------------------------------------------------------


def value(estimand: Estimand, names: tuple[str, ...], joint: FloatArray) -> Named:
    """The formula worked out on a joint distribution of what is observed.

    Parameters
    ----------
    estimand : Estimand
    names : tuple of str
        The variable of each axis of ``joint``.
    joint : ndarray
        P(names), one axis a variable.

    Returns
    -------
    (tuple of str, ndarray)
        The variables the value hangs on, and the value, one axis each. NaN where the formula
        conditions on what has probability 0.
    """
    if isinstance(estimand, Term):
        kept = tuple(a for a in names if a in estimand.of or a in estimand.given)
        both = joint.sum(axis=tuple(i for i, a in enumerate(names) if a not in kept))
        away = tuple(i for i, a in enumerate(kept) if a in estimand.of)
        return kept, _divided(both, both.sum(axis=away, keepdims=True))
    if isinstance(estimand, Sum):
        inside, numbers = value(estimand.inside, names, joint)
        kept = tuple(a for a in inside if a not in estimand.over)
        repeated = [joint.shape[names.index(a)] for a in estimand.over if a not in inside]
        away = tuple(i for i, a in enumerate(inside) if a not in kept)
        return kept, numbers.sum(axis=away) * float(np.prod(repeated))
    if isinstance(estimand, Product):
        parts = [value(factor, names, joint) for factor in estimand.factors]
        kept = tuple(a for a in names if any(a in own for own, _ in parts))
        product = np.ones(())
        for own, numbers in parts:
            product = product * _spread(own, numbers, kept)
        return kept, product
    pair = [value(e, names, joint) for e in (estimand.top, estimand.bottom)]
    kept = tuple(a for a in names if any(a in own for own, _ in pair))
    top, bottom = (_spread(own, numbers, kept) for own, numbers in pair)
    return kept, _divided(top, bottom)


def _spread(own: tuple[str, ...], numbers: FloatArray, kept: tuple[str, ...]) -> FloatArray:
    """An array with an axis for every name kept, of length 1 where it does not hang on it."""
    shape = iter(numbers.shape)
    return numbers.reshape([next(shape) if a in own else 1 for a in kept])


def _divided(top: FloatArray, bottom: FloatArray) -> FloatArray:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(bottom > 0, top / bottom, np.nan))
