"""What a measured test is expected to read among people like one: the mean, and how far people differ.

The mean over the levels of the test, each weighed by its posterior; its interval is over the ranges
of the parameters, as that of a probability is. Where nine in ten people lie is another thing, and is
told beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from etiograph.errors import InvalidFinding
from etiograph.network.answer import Result
from etiograph.network.likelihoods import reading_numbers
from etiograph.network.parameter import parameter_draws, value_of
from etiograph.network.reading import Reading
from etiograph.network.value import value_type
from etiograph.uncertainty.rows import (
    FloatArray,
    finding_row,
    require_possible,
    seen_through,
    solve,
)
from etiograph.uncertainty.summary import Interval, importance, interval, summarise

if TYPE_CHECKING:
    from etiograph.network.network import Network
    from etiograph.query.worlds import Kind

WITHIN = 0.9
"""Share of people between ``low`` and ``high``."""
HALVINGS = 200
"""Of a range until its ends are neighbouring numbers, at most."""


@value_type
@dataclass(frozen=True, slots=True)
class ExpectedReading(Result):
    """What a measured test is expected to read among people of whom the findings are known.

    Attributes
    ----------
    variable, unit : str
    mean : Interval
        The mean at the stated values, and its interval over the ranges of the parameters. Of a
        log-normal reading, too, the mean and not the median.
    low, high : float
        Between them lie the readings of nine in ten such people, at the stated values.
    ranged : bool
        Whether any number of the network has a range; else there is no interval to speak of.
    """

    variable: str
    unit: str
    mean: Interval
    low: float
    high: float
    ranged: bool = True

    @property
    def sentence(self) -> str:
        """The answer in words, for what stands before it: ``serum potassium: ...``."""
        unit = f" {self.unit}" if self.unit else ""
        ends = f" ({self.mean.low:.3g} to {self.mean.high:.3g})" if self.ranged else ""
        return (
            f"{self.mean.point:.3g}{unit} on average{ends}, "
            f"nine in ten people {self.low:.3g} to {self.high:.3g}"
        )


def reading_named(network: Network, name: str) -> Reading:
    """The mechanism of a measured test.

    Raises
    ------
    UnknownName
    InvalidFinding
        A variable that is not measured.
    """
    network.variable(name)
    mechanism = network.mechanisms[name]
    if not isinstance(mechanism, Reading):
        raise InvalidFinding(
            f"{name!r} is not measured: it has states and no numbers; ask for its posterior"
        )
    return mechanism


def expected(
    network: Network,
    findings: Mapping[str, object],
    name: str,
    unit: str | None = None,
    draws: int = 2000,
    seed: int = 0,
    *,
    changes: Mapping[str, object] | None = None,
    kind: Kind = "see",
) -> ExpectedReading:
    """The reading of a test that is expected among people like this one, in the world of the changes.

    Parameters
    ----------
    network : Network
    findings : mapping of str to finding
    name : str
        The test.
    unit : str, optional
        Of the answer; default the canonical one.
    draws, seed : int
        Draws of all parameters, weighed by P(findings | draw).
    changes : mapping of str to state, optional
    kind : {"see", "do", "had", "after"}
        What the changes mean.

    Raises
    ------
    UnknownName, ImpossibleFindings
    InvalidFinding
        The variable is not measured, or is a finding: what it read is known.
    """
    reading = reading_named(network, name)
    if name in findings:
        raise InvalidFinding(f"{name!r} is a finding: what it reads is known")
    if changes and name in changes:
        raise InvalidFinding(f"{name!r} is set from outside: what it reads is known")
    through = seen_through(network, findings, kind, changes)
    level = network.model.level_of(network.model.index[name])
    wanted = (network.model.names[level],)
    own = network.model.slots_of(level)
    base = solve(network, finding_row(network, findings), None, through, wanted)
    require_possible(network, base.log_evidence, findings)
    shares = base.marginals[0, own]
    shown = reading.spelled(reading.unit if unit is None else unit, name)
    factor, zero = reading.factor(shown, name), reading.offset(shown, name)

    def told(x: FloatArray) -> FloatArray:
        return x / factor + zero

    point = told(np.array([shares @ reading.means()[:, 0]]))
    low, high = told(np.array(_central(reading, shares)))
    if network.has_ranges:
        parameters = parameter_draws(tuple(network.priors.values()), draws, seed)
        rows = finding_row(network, findings, parameters)
        drawn = solve(network, rows, parameters, through, wanted)
        require_possible(network, drawn.log_evidence, findings)
        levels = reading.means(reading_numbers(network, reading, parameters))
        means = told(np.einsum("bl,lb->b", drawn.marginals[:, own], levels))
        mean = interval(summarise(point, means[:, None], importance(drawn.log_evidence)), 0)
    else:
        mean = Interval.of_point(float(point[0]))
    return ExpectedReading(
        name, shown, mean, float(low), float(high),
        network.has_ranges,
    )  # fmt: skip


def _central(reading: Reading, shares: FloatArray) -> tuple[float, float]:
    """Between which readings the middle of people lie, by halving."""
    lognormal = reading.lognormal
    mean, sd = reading.location(np.array([[value_of(n)] for n in reading.inputs]))
    error = 0.0 if reading.error is None else value_of(reading.error)
    reach = 12.0 * float(sd[0] + error)
    ends = float(mean.min()) - reach, float(mean.max()) + reach

    def quantile(p: float) -> float:
        low, high = ends
        for _ in range(HALVINGS):
            at = 0.5 * (low + high)
            if not low < at < high:
                break
            below = np.exp(reading.log_mass(np.exp(at) if lognormal else at, "<"))[:, 0]
            low, high = (at, high) if shares @ below < p else (low, at)
        return float(np.exp(high) if lognormal else high)

    tail = 0.5 * (1.0 - WITHIN)
    return quantile(tail), quantile(1.0 - tail)
