"""Treat, test or wait: expected utility of actions, and what a test adds to the best of them.

Raiffa & Schlaifer (1961): the expected value of sample information is the mean, over the results of
a test, of the best action's utility once the result is known, minus that of the best action now.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from etiograph.decision.outcomes import outcome
from etiograph.errors import InvalidFinding, UnknownName
from etiograph.network.answer import Result
from etiograph.network.value import value_type
from etiograph.uncertainty.rows import FloatArray, finding_row, require_possible, solve

if TYPE_CHECKING:
    import pandas as pd

    from etiograph.network.network import Network


@value_type
@dataclass(frozen=True, slots=True)
class Decision(Result):
    """What to do now, and which test first.

    Attributes
    ----------
    best : str
        The action of the highest expected utility, or ``test: name`` where a test first is better.
    expected : mapping of action to float
    value_of_test : mapping of test to float
        Expected gain of utility from the test, before its cost; never negative.
    net_of_test : mapping of test to float
        After its cost, in units of utility.
    perfect : float
        Expected gain from knowing the target for certain: no test is worth more.
    """

    best: str
    expected: Mapping[str, float]
    value_of_test: Mapping[str, float]
    net_of_test: Mapping[str, float]
    perfect: float

    def to_frame(self) -> pd.DataFrame:
        """One row an action with its expected utility, then one a test with its gain and net gain."""
        import pandas as pd

        rows = [("action", name, value, value) for name, value in self.expected.items()]
        rows += [
            ("test", name, gain, self.net_of_test[name])
            for name, gain in self.value_of_test.items()
        ]
        return pd.DataFrame(rows, columns=["kind", "name", "utility", "net"])


def decide(
    network: Network,
    findings: Mapping[str, object],
    target: str,
    utilities: Mapping[str, Mapping[str, float]],
    tests: Mapping[str, float] | Sequence[str] = (),
) -> Decision:
    """Expected utility of every action, and the value of testing first.

    Parameters
    ----------
    network : Network
    findings : mapping of str to finding
    target : str
        The variable whose states the utilities speak of.
    utilities : mapping of action to mapping of state to float
        E.g. ``{"treat": {"absent": 0.9, "present": 0.8}, "wait": {"absent": 1.0, "present": 0.3}}``.
    tests : mapping of test to cost, or names
        Costs in the unit of the utilities; names alone are free.

    Raises
    ------
    UnknownName, InvalidFinding, ImpossibleFindings
    """
    if target not in network.variables:
        raise UnknownName(target, "variable", tuple(network.variables))
    if not utilities:
        raise InvalidFinding("a decision needs at least one action")
    variable = network.variables[target]
    table = np.array([_row(action, row, variable.states) for action, row in utilities.items()])
    costs = dict(tests) if isinstance(tests, Mapping) else dict.fromkeys(tests, 0.0)
    start = network.model.offsets[network.model.index[target]]
    own = slice(start, start + variable.card)
    for name in costs:
        if name not in network.variables:
            raise UnknownName(name, "variable", tuple(network.variables))
    base_row = finding_row(network, findings)
    base = solve(network, base_row, wanted=(target, *costs))
    require_possible(network, base.log_evidence, findings)
    p = base.marginals[0, own]
    now = table @ p
    value: dict[str, float] = {}
    for name in costs:
        way = outcome(network, name)
        p_level = base.marginals[0, way.slots]
        p_node, mix = way.nodes(p_level)
        seen = solve(network, way.rows(base_row), wanted=(target,))
        p_target = mix @ seen.marginals[:, own]
        value[name] = max(0.0, float(p_node @ (p_target @ table.T).max(axis=1) - now.max()))
    net = {name: value[name] - cost for name, cost in costs.items()}
    best = list(utilities)[int(np.argmax(now))]
    if net and max(net.values()) > 0:
        best = f"test: {max(net, key=lambda name: net[name])}"
    return Decision(
        best=best,
        expected=dict(zip(utilities, now.tolist(), strict=True)),
        value_of_test=value,
        net_of_test=net,
        perfect=float(p @ table.max(axis=0) - now.max()),
    )


def _row(action: str, row: Mapping[str, float], states: Sequence[str]) -> FloatArray:
    for state in row:
        if state not in states:
            raise UnknownName(state, "state", tuple(states))
    missing = [state for state in states if state not in row]
    if missing:
        raise InvalidFinding(f"action {action!r} states no utility for {', '.join(missing)}")
    values = np.array([float(row[state]) for state in states])
    if not np.all(np.isfinite(values)):
        raise InvalidFinding(f"a utility of action {action!r} is not a finite number")
    return values
