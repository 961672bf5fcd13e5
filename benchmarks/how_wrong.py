"""``python -m benchmarks.how_wrong --into docs/how_wrong.md``: what this release was checked against, by running it.

The conformance cards are those of docs/measured.md, which ``etiograph check-engine ... --into`` writes: some
engines need an environment of their own.
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

import numpy as np
from tests.query.conftest import make_changes, make_findings, make_network

import etiograph as eg
from etiograph.conformance import check_engine as suite
from etiograph.conformance.cases import questions as asked_of_engines
from etiograph.curation import agreement
from etiograph.curation.published import all_checks
from etiograph.curation.statistics import Compared, compare, count_inside, grades, questions
from etiograph.engine import enumerate as brute
from etiograph.errors import TooLarge
from etiograph.formats.saving import write_between
from etiograph.network.likelihoods import likelihood_row
from etiograph.query.imagine import had
from etiograph.query.posterior import posterior
from etiograph.query.worlds import orders

BEGIN, END = "<!-- runs: begin -->", "<!-- runs: end -->"
MEASURED = Path(__file__).parents[1] / "docs" / "measured.md"


class Furthest:
    """The largest difference from writing out every world, question by question."""

    def __init__(self) -> None:
        self.found: dict[str, tuple[int, float]] = {}

    def add(self, question: str, answer: object, truth: object) -> None:
        off = float(np.abs(np.asarray(answer) - np.asarray(truth)).max())
        count, furthest = self.found.get(question, (0, 0.0))
        self.found[question] = (count + 1, max(furthest, off))


def exactness(networks: int, seed: int) -> Furthest:
    """Questions to random networks, each beside the sum over all worlds."""
    rng, furthest = np.random.default_rng(seed), Furthest()
    for _ in range(networks):
        network = make_network(rng)
        found, changes = make_findings(rng, network), make_changes(rng, network)
        row = likelihood_row(network, found)
        truth = brute.posterior(network.model, row)
        if np.isfinite(truth.log_evidence[0]):
            seen = posterior(network, found)
            furthest.add("see: every posterior", seen.marginals, truth.marginals[0])
            furthest.add("see: log P(findings)", seen.log_evidence, truth.log_evidence[0])
        changed = eg.Network(
            network.variables,
            {
                **network.mechanisms,
                **{name: fixed(network, name, s) for name, s in changes.items()},
            },
        )
        free = {name: value for name, value in found.items() if name not in changes}
        there = brute.posterior(changed.model, likelihood_row(changed, free))
        if np.isfinite(there.log_evidence[0]):
            done = network.case(free).do(changes).posterior()
            model = changed.model
            starts = {name: model.offsets[model.index[name]] for name in network.variables}
            truths = [
                there.marginals[0][first : first + network.variables[name].card]
                for name, first in starts.items()
            ]
            answers = [done.array(name) for name in starts]
            furthest.add("do: every posterior", np.concatenate(answers), np.concatenate(truths))
        states = {network.model.index[n]: network.variables[n].index(s) for n, s in changes.items()}
        try:
            worlds = brute.counterfactual(
                network.model, row, states, orders=orders(network), limit=2**13
            )
        except TooLarge:
            continue
        imagined = had(network, found, changes).marginals
        furthest.add("imagine: every variable in the changed world", imagined, worlds.marginals())
    return furthest


def fixed(network: eg.Network, name: str, state: str) -> eg.Table:
    """A variable without causes, in the state it was given."""
    states = network.variables[name].states
    return eg.Table((), array=np.asarray([float(s == state) for s in states]))


def conformance() -> list[str]:
    """Engine by engine what came of the questions, from the cards that stand in docs/measured.md."""
    text = MEASURED.read_text(encoding="utf-8")
    table = text.partition(suite.BEGIN)[2].partition(suite.END)[0].strip().splitlines()
    head, _, *rows = [line.strip("| ").split(" | ") for line in table]
    told = rows[: len(tuple(asked_of_engines()))]
    lines = [f"| engine | {' | '.join(suite.OUTCOMES)} |", "|---|" + "---:|" * len(suite.OUTCOMES)]
    for n, engine in enumerate(head[1:], 1):
        counts = Counter(row[n] for row in told)
        lines.append(f"| {engine} | {' | '.join(str(counts[o] or '') for o in suite.OUTCOMES)} |")
    return lines


def published() -> list[str]:
    """What the leg-cramp network meets, what its intervals hold, and what it misses."""
    network = eg.load("leg_cramps")
    folder = eg.networks()["leg_cramps"].parent
    lines = [
        "| published statistics of the leg-cramp network | met | its own 90 % interval holds |",
        "|---|---:|---:|",
    ]
    missed: list[str] = []
    for said, checks in all_checks(network, folder).items():
        rows = compare(network, checks)
        for is_set, what in ((False, "no number cites them"), (True, "some number cites them")):
            inside, of = count_inside(questions(rows), is_set=is_set)
            if of:
                holds = "" if is_set else share(*intervals(network, rows))
                lines.append(f"| {said}, {what} | {share(inside, of)} | {holds} |")
        missed += [
            f"| {said} | {agreement.question(q.checks[0])} | {agreement.number(q.checks[0], q.low)} to "
            f"{agreement.number(q.checks[0], q.high)} | {agreement.number(q.checks[0], q.answer)} |"
            for q in questions(rows)
            if not q.inside and not q.is_set
        ]
    head = [
        "| missed, cited by no number | asked | published range | network |",
        "|---|---|---:|---:|",
    ]
    return [*lines, "", *head, *missed]


def intervals(network: eg.Network, rows: tuple[Compared, ...]) -> tuple[int, int]:
    """How many published figures that are predicted the network's own intervals hold, and of how many."""
    return agreement.held([row.check for row in rows], agreement.own_spans(network, rows))


def share(inside: int, of: int) -> str:
    return f"{inside} of {of} ({inside / of:.0%})"


def text(networks: int, seed: int) -> str:
    """The generated part of the page."""
    lines = ["| question | random networks | largest difference |", "|---|---:|---:|"]
    found = exactness(networks, seed).found
    lines += [f"| {what} | {n:,} | {off:.0e} |" for what, (n, off) in found.items()]
    lines += ["", *conformance(), "", *published()]
    known = grades(eg.load("leg_cramps"))
    total = sum(known.values())
    shares = ", ".join(f"{grade} {n / total:.0%}" for grade, n in sorted(known.items()) if grade)
    lines += ["", f"Grades of its {total} numbers: {shares}."]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--networks", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--into", type=Path)
    asked = parser.parse_args()
    made = text(asked.networks, asked.seed)
    print(made)
    if asked.into:
        write_between(asked.into, BEGIN, END, made)


if __name__ == "__main__":
    main()
