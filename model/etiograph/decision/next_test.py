"""What to ask or test next: expected information, and what it costs.

The gain of a test is the mutual information between its result and the target given what is known
(Lindley 1956; Heckerman, Horvitz & Nathwani 1992). One row a possible result, all tests in one batch.
A measured value is integrated by quadrature over its distributions, not over its bins.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from etiograph.decision.outcomes import Outcome, outcome
from etiograph.decision.question import (
    Doubt,
    Targets,
    acted_question,
    at_levels,
    question,
    targets,
)
from etiograph.decision.red_flags import danger_signs
from etiograph.errors import InvalidFinding, UnknownName, refuse_unknown
from etiograph.network.answer import Answer
from etiograph.network.value import value_type
from etiograph.query.causes import names_causes, open_causes
from etiograph.uncertainty.rows import (
    FloatArray,
    finding_row,
    require_possible,
    seen_through,
    solve,
)
from etiograph.uncertainty.summary import importance, weighted_quantiles

if TYPE_CHECKING:
    import pandas as pd

    from etiograph.network.event import Event
    from etiograph.network.network import Network
    from etiograph.query.worlds import Kind, World

ASKED = ("background", "habit", "remedy", "medicine", "finding", "test")
"""Roles that are asked or tested."""
PAIRED = 6
"""Pairs are formed among this many of the best single tests."""
RANGED = 3
"""This many of the best get an interval."""


@value_type
@dataclass(frozen=True, slots=True)
class NextTest:
    """One question or test, or a pair of them.

    Attributes
    ----------
    names : tuple of str
        One name, two for a pair.
    gain : float
        Expected information about the target, in bits; never negative.
    cost : float
        As stated, else 1; of a pair the sum.
    per_cost : float
        Gain divided by cost.
    p_new_top : float
        Probability that another cause becomes the most probable.
    change_of_top : float
        Expected absolute change of the probability of the present top cause.
    p_results : mapping of str to float
        Probability of every result (single tests only; readings by the state they fall in).
    low, high : float
        90 % interval of the gain over the ranges of the parameters; NaN unless draws were asked.
    burden, turnaround : str
        From the model file.
    beats_both : bool
        A pair whose gain per cost is above that of each alone.
    """

    names: tuple[str, ...]
    gain: float
    cost: float
    per_cost: float
    p_new_top: float
    change_of_top: float
    p_results: Mapping[str, float]
    low: float = float("nan")
    high: float = float("nan")
    burden: str = ""
    turnaround: str = ""
    beats_both: bool = False


@value_type
@dataclass(frozen=True, slots=True)
class NextTests(Answer):
    """Tests ranked by information per cost, best first.

    Attributes
    ----------
    target : str
        What the information is about.
    entropy : float
        What is not known about it now, in bits.
    tests, pairs : tuple of NextTest
    first : tuple of str
        What to ask before any of them: findings not yet known that would raise a red flag.
    foremost : tuple of str
        Those of them that would be an emergency, or are dangerous because of what is known.
    """

    target: str
    entropy: float
    tests: tuple[NextTest, ...]
    pairs: tuple[NextTest, ...] = ()
    first: tuple[str, ...] = ()
    foremost: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """One row a test.

        ``gain`` (bits of doubt about the target that it is expected to remove), ``cost``, ``per_cost``
        (gain divided by cost), ``p_new_top`` (probability that another cause comes first),
        ``change_of_top`` (expected absolute change of the probability of the cause that is first now),
        ``low`` and ``high`` (90 % interval of the gain, with draws), ``burden``, ``turnaround``.
        """
        import pandas as pd

        names = [n for n in NextTest.__slots__ if n not in ("names", "p_results", "beats_both")]
        rows = [[" + ".join(t.names), *(getattr(t, n) for n in names)] for t in self.tests]
        return pd.DataFrame(rows, columns=["test", *names])


def next_tests(
    network: Network,
    findings: Mapping[str, object],
    target: Targets | None = None,
    costs: Mapping[str, float] | None = None,
    *,
    state: str | Sequence[str] | None = None,
    candidates: Sequence[str] | None = None,
    pairs: bool = True,
    draws: int = 0,
    seed: int = 0,
    changes: Mapping[str, object] | None = None,
    kind: Kind = "see",
    acted: bool | None = None,
) -> NextTests:
    """Rank what is not yet known by expected information per cost.

    Parameters
    ----------
    network : Network
    findings : mapping of str to finding
    target : str, Event or sequence of these, optional
        One variable (all its states), one event, or several causes; default all causes that are still open.
    costs : mapping of str to float, optional
        Cost of each test; else the model file's, else 1.
    state : str or sequence of str, optional
        With one target: only whether it is in this state.
    candidates : sequence of str, optional
        Default: every observable finding, test, habit, remedy, medicine and background that is not
        among the findings.
    pairs : bool
        Also look at pairs among the best.
    draws : int
        With draws, the interval of each leading gain over the ranges of the parameters.
    seed : int
        For the draws.
    changes : mapping of str to state, optional
    kind : {"see", "do", "had", "after"}
        What the changes mean: the target is then asked of the changed world, while tests are done
        in the world in which the findings were seen.
    acted : bool, optional
        Without a target: ask which causes had a part in the outcome, instead of which are there.
        None: where it is a question (see :meth:`Acting.of`). That a common habit is there is soon asked and tells little of the outcome.

    Raises
    ------
    UnknownName, InvalidFinding, ImpossibleFindings, InvalidChange
    """
    refuse_unknown(costs or (), "variable", network.variables)
    through = seen_through(network, findings, kind, changes)
    by_part = target is None and acted is not False
    about = acted_question(network, findings, kind) if by_part else None
    asked_of, label = about or question(network, findings, target, state)
    asked = [
        name
        for name in _candidates(network, findings, candidates, targets(network, target, state))
        if name not in (changes or {})
    ]
    base_row = finding_row(network, findings)
    # Of a few candidates only these matter: what lies below the others is left out.
    wanted = None if candidates is None else asked_of.variables | set(asked)
    base = solve(network, base_row, None, through, wanted)
    require_possible(network, base.log_evidence, findings)
    # Tests are done in the world of the findings: of two worlds, the actual one.
    actual = solve(network, base_row, wanted=asked) if through.is_twin else base
    read0 = asked_of.read(base_row, base, also=wanted or ())
    prices = {name: _price(network, name, costs) for name in asked}
    ways = {name: outcome(network, name) for name in asked}
    tests = []
    if asked:
        levels = [ways[n] for n in asked]
        read = at_levels(network, base_row, base, through, asked_of, levels, wanted)
        at = 0
        for name in asked:
            way = ways[name]
            p = actual.marginals[0, way.slots]
            seen = asked_of.weigh(read0[0], p, read[at : at + len(p)], way)
            at += len(p)
            variable = network.variables[name]
            start = network.model.offsets[network.model.index[name]]
            shown = actual.marginals[0, start : start + variable.card]
            tests.append(
                NextTest(
                    (name,),
                    seen[0],
                    prices[name],
                    seen[0] / prices[name],
                    seen[1],
                    seen[2],
                    dict(zip(variable.states, shown.tolist(), strict=True)),
                    burden=variable.burden,
                    turnaround=variable.turnaround,
                )
            )
    tests.sort(key=lambda t: (-t.per_cost, t.names))
    if draws:
        tests[:RANGED] = _with_ranges(
            network, findings, through, asked_of, ways, tests[:RANGED], draws, seed
        )
    best = tests[:PAIRED] if pairs else []
    two = _pairs(network, base_row, through, asked_of, read0[0], ways, best)
    signs = danger_signs(network, findings, changes)
    foremost = tuple(name for name, own in signs.items() if own)
    doubt = float(asked_of.entropy(read0)[0])
    return NextTests(label, doubt, tuple(tests), two, tuple(signs), foremost)


def askable(network: Network) -> tuple[str, ...]:
    """What one can ask or test: by role, in a network without roles anything observable."""
    seen = [v for v in network.variables.values() if v.observable]
    return tuple(v.name for v in seen if v.role in ASKED) or tuple(v.name for v in seen)


def _candidates(
    network: Network,
    findings: Mapping[str, object],
    candidates: Sequence[str] | None,
    events: Sequence[Event],
) -> list[str]:
    from etiograph.uncertainty.rows import finding_rows

    known = set(finding_rows(network, findings)[0])
    if not events and not names_causes(network):
        events = open_causes(network, findings)  # what may be a cause is not asked by way of itself
    wanted = {event.variable for event in events}
    asked = list(askable(network) if candidates is None else candidates)
    for name in asked:
        if name not in network.variables:
            raise UnknownName(name, "variable", tuple(network.variables))
    return [name for name in asked if name not in known and name not in wanted]


def _price(network: Network, name: str, costs: Mapping[str, float] | None) -> float:
    given: object = (costs or {}).get(name)
    if given is None:
        return network.variables[name].cost or 1.0
    if isinstance(given, bool) or not isinstance(given, int | float | np.number):
        raise InvalidFinding(f"the cost of {name!r} must be a number above 0, not {given!r}")
    price = float(given)
    if not 0 < price < np.inf:
        raise InvalidFinding(f"the cost of {name!r} must be above 0, found {price}")
    return price


def _pairs(
    network: Network,
    base_row: FloatArray,
    through: World,
    asked_of: Doubt,
    read0: FloatArray,
    ways: Mapping[str, Outcome],
    tests: Sequence[NextTest],
) -> tuple[NextTest, ...]:
    found = []
    couples = list(combinations(tests, 2))
    blocks = []
    for a, b in couples:
        first = ways[a.names[0]].rows(base_row)
        blocks.append(np.concatenate([ways[b.names[0]].rows(row[None]) for row in first]))
    if not blocks:
        return ()
    rows = np.concatenate([base_row, *blocks])
    answers = solve(network, rows, None, through, asked_of.variables)
    read = asked_of.read(rows, answers)[1:]
    log_p = answers.log_evidence[1:] - answers.log_evidence[0]
    at = 0
    for (a, b), block in zip(couples, blocks, strict=True):
        part = slice(at, at + len(block))
        at += len(block)
        p = np.exp(log_p[part])
        way = ways[a.names[0]].joined(ways[b.names[0]])
        gain, new_top, change = asked_of.weigh(read0, p / p.sum(), read[part], way)
        cost = a.cost + b.cost
        found.append(
            NextTest(
                (*a.names, *b.names),
                gain,
                cost,
                gain / cost,
                new_top,
                change,
                {},
                beats_both=gain / cost > max(a.per_cost, b.per_cost) * (1 + 1e-9),
            )
        )
    return tuple(sorted(found, key=lambda t: (-t.per_cost, t.names)))


def _with_ranges(
    network: Network,
    findings: Mapping[str, object],
    through: World,
    asked_of: Doubt,
    ways: Mapping[str, Outcome],
    tests: Sequence[NextTest],
    draws: int,
    seed: int,
) -> list[NextTest]:
    """The 90 % interval of each gain; the reading's own mean and sd stay as stated."""
    from etiograph.network.parameter import sample_parameters

    rng = np.random.default_rng(seed)
    drawn = sample_parameters(tuple(network.priors.values()), draws, rng)
    rows = finding_row(network, findings, drawn)
    rows = rows if len(rows) == draws else rows.repeat(draws, axis=0)
    asked = {name for test in tests for name in test.names}
    base = solve(network, rows, drawn, through, {*asked_of.variables, *asked})
    actual = solve(network, rows, drawn, wanted=asked) if through.is_twin else base
    weights = importance(base.log_evidence)
    read0 = asked_of.read(rows, base, drawn)
    out = []
    for test in tests:
        way = ways[test.names[0]]
        levels = len(way.slots)
        each = way.rows(rows)
        repeated = drawn.repeat(levels, axis=0)
        answers = solve(network, each, repeated, through, asked_of.variables)
        read = asked_of.read(each, answers, repeated).reshape(draws, levels, -1)
        gains = np.array(
            [
                asked_of.weigh(read0[i], actual.marginals[i, way.slots], read[i], way)[0]
                for i in range(draws)
            ]
        )
        low, high = weighted_quantiles(gains[:, None], weights, np.array([0.05, 0.95]))[:, 0]
        out.append(replace(test, low=float(low), high=float(high)))
    return out
