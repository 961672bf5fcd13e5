"""``python -m benchmarks.how_wrong --into docs/how_wrong.md``: what this release was checked against, by running it."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from tests.query.conftest import make_changes, make_findings, make_network

import etiograph as eg
from etiograph.conformance.check_engine import adaptor, check_engine
from etiograph.curation.published import all_checks
from etiograph.curation.statistics import compare, count_inside, grades, questions
from etiograph.engine import enumerate as brute
from etiograph.errors import EtiographError, TooLarge
from etiograph.network.finding import likelihood_row
from etiograph.query.imagine import had
from etiograph.query.posterior import posterior
from etiograph.query.worlds import orders

BEGIN, END = "<!-- runs: begin -->", "<!-- runs: end -->"
ENGINES = ("ours", "pgmpy", "pyagrum")


def exactness(networks: int, seed: int) -> list[tuple[str, int, float]]:
    """Question, answers compared, largest difference from writing out every world."""
    rng = np.random.default_rng(seed)
    seen, imagined, furthest = 0, 0, [0.0, 0.0]
    for _ in range(networks):
        network = make_network(rng)
        found, changes = make_findings(rng, network), make_changes(rng, network)
        row = likelihood_row(network, found)
        truth = brute.posterior(network.model, row)
        if np.isfinite(truth.log_evidence[0]):
            off = np.abs(posterior(network, found).marginals - truth.marginals[0]).max()
            furthest[0] = max(furthest[0], float(off))
            seen += 1
        states = {network.model.index[n]: network.variables[n].index(s) for n, s in changes.items()}
        try:
            worlds = brute.counterfactual(
                network.model, row, states, orders=orders(network), limit=2**13
            )
        except TooLarge:
            continue
        off = np.abs(had(network, found, changes).marginals - worlds.marginals()).max()
        furthest[1] = max(furthest[1], float(off))
        imagined += 1
    return [
        ("see: every posterior", seen, furthest[0]),
        ("imagine: every variable in the changed world", imagined, furthest[1]),
    ]


def conformance() -> list[tuple[str, int, int]]:
    """Engine, questions right, questions."""
    found = []
    for name in ENGINES:
        try:
            card = check_engine(adaptor(name))
        except (ImportError, EtiographError):
            continue
        right = sum(score.outcome == "right" for score in card.scores)
        found.append((card.engine, right, len(card.scores)))
    return found


def published() -> list[tuple[str, int, int]]:
    """Kind of statistic, inside its published range, asked."""
    network = eg.load("leg_cramps")
    folder = eg.networks()["leg_cramps"].parent
    found = []
    for said, checks in all_checks(network, folder).items():
        asked = questions(compare(network, checks))
        for is_set, what in ((False, "no number cites them"), (True, "some number cites them")):
            inside, of = count_inside(asked, is_set=is_set)
            if of:
                found.append((f"{said}, {what}", inside, of))
    return found


def text(networks: int, seed: int) -> str:
    """The generated part of the page."""
    lines = ["| question | random networks | largest difference |", "|---|---:|---:|"]
    lines += [f"| {what} | {n:,} | {off:.0e} |" for what, n, off in exactness(networks, seed)]
    lines += ["", "| engine | conformance questions right |", "|---|---:|"]
    lines += [f"| {name} | {right} of {of} |" for name, right, of in conformance()]
    lines += ["", "| published statistics of the leg-cramp network | met |", "|---|---:|"]
    lines += [
        f"| {what} | {inside} of {of} ({inside / of:.0%}) |" for what, inside, of in published()
    ]
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
        page = asked.into.read_text(encoding="utf-8")
        head, _, rest = page.partition(BEGIN)
        asked.into.write_text(
            f"{head}{BEGIN}\n{made}\n{END}{rest.partition(END)[2]}", encoding="utf-8"
        )


if __name__ == "__main__":
    main()
