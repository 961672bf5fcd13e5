"""Every public question of small random networks, by value: what all their worlds written out say.

Of every mechanism, with names that are hard to carry. A refusal is right only for a reason.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import log10

import numpy as np
import pytest
from tests.odd_networks import drawn_findings
from tests.oracle import Oracle
from tests.test_every_question import made

from etiograph.case import Case
from etiograph.commands import score as scoring
from etiograph.commands.answer import answer
from etiograph.commands.score_files import plain_cell
from etiograph.decision.behind import with_outcome
from etiograph.engine.ancestral import descendants
from etiograph.errors import EtiographError, InvalidChange, InvalidFinding, TooLarge
from etiograph.network.network import Network
from etiograph.network.parameter import parameter_draws
from etiograph.network.reading import Reading
from etiograph.query.causes import open_causes
from etiograph.uncertainty.entries import entry
from etiograph.uncertainty.rows import finding_row

SEEDS = range(3000 if os.environ.get("ETIOGRAPH_LONG") else 20)


@dataclass
class Asked:
    """A case and what is asked of it, drawn at random."""

    oracle: Oracle
    case: Case
    target: str
    other: str
    state: str
    to: str

    @property
    def network(self) -> Network:
        return self.case.network

    @property
    def changes(self) -> dict[str, str]:
        return {self.other: self.to}

    @property
    def open(self) -> bool:
        """Whether the target is not known, and there is something to know."""
        return self.target not in self.case.findings and self.card(self.target) > 1

    @property
    def beside(self) -> Oracle:
        """What is found of everything but target and other."""
        return self.oracle.without(self.target, self.other)

    def card(self, name: str) -> int:
        return self.network.variables[name].card

    def plain(self) -> list[str]:
        return [n for n in self.network.variables if n not in self.oracle.measured]

    def downstream(self) -> bool:
        """Whether something found, of neither, hangs on the other."""
        model = self.network.model
        below = {model.names[i] for i in descendants(model, [model.index[self.other]])}
        return bool(below.intersection(self.beside.findings))

    def contradicted(self) -> bool:
        """Whether what is found of the changed variable is more than that it is as it was set."""
        found = self.case.findings.get(self.other)
        return found is not None and found != self.to


def drawn(seed: int) -> list[Asked]:
    rng, network = made(seed)
    asked = []
    for findings in ({}, drawn_findings(rng, network)):
        names = list(network.variables)
        open_ = [n for n in names if n not in findings and network.variables[n].card > 1]
        target, other = str(rng.choice(open_ or names)), str(rng.choice(names))
        state, to = (str(rng.choice(network.variables[n].states)) for n in (target, other))
        case = network.case(findings)
        asked.append(Asked(Oracle(network, case.findings), case, target, other, state, to))
    return asked


def same(got: object, want: object) -> None:
    np.testing.assert_allclose(got, want, atol=1e-11, rtol=1e-9)


def see(a: Asked) -> None:
    post, worlds = a.case.posterior(), a.oracle.worlds()
    same(post.log_evidence, np.log(worlds.total))
    for name in a.plain():
        same(post.array(name), worlds.of(name))
        same(a.network.posteriors([dict(a.case.findings)])[name][0], worlds.of(name))
    for first in a.plain():
        for second in a.plain():
            if first != second:
                same(a.case.joint(first, second).table, worlds.of(first, second))


def most_probable(a: Asked) -> None:
    got = a.case.most_probable(3, list(a.network.variables))
    same([e.probability for e in got], a.oracle.best(3))


def conflict(a: Asked) -> None:
    same(a.case.conflict().value, a.oracle.conflict())


def do(a: Asked) -> None:
    post, worlds = a.case.do(a.changes).posterior(), a.oracle.worlds(a.changes)
    same(post.log_evidence, np.log(worlds.total))
    for name in a.plain():
        same(post.array(name), worlds.of(name))


def imagined(kind: str) -> Callable[[Asked], None]:
    def ask(a: Asked) -> None:
        truth = a.oracle.twin(kind, a.changes)
        post = getattr(a.case, kind)(a.changes).posterior()
        model, then = a.network.model, truth.marginals()
        for name in a.plain():
            same(post.array(name), then[a.oracle.own(name)])
        if a.target in a.plain():
            pair = truth.joint(model.index[a.target])
            s = a.network.variables[a.target].index(a.state)
            got = post.effect(a.target, a.state)
            same(
                [got.actual, got.changed, got.prevented, got.caused],
                [pair[s].sum(), pair[:, s].sum(), pair[s].sum() - pair[s, s],
                 pair[:, s].sum() - pair[s, s]],
            )  # fmt: skip

    return ask


def effect(a: Asked) -> None:
    one = a.network.variables[a.other].usual
    two = next(s for s in a.network.variables[a.other].states if s != one)
    got = a.case.effect(a.other, (a.target, a.state), one, two)
    of = {s: a.beside.worlds({a.other: s}).p(a.target, [a.state]) for s in (one, two)}
    same([got.p_from, got.p_to], [of[one], of[two]])
    same(got.p_now, a.beside.worlds().p(a.target, [a.state]))


def causation(a: Asked) -> None:
    one = a.network.variables[a.other].usual
    two = next(s for s in a.network.variables[a.other].states if s != one)
    got = a.case.causation(a.other, (a.target, a.state), two, one, bounds=True)
    oracle, model = a.beside, a.network.model
    i, state = model.index[a.target], a.network.variables[a.target].index(a.state)

    def crossed(actual: str, changed: str, holds: bool) -> float:
        row = oracle.with_event(a.target, [a.state], holds)
        row *= oracle.with_event(a.other, [actual]) > 0
        twin = oracle.twin("had", {a.other: changed}, likelihood=row)
        hit = (twin.changed[:, i] == state) != holds
        return float(twin.weight[hit].sum() / twin.weight.sum()) if len(twin.weight) else np.nan

    same(got.necessity, crossed(two, one, True))
    same(got.sufficiency, crossed(one, two, False))
    twin = oracle.twin("had", {a.other: one}, **oracle.surgery({a.other: two}),
                       likelihood=oracle.row)  # fmt: skip
    hit = (twin.actual[:, i] == state) & (twin.changed[:, i] != state)
    both = twin.weight[hit].sum() / twin.weight.sum()
    same(got.both, both)
    for value, bound in ((got.necessity, got.bounds.necessity), (got.both, got.bounds.both)):
        assert np.isnan(value) or bound[0] - 1e-9 <= value <= bound[1] + 1e-9


def attribution(a: Asked) -> None:
    got = a.case.attribution(a.target, a.state)
    worlds = a.oracle.worlds()
    same(got.p_event, worlds.p(a.target, [a.state]))
    if not np.isnan(
        got.none_fired
    ):  # links: tests/query/test_n8_attribution.py counts their worlds
        return
    row = a.oracle.with_event(a.target, [a.state])
    i, state = a.network.model.index[a.target], a.network.variables[a.target].index(a.state)
    for share in got.causes:
        usual = a.network.variables[share.cause].usual
        same(share.present, 1 - worlds.p(share.cause, [usual]))
        if got.p_event > 0:
            twin = a.oracle.twin("had", {share.cause: usual}, likelihood=row)
            without = twin.weight[twin.changed[:, i] != state].sum() / twin.weight.sum()
            same(share.needed, got.p_event * without)


def intervals(a: Asked) -> None:
    got = a.case.intervals(draws=6, seed=3)
    drawn = parameter_draws(tuple(a.network.parameters.values()), 6, 3)
    rows = np.broadcast_to(finding_row(a.network, a.case.findings, drawn), (6, len(a.oracle.row)))
    tables = a.network.expansion.tables(drawn)
    each = [a.oracle.worlds(None, r, t) for r, t in zip(rows, tables, strict=True)]
    weights = np.array([w.total for w in each])
    for name in a.plain():
        p = np.array([w.of(name) if w.total else np.zeros(a.card(name)) for w in each])
        mean = weights @ p / weights.sum()
        for s, state in enumerate(a.network.variables[name].states):
            cell = got[name][state]
            same(cell.point, a.oracle.worlds().p(name, [state]))
            same(cell.mean, mean[s])
            assert cell.low <= cell.median <= cell.high


def tornado(a: Asked) -> None:
    got = a.case.tornado(a.target, a.state)
    same(got.answer, a.oracle.worlds().p(a.target, [a.state]))
    values, names = a.network.parameter_values(), list(a.network.parameters)
    ranged = {n for n, p in a.network.parameters.items() if p.low is not None}
    assert {bar.name for bar in got.bars} <= ranged
    for bar in got.bars:
        for end, said in ((bar.low, bar.at_low), (bar.high, bar.at_high)):
            at = values.copy()
            at[names.index(bar.name)] = end
            row = finding_row(a.network, a.case.findings, at[None])[0]
            worlds = a.oracle.worlds(None, row, a.network.expansion.tables(at[None])[0])
            same(said, worlds.p(a.target, [a.state]))


def next_tests(a: Asked) -> None:
    got = a.case.next_tests(a.target)
    p = a.oracle.worlds().of(a.target)
    same(got.entropy, -sum(x * np.log2(x) for x in p if x > 0))
    for test in got.tests:
        (name,) = test.names
        if not isinstance(a.network.mechanisms[name], Reading):  # measured: more than its states
            same(test.gain, max(a.oracle.gain(a.target, name), 0.0))
            same(list(test.p_results.values()), a.oracle.worlds().of(name))


def what_helps(a: Asked) -> None:
    pairs = [(a.other, state) for state in a.network.variables[a.other].states]
    got = a.case.what_helps(a.target, a.state, among=pairs)
    model, s = a.network.model, a.network.variables[a.target].index(a.state)
    then = a.oracle.twin("after", {}).marginals()[model.offsets[model.index[a.target]] + s]
    same(got.p, then)
    for change in got.changes:
        twin = a.oracle.twin("after", {change.variable: change.state}).marginals()
        p = twin[model.offsets[model.index[a.target]] + s]
        same([change.p, change.difference], [p, p - then])
    sizes = [change.difference for change in got.changes]
    same(sizes, sorted(sizes))


def explain(a: Asked) -> None:
    got = a.case.explain(a.target, a.state)
    event = (a.target, [a.state])
    same(got.before, Oracle(a.network, {}).worlds().p(*event))
    same(got.after, a.oracle.worlds().p(*event))
    same(got.conflict, np.clip(a.oracle.conflict() * 10 * log10(2), -300, 300))
    for weight in got.weights:
        without = a.oracle.without(weight.finding).worlds().p(*event)
        same(weight.without, without)
        if min(without, 1 - without, got.after, 1 - got.after) > 1e-6:
            odds = [p / (1 - p) for p in (got.after, without)]
            assert weight.weight == pytest.approx(10 * log10(odds[0] / odds[1]), abs=1e-7)


def sensitivities(a: Asked) -> None:
    now = a.oracle.worlds().p(a.target, [a.state])
    stated = a.network.model.tables
    for curve in a.case.sensitivities(a.target, a.state, points=3)[:6]:
        same(curve(curve.value), now)
        assert np.isfinite([curve.slope, curve.swing]).all()
        for x, y in zip(curve.x, curve.y, strict=True):
            tables = entry(a.network, curve.name).moved(stated[None], np.array([x]))[0]
            worlds = a.oracle.worlds(tables=tables)  # at 0 or 1 the findings may be impossible
            same(y, worlds.p(a.target, [a.state]) if worlds.total else np.nan)
            same(curve(x), y)


def table(a: Asked) -> None:
    parents = a.network.parents(a.target)
    got = a.network.table(a.target)
    for at in np.ndindex(got.shape[:-1]):
        set_ = {p: a.network.variables[p].states[s] for p, s in zip(parents, at, strict=True)}
        same(got[at], Oracle(a.network, {}).worlds(set_).of(a.target))


def d_separated(a: Asked) -> None:
    given = [n for n in a.plain() if n in a.case.findings and n not in (a.target, a.other)]
    blocked = a.network.d_separated(a.target, a.other, given)
    oracle = Oracle(a.network, {n: a.network.variables[n].states[0] for n in given})
    worlds = oracle.worlds()
    if blocked and worlds.total > 0:
        both = worlds.of(a.target, a.other)
        same(both, np.outer(both.sum(axis=1), both.sum(axis=0)))


def printed(a: Asked) -> None:
    """What the command ``ask`` and a report say of the causes."""
    said = json.loads(answer(a.case).to_json())
    listed = {(r["variable"], tuple(r["states"])): r for r in said["rows"]}
    report = a.case.report(draws=4)
    causes = report.causes
    assert {(c.variable, c.states) for c in causes} <= set(listed)
    worlds, before = a.oracle.worlds(), Oracle(a.network, {}).worlds()
    for (name, states), row in listed.items():
        if name in a.plain():
            same(row["p"], worlds.p(name, states))
            same(row["p_baseline"], before.p(name, states))
    # What had a part is asked of people who have the outcome, and then the report says so.
    assumed = "Not entered" in report.numbers_of
    known = with_outcome(a.network, a.case.findings) if assumed else None
    had = worlds if known is None else Oracle(a.network, known).worlds()
    for cause in causes:
        if cause.variable in a.plain():
            same(cause.p, had.p(cause.variable, cause.states))
    shown = {(e.variable, e.states) for e in open_causes(a.network, a.case.findings)}
    assert shown <= {(n, s) for n, s in listed}


def under(kind: str) -> Callable[[Asked], None]:
    """Intervals, tornado, explanation and next tests of a changed world, at the stated numbers."""

    def ask(a: Asked) -> None:
        case, name = getattr(a.case, kind)(a.changes), a.target
        if kind == "do":
            want = a.oracle.worlds(a.changes).of(name)
        else:
            want = a.oracle.twin(kind, a.changes).marginals()[a.oracle.own(name)]
        s = a.network.variables[name].index(a.state)
        cells = case.intervals(draws=3)[name]
        same([cells[state].point for state in a.network.variables[name].states], want)
        same(case.tornado(name, a.state).answer, want[s])
        same(case.explain(name, a.state).after, want[s])
        entropy = -sum(p * np.log2(p) for p in want if p > 0)
        assert case.next_tests(name).entropy == pytest.approx(entropy, abs=1e-9)
        for cause in case.report(draws=3).causes:
            if cause.variable == name:
                inside = [a.network.variables[name].index(x) for x in cause.states]
                same(cause.p, want[inside].sum())

    return ask


QUESTIONS: dict[str, Callable[[Asked], None]] = {
    "see": see, "most_probable": most_probable, "conflict": conflict, "do": do,
    "had": imagined("had"), "after": imagined("after"), "effect": effect, "causation": causation,
    "attribution": attribution, "intervals": intervals, "tornado": tornado, "next": next_tests,
    "what helps": what_helps,
    "explain": explain, "sensitivities": sensitivities, "table": table, "d_separated": d_separated,
    "ask and report": printed,
    **{f"under {kind}": under(kind) for kind in ("do", "had", "after")},
}  # fmt: skip

Reason = Callable[[Asked], bool]
REFUSED: Mapping[str, tuple[type[EtiographError] | tuple[type[EtiographError], ...], Reason]] = {
    # read in the changed world, a finding can't say that what was set is otherwise
    "do": (InvalidChange, Asked.contradicted),
    # its own cause; among people chosen by what the cause changes
    "effect": ((InvalidChange, InvalidFinding), lambda a: a.target == a.other or a.downstream()),
    "causation": ((InvalidChange, InvalidFinding), lambda a: a.target == a.other or a.downstream()),
    # a number that is found is no answer that ranges move
    "tornado": (InvalidFinding, lambda a: a.target in a.case.findings),
    "sensitivities": (InvalidFinding, lambda a: a.target in a.case.findings),
    "explain": (InvalidFinding, lambda a: a.target in a.case.findings),
    "d_separated": (InvalidFinding, lambda a: a.target == a.other),
    "under do": (
        (InvalidChange, InvalidFinding),
        lambda a: a.contradicted() or a.target in a.case.findings,
    ),
    "attribution": (InvalidFinding, lambda a: not a.network.parents(a.target)),  # nothing to blame
}
"""What may be refused, by which error and for which reason; nothing else may."""


def target_is_measured(a: Asked) -> bool:
    """Whether the target's own value was measured: its state is where that falls."""
    return a.target in a.oracle.measured


def is_question(what: str, a: Asked) -> bool:
    """Whether there is something to ask, and an answer to compare with."""
    if what in ("effect", "causation") and a.card(a.other) == 1:
        return False  # there is no other state to compare with
    if what in ("next", "effect", "causation", "attribution") and not a.open:
        return False
    if what.startswith("under ") and target_is_measured(a):
        return False
    if what.endswith("do") and not a.contradicted():
        return a.oracle.worlds(a.changes).total > 0  # else impossible in the changed world
    return True


def rightly_refused(what: str, a: Asked, error: EtiographError) -> bool:
    """Whether a refusal is the one that is due; the oracle's own limit is no answer of the package."""
    if isinstance(error, TooLarge):
        return "settings of the noise" in str(error)
    errors, reason = REFUSED.get(what, ((), lambda a: False))
    return isinstance(error, errors) and reason(a)


@pytest.mark.parametrize("seed", SEEDS)
def test_by_value(seed):
    for asked in drawn(seed):
        for what, ask in QUESTIONS.items():
            if not is_question(what, asked):
                continue
            try:
                ask(asked)
            except EtiographError as error:
                if not rightly_refused(what, asked, error):
                    raise AssertionError(f"{what} of seed {seed}: {error!r}") from error
            except AssertionError as error:
                raise AssertionError(f"{what} of seed {seed}, {asked}") from error


@pytest.mark.parametrize("seed", range(16))
@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_score_of_a_file(seed, suffix, tmp_path):
    """A table of cases in a file: every row as its worlds say, empty where they are none."""
    import pandas as pd

    rng, network = made(seed)
    states = {n: (None, *v.states) for n, v in network.variables.items()}
    rows = [{n: s[rng.integers(len(s))] for n, s in states.items()} for _ in range(6)]
    rows += [dict.fromkeys(states)]
    frame = pd.DataFrame(rows, columns=list(states), dtype=object)
    source, out = tmp_path / f"cases{suffix}", tmp_path / f"answers{suffix}"
    if suffix == ".csv":
        frame.to_csv(source, index=False)
    else:
        frame.astype("string").to_parquet(source)
    scoring.score(network, source, out, variables=list(states))
    read = {".csv": lambda: pd.read_csv(out), ".parquet": lambda: pd.read_parquet(out)}[suffix]()
    assert len(read) == len(rows)
    for i, row in enumerate(rows):
        worlds = Oracle(network, {n: s for n, s in row.items() if s is not None}).worlds()
        if not worlds.total:
            assert read["log_evidence"][i] == -np.inf
        for name, variable in network.variables.items():
            names = [f"{name}={state}" for state in variable.states]
            if suffix == ".csv":  # a heading that a spreadsheet would run is made harmless
                names = [str(plain_cell(each)) for each in names]
            got = read[names].iloc[i].to_numpy(float)
            same(got, worlds.of(name) if worlds.total else np.full(variable.card, np.nan))
