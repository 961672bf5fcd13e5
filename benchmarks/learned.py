"""``python -m benchmarks.learned PART [SIZE] --into docs/how_wrong.md``: whether what is learned from data is right.

Each part is one row of the page's table; the rows of parts that are not asked stay as they are.

gradient      slopes of the log likelihood against differences, on tables with holes, measured values, weights
intervals     truths drawn from the ranges of a small network: 90 % intervals of an update hold nine in ten
conflicts     one number off: named; nothing off: nothing named
sampler       means of an update against a plain random walk (Metropolis) over the same posterior
clinics       other prevalences, tests of other quality: the network updated by 300 people of a clinic, against
              the clinic's own numbers
criticism     how often ``criticise`` rejects a true network, and names an arrow that was taken away
leg_cramps    as ``intervals``, all numbers of the leg-cramp network, from 2,000 people with holes
"""

from __future__ import annotations

import argparse
import time
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

import etiograph as eg
from etiograph.engine.warm import warm_up
from etiograph.findings.table import read_cases
from etiograph.formats.saving import write_between
from etiograph.learning import scores
from etiograph.learning.cohort import Cohort
from etiograph.learning.objective import Objective
from etiograph.learning.scale import Scale
from etiograph.learning.update import Update
from etiograph.network.parameter import sample_parameters

from . import networks

FloatArray = NDArray[np.float64]
BEGIN, END = "<!-- learned: begin -->", "<!-- learned: end -->"
TESTS = Path(__file__).parents[1] / "tests" / "learning"
HEAD = ("| shown of learning | size | found |", "|---|---|---|")


def with_holes(people: pd.DataFrame, rng: np.random.Generator, share: float = 0.3) -> pd.DataFrame:
    """The table with a share of its cells empty."""
    holes = rng.random(people.shape) < share
    return people.astype(object).mask(pd.DataFrame(holes, columns=people.columns))


def at(network: eg.Network, values: FloatArray) -> eg.Network:
    """The network with other values of its numbers, in their order."""
    return network.with_parameters(dict(zip(network.parameters, values.tolist(), strict=True)))


def cohort(network: eg.Network, n: int, rng: np.random.Generator) -> pd.DataFrame:
    """People of a network, their laboratory values measured, three in ten cells empty."""
    return with_holes(network.sample(n, rng, measured=True), rng)


def gradient(tables: int) -> tuple[str, str]:
    """Every kind of mechanism is in this network."""
    network, worst = eg.load(TESTS / "clinic.toml"), 0.0
    for seed in range(tables):
        rng = np.random.default_rng(seed)
        table = cohort(network, 25, rng)
        given = {"cramps": "present"} if seed % 2 else None
        if given:
            table["cramps"] = "present"
        seen = Cohort.of(read_cases(network, table), rng.random(25) * 2, given)
        f = Objective.of(seen, Scale.of(network))
        eta = f.scale.start() + rng.normal(0, 0.2, len(f.scale))
        slope = f.gradient(eta)[1]
        steps = 1e-5 * np.eye(len(eta))
        expected = [(f.log_likelihood(eta + s) - f.log_likelihood(eta - s)) / 2e-5 for s in steps]
        worst = max(worst, float(np.abs(slope - expected).max() / max(1.0, np.abs(expected).max())))
    return f"{tables:,} tables", f"largest relative difference {worst:.0e}"


def held(up: Update, truth: FloatArray) -> tuple[FloatArray, FloatArray]:
    """By number that is told and spoken of: whether its 90 % interval holds the truth, and its rank."""
    names = list(up.prior.parameters)
    places = [names.index(m.name) for m in up.numbers if m.informed]
    draws, true = up.draws[:, places], truth[places]
    low, high = np.quantile(draws, (0.05, 0.95), axis=0)
    return ((low <= true) & (true <= high)).astype(float), (draws < true).mean(axis=0)


def coverage(shares: list[FloatArray], ranks: list[FloatArray]) -> str:
    """Of all numbers of all runs."""
    inside, rank = np.concatenate(shares), np.concatenate(ranks)
    tenths = np.bincount(np.minimum((rank * 5).astype(int), 4), minlength=5) / len(rank)
    told = ", ".join(f"{share:.0%}" for share in tenths)
    return (
        f"{inside.mean():.1%} of {len(inside):,} intervals of 90 % hold the truth; the truth lies in each "
        f"fifth of the draws in {told}"
    )


def intervals(runs: int) -> tuple[str, str]:
    """Simulation-based calibration (Talts et al. 2018)."""
    network, rng = eg.load(TESTS / "small.toml"), np.random.default_rng(20)
    shares, ranks = [], []
    for k, truth in enumerate(sample_parameters(network.parameters, runs, rng)):
        up = network.update(cohort(at(network, truth), 150, rng), draws=400, seed=k)
        share, rank = held(up, truth)
        shares.append(share)
        ranks.append(rank)
    return f"{runs} updates by 150 people", coverage(shares, ranks)


PLANTED = 3.0
"""Standard deviations of its prior by which a planted number is off."""


def planted(name: str, people: int, runs: int, seed: int) -> tuple[int, float]:
    """How often a number that is off is named, and how often a test without any error of its own would.

    The conflict of a number off by d of its prior's sds, of whose variance the cases take away the share s,
    is normal with mean d sqrt(s) and variance 1 - s; named is what passes the first step of Holm's rule.
    Half of the runs are off upwards.
    """
    network, rng = eg.load(TESTS / "small.toml"), np.random.default_rng([4, seed])
    scale = Scale.of(network)
    named, due = 0, 0.0
    for k in range(runs):
        eta = scale.start()
        eta[scale.names.index(name)] = PLANTED if k % 2 else -PLANTED
        off = at(network, scale.parameters(eta))
        up = network.update(cohort(off, people, rng), draws=300, seed=k)
        named += name in {m.name for m in up.conflicts()}
        share = next(m.learned for m in up.numbers if m.name == name)
        told = sum(not np.isnan(m.p) for m in up.numbers)
        spread = np.sqrt(max(1.0 - share, 1e-12))
        due += ndtr((PLANTED * np.sqrt(share) - ndtri(1 - 0.025 / told)) / spread)
    return named, due


def named_by_chance(people: int, runs: int) -> tuple[int, int]:
    """In how many of the runs anything is named where all is as stated, and where truths are of the ranges."""
    network, rng = eg.load(TESTS / "small.toml"), np.random.default_rng([4, 99])
    stated = of_ranges = 0
    for k, truth in enumerate(sample_parameters(network.parameters, runs, rng)):
        of_ranges += bool(
            network.update(cohort(at(network, truth), people, rng), draws=300, seed=k).conflicts()
        )
        stated += bool(network.update(cohort(network, people, rng), draws=300, seed=k).conflicts())
    return stated, of_ranges


def conflicts(runs: int) -> tuple[str, str]:
    """Something planted, or nothing: then Holm's rule lets five in a hundred name something."""
    parts = [(n, planted("level.mean", n, runs, n)) for n in (2000, 1000, 400)]
    (_, (many, due)), *fewer = parts
    told = ", ".join(f"in {named} by {n:,} ({best:.0f})" for n, (named, best) in fewer)
    every = tuple(eg.load(TESTS / "small.toml").parameters)
    each = max(1, runs // len(every))
    found = [planted(name, 2000, each, k) for k, name in enumerate(every)]
    stated, of_ranges = named_by_chance(2000, runs)
    return (
        f"{5 * runs + each * len(every):,} updates",
        f"a mean off by {PLANTED:g} prior sds is named in {many} of {runs} by 2,000 people (what they know of "
        f"it lets any such test name {due:.0f}), {told}; off by as much, each of all {len(every)} numbers in "
        f"turn in {sum(n for n, _ in found)} of {each * len(every)} by 2,000 "
        f"({sum(d for _, d in found):.0f}); nothing off, something is named in {stated} of {runs} where the "
        f"truth is what is stated, in {of_ranges} of {runs} where it is drawn from the ranges",
    )


def sampler(tables: int) -> tuple[str, str]:
    """Metropolis on the numbers' scale, long enough for errors of a few hundredths of an sd."""
    network = eg.load(TESTS / "small.toml")
    means, spreads = [], []
    for seed in range(tables):
        rng = np.random.default_rng(seed)
        table = cohort(network, 60, rng)
        up = network.update(table, draws=2000, seed=seed)
        f = Objective.of(Cohort.of(read_cases(network, table)), Scale.of(network))
        eta, now, path = f.scale.start(), -np.inf, []
        for _ in range(6000):
            there = eta + 0.45 * rng.standard_normal(len(eta))
            value = f.log_posterior(there)
            if np.log(rng.random()) < value - now:
                eta, now = there, value
            path.append(eta)
        walked = f.scale.parameters(np.array(path[1000:]))
        spread = walked.std(axis=0)
        means.append(np.abs(up.draws.mean(axis=0) - walked.mean(axis=0)) / spread)
        spreads.append(up.draws.std(axis=0) / spread)
    ratio = np.concatenate(spreads)
    return (
        f"{tables} tables of 60 people, {6000:,} steps",
        f"means apart by {np.concatenate(means).mean():.2f} sd on average, {np.max(means):.2f} at most; sds "
        f"{ratio.min():.2f} to {ratio.max():.2f} of the walk's, {ratio.mean():.2f} on average",
    )


CHANGED = (
    "age", "tablet.baseline", "magnesium.leak", "nerve.leak", "cramps.leak", "serum_magnesium.mean",
    "serum_magnesium.sd", "serum_magnesium.magnesium", "hormone.mean", "hormone.sd",
)  # fmt: skip
"""Numbers by which clinics differ: how common things are, and how well tests tell them."""
TARGETS = (("magnesium", "low"), ("cramps", "present"))


def clinic_and_update(seed: int, people: int = 300) -> tuple[eg.Network, eg.Network, eg.Network]:
    """The published network, one updated by people of a clinic, and the clinic's own.

    The numbers of a clinic by which it differs are drawn from ranges twice as wide as the published.
    """
    network, rng = eg.load(TESTS / "clinic.toml"), np.random.default_rng(seed)
    scale = Scale.of(network, CHANGED, dict.fromkeys(CHANGED, 2.0))
    own = at(network, scale.parameters(rng.standard_normal(len(scale))))
    table = cohort(own, people, rng)
    return network, network.update(table, may_differ=CHANGED, draws=400, seed=seed).network, own


def told(network: eg.Network, people: pd.DataFrame, target: str, state: str) -> dict[str, float]:
    """Scores of what a network says of a target that it is not told."""
    p = network.posteriors(people, of=[target], leave_out=[target])[target]
    happened = (people[target] == state).to_numpy(dtype=float)
    at_state = p[:, network.variables[target].index(state)]
    found = scores.scores(happened, at_state, np.ones((1, len(people))))[0]
    return dict(zip(scores.NAMES, found.tolist(), strict=True))


def clinics(count: int) -> tuple[str, str]:
    """The clinic's own numbers do at least as well as any refitting could."""
    slopes, losses, before = [], [], []
    for seed in range(count):
        published, updated, own = clinic_and_update(seed)
        people = own.sample(4_000, np.random.default_rng([seed, 1]), measured=True)
        for target, state in TARGETS:
            old, new, best = (told(n, people, target, state) for n in (published, updated, own))
            slopes.append(new["slope"] / best["slope"])
            losses.append(best["log_score"] - new["log_score"])
            before.append(best["log_score"] - old["log_score"])
    each = np.array(slopes)
    inside = np.count_nonzero((each >= 0.9) & (each <= 1.1))
    return (
        f"{count} clinics of 300 people, {len(TARGETS)} targets",
        f"calibration slope {each.mean():.2f} on average, {np.quantile(each, 0.1):.2f} to "
        f"{np.quantile(each, 0.9):.2f} in four of five, within 0.9 to 1.1 in {inside} of {len(each)}; log "
        f"score {np.mean(losses):.4f} below that of the clinic's own numbers on average (before the update "
        f"{np.mean(before):.4f}), by more than 0.01 in {np.count_nonzero(np.array(losses) > 0.01)}",
    )


SMALLEST_DRAWS = 19
"""Simulated tables from which the least p value is 0.05."""


def without_arrow(network: eg.Network, x: str, y: str) -> tuple[eg.Network, float]:
    """A plain network without an arrow, its numbers as they are then, and what that loses in nats."""
    others = tuple(p for p in network.parents(y) if p != x)
    states = {name: network.variables[name].states for name in (*others, x, y)}
    joint = network.case().joint(*states)
    p = np.array([joint[key] for key in product(*states.values())])
    p = p.reshape([len(s) for s in states.values()])
    rest = p.sum(axis=(-1, -2), keepdims=True)
    product_of = p.sum(axis=-1, keepdims=True) * p.sum(axis=-2, keepdims=True)
    there = p > 0
    nats = float((p[there] * np.log((p * rest)[there] / product_of[there])).sum())
    table = p.sum(axis=-2)
    total = table.sum(axis=-1, keepdims=True)
    even = np.full_like(table, 1.0 / table.shape[-1])
    tables = {n: network.table(n) for n in network.variables}
    tables[y] = np.divide(table, total, out=even, where=total > 0)
    parents = {n: list(network.parents(n)) for n in network.variables} | {y: list(others)}
    known = {n: v.states for n, v in network.variables.items()}
    return eg.Network.from_tables(known, parents, tables), nats


def criticism(runs: int) -> tuple[str, str]:
    """Size at level 5 % with one cell in five empty; power at 5,000 rows, for arrows of about 0.05 nats."""
    sizes = []
    for name in ("child", "leg_cramps_small", "alarm"):
        network = eg.load(name) if name == "leg_cramps_small" else networks.load(name)
        rejected = [
            sum(
                network.criticise(
                    network.sample(n, seed, missing=0.2), draws=SMALLEST_DRAWS, seed=seed
                ).p
                <= 0.05
                for seed in range(runs)
            )
            for n in (500, 5000)
        ]
        sizes.append(f"{name} in {rejected[0]} and {rejected[1]} of {runs}")
        print(sizes[-1], flush=True)
    named, arrows = arrows_named(max(1, runs // 10))
    return (
        f"{6 * runs:,} tables of 500 and of 5,000 people; {len(named)} of 5,000 without an arrow",
        f"true networks rejected at level 5 %: {', '.join(sizes)}; an arrow of {arrows} nats that was taken "
        f"away is named in {sum(named)} of {len(named)}",
    )


def arrows_named(each: int) -> tuple[list[bool], str]:
    """Whether the arrow that was taken away from child is named, for all worth 0.03 to 0.08 nats."""
    true, named, worth = networks.load("child"), [], []
    for y in true.variables:
        for x in true.parents(y):
            less, nats = without_arrow(true, x, y)
            if not 0.03 <= nats <= 0.08:
                continue
            worth.append(nats)
            for seed in range(each):
                table = true.sample(5000, seed, missing=0.2)
                found = less.criticise(table, draws=SMALLEST_DRAWS, seed=seed).rejected()
                named.append({x, y} in [{test.x, test.y} for test in found])
    return named, f"{min(worth):.2f} to {max(worth):.2f}"


def leg_cramps(clinics: int) -> tuple[str, str]:
    """Clinics whose numbers are drawn from the ranges."""
    network = eg.load("leg_cramps")
    shares, ranks, untold, seconds = [], [], 0, []
    for seed in range(7, 7 + clinics):
        rng = np.random.default_rng(seed)
        truth = sample_parameters(network.parameters, 1, rng)[0]
        table = cohort(at(network, truth), 2000, rng)
        start = time.process_time()
        up = network.update(table, seed=seed)
        seconds.append(time.process_time() - start)
        share, rank = held(up, truth)
        shares.append(share)
        ranks.append(rank)
        untold += len(up.untold)
    return (
        f"{clinics} of 2,000 people, {len(up.numbers)} numbers at once",
        f"{coverage(shares, ranks)}; {untold} of {clinics * len(up.numbers)} numbers left as published; "
        f"{np.mean(seconds):.0f} s of processor time",
    )


PARTS = {
    "gradient": ("Slopes of the log likelihood, against differences", gradient, 200),
    "intervals": ("Intervals of an update, small network", intervals, 100),
    "conflicts": ("Conflicts with a source", conflicts, 40),
    "sampler": ("An update, against a random walk", sampler, 5),
    "clinics": ("A new clinic", clinics, 20),
    "criticism": ("Criticism of arrows", criticism, 200),
    "leg_cramps": ("Intervals of an update, leg-cramp network", leg_cramps, 1),
}


def table_with(old: str, rows: dict[str, tuple[str, str]]) -> str:
    """The page's table with these rows in place of those of the same name."""
    told = {line.split(" | ")[0].strip("| "): line for line in old.splitlines() if " | " in line}
    for name, (size, outcome) in rows.items():
        told[name] = f"| {name} | {size} | {outcome} |"
    order = [name for name, _, _ in PARTS.values()]
    return "\n".join([*HEAD, *(told[name] for name in order if name in told)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", choices=(*PARTS, "all"))
    parser.add_argument("size", type=int, nargs="?")
    parser.add_argument("--into", type=Path)
    asked = parser.parse_args()
    warm_up()
    rows = {}
    for part in PARTS if asked.part == "all" else (asked.part,):
        name, work, size = PARTS[part]
        rows[name] = work(asked.size or size)
        print(f"| {name} | {' | '.join(rows[name])} |", flush=True)
    if asked.into:
        text = asked.into.read_text(encoding="utf-8")
        old = text.partition(BEGIN)[2].partition(END)[0]
        write_between(asked.into, BEGIN, END, table_with(old, rows))


if __name__ == "__main__":
    main()
