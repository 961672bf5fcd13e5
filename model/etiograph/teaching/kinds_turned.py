"""The comparison that turns over when it is split by a third variable, and which of the two to go by."""

from __future__ import annotations

from itertools import combinations, permutations

import numpy as np

from etiograph.engine.propagate import propagate
from etiograph.network.event import Event
from etiograph.network.likelihoods import encode
from etiograph.query.structure import is_adjustment_set
from etiograph.teaching.groups import group_table, groups
from etiograph.teaching.posed import Option, Posed
from etiograph.teaching.tutor import Attempt, Tutor, in_100, share

FELT = 0.02
"""A difference that is seen."""
SEARCHED = 9
"""Variables among which a comparison that turns over is looked for."""
MANY, FEWER = 40, 6
"""In a network of more variables fewer are looked through."""
NOT_TURNED = "no comparison in it is turned over by splitting it by a third variable"


def simpson(tutor: Tutor) -> Attempt | None:
    """Which of two is better, where the groups say one thing and the whole another."""
    x, outcome, z = tutor.one(tutor.memo["turned"])
    y = tutor.event(outcome)
    variable = tutor.network.variables[x]
    off, on = (Event.of(variable, s) for s in variable.states)
    rows = group_table(tutor, z, on, off, y, groups(tutor, z, x, on, off, y))
    seen = [tutor.p(y, {x: e.states[0]}) for e in (off, on)]
    done = [tutor.p(y, {}, {x: e.states[0]}, "do") for e in (off, on)]
    gap, plain_gap = done[1] - done[0], seen[1] - seen[0]
    if abs(gap) < FELT:
        return None
    say, who, by, what = tutor.say, tutor.who, tutor.say.title(z), tutor.say.title(x)
    best = on if gap > 0 else off
    fair, after = is_adjustment_set(tutor.network, x, y.variable, {z}), z in tutor.below(x)
    turned = (gap > 0) != (plain_gap > 0)
    drawn = tutor.drawn({x, y.variable, z})
    if not drawn or not (fair if turned else after):
        return None  # the arrows would not say which one to go by
    why = (
        f"To split by {by} shuts the way into {what}: like is compared with like, so go by the groups."
        if turned
        else f"{by} {say.agree(z, 'comes', 'come')} after {what}. Part of what {what} {say.agree(x, 'does', 'do')} may go "
        "through it, and to split by it leaves that out: go by all."
    )
    mistake = "the larger table is the truer" if turned else "splitting is always right"
    wrong = (
        f"That is how it looks among all, where the groups are not alike. {why}"
        if turned
        else f"That is how it looks in the groups. {why}"
    )
    options = [
        Option(say.short(e), e is best, "" if e is best else mistake, "" if e is best else wrong)
        for e in (off, on)
    ]
    options.append(
        Option(
            "it makes no difference",
            False,
            "two tables that disagree say nothing",
            f"The two comparisons disagree, but the arrows say which one answers the question. {why}",
        )
    )
    everyone = "everybody" if who == "people" else f"every {say.it}"
    text = (
        f"Of 100 {who} {say.having(off)}, {say.count(in_100(seen[0]), y)}; of 100 {say.having(on)}, "
        f"{say.count(in_100(seen[1]), y)}. Split by {by}, it is the other way round in every group: see the table and the "
        f"arrows. You decide on {what} for {everyone}. With which choice would there be more {who} {say.having(y)}?"
    )
    return Attempt(
        Posed(text, "choice", tuple(tutor.mixed(options))),
        (
            f"Is {by} there before {what}, or does it come after it?",
            "If it comes before and acts on both, compare within the groups. If it comes after, do not split.",
        ),
        (
            why,
            f"If all were {who} {say.having(off)}: {share(done[0])}; if all were {who} {say.having(on)}: {share(done[1])}.",
        ),
        (),
        {"cause": x, "on": on.states[0], "off": off.states[0], "outcome": str(y), "split": z},
        drawn,
        rows,
    )


def turned_over(tutor: Tutor) -> str:
    """Why nothing turns over; looked for once, among some of the variables of a large network."""
    if len(tutor.names) < 3:
        return "it has too few variables"
    tutor.memo["turned"] = _turned(tutor)
    return "" if tutor.memo["turned"] else NOT_TURNED


def _turned(tutor: Tutor) -> list[tuple[str, str, str]]:
    """Cause, outcome and split of every comparison that turns over: one batch of rows for all of them."""
    network, model = tutor.network, tutor.network.model
    small = [n for n in tutor.names if network.variables[n].card == 2]
    names = tutor.mixed(small)[: SEARCHED if len(tutor.names) <= MANY else FEWER]
    cells: list[dict[str, str]] = [{x: s} for x in names for s in network.variables[x].states]
    cells += [
        {x: s, z: t}
        for x, z in combinations(names, 2)
        for s in network.variables[x].states
        for t in network.variables[z].states
    ]
    if not cells:
        return []
    beliefs = propagate(
        model,
        np.stack([encode(network, cell)[0] for cell in cells]),
        wanted=[model.index[n] for n in names],
    )
    sound = np.isfinite(beliefs.log_evidence)
    place = {frozenset(cell.items()): k for k, cell in enumerate(cells)}

    def gap(x: str, y: str, *fixed: tuple[str, str]) -> float:
        """P(y in its last state | x in its last state) less the same for its first."""
        at = model.offsets[model.index[y]] + 1
        rows = [place[frozenset({(x, s), *fixed})] for s in network.variables[x].states]
        if not sound[rows].all():
            return 0.0
        return float(beliefs.marginals[rows[1], at] - beliefs.marginals[rows[0], at])

    found = []
    for x, y in permutations(names, 2):
        plain = gap(x, y)
        if abs(plain) < FELT or y not in tutor.below(x):
            continue
        for z in (n for n in names if n not in (x, y)):
            parts = [gap(x, y, (z, t)) for t in network.variables[z].states]
            if all(part * plain < 0 and abs(part) >= FELT for part in parts):
                found.append((x, y, z))
    return found
