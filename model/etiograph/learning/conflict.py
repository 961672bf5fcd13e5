"""Numbers before and after they met a table of cases, and what of the published ones the cases contradict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from etiograph.learning.posterior import Posterior
from etiograph.learning.scale import FloatArray, Scale
from etiograph.network.value import value_type

if TYPE_CHECKING:
    import pandas as pd

    from etiograph.network.network import Network
    from etiograph.network.parameter import Parameter

MOVED = 0.02
"""Share of a prior's variance that data must take away before a number counts as moved by them."""
ERRORS = 2.0
"""Standard errors of a mean by which chance may have moved it."""
SHIFTED = 1.0
"""Standard deviations of the prior from which a number that went so far counts as moved all the same."""


@value_type
@dataclass(frozen=True, slots=True)
class Moved:
    """One number before and after.

    Attributes
    ----------
    name : str
    before : Parameter
    value, low, high : float
        Median and central interval (of the stated coverage) of the posterior.
    learned : float
        Share of the prior's variance that the data took away. 0: they did not narrow it; whether they
        moved it says ``shift``.
    z, p : float
        Conflict of the data with the prior: their difference in standard errors, and how often chance
        alone gives as much; NaN where the data said nothing.
    shift : float
        How far the middle went, in standard deviations of the prior that was used.
    used_low, used_high : float
        Range of the prior that was used: the stated one, widened by the spread between sources and by
        ``may_differ`` where these speak of it.
    told : bool
        Whether its posterior could be told reliably; otherwise value and range are the published ones.
    """

    name: str
    before: Parameter
    value: float
    low: float
    high: float
    learned: float
    z: float
    p: float
    shift: float
    used_low: float
    used_high: float
    told: bool = True

    @property
    def informed(self) -> bool:
        """Whether the data said something of it that could be told."""
        return self.told and (self.learned >= MOVED or abs(self.shift) >= SHIFTED)


def moved(
    network: Network,
    scale: Scale,
    posterior: Posterior,
    learned: FloatArray,
    scored: FloatArray,
) -> tuple[Moved, ...]:
    """Each number before and after, and whether the data contradict its prior.

    The prior is taken out of its own posterior (the cavity), and what is left, which the data say,
    compared with it: z = (m_data - m_prior) / sqrt(v_data + v_prior) (Presanis, Ohlssen, Spiegelhalter
    & De Angelis 2013; Evans & Moshonov 2006). In standard deviations of the prior that is m / sqrt(1 - v)
    of posterior mean m and variance v, and never less than m: which stands for it where the data moved a
    number without narrowing it. What chance does to draws must not look like a conflict: 1 - v is the largest
    of what draws, the curvature (``learned``) and the scores of the rows (``scored``) say, and m is less by
    ``ERRORS`` standard errors. Curvature and scores say the same of a normal likelihood (White 1982); of one
    that rises nearly straight, such as of the mean of a level that few rows are of, the curvature says next
    to nothing, and what the data say by it alone would lie far beyond anything they saw.
    """
    from scipy.special import ndtr, ndtri

    mean, variance = posterior.mean, posterior.variance
    error = np.zeros(len(mean)) if posterior.error is None else ERRORS * posterior.error
    coverage = np.array([network.parameters[name].coverage for name in scale.names])
    width = ndtri(0.5 + 0.5 * coverage)
    away = width * np.sqrt(variance)
    normal = scale.value(np.stack([mean - away, mean, mean + away]))
    values = scale.value(posterior.etas)
    used = scale.value(np.stack([-width, width]))
    found = []
    for k, name in enumerate(scale.names):
        before = network.parameters[name]
        if not posterior.told[k]:
            found.append(_as_published(before, float(learned[k]), used[:, k]))
            continue
        tail = 0.5 * (1.0 - before.coverage)
        at = (tail, 0.5, 1.0 - tail)
        low, value, high = (
            normal[:, k] if posterior.few else _quantiles(values[:, k], posterior.weights, at)
        )
        share = max(0.0, float(learned[k]))
        z, shift = float("nan"), float(mean[k])  # the prior's mean and variance are 0 and 1
        surely = float(np.copysign(max(0.0, abs(shift) - error[k]), shift))
        if share >= MOVED and variance[k] < 1.0:
            z = surely / float(np.sqrt(max(share, 1.0 - variance[k], scored[k])))
        elif abs(shift) >= SHIFTED:
            z = surely
        p = float(2.0 * ndtr(-abs(z)))
        found.append(
            Moved(
                name, before, float(value), float(low), float(high), share, z, p, shift,
                float(used[0, k]), float(used[1, k]),
            )
        )  # fmt: skip
    return tuple(found)


def _as_published(before: Parameter, learned: float, used: FloatArray) -> Moved:
    """A number whose posterior could not be told."""
    nan = float("nan")
    low = before.value if before.low is None else before.low
    high = before.value if before.high is None else before.high
    share = max(0.0, learned)
    first, last = map(float, used)
    return Moved(
        before.name, before, before.value, low, high, share, nan, nan, 0.0, first, last, told=False
    )


def _quantiles(values: FloatArray, weights: FloatArray, at: tuple[float, ...]) -> FloatArray:
    order = np.argsort(values)
    cumulative = np.cumsum(weights[order]) - 0.5 * weights[order]
    return np.interp(at, cumulative, values[order])


def against(numbers: Sequence[Moved], level: float) -> tuple[Moved, ...]:
    """Numbers the cases contradict, the most at odds first.

    ``level`` is the chance of naming any where there is none, over all numbers together (Holm 1979).
    """
    told = sorted((m for m in numbers if not np.isnan(m.p)), key=lambda m: m.p)
    found = []
    for k, each in enumerate(told):
        if each.p > level / (len(told) - k):
            break
        found.append(each)
    return tuple(found)


def by_source(numbers: Sequence[Moved]) -> pd.DataFrame:
    """One row a source: how many of its numbers were informed, and how far off it is as a whole.

    ``chi2`` adds the squares of the conflicts of its numbers, ``p`` says how often chance gives as much.
    Numbers without a source stand under their grade.
    """
    import pandas as pd
    from scipy.stats import chi2

    groups: dict[str, list[Moved]] = {}
    for each in numbers:
        for source in each.before.evidence or (f"grade {each.before.grade or '-'}",):
            groups.setdefault(source, []).append(each)
    rows = []
    for source, members in groups.items():
        z = np.array([m.z for m in members if not np.isnan(m.z)])
        total = float((z**2).sum())
        rows.append(
            {
                "source": source,
                "numbers": len(members),
                "informed": len(z),
                "chi2": total if len(z) else float("nan"),
                "p": float(chi2.sf(total, len(z))) if len(z) else float("nan"),
                "largest": max(members, key=lambda m: abs(m.z) if m.z == m.z else -1.0).name,
            }
        )
    frame = pd.DataFrame(rows)
    return frame.sort_values("p", na_position="last", ignore_index=True)
