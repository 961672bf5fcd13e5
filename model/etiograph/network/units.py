"""The units in which a measured value may be said, and what is plausible in each."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from math import isfinite

from etiograph.errors import Implausible, UnknownUnit
from etiograph.network.quantity import figures, plain_unit


class Units:
    """What measures in a canonical unit and knows others: factors, zeros, the plausible range, cut-points."""

    __slots__ = ()

    unit: str
    units: Mapping[str, float]
    offsets: Mapping[str, float]
    plausible: tuple[float, float]
    cutpoints: tuple[float, ...]
    distribution: str

    def canonical(self, value: float, unit: str | None, name: str) -> float:
        """Return a measured value in the canonical unit.

        Raises
        ------
        UnknownUnit
        Implausible
            No number, or outside the plausible range.
        """
        result = self._to_canonical(value, unit, name)
        low, high = self.plausible
        inside = low <= result <= high and (self.distribution == "normal" or result > 0.0)
        if not isfinite(result) or not inside:
            shown = f"{value:g} {self.unit if unit is None else unit}"
            if result != value:
                shown += f" (= {result:.4g} {self.unit})"
            raise Implausible(
                f"{name!r}: {shown} is outside the plausible range {figures(low)} to {figures(high)} "
                f"{self.unit}; "
                f"units: {', '.join((self.unit, *self.units))}",
                self.plausible_in(unit, name),
                self.unit if unit is None else unit,
            )
        return result

    def _to_canonical(self, value: float, unit: str | None, name: str) -> float:
        if unit is None:
            return value
        return (value - self.offset(unit, name)) * self.factor(unit, name)

    def _in_unit(self, value: float, unit: str | None, name: str) -> float:
        """A canonical value in a unit."""
        if unit is None:
            return value
        return value / self.factor(unit, name) + self.offset(unit, name)

    def plausible_in(self, unit: str | None, name: str) -> tuple[float, float]:
        """Return the plausible range in a unit; None: the canonical one."""
        low, high = self.plausible
        return self._in_unit(low, unit, name), self._in_unit(high, unit, name)

    def converted(self, value: float, unit: str | None, to: str, name: str) -> float:
        """Return the same measured value in another unit.

        Raises
        ------
        UnknownUnit
        """
        return self._in_unit(self._to_canonical(value, unit, name), to, name)

    def cuts(self, unit: str, name: str) -> tuple[float, ...]:
        """Return the cutpoints in a unit.

        Raises
        ------
        UnknownUnit
        """
        return tuple(self._in_unit(cut, unit, name) for cut in self.cutpoints)

    def units_for(self, value: float) -> tuple[str, ...]:
        """Return the units in which a number lies within the plausible range."""
        low, high = self.plausible
        return tuple(
            unit
            for unit in dict.fromkeys((self.unit, *self.units))
            if low <= self._to_canonical(value, unit, "") <= high
        )

    def factor(self, unit: str, name: str) -> float:
        """Return the canonical units per one of a unit; mmol/l is mmol/L where nothing else is."""
        own = self.spelled(unit, name)
        return 1.0 if own == self.unit else self.units[own]

    def offset(self, unit: str, name: str) -> float:
        """Return where, in a unit, the canonical zero lies: 0, but where zeros differ."""
        return self.offsets.get(self.spelled(unit, name), 0.0) if self.offsets else 0.0

    def spelled(self, unit: str, name: str) -> str:
        """Return a unit as the file spells it.

        Raises
        ------
        UnknownUnit
            Not one of them, or alike in small and capital letters to two that are not the same.
        """
        found = _spelled((*self.units.items(), (self.unit, 1.0)), unit)
        if found is None:
            raise UnknownUnit(unit, f"unit of {name!r}", (self.unit, *self.units))
        return found


@lru_cache(maxsize=4096)  # a laboratory's column asks the same of every cell
def _spelled(units: tuple[tuple[str, float], ...], unit: str) -> str | None:
    """A unit as it is spelled among these, whose factors stand beside them; None where it is none."""
    stated = dict(units)
    known = {plain_unit(u): u for u in stated}
    asked = plain_unit(unit)
    if asked in known:
        return known[asked]
    alike = [own for u, own in known.items() if u.casefold() == asked.casefold()]
    return alike[0] if len({stated[own] for own in alike}) == 1 else None
