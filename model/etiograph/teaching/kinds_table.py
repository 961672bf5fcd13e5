"""One step of elimination by hand: multiply two tables, then sum a variable out."""

from __future__ import annotations

import numpy as np

from etiograph.network.event import Event
from etiograph.teaching.posed import Posed
from etiograph.teaching.tutor import Draft, Tutor, Wrong, numbers_to_choose

FEW = 4
"""States of the variable that is summed out."""
MOST_PARENTS = 4
SPREAD = 0.1
"""The rows differ at least by so much."""
HELD = 2
"""Other variables that a student must keep in mind."""
SURE = 0.95
"""Above this share of one row there is nothing to add."""


def no_tables(tutor: Tutor) -> str:
    """Why no table is small enough to be summed by hand."""
    fits = [n for n in tutor.names if _first(tutor, n)]
    return "" if fits else "no table is small enough to be summed by hand"


def _first(tutor: Tutor, child: str) -> list[str]:
    """Causes of a variable that can be summed out by hand."""
    if len(tutor.graph[child]) > MOST_PARENTS:
        return []
    return [p for p in tutor.causes(child) if tutor.network.variables[p].card <= FEW]


def elimination(tutor: Tutor) -> Draft | None:
    """The number that stands where a cause was: the products of its rows, added up."""
    network = tutor.network
    child = tutor.one(tutor.names)
    causes = _first(tutor, child)
    if not causes:
        return None
    v = tutor.one(causes)
    target = tutor.event(child)
    others = [p for p in network.parents(child) if p != v]
    held = {p: tutor.one(network.variables[p].states) for p in others}
    above = {p: tutor.one(network.variables[p].states) for p in network.parents(v)}
    if any(above.get(p, s) != s for p, s in held.items()):
        return None
    weights = np.asarray(
        network.table(v)[tuple(_at(tutor, p, above[p]) for p in network.parents(v))]
    )
    column = np.array(
        [
            network.table(child)[
                (*(_at(tutor, p, {**held, v: s}[p]) for p in network.parents(child)),
                 _at(tutor, child, target.states[0]))
            ]
            for s in network.variables[v].states
        ]
    )  # fmt: skip
    products = weights * column
    right = float(products.sum())
    best = int(weights.argmax())
    if weights[best] > SURE or column.max() - column.min() < SPREAD or len(above | held) > HELD:
        return None
    options = numbers_to_choose(
        tutor,
        right,
        (
            Wrong(float(column.mean()), "rows not weighted", "The groups are not equally large: multiply each row by how large its group is, then add."),
            Wrong(float(products[best]), "one row only", "That is the product of one row only. The other groups count as well: add theirs."),
            Wrong(float(column[best]), "took the commonest row", "So it is in the largest group only. The others count as well."),
            Wrong(float(min(1.0, column.sum())), "added without multiplying", "First multiply each row by how large its group is, then add."),
            Wrong(1 - right, "counted the others", f"Those are the others, in {tutor.say.whom} it is not so."),
        ),
    )  # fmt: skip
    if options is None:
        return None
    say = tutor.say
    told = [say.having(Event.of(network.variables[p], s)) for p, s in {**above, **held}.items()]
    like = " ".join([tutor.who, " and ".join(told)]).strip()
    label = network.variables[v].label
    lines = [(label, f"share of all {like}", f"share of these {say.having(target)}")]
    for k, s in enumerate(network.variables[v].states):
        lines.append((network.variables[v].state_label(s), f"{weights[k]:.4g}", f"{column[k]:.4g}"))
    text = (
        f"The table splits {like} into groups by {label}. It says how large each group is, and how many of it are "
        f"{tutor.who} {say.having(target)}, as parts of one: 0.5 is half. Now take all groups together: of 100 {like}, "
        f"{say.many(target)}?"
    )
    sums = " + ".join(f"{p:.4f}" for p in products)
    return Draft(
        Posed(text, "choice", options[0]),
        ("First a product: in each row, multiply the two numbers.", "Then a sum: add the products up."),
        (
            *(f"{row[0]}: {weights[k]:.4g} x {column[k]:.4g} = {products[k]:.4f}" for k, row in enumerate(lines[1:])),
            f"{sums} = {right:.4f}, or {100 * right:.0f} of 100.",
        ),
        options[1],
        {
            "summed": v,
            "target": str(target),
            "held": "\n".join(f"{p}={s}" for p, s in held.items()),
            "above": "\n".join(f"{p}={s}" for p, s in above.items()),
        },
        (),
        tuple(lines),
    )  # fmt: skip


def _at(tutor: Tutor, name: str, state: str) -> int:
    return tutor.network.variables[name].index(state)
