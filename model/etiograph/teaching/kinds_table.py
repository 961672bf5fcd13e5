"""One step of elimination by hand: multiply two tables, then sum a variable out."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from etiograph.network.event import Event
from etiograph.teaching.posed import Posed
from etiograph.teaching.tutor import Attempt, Tutor, Wrong, numbers_to_choose, of_100

FEW = 4
"""States of the variable that is summed out."""
MOST_PARENTS = 4
SPREAD = 0.1
"""The rows differ at least by so much."""
HELD = 2
"""Other variables that a student must keep in mind."""
THIRDS = 0.011
"""Printed sizes of groups may miss one by so much: three thirds of 0.33 make 0.99."""
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


def elimination(tutor: Tutor) -> Attempt | None:
    """The number that stands where a cause was: the products of its rows, added up.

    How large the groups are is asked among those who are like the other causes say, so that the sum is
    what it says it is: P(effect | others) = sum of P(cause | others) P(effect | cause, others).
    """
    network = tutor.network
    child = tutor.one(tutor.names)
    causes = _first(tutor, child)
    if not causes:
        return None
    v = tutor.one(causes)
    target = tutor.event(child)
    others = [p for p in network.parents(child) if p != v]
    if len(others) > HELD or any(p not in tutor.names for p in others):
        return None
    held = {p: tutor.one(network.variables[p].states) for p in others}
    groups = [Event.of(network.variables[v], s) for s in network.variables[v].states]
    column = np.array([_row(tutor, target, {**held, v: e.states[0]}) for e in groups])
    if column.max() - column.min() < SPREAD or set(column) <= {0.0, 1.0}:
        return None
    weights = np.array([tutor.p(group, held) for group in groups])
    if weights.max() > SURE:
        return None
    products = weights * column
    right, best = float(products.sum()), int(weights.argmax())
    sizes, parts = ([f"{p:.2f}" for p in numbers] for numbers in (weights, column))
    steps = [float(a) * float(b) for a, b in zip(sizes, parts, strict=True)]
    if of_100(sum(steps)) != of_100(right) or abs(sum(map(float, sizes)) - 1.0) > THIRDS:
        return None  # with the numbers as they are printed it would be another answer
    rest = "The other counts" if len(groups) == 2 else "The others count"
    options = numbers_to_choose(
        tutor,
        right,
        (
            Wrong(float(column.mean()), "rows not weighted", "The groups are not equally large: multiply each row by how large its group is, then add."),
            Wrong(float(products[best]), "one row only", f"That is the product of one row only. {rest} as well: add every product."),
            Wrong(float(column[best]), "took the commonest row", f"That is one group only. {rest} as well."),
            Wrong(float(min(1.0, column.sum())), "added without multiplying", "First multiply each row by how large its group is, then add."),
            Wrong(1 - right, "counted the others", f"Those are the others, in {tutor.say.whom} it is not so."),
        ),
    )  # fmt: skip
    if options is None:
        return None
    say = tutor.say
    alike = [Event.of(network.variables[p], s) for p, s in held.items()]
    like = f"{tutor.who} {say.both(*alike)}" if alike else tutor.who
    label = network.variables[v].label
    names = [network.variables[v].state_label(e.states[0]) for e in groups]
    rows = list(zip(names, sizes, parts, strict=True))
    text = (
        f"The table splits {like} into groups by {label}. The first number says how large the group is, the second "
        f"which part of the group are {tutor.who} {say.having(target)}. 0.5 means half. Now take all groups together: "
        f"of 100 {like}, {say.many(target)}?"
    )
    return Attempt(
        Posed(text, "choice", options[0]),
        ("First a product: in each row, multiply the two numbers.", "Then a sum: add the products up. Multiply the sum by 100: so many of 100."),
        (
            *(f"{name}: {a} x {b} = {step:.4f}" for (name, a, b), step in zip(rows, steps, strict=True)),
            f"{' + '.join(f'{step:.4f}' for step in steps)} = {sum(steps):.4f}, or {of_100(right)}.",
        ),
        options[1],
        {
            "summed": v,
            "target": str(target),
            "held": "\n".join(f"{p}={s}" for p, s in held.items()),
        },
        (),
        ((label, "how large the group is", f"part of it that are {tutor.who} {say.having(target)}"), *rows),
    )  # fmt: skip


def _row(tutor: Tutor, target: Event, at: Mapping[str, str]) -> float:
    """P(target | a state of each parent), read off its table."""
    variables = tutor.network.variables
    names = (*tutor.network.parents(target.variable), target.variable)
    states = {**at, target.variable: target.states[0]}
    return float(
        tutor.network.table(target.variable)[tuple(variables[n].index(states[n]) for n in names)]
    )
