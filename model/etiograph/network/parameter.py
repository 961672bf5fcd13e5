"""One uncertain number of a network: value, range, source, grade and the distribution they imply."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from math import isfinite
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from etiograph.errors import InvalidNetwork, UnknownName
from etiograph.network.frozen import clean_name
from etiograph.network.value import short_text
from etiograph.threads import halves, in_pieces

if TYPE_CHECKING:
    from etiograph.network.distribution import Distribution, Stated

FloatArray = NDArray[np.float64]

KINDS = ("probability", "odds_ratio", "risk_ratio", "mean", "sd", "difference", "ratio")
POSITIVE = ("odds_ratio", "risk_ratio", "sd", "ratio")
GRADES = ("", "A", "B", "C", "D")
PARAMETERS_A_THREAD = 100
"""Parameters below which a second thread costs more than it saves."""


@short_text
@dataclass(frozen=True, slots=True)
class Parameter:
    """One number of the network, as the literature states it.

    Attributes
    ----------
    name : str
        Unique in the network, such as ``leg_cramps.magnesium_depletion``.
    kind : str
        One of :data:`KINDS`.
    value : float
        The stated value: what every point answer is computed with.
    low, high : float or None
        The range; both or neither. Without a range the number is taken as certain.
    coverage : float
        Share of the distribution between ``low`` and ``high``.
    grade : str
        A measured in the target population, B in another, C small or indirect, D expert guess.
    evidence : tuple of str
        Ids of the sources.
    note : str
        How the number was come by.
    baseline : float or None
        The probability an odds ratio or risk ratio is taken against.
    unit : str
        Unit of a mean, sd or difference.
    local : bool
        Whether the range is of the very people asked about, so that the spread between sources
        (``etiograph.network.spread``) does not widen it: data from there, or one's own judgement.
    """

    name: str
    kind: str
    value: float
    low: float | None = None
    high: float | None = None
    coverage: float = 0.95
    grade: str = ""
    evidence: tuple[str, ...] = ()
    note: str = ""
    baseline: float | None = None
    unit: str = ""
    local: bool = False

    def __post_init__(self) -> None:
        put = object.__setattr__
        put(self, "name", clean_name(self.name, "the name of a parameter"))
        if self.kind not in KINDS:
            raise UnknownName(self.kind, f"kind of parameter {self.name!r}", KINDS)
        for field in ("value", "low", "high", "coverage", "baseline"):
            put(self, field, _number(getattr(self, field), self.name, field))
        evidence: object = self.evidence
        listed = (evidence,) if isinstance(evidence, str) else self.evidence
        put(self, "evidence", tuple(str(e) for e in listed))
        if self.value is None:
            raise InvalidNetwork(f"parameter {self.name!r} has no value")
        if (self.low is None) != (self.high is None):
            raise InvalidNetwork(f"parameter {self.name!r}: a range needs both low and high")
        for field in ("value", "low", "high"):
            self._check_domain(field)
        if (
            self.low is not None
            and self.high is not None
            and not (self.low <= self.value <= self.high)
        ):
            raise InvalidNetwork(
                f"parameter {self.name!r}: value {self.value:g} is not between "
                f"low {self.low:g} and high {self.high:g}"
            )
        if not 0.0 < self.coverage < 1.0:
            raise InvalidNetwork(f"parameter {self.name!r}: coverage must lie between 0 and 1")
        if self.grade not in GRADES:
            raise UnknownName(self.grade, f"grade of parameter {self.name!r}", GRADES[1:])
        if self.baseline is not None and not 0.0 <= self.baseline < 1.0:
            raise InvalidNetwork(
                f"parameter {self.name!r}: baseline {self.baseline:g} must be at least 0 and below 1"
            )

    def _check_domain(self, field: str) -> None:
        number = getattr(self, field)
        if number is None:
            return
        if self.kind == "probability" and not 0.0 <= number <= 1.0:
            raise InvalidNetwork(
                f"parameter {self.name!r}: {field} {number:g} is not a probability (0 to 1)"
            )
        if self.kind in POSITIVE and number <= 0.0:
            raise InvalidNetwork(
                f"parameter {self.name!r}: {field} {number:g} of kind {self.kind} must be above 0"
            )

    @property
    def uncertain(self) -> bool:
        """Whether it has a range of some width."""
        return self.low is not None and self.high is not None and self.low < self.high

    @property
    def distribution(self) -> Distribution:
        """The distribution whose central ``coverage`` interval is the range (see there)."""
        return _distribution(self.kind, self.value, self.low, self.high, self.coverage)

    @property
    def held(self) -> float:
        """Share of what is believed that lies in the range: more than ``coverage`` where it begins at 0
        or ends at 1, for there is no tail at that end."""
        tail = 0.5 * (1.0 - self.coverage)
        open_ends = (self.low == 0.0) + (self.high == 1.0) if self.kind == "probability" else 0
        return self.coverage + tail * open_ends

    def at(self, value: float) -> Parameter:
        """Return the same parameter at another value.

        A value inside the range leaves the range as it is; a value outside contradicts the range,
        which is then dropped.
        """
        low, high = self.low, self.high
        if low is not None and high is not None and not low <= value <= high:
            return replace(self, value=value, low=None, high=None)
        return replace(self, value=value)


Number = float | Parameter
"""What a mechanism is made of: a constant, or a named parameter."""


def _number(value: object, name: str, field: str) -> float | None:
    """Check that a field is a finite number."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | np.floating | np.integer):
        raise InvalidNetwork(f"parameter {name!r}: {field} must be a number, not {value!r}")
    try:
        number = float(value)
    except OverflowError:
        number = float("inf")
    if not isfinite(number):
        raise InvalidNetwork(f"parameter {name!r}: {field} {value!r} is not a finite number")
    return number


@lru_cache(maxsize=8192)
def _distribution(
    kind: str, value: float, low: float | None, high: float | None, coverage: float
) -> Distribution:
    from etiograph.network.distribution import implied

    return implied([(kind, value, low, high, coverage)])[0]


@lru_cache(maxsize=8)
def _distributions(stated: tuple[Stated, ...]) -> tuple[Distribution, ...]:
    """All fitted at once, and kept for the next draw."""
    from etiograph.network.distribution import implied

    return tuple(implied(stated))


def sample_parameters(
    parameters: Mapping[str, Parameter] | Iterable[Parameter], n: int, rng: np.random.Generator
) -> FloatArray:
    """Draw all parameters independently from their distributions.

    Parameters
    ----------
    parameters : mapping or iterable of Parameter
        Such as ``network.parameters``.
    n : int
        Number of draws.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    ndarray (n, P)
        One row a draw, columns in the order given.
    """
    chosen = list(parameters.values() if isinstance(parameters, Mapping) else parameters)
    fitted = _distributions(tuple((p.kind, p.value, p.low, p.high, p.coverage) for p in chosen))
    draws = np.empty((n, len(fitted)))
    a = np.array([d.a for d in fitted], dtype=np.float64)
    b = np.array([d.b for d in fitted], dtype=np.float64)
    for name in ("point", "beta", "normal", "log-normal"):
        columns = np.array([j for j, d in enumerate(fitted) if d.name == name], dtype=np.intp)
        if columns.size == 0:
            continue
        size = (n, columns.size)
        if name == "point":
            draws[:, columns] = a[columns]
        elif name == "beta":
            draws[:, columns] = rng.beta(a[columns], b[columns], size=size)
        else:
            normal = a[columns] + b[columns] * rng.standard_normal(size)
            draws[:, columns] = np.exp(normal) if name == "log-normal" else normal
    return draws


@lru_cache(maxsize=4)
def parameter_draws(parameters: tuple[Parameter, ...], n: int, seed: int) -> FloatArray:
    """The draws (n, P) of a seed: the same for every case, so they are made once; read-only.

    Where there are many, two halves have a stream each, so that two threads can draw.
    """
    draws = np.empty((n, len(parameters)))
    edges = halves(len(parameters), PARAMETERS_A_THREAD)
    rng = np.random.default_rng(seed)
    streams = {0: rng} if len(edges) == 2 else dict(zip(edges, rng.spawn(2), strict=False))

    def some(first: int, end: int) -> None:
        draws[:, first:end] = sample_parameters(parameters[first:end], n, streams[first])

    in_pieces(some, edges)
    draws.setflags(write=False)
    return draws


def value_of(number: Number) -> float:
    """Return the stated value of a constant or parameter."""
    return number.value if isinstance(number, Parameter) else float(number)
