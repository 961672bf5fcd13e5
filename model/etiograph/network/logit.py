"""Logistic mechanisms: one odds ratio per cause, multiplied.

``Logit`` is the baseline-category logit (Agresti 2013, 8.1): each state's odds against the first
are its baseline odds times the odds ratios of the parents' states. ``CumulativeLogit`` is the
proportional-odds model (McCullagh 1980): one odds ratio shifts the odds of being at or below every
level of an ordered variable alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from etiograph.errors import InvalidNetwork
from etiograph.network.blocks import Block, Builder, Compute, FloatArray, joint_shape
from etiograph.network.checks import (
    SUM_EXACT,
    Variables,
    known_parents,
    name_tuple,
    number,
    numbers,
    require_probability,
)
from etiograph.network.frozen import FrozenMap, clean_name
from etiograph.network.mechanism import Mechanism
from etiograph.network.model import Conditional
from etiograph.network.parameter import Number, Parameter, value_of
from etiograph.network.value import short_text
from etiograph.network.variable import Variable


@short_text
@dataclass(frozen=True, slots=True)
class OddsRatios:
    """What one parent does to the odds of a ``Logit``.

    Attributes
    ----------
    parent : str
    odds_ratio : mapping
        Parent state to child state to its odds ratio against the child's first state; for a binary
        child simply parent state to odds ratio. 1 where none is given.
    """

    parent: str
    odds_ratio: Mapping[str, Mapping[str, Number] | Number]

    def __post_init__(self) -> None:
        put = object.__setattr__
        put(self, "parent", clean_name(self.parent, "the parent of an effect"))
        frozen: dict[str, Any] = {}
        for state, given in self.odds_ratio.items():
            what = f"effect of {self.parent!r} = {state!r}"
            ratio = numbers(given, what) if isinstance(given, Mapping) else number(given, what)
            frozen[clean_name(state, "a state")] = ratio
        put(self, "odds_ratio", FrozenMap(frozen))


@dataclass(frozen=True, slots=True)
class _FromBaseline(Mechanism):
    """A baseline distribution, and effects of the parents that shift its odds."""

    parents: tuple[str, ...] = ()
    baseline: Mapping[str, Number] = FrozenMap()
    effects: tuple[Any, ...] = ()

    def __post_init__(self) -> None:
        put = object.__setattr__
        put(self, "effects", tuple(self.effects))
        put(self, "baseline", numbers(self.baseline, "the baseline"))
        put(self, "parents", _parents(self.parents, [e.parent for e in self.effects]))

    def _written(self, builder: Builder, child: int, compute: Compute, given: list[Number]) -> None:
        """Add the table that ``compute`` makes of the numbers given."""
        cards = joint_shape(self.parents, builder.variables)
        size = int(np.prod(cards)) * builder.variables[builder.names[child]].card
        start = builder.add(Block(compute, np.arange(size), tuple(given)))
        builder.families[child] = Conditional(child, builder.numbers(self.parents), start)


@short_text
@dataclass(frozen=True, slots=True)
class Logit(_FromBaseline):
    """Baseline-category logit.

    Attributes
    ----------
    parents : tuple of str
        () = those of the effects.
    baseline : mapping
        State to its probability where every parent is in a state without odds ratios. One state may
        be left out: it has the rest.
    effects : tuple of OddsRatios

    Examples
    --------
    >>> import etiograph as eg
    >>> fall = eg.Logit(baseline={"yes": 0.2}, effects=[eg.OddsRatios("old", {"yes": 2.0})])
    >>> old, falls = (eg.Variable(name, ("no", "yes")) for name in ("old", "falls"))
    >>> net = eg.Network([old, falls], {"old": eg.Table(array=[0.7, 0.3]), "falls": fall})
    >>> net.table("falls")[:, 1].round(4).tolist()  # odds 0.25, and twice that: 0.5 / 1.5
    [0.2, 0.3333]
    """

    kind: ClassVar[str] = "logit"
    effects: tuple[OddsRatios, ...] = ()

    def settled(self, child: Variable, variables: Variables) -> Self:
        known_parents(self.parents, child, variables)
        check_baseline(self.baseline, child)
        for effect in self.effects:
            where = f"variable {child.name!r}, effect of {effect.parent!r}"
            for state, given in effect.odds_ratio.items():
                variables[effect.parent].index(state)
                if isinstance(given, Mapping):
                    for s in given:
                        if child.index(s) == 0:
                            raise InvalidNetwork(
                                f"{where}: odds ratios are against {s!r}, it has none of its own"
                            )
                elif child.card != 2:
                    raise InvalidNetwork(
                        f"{where} = {state!r}: state which of {', '.join(child.states[1:])} "
                        "the odds ratio is for"
                    )
                for ratio in given.values() if isinstance(given, Mapping) else (given,):
                    require_odds_ratio(ratio, where)
        joint_shape(self.parents, variables, child.card)
        return self

    def expand(self, builder: Builder, child: int) -> None:
        variables = builder.variables
        variable = variables[builder.names[child]]
        k = variable.card
        inputs, base = baseline_inputs(self.baseline, variable)
        given: list[Number] = list(inputs)
        factors: list[tuple[int, np.ndarray[Any, Any], np.ndarray[Any, Any]]] = []
        for effect in self.effects:
            cells, at = [], []
            for state, ratio in effect.odds_ratio.items():
                row = variables[effect.parent].index(state) * k
                pairs = (
                    ratio.items() if isinstance(ratio, Mapping) else ((variable.states[1], ratio),)
                )
                for s, each in pairs:
                    cells.append(row + variable.index(s))
                    at.append(len(given))
                    given.append(each)
            axis = self.parents.index(effect.parent)
            factors.append((axis, np.array(cells, dtype=np.intp), np.array(at, dtype=np.intp)))
        cards = joint_shape(self.parents, variables)

        def compute(values: FloatArray) -> FloatArray:
            draws = values.shape[1]
            weights: FloatArray = base(values).reshape((1,) * len(cards) + (k, draws))
            for axis, cells, at in factors:
                factor = np.ones((cards[axis] * k, draws))
                factor[cells] = values[at]
                shape = [1] * len(cards)
                shape[axis] = cards[axis]
                weights = weights * factor.reshape((*shape, k, draws))
            full = weights / weights.sum(axis=-2, keepdims=True)
            return np.broadcast_to(full, (*cards, k, draws)).reshape(-1, draws)

        self._written(builder, child, compute, given)


@short_text
@dataclass(frozen=True, slots=True)
class LevelOdds:
    """What one parent does to the level of a ``CumulativeLogit``.

    Attributes
    ----------
    parent : str
    lower, higher : mapping
        Parent state to the odds ratio of a lower, or of a higher, level. A state stands in one.
    """

    parent: str
    lower: Mapping[str, Number] = FrozenMap()
    higher: Mapping[str, Number] = FrozenMap()

    def __post_init__(self) -> None:
        put = object.__setattr__
        put(self, "parent", clean_name(self.parent, "the parent of an effect"))
        put(self, "lower", numbers(self.lower, f"effect of {self.parent!r}"))
        put(self, "higher", numbers(self.higher, f"effect of {self.parent!r}"))
        if both := [s for s in self.lower if s in self.higher]:
            raise InvalidNetwork(f"effect of {self.parent!r}: {both[0]!r} is both lower and higher")


@short_text
@dataclass(frozen=True, slots=True)
class CumulativeLogit(_FromBaseline):
    """Proportional odds along the variable's order, from low to high.

    Attributes
    ----------
    parents : tuple of str
        () = those of the effects.
    baseline : mapping
        State to its probability where no parent shifts the level. One state may be left out.
    effects : tuple of LevelOdds

    Examples
    --------
    >>> import etiograph as eg
    >>> level = eg.CumulativeLogit(
    ...     baseline={"low": 0.2, "high": 0.2}, effects=[eg.LevelOdds("drug", lower={"yes": 2.0})]
    ... )
    >>> drug, salt = eg.Variable("drug", ("no", "yes")), eg.Variable("salt", ("low", "normal", "high"))
    >>> net = eg.Network([drug, salt], {"drug": eg.Table(array=[0.5, 0.5]), "salt": level})
    >>> net.table("salt")[1].round(4).tolist()  # odds of low 0.25 -> 0.5, of low or normal 4 -> 8
    [0.3333, 0.5556, 0.1111]
    """

    kind: ClassVar[str] = "cumulative_logit"
    effects: tuple[LevelOdds, ...] = ()

    def settled(self, child: Variable, variables: Variables) -> Self:
        known_parents(self.parents, child, variables)
        check_baseline(self.baseline, child)
        for effect in self.effects:
            for side in (effect.lower, effect.higher):
                for state, ratio in side.items():
                    variables[effect.parent].index(state)
                    where = f"variable {child.name!r}, effect of {effect.parent!r}"
                    require_odds_ratio(ratio, where)
        joint_shape(self.parents, variables, child.card)
        return self

    def expand(self, builder: Builder, child: int) -> None:
        variables = builder.variables
        variable = variables[builder.names[child]]
        inputs, base = baseline_inputs(self.baseline, variable)
        given: list[Number] = list(inputs)
        factors: list[tuple[int, list[tuple[int, int, bool]]]] = []
        for effect in self.effects:
            cells = []
            for side, lower in ((effect.lower, True), (effect.higher, False)):
                for state, ratio in side.items():
                    cells.append((variables[effect.parent].index(state), len(given), lower))
                    given.append(ratio)
            factors.append((self.parents.index(effect.parent), cells))
        cards = joint_shape(self.parents, variables)
        rise = [variable.index(s) for s in variable.ordered]  # levels from low to high

        def compute(values: FloatArray) -> FloatArray:
            draws = values.shape[1]
            odds = np.ones((*cards, draws))
            for axis, cells in factors:
                factor = np.ones((cards[axis], draws))
                for state, at, lower in cells:
                    factor[state] = values[at] if lower else 1.0 / values[at]
                shape = [1] * len(cards)
                shape[axis] = cards[axis]
                odds = odds * factor.reshape((*shape, draws))
            f = odds.reshape(-1, draws)
            level = base(values)[rise]
            # F(c) = c f / (c f + 1 - c); a difference F(c) - F(d) = f (c - d) / (.. ..), written so
            # that nothing cancels. Level by level, so that only a few large arrays are made.
            p = np.empty((len(f), variable.card, draws))
            total = np.zeros(draws)
            below = np.ones_like(f)  # .. at d
            for at, own in zip(rise, level, strict=True):
                total = total + own
                above = f * total + (1.0 - total) if at != rise[-1] else f
                np.multiply(f, own, out=p[:, at])
                p[:, at] /= below * above
                below = above
            return p.reshape(-1, draws)

        self._written(builder, child, compute, given)


def check_baseline(baseline: Mapping[str, Number], child: Variable) -> None:
    """Refuse a baseline that is no distribution."""
    where = f"variable {child.name!r}, baseline"
    for state, p in baseline.items():
        child.index(state)
        require_probability(p, f"{where} of {state!r}")
    total = sum(value_of(p) for p in baseline.values())
    unnamed = [s for s in child.states if s not in baseline]
    if total > 1.0 + SUM_EXACT or (len(unnamed) != 1 and abs(total - 1.0) > SUM_EXACT):
        missing = f"; {', '.join(unnamed)} are not stated" if len(unnamed) > 1 else ""
        raise InvalidNetwork(f"{where}: probabilities sum to {total:.12g}, not 1{missing}")


def baseline_inputs(baseline: Mapping[str, Number], child: Variable) -> tuple[list[Number], Any]:
    """Return a baseline's numbers, and the function from all values to its distribution (k, B)."""
    at = np.array([child.index(s) for s in baseline], dtype=np.intp)
    rest = [i for i, s in enumerate(child.states) if s not in baseline]
    count = at.size

    def base(values: FloatArray) -> FloatArray:
        level = np.zeros((child.card, values.shape[1]))
        level[at] = values[:count]
        total = level.sum(axis=0)
        if len(rest) == 1:
            level[rest[0]] = np.maximum(1.0 - total, 0.0)
            total = np.maximum(total, 1.0)
        result: FloatArray = level / total
        return result

    return list(baseline.values()), base


def require_odds_ratio(value: Number, where: str) -> None:
    """Refuse what is not an odds ratio."""
    if isinstance(value, Parameter):
        if value.kind != "odds_ratio":
            raise InvalidNetwork(
                f"{where}: parameter {value.name!r} is no odds ratio ({value.kind})"
            )
    elif not value > 0.0:
        raise InvalidNetwork(f"{where}: odds ratio {value:g} must be above 0")


def _parents(given: Sequence[str], used: Sequence[str]) -> tuple[str, ...]:
    """Return the parents in the order given, checked against those of the effects."""
    effects = name_tuple(used, "the parents of the effects")
    stated = name_tuple(given, "the parents") or effects
    if sorted(stated) != sorted(effects):
        raise InvalidNetwork(
            f"parents ({', '.join(stated)}) and effects ({', '.join(effects)}) do not agree"
        )
    return stated
