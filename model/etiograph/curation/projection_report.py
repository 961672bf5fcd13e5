"""A small network beside the full one it was computed from: what the projection loses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from etiograph.curation.projection import Projection
from etiograph.curation.skeleton import stands_for
from etiograph.errors import ImpossibleFindings, InvalidNetwork
from etiograph.network.closure import closure
from etiograph.network.likelihoods import encode
from etiograph.network.model import FloatArray
from etiograph.query.surgery import intervene

if TYPE_CHECKING:
    from etiograph.network.network import Network

BEGIN, END = "<!-- projection: begin -->", "<!-- projection: end -->"

Findings = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AnswerPair:
    """One question to both networks: its text, and each answer in full and in small."""

    question: str
    full: tuple[float, ...]
    small: tuple[float, ...]


def _text(findings: Findings) -> str:
    return ", ".join(f"{name} = {state}" for name, state in findings.items()) or "nothing known"


def _event(network: Network, name: str, marginals: FloatArray, states: Sequence[str]) -> float:
    variable, begin = network.variables[name], network.model.offsets[network.model.index[name]]
    return float(sum(marginals[begin + variable.index(state)] for state in states))


def _fixed(network: Network, change: Findings) -> dict[int, FloatArray]:
    """Variables set to one state each, as distributions."""
    return {
        network.model.index[n]: np.eye(network.variable(n).card)[network.variable(n).index(s)]
        for n, s in change.items()
    }


def _marginals(
    network: Network,
    row: FloatArray,
    done: Mapping[int, FloatArray],
    said: str,
    names: Iterable[str],
) -> Any:
    """Marginals (S,) of some variables after a row of findings, some variables set from outside."""
    from etiograph.engine.propagate import propagate

    model = intervene(network.model, done).model if done else network.model
    found = propagate(model, row[None], wanted=[model.index[name] for name in names])
    if not np.isfinite(found.log_evidence[0]):
        raise ImpossibleFindings(f"{said}: this group is impossible", ())
    return found.marginals[0]


class AnswerPairs:
    """The questions of a skeleton's ``compare``, asked of both networks."""

    def __init__(self, projection: Projection) -> None:
        self.projection = projection
        compare = projection.skeleton.compare
        try:
            self.asked: Findings = dict(compare["asked"])
            self.outcome: Findings = dict(compare["outcome"])
            self.given: list[Findings] = [dict(case) for case in compare["cases"]]
            self.changed = [(dict(c["small"]), dict(c.get("full", {}))) for c in compare["changes"]]
        except (KeyError, TypeError, ValueError) as error:
            raise InvalidNetwork(
                f"compare needs asked, outcome, cases and changes: {error}"
            ) from None

    def _members(self, name: str, state: str) -> tuple[str, ...]:
        self.projection.small.variable(name).index(state)
        return self.projection.skeleton.kept[name].groups[state]

    def full_row(self, findings: Findings) -> FloatArray:
        """Findings on the small network as a row of the full one; a value of a reading stays one."""
        row = np.ones(self.projection.full.model.n_states)
        for name, found in findings.items():
            if found in self.projection.small.variable(name).states:
                row *= self.projection.indicator(name, (found,))
            else:
                row *= encode(self.projection.full, {name: found})[0]
        return row

    def seen(self, findings: Findings, asked: Findings) -> AnswerPair:
        """P(each state asked | findings) in both."""
        full, small = self.projection.full, self.projection.small
        said = _text(findings)
        large = _marginals(full, self.full_row(findings), {}, said, asked)
        little = _marginals(small, encode(small, findings)[0], {}, said, asked)
        return AnswerPair(
            said,
            tuple(_event(full, n, large, self._members(n, s)) for n, s in asked.items()),
            tuple(_event(small, n, little, (s,)) for n, s in asked.items()),
        )

    def done(self, change: Findings, in_full: Findings) -> AnswerPair:
        """P(outcome | do(change)) in both.

        States taken together are set in the shares in which the full network has them. A summary
        variable cannot be set: ``in_full`` says what is set in its place.
        """
        full, small = self.projection.full, self.projection.small
        said = f"do({_text(change)})"
        if not in_full and any(stands_for(full, name) != (name,) for name in change):
            raise InvalidNetwork(f"{said}: say what is set in the full network")
        index = full.model.index
        sets = _fixed(full, in_full) or {index[n]: self._shares(n, s) for n, s in change.items()}
        large = _marginals(full, np.ones(full.model.n_states), sets, said, self.outcome)
        fixed = _fixed(small, change)
        little = _marginals(small, np.ones(small.model.n_states), fixed, said, self.outcome)
        return AnswerPair(
            said,
            tuple(_event(full, n, large, self._members(n, s)) for n, s in self.outcome.items()),
            tuple(_event(small, n, little, (s,)) for n, s in self.outcome.items()),
        )

    def _shares(self, name: str, state: str) -> FloatArray:
        model, variable = self.projection.full.model, self.projection.full.variables[name]
        begin = model.offsets[model.index[name]]
        members = self._members(name, state)
        shares = self.projection.prior[0, begin : begin + variable.card] * [
            s in members for s in variable.states
        ]
        result: FloatArray = shares / shares.sum()
        return result

    def cases(self) -> list[AnswerPair]:
        """Every case."""
        return [self.seen(case, self.asked) for case in self.given]

    def changes(self) -> list[AnswerPair]:
        """Every change: (seen, done) of the outcome."""
        rows = []
        for change, in_full in self.changed:
            see, do = self.seen(change, self.outcome), self.done(change, in_full)
            rows.append(AnswerPair(_text(change), see.full + do.full, see.small + do.small))
        return rows


# -- arrows that were left out ---------------------------------------------------------------------


def arrows_left_out(projection: Projection) -> list[tuple[str, str]]:
    """Pairs that the full network joins by arrows through what was summed out, and the small does not."""
    full, kept = projection.full, projection.skeleton.kept
    acting = {name: set(stands_for(full, name)) for name in kept}
    blocked = set(kept).union(*acting.values())
    owner = {node: name for name, nodes in acting.items() for node in nodes} | {n: n for n in kept}
    found = []
    for name in kept:
        children = [child for node in acting[name] for child in full.children(node)]
        seen = closure(children, lambda at: () if at in blocked else full.children(at))
        reached = {owner[at] for at in seen & blocked}
        found += [(name, n) for n in kept if n in reached - {name} and name not in kept[n].parents]
    return found


# -- in words ------------------------------------------------------------------------------------


def _percent(p: float) -> str:
    return f"{100 * p:.1f}"


def _worst(rows: Sequence[AnswerPair], columns: Sequence[int]) -> tuple[float, AnswerPair, int]:
    return max(
        ((abs(r.full[j] - r.small[j]), r, j) for r in rows for j in columns), key=lambda x: x[0]
    )


def markdown(projection: Projection) -> str:
    """What the small network holds and what it loses, as Markdown; probabilities in per cent."""
    lines = list(_size(projection))
    if projection.skeleton.compare:
        comparison = AnswerPairs(projection)
        lines += ["", *_cases(comparison), "", *_changes(comparison)]
    if left := [f"{a} -> {b}" for a, b in arrows_left_out(projection)]:
        lines += ["", f"Influences through what was summed out, left out: {', '.join(left)}."]
    return "\n".join(lines)


def _size(projection: Projection) -> Iterator[str]:
    full, small = projection.full, projection.small
    arrows = sum(len(m.parents) for m in small.mechanisms.values())
    yield (
        f"- {len(small.variables)} of {len(full.variables)} variables, {arrows} arrows, "
        f"{len(small.parameters)} numbers, {len(small.rules)} of {len(full.rules)} warnings"
    )
    yield f"- {projection.origin}"


def _cases(comparison: AnswerPairs) -> Iterator[str]:
    rows, asked = comparison.cases(), comparison.asked
    headings = [f"{name} = {state}" for name, state in asked.items()]
    yield f"| known | {' | '.join(headings)} |"
    yield "|---|" + "---:|" * len(headings)
    for row in rows:
        pairs = zip(row.full, row.small, strict=True)
        cells = " | ".join(f"{_percent(a)} / {_percent(b)}" for a, b in pairs)
        yield f"| {row.question} | {cells} |"
    gap, at, j = _worst(rows, range(len(asked)))
    mean = float(np.mean([np.abs(np.subtract(r.full, r.small)) for r in rows]))
    yield ""
    yield (
        f"Worst difference: {_percent(gap)} points ({headings[j]}; {at.question}). "
        f"Mean: {100 * mean:.2f} points."
    )


def _changes(comparison: AnswerPairs) -> Iterator[str]:
    rows = comparison.changes()
    outcome = _text(comparison.outcome)
    yield f"| {outcome} | seen, full | seen, small | do, full | do, small |"
    yield "|---|---:|---:|---:|---:|"
    for row in rows:
        n = len(comparison.outcome)
        cells = (*row.full[:n], *row.small[:n], *row.full[n:], *row.small[n:])
        yield f"| {row.question} | {' | '.join(_percent(p) for p in cells)} |"
    yield ""
    (see, at_see, _), (do, at_do, _) = _worst(rows, (0,)), _worst(rows, (1,))
    yield (
        f"Worst difference: seen {_percent(see)} points ({at_see.question}), "
        f"do {_percent(do)} points ({at_do.question})."
    )


def write(path: Path, inside: str) -> None:
    """Put the Markdown between the marks of a file.

    Raises
    ------
    UnreadableFile
        The file or a mark is missing.
    """
    from etiograph.formats.saving import write_between

    write_between(path, BEGIN, END, inside)
